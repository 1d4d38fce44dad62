//! Rows of SQLite whose foreign key leads to no row. SQLite checks foreign keys only for connections that switch it on, so other programs
//! can leave such rows, and a migration cannot refuse them for what it did not do.

use bindery::{Connection, Dialect, Sql};
use bindery_schema::sql_writer::SqlWriter;

use super::{LinkEnd, LinkOutcome, Repair, SAMPLES};
use crate::database::Chosen;
use crate::text::count;

/// Rows that are named in a warning, at most.
const NAMED: usize = 3;

/// A foreign key that some rows do not keep.
pub(crate) struct ForeignOrphans {
    table: String,
    parent: String,
    /// Its number among the foreign keys of the table.
    number: i64,
    columns: Vec<String>,
    parent_columns: Vec<String>,
    /// The columns of the table's primary key.
    key: Vec<String>,
    /// The rows have numbers: the table is not `WITHOUT ROWID`.
    has_numbers: bool,
    /// The table that it refers to exists.
    has_parent: bool,
    /// The number of rows.
    pub(crate) rows: u64,
}

/// The foreign keys of a database that some rows do not keep; none on databases that check them for every connection.
pub(crate) fn orphans(connection: &mut Connection<Chosen>) -> bindery::Result<Vec<ForeignOrphans>> {
    const SQL: &str = "SELECT \"table\", \"parent\", fkid, count(*), max(rowid IS NOT NULL) FROM pragma_foreign_key_check \
         GROUP BY 1, 2, 3 ORDER BY 1, 3";
    match connection.dialect() {
        Dialect::Sqlite => {}
        Dialect::Postgres | Dialect::Mysql => return Ok(Vec::new()),
    }
    let found: Vec<Found> = connection.query_as(Sql::assembled(SQL), ())?;
    let found = found.into_iter();
    found.map(|found| of_key(connection, found)).collect()
}

/// Table, the one that it refers to, number of the foreign key, rows, and whether these have numbers.
type Found = (String, String, i64, i64, bool);

fn of_key(
    connection: &mut Connection<Chosen>,
    (table, parent, number, rows, has_numbers): Found,
) -> bindery::Result<ForeignOrphans> {
    const EXISTS: &str = "SELECT count(*) > 0 FROM pragma_table_info(?)";
    const COLUMNS: &str =
        "SELECT \"from\", \"to\" FROM pragma_foreign_key_list(?) WHERE id = ? ORDER BY seq";
    let of_table = (table.as_str(), number);
    let pairs: Vec<(String, Option<String>)> =
        connection.query_as(Sql::assembled(COLUMNS), of_table)?;
    let (columns, named): (Vec<String>, Vec<Option<String>>) = pairs.into_iter().unzip();
    let parent_columns = match named.into_iter().collect() {
        Some(named) => named,
        // Those of its primary key are not written.
        None => primary_key(connection, &parent)?,
    };
    let has_parent = connection.query_scalar(Sql::assembled(EXISTS), (parent.as_str(),))?;
    Ok(ForeignOrphans {
        has_numbers,
        has_parent,
        key: primary_key(connection, &table)?,
        table,
        parent,
        number,
        columns,
        parent_columns,
        rows: rows.unsigned_abs(),
    })
}

fn primary_key(connection: &mut Connection<Chosen>, table: &str) -> bindery::Result<Vec<String>> {
    const SQL: &str = "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk";
    let columns: Vec<(String,)> = connection.query_as(Sql::assembled(SQL), (table,))?;
    Ok(columns.into_iter().map(|(name,)| name).collect())
}

