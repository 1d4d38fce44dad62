//! Which pairs of schemas differ, and in what.

use super::*;
use crate::dialect::Dialect;

fn structure_of(sql: &str, dialect: Dialect) -> Structure {
    Structure::read(sql, dialect, None)
        .unwrap_or_else(|why| panic!("{sql}: {:?}", why.found.iter().collect::<Vec<_>>()))
}

fn told(from: &str, to: &str, dialect: Dialect) -> Vec<String> {
    let changes = compare(&structure_of(from, dialect), &structure_of(to, dialect));
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
        let last = ["new foreign key over `b` of `t`"];
        let expected = [&dropped[..], &others, &last].concat();
        assert_eq!(told(from, to, dialect), expected, "{dialect}");
    }
}

#[test]
fn what_is_one_thing_to_mysql_is_no_change_of_a_key() {
    let key = |prefix: &str, words: &str| {
        format!(
            "CREATE TABLE a (id bigint PRIMARY KEY);
            CREATE TABLE t (id bigint PRIMARY KEY, x varchar(40), b bigint, KEY i (x{prefix}),
              CONSTRAINT f FOREIGN KEY (b) REFERENCES a (id) {words});"
        )
    };
    let told = |from: &str, to: &str| told(from, to, Dialect::Mysql);
    let (one, other) = (
        key("", "ON DELETE RESTRICT"),
        key("(40)", "ON UPDATE NO ACTION"),
    );
    assert_eq!(told(&one, &other), [""; 0]);
    let changed = told(&one, &key("(39)", "ON DELETE CASCADE"));
    assert!(changed.iter().any(|one| one.contains("index `i`")));
    assert!(changed.iter().any(|one| one.contains("foreign key `f`")));
    let postgres = |words: &str| {
        format!("CREATE TABLE a (id bigint PRIMARY KEY, b bigint REFERENCES a (id) {words});")
    };
    let changed = (postgres("ON DELETE RESTRICT"), postgres(""));
    assert!(!super::tests::told(&changed.0, &changed.1, Dialect::Postgres).is_empty());
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
    let (from, to) = (structure_of(from, dialect), structure_of(to, dialect));
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

/// The forms that keep a table in use, or that its rows need, are written where they fit.
#[test]
fn tables_stay_in_use_where_the_engine_can() {
    let to = "CREATE TABLE users (id bigint NOT NULL PRIMARY KEY, name varchar(40) NOT NULL, age integer, old integer, nick varchar(40) NOT NULL, CONSTRAINT users_name UNIQUE (name), CONSTRAINT users_nick UNIQUE (nick), CONSTRAINT users_age CHECK (age > 0));
        CREATE INDEX users_by_age ON users (age);
        CREATE TABLE posts (id bigint NOT NULL PRIMARY KEY, user_id bigint, title varchar(99) DEFAULT 'x', CONSTRAINT posts_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE);
        CREATE TABLE gone (id bigint NOT NULL PRIMARY KEY);";
    let from = BEFORE.replace("CREATE INDEX users_age ON users (age);", "");
    let from = from.replace("old varchar(9),", "old varchar(9), nick varchar(40),");
    for (dialect, wanted) in [
        (
            Dialect::Postgres,
            &[
                "CHECK (age > 0) NOT VALID",
                "VALIDATE CONSTRAINT \"users_age\"",
                "ON DELETE CASCADE NOT VALID",
                "VALIDATE CONSTRAINT \"posts_user\"",
                "CREATE INDEX CONCURRENTLY \"users_by_age\"",
                "TYPE integer USING \"old\"::integer",
                "CREATE UNIQUE INDEX CONCURRENTLY \"users_nick\" ON \"users\" (\"nick\")",
                "ADD CONSTRAINT \"users_nick\" UNIQUE USING INDEX \"users_nick\"",
                "CHECK (\"nick\" IS NOT NULL) NOT VALID",
                "VALIDATE CONSTRAINT bindery_not_null",
                "ALTER COLUMN \"nick\" SET NOT NULL",
                "DROP CONSTRAINT bindery_not_null",
            ][..],
        ),
        (
            Dialect::Mysql,
            &[
                "ADD KEY `users_by_age` (`age`), ALGORITHM=INPLACE, LOCK=NONE",
                "ADD CONSTRAINT `users_nick` UNIQUE (`nick`), ALGORITHM=INPLACE, LOCK=NONE",
                "MODIFY `nick` varchar(40) NOT NULL, ALGORITHM=INPLACE, LOCK=NONE",
                "MODIFY `old` integer",
            ],
        ),
        (Dialect::Sqlite, &["INSERT INTO", "DROP TABLE", "RENAME TO"]),
    ] {
        let written = planned(&from, to, dialect, &[]).join("\n");
        for words in wanted {
            assert!(written.contains(words), "{dialect}: {words} in:\n{written}");
        }
    }
}

/// Where a column gets another type, its constraints are made anew as the schema says.
#[test]
fn constraints_are_valid_as_the_schema_says() {
    let table = |of: &str| format!("CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, a {of});");
    let check = |words: &str| format!("ALTER TABLE t ADD CHECK (a > 0){words};");
    let schema = |of: &str, words: &str| table(of) + &check(words);
    let made = |from: &str, to: &str| planned(from, to, Dialect::Postgres, &[]).join("\n");
    let (valid, unchecked) = (schema("integer", ""), schema("integer", " NOT VALID"));
    let validate = "ALTER TABLE \"t\" VALIDATE CONSTRAINT \"t_a_check\"";
    assert_eq!(made(&unchecked, &valid), validate);
    assert_eq!(made(&valid, &unchecked), "");
    let validated = unchecked.clone() + validate + ";";
    assert_eq!(made(&validated, &valid), "");
    let added = made(&table("integer"), &unchecked);
    assert_eq!(added, "ALTER TABLE \"t\" ADD CHECK (a > 0) NOT VALID");
    // A check that is converted with its column is made again, and read again.
    let kept = |of: &str, words: &str| {
        let check = format!("ALTER TABLE t ADD CHECK (a IS NOT NULL){words};");
        table(of) + &check
    };
    let anew = made(&kept("integer", " NOT VALID"), &kept("boolean", ""));
    assert!(anew.contains("ADD CHECK"), "{anew}");
    assert!(!anew.contains("VALID"), "{anew}");
}

/// Servers refuse these forms for such tables.
#[test]
fn tables_that_changes_block_are_changed_in_the_usual_form() {
    for (dialect, end) in [
        (Dialect::Postgres, "PARTITION BY RANGE (id)"),
        (Dialect::Mysql, "ENGINE=MyISAM"),
    ] {
        let table = |lines: &str| format!("CREATE TABLE t (id integer NOT NULL, {lines}) {end};");
        let from = table("a integer");
        let to = table("a integer NOT NULL, CHECK (a > 0)") + "CREATE INDEX t_a ON t (a);";
        let written = planned(&from, &to, dialect, &[]).join("\n");
        for form in ["CONCURRENTLY", "NOT VALID", "ALGORITHM"] {
            assert!(!written.contains(form), "{dialect}:\n{written}");
        }
    }
}

/// A sequence that is there and that no table needs is not made again; one that was dropped is.
#[test]
fn sequences_that_no_table_needs_are_known() {
    let to = "CREATE SEQUENCE s AS integer; CREATE TABLE t (id integer DEFAULT nextval('s'));";
    let made = |from: &str| planned(from, to, Dialect::Postgres, &[]).join("\n");
    let idle = "CREATE SEQUENCE s AS integer;";
    assert!(!made(idle).contains("CREATE SEQUENCE"));
    let dropped = made(&format!("{idle} DROP SEQUENCE IF EXISTS s;"));
    assert!(dropped.contains("CREATE SEQUENCE"), "{dropped}");
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
    let with_enum = |values: &str, default: &str| {
        format!(
            "CREATE TYPE mood AS ENUM ({values}); CREATE TABLE t (id bigint PRIMARY KEY, m mood DEFAULT '{default}');"
        )
    };
    let (old, new) = (with_enum("'a', 'b'", "a"), with_enum("'a', 'x', 'b'", "a"));
    let added = planned(&old, &new, Dialect::Postgres, &[]);
    assert_eq!(added, ["ALTER TYPE \"mood\" ADD VALUE 'x' AFTER 'a'"]);
    let used = planned(
        &old,
        &with_enum("'a', 'x', 'b'", "x"),
        Dialect::Postgres,
        &[],
    );
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

/// Statements that are commented out stay, so the way back has nothing to undo there, under whatever name.
#[test]
fn the_way_back_of_what_is_commented_out_is_commented_out() {
    for dialect in Dialect::ALL {
        let from = structure_of(
            "CREATE TABLE old (id bigint PRIMARY KEY, a integer, b integer); CREATE TABLE gone (id bigint PRIMARY KEY);",
            dialect,
        );
        let to = structure_of(
            "CREATE TABLE new (id bigint PRIMARY KEY, a smallint);",
            dialect,
        );
        let table = |name: &str| crate::model::TableName {
            schema: None,
            name: name.to_owned(),
        };
        let renames = [Rename::Table {
            from: table("old"),
            to: table("new"),
        }];
        let planned = plan(&Plan {
            from: &from,
            to: &to,
            renames: &renames,
            triggers: &[],
        });
        let planned = planned.expect("it can be read again");
        let executed = |steps: &[Step]| -> Vec<String> {
            let steps = steps.iter().filter(|step| !step.commented);
            steps.flat_map(|step| step.statements.clone()).collect()
        };
        let down = executed(&planned.down).join("; ");
        assert!(
            !down.contains("gone") && !down.contains("ADD"),
            "{dialect}: {down}"
        );
        assert!(down.contains("RENAME TO"), "{dialect}: {down}");
    }
}

#[test]
fn a_function_that_is_declared_anew_is_the_same_on_both_sides() {
    let sql = "CREATE FUNCTION token() RETURNS text AS $$ SELECT 'a' $$ LANGUAGE sql;
        CREATE TABLE t (id bigint PRIMARY KEY, a text DEFAULT token());
        CREATE OR REPLACE FUNCTION token() RETURNS text AS $$ SELECT 'b' $$ LANGUAGE sql;";
    assert_eq!(told(sql, sql, Dialect::Postgres), [""; 0]);
}

/// A key is bound to its table whatever names that gets; when another takes its place the key means the name that it had last.
#[test]
fn a_table_is_renamed_and_then_made_anew() {
    for dialect in [Dialect::Sqlite, Dialect::Mysql] {
        let sql = "CREATE TABLE a (id bigint PRIMARY KEY);
            CREATE TABLE b (id bigint PRIMARY KEY, a_id bigint, FOREIGN KEY (a_id) REFERENCES a (id));
            ALTER TABLE a RENAME TO c;
            CREATE TABLE other (id bigint PRIMARY KEY, x bigint);
            DROP TABLE c;
            ALTER TABLE other RENAME TO c;";
        let to = "CREATE TABLE c (id bigint PRIMARY KEY, x bigint);
            CREATE TABLE b (id bigint PRIMARY KEY, a_id bigint, FOREIGN KEY (a_id) REFERENCES c (id));";
        assert_eq!(told(sql, to, dialect), [""; 0], "{dialect}");
    }
}

/// The statements of the migration from one schema to the other, which leaves nothing out.
pub(super) fn statements(from: &str, to: &str, dialect: Dialect) -> Vec<String> {
    let (from, to) = (structure_of(from, dialect), structure_of(to, dialect));
    let planned = plan(&Plan {
        from: &from,
        to: &to,
        renames: &[],
        triggers: &[],
    });
    let planned = planned.expect("it can be read again");
    assert!(planned.left.is_empty(), "{:?}", planned.left);
    let steps = planned.up.into_iter();
    steps.flat_map(|step| step.statements).collect()
}

/// The keys of a column that is made anew are made anew.
#[test]
fn another_expression_of_a_computed_column_keeps_its_keys() {
    let schema = |expression: &str, stored: &str| {
        format!(
            "CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, g bigint GENERATED ALWAYS AS ({expression}) {stored});
             CREATE INDEX i ON t (g);"
        )
    };
    let (one, two) = (schema("id + 1", "STORED"), schema("id + 2", "STORED"));
    assert_eq!(
        statements(&one, &two, Dialect::Postgres),
        [
            "DROP INDEX \"i\"",
            "ALTER TABLE \"t\" DROP COLUMN \"g\"",
            "ALTER TABLE \"t\" ADD COLUMN \"g\" bigint GENERATED ALWAYS AS (id + 2) STORED",
            "CREATE INDEX \"i\" ON \"t\" (\"g\")",
        ]
    );
    assert_eq!(
        statements(&one, &two, Dialect::Mysql),
        ["ALTER TABLE `t` MODIFY `g` bigint GENERATED ALWAYS AS (id + 2) STORED"]
    );
    let other = schema("id + 1", "VIRTUAL");
    assert_eq!(
        statements(&one, &other, Dialect::Mysql),
        [
            "ALTER TABLE `t` DROP INDEX `i`",
            "ALTER TABLE `t` DROP COLUMN `g`",
            "ALTER TABLE `t` ADD COLUMN `g` bigint GENERATED ALWAYS AS (id + 1) VIRTUAL",
            "ALTER TABLE `t` ADD KEY `i` (`g`)",
        ]
    );
}

/// MySQL drops an index with the last of its columns, so one that goes does so before a column of it is made anew.
#[test]
fn an_index_goes_before_its_computed_column_is_made_anew() {
    let schema = |stored: &str, indexes: &str| {
        format!(
            "CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, r bigint, g bigint GENERATED ALWAYS AS (id + 1) {stored},
             CONSTRAINT f FOREIGN KEY (r) REFERENCES t (id)); {indexes}"
        )
    };
    let from = schema(
        "STORED",
        "CREATE INDEX i ON t (g); CREATE INDEX j ON t (r, g);",
    );
    assert_eq!(
        statements(&from, &schema("VIRTUAL", ""), Dialect::Mysql),
        [
            "ALTER TABLE `t` DROP FOREIGN KEY `f`",
            "ALTER TABLE `t` DROP INDEX `i`",
            "ALTER TABLE `t` DROP INDEX `j`",
            "ALTER TABLE `t` DROP COLUMN `g`",
            "ALTER TABLE `t` ADD COLUMN `g` bigint GENERATED ALWAYS AS (id + 1) VIRTUAL",
            "ALTER TABLE `t` ADD CONSTRAINT `f` FOREIGN KEY (`r`) REFERENCES `t` (`id`)",
        ]
    );
}

/// The sequence of a column that no longer counts goes, where the schema has none of that name.
#[test]
fn a_serial_column_becomes_a_plain_one() {
    assert_eq!(
        statements(
            "CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, n bigserial NOT NULL);",
            "CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, n bigint NOT NULL);",
            Dialect::Postgres
        ),
        [
            "ALTER TABLE \"t\" ALTER COLUMN \"n\" DROP DEFAULT",
            "DROP SEQUENCE IF EXISTS \"t_n_seq\""
        ]
    );
}

/// A foreign key needs an index of its columns as long as it is there (error 1553).
#[test]
fn a_foreign_key_goes_before_its_index_over_a_computed_column() {
    let schema = |stored: &str| {
        format!(
            "CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, r bigint, g bigint GENERATED ALWAYS AS (id + 1) {stored},
             KEY j (r, g), CONSTRAINT f FOREIGN KEY (r) REFERENCES t (id));"
        )
    };
    assert_eq!(
        statements(&schema("STORED"), &schema("VIRTUAL"), Dialect::Mysql),
        [
            "ALTER TABLE `t` DROP FOREIGN KEY `f`",
            "ALTER TABLE `t` DROP INDEX `j`",
            "ALTER TABLE `t` DROP COLUMN `g`",
            "ALTER TABLE `t` ADD COLUMN `g` bigint GENERATED ALWAYS AS (id + 1) VIRTUAL",
            "ALTER TABLE `t` ADD KEY `j` (`r`, `g`)",
            "ALTER TABLE `t` ADD CONSTRAINT `f` FOREIGN KEY (`r`) REFERENCES `t` (`id`)",
        ]
    );
}

