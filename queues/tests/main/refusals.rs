//! Brokers that refuse messages, and confirmations that are lost: events are kept with the reason, and handed on once the cause is gone.

use std::sync::Arc;
use std::time::Duration;

use bindery::messages::Queue;
use bindery_testkit::{Direction, Fault, FaultProxy};

use crate::parts::{acknowledge, wait_until};
use crate::shop::{Shop, events_of};

/// Events that the broker refuses are kept, each with the reason; when the cause is gone they are handed on and handled once.
pub(crate) fn kept_with_the_reason(
    queue: impl Queue,
    refuse: impl FnOnce(),
    why: &str,
    mend: impl FnOnce(),
) {
    let shop = Shop::new();
    let queue: Arc<dyn Queue> = Arc::new(queue);
    let (consumer, notes) = (shop.consumer(&queue), shop.noting(&queue));
    let relay = shop.relay(&queue);
    shop.write_users(0..3);
    wait_until("the first events are handled", || {
        shop.noted() == events_of(0..3)
    });
    refuse();
    shop.write_users(3..9);
    wait_until(why, || {
        shop.kept().0.iter().any(|reason| reason.contains(why))
    });
    let (reasons, waiting) = shop.kept();
    assert!(waiting > 0, "{reasons:?}");
    mend();
    ends_with_each_handled_once(&shop, 9);
    let report = relay.stop().expect("the relay ends");
    assert_eq!(
        (report.completed, report.failed),
        (events_of(0..9), 0),
        "{report:?}"
    );
    notes.stop().expect("the consumer ends");
    consumer.stop().expect("the consumer ends");
}

/// Waits until the events of the first users are handled: the copy equals its source, and each event has one effect.
fn ends_with_each_handled_once(shop: &Shop, users: i64) {
    wait_until("each event is noted", || {
        shop.noted() >= events_of(0..users)
    });
    shop.wait_until_copied(events_of(0..users));
    assert_eq!((shop.noted(), shop.handled().1), (events_of(0..users), 0));
}

/// A relay of a queue that takes nothing keeps all events with the reason; once the queue takes messages, those of a later relay arrive.
pub(crate) fn kept_until_it_is_mended(queue: impl Queue, why: &str, mend: impl FnOnce()) {
    let shop = Shop::new();
    let queue: Arc<dyn Queue> = Arc::new(queue);
    let relay = shop.relay(&queue);
    shop.write_users(0..6);
    wait_until(why, || {
        shop.kept().0.iter().any(|reason| reason.contains(why))
    });
    let report = relay.stop().expect("the relay ends");
    assert_eq!((report.completed, report.failed), (0, 0), "{report:?}");
    assert_eq!(shop.kept().1, events_of(0..6), "all are kept");
    mend();
    for consumer in ["copies", "notes"] {
        queue.subscribe(consumer).expect("the server is there");
    }
    let (consumer, notes) = (shop.consumer(&queue), shop.noting(&queue));
    let relay = shop.relay(&queue);
    ends_with_each_handled_once(&shop, 6);
    relay.stop().expect("the relay ends");
    notes.stop().expect("the consumer ends");
    consumer.stop().expect("the consumer ends");
}

/// Events wait with the reason while no consumer has subscribed, and again after a stopped consumer's queue was deleted; each arrives.
pub(crate) fn kept_until_subscribed(queue: impl Queue, why: &str, delete: impl FnOnce()) {
    let shop = Shop::new();
    let queue: Arc<dyn Queue> = Arc::new(queue);
    let relay = shop.relay(&queue);
    let copied_by_a_late_consumer = |users: std::ops::Range<i64>| {
        let events = events_of(users.clone());
        shop.write_users(users.clone());
        wait_until(why, || {
            shop.kept().0.iter().any(|reason| reason.contains(why))
        });
        assert_eq!(shop.kept().1, events, "all are kept");
        let consumer = shop.consumer(&queue);
        shop.wait_until_copied(events_of(0..users.end));
        consumer.stop().expect("the consumer ends");
    };
    copied_by_a_late_consumer(0..6);
    delete();
    copied_by_a_late_consumer(6..9);
    let report = relay.stop().expect("the relay ends");
    assert_eq!((report.completed, report.failed), (events_of(0..9), 0));
}

/// The connection is cut after the broker has messages and before it says so: they are pushed again with the same id, and each is handled
/// once. Returns how often the broker hands out a message that it has twice.
pub(crate) fn confirmations_are_lost<Q: Queue>(
    new: impl Fn(&str) -> Q,
    url: &str,
    end: &[u8],
) -> usize {
    let proxy = FaultProxy::start(url).expect("a port is free");
    let (watching, shop) = (new(url), Shop::new());
    watching.subscribe("a").expect("the server is there");
    let queue: Arc<dyn Queue> = Arc::new(new(url));
    for consumer in ["copies", "notes"] {
        queue.subscribe(consumer).expect("the server is there");
    }
    let (consumer, notes) = (shop.consumer(&queue), shop.noting(&queue));
    let relay = shop.relay(&(Arc::new(new(proxy.url())) as Arc<dyn Queue>));
    proxy.set(Fault::CutAfterPattern {
        direction: Direction::ToServer,
        pattern: end.to_vec(),
        wait: Duration::from_millis(300),
    });
    shop.write_users(0..6);
    wait_until("a confirmation is lost", || !shop.kept().0.is_empty());
    proxy.heal();
    ends_with_each_handled_once(&shop, 6);
    relay.stop().expect("the relay ends");
    notes.stop().expect("the consumer ends");
    consumer.stop().expect("the consumer ends");
    handed_out(&watching) - usize::try_from(events_of(0..6)).expect("a few")
}

/// The number of messages that are handed out, until none is for a time; each id of them belongs to one event.
fn handed_out(queue: &impl Queue) -> usize {
    let (mut all, mut idle) = (Vec::new(), 0);
    while idle < 50 {
        let taken = queue.take("a", 100).expect("the server is there");
        acknowledge(queue, &taken);
        idle = if taken.is_empty() { idle + 1 } else { 0 };
        all.extend(crate::parts::ids(&taken));
        std::thread::sleep(Duration::from_millis(20));
    }
    let distinct: std::collections::BTreeSet<&String> = all.iter().collect();
    assert_eq!(distinct.len() as u64, events_of(0..6), "{all:?}");
    all.len()
}
