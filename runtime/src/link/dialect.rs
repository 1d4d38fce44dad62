//! The SQL families as types, so that a text for one of them does not compile on an engine of another.

use bindery_core::dialect::Dialect;
pub use bindery_core::dialect::Flavour;

/// The SQL family of an engine as a type: [`Sqlite`], [`Postgres`] or [`Mysql`], or [`Several`] where it is known at run time
/// only.
pub trait SqlFamily: sealed::Sealed + 'static {
    /// The same as a value; `None` where it is known at run time only.
    const DIALECT: Option<Dialect>;
}

macro_rules! families {
    ($($(#[$doc:meta])* $name:ident = $dialect:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {}

        impl sealed::Sealed for $name {}

        impl SqlFamily for $name {
            const DIALECT: Option<Dialect> = $dialect;
        }
    )*};
}

families! {
    /// The databases that speak SQLite's SQL.
    Sqlite = Some(Dialect::Sqlite);
    /// The databases that speak PostgreSQL's SQL.
    Postgres = Some(Dialect::Postgres);
    /// MySQL and MariaDB.
    Mysql = Some(Dialect::Mysql);
    /// Of an engine chosen at run time, where the engines of the program are of several dialects.
    Several = None;
    /// Of no engine: of what means the same on all of them.
    Every = None;
}

mod sealed {
    pub trait Sealed {}
}
