//! Finding, changing and deleting many rows by their keys.

use super::published::on_keys;
use super::read::{exists, write_key};
use super::write::{write_given, write_saved};
use super::{Repository, ensure_key, ensure_patch, ensure_row};
use crate::driver::Physical;
use crate::driver::TableSql;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::engine::Engine;
use crate::model::access::CanWrite;
use crate::model::{ColumnSource, HasKey, Model, Writable};
use crate::value::ParamWriter;
use crate::value::recorded::{RecordedValues, are_exact, first_number, record_list, replay};
use bindery_core::dialect::Dialect;

/// Handed to the database at a time: enough for a round trip not to matter, few enough to keep memory flat.
pub(super) const ROWS_AT_A_TIME: usize = 4_096;

type Change<M, E> = (<M as Model>::Key<E>, <M as Model>::Patch<E>);
type Keyed<'r, M, E> = (<M as Model>::Key<E>, &'r <M as Model>::Row<E>);

impl<M: Model, E: Engine, A> Repository<'_, M, E, A> {
    /// The rows with these keys, each at its key's place; `None` where there is no such row. A key may be given twice.
    ///
    /// Keys of one column are found by one statement for some thousands of them on PostgreSQL, on MySQL and MariaDB for 512. Each key of several
    /// columns is looked for by itself on PostgreSQL, which gets all in one go. SQLite looks for each by itself, some thousands in one
    /// transaction. Rows that change between two statements may be seen before or after, as with one [`find`](Self::find) after the other.
    ///
    /// # Errors
    /// A key is of another engine, or the database fails.
    #[track_caller]
    pub fn find_many(
        &mut self,
        keys: impl IntoIterator<Item = M::Key<E>>,
    ) -> Result<Vec<Option<M::Row<E>>>>
    where
        M: HasKey,
    {
        let mut keys = keys.into_iter();
        self.run(Operation::FindMany, |physical, sql, engine| {
            let mut found = Vec::new();
            in_chunks(&mut keys, &mut |keys| {
                let bound = physical.bound();
                ensure_each(keys, |key| ensure_key::<M, E>(bound, sql, key, engine))?;
                find_chunk::<M, E>(physical, sql, engine, keys, &mut found)
            })?;
            Ok(found)
        })
    }
}

