//! The tests of what every queue has to do: for those of bindery and for the program's own.

use std::time::{Duration, Instant, UNIX_EPOCH};

use serde_json::value::RawValue;

use super::message::Message;
use super::queue::{Delivery, Queue};

/// The time that a queue may take beyond the one that it states, to hand something out again.
const GRACE: Duration = Duration::from_secs(30);

/// Tests that a queue does what [`Queue`] says. Each part has a new queue, which must have no messages; a queue that hands out again after
/// a short time, such as a second, keeps the test short.
///
/// ```
/// use std::time::Duration;
/// use bindery::messages::{MemoryQueue, contract};
///
/// contract(|| MemoryQueue::new(Duration::from_millis(200)));
/// ```
///
/// # Panics
/// The queue does not do so; the message says what.
pub fn contract<Q: Queue>(new: impl Fn() -> Q) {
    hands_out_what_was_pushed(&new());
    every_consumer_gets_every_message(&new());
    programs_of_a_consumer_share_its_messages(&new());
    hands_out_again_what_is_not_acknowledged(&new());
    keeps_the_order_of_a_key(&new());
    keeps_a_key_to_one_program(&new());
    keeps_large_and_strange_bodies(&new());
}

fn message(id: &str, key: u32, version: i64, text: &str) -> Message {
    let after = serde_json::json!({ "id": key, "name": text });
    let data = serde_json::json!({ "key": key, "after": after }).to_string();
    Message {
        id: id.to_owned(),
        source: "/engines/contract".to_owned(),
        event: "user_updated".to_owned(),
        subject: key.to_string(),
        version,
        time: UNIX_EPOCH + Duration::from_secs(1_763_800_000),
        origin: None,
        data: RawValue::from_string(data).expect("it was written as JSON"),
    }
}

fn push_message(queue: &impl Queue, id: &str, key: u32, version: i64) {
    let pushed = queue.push(&message(id, key, version, "tea"));
    pushed.expect("the queue takes a message");
}

fn subscribe(queue: &impl Queue, consumer: &str) {
    queue.subscribe(consumer).expect("a consumer subscribes");
}

/// Takes until there are this number, for as long as redelivery may take.
fn taken(queue: &impl Queue, consumer: &str, number: usize) -> Vec<Delivery> {
    let until = Instant::now() + queue.redelivers_after() + GRACE;
    let mut taken = Vec::new();
    while taken.len() < number {
        assert!(
            Instant::now() < until,
            "the queue handed out {} of {number} messages",
            taken.len()
        );
        let more = queue.take(consumer, number - taken.len());
        taken.extend(more.expect("messages can be taken"));
        std::thread::sleep(Duration::from_millis(5));
    }
    taken
}

fn id(delivery: &Delivery) -> String {
    let message = Message::from_json(&delivery.body).expect("the body is the message");
    message.id().to_owned()
}

fn acknowledge(queue: &impl Queue, consumer: &str, deliveries: &[Delivery]) {
    for delivery in deliveries {
        let done = queue.acknowledge(consumer, delivery);
        done.expect("a message can be acknowledged");
    }
}

fn assert_empty(queue: &impl Queue, consumer: &str) {
    let more = queue.take(consumer, 10).expect("messages can be taken");
    assert_eq!(more, [], "`{consumer}` has no more messages");
}

fn hands_out_what_was_pushed(queue: &impl Queue) {
    subscribe(queue, "a");
    subscribe(queue, "a");
    assert_empty(queue, "a");
    push_message(queue, "one", 1, 1);
    let all = taken(queue, "a", 1);
    assert_eq!(
        all[0].body,
        message("one", 1, 1, "tea").to_json(),
        "the body is the text that was pushed"
    );
    acknowledge(queue, "a", &all);
    assert_empty(queue, "a");
}

