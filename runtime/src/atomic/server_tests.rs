//! Atomic groups on real servers, and what is left where their process is killed. The servers are durable, so each test starts
//! its own; all that needs them is in few tests.

mod answers;
mod bank;
mod by_hand;
mod doubts;
mod files;
mod kills;
mod latency;
mod limits;
mod options;
mod outages;
mod poolers;
mod prepares;
mod refusals;
mod sent;

use std::borrow::Cow;
use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bindery_testkit::{FreshDatabase, Server, ServerOptions, Watchdog};

use super::*;
use crate::databases::Registry;
use crate::databases::config::Config;
use crate::link::dialect::Several;
use bindery_core::dialect::Dialect;
use bindery_core::program::{EngineInfo, List, Program};

const PATIENCE: Duration = Duration::from_secs(600);

macro_rules! engines {
    ($($name:literal $dialect:ident),*) => {
        Cow::Borrowed(const { &[$(EngineInfo::new($name, Dialect::$dialect)),*] })
    };
}

static PROGRAM: Program = Program {
    engines: engines!("file" Sqlite, "maria" Mysql, "other_maria" Mysql, "other_pg" Postgres, "pg" Postgres),
    models: List::Static(&[]),
    configured: false,
};

const FILE: usize = 0;
const MARIA: usize = 1;
const OTHER_MARIA: usize = 2;
const OTHER_PG: usize = 3;
const PG: usize = 4;

macro_rules! groups {
    ($($name:literal $home:ident: $($engine:ident),*;)*) => {
        &[$(AtomicGroup { name: $name, engines: &[$($engine),*], home: $home }),*]
    };
}

/// All pairs and the three together, each engine as the home that it can be.
static GROUPS: &[AtomicGroup] = groups! {
    "pg_maria" PG: PG, MARIA;
    "maria_pg" MARIA: PG, MARIA;
    "pg_pg" PG: PG, OTHER_PG;
    "maria_maria" MARIA: MARIA, OTHER_MARIA;
    "file_pg" FILE: FILE, PG;
    "file_maria" FILE: FILE, MARIA;
    "three" FILE: FILE, MARIA, PG;
};

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

/// A group as generated code has it.
struct Tx(AtomicTransaction);

impl Deref for Tx {
    type Target = AtomicTransaction;

    fn deref(&self) -> &AtomicTransaction {
        &self.0
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut AtomicTransaction {
        &mut self.0
    }
}

impl GeneratedAtomic for Tx {
    fn from_transaction(transaction: AtomicTransaction) -> Self {
        Self(transaction)
    }

    fn into_transaction(self) -> AtomicTransaction {
        self.0
    }
}

impl Tx {
    /// A call that writes.
    fn write(&mut self, at: usize, sql: &str) -> Result<()> {
        let link = &mut self.connection(At(at))?.link;
        link.call(Operation::Update, |link| link.ready()?.batch(sql))
    }

    fn insert(&mut self, at: usize, id: u32) -> Result<()> {
        self.write(at, &format!("INSERT INTO t (id) VALUES ({id})"))
    }

    fn count(&mut self, at: usize) -> Result<u64> {
        let link = &mut self.connection(At(at))?.link;
        link.call(Operation::Count, |link| {
            number(link.ready()?, "SELECT count(*) FROM t")
        })
    }
}

fn number(physical: &mut crate::driver::Physical, sql: &str) -> Result<u64> {
    let mut found = 0;
    physical.query(sql, &mut |_| (), &mut |row| {
        found = row.next::<i64>()?.unsigned_abs();
        Ok(true)
    })?;
    Ok(found)
}

/// Engines with a table `t (id)` each, on servers of the test's own.
struct World {
    db: Registry,
    urls: Vec<String>,
    next: AtomicU32,
    _folder: Folder,
    databases: Vec<FreshDatabase>,
    servers: Servers,
}

/// PostgreSQL and MariaDB, which a test may stop and start again.
type Servers = Arc<(Mutex<Server>, Mutex<Server>)>;

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
    /// `None` where the servers are not installed.
    fn start(name: &str) -> Option<Self> {
        Self::on_servers(name, (Server::postgres(), Server::mysql()))
    }

