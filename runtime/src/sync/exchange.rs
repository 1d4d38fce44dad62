//! The end of a run: rows that were put off, as other rows of the target had their unique values. Rows that wait for each other are
//! written in one transaction, in which they give up their values first; rows that wait for others are written after those. A row
//! that cannot be written is rejected with those that wait for it, and no other.

use std::collections::{HashMap, HashSet};

use super::SyncRow;
use super::apply::{Batch, GivenUp, Mapped, Next};
use super::compare::key_of_new;
use super::report::SyncCounts;
use super::run::{Run, rows_of, rows_sql};
use super::taken::Owner;
use super::wanted::Wanted;
use crate::copying::{Circle, Failed, WAITS, Waiting, Written};
use crate::error::{Error, Result};
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::repository::recorded_key;
use crate::value::hexadecimal;

const GONE: &str = "it was deleted while other rows took over its unique values";

/// The rows that were put off. Their values are not in memory.
#[derive(Default)]
struct PutOff {
    /// The recorded keys of the source.
    keys: Vec<Vec<u8>>,
    owners: Vec<Vec<Owner>>,
    /// Rows by the recorded keys that they have on the target.
    on_target: HashMap<Vec<u8>, usize>,
    /// Those that the source does not have any more.
    gone: Vec<Vec<u8>>,
}

/// The rows of some circles as they are now.
struct Group<T: SyncRow> {
    batch: Batch<T>,
    /// The row of each place of the batch.
    rows: Vec<usize>,
}

