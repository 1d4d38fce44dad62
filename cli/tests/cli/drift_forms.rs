//! CLI-05: what a server writes in its own words, compared by what it means.

use bindery_schema::dialect::Dialect;
use bindery_testkit::mysql_flavour;

use crate::pull::database::{Database, good};
use crate::support::holds;

/// The lines of `validate` that are about one thing each.
fn findings(database: &Database, schema: &str) -> Vec<String> {
    let outcome = database.project(schema).run("validate");
    let lines = outcome.results.lines();
    let words = ["differs", "missing", "extra", "unknown"];
    let lines = lines.filter(|line| words.iter().any(|word| line.starts_with(word)));
    lines.map(str::to_owned).collect()
}

/// Makes the database of a schema, changes it by statements, and returns what is found: nothing before them.
fn found_after(dialect: Dialect, schema: &str, changes: &str) -> Option<Vec<String>> {
    let database = Database::fresh(dialect)?;
    good(database.project(schema).run("create")).expect("the schema is made");
    assert_eq!(findings(&database, schema), Vec::<String>::new());
    database.load(changes).expect("the database takes it");
    Some(findings(&database, schema))
}

/// Each finding has its words, and there are no others.
fn are(findings: &[String], expected: &[&str]) {
    assert_eq!(findings.len(), expected.len(), "{findings:#?}");
    for (finding, words) in findings.iter().zip(expected) {
        holds(finding, &[words]);
    }
}

/// One view of each construct that MySQL or MariaDB writes anew.
const VIEWS_OF_MYSQL: &str = "\
CREATE TABLE items (id int NOT NULL PRIMARY KEY, kind varchar(20), name varchar(20), size int NOT NULL, gone_at datetime);
CREATE VIEW listed AS SELECT kind, group_concat(name) AS names FROM items GROUP BY kind;
CREATE VIEW sorted AS SELECT GROUP_CONCAT(DISTINCT kind, name ORDER BY kind DESC, name SEPARATOR '; ') AS names FROM items;
CREATE VIEW kept AS SELECT * FROM items WHERE NOT (size < 5) AND gone_at IS NULL;
CREATE VIEW counted (kind, n) AS SELECT i.kind, COUNT(*) FROM items i LEFT JOIN items j ON i.id = j.size GROUP BY 1 HAVING COUNT(*) > 1 ORDER BY 2 DESC;
CREATE VIEW ranked AS SELECT name, CASE WHEN size > 3 THEN 'large' ELSE 'small' END AS word, IF(size > 3, 1, 0) AS bit FROM items WHERE kind IN ('a', 'b');
CREATE VIEW nested AS SELECT k.kind FROM (SELECT kind FROM items WHERE size BETWEEN 1 AND 9) AS k UNION ALL SELECT kind FROM listed LIMIT 5;
";

/// Each of them with another meaning.
const OTHER_VIEWS_OF_MYSQL: &str = "\
CREATE OR REPLACE VIEW listed AS SELECT kind, group_concat(name SEPARATOR ';') AS names FROM items GROUP BY kind;
CREATE OR REPLACE VIEW sorted AS SELECT GROUP_CONCAT(DISTINCT kind, name ORDER BY kind, name SEPARATOR '; ') AS names FROM items;
CREATE OR REPLACE VIEW kept AS SELECT * FROM items WHERE size < 5 AND gone_at IS NULL;
CREATE OR REPLACE VIEW counted (kind, n) AS SELECT i.kind, COUNT(*) FROM items i LEFT JOIN items j ON i.id = j.size GROUP BY 1 HAVING COUNT(*) > 1 ORDER BY 2;
CREATE OR REPLACE VIEW ranked AS SELECT name, CASE WHEN size > 3 THEN 'small' ELSE 'large' END AS word, IF(size > 3, 1, 0) AS bit FROM items WHERE kind IN ('a', 'b');
CREATE OR REPLACE VIEW nested AS SELECT k.kind FROM (SELECT kind FROM items WHERE size BETWEEN 1 AND 9) AS k UNION SELECT kind FROM listed LIMIT 5;
";

#[test]
fn cli_05_views_of_mysql_are_compared_as_the_server_writes_them() {
    let found = found_after(Dialect::Mysql, VIEWS_OF_MYSQL, OTHER_VIEWS_OF_MYSQL);
    let Some(found) = found else { return };
    let names = ["listed", "sorted", "kept", "counted", "ranked", "nested"];
    let expected = names.map(|name| format!("differs    {name} on default: query: expected `"));
    are(&found, &expected.each_ref().map(String::as_str));
}

