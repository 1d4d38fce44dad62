//! A COMMIT whose answer is lost: no outcome is reported that is not known, and `resolve` finds it out.

use std::collections::BTreeSet;
use std::time::Duration;

use bindery::error::{Applied, CommitToken, Operation, Resolution};
use bindery::{Engine, EngineOptions, ErrorKind, Registry};
use bindery_testkit::{
    Direction, Fault, FaultProxy, FreshDatabase, Server, ServerOptions, Shutdown, Watchdog,
};

use crate::sample::engine::{Mysql, Postgres};
use crate::sample::{BlogId, BlogPatch, Everything, NewBlog, Tables, embedded, with};

const PATIENCE: Duration = Duration::from_secs(300);
/// Far more than a server needs to end a session that is gone.
const LIMIT: Duration = Duration::from_secs(60);
/// How many times a COMMIT is cut at each engine, unless `BINDERY_COMMIT_CUTS` says otherwise.
const CUTS: usize = 210;

/// An engine behind a proxy, with its tables.
struct Behind<E> {
    engine: E,
    _fresh: FreshDatabase,
    proxy: FaultProxy,
    db: Registry,
    /// The same without the proxy.
    direct: Registry,
}

impl<E: Everything> Behind<E> {
    fn new(engine: E, fresh: Option<FreshDatabase>) -> Option<Self> {
        Self::with(engine, fresh, |options| options.resolve_commits(true))
    }

    fn with(
        engine: E,
        fresh: Option<FreshDatabase>,
        set: impl FnOnce(EngineOptions) -> EngineOptions,
    ) -> Option<Self> {
        let fresh = fresh?;
        let proxy = FaultProxy::start(&fresh.url()).expect("a port is free");
        let db = with(engine.name(), set(EngineOptions::url(proxy.url())));
        db.create_missing_on(engine).expect("its tables");
        let direct = with(engine.name(), EngineOptions::url(fresh.url()));
        Some(Self {
            engine,
            _fresh: fresh,
            proxy,
            db,
            direct,
        })
    }

    /// Writes a row in a transaction; `before_commit` runs right before its COMMIT.
    fn write(&self, title: &str, before_commit: impl FnOnce()) -> bindery::Result<()> {
        let mut connection = self.db.connect(self.engine).expect("nothing is cut yet");
        let mut times_run = 0;
        let outcome = connection.transaction(|tx| {
            times_run += 1;
            tx.blogs().insert(NewBlog::new(title))?;
            before_commit();
            Ok(())
        });
        assert!(times_run < 2, "what may be stored is not done again");
        outcome
    }

    fn titles(&self) -> BTreeSet<String> {
        let mut connection = self
            .direct
            .connect(self.engine)
            .expect("the server answers");
        let rows = connection.blogs().all().expect("a table");
        rows.into_iter().map(|blog| blog.title).collect()
    }
}

fn cuts() -> usize {
    let said = std::env::var("BINDERY_COMMIT_CUTS").ok();
    said.map_or(CUTS, |text| text.parse().expect("a number"))
}

/// Returns the fault of this run's COMMIT: it is cut off before the server has it, immediately when the server has it,
/// a little later, or after a number of bytes of the answer.
fn cut(run: usize, answer: &[u8]) -> Fault {
    let commit = || b"COMMIT".to_vec();
    let after = |pattern: Vec<u8>, direction, wait| Fault::CutAfterPattern {
        direction,
        pattern,
        wait,
    };
    match run % (answer.len() + 3) {
        0 => Fault::CutBeforePattern {
            direction: Direction::ToServer,
            pattern: commit(),
        },
        1 => after(commit(), Direction::ToServer, Duration::ZERO),
        2 => after(commit(), Direction::ToServer, Duration::from_millis(1)),
        length => {
            let pattern = answer[..length - 2].to_vec();
            after(pattern, Direction::ToClient, Duration::ZERO)
        }
    }
}

