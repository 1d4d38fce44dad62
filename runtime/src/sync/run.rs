//! One run of a sync: its lock, its row in the log, and the way through the rows that were changed since.

use std::collections::HashSet;
use std::time::Instant;

use super::apply::{Batch, Mapped};
use super::form::{self, Since};
use super::mark::{Mark, MarkColumn};
use super::report::{SyncCounts, SyncReject, SyncReport};
use super::store::{self, Advance, RejectedRow, RunHead, SyncState};
use super::wanted::Wanted;
use super::{Find, OnReject, SyncJob, SyncRow, capture, lock};
use crate::copying::shown;
use crate::driver::own_tables::statements::with_words;
use crate::driver::{Physical, raise_counters};
use crate::error::{Error, ErrorKind, Operation, Result, SyncError};
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::model::Model;
use crate::observe::{Background, EventKind, Outcome, record_sync};
use crate::query::{ColumnPath, Page, recorded_value};
use crate::repository::{Repository, recorded_key};
use crate::value::hexadecimal;
use crate::value::types::ToColumn;
use bindery_core::dialect::Dialect;

/// Rejects that a report holds.
const SHOWN_REJECTS: usize = 100;

/// A run at work.
pub(super) struct Run<'db, S: SyncRow, T: SyncRow> {
    pub(super) job: SyncJob<'db, S, T>,
    pub(super) target: Connection<T::Engine>,
    pub(super) state: SyncState,
    /// Batches that are stored.
    pub(super) batch: i64,
    pub(super) counts: SyncCounts,
    /// The keys of the rows that this run rejected.
    pub(super) rejected: HashSet<Vec<u8>>,
    /// Those that are not stored yet.
    pub(super) pending: Vec<RejectedRow>,
    /// The keys of those that are tried again before the run ends.
    pub(super) put_off: Vec<Vec<u8>>,
    /// Consumers of events may write to the target; `None` until that was looked for.
    pub(super) has_events: Option<bool>,
    shown: Vec<SyncReject>,
    pub(super) started: Instant,
    watermark: Option<Mark>,
}

pub(super) fn run<S: SyncRow, T: SyncRow>(job: SyncJob<'_, S, T>) -> Result<SyncReport> {
    let (registry, name, started) = (job.registry, job.name.clone(), Instant::now());
    let outcome = begin_and_end(job);
    let observer = &registry.engines[T::Engine::default().index()].observer;
    observer.emit_background(&Background {
        kind: EventKind::Sync,
        name: &name,
        model: Some(T::Model::NAME),
        operation: Some(Operation::Sync),
        rows: outcome.as_ref().ok().map(|report| report.rows.written()),
        started,
        outcome: outcome
            .as_ref()
            .err()
            .map_or(Outcome::Succeeded, Outcome::Failed),
    });
    outcome
}

fn begin_and_end<S: SyncRow, T: SyncRow>(job: SyncJob<'_, S, T>) -> Result<SyncReport> {
    let engine = T::Engine::default();
    let located = |error: Error| error.during(Operation::Sync).on_engine(engine.name());
    ensure_overlap(&job.find).map_err(located)?;
    let _lock = lock::take(job.registry, engine.index(), &job.name).map_err(located)?;
    let mut target = job.registry.connect(engine)?;
    let source_engine = S::Engine::default().name();
    let head = RunHead {
        name: &job.name,
        source: &format!("{source_engine}.{}", S::Model::NAME),
        target: &format!("{}.{}", engine.name(), T::Model::NAME),
        mode: match job.find {
            Find::Full => "full",
            Find::By(_) => "watermark",
            Find::Captured(_) => "captured",
        },
    };
    let state = target
        .transaction(|tx| on_physical(tx, |physical| store::begin(physical, &head)))
        .map_err(located)?;
    let mut run = Run {
        job,
        target,
        state,
        batch: 0,
        counts: SyncCounts::default(),
        rejected: HashSet::new(),
        pending: Vec::new(),
        put_off: Vec::new(),
        has_events: None,
        shown: Vec::new(),
        started: Instant::now(),
        watermark: None,
    };
    match run.work() {
        Ok(()) => run.end().map_err(located),
        Err(error) => {
            run.fail(&error);
            Err(error.during(Operation::Sync))
        }
    }
}

