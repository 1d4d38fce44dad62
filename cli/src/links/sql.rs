//! The statements of the check. Keys are read and given as text, so that one engine's can be looked for on another.

use bindery::Dialect;
use bindery::types::ToColumn;
use bindery_schema::column_type::TypeClass;
use bindery_schema::sql_writer::SqlWriter;

use super::{Link, Repair};

/// The form in which keys are read as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyForm {
    Integer { signed: bool },
    Text,
    Uuid,
    Bytes,
}

impl KeyForm {
    /// The form of a type; `None` for one whose texts differ between databases.
    pub(super) fn of_class(class: TypeClass) -> Option<Self> {
        match class {
            TypeClass::Integer(integer) => Some(Self::Integer {
                signed: integer.signed,
            }),
            TypeClass::Text => Some(Self::Text),
            TypeClass::Uuid => Some(Self::Uuid),
            TypeClass::Bytes => Some(Self::Bytes),
            TypeClass::Boolean
            | TypeClass::Float { .. }
            | TypeClass::Decimal
            | TypeClass::Date
            | TypeClass::Time
            | TypeClass::DateTime
            | TypeClass::Timestamp
            | TypeClass::Year
            | TypeClass::Interval
            | TypeClass::Json
            | TypeClass::Enum
            | TypeClass::Set
            | TypeClass::Bit
            | TypeClass::Any
            | TypeClass::Array => None,
        }
    }

    /// A key in the form in which equal ones are equal texts.
    pub(super) fn comparable(self, key: &str) -> String {
        match self {
            Self::Integer { .. } | Self::Text => key.to_owned(),
            Self::Uuid | Self::Bytes => key.to_ascii_lowercase(),
        }
    }

    /// The text before a column's name and after it that reads it as text.
    fn read(self, dialect: Dialect) -> (&'static str, &'static str) {
        match (self, dialect) {
            (Self::Bytes, Dialect::Sqlite | Dialect::Mysql) => ("lower(hex(", "))"),
            (Self::Bytes, Dialect::Postgres) => ("encode(", ", 'hex')"),
            (Self::Integer { .. } | Self::Text | Self::Uuid, Dialect::Mysql) => {
                ("CAST(", " AS CHAR)")
            }
            (
                Self::Integer { .. } | Self::Text | Self::Uuid,
                Dialect::Sqlite | Dialect::Postgres,
            ) => ("CAST(", " AS TEXT)"),
        }
    }

    /// The text before and after a text that makes it a value of the column.
    fn value(self, dialect: Dialect) -> (&'static str, &'static str) {
        match (self, dialect) {
            (Self::Integer { .. }, Dialect::Sqlite) => ("CAST(", " AS INTEGER)"),
            (Self::Integer { .. }, Dialect::Postgres) => ("CAST(CAST(", " AS TEXT) AS BIGINT)"),
            (Self::Integer { signed: true }, Dialect::Mysql) => ("CAST(", " AS SIGNED)"),
            (Self::Integer { signed: false }, Dialect::Mysql) => ("CAST(", " AS UNSIGNED)"),
            (Self::Text, Dialect::Postgres) => ("CAST(", " AS TEXT)"),
            (Self::Uuid, Dialect::Postgres) => ("CAST(CAST(", " AS TEXT) AS UUID)"),
            (Self::Bytes, Dialect::Postgres) => ("decode(CAST(", " AS TEXT), 'hex')"),
            (Self::Text | Self::Uuid, Dialect::Sqlite | Dialect::Mysql) => ("", ""),
            (Self::Bytes, Dialect::Sqlite | Dialect::Mysql) => ("unhex(", ")"),
        }
    }
}

