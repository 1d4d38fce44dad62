//! Findings that several stages of the way share, a file for each code: all sentences of a code stand together.
//! A finding of one stage alone is made there.

pub(crate) mod foreign_sql;
pub(crate) mod too_many;
pub(crate) mod unknown_type;
pub(crate) mod unreadable;
