//! The tables of sagas. `_bindery_sagas` and `_bindery_saga_steps` are the log, on the engine that the saga names: its state, and
//! the outputs of its steps. `_bindery_saga_marks` is on each other engine: a row for each step that was done there, written in
//! the step's own transaction, so that a step is done once whatever becomes of the process.

use crate::driver::Physical;
use crate::error::{Error, ErrorKind, Result, SagaError};
use crate::value::ParamWriter;
use bindery_core::dialect::Dialect;
use bindery_core::sql_writer::SqlWriter;

pub(super) const SAGAS: &str = "_bindery_sagas";
const STEPS: &str = "_bindery_saga_steps";
pub(super) const MARKS: &str = "_bindery_saga_marks";

/// The longest id of a saga, in characters.
pub(super) const LONGEST_ID: usize = 191;

/// A clock that was set back by more than this makes nothing wait longer.
const SKEW_MS: i64 = 60_000;

/// The columns of [`Saved`]; `{now}` is the database's clock.
const COLUMNS: &str = "saga, id, uid, steps, input, state, step_no, attempts, failures, doubt, \
    CASE WHEN stalled_ms = 0 THEN 0 ELSE {now} - stalled_ms END, failed_step, error, undo_step, undo_error, epoch, \
    CASE WHEN due_ms <= {now} OR changed_ms > {now} + {skew} THEN 1 ELSE 0 END";

/// How far a saga is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// Its steps are run.
    Running,
    /// A step failed; those before it are compensated.
    Compensating,
    /// A compensation failed, and is tried again.
    Pending,
    /// A person has to look at it, before it goes on forward.
    ParkedForward,
    /// The same on the way back.
    ParkedBack,
    Completed,
    /// A step failed, and nothing of the others is left.
    Failed,
}

impl State {
    const ALL: [Self; 7] = [
        Self::Running,
        Self::Compensating,
        Self::Pending,
        Self::ParkedForward,
        Self::ParkedBack,
        Self::Completed,
        Self::Failed,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Compensating => "compensating",
            Self::Pending => "pending",
            Self::ParkedForward => "parked",
            Self::ParkedBack => "parked_back",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    /// `None`: of a later version of bindery.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Is there something left to be done without a person?
    pub(super) fn is_open(self) -> bool {
        match self {
            Self::Running | Self::Compensating | Self::Pending => true,
            Self::ParkedForward | Self::ParkedBack | Self::Completed | Self::Failed => false,
        }
    }
}

/// A step or its compensation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Forward,
    Back,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::Forward => "F",
            Self::Back => "B",
        }
    }
}

/// The part of a saga that changes while it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) state: State,
    /// The next step forward; on the way back how many steps are left to be compensated.
    pub(super) at: usize,
    /// Of the step or compensation at hand: how often it was tried without success.
    pub(super) attempts: u32,
    /// How many of these count: those that were not because of an engine that could not be reached.
    pub(super) failures: u32,
    /// It may have been committed.
    pub(super) doubt: bool,
    /// For how long its engine could not be reached; `None` where it can.
    pub(super) stalled_ms: Option<u64>,
    pub(super) failed: Option<(String, String)>,
    pub(super) undo_failed: Option<(String, String)>,
}

/// The process that may go on with it, and from when others may.
#[derive(Debug, Clone, Copy)]
pub(super) enum Hold<'o> {
    /// This process, for this time.
    Mine(&'o str, u64),
    /// Anybody, after this time.
    Free(u64),
}

/// A saga as it is stored.
#[derive(Debug, Clone)]
pub(super) struct Saved {
    pub(super) saga: String,
    pub(super) id: String,
    pub(super) uid: String,
    /// The names of its steps when it was started, separated by commas.
    pub(super) steps: String,
    pub(super) input: String,
    pub(super) progress: Progress,
    pub(super) epoch: i64,
    /// No process runs it now, and it need not wait longer.
    pub(super) is_due: bool,
}

/// A step that was done, or its compensation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) at: usize,
    pub(super) way: Way,
    pub(super) step: String,
    pub(super) outcome: Ended,
    pub(super) output: String,
    /// The step's snapshot, where it has one.
    pub(super) written: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    Done,
    /// A compensation left what had been changed since.
    Skipped,
    /// The step was given up before it was done: it can never be committed any more.
    Fenced,
}

