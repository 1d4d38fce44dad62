//! A table with one column that holds values of a type, on every database.

use std::fmt::Debug;

use super::{Database, databases};
use crate::driver::TableSql;
use crate::error::ErrorKind;
use crate::value::ColumnSet;
use crate::value::types::{FromColumn, ToColumn};
use bindery_core::dialect::Dialect;

const HELD: TableSql = TableSql {
    table: "held",
    columns: &["id", "value"],
    key: &[0],
    writable: &[0, 1],
    required: &[0],
    ..TableSql::NOTHING
};

/// The column's type on SQLite, PostgreSQL and MySQL; empty where there is none.
pub(super) type Types = [&'static str; 3];

/// A type of Rust that is tested.
pub(super) trait Tested: ToColumn + FromColumn + PartialEq + Debug {}
impl<T: ToColumn + FromColumn + PartialEq + Debug> Tested for T {}

/// Asks all databases.
pub(super) struct Held {
    pub(super) databases: Vec<Database>,
}

impl Held {
    pub(super) fn new() -> Self {
        Self {
            databases: databases(),
        }
    }

    /// All of the values come back equal on all databases.
    pub(super) fn keeps<T: Tested>(&mut self, types: Types, values: &[T]) -> &mut Self {
        self.keeps_unless(types, values, |_, _| false)
    }

    /// Those for which `refused` says yes are refused, all others come back equal.
    pub(super) fn keeps_unless<T: Tested>(
        &mut self,
        types: Types,
        values: &[T],
        refused: impl Fn(Dialect, &T) -> bool,
    ) -> &mut Self {
        for database in &mut self.databases {
            let dialect = database.dialect();
            let column_type = database.pick(types[0], types[1], types[2]);
            if column_type.is_empty() {
                continue;
            }
            database.batch(&format!(
                "CREATE TABLE held (id BIGINT PRIMARY KEY, value {column_type} NULL)"
            ));
            let (refused, kept): (Vec<&T>, Vec<&T>) =
                values.iter().partition(|value| refused(dialect, value));
            refused.iter().for_each(|value| refuses(database, *value));
            kept.iter().for_each(|value| keeps_one(database, *value));
            keeps_all(database, &kept);
            keeps_null::<T>(database);
            database.batch("DROP TABLE held");
        }
        self
    }
}

fn keeps_one<T: Tested>(database: &mut Database, value: &T) {
    let shown = format!("{} {value:?}", database.dialect());
    let insert = "INSERT INTO held (id, value) VALUES (?, ?)";
    database
        .run(insert, &[&-1, value])
        .unwrap_or_else(|error| panic!("{shown}: {error:?}"));
    let read: Vec<T> = database
        .read("SELECT value FROM held WHERE id = ?", &[&-1])
        .unwrap_or_else(|error| panic!("{shown}: {error:?}"));
    assert_eq!(read.iter().collect::<Vec<_>>(), [value], "{shown}");
    database
        .run("DELETE FROM held WHERE id = ?", &[&-1])
        .expect("deleted");
}

pub(super) fn insert_all<T: ToColumn + ?Sized>(
    database: &mut Database,
    values: &[&T],
) -> crate::error::Result<u64> {
    let columns = ColumnSet::new().with(0).with(1);
    database
        .physical
        .insert_rows(&HELD, &columns, values.len(), &mut |row, params| {
            (row as i64).write(params);
            values[row].write(params);
        })
}

fn keeps_all<T: Tested>(database: &mut Database, values: &[&T]) {
    let dialect = database.dialect();
    let inserted = insert_all(database, values);
    assert_eq!(
        inserted.expect("all kept"),
        values.len() as u64,
        "{dialect}"
    );
    let read: Vec<T> = database
        .read("SELECT value FROM held ORDER BY id", &[])
        .expect("all read");
    assert_eq!(read.iter().collect::<Vec<_>>(), values, "{dialect}");
}

fn keeps_null<T: Tested>(database: &mut Database) {
    let nothing: Option<T> = None;
    let insert = "INSERT INTO held (id, value) VALUES (?, ?)";
    database.run(insert, &[&-2, &nothing]).expect("NULL");
    let select = "SELECT value FROM held WHERE id = ?";
    let read: Vec<Option<T>> = database.read(select, &[&-2]).expect("NULL");
    assert_eq!(read, [None]);
    let error = database.read::<T>(select, &[&-2]).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Decode { column: 0, .. }));
}

fn refuses<T: Tested>(database: &mut Database, value: &T) {
    let shown = format!("{} {value:?}", database.dialect());
    let insert = "INSERT INTO held (id, value) VALUES (?, ?)";
    let alone = database.run(insert, &[&-1, value]).err();
    let in_bulk = insert_all(database, &[value]).err();
    for error in [alone, in_bulk] {
        let error = error.unwrap_or_else(|| panic!("{shown}: not refused"));
        assert!(
            matches!(
                error.kind(),
                ErrorKind::UnsupportedValue(_) | ErrorKind::ValueOutOfRange(_)
            ),
            "{shown}: {error:?}"
        );
    }
    let count: Vec<i64> = database.read("SELECT count(*) FROM held", &[]).unwrap();
    assert_eq!(count, [0], "{shown}");
}

/// Refused on these.
pub(super) fn not_on<T>(dialects: &'static [Dialect]) -> impl Fn(Dialect, &T) -> bool {
    move |dialect, _| dialects.contains(&dialect)
}
