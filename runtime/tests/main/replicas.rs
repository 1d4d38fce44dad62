//! Reading from replicas, on servers that really stream: held back, killed, restarted and promoted in the middle.

use std::time::{Duration, Instant};

use bindery::generic::GeneratedDatabases as _;
use bindery::replicas::{ReadsFrom, ReplicaState};
use bindery::{Engine as _, EngineOptions, ErrorKind, Isolation, Registry, SessionOptions};
use bindery_testkit::{Server, ServerOptions, SetOnDrop, Shutdown, Watchdog};

use crate::sample::engine::{Default, Mariadb, Mysql, Postgres};
use crate::sample::{
    BlogPatch, Everything, MemberQueries, NewBlog, NewMember, Tables as _, model, with,
};
use crate::session::Db;

const IS_REPLICA_OF_POSTGRES: &str = "SELECT CAST(CAST(pg_is_in_recovery() AS integer) AS bigint)";
const IS_REPLICA_OF_MARIADB: &str = "SELECT CAST(@@global.read_only AS SIGNED)";

/// A primary and two standbys.
struct Cluster {
    primary: Server,
    standbys: Vec<Server>,
    url: String,
}

impl Cluster {
    fn start(options: ServerOptions) -> Option<Self> {
        let primary = options.replicated(true).durable(true).start_or_skip()?;
        let url = primary.database("shop").expect("the server is empty");
        let standby = || {
            let standby = primary.standby()?;
            Some(standby.durable(true).start().expect("the standby starts"))
        };
        let standbys = vec![standby()?, standby()?];
        Some(Self {
            primary,
            standbys,
            url,
        })
    }

    fn options(&self) -> EngineOptions {
        let options = EngineOptions::url(self.url.as_str())
            .reads(ReadsFrom::Replicas)
            .max_connections(4)
            .connect_timeout(Duration::from_secs(2))
            .replica_check(Duration::from_millis(50))
            .replica_retry(Duration::from_millis(200))
            .max_replica_lag(Duration::from_millis(500));
        let standbys = self.standbys.iter().zip(["r1", "r2"]);
        standbys.fold(options, |options, (standby, name)| {
            options.replica(name, standby.same_database(&self.url))
        })
    }

    /// With the tables, on the standbys, too.
    fn open<E: Everything>(&self, engine: E) -> Registry {
        let db = with(engine.name(), self.options());
        db.create_missing_on(engine).expect("the database is empty");
        all_become(&db, engine, [ReplicaState::Serving; 2]);
        db
    }
}

/// Something that holds within some seconds.
fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(20), "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn states<E: Everything>(db: &Registry, engine: E) -> Vec<ReplicaState> {
    let status = db.engine(engine.name()).expect("it is there");
    status
        .replicas
        .iter()
        .map(|replica| replica.state)
        .collect()
}

/// Reads until replicas are in these states.
fn all_become<E: Everything>(db: &Registry, engine: E, expected: [ReplicaState; 2]) {
    eventually(&format!("{expected:?}"), || {
        db.check_replicas();
        states(db, engine) == expected
    });
}

fn count_blogs<E: Everything>(db: &Registry, engine: E) -> bindery::Result<u64> {
    db.repository::<model::Blog, E>(engine).count()
}

fn insert<E: Everything>(db: &Registry, engine: E, title: &str) {
    let new = NewBlog::new(title);
    db.repository::<model::Blog, E>(engine)
        .insert(new)
        .expect("the primary takes writes");
}

fn in_session<E: Everything>(db: &Registry, engine: E, options: SessionOptions) -> u64 {
    let count = Db(db.clone())
        .try_session_with(options, |s| s.repository::<model::Blog, E>(engine).count());
    count.expect("a replica, or the primary")
}

/// How many connections were opened to each replica, ever.
fn used<E: Everything>(db: &Registry, engine: E) -> Vec<u64> {
    let status = db.engine(engine.name()).expect("it is there");
    status
        .replicas
        .iter()
        .map(|replica| replica.pool.created)
        .collect()
}

