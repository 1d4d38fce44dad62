//! Queues of brokers that hand all messages of a consumer to one program, on one server of each for all tests here.

use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use bindery_testkit::Broker;

/// A server; the test that kills it has it alone.
pub(crate) type Shared = RwLock<Option<Broker>>;

pub(crate) fn reading(server: &'static Shared) -> RwLockReadGuard<'static, Option<Broker>> {
    server.read().unwrap_or_else(PoisonError::into_inner)
}

/// Writes the tests of a broker: its type, the schemes of its URLs, and how its server is started with a certificate and its key.
macro_rules! broker {
    ($queue:ident, $scheme:literal, $start:path) => {
        use std::sync::atomic::{AtomicU32, Ordering};
        use std::sync::{OnceLock, PoisonError, RwLock};
        use std::time::Duration;

        use bindery::messages::{Queue, QueueError, contract};
        use bindery_queues::$queue;
        use bindery_testkit::{Broker, Watchdog};

        use crate::brokers::{Shared, reading};
        use crate::certificate::certificate;
        use crate::parts;
        use crate::shop::message;

        const HOUR: Duration = Duration::from_secs(3600);

        fn server() -> &'static Shared {
            static SERVER: OnceLock<Shared> = OnceLock::new();
            SERVER.get_or_init(|| {
                let made = certificate();
                RwLock::new($start(&made.certificate, &made.key))
            })
        }

        /// A name that no other queue has.
        fn name() -> String {
            static NUMBER: AtomicU32 = AtomicU32::new(0);
            format!("queue-{}", NUMBER.fetch_add(1, Ordering::Relaxed))
        }

        fn named(broker: &Broker, name: &str) -> $queue {
            $queue::new(&broker.url(), name).expect("the URL is one of the server")
        }

        /// An empty queue of the server.
        fn queue(broker: &Broker) -> $queue {
            named(broker, &name())
        }

        /// Covers MSG-5 on RabbitMQ, NATS.
        #[test]
        fn msg_01_a_queue_of_a_broker_keeps_the_contract() {
            let _watchdog = Watchdog::start("broker_contract", Duration::from_secs(300));
            if let Some(broker) = &*reading(server()) {
                contract(|| queue(broker).redeliver_after(Duration::from_secs(1)));
            }
        }

        #[test]
        fn msg_03_a_row_waits_for_its_earlier_message_and_others_do_not() {
            if let Some(broker) = &*reading(server()) {
                parts::rows_are_in_order(&queue(broker));
            }
        }

        #[test]
        fn msg_03_a_row_with_many_messages_is_handed_out_in_order() {
            if let Some(broker) = &*reading(server()) {
                parts::many_of_a_row(&queue(broker));
            }
        }

        #[test]
        fn msg_02_a_program_that_leaves_leaves_its_messages_to_another() {
            let reading = reading(server());
            let Some(broker) = &*reading else { return };
            for is_told in [true, false] {
                let name = name();
                parts::one_program_at_a_time(
                    || named(broker, &name).redeliver_after(HOUR),
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

        /// Covers MSG-2.
        #[test]
        fn msg_02_messages_that_cannot_be_stored_are_given_back() {
            let _watchdog = Watchdog::start("broker_given_back", Duration::from_secs(300));
            if let Some(broker) = &*reading(server()) {
                parts::what_cannot_be_stored_is_given_back(queue(broker).redeliver_after(HOUR));
            }
        }

        /// Covers OUT-14 on RabbitMQ, NATS.
        #[test]
        fn a_server_that_is_away_or_silent_is_named_without_its_password() {
            let _watchdog = Watchdog::start("broker_silent", Duration::from_secs(120));
            let patience = Duration::from_millis(300);
            let queue = |url: &str| {
                $queue::new(url, "shop")
                    .expect("it is a URL")
                    .timeout(patience)
            };
            parts::away_and_silent(queue, $scheme);
            let kafka = $queue::new("kafka://localhost:9092", "shop").expect_err("it is refused");
            assert!(kafka.to_string().contains("no queue for Kafka"), "{kafka}");
            let nameless = concat!($scheme, "://localhost");
            for (url, name) in [("http://:hunter2@localhost", "shop"), (nameless, "")] {
                let error = $queue::new(url, name).expect_err("it is refused");
                assert!(matches!(error, QueueError::Refused(_)), "{error}");
                assert!(!error.to_string().contains("hunter2"), "{error}");
            }
        }

        /// Covers OUT-14 on RabbitMQ, NATS.
        #[test]
        fn a_server_is_reached_over_tls_where_its_certificate_is_trusted() {
            let reading = reading(server());
            let Some(broker) = &*reading else { return };
            let url = broker.tls_url().expect("it has a certificate");
            let new = |name: &str| $queue::new(&url, name).expect("the URL is one of the server");
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
        fn a_server_that_refuses_the_login_is_tried_again() {
            let reading = reading(server());
            let Some(broker) = &*reading else { return };
            let url = format!("{}://ann:hunter2@127.0.0.1:{}", $scheme, broker.port());
            let wrong = $queue::new(&url, &name()).expect("it is a URL");
            let error = wrong.push(&message("one", 1, 1));
            let error = error.expect_err("the password is another");
            assert!(matches!(error, QueueError::Unavailable(_)), "{error}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }

        #[test]
        fn msg_02_a_copy_is_kept_up_over_a_server_that_is_killed() {
            let _watchdog = Watchdog::start("broker_killed", Duration::from_secs(400));
            let mut server = server().write().unwrap_or_else(PoisonError::into_inner);
            let Some(broker) = server.as_mut() else {
                return;
            };
            let queue = queue(broker).redeliver_after(Duration::from_secs(2));
            parts::goes_on_over_a_killed_server(queue, broker);
        }

        /// Covers MSG-2.
        #[test]
        fn msg_02_a_subscription_outlives_a_server_that_is_killed() {
            let _watchdog = Watchdog::start("broker_subscribed", Duration::from_secs(400));
            let mut server = server().write().unwrap_or_else(PoisonError::into_inner);
            let Some(broker) = server.as_mut() else {
                return;
            };
            let (url, name) = (broker.url(), name());
            let queue = || -> Box<dyn Queue> {
                Box::new($queue::new(&url, &name).expect("the URL is one of the server"))
            };
            parts::a_subscription_outlives_a_killed_server(queue, broker);
        }
    };
}

pub(crate) use broker;
