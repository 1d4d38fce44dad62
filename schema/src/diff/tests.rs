//! Which pairs of schemas differ, and in what.

use super::*;
use crate::dialect::Dialect;

fn read(sql: &str, dialect: Dialect) -> Structure {
    Structure::read(sql, dialect, None)
        .unwrap_or_else(|why| panic!("{sql}: {:?}", why.found.iter().collect::<Vec<_>>()))
}

fn told(from: &str, to: &str, dialect: Dialect) -> Vec<String> {
    let changes = compare(&read(from, dialect), &read(to, dialect));
    changes.iter().map(ToString::to_string).collect()
}

#[test]
fn columns_are_compared_in_every_respect() {
    let from =
        "CREATE TABLE t (id bigint PRIMARY KEY, a integer, b text DEFAULT 'x', c text, d text);";
    let to = "CREATE TABLE t (id bigint PRIMARY KEY, a bigint NOT NULL, b text DEFAULT 'y', d text COLLATE \"C\", e date);";
    assert_eq!(
        told(from, to, Dialect::Postgres),
        [
            "the type of `t.a` becomes `bigint`, from `integer`; it no longer takes NULL",
            "the default of `t.b` becomes `'y'`, from `'x'`",
            "the collation of `t.d` becomes `C`, from none",
            "new column `t.e`",
            "the column `t.c` goes",
        ]
    );
}

#[test]
fn keys_are_compared_by_what_they_do() {
    for dialect in Dialect::ALL {
        let from = "CREATE TABLE a (id bigint PRIMARY KEY);
            CREATE TABLE t (id bigint PRIMARY KEY, a bigint, b bigint, CONSTRAINT one UNIQUE (a), CHECK (a > 0));
            CREATE INDEX i ON t (b);";
        let same = "CREATE TABLE a (id bigint PRIMARY KEY);
            CREATE TABLE t (b bigint, id bigint, a bigint, CHECK ((a)>0), UNIQUE (a), PRIMARY KEY (id));
            CREATE INDEX i ON t (b);";
        assert_eq!(told(from, same, dialect), [""; 0], "{dialect}");
        let to = "CREATE TABLE a (id bigint PRIMARY KEY);
            CREATE TABLE t (id bigint PRIMARY KEY, a bigint, b bigint, FOREIGN KEY (b) REFERENCES a (id), CHECK (a > 1));
            CREATE INDEX j ON t (b, a);";
        let unique = match dialect {
            Dialect::Sqlite | Dialect::Postgres => "unique constraint",
            Dialect::Mysql => "index",
        };
        let expected = [
            &format!("the {unique} `one` of `t` goes"),
            "the index `i` of `t` goes",
            "the check of `t` goes",
            "new index `j` of `t`",
            "new check of `t`",
            "new foreign key over `b` of `t`",
        ];
        assert_eq!(told(from, to, dialect), expected, "{dialect}");
    }
}

#[test]
fn tables_come_after_what_they_refer_to_and_go_before() {
    let to = "CREATE TABLE b (id bigint PRIMARY KEY, a bigint);
        CREATE TABLE a (id bigint PRIMARY KEY, b bigint REFERENCES b (id));
        ALTER TABLE b ADD CONSTRAINT back FOREIGN KEY (a) REFERENCES a (id);";
    let created = [
        "new table `b`",
        "new table `a`",
        "new foreign key `back` of `b`",
    ];
    assert_eq!(told("", to, Dialect::Postgres), created);
    let dropped = [
        "the foreign key `back` of `b` goes",
        "the table `a` goes",
        "the table `b` goes",
    ];
    assert_eq!(told(to, "", Dialect::Postgres), dropped);
}

#[test]
fn views_are_made_again_around_what_they_read() {
    let view = "CREATE VIEW v AS SELECT id, a FROM t; CREATE VIEW w AS SELECT id FROM v;";
    let from = format!("CREATE TABLE t (id bigint PRIMARY KEY, a integer); {view}");
    let to = format!("CREATE TABLE t (id bigint PRIMARY KEY, a bigint); {view}");
    assert_eq!(
        told(&from, &to, Dialect::Postgres),
        [
            "the view `w` goes",
            "the view `v` goes",
            "the type of `t.a` becomes `bigint`, from `integer`",
            "new view `v`",
            "new view `w`",
        ]
    );
}

#[test]
fn a_schema_of_another_dialect_is_compared_in_words_of_the_engine() {
    use crate::model::EngineId;
    let sql = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, at DATETIME DEFAULT CURRENT_TIMESTAMP);
        CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), n INT CHECK (n > 0));
        CREATE INDEX posts_user ON posts (user_id);";
    let mut engines = crate::testing::model(Vec::new()).engines;
    for dialect in [Dialect::Postgres, Dialect::Mysql] {
        // The files say SQLite, the engine does not.
        engines[0].dialect = dialect;
        let model = crate::plan::tests::read_sql_as(sql, engines.clone(), Dialect::Sqlite);
        let model = crate::model::CheckedModel::new(model, Vec::new());
        let schema = Structure::of(&model, EngineId(0)).expect("it can be read again");
        let again = Structure::read(schema.text(), dialect, None).expect("a schema");
        let changes = compare(&again, &schema);
        assert!(changes.is_empty(), "{dialect}: {changes:?}");
        assert!(schema.tables.len() == 2, "{}", schema.text());
    }
}
