//! Relays and consumers, as methods of the generated `Databases`: the same for every program.

/// Relays; `relay` where one engine alone has an outbox.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "messages")]
macro_rules! __relays {
    ($databases:ident $(, $engine:path)?) => {
        #[allow(dead_code, unreachable_pub, clippy::pedantic)]
        impl $databases {
            /// A relay for the events of an engine, without queues yet.
            pub fn relay_on<E: $crate::outbox::HasOutbox>(
                &self,
                engine: E,
            ) -> $crate::messages::Relay<Self> {
                $crate::messages::Relay::new(self, engine)
            }

            $(
                /// A relay for the events of the one engine that has an outbox, without queues yet.
                pub fn relay(&self) -> $crate::messages::Relay<Self> {
                    self.relay_on($engine)
                }
            )?
        }
    };
}

/// Consumers; `consumer` where one engine alone has an inbox.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "messages")]
macro_rules! __consumers {
    ($databases:ident $(, $engine:path)?) => {
        #[allow(dead_code, unreachable_pub, clippy::pedantic)]
        impl $databases {
            /// A consumer that keeps its messages on an engine, without handlers yet.
            pub fn consumer_on<E: $crate::outbox::HasInbox>(
                &self,
                engine: E,
                name: &str,
            ) -> $crate::messages::Consumer<Self> {
                $crate::messages::Consumer::new(self, engine, name)
            }

            $(
                /// A consumer that keeps its messages on the one engine that has an inbox, without handlers yet.
                pub fn consumer(&self, name: &str) -> $crate::messages::Consumer<Self> {
                    self.consumer_on($engine, name)
                }
            )?
        }
    };
}

/// Relays need the feature `messages`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "messages"))]
macro_rules! __relays {
    ($databases:ident $(, $engine:path)?) => {};
}

/// Consumers need the feature `messages`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "messages"))]
macro_rules! __consumers {
    ($databases:ident $(, $engine:path)?) => {};
}

/// Generated code needs the feature `messages`.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "messages")]
macro_rules! __require_messages {
    () => {};
}

/// Generated code needs the feature `messages`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "messages"))]
macro_rules! __require_messages {
    () => {
        ::core::compile_error!(
            "a table is published: add the feature `messages` to `bindery` in Cargo.toml"
        );
    };
}