/// Integers say nothing of how late a transaction may commit.
fn ensure_overlap(find: &Find) -> Result<()> {
    if !matches!(find, Find::By(column) if column.overlap.is_none()) {
        return Ok(());
    }
    let why = "a watermark of integers needs `overlap_by`: by how many numbers a transaction that commits later may be behind";
    Err(Error::new(ErrorKind::Unsupported(why)))
}

/// Runs statements of the sync's own tables on a connection.
pub(crate) fn on_physical<E: Engine, R>(
    connection: &mut Connection<E>,
    work: impl FnOnce(&mut Physical) -> Result<R>,
) -> Result<R> {
    let engine = connection.engine.name();
    let outcome = connection.link.call(Operation::Sync, |link| {
        work(link.ready()?).inspect_err(|error| link.heed(error))
    });
    outcome.map_err(|error| error.on_engine(engine))
}

/// The rows of the source.
pub(super) fn rows_of<S: SyncRow>(
    source: &mut Connection<S::Engine>,
) -> Repository<'_, S::Model, S::Engine> {
    Repository::new(source.own_target())
}

/// The clocks of both servers, at the beginning of a run.
#[derive(Debug, Clone, Copy)]
struct Clocks {
    /// Every transaction that is open on the source began later than this, as far as the source tells: microseconds.
    settled: i64,
    skew_ms: i64,
}

