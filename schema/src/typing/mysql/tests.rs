//! The tables are read as they were measured.

use super::*;
use crate::dialect::Dialect;
use bindery_core::dialect::Flavour;

fn given(name: &str, arguments: &[Class]) -> (Option<Class>, Null) {
    let function = function(name).unwrap_or_else(|| panic!("`{name}`"));
    assert!(function.takes(arguments.len()), "`{name}`");
    (function.result(arguments), function.null(arguments))
}

#[test]
fn every_line_is_read() {
    for line in include_str!("functions.txt").lines().skip(1) {
        let name = line.split(' ').next().unwrap_or_default();
        let function = function(name).unwrap_or_else(|| panic!("`{name}`"));
        let count = (0..8)
            .find(|count| function.takes(*count))
            .unwrap_or_else(|| panic!("`{line}`"));
        let result = function.result(&vec![Class::Int; count]);
        assert!(result.is_some(), "{line}");
    }
    let columns = &WORDS[..12];
    for (_, left) in columns {
        for (_, right) in columns {
            assert!(common(*left, *right).is_some(), "{left:?} and {right:?}");
        }
    }
}

#[test]
fn results_follow_the_rule_of_their_function() {
    use Class::{Bytes, Date, DateTime, Decimal, Double, Int, Text};
    for (name, arguments, class, null) in [
        ("length", &[Text][..], Int, Null::Argument),
        ("concat", &[Text, Int, Bytes], Bytes, Null::Argument),
        ("coalesce", &[Int, Decimal], Decimal, Null::Argument),
        ("if", &[Text, Int, Double], Double, Null::Argument),
        ("abs", &[Text], Double, Null::Argument),
        ("sum", &[Int], Decimal, Null::Argument),
        ("count", &[Int], Int, Null::Never),
        ("date", &[DateTime], Date, Null::Argument),
        ("date", &[Text], Date, Null::Maybe),
        ("database", &[], Text, Null::Maybe),
    ] {
        assert_eq!(given(name, arguments), (Some(class), null), "{name}");
    }
    assert!(function("lenght").is_none());
    assert!(!function("length").is_some_and(|length| length.takes(2)));
}

/// The statements that only one product took when both were given them, MariaDB 10.11.19 and MySQL 9.7.4.
const OF_ONE_PRODUCT: &[(Flavour, &str)] = &[
    (
        Flavour::Mariadb,
        "INSERT INTO t (a, b) VALUES (1, 'x') RETURNING a",
    ),
    (Flavour::Mariadb, "DELETE FROM t WHERE a = 1 RETURNING a"),
    (Flavour::Mariadb, "SELECT nvl2(b, 1, 2) AS n FROM t"),
    (Flavour::Mariadb, "SELECT CAST(b AS INT) AS n FROM t"),
    (Flavour::Mariadb, "SELECT a FROM t WHERE a IN (VALUES (1))"),
    (Flavour::Mysql, "SELECT any_value(a) IS NULL AS n FROM t"),
    (Flavour::Mysql, "SELECT uuid_to_bin(b) AS n FROM t"),
    (Flavour::Mysql, "SELECT regexp_like(b, 'x') AS n FROM t"),
    (Flavour::Mysql, "SELECT b -> '$.x' IS NULL AS n FROM t"),
    (Flavour::Mysql, "SELECT b ->> '$.x' AS n FROM t"),
    (Flavour::Mysql, "SELECT a MEMBER OF ('[1]') AS n FROM t"),
    (
        Flavour::Mysql,
        "SELECT c.a FROM t, LATERAL (SELECT t.a) AS c",
    ),
    (
        Flavour::Mysql,
        "SELECT a FROM t WHERE a IN (VALUES /* one */ ROW(1))",
    ),
    (
        Flavour::Mysql,
        "SELECT lag(a, 1, 0) OVER (ORDER BY a) AS n FROM t",
    ),
    (Flavour::Mysql, "SELECT CAST(b AS JSON) AS n FROM t"),
    (Flavour::Mysql, "TABLE t"),
    (
        Flavour::Mysql,
        "INSERT INTO t (a, b) VALUES (1, 'x') AS n ON DUPLICATE KEY UPDATE b = n.b",
    ),
    (
        Flavour::Mysql,
        "WITH c AS (SELECT 1 AS a) DELETE FROM t WHERE a IN (SELECT a FROM c)",
    ),
];

/// Covers SQL-06 on MariaDB and MySQL: each has its own words where the configuration names it, and an engine of which it says
/// nothing has those of both alone.
#[test]
fn words_of_one_product_need_an_engine_that_is_it() {
    let schema = "CREATE TABLE t (a INT PRIMARY KEY, b VARCHAR(40))";
    let mut model = super::super::tests::model(schema, Dialect::Mysql);
    let at = crate::testing::engine_of(Dialect::Mysql).0 as usize;
    for flavour in [None, Some(Flavour::Mariadb), Some(Flavour::Mysql)] {
        model.engines[at].flavour = flavour;
        for (of, text) in OF_ONE_PRODUCT {
            let found = super::super::tests::check_statement(&model, text, Dialect::Mysql);
            let is_refused = match &found {
                Ok(_) => false,
                Err(problems) => problems.iter().all(|one| one.starts_with("B0632")),
            };
            assert_eq!(
                is_refused,
                flavour != Some(*of),
                "{flavour:?}: {text}: {found:?}"
            );
            assert_eq!(found.is_err(), is_refused, "{text}: {found:?}");
        }
        for text in [
            "SELECT a, ifnull(b, '') AS b FROM t",
            "SELECT json_value(b, '$.x') AS n FROM t",
        ] {
            assert!(super::super::tests::check_statement(&model, text, Dialect::Mysql).is_ok());
        }
    }
}
