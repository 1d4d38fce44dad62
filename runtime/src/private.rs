//! Names that generated code alone uses. They follow the generator, so any release may change them: generated code says by
//! `generated_by!` which version it is of, and no other is compiled.

#[cfg(feature = "serde")]
pub use ::serde;

pub use crate::atomic::{AtomicGroup, InGroup};
pub use crate::databases::kept::{OwnTable, OwnTableState, own_tables};
pub use crate::driver::{
    DescribedColumn, Placement, ReferenceSql, ReferencedSql, ReferredTable, StatementDescription,
    TableSql, UniqueSql,
};
pub use crate::interface::Lookup;
pub use crate::link::engine::{NotChosen, unknown_engine};
#[cfg(feature = "derive")]
pub use crate::model::derived::{
    Derived, Holds, KeyOf, Listed, ReachedFrom, TableOn, assert_key, in_creation_order, listed,
};
pub use crate::model::events::{EventRow, Events};
#[cfg(feature = "serde")]
pub use crate::model::form::{Given, ReadForm, WriteForm};
pub use crate::model::route::Target;
pub use crate::model::through::{Through, read_key_through, read_through};
pub use crate::model::{ColumnSource, NoKey, ReadOnly, debug_given};
pub use crate::query::Fragment;
pub use crate::raw::{
    BoundText, CheckedQuery, CheckedText, ListOf, SqlText, describe, given, list_of_texts, or_null,
    parameter, read_if_any,
};
pub use crate::repository::move_row;
#[cfg(feature = "shards")]
pub use crate::shards::ShardSet;
#[cfg(feature = "sync")]
pub use crate::sync::{CaptureSql, KeyForm};
pub use crate::value::{ColumnSet, ColumnWriter, ReadKey};
pub use crate::{
    __asynchronous as asynchronous, __atomic as atomic, __consumers as consumers,
    __generated_by as generated_by, __inbox as inbox, __outbox as outbox, __recovery as recovery,
    __registry as registry, __relays as relays, __require_atomic as require_atomic,
    __require_bigdecimal as require_bigdecimal, __require_chrono as require_chrono,
    __require_json as require_json, __require_messages as require_messages,
    __require_mysql as require_mysql, __require_outbox as require_outbox,
    __require_postgres as require_postgres, __require_serde as require_serde,
    __require_shards as require_shards, __require_sqlite as require_sqlite,
    __require_sync as require_sync, __require_uuid as require_uuid,
    __serialize_engine as serialize_engine, __session as session, __workers as workers,
};
pub use bindery_core::cluster::Cluster;
pub use bindery_core::program::{EngineInfo, Keeps, List, Program, TableDdl};
