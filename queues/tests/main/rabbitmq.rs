//! The queue in RabbitMQ.

crate::brokers::broker!(RabbitMqQueue, "amqp", Broker::rabbitmq_with_tls_or_skip);

use crate::rabbitmq_refusals::Operator;
use crate::refusals;

/// Covers MSG-6 on RabbitMQ: a queue of its exchange is full, and rejects what is published.
#[test]
fn msg_06_events_that_rabbitmq_rejects_are_kept_with_the_reason() {
    let _watchdog = Watchdog::start("rabbitmq_rejects", Duration::from_secs(300));
    let reading = reading(server());
    let Some(broker) = &*reading else { return };
    let (name, mut operator) = (name(), Operator::connect(broker));
    let (full, exchange) = (format!("full-{name}"), format!("bindery.{name}"));
    let mut mending = Operator::connect(broker);
    refusals::kept_with_the_reason(
        named(broker, &name),
        || operator.declare_full_queue(&full, &exchange),
        "the server could not store the message",
        || mending.delete_queue(&full),
    );
}

/// Covers MSG-6 on RabbitMQ: an exchange of that name takes no messages of clients, also where a connection had found another one.
#[test]
fn msg_06_events_for_an_exchange_that_takes_none_are_kept_with_the_reason() {
    let _watchdog = Watchdog::start("rabbitmq_internal", Duration::from_secs(300));
    let reading = reading(server());
    let Some(broker) = &*reading else { return };
    let (name, mut operator) = (name(), Operator::connect(broker));
    let exchange = format!("bindery.{name}");
    let queue = named(broker, &name);
    queue.subscribe("a").expect("the server is there");
    parts::push(&queue, "one", 1);
    operator.delete_exchange(&exchange);
    operator.declare_internal_exchange(&exchange);
    let error = queue
        .push(&message("two", 1, 1))
        .expect_err("it is internal");
    assert!(matches!(error, QueueError::Unavailable(_)), "{error}");
    refusals::kept_until_it_is_mended(queue, "PRECONDITION_FAILED", || {
        operator.delete_exchange(&exchange);
    });
}

/// Covers MSG-2 on RabbitMQ, which confirms and drops a message for which no queue is bound: before a consumer has subscribed, and after its queue was
/// deleted, events are kept with the reason.
#[test]
fn msg_02_events_wait_until_a_consumer_has_subscribed() {
    let _watchdog = Watchdog::start("rabbitmq_unrouted", Duration::from_secs(300));
    let reading = reading(server());
    let Some(broker) = &*reading else { return };
    let (name, mut operator) = (name(), Operator::connect(broker));
    refusals::kept_until_subscribed(
        named(broker, &name),
        "no queue is bound to the exchange",
        || operator.delete_queue(&format!("bindery.{name}.copies")),
    );
}

/// Covers MSG-2 on RabbitMQ: it has a message twice that is published twice.
#[test]
fn msg_02_a_message_whose_confirmation_is_lost_is_published_again_and_handled_once() {
    let _watchdog = Watchdog::start("rabbitmq_confirmations", Duration::from_secs(300));
    let reading = reading(server());
    let Some(broker) = &*reading else { return };
    let name = name();
    let new = |url: &str| RabbitMqQueue::new(url, &name).expect("the URL is one of the server");
    let twice = refusals::confirmations_are_lost(new, &broker.url(), b"}}}\xCE");
    assert!(twice >= 1, "a message is there twice");
}