/// The different keys of a link after one, each with the number of its rows; a LIMIT follows.
pub(super) fn page(dialect: Dialect, form: KeyForm, link: &Link<'_>, after: bool) -> String {
    let mut sql = SqlWriter::new(dialect);
    let column = &link.column.name;
    sql.push("SELECT ");
    around(&mut sql, form.read(dialect), |sql| {
        sql.identifier(column);
    });
    // PostgreSQL would sort by a result of the column's own name, which is a text.
    sql.push(" AS key_as_text, count(*) FROM ")
        .table(&link.table.name);
    sql.push(" WHERE ").identifier(column);
    if after {
        sql.push(" > ");
        around(&mut sql, form.value(dialect), |sql| {
            sql.placeholder();
        });
    } else {
        sql.push(" IS NOT NULL");
    }
    sql.push(" GROUP BY ").identifier(column);
    sql.push(" ORDER BY ").identifier(column);
    sql.finish()
}

/// Those of a number of keys that there are where the link leads.
pub(super) fn existing(dialect: Dialect, form: KeyForm, link: &Link<'_>, keys: usize) -> String {
    let mut sql = SqlWriter::new(dialect);
    let column = &link.target_column.name;
    sql.push("SELECT ");
    around(&mut sql, form.read(dialect), |sql| {
        sql.identifier(column);
    });
    sql.push(" FROM ").table(&link.target.name).push(" WHERE ");
    is_one_of(&mut sql, column, form, keys);
    sql.finish()
}

/// The statement that repairs the rows with a number of keys.
pub(super) fn repair(
    dialect: Dialect,
    form: KeyForm,
    link: &Link<'_>,
    repair: Repair,
    keys: usize,
) -> String {
    let mut sql = SqlWriter::new(dialect);
    let column = &link.column.name;
    match repair {
        Repair::Null => {
            sql.push("UPDATE ").table(&link.table.name).push(" SET ");
            sql.identifier(column).push(" = NULL");
        }
        Repair::Delete => {
            sql.push("DELETE FROM ").table(&link.table.name);
        }
    }
    sql.push(" WHERE ");
    is_one_of(&mut sql, column, form, keys);
    sql.finish()
}

fn is_one_of(sql: &mut SqlWriter, column: &str, form: KeyForm, keys: usize) {
    let (dialect, value) = (sql.dialect(), form.value(sql.dialect()));
    sql.identifier(column).push(" IN (");
    match dialect {
        Dialect::Sqlite => {
            sql.push("SELECT ");
            around(sql, value, |sql| {
                sql.push("value");
            });
            sql.push(" FROM json_each(").placeholder().push(")");
        }
        Dialect::Postgres => {
            sql.push("SELECT ");
            around(sql, value, |sql| {
                sql.push("listed.value");
            });
            sql.push(" FROM unnest(CAST(").placeholder();
            sql.push(" AS TEXT[])) AS listed (value)");
        }
        Dialect::Mysql => {
            sql.list(0..keys, ", ", |sql, _| {
                around(sql, value, |sql| {
                    sql.placeholder();
                });
            });
        }
    }
    sql.push(")");
}

fn around(sql: &mut SqlWriter, (before, after): (&str, &str), write: impl FnOnce(&mut SqlWriter)) {
    sql.push(before);
    write(sql);
    sql.push(after);
}

/// A parameter of a statement with keys: one of them, all as JSON, or all as an array.
pub(super) enum Param {
    Text(String),
    Array(Vec<String>),
}

/// Keys as the parameters that [`is_one_of`] expects.
pub(super) fn params(dialect: Dialect, keys: &[&str]) -> Vec<Param> {
    let owned = || keys.iter().map(|key| (*key).to_owned());
    match dialect {
        Dialect::Sqlite => vec![Param::Text(serde_json::json!(keys).to_string())],
        Dialect::Postgres => vec![Param::Array(owned().collect())],
        Dialect::Mysql => owned().map(Param::Text).collect(),
    }
}

impl ToColumn for Param {
    fn write(&self, params: &mut bindery::types::ParamWriter<'_>) {
        match self {
            Self::Text(text) => params.push(text),
            Self::Array(texts) => params.push(texts),
        }
    }
}