/// A migration says how the server goes about its change; a table that is made from the migrations has no such option.
#[test]
fn the_way_of_a_change_is_no_option_of_the_table() {
    let from = "CREATE TABLE t (id bigint PRIMARY KEY, x bigint);
        ALTER TABLE t ADD KEY i (x), ALGORITHM=INPLACE, LOCK=NONE;
        ALTER TABLE t ALGORITHM=INSTANT, ROW_FORMAT=DYNAMIC;";
    assert_eq!(
        statements(
            "CREATE TABLE other (id bigint PRIMARY KEY);",
            &format!("CREATE TABLE other (id bigint PRIMARY KEY); {from}"),
            Dialect::Mysql
        ),
        [
            "CREATE TABLE `t` (\n    `id` bigint,\n    `x` bigint,\n    PRIMARY KEY (`id`),\n    KEY `i` (`x`)\n) ROW_FORMAT=DYNAMIC"
        ]
    );
}

/// PostgreSQL drops the checks and indexes that mention a column with it; MySQL refuses to drop the column.
#[test]
fn keys_that_mention_a_computed_column_outlive_another_expression() {
    let schema = |number: u8, stored: &str| {
        format!(
            "CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, g bigint GENERATED ALWAYS AS (id + {number}) {stored},
             CONSTRAINT k CHECK (g IS NULL OR id > 0), CONSTRAINT other CHECK (id > 0));"
        )
    };
    let index = "CREATE INDEX i ON t (id) WHERE g > 0;";
    assert_eq!(
        statements(
            &format!("{}{index}", schema(1, "STORED")),
            &format!("{}{index}", schema(2, "STORED")),
            Dialect::Postgres
        ),
        [
            "DROP INDEX \"i\"",
            "ALTER TABLE \"t\" DROP CONSTRAINT \"k\"",
            "ALTER TABLE \"t\" DROP COLUMN \"g\"",
            "ALTER TABLE \"t\" ADD COLUMN \"g\" bigint GENERATED ALWAYS AS (id + 2) STORED",
            "CREATE INDEX \"i\" ON \"t\" (\"id\") WHERE g > 0",
            "ALTER TABLE \"t\" ADD CONSTRAINT \"k\" CHECK (g IS NULL OR id > 0)",
        ]
    );
    assert_eq!(
        statements(&schema(1, "STORED"), &schema(1, "VIRTUAL"), Dialect::Mysql),
        [
            "ALTER TABLE `t` DROP CONSTRAINT `k`",
            "ALTER TABLE `t` DROP COLUMN `g`",
            "ALTER TABLE `t` ADD COLUMN `g` bigint GENERATED ALWAYS AS (id + 1) VIRTUAL",
            "ALTER TABLE `t` ADD CONSTRAINT `k` CHECK (g IS NULL OR id > 0)",
        ]
    );
}
