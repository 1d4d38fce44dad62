//! The types of views beside what the databases give: every value that comes is one of its column's type.

use std::fs;

use bindery_schema::column_type::ColumnType;
use bindery_schema::dialect::Dialect;
use bindery_schema::model::Column;
use bindery_testkit::{FreshDatabase, fresh_mysql, fresh_postgres};
use rusqlite::types::ValueRef;

use crate::schema::Schema;

/// A view over `t`.
struct Case {
    rows: &'static str,
    query: &'static str,
    /// Its columns.
    typed: &'static [&'static str],
}

const TABLE: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, a VARCHAR(20) NOT NULL, b INTEGER NOT NULL, \
                     s SMALLINT NOT NULL, r DOUBLE PRECISION NOT NULL, d DECIMAL(10, 2) NOT NULL);\n";
const NO_ROWS: &str = "";
const ROWS: &str =
    "INSERT INTO t VALUES (1, '12', 2, 3, 1.5, 2.5), (2, 'x', -2147483648, -32768, 2.0, 7);\n";
const SMALL: &str = "INSERT INTO t VALUES (1, '12', 2, 3, 1.5, 2.5), (2, 'x', -3, -4, 2.0, 7);\n";

const SQLITE: &[Case] = &[
    Case {
        rows: NO_ROWS,
        query: "SELECT a, b + 1 AS c, max(b) AS m, count(*) AS n FROM t",
        typed: &[
            "a VarChar(Some(20)) null",
            "c I64 null",
            "m I64 null",
            "n I64",
        ],
    },
    Case {
        rows: ROWS,
        query: "SELECT a, max(a, 'b') AS m, max(b) OVER () AS w FROM t",
        typed: &["a VarChar(Some(20))", "m Text(Unbounded)", "w I64"],
    },
    Case {
        rows: ROWS,
        query: "SELECT CAST(a AS DATE) AS a, CAST(b AS DATETIME) AS b, CAST(a AS INTEGER) AS i, \
                CAST(b AS VARCHAR(1)) AS v, CAST(r AS NUMERIC) AS r, CAST(a AS REAL) AS f FROM t",
        typed: &[
            "a Decimal(None)",
            "b I64",
            "i I64",
            "v Text(Unbounded)",
            "r F64",
            "f F64",
        ],
    },
    Case {
        rows: ROWS,
        query: "SELECT abs(a) AS a, abs(b) AS b, abs(r) AS r, abs(d) AS d, -a AS na, -s AS ns, -r AS nr FROM t",
        typed: &[
            "a F64",
            "b I64",
            "r F64",
            "d Decimal(None)",
            "na Decimal(None)",
            "ns I64",
            "nr F64",
        ],
    },
];

const POSTGRES: &[Case] = &[
    Case {
        rows: NO_ROWS,
        query: "SELECT max(b) AS m, count(*) AS n, 'x'::text AS k FROM t",
        typed: &["m I32 null", "n I64", "k Text(Unbounded)"],
    },
    Case {
        rows: SMALL,
        query: "SELECT a, count(*) AS n FROM t GROUP BY ROLLUP (a)",
        typed: &["a VarChar(Some(20)) null", "n I64"],
    },
    Case {
        rows: SMALL,
        query: "SELECT a, b, 1 + count(*) AS n FROM t GROUP BY CUBE (a, b)",
        typed: &["a VarChar(Some(20)) null", "b I32 null", "n I64"],
    },
    Case {
        rows: SMALL,
        query: "SELECT a, coalesce(a, 'all') AS k FROM t GROUP BY GROUPING SETS ((a), ())",
        typed: &["a VarChar(Some(20)) null", "k VarChar(None)"],
    },
    Case {
        rows: SMALL,
        query: "SELECT -b AS b, abs(s) AS s, -d AS d, abs(r) AS r FROM t",
        typed: &["b I32", "s I16", "d Decimal(None)", "r F64"],
    },
];

const MYSQL: &[Case] = &[
    Case {
        rows: SMALL,
        query: "SELECT a, count(*) AS n FROM t GROUP BY a WITH ROLLUP",
        typed: &["a VarChar(Some(20)) null", "n I64"],
    },
    Case {
        rows: SMALL,
        query: "SELECT CAST(a AS DATE) AS a, CAST(a AS DATETIME) AS m, CAST(a AS TIME) AS t, \
                CAST(a AS SIGNED) AS s, CAST(a AS DECIMAL(10, 2)) AS d FROM t",
        typed: &[
            "a Date null",
            "m DateTime(0) null",
            "t Time(0) null",
            "s I64",
            "d Decimal(None)",
        ],
    },
    Case {
        rows: ROWS,
        query: "SELECT -b AS b, abs(b) AS ab, -s AS s, abs(s) AS sa, -d AS d, -r AS r, abs(a) AS a FROM t",
        typed: &[
            "b I64",
            "ab I64",
            "s I64",
            "sa I64",
            "d Decimal(None)",
            "r F64",
            "a F64",
        ],
    },
];

