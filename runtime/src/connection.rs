//! One checked-out connection of one engine.

use crate::engine::Engine;
use crate::error::Result;
use crate::link::Link;
use crate::transaction::Transaction;

/// A connection of engine `E`, taken from its pool and given back when dropped.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/main/sample/example.rs"));
/// # fn main() -> bindery::Result<()> {
/// let db = Databases::in_memory()?;
/// db.create_missing()?;
/// let mut b = db.b()?; // Connection<engine::B>
///
/// let post = b.transaction(|tx| {
///     let post = tx.blogs().insert(NewBlog::new("draft"))?;
///     let title = Some("final".to_owned());
///     tx.blogs().update(post.id, BlogChanges { title, ..Default::default() })?;
///     tx.blogs().get(post.id)
/// })?;
/// assert_eq!(post.title, "final");
///
/// // An error rolls back.
/// let failed: bindery::Result<()> = b.transaction(|tx| {
///     tx.blogs().delete(post.id)?;
///     tx.blogs().get(post.id).map(drop)
/// });
/// assert_eq!(failed.unwrap_err().kind(), &bindery::ErrorKind::NotFound);
/// assert!(b.blogs().exists(post.id)?);
/// # Ok(())
/// # }
/// ```
pub struct Connection<E: Engine> {
    pub(crate) engine: E,
    pub(crate) link: Link,
}

impl<E: Engine> Connection<E> {
    pub(crate) fn new(engine: E, link: Link) -> Self {
        Self { engine, link }
    }

    /// The engine.
    pub fn engine(&self) -> E {
        self.engine
    }

    /// Is a transaction open on it?
    pub fn in_transaction(&self) -> bool {
        self.link.depth() > 0
    }

    /// Begins a transaction, or a savepoint where one is open. It is rolled back unless `commit` is called.
    ///
    /// # Errors
    /// The database refuses, or the connection is lost.
    pub fn begin(&mut self) -> Result<Transaction<'_, E>> {
        Transaction::begin(self)
    }

    /// Runs `work` in a transaction: commits when it returns `Ok`, rolls back when it returns `Err` or panics.
    /// Inside another transaction it is a savepoint.
    ///
    /// After an error of the database, go on in the same transaction only if the failed statement was in a nested one:
    /// PostgreSQL refuses everything else until the rollback, with [`ErrorKind::TransactionAborted`](crate::ErrorKind).
    ///
    /// # Errors
    /// Those of `work`, of beginning and of committing.
    pub fn transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Transaction<'_, E>) -> Result<T>,
    ) -> Result<T> {
        self.try_transaction(work)
    }

    /// The same for closures with an error type of their own.
    ///
    /// # Errors
    /// Those of `work`, of beginning and of committing.
    pub fn try_transaction<T, F: From<crate::Error>>(
        &mut self,
        work: impl FnOnce(&mut Transaction<'_, E>) -> std::result::Result<T, F>,
    ) -> std::result::Result<T, F> {
        let mut transaction = self.begin()?;
        let value = work(&mut transaction)?;
        transaction.commit()?;
        Ok(value)
    }

    /// Runs `work` in a transaction that is always rolled back: for tests that must leave no trace.
    ///
    /// # Errors
    /// Those of `work`, of beginning and of rolling back.
    pub fn test_transaction<T>(
        &mut self,
        work: impl FnOnce(&mut Transaction<'_, E>) -> Result<T>,
    ) -> Result<T> {
        let mut transaction = self.begin()?;
        let outcome = work(&mut transaction);
        transaction.rollback()?;
        outcome
    }
}
