//! Histories in which a part changes that others depend on.

use super::both::Both;
use super::migrate_walks::there_and_back;
use super::support::holds;

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

/// A type is made after those that it is made of.
#[test]
fn cli_07_a_composite_type_comes_after_its_enum() {
    let Some(both) = Both::on_postgres() else {
        return;
    };
    let steps = [
        "CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY);\n".to_owned(),
        "CREATE TYPE st AS ENUM ('a', 'b');\nCREATE TYPE cp AS (x st, y int);\n\
         CREATE TABLE t (id INTEGER NOT NULL PRIMARY KEY, s cp);\n"
            .to_owned(),
    ];
    there_and_back(&both, &steps);
}

/// A column that is the same in each group of a primary key needs that key.
#[test]
fn cli_07_a_view_with_groups_by_a_key_is_made_anew_with_it() {
    let Some(both) = Both::on_postgres() else {
        return;
    };
    let views = "CREATE VIEW v AS SELECT id, n, count(*) AS c FROM t GROUP BY id;\n\
        CREATE VIEW w AS SELECT id FROM v;\n";
    let steps = [
        format!("CREATE TABLE t (id int PRIMARY KEY, n int);\n{views}"),
        format!(
            "CREATE TABLE t (id int, n int NOT NULL, CONSTRAINT t_pk PRIMARY KEY (id) INCLUDE (n));\n{views}"
        ),
    ];
    there_and_back(&both, &steps);
}

/// A column that is renamed in a parent is renamed in its heirs.
#[test]
fn cli_07_a_renamed_column_of_a_parent_is_renamed_in_its_heirs() {
    let Some(both) = Both::on_postgres() else {
        return;
    };
    let schema = |column: &str| {
        format!(
            "CREATE TABLE a (id int PRIMARY KEY, {column} int);\nCREATE TABLE b (x int) INHERITS (a);\n\
             CREATE TABLE c ({column} int, y int) INHERITS (b);\n"
        )
    };
    let steps = [schema("n"), schema("\n-- @renamed_from n\nm"), schema("m")];
    there_and_back(&both, &steps);
}

#[test]
fn cli_07_what_divides_a_table_follows_a_renamed_column() {
    let Some(both) = Both::on_postgres() else {
        return;
    };
    let schema = |date: &str, place: &str, key: &str| {
        format!(
            "CREATE TABLE t (id int NOT NULL, {date} date NOT NULL, {place} text) PARTITION BY RANGE ({key});\n\
             CREATE TABLE t_1 PARTITION OF t FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY LIST (lower({}));\n\
             CREATE TABLE t_1_a PARTITION OF t_1 FOR VALUES IN ('a');\n",
            place.split_whitespace().last().unwrap_or_default()
        )
    };
    let steps = [
        schema("d", "p", "d"),
        schema(
            "\n-- @renamed_from d\nday",
            "\n-- @renamed_from p\nplace",
            "day",
        ),
        schema("day", "place", "day"),
    ];
    there_and_back(&both, &steps);
}

/// MariaDB changes no table that keeps its versions unless it is told what becomes of them.
#[test]
fn cli_07_a_table_that_keeps_its_versions_is_changed() {
    let Some(both) = Both::on_mariadb() else {
        return;
    };
    let schema = |columns: &str, check: &str| {
        format!(
            "CREATE TABLE a (id int NOT NULL PRIMARY KEY, {columns}, CONSTRAINT c CHECK ({check})) WITH SYSTEM VERSIONING;\n"
        )
    };
    let steps = [
        schema("n int", "n > 0"),
        schema("n bigint, k int", "n > 1"),
        schema("\n-- @renamed_from n\nm bigint, k int", "m > 1"),
    ];
    there_and_back(&both, &steps);
}

/// A constant beside a column has a type of its own, which the server keeps where the column gets another.
#[test]
fn cli_07_predicates_over_a_column_of_another_type_are_made_anew() {
    let schema = |number: &str, moment: &str| {
        format!(
            "CREATE TABLE a (id bigint NOT NULL PRIMARY KEY, n {number}, d {moment}, CHECK (n IN (1, 2, 3)), CHECK (d > '2026-01-01'));\n\
             CREATE INDEX a_i ON a (id) WHERE n > 0;\nCREATE INDEX a_e ON a ((n + 1));\n"
        )
    };
    let Some(both) = Both::on_postgres() else {
        return;
    };
    let steps = [
        schema("smallint", "date"),
        schema("bigint", "timestamp"),
        schema("numeric(12, 2)", "timestamp"),
    ];
    there_and_back(&both, &steps);
}

/// A key without a name keeps the one that it got, which another may need.
#[test]
fn cli_07_keys_without_names_are_numbered_anew() {
    let steps = [
        "",
        ", UNIQUE (a, b), UNIQUE (b, a), UNIQUE (a, c)",
        ", UNIQUE (b, a), UNIQUE (a, c)",
        ", UNIQUE (b, a), UNIQUE (a, c), UNIQUE (a, d)",
        ", UNIQUE (a, d), UNIQUE (a, b, c), UNIQUE (a, c, d)",
        ", UNIQUE (a, c, d)",
    ];
    let schema = |keys: &str| {
        format!("CREATE TABLE t (id int NOT NULL PRIMARY KEY, a int, b int, c int, d int{keys});\n")
    };
    for both in Both::on_all() {
        there_and_back(&both, &steps.map(schema));
    }
}

