//! A second opinion: `sqlparser` reads the statements of the cases, of the documentation and of the corpus, too. Where one of both reads
//! a text and the other refuses it, `opinions.txt` has the text with who is right, which the server says. A new difference fails.
//!
//! These are statements of programs and the queries of views; other statements have readers of their own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sqlparser::dialect::{MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;

use super::mutations::{is_read, plain};
use super::server::Server;
use super::{Settings, folder, schema, schema_model, tokens};
use crate::dialect::Dialect;
use crate::typing::tests::{cases, check_statement};

/// The words of the list for who is right.
const HERE: &str = "as here";
const THERE: &str = "as by sqlparser";

/// Longer ones are data.
const LONGEST: usize = 20_000;

fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/typing/conformance/opinions.txt")
}

fn sqlparser_reads(text: &str, dialect: Dialect) -> bool {
    let statements = match dialect {
        Dialect::Sqlite => Parser::parse_sql(&SQLiteDialect {}, text),
        Dialect::Postgres => Parser::parse_sql(&PostgreSqlDialect {}, text),
        Dialect::Mysql => Parser::parse_sql(&MySqlDialect {}, text),
    };
    statements.is_ok_and(|all| all.len() == 1)
}

/// Whether it is a statement of programs.
fn is_of_programs(text: &str, dialect: Dialect) -> bool {
    let begins = [
        "SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "VALUES", "REPLACE",
    ];
    let mut tokens = tokens(text, dialect).into_iter();
    let first = tokens.find(|token| &text[token.start as usize..token.end as usize] != "(");
    first.is_some_and(|token| {
        let word = &text[token.start as usize..token.end as usize];
        begins.iter().any(|known| known.eq_ignore_ascii_case(word))
    })
}

/// The query of `CREATE VIEW … AS …`.
fn query_of_view(text: &str, dialect: Dialect) -> Option<&str> {
    let tokens = tokens(text, dialect);
    let words = tokens.iter().map(|token| {
        let word = &text[token.start as usize..token.end as usize];
        word.to_ascii_uppercase()
    });
    let words: Vec<String> = words.collect();
    let is_view = words.first().is_some_and(|word| word == "CREATE")
        && words.iter().take(12).any(|word| word == "VIEW");
    let at = words.iter().position(|word| word == "AS")?;
    let query = &text[tokens.get(at + 1)?.start as usize..];
    (is_view && is_of_programs(query, dialect)).then_some(query)
}

/// The statements of the cases, with the placeholders of their dialects; without those that have a list, which is bindery's own.
fn of_cases(dialect: Dialect) -> Vec<String> {
    let model = schema_model(dialect);
    let mut all = Vec::new();
    for name in ["all.sql", "hard.sql", "refused.sql"] {
        let text = std::fs::read_to_string(folder().join(name)).expect("a file of cases");
        let own = cases(&text).into_iter().filter(|(of, _)| *of == dialect);
        all.extend(
            own.filter_map(|(_, text)| match check_statement(&model, text, dialect) {
                Ok(checked) => plain(text, &checked, dialect),
                Err(_) => Some(text.to_owned()),
            }),
        );
    }
    all
}

/// The blocks of SQL of the documentation.
fn of_documentation(dialect: Dialect) -> Vec<String> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let mut files: Vec<PathBuf> = std::fs::read_dir(docs)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(file).expect("a page");
        let blocks = text.split("```sql\n").skip(1);
        for block in blocks.filter_map(|rest| rest.split("\n```").next()) {
            all.extend(split_text(block, dialect));
        }
    }
    all
}

/// The statements of the schemas of others, where they are.
fn of_corpus(dialect: Dialect) -> Vec<String> {
    let Some(corpus) = std::env::var_os("BINDERY_CORPUS") else {
        return Vec::new();
    };
    let folder = Path::new(&corpus).join(dialect.name());
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "sql"))
        .collect();
    files.sort();
    let texts = files
        .iter()
        .filter_map(|file| std::fs::read_to_string(file).ok());
    texts.flat_map(|text| split_text(&text, dialect)).collect()
}

