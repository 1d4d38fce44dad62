//! Histories in which a part changes that others depend on.

use super::both::Both;
use super::migrate_walks::there_and_back;

/// Two types of one name, each in a schema of its own.
#[test]
fn cli_07_an_enum_of_another_schema_is_another_one() {
    let Some(both) = Both::on_postgres() else {
        return;
    };
    let types = "CREATE SCHEMA sales;\nCREATE TYPE mood AS ENUM ('a', 'b');\nCREATE TYPE sales.mood AS ENUM ('x', 'y');\n\
        CREATE DOMAIN word AS text CHECK (VALUE <> 'a');\nCREATE DOMAIN sales.word AS text CHECK (VALUE <> 'x');\n";
    let table = |columns: &str| {
        format!("{types}CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY{columns});\n")
    };
    let steps = [
        table(", m sales.mood, ms sales.mood[] NOT NULL DEFAULT '{}', w sales.word"),
        table(
            ", m sales.mood, ms sales.mood[] NOT NULL DEFAULT '{}', w sales.word, p mood, d word",
        ),
    ];
    both.schema("CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY);\n");
    there_and_back(&both, &steps);
    both.good("migrate run");
    both.good("validate");
    both.execute("INSERT INTO t VALUES (1, 'x', '{y}', 'a', 'a', 'x')");
}