impl Ended {
    const ALL: [Self; 3] = [Self::Done, Self::Skipped, Self::Fenced];

    fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Fenced => "fenced",
        }
    }
}

/// The statements that make the tables; those of the log on the engine that keeps it, the marks on others.
pub(super) fn definitions(dialect: Dialect, keeps_log: bool) -> Vec<(&'static str, Vec<String>)> {
    let (text, end, by_due) = match dialect {
        Dialect::Sqlite | Dialect::Postgres => ("TEXT", ")", ""),
        // Ids differ in case and in spaces at their ends; each product reads its own comment only. Another storage engine would
        // not roll back.
        Dialect::Mysql => (
            "LONGTEXT",
            ") ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 /*M!100200 COLLATE utf8mb4_nopad_bin */ \
             /*!80017 COLLATE utf8mb4_0900_bin */",
            ", INDEX _bindery_sagas_due (state, due_ms)",
        ),
    };
    let step = format!(
        "uid VARCHAR(32) NOT NULL, step_no BIGINT NOT NULL, way CHAR(1) NOT NULL, step VARCHAR(64) NOT NULL, \
         outcome VARCHAR(12) NOT NULL, output {text} NOT NULL, written {text}, at_ms BIGINT NOT NULL, \
         PRIMARY KEY (uid, step_no, way){end}"
    );
    if !keeps_log {
        return vec![(
            MARKS,
            vec![format!("CREATE TABLE IF NOT EXISTS {MARKS} ({step}")],
        )];
    }
    let mut sagas = vec![format!(
        "CREATE TABLE IF NOT EXISTS {SAGAS} (saga VARCHAR(64) NOT NULL, id VARCHAR(191) NOT NULL, \
         uid VARCHAR(32) NOT NULL, steps {text} NOT NULL, input {text} NOT NULL, state VARCHAR(12) NOT NULL, \
         step_no BIGINT NOT NULL, attempts BIGINT NOT NULL, failures BIGINT NOT NULL, doubt BIGINT NOT NULL, \
         stalled_ms BIGINT NOT NULL, failed_step VARCHAR(64), error {text}, undo_step VARCHAR(64), undo_error {text}, \
         epoch BIGINT NOT NULL, owner VARCHAR(64), due_ms BIGINT NOT NULL, created_ms BIGINT NOT NULL, \
         changed_ms BIGINT NOT NULL, PRIMARY KEY (saga, id){by_due}{end}"
    )];
    if by_due.is_empty() {
        sagas.push(format!(
            "CREATE INDEX IF NOT EXISTS _bindery_sagas_due ON {SAGAS} (state, due_ms)"
        ));
    }
    vec![
        (SAGAS, sagas),
        (
            STEPS,
            vec![format!("CREATE TABLE IF NOT EXISTS {STEPS} ({step}")],
        ),
    ]
}

/// Makes the tables where there are none.
pub(super) fn create(physical: &mut Physical, keeps_log: bool) -> Result<()> {
    for (table, statements) in definitions(physical.dialect(), keeps_log) {
        if physical.table_exists(None, table)? {
            continue;
        }
        for sql in statements {
            match physical.define(&sql) {
                // Another process made it at the same time.
                Err(_) if physical.table_exists(None, table)? => {}
                outcome => outcome?,
            }
        }
    }
    Ok(())
}

/// Says in words that a table is missing, where that is why something failed.
pub(super) fn explained(physical: &mut Physical, table: &'static str, error: Error) -> Error {
    let is_missing = *error.kind() == ErrorKind::SchemaMismatch
        && !physical.in_transaction()
        && matches!(physical.table_exists(None, table), Ok(false));
    if is_missing {
        Error::new(ErrorKind::Saga(SagaError::NoTable { table }))
    } else {
        error
    }
}

/// Milliseconds since 1970 by the clock of the database.
fn now(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
        Dialect::Postgres => "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
        Dialect::Mysql => "CAST(unix_timestamp(now(3)) * 1000 AS SIGNED)",
    }
}

fn timed(dialect: Dialect, text: &str) -> String {
    let skew = SKEW_MS.to_string();
    text.replace("{now}", now(dialect)).replace("{skew}", &skew)
}

