//! Tables and columns as a dump knows them: their names, and the types of their values in words that every database shares.

use std::fmt;

use super::DataFormat;
use super::line::Line;
use super::names::table_sql;
use super::redact::Redaction;
use super::referred::Referred;
use super::rows::refused;
use crate::driver::TableSql;
use crate::error::{DataError, DataProblem, Result};
use bindery_core::dialect::Dialect;
use bindery_core::sql_writer::{SqlWriter, TableName};

/// The type of a column's values, whatever each database calls it. Each has one text form.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueType {
    /// `true`, `false`.
    Boolean,
    /// Digits, with a sign.
    Integer,
    /// Digits, past `i64::MAX` too.
    Unsigned,
    /// The shortest digits that are read as the same 32 bits; `NaN`, `Infinity`, `-Infinity`.
    Float32,
    /// The same of 64 bits.
    Float64,
    /// Digits with a point.
    Decimal,
    /// Text.
    Text,
    /// Hexadecimal digits.
    Bytes,
    /// `2026-11-20`.
    Date,
    /// `13:45:00.25`.
    Time,
    /// `2026-11-20T13:45:00`.
    DateTime,
    /// The same in UTC, with `Z`.
    Timestamp,
    /// `P14M3DT5.25S`.
    Interval,
    /// 36 characters.
    Uuid,
    /// JSON.
    Json,
    /// A value of any type, as SQLite has them.
    Any,
    /// A JSON array of such values.
    Array(Box<Self>),
}

/// The types without a parameter, and their words.
const WORDS: [(ValueType, &str); 16] = [
    (ValueType::Boolean, "boolean"),
    (ValueType::Integer, "integer"),
    (ValueType::Unsigned, "unsigned"),
    (ValueType::Float32, "float32"),
    (ValueType::Float64, "float64"),
    (ValueType::Decimal, "decimal"),
    (ValueType::Text, "text"),
    (ValueType::Bytes, "bytes"),
    (ValueType::Date, "date"),
    (ValueType::Time, "time"),
    (ValueType::DateTime, "datetime"),
    (ValueType::Timestamp, "timestamp"),
    (ValueType::Interval, "interval"),
    (ValueType::Uuid, "uuid"),
    (ValueType::Json, "json"),
    (ValueType::Any, "any"),
];

/// One word: `integer`, `text[]`.
impl fmt::Display for ValueType {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Array(element) => write!(out, "{element}[]"),
            plain => {
                let word = WORDS.iter().find(|(value, _)| value == plain);
                out.write_str(word.map_or("any", |(_, word)| word))
            }
        }
    }
}

/// A column that is dumped and loaded.
#[derive(Debug, Clone)]
pub struct DataColumn {
    /// Its name, unquoted.
    pub name: String,
    /// The type of its values.
    pub value: ValueType,
    /// It may be NULL.
    pub nullable: bool,
    /// A row need not give it a value: the database has one.
    pub has_default: bool,
    /// The database refuses a value for it unless the statement says so (`GENERATED ALWAYS AS IDENTITY`).
    pub always_generated: bool,
    /// It is read in its own text form, as the model has no word for its type.
    pub as_text: bool,
    /// Digits after the point that it keeps, of a number or of seconds, where its values can have more.
    pub fraction: Option<u32>,
    /// Digits that its numbers may have in all.
    pub digits: Option<u32>,
    /// It is a `YEAR`.
    pub is_year: bool,
    /// The characters or bytes that a value of it has at most, where that is declared.
    pub length: Option<u32>,
    /// The characters that a text of it has at most, where the database looks at them.
    pub text_length: Option<u32>,
    /// A value of it may be so long that it is read part by part: text or bytes of a type without a small limit, of a table whose key
    /// can be compared.
    pub may_be_long: bool,
    /// Such a value can be stored part by part as well: the database looks at it for no key, index or condition of its table.
    pub stored_in_parts: bool,
    /// The replacement of its values by a snapshot that replaces some.
    pub redaction: Option<Redaction>,
    /// The value of another row that is replaced in place of its own.
    pub(super) referred: Option<Referred>,
}

impl DataColumn {
    /// A column that must have a value, and keeps every value of its type.
    pub fn new(name: impl Into<String>, value: ValueType) -> Self {
        Self {
            name: name.into(),
            value,
            nullable: false,
            has_default: false,
            always_generated: false,
            as_text: false,
            fraction: None,
            digits: None,
            is_year: false,
            length: None,
            text_length: None,
            may_be_long: false,
            stored_in_parts: false,
            redaction: None,
            referred: None,
        }
    }

    pub(super) fn is_required(&self) -> bool {
        !self.nullable && !self.has_default
    }
}

/// A table that is dumped or loaded, in the dialect of its engine.
#[derive(Debug)]
pub struct DataTable {
    /// Its name, with its schema where it has one: `shop.users`.
    pub(super) name: String,
    /// Without its schema.
    pub(super) bare_name: String,
    /// The same for SQL, and its columns in their order.
    pub(super) sql: &'static TableSql,
    pub(super) columns: Vec<DataColumn>,
    /// The text that its rows are read and deleted from: its name, or its own rows alone.
    pub(super) rows: String,
    /// The condition of rows that are all there is of it, and whose guards are passed: those of some slots of a set of shards.
    pub(super) slots: Option<String>,
    /// All rows, in the order of the key; in none where the key is hashed.
    pub(super) select: String,
    dialect: Dialect,
}

