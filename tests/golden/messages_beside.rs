//! A sync in runs beside a consumer that brings the same rows as they change.

use std::cell::Cell;

use super::*;

const POLL: Duration = Duration::from_millis(20);

#[test]
fn sqlite_to_postgres() {
    run(
        "beside sqlite",
        ("lite", engine::Lite),
        ("default", engine::Default),
    );
}

#[test]
fn postgres_to_mariadb() {
    run(
        "beside postgres",
        ("default", engine::Default),
        ("m", engine::M),
    );
}

#[test]
fn mariadb_to_sqlite() {
    run("beside mariadb", ("m", engine::M), ("lite", engine::Lite));
}

/// Rows are changed and deleted after a run has read them, and their events arrive before it writes: neither comes back.
///
/// Covers SYNC-3.
fn run<S: Tested, T: Tested>(
    test: &'static str,
    (from, source): (&'static str, S),
    (to, target): (&'static str, T),
) where
    UserId<S>: serde::de::DeserializeOwned,
{
    let _watchdog = Watchdog::start(test, Duration::from_secs(300));
    let Some(world) = world(&[from, to]) else {
        return;
    };
    let db = &world.db;
    db.create_sync_tables(target).unwrap();
    let relay = db.relay_on(source).longest_poll(POLL);
    let relay = relay.to_consumers(target, ["copies"]).start().unwrap();
    let consumer = db.consumer_on(target, "copies").longest_poll(POLL);
    let consumer = consumer
        .sync::<User<S>, UserCopy<T>>(mapped)
        .start()
        .unwrap();
    let mut rows = connection(&world, source);
    for id in 1..=4 {
        rows.users()
            .insert(new(id, &format!("{id}@a.org")))
            .unwrap();
    }
    wait_for(db, target, |copies| copies.len() == 4);
    // Without events, so that the run has something to write.
    let unseen = "UPDATE users SET email = concat(id, '@raw.org') WHERE id IN (2, 3)";
    let unseen = match source.dialect() {
        bindery::Dialect::Sqlite => "UPDATE users SET email = id || '@raw.org' WHERE id IN (2, 3)",
        bindery::Dialect::Postgres | bindery::Dialect::Mysql => unseen,
    };
    db.sql_on(source)
        .execute(bindery::Sql::assembled(unseen.to_owned()), ())
        .unwrap();
    let (is_read, rows) = (Cell::new(false), std::cell::RefCell::new(rows));
    let beside = |user: &User<S>| {
        if *user.id.value() == 4 && !is_read.replace(true) {
            let mut rows = rows.borrow_mut();
            let patch = UserPatch::new().email("2@new.org");
            rows.users().update(key(2), patch).unwrap();
            rows.users().delete(key(3)).unwrap();
            wait_for(db, target, |copies| {
                copies.len() == 3 && copies[1].1 == "new.org"
            });
        }
        mapped(user)
    };
    let report = db.sync::<User<S>, UserCopy<T>>(beside).full().run();
    assert!(report.unwrap().rows.written() > 0, "it had read old rows");
    let expected = [(1, "a.org"), (2, "new.org"), (4, "a.org")];
    let expected = expected.map(|(id, domain)| (id, domain.to_owned()));
    assert_eq!(copy(db, target), expected);
    relay.stop().unwrap();
    assert_eq!(consumer.stop().unwrap().failed, 0);
}

fn wait_for<T: Tested>(db: &Databases, target: T, is_so: impl Fn(&[(i64, String)]) -> bool) {
    while !is_so(&copy(db, target)) {
        std::thread::sleep(POLL);
    }
}
