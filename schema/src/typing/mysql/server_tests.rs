//! The rules, held against a server by calls whose arguments are mixed otherwise than those that the rules are made of.

use std::fmt::Write;

use bindery_testkit::{Product, fresh_mysql, mysql_flavour};

use super::*;

/// Returns the class of a column's type, as `cargo xtask catalogue` sorts it.
fn class(written: &str) -> Option<Class> {
    let name = written.split(['(', ' ']).next()?;
    Some(match name {
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" if written.contains("unsigned") => {
            Class::Uint
        }
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" => Class::Int,
        "float" | "double" => Class::Double,
        other if other.ends_with("text") || other.ends_with("char") => Class::Text,
        other if other.ends_with("blob") || other.ends_with("binary") => Class::Bytes,
        other => return Class::of(other),
    })
}

struct Call {
    expression: String,
    function: Function,
    arguments: Vec<Class>,
}

/// Some calls of each function, with each number of arguments up to four.
fn calls() -> Vec<Call> {
    let mut state = 7_u64;
    let mut next = |end: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(99);
        ((state >> 33) % end as u64) as usize
    };
    let mut calls = Vec::new();
    for line in include_str!("functions.txt").lines().skip(1) {
        let name = line.split(' ').next().unwrap_or_default();
        let function = function(name).unwrap_or_else(|| panic!("`{name}`"));
        for count in (0..5).filter(|count| function.takes(*count)) {
            for _ in 0..if count < 2 { 1 } else { 3 } {
                let arguments: Vec<_> = (0..count).map(|_| WORDS[next(12)]).collect();
                let columns = arguments.iter().enumerate();
                let columns: Vec<_> = columns
                    .map(|(at, (word, _))| format!("x{}.c_{word}", at + 1))
                    .collect();
                let over = match function.kind {
                    FunctionKind::Window => " OVER (ORDER BY x1.c_int)",
                    FunctionKind::Scalar | FunctionKind::Aggregate => "",
                };
                calls.push(Call {
                    expression: format!("{name}({}){over}", columns.join(", ")),
                    function,
                    arguments: arguments.iter().map(|(_, class)| *class).collect(),
                });
            }
        }
    }
    calls
}

#[test]
fn functions_of_mariadb_give_what_their_rules_say() {
    let Some(database) = fresh_mysql().filter(|_| mysql_flavour() == Product::MariaDb) else {
        return;
    };
    let calls = calls();
    let mut script = include_str!("measure.sql").to_owned();
    for (id, call) in calls.iter().enumerate() {
        let tables = call.arguments.len().max(1);
        let _ = writeln!(
            script,
            "INSERT INTO calls VALUES ({id}, '{}', {tables});",
            call.expression
        );
    }
    script.push_str("CALL measure();\nSELECT type, nulls FROM answers ORDER BY id;\n");
    let answers = database.answer(&script);
    let answers = answers.unwrap_or_else(|error| panic!("the server refuses: {error}"));
    let answers: Vec<_> = answers
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .collect();
    assert_eq!(answers.len(), calls.len(), "an answer for each call");
    let taken = answers
        .iter()
        .filter(|(written, _)| *written != "-")
        .count();
    assert!(
        taken > calls.len() * 9 / 10,
        "{taken} of {} are called",
        calls.len()
    );
    let differs = |(call, (written, nulls)): (&Call, &(&str, &str))| {
        let Call {
            function,
            arguments,
            ..
        } = call;
        let is_same = class(written) == function.result(arguments);
        let is_null = nulls.parse().is_ok_and(|nulls: i64| nulls > 0);
        let is_sound = !is_null || function.null(arguments) == Null::Maybe;
        (*written != "-" && !(is_same && is_sound)).then(|| {
            format!(
                "{}: {written}, {nulls} are NULL; here {:?}",
                call.expression,
                function.result(arguments)
            )
        })
    };
    let differences: Vec<_> = calls.iter().zip(&answers).filter_map(differs).collect();
    assert!(
        differences.is_empty(),
        "{} of {taken} differ:\n{}",
        differences.len(),
        differences.join("\n")
    );
}