impl<S: SyncRow, T: SyncRow> Run<'_, S, T> {
    fn work(&mut self) -> Result<()> {
        let mut source = self.job.registry.connect(S::Engine::default())?;
        self.retry_rejects(&mut source)?;
        match self.job.find {
            Find::By(column) => self.by_column(&mut source, column)?,
            Find::Full => self.compare_all(&mut source)?,
            Find::Captured(recording) => self.by_changes(&mut source, recording)?,
        }
        self.exchange(&mut source)
    }

    /// Tries the rows again that earlier runs rejected.
    fn retry_rejects(&mut self, source: &mut Connection<S::Engine>) -> Result<()> {
        let mut after = String::new();
        loop {
            let (name, limit) = (&self.job.name, self.job.batch_size);
            let keys = on_physical(&mut self.target, |physical| {
                store::rejects_after(physical, (name, &after), limit)
            })?;
            let Some(last) = keys.last() else {
                return Ok(());
            };
            after.clone_from(last);
            let recorded = keys
                .iter()
                .filter_map(|key| hexadecimal::parse(key))
                .collect();
            self.retry(source, recorded)?;
        }
    }

    /// Tries the rows of these recorded keys again.
    fn retry(&mut self, source: &mut Connection<S::Engine>, recorded: Vec<Vec<u8>>) -> Result<()> {
        let rows = rows_of::<S>(source).of_recorded_keys(&recorded)?;
        let mut batch = Batch::default();
        let mut gone: HashSet<Vec<u8>> = recorded.into_iter().collect();
        for row in &rows {
            let Some((key, new)) = self.map(row)? else {
                gone.remove(&recorded_key::<S::Model, S::Engine>(row)?);
                continue;
            };
            // It is taken out of the rejects once it is stored.
            gone.remove(&key);
            batch.rows.push(Mapped {
                key,
                new,
                is_compared: true,
                was_rejected: true,
            });
        }
        batch.resolved = gone.iter().map(|key| hexadecimal::write(key)).collect();
        self.apply(batch, source)
    }

    /// A row with its recorded key, as the target is to have it; `None` where it is rejected.
    pub(super) fn map(&mut self, row: &S) -> Result<Option<(Vec<u8>, Wanted<T>)>> {
        self.counts.read += 1;
        let key = recorded_key::<S::Model, S::Engine>(row)?;
        if self.rejected.contains(&key) {
            return Ok(None);
        }
        match (self.job.mapping)(row) {
            Ok(new) => Ok(Some((key, new))),
            Err(reject) => {
                let source = S::Engine::default().name();
                self.reject(key, reject.reason(), None)
                    .map_err(|error| error.on_engine(source))?;
                Ok(None)
            }
        }
    }

    /// Keeps a row that cannot be copied for the next batch to store, or fails as the policy says.
    pub(super) fn reject(
        &mut self,
        key: Vec<u8>,
        reason: &str,
        cause: Option<Error>,
    ) -> Result<()> {
        let (sync, row_key) = (self.job.name.clone(), shown(&key));
        let reason = reason.to_owned();
        let failed = |error| Error::new(ErrorKind::Sync(error));
        let key_bytes = hexadecimal::write(&key);
        if self.job.on_reject == OnReject::Stop || key_bytes.len() > store::LONGEST_KEY {
            let key = row_key;
            let error = failed(SyncError::Rejected { sync, key, reason });
            return Err(match cause {
                Some(cause) => error.with_source(cause),
                None => error,
            });
        }
        if self.rejected.len() >= self.job.most_rejects {
            let limit = self.job.most_rejects;
            return Err(failed(SyncError::TooManyRejects { sync, limit }));
        }
        if self.shown.len() < SHOWN_REJECTS {
            let (key, reason) = (row_key.clone(), reason.clone());
            self.shown.push(SyncReject { key, reason });
        }
        self.rejected.insert(key);
        self.pending.push(RejectedRow {
            key_bytes,
            row_key,
            reason,
            attempts: 1,
        });
        Ok(())
    }

    /// Copies the rows from where the last run ended to the last one that there is now.
    fn by_column(&mut self, source: &mut Connection<S::Engine>, column: MarkColumn) -> Result<()> {
        let clocks = match column.is_time {
            true => Some(self.clocks(source)?),
            false => None,
        };
        let has_jumped = self.has_jumped(column, clocks);
        let base = self.state.mark.filter(|_| !has_jumped);
        let mut since = Since {
            column: column.path,
            is_time: column.is_time,
            first: base.map(|mark| mark.before(column.overlap.unwrap_or(0))),
        };
        form::ensure_column::<S>(source, &since)?;
        let Some(last) = rows_of::<S>(source).last_by(column.path)? else {
            return self.apply(Batch::default(), source);
        };
        form::ensure_key(source, &last, Some(&since))?;
        let end = self.mark_of(&last, column.path)?;
        let start = since.first.take().map(|first| end.with(first.value()));
        let mut before: Vec<S> = Vec::new();
        let mut reached = None;
        loop {
            let page = Page {
                after: before.last(),
                limit: self.job.batch_size,
            };
            let start = start.as_ref().map(|mark| mark as &dyn ToColumn);
            let rows = rows_of::<S>(source).page_between(column.path, (start, &end), &page)?;
            form::ensure_after(&before, &rows)?;
            let mut batch = Batch::default();
            for row in &rows {
                let mark = self.mark_of(row, column.path)?;
                if reached.replace(mark).is_some_and(|before| mark < before) {
                    return Err(form::out_of_order(row)?);
                }
                let is_compared = self.state.seen.is_some_and(|seen| mark.value() <= seen);
                if let Some((key, new)) = self.map(row)? {
                    batch.rows.push(Mapped {
                        key,
                        new,
                        is_compared,
                        was_rejected: false,
                    });
                }
            }
            if let Some(mark) = reached.filter(|_| !rows.is_empty()) {
                batch.advance = self.advance(base, mark, clocks);
            }
            self.apply(batch, source)?;
            self.watermark = reached;
            if rows.len() < self.job.batch_size {
                return Ok(());
            }
            before = rows;
        }
    }

    fn mark_of(&self, row: &S, path: ColumnPath) -> Result<Mark> {
        let sql = rows_sql::<S>()?;
        let value = recorded_value::<S::Model, S::Engine>(sql, row, path)?;
        Mark::of_recorded(&value)
    }

    /// The watermark after a row: never after a moment at which transactions may have been open, nor before the last one.
    fn advance(&self, base: Option<Mark>, mark: Mark, clocks: Option<Clocks>) -> Advance {
        let settled = clocks.map_or(mark.value(), |clocks| mark.value().min(clocks.settled));
        let value = base.map_or(settled, |base| base.value().max(settled));
        Advance {
            mark: Some(mark.with(value)),
            seen: Some(
                self.state
                    .seen
                    .map_or(mark.value(), |seen| seen.max(mark.value())),
            ),
            skew_ms: clocks.map(|clocks| clocks.skew_ms),
            position: None,
        }
    }

    /// Whether a clock was set by more than what the overlap allows. Rows may have got an earlier time since than those before, so all
    /// are read.
    fn has_jumped(&self, column: MarkColumn, clocks: Option<Clocks>) -> bool {
        let Some((now, before)) = clocks.zip(self.state.skew_ms) else {
            return false;
        };
        let allowed = column.overlap.unwrap_or(0) / 1_000;
        (now.skew_ms - before).abs() > allowed.max(1_000)
    }

    fn clocks(&mut self, source: &mut Connection<S::Engine>) -> Result<Clocks> {
        let (now_ms, oldest_ms) = on_physical(source, clock)?;
        let (target_ms, _) = on_physical(&mut self.target, clock)?;
        Ok(Clocks {
            settled: oldest_ms
                .unwrap_or(now_ms)
                .min(now_ms)
                .saturating_mul(1_000),
            skew_ms: now_ms - target_ms,
        })
    }

    /// Stores that the run came to its end.
    fn end(mut self) -> Result<SyncReport> {
        self.counts.rejected = self.rejected.len() as u64;
        self.record(false);
        let watermark = self.watermark.map(|mark| mark.to_string());
        let (name, run, counts) = (&self.job.name, self.state.run, self.counts);
        let copied = rows_sql::<T>()?;
        on_physical(&mut self.target, |physical| {
            if counts.inserted > 0 {
                raise_counters(physical, copied)?;
            }
            store::end(physical, (name, run), &counts, (watermark.as_deref(), None))
        })?;
        let table = capture::recorded_name::<T>(self.job.registry);
        if let Some(table) = table.filter(|_| counts.written() > 0)
            && let Err(error) = capture::prune_unread(&mut self.target, &table)
        {
            // The run is stored, and the next one prunes them.
            tracing::warn!(sync = name, %error, "changes of a copy that nothing reads are not pruned");
        }
        Ok(SyncReport {
            name: self.job.name.clone(),
            run: run.unsigned_abs(),
            rows: counts,
            watermark,
            rejects: std::mem::take(&mut self.shown),
        })
    }

    fn record(&self, has_failed: bool) {
        let rows = [
            ("insert", self.counts.inserted),
            ("update", self.counts.updated),
            ("delete", self.counts.deleted),
            ("reject", self.counts.rejected),
        ];
        record_sync(&self.job.name, has_failed, self.started.elapsed(), &rows);
    }

    /// Stores why it did not, where the target can be reached; else the next run does.
    fn fail(&mut self, error: &Error) {
        self.counts.rejected = self.rejected.len() as u64;
        self.record(true);
        let watermark = self.watermark.map(|mark| mark.to_string());
        let (name, run, counts) = (&self.job.name, self.state.run, self.counts);
        let Ok(mut target) = self.job.registry.connect(T::Engine::default()) else {
            return;
        };
        let why = error.to_string();
        let _ = on_physical(&mut target, |physical| {
            let ended = (watermark.as_deref(), Some(why.as_str()));
            store::end(physical, (name, run), &counts, ended)
        });
    }
}

