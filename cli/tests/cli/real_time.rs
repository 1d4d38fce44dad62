//! A program whose consumer keeps a copy up while its target is away, with `bindery status` and `bindery verify` beside it.
//!
//! With `BINDERY_TEST_FULL=1` the target is away for a minute; what is printed is the transcript of docs/sync.md.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use bindery::outbox::{HasInbox, HasOutbox};
use bindery::sync::Reject;
use bindery::{Config, Hosts, StaticEngine};
use bindery_testkit::{
    Server, ServerOptions, SetOnDrop, Shutdown, Watchdog, fresh_mysql, fresh_postgres, is_full_run,
};

use super::support::{Project, holds};
use bindery_cases::messages::{
    Databases, NewUser, Tables as _, User, UserId, UserPatch, engine, model,
};

const FILES: [(&str, &str); 2] = [
    (
        "bindery.toml",
        include_str!("../../../tests/golden/messages/bindery.toml"),
    ),
    (
        "schema.sql",
        include_str!("../../../tests/golden/messages/schema.sql"),
    ),
];
/// No wait of a test is to be as long.
const PATIENCE: Duration = Duration::from_secs(120);

trait Tested: StaticEngine + HasOutbox + HasInbox + Hosts<model::User> {}

impl<E: StaticEngine + HasOutbox + HasInbox + Hosts<model::User>> Tested for E {}

/// Covers OUT-5.
/// In full: a target that is away for a minute.
#[test]
fn sync_05_a_copy_is_equal_after_its_target_was_killed_sqlite_to_postgres() {
    let _watchdog = watchdog();
    if let Some(target) = started(Server::postgres()) {
        let urls = [Some(shop(&target)), None];
        let away = Away::Server(Box::new(target));
        is_equal_afterwards(&urls, (engine::Lite, engine::Default), away);
    }
}

/// Covers OUT-5.
/// In full: a target that is away for a minute.
#[test]
fn sync_05_a_copy_is_equal_after_its_target_was_killed_postgres_to_mariadb() {
    let _watchdog = watchdog();
    if let (Some(source), Some(target)) = (fresh_postgres(), started(Server::mysql())) {
        let urls = [Some(source.url()), Some(shop(&target))];
        let away = Away::Server(Box::new(target));
        is_equal_afterwards(&urls, (engine::Default, engine::M), away);
    }
}

/// Covers OUT-5.
/// In full: a target that is away for a minute.
#[test]
fn sync_05_a_copy_is_equal_after_its_target_was_locked_mariadb_to_sqlite() {
    let _watchdog = watchdog();
    if let Some(source) = fresh_mysql() {
        let urls = [None, Some(source.url())];
        is_equal_afterwards(&urls, (engine::M, engine::Lite), Away::File);
    }
}

fn watchdog() -> Watchdog {
    Watchdog::start(
        "sync_05_target_away",
        outage() * 2 + Duration::from_secs(400),
    )
}

fn started(options: ServerOptions) -> Option<Server> {
    options.durable(true).start_or_skip()
}

fn shop(server: &Server) -> String {
    server.database("shop").expect("a database can be made")
}

/// The target.
enum Away {
    Server(Box<Server>),
    /// The file of SQLite, which another program has for itself meanwhile.
    File,
}

impl Away {
    fn go(&mut self, project: &Project) -> Option<rusqlite::Connection> {
        match self {
            Self::Server(server) => {
                told("kill -9 of the target");
                server.go_down(Shutdown::Crash);
                None
            }
            Self::File => {
                told("another program locks the target");
                let file = rusqlite::Connection::open(project.path("lite.db")).expect("a file");
                file.busy_timeout(PATIENCE).expect("it is set");
                file.execute_batch("BEGIN EXCLUSIVE")
                    .expect("it is free at times");
                Some(file)
            }
        }
    }

    fn come_back(&mut self, lock: Option<rusqlite::Connection>) {
        told("the target is back");
        drop(lock);
        if let Self::Server(server) = self {
            server.come_back().expect("the server starts");
        }
    }
}

/// The time for which the target is away: `BINDERY_TEST_OUTAGE_S` has it in seconds, 3600 for the hour that is promised.
fn outage() -> Duration {
    let given = std::env::var("BINDERY_TEST_OUTAGE_S").ok();
    let seconds = given.map(|text| text.parse().expect("a number of seconds"));
    Duration::from_secs(seconds.unwrap_or(if is_full_run() { 60 } else { 4 }))
}

