//! The end of a run: rows that were put off, as other rows of the target had their unique values. Rows that wait for each other are
//! written in one transaction, in which they give up their values first; rows that wait for others are written after those. A row
//! that cannot be written is rejected with those that wait for it, and no other.

use std::collections::{HashMap, HashSet};

use super::SyncRow;
use super::apply::{Batch, GivenUp, Mapped, Next};
use super::circles::circles;
use super::compare::key_of_new;
use super::report::SyncCounts;
use super::run::{Run, rows_of, rows_sql};
use super::taken::{Owner, WAITS};
use super::wanted::Wanted;
use crate::error::{Error, Result};
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::repository::recorded_key;
use crate::value::hexadecimal;

const GONE: &str = "it was deleted while other rows took over its unique values";

/// Rows that wait for each other; a row that waits for none of them is alone.
type Circle = Vec<usize>;

/// The rows that were put off. Their values are not in memory.
#[derive(Default)]
struct Waiting {
    /// The recorded keys of the source.
    keys: Vec<Vec<u8>>,
    owners: Vec<Vec<Owner>>,
    /// The rows that are to have a value of this one.
    waited_for_by: Vec<Vec<usize>>,
    /// The reasons of those that cannot be written.
    failed: Vec<Option<(String, Option<Error>)>>,
    /// Rows by the recorded keys that they have on the target.
    on_target: HashMap<Vec<u8>, usize>,
    /// The number of each row's circle.
    circles: Vec<usize>,
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
        let mut waiting = self.waiting(source, &keys)?;
        let mut groups = waiting.groups(self.job.batch_size);
        while let Some(mut circles) = groups.pop() {
            circles.retain(|circle| waiting.failed[circle[0]].is_none());
            if !circles.is_empty() {
                groups.extend(self.write_circles(source, &mut waiting, circles)?);
            }
        }
        self.forget_gone(&mut waiting, source)?;
        self.reject_failed(waiting, source)
    }

    /// Finds out which rows wait for which.
    fn waiting(&mut self, source: &mut Connection<S::Engine>, keys: &[Vec<u8>]) -> Result<Waiting> {
        let (sql, dialect) = (rows_sql::<T>()?, T::Engine::default().dialect());
        let mut waiting = Waiting::default();
        for keys in keys.chunks(self.job.batch_size) {
            let mut gone: HashSet<Vec<u8>> = keys.iter().cloned().collect();
            for row in &rows_of::<S>(source).of_recorded_keys(keys)? {
                let key = recorded_key::<S::Model, S::Engine>(row)?;
                gone.remove(&key);
                let (mut owners, mut failed) = (Vec::new(), None);
                match (self.job.mapping)(row) {
                    Ok(new) => {
                        let own = key_of_new(sql, &new, dialect)?.concat();
                        waiting.on_target.insert(own, waiting.keys.len());
                        owners = self.owners(&new)?;
                    }
                    Err(reject) => failed = Some((reject.reason().to_owned(), None)),
                }
                waiting.keys.push(key);
                waiting.owners.push(owners);
                waiting.failed.push(failed);
            }
            waiting.gone.extend(gone);
        }
        waiting.link();
        Ok(waiting)
    }

    /// Writes some circles in one transaction; returns those that are left to be written, the last ones first.
    fn write_circles(
        &mut self,
        source: &mut Connection<S::Engine>,
        waiting: &mut Waiting,
        circles: Vec<Circle>,
    ) -> Result<Vec<Vec<Circle>>> {
        let Some(Group { batch, rows }) = self.read_circles(source, waiting, &circles)? else {
            return Ok(vec![circles]);
        };
        let mut counts = SyncCounts::default();
        if let Err(error) = self.store(&batch, &mut counts) {
            match self.next(&error, &batch)? {
                Next::Without(at) => {
                    let reason = error.reason();
                    waiting.fail(rows[at], reason, Some(error));
                    return Ok(vec![circles]);
                }
                Next::Halves if circles.len() > 1 => return Ok(halves(circles)),
                Next::Halves | Next::Fails => return Err(error),
                Next::Stored => {}
            }
        }
        for row in &batch.rows {
            self.rejected.remove(&row.key);
        }
        self.stored(&batch, counts, source)?;
        Ok(Vec::new())
    }

    /// Reads the rows of some circles; `None` where one of them is gone or cannot be mapped any more.
    fn read_circles(
        &mut self,
        source: &mut Connection<S::Engine>,
        waiting: &mut Waiting,
        circles: &[Circle],
    ) -> Result<Option<Group<T>>> {
        let wanted: Vec<usize> = circles.concat();
        let keys: Vec<Vec<u8>> = wanted.iter().map(|&at| waiting.keys[at].clone()).collect();
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
                group.push(waiting, at, new);
                continue;
            }
            // Its row on the target stays as it is for this run, also where it was deleted meanwhile.
            let reason = rejected.remove(key).unwrap_or_else(|| GONE.to_owned());
            waiting.fail(at, reason, None);
            is_whole = false;
        }
        Ok(is_whole.then_some(group))
    }

    /// Takes rows that the source does not have any more out of the rejects.
    fn forget_gone(
        &mut self,
        waiting: &mut Waiting,
        source: &mut Connection<S::Engine>,
    ) -> Result<()> {
        let gone = std::mem::take(&mut waiting.gone);
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
        waiting: Waiting,
        source: &mut Connection<S::Engine>,
    ) -> Result<()> {
        let all = waiting.keys.into_iter().zip(waiting.failed);
        let failed = all.filter_map(|(key, failed)| failed.map(|failed| (key, failed)));
        let mut is_any = false;
        for (key, (reason, cause)) in failed {
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

impl Waiting {
    /// Notes who waits for whom. A row that is not among them keeps what it has, so who waits for it cannot be written.
    fn link(&mut self) {
        self.waited_for_by = vec![Vec::new(); self.keys.len()];
        let mut without = Vec::new();
        for (at, owners) in self.owners.iter().enumerate() {
            for owner in owners {
                match self.on_target.get(&owner.key) {
                    Some(&owner) => self.waited_for_by[owner].push(at),
                    None => without.push(at),
                }
            }
        }
        for at in without {
            self.fail(at, WAITS.to_owned(), None);
        }
        let failed: Vec<usize> = (0..self.keys.len())
            .filter(|&at| self.failed[at].is_some())
            .collect();
        for at in failed {
            self.fail_waiting(at);
        }
    }

    /// The row cannot be written, and so none that waits for it.
    fn fail(&mut self, at: usize, reason: String, cause: Option<Error>) {
        if self.failed[at].is_none() {
            self.failed[at] = Some((reason, cause));
            self.fail_waiting(at);
        }
    }

    fn fail_waiting(&mut self, at: usize) {
        let mut open = vec![at];
        while let Some(at) = open.pop() {
            for &waits in &self.waited_for_by[at] {
                if self.failed[waits].is_none() {
                    self.failed[waits] = Some((WAITS.to_owned(), None));
                    open.push(waits);
                }
            }
        }
    }

    /// Circles in groups of this number of rows, or of one circle that is larger; those that come last first.
    fn groups(&mut self, rows: usize) -> Vec<Vec<Circle>> {
        let place = |owner: &Owner| self.on_target.get(&owner.key).copied();
        let places = |owners: &Vec<Owner>| owners.iter().filter_map(place).collect();
        let edges: Vec<Vec<usize>> = self.owners.iter().map(places).collect();
        let circles = circles(&edges);
        self.circles = vec![0; self.keys.len()];
        let mut groups: Vec<Vec<Circle>> = Vec::new();
        let mut size = 0;
        for (number, circle) in circles.into_iter().enumerate() {
            for &at in &circle {
                self.circles[at] = number;
            }
            size += circle.len();
            match groups.last_mut() {
                Some(group) if size <= rows => group.push(circle),
                Some(_) | None => {
                    size = circle.len();
                    groups.push(vec![circle]);
                }
            }
        }
        groups.reverse();
        groups
    }

    /// The values that other rows of its circle have, and this one is to have.
    fn taken_from_circle(&self, at: usize) -> impl Iterator<Item = &Owner> {
        self.owners[at].iter().filter(move |owner| {
            let place = self.on_target.get(&owner.key);
            place.is_some_and(|&place| self.circles[place] == self.circles[at])
        })
    }
}

impl<T: SyncRow> Group<T> {
    fn push(&mut self, waiting: &Waiting, at: usize, new: Wanted<T>) {
        let row = self.batch.rows.len();
        let taken = waiting.taken_from_circle(at).cloned();
        let given_up = taken.map(|owner| GivenUp { owner, row });
        self.batch.given_up.extend(given_up);
        self.rows.push(at);
        self.batch.rows.push(Mapped {
            key: waiting.keys[at].clone(),
            new,
            is_compared: true,
            was_rejected: true,
        });
    }
}

/// The second half comes first, as the last one is taken next.
fn halves(mut circles: Vec<Circle>) -> Vec<Vec<Circle>> {
    let second = circles.split_off(circles.len() / 2);
    vec![second, circles]
}