/// The condition that a saga can be gone on with now.
fn is_due(dialect: Dialect) -> String {
    timed(
        dialect,
        "state IN ('running', 'compensating', 'pending') AND (due_ms <= {now} OR changed_ms > {now} + {skew})",
    )
}

/// Begins a saga; `false` where there is one of this id.
pub(super) fn insert(physical: &mut Physical, new: &Saved, hold: Hold<'_>) -> Result<bool> {
    let dialect = physical.dialect();
    let mut sql = SqlWriter::new(dialect);
    sql.push(
        "INSERT INTO _bindery_sagas (saga, id, uid, steps, input, state, step_no, attempts, failures, doubt, stalled_ms, \
         epoch, owner, due_ms, created_ms, changed_ms) VALUES (",
    );
    for _ in 0..6 {
        sql.placeholder().push(", ");
    }
    sql.push("0, 0, 0, 0, 0, ")
        .placeholder()
        .push(", ")
        .placeholder();
    sql.push(&timed(dialect, ", {now} + ")).placeholder();
    sql.push(&timed(dialect, ", {now}, {now})"));
    sql.push(match dialect {
        // An error would end the caller's transaction on PostgreSQL.
        Dialect::Sqlite | Dialect::Postgres => " ON CONFLICT DO NOTHING",
        // An error undoes this statement only. `INSERT IGNORE` would hide other errors too.
        Dialect::Mysql => "",
    });
    let write = &mut |params: &mut ParamWriter<'_>| {
        for text in [&new.saga, &new.id, &new.uid, &new.steps, &new.input] {
            params.text(text);
        }
        params.text(new.progress.state.name());
        params.i64(new.epoch);
        hold.write(params);
    };
    match physical.execute(&sql.finish(), write) {
        Ok(rows) => Ok(rows == 1),
        Err(error) if error.is_unique_violation() => Ok(false),
        Err(error) => Err(explained(physical, SAGAS, error)),
    }
}

impl Hold<'_> {
    fn write(self, params: &mut ParamWriter<'_>) {
        let (owner, wait_ms) = match self {
            Self::Mine(owner, lease_ms) => (Some(owner.to_owned()), lease_ms),
            Self::Free(wait_ms) => (None, wait_ms),
        };
        params.push(&owner);
        params.i64(signed(wait_ms));
    }
}

/// Reads one saga.
pub(super) fn read(physical: &mut Physical, saga: &str, id: &str) -> Result<Option<Saved>> {
    read_with(physical, saga, id, "")
}

/// Reads one saga that was in the way of an insert, even where the transaction is older than it.
pub(super) fn read_latest(physical: &mut Physical, saga: &str, id: &str) -> Result<Option<Saved>> {
    let end = match physical.dialect() {
        // There the insert has failed with what this transaction cannot see.
        Dialect::Sqlite | Dialect::Postgres => "",
        Dialect::Mysql => " LOCK IN SHARE MODE",
    };
    read_with(physical, saga, id, end)
}

fn read_with(physical: &mut Physical, saga: &str, id: &str, end: &str) -> Result<Option<Saved>> {
    let mut sql = SqlWriter::new(physical.dialect());
    sql.push(&format!(
        "SELECT {} FROM _bindery_sagas WHERE saga = ",
        timed(physical.dialect(), COLUMNS)
    ));
    sql.placeholder().push(" AND id = ").placeholder().push(end);
    let write = &mut |params: &mut ParamWriter<'_>| {
        params.text(saga);
        params.text(id);
    };
    let found = select(physical, &sql.finish(), write)?;
    Ok(found.into_iter().next())
}

/// The sagas of these names that can be gone on with now, the longest waiting first.
pub(super) fn due(physical: &mut Physical, sagas: &[&str], limit: usize) -> Result<Vec<Saved>> {
    let dialect = physical.dialect();
    let mut sql = SqlWriter::new(dialect);
    let columns = timed(dialect, COLUMNS);
    let is_due = is_due(dialect);
    sql.push(&format!(
        "SELECT {columns} FROM _bindery_sagas WHERE {is_due} AND saga IN ("
    ));
    for (at, _) in sagas.iter().enumerate() {
        sql.push(if at == 0 { "" } else { ", " }).placeholder();
    }
    sql.push(&format!(") ORDER BY due_ms LIMIT {limit}"));
    let write = &mut |params: &mut ParamWriter<'_>| sagas.iter().for_each(|name| params.text(name));
    select(physical, &sql.finish(), write)
}