/// Covers SEL-07 on PostgreSQL, MariaDB: reads go to both replicas, writes to the primary; one that is down is skipped, reported and tried again.
fn reads_use_the_replicas<E: Everything>(engine: E, options: ServerOptions) {
    let _watchdog = Watchdog::start("reads_use_the_replicas", Duration::from_secs(180));
    let Some(mut cluster) = Cluster::start(options) else {
        return;
    };
    let db = cluster.open(engine);
    insert(&db, engine, "one");
    for standby in [0, 1] {
        eventually("the row is on the standbys", || {
            let name = ["r1", "r2"][standby];
            let replica = db.connect_replica(engine, name);
            replica
                .and_then(|mut replica| replica.blogs().count())
                .is_ok_and(|count| count == 1)
        });
    }

    // Standbys that are held back show where a read went, however long that takes.
    let patient = cluster.options().max_replica_lag(Duration::from_secs(120));
    let patient = with(engine.name(), patient);
    all_become(&patient, engine, [ReplicaState::Serving; 2]);
    cluster
        .standbys
        .iter()
        .for_each(|standby| standby.pause_replay().expect("a standby"));
    insert(&patient, engine, "two");
    let seen: Vec<u64> = (0..4)
        .map(|_| count_blogs(&patient, engine).expect("a replica"))
        .collect();
    assert_eq!(seen, [1; 4], "reads go to replicas");
    assert!(
        used(&patient, engine).iter().all(|&used| used > 0),
        "both are read from"
    );
    assert_eq!(
        patient.connect(engine).unwrap().blogs().count().unwrap(),
        2,
        "a connection is the primary's"
    );
    let inside = patient
        .connect(engine)
        .unwrap()
        .transaction(|tx| tx.blogs().count());
    assert_eq!(inside.unwrap(), 2, "a transaction is the primary's");
    let writing = in_session(&patient, engine, SessionOptions::new());
    assert_eq!(writing, 2, "so is a session that may write");
    let reading = SessionOptions::new().read_only();
    let seen = in_session(&patient, engine, reading.clone());
    assert_eq!(seen, 1, "one that only reads is a replica's");
    let serializable = reading.isolation(Isolation::Serializable);
    let seen = in_session(&patient, engine, serializable);
    assert_eq!(seen, 2, "a standby has no serializable transactions");

    go_to_the_primary(&patient, engine);

    // Too far behind: the primary is read, and the state says why.
    eventually("both lag, and the primary is read", || {
        count_blogs(&db, engine).is_ok_and(|rows| rows == 2)
    });
    let status = db.engine(engine.name()).unwrap();
    for replica in &status.replicas {
        assert_eq!(replica.state, ReplicaState::Lagging, "{replica:?}");
        assert!(
            replica
                .lag
                .is_some_and(|lag| lag > Duration::from_millis(500)),
            "{replica:?}"
        );
        assert!(
            replica
                .last_error
                .as_deref()
                .is_some_and(|why| why.contains("behind")),
            "{replica:?}"
        );
    }
    cluster
        .standbys
        .iter()
        .for_each(|standby| standby.resume_replay().expect("a standby"));
    all_become(&db, engine, [ReplicaState::Serving; 2]);

    // One is killed: no read fails, and it is told.
    cluster.standbys[0].go_down(Shutdown::Crash);
    for _ in 0..20 {
        assert_eq!(
            count_blogs(&db, engine).expect("another replica, or the primary"),
            2
        );
    }
    eventually("the dead one is reported", || {
        count_blogs(&db, engine).expect("the other one");
        states(&db, engine) == [ReplicaState::Down, ReplicaState::Serving]
    });
    let status = db.engine(engine.name()).unwrap();
    assert!(
        status.replicas[0].last_error.is_some(),
        "{:?}",
        status.replicas[0]
    );

    // All are down: the primary is read.
    cluster.standbys[1].go_down(Shutdown::Crash);
    for _ in 0..10 {
        assert_eq!(count_blogs(&db, engine).expect("the primary"), 2);
    }
    // They come back, and are used again by themselves.
    for standby in &mut cluster.standbys {
        standby.come_back().expect("it starts again");
    }
    eventually("both are used again", || {
        count_blogs(&db, engine).expect("some server");
        states(&db, engine) == [ReplicaState::Serving; 2]
    });
    let status = db.engine(engine.name()).unwrap();
    for replica in &status.replicas {
        assert_eq!(replica.last_error, None, "it is over");
    }
    drop(cluster.primary);
}