/// Every answer is right: Ok is stored, an error that says so is not, and what is unknown is found out.
fn every_answer_is_right<E: Everything>(behind: &Behind<E>, answer: &[u8]) {
    let mut expected = BTreeSet::new();
    let mut found = [0; 3];
    for run in 0..cuts() {
        let title = format!("run {run}");
        let outcome = behind.write(&title, || behind.proxy.set(cut(run, answer)));
        behind.proxy.heal();
        let is_stored = match outcome {
            Ok(()) => true,
            Err(error) if error.applied() == Applied::No => {
                assert_eq!(*error.kind(), ErrorKind::ConnectionLost, "{error:?}");
                false
            }
            Err(error) => {
                assert_eq!(*error.kind(), ErrorKind::OutcomeUnknown, "{error:?}");
                assert_eq!(error.operation(), Some(Operation::Commit));
                assert!(!error.is_retryable());
                let outcome = error.commit_token().expect("it can be found out");
                let resolution = behind.db.resolve(outcome, LIMIT).expect("it answers");
                found[resolution as usize] += 1;
                assert_ne!(resolution, Resolution::StillRunning);
                resolution == Resolution::Committed
            }
        };
        assert_eq!(behind.titles().contains(&title), is_stored, "run {run}");
        if is_stored {
            expected.insert(title);
        }
    }
    assert_eq!(behind.titles(), expected);
    let [committed, aborted, _] = found;
    assert!(committed > 0 && aborted > 0, "both were seen: {found:?}");
    let pool = behind.db.engine(behind.engine.name()).expect("known").pool;
    assert!(pool.closed >= committed + aborted, "{pool:?}");
}

/// Covers TX-1, ERR-03 on PostgreSQL.
#[test]
fn tx_1_a_cut_commit_is_found_out_on_postgres() {
    let _watchdog = Watchdog::start("tx_1_a_cut_commit_is_found_out_on_postgres", PATIENCE);
    if let Some(behind) = Behind::new(Postgres, bindery_testkit::fresh_postgres()) {
        every_answer_is_right(&behind, b"C\0\0\0\x0bCOMMIT\0Z\0\0\0\x05I");
    }
}

/// Covers TX-1, ERR-03 on MariaDB.
#[test]
fn tx_1_a_cut_commit_is_found_out_on_mariadb() {
    let _watchdog = Watchdog::start("tx_1_a_cut_commit_is_found_out_on_mariadb", PATIENCE);
    if let Some(behind) = Behind::new(Mysql, bindery_testkit::fresh_mysql()) {
        // The answer before it, to the statement that marks the transaction, begins alike.
        every_answer_is_right(&behind, b"\x07\0\0\x01\0\0\0\x02\0\0\0");
    }
}