fn every_consumer_gets_every_message(queue: &impl Queue) {
    subscribe(queue, "a");
    subscribe(queue, "b");
    push_message(queue, "one", 1, 1);
    acknowledge(queue, "a", &taken(queue, "a", 1));
    let of_b = taken(queue, "b", 1);
    assert_eq!(
        id(&of_b[0]),
        "one",
        "the other consumer gets the message, too"
    );
    acknowledge(queue, "b", &of_b);
}

fn programs_of_a_consumer_share_its_messages(queue: &impl Queue) {
    subscribe(queue, "a");
    for key in 1..=4 {
        push_message(queue, &key.to_string(), key, 1);
    }
    let (mut all, more) = (taken(queue, "a", 2), taken(queue, "a", 2));
    all.extend(more);
    let mut ids: Vec<String> = all.iter().map(id).collect();
    ids.sort();
    assert_eq!(
        ids,
        ["1", "2", "3", "4"],
        "no message is taken twice at a time"
    );
    acknowledge(queue, "a", &all);
}

fn hands_out_again_what_is_not_acknowledged(queue: &impl Queue) {
    subscribe(queue, "a");
    push_message(queue, "one", 1, 1);
    push_message(queue, "two", 2, 1);
    let both = taken(queue, "a", 2);
    let (kept, lost): (Vec<_>, Vec<_>) = both.into_iter().partition(|one| id(one) == "one");
    acknowledge(queue, "a", &kept);
    drop(lost);
    let again = taken(queue, "a", 1);
    assert_eq!(
        id(&again[0]),
        "two",
        "what was not acknowledged comes again"
    );
    acknowledge(queue, "a", &again);
    assert_empty(queue, "a");
}

fn keeps_the_order_of_a_key(queue: &impl Queue) {
    const EVENTS: i64 = 6;
    subscribe(queue, "a");
    for version in 1..=EVENTS {
        push_message(queue, &format!("one-{version}"), 1, version);
        push_message(queue, &format!("two-{version}"), 2, version);
    }
    let mut versions = std::collections::BTreeMap::<String, Vec<i64>>::new();
    for _ in 0..EVENTS * 2 {
        let one = taken(queue, "a", 1);
        let message = Message::from_json(&one[0].body).expect("the body is the message");
        let of_key = versions.entry(message.subject().to_owned()).or_default();
        of_key.push(message.version());
        acknowledge(queue, "a", &one);
    }
    for (key, versions) in versions {
        assert!(
            versions.is_sorted(),
            "key {key} came in the order {versions:?}"
        );
    }
}

/// A message that is taken holds up the later ones of its key, for whoever takes, and no others.
fn keeps_a_key_to_one_program(queue: &impl Queue) {
    subscribe(queue, "a");
    push_message(queue, "one-1", 1, 1);
    push_message(queue, "one-2", 1, 2);
    let first = taken(queue, "a", 1);
    assert_eq!(id(&first[0]), "one-1", "the earlier message comes first");
    push_message(queue, "two-1", 2, 1);
    let mut others = Vec::new();
    while !others.iter().any(|one| id(one) == "two-1") {
        let more = taken(queue, "a", 1);
        // The first may come again by now, and the second one with it.
        let is_in_order = id(&more[0]) != "one-2" || others.iter().any(|one| id(one) == "one-1");
        assert!(is_in_order, "a later message of a key came before its time");
        others.extend(more);
    }
    acknowledge(queue, "a", &first);
    acknowledge(queue, "a", &others);
}

fn keeps_large_and_strange_bodies(queue: &impl Queue) {
    subscribe(queue, "a");
    for (at, text) in ["ünï ☕ \u{1F375}", "\"quoted\" \\ \n", &"x".repeat(300_000)]
        .into_iter()
        .enumerate()
    {
        let id = at.to_string();
        let message = message(&id, 1, 1, text);
        queue.push(&message).expect("the queue takes a message");
        let all = taken(queue, "a", 1);
        assert!(
            all[0].body == message.to_json(),
            "the body of message {id} is another"
        );
        acknowledge(queue, "a", &all);
    }
}
