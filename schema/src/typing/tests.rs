//! Statements and their types.

use super::{Annotations, Checked, Source, statement};
use crate::diagnostic::{Diagnostics, Severity};
use crate::dialect::Dialect;
use crate::input::{Input, InputFile};
use crate::model::{EngineId, Model};
use crate::parse::lex::Lexer;
use crate::source::{FileId, SourceFile};
use bindery_core::dialect::Flavour;

/// The schema of the cases on the engine of a dialect.
pub(super) fn model(schema: &str, dialect: Dialect) -> Model {
    read_schema(schema, dialect).0
}

/// The errors of a schema.
pub(super) fn findings(schema: &str, dialect: Dialect) -> Vec<String> {
    let (_, diagnostics) = read_schema(schema, dialect);
    let errors = diagnostics
        .iter()
        .filter(|one| one.severity == Severity::Error);
    errors
        .map(|one| format!("{} {}", one.code, one.message))
        .collect()
}

fn read_schema(schema: &str, dialect: Dialect) -> (Model, Diagnostics) {
    let mut input = Input {
        engines: crate::testing::model(Vec::new()).engines,
        default_engine: Some(EngineId(0)),
        ..Input::default()
    };
    let engine = crate::testing::engine_of(dialect);
    // The server that the cases are held against.
    if dialect == Dialect::Mysql {
        input.engines[engine.0 as usize].flavour = Some(Flavour::Mariadb);
    }
    let name = input.engines[engine.0 as usize].name.clone();
    let id = input
        .sources
        .add(SourceFile::new("schema.sql", schema.to_owned()));
    input.files.push(InputFile {
        id,
        dialect: Some(dialect),
        engines: vec![name],
    });
    let mut diagnostics = Diagnostics::default();
    (crate::read_model(&input, &mut diagnostics), diagnostics)
}

pub(super) fn check_statement(
    model: &Model,
    text: &str,
    dialect: Dialect,
) -> Result<Checked, Vec<String>> {
    let mut lexer = Lexer::new(text, dialect);
    let mut tokens = Vec::new();
    while lexer.skip_blanks() {
        tokens.push(lexer.token());
    }
    let mut diagnostics = Diagnostics::default();
    let source = Source {
        text,
        tokens: &tokens,
        file: FileId(0),
        dialect,
        kind: "SELECT",
        engines: &[crate::testing::engine_of(dialect)],
        annotations: &Annotations::default(),
    };
    statement(model, &source, &mut diagnostics).ok_or_else(|| {
        let all = diagnostics.iter();
        all.map(|one| format!("{} {}", one.code, one.message))
            .collect()
    })
}

/// The columns and parameters of a statement on one line; or why it is refused.
fn shown_columns(model: &Model, text: &str, dialect: Dialect) -> String {
    let null = |nullable: bool| if nullable { "?" } else { "" };
    match check_statement(model, text, dialect) {
        Ok(checked) => {
            let columns = checked.columns.iter().map(|one| {
                let name = one.name.as_deref().unwrap_or("-");
                format!("{name} {}{}", one.sql_type, null(one.nullable))
            });
            let columns: Vec<String> = columns.collect();
            let parameters = checked.parameters.iter().map(|one| {
                let list = if one.list.is_some() { "[]" } else { "" };
                let shown = super::parameters::shown(&one.parameter);
                format!(":{shown} {:?}{list}{}", one.column_type, null(one.nullable))
            });
            let parameters: Vec<String> = parameters.collect();
            format!("({}) {}", columns.join(", "), parameters.join(", "))
        }
        Err(problems) => format!("refused: {}", problems.join("; ")),
    }
}

/// Each statement of a file of cases with its dialects: a line `-- on: …` above a statement is for it and those after it.
pub(super) fn cases(text: &str) -> Vec<(Dialect, &str)> {
    let mut on = Vec::new();
    let mut cases = Vec::new();
    for block in text.split("\n\n") {
        let mut block = block.trim();
        if let Some(rest) = block.strip_prefix("-- on: ") {
            let (line, rest) = rest.split_once('\n').unwrap_or((rest, ""));
            let named = |word: &str| Dialect::ALL.into_iter().find(|one| one.name() == word);
            on = line.split(' ').filter_map(named).collect();
            block = rest;
        }
        let block = block.trim_end_matches(';');
        cases.extend(on.iter().map(|dialect| (*dialect, block)));
    }
    cases
}