/// A role that makes no views changes nothing, and does not take another view for the same.
#[test]
fn cli_05_a_view_of_mysql_is_unknown_to_a_role_that_makes_none() {
    let Some(database) = Database::fresh(Dialect::Mysql) else {
        return;
    };
    good(database.project(VIEWS_OF_MYSQL).run("create")).expect("the schema is made");
    let url = database.url();
    let name = url.rsplit('/').next().expect("a database").to_owned();
    let role = format!("reads_{name}").chars().take(30).collect::<String>();
    let load = |sql: &str| database.load(sql).expect("the server takes it");
    load(&format!(
        "CREATE USER '{role}'@'%' IDENTIFIED BY 'secret'; GRANT SELECT, SHOW VIEW ON `{name}`.* TO '{role}'@'%';"
    ));
    let (start, place) = url.split_once('@').expect("an account");
    let scheme = start.split_once("://").expect("a scheme").0;
    let config = format!("url = \"{scheme}://{role}:secret@{place}\"\n");
    let project = database.project(VIEWS_OF_MYSQL);
    project.write("bindery.toml", &config);
    let outcome = project.run("validate");
    load(&format!("DROP USER '{role}'@'%'"));
    holds(
        &outcome.results,
        &["unknown    listed on default: query: expected `"],
    );
    assert!(!outcome.results.contains("differs"), "{}", outcome.results);
}

#[test]
fn cli_05_collations_of_mysql_are_compared_as_they_take_effect() {
    const SCHEMA: &str = "\
CREATE TABLE plain (id int NOT NULL PRIMARY KEY, a varchar(20), b varchar(20) COLLATE utf8mb4_bin) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
CREATE TABLE other (id int NOT NULL PRIMARY KEY, a varchar(20) COLLATE utf8mb4_unicode_ci, b varchar(20) CHARACTER SET latin1) DEFAULT CHARSET=utf8mb4;
";
    let changes = "\
ALTER TABLE plain MODIFY a varchar(20) COLLATE utf8mb4_general_ci, MODIFY b varchar(20) COLLATE utf8mb4_unicode_ci;
ALTER TABLE other DEFAULT COLLATE utf8mb4_unicode_ci, MODIFY b varchar(20) CHARACTER SET latin1 COLLATE latin1_bin;";
    let Some(found) = found_after(Dialect::Mysql, SCHEMA, changes) else {
        return;
    };
    are(
        &found,
        &[
            "differs    plain.a on default: collation: expected none, found `utf8mb4_general_ci`",
            "differs    plain.b on default: collation: expected `utf8mb4_bin`, found none",
            "differs    other.b on default: collation: expected none, found `latin1_bin`",
            "differs    other on default: options: expected `",
        ],
    );
}

#[test]
fn cli_05_json_is_no_plain_text_on_mariadb() {
    if mysql_flavour().word() != "mariadb" {
        return;
    }
    const SCHEMA: &str =
        "CREATE TABLE t (id int NOT NULL PRIMARY KEY, a json, b longtext, c json NOT NULL);";
    let changes = "ALTER TABLE t MODIFY a longtext, MODIFY b json;";
    let Some(found) = found_after(Dialect::Mysql, SCHEMA, changes) else {
        return;
    };
    are(
        &found,
        &[
            "differs    t.b on default: collation: expected none, found `utf8mb4_bin`",
            "differs    t.b on default: check: expected `",
            "differs    t.a on default: type: expected `json`, found `longtext`",
        ],
    );
}

