//! Rows that are inserted and come back as stored. `RETURNING` takes SQLite nearly as long again as the INSERT itself, as it keeps the
//! rows in a table of their own. Within a transaction no other connection changes the row before it is read by its number: INSERT and
//! that query take three quarters of the time (docs/speed.md).

use std::ffi::c_int;
use std::sync::Arc;

use rusqlite::types::ValueRef;

use super::kept::Kept;
use super::{SqliteConnection, bind, reader};
use crate::driver::refused::first_refused;
use crate::driver::{TableSql, TakeEach, TakeRow, WriteEach, WriteParams};
use crate::error::{Error, Result};
use crate::value::sqlite::error::{prepare_error, step_error};
use crate::value::{ColumnSet, RowReader};
use bindery_core::dialect::Dialect;

/// Rows of one multi-row INSERT: between 32 and 128 are equally fast, more are slower.
const ROWS_PER_INSERT: usize = 64;
/// SQLite's own limit of placeholders in one statement.
const MAX_PARAMS: usize = 32_766;

/// Whether changes of a table, whose name is given in quotes, fire a trigger, or a column of it has the name of rows' numbers. Temporary
/// triggers belong to the connection.
const NEEDS_RETURNING: &str = "SELECT EXISTS (SELECT 1 FROM (
    SELECT type, name, tbl_name FROM sqlite_schema UNION ALL SELECT type, name, tbl_name FROM sqlite_temp_schema
) AS made WHERE '\"' || replace(tbl_name, '\"', '\"\"') || '\"' = ?1 COLLATE NOCASE AND (type = 'trigger' OR type = 'table'
    AND EXISTS (SELECT 1 FROM pragma_table_xinfo(made.name) AS columns WHERE columns.name = '_rowid_' COLLATE NOCASE)))";

/// How the row of an INSERT is read.
#[derive(Clone)]
pub(super) struct ReadBack {
    /// By its number; `None` where a trigger may change, move or remove it before.
    select: Option<Arc<str>>,
    /// How often the statement that is run had been prepared anew when this was found: after tables or triggers have changed it is
    /// prepared again.
    prepared_anew: c_int,
}

impl SqliteConnection {
    pub(crate) fn insert_rows(
        &mut self,
        table: &'static TableSql,
        columns: &ColumnSet,
        rows: usize,
        write: WriteEach<'_>,
    ) -> Result<u64> {
        let per_statement = rows_per_insert(columns);
        self.rows_in_first = per_statement.min(rows);
        let mut inserted = 0;
        while inserted < rows {
            let count = per_statement.min(rows - inserted);
            let sql = table.insert_text(Dialect::Sqlite, columns, count, false);
            let rows = inserted..inserted + count;
            let outcome = self.execute(&sql, &mut |params| {
                for row in rows.clone() {
                    params.of_row(row, |params| write(row, params));
                }
            });
            if let Err(error) = outcome {
                return Err(self.which_refused(table, columns, rows, error, write));
            }
            inserted += count;
        }
        Ok(inserted as u64)
    }

    /// The first statement of the last [`insert_rows`](Self::insert_rows).
    pub(crate) fn sent_insert(&self, table: &TableSql, columns: &ColumnSet) -> String {
        table.insert_sql(Dialect::Sqlite, columns, self.rows_in_first, false)
    }

    /// Finds the refused row. Rows that are inserted for that go with the transaction.
    fn which_refused(
        &mut self,
        table: &TableSql,
        columns: &ColumnSet,
        rows: std::ops::Range<usize>,
        error: Error,
        write: WriteEach<'_>,
    ) -> Error {
        if !self.in_transaction() {
            return error;
        }
        let sql = table.insert_sql(Dialect::Sqlite, columns, 1, false);
        first_refused(rows, error, &mut |row| {
            self.execute(&sql, &mut |params| write(row, params))
        })
    }

    /// Inserts one row by a text that returns it, and hands it over as stored. Nothing is handed over where a trigger or a constraint
    /// has the row ignored.
    pub(crate) fn insert_row(
        &mut self,
        table: &'static TableSql,
        (text, plain): (&str, Option<&str>),
        write: WriteParams<'_>,
        take: TakeRow<'_>,
    ) -> Result<()> {
        self.read_back = false;
        if let Some(plain) = plain
            && self.in_transaction()
        {
            self.insert_and_read(table, (text, plain), write, take)?;
        }
        if self.read_back {
            return Ok(());
        }
        self.query(text, write, take)
    }

