//! Events of changes through generated code: written in the transaction, handed on by relays, handled by consumers, on each database.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bindery::messages::{
    DatabaseQueue, Delivery, MemoryQueue, Message, Queue, QueueError, contract,
};
use bindery::outbox::{HasInbox, HasOutbox, WorkerReport};
use bindery::query::excluded;
use bindery::sync::Reject;
use bindery::{Config, Connection, Hosts, RetryPolicy, StaticEngine};
use bindery_testkit::{FreshDatabase, Watchdog, is_full_run};

use crate::messages::{
    Databases, NewSeat, NewUser, NewUserCopy, SeatId, SeatPatch, Tables as _, User, UserCopy,
    UserCreated, UserDeleted, UserEvent, UserId, UserPatch, UserQueries as _, UserUpdated, engine,
    model, seat, user,
};

/// Retries after this pause at first, and after longer ones then.
fn first_pause(pause: Duration) -> RetryPolicy {
    RetryPolicy::new().backoff(pause, Duration::from_secs(4))
}

/// An engine under test.
trait Tested:
    StaticEngine
    + HasOutbox
    + HasInbox
    + Hosts<model::User>
    + Hosts<model::UserCopy>
    + Hosts<model::Seat>
{
}

impl<E> Tested for E where
    E: StaticEngine
        + HasOutbox
        + HasInbox
        + Hosts<model::User>
        + Hosts<model::UserCopy>
        + Hosts<model::Seat>
{
}

struct World {
    db: Databases,
    /// By the names of the engines.
    urls: BTreeMap<String, String>,
    _servers: Vec<FreshDatabase>,
    _folder: tempfile::TempDir,
}

/// Databases of which those of these engines can be reached; `None` without their server.
fn world(engines: &[&'static str]) -> Option<World> {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let lite = format!("sqlite://{}", folder.path().join("lite.db").display());
    let mut urls = BTreeMap::from([
        (
            "default".to_owned(),
            "postgres://nobody@127.0.0.1:1/none".to_owned(),
        ),
        ("m".to_owned(), "mysql://nobody@127.0.0.1:1/none".to_owned()),
        ("lite".to_owned(), lite),
    ]);
    let mut servers = Vec::new();
    for name in engines {
        let server = match *name {
            "default" => bindery_testkit::fresh_postgres()?,
            "m" => bindery_testkit::fresh_mysql()?,
            _ => continue,
        };
        urls.insert((*name).to_owned(), server.url());
        servers.push(server);
    }
    let db = open(&urls);
    for name in engines {
        let engine: engine::Any = name.parse().expect("it is an engine");
        db.create_missing_on(engine).expect("the tables are made");
    }
    Some(World {
        db,
        urls,
        _servers: servers,
        _folder: folder,
    })
}

fn open(urls: &BTreeMap<String, String>) -> Databases {
    let config = urls.iter().fold(Config::new(), |config, (name, url)| {
        config.engine(name.as_str(), url.as_str())
    });
    Databases::with_config(&config).expect("it is configured")
}

fn start<S: Tested, T: Tested>(test: &'static str, pair: (S, T), run: fn(&World, (S, T))) {
    let minutes = if is_full_run() { 45 } else { 5 };
    let _watchdog = Watchdog::start(test, Duration::from_mins(minutes));
    if let Some(world) = world(&[pair.0.name(), pair.1.name()]) {
        run(&world, pair);
    }
}

/// Runs a test on the pairs of databases: that of the rows and their events, and that of messages, copies and effects.
macro_rules! on_each_pair {
    ($($name:ident = $test:ident;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn sqlite_to_postgres() {
                start(stringify!($name), (engine::Lite, engine::Default), $test);
            }

            #[test]
            fn postgres_to_mariadb() {
                start(stringify!($name), (engine::Default, engine::M), $test);
            }

            #[test]
            fn mariadb_to_sqlite() {
                start(stringify!($name), (engine::M, engine::Lite), $test);
            }
        }
    )*};
}

on_each_pair! {
    msg_01_a_committed_change_has_one_event_and_others_none = one_event_each;
    msg_01_every_way_to_write_has_its_events = every_way_to_write;
    msg_01_a_queue_in_the_database_keeps_the_contract = database_contract;
    msg_01_event_numbers_go_on_when_the_tables_are_made_again = numbers_go_on;
    msg_04_an_event_that_a_queue_refuses_holds_up_no_other = refused_event;
    out_05_events_that_wait_for_a_queue_are_left_alone = left_alone;
}

/// Effects of messages: what consumers do with them, in whichever order they come.
#[path = "messages_consumed.rs"]
mod consumed;