#[test]
fn cli_05_partitions_of_mysql_are_compared() {
    const SCHEMA: &str = "\
CREATE TABLE years (id int NOT NULL, y int NOT NULL, PRIMARY KEY (id, y)) PARTITION BY RANGE (y) (PARTITION p0 VALUES LESS THAN (2000), PARTITION p1 VALUES LESS THAN (2010));
CREATE TABLE hashed (id int NOT NULL PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 4;
CREATE TABLE grown (id int NOT NULL PRIMARY KEY) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10));
CREATE TABLE whole (id int NOT NULL PRIMARY KEY);
";
    let changes = "\
ALTER TABLE years REORGANIZE PARTITION p0, p1 INTO (PARTITION p0 VALUES LESS THAN (2001), PARTITION p1 VALUES LESS THAN (2010));
ALTER TABLE hashed ADD PARTITION PARTITIONS 1;
ALTER TABLE grown ADD PARTITION (PARTITION p1 VALUES LESS THAN MAXVALUE);
ALTER TABLE whole PARTITION BY KEY (id) PARTITIONS 2;";
    let Some(found) = found_after(Dialect::Mysql, SCHEMA, changes) else {
        return;
    };
    are(
        &found,
        &[
            "differs    years on default: options: expected `",
            "differs    hashed on default: options: expected `",
            "differs    whole on default: options: expected `",
        ],
    );
}

#[test]
fn cli_05_partitions_of_postgres_are_compared() {
    const SCHEMA: &str = "\
CREATE TABLE days (id bigint NOT NULL, at timestamp with time zone NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE days_1 PARTITION OF days FOR VALUES FROM ('2020-1-1') TO ('2021-01-01 00:00:00');
CREATE TABLE days_2 PARTITION OF days FOR VALUES FROM ('2021-01-01') TO ('2022-01-01') PARTITION BY LIST (id);
CREATE TABLE days_2_one PARTITION OF days_2 FOR VALUES IN (1, 2);
CREATE TABLE days_3 PARTITION OF days FOR VALUES FROM ('2022-01-01') TO ('2023-01-01');
CREATE TABLE days_rest PARTITION OF days DEFAULT;
";
    let changes = "\
ALTER TABLE days DETACH PARTITION days_1;
ALTER TABLE days ATTACH PARTITION days_1 FOR VALUES FROM ('2020-01-01') TO ('2020-07-01');
ALTER TABLE days_2 DETACH PARTITION days_2_one;
ALTER TABLE days_2 ATTACH PARTITION days_2_one FOR VALUES IN (1, 3);
DROP TABLE days_3;
CREATE TABLE days_4 PARTITION OF days FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');";
    let Some(found) = found_after(Dialect::Postgres, SCHEMA, changes) else {
        return;
    };
    are(
        &found,
        &[
            "missing    days_3 on default: table",
            "differs    days_1 on default: partition: expected `OF days FOR VALUES FROM ('2020-1-1') TO ('2021-01-01 00:00:00')`, found `OF days FOR VALUES FROM ",
            "differs    days_2_one on default: partition: expected `OF days_2 FOR VALUES IN (1, 2)`, found `OF days_2 FOR VALUES IN ",
        ],
    );
}

/// The words around a query are made, pulled and compared.
fn words_of_views(dialect: Dialect, schema: &str, changes: &str, expected: &[&str]) {
    let (Some(created), Some(again)) = (Database::fresh(dialect), Database::fresh(dialect)) else {
        return;
    };
    good(created.project(schema).run("create")).expect("the schema is made");
    let pulled = created.pull().expect("it is pulled");
    good(created.project(&pulled).run("check")).expect("the file is a schema");
    good(again.project(&pulled).run("create")).expect("the file is made");
    assert_eq!(again.pull().expect("it is pulled"), pulled);
    assert_eq!(findings(&again, schema), Vec::<String>::new());
    again.load(changes).expect("the database takes it");
    are(&findings(&again, schema), expected);
}

#[test]
fn cli_05_words_of_views_are_made_and_compared_on_mysql() {
    let schema = "\
CREATE TABLE items (id int NOT NULL PRIMARY KEY, size int NOT NULL);
CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW small AS SELECT id, size FROM items WHERE size < 9 WITH LOCAL CHECK OPTION;
CREATE SQL SECURITY INVOKER VIEW large AS SELECT id FROM items WHERE size > 8;
CREATE VIEW fitting AS SELECT id, size FROM items WHERE size < 20 WITH CHECK OPTION;
";
    let changes = "\
ALTER VIEW large AS SELECT id FROM items WHERE size > 8;
CREATE OR REPLACE SQL SECURITY DEFINER VIEW large AS SELECT id FROM items WHERE size > 8;
CREATE OR REPLACE VIEW fitting AS SELECT id, size FROM items WHERE size < 20;";
    let expected = [
        "differs    large on default: words: expected `SQL SECURITY INVOKER`, found none",
        "differs    fitting on default: words: expected `CASCADED CHECK OPTION`, found none",
    ];
    words_of_views(Dialect::Mysql, schema, changes, &expected);
}

