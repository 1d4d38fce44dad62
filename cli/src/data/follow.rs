//! A copy of a whole engine that is kept up by the changes that triggers record. The keys of changed rows are read, and the rows of
//! both engines made equal, as a repair does; then the position of the reader is saved.

use bindery::data::DataKey;
use bindery::error::SyncError;
use bindery::sync::{CaptureSql, CapturedTable, ChangePosition, ChangedKeys, KeyForm};
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
    batches: usize,
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
            let place = (self.reader.as_str(), table.capture.table);
            let found = engines.registry.mirrored(to, place);
            found.map_err(|error| failure(&error))
        })
    }

    /// Copies the changes that there are now, or about that number of batches of them. A row that is refused,
    /// as one that it refers to is not there yet or one that refers to it still is, waits for changes that are read later. Positions are
    /// saved when no row waits, so a process that is killed reads those changes again.
    pub(crate) fn catch_up(
        &self,
        repair: &Repair<'_>,
        pairs: &[Pair<'_>],
        most: usize,
    ) -> Result<CaughtUp, Failure> {
        let mut caught_up = CaughtUp::default();
        let mut positions = self.of_copy(repair.engines, repair.to)?;
        let mut waiting: Vec<Vec<RejectedRow>> = pairs.iter().map(|_| Vec::new()).collect();
        let (mut more, mut late) = (vec![false; pairs.len()], 0);
        loop {
            let behind = furthest_behind(&positions, &more);
            let read = self.each(|at, table| {
                // Rows of tables that are ahead would wait for those of the others.
                if let Some(position) = positions[at].filter(|_| more[at] && at != behind) {
                    return Ok(Some(ChangedKeys {
                        keys: Vec::new(),
                        is_truncated: false,
                        position,
                        has_more: true,
                    }));
                }
                let place = (self.reader.as_str(), positions[at], BATCH);
                let registry = &repair.engines.registry;
                let read = registry.changed_keys(repair.from, table, place);
                read.map_err(|error| self.short(&error, (repair.engines, repair.to), table))
            })?;
            let read = read.into_iter().map(|one| one.ok_or_else(lost));
            let read: Vec<ChangedKeys> = read.collect::<Result<_, Failure>>()?;
            caught_up.is_truncated = read.iter().any(|one| one.is_truncated);
            if caught_up.is_truncated {
                return Ok(caught_up);
            }
            let written = copy(repair, pairs, (&read, &mut waiting))?;
            caught_up.written.add(written);
            caught_up.batches += 1;
            more = read.iter().map(|one| one.has_more).collect();
            let has_more = more.contains(&true);
            let is_idle = read.iter().all(|one| one.keys.is_empty());
            positions = read.iter().map(|one| Some(one.position)).collect();
            let settled = settle(repair, pairs, &mut waiting)?.into_iter();
            settled.for_each(|one| caught_up.written.add(one));
            match waiting.iter().flatten().next() {
                None => {
                    let positions: Vec<_> = positions.iter().flatten().copied().collect();
                    self.save((repair.engines, repair.from, repair.to), &positions)?;
                }
                // The changes of a table are read after those of another: a row may refer to one that came between.
                Some(row) if !has_more && (is_idle || late == LATE) => return Err(refused(row)),
                Some(_) => {
                    late += usize::from(!has_more);
                    ensure_few(&waiting)?;
                    continue;
                }
            }
            late = 0;
            if !has_more || caught_up.batches >= most {
                return Ok(caught_up);
            }
        }
    }

    /// Saves positions in the copy and then in the source, which keeps the changes after its own.
    fn save(
        &self,
        (engines, from, to): (&Engines, Chosen, Chosen),
        positions: &[ChangePosition],
    ) -> Result<(), Failure> {
        let of_tables = self.each(|at, table| {
            let name = table.capture.table.to_owned();
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

    /// The failure of a read. Where changes were made that nothing has recorded, all rows have to be copied again, also when the triggers are
    /// back.
    fn short(
        &self,
        error: &Error,
        (engines, to): (&Engines, Chosen),
        table: &CapturedTable<'_>,
    ) -> Failure {
        if let ErrorKind::Sync(SyncError::NotRecorded { .. }) = error.kind() {
            let lost = [(table.capture.table.to_owned(), ChangePosition::LOST)];
            let saved = engines.registry.save_mirrored(to, &self.reader, &lost);
            if let Err(error) = saved {
                return failure(&error);
            }
        }
        failure(error)
    }

    fn each<T>(
        &self,
        mut work: impl FnMut(usize, &CapturedTable<'_>) -> Result<T, Failure>,
    ) -> Result<Vec<T>, Failure> {
        let tables = self.tables.iter().enumerate();
        tables
            .map(|(at, (capture, forms))| {
                let triggers: Vec<&str> = capture.triggers.iter().map(String::as_str).collect();
                work(
                    at,
                    &CapturedTable {
                        capture: CaptureSql {
                            dialect: self.dialect,
                            table: &capture.table,
                            triggers: &triggers,
                        },
                        key: forms,
                    },
                )
            })
            .collect()
    }
}

/// The table with more changes that is read up to the earliest of them.
fn furthest_behind(positions: &[Option<ChangePosition>], more: &[bool]) -> usize {
    let with_more = (0..positions.len()).filter(|&at| more[at]);
    let found = with_more.min_by_key(|&at| positions[at].map(ChangePosition::order));
    found.unwrap_or_default()
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
    for (at, pair) in pairs.iter().enumerate().rev() {
        written.add(repair.delete(pair, &differing(&read[at], DifferenceKind::Surplus))?);
        waiting[at].extend(repair.take_rejected());
    }
    for (at, pair) in pairs.iter().enumerate() {
        written.add(repair.write(pair, &differing(&read[at], DifferenceKind::Different))?);
        waiting[at].extend(repair.take_rejected());
    }
    Ok(written)
}

fn lost() -> Failure {
    let message = "the position is not known to the source: it was restored, is another database, or changes were not recorded";
    Failure::new(message).help("copy all rows again: `--replace`")
}

fn differing(read: &ChangedKeys, kind: DifferenceKind) -> Vec<Differing> {
    let keys = read.keys.iter().cloned().map(DataKey::of_recorded);
    keys.map(|key| Differing { kind, key }).collect()
}

fn not_captured(table: &str, engine: &str) -> Failure {
    let message = format!("nothing records the changes of `{table}` on engine `{engine}`");
    Failure::new(message).help("write `-- @capture` above the table, and make its triggers: `bindery migrate add capture`, or `bindery validate --fix`")
}