fn select(
    physical: &mut Physical,
    sql: &str,
    write: &mut dyn FnMut(&mut ParamWriter<'_>),
) -> Result<Vec<Saved>> {
    let mut found = Vec::new();
    let read = physical.query(sql, write, &mut |row| {
        let (saga, id, uid, steps, input) = (
            row.next()?,
            row.next()?,
            row.next()?,
            row.next()?,
            row.next()?,
        );
        // A state of a later version of bindery is for that one to go on with.
        let state = State::named(&row.next::<String>()?);
        let at = number(row.next()?);
        let (attempts, failures) = (small(row.next()?), small(row.next()?));
        let doubt = row.next::<i64>()? != 0;
        let stalled = row.next::<i64>()?;
        let texts: [Option<String>; 4] = [row.next()?, row.next()?, row.next()?, row.next()?];
        let [failed_step, error, undo_step, undo_error] = texts;
        let epoch = row.next()?;
        let is_due = row.next::<i64>()? != 0;
        found.push(Saved {
            saga,
            id,
            uid,
            steps,
            input,
            progress: Progress {
                state: state.unwrap_or(State::ParkedForward),
                at,
                attempts,
                failures,
                doubt,
                stalled_ms: (stalled > 0).then_some(stalled.unsigned_abs()),
                failed: failed_step.zip(error),
                undo_failed: undo_step.zip(undo_error),
            },
            epoch,
            is_due,
        });
        Ok(true)
    });
    read.map_err(|error| explained(physical, SAGAS, error))?;
    Ok(found)
}

/// Takes a saga that no process runs; `false` where another process was faster, or where its owner has shown a sign of life since.
pub(super) fn claim(
    physical: &mut Physical,
    saved: &Saved,
    owner: &str,
    lease_ms: u64,
) -> Result<bool> {
    let dialect = physical.dialect();
    let mut sql = SqlWriter::new(dialect);
    // Where it was left without an owner, nothing was at work. Another owner is lost, and what it was about may be committed.
    sql.push("UPDATE _bindery_sagas SET doubt = CASE WHEN owner IS NULL THEN doubt ELSE 1 END, attempts = CASE WHEN owner IS NULL THEN attempts ELSE attempts + 1 END, epoch = epoch + 1, owner = ")
        .placeholder()
        .push(&timed(dialect, ", due_ms = {now} + "))
        .placeholder()
        .push(&timed(dialect, ", changed_ms = {now} WHERE saga = "))
        .placeholder()
        .push(" AND id = ")
        .placeholder()
        .push(" AND epoch = ")
        .placeholder()
        .push(" AND ")
        .push(&is_due(dialect));
    let write = &mut |params: &mut ParamWriter<'_>| {
        params.text(owner);
        params.i64(signed(lease_ms));
        params.text(&saved.saga);
        params.text(&saved.id);
        params.i64(saved.epoch);
    };
    Ok(physical.execute(&sql.finish(), write)? == 1)
}

/// Writes the progress of a saga; `false` where it is not as it was read: another process has it, or this was done already.
pub(super) fn advance(
    physical: &mut Physical,
    was: &Saved,
    to: &Progress,
    hold: Hold<'_>,
) -> Result<bool> {
    let dialect = physical.dialect();
    let mut sql = SqlWriter::new(dialect);
    sql.push("UPDATE _bindery_sagas SET state = ").placeholder();
    for column in [
        "step_no",
        "attempts",
        "failures",
        "doubt",
        "failed_step",
        "error",
        "undo_step",
        "undo_error",
    ] {
        sql.push(", ").push(column).push(" = ").placeholder();
    }
    sql.push(&match to.stalled_ms {
        None => ", stalled_ms = 0".to_owned(),
        Some(_) => timed(
            dialect,
            ", stalled_ms = CASE WHEN stalled_ms = 0 THEN {now} ELSE stalled_ms END",
        ),
    });
    sql.push(", owner = ")
        .placeholder()
        .push(&timed(dialect, ", due_ms = {now} + "))
        .placeholder()
        .push(&timed(dialect, ", changed_ms = {now} WHERE saga = "))
        .placeholder();
    for column in ["id", "epoch", "state", "step_no"] {
        sql.push(" AND ").push(column).push(" = ").placeholder();
    }
    let write = &mut |params: &mut ParamWriter<'_>| {
        to.write(params);
        hold.write(params);
        params.text(&was.saga);
        params.text(&was.id);
        params.i64(was.epoch);
        params.text(was.progress.state.name());
        params.i64(signed(was.progress.at as u64));
    };
    Ok(physical.execute(&sql.finish(), write)? == 1)
}

