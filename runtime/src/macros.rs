//! Macros: the generated code's way into a program, and its checks of the features this crate was built with.

mod atomic;
mod generated_by;
mod messages;
mod outbox;
mod registry;
mod session;
mod shards;
mod sync;

/// Includes the code that `bindery_codegen::compile` wrote in the build script.
///
/// Call it once, in the root of the crate: `bindery::include_schema!();`. The types and `Databases` are in scope there.
#[macro_export]
macro_rules! include_schema {
    () => {
        ::core::include!(::core::env!(
            "BINDERY_SCHEMA",
            "`bindery::include_schema!()` includes what the build script wrote, and there is none that compiles a schema\n\
             help: write a file `build.rs` beside `Cargo.toml`:\n\n    \
             fn main() -> Result<(), bindery_codegen::CompileError> {\n        \
             bindery_codegen::compile(\"schema.sql\")\n    }\n\n\
             help: and add `bindery-codegen` to `[build-dependencies]`: `cargo add --build bindery-codegen`"
        ));
    };
}

/// Generated code needs the feature `sqlite`.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "sqlite")]
macro_rules! __require_sqlite {
    () => {};
}

/// Generated code needs the feature `sqlite`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "sqlite"))]
macro_rules! __require_sqlite {
    () => {
        ::core::compile_error!(
            "an engine of the schema needs SQLite: add the feature `sqlite` to `bindery` in Cargo.toml"
        );
    };
}

/// Generated code needs the feature `serde`.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "serde")]
macro_rules! __require_serde {
    () => {};
}

/// Generated code needs the feature `serde`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "serde"))]
macro_rules! __require_serde {
    () => {
        ::core::compile_error!(
            "`[derives]` in bindery.toml names `serde`: add the feature `serde` to `bindery` in Cargo.toml"
        );
    };
}

/// An engine is written as its name.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "serde")]
macro_rules! __serialize_engine {
    ($engine:ident) => {
        impl $crate::__private::serde::Serialize for $engine {
            fn serialize<S: $crate::__private::serde::Serializer>(
                &self,
                out: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                out.serialize_str($crate::Engine::name(*self))
            }
        }
    };
}

/// An engine is written as its name.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "serde"))]
macro_rules! __serialize_engine {
    ($engine:ident) => {};
}

/// Calls from asynchronous code, as methods of generated `Databases`: no trait has to be imported for them.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "tokio")]
macro_rules! __asynchronous {
    ($databases:ident) => {
        #[allow(dead_code, unreachable_pub)]
        impl $databases {
            /// Runs blocking work on a worker thread, for asynchronous code: `db.run(|db| db.users().get(id)).await`.
            ///
            /// # Errors
            /// Those of `work`, and where it had no turn in time: see
            /// [`GeneratedDatabases::run`](::bindery::generic::GeneratedDatabases::run).
            pub fn run<T: ::core::marker::Send + 'static>(
                &self,
                work: impl ::core::ops::FnOnce(&Self) -> $crate::Result<T>
                + ::core::marker::Send
                + 'static,
            ) -> $crate::asynchronous::Run<T> {
                $crate::generic::GeneratedDatabases::run(self, work)
            }

            /// The same for closures with an error type of their own.
            ///
            /// # Errors
            /// As [`run`](Self::run).
            pub fn try_run<T, E>(
                &self,
                work: impl ::core::ops::FnOnce(&Self) -> ::core::result::Result<T, E>
                + ::core::marker::Send
                + 'static,
            ) -> $crate::asynchronous::Run<T, E>
            where
                T: ::core::marker::Send + 'static,
                E: ::core::convert::From<$crate::Error> + ::core::marker::Send + 'static,
            {
                $crate::generic::GeneratedDatabases::try_run(self, work)
            }

            /// A stream of rows, which are read on a worker thread: `db.stream(|db| db.users().iter())`.
            ///
            /// # Errors
            /// As items: see [`GeneratedDatabases::stream`](::bindery::generic::GeneratedDatabases::stream).
            pub fn stream<M, E, R>(
                &self,
                rows: impl for<'c> ::core::ops::FnOnce(
                    &'c Self,
                ) -> $crate::Result<
                    $crate::rows::Rows<'c, M, E, R>,
                > + ::core::marker::Send
                + 'static,
            ) -> $crate::asynchronous::RowStream<R>
            where
                M: $crate::Model,
                E: $crate::Engine,
                R: ::core::marker::Send + 'static,
            {
                $crate::generic::GeneratedDatabases::stream(self, rows)
            }

            /// The same where rows are of a connection, of several queries, or made into something else: `work` sends them.
            ///
            /// # Errors
            /// As items: those of `work`, and of waiting for a turn.
            pub fn stream_with<T: ::core::marker::Send + 'static>(
                &self,
                work: impl ::core::ops::FnOnce(
                    &Self,
                    &mut $crate::asynchronous::RowSender<T>,
                ) -> $crate::Result<()>
                + ::core::marker::Send
                + 'static,
            ) -> $crate::asynchronous::RowStream<T> {
                $crate::generic::GeneratedDatabases::stream_with(self, work)
            }

            /// Runs blocking work in a session, on a worker thread: `db.session_async(|s| s.users().get(id)).await`.
            ///
            /// # Errors
            /// Those of `work`, of waiting for a turn, and of committing.
            #[track_caller]
            pub fn session_async<T: ::core::marker::Send + 'static>(
                &self,
                work: impl ::core::ops::FnOnce(
                    &mut <Self as $crate::generic::GeneratedDatabases>::Session,
                ) -> $crate::Result<T>
                + ::core::marker::Send
                + 'static,
            ) -> $crate::asynchronous::Run<T> {
                $crate::generic::GeneratedDatabases::session_async(self, work)
            }

            /// The same for closures with an error type of their own.
            ///
            /// # Errors
            /// As [`session_async`](Self::session_async).
            #[track_caller]
            pub fn try_session_async<T, E>(
                &self,
                work: impl ::core::ops::FnOnce(
                    &mut <Self as $crate::generic::GeneratedDatabases>::Session,
                ) -> ::core::result::Result<T, E>
                + ::core::marker::Send
                + 'static,
            ) -> $crate::asynchronous::Run<T, E>
            where
                T: ::core::marker::Send + 'static,
                E: ::core::convert::From<$crate::Error> + ::core::marker::Send + 'static,
            {
                $crate::generic::GeneratedDatabases::try_session_async(self, work)
            }

            /// A session that lives across several awaits; begun by its first call.
            #[track_caller]
            pub fn begin_session_async(&self) -> $crate::asynchronous::AsyncSession<Self> {
                $crate::generic::GeneratedDatabases::begin_session_async(self)
            }

            /// The same in a way of its own.
            #[track_caller]
            pub fn begin_session_async_with(
                &self,
                options: $crate::SessionOptions,
            ) -> $crate::asynchronous::AsyncSession<Self> {
                $crate::generic::GeneratedDatabases::begin_session_async_with(self, options)
            }

            /// `close_within` for asynchronous code. It is done on a thread of its own, also where the future is dropped.
            pub fn close_within_async(
                &self,
                limit: ::core::time::Duration,
            ) -> $crate::asynchronous::Run<()> {
                self.0.close_within_async(limit)
            }
        }
    };
}

