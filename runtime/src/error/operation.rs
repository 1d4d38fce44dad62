//! The operations that errors name.

use std::fmt;

/// The operation during which an error occurred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// Reading the configuration.
    Configure,
    /// Connecting and logging in.
    Connect,
    /// Taking a connection from the pool.
    Acquire,
    /// Closing an engine.
    Close,
    /// Beginning a transaction or savepoint.
    Begin,
    /// Committing.
    Commit,
    /// Rolling back.
    Rollback,
    /// Finding out what became of a COMMIT.
    Resolve,
    /// Creating tables.
    Create,
    /// Dropping tables.
    Drop,
    /// Applying or reverting migrations.
    Migrate,
    /// Writing the rows of tables as text.
    Dump,
    /// Loading rows from text into tables.
    LoadRows,
    /// Running a saga, or looking at one.
    Saga,
    /// Copying what changed to a table of another engine.
    Sync,
    /// Choosing an engine at run time.
    Choose,
    /// Opening the databases of a tenant.
    OpenTenant,
    /// `find`, `get`, `first` or a `find_by_…`.
    Find,
    /// `find_many`.
    FindMany,
    /// `all` or `iter`.
    Select,
    /// `load`: what belongs to a number of rows.
    Load,
    /// `count`.
    Count,
    /// `exists`.
    Exists,
    /// `insert`, `insert_or_ignore`.
    Insert,
    /// `insert_many`.
    InsertMany,
    /// `update`.
    Update,
    /// `update_many`.
    UpdateMany,
    /// `save`.
    Save,
    /// `save_many`.
    SaveMany,
    /// `delete`.
    Delete,
    /// `delete_many`.
    DeleteMany,
    /// `upsert_by_…`.
    Upsert,
    /// `upsert_many_by_…`.
    UpsertMany,
    /// `merge`.
    Merge,
    /// `copy_to` and its kin.
    Copy,
    /// A raw query: `query_as` and its kin.
    Query,
    /// A raw statement: `execute`.
    Execute,
    /// A raw script: `execute_batch`.
    ExecuteBatch,
}

impl Operation {
    /// Whether it runs SQL that the program wrote itself.
    pub(crate) fn is_raw(self) -> bool {
        matches!(self, Self::Query | Self::Execute | Self::ExecuteBatch)
    }

    /// Whether it is a call that is known to write, or not known to only read.
    pub(crate) fn writes(self) -> bool {
        match self {
            Self::Insert
            | Self::InsertMany
            | Self::Update
            | Self::UpdateMany
            | Self::Save
            | Self::SaveMany
            | Self::Delete
            | Self::DeleteMany
            | Self::Upsert
            | Self::UpsertMany
            | Self::Merge
            | Self::Copy
            | Self::Sync
            // Nobody knows of a raw query that it only reads.
            | Self::Query
            | Self::Execute
            | Self::ExecuteBatch => true,
            Self::Configure
            | Self::Connect
            | Self::Acquire
            | Self::Close
            | Self::Begin
            | Self::Commit
            | Self::Rollback
            | Self::Resolve
            | Self::Create
            | Self::Drop
            | Self::Migrate
            | Self::Dump
            | Self::LoadRows
            | Self::Saga
            | Self::Choose
            | Self::OpenTenant
            | Self::Find
            | Self::FindMany
            | Self::Select
            | Self::Load
            | Self::Count
            | Self::Exists => false,
        }
    }

    /// Whether it promises of many rows that all of them are written or none.
    pub(crate) fn writes_all_or_none(self) -> bool {
        matches!(
            self,
            Self::InsertMany
                | Self::UpdateMany
                | Self::SaveMany
                | Self::DeleteMany
                | Self::UpsertMany
                | Self::Merge
        )
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Configure => "reading the configuration",
            Self::Connect => "connecting",
            Self::Acquire => "taking a connection",
            Self::Close => "closing",
            Self::Begin => "beginning a transaction",
            Self::Commit => "committing",
            Self::Rollback => "rolling back",
            Self::Resolve => "finding out what became of a commit",
            Self::Create => "creating tables",
            Self::Drop => "dropping tables",
            Self::Migrate => "migrating",
            Self::Dump => "dumping",
            Self::LoadRows => "loading rows",
            Self::Saga => "saga",
            Self::Sync => "sync",
            Self::Choose => "choosing an engine",
            Self::OpenTenant => "opening a tenant",
            Self::Find => "find",
            Self::FindMany => "find_many",
            Self::Select => "select",
            Self::Load => "load",
            Self::Count => "count",
            Self::Exists => "exists",
            Self::Insert => "insert",
            Self::InsertMany => "insert_many",
            Self::Update => "update",
            Self::UpdateMany => "update_many",
            Self::Save => "save",
            Self::SaveMany => "save_many",
            Self::Delete => "delete",
            Self::DeleteMany => "delete_many",
            Self::Upsert => "upsert",
            Self::UpsertMany => "upsert_many",
            Self::Merge => "merge",
            Self::Copy => "copy",
            Self::Query => "query",
            Self::Execute => "execute",
            Self::ExecuteBatch => "execute_batch",
        })
    }
}
