//! A copy of a whole engine that is kept up by the changes that triggers record. The keys of changed rows are read, and the rows of
//! both engines made equal, as a repair does; then the position of the reader is saved.

use bindery::data::DataKey;
use bindery::error::SyncError;
use bindery::sync::{CaptureSql, ChangePosition, ChangedKeys, KeyForm, ReadChanges};
use bindery::{Error, ErrorKind};
use bindery_schema::dialect::Dialect;
use bindery_schema::model::CheckedModel;
use bindery_schema::plan::capture::{Capture, capture, key_form};

use super::found::{DifferenceKind, Differing};
use super::pairs::{Ends, Pair};
use super::repair::{RejectedRow, Repair, Repaired};
use super::settle::{ensure_few, refused, settle};
use crate::database::{Chosen, Engines, failure};
use crate::failure::Failure;
use crate::output::Output;

/// Changes of a table that are read at a time.
const BATCH: usize = 1_000;

/// How often changes are read again for rows that wait, when all that there were are read.
const LATE: usize = 20;

/// The outcome of changes that were read.
#[derive(Debug, Default)]
pub(crate) struct CaughtUp {
    pub(crate) written: Repaired,
    /// A table was emptied at once, which names no rows: nothing of that was copied.
    pub(crate) is_truncated: bool,
    /// There are more changes.
    pub(crate) is_behind: bool,
}

/// The tables of a mirror, with the triggers of each.
pub(crate) struct Follower {
    reader: String,
    /// The reader that keeps changes while all rows are copied: the other one is there only when they are.
    copying: String,
    dialect: Dialect,
    /// In the order of the pairs.
    tables: Vec<(Capture, Vec<KeyForm>)>,
}