impl<M: Model, E: Engine, A> Repository<'_, M, E, A> {
    /// Sets the given columns of each row with its key, all or none, and says how many of the rows there were. See
    /// [`update`](Self::update).
    ///
    /// # Errors
    /// A constraint is violated, a key is of another engine, or the database fails; then no row is changed.
    /// [`Error::row`] is the one that failed.
    #[track_caller]
    pub fn update_many(
        &mut self,
        patches: impl IntoIterator<Item = (M::Key<E>, M::Patch<E>)>,
    ) -> Result<u64>
    where
        M: Writable + HasKey,
        Self: CanWrite,
    {
        let mut patches = patches.into_iter();
        self.write_chunks(
            Operation::UpdateMany,
            &mut patches,
            |(key, _)| key,
            |physical, sql, engine, chunk| {
                ensure_each(chunk, |(key, patch)| {
                    ensure_key::<M, E>(physical.bound(), sql, key, engine)?;
                    ensure_patch::<M, E>(patch, engine)
                })?;
                let (mut first, mut updated) = (0, 0);
                for run in chunk.chunk_by(|(_, left), (_, right)| left.columns() == right.columns())
                {
                    updated += update_run::<M, E>(physical, sql, run)
                        .map_err(|error| error.after_rows(first))?;
                    first += run.len();
                }
                Ok(updated)
            },
        )
    }

    /// Writes every column of each row back by its key, all or none, and says how many of the rows there were. See
    /// [`save`](Self::save).
    ///
    /// # Errors
    /// [`ErrorKind::StaleVersion`] where one of the rows was updated by another caller. A constraint is violated, a row
    /// is of another engine, or the database fails. Then no row is changed. [`Error::row`] is the one that failed.
    #[track_caller]
    pub fn save_many<'r>(&mut self, rows: impl IntoIterator<Item = &'r M::Row<E>>) -> Result<u64>
    where
        M: Writable + HasKey,
        M::Row<E>: 'r,
        Self: CanWrite,
    {
        let mut rows = rows.into_iter().map(|row| (M::key(row), row));
        self.write_chunks(
            Operation::SaveMany,
            &mut rows,
            |(key, _)| key,
            |physical, sql, engine, chunk| {
                ensure_each(chunk, |(key, row)| {
                    ensure_key::<M, E>(physical.bound(), sql, key, engine)?;
                    ensure_row::<M, E>(physical.bound(), sql, row, engine)
                })?;
                save_chunk::<M, E>(physical, sql, chunk)
            },
        )
    }

    /// Deletes the rows with these keys, all or none, and says how many there were.
    ///
    /// # Errors
    /// Something refers to one of the rows, a key is of another engine, or the database fails; then no row is deleted.
    /// [`Error::row`] is the one that failed.
    #[track_caller]
    pub fn delete_many(&mut self, keys: impl IntoIterator<Item = M::Key<E>>) -> Result<u64>
    where
        M: Writable + HasKey,
        Self: CanWrite,
    {
        let mut keys = keys.into_iter();
        self.write_chunks(
            Operation::DeleteMany,
            &mut keys,
            |key| key,
            |physical, sql, engine, keys| {
                let bound = physical.bound();
                ensure_each(keys, |key| ensure_key::<M, E>(bound, sql, key, engine))?;
                let mut deleted = 0;
                let write = &mut |at: usize, params: &mut ParamWriter<'_>| {
                    write_key::<M, E>(sql, &keys[at], params)
                };
                physical.execute_each(sql.delete, keys.len(), write, &mut |_, rows| {
                    deleted += rows
                })?;
                Ok(deleted)
            },
        )
    }

    /// Hands over a chunk at a time, all in one transaction, and adds up the rows.
    #[track_caller]
    fn write_chunks<T>(
        &mut self,
        operation: Operation,
        items: &mut dyn Iterator<Item = T>,
        key: impl Fn(&T) -> &M::Key<E>,
        mut work: impl FnMut(&mut Physical, &'static TableSql, E, &[T]) -> Result<u64>,
    ) -> Result<u64>
    where
        M: HasKey,
    {
        let mut items = items.peekable();
        self.run_on_link(operation, |link, sql, engine| {
            if items.peek().is_none() {
                return Ok(0);
            }
            link.atomically(|link| {
                let physical = link.ready()?;
                let mut rows = 0;
                in_chunks(&mut items, &mut |chunk: &[T]| {
                    let at = (sql, engine);
                    let keys = || chunk.iter().map(|item| key(item).clone()).collect();
                    rows += on_keys::<M, E, _>(physical, at, keys, |physical| {
                        work(physical, sql, engine, chunk)
                    })?;
                    Ok(())
                })?;
                Ok(rows)
            })
        })
    }
}

/// Hands over this number at a time. An error in one of them counts from the first of all.
pub(super) fn in_chunks<T>(
    items: &mut dyn Iterator<Item = T>,
    work: &mut dyn FnMut(&[T]) -> Result<()>,
) -> Result<()> {
    let (mut first, mut chunk) = (0, Vec::new());
    loop {
        chunk.extend((&mut *items).take(ROWS_AT_A_TIME));
        if chunk.is_empty() {
            return Ok(());
        }
        work(&chunk).map_err(|error| error.after_rows(first))?;
        first += chunk.len();
        chunk.clear();
    }
}

/// Refuses what cannot be written before anything of the chunk is sent.
pub(super) fn ensure_each<T>(items: &[T], check: impl Fn(&T) -> Result<()>) -> Result<()> {
    let mut items = items.iter().enumerate();
    items.try_for_each(|(at, item)| check(item).map_err(|error| error.at_row(at)))
}

fn find_chunk<M: HasKey, E: Engine>(
    physical: &mut Physical,
    sql: &'static TableSql,
    engine: E,
    keys: &[M::Key<E>],
    found: &mut Vec<Option<M::Row<E>>>,
) -> Result<()> {
    let first = found.len();
    found.resize_with(first + keys.len(), || None);
    let longest = longest_list(physical.dialect(), sql);
    let at_a_time = longest.unwrap_or(ROWS_AT_A_TIME);
    let found = found[first..].chunks_mut(at_a_time);
    for (list, (keys, found)) in keys.chunks(at_a_time).zip(found).enumerate() {
        let mut find = || {
            let left = match longest {
                Some(_) => find_list::<M, E>(physical, sql, engine, keys, found)?,
                None => (0..keys.len()).collect(),
            };
            find_each::<M, E>(physical, sql, engine, (keys, &left), found)
        };
        find().map_err(|error| error.after_rows(list * at_a_time))?;
    }
    Ok(())
}

