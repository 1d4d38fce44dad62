//! Foreign keys between columns of every type and every other: what a database refuses is B0128, and nothing else is.

use std::collections::BTreeSet;
use std::path::Path;

use bindery_schema::check::check;
use bindery_schema::config::Config;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::input::{Input, InputFile};
use bindery_schema::parse::load;
use bindery_testkit::{FreshDatabase, fresh_mysql, fresh_postgres};

const POSTGRES: &[&str] = &[
    "boolean",
    "smallint",
    "integer",
    "bigint",
    "numeric",
    "numeric(10,2)",
    "real",
    "double precision",
    "character(8)",
    "character varying(8)",
    "text",
    "bytea",
    "date",
    "timestamp without time zone",
    "timestamp(3) without time zone",
    "timestamp with time zone",
    "time without time zone",
    "interval",
    "uuid",
    "jsonb",
    "inet",
    "cidr",
    "macaddr",
    "money",
    "int4range",
    "integer[]",
    "bigint[]",
    "text[]",
];

const MYSQL: &[&str] = &[
    "tinyint(1)",
    "tinyint",
    "tinyint unsigned",
    "smallint",
    "smallint unsigned",
    "mediumint",
    "int",
    "int unsigned",
    "bigint",
    "bigint unsigned",
    "decimal(10,2)",
    "decimal(12,2)",
    "float",
    "double",
    "char(8)",
    "varchar(8)",
    "varchar(40)",
    "binary(8)",
    "varbinary(8)",
    "date",
    "datetime",
    "datetime(3)",
    "timestamp",
    "time",
    "year",
    "bit(8)",
    "enum('a','b')",
    "enum('a','b','c')",
];

/// The column of the parent for a type, and of the child for two.
fn parent(at: usize) -> String {
    format!("p{at}")
}

fn child(from: usize, to: usize) -> String {
    format!("c{from}_to_{to}")
}

fn create_parent(at: usize, sql_type: &str) -> String {
    let name = parent(at);
    format!("CREATE TABLE {name} (id int PRIMARY KEY, v {sql_type} NOT NULL, UNIQUE (v))")
}

fn create_child(from: usize, to: usize, sql_type: &str) -> String {
    let (name, parent) = (child(from, to), parent(to));
    format!(
        "CREATE TABLE {name} (id int PRIMARY KEY, {name} {sql_type} NOT NULL, \
         FOREIGN KEY ({name}) REFERENCES {parent} (v))"
    )
}

fn pairs(types: &[&str]) -> impl Iterator<Item = (usize, usize)> {
    let count = types.len();
    (0..count).flat_map(move |from| (0..count).map(move |to| (from, to)))
}

/// Every table there can be, parents first.
fn statements(types: &[&str]) -> Vec<String> {
    let parents = types.iter().enumerate();
    let parents = parents.map(|(at, sql_type)| create_parent(at, sql_type));
    let children = pairs(types).map(|(from, to)| create_child(from, to, types[from]));
    parents.chain(children).collect()
}

/// The children that bindery refuses.
fn refused(types: &[&str], url: &str) -> BTreeSet<String> {
    let (mut input, mut found) = (Input::default(), Diagnostics::default());
    let config = format!("url = \"{url}\"\n");
    let sources = &mut input.sources;
    let config = Config::parse("bindery.toml", Path::new(""), &config, sources, &mut found);
    input.configure(&config.expect("it is right"), &|_| None, &mut found);
    let sql = statements(types).join(";\n") + ";\n";
    let id = load(&mut input.sources, "schema.sql", sql.as_bytes(), &mut found);
    input.files.push(InputFile {
        id: id.expect("it is UTF-8"),
        dialect: None,
        engines: Vec::new(),
    });
    let model = bindery_schema::read_model(&input, &mut found);
    check(model, &mut found);
    let findings = found.iter().filter(|finding| finding.code == "B0128");
    let name = |message: &str| message.split('`').nth(1).unwrap_or_default().to_owned();
    findings.map(|finding| name(&finding.message)).collect()
}

/// Runs every statement whatever becomes of the others, and says which tables are there.
fn made(
    database: &FreshDatabase,
    before: &str,
    call: &str,
    tables: &str,
    types: &[&str],
) -> BTreeSet<String> {
    let calls = statements(types)
        .into_iter()
        .map(|sql| format!("{call}('{}');\n", sql.replace('\'', "''")));
    let script = format!("{before}\n{}{tables};\n", calls.collect::<String>());
    let answer = database.answer(&script).expect("every failure is caught");
    answer.lines().map(|line| line.trim().to_owned()).collect()
}

/// Returns the pairs on which the database and bindery disagree.
fn differences(types: &[&str], made: &BTreeSet<String>, refused: &BTreeSet<String>) -> Vec<String> {
    let absent = (0..types.len()).filter(|at| !made.contains(&parent(*at)));
    let absent = absent.map(|at| format!("no table with a unique `{}`", types[at]));
    let wrong = pairs(types).filter(|(from, to)| {
        let name = child(*from, *to);
        made.contains(&parent(*to)) && made.contains(&name) == refused.contains(&name)
    });
    let wrong = wrong.map(|(from, to)| {
        let taken = made.contains(&child(from, to));
        let does = if taken { "takes" } else { "refuses" };
        format!(
            "the database {does} a key from `{}` to `{}`",
            types[from], types[to]
        )
    });
    absent.chain(wrong).collect()
}

#[test]
fn postgres_compares_what_is_said() {
    let Some(database) = fresh_postgres() else {
        return;
    };
    let function = "CREATE FUNCTION tried(command text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE command; \
                    EXCEPTION WHEN OTHERS THEN NULL; END $$;";
    let tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";
    let made = made(&database, function, "SELECT tried", tables, POSTGRES);
    let refused = refused(POSTGRES, "postgres://user@host/app");
    let found = differences(POSTGRES, &made, &refused);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn mysql_compares_what_is_said() {
    let Some(database) = fresh_mysql() else {
        return;
    };
    let procedure = "DELIMITER //\nCREATE PROCEDURE tried(command TEXT)\nBEGIN\n\
                     DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN END;\n\
                     SET @command = command;\nPREPARE tried FROM @command;\nEXECUTE tried;\nDEALLOCATE PREPARE tried;\n\
                     END //\nDELIMITER ;\n";
    let made = made(&database, procedure, "CALL tried", "SHOW TABLES", MYSQL);
    let refused = refused(MYSQL, "mysql://user@host/app");
    let found = differences(MYSQL, &made, &refused);
    assert!(found.is_empty(), "{}", found.join("\n"));
}