    /// On servers with other settings.
    fn on_servers(name: &str, (postgres, mysql): (ServerOptions, ServerOptions)) -> Option<Self> {
        let servers = (
            postgres.durable(true).start_or_skip()?,
            mysql.durable(true).start_or_skip()?,
        );
        let fresh = |server: &Server| server.fresh_database().expect("a database");
        let databases = vec![
            fresh(&servers.1),
            fresh(&servers.1),
            fresh(&servers.0),
            fresh(&servers.0),
        ];
        let folder =
            std::env::temp_dir().join(format!("bindery-atomic-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = format!("sqlite://{}", folder.join("home.db").display());
        let urls: Vec<String> = std::iter::once(file)
            .chain(databases.iter().map(FreshDatabase::url))
            .collect();
        let db = open(&urls);
        for engine in db.engines.iter() {
            let define = "CREATE TABLE t (id INTEGER PRIMARY KEY)";
            engine
                .pool
                .acquire()
                .unwrap()
                .protocol(|it| it.define(define))
                .unwrap();
        }
        Some(Self {
            db,
            urls,
            next: AtomicU32::new(1),
            _folder: Folder(folder),
            databases,
            servers: Arc::new((Mutex::new(servers.0), Mutex::new(servers.1))),
        })
    }

    fn next(&self) -> u32 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    fn run<T>(
        &self,
        group: &'static AtomicGroup,
        work: impl FnOnce(&mut Tx) -> Result<T>,
    ) -> AtomicOutcome<T> {
        self.db.run_atomic(group, AtomicOptions::new(), work)
    }

    fn on<T>(&self, at: usize, work: impl FnOnce(&mut crate::driver::Physical) -> Result<T>) -> T {
        let mut link = self.db.engines[at].pool.acquire().unwrap();
        link.protocol(work).unwrap()
    }

    fn number(&self, at: usize, sql: &str) -> u64 {
        self.on(at, |physical| number(physical, sql))
    }

    /// Whether each engine of the group has this row.
    fn found(&self, group: &AtomicGroup, id: u32) -> Vec<bool> {
        let sql = format!("SELECT count(*) FROM t WHERE id = {id}");
        let engines = group.engines.iter();
        engines.map(|at| self.number(*at, &sql) == 1).collect()
    }

    /// How many branches of ours are prepared.
    fn prepared(&self) -> usize {
        let servers = [MARIA, OTHER_PG, PG];
        let listed = servers.map(|at| self.on(at, |it| it.prepared_branches()).len());
        listed.into_iter().sum()
    }

    fn decisions(&self, at: usize) -> u64 {
        self.number(at, "SELECT count(*) FROM _bindery_decisions")
    }

    /// Forgets decisions however young they are.
    fn forget(&self) -> usize {
        let mut options = RecoverOptions::new().older_than(Duration::ZERO);
        options.retention = Duration::ZERO;
        self.db.recover_groups(GROUPS, &options).forgotten
    }

    fn recover(&self) -> RecoveryReport {
        let options = RecoverOptions::new().older_than(Duration::ZERO);
        self.db.recover_groups(GROUPS, &options)
    }
}

fn is_committed_everywhere<T>(outcome: &AtomicOutcome<T>) -> bool {
    matches!(outcome, AtomicOutcome::Committed { pending, failed_hook: None, .. } if pending.is_empty())
}

/// Covers 2PC-6, 2PC-9, 2PC-13.
#[test]
fn atom_01_to_04_groups_commit_everywhere_or_nowhere() {
    let _watchdog = Watchdog::start("atomic groups", PATIENCE);
    let Some(world) = World::start("groups") else {
        return;
    };
    for group in GROUPS {
        commits_everywhere(&world, group);
        one_writer_is_plain(&world, group);
        a_failed_statement_rolls_all_back(&world, group);
        others_in_the_way_roll_all_back(&world, group);
        an_error_of_the_work_rolls_all_back(&world, group);
    }
    a_prepare_that_fails_is_the_cause(&world);
    foreign_branches_stay(&world);
    foreign_xa_branches_stay(&world);
    decisions_are_forgotten(&world);
}

fn commits_everywhere(world: &World, group: &'static AtomicGroup) {
    let id = world.next();
    let (told, hooks) = std::sync::mpsc::channel();
    let outcome = world.run(group, |tx| {
        tx.after_commit(move || {
            told.send(()).ok();
            Ok(())
        });
        group.engines.iter().try_for_each(|at| tx.insert(*at, id))
    });
    assert!(
        is_committed_everywhere(&outcome),
        "{}: {outcome:?}",
        group.name
    );
    assert_eq!(hooks.iter().count(), 1, "{}", group.name);
    assert!(
        world.found(group, id).iter().all(|found| *found),
        "{}",
        group.name
    );
    assert_eq!(world.prepared(), 0, "{}", group.name);
}

/// Only an XA transaction has to be prepared though it is alone.
fn one_writer_is_plain(world: &World, group: &'static AtomicGroup) {
    for &at in group.engines {
        let before = world.decisions(group.home);
        let id = world.next();
        let outcome = world.run(group, |tx| {
            for &other in group.engines {
                tx.count(other)?;
            }
            tx.insert(at, id)
        });
        assert!(
            is_committed_everywhere(&outcome),
            "{}: {outcome:?}",
            group.name
        );
        let found: Vec<bool> = group.engines.iter().map(|other| *other == at).collect();
        assert_eq!(world.found(group, id), found);
        let is_xa = PROGRAM.engines[at].dialect == Dialect::Mysql && at != group.home;
        let decided = world.decisions(group.home) - before;
        assert_eq!(decided, u64::from(is_xa), "{} on {at}", group.name);
    }
}

fn a_failed_statement_rolls_all_back(world: &World, group: &'static AtomicGroup) {
    for &at in group.engines {
        let id = world.next();
        let outcome = world.run(group, |tx| {
            for &other in group.engines {
                tx.insert(other, id)?;
            }
            assert!(tx.insert(at, id).is_err(), "the key is taken");
            Ok(())
        });
        let AtomicOutcome::RolledBack { cause } = outcome else {
            panic!("{}: {outcome:?}", group.name);
        };
        assert_eq!(cause.engine(), Some(PROGRAM.engines[at].name()));
        assert!(world.found(group, id).iter().all(|found| !found));
        assert_eq!(world.prepared(), 0);
    }
}

/// Errors of other transactions in the way, as each server reports them; the work goes on as if nothing had happened.
const IN_THE_WAY: [(Dialect, &str); 5] = [
    (
        Dialect::Postgres,
        "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$",
    ),
    (
        Dialect::Postgres,
        "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40P01'; END $$",
    ),
    (
        Dialect::Postgres,
        "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '55P03'; END $$",
    ),
    (
        Dialect::Mysql,
        "SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213",
    ),
    (
        Dialect::Mysql,
        "SIGNAL SQLSTATE 'HY000' SET MYSQL_ERRNO = 1205",
    ),
];

fn others_in_the_way_roll_all_back(world: &World, group: &'static AtomicGroup) {
    for &at in group.engines {
        let engine = &PROGRAM.engines[at];
        let errors = IN_THE_WAY.iter().filter(|it| it.0 == engine.dialect);
        for (_, sql) in errors {
            let id = world.next();
            let outcome = world.run(group, |tx| {
                let (first, rest) = group.engines.split_first().expect("it has engines");
                tx.insert(*first, id)?;
                assert!(tx.write(at, sql).is_err(), "{sql}");
                // An engine that has lost its transaction refuses this.
                rest.iter().for_each(|other| drop(tx.insert(*other, id)));
                Ok(())
            });
            let error = outcome.stored().unwrap_err();
            assert_eq!(
                error.engine(),
                Some(engine.name()),
                "{}: {error}",
                group.name
            );
            assert!(world.found(group, id).iter().all(|found| !found), "{sql}");
            assert_eq!(world.prepared(), 0, "{sql}");
        }
    }
}

fn an_error_of_the_work_rolls_all_back(world: &World, group: &'static AtomicGroup) {
    let id = world.next();
    let outcome: AtomicOutcome<()> = world.run(group, |tx| {
        group.engines.iter().try_for_each(|at| tx.insert(*at, id))?;
        Err(Error::new(ErrorKind::NotFound))
    });
    assert_eq!(outcome.stored().unwrap_err().kind(), &ErrorKind::NotFound);
    assert!(world.found(group, id).iter().all(|found| !found));
}

/// ATOM-02: a constraint that PostgreSQL looks at when it prepares.
fn a_prepare_that_fails_is_the_cause(world: &World) {
    world.on(PG, |it| {
        it.define("CREATE TABLE child (id INT REFERENCES t (id) DEFERRABLE INITIALLY DEFERRED)")
    });
    for group in GROUPS.iter().filter(|group| group.engines.contains(&PG)) {
        let id = world.next();
        let outcome = world.run(group, |tx| {
            group.engines.iter().try_for_each(|at| tx.insert(*at, id))?;
            tx.write(PG, "INSERT INTO child VALUES (-1)")
        });
        let error = outcome.stored().unwrap_err();
        assert!(error.is_foreign_key_violation(), "{}: {error}", group.name);
        assert_eq!(error.engine(), Some("pg"), "{}", group.name);
        assert!(world.found(group, id).iter().all(|found| !found));
        assert_eq!(world.prepared(), 0);
    }
}

/// I5: also those that look like ours, of a program that no home knows.
fn foreign_branches_stay(world: &World) {
    let foreign = ["theirs", "bnd1:unknown.pg:k1-1:pg_maria.pg.0"];
    for (at, name) in foreign.iter().enumerate() {
        let mut link = world.db.engines[PG].pool.acquire().unwrap();
        let mut run = |sql: &str| link.protocol(|it| it.batch(sql)).unwrap();
        run("BEGIN");
        run(&format!("INSERT INTO t (id) VALUES ({})", 1_000_000 + at));
        run(&format!("PREPARE TRANSACTION '{name}'"));
    }
    for _ in 0..3 {
        let report = world.recover();
        let fates: Vec<BranchState> = report.branches.iter().map(|branch| branch.fate).collect();
        assert_eq!(fates, [BranchState::NotOurs]);
    }
    let there = "SELECT count(*) FROM pg_prepared_xacts WHERE database = current_database()";
    assert_eq!(world.number(PG, there), 2);
    for name in foreign {
        world.on(PG, |it| it.batch(&format!("ROLLBACK PREPARED '{name}'")));
    }
}

/// The same on MariaDB: of another program, and of our format by a coordinator that this program does not know. Their sessions have ended, so
/// that any session could finish them.
fn foreign_xa_branches_stay(world: &World) {
    let foreign = [
        "'theirs','branch',1",
        // The number of our format.
        "'bnd1:unknown.maria:k1-1','maria_pg.maria.0',1651401777",
    ];
    let database = &world.databases[0];
    for (at, xid) in foreign.iter().enumerate() {
        let id = 2_000_000 + at;
        let prepare = format!(
            "XA START {xid}; INSERT INTO t (id) VALUES ({id}); XA END {xid}; XA PREPARE {xid};"
        );
        database.run_script(&prepare).expect("it is prepared");
    }
    for _ in 0..3 {
        let report = world.recover();
        let fates: Vec<BranchState> = report.branches.iter().map(|branch| branch.fate).collect();
        assert_eq!(fates, [BranchState::NotOurs]);
    }
    let there = database.answer("XA RECOVER").expect("they are listed");
    for name in ["theirsbranch", "bnd1:unknown.maria:k1-1maria_pg.maria.0"] {
        assert!(there.contains(name), "{name} is not among:\n{there}");
    }
    for xid in foreign {
        let ended = database.run_script(&format!("XA ROLLBACK {xid};"));
        ended.expect("it was prepared to the end");
    }
}

/// I7.
fn decisions_are_forgotten(world: &World) {
    assert!(world.decisions(PG) > 0 && world.decisions(FILE) > 0 && world.decisions(MARIA) > 0);
    assert_eq!(world.recover().forgotten, 0, "they are young");
    assert!(world.forget() > 0);
    for home in [PG, FILE, MARIA] {
        assert_eq!(world.decisions(home), 0);
    }
}