/// For each kind of write that a transaction may consist of, its COMMIT can be found out: the first rows that this
/// connection sends to a table by COPY, and many updates of which those sent first change nothing.
fn many_rows_are_found_out<E: Everything>(engine: E, fresh: Option<FreshDatabase>) {
    let Some(behind) = Behind::new(engine, fresh) else {
        return;
    };
    let new = |number| NewBlog {
        id: Some(number),
        ..NewBlog::new("old")
    };
    let mut direct = behind.direct.connect(engine).expect("it answers");
    let old = direct.blogs().insert(new(5_000)).expect("it is free");
    type Write<E> = fn(&mut bindery::Transaction<'_, E>, BlogId<E>) -> bindery::Result<u64>;
    let writes: [Write<E>; 2] = [
        |tx, _| tx.blogs().insert_many((1..=3).map(|_| NewBlog::new("new"))),
        |tx, old| {
            let missing = (10_000..13_000).map(bindery::Key::new);
            let each = |key| (key, BlogPatch::new().title("changed"));
            tx.blogs().update_many(missing.chain([old]).map(each))
        },
    ];
    for (number, write) in writes.into_iter().enumerate() {
        let mut connection = behind.db.connect(engine).expect("it is healed");
        let commit = Fault::CutBeforePattern {
            direction: Direction::ToServer,
            pattern: b"COMMIT".to_vec(),
        };
        let error = connection
            .transaction(|tx| {
                write(tx, old.id)?;
                behind.proxy.set(commit);
                Ok(())
            })
            .expect_err("it is cut");
        behind.proxy.heal();
        assert_eq!(error.applied(), Applied::Unknown, "{number}: {error:?}");
        let outcome = error.commit_token();
        let outcome = outcome.unwrap_or_else(|| panic!("write {number} has no token: {error:?}"));
        let resolution = behind.db.resolve(outcome, LIMIT).expect("it answers");
        assert_eq!(resolution, Resolution::Aborted);
    }
    assert_eq!(behind.titles(), ["old".to_owned()].into());
}

/// Covers TX-1 on PostgreSQL, MariaDB.
#[test]
fn tx_1_a_commit_of_many_rows_is_found_out() {
    let _watchdog = Watchdog::start("tx_1_a_commit_of_many_rows_is_found_out", PATIENCE);
    many_rows_are_found_out(Postgres, bindery_testkit::fresh_postgres());
    many_rows_are_found_out(Mysql, bindery_testkit::fresh_mysql());
}

/// As long as the old session may still commit, no answer reports that it has not.
///
/// Covers TX-1 on PostgreSQL.
#[test]
fn tx_1_a_transaction_at_work_is_still_running() {
    let _watchdog = Watchdog::start("tx_1_a_transaction_at_work_is_still_running", PATIENCE);
    let limit = Duration::from_millis(500);
    let set = |options: EngineOptions| options.statement_timeout(limit);
    let Some(behind) = Behind::with(Postgres, bindery_testkit::fresh_postgres(), set) else {
        return;
    };
    for goes_on in [true, false] {
        let title = format!("{goes_on}");
        let error = behind
            .write(&title, || behind.proxy.set(Fault::Stall))
            .expect_err("silent");
        assert_eq!(*error.kind(), ErrorKind::OutcomeUnknown, "{error:?}");
        let outcome: CommitToken = error
            .commit_token()
            .map(ToString::to_string)
            .and_then(|text| text.parse().ok())
            .expect("a token that survives being written down");
        let resolve = |limit| behind.direct.resolve(&outcome, limit).unwrap();
        assert_eq!(
            resolve(Duration::from_millis(300)),
            Resolution::StillRunning
        );
        if goes_on {
            behind.proxy.heal();
        } else {
            behind.proxy.set(Fault::Cut);
        }
        let late = resolve(LIMIT);
        behind.proxy.heal();
        let is_stored = behind.titles().contains(&title);
        assert_eq!(late == Resolution::Committed, is_stored, "{late:?}");
        assert_ne!(late, Resolution::StillRunning);
        assert!(goes_on || !is_stored, "COMMIT has never arrived");
        assert_eq!(resolve(LIMIT), late, "it stays what it is");
    }
}

/// Without a mark the error says what would have helped, and a transaction that only read has lost nothing.
fn without_a_mark<E: Everything>(engine: E, fresh: Option<FreshDatabase>) {
    let set = |options: EngineOptions| options.resolve_commits(false);
    let Some(behind) = Behind::with(engine, fresh, set) else {
        return;
    };
    let commit = Fault::CutBeforePattern {
        direction: Direction::ToServer,
        pattern: b"COMMIT".to_vec(),
    };
    let error = behind
        .write("x", || behind.proxy.set(commit.clone()))
        .expect_err("cut");
    assert_eq!(error.applied(), Applied::Unknown);
    assert_eq!(error.commit_token(), None);
    assert!(
        error.to_string().contains("`resolve-commits = true`"),
        "{error}"
    );
    behind.proxy.heal();

    let mut connection = behind.db.connect(behind.engine).unwrap();
    let error = connection
        .transaction(|tx| {
            tx.blogs().count()?;
            behind.proxy.set(commit);
            Ok(())
        })
        .expect_err("cut");
    assert_eq!(*error.kind(), ErrorKind::ConnectionLost, "{error:?}");
    assert!(error.is_retryable());
}

#[test]
fn an_outcome_that_nobody_marked_says_how_to_mark_it() {
    let _watchdog = Watchdog::start("an_outcome_that_nobody_marked", PATIENCE);
    without_a_mark(Postgres, bindery_testkit::fresh_postgres());
    without_a_mark(Mysql, bindery_testkit::fresh_mysql());
}

#[test]
fn an_outcome_of_elsewhere_is_refused() {
    let db = embedded();
    let resolve = |text: &str| db.resolve(&text.parse().unwrap(), LIMIT).unwrap_err();
    let error = resolve("default/postgres/7/1");
    assert!(
        matches!(error.kind(), ErrorKind::UnsupportedValue(_)),
        "{error:?}"
    );
    assert_eq!(error.engine(), Some("default"));
    assert_eq!(error.operation(), Some(Operation::Resolve));
    let error = resolve("nowhere/postgres/7/1");
    assert!(
        matches!(error.kind(), ErrorKind::UnknownEngine { .. }),
        "{error:?}"
    );
}

fn stays_unknown<E: Everything>(engine: E, fresh: Option<FreshDatabase>, text: &str) {
    if let Some(behind) = Behind::new(engine, fresh) {
        let outcome = text.parse().unwrap();
        let error = behind.db.resolve(&outcome, LIMIT).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::OutcomeUnknown, "{error:?}");
    }
}

