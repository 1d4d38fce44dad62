//! Many threads on one engine.

use std::thread;
use std::time::Duration;

use bindery::{Config, EngineOptions, ErrorKind, Registry};

use crate::sample::engine::{B, Default, Mariadb, Mysql, Postgres};
use crate::sample::{EMBEDDED, Everything, MemberQueries, NewMember, Tables, fresh_mariadb, with};

/// Eight threads make the tables and write to them, each in transactions of its own.
fn eight_threads<E: Everything>(engine: E, url: &str) {
    let options = EngineOptions::url(url)
        .max_connections(4)
        .acquire_timeout(Duration::from_secs(60))
        .statement_timeout(Duration::from_secs(60));
    let db = with(engine.name(), options);
    thread::scope(|scope| {
        for number in 0..8 {
            let db = &db;
            scope.spawn(move || {
                db.create_missing_on(engine).unwrap();
                for round in 0..20 {
                    let mut connection = db.connect(engine).unwrap();
                    let member = NewMember::new(
                        100 * number + round,
                        format!("{number}-{round}@example.org"),
                    );
                    connection
                        .transaction(|tx| {
                            let stored = tx.members().insert(member)?;
                            tx.members().get(stored.id)
                        })
                        .unwrap();
                }
            });
        }
    });
    assert_eq!(db.connect(engine).unwrap().members().count().unwrap(), 160);
    let pool = db.engine(engine.name()).unwrap().pool;
    assert!(pool.in_use == 0 && pool.open <= 4, "{pool:?}");
}

#[test]
fn eight_threads_on_one_new_file() {
    let folder = tempfile::tempdir().unwrap();
    eight_threads(
        Default,
        &format!("sqlite://{}/new.db", folder.path().display()),
    );
}

#[test]
fn eight_threads_in_memory() {
    eight_threads(Default, ":memory:");
}

#[test]
fn eight_threads_on_postgres() {
    if let Some(database) = bindery_testkit::fresh_postgres() {
        eight_threads(Postgres, &database.url());
    }
}

/// Eight threads upsert the same few rows; none gets an error because of the others.
fn upserts<E: Everything>(engine: E, url: &str) {
    let options = EngineOptions::url(url).statement_timeout(Duration::from_secs(60));
    let db = with(engine.name(), options);
    db.create_missing_on(engine).unwrap();
    thread::scope(|scope| {
        for number in 0..8 {
            let db = &db;
            scope.spawn(move || {
                for user_id in 0..20 {
                    let mut connection = db.connect(engine).unwrap();
                    let nick = Some(number.to_string());
                    let member = NewMember::new(user_id, format!("{user_id}@example.org"));
                    let member = member.nick(nick.clone());
                    let stored = connection
                        .members()
                        .upsert_by_user_id(member.clone())
                        .unwrap();
                    assert_eq!((stored.user_id, stored.nick), (member.user_id, nick));
                }
            });
        }
    });
    assert_eq!(db.connect(engine).unwrap().members().count().unwrap(), 20);
}

#[test]
fn qry_07_upserts_of_many_threads() {
    upserts(Default, ":memory:");
    if let Some(database) = bindery_testkit::fresh_postgres() {
        upserts(Postgres, &database.url());
    }
    if let Some(database) = bindery_testkit::fresh_mysql() {
        upserts(Mysql, &database.url());
    }
    if let Some(database) = fresh_mariadb() {
        upserts(Mariadb, &database.url());
    }
}

#[test]
fn a_second_connection_where_there_is_one_is_refused_in_time() {
    let one = EngineOptions::url("sqlite::memory:")
        .max_connections(1)
        .acquire_timeout(Duration::from_millis(20));
    let config = Config::new()
        .engine("b", ":memory:")
        .engine("default", one)
        .engine("test", ":memory:");
    let db = Registry::with_config(&EMBEDDED, &config).unwrap();
    let held = db.connect(Default).unwrap();
    let error = db.connect(Default).map(drop).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::PoolExhausted { size: 1, .. }),
        "{error:?}"
    );
    assert_eq!(error.engine(), Some("default"));
    assert!(error.is_retryable());
    db.connect(B).unwrap();
    drop(held);
    db.connect(Default).unwrap();
}

/// Each program of eight finds all tables made, by itself or by another.
fn programs_that_start_together<E: Everything>(engine: E, url: &str) {
    let together = std::sync::Barrier::new(8);
    let made: usize = thread::scope(|scope| {
        let programs = [(); 8].map(|()| {
            scope.spawn(|| {
                let db = with(engine.name(), EngineOptions::url(url));
                let connected = db.connect(engine).map(drop);
                // Every thread arrives here, so that a failure is reported and not waited for.
                together.wait();
                connected.unwrap();
                db.create_missing_on(engine).unwrap().created.len()
            })
        });
        programs.map(|program| program.join().unwrap()).iter().sum()
    });
    let db = with(engine.name(), EngineOptions::url(url));
    let all = db.create_missing_on(engine).unwrap();
    assert_eq!((all.created.len(), all.existing.len()), (0, made));
}

#[test]
fn programs_that_start_together_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/together.db", folder.path().display());
    programs_that_start_together(Default, &url);
}

#[test]
fn programs_that_start_together_on_postgres() {
    if let Some(database) = bindery_testkit::fresh_postgres() {
        programs_that_start_together(Postgres, &database.url());
    }
}

#[test]
fn programs_that_start_together_on_mysql() {
    if let Some(database) = bindery_testkit::fresh_mysql() {
        programs_that_start_together(Mysql, &database.url());
    }
}
