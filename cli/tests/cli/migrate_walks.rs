//! Histories of several migrations: what a step does to one part stands beside what earlier steps did to another.

use super::both::Both;
use super::support::{Project, holds};

/// Goes from schema to schema, each as `create` would have it, and back.
pub(super) fn there_and_back(both: &Both, steps: &[String]) {
    let mut before = Vec::new();
    for (number, schema) in steps.iter().enumerate() {
        before.push((both.catalogue(), both.migrations().len()));
        both.schema(schema);
        both.good(&format!("migrate add step{number}"));
        both.mean_it();
        both.good("migrate run");
        both.good("migrate check");
        assert_eq!(both.catalogue(), both.created(), "step {number}: {schema}");
    }
    let mut there = both.migrations().len();
    for (number, (before, files)) in before.iter().enumerate().rev() {
        // Each has a file for either way.
        let count = (there - files) / 2;
        both.good(&format!(
            "migrate revert --engine default --count {count} --yes"
        ));
        assert_eq!(&both.catalogue(), before, "the way back of step {number}");
        there = *files;
    }
}

/// A table whose constraints have no names.
fn unnamed(constraints: &str) -> String {
    let indexes: String = ["a", "b", "c", "d"]
        .map(|column| format!("CREATE INDEX t_by_{column} ON t ({column});\n"))
        .concat();
    format!(
        "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, a INTEGER, b INTEGER, c INTEGER, d INTEGER{constraints});\n{indexes}"
    )
}

#[test]
fn cli_07_constraints_without_names_go_one_by_one() {
    let steps = [
        ", CHECK (a > 0), CHECK (a < 100), CHECK (a > b OR b > c), CHECK (b > c OR c > d)",
        ", CHECK (a < 100), CHECK (b > c OR c > d)",
        ", CHECK (a < 100), CHECK (b > c OR c > d), CHECK (a <> 50), CHECK (a > d)",
        ", CHECK (a <> 50), CHECK (a > d), FOREIGN KEY (a) REFERENCES t (id), FOREIGN KEY (b) REFERENCES t (id), FOREIGN KEY (c) REFERENCES t (id)",
        ", CHECK (a > d), FOREIGN KEY (b) REFERENCES t (id), FOREIGN KEY (c) REFERENCES t (id)",
        ", FOREIGN KEY (b) REFERENCES t (id), FOREIGN KEY (c) REFERENCES t (id), FOREIGN KEY (a) REFERENCES t (id), FOREIGN KEY (d) REFERENCES t (id)",
        ", CHECK (b <> 7), FOREIGN KEY (b) REFERENCES t (id), FOREIGN KEY (a) REFERENCES t (id)",
    ];
    for both in Both::on_all() {
        there_and_back(&both, &steps.map(unnamed));
    }
}

/// The names that a database gave stay when a table and its columns get others, and are free for none that come.
#[test]
fn cli_07_constraints_keep_their_names_through_renames() {
    let Some(both) = Both::on_postgres() else {
        return;
    };
    let table = |head: &str, constraints: &str| {
        format!("{head} (id INTEGER NOT NULL PRIMARY KEY{constraints});\n")
    };
    let steps = [
        table(
            "CREATE TABLE t",
            ", n INTEGER, CHECK (n > 0), UNIQUE (n, id), FOREIGN KEY (n) REFERENCES t (id)",
        ),
        table(
            "\n-- @renamed_from t\nCREATE TABLE u",
            ",\n-- @renamed_from n\nm INTEGER, CHECK (m > 0), UNIQUE (m, id), FOREIGN KEY (m) REFERENCES u (id)",
        ),
        table(
            "CREATE TABLE u",
            ", m INTEGER, n INTEGER, CHECK (m > 0), CHECK (n > 0), UNIQUE (m, id), UNIQUE (n, id), FOREIGN KEY (m) REFERENCES u (id), FOREIGN KEY (n) REFERENCES u (id)",
        ),
        table(
            "CREATE TABLE u",
            ", m INTEGER, n INTEGER, CHECK (n > 0), UNIQUE (n, id), FOREIGN KEY (n) REFERENCES u (id)",
        ),
    ];
    both.schema("CREATE TABLE other (id INTEGER NOT NULL PRIMARY KEY);\n");
    there_and_back(&both, &steps);
}

