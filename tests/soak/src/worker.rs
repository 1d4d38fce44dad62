//! One thread of the program under test: it acts on its random numbers and records the results of its calls.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bindery::error::{Applied, Resolution};
use bindery::outbox::{HasOutbox, TaskOptions};
use bindery::{Connection, Error, ErrorKind, Hosts, Result, RetryPolicy, StaticEngine};

use crate::generated::{Account, AccountId, Databases, EntryId, EntryPatch, NewEntry, Tables};
use crate::generated::{engine, entry, model};
use crate::ledger::{Fate, Ledger, PushedTask};
use crate::plan::Home;
use crate::tasks::Count;

/// Accounts of each engine, and what each begins with.
pub(crate) const ACCOUNTS: i64 = 16;
pub(crate) const BALANCE: i64 = 1_000;
/// So many rows a worker keeps on an engine; with more it deletes.
const ROWS: usize = 400;

/// How long it is waited for what became of a COMMIT.
const RESOLVE: Duration = Duration::from_millis(500);

/// The panic of a closure that is meant to.
#[derive(Debug)]
pub(crate) struct Planned;

/// An engine with all that a thread uses.
pub(crate) trait Soaked:
    StaticEngine + HasOutbox + Hosts<model::Entry> + Hosts<model::Account>
{
}

impl<E: StaticEngine + HasOutbox + Hosts<model::Entry> + Hosts<model::Account>> Soaked for E {}

/// A thread's work and what it knows.
pub(crate) struct Worker<'d> {
    db: &'d Databases,
    number: u32,
    random: fastrand::Rng,
    next: i64,
    /// Transactions that said they are committed, and hooks that ran after a commit.
    committed: u64,
    hooks: Arc<AtomicU64>,
    pub(crate) ledgers: BTreeMap<Home, Ledger>,
    /// In the order in which they were pushed.
    pub(crate) tasks: BTreeMap<Home, Vec<PushedTask>>,
    pub(crate) told: CallResults,
    /// Milliseconds since `started` when the call at hand began, plus one; 0 between calls.
    busy_since: &'d AtomicU64,
    started: Instant,
}

/// The results of a worker's calls.
#[derive(Debug, Default, Clone)]
pub(crate) struct CallResults {
    pub(crate) applied: u64,
    pub(crate) not_applied: BTreeMap<&'static str, u64>,
    pub(crate) unknown: u64,
    /// Of the unknown ones, those that were found out.
    pub(crate) resolved: u64,
    pub(crate) reads: u64,
    pub(crate) failed_reads: u64,
    pub(crate) longest: Duration,
    /// The broken promises, in words.
    pub(crate) broken: Vec<String>,
}

impl<'d> Worker<'d> {
    pub(crate) fn new(
        db: &'d Databases,
        number: u32,
        random: fastrand::Rng,
        busy_since: &'d AtomicU64,
        started: Instant,
    ) -> Self {
        let ledgers = Home::ALL.map(|home| (home, Ledger::default()));
        Self {
            db,
            number,
            random,
            next: i64::from(number) << 40,
            committed: 0,
            hooks: Arc::default(),
            ledgers: BTreeMap::from(ledgers),
            tasks: BTreeMap::from(Home::ALL.map(|home| (home, Vec::new()))),
            told: CallResults::default(),
            busy_since,
            started,
        }
    }

    /// Works until the run is over.
    pub(crate) fn work(&mut self, over: &AtomicBool) {
        while !over.load(Ordering::Relaxed) {
            match Home::ALL[self.random.usize(..Home::ALL.len())] {
                Home::Lite => self.step(Home::Lite, engine::Lite),
                Home::Pg => self.step(Home::Pg, engine::Pg),
                Home::Maria => self.step(Home::Maria, engine::Maria),
            }
        }
        let hooks = self.hooks.load(Ordering::Relaxed);
        if hooks != self.committed {
            let what = format!("{} commits, {hooks} hooks after them", self.committed);
            self.told.broken.push(what);
        }
    }

    fn step<E: Soaked>(&mut self, home: Home, engine: E) {
        let millis = self.started.elapsed().as_millis();
        let since = u64::try_from(millis).unwrap_or(u64::MAX - 1) + 1;
        self.busy_since.store(since, Ordering::Relaxed);
        let many = self.ledgers[&home].len() > ROWS;
        match self.random.u8(..20) {
            0..4 if many => self.delete(home, engine),
            0..4 => self.insert(home, engine),
            4..7 if many => self.delete(home, engine),
            4..7 => self.insert_in_transaction(home, engine),
            7 if many => self.delete(home, engine),
            7 => self.insert_many(home, engine),
            8..11 => self.transfer(engine),
            11..13 => self.update(home, engine),
            13 => self.delete(home, engine),
            14..19 => self.find(home, engine),
            _ => self.read_some(home, engine),
        }
        self.busy_since.store(0, Ordering::Relaxed);
    }

