//! The queue in Redis, on a server of its own.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bindery::messages::{Queue, QueueError, contract};
use bindery_queues::RedisQueue;
use bindery_testkit::{Broker, Watchdog};

use crate::parts::{self, acknowledge, ids, take};
use crate::refusals;
use crate::shop::message;

/// An empty queue of the server.
fn queue(broker: &Broker) -> RedisQueue {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!("queue-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    RedisQueue::new(&broker.url(), &name).expect("the URL is one of Redis")
}

/// The number of entries in a stream.
fn length(broker: &Broker, stream: &str) -> u64 {
    let client = redis::Client::open(broker.url()).expect("the URL is one of Redis");
    let mut connection = client.get_connection().expect("the server is there");
    let length = redis::cmd("XLEN").arg(stream).query(&mut connection);
    length.expect("it is a stream")
}

/// Covers MSG-5 on Redis.
#[test]
fn msg_01_a_queue_in_redis_keeps_the_contract() {
    let _watchdog = Watchdog::start("redis_contract", Duration::from_secs(300));
    if let Some(broker) = Broker::redis_or_skip() {
        contract(|| queue(&broker).redeliver_after(Duration::from_secs(1)));
    }
}

#[test]
fn msg_01_a_message_that_is_pushed_twice_is_there_once() {
    let Some(broker) = Broker::redis_or_skip() else {
        return;
    };
    let queue = queue(&broker);
    queue.subscribe("a").expect("the server is there");
    for id in ["one", "one", "two", "one"] {
        queue.push(&message(id, 1, 1)).expect("the server is there");
    }
    assert_eq!(ids(&take(&queue, 10)), ["one", "two"]);
}

#[test]
fn msg_03_a_row_waits_for_its_earlier_message_and_others_do_not() {
    let Some(broker) = Broker::redis_or_skip() else {
        return;
    };
    let hour = Duration::from_secs(3600);
    parts::rows_are_in_order(&queue(&broker).redeliver_after(hour));
}

/// A row with more messages than may be pending neither loses any nor their order.
#[test]
fn msg_03_a_row_with_many_messages_is_handed_out_in_order() {
    let Some(broker) = Broker::redis_or_skip() else {
        return;
    };
    let queue = queue(&broker);
    queue.subscribe("a").expect("the server is there");
    const MESSAGES: i64 = 1_500;
    for version in 0..MESSAGES {
        let message = message(&version.to_string(), 1, version);
        queue.push(&message).expect("the server is there");
    }
    let first = take(&queue, 1);
    while !take(&queue, 100).is_empty() {}
    acknowledge(&queue, &first);
    let mut seen = ids(&first);
    while seen.len() < MESSAGES as usize {
        let taken = take(&queue, 100);
        assert!(!taken.is_empty(), "after {}", seen.len());
        seen.extend(ids(&taken));
        acknowledge(&queue, &taken);
    }
    let expected: Vec<String> = (0..MESSAGES).map(|version| version.to_string()).collect();
    assert_eq!(seen, expected);
}

#[test]
fn messages_that_all_consumers_have_handled_are_deleted() {
    let Some(broker) = Broker::redis_or_skip() else {
        return;
    };
    let queue = RedisQueue::new(&broker.url(), "deleted").expect("the URL is one of Redis");
    for consumer in ["a", "b"] {
        queue.subscribe(consumer).expect("the server is there");
    }
    let drain = |consumer: &str| loop {
        let taken = queue.take(consumer, 100).expect("the server is there");
        if taken.is_empty() {
            break;
        }
        for one in &taken {
            queue
                .acknowledge(consumer, one)
                .expect("the server is there");
        }
    };
    for number in 0..1_000 {
        let message = message(&number.to_string(), number, 1);
        queue.push(&message).expect("the server is there");
    }
    drain("a");
    let of_b = length(&broker, "bindery:{deleted}");
    assert_eq!(of_b, 1_000, "the other consumer has none of them yet");
    drain("b");
    let left = length(&broker, "bindery:{deleted}");
    // Whole nodes of a stream are deleted, of a hundred entries each, after the next ones are handed out.
    assert!(left <= 300, "{left} are left");
}

#[test]
fn msg_02_a_server_that_lost_its_data_gets_new_messages_on() {
    let Some(broker) = Broker::redis_or_skip() else {
        return;
    };
    let queue = queue(&broker);
    queue.subscribe("a").expect("the server is there");
    let client = redis::Client::open(broker.url()).expect("the URL is one of Redis");
    let mut connection = client.get_connection().expect("the server is there");
    let flushed = redis::cmd("FLUSHALL").query::<()>(&mut connection);
    flushed.expect("the server is there");
    queue
        .push(&message("one", 1, 1))
        .expect("the server is there");
    assert_eq!(ids(&take(&queue, 1)), ["one"]);
    let stranger = queue.take("b", 1).expect_err("it has not subscribed");
    assert!(matches!(stranger, QueueError::Refused(_)), "{stranger}");
}

/// Covers OUT-14 on Redis.
#[test]
fn a_server_that_is_away_is_named_without_its_password() {
    let away = RedisQueue::new("redis://:hunter2@127.0.0.1:1/", "shop").expect("it is a URL");
    let error = away
        .push(&message("one", 1, 1))
        .expect_err("nothing listens there");
    assert!(matches!(error, QueueError::Unavailable(_)), "{error}");
    assert!(!error.to_string().contains("hunter2"), "{error}");
    assert!(!format!("{away:?}").contains("hunter2"));
    let kafka = RedisQueue::new("kafka://localhost:9092", "shop").expect_err("it is refused");
    assert!(kafka.to_string().contains("no queue for Kafka"), "{kafka}");
    for (url, name) in [
        ("http://:hunter2@localhost", "shop"),
        ("redis://localhost", "{}"),
    ] {
        let error = RedisQueue::new(url, name).expect_err("it is refused");
        assert!(matches!(error, QueueError::Refused(_)), "{error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}

/// Events go on through a server that is killed in the middle and comes back: the copy ends equal, each event is handled once.
#[test]
fn msg_02_a_copy_is_kept_up_over_a_server_that_is_killed() {
    let _watchdog = Watchdog::start("redis_killed", Duration::from_secs(300));
    let Some(mut broker) = Broker::redis_or_skip() else {
        return;
    };
    let queue = queue(&broker).redeliver_after(Duration::from_secs(2));
    parts::goes_on_over_a_killed_server(queue, &mut broker);
}

/// Covers OUT-14 on Redis.
#[test]
fn redis_is_reached_over_tls_where_its_certificate_is_trusted() {
    let made = crate::certificate::certificate();
    let Some(broker) = Broker::redis_with_tls_or_skip(&made.certificate, &made.key) else {
        return;
    };
    let url = broker.tls_url().expect("it has a certificate");
    let new = || RedisQueue::new(&url, "shop").expect("the URL is one of Redis");
    let trusting = new().trust(made.certificate.as_bytes());
    parts::encrypted(&trusting.expect("it is a certificate"), &new());
    let error = new().trust(b"nothing").expect_err("it is no certificate");
    assert!(matches!(error, QueueError::Refused(_)), "{error}");
}

/// Covers MSG-2.
#[test]
fn msg_02_messages_that_cannot_be_stored_are_given_back() {
    let _watchdog = Watchdog::start("redis_given_back", Duration::from_secs(300));
    if let Some(broker) = Broker::redis_or_skip() {
        let queue = queue(&broker).redeliver_after(Duration::from_secs(3600));
        parts::what_cannot_be_stored_is_given_back(queue);
    }
}

/// Has the server do something.
fn operate(broker: &Broker, words: &[&str]) {
    let client = redis::Client::open(broker.url()).expect("the URL is one of Redis");
    let mut connection = client.get_connection().expect("the server is there");
    let mut command = redis::cmd(words[0]);
    command.arg(&words[1..]);
    let done = command.query::<redis::Value>(&mut connection);
    done.expect("the server does it");
}

/// Covers MSG-6 on Redis: it has no memory left; a key of the stream's name is no stream; the account may not add to one.
#[test]
fn msg_06_events_that_redis_refuses_are_kept_with_the_reason() {
    let _watchdog = Watchdog::start("redis_refuses", Duration::from_secs(300));
    let Some(broker) = Broker::redis_or_skip() else {
        return;
    };
    let done = |words: &'static [&'static str]| {
        let broker = &broker;
        move || operate(broker, words)
    };
    refusals::kept_with_the_reason(
        queue(&broker),
        done(&["CONFIG", "SET", "maxmemory", "1"]),
        "OOM",
        done(&["CONFIG", "SET", "maxmemory", "0"]),
    );
    let of_name =
        |name: &str| RedisQueue::new(&broker.url(), name).expect("the URL is one of Redis");
    refusals::kept_with_the_reason(
        of_name("taken"),
        done(&["SET", "bindery:{taken}", "a text"]),
        "WRONGTYPE",
        done(&["DEL", "bindery:{taken}"]),
    );
    operate(
        &broker,
        &["ACL", "SETUSER", "ann", "on", ">hunter2", "~*", "+@all"],
    );
    let url = format!("redis://ann:hunter2@127.0.0.1:{}/", broker.port());
    refusals::kept_with_the_reason(
        RedisQueue::new(&url, "guarded").expect("the URL is one of Redis"),
        done(&["ACL", "SETUSER", "ann", "-xadd"]),
        "can't run this command",
        done(&["ACL", "SETUSER", "ann", "+xadd"]),
    );
}

/// Covers MSG-2 on Redis: a message that is there is not added again.
#[test]
fn msg_02_a_message_whose_confirmation_is_lost_is_pushed_again_and_handled_once() {
    let _watchdog = Watchdog::start("redis_confirmations", Duration::from_secs(300));
    let Some(broker) = Broker::redis_or_skip() else {
        return;
    };
    let new = |url: &str| RedisQueue::new(url, "unconfirmed").expect("the URL is one of Redis");
    let twice = refusals::confirmations_are_lost(new, &broker.url(), b"}}}\r\n");
    assert_eq!(twice, 0, "no message is there twice");
}