/// A view of PostgreSQL and MariaDB keeps the columns that `*` had when it was made.
#[test]
fn cli_07_a_view_of_all_columns_sees_a_new_one() {
    let steps = ["", ", b INTEGER", ", b INTEGER, c INTEGER"].map(|more| {
        format!(
            "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, a INTEGER{more});\n\
             CREATE VIEW v AS SELECT * FROM t;\nCREATE VIEW w AS SELECT x.* FROM (SELECT * FROM v) x;\n\
             CREATE VIEW n AS SELECT count(*) AS n FROM t;\n"
        )
    });
    for both in Both::on_all() {
        there_and_back(&both, &steps);
        both.good("migrate run");
        assert_eq!(both.numbers("SELECT count(c) + count(b) FROM w"), [0]);
    }
}

/// Integers are no numerics to a foreign key: both its ends change while it is away.
#[test]
fn cli_07_both_ends_of_a_key_get_another_type_of_number() {
    let schema = |number: &str| {
        format!(
            "CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY, n {number} UNIQUE, g BIGINT GENERATED ALWAYS AS (n + 1) STORED);\n\
             CREATE TABLE b (id BIGINT NOT NULL PRIMARY KEY, r {number} REFERENCES a (n));\n"
        )
    };
    let Some(both) = Both::on_postgres() else {
        return;
    };
    let steps = ["INTEGER", "NUMERIC(10, 0)", "DOUBLE PRECISION"].map(schema);
    there_and_back(&both, &steps);
}

/// SQLite writes a trigger anew where what it names gets another name. Made again, it is under the names of now.
#[test]
fn cli_07_triggers_of_sqlite_outlive_renames_and_tables_made_anew() {
    let both = Both::on_sqlite();
    let schema = |items: &str, log: &str| {
        format!(
            "CREATE TABLE items (id INTEGER PRIMARY KEY, {items});\nCREATE TABLE log (v {log});\n"
        )
    };
    both.schema(&schema("n SMALLINT", "INTEGER"));
    both.good("migrate add first");
    both.good("migrate run");
    both.good("migrate add trigger --empty");
    let files = both.migrations();
    let file = files.iter().find(|path| {
        let name = path.to_string_lossy();
        name.ends_with("_trigger.sql")
    });
    let trigger = "CREATE TRIGGER logged AFTER UPDATE OF n ON items BEGIN INSERT INTO log VALUES (NEW.n); END;\n";
    std::fs::write(file.expect("it was written"), trigger).expect("it can be written");
    let back = "DROP TRIGGER logged;\n";
    let file = files
        .iter()
        .find(|path| path.to_string_lossy().ends_with("_trigger.down.sql"));
    std::fs::write(file.expect("it was written"), back).expect("it can be written");
    both.good("migrate run");
    for (number, (items, log)) in [
        ("\n-- @renamed_from n\nm INTEGER", "INTEGER"),
        ("m BIGINT", "INTEGER"),
        ("m BIGINT", "BIGINT"),
    ]
    .into_iter()
    .enumerate()
    {
        both.schema(&schema(items, log));
        both.good(&format!("migrate add step{number}"));
        both.good("migrate run");
        both.good("migrate check");
        let value = number as i64;
        both.execute(&format!("INSERT INTO items VALUES ({value}, 0)"));
        both.execute(&format!(
            "UPDATE items SET m = {value} + 10 WHERE id = {value}"
        ));
        assert_eq!(both.numbers("SELECT max(v) FROM log"), [value + 10]);
    }
    both.good("migrate revert --engine default --count 3 --yes");
    both.execute("UPDATE items SET n = 99 WHERE id = 1");
    assert_eq!(both.numbers("SELECT max(v) FROM log"), [99]);
    both.good("migrate check --prove");
}

