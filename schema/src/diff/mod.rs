//! The differences of two models of one engine: what a database made by one lacks of the other.
//!
//! Both sides are brought into one form first, a [`Structure`]: the tables as bindery makes them on the engine, read again in
//! the engine's own dialect. So a schema that is written for SQLite and a database of PostgreSQL are compared in words of
//! PostgreSQL, and it does not matter where a side comes from: from a schema, from migrations, from a catalogue.
//!
//! ```
//! use bindery_schema::dialect::Dialect;
//! use bindery_schema::diff::{Structure, compare};
//!
//! let read = |sql| Structure::read(sql, Dialect::Postgres, None).expect("a schema");
//! let database = read("CREATE TABLE users (id bigint PRIMARY KEY, age integer);");
//! let schema = read("CREATE TABLE users (id bigint PRIMARY KEY, age bigint NOT NULL);");
//! let changes = compare(&database, &schema);
//! assert_eq!(changes[0].to_string(), "the type of `users.age` becomes `bigint`, from `integer`; it no longer takes NULL");
//! ```
//!
//! The changes come in an order in which a database can execute them. Nothing here connects to one.

mod build;
mod busy;
mod capture;
mod change;
mod compare;
mod difference;
mod facts;
mod file;
mod folder;
mod key;
mod loss;
mod lossy;
mod mend;
mod migration;
mod mysql;
mod names;
mod order;
mod parsed;
mod postgres;
mod rename;
mod render;
mod squash;
mod structure;
mod subject;
mod taken;
mod triggers;

pub use self::build::check_migrations;
pub use self::busy::{Busy, busy};
pub use self::capture::CaptureTrigger;
pub use self::change::{Change, ColumnChange};
pub use self::compare::{NameRule, compare, compare_with};
pub use self::difference::{differences, finding};
pub use self::file::file_text;
pub use self::folder::{Folded, fold, fold_migrations, unwritable};
pub use self::key::{Key, KeyKind};
pub use self::lossy::{Loss, losses};
pub use self::mend::{Mend, Mended, mend};
pub use self::migration::{Plan, Planned, plan};
pub use self::mysql::Partitioning;
pub use self::parsed::ParsedMigration;
pub use self::rename::{Rename, hints, unclear};
pub use self::render::Step;
pub use self::squash::{Gone, Others, Squash, SquashRefused, Squashed, squash};
pub use self::structure::{
    ColumnShape, DistributionShape, EnumShape, ObjectShape, PartitionShape, Structure, TableShape,
    Unreadable, ViewShape,
};
pub use self::triggers::{TableTrigger, triggers};
pub use crate::parse::statement_names;
pub use crate::syntax::canonical::{
    ExpressionParts, expression_parts, loose_words, same_expression, same_query,
    settled_expression, token_texts,
};
pub use crate::syntax::{Names, places_of_words};

#[cfg(test)]
mod tests;
