//! Parts of tests that are the same for every queue.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use bindery::messages::{Delivery, Message, Queue, QueueError};
use bindery_testkit::{Broker, Shutdown};

use crate::shop::{PATIENCE, Shop, events_of, message};

pub(crate) fn ids(deliveries: &[Delivery]) -> Vec<String> {
    let id = |one: &Delivery| {
        let message = Message::from_json(&one.body).expect("it is a message");
        message.id().to_owned()
    };
    deliveries.iter().map(id).collect()
}

pub(crate) fn push(queue: &impl Queue, id: &str, row: u32) {
    let pushed = queue.push(&message(id, row, 1));
    pushed.expect("the server takes a message");
}

pub(crate) fn take(queue: &impl Queue, most: usize) -> Vec<Delivery> {
    queue.take("a", most).expect("the server is there")
}

pub(crate) fn acknowledge(queue: &impl Queue, deliveries: &[Delivery]) {
    for delivery in deliveries {
        let done = queue.acknowledge("a", delivery);
        done.expect("the server is there");
    }
}

/// Takes until there are these many.
pub(crate) fn taken(queue: &impl Queue, number: usize) -> Vec<Delivery> {
    let until = Instant::now() + PATIENCE;
    let mut all = Vec::new();
    while all.len() < number {
        assert!(Instant::now() < until, "{} of {number} came", all.len());
        all.extend(take(queue, number - all.len()));
        std::thread::sleep(Duration::from_millis(5));
    }
    all
}

/// A row waits for its earlier message, and others do not.
pub(crate) fn rows_are_in_order(queue: &impl Queue) {
    queue.subscribe("a").expect("the server is there");
    for (id, row) in [("1", 1), ("2", 1), ("3", 2), ("4", 1), ("5", 3)] {
        push(queue, id, row);
    }
    let first = taken(queue, 1);
    assert_eq!(ids(&first), ["1"]);
    let others = taken(queue, 2);
    assert_eq!(ids(&others), ["3", "5"], "2 and 4 wait for 1");
    acknowledge(queue, &first);
    let next = taken(queue, 1);
    assert_eq!(ids(&next), ["2"]);
    assert_eq!(take(queue, 10), [], "4 waits for 2");
    queue.give_back("a", &next[0]).expect("the server is there");
    let again = taken(queue, 1);
    assert_eq!(ids(&again), ["2"], "what is given back comes at once");
    acknowledge(queue, &again);
    assert_eq!(ids(&taken(queue, 1)), ["4"]);
}

/// More messages of one row than a program is handed at a time.
pub(crate) fn many_of_a_row(queue: &impl Queue) {
    const MESSAGES: usize = 600;
    queue.subscribe("a").expect("the server is there");
    for number in 0..MESSAGES {
        push(queue, &number.to_string(), 1);
    }
    let mut seen = Vec::new();
    while seen.len() < MESSAGES {
        let all = taken(queue, 1);
        seen.extend(ids(&all));
        acknowledge(queue, &all);
        let more = take(queue, 100);
        seen.extend(ids(&more));
        acknowledge(queue, &more);
    }
    let expected: Vec<String> = (0..MESSAGES).map(|number| number.to_string()).collect();
    assert_eq!(seen, expected);
}

/// Of two programs one has the messages; when it stops, or goes without a word, the other has what is left at once, although a message
/// would be left to the first for an hour.
pub(crate) fn one_program_at_a_time<Q: Queue>(new: impl Fn() -> Q, stops: impl Fn(Q)) {
    let (first, second) = (new(), new());
    for queue in [&first, &second] {
        assert!(queue.redelivers_after() >= Duration::from_secs(3600));
        queue.subscribe("a").expect("the server is there");
    }
    assert_eq!(take(&first, 1), []);
    for (id, row) in [("1", 1), ("2", 1), ("3", 2), ("4", 1)] {
        push(&second, id, row);
    }
    let of_first = taken(&first, 1);
    assert_eq!(ids(&of_first), ["1"]);
    assert_eq!(take(&second, 10), [], "the first program has them");
    acknowledge(&first, &of_first);
    let of_first = taken(&first, 1);
    assert_eq!(ids(&of_first), ["2"], "it is taken and not acknowledged");
    stops(first);
    for id in ["2", "3", "4"] {
        let next = taken(&second, 1);
        assert_eq!(ids(&next), [id]);
        acknowledge(&second, &next);
    }
    assert_eq!(take(&second, 10), []);
}

