//! Queues that fail, or panic, under a consumer that goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use bindery::messages::{Delivery, MemoryQueue, Message, Queue, QueueError};

use crate::parts;
use crate::shop::{PATIENCE, Shop, events_of};

/// A queue that fails at first, each second time by a panic, and counts how often it was left.
struct Faulty {
    inner: MemoryQueue,
    faults: AtomicU32,
    leaves: AtomicU32,
}

impl Faulty {
    fn new(faults: u32) -> Self {
        Self {
            inner: MemoryQueue::default(),
            faults: AtomicU32::new(faults),
            leaves: AtomicU32::new(0),
        }
    }
}

impl Queue for Faulty {
    fn push(&self, message: &Message) -> Result<(), QueueError> {
        self.inner.push(message)
    }

    fn subscribe(&self, consumer: &str) -> Result<(), QueueError> {
        self.inner.subscribe(consumer)
    }

    fn take(&self, consumer: &str, most: usize) -> Result<Vec<Delivery>, QueueError> {
        let less = |left: u32| left.checked_sub(1);
        let before = self
            .faults
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        match before {
            Ok(left) if left % 2 == 0 => panic!("the queue of the test panics"),
            Ok(_) => Err(QueueError::Unavailable("away".to_owned())),
            Err(_) => self.inner.take(consumer, most),
        }
    }

    fn acknowledge(&self, consumer: &str, delivery: &Delivery) -> Result<(), QueueError> {
        self.inner.acknowledge(consumer, delivery)
    }

    fn leave(&self, consumer: &str) -> Result<(), QueueError> {
        self.leaves.fetch_add(1, Ordering::Relaxed);
        self.inner.leave(consumer)
    }

    fn redelivers_after(&self) -> Duration {
        self.inner.redelivers_after()
    }
}

#[test]
fn msg_04_a_queue_that_fails_or_panics_is_tried_again_and_counted() {
    let shop = Shop::new();
    let faulty = Arc::new(Faulty::new(4));
    let queue: Arc<dyn Queue> = faulty.clone();
    let consumer = shop.consumer(&queue);
    let relay = shop.relay(&queue);
    shop.write_users(0..10);
    shop.wait_until_copied(events_of(0..10));
    relay.stop().expect("the relay ends");
    let report = consumer.stop().expect("the consumer ends");
    assert_eq!((report.not_taken, report.failed), (4, 0), "{report:?}");
    assert_eq!(
        faulty.leaves.load(Ordering::Relaxed),
        1,
        "it was left at the end"
    );
}

/// One that fails for ever holds up no other, and is left alone for longer and longer.
#[test]
fn msg_04_a_queue_that_always_fails_holds_up_no_other() {
    let shop = Shop::new();
    let broken: Arc<dyn Queue> = Arc::new(Faulty::new(u32::MAX));
    let queue: Arc<dyn Queue> = Arc::new(MemoryQueue::default());
    let begun = Instant::now();
    let consumer = shop.consumer_of([&broken, &queue]);
    let relay = shop.relay(&queue);
    shop.write_users(0..10);
    shop.wait_until_copied(events_of(0..10));
    relay.stop().expect("the relay ends");
    let report = consumer.stop().expect("the consumer ends");
    assert!(report.not_taken >= 1, "{report:?}");
    // Pauses of 0.1, 0.2, 0.4, 0.8, … seconds bound the number of attempts in the time.
    let mut most = 1;
    let mut pauses = Duration::from_millis(100);
    while pauses <= begun.elapsed() {
        most += 1;
        pauses += Duration::from_millis(100 << most.min(6));
    }
    assert!(report.not_taken <= most + 1, "{report:?}, at most {most}");
    assert!(begun.elapsed() < PATIENCE);
}

/// Covers MSG-2.
#[test]
fn msg_02_messages_that_cannot_be_stored_are_given_back_to_a_queue_in_memory() {
    let hour = Duration::from_secs(3600);
    parts::what_cannot_be_stored_is_given_back(MemoryQueue::new(hour));
}

#[test]
fn msg_03_what_is_given_back_to_a_queue_in_memory_is_handed_out_at_once() {
    parts::rows_are_in_order(&MemoryQueue::new(Duration::from_secs(3600)));
}
