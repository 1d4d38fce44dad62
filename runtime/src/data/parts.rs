//! A row with values that are too long for memory. A server puts each together from its parts before the row takes it from there; SQLite
//! stores the row with room for it, which is filled then.

use super::rows::Rows;
use super::spilled::Spilled;
use super::store::insert_sql;
use super::table::{DataTable, ValueType};
use super::{give::give_column, row_number};
use crate::driver::{Physical, WriteParams};
use crate::error::{DataError, DataProblem, Error, ErrorKind, Result};
use crate::value::{ColumnSet, ParamWriter};
use bindery_core::dialect::Dialect;
use bindery_core::sql_writer::SqlWriter;

/// Bytes that are sent at a time.
const PART: usize = 8 << 20;

/// Gives a long value of a column.
type GiveLong<'a> = &'a mut dyn FnMut(usize, &Spilled, &mut ParamWriter<'_>);

/// Stores the row, the only one of `rows`. A value that cannot be stored part by part may have `longest` bytes.
pub(super) fn insert(
    physical: &mut Physical,
    table: &DataTable,
    rows: &Rows,
    (is_upsert, longest): (bool, usize),
) -> Result<()> {
    let row = Row {
        table,
        rows,
        columns: rows.columns.iter().copied().collect(),
        is_upsert,
    };
    let stored = match physical.dialect() {
        Dialect::Postgres => row.through_a_table(physical),
        Dialect::Mysql => row.through_variables(physical),
        Dialect::Sqlite if is_filled(physical, table)? => row.with_room(physical),
        Dialect::Sqlite => row.whole(physical, longest),
    };
    stored.map_err(|error| error.at_row(0))
}

struct Row<'r> {
    table: &'r DataTable,
    rows: &'r Rows,
    columns: ColumnSet,
    is_upsert: bool,
}

