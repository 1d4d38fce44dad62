//! Runs a program against a simulated server, whose answers were recorded from a real one and are then damaged.

mod calls;
mod framing;
mod played;
mod record;
mod scram;

use std::time::{Duration, Instant};

use bindery::config::SchemaCheck;
use bindery::{Config, EngineOptions};

pub use self::calls::CALLS;
use self::calls::{Call, fill, run_on};
pub use self::framing::{Speaker, messages};
use self::played::Played;
pub use self::record::{record, record_login};

/// The program's generated code.
#[allow(
    missing_docs,
    reason = "only the schema could say what its columns are"
)]
pub(crate) mod program {
    bindery::include_schema!();
}

/// The engine that is simulated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// PostgreSQL.
    Postgres,
    /// MariaDB, by statements that MySQL understands too.
    Mysql,
    /// MariaDB, by its own.
    Mariadb,
}

impl Engine {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Postgres, Self::Mysql, Self::Mariadb];

    /// Returns which side speaks first, and how messages are framed.
    pub fn speaker(self) -> Speaker {
        match self {
            Self::Postgres => Speaker::Postgres,
            Self::Mysql | Self::Mariadb => Speaker::Mysql,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Postgres => "default",
            Self::Mysql => "mysql",
            Self::Mariadb => "mariadb",
        }
    }
}

/// A session: one call of the program, and what the server says, one piece for each request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The engine of the server.
    pub engine: Engine,
    /// Its place in [`CALLS`].
    pub call: usize,
    /// The answers of the server.
    pub pieces: Vec<Vec<u8>>,
}

/// How a session went.
#[derive(Debug)]
pub struct Outcome {
    /// The result of the call.
    pub given: bindery::Result<String>,
    /// Every answer of the server was requested.
    pub asked_to_the_end: bool,
    /// It was ordered to commit.
    pub told_to_commit: bool,
}

/// In the first byte of a written session: it is MariaDB's own.
const OF_MARIADB: u8 = 0x80;

impl Session {
    /// From bytes: the call, then pieces, each of two bytes for its length and as many as that.
    pub fn read(speaker: Speaker, bytes: &[u8]) -> Option<Self> {
        let (&first, mut rest) = bytes.split_first()?;
        let engine = match speaker {
            Speaker::Postgres => Engine::Postgres,
            Speaker::Mysql if first & OF_MARIADB == 0 => Engine::Mysql,
            Speaker::Mysql => Engine::Mariadb,
        };
        let mut pieces = Vec::new();
        while let Some((length, after)) = rest.split_first_chunk() {
            let length = usize::from(u16::from_be_bytes(*length)).min(after.len());
            let (piece, after) = after.split_at(length);
            pieces.push(piece.to_vec());
            rest = after;
        }
        let call = usize::from(first & !OF_MARIADB) % CALLS.len();
        Some(Self {
            engine,
            call,
            pieces,
        })
    }

    /// As it is read.
    pub fn write(&self) -> Vec<u8> {
        let flag = match self.engine {
            Engine::Postgres | Engine::Mysql => 0,
            Engine::Mariadb => OF_MARIADB,
        };
        let mut bytes = vec![self.call as u8 | flag];
        for piece in &self.pieces {
            bytes.extend_from_slice(&(piece.len() as u16).to_be_bytes());
            bytes.extend_from_slice(piece);
        }
        bytes
    }

    /// The call that it is about.
    pub fn call(&self) -> &'static Call {
        &CALLS[self.call]
    }

    /// Replays it. The server ends a connection without requests after this time: a client that expects more
    /// than there is would wait for it.
    ///
    /// # Panics
    /// There is a defect: the program panics, or takes longer than all of its limits.
    pub fn play(&self, patience: Duration) -> Outcome {
        let played = Played::start(self.pieces.clone(), self.engine.speaker(), patience);
        let started = Instant::now();
        let given = run(self.engine, self.call(), &played.url());
        let took = started.elapsed();
        assert!(took < LONGEST, "{took:?} for {}", self.call().name);
        let heard = played.end();
        Outcome {
            given,
            asked_to_the_end: heard.asked >= self.pieces.len(),
            told_to_commit: heard.bytes.windows(6).any(|part| part == b"COMMIT"),
        }
    }
}

/// Each wait of the program has an end.
const LIMIT: Duration = Duration::from_secs(1);
/// All of them together, on a machine that does other things.
const LONGEST: Duration = Duration::from_secs(20);

/// Any bytes as a session.
pub(crate) fn run_session(speaker: Speaker, bytes: &[u8]) {
    if let Some(session) = Session::read(speaker, bytes) {
        session.play(Duration::from_millis(5));
    }
}

fn run(engine: Engine, call: &Call, url: &str) -> bindery::Result<String> {
    let db = databases(engine, url)?;
    match engine {
        Engine::Postgres => run_on(call, &db, program::engine::Default),
        Engine::Mysql => run_on(call, &db, program::engine::Mysql),
        Engine::Mariadb => run_on(call, &db, program::engine::Mariadb),
    }
}

/// Makes the tables on a real server, with the rows that the calls are about.
///
/// # Errors
/// The server is not reached, or refuses.
pub fn prepare(engine: Engine, url: &str) -> bindery::Result<String> {
    let db = databases(engine, url)?;
    match engine {
        Engine::Postgres => fill(&db, program::engine::Default),
        Engine::Mysql => fill(&db, program::engine::Mysql),
        Engine::Mariadb => fill(&db, program::engine::Mariadb),
    }
}

/// The program's databases: one engine at this URL, the others where nothing is.
fn databases(engine: Engine, url: &str) -> bindery::Result<program::Databases> {
    let config = Engine::ALL
        .into_iter()
        .fold(Config::new(), |config, other| {
            let url = match (other == engine, other) {
                (true, _) => url,
                (false, Engine::Postgres) => "postgres://nobody@127.0.0.1:1/nothing",
                (false, Engine::Mysql | Engine::Mariadb) => "mysql://nobody@127.0.0.1:1/nothing",
            };
            let options = EngineOptions::url(url)
                .max_connections(1)
                .connect_timeout(LIMIT)
                .acquire_timeout(LIMIT)
                .statement_timeout(LIMIT)
                .schema_check(SchemaCheck::Off);
            config.engine(other.name(), options)
        });
    program::Databases::with_config(&config)
}
