//! `docs/types.md` is what the compiler does: every declaration of its tables of types is compiled, and the page says what
//! came of it. `BINDERY_UPDATE=1 cargo test -p bindery-codegen --test main types_page` writes it anew.

use std::fmt::Write;
use std::path::Path;

use bindery_codegen::{rust_types, type_features};
use bindery_schema::dialect::Dialect;
use bindery_schema::model::CheckedModel;
use bindery_schema::plan::create_statements;
use bindery_schema::resolve::types::{Spelling, spellings};

use super::support::{checked_of, folder_with, model_of};

/// The text before the tables.
const HEAD: &str = include_str!("types_page.md");

fn page_path() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/types.md")
}

#[test]
fn the_page_of_types_says_what_the_compiler_does() {
    let page = page();
    if std::env::var_os("BINDERY_UPDATE").is_some() {
        std::fs::write(page_path(), &page).expect("the repository can be written");
    }
    let written = std::fs::read_to_string(page_path()).unwrap_or_default();
    assert!(
        written == page,
        "not as the compiler has it; see the head of this file"
    );
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    for dialect in Dialect::ALL {
        let all: Vec<Spelling> = spellings().filter(|one| one.dialect == dialect).collect();
        page.push_str(&table(dialect, &all));
    }
    page
}

/// A table with one column for each declaration.
fn compiled(dialect: Dialect, all: &[Spelling]) -> CheckedModel {
    let folder = folder_with("bindery.toml", &config(dialect));
    let mut sql = "CREATE TABLE page (\n    id BIGINT PRIMARY KEY".to_owned();
    for (at, one) in all.iter().enumerate() {
        // An auto-increment type is declared as it is; a default would be one too many.
        write!(sql, ",\n    c{at} {}", one.example).expect("writing to a String cannot fail");
        if !one.example.contains("serial") {
            sql.push_str(" NOT NULL");
        }
    }
    sql.push_str("\n);\n");
    std::fs::write(folder.path().join("schema.sql"), sql).expect("the folder can be written");
    model_of(folder.path())
}

fn place(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "sqlite://page.db",
        Dialect::Postgres => "postgres://page@localhost/page",
        Dialect::Mysql => "mysql://page@localhost/page",
    }
}

fn config(dialect: Dialect) -> String {
    format!("url = \"{}\"\n", place(dialect))
}

fn table(dialect: Dialect, all: &[Spelling]) -> String {
    let model = compiled(dialect, all);
    let (types, features) = (rust_types(&model), type_features(&model));
    let others: Vec<Dialect> = Dialect::ALL
        .into_iter()
        .filter(|other| *other != dialect)
        .collect();
    let heads: Vec<String> = others
        .iter()
        .map(|other| format!("on {}", other.product()))
        .collect();
    let mut text = format!(
        "\n## {}\n\n| declared | in Rust | feature | {} | notes |\n|---|---|---|---|---|---|\n",
        dialect.product(),
        heads.join(" | ")
    );
    let mut before: Option<&Spelling> = None;
    for (at, one) in all.iter().enumerate() {
        let column = at + 1;
        let rust = types[0][column].as_deref().unwrap_or_default();
        let feature = features[0][column].map(code).unwrap_or_default();
        let same = before.is_some_and(|other| other.names == one.names);
        let note = if same { String::new() } else { note(one) };
        let there: Vec<String> = others
            .iter()
            .map(|other| elsewhere(one, *other).map_or("–".to_owned(), |sql| code(&sql)))
            .collect();
        writeln!(
            text,
            "| {} | {} | {feature} | {} | {note} |",
            declared(one.example),
            in_rust(rust),
            there.join(" | ")
        )
        .expect("writing to a String cannot fail");
        before = Some(one);
    }
    text
}

/// Returns the type of such a column on an engine of another dialect; `None` where it is refused.
fn elsewhere(one: &Spelling, other: Dialect) -> Option<String> {
    let config = format!("{}engines.o = \"{}\"\n", config(one.dialect), place(other));
    let folder = folder_with("bindery.toml", &config);
    let sql = format!(
        "-- @engines default, o\nCREATE TABLE page (\n    id BIGINT PRIMARY KEY,\n    c {}{}\n);\n",
        one.example,
        if one.example.contains("serial") {
            ""
        } else {
            " NOT NULL"
        }
    );
    std::fs::write(folder.path().join("schema.sql"), sql).expect("the folder can be written");
    let model = checked_of(folder.path())?;
    let engine = model
        .engine_ids()
        .find(|id| model.engine(*id).name == "o")?;
    let made = create_statements(&model, engine);
    let lines: Vec<&str> = made
        .iter()
        .flat_map(|table| &table.create)
        .flat_map(|sql| sql.lines())
        .collect();
    let mut lines = lines.into_iter().map(str::trim);
    let line = lines.find_map(|line| {
        line.strip_prefix("\"c\" ")
            .or_else(|| line.strip_prefix("`c` "))
    })?;
    let declared = line.trim_end_matches(',');
    let end = declared.find(" NOT NULL").unwrap_or(declared.len());
    Some(declared[..end].to_owned())
}

fn code(text: &str) -> String {
    format!("`{text}`")
}

fn declared(example: &str) -> String {
    if example.is_empty() {
        "nothing at all".to_owned()
    } else {
        code(example)
    }
}

fn in_rust(path: &str) -> String {
    let path = path
        .strip_prefix("::core::option::Option<")
        .map_or(path, |inner| inner.trim_end_matches('>'));
    if path.starts_with("super::enums::") {
        return "a generated enum".to_owned();
    }
    const PATHS: [(&str, &str); 4] = [
        ("::std::string::", ""),
        ("::std::vec::", ""),
        ("::core::net::", "std::net::"),
        ("::bindery::", "bindery::"),
    ];
    let shorten = |text: String, (long, short): (&str, &str)| text.replace(long, short);
    code(&PATHS.into_iter().fold(path.to_owned(), shorten))
}

/// The other names, then what is to be known.
fn note(one: &Spelling) -> String {
    let written = one.example.to_lowercase();
    let first = written.split(['(', ' ']).next().unwrap_or_default();
    let others: Vec<String> = one
        .names
        .iter()
        .filter(|name| !name.is_empty() && **name != first && **name != written)
        .map(|name| code(name))
        .collect();
    let names = if others.is_empty() {
        String::new()
    } else {
        format!("also {}", others.join(", "))
    };
    let parts = [names, one.note.replace('|', "\\|")];
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    parts.join("; ")
}