/// Processes that are killed.
#[path = "messages_killed.rs"]
mod killed;

/// The statements that write events.
#[path = "messages_counted.rs"]
mod counted;

/// Rows in JSON, and those of events.
#[path = "messages_json.rs"]
mod json;

/// The events, beside the schema that other programs have of them.
#[path = "messages_schema.rs"]
mod schema;

/// Copies that consumers keep up.
#[path = "messages_synced.rs"]
mod synced;

/// Takes every event out of the outbox, over a queue in the other database, in the order of their numbers.
fn events<S: Tested, T: Tested>(world: &World, (source, target): (S, T)) -> Vec<Message> {
    let relay = world.db.relay_on(source).threads(1);
    let relay = relay.to_consumers(target, ["events"]);
    relay.run_until_idle().unwrap();
    let queue = DatabaseQueue::new(&world.db, target, ["events"]);
    let mut messages = Vec::new();
    loop {
        let taken = queue.take("events", 100).unwrap();
        if taken.is_empty() {
            messages.sort_by_key(Message::version);
            return messages;
        }
        for one in taken {
            messages.push(Message::from_json(&one.body).unwrap());
            queue.acknowledge("events", &one).unwrap();
        }
    }
}

/// `user_created 7`
fn names(messages: &[Message]) -> Vec<String> {
    let name = |message: &Message| format!("{} {}", message.event(), message.subject());
    messages.iter().map(name).collect()
}

fn new(id: i64, email: &str) -> NewUser {
    NewUser::new(email).id(id)
}

fn key<E: Tested>(id: i64) -> UserId<E> {
    UserId::new(id)
}

fn connection<E: Tested>(world: &World, engine: E) -> Connection<E> {
    world.db.connect(engine).unwrap()
}

/// Covers MSG-1.
fn one_event_each<S: Tested, T: Tested>(world: &World, pair: (S, T)) {
    let mut connection = connection(world, pair.0);
    connection.users().insert(new(1, "ann@a.org")).unwrap();
    let failed: bindery::Result<()> = connection.transaction(|tx| {
        tx.users().insert(new(2, "bob@a.org"))?;
        tx.users().update(key(1), UserPatch::new().stars(9))?;
        Err(bindery::Error::new(bindery::ErrorKind::NotFound))
    });
    failed.unwrap_err();
    let session = world.db.session(|s| {
        s.connection(pair.0)?
            .users()
            .update(key(1), UserPatch::new().stars(5))?;
        s.connection(pair.0)?
            .users()
            .update(key(1), UserPatch::new().stars(5))?;
        Ok(())
    });
    session.unwrap();
    connection.users().delete(key(1)).unwrap();
    assert!(!connection.users().delete(key(1)).unwrap());

    let events = events(world, pair);
    let expected = ["user_created 1", "user_updated 1", "user_deleted 1"];
    assert_eq!(names(&events), expected);
    let data = |at: usize| serde_json::from_str::<serde_json::Value>(events[at].data()).unwrap();
    assert_eq!(data(0)["after"]["email"], "ann@a.org");
    assert!(data(0).get("before").is_none());
    assert_eq!(data(1)["before"]["stars"], 0);
    assert_eq!(data(1)["after"]["stars"], 5);
    assert_eq!(data(2)["key"], 1);
    assert_eq!(data(2)["before"]["stars"], 5);
    assert!(events.is_sorted_by(|one, next| one.version() < next.version()));
    assert_eq!(events[0].source(), format!("/engines/{}", pair.0.name()));
    let envelope: serde_json::Value = serde_json::from_str(&events[0].to_json()).unwrap();
    assert_eq!(envelope["specversion"], "1.0");
    assert!(
        envelope["time"]
            .as_str()
            .is_some_and(|time| time.ends_with('Z'))
    );
}