/// Calls that write, lock or make tables look at the primary, while the standbys are held back.
fn go_to_the_primary<E: Everything>(db: &Registry, engine: E) {
    let mut members = db.repository::<model::Member, E>(engine);
    let new = || NewMember::new(1, "ann@example.org");
    assert!(members.insert_or_ignore(new()).unwrap());
    assert!(!members.insert_or_ignore(new()).unwrap(), "it is there");
    let updated = members
        .upsert_by_user_id(NewMember::new(1, "new@example.org"))
        .unwrap();
    assert_eq!(updated.email, "new@example.org");
    assert_eq!(members.count().unwrap(), 0, "a replica has none of it");
    let locked = db.connect(engine).unwrap().transaction(|tx| {
        let all = "SELECT id FROM blogs FOR UPDATE";
        tx.query_as::<i64>(all, ())
    });
    assert_eq!(locked.unwrap().len(), 2);
    let drop_members = "DROP TABLE members";
    db.connect(engine)
        .unwrap()
        .execute_batch(drop_members)
        .unwrap();
    let created = db.create_missing_on(engine).unwrap().created;
    let created: Vec<_> = created.iter().map(|(_, table)| *table).collect();
    assert_eq!(created, ["members"], "the replicas have it");
}

#[test]
fn sel_07_reads_use_the_replicas_of_postgres() {
    reads_use_the_replicas(Postgres, Server::postgres());
}

#[test]
fn sel_07_reads_use_the_replicas_of_mariadb() {
    reads_use_the_replicas(Mariadb, Server::mysql());
}

