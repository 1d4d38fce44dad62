//! One checked-out connection of one engine.

use crate::driver::TransactionOptions;
use crate::error::Result;
use crate::link::Link;
use crate::link::engine::Engine;
use crate::link::transaction::{Hooks, Transaction};

/// A connection of engine `E`, taken from its pool and given back when dropped.
///
/// ```
/// # use bindery_cases::examples::*;
/// # fn main() -> bindery::Result<()> {
/// let db = Databases::in_memory()?;
/// db.create_missing()?;
/// let mut b = db.b()?; // Connection<engine::B>
///
/// let post = b.transaction(|tx| {
///     let post = tx.blogs().insert(NewBlog::new("draft"))?;
///     let title = Some("final".to_owned());
///     tx.blogs().update(post.id, BlogPatch { title, ..Default::default() })?;
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
    pub(crate) hooks: Hooks,
    /// Has everything that this one had, from the beginning of a transaction to its end: the transaction works on that. Where
    /// it is forgotten (`mem::forget`), nothing is left here that could be used.
    pub(crate) lent: Option<Box<Self>>,
}

impl<E: Engine> Connection<E> {
    pub(crate) fn new(engine: E, link: Link) -> Self {
        Self {
            engine,
            link,
            hooks: Hooks::default(),
            lent: None,
        }
    }

    /// Moves everything to where the transaction that was begun works.
    pub(crate) fn lend(&mut self) {
        let lent = Self {
            engine: self.engine,
            link: self.link.take(),
            hooks: std::mem::take(&mut self.hooks),
            lent: None,
        };
        self.lent = Some(Box::new(lent));
    }

    /// Takes everything back from the transaction that ends, also what a deeper one had that was forgotten.
    pub(crate) fn take_back(&mut self) {
        while let Some(mut lent) = self.lent.take() {
            self.link = lent.link.take();
            self.hooks = std::mem::take(&mut lent.hooks);
            self.lent = lent.lent.take();
        }
    }

    /// Returns the engine that the connection is of.
    pub fn engine(&self) -> E {
        self.engine
    }

    /// Returns whether a transaction is open on it.
    pub fn in_transaction(&self) -> bool {
        self.link.depth() > 0 || self.lent.is_some()
    }

    /// Asks the database now whether it answers and whether its tables are as the program was compiled for: before work
    /// on several engines begins, so that none is written while another is not as it should be.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// let db = Databases::in_memory()?;
    /// let mut b = db.b()?;
    /// let missing = b.check().unwrap_err();
    /// assert!(matches!(missing.kind(), bindery::ErrorKind::SchemaDrift(_)));
    ///
    /// db.create_missing()?;
    /// b.check()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::SchemaDrift`](crate::ErrorKind::SchemaDrift) with all that differs, whatever `schema-check` says; an
    /// open transaction goes on after it. The database does not answer: that ends it, as the error of any other call does.
    pub fn check(&mut self) -> Result<()> {
        let engine = self.engine.name();
        self.link.check().map_err(|error| error.on_engine(engine))
    }

    /// Begins a transaction, or a savepoint where one is open. It is rolled back unless `commit` is called.
    ///
    /// # Errors
    /// The database refuses, or the connection is lost.
    #[track_caller]
    pub fn begin(&mut self) -> Result<Transaction<'_, E>> {
        Transaction::begin(self, TransactionOptions::new())
    }

    /// Begins a transaction in a way of its own. It is rolled back unless `commit` is called.
    ///
    /// # Errors
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) where a transaction is open, which goes on as it was
    /// begun, or where the database cannot do that. The database refuses, or the connection is lost.
    #[track_caller]
    pub fn begin_with(&mut self, options: TransactionOptions) -> Result<Transaction<'_, E>> {
        Transaction::begin(self, options)
    }

    /// Runs `work` in a transaction: commits when it returns `Ok`, rolls back when it returns `Err` or panics.
    /// Inside another transaction it is a savepoint.
    ///
    /// One rule for every database: **a call that failed ends its transaction.** From then on all calls and the commit
    /// give [`ErrorKind::TransactionAborted`](crate::ErrorKind::TransactionAborted) without asking the database, and
    /// nothing is kept, also where the error was ignored. A nested transaction that is rolled back takes such an error with
    /// it, and the one around it goes on. It cannot do so after a deadlock
    /// ([`Conflict`](crate::ErrorKind::Conflict)), a lock that was not given in time ([`Busy`](crate::ErrorKind::Busy)) or a
    /// lost connection: then the whole transaction is over.
    ///
    /// No such call is one that failed before anything was sent (a key of another engine, a value that the database cannot
    /// hold), one that found nothing or an older version, and one that met a row it could not read. A write whose row
    /// could not be read back counts as failed.
    ///
    /// # Errors
    /// Those of `work`, of beginning and of committing.
    #[track_caller]
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
    #[track_caller]
    pub fn try_transaction<T, F: From<crate::error::Error>>(
        &mut self,
        work: impl FnOnce(&mut Transaction<'_, E>) -> std::result::Result<T, F>,
    ) -> std::result::Result<T, F> {
        self.try_transaction_with(TransactionOptions::new(), work)
    }

    /// Runs `work` in a transaction that begins in a way of its own, like [`transaction`](Self::transaction).
    ///
    /// # Errors
    /// Those of `work`, of [`begin_with`](Self::begin_with) and of committing.
    #[track_caller]
    pub fn transaction_with<T>(
        &mut self,
        options: TransactionOptions,
        work: impl FnOnce(&mut Transaction<'_, E>) -> Result<T>,
    ) -> Result<T> {
        self.try_transaction_with(options, work)
    }

    /// The same for closures with an error type of their own.
    ///
    /// # Errors
    /// Those of `work`, of [`begin_with`](Self::begin_with) and of committing.
    #[track_caller]
    pub fn try_transaction_with<T, F: From<crate::error::Error>>(
        &mut self,
        options: TransactionOptions,
        work: impl FnOnce(&mut Transaction<'_, E>) -> std::result::Result<T, F>,
    ) -> std::result::Result<T, F> {
        let mut transaction = self.begin_with(options)?;
        match work(&mut transaction) {
            Ok(value) => {
                transaction.commit()?;
                Ok(value)
            }
            Err(error) => {
                transaction.give_up();
                Err(error)
            }
        }
    }

    /// Runs `work` in a transaction that is always rolled back: for tests that must leave no trace.
    ///
    /// # Errors
    /// Those of `work`, of beginning and of rolling back.
    #[track_caller]
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
