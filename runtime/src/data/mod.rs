//! Rows of whole tables as text, out of a database and into one: what `bindery dump` and `bindery load` are made of. Files,
//! archives and progress are the caller's matter; here are the values, the two formats, and the transactions.

mod check;
mod csv;
mod delete;
pub(crate) mod error;
mod find;
mod fixtures;
mod form;
mod give;
mod give_up;
mod guards;
mod json_lines;
mod line;
mod loading;
mod long;
mod long_record;
mod names;
mod own;
mod parts;
mod push;
mod reader;
mod record;
mod redact;
mod references;
mod referred;
mod row_number;
mod rows;
mod same;
mod snapshot;
mod spilled;
mod store;
mod table;
mod take;

pub use self::find::{DataKey, DataRow};
pub use self::fixtures::{CheckedFixtures, CheckedTable, Fixtures, LoadedFixtures};
pub use self::loading::{LoadMode, Loaded, Loading, Reject, Rejected};
pub use self::reader::RowsSource;
pub use self::redact::{Redaction, ValueHash};
pub use self::referred::Referred;
pub use self::snapshot::Snapshot;
pub use self::table::{DataColumn, DataTable, ValueType};

#[doc(hidden)]
pub use crate::copying::{
    Circle, Failed, SideBySide, Unordered, WAITS, Waiting, Written, in_halves, second_half,
};

/// The form of rows in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DataFormat {
    /// A line of names, then a line for each row, as PostgreSQL's `COPY … CSV` has them: NULL is nothing, an empty text `""`.
    Csv,
    /// An object in each line.
    JsonLines,
}

impl DataFormat {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Csv, Self::JsonLines];

    /// The end of a file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    /// The format that files with this end of their name have.
    pub fn from_extension(extension: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|format| format.extension() == extension)
    }
}

/// Seconds since 1970 as a time in UTC: `2026-11-20T13:45:00Z`.
pub fn utc_text(seconds: u64) -> String {
    let mut text = String::new();
    let micros = i64::try_from(seconds)
        .unwrap_or(0)
        .saturating_mul(1_000_000);
    crate::value::calendar_text::write_datetime(micros, &mut text);
    text.replace(' ', "T") + "Z"
}

/// A row in text form is no longer than this unless the caller says otherwise: 256 MiB.
pub const LONGEST_ROW: usize = 256 << 20;

/// A value of more bytes is read, written and stored part by part where that is possible.
const LONG_VALUE: usize = 16 << 20;

/// A record of more bytes is read part by part.
const LONG_RECORD: usize = 8 << 20;
