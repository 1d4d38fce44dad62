//! Trying a whole transaction again.

use super::{Transaction, located};
use crate::driver::TransactionOptions;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::Link;
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::link::retry::{Failed, RetryPolicy};

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
        work: impl FnMut(&mut Transaction<'_, E>) -> Result<T>,
    ) -> Result<T> {
        self.transaction_retry_with(retry, TransactionOptions::new(), work)
    }

    /// The same, where each attempt begins with these options.
    ///
    /// # Errors
    /// As [`transaction_retry`](Self::transaction_retry).
    #[track_caller]
    pub fn transaction_retry_with<T>(
        &mut self,
        retry: RetryPolicy,
        options: TransactionOptions,
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
        retry.run(|| self.attempt(options, &mut work))
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
                .map_err(|error| within(error, &self.link)),
            Err(error) => {
                transaction.give_up();
                Err(within(error, &self.link))
            }
        }
    }
}

/// The error that ended the transaction may not be the one that comes out, where the program ignored it.
fn within(error: Error, link: &Link) -> Failed {
    let is_sequel = *error.kind() == ErrorKind::TransactionAborted && link.was_in_the_way();
    Failed {
        may_be_repeated: error.is_retryable() || is_sequel,
        error,
    }
}