impl Progress {
    fn write(&self, params: &mut ParamWriter<'_>) {
        params.text(self.state.name());
        let numbers = [
            self.at as u64,
            self.attempts.into(),
            self.failures.into(),
            self.doubt.into(),
        ];
        numbers
            .into_iter()
            .for_each(|number| params.i64(signed(number)));
        for failed in [&self.failed, &self.undo_failed] {
            params.push(&failed.as_ref().map(|(step, _)| step.clone()));
            params.push(&failed.as_ref().map(|(_, error)| error.clone()));
        }
    }
}

/// Is the saga as it was read, for all that is known now?
pub(super) fn is_as_read(physical: &mut Physical, was: &Saved) -> Result<bool> {
    let found = read(physical, &was.saga, &was.id)?;
    Ok(found.is_some_and(|now| {
        let of = |saved: &Saved| (saved.epoch, saved.progress.state, saved.progress.at);
        of(&now) == of(was)
    }))
}

/// Inserts what became of a step: into the log, or as a mark on the step's own engine.
pub(super) fn insert_record(
    physical: &mut Physical,
    is_log: bool,
    uid: &str,
    record: &Record,
) -> Result<()> {
    let dialect = physical.dialect();
    let mut sql = SqlWriter::new(dialect);
    sql.push("INSERT INTO ").push(table(is_log));
    sql.push(" (uid, step_no, way, step, outcome, output, written, at_ms) VALUES (");
    for _ in 0..7 {
        sql.placeholder().push(", ");
    }
    sql.push(now(dialect)).push(")");
    let write = &mut |params: &mut ParamWriter<'_>| {
        params.text(uid);
        params.i64(signed(record.at as u64));
        params.text(record.way.name());
        params.text(&record.step);
        params.text(record.outcome.name());
        params.text(&record.output);
        params.push(&record.written);
    };
    physical.execute(&sql.finish(), write).map(drop)
}

/// Completes a mark that was inserted in the same transaction.
pub(super) fn complete_mark(physical: &mut Physical, uid: &str, record: &Record) -> Result<()> {
    let mut sql = SqlWriter::new(physical.dialect());
    sql.push("UPDATE _bindery_saga_marks SET outcome = ")
        .placeholder();
    sql.push(", output = ").placeholder();
    sql.push(", written = ").placeholder();
    sql.push(" WHERE uid = ").placeholder();
    sql.push(" AND step_no = ").placeholder();
    sql.push(" AND way = ").placeholder();
    let write = &mut |params: &mut ParamWriter<'_>| {
        params.text(record.outcome.name());
        params.text(&record.output);
        params.push(&record.written);
        params.text(uid);
        params.i64(signed(record.at as u64));
        params.text(record.way.name());
    };
    physical.execute(&sql.finish(), write).map(drop)
}

/// All records of a saga, in the order of its steps, those forward first.
pub(super) fn records(physical: &mut Physical, is_log: bool, uid: &str) -> Result<Vec<Record>> {
    let mut sql = SqlWriter::new(physical.dialect());
    sql.push("SELECT step_no, way, step, outcome, output, written FROM ")
        .push(table(is_log))
        .push(" WHERE uid = ")
        .placeholder()
        .push(" ORDER BY way DESC, step_no");
    let mut found = Vec::new();
    let write = &mut |params: &mut ParamWriter<'_>| params.text(uid);
    let read = physical.query(&sql.finish(), write, &mut |row| {
        let at = number(row.next()?);
        let way = if row.next::<String>()? == "F" {
            Way::Forward
        } else {
            Way::Back
        };
        let step = row.next()?;
        let outcome = row.next::<String>()?;
        let outcome = Ended::ALL.into_iter().find(|ended| ended.name() == outcome);
        found.push(Record {
            at,
            way,
            step,
            outcome: outcome.unwrap_or(Ended::Done),
            output: row.next()?,
            written: row.next()?,
        });
        Ok(true)
    });
    read.map_err(|error| explained(physical, table(is_log), error))?;
    Ok(found)
}