impl<S: SyncRow, T: SyncRow> Run<'_, S, T> {
    /// Writes the rows that were put off.
    pub(super) fn exchange(&mut self, source: &mut Connection<S::Engine>) -> Result<()> {
        let keys = std::mem::take(&mut self.put_off);
        if keys.is_empty() {
            return Ok(());
        }
        let (mut rows, mut waiting) = self.waiting(source, &keys)?;
        waiting.write(self.job.batch_size, |waiting, circles| {
            self.write_circles(source, &rows, (waiting, circles))
        })?;
        self.forget_gone(std::mem::take(&mut rows.gone), source)?;
        self.reject_failed(rows.keys, waiting, source)
    }

    /// Finds out which rows wait for which. A row that is not among them keeps what it has, so who waits for it cannot be written.
    fn waiting(
        &mut self,
        source: &mut Connection<S::Engine>,
        keys: &[Vec<u8>],
    ) -> Result<(PutOff, Waiting)> {
        let (sql, dialect) = (rows_sql::<T>()?, T::Engine::default().dialect());
        let (mut rows, mut rejected) = (PutOff::default(), Vec::new());
        for keys in keys.chunks(self.job.batch_size) {
            let mut gone: HashSet<Vec<u8>> = keys.iter().cloned().collect();
            for row in &rows_of::<S>(source).of_recorded_keys(keys)? {
                let key = recorded_key::<S::Model, S::Engine>(row)?;
                gone.remove(&key);
                let mut owners = Vec::new();
                match (self.job.mapping)(row) {
                    Ok(new) => {
                        let own = key_of_new(sql, &new, dialect)?;
                        rows.on_target.insert(own, rows.keys.len());
                        owners = self.owners(&new)?;
                    }
                    Err(reject) => {
                        rejected.push((rows.keys.len(), failed(reject.reason(), None)));
                    }
                }
                rows.keys.push(key);
                rows.owners.push(owners);
            }
            rows.gone.extend(gone);
        }
        let places =
            |owners: &Vec<Owner>| owners.iter().filter_map(|one| rows.place(one)).collect();
        let mut waiting = Waiting::new(&rows.owners.iter().map(places).collect::<Vec<_>>());
        for (at, owners) in rows.owners.iter().enumerate() {
            if owners.iter().any(|owner| rows.place(owner).is_none()) {
                waiting.fail(at, failed(WAITS, None));
            }
        }
        for (at, rejected) in rejected {
            waiting.fail(at, rejected);
        }
        Ok((rows, waiting))
    }

    /// Writes some circles in one transaction.
    fn write_circles(
        &mut self,
        source: &mut Connection<S::Engine>,
        put_off: &PutOff,
        (waiting, circles): (&mut Waiting, &[Circle]),
    ) -> Result<Written> {
        let group = self.read_circles(source, put_off, (&mut *waiting, circles))?;
        let Some(Group { batch, rows }) = group else {
            return Ok(Written::Others);
        };
        let mut counts = SyncCounts::default();
        if let Err(error) = self.store(&batch, &mut counts) {
            match self.next(&error, &batch)? {
                Next::Without(at) => {
                    waiting.fail(rows[at], failed(&error.reason(), Some(error)));
                    return Ok(Written::Others);
                }
                Next::Halves if circles.len() > 1 => return Ok(Written::Halves),
                Next::Halves | Next::Fails => return Err(error),
                Next::Stored => {}
            }
        }
        for row in &batch.rows {
            self.rejected.remove(&row.key);
        }
        self.stored(&batch, counts, source)?;
        Ok(Written::All)
    }

    /// Reads the rows of some circles; `None` where one of them is gone or cannot be mapped any more.
    fn read_circles(
        &mut self,
        source: &mut Connection<S::Engine>,
        put_off: &PutOff,
        (waiting, circles): (&mut Waiting, &[Circle]),
    ) -> Result<Option<Group<T>>> {
        let wanted: Vec<usize> = circles.concat();
        let keys: Vec<Vec<u8>> = wanted.iter().map(|&at| put_off.keys[at].clone()).collect();
        let mut found: HashMap<Vec<u8>, Wanted<T>> = HashMap::new();
        let mut rejected: HashMap<Vec<u8>, String> = HashMap::new();
        for row in rows_of::<S>(source).of_recorded_keys(&keys)? {
            let key = recorded_key::<S::Model, S::Engine>(&row)?;
            match (self.job.mapping)(&row) {
                Ok(new) => drop(found.insert(key, new)),
                Err(reject) => drop(rejected.insert(key, reject.reason().to_owned())),
            }
        }
        let mut group = Group {
            batch: Batch::default(),
            rows: Vec::new(),
        };
        let mut is_whole = true;
        for (at, key) in wanted.into_iter().zip(&keys) {
            if let Some(new) = found.remove(key) {
                group.push((put_off, waiting), at, new);
                continue;
            }
            // Its row on the target stays as it is for this run, also where it was deleted meanwhile.
            let reason = rejected.get(key).map_or(GONE, String::as_str);
            waiting.fail(at, failed(reason, None));
            is_whole = false;
        }
        Ok(is_whole.then_some(group))
    }

    /// Takes rows that the source does not have any more out of the rejects.
    fn forget_gone(
        &mut self,
        gone: Vec<Vec<u8>>,
        source: &mut Connection<S::Engine>,
    ) -> Result<()> {
        if gone.is_empty() {
            return Ok(());
        }
        for key in &gone {
            self.rejected.remove(key);
        }
        let batch = Batch {
            resolved: gone.iter().map(|key| hexadecimal::write(key)).collect(),
            ..Batch::default()
        };
        self.apply(batch, source)
    }

    /// Rejects what could not be written, as the policy says; the others are stored by now.
    fn reject_failed(
        &mut self,
        keys: Vec<Vec<u8>>,
        waiting: Waiting,
        source: &mut Connection<S::Engine>,
    ) -> Result<()> {
        let all = keys.into_iter().zip(waiting.into_failed());
        let failed = all.filter_map(|(key, failed)| failed.map(|failed| (key, failed)));
        let mut is_any = false;
        for (key, Failed { reason, cause }) in failed {
            is_any = true;
            self.rejected.remove(&key);
            self.reject(key, &reason, cause)
                .map_err(|error| error.on_engine(T::Engine::default().name()))?;
            // That it waited was counted as an attempt.
            if let Some(row) = self.pending.last_mut() {
                row.attempts = 0;
            }
        }
        match is_any {
            true => self.apply(Batch::default(), source),
            false => Ok(()),
        }
    }
}

impl PutOff {
    /// The number of the row that has a value on the target.
    fn place(&self, owner: &Owner) -> Option<usize> {
        self.on_target.get(&owner.key).copied()
    }
}

impl<T: SyncRow> Group<T> {
    /// Adds a row, which takes over the values that other rows of its circle have.
    fn push(&mut self, (put_off, waiting): (&PutOff, &Waiting), at: usize, new: Wanted<T>) {
        let row = self.batch.rows.len();
        let is_of_circle = |owner: &&Owner| {
            let place = put_off.place(owner);
            place.is_some_and(|place| waiting.is_one_circle(place, at))
        };
        let taken = put_off.owners[at].iter().filter(is_of_circle).cloned();
        let given_up = taken.map(|owner| GivenUp { owner, row });
        self.batch.given_up.extend(given_up);
        self.rows.push(at);
        self.batch.rows.push(Mapped {
            key: put_off.keys[at].clone(),
            new,
            is_compared: true,
            was_rejected: true,
        });
    }
}

fn failed(reason: &str, cause: Option<Error>) -> Failed {
    let reason = reason.to_owned();
    Failed { reason, cause }
}