/// Covers MSG-1.
fn every_way_to_write<S: Tested, T: Tested>(world: &World, pair: (S, T)) {
    let mut connection = connection(world, pair.0);
    let mut after = |what: &str, expected: &[&str], write: &dyn Fn(&mut Connection<S>)| {
        write(&mut connection);
        assert_eq!(names(&events(world, pair)), expected, "{what}");
    };
    after("insert_many", &["user_created 1", "user_created 2"], &|c| {
        c.users()
            .insert_many([new(1, "1@a.org"), new(2, "2@a.org")])
            .unwrap();
    });
    after("insert_many_returning", &["user_created 3"], &|c| {
        c.users()
            .insert_many_returning([new(3, "3@a.org")])
            .unwrap();
    });
    after("insert_only", &["user_created 5", "user_deleted 5"], &|c| {
        c.users().insert_only(new(5, "5@a.org")).unwrap();
        c.users().delete(key(5)).unwrap();
    });
    after("insert_or_ignore", &["user_created 4"], &|c| {
        assert!(c.users().insert_or_ignore(new(4, "4@a.org")).unwrap());
        assert!(!c.users().insert_or_ignore(new(9, "4@a.org")).unwrap());
    });
    after("save", &["user_updated 1"], &|c| {
        let mut row = c.users().get(key(1)).unwrap();
        assert!(c.users().save(&row).unwrap());
        row.stars = 1;
        assert!(c.users().save(&row).unwrap());
    });
    after("save_changes", &["user_updated 1"], &|c| {
        let read = c.users().get(key(1)).unwrap();
        let mut row = read.clone();
        row.stars = 2;
        assert!(c.users().save_changes(&read, &row).unwrap());
    });
    after("save_many", &["user_updated 2"], &|c| {
        let mut rows = c.users().all().unwrap();
        rows.iter_mut()
            .filter(|row| row.id == key(2))
            .for_each(|row| row.stars = 7);
        c.users().save_many(&rows).unwrap();
    });
    after("update_returning", &["user_updated 3"], &|c| {
        let patch = UserPatch::new().stars(3);
        assert!(c.users().update_returning(key(3), patch).unwrap().is_some());
    });
    after("update_many", &["user_updated 1", "user_updated 2"], &|c| {
        let patch = || UserPatch::new().stars(30);
        c.users()
            .update_many([(key(1), patch()), (key(2), patch()), (key(99), patch())])
            .unwrap();
    });
    after(
        "update_where",
        &["user_updated 1", "user_updated 2"],
        &|c| {
            let changed = c
                .users()
                .update_where(user::stars.eq(30), user::stars.set_to(user::stars + 1));
            assert_eq!(changed.unwrap(), 2);
        },
    );
    after("update_where_returning", &["user_updated 4"], &|c| {
        let rows = c
            .users()
            .update_where_returning(user::stars.eq(0), user::stars.set_to(8));
        assert_eq!(rows.unwrap()[0].stars, 8);
    });
    after("upsert", &["user_updated 4", "user_created 5"], &|c| {
        c.users()
            .upsert_by_email(new(4, "4@a.org").stars(9))
            .unwrap();
        c.users().upsert_by_email(new(5, "5@a.org")).unwrap();
    });
    after("upsert_many", &["user_updated 5", "user_created 6"], &|c| {
        let rows = [
            new(4, "4@a.org").stars(9),
            new(5, "5@a.org").stars(1),
            new(6, "6@a.org"),
        ];
        c.users().upsert_many_by_email(rows).unwrap();
    });
    after(
        "insert_or_update",
        &[
            "user_updated 5",
            "user_created 8",
            "user_updated 8",
            "user_deleted 8",
        ],
        &|c| {
            let more = || user::stars.set_to(user::stars + excluded(user::stars));
            let row = new(5, "5@a.org").stars(2);
            let stored = c.users().insert_or_update(user::email, row, more());
            assert_eq!(stored.unwrap().stars, 3);
            let row = new(8, "8@a.org").stars(1);
            c.users()
                .insert_or_update(user::email, row, more())
                .unwrap();
            let rows = [new(8, "8@a.org").stars(5), new(8, "8@a.org").stars(1)];
            let given = c.users().insert_or_update_many(user::id, rows, more());
            assert_eq!(given.unwrap(), 2);
            assert_eq!(c.users().get(key(8)).unwrap().stars, 7);
            assert!(c.users().delete(key(8)).unwrap());
        },
    );
    after(
        "insert_from",
        &["user_created 18", "user_deleted 18"],
        &|c| {
            let copy = (
                user::id.value().from(user::id.value() + 14),
                user::email.from(user::email.concat(".org")),
            );
            let four = user::email.eq("4@a.org");
            let copies = c.users().insert_from(copy).filter(four).execute();
            assert_eq!(copies.unwrap(), 1);
            assert!(c.users().delete(key(18)).unwrap());
        },
    );
    after("merge", &["user_created 7", "user_deleted 6"], &|c| {
        let of_six = c.users().filter(user::email.eq("6@a.org"));
        of_six.merge(user::email, [new(7, "7@a.org")]).unwrap();
    });
    after("copy over", &["user_updated 7"], &|c| {
        let mut row = c.users().get(key(7)).unwrap();
        row.stars = 70;
        let stored = row.copy_over_to(c).unwrap();
        assert_eq!(stored.stars, 70);
    });
    after("delete_many", &["user_deleted 1", "user_deleted 2"], &|c| {
        assert_eq!(c.users().delete_many([key(1), key(2), key(99)]).unwrap(), 2);
    });
    after("delete_where_returning", &["user_deleted 3"], &|c| {
        let gone = c.users().delete_where_returning(user::email.eq("3@a.org"));
        assert_eq!(gone.unwrap().len(), 1);
    });
    after(
        "delete of all",
        &["user_deleted 4", "user_deleted 5", "user_deleted 7"],
        &|c| {
            assert_eq!(c.users().all_rows().delete().unwrap(), 3);
        },
    );
    after(
        "a key of two columns",
        &[r#"seat_deleted {"seatRow":1,"number":2}"#],
        &|c| {
            let row = c
                .seats()
                .insert(NewSeat::new(seat::Required {
                    seat_row: 1,
                    number: 2,
                    taken: false,
                }))
                .unwrap();
            let id: SeatId<S> = <model::Seat as bindery::generic::HasKey>::key::<S>(&row);
            c.seats().update(id, SeatPatch::new().taken(true)).unwrap();
            c.seats().delete_where(seat::number.eq(2)).unwrap();
        },
    );
    connection.users().all_rows().delete().unwrap();
    events(world, pair);
    let (first, all): (Vec<i64>, Vec<i64>) = ((100..160).collect(), (100..180).collect());
    let told = |words: &str, ids: &[i64]| -> Vec<String> {
        let events = ids.iter().map(|id| format!("user_{words} {id}"));
        events.collect()
    };
    // More rows than one statement has, some of which are there, and one of which is given twice. Rows of one call have no order.
    let mut upserts = |ids: &[i64], twice: Option<i64>, stars: i64, mut expected: Vec<String>| {
        let rows = ids.iter().copied().chain(twice);
        let rows = rows.map(|id| new(id, &format!("{id}@a.org")).stars(stars));
        connection.users().upsert_many_by_email(rows).unwrap();
        let mut told = names(&events(world, pair));
        told.sort();
        expected.sort();
        assert_eq!(told, expected);
    };
    upserts(&first, None, 0, told("created", &first));
    let both = [told("updated", &first), told("created", &all[60..])];
    upserts(&all, None, 1, both.concat());
    upserts(&all, Some(100), 2, told("updated", &all));
    connection.users().all_rows().delete().unwrap();
}

/// Covers MSG-5.
fn database_contract<S: Tested, T: Tested>(world: &World, (_, target): (S, T)) {
    contract(|| {
        let empty = bindery::Sql::assembled("DELETE FROM _bindery_messages".to_owned());
        world.db.sql_on(target).execute(empty, ()).unwrap();
        DatabaseQueue::new(&world.db, target, ["a", "b"]).redeliver_after(Duration::from_secs(1))
    });
}

/// Covers MSG-4.
fn numbers_go_on<S: Tested, T: Tested>(world: &World, pair: (S, T)) {
    let mut connection = connection(world, pair.0);
    connection.users().insert(new(1, "1@a.org")).unwrap();
    let before = events(world, pair)[0].version();
    let drop = bindery::Sql::assembled("DROP TABLE _bindery_events".to_owned());
    world.db.sql_on(pair.0).execute(drop, ()).unwrap();
    let error = connection.users().insert(new(2, "2@a.org")).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("has no table `_bindery_events`: run `bindery create")
    );
    let any: engine::Any = pair.0.name().parse().unwrap();
    world.db.create_missing_on(any).unwrap();
    connection.users().insert(new(2, "2@a.org")).unwrap();
    assert!(events(world, pair)[0].version() > before);
}

