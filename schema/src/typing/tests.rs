//! Statements and their types.

use super::{Checked, Source, statement};
use crate::diagnostic::Diagnostics;
use crate::dialect::Dialect;
use crate::input::{Input, InputFile};
use crate::model::{EngineId, Model};
use crate::parse::lex::Lexer;
use crate::source::{FileId, SourceFile};

fn model(schema: &str, dialect: Dialect) -> Model {
    let mut input = Input {
        engines: crate::testing::model(Vec::new()).engines,
        default_engine: Some(EngineId(0)),
        ..Input::default()
    };
    let engine = crate::testing::engine_of(dialect);
    let name = input.engines[engine.0 as usize].name.clone();
    let id = input
        .sources
        .add(SourceFile::new("schema.sql", schema.to_owned()));
    input.files.push(InputFile {
        id,
        dialect: Some(dialect),
        engines: vec![name],
    });
    crate::read_model(&input, &mut Diagnostics::default())
}

fn check(model: &Model, text: &str, dialect: Dialect) -> Result<Checked, Vec<String>> {
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
        given: &[],
    };
    statement(model, &source, &mut diagnostics).ok_or_else(|| {
        let all = diagnostics.iter();
        all.map(|one| format!("{} {}", one.code, one.message))
            .collect()
    })
}

/// Reads `dialect<TAB>schema file<TAB>text` records that NUL ends, and writes one line for each.
#[test]
fn harness() {
    let Ok(path) = std::env::var("BINDERY_TYPING_IN") else {
        return;
    };
    let input = std::fs::read_to_string(path).unwrap();
    let mut out = String::new();
    let mut models = std::collections::HashMap::new();
    for record in input.split('\0').filter(|record| !record.is_empty()) {
        let mut parts = record.splitn(3, '\t');
        let dialect = match parts.next().unwrap() {
            "sqlite" => Dialect::Sqlite,
            "postgres" => Dialect::Postgres,
            _ => Dialect::Mysql,
        };
        let file = parts.next().unwrap();
        let text = parts.next().unwrap();
        let model = models
            .entry(file.to_owned())
            .or_insert_with(|| model(&std::fs::read_to_string(file).unwrap(), dialect));
        match check(model, text, dialect) {
            Ok(checked) => {
                let columns = checked.columns.iter().map(|one| {
                    let name = one.name.as_deref().unwrap_or("?");
                    let null = if one.nullable { "?" } else { "" };
                    format!("{name}:{}{null}", one.sql_type)
                });
                let columns: Vec<String> = columns.collect();
                let parameters = checked.parameters.iter();
                let parameters = parameters.map(|one| {
                    format!(
                        "{:?}:{:?}{}",
                        one.parameter,
                        one.column_type,
                        if one.nullable { "?" } else { "" }
                    )
                });
                let parameters: Vec<String> = parameters.collect();
                out.push_str(&format!(
                    "ok\t{}\t{}\n",
                    columns.join("|"),
                    parameters.join("|")
                ));
            }
            Err(problems) => out.push_str(&format!(
                "no\t{}\n",
                problems.join(" ;; ").replace('\n', " ")
            )),
        }
    }
    std::fs::write(std::env::var("BINDERY_TYPING_OUT").unwrap(), out).unwrap();
}
