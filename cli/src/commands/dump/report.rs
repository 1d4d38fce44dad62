//! The outcome of a dump, as lines or as JSON.

use serde::Serialize;

use crate::data::record::LinkedKeys;
use crate::failure::{Ended, Failure};
use crate::options::Format;
use crate::output::{Output, Paint, Stream};
use crate::report::document;
use crate::text::{count, rows};

/// The result for one engine; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
pub(super) struct EngineDump {
    pub(super) engine: String,
    /// The folder or file.
    pub(super) path: String,
    /// The columns whose values are replaced.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) redacted: Vec<String>,
    pub(super) tables: Vec<TableDump>,
    /// Rows of other engines that a record refers to; they are not dumped.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) links: Vec<LinkedKeys>,
    #[serde(flatten)]
    pub(super) ended: Ended,
}

#[derive(Debug, Serialize)]
pub(super) struct TableDump {
    pub(super) table: String,
    pub(super) rows: u64,
    pub(super) bytes: u64,
}

pub(super) fn print(
    outcomes: &[EngineDump],
    format: Format,
    output: &Output,
) -> Result<(), Failure> {
    output.result(&match format {
        Format::Json => document(&outcomes),
        Format::Human | Format::Github => {
            let lines = outcomes
                .iter()
                .map(|outcome| lines(outcome, output.results()));
            lines.collect()
        }
    })
}

fn lines(outcome: &EngineDump, stream: Stream) -> String {
    let word = stream.paint(Paint::Good, "dumped   ");
    let line = |table: &TableDump| {
        let rows = rows(table.rows);
        format!("{word}  {} on {}: {rows}\n", table.table, outcome.engine)
    };
    let mut text: String = outcome.tables.iter().map(line).collect();
    for link in &outcome.links {
        let word = stream.paint(Paint::Faint, "linked   ");
        let (keys, number) = (link.keys.join(", "), count(link.keys.len(), "key"));
        text += &format!(
            "{word}  {}.{} on {}: {number} of {} on {}, not dumped: {keys}\n",
            link.table, link.column, outcome.engine, link.to, link.engine
        );
    }
    if outcome.ended.error.is_none() {
        let tables = count(outcome.tables.len(), "table");
        text += &format!("{tables} of {} in `{}`\n", outcome.engine, outcome.path);
    }
    text
}
