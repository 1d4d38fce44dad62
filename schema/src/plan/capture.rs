//! Triggers of a table that record what is changed, whoever changes it, and the tables of bindery that they write to.
//!
//! The name of each trigger holds a number made of its body, so a database has the right one where it has the name, and a
//! table whose key changes gets others. Which change a reader has seen is the matter of the runtime.

mod mysql;
mod postgres;
mod sqlite;

use crate::column_type::TypeClass;
use crate::dialect::Dialect;
use crate::fingerprint::Fingerprint;
use crate::lists::IntoVec as _;
use crate::model::{Column, Table, TableName};
use crate::sql_writer::SqlWriter;

pub use bindery_core::capture::KeyForm;

/// The names of all triggers and functions that record changes begin so.
pub const PREFIX: &str = "_bindery_capture_";

/// The columns that a trigger writes.
const INSERT: &str =
    "INSERT INTO _bindery_changes (table_name, operation, row_key, old_key, made_ms)";

/// The triggers of one table on an engine.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Capture {
    /// The name that recorded changes have of the table.
    pub table: String,
    /// The names of the triggers, in the order of `create`.
    pub triggers: Vec<String>,
    /// Makes the tables that the triggers write to, and the triggers.
    pub create: Vec<String>,
    /// Removes what does not go with the table.
    pub drop: Vec<String>,
}

/// The form of a key's column; `None` where a trigger cannot write its values down so that they are read again as they are.
pub fn key_form(column: &Column) -> Option<KeyForm> {
    match column.column_type.class() {
        TypeClass::Boolean => Some(KeyForm::Boolean),
        TypeClass::Integer(integer) if integer.bits == 64 && !integer.signed => {
            Some(KeyForm::Unsigned)
        }
        TypeClass::Integer(_) => Some(KeyForm::Integer),
        TypeClass::Text => Some(KeyForm::Text),
        TypeClass::Bytes => Some(KeyForm::Bytes),
        TypeClass::Uuid => Some(KeyForm::Uuid),
        TypeClass::Float { .. }
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

/// The triggers of a table in a dialect; `None` where its changes are not recorded.
pub fn capture(table: &Table, dialect: Dialect) -> Option<Capture> {
    table.capture?;
    let key = table.primary_key.as_ref()?;
    let columns = key.columns.iter().map(|id| table.column(*id));
    let writer = Writer {
        table,
        dialect,
        form: Form::of(dialect),
        key: columns.into_vec(),
    };
    Some(writer.write())
}

/// The name of a trigger or function with this body.
pub fn named(event: &str, body: &str) -> String {
    let number = Fingerprint::of_words([event, body]).number();
    format!("{PREFIX}{event}_{number:016x}")
}

/// Returns whether it is a name that bindery gives to triggers and functions that record changes.
pub fn is_ours(name: &str) -> bool {
    name.starts_with(PREFIX)
}

/// Whether it is a table that triggers write to, or one that goes with it.
pub(crate) fn is_own_table(name: &str) -> bool {
    matches!(
        name,
        "_bindery_changes" | "_bindery_change_rounds" | "_bindery_change_readers"
    )
}

/// Makes the tables that triggers write to, where there are none.
pub fn tables(dialect: Dialect) -> Vec<String> {
    let Form {
        id, name, key, end, ..
    } = Form::of(dialect);
    vec![
        format!(
            "CREATE TABLE IF NOT EXISTS _bindery_changes (id {id}, table_name {name} NOT NULL, operation CHAR(1) NOT NULL, \
             row_key {key} NOT NULL, old_key {key}, made_ms BIGINT NOT NULL, round BIGINT, mark BIGINT, UNIQUE (round, id), \
             UNIQUE (table_name, round, id)){end}"
        ),
        format!(
            "CREATE TABLE IF NOT EXISTS _bindery_change_rounds (id INTEGER NOT NULL PRIMARY KEY, round BIGINT NOT NULL, \
             mark BIGINT NOT NULL){end}"
        ),
        format!(
            "CREATE TABLE IF NOT EXISTS _bindery_change_readers (reader {name} NOT NULL, table_name {name} NOT NULL, \
             round BIGINT NOT NULL, id BIGINT NOT NULL, mark BIGINT NOT NULL, saved_ms BIGINT NOT NULL, \
             PRIMARY KEY (reader, table_name)){end}"
        ),
    ]
}

/// How a dialect writes these tables and triggers.
struct Form {
    /// The types of a number that is counted, of a name, and of the text of a key.
    id: &'static str,
    name: &'static str,
    key: &'static str,
    /// After a table.
    end: &'static str,
    /// The current time in milliseconds.
    now: &'static str,
    /// Returns the text of one value of a key.
    part: fn(&str, Option<KeyForm>) -> String,
    /// Returns the text of all of them.
    joined: fn(&[String]) -> String,
    /// Adds the triggers of a table.
    triggers: fn(&Writer<'_>, &mut Capture),
}

impl Form {
    fn of(dialect: Dialect) -> &'static Self {
        match dialect {
            Dialect::Sqlite => &sqlite::FORM,
            Dialect::Postgres => &postgres::FORM,
            Dialect::Mysql => &mysql::FORM,
        }
    }
}

struct Writer<'m> {
    table: &'m Table,
    dialect: Dialect,
    form: &'static Form,
    key: Vec<&'m Column>,
}

impl Writer<'_> {
    fn write(&self) -> Capture {
        let mut capture = Capture {
            table: self.table.name.to_string(),
            triggers: Vec::new(),
            create: tables(self.dialect),
            drop: Vec::new(),
        };
        (self.form.triggers)(self, &mut capture);
        capture
    }

    /// Writes down the change of a row.
    fn insert(&self, operation: char, row: &str) -> String {
        let key = self.key_of(row);
        let old = match operation {
            'U' => {
                let old = self.key_of("OLD");
                format!("CASE WHEN {old} <> {key} THEN {old} END")
            }
            _ => "NULL".to_owned(),
        };
        format!(
            "{INSERT} VALUES ({}, '{operation}', {key}, {old}, {})",
            self.name(),
            self.form.now
        )
    }

    fn name(&self) -> String {
        let mut sql = SqlWriter::new(self.dialect);
        sql.text_literal(&self.table.name.to_string());
        sql.finish()
    }

    /// The values of a row's key as text: a letter for the form and the value of each, joined by commas.
    fn key_of(&self, row: &str) -> String {
        let part = |column: &&Column| {
            let value = format!("{row}.{}", identifier(&column.name, self.dialect));
            (self.form.part)(&value, key_form(column))
        };
        let parts: Vec<String> = self.key.iter().map(part).into_vec();
        (self.form.joined)(&parts)
    }
}

