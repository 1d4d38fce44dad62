//! The rules of a table's rows beside the kinds of their values, as a number: by that a running program distinguishes
//! the schema it was compiled from, from the one that a database's tables were made for. Sizes and values of types
//! are `types`'s.
//!
//! Names of constraints, comments, and the order and layout of the text are not in it: a database behaves the same.

use crate::fingerprint::Fingerprint;
use crate::lists::IntoVec as _;
use crate::model::{
    Check, Column, ColumnId, DefaultValue, Expression, ForeignKey, Generated, Index, IndexKey,
    IndexPart, Model, Table, TableId, Unique, ViewQuery,
};

use super::types::types;

/// Words of one rule; the first says what it is.
type Line = Vec<String>;

/// Of types, keys, indexes, foreign keys, checks, defaults, what the database fills in by itself, and a view's query.
pub fn rules(model: &Model, table: TableId) -> u64 {
    let table = model.table(table);
    let key = table.primary_key.iter();
    let mut lines: Vec<Line> = key
        .map(|key| [vec!["key".to_owned()], names(table, &key.columns)].concat())
        .into_vec();
    lines.extend(table.uniques.iter().map(|unique| of_unique(table, unique)));
    lines.extend(table.indexes.iter().map(|index| of_index(table, index)));
    let foreign_keys = table.foreign_keys.iter();
    lines.extend(foreign_keys.map(|key| of_foreign_key(model, table, key)));
    lines.extend(table.checks.iter().map(of_check));
    lines.extend(table.columns.iter().flat_map(of_column));
    lines.push(match &table.view {
        Some(view) => of_view(view),
        None => vec!["types".to_owned(), types(model, table).to_string()],
    });
    Fingerprint::of_lines(lines).number()
}

fn names(table: &Table, columns: &[ColumnId]) -> Vec<String> {
    let columns = columns.iter();
    columns
        .map(|column| table.column(*column).name.clone())
        .into_vec()
}

fn of_unique(table: &Table, unique: &Unique) -> Line {
    let words = [
        "unique".to_owned(),
        format!(
            "{} {} {}",
            unique.nulls_not_distinct, unique.deferrable, unique.initially_deferred
        ),
    ];
    [words.to_vec(), names(table, &unique.columns)].concat()
}

fn of_index(table: &Table, index: &Index) -> Line {
    let mut line = vec![
        "index".to_owned(),
        format!("{} {}", index.unique, index.nulls_not_distinct),
        index.method.clone().unwrap_or_default(),
        index.predicate.as_ref().map(meaning).unwrap_or_default(),
    ];
    line.extend(index.parts.iter().flat_map(|part| of_part(table, part)));
    line
}

fn of_part(table: &Table, part: &IndexPart) -> [String; 2] {
    let key = match &part.key {
        IndexKey::Column(column) => table.column(*column).name.clone(),
        IndexKey::Expression(expression) => meaning(expression),
    };
    let words = format!(
        "{:?} {:?} {} {:?}",
        part.prefix, part.qualifier, part.descending, part.nulls_first
    );
    [key, words]
}

fn of_foreign_key(model: &Model, table: &Table, key: &ForeignKey) -> Line {
    let referred = model.table(key.table);
    let words = [
        "foreign key".to_owned(),
        referred.name.to_string(),
        format!("{:?} {:?}", key.on_delete, key.on_update),
        format!("{:?} {:?}", key.matching, key.deferrable),
    ];
    let pairs = key.columns.iter().zip(&key.referred);
    let pairs = pairs.flat_map(|(own, other)| {
        [
            table.column(*own).name.clone(),
            referred.column(*other).name.clone(),
        ]
    });
    let mut line: Line = words.into_iter().chain(pairs).into_vec();
    line.extend(names(table, &key.on_delete_columns));
    line
}

/// Returns the line of a view. Its columns follow from the query and from the tables, which have numbers of their own.
fn of_view(view: &ViewQuery) -> Line {
    let mut line = vec![
        "view".to_owned(),
        view.materialized.to_string(),
        without_layout(&view.sql),
    ];
    line.extend(view.columns.iter().cloned());
    line
}