/// Calls from asynchronous code need the feature `tokio`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "tokio"))]
macro_rules! __asynchronous {
    ($databases:ident) => {};
}

/// Generated code needs the feature `postgres`.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "postgres")]
macro_rules! __require_postgres {
    () => {};
}

/// Generated code needs the feature `postgres`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "postgres"))]
macro_rules! __require_postgres {
    () => {
        ::core::compile_error!(
            "an engine of the schema needs PostgreSQL: add the feature `postgres` to `bindery` in Cargo.toml"
        );
    };
}

/// Generated code needs the feature `mysql`.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "mysql")]
macro_rules! __require_mysql {
    () => {};
}

/// Generated code needs the feature `mysql`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "mysql"))]
macro_rules! __require_mysql {
    () => {
        ::core::compile_error!(
            "an engine of the schema needs MySQL and MariaDB: add the feature `mysql` to `bindery` in Cargo.toml"
        );
    };
}

/// Generated code needs the feature `chrono`.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "chrono")]
macro_rules! __require_chrono {
    () => {};
}

/// Generated code needs the feature `chrono`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "chrono"))]
macro_rules! __require_chrono {
    () => {
        ::core::compile_error!(
            "a column of the schema needs dates and times: add the feature `chrono` to `bindery` in Cargo.toml"
        );
    };
}

/// Generated code needs the feature `uuid`.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "uuid")]
macro_rules! __require_uuid {
    () => {};
}

/// Generated code needs the feature `uuid`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "uuid"))]
macro_rules! __require_uuid {
    () => {
        ::core::compile_error!(
            "a column of the schema needs UUIDs: add the feature `uuid` to `bindery` in Cargo.toml"
        );
    };
}

/// Generated code needs the feature `json`.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "json")]
macro_rules! __require_json {
    () => {};
}

/// Generated code needs the feature `json`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "json"))]
macro_rules! __require_json {
    () => {
        ::core::compile_error!(
            "a column of the schema needs JSON: add the feature `json` to `bindery` in Cargo.toml"
        );
    };
}

/// Generated code needs the feature `bigdecimal`.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "bigdecimal")]
macro_rules! __require_bigdecimal {
    () => {};
}

/// Generated code needs the feature `bigdecimal`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "bigdecimal"))]
macro_rules! __require_bigdecimal {
    () => {
        ::core::compile_error!(
            "a column of the schema needs decimals: add the feature `bigdecimal` to `bindery` in Cargo.toml"
        );
    };
}