/// SQL-05, SQL-06, SQL-07: what the three servers say of these statements was compared when they were written: the types of
/// PostgreSQL, and that nothing that is never NULL here was NULL for tables that are empty, full and full of NULL.
///
/// Covers SQL-05, SQL-06.
#[test]
fn sql_05_sql_06_statements_have_the_types_that_are_written_down() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/typing/cases");
    let mut differ = Vec::new();
    for name in ["all", "hard", "refused"] {
        let text = std::fs::read_to_string(folder.join(format!("{name}.sql"))).unwrap();
        let models = Dialect::ALL.map(|dialect| {
            (
                dialect,
                model(&super::conformance::schema(dialect), dialect),
            )
        });
        let lines = cases(&text).into_iter().map(|(dialect, statement)| {
            let (_, model) = models.iter().find(|(one, _)| *one == dialect).unwrap();
            let flat = statement.split_whitespace().collect::<Vec<_>>().join(" ");
            format!(
                "{}: {flat}\n    {}\n",
                dialect.name(),
                shown_columns(model, statement, dialect).trim_end()
            )
        });
        let found: String = lines.collect();
        let path = folder.join(format!("{name}.types"));
        if std::env::var_os("BINDERY_UPDATE").is_some() {
            std::fs::write(&path, &found).unwrap();
        }
        let known = std::fs::read_to_string(&path).unwrap_or_default();
        let both = known
            .lines()
            .zip(found.lines())
            .filter(|(one, other)| one != other);
        differ.extend(both.map(|(one, other)| format!("{name}: {one}\n  now {other}")));
        if known.lines().count() != found.lines().count() {
            differ.push(format!("{name}: other statements than in {name}.types"));
        }
    }
    assert!(
        differ.is_empty(),
        "{}\nBINDERY_UPDATE=1 writes what there is now",
        differ.join("\n")
    );
}

/// A sequence that came with a column keeps its name when a person's statement renames the table or the column.
#[test]
fn sequences_have_the_names_that_the_statements_of_the_schema_leave_them() {
    let long = "a".repeat(63);
    let schema = format!(
        "CREATE TABLE blogs (id bigserial PRIMARY KEY, no bigint GENERATED ALWAYS AS IDENTITY, n bigint GENERATED ALWAYS AS IDENTITY);\n\
         ALTER TABLE blogs RENAME TO posts;\nALTER TABLE posts RENAME COLUMN n TO number;\n\
         CREATE TABLE \"Users\" (id serial PRIMARY KEY);\nCREATE TABLE {long} (id serial PRIMARY KEY);\n\
         CREATE TABLE lines (id bigint GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME line_numbers START WITH 10) PRIMARY KEY);\n"
    );
    let model = model(&schema, Dialect::Postgres);
    let found = |name: &str| {
        let sql = format!("SELECT currval('{name}') AS n");
        shown_columns(&model, &sql, Dialect::Postgres)
            .trim_end()
            .to_owned()
    };
    let long = format!("{}_id_seq", &long[..56]);
    for name in [
        "blogs_id_seq",
        "public.blogs_no_seq",
        "BLOGS_N_SEQ",
        "\"Users_id_seq\"",
        "line_numbers",
        &long,
    ] {
        assert_eq!(found(name), "(n bigint)", "{name}");
    }
    for (name, other) in [
        ("posts_id_seq", "posts_id_seq"),
        ("posts_no_seq", "posts_no_seq"),
        ("posts_number_seq", "posts_number_seq"),
        ("Users_id_seq", "users_id_seq"),
        ("lines_id_seq", "lines_id_seq"),
    ] {
        let refused = format!("refused: B0624 there is no sequence `{other}`");
        assert_eq!(found(name), refused, "{name}");
    }
}

/// Functions of the schema are chosen and typed among PostgreSQL's own.
#[test]
fn functions_of_the_schema_have_arguments_and_rows() {
    let schema = "CREATE TABLE blogs (id bigint PRIMARY KEY, title text NOT NULL);\n\
        CREATE FUNCTION twice(n integer) RETURNS bigint LANGUAGE sql AS 'SELECT n * 2';\n\
        CREATE FUNCTION twice(t text) RETURNS text LANGUAGE sql AS 'SELECT t || t';\n\
        CREATE FUNCTION pairs(least integer, OUT a integer, OUT b text) RETURNS SETOF record LANGUAGE sql AS '…';\n\
        CREATE FUNCTION found(word text DEFAULT 'a') RETURNS SETOF blogs LANGUAGE sql AS '…';\n\
        CREATE FUNCTION rows_of(word text) RETURNS TABLE (id bigint, score double precision) LANGUAGE sql AS '…';\n\
        CREATE FUNCTION add_blog(t text) RETURNS void LANGUAGE sql AS '…';\n\
        CREATE FUNCTION shape(t text) RETURNS geometry LANGUAGE sql AS '…';\n";
    let model = model(schema, Dialect::Postgres);
    for (text, wanted) in [
        (
            "SELECT twice(1) AS n, twice('a'::text) AS t",
            "(n bigint?, t text?)",
        ),
        ("SELECT twice(:n) AS n", "(n text?) :n Text(Unbounded)"),
        (
            "SELECT a, b FROM pairs(:least)",
            "(a integer?, b text?) :least I32",
        ),
        (
            "SELECT f.title, f.id FROM found() AS f",
            "(title text?, id bigint?)",
        ),
        (
            "SELECT * FROM rows_of(:word)",
            "(id bigint?, score double precision?) :word Text(Unbounded)",
        ),
        ("SELECT add_blog(:t)", "(add_blog void?) :t Text(Unbounded)"),
        (
            "SELECT twice(true) AS n",
            "refused: B0623 no function takes these arguments: `twice(boolean)`",
        ),
        (
            "SELECT shape('a') AS s",
            "refused: B0609 the type of the column `s` is not known",
        ),
    ] {
        assert_eq!(
            shown_columns(&model, text, Dialect::Postgres).trim_end(),
            wanted,
            "{text}"
        );
    }
}
