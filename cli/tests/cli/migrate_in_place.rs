//! Changes that MariaDB makes without writing the rows of the table anew: it takes the statements that `migrate add` writes for them with
//! `ALGORITHM=INSTANT` or `NOCOPY`, by which it refuses what would copy or rebuild the table.

use bindery_schema::dialect::Dialect;

use super::both::{Both, statements};

const BEFORE: &str = "CREATE TABLE t (
    id bigint NOT NULL PRIMARY KEY,
    a varchar(20),
    b int NOT NULL DEFAULT 1,
    c enum('x','y'),
    d int,
    KEY i (d)
) ENGINE=InnoDB COMMENT='old';";

/// A change, the algorithm that suffices for it, and what of the table is replaced by what.
const CHANGES: [(&str, &str, &str, &str); 14] = [
    (
        "a column at the end",
        "INSTANT",
        "KEY i (d)",
        "e text, KEY i (d)",
    ),
    (
        "a column between",
        "INSTANT",
        "c enum",
        "e int NOT NULL DEFAULT 3, c enum",
    ),
    ("a column goes", "INSTANT", "b int NOT NULL DEFAULT 1,", ""),
    ("a longer text", "INSTANT", "varchar(20)", "varchar(60)"),
    ("another default", "INSTANT", "DEFAULT 1", "DEFAULT 2"),
    ("no default", "INSTANT", " DEFAULT 1", ""),
    (
        "another name",
        "INSTANT",
        "    a varchar",
        "    -- @renamed_from a\n    e varchar",
    ),
    ("a value at the end", "INSTANT", "'y')", "'y','z')"),
    (
        "a comment",
        "INSTANT",
        "b int NOT NULL DEFAULT 1",
        "b int NOT NULL DEFAULT 1 COMMENT 'counted'",
    ),
    (
        "an index comes",
        "NOCOPY",
        "KEY i (d)",
        "KEY i (d), KEY j (b, a)",
    ),
    (
        "a unique index comes",
        "NOCOPY",
        "KEY i (d)",
        "KEY i (d), UNIQUE KEY j (b)",
    ),
    ("an index goes", "NOCOPY", ",\n    KEY i (d)", ""),
    ("a comment of the table", "INSTANT", "'old'", "'new'"),
    (
        "an index has another name",
        "NOCOPY",
        "KEY i (d)",
        "KEY j (d)",
    ),
];

/// The statement, refused where the server would need more than the algorithm.
fn limited(statement: &str, algorithm: &str) -> String {
    let wanted = format!("ALGORITHM={algorithm}");
    match statement.contains("ALGORITHM=INPLACE") {
        true => statement.replace("ALGORITHM=INPLACE", &wanted),
        false => format!("{statement}, {wanted}"),
    }
}

/// Runs with the algorithm the statements that `add` writes between two schemas, with losses meant.
fn changed(both: &Both, after: &str, algorithm: &str) -> Result<(), String> {
    both.schema(BEFORE);
    both.good("migrate add first");
    both.good("migrate run");
    both.execute("INSERT INTO t VALUES (1, 'x', 2, 'x', 4)");
    let first = both.migrations().len();
    both.schema(after);
    both.good("migrate add step");
    both.mean_it();
    let files = both.migrations();
    let ups = files[first..]
        .iter()
        .filter(|path| !path.to_string_lossy().ends_with(".down.sql"));
    let texts = ups.map(|path| std::fs::read_to_string(path).expect("a migration"));
    let written = texts.flat_map(|text| statements(&text, Dialect::Mysql));
    let limited: Vec<String> = written.map(|sql| limited(&sql, algorithm)).collect();
    assert!(!limited.is_empty(), "{after}");
    let ran = both.run_on(0, &limited);
    ran.map_err(|refusal| format!("{} in {}", refusal.why, refusal.statement))
}

#[test]
fn cli_07_no_table_of_mariadb_is_written_anew_without_need() {
    let mut failed = Vec::new();
    for (name, algorithm, old, new) in CHANGES {
        let Some(both) = Both::on_mariadb() else {
            return;
        };
        assert!(BEFORE.contains(old), "{name}");
        let after = BEFORE.replacen(old, new, 1);
        if let Err(why) = changed(&both, &after, algorithm) {
            failed.push(format!("{name}: {why}"));
        } else if both.catalogue() != both.created() {
            failed.push(format!("{name}: {:#?}", both.catalogue()));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// The rows have to be written anew for another type, so the test above can fail.
#[test]
fn cli_07_a_table_of_mariadb_that_must_be_written_anew_is_refused_in_place() {
    for (old, new) in [
        ("b int", "b bigint"),
        ("b int NOT NULL", "b int"),
        ("varchar(20)", "varchar(20) CHARACTER SET latin1"),
    ] {
        let Some(both) = Both::on_mariadb() else {
            return;
        };
        let refused = changed(&both, &BEFORE.replacen(old, new, 1), "NOCOPY");
        let why = refused.expect_err(new);
        assert!(
            why.contains("ERROR 1846") || why.contains("ERROR 1845"),
            "{why}"
        );
    }
}