/// Covers SEL-07 on PostgreSQL, MariaDB: what a unit of work has written is read on the primary, and what a token is of on a replica that has come
/// so far, within a bounded wait.
fn reads_see_own_writes<E: Everything>(engine: E, options: ServerOptions) {
    let _watchdog = Watchdog::start("reads_see_own_writes", Duration::from_secs(180));
    let Some(cluster) = Cluster::start(options) else {
        return;
    };
    drop(cluster.open(engine));
    let wait = Duration::from_millis(300);
    let options = cluster.options().max_replica_lag(None).replica_wait(wait);
    let db = with(engine.name(), options);
    db.check_replicas();
    let pause = || {
        cluster
            .standbys
            .iter()
            .for_each(|standby| standby.pause_replay().unwrap())
    };
    let resume = || {
        cluster
            .standbys
            .iter()
            .for_each(|standby| standby.resume_replay().unwrap())
    };
    pause();

    // Each kind of write, and what is read in the same unit of work and outside.
    let write: [&dyn Fn(&Registry); 5] = [
        &|unit| insert(unit, engine, "call"),
        &|unit| {
            drop(
                unit.connect(engine)
                    .unwrap()
                    .blogs()
                    .insert(NewBlog::new("connection"))
                    .unwrap(),
            )
        },
        &|unit| {
            let mut connection = unit.connect(engine).unwrap();
            connection
                .transaction(|tx| tx.blogs().insert(NewBlog::new("transaction")))
                .unwrap();
        },
        &|unit| {
            let insert = "INSERT INTO blogs (title) VALUES ('raw')";
            unit.connect(engine).unwrap().execute(insert, ()).unwrap();
        },
        &|unit| {
            let new = NewBlog::new("session");
            let written = Db(unit.clone()).session(|s| {
                let mut blogs = s.repository::<model::Blog, E>(engine);
                blogs.insert(new)
            });
            drop(written.unwrap());
        },
    ];
    let mut token = None;
    for (written, write) in (1..).zip(write) {
        let unit = db.reading_after(None);
        unit.connect(engine)
            .unwrap()
            .query_scalar::<i64>("SELECT 1", ())
            .unwrap();
        assert_eq!(
            count_blogs(&unit, engine).unwrap(),
            0,
            "it has only read: a replica"
        );
        write(&unit);
        assert_eq!(
            count_blogs(&unit, engine).unwrap(),
            written,
            "its own write"
        );
        assert_eq!(
            count_blogs(&unit.clone(), engine).unwrap(),
            written,
            "a clone is the same unit"
        );
        let reading = SessionOptions::new().read_only();
        assert_eq!(in_session(&unit, engine, reading.clone()), written);
        assert_eq!(in_session(&db, engine, reading), 0);
        assert_eq!(
            count_blogs(&db, engine).unwrap(),
            0,
            "any other reads what is there"
        );
        token = Some(unit.read_token().unwrap());
    }

    // A write that changes nothing looks where the others write.
    let mut blogs = db.repository::<model::Blog, E>(engine);
    let key = db
        .connect(engine)
        .unwrap()
        .blogs()
        .first()
        .unwrap()
        .unwrap()
        .id;
    assert!(
        blogs.update(key, BlogPatch::default()).unwrap(),
        "the row is on the primary"
    );

    // The next requests go to the primary: what is known to lag is not waited for, by none of them.
    let started = Instant::now();
    for _ in 0..50 {
        let unit = db.reading_after(&token.clone().unwrap());
        assert_eq!(count_blogs(&unit, engine).unwrap(), 5);
        assert_eq!(count_blogs(&unit, engine).unwrap(), 5);
    }
    let waited = started.elapsed();
    assert!(waited < wait * 10, "{waited:?}");

    // Nor where no check has told yet: one read waits, and the ones after it do not.
    let unchecked = with(
        engine.name(),
        cluster
            .options()
            .max_replica_lag(None)
            .replica_check(Duration::from_secs(3_600))
            .replica_wait(wait),
    );
    unchecked.check_replicas();
    let update = "UPDATE blogs SET stars = 7";
    let mut c = unchecked.connect(engine).unwrap();
    c.execute(update, ()).unwrap();
    let newest = unchecked.read_token().unwrap();
    let started = Instant::now();
    for _ in 0..50 {
        let unit = unchecked.reading_after(&newest);
        assert_eq!(count_blogs(&unit, engine).unwrap(), 5);
    }
    let waited = started.elapsed();
    assert!(waited < wait * 10, "{waited:?}");
    drop(c);
    drop(unchecked);

    // A replica that comes so far meanwhile is waited for.
    let patient = with(
        engine.name(),
        cluster
            .options()
            .max_replica_lag(None)
            .replica_wait(Duration::from_secs(10)),
    );
    patient.check_replicas();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            std::thread::sleep(wait);
            resume();
        });
        let unit = patient.reading_after(token.as_ref());
        assert_eq!(count_blogs(&unit, engine).unwrap(), 5);
    });

    // One that has come so far is read, and not the primary.
    for name in ["r1", "r2"] {
        eventually("the rows are on the standbys", || {
            let replica = db.connect_replica(engine, name);
            replica
                .and_then(|mut replica| replica.blogs().count())
                .is_ok_and(|count| count == 5)
        });
    }
    db.check_replicas();
    pause();
    insert(&db, engine, "later");
    let unit = db.reading_after(token.as_ref());
    assert_eq!(
        count_blogs(&unit, engine).unwrap(),
        5,
        "a replica, and no wait"
    );

    let carried = unit.read_token().unwrap();
    assert_eq!(
        Some(&carried),
        token.as_ref(),
        "what it had to see is handed on"
    );
    assert_eq!(
        count_blogs(&db.reads_from(ReadsFrom::Primary), engine).unwrap(),
        6
    );
}