#[test]
fn cli_05_words_of_views_are_made_and_compared_on_postgres() {
    let schema = "\
CREATE TABLE items (id integer NOT NULL PRIMARY KEY, size integer NOT NULL);
CREATE VIEW guarded WITH (security_barrier) AS SELECT id FROM items WHERE size > 8;
CREATE VIEW fitting AS SELECT id, size FROM items WHERE size < 20 WITH LOCAL CHECK OPTION;
";
    let changes = "\
ALTER VIEW guarded RESET (security_barrier);
ALTER VIEW fitting SET (check_option = cascaded);";
    let expected = [
        "differs    guarded on default: words: expected `security_barrier='true'`, found none",
        "differs    fitting on default: words: expected `LOCAL CHECK OPTION`, found `CASCADED CHECK OPTION`",
    ];
    words_of_views(Dialect::Postgres, schema, changes, &expected);
}

/// Objects that no table needs are made, pulled and compared.
fn objects_beside_tables(dialect: Dialect, schema: &str, changes: &str, expected: &[&str]) {
    let (Some(created), Some(again)) = (Database::fresh(dialect), Database::fresh(dialect)) else {
        return;
    };
    good(created.project(schema).run("create")).expect("the schema is made");
    let pulled = created.pull().expect("it is pulled");
    good(again.project(&pulled).run("create")).expect("the file is made");
    good(again.project(&pulled).run("create")).expect("what is there is left alone");
    assert_eq!(again.pull().expect("it is pulled"), pulled);
    assert_eq!(findings(&again, schema), Vec::<String>::new());
    again.load(changes).expect("the database takes it");
    are(&findings(&again, schema), expected);
}

#[test]
fn cli_06_objects_that_no_table_needs_are_made_on_postgres() {
    let schema = "\
CREATE SEQUENCE numbers START WITH 10 INCREMENT BY 5;
CREATE SEQUENCE others;
CREATE TYPE mood AS ENUM ('well', 'ill');
CREATE DOMAIN age AS integer CHECK (VALUE > 0);
CREATE TYPE place AS (x integer, y integer);
CREATE TABLE items (id bigint NOT NULL PRIMARY KEY);
";
    let changes = "DROP SEQUENCE numbers; DROP TYPE mood; DROP DOMAIN age; DROP TYPE place; CREATE SEQUENCE more;";
    let expected = [
        "missing    numbers on default: sequence",
        "missing    age on default: domain",
        "missing    place on default: type object",
        "missing    mood on default: enum `well, ill`",
        "extra      more on default: sequence",
    ];
    objects_beside_tables(Dialect::Postgres, schema, changes, &expected);
}

#[test]
fn cli_06_sequences_that_no_table_needs_are_made_on_mariadb() {
    if mysql_flavour().word() != "mariadb" {
        return;
    }
    let schema = "\
CREATE SEQUENCE numbers START WITH 10 INCREMENT BY 5;
CREATE TABLE items (id bigint NOT NULL PRIMARY KEY);
";
    let expected = ["missing    numbers on default: sequence"];
    objects_beside_tables(Dialect::Mysql, schema, "DROP SEQUENCE numbers;", &expected);
}

/// Parts of a table are in the schema that the path says, as their table is.
#[test]
fn cli_05_partitions_of_postgres_follow_the_search_path() {
    let Some(database) = Database::fresh(Dialect::Postgres) else {
        return;
    };
    const SCRIPT: &str = "\
CREATE SCHEMA music;
SET search_path = music;
CREATE TABLE days (id bigint NOT NULL, kind integer NOT NULL) PARTITION BY LIST (kind);
CREATE TABLE days_1 PARTITION OF days FOR VALUES IN (1) PARTITION BY LIST (id);
CREATE TABLE days_1_one PARTITION OF days_1 DEFAULT;
";
    good(database.project(SCRIPT).run("create")).expect("the schema is made");
    assert_eq!(findings(&database, SCRIPT), Vec::<String>::new());
    database
        .load("DROP TABLE music.days_1_one")
        .expect("the part goes");
    are(
        &findings(&database, SCRIPT),
        &["missing    music.days_1_one on default: table"],
    );
}
