//! Two tables side by side in the order of their keys, each read on a thread of its own, a page ahead.

use std::cmp::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Scope, ScopedJoinHandle};

use bindery::data::{
    DataColumn, DataKey, DataRow, DataTable, SideBySide, Snapshot, Unordered, ValueType,
};

use super::found::{DifferenceKind, Held, TableDifferences};
use super::pairs::Pair;
use super::stream::{explained, joined};
use crate::failure::Failure;

/// Rows of a page, and bytes after which no more rows are taken into one.
const ROWS: usize = 1_000;
const BYTES: usize = 256 * 1024;

/// Rows with their keys.
type Page = Vec<(DataKey, DataRow)>;

/// The rows of one table.
struct Rows<'s> {
    pages: Receiver<Page>,
    reader: ScopedJoinHandle<'s, bindery::Result<()>>,
    page: std::vec::IntoIter<(DataKey, DataRow)>,
}

impl<'s> Rows<'s> {
    /// Reads them, with their keys in the types of the table `like`.
    fn read<'e>(
        scope: &'s Scope<'s, 'e>,
        snapshot: &'s mut Snapshot,
        table: &'s DataTable,
        like: &'s DataTable,
    ) -> Self {
        let (send, pages) = sync_channel(0);
        let reader = scope.spawn(move || send_rows(snapshot, table, like, &send));
        Self {
            pages,
            reader,
            page: Vec::new().into_iter(),
        }
    }

    /// The next row, which stays the next one.
    fn peek(&mut self) -> Option<&(DataKey, DataRow)> {
        if self.page.as_slice().is_empty() {
            // The reader sends none at the end.
            self.page = self.pages.recv().unwrap_or_default().into_iter();
        }
        self.page.as_slice().first()
    }

    /// Ends the reading, which may have failed.
    fn end(self) -> bindery::Result<()> {
        drop(self.pages);
        joined(self.reader)
    }
}

fn send_rows(
    snapshot: &mut Snapshot,
    table: &DataTable,
    like: &DataTable,
    pages: &SyncSender<Page>,
) -> bindery::Result<()> {
    let (mut page, mut size) = (Page::new(), 0);
    snapshot.each_row(table, &mut |row| {
        size += row.size();
        page.push((like.key_of(&row)?, row));
        if page.len() < ROWS && size < BYTES {
            return Ok(true);
        }
        size = 0;
        // The comparison has ended where nothing receives them.
        Ok(pages.send(std::mem::take(&mut page)).is_ok())
    })?;
    if !page.is_empty() {
        let _ = pages.send(page);
    }
    Ok(())
}

/// Compares the rows of a table on both engines.
pub(crate) fn compare_rows(
    (from, to): (&mut Snapshot, &mut Snapshot),
    pair: &Pair<'_>,
    held: Held,
) -> Result<TableDifferences, Failure> {
    ensure_comparable(pair)?;
    let (source, target) = (&pair.from.data, &pair.to.data);
    std::thread::scope(|scope| {
        let mut here = Rows::read(scope, from, source, source);
        let mut there = Rows::read(scope, to, target, source);
        let found = side_by_side((&mut here, &mut there), target, held);
        for ended in [here.end(), there.end()] {
            ended.map_err(|error| explained(&error, pair))?;
        }
        found.map_err(|found| unordered(pair, found))
    })
}

fn side_by_side(
    (here, there): (&mut Rows<'_>, &mut Rows<'_>),
    target: &DataTable,
    held: Held,
) -> Result<TableDifferences, Unordered> {
    let (mut found, mut keys) = (TableDifferences::new(held), SideBySide::default());
    loop {
        let (from, to) = (here.peek(), there.peek());
        let order = if from.is_some() && from == to {
            keys.pass_same();
            Some(Ordering::Equal)
        } else {
            keys.next(from.map(recorded), to.map(recorded))?
        };
        let Some(order) = order else {
            return Ok(found);
        };
        let kind = match (order, from, to) {
            (Ordering::Equal, Some((_, from)), Some((_, to))) if target.is_same(from, to) => None,
            (Ordering::Equal, ..) => Some(DifferenceKind::Different),
            (Ordering::Less, ..) => Some(DifferenceKind::Missing),
            (Ordering::Greater, ..) => Some(DifferenceKind::Surplus),
        };
        let from = (order != Ordering::Greater)
            .then(|| here.page.next())
            .flatten();
        let to = (order != Ordering::Less)
            .then(|| there.page.next())
            .flatten();
        match (kind, from.or(to)) {
            (Some(kind), Some((key, _))) => found.note(kind, key),
            _ => found.same += 1,
        }
    }
}

fn recorded((key, _): &(DataKey, DataRow)) -> &[u8] {
    key.recorded()
}

fn ensure_comparable(pair: &Pair<'_>) -> Result<(), Failure> {
    let (table, data) = (pair.name(), &pair.from.data);
    if data.key().is_empty() {
        return Err(Failure::new(format!(
            "table `{table}` has no primary key, so its rows cannot be compared one by one"
        )));
    }
    let is_odd = |column: &&DataColumn| {
        !matches!(
            column.value,
            ValueType::Boolean
                | ValueType::Integer
                | ValueType::Unsigned
                | ValueType::Text
                | ValueType::Bytes
                | ValueType::Date
                | ValueType::Time
                | ValueType::DateTime
                | ValueType::Timestamp
                | ValueType::Uuid
        )
    };
    let mut columns = data.key().iter().map(|&at| &data.columns()[at]);
    match columns.find(is_odd) {
        None => Ok(()),
        Some(column) => Err(Failure::new(format!(
            "table `{table}` cannot be compared: `{}` of its key is a {}, which databases have in no one order",
            column.name, column.value
        ))),
    }
}

fn unordered(pair: &Pair<'_>, found: Unordered) -> Failure {
    let table = pair.name();
    match found {
        Unordered::Source | Unordered::Target => Failure::new(format!(
            "table `{table}` cannot be compared: an engine has its keys in another order than that of their values"
        ))
        .help("give text columns of its key a binary collation, and store keys in SQLite in one form, as bindery does"),
        Unordered::Kinds => Failure::new(format!(
            "table `{table}` cannot be compared: a value of its key is none of its column's type"
        )),
    }
}
