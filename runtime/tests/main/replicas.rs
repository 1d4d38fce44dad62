//! Reading from replicas, on servers that really stream: held back, killed, restarted and promoted in the middle.

use std::time::{Duration, Instant};

use bindery::{Engine as _, EngineOptions, ErrorKind, ReadsFrom, Registry, ReplicaState};
use bindery_testkit::{Server, ServerOptions, Shutdown, Watchdog};

use crate::sample::engine::{Default, Mariadb, Postgres};
use crate::sample::{Everything, NewBlog, Tables as _, tag, with};

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

fn read<E: Everything>(db: &Registry, engine: E) -> bindery::Result<u64> {
    db.repository::<tag::Blog, E>(engine).count()
}

fn insert<E: Everything>(db: &Registry, engine: E, title: &str) {
    let new = NewBlog::new(title);
    db.repository::<tag::Blog, E>(engine)
        .insert(new)
        .expect("the primary takes writes");
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

/// Covers SEL-07: reads go to both replicas, writes to the primary; one that is down is skipped, reported and tried again.
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

    // Standbys that are held back show where a read went.
    cluster
        .standbys
        .iter()
        .for_each(|standby| standby.pause_replay().expect("a standby"));
    insert(&db, engine, "two");
    let seen: Vec<u64> = (0..4)
        .map(|_| read(&db, engine).expect("a replica"))
        .collect();
    assert_eq!(seen, [1; 4], "reads go to replicas");
    assert!(
        used(&db, engine).iter().all(|&used| used > 0),
        "both are read from"
    );
    assert_eq!(
        db.connect(engine).unwrap().blogs().count().unwrap(),
        2,
        "a connection is the primary's"
    );
    let inside = db
        .connect(engine)
        .unwrap()
        .transaction(|tx| tx.blogs().count());
    assert_eq!(inside.unwrap(), 2, "a transaction is the primary's");

    // Too far behind: the primary is read, and the state says why.
    eventually("both lag, and the primary is read", || {
        read(&db, engine).is_ok_and(|rows| rows == 2)
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
            read(&db, engine).expect("another replica, or the primary"),
            2
        );
    }
    eventually("the dead one is reported", || {
        read(&db, engine).expect("the other one");
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
        assert_eq!(read(&db, engine).expect("the primary"), 2);
    }
    // They come back, and are used again by themselves.
    for standby in &mut cluster.standbys {
        standby.come_back().expect("it starts again");
    }
    eventually("both are used again", || {
        read(&db, engine).expect("some server");
        states(&db, engine) == [ReplicaState::Serving; 2]
    });
    drop(cluster.primary);
}

#[test]
fn sel_07_reads_use_the_replicas_of_postgres() {
    reads_use_the_replicas(Postgres, Server::postgres());
}

#[test]
fn sel_07_reads_use_the_replicas_of_mariadb() {
    reads_use_the_replicas(Mariadb, Server::mysql());
}

/// Another way to the same file is always current.
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
    assert_eq!(read(&db, Default).unwrap(), 1);
    insert(&db, Default, "two");
    assert_eq!(read(&db, Default).unwrap(), 2);
    let replica = db.engine("default").unwrap().replicas.remove(0);
    assert_eq!((replica.state, replica.lag), (ReplicaState::Serving, None));
    assert!(replica.pool.created > 0);
    let refused = db.connect_replica(Default, "r1").unwrap();
    let refused = { refused }
        .query_as::<i64>("DELETE FROM blogs", ())
        .unwrap_err();
    assert_eq!(refused.kind(), &ErrorKind::ReadOnly);
}
