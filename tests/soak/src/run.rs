//! One soak from beginning to end.

use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use bindery::{Hosts, StaticEngine};

use crate::Report;
use crate::arena::{ACQUIRE, Arena, STATEMENT};
use crate::copies::{self, CopyReport};
use crate::echoes::{self, EchoReport};
use crate::generated::{Databases, NewAccount, Tables, account, engine, model};
use crate::nemesis::{Struck, haunt};
use crate::plan::{Home, of_worker};
use crate::resources::Resources;
use crate::tasks::{self, TaskReport};
use crate::verify::verify;
use crate::worker::{ACCOUNTS, BALANCE, CallResults, Planned, Worker};

/// Why a soak could not be run to its end.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How to soak.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where all random numbers come from.
    pub seed: u64,
    /// For how long workers work.
    pub time: Duration,
    /// How many threads.
    pub workers: u32,
}

/// A transaction is some calls; one of a worker that takes longer than this hangs.
const HUNG: Duration = Duration::from_secs(60);
/// How often workers are looked at.
const LOOK: Duration = Duration::from_millis(250);
/// How often the state is printed.
const TELL: Duration = Duration::from_secs(10);
/// For connections in use to come back, and for servers to notice that sessions ended.
const SETTLE: Duration = Duration::from_secs(20);
/// Of the whole run's length: what comes before is warming up, not growth.
const WARM: u32 = 4;
/// A longer run's memory may differ by this number of MiB at most.
const GROWTH: u64 = 32;

/// Soaks, and checks everything afterwards.
///
/// # Errors
/// A server cannot be started, or the databases cannot be read afterwards. What is found wrong is in the report.
pub fn run(options: &Options) -> Result<Report, Failure> {
    silence_planned_panics();
    let mut arena = Arena::build()?;
    prepare(&arena)?;
    let before = Resources::now()?;
    arena.place_proxies()?;
    let db = arena.open()?;
    let started = Instant::now();
    let beats: Vec<AtomicU64> = (0..options.workers).map(|_| AtomicU64::new(0)).collect();
    let mut workers: Vec<Worker<'_>> = (0..options.workers)
        .zip(&beats)
        .map(|(number, beat)| {
            Worker::new(&db, number, of_worker(options.seed, number), beat, started)
        })
        .collect();
    let outcome = storm(options, (&mut arena, &db), &mut workers, &beats, started)?;
    let mut report = Report::new(options, outcome.struck, total(&workers));
    report.memory(outcome.memory, GROWTH);
    report.background(outcome.tasks, outcome.copies, outcome.echoes);
    settle(&db, &arena, &mut report)?;
    let calm = arena_without_proxies(&mut arena)?;
    tasks::drain(&calm)?;
    echoes::drain(&calm)?;
    report.verified(verify(&calm, &workers)?);
    drop(calm);
    drop(workers);
    drop(db);
    report.held(before, resources_at_rest(before)?);
    Ok(report)
}

/// Tables and accounts, before anything strikes.
fn prepare(arena: &Arena) -> Result<(), Failure> {
    let db = arena.open_calm()?;
    db.create_missing()?;
    copies::prepare(&db)?;
    accounts(&db, engine::Lite)?;
    accounts(&db, engine::Pg)?;
    accounts(&db, engine::Maria)?;
    Ok(())
}

fn accounts<E>(db: &Databases, engine: E) -> Result<(), Failure>
where
    E: StaticEngine + Hosts<model::Account>,
{
    let rows = (0..ACCOUNTS).map(|id| {
        NewAccount::new(account::Required {
            id,
            balance: BALANCE,
        })
    });
    db.connect(engine)?.account().insert_many(rows)?;
    Ok(())
}

/// Memory after warming up and at the end, in MiB.
type Memory = (u64, u64);

/// The outcome of a storm.
struct Outcome {
    struck: Struck,
    memory: Memory,
    tasks: TaskReport,
    copies: CopyReport,
    echoes: EchoReport,
}

