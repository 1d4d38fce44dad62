//! Texts and their trees.

use super::cursor::Problem;
use super::reader::Whole;
use super::{Text, read_statement};
use crate::source::FileId;
use bindery_core::dialect::Dialect;
use bindery_core::statements::lex::Lexer;
use bindery_core::statements::lex::Token;

fn tokens(text: &str, dialect: Dialect) -> Vec<Token> {
    let mut lexer = Lexer::new(text, dialect);
    let mut tokens = Vec::new();
    while lexer.skip_blanks() {
        tokens.push(lexer.token());
    }
    tokens
}

fn parse(text: &str, dialect: Dialect) -> Result<Whole, Problem> {
    let tokens = tokens(text, dialect);
    read_statement(&Text {
        text,
        tokens: &tokens,
        file: FileId(0),
        dialect,
        kind: "SELECT",
        parameters: true,
    })
}

#[test]
fn ten_nested_cases_fit_a_small_stack() {
    let mut text = "1".to_owned();
    for _ in 0..10 {
        text = format!("CASE WHEN x = 1 THEN {text} ELSE 0 END");
    }
    let text = format!("SELECT {text}");
    let thread = std::thread::Builder::new().stack_size(256 << 10);
    let thread = thread.spawn(move || parse(&text, Dialect::Postgres).is_ok());
    assert!(thread.unwrap().join().unwrap());
}

#[test]
fn a_long_chain_nests_nothing() {
    let text = format!("SELECT 1{}", "+1".repeat(100_000));
    let thread = std::thread::Builder::new().stack_size(256 << 10);
    let thread = thread.spawn(move || Dialect::ALL.map(|dialect| parse(&text, dialect).is_ok()));
    assert!(thread.unwrap().join().unwrap().into_iter().all(|fine| fine));
}

#[test]
fn what_nests_deep_is_refused_in_words() {
    for text in [
        format!("SELECT {}1{}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("SELECT {}1", "- ".repeat(100_000)),
        format!("SELECT {}1", "NOT ".repeat(100_000)),
        format!("SELECT a{}", "::int".repeat(100_000)),
        format!("SELECT a{}", " IS NULL".repeat(100_000)),
        format!("SELECT {}", "CASE WHEN ".repeat(100_000)),
        format!("{}SELECT 1", "SELECT * FROM (".repeat(100_000)),
    ] {
        let thread = std::thread::Builder::new().stack_size(256 << 10);
        let thread = thread.spawn(move || {
            parse(&text, Dialect::Postgres)
                .is_err_and(|problem| problem.message.contains("nest more than"))
        });
        assert!(thread.unwrap().join().unwrap());
    }
}
