//! Sessions (unit of work): the engines of a program with at most one connection and one transaction of each, which its
//! first statement begins, all ended together. Generated code wraps a [`Session`] in its `DatabaseSession`, which adds the
//! typed accessors.

#[cfg(feature = "tokio")]
pub(crate) mod asynchronous;
mod dropped;
mod generated;
pub(crate) mod options;
mod retry;
mod scope;
pub(crate) mod unit;

#[cfg(feature = "tokio")]
pub(crate) use self::asynchronous::AsyncSession;
pub use self::generated::GeneratedSession;
pub(crate) use self::options::SessionOptions;
pub use self::scope::SessionScope;
pub(crate) use self::unit::Session;
