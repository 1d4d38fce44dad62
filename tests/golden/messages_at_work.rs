//! Events of changes through generated code: written in the transaction, handed on by relays, handled by consumers, on each database.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bindery::messages::{
    DatabaseQueue, Delivery, MemoryQueue, Message, Queue, QueueError, contract,
};
use bindery::outbox::{HasInbox, HasOutbox, WorkerReport};
use bindery::sync::Reject;
use bindery::{Config, Connection, Hosts, StaticEngine};
use bindery_testkit::{FreshDatabase, Watchdog};

use crate::messages::{
    Databases, NewSeat, NewUser, NewUserCopy, SeatId, SeatPatch, Tables as _, User, UserCopy,
    UserCreated, UserDeleted, UserEvent, UserId, UserPatch, UserQueries as _, UserUpdated, engine,
    model, seat, user,
};

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

fn start<E: Tested>(test: &'static str, name: &'static str, engine: E, run: fn(&World, E)) {
    let _watchdog = Watchdog::start(test, Duration::from_secs(300));
    if let Some(world) = world(&[name]) {
        run(&world, engine);
    }
}

/// Runs a test on each database.
macro_rules! on_each {
    ($($name:ident = $test:ident;)*) => {$(
        mod $name {
            use super::*;

            #[test]
            fn sqlite() {
                start(stringify!($name), "lite", engine::Lite, $test);
            }

            #[test]
            fn postgres() {
                start(stringify!($name), "default", engine::Default, $test);
            }

            #[test]
            fn mariadb() {
                start(stringify!($name), "m", engine::M, $test);
            }
        }
    )*};
}

on_each! {
    msg_01_a_committed_change_has_one_event_and_others_none = one_event_each;
    msg_01_every_way_to_write_has_its_events = every_way_to_write;
    msg_01_a_queue_in_the_database_keeps_the_contract = database_contract;
    msg_01_event_numbers_go_on_when_the_tables_are_made_again = numbers_go_on;
    msg_02_a_message_that_comes_twice_changes_nothing = comes_twice;
    msg_03_an_older_version_never_overwrites_a_newer_one = out_of_order;
    msg_04_bad_messages_are_kept_with_their_reasons = bad_messages;
    msg_04_an_event_that_a_queue_refuses_holds_up_no_other = refused_event;
}

