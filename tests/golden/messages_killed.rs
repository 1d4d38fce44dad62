//! Processes that are killed with SIGKILL where it hurts most, and two of them at once.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use bindery::messages::{events_of, messages_of};
use bindery::outbox::{TaskFilter, TaskSummary};
use bindery_testkit::SetOnDrop;

use super::*;

/// The scene that a child plays with its engines, and the URLs of all engines: one to a line.
const CHILD: &str = "BINDERY_TEST_MESSAGES_CHILD";

/// Claims of a lost process are another's after this.
const LEASE: Duration = Duration::from_millis(500);
const POLL: Duration = Duration::from_millis(20);
const PATIENCE: Duration = Duration::from_secs(120);

/// A process of this test that does something and is killed.
fn child(world: &World, scene: &str, source: &str, target: &str) -> Command {
    let urls = world.urls.iter();
    let urls = urls.map(|(name, url)| format!("\n{name} {url}"));
    let wanted = format!("{scene} {source} {target}{}", urls.collect::<String>());
    let mut command = Command::new(std::env::current_exe().expect("the path of the test"));
    command
        .args([
            "messages_at_work::killed::in_a_process_of_its_own",
            "--exact",
        ])
        .env(CHILD, wanted)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn runs_until_killed<S: Tested, T: Tested>(world: &World, scene: &str, source: S, target: T) {
    let status = child(world, scene, source.name(), target.name()).status();
    assert_eq!(status.expect("the test runs").code(), None, "it was killed");
}

/// Kills this process.
fn die() -> ! {
    let this = std::process::id().to_string();
    let killed = Command::new("kill").args(["-9", &this]).status();
    panic!("it lives on: {killed:?}");
}

/// One of the processes; nothing in a run of all tests.
#[test]
fn in_a_process_of_its_own() {
    let Ok(wanted) = std::env::var(CHILD) else {
        return;
    };
    let (scene, urls) = wanted.split_once('\n').expect("a scene and URLs");
    let urls = urls.lines().map(|line| {
        let (name, url) = line.split_once(' ').expect("a name and a URL");
        (name.to_owned(), url.to_owned())
    });
    let db = open(&urls.collect());
    let (scene, pair) = scene.split_once(' ').expect("a scene and engines");
    match pair {
        "lite default" => play(&db, scene, engine::Lite, engine::Default),
        "default m" => play(&db, scene, engine::Default, engine::M),
        "m lite" => play(&db, scene, engine::M, engine::Lite),
        _ => panic!("{pair}"),
    }
}

fn play<S: Tested, T: Tested>(db: &Databases, scene: &str, source: S, target: T)
where
    UserId<S>: serde::de::DeserializeOwned,
{
    match scene {
        "commit" => {
            let mut connection = db.connect(source).unwrap();
            connection.users().insert(new(1, "1@a.org")).unwrap();
            let open: bindery::Result<()> = connection.transaction(|tx| {
                tx.users().insert(new(2, "2@a.org"))?;
                die()
            });
            open.unwrap();
        }
        "push" => {
            let queue = DiesAfterPush(DatabaseQueue::new(db, target, ["effects"]));
            db.relay_on(source).lease(LEASE).to(queue).run().unwrap();
        }
        "handler" => {
            let consumer = db.consumer_on(target, "effects").lease(LEASE);
            let consumer = consumer.on::<UserCreated<S>>(move |event, cx| {
                effect(cx, target, &event)?;
                die()
            });
            consumer.run().unwrap();
        }
        "work" => work(db, source, target),
        _ => panic!("{scene}"),
    }
}

/// Hands a message on, and ends the process before anyone can note it.
struct DiesAfterPush(DatabaseQueue);

impl Queue for DiesAfterPush {
    fn push(&self, message: &Message) -> Result<(), QueueError> {
        self.0.push(message)?;
        die()
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

/// Inserts the copy; whether it was the first time.
fn effect<S: Tested, T: Tested>(
    cx: &bindery::messages::MessageContext<'_, Databases>,
    target: T,
    event: &UserCreated<S>,
) -> Result<bool, Box<dyn std::error::Error + Send + Sync>> {
    let id = *event.key.value();
    let domain = domain(&event.after.email).expect("it has one").to_owned();
    let copy = NewUserCopy::new(id, domain);
    let done = cx.once(target, |tx| tx.user_copies().insert(copy).map(drop))?;
    Ok(done.is_some())
}

/// A relay and two consumers, until the process is killed or its parent is gone.
fn work<S: Tested, T: Tested>(db: &Databases, source: S, target: T)
where
    UserId<S>: serde::de::DeserializeOwned,
{
    let relay = db.relay_on(source).lease(LEASE).longest_poll(POLL);
    let relay = relay.to_consumers(target, ["copies", "counts"]).start();
    let copies = db.consumer_on(target, "copies").lease(LEASE);
    let copies = copies.longest_poll(POLL).retry(first_pause(POLL));
    let copies = copies.sync::<User<S>, UserCopy<T>>(mapped).start();
    let counts = db.consumer_on(target, "counts").lease(LEASE);
    let counts = counts.longest_poll(POLL).retry(first_pause(POLL));
    // A second effect of an event would be a second row of its key, so an error.
    let counts = counts.on::<UserEvent<S>>(move |event, cx| {
        let seat = NewSeat::new(seat::Required {
            seat_row: *event.key().value(),
            number: cx.message().version(),
            taken: true,
        });
        cx.once(target, |tx| tx.seats().insert(seat).map(drop))?;
        Ok(())
    });
    let running = [relay.unwrap(), copies.unwrap(), counts.start().unwrap()];
    let mut end = Vec::new();
    std::io::stdin().read_to_end(&mut end).unwrap();
    drop(running);
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    wait_within(PATIENCE, what, is_so);
}

fn wait_within(limit: Duration, what: &str, is_so: impl Fn() -> bool) {
    let until = Instant::now() + limit;
    while !is_so() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(POLL);
    }
}

fn messages<T: Tested>(world: &World, target: T) -> TaskSummary {
    messages_of(&world.db, target).summary().unwrap()
}

fn completed<T: Tested>(world: &World, target: T) -> u64 {
    messages_of(&world.db, target).completed().unwrap()
}

fn events_left<S: Tested>(world: &World, source: S) -> TaskSummary {
    events_of(&world.db, source).summary().unwrap()
}

/// A change that was committed has its event, and one that was not has none.
///
/// Covers MSG-1.
fn after_the_commit<S: Tested, T: Tested>(world: &World, (source, target): (S, T)) {
    runs_until_killed(world, "commit", source, target);
    assert_eq!(names(&events(world, (source, target))), ["user_created 1"]);
    assert!(
        connection(world, source)
            .users()
            .find(key(2))
            .unwrap()
            .is_none()
    );
}

/// A relay that is killed when a queue has the message, and before it could note that, hands it on again: it is handled once.
///
/// Covers MSG-2.
fn after_the_push<S: Tested, T: Tested>(world: &World, (source, target): (S, T))
where
    UserId<S>: serde::de::DeserializeOwned,
{
    connection(world, source)
        .users()
        .insert(new(1, "1@a.org"))
        .unwrap();
    runs_until_killed(world, "push", source, target);
    assert_eq!(events_left(world, source).running, 1, "nobody noted it");
    assert_eq!(messages(world, target).pending, 1, "and it is there");
    let relay = world.db.relay_on(source).longest_poll(POLL);
    let relay = relay.to_consumers(target, ["effects"]).start().unwrap();
    wait_until("it is handed on", || {
        events_of(&world.db, source).completed().unwrap() == 1
    });
    relay.stop().unwrap();
    let consumer = world.db.consumer_on(target, "effects");
    let consumer = consumer.on::<UserCreated<S>>(move |event, cx| {
        effect(cx, target, &event)?;
        Ok(())
    });
    assert_eq!(consumer.run_until_idle().unwrap().completed, 1);
    assert_eq!(copy(&world.db, target), [(1, "a.org".to_owned())]);
}

/// A consumer that is killed between the target's commit and the end of the message handles it again, without a second effect.
///
/// Covers MSG-2.
fn after_the_effect<S: Tested, T: Tested>(world: &World, (source, target): (S, T))
where
    UserId<S>: serde::de::DeserializeOwned,
{
    connection(world, source)
        .users()
        .insert(new(1, "1@a.org"))
        .unwrap();
    let relay = world.db.relay_on(source);
    relay
        .to_consumers(target, ["effects"])
        .run_until_idle()
        .unwrap();
    runs_until_killed(world, "handler", source, target);
    assert_eq!(copy(&world.db, target), [(1, "a.org".to_owned())]);
    let left = messages(world, target);
    assert_eq!(
        (left.running, completed(world, target)),
        (1, 0),
        "it is not done with"
    );

    let seen = Arc::new(Mutex::new(Vec::new()));
    let firsts = Arc::clone(&seen);
    let consumer = world.db.consumer_on(target, "effects").longest_poll(POLL);
    let consumer = consumer.on::<UserCreated<S>>(move |event, cx| {
        let is_first = effect(cx, target, &event)?;
        firsts.lock().unwrap().push(is_first);
        Ok(())
    });
    let running = consumer.start().unwrap();
    wait_until("it is handled again", || completed(world, target) == 1);
    running.stop().unwrap();
    assert_eq!(*seen.lock().unwrap(), [false], "handled again, no effect");
    assert_eq!(copy(&world.db, target), [(1, "a.org".to_owned())]);
}

/// A child that ends with its value.
struct Working(Child);

impl Working {
    fn start<S: Tested, T: Tested>(world: &World, (source, target): (S, T)) -> Self {
        let mut command = child(world, "work", source.name(), target.name());
        Self(command.spawn().expect("the test runs"))
    }

    fn kill(mut self) {
        self.0.kill().expect("it runs");
        self.0.wait().expect("it was a child");
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Two processes share the events and messages, and are killed in the middle: the copy equals its source, each event has one effect.
///
/// Covers MSG-1, MSG-2.
fn two_processes<S: Tested, T: Tested>(world: &World, pair: (S, T))
where
    UserId<S>: serde::de::DeserializeOwned,
{
    let (source, target) = pair;
    let (first, second) = (Working::start(world, pair), Working::start(world, pair));
    let mut connection = connection(world, source);
    let mut write = |ids| write_users(&mut connection, ids);
    write(1..=USERS / 2);
    wait_until("the processes handle messages", || {
        completed(world, target) > 0
    });
    first.kill();
    let third = Working::start(world, pair);
    write(USERS / 2 + 1..=USERS);
    second.kill();
    wait_until("all is handled", || is_all_handled(world, pair));
    drop(third);
    assert_eq!(messages(world, target).failed, 0);
    assert_eq!(copy(&world.db, target), copies());
    let mut target = world.db.connect(target).unwrap();
    assert_eq!(target.seats().count().unwrap(), EVENTS, "one effect each");
}

const USERS: i64 = 40;
/// Two of each user, and a third one of every second.
const EVENTS: u64 = 100;

fn write_users<S: Tested>(rows: &mut Connection<S>, ids: std::ops::RangeInclusive<i64>) {
    for id in ids {
        let user = new(id, &format!("{id}@a.org"));
        rows.users().insert(user).unwrap();
        let patch = UserPatch::new().email(format!("{id}@b.org"));
        rows.users().update(key(id), patch).unwrap();
        if id % 2 == 0 {
            rows.users().delete(key(id)).unwrap();
        }
    }
}

/// The copies of all users that are left.
fn copies() -> Vec<(i64, String)> {
    copies_of(USERS)
}

fn copies_of(users: i64) -> Vec<(i64, String)> {
    let left = (1..=users).filter(|id| id % 2 == 1);
    left.map(|id| (id, "b.org".to_owned())).collect()
}

fn is_all_handled<S: Tested, T: Tested>(world: &World, pair: (S, T)) -> bool {
    is_done(world, pair, EVENTS)
}

fn is_done<S: Tested, T: Tested>(world: &World, (source, target): (S, T), events: u64) -> bool {
    let (left, messages) = (events_left(world, source), messages(world, target));
    let waiting = left.pending + left.running + messages.pending + messages.running;
    let completed = events_of(&world.db, source).completed().unwrap();
    completed == events && waiting == 0
}

/// Runs of a sync, one after the other, beside consumers that are killed in the middle: no row is set back, doubled or left out.
///
/// Covers SYNC-3, MSG-2.
fn runs_beside<S: Tested, T: Tested>(world: &World, pair: (S, T))
where
    UserId<S>: serde::de::DeserializeOwned,
{
    let (db, (source, target)) = (&world.db, pair);
    db.registry().create_sync_tables(target).unwrap();
    let is_over = AtomicBool::new(false);
    let sync = || db.registry().sync::<User<S>, UserCopy<T>>(mapped);
    std::thread::scope(|scope| {
        let over = SetOnDrop(&is_over);
        let runs = scope.spawn(|| {
            let run = || sync().full().batch_size(5).run().unwrap().run;
            let runs = std::iter::repeat_with(run);
            let left = runs.take_while(|_| !is_over.load(Ordering::Relaxed));
            left.count()
        });
        let mut rows = connection(world, source);
        let first = Working::start(world, pair);
        write_users(&mut rows, 1..=USERS / 2);
        wait_until("messages are handled", || completed(world, target) > 0);
        first.kill();
        let second = Working::start(world, pair);
        write_users(&mut rows, USERS / 2 + 1..=USERS);
        wait_until("all is handled", || is_all_handled(world, pair));
        drop(second);
        drop(over);
        assert!(runs.join().unwrap() > 0, "runs were at work meanwhile");
    });
    assert_eq!(messages(world, target).failed, 0);
    assert_eq!(copy(db, target), copies());
    assert!(sync().verify().unwrap().is_equal());
}

/// Puts back events and messages that failed, and returns their number. One that many killed processes had claimed counts as the cause, and
/// fails.
fn put_back<S: Tested, T: Tested>(world: &World, (source, target): (S, T)) -> u64 {
    let queues = [events_of(&world.db, source), messages_of(&world.db, target)];
    let failed = queues
        .iter()
        .map(|queue| match queue.summary().unwrap().failed {
            0 => 0,
            _ => queue.retry(&TaskFilter::failed(), "the test").unwrap(),
        });
    failed.sum()
}

/// More events of few rows wait behind what a killed relay had claimed than are looked at first: they go on all the same, in their order.
///
/// Covers OUT-1, OUT-2.
fn few_rows<S: Tested, T: Tested>(world: &World, (source, target): (S, T))
where
    UserId<S>: serde::de::DeserializeOwned,
{
    const ROWS: i64 = 10;
    const CHANGES: i64 = 130;
    let written = connection(world, source).transaction(|tx| {
        for id in 1..=ROWS {
            tx.users().insert(new(id, &format!("{id}@0.org")))?;
        }
        for change in 1..=CHANGES {
            for id in 1..=ROWS {
                let patch = UserPatch::new().email(format!("{id}@{change}.org"));
                tx.users().update(key(id), patch)?;
            }
        }
        Ok(())
    });
    written.unwrap();
    runs_until_killed(world, "push", source, target);
    let relay = world.db.relay_on(source).longest_poll(POLL);
    let relay = relay.to_consumers(target, ["effects"]).start().unwrap();
    let events = u64::try_from(ROWS * (CHANGES + 1)).unwrap();
    wait_until("all events are handed on", || {
        events_of(&world.db, source).completed().unwrap() == events
    });
    relay.stop().unwrap();
    let consumer = world.db.consumer_on(target, "effects").longest_poll(POLL);
    let consumer = consumer.sync::<User<S>, UserCopy<T>>(mapped);
    // Writes of several threads may be in each other's way: an event is then tried again a moment later.
    let consumer = consumer.retry(first_pause(POLL)).start().unwrap();
    wait_until("all events have their effect", || {
        completed(world, target) == events
    });
    assert_eq!(consumer.stop().unwrap().failed, 0);
    let last = format!("{CHANGES}.org");
    let copies: Vec<_> = (1..=ROWS).map(|id| (id, last.clone())).collect();
    assert_eq!(copy(&world.db, target), copies);
}

/// Processes that are killed one after the other while rows are written: the copy equals its source, each event has one effect.
///
/// Covers OUT-1, MSG-1, MSG-2.
/// In full: 334 kills for each pair of databases.
fn killed_often<S: Tested, T: Tested>(world: &World, pair: (S, T))
where
    UserId<S>: serde::de::DeserializeOwned,
{
    let (source, target) = pair;
    let kills = if is_full_run() { 334 } else { 3 };
    let mut connection = connection(world, source);
    for round in 0..kills {
        let handled = completed(world, target);
        let at_work = Working::start(world, pair);
        write_users(&mut connection, round * 10 + 1..=round * 10 + 10);
        wait_until("messages are handled", || {
            completed(world, target) > handled
        });
        at_work.kill();
    }
    let last = Working::start(world, pair);
    let users = kills * 10;
    let events = u64::try_from(users * 5 / 2).unwrap();
    // Hundreds of thousands of statements, each with a commit.
    let patience = if is_full_run() {
        PATIENCE * 10
    } else {
        PATIENCE
    };
    wait_within(patience, "all is handled", || {
        let put_back = put_back(world, pair);
        assert!(put_back == 0 || is_full_run(), "three kills fail nothing");
        put_back == 0 && is_done(world, pair, events)
    });
    drop(last);
    assert_eq!(copy(&world.db, target), copies_of(users));
    let mut target = world.db.connect(target).unwrap();
    assert_eq!(target.seats().count().unwrap(), events, "one effect each");
}

on_each_pair! {
    out_01_processes_that_are_killed_often_have_each_effect_once = killed_often;
    out_01_events_of_few_rows_go_on_after_a_killed_relay = few_rows;
    msg_01_a_process_killed_after_the_commit_loses_no_event = after_the_commit;
    msg_01_a_relay_killed_after_the_push_hands_on_once = after_the_push;
    msg_02_a_consumer_killed_after_the_effect_has_it_once = after_the_effect;
    msg_02_two_processes_that_are_killed_have_each_effect_once = two_processes;
    sync_03_runs_beside_consumers_that_are_killed_set_no_row_back = runs_beside;
}