fn copy<E: Tested>(db: &Databases, engine: E) -> Vec<(i64, String)> {
    let mut rows = db.connect(engine).unwrap().user_copies().all().unwrap();
    rows.sort_by_key(|row| row.id.into_value());
    rows.into_iter()
        .map(|row| (row.id.into_value(), row.domain))
        .collect()
}

fn domain(email: &str) -> Result<&str, Reject> {
    let found = email.split_once('@').map(|(_, domain)| domain);
    found.ok_or(Reject::new("the email has no domain"))
}

/// The mapping of a sync, in runs and by events.
fn mapped<E: Tested>(user: &User<E>) -> Result<NewUserCopy, Reject> {
    Ok(NewUserCopy::new(*user.id.value(), domain(&user.email)?))
}

/// Refuses events of one row.
struct Picky(MemoryQueue);

impl Queue for Picky {
    fn push(&self, message: &Message) -> Result<(), QueueError> {
        if message.subject() == "2" {
            return Err(QueueError::Refused("it is too long".to_owned()));
        }
        self.0.push(message)
    }

    fn subscribe(&self, consumer: &str) -> Result<(), QueueError> {
        self.0.subscribe(consumer)
    }

    fn take(&self, consumer: &str, most: usize) -> Result<Vec<Delivery>, QueueError> {
        self.0.take(consumer, most)
    }