/// Takes every event out of the outbox, in the order of their numbers.
fn events<E: Tested>(world: &World, engine: E) -> Vec<Message> {
    let queue = Arc::new(MemoryQueue::default());
    queue.subscribe("test").unwrap();
    let relay = world.db.relay_on(engine).threads(1);
    relay
        .to_shared(Arc::clone(&queue) as Arc<dyn Queue>)
        .run_until_idle()
        .unwrap();
    let taken = queue.take("test", usize::MAX).unwrap();
    let messages = taken.iter().map(|one| Message::from_json(&one.body));
    let mut messages: Vec<Message> = messages.collect::<Result<_, _>>().unwrap();
    messages.sort_by_key(Message::version);
    messages
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
fn one_event_each<E: Tested>(world: &World, engine: E) {
    let mut connection = connection(world, engine);
    connection.users().insert(new(1, "ann@a.org")).unwrap();
    let failed: bindery::Result<()> = connection.transaction(|tx| {
        tx.users().insert(new(2, "bob@a.org"))?;
        tx.users().update(key(1), UserPatch::new().stars(9))?;
        Err(bindery::Error::new(bindery::ErrorKind::NotFound))
    });
    failed.unwrap_err();
    let session = world.db.session(|s| {
        s.connection(engine)?
            .users()
            .update(key(1), UserPatch::new().stars(5))?;
        s.connection(engine)?
            .users()
            .update(key(1), UserPatch::new().stars(5))?;
        Ok(())
    });
    session.unwrap();
    connection.users().delete(key(1)).unwrap();
    assert!(!connection.users().delete(key(1)).unwrap());

    let events = events(world, engine);
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
    assert_eq!(events[0].source(), format!("/engines/{}", engine.name()));
    let envelope: serde_json::Value = serde_json::from_str(&events[0].to_json()).unwrap();
    assert_eq!(envelope["specversion"], "1.0");
    assert!(
        envelope["time"]
            .as_str()
            .is_some_and(|time| time.ends_with('Z'))
    );
}

/// Covers MSG-1.
fn every_way_to_write<E: Tested>(world: &World, engine: E) {
    let mut connection = connection(world, engine);
    let mut after = |what: &str, expected: &[&str], write: &dyn Fn(&mut Connection<E>)| {
        write(&mut connection);
        assert_eq!(names(&events(world, engine)), expected, "{what}");
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
        &[r#"seat_deleted {"seat_row":1,"number":2}"#],
        &|c| {
            let row = c.seats().insert(NewSeat::new(1, 2, false)).unwrap();
            let id: SeatId<E> = <model::Seat as bindery::HasKey>::key::<E>(&row);
            c.seats().update(id, SeatPatch::new().taken(true)).unwrap();
            c.seats().delete_where(seat::number.eq(2)).unwrap();
        },
    );
}

/// Covers MSG-5.
fn database_contract<E: Tested>(world: &World, engine: E) {
    contract(|| {
        let empty = bindery::Sql::assembled("DELETE FROM _bindery_messages".to_owned());
        world.db.sql_on(engine).execute(empty, ()).unwrap();
        DatabaseQueue::new(&world.db, engine, ["a", "b"]).redeliver_after(Duration::from_secs(1))
    });
}

/// Covers MSG-4.
fn numbers_go_on<E: Tested>(world: &World, engine: E) {
    let mut connection = connection(world, engine);
    connection.users().insert(new(1, "1@a.org")).unwrap();
    let before = events(world, engine)[0].version();
    let drop = bindery::Sql::assembled("DROP TABLE _bindery_events".to_owned());
    world.db.sql_on(engine).execute(drop, ()).unwrap();
    let error = connection.users().insert(new(2, "2@a.org")).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("has no table `_bindery_events`: run `bindery create")
    );
    let any: engine::Any = engine.name().parse().unwrap();
    world.db.create_missing_on(any).unwrap();
    connection.users().insert(new(2, "2@a.org")).unwrap();
    assert!(events(world, engine)[0].version() > before);
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

/// Has messages as they are handled by a consumer of the same engine, each twice.
fn deliver<E: Tested>(world: &World, engine: E, messages: &[Message]) -> WorkerReport
where
    UserId<E>: serde::de::DeserializeOwned,
{
    let queue = Arc::new(MemoryQueue::default());
    queue.subscribe("copies").unwrap();
    for message in messages {
        queue.push(message).unwrap();
        queue.push(message).unwrap();
    }
    world
        .db
        .consumer_on(engine, "copies")
        .from_shared(queue)
        .sync::<User<E>, UserCopy<E>>(mapped)
        .run_until_idle()
        .unwrap()
}

/// Covers MSG-2.
fn comes_twice<E: Tested>(world: &World, engine: E) {
    let mut connection = connection(world, engine);
    let counted = Arc::new(Mutex::new(0));
    for id in 1..=5 {
        connection
            .users()
            .insert(new(id, &format!("{id}@a.org")))
            .unwrap();
    }
    connection
        .users()
        .update(key(2), UserPatch::new().email("2@b.org"))
        .unwrap();
    connection.users().delete(key(3)).unwrap();
    let events = events(world, engine);
    for message in events.iter().chain(&events) {
        deliver(world, engine, std::slice::from_ref(message));
    }
    let expected: Vec<(i64, String)> = [(1, "a.org"), (2, "b.org"), (4, "a.org"), (5, "a.org")]
        .map(|(id, domain)| (id, domain.to_owned()))
        .into();
    assert_eq!(copy(&world.db, engine), expected);

    // Effects that add up happen once for each event, whatever comes again.
    let queue = Arc::new(MemoryQueue::default());
    queue.subscribe("counts").unwrap();
    for message in events.iter().chain(&events) {
        queue.push(message).unwrap();
    }
    let seen = Arc::clone(&counted);
    let consumer = world.db.consumer_on(engine, "counts").from_shared(queue);
    let report = consumer
        .on::<UserEvent<E>>(move |_, cx| {
            if cx.once(engine, |_| Ok(()))?.is_some() {
                *seen.lock().unwrap() += 1;
            }
            Ok(())
        })
        .run_until_idle()
        .unwrap();
    assert_eq!(report.failed, 0);
    assert_eq!(*counted.lock().unwrap(), events.len());
}

/// Covers MSG-2.
fn out_of_order<E: Tested>(world: &World, engine: E) {
    let mut connection = connection(world, engine);
    connection.users().insert(new(1, "1@a.org")).unwrap();
    for domain in ["b.org", "c.org"] {
        let patch = UserPatch::new().email(format!("1@{domain}"));
        connection.users().update(key(1), patch).unwrap();
    }
    connection.users().insert(new(2, "2@a.org")).unwrap();
    connection
        .users()
        .update(key(2), UserPatch::new().email("2@b.org"))
        .unwrap();
    connection.users().delete(key(2)).unwrap();
    let events = events(world, engine);
    // The third event of the first row before the second, and the delete of the second row before its update.
    for at in [0, 2, 1, 3, 5, 4] {
        let report = deliver(world, engine, &events[at..=at]);
        assert_eq!((report.failed, report.retried), (0, 0), "{report:?}");
    }
    assert_eq!(copy(&world.db, engine), [(1, "c.org".to_owned())]);
}

/// Hands a queue's bodies on as they are.
struct Broken(Mutex<Vec<String>>);

impl Queue for Broken {
    fn push(&self, _: &Message) -> Result<(), QueueError> {
        Ok(())
    }

    fn subscribe(&self, _: &str) -> Result<(), QueueError> {
        Ok(())
    }

    fn take(&self, _: &str, _: usize) -> Result<Vec<Delivery>, QueueError> {
        let bodies = std::mem::take(&mut *self.0.lock().unwrap());
        let delivery = |body| Delivery {
            receipt: String::new(),
            body,
        };
        Ok(bodies.into_iter().map(delivery).collect())
    }

    fn acknowledge(&self, _: &str, _: &Delivery) -> Result<(), QueueError> {
        Ok(())
    }

    fn redelivers_after(&self) -> Duration {
        Duration::from_secs(60)
    }
}

/// Covers MSG-3.
fn bad_messages<E: Tested>(world: &World, engine: E) {
    let mut connection = connection(world, engine);
    for id in 1..=5 {
        connection
            .users()
            .insert(new(id, &format!("{id}@a.org")))
            .unwrap();
    }
    connection.users().delete(key(5)).unwrap();
    let events = events(world, engine);
    let bodies = vec![
        "{\"specversion\":".to_owned(),
        events[0].to_json().replace("user_created", "user_painted"),
        events[1].to_json().replace("\"after\"", "\"later\""),
        events[2].to_json(),
        events[3].to_json(),
        events[4].to_json(),
        events[5].to_json(),
    ];
    let done = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&done);
    let running = world
        .db
        .consumer_on(engine, "bad")
        .from(Broken(Mutex::new(bodies)))
        .attempts(3)
        .first_pause(Duration::from_millis(5))
        .longest_poll(Duration::from_millis(20))
        .on::<UserCreated<E>>(move |event, cx| match event.key.into_value() {
            3 => Err("never".into()),
            4 if cx.attempt() < 3 => Err("twice".into()),
            id => {
                seen.lock().unwrap().push((id, cx.attempt()));
                Ok(())
            }
        })
        .ignore::<UserUpdated<E>>()
        .ignore::<UserDeleted<E>>()
        .start()
        .unwrap();
    let messages = bindery::messages::messages_of(&world.db, engine);
    let is_over = || {
        let summary = messages.summary().unwrap();
        summary.failed == 4 && summary.completed == 3
    };
    while !is_over() {
        std::thread::sleep(Duration::from_millis(10));
    }
    running.stop().unwrap();
    let mut done = done.lock().unwrap().clone();
    done.sort_unstable();
    assert_eq!(done, [(4, 3), (5, 1)]);
    let failed = bindery::outbox::TaskFilter::failed();
    let failed = messages.list(&failed, 10).unwrap();
    let reasons: Vec<&str> = failed
        .iter()
        .filter_map(|one| one.last_error.as_deref())
        .collect();
    for reason in [
        "this is not a message: ",
        "the consumer `bad` has no handler for events of type `user_painted`",
        "the data of `user_created` cannot be read: missing field `after`",
        "never",
    ] {
        assert!(
            reasons.iter().any(|one| one.starts_with(reason)),
            "{reason}: {reasons:?}"
        );
    }
    assert!(failed.iter().all(|one| one.retry_count == 3));
    // They can be replayed.
    let again = messages
        .retry(&bindery::outbox::TaskFilter::failed(), "ann")
        .unwrap();
    assert_eq!(again, 4);
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
fn refused_event<E: Tested>(world: &World, engine: E) {
    let mut connection = connection(world, engine);
    for id in 1..=3 {
        connection
            .users()
            .insert(new(id, &format!("{id}@a.org")))
            .unwrap();
    }
    let queue = Arc::new(Picky(MemoryQueue::default()));
    queue.subscribe("test").unwrap();
    let relay = world.db.relay_on(engine);
    let report = relay
        .to_shared(Arc::clone(&queue) as Arc<dyn Queue>)
        .run_until_idle()
        .unwrap();
    assert_eq!((report.completed, report.failed), (2, 1), "{report:?}");
    assert_eq!(queue.take("test", 10).unwrap().len(), 2);
    let kept = bindery::messages::events_of(&world.db, engine);
    let kept = kept
        .list(&bindery::outbox::TaskFilter::failed(), 10)
        .unwrap();
    let reason = kept[0].last_error.as_deref();
    assert_eq!(
        reason,
        Some("the queue refuses the message: it is too long")
    );
}

/// Real-time syncs from one engine to another, while the other is away for a time.
mod sync_05_the_copy_follows_the_commits {
    use super::*;

    #[test]
    fn sqlite_to_postgres() {
        run(
            "sync_05 sqlite",
            ("lite", engine::Lite),
            ("default", engine::Default),
        );
    }

    #[test]
    fn postgres_to_mariadb() {
        run(
            "sync_05 postgres",
            ("default", engine::Default),
            ("m", engine::M),
        );
    }

    #[test]
    fn mariadb_to_sqlite() {
        run("sync_05 mariadb", ("m", engine::M), ("lite", engine::Lite));
    }

    /// Covers MSG-1, MSG-2.
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
            .first_pause(Duration::from_millis(20))
            .longest_poll(Duration::from_millis(20))
            .to_consumers(target, ["copies"])
            .start()
            .unwrap();
        let mut connection = connection(&world, source);
        connection
            .transaction(|tx| {
                for id in 1..=100 {
                    tx.users().insert(new(id, &format!("{id}@a.org")))?;
                }
                tx.users().delete(key(100))?;
                Ok(())
            })
            .unwrap();
        let failed: bindery::Result<()> = connection.transaction(|tx| {
            tx.users().insert(new(999, "999@a.org"))?;
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
        let expected: Vec<(i64, String)> = (1..100)
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
        let same = db.sync::<User<S>, UserCopy<T>>(mapped).verify().unwrap();
        assert!(same.is_equal(), "{same:?}");
    }

    /// Two engines that keep each other up hand no change back.
    #[test]
    fn in_both_directions() {
        let _watchdog = Watchdog::start("sync_05 both", Duration::from_secs(300));
        let Some(world) = world(&["lite", "default"]) else {
            return;
        };
        let db = &world.db;
        let back = |user: &User<engine::Default>| {
            Ok(NewUser::new(user.email.clone())
                .id(*user.id.value())
                .stars(user.stars))
        };
        let forth = |user: &User<engine::Lite>| {
            Ok(NewUser::new(user.email.clone())
                .id(*user.id.value())
                .stars(user.stars))
        };
        let mut lite = connection(&world, engine::Lite);
        lite.users().insert(new(1, "1@a.org")).unwrap();
        let mut handled = Vec::new();
        for _ in 0..3 {
            let relay = db.relay_on(engine::Lite);
            relay
                .to_consumers(engine::Default, ["forth"])
                .run_until_idle()
                .unwrap();
            let consumer = db.consumer_on(engine::Default, "forth");
            let report = consumer
                .sync::<User<engine::Lite>, User<engine::Default>>(forth)
                .run_until_idle()
                .unwrap();
            handled.push(report.completed);
            let relay = db.relay_on(engine::Default);
            relay
                .to_consumers(engine::Lite, ["back"])
                .run_until_idle()
                .unwrap();
            let consumer = db.consumer_on(engine::Lite, "back");
            let report = consumer
                .sync::<User<engine::Default>, User<engine::Lite>>(back)
                .run_until_idle()
                .unwrap();
            handled.push(report.completed);
        }
        assert_eq!(handled, [1, 1, 0, 0, 0, 0]);
        assert!(
            db.default()
                .unwrap()
                .users()
                .find(key(1))
                .unwrap()
                .is_some()
        );
    }
}

/// Processes that are killed.
#[path = "messages_killed.rs"]
mod killed;

/// Runs of syncs beside consumers.
#[path = "messages_beside.rs"]
mod beside;

/// The events, beside the schema that other programs have of them.
#[path = "messages_schema.rs"]
mod schema;
