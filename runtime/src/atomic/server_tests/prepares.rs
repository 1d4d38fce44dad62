//! Prepares that a database refuses, and a home that cannot take the decision.

use super::*;
use crate::databases::config::EngineOptions;

use crate::atomic::failpoint;

const PG_MARIA: usize = 0;
const MARIA_PG: usize = 1;
const FILE_PG: usize = 4;
const THREE: usize = 6;

/// Covers 2PC-7, 2PC-13.
#[test]
fn atom_02_a_prepare_that_is_refused_and_a_home_that_is_full_roll_all_back() {
    let _watchdog = Watchdog::start("atomic refused prepares", PATIENCE);
    let Some(world) = World::start("prepares") else {
        return;
    };
    things_of_a_session_cannot_be_prepared(&world);
    a_name_that_is_taken_is_refused(&world);
    a_file_without_room_for_the_decision(&world);
    homes_that_refuse_the_decision(&world);
}

/// The home can be written while the work runs, and refuses the decision.
fn homes_that_refuse_the_decision(world: &World) {
    let refusals = [
        (
            FILE_PG,
            FILE,
            "CREATE TRIGGER refuses BEFORE INSERT ON _bindery_decisions BEGIN SELECT RAISE(ABORT, 'read-only'); END",
            "DROP TRIGGER refuses",
        ),
        (
            PG_MARIA,
            PG,
            "ALTER TABLE _bindery_decisions ADD CONSTRAINT refuses CHECK (decision <> 'C') NOT VALID",
            "ALTER TABLE _bindery_decisions DROP CONSTRAINT refuses",
        ),
        (
            MARIA_PG,
            MARIA,
            "RENAME TABLE _bindery_decisions TO _bindery_away",
            "RENAME TABLE _bindery_away TO _bindery_decisions",
        ),
    ];
    for (group, home, refuse, allow) in refusals {
        let group = &GROUPS[group];
        let writes =
            |id: u32| move |tx: &mut Tx| group.engines.iter().try_for_each(|at| tx.insert(*at, id));
        let outcome = world.run(group, writes(world.next()));
        assert!(is_committed_everywhere(&outcome), "{outcome:?}");
        world.on(home, |it| it.define(refuse));
        let id = world.next();
        let error = world.run(group, writes(id)).stored().unwrap_err();
        assert_eq!(
            error.engine(),
            Some(PROGRAM.engines[home].name()),
            "{error}"
        );
        world.on(home, |it| it.define(allow));
        assert!(world.found(group, id).iter().all(|found| !found));
        assert_eq!(world.prepared(), 0, "{}", group.name);
        let outcome = world.run(group, writes(world.next()));
        assert!(is_committed_everywhere(&outcome), "{outcome:?}");
    }
}

fn things_of_a_session_cannot_be_prepared(world: &World) {
    let group = &GROUPS[THREE];
    for sql in [
        "CREATE TEMPORARY TABLE mine (id INT)",
        "NOTIFY somebody",
        "LISTEN somebody",
        "DECLARE kept CURSOR WITH HOLD FOR SELECT 1",
    ] {
        let id = world.next();
        let outcome = world.run(group, |tx| {
            group.engines.iter().try_for_each(|at| tx.insert(*at, id))?;
            tx.write(PG, sql)
        });
        let error = outcome.stored().unwrap_err();
        assert_eq!(
            (error.engine(), error.code()),
            (Some("pg"), Some("0A000")),
            "{sql}: {error}"
        );
        assert!(world.found(group, id).iter().all(|found| !found), "{sql}");
        assert_eq!(world.prepared(), 0, "{sql}");
    }
}

/// A transaction of this name is prepared by another session meanwhile.
fn a_name_that_is_taken_is_refused(world: &World) {
    let group = &GROUPS[FILE_PG];
    let (id, theirs) = (world.next(), world.next());
    let home = std::sync::Arc::clone(&world.db.engines[group.home].coordinators);
    let other = open(&world.urls);
    let mut session = 0;
    let outcome = world.run(group, |tx| {
        group.engines.iter().try_for_each(|at| tx.insert(*at, id))?;
        session = tx.connection(At(PG))?.link.session_number();
        let name = format!("{}:{}.pg.{session:x}", home.active().concat(), group.name);
        failpoint::at("before:Prepare", move || {
            let mut link = other.engines[PG].pool.acquire().unwrap();
            let mut run = |sql: &str| link.protocol(|it| it.batch(sql)).unwrap();
            run("BEGIN");
            run(&format!("INSERT INTO t (id) VALUES ({theirs})"));
            run(&format!("PREPARE TRANSACTION '{name}'"));
        });
        Ok(())
    });
    let error = outcome.stored().unwrap_err();
    assert_eq!(
        (error.engine(), error.code()),
        (Some("pg"), Some("42710")),
        "{error}"
    );
    assert!(world.found(group, id).iter().all(|found| !found));
    // By its name it is of this program, and undecided.
    let _ = world.recover();
    assert_eq!(world.prepared(), 0);
    assert_eq!(world.found(group, theirs), [false, false]);
}

/// The file is full when the decision is written.
fn a_file_without_room_for_the_decision(world: &World) {
    let group = &GROUPS[THREE];
    let engines = PROGRAM.engines.iter().zip(&world.urls);
    let config = engines.fold(Config::new(), |config, (engine, url)| {
        let options = EngineOptions::url(url.as_str());
        let options = match engine.dialect {
            Dialect::Sqlite => options.max_connections(1),
            Dialect::Postgres | Dialect::Mysql => options,
        };
        config.engine(engine.name(), options)
    });
    let db = Registry::with_config(&PROGRAM, &config).expect("the engines are configured");
    let writes =
        |id: u32| move |tx: &mut Tx| group.engines.iter().try_for_each(|at| tx.insert(*at, id));
    let outcome = db.run_atomic(group, AtomicOptions::new(), writes(world.next()));
    assert!(is_committed_everywhere(&outcome), "{outcome:?}");
    let run = |sql: &str| {
        let mut link = db.engines[FILE].pool.acquire().unwrap();
        link.protocol(|it| it.batch(sql)).unwrap();
    };
    run("CREATE TABLE big (body BLOB)");
    run("CREATE TRIGGER fills AFTER INSERT ON _bindery_decisions \
         BEGIN INSERT INTO big VALUES (zeroblob(1000000)); END");
    run("PRAGMA max_page_count = 50");
    let id = world.next();
    let error = db
        .run_atomic(group, AtomicOptions::new(), writes(id))
        .stored()
        .unwrap_err();
    assert_eq!(
        (error.engine(), error.kind()),
        (Some("file"), &ErrorKind::DiskFull),
        "{error}"
    );
    run("DROP TRIGGER fills");
    assert!(world.found(group, id).iter().all(|found| !found));
    assert_eq!(world.prepared(), 0);
    let outcome = db.run_atomic(group, AtomicOptions::new(), writes(world.next()));
    assert!(is_committed_everywhere(&outcome), "{outcome:?}");
}
