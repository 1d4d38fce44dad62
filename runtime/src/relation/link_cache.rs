//! Rows that links lead to, kept in memory for the next load.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::link::{LeadsTo, LinkingRow, LoadedLink, LoadedLinks, SeenFrom, fetch_there};
use super::linked::LinkedRows;
use crate::driver::TableSql;
use crate::error::Result;
use crate::link::engine::Engine;
use crate::model::{HasKey, Model};
use crate::observe::count_link_lookups;
use crate::query::{Column, ColumnType, Link, LinkTarget, Nullability};
use crate::repository::Repository;
use crate::value::recorded::{RecordedValues, same_number};
use crate::value::{ParamWriter, RowReader};

/// Rows of `M` on `E` that links lead to, kept so that the next load of the same keys sends no statement. Links are cached only where
/// they are loaded by [`cached`](Column::cached).
///
/// The number of its rows and their age are limited. A write through bindery to the table of the rows, or to one that it
/// refers to, makes them read again from the moment it is committed; so does raw SQL on that engine, whatever it writes. Writes of
/// other processes are seen when the rows are too old, or when the program calls [`forget`](Self::forget). In a transaction, and on a replica, nothing is taken from it or kept.
///
/// ```
/// # use bindery_cases::links::*;
/// use std::time::Duration;
///
/// use bindery::relation::LinkCache;
///
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// # let mut b = db.b()?;
/// # let ann = db.users().insert(NewUser::new("ann@example.org"))?;
/// # b.visits().insert(NewVisit::new("/").user_id(ann.id))?;
/// let users = LinkCache::new(10_000, Duration::from_secs(60));
/// let visits = b.visits().all()?;
/// for _ in 0..3 {
///     let users = visit::user_id.cached(&users).load(&mut db.default()?, &visits)?;
///     assert!(users.get(0).is_some_and(|user| user.found().is_some()));
/// }
/// assert_eq!((users.stats().hits, users.stats().misses), (2, 1));
/// # Ok(())
/// # }
/// ```
pub struct LinkCache<M: Model, E: Engine> {
    most: usize,
    longest: Duration,
    kept: Mutex<Kept<M::Row<E>>>,
}

/// How often a cache had a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LinkCacheStats {
    /// Keys whose row it had.
    pub hits: u64,
    /// Keys whose row it did not have, or not any more.
    pub misses: u64,
    /// The rows that it holds now.
    pub rows: usize,
}

impl LinkCacheStats {
    /// The part of the keys whose row it had, from 0 to 1; 0 where there were none.
    pub fn hit_rate(&self) -> f64 {
        let all = self.hits + self.misses;
        if all == 0 {
            return 0.0;
        }
        self.hits as f64 / all as f64
    }
}

struct Kept<R> {
    rows: HashMap<Arc<[u8]>, KeptRow<R>>,
    /// In the order in which they came; each key once.
    order: VecDeque<Arc<[u8]>>,
    /// Of all rows that are kept: few.
    places: Vec<CachedColumn>,
    /// The times that rows were forgotten: rows read before may be older than the write that was the reason.
    forgotten: u64,
    hits: u64,
    misses: u64,
}

struct KeptRow<R> {
    row: R,
    /// Of the tables, before it was read; `None` where it is forgotten.
    state: Option<u64>,
    read_at: Instant,
    /// It was taken since it was last considered for removal.
    was_used: bool,
}

/// The column by which rows are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct CachedColumn {
    database: u64,
    column: u16,
    /// It is the whole key of the table.
    is_key: bool,
}

/// The tables of a model's rows, and what was written to them and forgotten of them by now.
struct Seen {
    place: CachedColumn,
    state: u64,
    forgotten: u64,
}

impl CachedColumn {
    fn key(&self, value: &[u8]) -> Vec<u8> {
        let mut key = Vec::with_capacity(10 + value.len());
        key.extend(self.database.to_le_bytes());
        key.extend(self.column.to_le_bytes());
        key.extend_from_slice(&same_number(value));
        key
    }
}

impl<M: Model, E: Engine> LinkCache<M, E> {
    /// An empty cache of at most this number of rows, each of which is kept for at most this time.
    pub fn new(rows: usize, longest: Duration) -> Self {
        Self {
            most: rows,
            longest,
            kept: Mutex::new(Kept {
                rows: HashMap::new(),
                order: VecDeque::new(),
                places: Vec::new(),
                forgotten: 0,
                hits: 0,
                misses: 0,
            }),
        }
    }

    /// How often it had a row.
    pub fn stats(&self) -> LinkCacheStats {
        let kept = self.lock();
        LinkCacheStats {
            hits: kept.hits,
            misses: kept.misses,
            rows: kept.rows.len(),
        }
    }

