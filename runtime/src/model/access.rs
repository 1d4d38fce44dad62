//! The access that a repository gives to its rows: read and written, or only read.

/// Rows are read and written: what connections, transactions and `Databases` give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadWrite;

/// Rows are only read: what a [`ReadConnection`](crate::ReadConnection) gives. There are no methods that write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReadsOnly;

/// [`ReadWrite`] or [`ReadsOnly`].
pub trait Access: sealed::Access {}

impl Access for ReadWrite {}
impl Access for ReadsOnly {}

/// A repository or query whose rows may be written, as its type says.
#[diagnostic::on_unimplemented(
    message = "rows are only read here: this comes from a `ReadConnection`, which has no writes and no locks",
    label = "rows are only read here",
    note = "writes go to the primary: take a connection of the engine, as `db.connect(engine)?`, or call it on `Databases`",
    note = "a function that is generic over where it writes has the bound `Route<model::Name>`, not `ReadRoute<model::Name>`"
)]
pub trait CanWrite {}

mod sealed {
    pub trait Access {}
    impl Access for super::ReadWrite {}
    impl Access for super::ReadsOnly {}
}