/// MySQL itself refuses it, by its usual `sql_mode`.
const MARIADB: &[Case] = &[Case {
    rows: NO_ROWS,
    query: "SELECT a, max(b) AS m FROM t",
    typed: &["a VarChar(Some(20)) null", "m I32 null"],
}];

/// The columns of the view, as its reader types them.
fn columns(dialect: Dialect, case: &Case) -> Vec<Column> {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("schema.sql");
    fs::write(&file, script(case)).expect("the folder can be written to");
    let schema = Schema::read(&file, dialect).unwrap_or_else(|found| panic!("{found}"));
    let tables = schema.model.tables.iter();
    let mut views = tables.filter(|table| table.view.is_some());
    let view = views.next().unwrap_or_else(|| panic!("{}", case.query));
    let typed = |column: &Column| {
        let null = if column.nullable { " null" } else { "" };
        format!("{} {:?}{null}", column.name, column.column_type)
    };
    let found: Vec<String> = view.columns.iter().map(typed).collect();
    assert_eq!(found, case.typed, "{}", case.query);
    view.columns.clone()
}

fn script(case: &Case) -> String {
    format!("{TABLE}{}CREATE VIEW v AS {};\n", case.rows, case.query)
}

#[test]
fn views_of_sqlite_give_what_they_are_typed_as() {
    for case in SQLITE {
        let columns = columns(Dialect::Sqlite, case);
        let database = rusqlite::Connection::open_in_memory().expect("SQLite is always there");
        database
            .execute_batch(&script(case))
            .expect("SQLite takes the view");
        let mut rows = database
            .prepare("SELECT * FROM v")
            .expect("the view is there");
        let mut rows = rows.query([]).expect("the view can be read");
        while let Some(row) = rows.next().expect("the view can be read") {
            for (at, column) in columns.iter().enumerate() {
                let value = row.get_ref(at).expect("the row has it");
                assert!(
                    is_stored(column, value),
                    "{}: {}: {value:?}",
                    case.query,
                    column.name
                );
            }
        }
    }
}

fn is_stored(column: &Column, value: ValueRef<'_>) -> bool {
    let of = &column.column_type;
    match value {
        ValueRef::Null => column.nullable,
        ValueRef::Integer(_) => of.is_integer() || matches!(of, ColumnType::Decimal(_)),
        ValueRef::Real(_) => matches!(of, ColumnType::F64 | ColumnType::Decimal(_)),
        ValueRef::Text(_) => matches!(of, ColumnType::Text(_) | ColumnType::VarChar(_)),
        ValueRef::Blob(_) => matches!(of, ColumnType::Blob(_)),
    }
}

#[test]
fn views_of_postgres_give_what_they_are_typed_as() {
    for case in POSTGRES {
        let columns = columns(Dialect::Postgres, case);
        let Some(database) = fresh_postgres() else {
            return;
        };
        give(&database, case, &columns, |name| format!("{name}::text"));
    }
}

#[test]
fn views_of_mysql_give_what_they_are_typed_as() {
    let mariadb = bindery_testkit::mysql_flavour() == bindery_testkit::Product::MariaDb;
    let cases = MYSQL.iter().chain(MARIADB.iter().filter(|_| mariadb));
    for case in cases {
        let columns = columns(Dialect::Mysql, case);
        let Some(database) = fresh_mysql() else {
            return;
        };
        give(&database, case, &columns, |name| {
            format!("CAST({name} AS CHAR)")
        });
    }
}

fn give(
    database: &FreshDatabase,
    case: &Case,
    columns: &[Column],
    as_text: impl Fn(&str) -> String,
) {
    let made = database.run_script(&script(case));
    made.unwrap_or_else(|error| panic!("{}: {error}", case.query));
    for column in columns {
        let text = as_text(&column.name);
        let sql = format!("SELECT COALESCE({text}, 'NULL') FROM v;");
        let answer = database.answer(&sql).expect("the view can be read");
        assert!(!answer.trim().is_empty(), "{}: no rows", case.query);
        for value in answer.lines() {
            let held = is_held(column, value);
            assert!(held, "{}: {}: {value}", case.query, column.name);
        }
    }
}

fn is_held(column: &Column, value: &str) -> bool {
    let within = |least: i128, most: i128| {
        let number = value.parse::<i128>();
        number.is_ok_and(|number| (least..=most).contains(&number))
    };
    match &column.column_type {
        _ if value == "NULL" => column.nullable,
        ColumnType::I16 => within(i16::MIN.into(), i16::MAX.into()),
        ColumnType::I32 => within(i32::MIN.into(), i32::MAX.into()),
        ColumnType::I64 => within(i64::MIN.into(), i64::MAX.into()),
        ColumnType::Decimal(_) | ColumnType::F64 => value.parse::<f64>().is_ok(),
        ColumnType::Text(_) | ColumnType::VarChar(_) => true,
        ColumnType::Date => value.len() == 10,
        ColumnType::DateTime(0) => value.len() == 19,
        ColumnType::Time(0) => value.len() == 8,
        other => panic!("no case has {other:?}"),
    }
}