    /// Inserts many rows, each by a statement of its own.
    pub(crate) fn insert_returning(
        &mut self,
        table: &'static TableSql,
        columns: &ColumnSet,
        rows: usize,
        write: WriteEach<'_>,
        take: TakeEach<'_>,
    ) -> Result<()> {
        let plain = table.plain_insert(Dialect::Sqlite, columns);
        table.with_insert(Dialect::Sqlite, columns, |text| {
            let texts = (text, plain.as_deref());
            (0..rows).try_for_each(|at| {
                let take = &mut |row: &mut RowReader<'_>| take(at, row).map(|()| true);
                self.insert_row(table, texts, &mut |params| write(at, params), take)
                    .map_err(|error| error.at_row(at))
            })
        })
    }

    /// Whether the last row was inserted by a statement that does not return it.
    pub(crate) fn reads_back(&self) -> bool {
        self.read_back
    }

    /// Nothing is done where the statement itself has to return the row.
    fn insert_and_read(
        &mut self,
        table: &'static TableSql,
        texts: (&str, &str),
        write: WriteParams<'_>,
        take: TakeRow<'_>,
    ) -> Result<()> {
        let mut read_back = false;
        let outcome = self.run(|call, kept| {
            let connection = call.file.watched.connection();
            let Some(select) = select_of(kept, connection, table, texts)? else {
                return Ok(());
            };
            read_back = true;
            let mut statement = call.prepare(kept, texts.1)?;
            bind(&mut statement, write)?;
            while statement.step().map_err(step_error)? {}
            drop(statement);
            if connection.changes() == 0 {
                return Ok(());
            }
            let number = ValueRef::Integer(connection.last_insert_rowid());
            let mut query = call.prepare(kept, &select)?;
            query.bind(1, number).map_err(step_error)?;
            if query.step().map_err(step_error)? {
                take(&mut reader(&query))?;
            }
            Ok(())
        });
        self.read_back = read_back;
        outcome
    }
}

/// How many rows go with one INSERT: one without columns takes one row only.
fn rows_per_insert(columns: &ColumnSet) -> usize {
    match columns.len() {
        0 => 1,
        columns => (MAX_PARAMS / columns).clamp(1, ROWS_PER_INSERT),
    }
}

/// The query of the row that this statement inserts; it is looked for once, and again after tables or triggers have changed, which the
/// statement that is run finds out: where a trigger is new, a row that it takes away is not found that once.
fn select_of(
    kept: &mut Kept,
    connection: &rusqlite::Connection,
    table: &'static TableSql,
    (text, insert): (&str, &str),
) -> Result<Option<Arc<str>>> {
    let (mut prepared_anew, known) = kept.read_back(connection, insert)?;
    let known = known.clone();
    if let Some(ReadBack { select: None, .. }) = known {
        (prepared_anew, _) = kept.read_back(connection, text)?;
    }
    match known {
        Some(known) if known.prepared_anew == prepared_anew => Ok(known.select),
        _ => {
            let select = find_select(connection, table)?;
            let run = if select.is_some() { insert } else { text };
            let (prepared_anew, _) = kept.read_back(connection, run)?;
            let (_, known) = kept.read_back(connection, insert)?;
            *known = Some(ReadBack {
                select: select.clone(),
                prepared_anew,
            });
            Ok(select)
        }
    }
}

