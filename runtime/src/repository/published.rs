//! Events of the rows of published models: written into `_bindery_events` of the engine in the transaction of the change. Each call
//! that writes reads the rows it changes before and after it; what differs is what has an event.

use std::collections::{HashMap, HashSet};

use super::insert::{Values, inserted};
use super::read::write_key;
use super::{Repository, ensure_key, locking};
use crate::driver::own_tables::statements::events as statements;
use crate::driver::{Physical, TableSql};
use crate::driver::{notify::NOTIFY, random};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::Link;
use crate::link::engine::Engine;
use crate::model::events::EventRow;
use crate::model::{ColumnSource, HasKey, Model};
use crate::value::{ColumnSet, ParamWriter};

/// Keys in one statement.
const AT_A_TIME: usize = 64;
/// Looks for the rows that meet a condition, while other transactions change which do.
const ATTEMPTS: usize = 8;
/// A relay tries as long as the queue is away.
const RELAY_ATTEMPTS: i64 = 1_000_000;
pub(crate) const EVENTS_TABLE: &str = "_bindery_events";

/// Whether the changes of this model are published on any engine. Called in a `const` block, it has rustc compile nothing of events for
/// other models.
pub(crate) const fn is_published<M: Model>() -> bool {
    !M::EVENTS.engines.is_empty()
}

/// Whether the changes of this model are published as events on this engine.
pub(crate) fn publishes<M: Model, E: Engine>(engine: E) -> bool {
    M::EVENTS
        .engines
        .iter()
        .any(|&at| usize::from(at) == engine.index())
}

