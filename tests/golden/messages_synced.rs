//! Copies that consumers keep up as changes are committed: over outages, in both directions, and beside runs of the same sync.

use std::cell::Cell;

use super::*;

const POLL: Duration = Duration::from_millis(20);

on_each_pair! {
    sync_03_a_run_beside_a_consumer_sets_no_row_back = changed_beside_a_run;
    sync_05_the_copy_follows_the_commits = follows_the_commits;
    sync_05_engines_that_keep_each_other_up_hand_no_change_back = in_both_directions;
    sync_04_a_row_that_the_mapping_rejects_is_a_dead_letter = rejected_row;
}

/// A thousand saves of one transaction, and none of one that is rolled back.
///
/// Covers MSG-1, MSG-2.
fn follows_the_commits<S: Tested, T: Tested>(world: &World, (source, target): (S, T))
where
    UserId<S>: serde::de::DeserializeOwned,
{
    let db = &world.db;
    // The table of messages is not there, as the target is not, when the rows are saved.
    let table = "ALTER TABLE _bindery_messages RENAME TO messages_away";
    let back = "ALTER TABLE messages_away RENAME TO _bindery_messages";
    let execute = |sql: &str| {
        let sql = bindery::Sql::assembled(sql.to_owned());
        db.sql_on(target).execute(sql, ()).unwrap();
    };
    execute(table);
    let relay = db
        .relay_on(source)
        .retry(first_pause(Duration::from_millis(20)))
        .longest_poll(Duration::from_millis(20))
        .to_consumers(target, ["copies"])
        .start()
        .unwrap();
    let mut connection = connection(world, source);
    connection
        .transaction(|tx| {
            for id in 1..=1_000 {
                tx.users().insert(new(id, &format!("{id}@a.org")))?;
            }
            tx.users().delete(key(1_000))?;
            Ok(())
        })
        .unwrap();
    let failed: bindery::Result<()> = connection.transaction(|tx| {
        tx.users().insert(new(9_999, "9999@a.org"))?;
        Err(bindery::Error::new(bindery::ErrorKind::NotFound))
    });
    failed.unwrap_err();
    assert_eq!(copy(db, target), []);
    execute(back);
    let consumer = db
        .consumer_on(target, "copies")
        .longest_poll(Duration::from_millis(20))
        .sync::<User<S>, UserCopy<T>>(mapped)
        .start()
        .unwrap();
    connection
        .users()
        .update(key(1), UserPatch::new().email("1@b.org"))
        .unwrap();
    connection.users().delete(key(2)).unwrap();
    let expected: Vec<(i64, String)> = (1..1_000)
        .filter(|id| *id != 2)
        .map(|id| (id, if id == 1 { "b.org" } else { "a.org" }.to_owned()))
        .collect();
    let waiting = || {
        let events = bindery::messages::events_of(db, source).summary().unwrap();
        let messages = bindery::messages::messages_of(db, target)
            .summary()
            .unwrap();
        events.pending + events.running + messages.pending + messages.running
    };
    while waiting() > 0 {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(copy(db, target), expected);
    relay.stop().unwrap();
    let report = consumer.stop().unwrap();
    assert_eq!(report.failed, 0, "{report:?}");
    // The sync by runs finds nothing to do.
    let same = db
        .registry()
        .sync::<User<S>, UserCopy<T>>(mapped)
        .verify()
        .unwrap();
    assert!(same.is_equal(), "{same:?}");
}

/// Covers MSG-4: the others are copied, and so is the row when it is as it should be.
fn rejected_row<S: Tested, T: Tested>(world: &World, (source, target): (S, T))
where
    UserId<S>: serde::de::DeserializeOwned,
{
    let db = &world.db;
    let hand_on = || {
        let relay = db.relay_on(source).to_consumers(target, ["strict"]);
        relay.run_until_idle().unwrap();
        // The only attempt is not to end in a deadlock with another row's.
        let consumer = db
            .consumer_on(target, "strict")
            .retry(RetryPolicy::new().attempts(1))
            .threads(1);
        let consumer = consumer.sync::<User<S>, UserCopy<T>>(mapped);
        let report = consumer.run_until_idle().unwrap();
        (report.completed, report.failed)
    };
    let mut connection = connection(world, source);
    for (id, email) in [(1, "1@a.org"), (2, "nowhere"), (3, "3@a.org")] {
        connection.users().insert(new(id, email)).unwrap();
    }
    assert_eq!(hand_on(), (2, 1));
    let copied = |id: i64| (id, "a.org".to_owned());
    assert_eq!(copy(db, target), [copied(1), copied(3)]);
    let messages = bindery::messages::messages_of(db, target);
    let failed = bindery::outbox::TaskFilter::failed();
    let reason = messages.list(&failed, 10).unwrap()[0].last_error.clone();
    let expected = "the row is rejected: the email has no domain";
    assert_eq!(reason.as_deref(), Some(expected));

    let patch = UserPatch::new().email("2@a.org");
    connection.users().update(key(2), patch).unwrap();
    assert_eq!(hand_on(), (1, 0));
    assert_eq!(copy(db, target), [copied(1), copied(2), copied(3)]);
}

/// Two engines that keep each other up hand no change back.
fn in_both_directions<S: Tested, T: Tested>(world: &World, (one, other): (S, T))
where
    UserId<S>: serde::de::DeserializeOwned,
    UserId<T>: serde::de::DeserializeOwned,
{
    let first = connection(world, one).users().insert(new(1, "1@a.org"));
    first.unwrap();
    let mut handled = Vec::new();
    for _ in 0..3 {
        handled.push(hand_on(&world.db, one, other));
        handled.push(hand_on(&world.db, other, one));
    }
    assert_eq!(handled, [1, 1, 0, 0, 0, 0]);
    let found = connection(world, other).users().find(key(1)).unwrap();
    assert!(found.is_some());
}

/// Copies whole rows from one engine to another, and returns the number of messages.
fn hand_on<S: Tested, T: Tested>(db: &Databases, source: S, target: T) -> u64
where
    UserId<S>: serde::de::DeserializeOwned,
{
    let relay = db.relay_on(source).to_consumers(target, ["rows"]);
    relay.run_until_idle().unwrap();
    let consumer = db.consumer_on(target, "rows");
    let consumer = consumer.sync::<User<S>, User<T>>(whole);
    consumer.run_until_idle().unwrap().completed
}

fn whole<E: Tested>(user: &User<E>) -> Result<NewUser, Reject> {
    let new = NewUser::new(user.email.clone()).stars(user.stars);
    Ok(new.id(*user.id.value()))
}

/// Rows are changed and deleted after a run has read them, and their events arrive before it writes: neither comes back.
///
/// Covers SYNC-3.
fn changed_beside_a_run<S: Tested, T: Tested>(world: &World, (source, target): (S, T))
where
    UserId<S>: serde::de::DeserializeOwned,
{
    let db = &world.db;
    db.registry().create_sync_tables(target).unwrap();
    let relay = db.relay_on(source).longest_poll(POLL);
    let relay = relay.to_consumers(target, ["copies"]).start().unwrap();
    let consumer = db.consumer_on(target, "copies").longest_poll(POLL);
    let consumer = consumer
        .sync::<User<S>, UserCopy<T>>(mapped)
        .start()
        .unwrap();
    let mut rows = connection(world, source);
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
    let report = db
        .registry()
        .sync::<User<S>, UserCopy<T>>(beside)
        .full()
        .run();
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