/// The statements of a script; the bodies of routines and triggers are parts of theirs.
fn split_text(text: &str, dialect: Dialect) -> Vec<String> {
    let split = bindery_core::statements::split::split(text, dialect, None);
    let statements = split.statements.iter();
    let statements = statements.map(|one| text[one.start() as usize..one.end as usize].to_owned());
    statements.collect()
}

/// Whether it has a list of the program's, as only bindery reads it.
fn has_list(text: &str) -> bool {
    text.contains(" IN :")
}

/// A statement on one line, as the list has it.
fn flat(text: &str) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match flat.char_indices().nth(240) {
        Some((end, _)) => format!("{}…", &flat[..end]),
        None => flat,
    }
}

#[derive(Default)]
struct Opinions {
    read: usize,
    /// The line of a statement, with its text and whether it is read here.
    differences: BTreeMap<String, (String, bool)>,
}

fn opinions(dialect: Dialect) -> Opinions {
    let mut opinions = Opinions::default();
    let others = of_documentation(dialect)
        .into_iter()
        .chain(of_corpus(dialect));
    let others = others.filter_map(|text| {
        if is_of_programs(&text, dialect) {
            return Some(text);
        }
        query_of_view(&text, dialect).map(str::to_owned)
    });
    let all = of_cases(dialect).into_iter().chain(others);
    for text in all.filter(|text| text.len() < LONGEST && !has_list(text)) {
        opinions.read += 1;
        let ours = is_read(&text, dialect).is_ok();
        if ours != sqlparser_reads(&text, dialect) {
            let line = format!("{}: {}", dialect.name(), flat(&text));
            opinions.differences.insert(line, (text, ours));
        }
    }
    opinions
}

/// Writes the list anew, with what the server says; the lines of what is not there now stay.
fn write(dialect: Dialect, opinions: &Opinions, known: &BTreeMap<String, String>) {
    let Some(mut server) = Server::of(dialect, &schema(dialect)) else {
        return;
    };
    let mut lines = known.clone();
    for (line, (text, ours)) in &opinions.differences {
        let taken = server
            .prepare(text)
            .map_or_else(|why| !why.is_syntax, |()| true);
        let right = if *ours == taken { HERE } else { THERE };
        let taken = if taken { "taken" } else { "refused" };
        lines.insert(line.clone(), format!("{taken} by the server, {right}"));
    }
    let lines = lines.iter().map(|(line, says)| format!("{says}: {line}\n"));
    std::fs::write(file(), lines.collect::<String>()).expect("the list");
}

/// The lines of the list by their statements.
fn known() -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(file()).unwrap_or_default();
    let lines = text.lines().filter_map(|line| {
        let (says, statement) = line.split_once(": ")?;
        Some((statement.to_owned(), says.to_owned()))
    });
    lines.collect()
}

/// SQL-11.
///
/// Covers SQL-11.
#[test]
fn sql_11_a_second_reader_differs_where_the_list_says() {
    let settings = Settings::read();
    let mut new = Vec::new();
    let mut numbers = Vec::new();
    for dialect in Dialect::ALL {
        let opinions = opinions(dialect);
        if std::env::var_os("BINDERY_UPDATE").is_some() || settings.notes.is_some() {
            write(dialect, &opinions, &known());
        }
        let known = known();
        let found = opinions.differences.keys();
        new.extend(found.filter(|line| !known.contains_key(*line)).cloned());
        let own = known
            .iter()
            .filter(|(line, _)| line.starts_with(dialect.name()));
        let (listed, here) = own.fold((0, 0), |(listed, here), (_, says)| {
            (listed + 1, here + usize::from(says.ends_with(HERE)))
        });
        numbers.push((dialect, opinions.read, listed, here));
    }
    if let Some(folder) = &settings.notes {
        for (dialect, read, listed, here) in numbers {
            let there = listed - here;
            let text = format!(
                "statements\t{read}\nread by one of both\t{listed}\nof these this reader is right\t{here}\nof these sqlparser is right\t{there}\n"
            );
            let name = format!("second-opinion-{}.txt", dialect.name());
            std::fs::write(folder.join(name), text).expect("the notes");
        }
    }
    assert!(
        new.is_empty(),
        "`sqlparser` and this reader differ on what the list does not have; BINDERY_UPDATE=1 adds it, with who is right:\n{}",
        new.join("\n")
    );
}