/// How many keys a list has at most. None where each key is looked for by itself: on SQLite, in the program's own process, that takes less than
/// a list does.
fn longest_list(dialect: Dialect, sql: &TableSql) -> Option<usize> {
    match (dialect, sql.key.len()) {
        // From some hundred places on the optimiser does other things than look up each.
        (Dialect::Mysql, 1) => Some(512),
        (Dialect::Mysql, _) => Some(64),
        (Dialect::Postgres, 1) => Some(ROWS_AT_A_TIME),
        (Dialect::Sqlite | Dialect::Postgres, _) => None,
    }
}

/// Finds the rows of these of the keys, each by a query of its own.
fn find_each<M: HasKey, E: Engine>(
    physical: &mut Physical,
    sql: &'static TableSql,
    engine: E,
    (keys, places): (&[M::Key<E>], &[usize]),
    found: &mut [Option<M::Row<E>>],
) -> Result<()> {
    if places.is_empty() {
        return Ok(());
    }
    let write = &mut |at: usize, params: &mut ParamWriter<'_>| {
        write_key::<M, E>(sql, &keys[places[at]], params);
    };
    let read = physical.query_each(sql.find, places.len(), write, &mut |at, row| {
        found[places[at]] = Some(M::read(row, engine)?);
        Ok(())
    });
    read.map_err(|error| error.among_rows(places))
}

/// Rows come back in any order, so each is put at its key's place by the values that the key has as parameters. Returns the places
/// that are to be looked for again.
fn find_list<M: HasKey, E: Engine>(
    physical: &mut Physical,
    sql: &'static TableSql,
    engine: E,
    keys: &[M::Key<E>],
    found: &mut [Option<M::Row<E>>],
) -> Result<Vec<usize>> {
    let mut recorded = RecordedValues::new();
    let mut spans = Vec::with_capacity(keys.len());
    for (at, key) in keys.iter().enumerate() {
        let begin = recorded.bytes().len();
        record_key::<M, E>(sql, key, &mut recorded).map_err(|error| error.at_row(at))?;
        spans.push(begin..recorded.bytes().len());
    }
    let mut places = Places::of(spans.iter().map(|span| &recorded.bytes()[span.clone()]));
    let last = spans.last().map_or(0, |span| span.start);
    let is_exact = are_exact(recorded.bytes());
    let KeyList { text, values } =
        KeyList::new(physical.dialect(), sql, keys.len(), &recorded, last);
    let write = &mut |params: &mut ParamWriter<'_>| replay(values.bytes(), params);
    let mut is_strange = false;
    let mut key = RecordedValues::new();
    physical.query(&text, write, &mut |row| {
        let row = M::read(row, engine)?;
        key.clear();
        record_key::<M, E>(sql, &M::key(&row), &mut key)?;
        match places.of_key(key.bytes()) {
            Some(at) if found[at].is_none() => found[at] = Some(row),
            _ => is_strange = true,
        }
        Ok(true)
    })?;
    // A key given twice has one place, and a text may be found by another text that only sorts alike.
    let mut left = vec![true; keys.len()];
    if !is_strange && is_exact {
        places.each().for_each(|at| left[at] = false);
    }
    let is_left = |at: &usize| found[*at].is_none() && left[*at];
    Ok((0..keys.len()).filter(is_left).collect())
}

/// The places of recorded keys. They are kept in the order of the keys, which is that of an index and so of nearly every answer: the next row's is then
/// the next.
struct Places<'k> {
    /// By number, then by bytes; of equal keys the first.
    sorted: Vec<(i64, &'k [u8], usize)>,
    next: usize,
}

impl<'k> Places<'k> {
    fn of(keys: impl Iterator<Item = &'k [u8]>) -> Self {
        let keys = keys.enumerate();
        let mut sorted: Vec<_> = keys.map(|(at, key)| (first_number(key), key, at)).collect();
        sorted.sort_unstable();
        sorted.dedup_by(|later, first| later.1 == first.1);
        Self { sorted, next: 0 }
    }