    fn acknowledge(&self, consumer: &str, delivery: &Delivery) -> Result<(), QueueError> {
        self.0.acknowledge(consumer, delivery)
    }

    fn redelivers_after(&self) -> Duration {
        self.0.redelivers_after()
    }
}

/// Covers MSG-6.
fn refused_event<S: Tested, T: Tested>(world: &World, (source, _): (S, T)) {
    let mut connection = connection(world, source);
    for id in 1..=3 {
        connection
            .users()
            .insert(new(id, &format!("{id}@a.org")))
            .unwrap();
    }
    let queue = Arc::new(Picky(MemoryQueue::default()));
    queue.subscribe("test").unwrap();
    let relay = world.db.relay_on(source);
    let report = relay
        .to_shared(Arc::clone(&queue) as Arc<dyn Queue>)
        .run_until_idle()
        .unwrap();
    assert_eq!((report.completed, report.failed), (2, 1), "{report:?}");
    assert_eq!(queue.take("test", 10).unwrap().len(), 2);
    let kept = bindery::messages::events_of(&world.db, source);
    let kept = kept
        .list(&bindery::outbox::TaskFilter::failed(), 10)
        .unwrap();
    let reason = kept[0].last_error.as_deref();
    assert_eq!(
        reason,
        Some("the queue refuses the message: it is too long")
    );
}

/// Can be away.
#[derive(Default)]
struct Shaky {
    is_away: AtomicBool,
    queue: MemoryQueue,
}

impl Queue for Shaky {
    fn push(&self, message: &Message) -> Result<(), QueueError> {
        if self.is_away.load(Ordering::Relaxed) {
            return Err(QueueError::Unavailable("no route to it".to_owned()));
        }
        self.queue.push(message)
    }

    fn subscribe(&self, consumer: &str) -> Result<(), QueueError> {
        self.queue.subscribe(consumer)
    }

    fn take(&self, consumer: &str, most: usize) -> Result<Vec<Delivery>, QueueError> {
        self.queue.take(consumer, most)
    }

    fn acknowledge(&self, consumer: &str, delivery: &Delivery) -> Result<(), QueueError> {
        self.queue.acknowledge(consumer, delivery)
    }

    fn redelivers_after(&self) -> Duration {
        self.queue.redelivers_after()
    }
}

/// However many events wait, a queue that is away is tried by one at a time, and the others are not written.
///
/// Covers OUT-5.
fn left_alone<S: Tested, T: Tested>(world: &World, (source, _): (S, T)) {
    const EVENTS: i64 = 400;
    const SECONDS: u64 = 3;
    let mut connection = connection(world, source);
    let users = (1..=EVENTS).map(|id| new(id, &format!("{id}@a.org")));
    connection.users().insert_many(users).unwrap();
    let queue = Arc::new(Shaky::default());
    queue.is_away.store(true, Ordering::Relaxed);
    queue.subscribe("test").unwrap();
    let relay = world.db.relay_on(source).threads(4);
    let relay = relay.to_shared(Arc::clone(&queue) as Arc<dyn Queue>);
    let relay = relay.start().unwrap();
    std::thread::sleep(Duration::from_secs(SECONDS));
    let events = bindery::messages::events_of(&world.db, source);
    let events = events
        .list(&bindery::outbox::TaskFilter::all(), 1_000)
        .unwrap();
    assert_eq!(events.len() as i64, EVENTS);
    let attempts: u64 = events
        .iter()
        .map(|event| u64::from(event.retry_count))
        .sum();
    // One of each thread, and two a second.
    assert!(
        (1..=4 + 2 * (SECONDS + 1)).contains(&attempts),
        "{attempts}"
    );
    queue.is_away.store(false, Ordering::Relaxed);
    let mut taken = 0;
    while taken < EVENTS as usize {
        let deliveries = queue.take("test", 100).unwrap();
        taken += deliveries.len();
        for delivery in deliveries {
            queue.acknowledge("test", &delivery).unwrap();
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let report = relay.stop().unwrap();
    assert_eq!(
        (report.completed, report.failed),
        (EVENTS as u64, 0),
        "{report:?}"
    );
}
