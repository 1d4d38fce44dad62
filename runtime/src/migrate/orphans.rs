//! Rows of SQLite that refer to rows that do not exist. SQLite checks no foreign keys during migrations, so those that a migration leaves
//! are looked for before its commit. Rows that were there before, as other programs leave them, keep no migration from being applied.

use std::collections::BTreeMap;

use crate::driver::Physical;
use crate::error::{Error, ErrorKind, MigrationError, Result};
use crate::value::ParamWriter;
use bindery_core::dialect::Dialect;
use bindery_core::sql_writer::SqlWriter;

/// Number of a row; `None` in tables that are `WITHOUT ROWID`.
type RowNumber = Option<i64>;

/// Orphans by their table and the table that they refer to.
#[derive(Default)]
struct OfTable(BTreeMap<String, Vec<RowNumber>>);

/// The orphans of each table; `None` for a table whose foreign keys SQLite cannot check, as the columns that one refers to are not unique.
#[derive(Default)]
pub(super) struct Orphans(BTreeMap<String, Option<OfTable>>);

impl Orphans {
    /// Reads them; there are none on databases that check foreign keys themselves.
    pub(super) fn of(physical: &mut Physical) -> Result<Self> {
        match physical.dialect() {
            Dialect::Sqlite => {}
            Dialect::Postgres | Dialect::Mysql => return Ok(Self::default()),
        }
        let tables = children(physical)?.into_iter();
        let tables = tables.map(|table| {
            let orphans = orphans(physical, &table).ok();
            (table, orphans)
        });
        Ok(Self(tables.collect()))
    }

    /// Fails where there are others now, after a migration.
    pub(super) fn ensure_no_others(&self, physical: &mut Physical, version: &str) -> Result<()> {
        for (table, orphans) in Self::of(physical)?.0 {
            let before = self.before(&table);
            match (before, orphans) {
                // It could not be checked before the migration either.
                (Some(None), _) => {}
                // The error that it cannot be checked for.
                (_, None) => {
                    self::orphans(physical, &table)?;
                }
                (before, Some(orphans)) => {
                    let none = OfTable::default();
                    let before = before.and_then(Option::as_ref).unwrap_or(&none);
                    if let Some((parent, row)) = before.other(&orphans, &table, physical)? {
                        return Err(refused(physical, version, (&table, row), parent));
                    }
                }
            }
        }
        Ok(())
    }

    fn before(&self, table: &str) -> Option<&Option<OfTable>> {
        let mut tables = self.0.iter();
        let found = tables.find(|(name, _)| name.eq_ignore_ascii_case(table));
        found.map(|(_, orphans)| orphans)
    }
}

impl OfTable {
    /// The first of these orphans that is none of these before.
    fn other<'o>(
        &self,
        after: &'o Self,
        table: &str,
        physical: &mut Physical,
    ) -> Result<Option<(&'o str, RowNumber)>> {
        for (parent, rows) in &after.0 {
            let mut before = self.0.iter();
            let before = before.find(|(name, _)| name.eq_ignore_ascii_case(parent));
            let before = before.map_or(&[][..], |(_, rows)| rows);
            let Some(row) = first_other(before, rows) else {
                continue;
            };
            // A table that is made anew gives its rows other numbers where they are no column.
            if rows.len() > before.len() || has_numbers(physical, table)? {
                return Ok(Some((parent, row)));
            }
        }
        Ok(None)
    }
}

/// Both are in order.
fn first_other(before: &[RowNumber], after: &[RowNumber]) -> Option<RowNumber> {
    let mut before = before.iter().peekable();
    after.iter().copied().find(|row| {
        while before.next_if(|one| *one < row).is_some() {}
        before.next_if(|one| *one == row).is_none()
    })
}

/// The tables that have foreign keys.
fn children(physical: &mut Physical) -> Result<Vec<String>> {
    const SQL: &str = "SELECT DISTINCT m.name FROM sqlite_schema m, pragma_foreign_key_list(m.name) WHERE m.type = 'table' ORDER BY m.name";
    texts(physical, SQL, None)
}

fn orphans(physical: &mut Physical, table: &str) -> Result<OfTable> {
    const SQL: &str =
        "SELECT \"parent\", rowid FROM pragma_foreign_key_check(?) ORDER BY \"parent\", rowid";
    let mut found = OfTable::default();
    let write = &mut |params: &mut ParamWriter<'_>| params.text(table);
    physical.query(SQL, write, &mut |row| {
        let (parent, number) = (row.next()?, row.next()?);
        found.0.entry(parent).or_default().push(number);
        Ok(true)
    })?;
    Ok(found)
}

/// Whether the number of a row is its key, which stays where the table is made anew.
fn has_numbers(physical: &mut Physical, table: &str) -> Result<bool> {
    const SQL: &str = "SELECT upper(type) FROM pragma_table_info(?) WHERE pk > 0";
    let types = texts(physical, SQL, Some(table))?;
    Ok(types == ["INTEGER"])
}

fn texts(physical: &mut Physical, sql: &str, of: Option<&str>) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    let write = &mut |params: &mut ParamWriter<'_>| {
        if let Some(table) = of {
            params.text(table);
        }
    };
    physical.query(sql, write, &mut |row| {
        texts.push(row.next()?);
        Ok(true)
    })?;
    Ok(texts)
}

#[cold]
fn refused(
    physical: &mut Physical,
    version: &str,
    (table, row): (&str, RowNumber),
    parent: &str,
) -> Error {
    let key = row.and_then(|row| key_of(physical, table, row).ok());
    Error::new(ErrorKind::Migration(MigrationError::Orphan {
        version: version.to_owned(),
        table: table.to_owned(),
        key,
        parent: parent.to_owned(),
    }))
}

/// The primary key of a row, or its number: `id = 5`.
fn key_of(physical: &mut Physical, table: &str, row: i64) -> Result<String> {
    const SQL: &str = "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk";
    let columns = texts(physical, SQL, Some(table))?;
    if columns.is_empty() {
        return Ok(format!("rowid = {row}"));
    }
    let mut sql = SqlWriter::new(Dialect::Sqlite);
    sql.push("SELECT ").list(&columns, ", ", |sql, column| {
        sql.push("quote(").identifier(column).push(")");
    });
    sql.push(" FROM ").identifier(table);
    sql.push(" WHERE rowid = ").placeholder();
    let mut key = Vec::new();
    let write = &mut |params: &mut ParamWriter<'_>| params.push(&row);
    physical.query(&sql.finish(), write, &mut |row| {
        for column in &columns {
            let value: String = row.next()?;
            key.push(format!("{column} = {value}"));
        }
        Ok(true)
    })?;
    Ok(key.join(", "))
}

#[cfg(test)]
mod tests {
    use super::first_other;

    #[test]
    fn orphans_that_were_there_before_are_no_others() {
        let rows = |rows: &[i64]| rows.iter().copied().map(Some).collect::<Vec<_>>();
        let other = |before: &[i64], after: &[i64]| first_other(&rows(before), &rows(after));
        assert_eq!(other(&[1, 2, 2], &[1, 2, 2]), None);
        assert_eq!(other(&[1, 2], &[2]), None);
        assert_eq!(other(&[1, 2], &[1, 2, 2]), Some(Some(2)));
        assert_eq!(other(&[1, 3], &[1, 2]), Some(Some(2)));
        assert_eq!(other(&[], &[7]), Some(Some(7)));
        assert_eq!(first_other(&[None], &[None, None]), Some(None));
    }
}