#[test]
fn sel_07_reads_see_own_writes_on_postgres() {
    reads_see_own_writes(Postgres, Server::postgres());
}

#[test]
fn sel_07_reads_see_own_writes_on_mariadb() {
    reads_see_own_writes(Mariadb, Server::mysql());
}

/// Covers SEL-07 on PostgreSQL, MariaDB: of two replicas the one that is known to have what a token is of is read, and the other is not waited
/// for.
fn a_replica_that_is_near_enough_is_chosen<E: Everything>(
    engine: E,
    options: ServerOptions,
    is_replica: &'static str,
) {
    const PATIENCE: Duration = Duration::from_secs(180);
    let _watchdog = Watchdog::start("a_replica_that_is_near_enough_is_chosen", PATIENCE);
    let Some(cluster) = Cluster::start(options) else {
        return;
    };
    drop(cluster.open(engine));
    // One wait would take longer than the test may.
    let options = cluster.options().replica_wait(2 * PATIENCE);
    let db = with(engine.name(), options.max_replica_lag(None));
    db.check_replicas();
    cluster.standbys[0].pause_replay().unwrap();
    let unit = db.reading_after(None);
    insert(&unit, engine, "new");
    let token = unit.read_token().unwrap();
    eventually("the row is on the other standby", || {
        let replica = db.connect_replica(engine, "r2");
        replica
            .and_then(|mut replica| replica.blogs().count())
            .is_ok_and(|count| count == 1)
    });
    db.check_replicas();
    for _ in 0..20 {
        let unit = db.reading_after(&token);
        assert_eq!(count_blogs(&unit, engine).unwrap(), 1);
        let reading = SessionOptions::new().read_only();
        let read = Db(unit).try_session_with(reading, |s| {
            s.sql_on(engine).query_scalar::<i64>(is_replica, ())
        });
        assert_eq!(read.unwrap(), 1, "it is not the primary");
    }
}

#[test]
fn sel_07_a_replica_of_postgres_that_is_near_enough_is_chosen() {
    a_replica_that_is_near_enough_is_chosen(Postgres, Server::postgres(), IS_REPLICA_OF_POSTGRES);
}

#[test]
fn sel_07_a_replica_of_mariadb_that_is_near_enough_is_chosen() {
    a_replica_that_is_near_enough_is_chosen(Mariadb, Server::mysql(), IS_REPLICA_OF_MARIADB);
}

/// Covers SEL-07 on PostgreSQL, MariaDB: replicas that reads have waited for in vain are not waited for, until a check sees them come to what
/// was just written.
fn late_replicas_are_waited_for_again<E: Everything>(
    engine: E,
    options: ServerOptions,
    is_replica: &'static str,
) {
    let _watchdog = Watchdog::start(
        "late_replicas_are_waited_for_again",
        Duration::from_secs(180),
    );
    let Some(cluster) = Cluster::start(options) else {
        return;
    };
    drop(cluster.open(engine));
    // Only the checks that the test makes.
    let options = cluster.options().max_replica_lag(None);
    let options = options.replica_check(Duration::from_secs(3_600));
    let db = with(
        engine.name(),
        options.replica_wait(Duration::from_millis(500)),
    );
    db.check_replicas();
    let is_read_after_a_write = || {
        let unit = db.reading_after(None);
        insert(&unit, engine, "new");
        let next = Db(db.reading_after(&unit.read_token().unwrap()));
        let reading = SessionOptions::new().read_only();
        let read = next.try_session_with(reading, |s| {
            s.sql_on(engine).query_scalar::<i64>(is_replica, ())
        });
        read.unwrap() == 1
    };
    assert!(is_read_after_a_write(), "one that keeps up is waited for");
    for standby in &cluster.standbys {
        standby.pause_replay().unwrap();
    }
    for _ in &cluster.standbys {
        assert!(!is_read_after_a_write(), "it is waited for in vain");
    }
    for standby in &cluster.standbys {
        standby.resume_replay().unwrap();
    }
    assert!(!is_read_after_a_write(), "it would come in time");
    eventually("they are waited for again", || {
        insert(&db, engine, "new");
        db.check_replicas();
        is_read_after_a_write()
    });
}

