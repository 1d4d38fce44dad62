//! A program that publishes users, and copies them to another engine through a queue.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bindery::messages::{Consumer, Message, Queue};
use bindery::outbox::RunningWorker;
use bindery::sync::Reject;
use bindery::{Config, RetryPolicy};

use bindery_cases::published::{
    Databases, NewUser, NewUserCopy, NewVisit, Tables as _, User, UserCopy, UserEvent, UserPatch,
    engine,
};

/// No wait of a test is to be as long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(240);

pub(crate) struct Shop {
    db: Databases,
    _folder: tempfile::TempDir,
}

/// A message about a row.
pub(crate) fn message(id: &str, row: u32, version: i64) -> Message {
    let text = format!(
        r#"{{"specversion":"1.0","id":"{id}","source":"/engines/default","type":"user_updated","subject":"{row}","time":"2026-11-22T10:00:00.000000Z","binderyversion":"{version}","data":{{"key":{row}}}}}"#
    );
    Message::from_json(&text).expect("it is a message")
}

fn copied(user: &User) -> Result<NewUserCopy, Reject> {
    let (_, domain) = user.email.split_once('@').ok_or(Reject::new("no domain"))?;
    Ok(NewUserCopy::new(domain).id(*user.id.value()))
}

impl Shop {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let url = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
        let config = Config::new()
            .engine("default", url("app.db").as_str())
            .engine("analytics", url("analytics.db").as_str());
        let db = Databases::with_config(&config).expect("it is configured");
        db.create_missing().expect("the tables are made");
        Self {
            db,
            _folder: folder,
        }
    }

    pub(crate) fn relay(&self, queue: &Arc<dyn Queue>) -> RunningWorker {
        let relay = self.db.relay().to_shared(Arc::clone(queue));
        let relay = relay
            .retry(RetryPolicy::new().backoff(Duration::from_millis(50), Duration::from_secs(4)));
        relay.start().expect("the relay starts")
    }

    pub(crate) fn consumer(&self, queue: &Arc<dyn Queue>) -> RunningWorker {
        self.consumer_of([queue])
    }

    pub(crate) fn consumer_of<'q>(
        &self,
        queues: impl IntoIterator<Item = &'q Arc<dyn Queue>>,
    ) -> RunningWorker {
        let from = |consumer: Consumer<Databases>, queue| consumer.from_shared(Arc::clone(queue));
        let consumer = queues.into_iter().fold(self.db.consumer("copies"), from);
        let consumer = consumer.sync::<User, UserCopy>(copied);
        consumer.start().expect("the consumer starts")
    }

    /// A consumer that notes each event once, as a visit.
    pub(crate) fn noting(&self, queue: &Arc<dyn Queue>) -> RunningWorker {
        let consumer = self.db.consumer("notes").from_shared(Arc::clone(queue));
        let consumer = consumer.on::<UserEvent>(|event, cx| {
            let visit = NewVisit::new(*event.key());
            cx.once(engine::Analytics, |tx| tx.visits().insert(visit))?;
            Ok(())
        });
        consumer.start().expect("the consumer starts")
    }

    /// The number of events that were noted.
    pub(crate) fn noted(&self) -> u64 {
        let noted = self.db.visits().count();
        noted.expect("the table is there")
    }

    /// Has the consumer's database refuse messages, or take them again.
    pub(crate) fn refuse_messages(&self, refuses: bool) {
        let sql = match refuses {
            true => {
                "CREATE TRIGGER refuses BEFORE INSERT ON _bindery_messages BEGIN SELECT RAISE(ABORT, 'not now'); END"
            }
            false => "DROP TRIGGER refuses",
        };
        let sql = bindery::Sql::assembled(sql.to_owned());
        let done = self.db.sql_on(engine::Analytics).execute(sql, ());
        done.expect("it is executed");
    }

    /// Creates these users, changes every second one and deletes every third.
    pub(crate) fn write_users(&self, ids: std::ops::Range<i64>) {
        for id in ids {
            let new = NewUser::new(format!("{id}@old.example")).id(id);
            let user = self.db.users().insert(new).expect("it is new");
            if id % 2 == 0 {
                let patch = UserPatch::new().email(format!("{id}@new.example"));
                let updated = self.db.users().update(user.id, patch);
                updated.expect("it is there");
            }
            if id % 3 == 0 {
                self.db.users().delete(user.id).expect("it is there");
            }
        }
    }

    fn is_copied(&self) -> bool {
        let verified = self.db.registry().sync::<User, UserCopy>(copied).verify();
        verified.expect("both are there").is_equal()
    }

    /// Waits until these many events are handed on and handled, and the copy equals its source.
    pub(crate) fn wait_until_copied(&self, events: u64) {
        let until = Instant::now() + PATIENCE;
        while !(self.is_idle() && self.handled().0 >= events && self.is_copied()) {
            assert!(Instant::now() < until, "{}", self.left());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn is_idle(&self) -> bool {
        let events = bindery::messages::events_of(&self.db, engine::Default);
        let messages = bindery::messages::messages_of(&self.db, engine::Analytics);
        [events, messages].iter().all(|queue| {
            let summary = queue.summary().expect("the table is there");
            summary.pending + summary.running == 0
        })
    }

    /// The messages that were handled, and those that failed.
    pub(crate) fn handled(&self) -> (u64, u64) {
        let messages = bindery::messages::messages_of(&self.db, engine::Analytics);
        let summary = messages.summary().expect("the table is there");
        let completed = messages.completed();
        (completed.expect("the table is there"), summary.failed)
    }

    /// Why the relay could not hand on events that it has yet to hand on, and how many it has.
    pub(crate) fn kept(&self) -> (Vec<String>, u64) {
        let events = bindery::messages::events_of(&self.db, engine::Default);
        let all = events.list(&bindery::outbox::TaskFilter::all(), 1_000);
        let all = all.expect("the table is there").into_iter();
        let waiting = all.filter(|event| event.completed_at.is_none());
        let reasons = waiting.filter_map(|event| event.last_error).collect();
        let summary = events.summary().expect("the table is there");
        (reasons, summary.pending + summary.running)
    }

    fn left(&self) -> String {
        let events = bindery::messages::events_of(&self.db, engine::Default);
        let messages = bindery::messages::messages_of(&self.db, engine::Analytics);
        let copied = self.db.registry().sync::<User, UserCopy>(copied).verify();
        format!(
            "events: {:?}, messages: {:?}, {:?} handled, {copied:?}",
            events.summary(),
            messages.summary(),
            messages.completed()
        )
    }
}

/// The number of events of these users.
pub(crate) fn events_of(ids: std::ops::Range<i64>) -> u64 {
    let events = |id: i64| 1 + u64::from(id % 2 == 0) + u64::from(id % 3 == 0);
    ids.map(events).sum()
}