/// Deletes what the steps of a saga left: in the log, or on another engine.
pub(super) fn forget_records(physical: &mut Physical, is_log: bool, uid: &str) -> Result<()> {
    let mut sql = SqlWriter::new(physical.dialect());
    sql.push("DELETE FROM ").push(table(is_log));
    sql.push(" WHERE uid = ").placeholder();
    let write = &mut |params: &mut ParamWriter<'_>| params.text(uid);
    physical.execute(&sql.finish(), write).map(drop)
}

/// Deletes a saga itself.
pub(super) fn forget(physical: &mut Physical, saga: &str, id: &str, uid: &str) -> Result<()> {
    let mut sql = SqlWriter::new(physical.dialect());
    sql.push("DELETE FROM _bindery_sagas WHERE saga = ")
        .placeholder();
    sql.push(" AND id = ").placeholder();
    sql.push(" AND uid = ").placeholder();
    let write = &mut |params: &mut ParamWriter<'_>| {
        [saga, id, uid]
            .into_iter()
            .for_each(|text| params.text(text));
    };
    physical.execute(&sql.finish(), write).map(drop)
}

/// Ids and marks of sagas of a name that have been over for this long: those that completed, and those that failed.
pub(super) fn over(
    physical: &mut Physical,
    saga: &str,
    age_ms: u64,
    limit: usize,
) -> Result<Vec<(String, String)>> {
    let dialect = physical.dialect();
    let mut sql = SqlWriter::new(dialect);
    sql.push(
        "SELECT id, uid FROM _bindery_sagas WHERE state IN ('completed', 'failed') AND saga = ",
    )
    .placeholder()
    .push(&timed(dialect, " AND changed_ms <= {now} - "))
    .placeholder()
    .push(&format!(" ORDER BY due_ms LIMIT {limit}"));
    let mut found = Vec::new();
    let write = &mut |params: &mut ParamWriter<'_>| {
        params.text(saga);
        params.i64(signed(age_ms));
    };
    physical.query(&sql.finish(), write, &mut |row| {
        found.push((row.next()?, row.next()?));
        Ok(true)
    })?;
    Ok(found)
}

/// How many sagas of each name there are in each state that is not over, and how old the oldest is, in milliseconds; `lost` are
/// those whose owner did not go on in time.
pub(super) fn waiting(physical: &mut Physical) -> Result<Vec<Waiting>> {
    let dialect = physical.dialect();
    let sql = timed(
        dialect,
        "SELECT saga, state, count(*), CAST(sum(CASE WHEN owner IS NOT NULL AND due_ms <= {now} THEN 1 ELSE 0 END) AS {int}), \
         {now} - min(created_ms) FROM _bindery_sagas \
         WHERE state IN ('running', 'compensating', 'pending', 'parked', 'parked_back') GROUP BY saga, state ORDER BY saga, state",
    );
    let sql = sql.replace(
        "{int}",
        match dialect {
            Dialect::Sqlite => "INTEGER",
            Dialect::Postgres => "BIGINT",
            Dialect::Mysql => "SIGNED",
        },
    );
    let mut found = Vec::new();
    physical.query(&sql, &mut |_| (), &mut |row| {
        found.push(Waiting {
            saga: row.next()?,
            state: State::named(&row.next::<String>()?).unwrap_or(State::ParkedForward),
            count: row.next::<i64>()?.unsigned_abs(),
            lost: row.next::<i64>()?.unsigned_abs(),
            oldest_ms: row.next::<i64>()?.max(0).unsigned_abs(),
        });
        Ok(true)
    })?;
    Ok(found)
}

/// A row of [`waiting`].
pub(super) struct Waiting {
    pub(super) saga: String,
    pub(super) state: State,
    pub(super) count: u64,
    pub(super) lost: u64,
    pub(super) oldest_ms: u64,
}

fn table(is_log: bool) -> &'static str {
    if is_log { STEPS } else { MARKS }
}

fn number(value: i64) -> usize {
    usize::try_from(value).unwrap_or(0)
}

fn small(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
