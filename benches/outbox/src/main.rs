//! Workers of bindery beside ones that are written by hand over the databases' clients, and beside graphile_worker, a queue over
//! PostgreSQL. All run the same number of tasks that do next to nothing, on the same private servers, each in its turn; then it is
//! measured how much an idle worker costs a server.

mod by_hand;
mod contender;
mod idle;
mod on_bindery;
mod on_graphile;
mod on_relay;
mod report;

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use bindery_testkit::{FreshDatabase, Server};

use contender::{Contender, Rows};
use report::Report;

bindery::include_schema!();

type Failure = Box<dyn Error + Send + Sync>;

const HELP: &str = "\
cargo xtask bench --outbox [OPTIONS]
    --tasks N      tasks of a round (10000)
    --threads N    handlers at work at a time (4)
    --rounds N     rounds of each worker (5)
    --idle-s N     how long an idle worker is watched (20); 0 leaves that out
    --only WORDS   only workers whose database and name have these, or one of several with | between, as 'Sqlite|Mysql by hand'";

/// The options of a run.
#[derive(Debug, Clone)]
struct Options {
    tasks: usize,
    threads: usize,
    rounds: usize,
    idle: Duration,
    only: String,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let mut options = Self {
            tasks: 10_000,
            threads: 4,
            rounds: 5,
            idle: Duration::from_secs(20),
            only: String::new(),
        };
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or(HELP)?;
            let number = || value.parse::<usize>().ok().filter(|number| *number > 0);
            match name.as_str() {
                "--tasks" => options.tasks = number().ok_or(HELP)?,
                "--threads" => options.threads = number().ok_or(HELP)?,
                "--rounds" => options.rounds = number().ok_or(HELP)?,
                "--idle-s" => {
                    options.idle = Duration::from_secs(value.parse().map_err(|_| HELP)?);
                }
                "--only" => options.only = value,
                _ => return Err(HELP.into()),
            }
        }
        Ok(options)
    }
}

/// The servers of a run, and a database on each.
struct World {
    postgres: (Server, FreshDatabase),
    mysql: (Server, FreshDatabase),
    folder: tempfile::TempDir,
}

impl World {
    fn start() -> Result<Self, Failure> {
        // A task must outlive a crash with all of them, so a COMMIT waits for the disk.
        let start = |server: bindery_testkit::ServerOptions| -> Result<_, Failure> {
            let server = server.durable(true).start()?;
            let database = server.fresh_database()?;
            Ok((server, database))
        };
        Ok(Self {
            postgres: start(Server::postgres().setting("autovacuum", "off"))?,
            mysql: start(Server::mysql())?,
            folder: tempfile::tempdir()?,
        })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Takes out the tasks of all workers of a database, so that none has the rows of earlier rounds to pass.
    fn empty(&self, rows: Rows) -> Result<(), Failure> {
        match rows {
            Rows::Postgres => {
                let (_, database) = &self.postgres;
                database.answer("TRUNCATE _bindery_outbox, jobs, keyed_jobs;")?;
                database.answer("VACUUM;")?;
            }
            Rows::Mysql => {
                for table in ["_bindery_outbox", "jobs", "keyed_jobs"] {
                    self.mysql.1.answer(&format!("TRUNCATE {table};"))?;
                }
            }
            Rows::Sqlite => {
                for (file, tables) in [
                    ("bindery.db", &["_bindery_outbox"][..]),
                    ("hand.db", &["jobs", "keyed_jobs"]),
                ] {
                    let connection = rusqlite::Connection::open(self.file(file))?;
                    connection.busy_timeout(Duration::from_secs(30))?;
                    for table in tables {
                        connection.execute_batch(&format!("DELETE FROM {table}"))?;
                    }
                    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
                }
            }
        }
        Ok(())
    }
}

fn main() -> Result<(), Failure> {
    let options = Options::parse(std::env::args().skip(1))?;
    let world = World::start()?;
    let mut contenders: Vec<Contender> = contender::all(&world, &options)?;
    contenders.retain(|one| {
        let name = format!("{:?} {}", one.rows, one.name);
        options.only.split('|').any(|words| name.contains(words))
    });
    let mut report = Report::default();
    for round in 0..=options.rounds {
        for at in 0..contenders.len() {
            // Another one begins each time.
            let at = (at + round) % contenders.len();
            let contender = &mut contenders[at];
            world.empty(contender.rows)?;
            (contender.fill)(options.tasks)?;
            let took = (contender.run)(options.tasks)?;
            // The first round only warms up.
            if round > 0 {
                report.add(contender.rows, contender.name, options.tasks, took);
            }
        }
    }
    report.print();
    match options.idle.is_zero() {
        true => Ok(()),
        false => idle::measure(&world, &options),
    }
}

/// Runs `work` and measures it.
fn timed(work: impl FnOnce() -> Result<(), Failure>) -> Result<Duration, Failure> {
    let begun = Instant::now();
    work()?;
    Ok(begun.elapsed())
}