fn of_check(check: &Check) -> Line {
    vec!["check".to_owned(), meaning(&check.expression)]
}

/// Returns the sources of the column's value when the program gives none.
fn of_column(column: &Column) -> Vec<Line> {
    let mut words: Vec<[String; 2]> = Vec::new();
    if let Some(default) = &column.default {
        words.push(of_default(&default.value));
    }
    match &column.generated {
        Generated::No => {}
        Generated::Key { always } => words.push(["counted".to_owned(), always.to_string()]),
        Generated::Computed { expression, stored } => {
            words.push([format!("computed {stored}"), meaning(expression)]);
        }
    }
    if column.on_update_now || column.updated {
        words.push(["updated".to_owned(), String::new()]);
    }
    if column.version {
        words.push(["version".to_owned(), String::new()]);
    }
    let line = |[what, how]: [String; 2]| vec![what, column.name.clone(), how];
    words.into_iter().map(line).into_vec()
}

fn of_default(value: &DefaultValue) -> [String; 2] {
    let (kind, text) = match value {
        DefaultValue::Null => ("null", String::new()),
        DefaultValue::Bool(value) => ("bool", value.to_string()),
        DefaultValue::Number(number) => ("number", number.clone()),
        DefaultValue::Text(text) => ("text", text.clone()),
        DefaultValue::Bytes(bytes) => ("bytes", format!("{bytes:02x?}")),
        DefaultValue::Now => ("now", String::new()),
        DefaultValue::CurrentDate => ("date", String::new()),
        DefaultValue::CurrentTime => ("time", String::new()),
        DefaultValue::RandomUuid => ("uuid", String::new()),
        DefaultValue::Expression(expression) => ("expression", meaning(expression)),
    };
    [format!("default {kind}"), text]
}

/// Returns the meaning of an expression that every dialect can write, whatever its words are; else the text, however it
/// is laid out.
fn meaning(expression: &Expression) -> String {
    match &expression.portable {
        Ok(portable) => format!("{portable:?}"),
        Err(_) => without_layout(&expression.sql),
    }
}

