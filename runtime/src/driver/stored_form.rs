//! The form in which bindery stores values where the database would take others, too: SQLite keeps a value as it was written.

use bindery_core::dialect::{Dialect, ValueKind};

const DATE: &str = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]";
const CLOCK: &str = "[0-9][0-9]:[0-9][0-9]:[0-9][0-9]";
const MICROS: &str = ".[0-9][0-9][0-9][0-9][0-9][0-9]";

/// The condition of a column's values being stored as bindery stores them; `None` where that is the database's matter, or values of the
/// kind have no order.
pub(crate) fn own_form(dialect: Dialect, column: &str, kind: ValueKind) -> Option<String> {
    match dialect {
        Dialect::Sqlite => own_form_in_sqlite(column, kind),
        Dialect::Postgres | Dialect::Mysql => None,
    }
}

fn own_form_in_sqlite(column: &str, kind: ValueKind) -> Option<String> {
    let is = |class: &str| format!("typeof({column}) = '{class}'");
    // A fraction of zero is not written.
    let is_timed = |whole: &str| {
        let text = is("text");
        format!(
            "{text} AND ({column} GLOB '{whole}' OR ({column} GLOB '{whole}{MICROS}' AND {column} NOT GLOB '*.000000'))"
        )
    };
    match kind {
        ValueKind::Integer | ValueKind::Unsigned | ValueKind::Boolean => Some(is("integer")),
        ValueKind::Text => Some(is("text")),
        ValueKind::Bytes => Some(is("blob")),
        ValueKind::Date => Some(format!("{} AND {column} GLOB '{DATE}'", is("text"))),
        ValueKind::Time => Some(is_timed(CLOCK)),
        ValueKind::DateTime | ValueKind::Timestamp => Some(is_timed(&format!("{DATE} {CLOCK}"))),
        ValueKind::Uuid => Some(format!(
            "{} AND length({column}) = 36 AND {column} NOT GLOB '*[^0-9a-f-]*'",
            is("text")
        )),
        ValueKind::Float | ValueKind::Decimal | ValueKind::Json | ValueKind::Other => None,
    }
}