impl Row<'_> {
    fn is_text(&self, column: usize) -> bool {
        self.table.columns[column].value == ValueType::Text
    }

    fn spilled(&self, column: usize) -> Option<&Spilled> {
        let mut spilled = self.rows.spilled.iter();
        spilled
            .find(|(at, _)| *at == column)
            .map(|(_, value)| value)
    }

    /// The statement that stores it; `value` writes a long value.
    fn sql(&self, dialect: Dialect, value: &mut dyn FnMut(&mut SqlWriter, usize)) -> String {
        insert_sql(
            dialect,
            self.table,
            (&self.columns, self.is_upsert),
            &mut |sql, at| match self.spilled(at) {
                Some(_) => value(sql, at),
                None => {
                    sql.placeholder();
                }
            },
        )
    }

    /// Gives the values; `long` gives a long one, where the statement has a place for it.
    fn give(&self, params: &mut ParamWriter<'_>, long: Option<GiveLong<'_>>) {
        let has_place = |at: &usize| long.is_some() || self.spilled(*at).is_none();
        let given: Vec<usize> = self.columns.iter().filter(has_place).collect();
        let mut long = long;
        let names = self.table.sql.names();
        params.of_columns(names, given.iter().copied(), |params| {
            for (at, (written, text)) in self.columns.iter().zip(self.rows.row(0)) {
                match (self.spilled(at), &mut long) {
                    (Some(value), Some(long)) => long(at, value, params),
                    (Some(_), None) => {}
                    (None, _) => give_column(&self.table.columns[at], written, text, params),
                }
            }
        });
    }

    /// PostgreSQL has the parts in a table of the transaction, which it does not log.
    fn through_a_table(&self, physical: &mut Physical) -> Result<()> {
        const TABLE: &str = "pg_temp.bindery_parts";
        physical.batch(&format!(
            "CREATE TEMPORARY TABLE IF NOT EXISTS bindery_parts \
             (place integer NOT NULL, number integer NOT NULL, words text, bytes bytea) ON COMMIT DROP; \
             ALTER TABLE {TABLE} ALTER words SET STORAGE EXTERNAL, ALTER bytes SET STORAGE EXTERNAL; \
             TRUNCATE {TABLE}"
        ))?;
        for (at, spilled) in &self.rows.spilled {
            let column = if self.is_text(*at) { "words" } else { "bytes" };
            let mut sql = SqlWriter::new(Dialect::Postgres);
            sql.push(&format!(
                "INSERT INTO {TABLE} (place, number, {column}) VALUES ("
            ));
            sql.list(0..3, ", ", |sql, _| {
                sql.placeholder();
            });
            sql.push(")");
            let sql = sql.finish();
            let mut number = 0;
            self.each_part(*at, spilled, &mut |give| {
                number += 1;
                let given = &mut |params: &mut ParamWriter<'_>| {
                    params.i64(*at as i64);
                    params.i64(number);
                    give(params);
                };
                physical.execute(&sql, given).map(drop)
            })?;
        }
        let sql = self.sql(Dialect::Postgres, &mut |sql, at| {
            let (column, none) = if self.is_text(at) {
                ("words", "''")
            } else {
                ("bytes", "''::bytea")
            };
            sql.push(&format!(
                "(SELECT string_agg({column}, {none} ORDER BY number) FROM {TABLE} WHERE place = {at})"
            ));
        });
        physical.execute(&sql, &mut |params| self.give(params, None))?;
        physical.batch(&format!("TRUNCATE {TABLE}"))
    }

    /// MySQL has a variable of the session for each value.
    fn through_variables(&self, physical: &mut Physical) -> Result<()> {
        let name = |at: usize| format!("@bindery_{at}");
        for (at, spilled) in &self.rows.spilled {
            let (name, empty) = (name(*at), if self.is_text(*at) { "''" } else { "x''" });
            physical.batch(&format!("SET {name} = {empty}"))?;
            let sql = format!("SET {name} = concat({name}, ?)");
            self.each_part(*at, spilled, &mut |give| {
                physical.execute(&sql, &mut |params| give(params)).map(drop)
            })?;
            ensure_whole(physical, &name, spilled)?;
        }
        let sql = self.sql(Dialect::Mysql, &mut |sql, at| {
            sql.push(&name(at));
        });
        physical.execute(&sql, &mut |params| self.give(params, None))?;
        let mut spilled = self.rows.spilled.iter();
        spilled.try_for_each(|(at, _)| physical.batch(&format!("SET {} = NULL", name(*at))))
    }

    /// SQLite has zeros, which are written over.
    fn with_room(&self, physical: &mut Physical) -> Result<()> {
        let sql = self.sql(Dialect::Sqlite, &mut |sql, _| {
            sql.push("zeroblob(").placeholder().push(")");
        });
        physical.execute(&sql, &mut |params| {
            self.give(
                params,
                Some(&mut |_, value, params| params.u64(value.length())),
            );
        })?;
        self.fill(physical)
    }

    #[cfg(feature = "sqlite")]
    fn fill(&self, physical: &mut Physical) -> Result<()> {
        let row = if self.is_upsert {
            row_number::of_key(physical, self.table, &mut |params| {
                for &at in self.table.sql.key {
                    let place = self.columns.iter().position(|column| column == at);
                    let value = place.and_then(|place| self.rows.row(0).nth(place));
                    if let Some((written, text)) = value {
                        give_column(&self.table.columns[at], written, text, params);
                    }
                }
            })?
        } else {
            physical.last_insert_id().cast_signed()
        };
        let Some(file) = physical.sqlite() else {
            return Ok(());
        };
        for (at, spilled) in &self.rows.spilled {
            let column = self.table.columns[*at].name.as_str();
            let place = (self.table.bare_name.as_str(), column, row);
            file.write_parts(place, &mut |write| spilled.parts(PART, write))?;
        }
        Ok(())
    }

    #[cfg(not(feature = "sqlite"))]
    fn fill(&self, _: &mut Physical) -> Result<()> {
        Ok(())
    }

    /// As any other row.
    fn whole(&self, physical: &mut Physical, longest: usize) -> Result<()> {
        let sizes = self.rows.spilled.iter().map(|(_, value)| value.length());
        if sizes.sum::<u64>() > longest as u64 {
            let problem = DataProblem::TooLong { limit: longest };
            let error = DataError::new(self.table.name.as_str(), problem);
            return Err(super::rows::refused(error));
        }
        let mut values = Vec::new();
        for (_, spilled) in &self.rows.spilled {
            let mut value = Vec::new();
            spilled.parts(PART, &mut |part| {
                value.extend_from_slice(part);
                Ok(())
            })?;
            values.push(value);
        }
        let sql = self.sql(Dialect::Sqlite, &mut |sql, _| {
            sql.placeholder();
        });
        physical
            .execute(&sql, &mut |params| {
                let mut values = values.iter();
                self.give(
                    params,
                    Some(&mut |at, _, params| {
                        let value = values.next().map_or(&[][..], Vec::as_slice);
                        match std::str::from_utf8(value) {
                            Ok(text) if self.is_text(at) => params.text(text),
                            _ => params.bytes(value),
                        }
                    }),
                );
            })
            .map(drop)
    }

    /// Calls `send` with what gives a part, for each of them.
    fn each_part(
        &self,
        at: usize,
        spilled: &Spilled,
        send: &mut dyn FnMut(WriteParams<'_>) -> Result<()>,
    ) -> Result<()> {
        if self.is_text(at) {
            spilled.texts(PART, &mut |part| send(&mut |params| params.text(part)))
        } else {
            spilled.parts(PART, &mut |part| send(&mut |params| params.bytes(part)))
        }
    }
}

/// Whether values are to be written past what sees the row as it is stored. The table has conditions for that
/// ([`stored_in_parts`](super::DataColumn::stored_in_parts)); triggers are known to the database.
fn is_filled(physical: &mut Physical, table: &DataTable) -> Result<bool> {
    let sql = "SELECT 1 FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = ? COLLATE NOCASE";
    let mut has_triggers = false;
    let name = &mut |params: &mut ParamWriter<'_>| params.text(&table.bare_name);
    physical.query(sql, name, &mut |_| {
        has_triggers = true;
        Ok(true)
    })?;
    Ok(!has_triggers && row_number::is_found(physical, table)?)
}

/// MySQL has NULL in place of a text that does not fit into a packet of the server.
fn ensure_whole(physical: &mut Physical, name: &str, spilled: &Spilled) -> Result<()> {
    let mut length = None;
    physical.query(&format!("SELECT length({name})"), &mut |_| (), &mut |row| {
        length = (!row.skip_null()).then(|| row.u64()).transpose()?;
        Ok(true)
    })?;
    if length == Some(spilled.length()) {
        return Ok(());
    }
    let limit = packet(physical)?;
    Err(Error::new(ErrorKind::UnsupportedValue(format!(
        "the value is larger than the server accepts (max_allowed_packet is {limit} bytes)"
    ))))
}

/// The bytes that a value of MySQL may have on its way.
pub(super) fn packet(physical: &mut Physical) -> Result<usize> {
    let mut packet = 0;
    physical.query("SELECT @@max_allowed_packet", &mut |_| (), &mut |row| {
        packet = usize::try_from(row.u64()?).unwrap_or(usize::MAX);
        Ok(true)
    })?;
    Ok(packet)
}
