//! Tables as SQLite's schema has them. A column's type decides only into what a value is turned when it is stored
//! (section 3 of SQLite's "Datatypes").

use super::SqliteConnection;
use crate::driver::StatementDescription;
use crate::driver::catalogue::{Kinds, Relation, StoredColumn, StoredKind, Wanted};
use crate::error::{Error, ErrorKind, Result};
use crate::value::ParamWriter;
use crate::value::types::ToColumn;

/// Types whose values are written as texts that are not numbers, or as bytes: no affinity changes them.
macro_rules! unchanged_and {
    ($($kind:ident),*) => {
        Kinds::from_kinds(&[
            StoredKind::Bytes, StoredKind::Date, StoredKind::Time, StoredKind::DateTime, StoredKind::Timestamp, StoredKind::Uuid, StoredKind::Interval,
            StoredKind::Json, StoredKind::Number, $(StoredKind::$kind),*
        ])
    };
}

const NUMERIC: Kinds = unchanged_and!(Integer, Bool, F32, F64);
const REAL: Kinds = unchanged_and!(F32, F64);
const TEXT: Kinds = unchanged_and!(Text, Decimal);

/// Columns that cannot be written: of virtual tables, and the two kinds of computed ones (`PRAGMA table_xinfo`).
const COMPUTED: [i64; 3] = [1, 2, 3];

impl SqliteConnection {
    /// Has a statement prepared.
    pub(in crate::driver) fn description(&mut self, sql: &str) -> Result<StatementDescription> {
        self.run(|call, kept| {
            let statement = kept.find(call.file.watched.connection(), sql)?;
            let names = statement.column_names();
            Ok(StatementDescription::untyped(statement.places(), &names))
        })
    }

    /// One look for each table: a file has no server on the other side, and a view that is broken breaks no other.
    pub(crate) fn relations(&mut self, wanted: &[Wanted]) -> Result<Vec<Option<Relation>>> {
        wanted.iter().map(|table| self.relation(table)).collect()
    }

    fn relation(&mut self, wanted: &Wanted) -> Result<Option<Relation>> {
        if !self.table_exists(wanted.schema, wanted.table)? {
            return Ok(None);
        }
        let is_view = self.is_view(wanted)?;
        let columns = match self.columns(wanted, is_view) {
            // It calls what the program that made it has registered, or reads a table that is gone: a caller that reads
            // it gets an error.
            Err(error) if is_view && is_of_the_query(&error) => Vec::new(),
            columns => columns?,
        };
        Ok(Some(Relation {
            is_view,
            without_transactions: None,
            columns,
        }))
    }

    fn is_view(&mut self, wanted: &Wanted) -> Result<bool> {
        const SQL: &str = "SELECT 1 FROM pragma_table_list WHERE name = ?1 COLLATE NOCASE \
             AND schema = ?2 COLLATE NOCASE AND type = 'view'";
        let mut found = false;
        let write = &mut |params: &mut ParamWriter<'_>| {
            params.text(wanted.table);
            params.text(wanted.schema.unwrap_or("main"));
        };
        self.query(SQL, write, &mut |_| {
            found = true;
            Ok(false)
        })?;
        Ok(found)
    }

    fn columns(&mut self, wanted: &Wanted, is_view: bool) -> Result<Vec<StoredColumn>> {
        const SQL: &str = "SELECT name, type, \"notnull\", dflt_value IS NOT NULL, pk, hidden \
             FROM pragma_table_xinfo(?1, ?2)";
        let mut columns = Vec::new();
        let write = &mut |params: &mut ParamWriter<'_>| {
            params.text(wanted.table);
            wanted.schema.unwrap_or("main").write(params);
        };
        self.query(SQL, write, &mut |row| {
            let (name, sql_type): (String, String) = (row.next()?, row.next()?);
            let (not_null, has_default, key, hidden) =
                (row.bool()?, row.bool()?, row.i64()?, row.i64()?);
            let is_computed = COMPUTED.contains(&hidden);
            columns.push(StoredColumn {
                name,
                kinds: kinds(&sql_type),
                sql_type,
                fraction: None,
                // A key of integers is never NULL, whatever is declared.
                not_null: (!is_view && !is_computed && key == 0).then_some(not_null),
                is_filled: has_default || is_computed || key > 0,
            });
            Ok(true)
        })?;
        Ok(columns)
    }
}

/// Not of the file, nor of the time that a look into it takes.
fn is_of_the_query(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::SchemaMismatch | ErrorKind::Syntax | ErrorKind::Database { .. }
    )
}

/// Returns the values that a column of this declared type keeps (section 3.1). `ANY` is none where the table is STRICT.
fn kinds(declared: &str) -> Kinds {
    let declared = declared.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| declared.contains(word));
    if has(&["INT"]) {
        NUMERIC
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        TEXT
    } else if has(&["BLOB"]) || declared.is_empty() || declared == "ANY" {
        Kinds::ALL
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        REAL
    } else {
        NUMERIC
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::driver::sqlite::SqliteOptions;

    /// A view that calls a function of another program, or reads what is gone, says nothing of its columns, and hides no
    /// other table.
    #[test]
    fn a_view_that_cannot_be_described_hides_no_other() {
        const SECOND: Duration = Duration::from_secs(1);
        let options = SqliteOptions {
            path: ":memory:",
            busy_timeout: SECOND,
            statement_timeout: None,
            synchronous: bindery_core::config::Synchronous::default(),
            read_only: false,
            creates: true,
        };
        let mut connection = SqliteConnection::open(&options, SECOND).unwrap();
        let tables = "CREATE TABLE kinds (a INTEGER PRIMARY KEY); CREATE TABLE gone (a INTEGER); \
                      CREATE VIEW calls AS SELECT sortconcat(a) AS b FROM kinds; \
                      CREATE VIEW reads AS SELECT a FROM gone; DROP TABLE gone";
        connection.batch(tables).unwrap();
        let wanted = ["calls", "reads", "kinds"].map(|table| Wanted {
            schema: None,
            table,
        });
        let found = connection.relations(&wanted).unwrap();
        let found = found.into_iter().map(|relation| {
            let relation = relation.expect("it is there");
            (relation.is_view, relation.columns.len())
        });
        let found: Vec<(bool, usize)> = found.collect();
        assert_eq!(found, [(true, 0), (true, 0), (false, 1)]);
    }

    #[test]
    fn the_declared_type_decides() {
        for (declared, kept, changed) in [
            ("bigint", StoredKind::Integer, StoredKind::Text),
            ("VARCHAR(20)", StoredKind::Text, StoredKind::Integer),
            (
                "DECIMAL_TEXT(38,10)",
                StoredKind::Decimal,
                StoredKind::Integer,
            ),
            ("DECIMAL(38,10)", StoredKind::Number, StoredKind::Decimal),
            ("double", StoredKind::F64, StoredKind::Integer),
            ("POINT", StoredKind::Integer, StoredKind::Text),
            ("DATETIME", StoredKind::DateTime, StoredKind::Text),
        ] {
            assert!(kinds(declared).contains(kept), "{declared}");
            assert!(!kinds(declared).contains(changed), "{declared}");
        }
        for declared in ["", "BLOB", "any"] {
            assert_eq!(kinds(declared), Kinds::ALL, "{declared}");
        }
    }
}