#[test]
fn sel_07_late_replicas_of_postgres_are_waited_for_again() {
    late_replicas_are_waited_for_again(Postgres, Server::postgres(), IS_REPLICA_OF_POSTGRES);
}

#[test]
fn sel_07_late_replicas_of_mariadb_are_waited_for_again() {
    late_replicas_are_waited_for_again(Mariadb, Server::mysql(), IS_REPLICA_OF_MARIADB);
}

/// Covers SEL-07 on PostgreSQL: a token has what was committed before it was written to the log's file, whichever session or
/// transaction chose that.
#[test]
fn sel_07_a_token_has_what_is_committed_without_waiting_for_the_log() {
    let _watchdog = Watchdog::start("sel_07_asynchronous_commit", Duration::from_secs(180));
    let Some(cluster) = Cluster::start(Server::postgres()) else {
        return;
    };
    let db = cluster.open(Postgres);
    for written in 1..=100 {
        let unit = db.reading_after(None);
        let mut c = unit.connect(Postgres).unwrap();
        c.transaction(|tx| {
            tx.execute("SET LOCAL synchronous_commit = off", ())?;
            tx.blogs().insert(NewBlog::new("asynchronous"))
        })
        .unwrap();
        let token = unit.read_token().unwrap();
        let next = db.reading_after(&token);
        assert_eq!(count_blogs(&next, Postgres).unwrap(), written);
    }
}

/// Covers SEL-07 on PostgreSQL, MariaDB: while threads read, one replica is killed and the other promoted. No read fails, and none sees what the
/// promoted one has of its own.
fn no_read_fails<E: Everything>(engine: E, options: ServerOptions) {
    let _watchdog = Watchdog::start("no_read_fails", Duration::from_secs(180));
    let Some(mut cluster) = Cluster::start(options) else {
        return;
    };
    let db = cluster.open(engine);
    insert(&db, engine, "one");
    all_become(&db, engine, [ReplicaState::Serving; 2]);
    let promoted = cluster.standbys[1].same_database(&cluster.url);
    let is_over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let over = SetOnDrop(&is_over);
        let readers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let mut reads = 0;
                    while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                        assert!(count_blogs(&db, engine).expect("some server") <= 1);
                        let rows = db.repository::<model::Blog, E>(engine).query().all();
                        assert!(rows.expect("some server").len() <= 1);
                        reads += 1;
                    }
                    reads
                })
            })
            .collect();
        std::thread::sleep(Duration::from_millis(300));
        cluster.standbys[0].go_down(Shutdown::Crash);
        std::thread::sleep(Duration::from_millis(300));
        cluster.standbys[1].promote().expect("it is a standby");
        eventually("it is seen to be promoted", || {
            states(&db, engine)[1] == ReplicaState::Promoted
        });
        let own = with(engine.name(), EngineOptions::url(promoted));
        insert(&own, engine, "of its own");
        std::thread::sleep(Duration::from_millis(500));
        drop(over);
        for reader in readers {
            let reads: u32 = reader.join().expect("no read failed");
            assert!(reads > 10, "{reads}");
        }
    });
    assert_eq!(
        states(&db, engine),
        [ReplicaState::Down, ReplicaState::Promoted]
    );
    let promoted = db.engine(engine.name()).unwrap().replicas.remove(1);
    assert!(
        promoted
            .last_error
            .is_some_and(|why| why.contains("promoted"))
    );

    // Where the program wants replicas and nothing else, there is none.
    let only = db.reads_from(ReadsFrom::ReplicasOnly);
    let error = count_blogs(&only, engine).expect_err("no replica can be read from");
    assert_eq!(
        (error.kind(), error.engine()),
        (&ErrorKind::Unavailable, Some(engine.name()))
    );
    assert!(error.to_string().contains("replicas"), "{error}");
}