    fn new_entry(&mut self, home: Home) -> NewEntry {
        self.next += 1;
        let amount = self.random.i64(0..1_000_000);
        NewEntry::new(entry::Required {
            id: self.next,
            home: home.name().into(),
            worker: i64::from(self.number),
            amount,
        })
    }

    /// One call, timed.
    fn timed<T>(&mut self, call: impl FnOnce(&Databases) -> Result<T>) -> Result<T> {
        let began = Instant::now();
        let outcome = call(self.db);
        self.told.longest = self.told.longest.max(began.elapsed());
        outcome
    }

    fn insert<E: Soaked>(&mut self, home: Home, engine: E) {
        let new = self.new_entry(home);
        let (id, amount) = (new.id, new.amount);
        let outcome = self.timed(|db| db.connect(engine)?.entry().insert(new));
        let fate = self.fate(&outcome);
        self.note(home, id, Some(amount), fate);
    }

    fn insert_many<E: Soaked>(&mut self, home: Home, engine: E) {
        let count = self.random.usize(1..60);
        let rows: Vec<NewEntry> = (0..count).map(|_| self.new_entry(home)).collect();
        let copies = rows.clone();
        let outcome = self.timed(|db| db.connect(engine)?.entry().insert_many(copies));
        let fate = self.fate(&outcome);
        for row in rows {
            self.note(home, row.id, Some(row.amount), fate);
        }
    }

    /// A transaction that pushes a task, and commits, rolls back, is dropped or panics.
    fn insert_in_transaction<E: Soaked>(&mut self, home: Home, engine: E) {
        let count = self.random.usize(1..4);
        let rows: Vec<NewEntry> = (0..count).map(|_| self.new_entry(home)).collect();
        let end = self.random.u8(..10);
        let undone_rows = [self.new_entry(home)];
        let number = rows[0].id;
        let key = (number % 4 == 0).then(|| format!("worker {}", self.number));
        let has_key = key.is_some();
        let hooks = Arc::clone(&self.hooks);
        let db = self.db;
        let work = || -> Result<()> {
            let mut connection = db.connect(engine)?;
            if end == 0 {
                let mut dropped = connection.begin()?;
                push(&mut dropped, number, key)?;
                return insert_all(&mut dropped, &rows);
            }
            let ran = Arc::clone(&hooks);
            connection.transaction(|tx| {
                insert_all(tx, &rows)?;
                push(tx, number, key)?;
                tx.after_commit(move |_| {
                    ran.fetch_add(1, Ordering::Relaxed);
                    Ok(())
                });
                if end > 7 {
                    let mut undone = tx.begin()?;
                    insert_all(&mut undone, &undone_rows)?;
                    undone.rollback()?;
                }
                match end {
                    1 => Err(Error::new(ErrorKind::NotFound)),
                    2 => panic_any(Planned),
                    _ => Ok(()),
                }
            })
        };
        let outcome = match catch_unwind(AssertUnwindSafe(work)) {
            Ok(outcome) => outcome,
            Err(payload) if payload.is::<Planned>() => Err(Error::new(ErrorKind::NotFound)),
            Err(payload) => resume_unwind(payload),
        };
        let mut fate = self.fate(&outcome);
        if end == 0 && fate == Fate::Applied {
            fate = Fate::NotApplied;
        }
        if outcome.is_ok() && end > 0 {
            self.committed += 1;
        }
        for row in rows {
            self.note(home, row.id, Some(row.amount), fate);
        }
        if let Some(tasks) = self.tasks.get_mut(&home) {
            tasks.push(PushedTask {
                number,
                has_key,
                fate,
            });
        }
    }

    fn update<E: Soaked>(&mut self, home: Home, engine: E) {
        let pick = self.random.usize(..ROWS);
        let Some((id, _)) = self.ledgers[&home].stored(pick) else {
            return;
        };
        let amount = self.random.i64(0..1_000_000);
        let changes = EntryPatch {
            amount: Some(amount),
            ..EntryPatch::default()
        };
        let outcome = self.timed(|db| {
            db.connect(engine)?
                .entry()
                .update(EntryId::new(id), changes)
        });
        self.expect_there(home, id, &outcome);
        let fate = self.fate(&outcome);
        self.note(home, id, Some(amount), fate);
    }

    fn delete<E: Soaked>(&mut self, home: Home, engine: E) {
        let pick = self.random.usize(..ROWS);
        let Some((id, _)) = self.ledgers[&home].stored(pick) else {
            return;
        };
        let outcome = self.timed(|db| db.connect(engine)?.entry().delete(EntryId::new(id)));
        self.expect_there(home, id, &outcome);
        let fate = self.fate(&outcome);
        self.note(home, id, None, fate);
    }

    /// Nobody else touches this worker's rows, so a change must find its row.
    fn expect_there(&mut self, home: Home, id: i64, outcome: &Result<bool>) {
        if matches!(outcome, Ok(false)) {
            self.broke(
                home,
                format!("row {id} was stored and was not there to be changed"),
            );
        }
    }

