//! Tables as `information_schema` has them, all by one statement.

use std::sync::Arc;

use bindery_core::dialect::Dialect;
use bindery_core::sql_writer::SqlWriter;

use super::MysqlConnection;
use crate::driver::StatementDescription;
use crate::driver::catalogue::{Kinds, Relation, StoredColumn, StoredKind, Wanted, same_name};
use crate::error::Result;
use crate::value::types::ToColumn;
use crate::value::{ParamWriter, RowReader};

/// Tables that are looked for at a time.
const TABLES_AT_ONCE: usize = 1_000;

impl MysqlConnection {
    /// Has a statement prepared, anew also where it was before.
    pub(in crate::driver) fn description(&mut self, sql: &str) -> Result<StatementDescription> {
        self.ensure_usable()?;
        let statement = self.prepare(sql);
        let statement = statement.map_err(|fault| self.failed(fault).before_it_ran().of_text())?;
        let statement = Arc::new(statement);
        self.statements.insert(sql, Arc::clone(&statement));
        Ok(StatementDescription::untyped(
            statement.params,
            &statement.names,
        ))
    }

    pub(crate) fn relations(&mut self, wanted: &[Wanted]) -> Result<Vec<Option<Relation>>> {
        let mut found = Vec::with_capacity(wanted.len());
        for some in wanted.chunks(TABLES_AT_ONCE) {
            let start = found.len();
            found.resize(start + some.len(), None);
            self.find_relations(some, &mut found[start..])?;
        }
        Ok(found)
    }

    fn find_relations(&mut self, wanted: &[Wanted], found: &mut [Option<Relation>]) -> Result<()> {
        let write = &mut |params: &mut ParamWriter<'_>| {
            for _ in 0..2 {
                for table in wanted {
                    table.schema.write(params);
                    params.text(table.table);
                }
            }
        };
        self.query(&statement(wanted.len()), write, &mut |row| {
            let (schema, is_sessions): (String, Option<bool>) = (row.next()?, row.next()?);
            let table: String = row.next()?;
            let is_own = |wanted: &Wanted| {
                same_name(Dialect::Mysql, wanted.table, &table)
                    && match wanted.schema {
                        None => is_sessions == Some(true),
                        Some(wanted) => same_name(Dialect::Mysql, wanted, &schema),
                    }
            };
            let row = Row::read(row)?;
            for at in (0..wanted.len()).filter(|at| is_own(&wanted[*at])) {
                row.add_to(&mut found[at]);
            }
            Ok(true)
        })
    }
}

/// First a row for each table, then one for each column, in the table's order, which MySQL's catalogue does not keep by
/// itself. After the schema stands whether it is the session's own.
fn statement(tables: usize) -> String {
    const TABLES: &str = "SELECT t.TABLE_SCHEMA, t.TABLE_SCHEMA = DATABASE(), t.TABLE_NAME, t.TABLE_TYPE, e.TRANSACTIONS, \
         t.ENGINE, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0 AS place \
         FROM information_schema.TABLES t LEFT JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE WHERE ";
    const COLUMNS: &str = " UNION ALL SELECT c.TABLE_SCHEMA, c.TABLE_SCHEMA = DATABASE(), c.TABLE_NAME, NULL, NULL, NULL, \
         c.COLUMN_NAME, c.DATA_TYPE, c.COLUMN_TYPE, COALESCE(c.DATETIME_PRECISION, c.NUMERIC_SCALE), \
         c.IS_NULLABLE = 'YES', c.COLUMN_DEFAULT IS NOT NULL, c.EXTRA, c.ORDINAL_POSITION \
         FROM information_schema.COLUMNS c WHERE ";
    let mut sql = SqlWriter::new(Dialect::Mysql);
    for (head, name) in [(TABLES, "t"), (COLUMNS, "c")] {
        sql.push(head).list(0..tables, " OR ", |sql, _| {
            sql.push("(")
                .push(name)
                .push(".TABLE_SCHEMA = COALESCE(")
                .placeholder();
            sql.push(", DATABASE()) AND ")
                .push(name)
                .push(".TABLE_NAME = ")
                .placeholder();
            sql.push(")");
        });
    }
    sql.push(" ORDER BY place");
    sql.finish()
}