impl<M: Model, E: Engine, A> Repository<'_, M, E, A> {
    /// Runs `work`, which changes rows with these keys alone.
    #[track_caller]
    pub(super) fn run_on_keys<T>(
        &mut self,
        operation: Operation,
        keys: &[M::Key<E>],
        work: impl FnOnce(&mut Link, &'static TableSql, E) -> Result<T>,
    ) -> Result<T>
    where
        M: HasKey,
    {
        if const { !is_published::<M>() } || !publishes::<M, E>(self.engine()) {
            return self.run_on_link(operation, work);
        }
        self.run_on_link(operation, |link, sql, engine| {
            let bound = link.bound();
            keys.iter()
                .try_for_each(|key| ensure_key::<M, E>(bound, sql, key, engine))?;
            link.atomically(|link| {
                let before = rows_of_keys::<M, E>(link.ready()?, sql, engine, keys, true)?;
                let done = work(link, sql, engine)?;
                let physical = link.ready()?;
                let after = rows_of_keys::<M, E>(physical, sql, engine, keys, false)?;
                record::<M, E>(physical, engine, &before, &after)?;
                Ok(done)
            })
        })
    }

    /// Runs `work`, which inserts a row and gives it back.
    #[track_caller]
    pub(super) fn run_insert(
        &mut self,
        operation: Operation,
        work: impl FnOnce(&mut Physical, &'static TableSql, E) -> Result<Option<M::Row<E>>>,
    ) -> Result<M::Inserted<E>> {
        if const { !is_published::<M>() } || !publishes::<M, E>(self.engine()) {
            return self.run(operation, |physical, sql, engine| {
                inserted::<M, E>(work(physical, sql, engine))
            });
        }
        self.run_on_link(operation, |link, sql, engine| {
            link.atomically(|link| {
                let physical = link.ready()?;
                let row = work(physical, sql, engine)?;
                record::<M, E>(physical, engine, &[], row.as_slice())?;
                inserted::<M, E>(Ok(row))
            })
        })
    }

    /// Runs `work`, which changes the rows that `find` finds: those that were there before and after it. `find` is to lock them. Where
    /// others have changed which rows those are in between, so that `work` changed another number, everything is tried again.
    #[track_caller]
    pub(crate) fn run_on_found<T>(
        &mut self,
        operation: Operation,
        find: impl Fn(&mut Physical, &'static TableSql, E) -> Result<Vec<M::Row<E>>>,
        work: impl Fn(&mut Physical, &'static TableSql, E) -> Result<u64>,
        done: impl FnOnce(u64, Vec<M::Row<E>>, Vec<M::Row<E>>) -> T,
    ) -> Result<T> {
        self.run_on_link(operation, |link, sql, engine| {
            for _ in 0..ATTEMPTS {
                let found = link.atomically(|link| {
                    let physical = link.ready()?;
                    let before = find(physical, sql, engine)?;
                    let changed = work(physical, sql, engine)?;
                    if changed != before.len() as u64 {
                        return Err(Error::new(ErrorKind::Conflict));
                    }
                    let after = again::<M, E>(physical, sql, engine, &before)?;
                    record::<M, E>(physical, engine, &before, &after)?;
                    Ok((changed, before, after))
                });
                match found {
                    Err(error)
                        if *error.kind() == ErrorKind::Conflict && error.code().is_none() => {}
                    found => {
                        return found.map(|(changed, before, after)| done(changed, before, after));
                    }
                }
            }
            Err(Error::new(ErrorKind::Conflict))
        })
    }
}

/// Runs `work` on the rows with these keys, in the transaction at hand, and writes the events of what it changed.
pub(super) fn on_keys<M: HasKey, E: Engine, T>(
    physical: &mut Physical,
    (sql, engine): (&'static TableSql, E),
    keys: impl FnOnce() -> Vec<M::Key<E>>,
    work: impl FnOnce(&mut Physical) -> Result<T>,
) -> Result<T> {
    if const { !is_published::<M>() } || !publishes::<M, E>(engine) {
        return work(physical);
    }
    let keys = keys();
    let bound = physical.bound();
    keys.iter()
        .try_for_each(|key| ensure_key::<M, E>(bound, sql, key, engine))?;
    let before = rows_of_keys::<M, E>(physical, sql, engine, &keys, true)?;
    let done = work(physical)?;
    let after = rows_of_keys::<M, E>(physical, sql, engine, &keys, false)?;
    record::<M, E>(physical, engine, &before, &after)?;
    Ok(done)
}

/// Runs `work` on rows that are found by a unique key, and writes the events of what it changed.
pub(super) fn on_unique<M: Model, E: Engine, N: ColumnSource, T>(
    link: &mut Link,
    (sql, unique): (&'static TableSql, &[usize]),
    engine: E,
    rows: &[N],
    work: impl FnOnce(&mut Link) -> Result<T>,
) -> Result<T> {
    if const { !is_published::<M>() } || !publishes::<M, E>(engine) {
        return work(link);
    }
    link.atomically(|link| {
        let at = (sql, unique);
        let before = rows_by_unique::<M, E, N>(link.ready()?, at, engine, rows, true)?;
        let done = work(link)?;
        let physical = link.ready()?;
        let after = rows_by_unique::<M, E, N>(physical, at, engine, rows, false)?;
        record::<M, E>(physical, engine, &before, &after)?;
        Ok(done)
    })
}

/// The rows that have the values of these new ones in a unique key.
pub(super) fn rows_by_unique<M: Model, E: Engine, N: ColumnSource>(
    physical: &mut Physical,
    (sql, unique): (&'static TableSql, &[usize]),
    engine: E,
    rows: &[N],
    locks: bool,
) -> Result<Vec<M::Row<E>>> {
    let by: ColumnSet = unique.iter().copied().collect();
    let write = |new: &N, params: &mut ParamWriter<'_>| {
        let write = |params: &mut ParamWriter<'_>| new.write(params);
        Values::new(sql, new.columns(), &write).write_some(&by, params);
    };
    listed::<M, E, N>(physical, (sql, &by), engine, rows, locks, &write)
}

/// The same rows as they are now.
fn again<M: Model, E: Engine>(
    physical: &mut Physical,
    sql: &'static TableSql,
    engine: E,
    rows: &[M::Row<E>],
) -> Result<Vec<M::Row<E>>> {
    let by: ColumnSet = sql.key.iter().copied().collect();
    let all: ColumnSet = sql.writable.iter().copied().collect();
    let write = |row: &M::Row<E>, params: &mut ParamWriter<'_>| {
        params.of_columns(sql.names(), by.iter(), |params| {
            params.pick(&all, &by, |params| M::write_row(row, params));
        });
    };
    listed::<M, E, M::Row<E>>(physical, (sql, &by), engine, rows, false, &write)
}

fn listed<M: Model, E: Engine, N>(
    physical: &mut Physical,
    (sql, by): (&'static TableSql, &ColumnSet),
    engine: E,
    wanted: &[N],
    locks: bool,
    write_one: &dyn Fn(&N, &mut ParamWriter<'_>),
) -> Result<Vec<M::Row<E>>> {
    let ascending: Vec<usize> = by.iter().collect();
    let dialect = physical.dialect();
    let mut found = Vec::new();
    for wanted in wanted.chunks(AT_A_TIME) {
        let Some(last) = wanted.last() else { break };
        let places = wanted.len().next_power_of_two();
        let text = sql.select_by_list_sql(dialect, &ascending, places);
        let write = &mut |params: &mut ParamWriter<'_>| {
            let all = wanted.iter().chain(std::iter::repeat(last)).take(places);
            all.for_each(|one| write_one(one, params));
        };
        physical.query(&locking(dialect, &text, locks), write, &mut |row| {
            found.push(M::read(row, engine)?);
            Ok(true)
        })?;
    }
    Ok(found)
}

/// The rows with these keys that there are.
pub(super) fn rows_of_keys<M: HasKey, E: Engine>(
    physical: &mut Physical,
    sql: &'static TableSql,
    engine: E,
    keys: &[M::Key<E>],
    locks: bool,
) -> Result<Vec<M::Row<E>>> {
    let text = locking(physical.dialect(), sql.find, locks);
    let write =
        &mut |at: usize, params: &mut ParamWriter<'_>| write_key::<M, E>(sql, &keys[at], params);
    let mut rows = Vec::new();
    physical.query_each(&text, keys.len(), write, &mut |_, row| {
        rows.push(M::read(row, engine)?);
        Ok(())
    })?;
    Ok(rows)
}

/// The kinds of events, by the ends of their names.
#[derive(Debug, Clone, Copy)]
enum EventKind {
    Created,
    Updated,
    Deleted,
}

/// An event as it is stored.
struct Event<'r> {
    kind: EventKind,
    before: Option<&'r EventRow>,
    after: Option<&'r EventRow>,
}

/// Writes the events of rows that differ. Rows are paired by their keys; a row that is as it was has none.
pub(crate) fn record<'r, M: Model, E: Engine>(
    physical: &mut Physical,
    engine: E,
    before: impl IntoIterator<Item = &'r M::Row<E>>,
    after: impl IntoIterator<Item = &'r M::Row<E>>,
) -> Result<()>
where
    M::Row<E>: 'r,
{
    if const { !is_published::<M>() } || !publishes::<M, E>(engine) {
        return Ok(());
    }
    let before = before.into_iter().map(M::event_row::<E>);
    let before = before.collect::<Result<Vec<_>>>()?;
    let after = after.into_iter().map(M::event_row::<E>);
    let after = after.collect::<Result<Vec<_>>>()?;
    let events = changes(&before, &after);
    store::<M>(physical, &events).map_err(|error| explained(error, engine))
}

fn changes<'r>(before: &'r [EventRow], after: &'r [EventRow]) -> Vec<Event<'r>> {
    let mut there: HashMap<&str, &EventRow> = HashMap::new();
    for row in before {
        there.entry(&row.key).or_insert(row);
    }
    let (mut events, mut seen) = (Vec::new(), HashSet::new());
    for row in after.iter().filter(|row| seen.insert(row.key.as_str())) {
        let (kind, before) = match there.get(row.key.as_str()) {
            Some(before) if **before == *row => continue,
            Some(before) => (EventKind::Updated, Some(*before)),
            None => (EventKind::Created, None),
        };
        events.push(Event {
            kind,
            before,
            after: Some(row),
        });
    }
    let mut gone = HashSet::new();
    let deleted = before
        .iter()
        .filter(|row| !seen.contains(row.key.as_str()) && gone.insert(row.key.as_str()));
    events.extend(deleted.map(|row| Event {
        kind: EventKind::Deleted,
        before: Some(row),
        after: None,
    }));
    events
}

fn store<M: Model>(physical: &mut Physical, events: &[Event<'_>]) -> Result<()> {
    let wanted = |event: &&Event<'_>| match event.kind {
        EventKind::Created => M::EVENTS.created,
        EventKind::Updated => M::EVENTS.updated,
        EventKind::Deleted => M::EVENTS.deleted,
    };
    let events: Vec<&Event<'_>> = events.iter().filter(wanted).collect();
    if events.is_empty() {
        return Ok(());
    }
    let origin = physical.origin().map(str::to_owned);
    let text = statements::ADD.of(physical.dialect());
    let write = &mut |at: usize, params: &mut ParamWriter<'_>| {
        write_event::<M>(events[at], origin.as_deref(), params);
    };
    physical.next_is_own();
    physical.execute_each(text, events.len(), write, &mut |_, _| ())?;
    if physical.can_notify() {
        physical.next_is_own();
        physical.query(NOTIFY, &mut |_| (), &mut |_| Ok(true))?;
    }
    Ok(())
}

/// Writes the values of [`statements::ADD`].
fn write_event<M: Model>(event: &Event<'_>, origin: Option<&str>, params: &mut ParamWriter<'_>) {
    let (end, keeps_before) = match event.kind {
        EventKind::Created => ("created", false),
        EventKind::Updated => ("updated", M::EVENTS.before_update),
        EventKind::Deleted => ("deleted", M::EVENTS.before_delete),
    };
    let key = event.after.or(event.before).map_or("null", |row| &row.key);
    params.text(&random::uid());
    params.text(&format!("{}_{end}", M::EVENTS.name));
    params.text(&payload(event, key, keeps_before, origin));
    params.text(&task_key(M::EVENTS.name, key));
    params.i64(RELAY_ATTEMPTS);
}

/// `{"key":7,"after":{…}}`
fn payload(event: &Event<'_>, key: &str, keeps_before: bool, origin: Option<&str>) -> String {
    let mut text = format!("{{\"key\":{key}");
    let parts = [
        ("before", event.before.filter(|_| keeps_before)),
        ("after", event.after),
    ];
    for (name, row) in parts {
        if let Some(row) = row {
            text += &format!(",\"{name}\":{}", row.row);
        }
    }
    if let Some(origin) = origin {
        text += &format!(",\"origin\":{}", serde_json::Value::from(origin));
    }
    text + "}"
}

/// Events with one of these are handed on one after the other. A key that is too long for the column ends in a hash.
pub(crate) fn task_key(name: &str, key: &str) -> String {
    const LONGEST: usize = 191;
    let text = format!("{name}/{key}");
    if text.chars().count() <= LONGEST {
        return text;
    }
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let begin: String = text.chars().take(LONGEST - 17).collect();
    format!("{begin}#{hash:016x}")
}

/// Says what to do where there is no table of events.
fn explained<E: Engine>(error: Error, engine: E) -> Error {
    if *error.kind() != ErrorKind::SchemaMismatch {
        return error;
    }
    let engine = engine.name();
    Error::new(ErrorKind::Config(format!(
        "engine `{engine}` has no table `_bindery_events`: run `bindery create --engine {engine}` or `bindery migrate run --engine {engine}`, or call `create_missing`"
    )))
    .with_source(error)
}