/// The database compares a name without quotes in small letters.
#[test]
fn cli_07_the_old_name_of_a_rename_is_folded() {
    let Some(both) = Both::on_postgres() else {
        return;
    };
    let steps = [
        "CREATE TABLE Users (id int PRIMARY KEY, UserName text NOT NULL DEFAULT '', \"Key\" int);\n",
        "-- @renamed_from Users\nCREATE TABLE People (id int PRIMARY KEY,\n-- @renamed_from UserName\nLogin text NOT NULL DEFAULT '',\n-- @renamed_from Key\n\"Other\" int);\n",
    ];
    both.schema(steps[0]);
    both.good("migrate add first");
    both.good("migrate run");
    both.execute("INSERT INTO users VALUES (1, 'a', 7)");
    both.schema(steps[1]);
    both.good("migrate add second");
    both.good("migrate run");
    both.good("migrate check");
    assert_eq!(both.catalogue(), both.created());
    let kept = "SELECT count(*) FROM people WHERE login = 'a' AND \"Other\" = 7";
    assert_eq!(both.numbers(kept), [1]);
}

/// Nothing gives these another type.
#[test]
fn cli_07_an_enum_that_more_than_columns_hold_is_left_to_a_person() {
    let Some(both) = Both::on_postgres() else {
        return;
    };
    let function = "CREATE FUNCTION f(s st) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';\n";
    let cases = [
        (
            "CREATE DOMAIN de AS st CHECK (VALUE <> 'c');\n",
            "s de",
            "",
            "the domain `de`",
        ),
        (
            "CREATE TYPE cp AS (x st, y int);\n",
            "s cp",
            "",
            "the type `cp`",
        ),
        (function, "s st, CHECK (f(s) > 0)", "", "the function `f`"),
        (
            "",
            "s st NOT NULL",
            " PARTITION BY LIST (s)",
            "the partitions of `t`, by `s`,",
        ),
    ];
    for (objects, column, options, holder) in cases {
        both.empty_both();
        let folder = both.project.path("migrations");
        if folder.is_dir() {
            std::fs::remove_dir_all(folder).expect("it can be removed");
        }
        let schema = |values: &str| {
            format!(
                "CREATE TYPE st AS ENUM ({values});\n{objects}CREATE TABLE t (id int NOT NULL, {column}){options};\n"
            )
        };
        both.schema(&schema("'a', 'b', 'c'"));
        both.good("migrate add first");
        both.good("migrate run");
        both.schema(&schema("'a', 'c'"));
        let added = both.project.run("migrate add second");
        let told = [
            "the enum type `st` loses `b`",
            "bindery does not write this change, write it by hand",
        ];
        holds(&added.messages, &told);
        let texts: Vec<String> = both
            .migrations()
            .iter()
            .map(|path| std::fs::read_to_string(path).expect("a migration"))
            .collect();
        holds(&texts.concat(), &[holder]);
        assert!(!both.project.run("migrate check").is_good(), "{objects}");
        // A value that comes needs nothing anew, but its way back does.
        both.project.run("migrate run").good();
        both.schema(&schema("'a', 'b', 'c', 'd'"));
        both.good("migrate add third");
        both.good("migrate run");
        both.good("migrate check");
    }
}

/// The words of a server beside each part are no options of the table.
#[test]
fn cli_07_a_table_with_a_part_for_the_rest_ends_at_its_schema() {
    let Some(both) = Both::on_mariadb() else {
        return;
    };
    let lists = "CREATE TABLE a (id int NOT NULL, k varchar(10) NOT NULL, PRIMARY KEY (id, k)) ENGINE=InnoDB PARTITION BY LIST COLUMNS(k) (PARTITION a VALUES IN ('x','y') ENGINE = InnoDB, PARTITION b DEFAULT ENGINE = InnoDB)";
    let ranges = "CREATE TABLE r (id int NOT NULL, k int NOT NULL, PRIMARY KEY (id, k)) PARTITION BY RANGE (k) SUBPARTITION BY HASH (id) SUBPARTITIONS 2 (PARTITION a VALUES LESS THAN (5), PARTITION b VALUES LESS THAN MAXVALUE)";
    both.execute(&format!("{lists};\n{ranges}"));
    both.good("pull --yes");
    both.good("migrate add first");
    both.good("migrate check");
    both.good("validate");
}

/// An exclusion without a name has one of its parts.
#[test]
fn cli_07_an_exclusion_without_a_name_goes() {
    let Some(both) = Both::on_postgres() else {
        return;
    };
    let table = |constraints: &str| {
        format!("CREATE TABLE t (id bigint PRIMARY KEY, n integer, m text{constraints});\n")
    };
    let steps = [
        "",
        ", EXCLUDE USING btree (n WITH =, id WITH =), EXCLUDE (lower(m) WITH =, (n + 1) WITH =)",
        ", EXCLUDE (lower(m) WITH =, (n + 1) WITH =)",
        "",
    ];
    there_and_back(&both, &steps.map(table));
}

/// The server shows the bytes of a binary default as they are.
#[test]
fn cli_05_a_binary_default_that_is_no_utf8_is_read() {
    let Some(both) = Both::on_mariadb() else {
        return;
    };
    let table = "CREATE TABLE t (id int NOT NULL PRIMARY KEY, v varbinary(10) NOT NULL DEFAULT x'ff00275c');\n";
    both.schema(table);
    both.good("migrate add first");
    both.good("migrate run");
    both.good("validate");
    both.good("pull --yes");
    both.good("migrate check");
    both.good("validate");
}