/// A server that is away or silent is named without its password, and a wait for it ends.
pub(crate) fn away_and_silent<Q: Queue + std::fmt::Debug>(new: impl Fn(&str) -> Q, scheme: &str) {
    let silent = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    let port = silent.local_addr().expect("it is bound").port();
    for port in [1, port] {
        let away = new(&format!("{scheme}://ann:hunter2@127.0.0.1:{port}"));
        for error in [
            away.push(&message("one", 1, 1))
                .expect_err("no server is there"),
            away.subscribe("a").expect_err("no server is there"),
        ] {
            assert!(matches!(error, QueueError::Unavailable(_)), "{error}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
        assert!(!format!("{away:?}").contains("hunter2"));
        let stranger = away.take("b", 1).expect_err("it has not subscribed");
        assert!(matches!(stranger, QueueError::Refused(_)), "{stranger}");
    }
}

/// Over TLS with the certificate's authority messages go through; without it the server is refused.
pub(crate) fn encrypted<Q: Queue>(trusting: &Q, distrusting: &Q) {
    trusting.subscribe("a").expect("the server is trusted");
    push(trusting, "one", 1);
    let all = taken(trusting, 1);
    assert_eq!(ids(&all), ["one"]);
    acknowledge(trusting, &all);
    let refused = distrusting.push(&message("two", 1, 1));
    let refused = refused.expect_err("the certificate comes from no authority of the system");
    assert!(matches!(refused, QueueError::Unavailable(_)), "{refused}");
    assert!(refused.to_string().contains("ertificate"), "{refused}");
    assert_eq!(take(trusting, 1), []);
}

/// Messages that the consumer's database does not take are given back to the queue, and come again long before their hour has passed.
pub(crate) fn what_cannot_be_stored_is_given_back(queue: impl Queue) {
    assert!(queue.redelivers_after() >= Duration::from_secs(3600));
    let shop = Shop::new();
    let watched = Arc::new(Watched {
        queue,
        given_back: AtomicU32::new(0),
    });
    let queue: Arc<dyn Queue> = watched.clone();
    let (consumer, relay) = (shop.consumer(&queue), shop.relay(&queue));
    shop.refuse_messages(true);
    shop.write_users(0..10);
    wait_until("messages are given back", || {
        watched.given_back.load(Ordering::Relaxed) > 0
    });
    assert_eq!(shop.handled(), (0, 0), "none is stored");
    shop.refuse_messages(false);
    shop.wait_until_copied(events_of(0..10));
    relay.stop().expect("the relay ends");
    let report = consumer.stop().expect("the consumer ends");
    assert!(report.not_taken > 0, "{report:?}");
    assert_eq!(report.failed, 0, "{report:?}");
}

/// A queue, and the number of messages that were given back to it.
struct Watched<Q> {
    queue: Q,
    given_back: AtomicU32,
}

impl<Q: Queue> Queue for Watched<Q> {
    fn push(&self, message: &Message) -> Result<(), QueueError> {
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

    fn give_back(&self, consumer: &str, delivery: &Delivery) -> Result<(), QueueError> {
        self.queue.give_back(consumer, delivery)?;
        self.given_back.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn leave(&self, consumer: &str) -> Result<(), QueueError> {
        self.queue.leave(consumer)
    }

    fn redelivers_after(&self) -> Duration {
        self.queue.redelivers_after()
    }
}

/// Events go on through a server that is killed in the middle and comes back: the copy ends equal, and no message is left.
pub(crate) fn goes_on_over_a_killed_server(queue: impl Queue, broker: &mut Broker) {
    let shop = Shop::new();
    let queue: Arc<dyn Queue> = Arc::new(queue);
    let _log = broker.log_of_failure();
    let (consumer, relay) = (shop.consumer(&queue), shop.relay(&queue));
    shop.write_users(0..40);
    wait_until("the first messages come through", || shop.handled().0 > 0);
    broker.go_down(Shutdown::Crash);
    shop.write_users(40..80);
    broker.come_back().expect("the server comes back");
    shop.write_users(80..120);
    shop.wait_until_copied(events_of(0..120));
    relay.stop().expect("the relay ends");
    let report = consumer.stop().expect("the consumer ends");
    assert_eq!((report.failed, shop.handled().1), (0, 0));
    assert!(report.completed >= events_of(0..120), "{report:?}");
    wait_until("all are acknowledged", || is_empty(&shop, &queue));
    shop.wait_until_copied(events_of(0..120));
}

/// As long as a server may keep a new subscription in memory: RabbitMQ waits for its disk but where its log is written anew in that moment, and
/// Erlang's `disk_log` writes by itself after two seconds.
const UNTIL_ON_DISK: Duration = Duration::from_secs(3);

/// A consumer that has subscribed a while before the server is killed gets what is published after that comes back, also before the consumer
/// does.
pub(crate) fn a_subscription_outlives_a_killed_server(
    queue: impl Fn() -> Box<dyn Queue>,
    broker: &mut Broker,
) {
    queue().subscribe("a").expect("the server is there");
    std::thread::sleep(UNTIL_ON_DISK);
    broker.go_down(Shutdown::Crash);
    broker.come_back().expect("the server comes back");
    queue().push(&message("one", 1, 1)).expect("it is taken");
    let later = queue();
    later.subscribe("a").expect("the server is there");
    let taken = later.take("a", 10).expect("the server is there");
    assert_eq!(taken.len(), 1, "it was published for who had subscribed");
}

/// A message whose acknowledgement went down with the server comes again, also after the copy is complete: what is there is left to
/// another consumer.
fn is_empty(shop: &Shop, queue: &Arc<dyn Queue>) -> bool {
    let left = queue.take("copies", 100).expect("the server is there");
    for delivery in &left {
        let given_back = queue.give_back("copies", delivery);
        given_back.expect("the server is there");
    }
    if !left.is_empty() {
        let again = shop.consumer(queue);
        std::thread::sleep(Duration::from_millis(200));
        again.stop().expect("the consumer ends");
    }
    left.is_empty()
}

pub(crate) fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