/// One row of the answer.
enum Row {
    Table {
        is_view: bool,
        without_transactions: Option<String>,
    },
    Column(StoredColumn),
}

impl Row {
    fn read(row: &mut RowReader<'_>) -> Result<Self> {
        let kind: Option<String> = row.next()?;
        let (transactions, engine): (Option<String>, Option<String>) = (row.next()?, row.next()?);
        if let Some(kind) = kind {
            let is_view = kind.ends_with("VIEW");
            let keeps_none = transactions.is_some_and(|answer| answer == "NO");
            return Ok(Self::Table {
                is_view,
                without_transactions: engine.filter(|_| keeps_none),
            });
        }
        let (name, data_type, sql_type): (String, String, String) =
            (row.next()?, row.next()?, row.next()?);
        let digits: Option<u32> = row.next()?;
        let (nullable, has_default): (bool, bool) = (row.next()?, row.next()?);
        let extra: Option<String> = row.next()?;
        let extra = extra.unwrap_or_default().to_ascii_uppercase();
        let is_computed = extra.contains("GENERATED") && !extra.contains("DEFAULT_GENERATED");
        Ok(Self::Column(StoredColumn {
            name,
            kinds: kinds(&data_type),
            fraction: fraction(&data_type, digits),
            sql_type,
            not_null: (!is_computed).then_some(!nullable),
            is_filled: has_default || is_computed || extra.contains("AUTO_INCREMENT"),
        }))
    }

    /// Tables come before their columns.
    fn add_to(&self, slot: &mut Option<Relation>) {
        match (self, slot) {
            (
                Self::Table {
                    is_view,
                    without_transactions,
                },
                slot,
            ) => {
                *slot = Some(Relation {
                    is_view: *is_view,
                    without_transactions: without_transactions.clone(),
                    columns: Vec::new(),
                });
            }
            (Self::Column(column), Some(relation)) => {
                let mut column = column.clone();
                column.not_null = column.not_null.filter(|_| !relation.is_view);
                relation.columns.push(column);
            }
            (Self::Column(_), None) => {}
        }
    }
}

/// Returns the values that a type keeps as they are given. The server turns numbers into texts and back, and rounds,
/// without a word.
fn kinds(data_type: &str) -> Kinds {
    match data_type.to_ascii_lowercase().as_str() {
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "year" | "bit" => {
            Kinds::from_kinds(&[StoredKind::Integer, StoredKind::Bool])
        }
        "decimal" => {
            Kinds::from_kinds(&[StoredKind::Integer, StoredKind::Decimal, StoredKind::Number])
        }
        "float" => Kinds::from_kinds(&[StoredKind::F32]),
        "double" => Kinds::from_kinds(&[StoredKind::F64]),
        "char" | "varchar" | "tinytext" | "text" | "mediumtext" | "longtext" => {
            Kinds::from_kinds(&[
                StoredKind::Text,
                StoredKind::Json,
                StoredKind::Uuid,
                StoredKind::Decimal,
                StoredKind::Number,
                StoredKind::Interval,
            ])
        }
        "enum" | "set" => Kinds::from_kinds(&[StoredKind::Text]),
        "json" => Kinds::from_kinds(&[StoredKind::Json]),
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" => {
            Kinds::from_kinds(&[StoredKind::Bytes, StoredKind::Text])
        }
        "date" => Kinds::from_kinds(&[StoredKind::Date]),
        "time" => Kinds::from_kinds(&[StoredKind::Time]),
        "datetime" | "timestamp" => {
            Kinds::from_kinds(&[StoredKind::DateTime, StoredKind::Timestamp])
        }
        "uuid" => Kinds::from_kinds(&[StoredKind::Uuid, StoredKind::Text]),
        _ => Kinds::ALL,
    }
}

/// Whole numbers have a scale of 0, and floats without one keep all digits.
fn fraction(data_type: &str, digits: Option<u32>) -> Option<u32> {
    match data_type.to_ascii_lowercase().as_str() {
        "decimal" | "float" | "double" | "time" | "datetime" | "timestamp" => digits,
        _ => None,
    }
}