    /// Removes every row.
    pub fn clear(&self) {
        let mut kept = self.lock();
        kept.rows.clear();
        kept.order.clear();
        kept.forgotten += 1;
    }

    fn forgotten(&self) -> u64 {
        self.lock().forgotten
    }

    /// A clone of a row may panic; what is kept is whole before and after it.
    fn lock(&self) -> MutexGuard<'_, Kept<M::Row<E>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, seen: &Seen, value: &[u8]) -> Option<M::Row<E>>
    where
        M::Row<E>: Clone,
    {
        let mut kept = self.lock();
        let found = kept.rows.get_mut(seen.place.key(value).as_slice());
        let fresh = found.filter(|found| {
            found.state == Some(seen.state) && found.read_at.elapsed() < self.longest
        });
        let row = fresh.map(|found| {
            found.was_used = true;
            found.row.clone()
        });
        match row {
            Some(_) => kept.hits += 1,
            None => kept.misses += 1,
        }
        row
    }

    fn keep(&self, seen: &Seen, value: &[u8], row: M::Row<E>) {
        if self.most == 0 {
            return;
        }
        let key: Arc<[u8]> = seen.place.key(value).into();
        let row = KeptRow {
            row,
            state: Some(seen.state),
            read_at: Instant::now(),
            was_used: false,
        };
        let mut kept = self.lock();
        if kept.forgotten != seen.forgotten {
            return;
        }
        if !kept.places.contains(&seen.place) {
            kept.places.push(seen.place);
        }
        if kept.rows.insert(Arc::clone(&key), row).is_none() {
            kept.order.push_back(key);
            kept.shrink_to(self.most);
        }
    }
}

impl<M: HasKey, E: Engine> LinkCache<M, E> {
    /// Has the rows of these keys be read again: for a program that learns of what others have written, by a task, a message or what was
    /// captured of a table. What is being read at this moment is not kept either. Where links lead to another column than the key, every
    /// row that is kept is looked at.
    ///
    /// ```
    /// # use bindery_cases::links::*;
    /// # use std::time::Duration;
    /// # use bindery::relation::LinkCache;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// # let ann = db.users().insert(NewUser::new("ann@example.org"))?;
    /// # let mut b = db.b()?;
    /// # b.visits().insert(NewVisit::new("/").user_id(ann.id))?;
    /// # let visits = b.visits().all()?;
    /// let users = LinkCache::new(10_000, Duration::from_secs(60));
    /// let load = || visit::user_id.cached(&users).load(&mut db.default()?, &visits);
    /// load()?;
    /// users.forget([ann.id]);
    /// load()?; // reads again
    /// assert_eq!(users.stats().misses, 2);
    /// # Ok(())
    /// # }
    /// ```
    pub fn forget(&self, keys: impl IntoIterator<Item = M::Key<E>>) {
        let keys = keys.into_iter().map(|key| recorded::<M, E>(&key));
        let Some(keys) = keys.collect::<Option<HashSet<_>>>() else {
            return self.clear();
        };
        let mut kept = self.lock();
        kept.forgotten += 1;
        kept.forget(&keys, |row| recorded::<M, E>(&M::key(row)));
    }
}

/// The values of a key, as those of links are recorded.
fn recorded<M: HasKey, E: Engine>(key: &M::Key<E>) -> Option<Vec<u8>> {
    let mut values = RecordedValues::new();
    let mut params = ParamWriter::recording(&mut values);
    M::write_key(key, &mut params);
    params.finish_recording().ok()?;
    Some(values.bytes().to_vec())
}

impl<R> Kept<R> {
    /// Rows stay until others take their places, so that each key is in the order once.
    fn forget(&mut self, keys: &HashSet<Vec<u8>>, key_of: impl Fn(&R) -> Option<Vec<u8>>) {
        for place in self.places.iter().filter(|place| place.is_key) {
            for key in keys {
                if let Some(kept) = self.rows.get_mut(place.key(key).as_slice()) {
                    kept.state = None;
                }
            }
        }
        if self.places.iter().all(|place| place.is_key) {
            return;
        }
        for kept in self.rows.values_mut() {
            if key_of(&kept.row).is_none_or(|key| keys.contains(&key)) {
                kept.state = None;
            }
        }
    }

    /// Removes rows that were not taken since their last turn.
    fn shrink_to(&mut self, most: usize) {
        while self.rows.len() > most
            && let Some(key) = self.order.pop_front()
        {
            match self.rows.get_mut(&key) {
                Some(row) if row.was_used => {
                    row.was_used = false;
                    self.order.push_back(key);
                }
                Some(_) | None => drop(self.rows.remove(&key)),
            }
        }
    }
}