/// White space is left out but within quotes: nothing is read from this text, so words may run together.
fn without_layout(sql: &str) -> String {
    let mut quote = None;
    let is_kept = |letter: &char| {
        match (quote, *letter) {
            (None, '\'' | '"' | '`') => quote = Some(*letter),
            (Some(open), letter) if letter == open => quote = None,
            (None | Some(_), _) => {}
        }
        quote.is_some() || !letter.is_whitespace()
    };
    sql.chars().filter(is_kept).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::dialect::Dialect;
    use crate::plan::tests::read_sql;

    const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY);\n";
    const POSTS: &str = "CREATE TABLE posts (id bigint PRIMARY KEY, a integer NOT NULL DEFAULT 0, b text, \
         c integer GENERATED ALWAYS AS (a + 1) STORED, u bigint REFERENCES users (id) ON DELETE CASCADE, \
         UNIQUE (a, b), CHECK (a < 9));\n";
    const INDEX: &str = "CREATE INDEX i ON posts (b) WHERE a > 0;\n";

    /// Of what is called `posts`.
    pub(in crate::plan) fn rules_of_posts(schema: &str, dialect: Dialect) -> u64 {
        let engines = crate::testing::model(Vec::new()).engines;
        let model = read_sql(schema, engines, dialect);
        let named = |id: &TableId| model.table(*id).name.name == "posts";
        rules(&model, model.table_ids().find(named).expect("it is there"))
    }

    fn of_posts(posts: &str) -> u64 {
        rules_of_posts(&[USERS, posts, INDEX].concat(), Dialect::Postgres)
    }

    /// A changed rule changes the number.
    /// Covers CFG-10.
    #[test]
    fn what_is_asked_of_rows_is_in_the_number() {
        let changes = [
            ("id bigint PRIMARY KEY", "id bigint"),
            ("DEFAULT 0", "DEFAULT 1"),
            (" DEFAULT 0", ""),
            ("(a + 1)", "(a + 2)"),
            (" GENERATED ALWAYS AS (a + 1) STORED", ""),
            (" ON DELETE CASCADE", ""),
            ("ON DELETE CASCADE", "ON DELETE SET NULL"),
            ("ON DELETE CASCADE", "ON UPDATE CASCADE"),
            ("ON DELETE CASCADE", "DEFERRABLE"),
            (" REFERENCES users (id) ON DELETE CASCADE", ""),
            ("UNIQUE (a, b)", "UNIQUE (b, a)"),
            ("UNIQUE (a, b)", "UNIQUE (a)"),
            (" UNIQUE (a, b),", ""),
            ("a < 9", "a < 10"),
            (", CHECK (a < 9)", ""),
        ];
        let mut numbers: Vec<u64> = changes
            .iter()
            .map(|(from, to)| {
                assert!(POSTS.contains(from), "{from}");
                of_posts(&POSTS.replacen(from, to, 1))
            })
            .into_vec();
        for index in [
            "",
            "CREATE INDEX i ON posts (b);",
            "CREATE UNIQUE INDEX i ON posts (b) WHERE a > 0;",
            "CREATE INDEX i ON posts (b DESC) WHERE a > 0;",
            "CREATE INDEX i ON posts (lower(b)) WHERE a > 0;",
            "CREATE INDEX i ON posts USING hash (b) WHERE a > 0;",
        ] {
            numbers.push(rules_of_posts(
                &[USERS, POSTS, index].concat(),
                Dialect::Postgres,
            ));
        }
        numbers.push(of_posts(POSTS));
        let all = numbers.len();
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), all);
    }

    /// A changed layout or spelling does not.
    /// Covers CFG-10.
    #[test]
    fn how_it_is_written_is_not_in_the_number() {
        let expected = of_posts(POSTS);
        for (from, to) in [
            (
                ", a integer NOT NULL",
                ",\n  -- a number\n  A   integer not null",
            ),
            ("(a + 1)", "(  a+1 )"),
            ("UNIQUE (a, b)", "CONSTRAINT one UNIQUE (a, b)"),
            (
                "UNIQUE (a, b), CHECK (a < 9)",
                "CHECK (a < 9), UNIQUE (a, b)",
            ),
            ("a < 9", "a /* digits */ <9"),
        ] {
            assert!(POSTS.contains(from), "{from}");
            let posts = POSTS.replacen(from, to, 1);
            assert_eq!(of_posts(&posts), expected, "{posts}");
        }
        let comment = "COMMENT ON TABLE posts IS 'what is said';\n";
        let later = POSTS.replace(" REFERENCES users (id) ON DELETE CASCADE", "");
        let link = "ALTER TABLE posts ADD FOREIGN KEY (u) REFERENCES users (id) ON DELETE CASCADE;";
        for schema in [
            [USERS, POSTS, INDEX, comment].concat(),
            [later.as_str(), INDEX, USERS, link].concat(),
            [USERS, POSTS, &INDEX.replace("INDEX i", "INDEX j")].concat(),
        ] {
            assert_eq!(
                rules_of_posts(&schema, Dialect::Postgres),
                expected,
                "{schema}"
            );
        }
        // The same schema for another database; SQLite's integers have 64 bits.
        let schema = [USERS, POSTS, INDEX].concat();
        let schema = schema.replace("integer", "bigint");
        assert_eq!(
            rules_of_posts(&schema, Dialect::Sqlite),
            rules_of_posts(&schema, Dialect::Postgres)
        );
    }

    #[test]
    fn what_only_one_dialect_has_is_compared_without_its_layout() {
        assert_eq!(
            without_layout("a  ~ 'b  c' \n||\"d e\""),
            "a~'b  c'||\"d e\""
        );
    }
}