/// Tables without numbers of rows have none.
fn find_select(connection: &rusqlite::Connection, table: &TableSql) -> Result<Option<Arc<str>>> {
    let returned = connection.query_row(NEEDS_RETURNING, [table.table], |row| row.get(0));
    if returned.map_err(prepare_error)? {
        return Ok(None);
    }
    let select = format!("{} WHERE _rowid_ = ?", table.select);
    Ok(connection.prepare(&select).ok().map(|_| select.into()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::driver::TransactionOptions;
    use crate::driver::sqlite::SqliteOptions;

    const PATIENCE: Duration = Duration::from_secs(60);

    /// A table whose name needs quotes, of a number, a text and a text with a default.
    static ODD: TableSql = TableSql {
        table: "\"odd \"\"name\"\"\"",
        columns: &["\"id\"", "\"name\"", "\"note\""],
        key: &[0],
        writable: &[0, 1, 2],
        required: &[1],
        counted: Some(0),
        select: "SELECT \"id\", \"name\", \"note\" FROM \"odd \"\"name\"\"\"",
        insert: "INSERT INTO \"odd \"\"name\"\"\" (\"name\") VALUES (?) RETURNING \"id\", \"name\", \"note\"",
        returning: " RETURNING \"id\", \"name\", \"note\"",
        ..TableSql::NOTHING
    };
    const PLAIN: &str = "INSERT INTO \"odd \"\"name\"\"\" (\"name\") VALUES (?)";
    const NAMES: [&str; 2] = ["\"odd \"\"name\"\"\"", "\"ODD \"\"name\"\"\""];
    const CREATE: &str = "CREATE TABLE \"odd \"\"name\"\"\" (id INTEGER PRIMARY KEY, name TEXT, note TEXT DEFAULT 'as ever')";

    fn open(folder: &tempfile::TempDir) -> Box<SqliteConnection> {
        let path = folder.path().join("one.db");
        let options = SqliteOptions {
            path: path.to_str().unwrap(),
            busy_timeout: PATIENCE,
            statement_timeout: None,
            synchronous: bindery_core::config::Synchronous::default(),
            read_only: false,
            creates: true,
        };
        SqliteConnection::open(&options, PATIENCE).unwrap()
    }

    /// The row that comes back, and whether by a query of its own.
    fn insert(connection: &mut SqliteConnection, name: &str) -> (Option<(i64, String)>, bool) {
        let mut row = None;
        let write = &mut |params: &mut crate::value::ParamWriter<'_>| params.text(name);
        let outcome =
            connection.insert_row(&ODD, (ODD.insert, Some(PLAIN)), write, &mut |reader| {
                let (id, _, note) = (reader.next()?, reader.next::<String>()?, reader.next()?);
                row = Some((id, note));
                Ok(false)
            });
        outcome.unwrap();
        (row, connection.reads_back())
    }

    fn stored(id: i64, note: &str) -> Option<(i64, String)> {
        Some((id, note.to_owned()))
    }

    #[test]
    fn a_row_is_read_back_within_a_transaction_where_no_trigger_is_fired() {
        for name in NAMES {
            let folder = tempfile::tempdir().unwrap();
            let mut connection = open(&folder);
            connection.batch(CREATE).unwrap();
            assert_eq!(insert(&mut connection, "a"), (stored(1, "as ever"), false));
            connection.begin(&TransactionOptions::default()).unwrap();
            for id in 2..5 {
                assert_eq!(insert(&mut connection, "b"), (stored(id, "as ever"), true));
            }
            connection.commit().unwrap();

            // Each of another connection, which no statement of this one knows of.
            let other = rusqlite::Connection::open(folder.path().join("one.db")).unwrap();
            let after = format!("CREATE TRIGGER after AFTER INSERT ON {name} BEGIN");
            let moved = format!("{after} DELETE FROM {name} WHERE id = new.id; END");
            other.execute_batch(&moved).unwrap();
            connection.begin(&TransactionOptions::default()).unwrap();
            // The first is not found, as the statement was prepared before; from then on the statement returns it.
            assert_eq!(insert(&mut connection, "c"), (None, true));
            assert_eq!(insert(&mut connection, "c"), (stored(5, "as ever"), false));
            connection.rollback().unwrap();

            other
                .execute_batch(&format!(
                    "DROP TRIGGER after; {after} UPDATE {name} SET note = 'changed' WHERE id = new.id; END"
                ))
                .unwrap();
            connection.begin(&TransactionOptions::default()).unwrap();
            assert_eq!(insert(&mut connection, "d"), (stored(5, "as ever"), false));
            connection.commit().unwrap();
            other.execute_batch("DROP TRIGGER after").unwrap();
            connection.begin(&TransactionOptions::default()).unwrap();
            insert(&mut connection, "e");
            assert_eq!(insert(&mut connection, "e"), (stored(7, "as ever"), true));
            connection
                .batch(&format!(
                    "CREATE TEMP TRIGGER mine AFTER INSERT ON main.{name} BEGIN SELECT 1; END"
                ))
                .unwrap();
            insert(&mut connection, "f");
            assert_eq!(insert(&mut connection, "f"), (stored(9, "as ever"), false));
            connection.rollback().unwrap();
        }
    }

    #[test]
    fn a_row_that_is_ignored_does_not_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let mut connection = open(&folder);
        let table = CREATE.replace("name TEXT", "name TEXT UNIQUE ON CONFLICT IGNORE");
        connection.batch(&table).unwrap();
        connection.begin(&TransactionOptions::default()).unwrap();
        assert_eq!(insert(&mut connection, "a"), (stored(1, "as ever"), true));
        assert_eq!(insert(&mut connection, "a"), (None, true));
        assert_eq!(insert(&mut connection, "b"), (stored(2, "as ever"), true));
    }

    #[test]
    fn rows_without_numbers_are_returned_by_the_statement() {
        let bare = CREATE.replace("INTEGER PRIMARY KEY", "INTEGER DEFAULT 7 PRIMARY KEY");
        let taken = CREATE.replace(", note", ", _RowId_ INT DEFAULT 9, note");
        for (table, id) in [(bare + " WITHOUT ROWID", 7), (taken, 1)] {
            let folder = tempfile::tempdir().unwrap();
            let mut connection = open(&folder);
            connection.batch(&table).unwrap();
            connection.begin(&TransactionOptions::default()).unwrap();
            assert_eq!(insert(&mut connection, "a"), (stored(id, "as ever"), false));
        }
    }
}