/// Rows are written while the target goes away and comes back: `bindery verify` reports equal tables afterwards, and no message has failed.
fn is_equal_afterwards<S: Tested, T: Tested>(
    urls: &[Option<String>; 2],
    (source, target): (S, T),
    mut away: Away,
) where
    UserId<S>: serde::de::DeserializeOwned,
{
    let (from, to) = (source.name(), target.name());
    let (project, db) = opened(urls);
    let create = format!("create --engine {from} --engine {to}");
    project.run(&create).good();
    let relay = db.relay_on(source).to_consumers(target, ["copy"]);
    let relay = relay.start().expect("the relay starts");
    let consumer = db.consumer_on(target, "copy");
    let consumer = consumer.sync::<User<S>, User<T>>(copied).start();
    let consumer = consumer.expect("the consumer starts");
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let _over = SetOnDrop(&is_over);
        scope.spawn(|| write(&db, source, &is_over));
        wait_until("rows are copied", || is_copying(&db, target));
        let lock = away.go(&project);
        std::thread::sleep(outage() / 2);
        told_status(&project, from);
        std::thread::sleep(outage() / 2);
        away.come_back(lock);
        std::thread::sleep(Duration::from_secs(1));
    });
    told("nothing is written any more");
    wait_until("all is handled", || waiting(&db, source, target) == Some(0));
    let verify = format!("verify users --from {from} --to {to}");
    told(&format!("bindery {verify}"));
    let verified = project.run(&verify).good();
    verified.lines().for_each(print);
    holds(&verified, &["equal      users on"]);
    relay.stop().expect("the relay ends");
    assert_eq!(consumer.stop().expect("the consumer ends").failed, 0);
}

/// A project with these URLs of PostgreSQL and MariaDB, and the engines in this process.
fn opened(urls: &[Option<String>; 2]) -> (Project, Databases) {
    let [postgres, maria] = urls.each_ref().map(Option::as_deref);
    let postgres = postgres.unwrap_or("postgres://none@127.0.0.1:1/none");
    let maria = maria.unwrap_or("mysql://none@127.0.0.1:1/none");
    let project = Project::new(&FILES)
        .with("DATABASE_URL", postgres)
        .with("M_URL", maria);
    let lite = format!("sqlite://{}", project.path("lite.db").display());
    let config = Config::new()
        .engine("default", postgres)
        .engine("m", maria)
        .engine("lite", lite.as_str());
    let db = Databases::with_config(&config).expect("it is configured");
    (project, db)
}

fn copied<E: Tested>(user: &User<E>) -> Result<NewUser, Reject> {
    let new = NewUser::new(user.email.clone()).stars(user.stars);
    Ok(new.id(*user.id.value()))
}

/// Inserts, updates and deletes rows, some nine a second, until it is over.
fn write<S: Tested>(db: &Databases, source: S, is_over: &AtomicBool) {
    let mut connection = db.connect(source).expect("the source is there");
    for id in 1.. {
        if is_over.load(Ordering::Relaxed) {
            return;
        }
        let users = &mut connection.users();
        let new = NewUser::new(format!("{id}@example.org")).id(id);
        users.insert(new).expect("the source is there");
        let stars = UserPatch::new().stars(id);
        users
            .update(UserId::new(id), stars)
            .expect("the source is there");
        if id % 3 == 0 {
            users
                .delete(UserId::new(id - 1))
                .expect("the source is there");
        }
        std::thread::sleep(Duration::from_millis(250));
    }
}

fn is_copying<T: Tested>(db: &Databases, target: T) -> bool {
    let copies = db
        .connect(target)
        .and_then(|mut copies| copies.users().count());
    copies.is_ok_and(|copies| copies > 2)
}

/// The number of events and messages that wait; `None` while an engine cannot say.
fn waiting<S: Tested, T: Tested>(db: &Databases, source: S, target: T) -> Option<u64> {
    let events = bindery::messages::events_of(db, source).summary().ok()?;
    let messages = bindery::messages::messages_of(db, target).summary().ok()?;
    Some(events.pending + events.running + messages.pending + messages.running)
}

fn told_status(project: &Project, from: &str) {
    let status = format!("status --engine {from}");
    told(&format!("bindery {status}"));
    let outcome = project.run(&status);
    let events = outcome
        .results
        .lines()
        .filter(|line| line.contains("events"));
    events.for_each(print);
}

/// A line of the transcript.
fn told(text: &str) {
    let now = bindery::types::Utc::now().format("%H:%M:%S");
    print(&format!("{now} {text}"));
}

#[expect(clippy::print_stdout, reason = "the transcript of a long run")]
fn print(line: &str) {
    println!("{line}");
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let until = Instant::now() + PATIENCE + outage();
    while !is_so() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
