//! The queue in RabbitMQ, on one server for all tests here.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{OnceLock, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use bindery::messages::{Queue, QueueError, contract};
use bindery_queues::RabbitMqQueue;
use bindery_testkit::{Broker, Watchdog};

use crate::certificate::certificate;
use crate::parts;

/// The server; the test that kills it has it alone.
fn server() -> &'static RwLock<Option<Broker>> {
    static SERVER: OnceLock<RwLock<Option<Broker>>> = OnceLock::new();
    SERVER.get_or_init(|| {
        let made = certificate();
        RwLock::new(Broker::rabbitmq_with_tls_or_skip(
            &made.certificate,
            &made.key,
        ))
    })
}

fn reading() -> RwLockReadGuard<'static, Option<Broker>> {
    server().read().unwrap_or_else(PoisonError::into_inner)
}

/// A name that no other queue has.
fn name() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    format!("queue-{}", NUMBER.fetch_add(1, Ordering::Relaxed))
}

fn named(broker: &Broker, name: &str) -> RabbitMqQueue {
    RabbitMqQueue::new(&broker.url(), name).expect("the URL is one of the server")
}

/// An empty queue of the server.
fn queue(broker: &Broker) -> RabbitMqQueue {
    named(broker, &name())
}

/// Covers MSG-5 on RabbitMQ.
#[test]
fn msg_01_a_queue_in_rabbitmq_keeps_the_contract() {
    let _watchdog = Watchdog::start("rabbitmq_contract", Duration::from_secs(300));
    if let Some(broker) = &*reading() {
        contract(|| queue(broker).redeliver_after(Duration::from_secs(1)));
    }
}

#[test]
fn msg_03_a_row_in_rabbitmq_waits_for_its_earlier_message_and_others_do_not() {
    if let Some(broker) = &*reading() {
        parts::rows_are_in_order(&queue(broker));
    }
}

#[test]
fn msg_03_a_row_in_rabbitmq_with_many_messages_is_handed_out_in_order() {
    if let Some(broker) = &*reading() {
        parts::many_of_a_row(&queue(broker));
    }
}

#[test]
fn msg_02_a_program_that_leaves_rabbitmq_leaves_its_messages_to_another() {
    let Some(broker) = &*reading() else { return };
    let hour = Duration::from_secs(3600);
    for is_told in [true, false] {
        let name = name();
        parts::one_program_at_a_time(
            || named(broker, &name).redeliver_after(hour),
            |queue| {
                if is_told {
                    queue.leave("a").expect("the server is there");
                    // It is kept, as by a program that relays to it.
                    std::mem::forget(queue);
                }
            },
        );
    }
}

#[test]
fn rabbitmq_that_is_away_or_silent_is_named_without_its_password() {
    let _watchdog = Watchdog::start("rabbitmq_silent", Duration::from_secs(120));
    let patience = Duration::from_millis(300);
    let queue = |url: &str| {
        let queue = RabbitMqQueue::new(url, "shop").expect("it is a URL");
        queue.timeout(patience)
    };
    parts::away_and_silent(queue, "amqp");
    for (url, name) in [
        ("http://:hunter2@localhost", "shop"),
        ("amqp://localhost", ""),
    ] {
        let error = RabbitMqQueue::new(url, name).expect_err("it is refused");
        assert!(matches!(error, QueueError::Refused(_)), "{error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}

#[test]
fn rabbitmq_is_reached_over_tls_where_its_certificate_is_trusted() {
    let Some(broker) = &*reading() else { return };
    let url = broker.tls_url().expect("it has a certificate");
    let new = |name: &str| RabbitMqQueue::new(&url, name).expect("the URL is one of the server");
    let name = name();
    let trusting = new(&name).trust(certificate().certificate.as_bytes());
    let trusting = trusting.expect("it is a certificate");
    parts::encrypted(&trusting, &new(&name));
    let error = new(&name)
        .trust(b"nothing")
        .expect_err("it is no certificate");
    assert!(matches!(error, QueueError::Refused(_)), "{error}");
}

/// A login that is refused is no message that fails: relays try again.
#[test]
fn rabbitmq_that_refuses_the_login_is_tried_again() {
    let Some(broker) = &*reading() else { return };
    let url = format!("amqp://ann:hunter2@127.0.0.1:{}", broker.port());
    let wrong = RabbitMqQueue::new(&url, &name()).expect("it is a URL");
    let error = wrong.push(&crate::shop::message("one", 1, 1));
    let error = error.expect_err("the password is another");
    assert!(matches!(error, QueueError::Unavailable(_)), "{error}");
    assert!(!error.to_string().contains("hunter2"), "{error}");
}

#[test]
fn msg_02_a_copy_is_kept_up_over_rabbitmq_that_is_killed() {
    let _watchdog = Watchdog::start("rabbitmq_killed", Duration::from_secs(400));
    let mut server = server().write().unwrap_or_else(PoisonError::into_inner);
    let Some(broker) = server.as_mut() else {
        return;
    };
    let queue = queue(broker).redeliver_after(Duration::from_secs(2));
    parts::goes_on_over_a_killed_server(queue, broker);
}