impl ForeignOrphans {
    /// As the outcome of a check; repairs first, where that is wanted.
    pub(crate) fn check<'m>(
        &self,
        connection: &mut Connection<Chosen>,
        engine: &'m str,
        repair: Option<Repair>,
    ) -> bindery::Result<LinkOutcome<'m>> {
        let (missing_keys, keys) = self.missing(connection)?;
        let rows = self.referring(connection)?;
        let repaired = match repair {
            Some(Repair::Null) if !self.can_be_null(connection)? => 0,
            Some(repair) => connection.execute(Sql::assembled(self.repair(repair)), ())?,
            None => 0,
        };
        Ok(LinkOutcome {
            table: self.table.clone(),
            column: self.columns.join(", "),
            engine,
            target: LinkEnd {
                table: self.parent.clone(),
                column: self.parent_columns.join(", "),
                engine,
            },
            rows,
            orphans: self.rows,
            missing_keys,
            repaired,
            keys: Some(keys),
        })
    }

    /// The sentence of a warning, with the keys of some of the rows.
    pub(crate) fn warning(&self, connection: &mut Connection<Chosen>) -> bindery::Result<String> {
        let named: Vec<(String,)> = connection.query_as(Sql::assembled(self.named_rows()), ())?;
        let shown = named.into_iter().map(|(key,)| key).collect::<Vec<_>>();
        let more = if self.rows > NAMED as u64 {
            ", …"
        } else {
            ""
        };
        let rows = usize::try_from(self.rows).unwrap_or(usize::MAX);
        let (table, parent) = (&self.table, &self.parent);
        let refer = if rows == 1 { "refers" } else { "refer" };
        Ok(format!(
            "{} of `{table}` {refer} to rows of `{parent}` that do not exist: {}{more}",
            count(rows, "row"),
            shown.join("; ")
        ))
    }

    /// Rows without numbers are compared, as `pragma_foreign_key_check` does not name them.
    fn is_orphan<'s>(&self, sql: &'s mut SqlWriter) -> &'s mut SqlWriter {
        if self.has_numbers {
            sql.push(" WHERE rowid IN (SELECT rowid FROM pragma_foreign_key_check(")
                .text_literal(&self.table);
            return sql.push(&format!(") WHERE fkid = {})", self.number));
        }
        sql.push(" WHERE ")
            .list(&self.columns, " AND ", |sql, column| {
                sql.identifier(column).push(" IS NOT NULL");
            });
        if self.has_parent {
            self.finds_no_parent(sql);
        }
        sql
    }

    fn finds_no_parent(&self, sql: &mut SqlWriter) {
        sql.push(" AND NOT EXISTS (SELECT 1 FROM ")
            .identifier(&self.parent)
            .push(" AS \"parent row\" WHERE ");
        let pairs = self.parent_columns.iter().zip(&self.columns);
        sql.list(pairs, " AND ", |sql, (parent, column)| {
            sql.push("\"parent row\".").identifier(parent).push(" = ");
            sql.identifier(&self.table).push(".").identifier(column);
        });
        sql.push(")");
    }

    /// The different keys of the orphans, and some of them.
    fn missing(&self, connection: &mut Connection<Chosen>) -> bindery::Result<(u64, Vec<String>)> {
        let mut sql = SqlWriter::new(Dialect::Sqlite);
        sql.push("SELECT ");
        quoted(&mut sql, &self.columns, false);
        sql.push(", count(*) OVER () FROM ").identifier(&self.table);
        self.is_orphan(&mut sql).push(" GROUP BY ");
        sql.identifiers(self.columns.iter().map(String::as_str));
        sql.push(" ORDER BY ");
        sql.identifiers(self.columns.iter().map(String::as_str));
        sql.push(&format!(" LIMIT {SAMPLES}"));
        let rows: Vec<(String, i64)> = connection.query_as(Sql::assembled(sql.finish()), ())?;
        let all = rows.first().map_or(0, |(_, all)| all.unsigned_abs());
        Ok((all, rows.into_iter().map(|(key, _)| key).collect()))
    }

    /// The number of rows that refer to any row.
    fn referring(&self, connection: &mut Connection<Chosen>) -> bindery::Result<u64> {
        let mut sql = SqlWriter::new(Dialect::Sqlite);
        sql.push("SELECT count(*) FROM ").identifier(&self.table);
        sql.push(" WHERE ")
            .list(&self.columns, " AND ", |sql, column| {
                sql.identifier(column).push(" IS NOT NULL");
            });
        let rows: i64 = connection.query_scalar(Sql::assembled(sql.finish()), ())?;
        Ok(rows.unsigned_abs())
    }

    fn named_rows(&self) -> String {
        let mut sql = SqlWriter::new(Dialect::Sqlite);
        sql.push("SELECT ");
        if self.key.is_empty() {
            sql.push("'rowid = ' || rowid");
        } else {
            quoted(&mut sql, &self.key, true);
        }
        sql.push(" FROM ").identifier(&self.table);
        self.is_orphan(&mut sql).push(&format!(" LIMIT {NAMED}"));
        sql.finish()
    }

    /// Whether each of its columns takes NULL.
    fn can_be_null(&self, connection: &mut Connection<Chosen>) -> bindery::Result<bool> {
        const SQL: &str = "SELECT name FROM pragma_table_info(?) WHERE \"notnull\" <> 0 OR pk > 0";
        let never: Vec<(String,)> =
            connection.query_as(Sql::assembled(SQL), (self.table.as_str(),))?;
        let is_one = |column: &String| {
            let mut never = never.iter();
            never.any(|(name,)| name.eq_ignore_ascii_case(column))
        };
        Ok(!self.columns.iter().any(is_one))
    }

    fn repair(&self, repair: Repair) -> String {
        let mut sql = SqlWriter::new(Dialect::Sqlite);
        match repair {
            Repair::Null => {
                sql.push("UPDATE ").identifier(&self.table).push(" SET ");
                sql.list(&self.columns, ", ", |sql, column| {
                    sql.identifier(column).push(" = NULL");
                });
            }
            Repair::Delete => {
                sql.push("DELETE FROM ").identifier(&self.table);
            }
        }
        self.is_orphan(&mut sql);
        sql.finish()
    }
}

/// The values of columns in one text as SQL writes them, with their names where those are wanted.
fn quoted(sql: &mut SqlWriter, columns: &[String], named: bool) {
    sql.list(columns, " || ', ' || ", |sql, column| {
        if named {
            sql.text_literal(&format!("{column} = ")).push(" || ");
        }
        sql.push("quote(").identifier(column).push(")");
    });
}