/// An outcome that the server has forgotten is not made up, and its answer after a crash is not trusted.
#[test]
fn an_outcome_that_the_server_does_not_know_stays_unknown() {
    let session = "6ccd780c-baba-1026-9564-5b8c656024db";
    let marked = format!("x_mysql/mysql/{session}/1");
    stays_unknown(Mysql, bindery_testkit::fresh_mysql(), &marked);
    let of_another_era = "x_postgres/postgres/3/1";
    stays_unknown(Postgres, bindery_testkit::fresh_postgres(), of_another_era);
}

/// Servers that go down in a transaction: nothing of it is stored, and its reported outcome is right.
fn goes_down<E: Everything>(engine: E, options: ServerOptions) {
    let Some(mut server) = options.durable(true).start_or_skip() else {
        return;
    };
    let url = server.database("shop").expect("a database");
    let options = EngineOptions::url(url).resolve_commits(true);
    let db = with(engine.name(), options);
    db.create_missing_on(engine).expect("its tables");
    let mut stored = 0;
    for (how, at_commit) in [
        (Shutdown::Orderly, false),
        (Shutdown::Crash, false),
        (Shutdown::Orderly, true),
        (Shutdown::Crash, true),
    ] {
        let mut connection = db.connect(engine).expect("it is up");
        let outcome = connection.transaction(|tx| {
            tx.blogs().insert(NewBlog::new("lost"))?;
            server.go_down(how);
            if !at_commit {
                tx.blogs().count()?;
            }
            Ok(())
        });
        server.come_back().expect("it comes back");
        drop(connection);
        let mut again = db.connect(engine).expect("it is up again");
        let found = again.blogs().count().expect("a table") > stored;
        match outcome {
            // A process of PostgreSQL's outlives its parent for a moment.
            Ok(()) => assert!(found, "{how:?}"),
            Err(error) if error.applied() == Applied::Unknown => {
                assert_eq!(error.operation(), Some(Operation::Commit));
                match db.resolve(error.commit_token().expect("marked"), LIMIT) {
                    Ok(resolution) => assert_eq!(resolution == Resolution::Committed, found),
                    Err(unknown) => assert!(found && how == Shutdown::Crash, "{unknown:?}"),
                }
            }
            Err(error) => {
                assert_eq!(*error.kind(), ErrorKind::ConnectionLost, "{error:?}");
                assert!(error.is_retryable() && !found, "{how:?}: {error:?}");
            }
        }
        stored += u64::from(found);
    }
}

/// Covers TX-3 on PostgreSQL.
#[test]
fn tx_3_a_server_that_goes_down_has_stored_nothing_on_postgres() {
    let _watchdog = Watchdog::start("tx_3_a_server_that_goes_down_on_postgres", PATIENCE);
    goes_down(Postgres, Server::postgres());
}

/// Covers TX-3 on MariaDB.
#[test]
fn tx_3_a_server_that_goes_down_has_stored_nothing_on_mariadb() {
    let _watchdog = Watchdog::start("tx_3_a_server_that_goes_down_on_mariadb", PATIENCE);
    goes_down(Mysql, Server::mysql());
}

/// Tables are created in transactions too, and their COMMIT is found out like any other.
///
/// Covers TX-1 on PostgreSQL.
#[test]
fn tx_1_a_cut_commit_of_ddl_is_found_out_on_postgres() {
    let _watchdog = Watchdog::start("tx_1_a_cut_commit_of_ddl", PATIENCE);
    let Some(fresh) = bindery_testkit::fresh_postgres() else {
        return;
    };
    let proxy = FaultProxy::start(&fresh.url()).expect("a port is free");
    let db = with(Postgres.name(), EngineOptions::url(proxy.url()));
    let cut_off = Fault::CutBeforePattern {
        direction: Direction::ToServer,
        pattern: b"COMMIT".to_vec(),
    };
    // The answer says again what was done.
    let unanswered = Fault::CutBeforePattern {
        direction: Direction::ToClient,
        pattern: b"COMMIT".to_vec(),
    };
    for (fault, expected, is_empty) in [
        (cut_off, Resolution::Aborted, true),
        (unanswered, Resolution::Committed, false),
    ] {
        proxy.set(fault);
        let error = db.create_missing_on(Postgres).unwrap_err();
        assert_eq!(*error.kind(), ErrorKind::OutcomeUnknown, "{error:?}");
        let outcome = error.commit_token().expect("it can be found out").clone();
        proxy.heal();
        assert_eq!(db.resolve(&outcome, LIMIT).unwrap(), expected);
        let there = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'";
        assert_eq!(fresh.answer(there).unwrap().trim() == "0", is_empty);
    }
    db.create_missing_on(Postgres).expect("the rest");
}