impl DataTable {
    /// A table with the columns that are loaded, all but computed ones, and the positions of those of its key.
    pub fn new(
        dialect: Dialect,
        schema: Option<&str>,
        name: &str,
        columns: Vec<DataColumn>,
        key: Vec<usize>,
    ) -> Self {
        let table = TableName {
            schema: schema.map(str::to_owned),
            name: name.to_owned(),
        };
        let mut quoted = SqlWriter::new(dialect);
        quoted.table(&table);
        let names = columns
            .iter()
            .map(|column| quoted_name(dialect, &column.name));
        let sql = table_sql(quoted.finish(), names.collect(), key);
        let mut made = Self {
            name: table.to_string(),
            bare_name: table.name,
            rows: sql.table.to_owned(),
            slots: None,
            select: String::new(),
            sql,
            columns,
            dialect,
        };
        made.select_again();
        made
    }

    /// Its name, with its schema where it has one.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The places of the columns of its primary key; none where it has no key.
    pub fn key(&self) -> &[usize] {
        self.sql.key
    }

    /// The first line of its file, as CSV.
    pub fn csv_header(&self) -> String {
        let names = self.columns.iter().map(|column| column.name.as_str());
        Line::new(DataFormat::Csv, &names.collect::<Vec<_>>()).text
    }

    /// Leaves the rows of tables that inherit from it to those: PostgreSQL counts them to it as well (`INHERITS`). Not for a partitioned
    /// table, which has no rows but those of its partitions.
    #[must_use]
    pub fn without_heirs(mut self, dialect: Dialect) -> Self {
        match dialect {
            Dialect::Postgres => {
                self.rows = format!("ONLY {}", self.sql.table);
                self.select_again();
            }
            Dialect::Sqlite | Dialect::Mysql => {}
        }
        self
    }

    /// Limits it to the rows of some slots of a set of shards, which have this condition in SQL. The guards of the shard let them pass.
    pub fn limit_to(&mut self, condition: String) {
        self.slots = Some(condition);
        self.select_again();
    }

    /// Has a snapshot that replaces values ([`Snapshot::redacting`](super::Snapshot::redacting)) replace those of a column, by its place.
    /// Other snapshots refuse to write the table then. Where the key is hashed, rows come in no order, as that of the key would show.
    ///
    /// # Errors
    /// The table has no such column.
    pub fn redact(&mut self, column: usize, redaction: Redaction) -> Result<()> {
        self.column_at(column)?.redaction = Some(redaction);
        self.select_again();
        Ok(())
    }

    /// The same with a hash, of the value that the column refers to by a foreign key, where there is such a row: a collation takes
    /// `ann` for `Ann`, and their own hashes would differ.
    ///
    /// # Errors
    /// The table has no such column.
    pub fn hash_as(&mut self, column: usize, referred: Referred) -> Result<()> {
        self.column_at(column)?.referred = Some(referred);
        self.redact(column, Redaction::Hash)
    }

    fn column_at(&mut self, at: usize) -> Result<&mut DataColumn> {
        let name = self.name.as_str();
        self.columns.get_mut(at).ok_or_else(|| {
            let problem = DataProblem::Columns {
                unknown: vec![format!("number {at}")],
                missing: Vec::new(),
            };
            refused(DataError::new(name, problem))
        })
    }

    pub(super) fn has_column(&self, name: &str) -> bool {
        self.columns.iter().any(|column| column.name == name)
    }

    fn select_again(&mut self) {
        self.select = select(self, &[], Which::With(&[]));
    }

    /// The columns that are dumped and loaded.
    pub fn columns(&self) -> &[DataColumn] {
        &self.columns
    }
}

fn quoted_name(dialect: Dialect, name: &str) -> String {
    let mut sql = SqlWriter::new(dialect);
    sql.identifier(name);
    sql.finish()
}

/// The rows that a query reads.
#[derive(Clone, Copy)]
pub(super) enum Which<'c> {
    /// Those that have given values in these columns; all where there are none.
    With(&'c [usize]),
    /// Those that have one of this number of given values in these columns.
    OneOf(&'c [usize], usize),
    /// Those whose key is after a given one, before the next given one, or both.
    Between { after: bool, before: bool },
}

impl Which<'_> {
    fn has_condition(self) -> bool {
        !matches!(
            self,
            Self::With([])
                | Self::Between {
                    after: false,
                    before: false
                }
        )
    }
}

