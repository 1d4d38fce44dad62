//! The queue in JetStream of NATS.

crate::brokers::broker!(NatsQueue, "nats", Broker::nats_with_tls_or_skip);

#[test]
fn msg_01_a_message_that_is_pushed_to_nats_twice_is_there_once() {
    let reading = reading(server());
    let Some(broker) = &*reading else { return };
    let queue = queue(broker);
    queue.subscribe("a").expect("the server is there");
    for id in ["one", "one", "two", "one"] {
        parts::push(&queue, id, 1);
    }
    assert_eq!(parts::ids(&parts::taken(&queue, 2)), ["one", "two"]);
    assert_eq!(parts::take(&queue, 1), []);
}

/// One that is larger than the server takes fails for good, and the connection goes on.
#[test]
fn msg_04_a_message_that_nats_never_takes_is_refused() {
    let reading = reading(server());
    let Some(broker) = &*reading else { return };
    let queue = queue(broker);
    queue.subscribe("a").expect("the server is there");
    let large = "x".repeat(2 << 20);
    let error = queue.push(&message(&large, 1, 1));
    let error = error.expect_err("the server takes a MiB");
    assert!(matches!(error, QueueError::Refused(_)), "{error}");
    parts::push(&queue, "small", 1);
    assert_eq!(parts::ids(&parts::taken(&queue, 1)), ["small"]);
}

/// Covers MSG-2 on NATS: it recognises a message that it has.
#[test]
fn msg_02_a_message_whose_confirmation_is_lost_is_published_again_and_handled_once() {
    let _watchdog = Watchdog::start("nats_confirmations", Duration::from_secs(300));
    let reading = reading(server());
    let Some(broker) = &*reading else { return };
    let name = name();
    let new = |url: &str| NatsQueue::new(url, &name).expect("the URL is one of the server");
    let twice = crate::refusals::confirmations_are_lost(new, &broker.url(), b"}}}\r\n");
    assert_eq!(twice, 0, "no message is there twice");
}