/// The event in names, the words for it, what is recorded, and the row whose key that is.
const EVENTS: [(&str, &str, char, &str); 3] = [
    ("i", "AFTER INSERT", 'I', "NEW"),
    ("u", "AFTER UPDATE", 'U', "NEW"),
    ("d", "AFTER DELETE", 'D', "OLD"),
];

fn identifier(name: &str, dialect: Dialect) -> String {
    let mut sql = SqlWriter::new(dialect);
    sql.identifier(name);
    sql.finish()
}

pub(super) fn quoted(name: &TableName, dialect: Dialect) -> String {
    let mut sql = SqlWriter::new(dialect);
    sql.table(name);
    sql.finish()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::column_type::ColumnType;
    use crate::testing::{NOWHERE, column, key, table};

    /// The longest name of a trigger on PostgreSQL, in bytes.
    const LONGEST: usize = 63;
    /// Pieces of names: quotes of each database, a keyword, a blank, more than a byte, a long one.
    const PIECES: [&str; 10] = [
        "a",
        "\"",
        "`",
        "'",
        "select",
        " ",
        "ß",
        "🦀",
        "_",
        "abcdefghijklm",
    ];

    fn name(number: usize) -> String {
        let digits = [1, 10, 100, 1_000].map(|power| PIECES[number / power % 10]);
        digits.concat()
    }

    /// Covers CDC-7: ten thousand names, and each with another key.
    #[test]
    fn cdc_07_every_table_has_triggers_of_its_own() {
        for dialect in Dialect::ALL {
            let mut seen = BTreeSet::new();
            for number in 0..10_000 {
                let columns = vec![
                    column(&name(number), ColumnType::I64),
                    column("other", ColumnType::I64),
                ];
                let mut captured = table(&name(number), dialect, columns);
                captured.capture = Some(NOWHERE);
                for at in [0, 1] {
                    captured.primary_key = key(&[at]);
                    let capture = capture(&captured, dialect).expect("it is captured");
                    for trigger in capture.triggers {
                        assert!(trigger.len() <= LONGEST, "{trigger}");
                        assert!(seen.insert(trigger), "{dialect:?} {:?}", captured.name);
                    }
                }
            }
        }
    }
}