    fn of_key(&mut self, key: &[u8]) -> Option<usize> {
        let at = match self.sorted.get(self.next) {
            Some(next) if next.1 == key => self.next,
            _ => {
                let wanted = (first_number(key), key);
                let order = |it: &(i64, &[u8], usize)| (it.0, it.1).cmp(&wanted);
                self.sorted.binary_search_by(order).ok()?
            }
        };
        self.next = at + 1;
        Some(self.sorted[at].2)
    }

    fn each(&self) -> impl Iterator<Item = usize> {
        self.sorted.iter().map(|it| it.2)
    }
}

fn record_key<M: HasKey, E: Engine>(
    sql: &TableSql,
    key: &M::Key<E>,
    values: &mut RecordedValues,
) -> Result<()> {
    let mut params = ParamWriter::recording(values);
    write_key::<M, E>(sql, key, &mut params);
    params.finish_recording()
}

/// A query of the rows with some keys.
struct KeyList {
    text: String,
    values: RecordedValues,
}

impl KeyList {
    /// Of this number of recorded keys, of which the last begins here.
    fn new(
        dialect: Dialect,
        sql: &TableSql,
        count: usize,
        keys: &RecordedValues,
        last: usize,
    ) -> Self {
        let mut values = RecordedValues::new();
        if sql.key.len() == 1 {
            let kind = record_list(&mut values, count as u64, keys);
            let text = sql.select_of_list_sql(dialect, kind, count);
            return Self { text, values };
        }
        // Lists are of few lengths, so that few statements are prepared: the last key is repeated to fill one up.
        let places = count.next_power_of_two();
        values.extend(keys.bytes());
        (count..places).for_each(|_| values.extend(&keys.bytes()[last..]));
        let text = sql.select_list_sql(dialect, places);
        Self { text, values }
    }
}

/// Neighbours that set the same columns.
fn update_run<M: Writable + HasKey, E: Engine>(
    physical: &mut Physical,
    sql: &'static TableSql,
    run: &[Change<M, E>],
) -> Result<u64> {
    let columns = run[0].1.columns();
    if columns.is_empty() {
        return count_existing::<M, E>(physical, sql, run.len(), |at| &run[at].0);
    }
    let mut updated = 0;
    let text = sql.update_text(physical.dialect(), &columns);
    let write = &mut |at: usize, params: &mut ParamWriter<'_>| {
        let (key, patch) = &run[at];
        write_given(sql, &columns, patch, params);
        write_key::<M, E>(sql, key, params);
    };
    physical.execute_each(&text, run.len(), write, &mut |_, rows| updated += rows)?;
    Ok(updated)
}

/// Returns how many of the keys have a row, where there is nothing to set.
fn count_existing<'k, M: HasKey, E: Engine>(
    physical: &mut Physical,
    sql: &'static TableSql,
    times: usize,
    key: impl Fn(usize) -> &'k M::Key<E>,
) -> Result<u64>
where
    M::Key<E>: 'k,
{
    let mut existing = 0;
    let write =
        &mut |at: usize, params: &mut ParamWriter<'_>| write_key::<M, E>(sql, key(at), params);
    physical.query_each(sql.exists, times, write, &mut |_, _| {
        existing += 1;
        Ok(())
    })?;
    Ok(existing)
}

fn save_chunk<M: Writable + HasKey, E: Engine>(
    physical: &mut Physical,
    sql: &'static TableSql,
    chunk: &[Keyed<'_, M, E>],
) -> Result<u64> {
    if sql.save.is_empty() {
        return count_existing::<M, E>(physical, sql, chunk.len(), |at| &chunk[at].0);
    }
    let mut missing = Vec::new();
    let write = &mut |at: usize, params: &mut ParamWriter<'_>| {
        let (key, row) = &chunk[at];
        write_saved::<M, E>(sql, (key, row), params);
    };
    physical.execute_each(sql.save, chunk.len(), write, &mut |at, rows| {
        if rows == 0 {
            missing.push(at);
        }
    })?;
    if sql.version.is_some() {
        for &at in &missing {
            if exists::<M, E>(physical, sql, &chunk[at].0)? {
                return Err(Error::new(ErrorKind::StaleVersion).at_row(at));
            }
        }
    }
    Ok((chunk.len() - missing.len()) as u64)
}
