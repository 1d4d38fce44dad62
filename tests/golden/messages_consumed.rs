//! Consumers of messages that come twice, late, or cannot be read, on the pairs of databases.

use super::*;

on_each_pair! {
    msg_02_a_message_that_comes_twice_changes_nothing = comes_twice;
    msg_03_an_older_version_never_overwrites_a_newer_one = out_of_order;
    msg_04_bad_messages_are_kept_with_their_reasons = bad_messages;
    msg_04_events_from_before_a_column_came_are_kept_or_read = later_version;
}

/// Has messages handled by a consumer that keeps a copy, each twice.
fn deliver<S: Tested, T: Tested>(
    world: &World,
    (_, target): (S, T),
    messages: &[Message],
) -> WorkerReport
where
    UserId<S>: serde::de::DeserializeOwned,
{
    let queue = Arc::new(MemoryQueue::default());
    queue.subscribe("copies").unwrap();
    for message in messages {
        queue.push(message).unwrap();
        queue.push(message).unwrap();
    }
    world
        .db
        .consumer_on(target, "copies")
        .from_shared(queue)
        .sync::<User<S>, UserCopy<T>>(mapped)
        .run_until_idle()
        .unwrap()
}

/// Covers MSG-2.
fn comes_twice<S: Tested, T: Tested>(world: &World, pair: (S, T))
where
    UserId<S>: serde::de::DeserializeOwned,
{
    let target = pair.1;
    let mut connection = connection(world, pair.0);
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
    let events = events(world, pair);
    for message in events.iter().chain(&events) {
        deliver(world, pair, std::slice::from_ref(message));
    }
    let expected: Vec<(i64, String)> = [(1, "a.org"), (2, "b.org"), (4, "a.org"), (5, "a.org")]
        .map(|(id, domain)| (id, domain.to_owned()))
        .into();
    assert_eq!(copy(&world.db, pair.1), expected);

    // Effects that add up happen once for each event, whatever comes again.
    let queue = Arc::new(MemoryQueue::default());
    queue.subscribe("counts").unwrap();
    for message in events.iter().chain(&events) {
        queue.push(message).unwrap();
    }
    let seen = Arc::clone(&counted);
    let consumer = world.db.consumer_on(target, "counts").from_shared(queue);
    let report = consumer
        .on::<UserEvent<S>>(move |_, cx| {
            if cx.once(target, |_| Ok(()))?.is_some() {
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
fn out_of_order<S: Tested, T: Tested>(world: &World, pair: (S, T))
where
    UserId<S>: serde::de::DeserializeOwned,
{
    let mut connection = connection(world, pair.0);
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
    let events = events(world, pair);
    // The third event of the first row before the second, and the delete of the second row before its update.
    for at in [0, 2, 1, 3, 5, 4] {
        let report = deliver(world, pair, &events[at..=at]);
        assert_eq!((report.failed, report.retried), (0, 0), "{report:?}");
    }
    assert_eq!(copy(&world.db, pair.1), [(1, "c.org".to_owned())]);
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
fn bad_messages<S: Tested, T: Tested>(world: &World, pair: (S, T))
where
    UserId<S>: serde::de::DeserializeOwned,
{
    let target = pair.1;
    let mut connection = connection(world, pair.0);
    for id in 1..=5 {
        connection
            .users()
            .insert(new(id, &format!("{id}@a.org")))
            .unwrap();
    }
    connection.users().delete(key(5)).unwrap();
    let events = events(world, pair);
    let bodies = vec![
        "{\"specversion\":".to_owned(),
        events[0].to_json().replace("user_created", "user_painted"),
        events[1].to_json().replace("\"after\"", "\"later\""),
        events[2].to_json(),
        events[3].to_json(),
        events[4].to_json(),
        events[5].to_json(),
    ];
    let messages = bindery::messages::messages_of(&world.db, target);
    let before = messages.completed().unwrap();
    let done = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&done);
    let running = world
        .db
        .consumer_on(target, "bad")
        .from(Broken(Mutex::new(bodies)))
        .retry(first_pause(Duration::from_millis(5)).attempts(3))
        .longest_poll(Duration::from_millis(20))
        .on::<UserCreated<S>>(move |event, cx| match event.key.into_value() {
            3 => Err("never".into()),
            4 if cx.attempt() < 3 => Err("twice".into()),
            id => {
                seen.lock().unwrap().push((id, cx.attempt()));
                Ok(())
            }
        })
        .ignore::<UserUpdated<S>>()
        .ignore::<UserDeleted<S>>()
        .start()
        .unwrap();
    let is_over = || {
        let summary = messages.summary().unwrap();
        summary.failed == 4 && messages.completed().unwrap() - before == 3
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

/// Covers MSG-4: an event that was written before its table got a column. One that may be NULL is NULL in it; without one that may not
/// be, the event cannot be read.
fn later_version<S: Tested, T: Tested>(world: &World, pair: (S, T))
where
    UserId<S>: serde::de::DeserializeOwned,
{
    let inserted = connection(world, pair.0).users().insert(new(1, "1@a.org"));
    inserted.unwrap();
    let event = events(world, pair)[0].to_json();
    let (head, tail) = event.split_once(",\"stars\":").unwrap();
    let earlier = format!(
        "{head}{}",
        tail.trim_start_matches(|digit: char| digit.is_ascii_digit())
    );
    let messages = bindery::messages::messages_of(&world.db, pair.1);
    let running = world
        .db
        .consumer_on(pair.1, "later")
        .from(Broken(Mutex::new(vec![earlier])))
        .retry(RetryPolicy::new().attempts(1))
        .longest_poll(Duration::from_millis(20))
        .on::<UserCreated<S>>(|_, _| Ok(()))
        .ignore::<UserUpdated<S>>()
        .ignore::<UserDeleted<S>>()
        .start()
        .unwrap();
    while messages.summary().unwrap().failed == 0 {
        std::thread::sleep(Duration::from_millis(10));
    }
    running.stop().unwrap();
    let failed = bindery::outbox::TaskFilter::failed();
    let failed = messages.list(&failed, 10).unwrap();
    let reason = failed[0].last_error.as_deref().unwrap();
    let expected = "the data of `user_created` cannot be read: it has another shape than";
    assert!(reason.starts_with(expected), "{reason}");

    let row = r#"{"id":1,"at":"2026-01-01T12:00:00","amount":"1.5"}"#;
    let moment: crate::messages::Moment = serde_json::from_str(row).unwrap();
    assert_eq!((moment.bytes, moment.uid), (None, None));
}