fn storm(
    options: &Options,
    (arena, db): (&mut Arena, &Databases),
    workers: &mut [Worker<'_>],
    beats: &[AtomicU64],
    started: Instant,
) -> Result<Outcome, Failure> {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for worker in workers.iter_mut() {
            let over = &over;
            scope.spawn(move || worker.work(over));
        }
        let nemesis = scope.spawn(|| haunt(arena, options.seed, &over));
        let tasks = scope.spawn(|| tasks::work(db, &over));
        let copies = scope.spawn(|| copies::keep_up(db, &over));
        let echoes = scope.spawn(|| echoes::keep_up(db, &over));
        let memory = watch(options, beats, started, &over);
        over.store(true, Ordering::Relaxed);
        Ok(Outcome {
            struck: nemesis.join().map_err(|_| "the nemesis panicked")??,
            tasks: tasks.join().map_err(|_| "the workers panicked")??,
            copies: copies.join().map_err(|_| "the syncs panicked")?,
            echoes: echoes.join().map_err(|_| "the consumers panicked")??,
            memory: memory?,
        })
    })
}

/// Looks on until the time is over. A call that hangs ends the process: nothing could be waited for any more.
fn watch(
    options: &Options,
    beats: &[AtomicU64],
    started: Instant,
    over: &AtomicBool,
) -> Result<Memory, Failure> {
    let (mut warm, mut told) = (None, started);
    while started.elapsed() < options.time && !over.load(Ordering::Relaxed) {
        thread::sleep(LOOK.min(options.time));
        let now = u64::try_from(started.elapsed().as_millis())?;
        for (number, beat) in beats.iter().enumerate() {
            let since = beat.load(Ordering::Relaxed);
            if since > 0 && Duration::from_millis(now.saturating_sub(since)) > HUNG {
                tell(&format!(
                    "seed {}: worker {number} hangs since {since} ms",
                    options.seed
                ));
                std::process::exit(1);
            }
        }
        if warm.is_none() && started.elapsed() > options.time / WARM {
            warm = Some(Resources::now()?.memory);
        }
        if told.elapsed() >= TELL {
            told = Instant::now();
            tell(&format!(
                "{} s of {} s",
                started.elapsed().as_secs(),
                options.time.as_secs()
            ));
        }
    }
    let end = Resources::now()?.memory;
    Ok((warm.unwrap_or(end), end))
}

/// Everything is given back: the pools say so, and so do the servers.
fn settle(db: &Databases, arena: &Arena, report: &mut Report) -> Result<(), Failure> {
    if let Err(error) = db.close_within(SETTLE) {
        report.broke(format!("closing: {error}"));
    }
    for engine in db.engines() {
        let pool = engine.pool;
        if pool.open != 0 || pool.created != pool.closed {
            report.broke(format!(
                "the pool of `{}` does not add up: {pool:?}",
                engine.name
            ));
        }
        report.connections(engine.name, pool.created);
    }
    for (home, backend) in [(Home::Pg, &arena.pg), (Home::Maria, &arena.maria)] {
        let until = Instant::now() + SETTLE;
        let mut sessions = backend.sessions()?;
        while sessions > 0 && Instant::now() < until {
            thread::sleep(LOOK);
            sessions = backend.sessions()?;
        }
        if sessions > 0 {
            report.broke(format!(
                "`{}` still has {sessions} sessions of ours",
                home.name()
            ));
        }
    }
    Ok(())
}

fn arena_without_proxies(arena: &mut Arena) -> Result<Databases, Failure> {
    arena.remove_proxies();
    arena.open_calm()
}

/// Threads that were stopped may take a moment.
fn resources_at_rest(before: Resources) -> Result<Resources, Failure> {
    let until = Instant::now() + SETTLE;
    loop {
        let now = Resources::now()?;
        let rested = now.threads <= before.threads && now.descriptors <= before.descriptors;
        if rested || Instant::now() >= until {
            return Ok(now);
        }
        thread::sleep(LOOK);
    }
}

fn total(workers: &[Worker<'_>]) -> CallResults {
    let mut total = CallResults::default();
    for Worker { told, .. } in workers {
        total.applied += told.applied;
        total.unknown += told.unknown;
        total.resolved += told.resolved;
        total.reads += told.reads;
        total.failed_reads += told.failed_reads;
        total.longest = total.longest.max(told.longest);
        total.broken.extend(told.broken.iter().cloned());
        for (word, count) in &told.not_applied {
            *total.not_applied.entry(word).or_default() += count;
        }
    }
    total
}

/// The longest that one call may take by the limits it was given: a connection, and its statements.
pub(crate) fn limit_of_a_call() -> Duration {
    ACQUIRE + STATEMENT
}

fn silence_planned_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !info.payload().is::<Planned>() {
            usual(info);
        }
    }));
}

fn tell(line: &str) {
    // Nobody may be there to read it.
    let _ = writeln!(std::io::stderr(), "{line}");
}
