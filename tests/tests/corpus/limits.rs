//! Types and tables that the servers refuse are refused when the schema is compiled, and those they accept are read.

use std::fs;

use bindery_schema::dialect::Dialect;
use bindery_testkit::{FreshDatabase, fresh_mysql, fresh_postgres};

use crate::schema::Schema;

const POSTGRES: &[(&str, &str)] = &[
    ("VARCHAR(0)", "VARCHAR(1)"),
    ("CHAR(0)", "CHAR(1)"),
    ("VARCHAR(-1)", "VARCHAR(10485760)"),
    ("CHAR(4294967297)", "CHAR(10485760)"),
    ("VARCHAR(10485761)", "VARCHAR"),
    ("VARCHAR(1.5)", "VARCHAR(2)"),
    ("NUMERIC(0)", "NUMERIC(1)"),
    ("NUMERIC(1001)", "NUMERIC(1000)"),
    ("NUMERIC(10, -1001)", "NUMERIC(10, -1000)"),
    ("NUMERIC(10, 1001)", "NUMERIC(10, 1000)"),
    ("NUMERIC(4294967297)", "NUMERIC(10, -2)"),
    ("BIT(0)", "BIT(1)"),
    ("BIT(83886081)", "BIT(83886080)"),
    ("BIT VARYING(0)", "BIT VARYING(1)"),
    ("FLOAT(0)", "FLOAT(1)"),
    ("FLOAT(54)", "FLOAT(53)"),
    ("TIMESTAMP(-1)", "TIMESTAMP(0)"),
    ("NUMERIC(10, 2, 3)", "NUMERIC(10, 2)"),
    ("TEXT(5)", "TEXT"),
    ("DOUBLE PRECISION(3)", "DOUBLE PRECISION"),
    ("UUID(3)", "UUID"),
];

const MYSQL: &[(&str, &str)] = &[
    ("VARCHAR(-1)", "VARCHAR(0)"),
    ("CHAR(4294967297)", "CHAR(0)"),
    ("CHAR(256)", "CHAR(255)"),
    ("BIT(65)", "BIT(64)"),
    ("BIT(4294967297)", "BIT(1)"),
    ("DECIMAL(66)", "DECIMAL(65)"),
    ("DECIMAL(10, -2)", "DECIMAL(10, 2)"),
    ("DECIMAL(4294967306)", "DECIMAL(10, 10)"),
    ("FLOAT(54)", "FLOAT(53)"),
    ("FLOAT(7, 8)", "FLOAT(8, 7)"),
    ("FLOAT(256, 2)", "FLOAT(255, 2)"),
    ("DOUBLE(5)", "DOUBLE(5, 2)"),
    ("INT(256)", "INT(255)"),
    ("INT(4294967297)", "INT(1)"),
    ("TEXT(4294967296)", "TEXT(4294967295)"),
    ("TINYTEXT(5)", "TINYTEXT"),
    ("DATE(3)", "DATE"),
    ("ENUM('a', 'a')", "ENUM('a', 'b')"),
    ("ENUM('a', 'a ')", "ENUM('a', ' a')"),
    ("ENUM()", "ENUM('')"),
    ("SET('a', 'a')", "SET('a', 'b')"),
    ("SET('a,b')", "SET('a', 'c')"),
    (
        "VARCHAR(16384) CHARACTER SET utf8mb4",
        "VARCHAR(16380) CHARACTER SET utf8mb4",
    ),
    (
        "VARCHAR(65533) CHARACTER SET latin1",
        "VARCHAR(65520) CHARACTER SET latin1",
    ),
    (
        "VARCHAR(21845) COLLATE utf8mb3_bin",
        "VARCHAR(21840) COLLATE utf8mb3_bin",
    ),
];

fn column(of: &str) -> String {
    format!("CREATE TABLE t (id INTEGER PRIMARY KEY, a {of});")
}

/// Columns of one type, with the text after the parenthesis.
fn columns(count: usize, of: &str, behind: &str) -> String {
    let columns: Vec<String> = (0..count).map(|at| format!("c{at} {of}")).collect();
    format!("CREATE TABLE t ({}) {behind};", columns.join(", "))
}

fn keys(count: usize) -> String {
    let columns: String = (1..count)
        .map(|at| format!(", c{at} INT, KEY (c{at})"))
        .collect();
    format!("CREATE TABLE t (id INT PRIMARY KEY{columns});")
}

fn set(values: usize) -> String {
    let values: Vec<String> = (0..values).map(|at| format!("'v{at}'")).collect();
    column(&format!("SET({})", values.join(", ")))
}

fn errors(sql: &str, dialect: Dialect) -> Option<String> {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("schema.sql");
    fs::write(&file, sql).expect("the folder can be written to");
    Schema::read(&file, dialect).err()
}

/// The first of each pair is refused by both, the second by neither.
fn try_pairs(pairs: &[(String, String)], dialect: Dialect, fresh: fn() -> Option<FreshDatabase>) {
    let Some(database) = fresh() else { return };
    for (wrong, right) in pairs {
        assert!(
            database.run_script(wrong).is_err(),
            "{dialect} takes {wrong}"
        );
        let told = errors(wrong, dialect).unwrap_or_else(|| panic!("is read: {wrong}"));
        assert_eq!(told.matches("error[").count(), 1, "{told}");
        let taken = database.run_script(&format!("{right} DROP TABLE t;"));
        taken.unwrap_or_else(|error| panic!("{right}: {error}"));
        assert_eq!(errors(right, dialect), None, "{right}");
    }
}

fn of_columns(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(wrong, right)| (column(wrong), column(right)))
        .collect()
}

#[test]
fn limits_of_postgres_are_those_of_the_server() {
    let mut pairs = of_columns(POSTGRES);
    let of_type = |values: &str| {
        let drop = "DROP TYPE IF EXISTS kind CASCADE;";
        format!(
            "{drop}CREATE TYPE kind AS ENUM ({values});{}",
            column("kind")
        )
    };
    pairs.push((of_type("'a', 'a'"), of_type("'a', 'A'")));
    try_pairs(&pairs, Dialect::Postgres, fresh_postgres);
}

#[test]
fn limits_of_mysql_are_those_of_the_server() {
    let mut pairs = of_columns(MYSQL);
    pairs.push((keys(65), keys(64)));
    pairs.push((set(65), set(64)));
    let utf8 = "CHARACTER SET utf8mb4";
    let latin = "DEFAULT CHARSET=latin1";
    pairs.push((
        columns(2, "VARCHAR(8200) NOT NULL", utf8),
        columns(2, "VARCHAR(8180) NOT NULL", utf8),
    ));
    pairs.push((
        columns(2, "VARCHAR(32800) NOT NULL", latin),
        columns(2, "VARCHAR(32760) NOT NULL", latin),
    ));
    pairs.push((
        columns(11, "VARBINARY(6000)", ""),
        columns(11, "VARBINARY(5900)", ""),
    ));
    try_pairs(&pairs, Dialect::Mysql, fresh_mysql);
}
