//! The methods of engines with an outbox or an inbox: the same for every program.

/// Tasks can be written on this engine.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "outbox")]
macro_rules! __outbox {
    ($engine:path) => {
        impl $crate::outbox::HasOutbox for $engine {}
    };
}

/// Effects of tasks can happen once on this engine.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "outbox")]
macro_rules! __inbox {
    ($engine:path) => {
        impl $crate::outbox::HasInbox for $engine {}
    };
}

/// Workers, as methods of the generated `Databases`; `worker` where one engine alone has an outbox.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "outbox")]
macro_rules! __workers {
    ($databases:ident $(, $engine:path)?) => {
        #[allow(dead_code, unreachable_pub, clippy::pedantic)]
        impl $databases {
            /// A worker for the tasks of an engine, without handlers yet.
            pub fn worker_on<E: $crate::outbox::HasOutbox>(
                &self,
                engine: E,
            ) -> $crate::outbox::Worker<Self> {
                $crate::outbox::Worker::new(self, engine)
            }

            $(
                /// A worker for the tasks of the one engine that has any, without handlers yet.
                pub fn worker(&self) -> $crate::outbox::Worker<Self> {
                    self.worker_on($engine)
                }
            )?
        }
    };
}

/// Tasks need the feature `outbox`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "outbox"))]
macro_rules! __outbox {
    ($engine:path) => {};
}

/// Tasks need the feature `outbox`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "outbox"))]
macro_rules! __inbox {
    ($engine:path) => {};
}

/// Tasks need the feature `outbox`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "outbox"))]
macro_rules! __workers {
    ($databases:ident $(, $engine:path)?) => {};
}

/// Generated code needs the feature `outbox`.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "outbox")]
macro_rules! __require_outbox {
    () => {};
}

/// Generated code needs the feature `outbox`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "outbox"))]
macro_rules! __require_outbox {
    () => {
        ::core::compile_error!(
            "an engine has an outbox or an inbox: add the feature `outbox` to `bindery` in Cargo.toml"
        );
    };
}
