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
        let dropped = [
            &format!("the {unique} `one` of `t` goes"),
            "the index `i` of `t` goes",
        ];
        let others = [
            "the check of `t` goes",
            "new index `j` of `t`",
            "new check of `t`",
        ];
        let expected = match dialect {
            Dialect::Sqlite | Dialect::Postgres => [&dropped[..], &others].concat(),
            // A foreign key may need an index until another is there.
            Dialect::Mysql => [&others[..], &dropped].concat(),
        };
        let expected = [&expected[..], &["new foreign key over `b` of `t`"]].concat();
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

/// Plans and proves both directions; gives back the statements of the way there, those commented out after `--`.
fn planned(from: &str, to: &str, dialect: Dialect, renames: &[Rename]) -> Vec<String> {
    let (from, to) = (read(from, dialect), read(to, dialect));
    let plan_of = Plan {
        from: &from,
        to: &to,
        renames,
        triggers: &[],
    };
    let planned = plan(&plan_of).unwrap_or_else(|why| {
        let text = &why.input.sources.file(why.input.files[0].id);
        panic!(
            "{:?}\n{}",
            why.found.iter().collect::<Vec<_>>(),
            text.text()
        )
    });
    let left: Vec<String> = planned.left.iter().map(ToString::to_string).collect();
    assert_eq!(left, [""; 0], "{dialect}: {:#?}", planned.up);
    let sql = |steps: &[Step]| -> Vec<String> {
        let all = steps.iter().flat_map(|step| step.statements.clone());
        all.collect()
    };
    let all = [
        sql(&planned.up),
        sql(&planned.online),
        sql(&planned.online_down),
        sql(&planned.down),
    ]
    .concat();
    let back = from
        .after(&all)
        .unwrap_or_else(|why| panic!("{:?}\n{all:#?}", why.found.iter().collect::<Vec<_>>()));
    let left = compare_with(&back, &from, NameRule::Written);
    let left: Vec<String> = left.iter().map(ToString::to_string).collect();
    assert_eq!(left, [""; 0], "{dialect}, back: {:#?}", planned.down);
    let shown = planned.up.iter().chain(&planned.online).flat_map(|step| {
        let sign = if step.commented { "-- " } else { "" };
        step.statements
            .iter()
            .map(move |sql| format!("{sign}{sql}"))
    });
    shown.collect()
}

const BEFORE: &str = "CREATE TABLE users (id bigint NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, age integer, old varchar(9), CONSTRAINT users_name UNIQUE (name));
    CREATE INDEX users_age ON users (age);
    CREATE TABLE posts (id bigint NOT NULL PRIMARY KEY, user_id bigint, title varchar(99) DEFAULT 'x', CONSTRAINT posts_user FOREIGN KEY (user_id) REFERENCES users (id));
    CREATE TABLE gone (id bigint NOT NULL PRIMARY KEY);";

/// A migration is proved: read after the others it makes the schema, and its way back what was there.
#[test]
fn migrations_end_at_the_schema_and_lead_back() {
    let pairs = [
        (BEFORE, ""),
        ("", BEFORE),
        (BEFORE, "CREATE TABLE users (id bigint NOT NULL PRIMARY KEY, name varchar(80) NOT NULL, age bigint NOT NULL DEFAULT 0, born date, CONSTRAINT users_born CHECK (age > 0));
            CREATE INDEX users_name_age ON users (name, age);
            CREATE TABLE posts (id bigint NOT NULL PRIMARY KEY, user_id bigint NOT NULL, title varchar(99), other bigint, CONSTRAINT posts_other FOREIGN KEY (other) REFERENCES posts (id) ON DELETE CASCADE);
            CREATE TABLE tags (id bigint NOT NULL PRIMARY KEY, post_id bigint NOT NULL REFERENCES posts (id), n decimal(9, 2) DEFAULT 1.5);
            CREATE UNIQUE INDEX tags_n ON tags (n);"),
        (BEFORE, "CREATE TABLE users (id bigint NOT NULL, name varchar(40) NOT NULL, age integer, old varchar(9), PRIMARY KEY (id, name));"),
        ("CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, a integer, b integer GENERATED ALWAYS AS (a + 1) STORED);",
         "CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, a integer NOT NULL DEFAULT 4, b integer GENERATED ALWAYS AS (a + 2) STORED, c integer NOT NULL);
          CREATE VIEW v AS SELECT id, c FROM t;"),
    ];
    for dialect in Dialect::ALL {
        for (from, to) in pairs {
            planned(from, to, dialect, &[]);
            planned(to, from, dialect, &[]);
        }
    }
}

#[test]
fn renames_keep_what_is_there() {
    let to = BEFORE
        .replace("posts", "articles")
        .replace("title", "headline");
    let name = |name: &str| crate::model::TableName {
        schema: None,
        name: name.to_owned(),
    };
    let renames = [
        Rename::Table {
            from: name("posts"),
            to: name("articles"),
        },
        Rename::Column {
            table: name("articles"),
            from: "title".to_owned(),
            to: "headline".to_owned(),
        },
    ];
    for dialect in Dialect::ALL {
        let statements = planned(BEFORE, &to, dialect, &renames);
        assert!(!statements.join("\n").contains("--"), "{statements:#?}");
        assert!(statements[0].contains("RENAME TO"), "{statements:#?}");
        assert!(statements[1].contains("RENAME COLUMN"), "{statements:#?}");
    }
}

#[test]
fn enums_get_values_or_are_made_anew() {
    let read = |values: &str, default: &str| {
        format!(
            "CREATE TYPE mood AS ENUM ({values}); CREATE TABLE t (id bigint PRIMARY KEY, m mood DEFAULT '{default}');"
        )
    };
    let (old, new) = (read("'a', 'b'", "a"), read("'a', 'x', 'b'", "a"));
    let added = planned(&old, &new, Dialect::Postgres, &[]);
    assert_eq!(added, ["ALTER TYPE \"mood\" ADD VALUE 'x' AFTER 'a'"]);
    let used = planned(&old, &read("'a', 'x', 'b'", "x"), Dialect::Postgres, &[]);
    assert!(used[0].contains("RENAME TO \"mood_before\""), "{used:#?}");
    let mysql = |values: &str| format!("CREATE TABLE t (id bigint PRIMARY KEY, m ENUM({values}));");
    let modified = planned(
        &mysql("'a', 'b'"),
        &mysql("'a', 'b', 'c'"),
        Dialect::Mysql,
        &[],
    );
    assert_eq!(modified, ["ALTER TABLE `t` MODIFY `m` ENUM('a', 'b', 'c')"]);
}

#[test]
fn lost_data_is_commented_out() {
    let to = "CREATE TABLE users (id bigint NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, age integer, CONSTRAINT users_name UNIQUE (name));
        CREATE INDEX users_age ON users (age);
        CREATE TABLE posts (id bigint NOT NULL PRIMARY KEY, user_id bigint, title varchar(99) DEFAULT 'x', CONSTRAINT posts_user FOREIGN KEY (user_id) REFERENCES users (id));";
    for dialect in Dialect::ALL {
        let mut quote = crate::sql_writer::SqlWriter::new(dialect);
        quote.identifier("x");
        let sign = &quote.finish()[..1];
        let expected = [
            format!("-- ALTER TABLE {sign}users{sign} DROP COLUMN {sign}old{sign}"),
            format!("-- DROP TABLE {sign}gone{sign}"),
        ];
        assert_eq!(planned(BEFORE, to, dialect, &[]), expected);
    }
}