impl Follower {
    /// Refuses tables whose changes nothing records.
    pub(crate) fn of(
        model: &CheckedModel,
        ends: Ends,
        pairs: &[Pair<'_>],
    ) -> Result<Self, Failure> {
        let (from, to) = (model.engine(ends.from), model.engine(ends.to));
        let tables = pairs.iter().map(|pair| {
            let table = pair.from.table;
            let found = capture(table, from.dialect);
            let found = found.ok_or_else(|| not_captured(pair.name(), &from.name))?;
            let key = table.primary_key.iter().flat_map(|key| &key.columns);
            let forms = key.filter_map(|id| key_form(table.column(*id)));
            Ok((found, forms.collect()))
        });
        Ok(Self {
            dialect: from.dialect,
            reader: format!("mirror {} to {}", from.name, to.name),
            copying: format!("mirror {} to {}, all rows", from.name, to.name),
            tables: tables.collect::<Result<_, Failure>>()?,
        })
    }

    /// Has its readers be of something else than a mirror.
    pub(crate) fn named(mut self, name: &str) -> Self {
        self.reader = name.to_owned();
        self.copying = format!("{name}, all rows");
        self
    }

    /// Forgets how far it is, so that the source keeps no changes for it.
    pub(crate) fn forget(&self, engines: &Engines, from: Chosen) -> Result<(), Failure> {
        for reader in [&self.reader, &self.copying] {
            let removed = engines.registry.remove_change_reader(from, reader);
            removed.map_err(|error| failure(&error))?;
        }
        Ok(())
    }

    /// Keeps the changes from now on, while `copy` copies all rows. Where that fails, or its process is killed, the mirror has not begun:
    /// it would go on from here without the rows before.
    pub(crate) fn begin(
        &self,
        (engines, from, to): (&Engines, Chosen, Chosen),
        copy: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let positions = self.each(|_, table| {
            let begun = engines.registry.begin_reader(from, table, &self.copying);
            begun.map_err(|error| failure(&error))
        })?;
        let copied = copy();
        let begun = match &copied {
            Ok(()) => self.save((engines, from, to), &positions),
            Err(_) => Ok(()),
        };
        let removed = engines.registry.remove_change_reader(from, &self.copying);
        copied?;
        begun?;
        removed.map(drop).map_err(|error| failure(&error))
    }

    /// Whether the copy has a position for every table. One that the source does not know is a position, too.
    pub(crate) fn has_begun(&self, engines: &Engines, to: Chosen) -> Result<bool, Failure> {
        let of_copy = self.of_copy(engines, to)?;
        Ok(of_copy.iter().all(Option::is_some))
    }

    /// The positions that the copy has. Those of the source alone would be those of its backup, where it was restored, or those of a copy whose
    /// tables were dropped since.
    fn of_copy(
        &self,
        engines: &Engines,
        to: Chosen,
    ) -> Result<Vec<Option<ChangePosition>>, Failure> {
        self.each(|_, table| {
            let place = (self.reader.as_str(), table.table);
            let found = engines.registry.mirrored(to, place);
            found.map_err(|error| failure(&error))
        })
    }

    /// Copies the changes that were there when it began; programs may write faster than it copies. A row that is refused,
    /// as one that it refers to is not there yet or one that refers to it still is, waits for changes that are read later. Positions are
    /// saved when no row waits, so a process that is killed reads those changes again.
    pub(crate) fn catch_up(
        &self,
        repair: &Repair<'_>,
        pairs: &[Pair<'_>],
    ) -> Result<CaughtUp, Failure> {
        let (mut caught_up, mut end, mut late) = (CaughtUp::default(), None, 0);
        let mut positions = self.of_copy(repair.engines, repair.to)?;
        let mut waiting: Vec<Vec<RejectedRow>> = pairs.iter().map(|_| Vec::new()).collect();
        loop {
            let read = self.read(repair, &positions)?;
            caught_up.is_truncated = read.iter().any(|one| one.is_truncated);
            if caught_up.is_truncated {
                return Ok(caught_up);
            }
            let written = copy(repair, pairs, (&read, &mut waiting))?;
            caught_up.written.add(written);
            caught_up.is_behind = read.iter().any(|one| one.has_more);
            let is_idle = read.iter().all(|one| one.keys.is_empty());
            positions = read.iter().map(|one| Some(one.position)).collect();
            let settled = settle(repair, pairs, &mut waiting)?.into_iter();
            settled.for_each(|one| caught_up.written.add(one));
            match waiting.iter().flatten().next() {
                None => {
                    let positions: Vec<_> = positions.iter().flatten().copied().collect();
                    self.save((repair.engines, repair.from, repair.to), &positions)?;
                }
                // A row is copied as it is by now: it may refer to one that came since.
                Some(row) if !caught_up.is_behind && (is_idle || late == LATE) => {
                    return Err(refused(row));
                }
                Some(_) => {
                    late += usize::from(!caught_up.is_behind);
                    ensure_few(&waiting)?;
                    continue;
                }
            }
            late = 0;
            if !caught_up.is_behind {
                return Ok(caught_up);
            }
            if end.is_none() {
                end = Some(self.last_changes(repair.engines, repair.from)?);
            }
            if end.as_deref().is_some_and(|end| are_at(&positions, end)) {
                return Ok(caught_up);
            }
        }
    }

    /// About how many changes are not copied yet, of all rows of the tables.
    pub(crate) fn left(&self, repair: &Repair<'_>) -> Result<u64, Failure> {
        let positions = self.of_copy(repair.engines, repair.to)?;
        let last = self.last_changes(repair.engines, repair.from)?;
        // One sequence numbers the changes of all tables, and a table without changes stays where it is.
        let number = |position: &ChangePosition| position.order().1;
        let pairs = positions.iter().zip(&last);
        let left = pairs.filter_map(|(at, last)| Some(number(last) - number(at.as_ref()?)));
        Ok(left
            .max()
            .and_then(|left| u64::try_from(left).ok())
            .unwrap_or(0))
    }

    /// The next changes of all tables, up to one place in the order of all: those of a table that is further wait, as their rows would for rows
    /// of the others.
    fn read(
        &self,
        repair: &Repair<'_>,
        positions: &[Option<ChangePosition>],
    ) -> Result<Vec<ChangedKeys>, Failure> {
        let registry = &repair.engines.registry;
        let ordered = registry.order_changes(repair.from);
        ordered.map_err(|error| failure(&error))?;
        let read = self.each(|at, table| {
            let place = (self.reader.as_str(), positions[at], BATCH);
            let read = registry.read_changes(repair.from, table, place);
            let read =
                read.map_err(|error| self.short(&error, (repair.engines, repair.to), table))?;
            read.ok_or_else(lost)
        })?;
        let end = read.iter().filter_map(ReadChanges::end).min();
        let keys = read.into_iter().zip(&self.tables);
        keys.map(|(read, (_, forms))| read.up_to(end, forms).map_err(|error| failure(&error)))
            .collect()
    }

    /// Saves positions in the copy and then in the source, which keeps the changes after its own.
    fn save(
        &self,
        (engines, from, to): (&Engines, Chosen, Chosen),
        positions: &[ChangePosition],
    ) -> Result<(), Failure> {
        let of_tables = self.each(|at, table| {
            let name = table.table.to_owned();
            Ok((name, positions[at]))
        })?;
        let saved = engines.registry.save_mirrored(to, &self.reader, &of_tables);
        saved.map_err(|error| failure(&error))?;
        let saved = self.each(|at, table| {
            let place = (self.reader.as_str(), &positions[at]);
            let saved = engines.registry.save_reader(from, table, place);
            saved.map_err(|error| failure(&error))
        });
        saved.map(drop)
    }

    /// The position after all changes of each table that are there.
    fn last_changes(
        &self,
        engines: &Engines,
        from: Chosen,
    ) -> Result<Vec<ChangePosition>, Failure> {
        self.each(|_, table| {
            let last = engines.registry.last_change(from, table);
            last.map_err(|error| failure(&error))
        })
    }

    /// The failure of a read. Where changes were made that nothing has recorded, all rows have to be copied again, also when the triggers are
    /// back.
    fn short(
        &self,
        error: &Error,
        (engines, to): (&Engines, Chosen),
        table: &CaptureSql<'_>,
    ) -> Failure {
        if let ErrorKind::Sync(SyncError::NotRecorded { .. }) = error.kind() {
            let lost = [(table.table.to_owned(), ChangePosition::LOST)];
            let saved = engines.registry.save_mirrored(to, &self.reader, &lost);
            if let Err(error) = saved {
                return failure(&error);
            }
        }
        failure(error)
    }

    fn each<T>(
        &self,
        mut work: impl FnMut(usize, &CaptureSql<'_>) -> Result<T, Failure>,
    ) -> Result<Vec<T>, Failure> {
        let tables = self.tables.iter().enumerate();
        tables
            .map(|(at, (capture, _))| {
                let triggers: Vec<&str> = capture.triggers.iter().map(String::as_str).collect();
                let table = CaptureSql {
                    dialect: self.dialect,
                    table: &capture.table,
                    triggers: &triggers,
                };
                work(at, &table)
            })
            .collect()
    }
}

/// Whether each table is read as far as that.
fn are_at(positions: &[Option<ChangePosition>], end: &[ChangePosition]) -> bool {
    let order = |position: &Option<ChangePosition>| position.map(ChangePosition::order);
    let mut pairs = positions.iter().zip(end);
    pairs.all(|(position, end)| order(position) >= Some(end.order()))
}

/// Removes what the triggers of a copy have recorded, where the copy is captured itself and nothing reads it. The rows are stored already, so
/// a failure is a warning only: whoever writes rows next removes these changes, too.
pub(crate) fn forget_unread(
    (engines, to): (&Engines, Chosen),
    pairs: &[Pair<'_>],
    output: &Output,
) {
    let captured = pairs.iter().map(|pair| pair.to.table);
    for table in captured.filter(|table| table.capture.is_some()) {
        let name = table.name.to_string();
        if let Err(error) = engines.registry.forget_unread_changes(to, &name) {
            output.message(&format!(
                "warning: changes of `{name}` that nothing reads are not removed: {}\n",
                failure(&error).message()
            ));
        }
    }
}

/// Makes the rows of these keys as they are on the source. Rows that refer to others go first, and come last.
fn copy(
    repair: &Repair<'_>,
    pairs: &[Pair<'_>],
    (read, waiting): (&[ChangedKeys], &mut [Vec<RejectedRow>]),
) -> Result<Repaired, Failure> {
    let mut written = Repaired::default();
    let differing: Vec<Vec<Differing>> = read.iter().map(differing).collect();
    for (at, pair) in pairs.iter().enumerate().rev() {
        written.add(repair.delete(pair, &differing[at])?);
        waiting[at].extend(repair.take_rejected());
    }
    for (at, pair) in pairs.iter().enumerate() {
        written.add(repair.write(pair, &differing[at])?);
        waiting[at].extend(repair.take_rejected());
    }
    Ok(written)
}

fn lost() -> Failure {
    let message = "the position is not known to the source: it was restored, is another database, or changes were not recorded";
    Failure::new(message).help("copy all rows again: `--replace`")
}

/// A row that was deleted later than that is not, until that is read: those that referred to it are not deleted before.
fn differing(read: &ChangedKeys) -> Vec<Differing> {
    let keys = read.keys.iter().map(|(key, is_deleted)| Differing {
        kind: match is_deleted {
            true => DifferenceKind::Surplus,
            false => DifferenceKind::Different,
        },
        key: DataKey::of_recorded(key.clone()),
    });
    keys.collect()
}

fn not_captured(table: &str, engine: &str) -> Failure {
    let message = format!("nothing records the changes of `{table}` on engine `{engine}`");
    Failure::new(message).help("write `-- @capture` above the table, and make its triggers: `bindery migrate add capture`, or `bindery validate --fix`")
}