/// A foreign key follows a column that is renamed, also to where the table is made anew.
#[test]
fn cli_07_a_foreign_key_follows_a_renamed_column_into_a_table_made_anew() {
    let schema = |id: &str, key: &str, number: &str| {
        format!(
            "CREATE TABLE users ({id} INTEGER PRIMARY KEY, n {number});\n\
             CREATE TABLE posts (id INTEGER PRIMARY KEY, r INTEGER REFERENCES users ({key}));\n"
        )
    };
    let renamed = "\n-- @renamed_from id\nuid";
    let steps = [
        schema("id", "id", "SMALLINT"),
        schema(renamed, "uid", "SMALLINT"),
        schema("uid", "uid", "BIGINT"),
        schema("\n-- @renamed_from uid\nnumber", "number", "SMALLINT"),
    ];
    there_and_back(&Both::on_sqlite(), &steps);
}

#[test]
fn cli_07_a_rename_from_a_name_that_is_in_use_is_refused() {
    let project = Project::new(&[("bindery.toml", "url = \"sqlite://app.db\"\n")]);
    let table =
        |columns: &str| format!("CREATE TABLE users (id INTEGER PRIMARY KEY, {columns});\n");
    let [a, b] = ["a TEXT", "b TEXT"];
    project.write("schema.sql", table(&format!("{a}, {b}")));
    project.run("migrate add first").good();
    let before = project.files();
    let cases = [
        (
            format!("\n-- @renamed_from b\n{a}, \n-- @renamed_from a\n{b}"),
            "above `a` cannot be followed: another column of the schema is called `b`",
        ),
        (
            format!("\n-- @renamed_from a\nc TEXT, {a}, {b}"),
            "above `c` cannot be followed: another column of the schema is called `a`",
        ),
    ];
    for (columns, told) in cases {
        project.write("schema.sql", table(&columns));
        let refused = project.run("migrate add second").failed();
        holds(&refused, &[told, "nothing was written"]);
    }
    let taken =
        "\n-- @renamed_from users\nCREATE TABLE people (id INTEGER PRIMARY KEY, a TEXT, b TEXT);\n";
    project.write("schema.sql", format!("{taken}{}", table("a TEXT, b TEXT")));
    let refused = project.run("migrate add second").failed();
    holds(&refused, &["another table of the schema is called `users`"]);
    assert_eq!(project.files(), before);
}

/// MariaDB does not write a trigger anew.
#[test]
fn cli_07_a_rename_that_would_leave_a_trigger_behind_is_refused() {
    let Some(both) = Both::on_mariadb() else {
        return;
    };
    let schema = |column: &str| {
        format!("CREATE TABLE t (id INTEGER PRIMARY KEY, {column} INTEGER, k INTEGER);\n")
    };
    both.schema(&schema("n"));
    both.good("migrate add first");
    both.good("migrate add trigger --empty");
    let files = both.migrations();
    let file = files
        .iter()
        .find(|path| path.to_string_lossy().ends_with("_trigger.sql"));
    let trigger = "CREATE TRIGGER kept BEFORE INSERT ON t FOR EACH ROW SET NEW.k = NEW.n;\n";
    std::fs::write(file.expect("it was written"), trigger).expect("it can be written");
    both.schema(&schema("\n-- @renamed_from n\nm"));
    let refused = both.project.run("migrate add second").failed();
    holds(
        &refused,
        &["the trigger `kept` names `n`", "nothing was written"],
    );
}

/// A cast that changes values is a difference.
#[test]
fn cli_05_a_cast_that_changes_values_is_a_difference() {
    for both in [Both::on_postgres(), Both::on_mariadb()]
        .into_iter()
        .flatten()
    {
        both.schema(
            "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, n NUMERIC(8, 2), CONSTRAINT c CHECK (n > 0));\n",
        );
        both.good("migrate add first");
        both.good("migrate run");
        both.good("validate --config bindery.toml");
        let number = match both.dialect() {
            bindery_schema::dialect::Dialect::Postgres => "integer",
            _ => "signed",
        };
        both.execute("ALTER TABLE t DROP CONSTRAINT c");
        both.execute(&format!(
            "ALTER TABLE t ADD CONSTRAINT c CHECK (CAST(n AS {number}) > 0)"
        ));
        let found = both.project.run("validate --config bindery.toml");
        holds(&found.results, &["differs    t on default: check"]);
    }
}
