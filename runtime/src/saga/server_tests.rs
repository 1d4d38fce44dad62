//! Sagas on real databases: every pair of dialects, each as the engine that keeps the log. The tests are in the modules.

mod kills;
mod limits;
mod mended;
mod outages;
mod outcomes;
mod shared;

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use bindery_testkit::{FreshDatabase, Watchdog};
use serde::Deserialize;

use super::*;
use crate::databases::config::Config;
use crate::link::dialect::Several;
use crate::link::transaction::Transaction;
use bindery_core::program::{EngineInfo, List, Program};

const PATIENCE: Duration = Duration::from_secs(600);

macro_rules! engines {
    ($($name:literal $dialect:ident),*) => {
        Cow::Borrowed(const { &[$(EngineInfo::new($name, Dialect::$dialect)),*] })
    };
}

static PROGRAM: Program = Program {
    engines: engines!("file" Sqlite, "maria" Mysql, "pg" Postgres),
    models: List::Static(&[]),
    configured: false,
};

const FILE: At = At(0);
const MARIA: At = At(1);
const PG: At = At(2);

/// The engine of the log, and another.
const PAIRS: [(At, At); 6] = [
    (FILE, PG),
    (FILE, MARIA),
    (PG, FILE),
    (PG, MARIA),
    (MARIA, PG),
    (MARIA, FILE),
];

/// An engine by its position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct At(usize);

impl Engine for At {
    type Dialect = Several;

    fn index(self) -> usize {
        self.0
    }

    fn name(self) -> &'static str {
        PROGRAM.engines[self.0].name()
    }

    fn dialect(self) -> Dialect {
        PROGRAM.engines[self.0].dialect
    }
}

/// The parameters of the sagas here.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Plan {
    number: u64,
    /// The step that fails for good.
    fails: Option<String>,
}

impl Plan {
    fn new(number: u64) -> Self {
        Self {
            number,
            fails: None,
        }
    }

    fn failing(number: u64, step: &str) -> Self {
        Self {
            number,
            fails: Some(step.to_owned()),
        }
    }
}

/// The deeds of steps and compensations, in their order.
type Diary = Arc<Mutex<Vec<String>>>;

fn write(tx: &mut Transaction<'_, At>, sql: &str) -> Result<()> {
    tx.link
        .call(Operation::Update, |link| link.ready()?.batch(sql))
}

fn number(tx: &mut Transaction<'_, At>, sql: &str) -> Result<Option<i64>> {
    let mut found = None;
    tx.link.call(Operation::Count, |link| {
        link.ready()?.query(sql, &mut |_| (), &mut |row| {
            found = Some(row.next::<i64>()?);
            Ok(true)
        })
    })?;
    Ok(found)
}

fn insert(
    tx: &mut Transaction<'_, At>,
    plan: &Plan,
    step: &str,
    diary: &Diary,
) -> Result<u64, StepError> {
    diary.lock().unwrap().push(step.to_owned());
    if plan.fails.as_deref() == Some(step) {
        return Err(StepError::permanent("it was to fail"));
    }
    let number = plan.number;
    write(
        tx,
        &format!("INSERT INTO t (number, step, val) VALUES ({number}, '{step}', 1)"),
    )?;
    Ok(number)
}

fn look(tx: &mut Transaction<'_, At>, of: u64, step: &str) -> Result<Option<i64>, StepError> {
    let sql = format!("SELECT CAST(val AS {{}}) FROM t WHERE number = {of} AND step = '{step}'");
    let int = match tx.engine().dialect() {
        Dialect::Sqlite => "INTEGER",
        Dialect::Postgres => "BIGINT",
        Dialect::Mysql => "SIGNED",
    };
    Ok(number(tx, &sql.replace("{}", int))?)
}

fn delete(
    tx: &mut Transaction<'_, At>,
    undo: &UndoContext<'_, Plan, u64, Option<i64>>,
    step: &str,
    diary: &Diary,
) -> Result<Undone, StepError> {
    diary.lock().unwrap().push(format!("undo {step}"));
    if undo.is_changed() {
        assert_ne!(undo.written(), undo.current());
        return Ok(Undone::LeftChanged);
    }
    let number = undo.output();
    write(
        tx,
        &format!("DELETE FROM t WHERE number = {number} AND step = '{step}'"),
    )?;
    Ok(Undone::Done)
}