#[test]
fn sel_07_no_read_fails_while_replicas_of_postgres_go() {
    no_read_fails(Postgres, Server::postgres());
}

#[test]
fn sel_07_no_read_fails_while_replicas_of_mariadb_go() {
    no_read_fails(Mariadb, Server::mysql());
}

/// A function writes, which the client cannot see: the session over a replica's URL refuses it, in a server that takes writes.
///
/// Covers SEL-07 on PostgreSQL, MariaDB.
#[test]
fn sel_07_the_server_refuses_writes_over_a_replica() {
    if let Some(database) = bindery_testkit::fresh_postgres() {
        let function = "CREATE FUNCTION add_blog() RETURNS bigint LANGUAGE sql AS \
            $$ INSERT INTO blogs (title) VALUES ('by a function') RETURNING id $$";
        refuses_a_function(Postgres, &database.url(), function);
    }
    if let Some(database) = bindery_testkit::fresh_mysql() {
        let function = "CREATE FUNCTION add_blog() RETURNS BIGINT MODIFIES SQL DATA DETERMINISTIC \
            BEGIN INSERT INTO blogs (title) VALUES ('by a function'); RETURN 1; END";
        refuses_a_function(Mysql, &database.url(), function);
    }
}

fn refuses_a_function<E: Everything>(engine: E, url: &str, function: &'static str) {
    let db = with(engine.name(), EngineOptions::url(url).replica("r1", url));
    db.create_missing_on(engine).unwrap();
    let mut own = db.connect(engine).unwrap();
    own.execute_batch(function).unwrap();
    let call = "SELECT add_blog()";
    let mut replica = db.connect_replica(engine, "r1").unwrap();
    let refused = replica.query_as::<i64>(call, ()).unwrap_err();
    assert_eq!(refused.kind(), &ErrorKind::ReadOnly, "{refused:?}");
    assert!(refused.code().is_some(), "the server said so: {refused:?}");
    drop(replica);
    let reading = SessionOptions::new().read_only();
    let refused = Db(db.clone())
        .try_session_with(reading, |s| s.connection(engine)?.query_as::<i64>(call, ()));
    assert_eq!(refused.unwrap_err().kind(), &ErrorKind::ReadOnly);
    assert_eq!(own.blogs().count().unwrap(), 0);
    assert_eq!(
        own.query_as::<i64>(call, ()).unwrap().len(),
        1,
        "the engine's own may"
    );
    assert_eq!(own.blogs().count().unwrap(), 1);
}

/// Another way to the same file is always current.
///
/// Covers SEL-07 on SQLite.
#[test]
fn sel_07_reads_of_a_file_use_its_second_connection() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/shop.db", folder.path().display());
    let options = EngineOptions::url(url.as_str())
        .replica("r1", url.as_str())
        .reads(ReadsFrom::Replicas);
    let db = with(Default.name(), options);
    db.create_missing_on(Default).unwrap();
    insert(&db, Default, "one");
    db.check_replicas();
    assert_eq!(count_blogs(&db, Default).unwrap(), 1);
    insert(&db, Default, "two");
    assert_eq!(count_blogs(&db, Default).unwrap(), 2);
    let replica = db.engine("default").unwrap().replicas.remove(0);
    assert_eq!((replica.state, replica.lag), (ReplicaState::Serving, None));
    assert!(replica.pool.created > 0);
    let reading = SessionOptions::new().read_only();
    assert_eq!(in_session(&db, Default, reading.clone()), 2);
    let refused = Db(db.clone()).try_session_with(reading, |s| {
        let mut blogs = s.repository::<model::Blog, _>(Default);
        blogs.insert(NewBlog::new("three"))
    });
    assert_eq!(refused.unwrap_err().kind(), &ErrorKind::ReadOnly);
    let refused = db.connect_replica(Default, "r1").unwrap();
    let refused = { refused }
        .query_as::<i64>("DELETE FROM blogs", ())
        .unwrap_err();
    assert_eq!(refused.kind(), &ErrorKind::ReadOnly);
}