/// The query of rows, in the order of the key. The columns at `left_out` are NULL.
pub(super) fn select(of: &DataTable, left_out: &[usize], which: Which<'_>) -> String {
    let (table, columns) = (of.sql, of.columns.as_slice());
    let mut sql = SqlWriter::new(of.dialect);
    sql.push("SELECT ")
        .list(columns.iter().enumerate(), ", ", |sql, (at, column)| {
            if left_out.contains(&at) {
                sql.push("NULL");
            } else {
                push_value(sql, table, (at, column));
            }
        });
    if columns.is_empty() {
        sql.push("1");
    }
    sql.push(" FROM ").push(&of.rows);
    push_which(&mut sql, table, which);
    push_slots(&mut sql, of, which.has_condition());
    if is_order_hidden(table.key, columns) {
        sql.push(match of.dialect {
            Dialect::Sqlite | Dialect::Postgres => " ORDER BY random()",
            Dialect::Mysql => " ORDER BY rand()",
        });
    } else {
        push_order(&mut sql, table);
    }
    sql.finish()
}

/// Leaves out the rows of other slots, where the table is of some only.
pub(super) fn push_slots(sql: &mut SqlWriter, of: &DataTable, has_condition: bool) {
    if let Some(condition) = &of.slots {
        sql.push(if has_condition { " AND " } else { " WHERE " });
        sql.push(condition);
    }
}

/// A column as it is dumped.
pub(super) fn push_value(
    sql: &mut SqlWriter,
    table: &TableSql,
    (at, column): (usize, &DataColumn),
) {
    match &column.referred {
        Some(referred) => referred.push(sql, table.table, &column.name),
        None => {
            sql.push(table.columns[at]);
        }
    }
    let text_form = match sql.dialect() {
        Dialect::Postgres => "::text",
        Dialect::Sqlite | Dialect::Mysql => "",
    };
    // The result of an expression over `char(n)` has no length, and keeps its padding.
    let is_text = column.referred.is_some() && column.value == ValueType::Text;
    sql.push(if column.as_text || is_text {
        text_form
    } else {
        ""
    });
}

pub(super) fn push_which(sql: &mut SqlWriter, table: &TableSql, which: Which<'_>) {
    match which {
        Which::With([]) => {}
        Which::With(wanted) => {
            sql.push(" WHERE ").list(wanted, " AND ", |sql, &at| {
                push_name(sql, table, at);
                sql.push(" = ").placeholder();
            });
        }
        Which::OneOf(wanted, keys) => {
            sql.push(" WHERE (").list(0..keys, " OR ", |sql, _| {
                sql.push("(").list(wanted, " AND ", |sql, &at| {
                    push_name(sql, table, at);
                    sql.push(" = ").placeholder();
                });
                sql.push(")");
            });
            sql.push(")");
        }
        Which::Between { after, before } => {
            let bounds = [(after, " > "), (before, " < ")];
            let bounds = bounds.into_iter().filter(|(is_given, _)| *is_given);
            for (number, (_, operator)) in bounds.enumerate() {
                sql.push(if number == 0 { " WHERE " } else { " AND " });
                push_bound(sql, table, operator);
            }
        }
    }
}

/// Compares the key as the database reads it as a range: MySQL reads all rows for a comparison of lists.
fn push_bound(sql: &mut SqlWriter, table: &TableSql, operator: &str) {
    match (table.key, sql.dialect()) {
        ([at], _) => {
            push_name(sql, table, *at);
            sql.push(operator).placeholder();
        }
        (key, Dialect::Sqlite | Dialect::Postgres) => {
            sql.push("(")
                .list(key, ", ", |sql, &at| push_name(sql, table, at));
            sql.push(")").push(operator).push("(");
            sql.list(key, ", ", |sql, _| {
                sql.placeholder();
            });
            sql.push(")");
        }
        (key, Dialect::Mysql) => {
            for (number, &at) in key.iter().enumerate() {
                sql.push("(");
                push_name(sql, table, at);
                sql.push(operator).placeholder();
                if number + 1 < key.len() {
                    sql.push(" OR (");
                    push_name(sql, table, at);
                    sql.push(" = ").placeholder().push(" AND ");
                }
            }
            sql.push(&")".repeat(2 * key.len() - 1));
        }
    }
}

/// The places in the key of the values that a bound takes.
pub(super) fn values_of_bound(dialect: Dialect, key: usize) -> Vec<usize> {
    let repeated = match dialect {
        Dialect::Sqlite | Dialect::Postgres => 1,
        Dialect::Mysql => 2,
    };
    let of_one = |at: usize| std::iter::repeat_n(at, if at + 1 < key { repeated } else { 1 });
    (0..key).flat_map(of_one).collect()
}

pub(super) fn push_order(sql: &mut SqlWriter, table: &TableSql) {
    if !table.key.is_empty() {
        sql.push(" ORDER BY ")
            .list(table.key, ", ", |sql, &at| push_name(sql, table, at));
    }
}

pub(super) fn push_name(sql: &mut SqlWriter, table: &TableSql, at: usize) {
    sql.push(table.table).push(".").push(table.columns[at]);
}

/// Whether the order of rows would say which hash is of the lower key. Without a key they come as they were stored.
fn is_order_hidden(key: &[usize], columns: &[DataColumn]) -> bool {
    let is_hashed = |column: &DataColumn| column.redaction == Some(Redaction::Hash);
    if key.is_empty() {
        return columns.iter().any(is_hashed);
    }
    key.iter().any(|at| is_hashed(&columns[*at]))
}
