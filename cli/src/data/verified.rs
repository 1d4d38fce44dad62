//! The outcome of comparing a table of two engines, as `verify` and `mirror` print it.

use serde::Serialize;

use super::found::TableDifferences;
use super::pairs::Pair;
use super::repair::Repaired;
use crate::failure::Failure;
use crate::options::Format;
use crate::output::{Output, Paint, Stream};
use crate::report::document;
use crate::text::rows;

/// Keys that are shown of each table.
const SHOWN: usize = 100;

/// The result for one table; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
pub(crate) struct TableVerified {
    table: String,
    from: String,
    to: String,
    equal: bool,
    same: u64,
    missing: u64,
    different: u64,
    surplus: u64,
    differences: Vec<DifferingRow>,
    /// Rows that a repair wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    repaired: Option<Repaired>,
    /// Rows that still differ after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<u64>,
}

#[derive(Debug, Serialize)]
struct DifferingRow {
    kind: &'static str,
    key: String,
}

impl TableVerified {
    pub(crate) fn new(pair: &Pair<'_>, (from, to): (&str, &str), found: &TableDifferences) -> Self {
        let rows = found.keys.iter().take(SHOWN);
        Self {
            table: pair.name().to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            equal: found.is_equal(),
            same: found.same,
            missing: found.missing,
            different: found.different,
            surplus: found.surplus,
            differences: rows
                .map(|row| DifferingRow {
                    kind: row.kind.name(),
                    key: row.key.json(),
                })
                .collect(),
            repaired: None,
            left: None,
        }
    }

    pub(crate) fn is_equal(&self) -> bool {
        self.equal
    }

    /// Records a repair: the rows that it wrote, and the number of those that still differ.
    pub(crate) fn repaired(&mut self, written: Repaired, left: u64) {
        self.repaired = Some(written);
        self.left = Some(left);
    }

    /// Whether no row differs after a repair.
    pub(crate) fn is_settled(&self) -> bool {
        self.left.unwrap_or(0) == 0
    }

    pub(crate) fn lines(&self, stream: Stream) -> String {
        let mut text = self.compared(stream);
        if let Some(repaired) = self.repaired {
            let (table, to) = (&self.table, &self.to);
            let word = stream.paint(Paint::Good, "repaired ");
            let Repaired {
                inserted,
                updated,
                deleted,
            } = repaired;
            text += &format!(
                "{word}  {table} on {to}: {inserted} inserted, {updated} updated, {deleted} deleted\n"
            );
        }
        if let Some(left) = self.left.filter(|left| *left > 0) {
            let (table, to) = (&self.table, &self.to);
            let word = stream.paint(Paint::Bad, "left     ");
            text += &format!("{word}  {table} on {to}: {} still differ\n", rows(left));
        }
        text
    }

    fn compared(&self, stream: Stream) -> String {
        let Self {
            table, from, to, ..
        } = self;
        if self.equal {
            let word = stream.paint(Paint::Good, "equal    ");
            let number = rows(self.same);
            return format!("{word}  {table} on {from} and {to}: {number}\n");
        }
        let word = stream.paint(Paint::Bad, "differs  ");
        let mut text = format!(
            "{word}  {table} on {to}: {} missing, {} different, {} surplus; {} as on {from}\n",
            self.missing,
            self.different,
            self.surplus,
            rows(self.same)
        );
        for row in &self.differences {
            text += &format!("           {table}: {} with key {}\n", row.kind, row.key);
        }
        let shown = self.differences.len() as u64;
        let all = self.missing + self.different + self.surplus;
        if all > shown {
            text += &format!("           {table}: and {} more\n", all - shown);
        }
        text
    }
}

/// Prints what was found, and fails where a row differs.
pub(crate) fn print(
    verified: &[TableVerified],
    format: Format,
    output: &Output,
) -> Result<(), Failure> {
    show(verified, format, output)?;
    if verified.iter().all(TableVerified::is_equal) {
        Ok(())
    } else {
        Err(Failure::Told)
    }
}

/// Prints what was found.
pub(crate) fn show(
    verified: &[TableVerified],
    format: Format,
    output: &Output,
) -> Result<(), Failure> {
    output.result(&match format {
        Format::Json => document(&verified),
        Format::Human | Format::Github => {
            let tables = verified.iter();
            tables.map(|table| table.lines(output.results())).collect()
        }
    })
}