impl<M: Model, E: Engine> fmt::Debug for LinkCache<M, E> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Rows stay hidden.
        let mut text = out.debug_struct("LinkCache");
        text.field("of", &M::NAME).field("stats", &self.stats());
        text.finish_non_exhaustive()
    }
}

/// A link whose rows are taken from a cache where it has them.
#[derive(Debug, Clone, Copy)]
#[must_use = "it does nothing until it is loaded"]
pub struct CachedLink<'k, L, C> {
    link: L,
    cache: &'k C,
}

impl<M, T, To: LinkTarget, N> Column<M, T, Link<To, N>> {
    /// The link, loaded by way of a cache. See [`LinkCache`].
    pub fn cached<E: Engine>(
        self,
        cache: &LinkCache<To::Model, E>,
    ) -> CachedLink<'_, Self, LinkCache<To::Model, E>> {
        CachedLink { link: self, cache }
    }
}

impl<M: Model, T, To: LinkTarget, N: Nullability, E: Engine>
    CachedLink<'_, Column<M, T, Link<To, N>>, LinkCache<To::Model, E>>
{
    /// As [`load`](Column::load) of a link, by one statement for each 32,768 keys whose rows the cache does not have.
    ///
    /// # Errors
    /// As [`load`](Column::load).
    #[track_caller]
    pub fn load<'r, A, C>(
        self,
        connection: &mut C,
        rows: impl IntoIterator<Item = &'r A>,
    ) -> Result<LoadedLinks<T, To, A>>
    where
        A: LinkingRow<M> + 'r,
        To::Engine: SeenFrom<A::Engine, Engine = E>,
        T: ColumnType<E>,
        C: LeadsTo<To::Model, E>,
        <To::Model as Model>::Row<E>: Clone,
    {
        let mut repository = connection.linked()?;
        let engine = repository.engine();
        let batch = self.link.batch_of(&repository, rows)?;
        let column = self.link.target_column(repository.hosted()?)?;
        let seen = seen(&repository, column, self.cache.forgotten());
        let mut found = Vec::new();
        let mut is_here = vec![false; batch.len()];
        for group in 0..batch.len() as u32 {
            let kept = seen.as_ref();
            let kept = kept.and_then(|seen| self.cache.get(seen, batch.key(group)));
            is_here[group as usize] = kept.is_some();
            found.extend(kept.map(|row| (group, row)));
        }
        if seen.is_some() {
            let (hits, misses) = (found.len() as u64, (batch.len() - found.len()) as u64);
            count_link_lookups(engine.name(), To::Model::NAME, hits, misses);
        }
        let is_wanted = |group: u32| !is_here[group as usize];
        fetch_there(
            &batch,
            &mut repository,
            column,
            &is_wanted,
            &mut |group, row| {
                if let Some(seen) = &seen {
                    self.cache.keep(seen, batch.key(group), row.clone());
                }
                found.push((group, row));
            },
        )?;
        LinkedRows::new(batch, found, |key| {
            T::read_on(&mut RowReader::of_recorded(key), engine)
        })
    }

    /// The row that this one links to.
    ///
    /// # Errors
    /// As [`load`](Column::load).
    #[track_caller]
    pub fn load_one<A, C>(self, connection: &mut C, row: &A) -> Result<LoadedLink<T, To, A>>
    where
        A: LinkingRow<M>,
        To::Engine: SeenFrom<A::Engine, Engine = E>,
        T: ColumnType<E>,
        C: LeadsTo<To::Model, E>,
        <To::Model as Model>::Row<E>: Clone,
    {
        Ok(self.load(connection, [row])?.into_first())
    }
}

/// The writes so far to the tables that decide about the rows; `None` where none may be kept.
fn seen<M: Model, E: Engine>(
    repository: &Repository<'_, M, E>,
    column: usize,
    forgotten: u64,
) -> Option<Seen> {
    let table = repository.sql().ok()?;
    let changes = repository.changes()?;
    Some(Seen {
        place: CachedColumn {
            database: changes.database(),
            column: column as u16,
            is_key: table.key == [column],
        },
        state: changes.state_of(&deciding(table)),
        forgotten,
    })
}

/// The table, and those that it refers to: deleting a row there may delete or change one here.
fn deciding(table: &'static TableSql) -> Vec<&'static str> {
    let mut names = vec![table.table];
    let mut open = vec![table];
    while let Some(table) = open.pop() {
        for reference in table.references {
            let to = reference.to();
            if !names.contains(&to.table) {
                names.push(to.table);
                open.push(to);
            }
        }
    }
    names
}
