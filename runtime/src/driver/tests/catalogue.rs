//! The catalogue's description of columns, for every kind of value that generated code has.

use super::databases;
use crate::driver::catalogue::{Kinds, Relation, StoredColumn, StoredKind, Wanted};

/// How a column for each kind is declared on SQLite, PostgreSQL and MySQL, where there is one.
const DECLARED: [(StoredKind, [&str; 3]); 16] = [
    (StoredKind::Bool, ["BOOLEAN", "boolean", "TINYINT(1)"]),
    (
        StoredKind::Integer,
        ["BIGINT", "integer", "SMALLINT UNSIGNED"],
    ),
    (StoredKind::F32, ["FLOAT", "real", "FLOAT"]),
    (StoredKind::F64, ["DOUBLE", "double precision", "DOUBLE"]),
    (
        StoredKind::Decimal,
        ["DECIMAL_TEXT(30,2)", "numeric(30,2)", "DECIMAL(30,2)"],
    ),
    (
        StoredKind::Number,
        ["DECIMAL(10,2)", "numeric(10,2)", "DECIMAL(10,2)"],
    ),
    (StoredKind::Text, ["VARCHAR(9)", "varchar(9)", "VARCHAR(9)"]),
    (StoredKind::Bytes, ["BLOB", "bytea", "VARBINARY(9)"]),
    (StoredKind::Date, ["DATE", "date", "DATE"]),
    (StoredKind::Time, ["TIME", "time(2)", "TIME(2)"]),
    (
        StoredKind::DateTime,
        ["DATETIME", "timestamp(2)", "DATETIME(2)"],
    ),
    (
        StoredKind::Timestamp,
        ["TIMESTAMPTZ", "timestamptz(2)", "TIMESTAMP(2) NULL"],
    ),
    (StoredKind::Interval, ["TEXT", "interval", "VARCHAR(64)"]),
    (StoredKind::Uuid, ["UUID", "uuid", "CHAR(36)"]),
    (StoredKind::Json, ["JSON", "jsonb", "JSON"]),
    (StoredKind::Array, ["", "integer[]", ""]),
];

const WANTED: Wanted = Wanted {
    schema: None,
    table: "Kinds",
};

fn columns(relation: Option<Relation>) -> Vec<StoredColumn> {
    relation.expect("the table is there").columns
}

#[test]
fn columns_of_every_kind_are_known() {
    for mut database in databases() {
        let dialect = database.dialect();
        let declared = DECLARED
            .iter()
            .map(|(kind, types)| (*kind, database.pick(types[0], types[1], types[2])));
        let declared: Vec<_> = declared.filter(|(_, text)| !text.is_empty()).collect();
        let list = declared.iter().enumerate();
        let list: Vec<String> = list
            .map(|(at, (_, text))| format!("c{at} {text}"))
            .collect();
        let quote = database.pick("\"", "\"", "`");
        database.batch(&format!(
            "CREATE TABLE {quote}Kinds{quote} ({})",
            list.join(", ")
        ));
        let found = database.physical.relations(&[WANTED]).expect("an answer");
        let columns = columns(found.into_iter().next().expect("one"));
        assert_eq!(columns.len(), declared.len());
        for (at, (kind, text)) in declared.iter().enumerate() {
            let column = &columns[at];
            assert_eq!(column.name, format!("c{at}"));
            assert!(column.kinds.contains(*kind), "{dialect}: {text}");
            assert_eq!(column.not_null, Some(false), "{dialect}: {text}");
            let is_rounded =
                text.contains("2)") && dialect != bindery_core::dialect::Dialect::Sqlite;
            assert_eq!(
                column
                    .fraction
                    .filter(|_| text.contains(')') && *kind != StoredKind::Bool),
                is_rounded.then_some(2),
                "{dialect}: {text}"
            );
            // Only what has no type keeps a number and a text as they are.
            let typed = column.kinds != Kinds::ALL;
            let both = typed
                && column.kinds.contains(StoredKind::Integer)
                && column.kinds.contains(StoredKind::Text);
            assert!(!both, "{dialect}: {text}");
        }
    }
}

#[test]
fn what_a_row_must_give_is_known() {
    for mut database in databases() {
        let key = database.pick(
            "INTEGER PRIMARY KEY",
            "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
            "BIGINT AUTO_INCREMENT PRIMARY KEY",
        );
        let quote = database.pick("\"", "\"", "`");
        database.batch(&format!(
            "CREATE TABLE {quote}Kinds{quote} (a {key}, b INT NOT NULL, c INT NOT NULL DEFAULT 1, d INT, \
             e INT GENERATED ALWAYS AS (b + 1) STORED)"
        ));
        database.batch("CREATE VIEW looked AS SELECT 1 AS one");
        let looked = Wanted {
            schema: None,
            table: "looked",
        };
        let nothing = Wanted {
            schema: None,
            table: "nothing",
        };
        let elsewhere = Wanted {
            schema: Some("nowhere"),
            table: "Kinds",
        };
        let wanted = [nothing, WANTED, looked, WANTED];
        let found = database.physical.relations(&wanted).expect("an answer");
        let [none, table, view, again] = found.try_into().expect("four");
        assert_eq!((none, &again), (None, &table));
        let required = columns(table).into_iter();
        let required = required.filter(|column| column.not_null == Some(true) && !column.is_filled);
        let names: Vec<String> = required.map(|column| column.name).collect();
        assert_eq!(names, ["b"]);
        let view = view.expect("the view is there");
        assert!(view.is_view);
        assert_eq!(view.columns[0].not_null, None);
        if database.dialect() != bindery_core::dialect::Dialect::Sqlite {
            let found = database.physical.relations(&[elsewhere]);
            assert_eq!(found.expect("an answer"), [None]);
        }
    }
}

/// The type under a domain counts.
#[test]
fn domains_are_what_they_stand_for() {
    let postgres = databases().into_iter();
    for mut database in
        postgres.filter(|database| database.dialect() == bindery_core::dialect::Dialect::Postgres)
    {
        database.batch("CREATE DOMAIN price AS numeric(9,3) NOT NULL DEFAULT 1");
        database.batch("CREATE TABLE \"Kinds\" (a price, b price[], c inet)");
        let found = database.physical.relations(&[WANTED]).expect("an answer");
        let columns = columns(found.into_iter().next().expect("one"));
        assert!(
            columns[0].kinds.contains(StoredKind::Decimal)
                && !columns[0].kinds.contains(StoredKind::Text)
        );
        assert_eq!(columns[0].fraction, Some(3));
        assert_eq!(
            (columns[0].not_null, columns[0].is_filled),
            (Some(true), true)
        );
        assert!(columns[1].kinds.contains(StoredKind::Array));
        assert!(columns[2].kinds.contains(StoredKind::Text));
    }
}

/// A schema that is named all the same is found, also where it is the session's own.
#[test]
fn the_sessions_own_schema_may_be_named() {
    for mut database in super::databases() {
        let sql = database.pick(
            "SELECT 'main'",
            "SELECT current_schema()::text",
            "SELECT DATABASE()",
        );
        let own: String = database.read(sql, &[]).expect("a name").remove(0);
        database.batch("CREATE TABLE here (a INT NOT NULL)");
        let wanted = |schema| Wanted {
            schema,
            table: "here",
        };
        let asked = [wanted(None), wanted(Some(own.leak()))];
        let found = database.physical.relations(&asked).expect("an answer");
        assert!(found[0].is_some(), "{}", database.dialect());
        assert_eq!(found[0], found[1], "{}", database.dialect());
    }
}
