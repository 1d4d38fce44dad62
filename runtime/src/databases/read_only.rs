//! Reading on one or several engines, where nothing can be written.

use super::Registry;
use crate::driver::TransactionOptions;
use crate::error::Result;
use crate::link::connection::Connection;
use crate::link::engine::Engine;

/// An engine, or a tuple of up to four: where [`Registry::read_only`] reads.
pub trait ReadOnlyOn {
    /// A connection of each.
    type Connections<'c>;

    #[doc(hidden)]
    fn read_only<T>(
        self,
        registry: &Registry,
        work: impl FnOnce(Self::Connections<'_>) -> Result<T>,
    ) -> Result<T>;
}

impl Registry {
    /// Runs `work` with a connection of each engine, in a transaction that only reads. Nothing of it can be written:
    /// calls that write, raw statements that are not known to read and locks of rows are
    /// [`ErrorKind::ReadOnly`](crate::ErrorKind::ReadOnly) before they are sent, and the database itself refuses what a
    /// function does.
    ///
    /// The connections are taken in the order of the tuple.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// use bindery::ErrorKind;
    ///
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let (here, there) = db.registry().read_only((engine::Default, engine::B), |(default, b)| {
    ///     Ok((default.blogs().count()?, b.blogs().count()?))
    /// })?;
    /// assert_eq!((here, there), (0, 0));
    ///
    /// let written = db.registry().read_only(engine::B, |b| b.execute("DELETE FROM blogs", ()));
    /// assert_eq!(written.unwrap_err().kind(), &ErrorKind::ReadOnly);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of `work`; an engine cannot be reached, or no connection came free in time.
    pub fn read_only<S: ReadOnlyOn, T>(
        &self,
        engines: S,
        work: impl FnOnce(S::Connections<'_>) -> Result<T>,
    ) -> Result<T> {
        engines.read_only(self, work)
    }
}

impl<A: Engine> ReadOnlyOn for A {
    type Connections<'c> = &'c mut Connection<A>;

    fn read_only<T>(
        self,
        registry: &Registry,
        work: impl FnOnce(Self::Connections<'_>) -> Result<T>,
    ) -> Result<T> {
        let reading = TransactionOptions::new().read_only();
        let mut connection = registry.connect(self)?;
        connection.transaction_with(reading, |tx| work(tx))
    }
}

macro_rules! several {
    ($($engine:ident $name:ident),+) => {
        impl<$($engine: Engine),+> ReadOnlyOn for ($($engine,)+) {
            type Connections<'c> = ($(&'c mut Connection<$engine>,)+);

            fn read_only<T>(
                self,
                registry: &Registry,
                work: impl FnOnce(Self::Connections<'_>) -> Result<T>,
            ) -> Result<T> {
                let reading = TransactionOptions::new().read_only();
                let ($($name,)+) = self;
                $(let mut $name = registry.connect($name)?;)+
                $(let mut $name = $name.begin_with(reading)?;)+
                let done = work(($(&mut *$name,)+))?;
                $($name.commit()?;)+
                Ok(done)
            }
        }
    };
}

several!(A a, B b);
several!(A a, B b, C c);
several!(A a, B b, C c, D d);
