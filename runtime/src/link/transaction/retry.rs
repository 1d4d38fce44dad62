//! Trying a whole transaction again.

use std::thread;
use std::time::Duration;

use super::{Transaction, located};
use crate::driver::TransactionOptions;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::Link;
use crate::link::backoff;
use crate::link::connection::Connection;
use crate::link::engine::Engine;

/// The attempts of a transaction, the pauses between them, and its options.
///
/// ```
/// use std::time::Duration;
///
/// use bindery::{Isolation, RetryPolicy, TransactionOptions};
///
/// let patient = RetryPolicy::default()
///     .attempts(10)
///     .backoff(Duration::from_millis(10), Duration::from_secs(2))
///     .options(TransactionOptions::new().isolation(Isolation::Serializable));
/// # let _ = patient;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "it does nothing until a transaction is tried with it"]
pub struct RetryPolicy {
    attempts: u32,
    shortest: Duration,
    longest: Duration,
    options: TransactionOptions,
}

/// Five attempts; the waits in between are random, up to 5 ms at first, then twice as long each time, and never more
/// than a second.
impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 5,
            shortest: Duration::from_millis(5),
            longest: Duration::from_secs(1),
            options: TransactionOptions::new(),
        }
    }
}

impl RetryPolicy {
    /// Sets how often it is tried at most, the first time included; at least once.
    pub fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts.max(1);
        self
    }

    /// Up to how long is waited after the first attempt, and up to how long at most; in between it doubles. The wait itself is
    /// random, so that two that are in each other's way do not meet again.
    pub fn backoff(mut self, shortest: Duration, longest: Duration) -> Self {
        (self.shortest, self.longest) = (shortest, longest);
        self
    }

    /// Sets how each attempt begins.
    pub fn options(mut self, options: TransactionOptions) -> Self {
        self.options = options;
        self
    }

    /// Returns how each attempt begins.
    pub(crate) fn transaction_options(&self) -> TransactionOptions {
        self.options
    }

    /// Makes attempts until one is the last.
    #[track_caller]
    pub(crate) fn run<T>(&self, mut attempt: impl FnMut() -> Result<T, Failed>) -> Result<T> {
        let mut tried = 1;
        loop {
            match attempt() {
                Err(failed) if failed.may_be_repeated && tried < self.attempts => {
                    self.wait(tried);
                    tried += 1;
                }
                outcome => return outcome.map_err(|failed| failed.error),
            }
        }
    }

    fn wait(&self, tried: u32) {
        let bound = backoff::grown((self.shortest, self.longest), 2, tried);
        thread::sleep(backoff::spread(bound, (0.0, 1.0)));
    }
}

impl<E: Engine> Connection<E> {
    /// Runs `work` in a transaction like [`transaction`](Self::transaction), and again from its beginning where another
    /// transaction was in the way or the connection was lost, as long as nothing of the attempt can have been kept. A lost
    /// connection is replaced by another of the same pool. What `work` does outside of its transaction is done again.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// use bindery::RetryPolicy;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let mut connection = db.default()?;
    /// let blog = connection.transaction_retry(RetryPolicy::default(), |tx| {
    ///     tx.blogs().insert(NewBlog::new("certain"))
    /// })?;
    /// # assert_eq!(blog.title, "certain");
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The last attempt's error. [`ErrorKind::Unsupported`] inside another transaction: only the outermost can be tried again.
    #[track_caller]
    pub fn transaction_retry<T>(
        &mut self,
        retry: RetryPolicy,
        mut work: impl FnMut(&mut Transaction<'_, E>) -> Result<T>,
    ) -> Result<T> {
        if self.in_transaction() {
            let why = "only the outermost transaction can be tried again";
            return Err(located(
                Error::new(ErrorKind::Unsupported(why)),
                self.engine,
                Operation::Begin,
            ));
        }
        retry.run(|| self.attempt(retry.options, &mut work))
    }

    fn attempt<T>(
        &mut self,
        options: TransactionOptions,
        work: &mut impl FnMut(&mut Transaction<'_, E>) -> Result<T>,
    ) -> Result<T, Failed> {
        self.link
            .renew()
            .map_err(|error| located(error, self.engine, Operation::Begin))
            .map_err(Failed::before)?;
        let begun = self.begin_with(options);
        let mut transaction = begun.map_err(Failed::before)?;
        match work(&mut transaction) {
            Ok(value) => transaction
                .commit()
                .map(|()| value)
                .map_err(|error| Failed::within(error, &self.link)),
            Err(error) => {
                transaction.give_up();
                Err(Failed::within(error, &self.link))
            }
        }
    }
}

/// The end of an attempt.
pub(crate) struct Failed {
    pub(crate) error: Error,
    pub(crate) may_be_repeated: bool,
}

impl Failed {
    pub(crate) fn before(error: Error) -> Self {
        Self {
            may_be_repeated: error.is_retryable(),
            error,
        }
    }

    /// The error that ended the transaction may not be the one that comes out, where the program ignored it.
    fn within(error: Error, link: &Link) -> Self {
        let is_sequel = *error.kind() == ErrorKind::TransactionAborted && link.was_in_the_way();
        Self {
            may_be_repeated: error.is_retryable() || is_sequel,
            error,
        }
    }
}