/// Four steps: on the log's engine, on the other, on the log's, on the other.
fn saga_with(
    (log, other): (At, At),
    diary: &Diary,
    retry: RetryPolicy,
    outage: Duration,
) -> Saga<Plan, u64> {
    let diary = |()| Arc::clone(diary);
    let (one, two, three, four) = (diary(()), diary(()), diary(()), diary(()));
    let (undo_one, undo_two, undo_three) = (diary(()), diary(()), diary(()));
    Saga::<Plan>::builder("plan", log)
        .retry(retry)
        .outage_limit(outage)
        .step("one", log, move |tx, step| {
            insert(tx, step.input(), "one", &one)
        })
        .snapshot(|tx, number| look(tx, *number, "one"))
        .compensate(move |tx, undo| delete(tx, undo, "one", &undo_one))
        .step("two", other, move |tx, step| {
            insert(tx, step.input(), "two", &two)
        })
        .snapshot(|tx, number| look(tx, *number, "two"))
        .compensate(move |tx, undo| delete(tx, undo, "two", &undo_two))
        .step("three", log, move |tx, step| {
            insert(tx, step.input(), "three", &three)
        })
        .snapshot(|tx, number| look(tx, *number, "three"))
        .compensate(move |tx, undo| delete(tx, undo, "three", &undo_three))
        .step("four", other, move |tx, step| {
            insert(tx, step.input(), "four", &four)
        })
        .build()
        .expect("it has steps")
}

fn quick() -> RetryPolicy {
    RetryPolicy::new()
        .attempts(3)
        .backoff(Duration::from_millis(2), Duration::from_millis(10))
}

/// An engine that is away is waited for for this long.
const OUTAGE: Duration = Duration::from_secs(1);

fn saga(log: At, other: At, diary: &Diary) -> Saga<Plan, u64> {
    saga_with((log, other), diary, quick(), OUTAGE)
}

/// Three databases with a table `t` each.
struct World {
    db: Registry,
    urls: Vec<String>,
    next: AtomicU64,
    _folder: Folder,
    _databases: (FreshDatabase, FreshDatabase),
}

/// Removed at the end.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn open(urls: &[String]) -> Registry {
    let engines = PROGRAM.engines.iter().zip(urls);
    let config = engines.fold(Config::new(), |config, (engine, url)| {
        config.engine(engine.name(), url.as_str())
    });
    Registry::with_config(&PROGRAM, &config).expect("the engines are configured")
}

impl World {
    /// `None` where the servers are not there.
    fn start(name: &str) -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let (pg, maria) = (
            bindery_testkit::fresh_postgres()?,
            bindery_testkit::fresh_mysql()?,
        );
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = format!("bindery-saga-{name}-{}-{count}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = format!("sqlite://{}", folder.join("a.db").display());
        let urls = vec![file, maria.url(), pg.url()];
        let db = open(&urls);
        for engine in [FILE, MARIA, PG] {
            let sql = "CREATE TABLE t (number BIGINT NOT NULL, step VARCHAR(10) NOT NULL, val BIGINT NOT NULL)";
            on(&db, engine, |physical| physical.define(sql));
        }
        for (log, other) in PAIRS {
            saga(log, other, &Diary::default())
                .create_tables(&db)
                .expect("the tables are made");
        }
        Some(Self {
            db,
            urls,
            next: AtomicU64::new(1),
            _folder: Folder(folder),
            _databases: (pg, maria),
        })
    }

    fn next(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// The steps of a saga that are stored, with how often.
    fn stored(&self, of: u64) -> Vec<(String, usize)> {
        let mut found = std::collections::BTreeMap::<String, usize>::new();
        for engine in [FILE, MARIA, PG] {
            on(&self.db, engine, |physical| {
                let sql = format!("SELECT step FROM t WHERE number = {of}");
                physical.query(&sql, &mut |_| (), &mut |row| {
                    *found.entry(row.next()?).or_default() += 1;
                    Ok(true)
                })
            });
        }
        found.into_iter().collect()
    }

    fn sql(&self, engine: At, sql: &str) {
        on(&self.db, engine, |physical| physical.batch(sql));
    }

    /// As if the time of the process that has it were over.
    fn expire(&self, log: At, id: &str) {
        self.sql(
            log,
            &format!("UPDATE _bindery_sagas SET due_ms = 0 WHERE id = '{id}'"),
        );
    }
}

fn on<T>(
    db: &Registry,
    engine: At,
    work: impl FnOnce(&mut crate::driver::Physical) -> Result<T>,
) -> T {
    let mut link = db.engines[engine.0].pool.acquire().unwrap();
    link.protocol(work).unwrap()
}

fn all_once() -> Vec<(String, usize)> {
    ["four", "one", "three", "two"]
        .map(|step| (step.to_owned(), 1))
        .into()
}

fn took(diary: &Diary) -> Vec<String> {
    std::mem::take(&mut diary.lock().unwrap())
}
