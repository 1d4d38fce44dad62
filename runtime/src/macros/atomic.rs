//! The methods of atomic groups: they are the same for every program.

/// The calls of one atomic group, as methods of the generated `Databases`, and its transaction.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "atomic")]
macro_rules! __atomic {
    ($databases:ident, $transaction:ident, $group:expr, $run:ident, $run_with:ident, $try_run:ident, $retry:ident) => {
        #[allow(dead_code, unreachable_pub, clippy::pedantic)]
        impl $databases {
            /// Runs `work` in a transaction over the engines of the group: committed on all of them or on none; rolled back where
            /// `work` returns `Err`.
            #[track_caller]
            pub fn $run<T>(
                &self,
                work: impl ::core::ops::FnOnce(&mut $transaction) -> $crate::Result<T>,
            ) -> $crate::atomic::AtomicOutcome<T> {
                self.0
                    .run_atomic(&$group, $crate::atomic::AtomicOptions::new(), work)
            }

            /// The same with options.
            #[track_caller]
            pub fn $run_with<T>(
                &self,
                options: $crate::atomic::AtomicOptions,
                work: impl ::core::ops::FnOnce(&mut $transaction) -> $crate::Result<T>,
            ) -> $crate::atomic::AtomicOutcome<T> {
                self.0.run_atomic(&$group, options, work)
            }

            /// The same with options and an error type of its own.
            #[track_caller]
            pub fn $try_run<T, F: ::core::convert::From<$crate::Error>>(
                &self,
                options: $crate::atomic::AtomicOptions,
                work: impl ::core::ops::FnOnce(&mut $transaction) -> ::core::result::Result<T, F>,
            ) -> $crate::atomic::AtomicOutcome<T, F> {
                self.0.run_atomic(&$group, options, work)
            }

            /// Runs `work`, and again from its beginning where an engine says that it may be tried again and nothing is
            /// stored. The deadline is that of each attempt.
            #[track_caller]
            pub fn $retry<T>(
                &self,
                retry: $crate::RetryPolicy,
                options: $crate::atomic::AtomicOptions,
                work: impl ::core::ops::FnMut(&mut $transaction) -> $crate::Result<T>,
            ) -> $crate::atomic::AtomicOutcome<T> {
                self.0.retry_atomic(&$group, (retry, options), work)
            }
        }

        impl ::core::ops::Deref for $transaction {
            type Target = $crate::atomic::AtomicTransaction;

            fn deref(&self) -> &$crate::atomic::AtomicTransaction {
                &self.0
            }
        }

        impl ::core::ops::DerefMut for $transaction {
            fn deref_mut(&mut self) -> &mut $crate::atomic::AtomicTransaction {
                &mut self.0
            }
        }

        impl $crate::atomic::GeneratedAtomic for $transaction {
            fn from_transaction(transaction: $crate::atomic::AtomicTransaction) -> Self {
                Self(transaction)
            }

            fn into_transaction(self) -> $crate::atomic::AtomicTransaction {
                self.0
            }
        }
    };
}

/// Recovery, as methods of the generated `Databases`.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "atomic")]
macro_rules! __recovery {
    ($databases:ident, $groups:expr) => {
        #[allow(dead_code, unreachable_pub, clippy::pedantic)]
        impl $databases {
            /// Finishes transactions of atomic groups that programs of these databases have left prepared when they were lost,
            /// and lists what cannot be finished yet. It may run at any time, in several programs at once.
            pub fn recover(&self) -> $crate::atomic::RecoveryReport {
                self.recover_with(&$crate::atomic::RecoverOptions::new())
            }

            /// The same with options.
            pub fn recover_with(
                &self,
                options: &$crate::atomic::RecoverOptions,
            ) -> $crate::atomic::RecoveryReport {
                self.0.recover_groups(&$groups, options)
            }

            /// Starts a thread that recovers again and again, with this time in between, until what this returns is dropped.
            ///
            /// # Errors
            /// The thread cannot be started.
            pub fn recover_every(
                &self,
                pause: ::core::time::Duration,
            ) -> $crate::Result<$crate::atomic::RecoveryThread> {
                $crate::atomic::RecoveryThread::start(&self.0, &$groups, pause)
            }
        }
    };
}

/// Atomic groups need the feature `atomic`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "atomic"))]
macro_rules! __atomic {
    ($($any:tt)*) => {};
}

/// Recovery needs the feature `atomic`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "atomic"))]
macro_rules! __recovery {
    ($($any:tt)*) => {};
}

/// Generated code needs the feature `atomic`.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "atomic")]
macro_rules! __require_atomic {
    () => {};
}

/// Generated code needs the feature `atomic`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "atomic"))]
macro_rules! __require_atomic {
    () => {
        ::core::compile_error!(
            "bindery.toml declares an atomic group: add the feature `atomic` to `bindery` in Cargo.toml"
        );
    };
}