/// The statements of a table.
pub(crate) fn rows_sql<R: SyncRow>() -> Result<&'static crate::driver::TableSql> {
    let sql = crate::model::lives_on::Hosts::<R::Model>::sql(R::Engine::default());
    let not_hosted = || {
        Error::new(ErrorKind::NotHosted {
            lives_on: R::Model::ENGINES,
        })
    };
    sql.ok_or_else(not_hosted)
}

/// The time of a server, and when the oldest of the others' open transactions began, where it tells: milliseconds since 1970.
/// One that has only read so far may write yet, with the time of its beginning.
fn clock(physical: &mut Physical) -> Result<(i64, Option<i64>)> {
    let dialect = physical.dialect();
    let oldest = match dialect {
        Dialect::Postgres => {
            "(SELECT CAST(floor(extract(epoch FROM min(xact_start)) * 1000) AS bigint) FROM pg_catalog.pg_stat_activity \
             WHERE datname = pg_catalog.current_database() AND backend_type = 'client backend' \
             AND pid <> pg_catalog.pg_backend_pid())"
        }
        Dialect::Sqlite | Dialect::Mysql => "NULL",
    };
    let sql = with_words(dialect, &format!("SELECT @now, {oldest}"));
    let mut found = None;
    physical.query(&sql, &mut |_| (), &mut |row| {
        found = Some((row.next()?, row.next()?));
        Ok(true)
    })?;
    found.ok_or_else(|| physical.without_row())
}