    fn find<E: Soaked>(&mut self, home: Home, engine: E) {
        let pick = self.random.usize(..ROWS);
        let Some((id, amount)) = self.ledgers[&home].stored(pick) else {
            return;
        };
        let outcome = self.timed(|db| db.connect(engine)?.entry().find(EntryId::new(id)));
        self.count_read(&outcome);
        if let Ok(found) = outcome {
            let found = found.map(|row| (row.home, row.amount));
            if found != Some((home.name().to_owned(), amount)) {
                self.broke(
                    home,
                    format!("row {id} should have {amount}, found {found:?}"),
                );
            }
        }
    }

    /// Reads some of all rows, of all workers, and leaves the rest unread.
    fn read_some<E: Soaked>(&mut self, home: Home, engine: E) {
        let count = self.random.usize(..300);
        let outcome = self.timed(|db| {
            let mut connection = db.connect(engine)?;
            let rows = connection.entry().iter()?.take(count);
            rows.map(|row| Ok(row?.home))
                .collect::<Result<Vec<String>>>()
        });
        self.count_read(&outcome);
        let strange = outcome
            .iter()
            .flatten()
            .find(|found| *found != home.name())
            .cloned();
        if let Some(strange) = strange {
            self.broke(home, format!("a row of `{strange}` came from here"));
        }
    }

    /// Money goes from one account to another; the version column keeps lost updates out.
    fn transfer<E: Soaked>(&mut self, engine: E) {
        let from = self.random.i64(0..ACCOUNTS);
        let to = (from + self.random.i64(1..ACCOUNTS)) % ACCOUNTS;
        let money = self.random.i64(1..50);
        let work = || -> Result<()> {
            self.db
                .connect(engine)?
                .transaction_retry(RetryPolicy::default(), |tx| {
                    let mut move_by = |id: i64, by: i64| -> Result<()> {
                        let mut account: Account<E> = tx.account().get(AccountId::new(id))?;
                        account.balance += by;
                        tx.account().save(&account).map(drop)
                    };
                    move_by(from, -money)?;
                    move_by(to, money)
                })
        };
        let outcome = work();
        self.fate(&outcome);
    }

    fn count_read<T>(&mut self, outcome: &Result<T>) {
        self.told.reads += 1;
        match outcome {
            Ok(_) => (),
            Err(error) => {
                self.told.failed_reads += 1;
                if error.applied() == Applied::Unknown {
                    self.told
                        .broken
                        .push(format!("a read has an unknown outcome: {error}"));
                }
            }
        }
    }

    /// Returns the outcome of a write, as the program learns it; an unknown outcome is looked up where that can be
    /// done.
    fn fate<T>(&mut self, outcome: &Result<T>) -> Fate {
        let error = match outcome {
            Ok(_) => {
                self.told.applied += 1;
                return Fate::Applied;
            }
            Err(error) => error,
        };
        match error.applied() {
            Applied::No => {
                *self.told.not_applied.entry(word(error.kind())).or_default() += 1;
                Fate::NotApplied
            }
            Applied::Yes => Fate::Applied,
            Applied::Unknown => {
                self.told.unknown += 1;
                self.resolve(error)
            }
        }
    }

    fn resolve(&mut self, error: &Error) -> Fate {
        let Some(outcome) = error.commit_token() else {
            return Fate::Unknown;
        };
        let fate = match self.db.registry().resolve(outcome, RESOLVE) {
            Ok(Resolution::Committed) => Fate::Applied,
            Ok(Resolution::Aborted) => Fate::NotApplied,
            Ok(Resolution::StillRunning) | Err(_) => return Fate::Unknown,
        };
        self.told.resolved += 1;
        fate
    }

    fn note(&mut self, home: Home, id: i64, wanted: Option<i64>, fate: Fate) {
        if let Some(ledger) = self.ledgers.get_mut(&home) {
            ledger.note(id, wanted, fate);
        }
    }

    fn broke(&mut self, home: Home, what: String) {
        self.told.broken.push(format!("`{}`: {what}", home.name()));
    }
}

fn push<E: Soaked>(connection: &mut Connection<E>, number: i64, key: Option<String>) -> Result<()> {
    let options = match key {
        Some(key) => TaskOptions::new().key(key),
        None => TaskOptions::new(),
    };
    connection.tasks().push_with(Count { number }, options)?;
    Ok(())
}

fn insert_all<E: Soaked>(connection: &mut Connection<E>, rows: &[NewEntry]) -> Result<()> {
    for row in rows {
        connection.entry().insert(row.clone())?;
    }
    Ok(())
}

/// A short word for an error of which nothing was kept.
fn word(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotFound => "rolled back on purpose",
        ErrorKind::StaleVersion => "stale version",
        ErrorKind::Conflict => "conflict",
        ErrorKind::Unavailable => "unavailable",
        ErrorKind::ConnectionLost => "connection lost",
        ErrorKind::PoolExhausted { .. } => "pool exhausted",
        ErrorKind::TransactionAborted => "transaction aborted",
        ErrorKind::Timeout { .. } => "timeout",
        _ => "other",
    }
}
