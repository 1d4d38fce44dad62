//! The arena of a soak: private servers after proxies, a file, and the program's own handle on all three.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use bindery::{Config, EngineOptions};
use bindery_testkit::{FaultProxy, FreshDatabase, Server};

use crate::Failure;
use crate::generated::Databases;
use crate::plan::Home;

/// Limits of the program under test: short, so that faults are met often.
pub(crate) const STATEMENT: Duration = Duration::from_millis(1_000);
pub(crate) const ACQUIRE: Duration = Duration::from_millis(2_000);
/// Limits of what is done before and after the storm.
const CALM: Duration = Duration::from_secs(60);
/// Of a server that recovers from a crash, on a machine that does other work too.
const RECOVERY: Duration = Duration::from_mins(5);
/// Between two attempts of a client to connect.
const PAUSE: Duration = Duration::from_millis(100);
/// Fewer than workers, so that they queue.
const CONNECTIONS: u32 = 8;

/// The databases; they go with this value.
pub(crate) struct Arena {
    pub(crate) pg: Backend,
    pub(crate) maria: Backend,
    folder: tempfile::TempDir,
}

/// One server, a database on it, and the way to it that faults strike.
pub(crate) struct Backend {
    pub(crate) database: FreshDatabase,
    pub(crate) proxy: Option<FaultProxy>,
    pub(crate) server: Server,
}

impl Arena {
    pub(crate) fn build() -> Result<Self, Failure> {
        let (pg, maria) = std::thread::scope(|scope| {
            let pg = scope.spawn(|| Backend::start(Home::Pg));
            let maria = Backend::start(Home::Maria);
            (pg.join(), maria)
        });
        Ok(Self {
            pg: pg.map_err(|_| "starting PostgreSQL panicked")??,
            maria: maria?,
            folder: tempfile::tempdir()?,
        })
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.path().join("soak.db")
    }

    /// Opens the way through the proxies.
    pub(crate) fn place_proxies(&mut self) -> Result<(), Failure> {
        for backend in [&mut self.pg, &mut self.maria] {
            backend.proxy = Some(FaultProxy::start(&backend.database.url())?);
        }
        Ok(())
    }

    pub(crate) fn remove_proxies(&mut self) {
        self.pg.proxy = None;
        self.maria.proxy = None;
    }

    /// The handle of the program under test.
    pub(crate) fn open(&self) -> Result<Databases, Failure> {
        self.open_within(ACQUIRE, STATEMENT)
    }

    /// A handle for what is done while nothing strikes, but a busy machine is slow.
    pub(crate) fn open_calm(&self) -> Result<Databases, Failure> {
        self.open_within(CALM, CALM)
    }

    /// Through the proxies where there are any.
    fn open_within(&self, acquire: Duration, statement: Duration) -> Result<Databases, Failure> {
        let file = format!("sqlite://{}", self.file().display());
        let urls = [
            (Home::Lite, file),
            (Home::Pg, self.pg.url()),
            (Home::Maria, self.maria.url()),
        ];
        let config = urls.into_iter().fold(Config::new(), |config, (home, url)| {
            let options = EngineOptions::url(url)
                .max_connections(CONNECTIONS)
                .acquire_timeout(acquire)
                .statement_timeout(statement)
                .resolve_commits(home != Home::Lite);
            config.engine(home.name(), options)
        });
        Ok(Databases::with_config(&config)?)
    }
}

impl Backend {
    fn start(home: Home) -> Result<Self, Failure> {
        let options = match home {
            Home::Maria => Server::mysql(),
            Home::Pg | Home::Lite => Server::postgres(),
        };
        // A commit must outlive a crash.
        let server = options.durable(true).patience(RECOVERY).start()?;
        Ok(Self {
            database: server.fresh_database()?,
            proxy: None,
            server,
        })
    }

    fn url(&self) -> String {
        match &self.proxy {
            Some(proxy) => proxy.url().to_owned(),
            None => self.database.url(),
        }
    }

    /// Sessions of this database but for the one that queries.
    pub(crate) fn sessions(&self) -> Result<usize, Failure> {
        let answer = self.database.answer(match self.home() {
            Home::Maria => {
                "SELECT count(*) FROM information_schema.processlist \
                 WHERE db = database() AND id <> connection_id();"
            }
            Home::Pg | Home::Lite => {
                "SELECT count(*) FROM pg_stat_activity \
                 WHERE datname = current_database() AND pid <> pg_backend_pid();"
            }
        })?;
        Ok(answer.trim().parse()?)
    }

    /// Has the server end all sessions of this database but the one that runs this. On a busy machine the connection of the
    /// server's own client may not come about in time: it is tried again.
    pub(crate) fn end_sessions(&self) -> Result<(), Failure> {
        let until = Instant::now() + RECOVERY;
        loop {
            match self.try_to_end_sessions() {
                Err(_) if Instant::now() < until => std::thread::sleep(PAUSE),
                outcome => return outcome,
            }
        }
    }

    fn try_to_end_sessions(&self) -> Result<(), Failure> {
        match self.home() {
            Home::Maria => {
                let kills = self.database.answer(
                    "SELECT concat('KILL ', id, ';') FROM information_schema.processlist \
                     WHERE db = database() AND id <> connection_id();",
                )?;
                for kill in kills.lines() {
                    // One that ended by itself meanwhile is what was wanted.
                    let _ = self.database.run_script(kill);
                }
            }
            Home::Pg | Home::Lite => self.database.run_script(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE datname = current_database() AND pid <> pg_backend_pid();",
            )?,
        }
        Ok(())
    }

    fn home(&self) -> Home {
        match self.server.product() {
            bindery_testkit::Product::Postgres => Home::Pg,
            _ => Home::Maria,
        }
    }
}
