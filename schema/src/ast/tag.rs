//! Annotations of tables and columns: `-- @engines`, `-- @sync` and the others, and the prose beside them.

use std::ops::Deref;
use std::sync::LazyLock;

use super::{Colocation, Name, ObjectName};
use crate::source::Span;

/// The engines a tag names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineTag {
    /// In order; each with its own place.
    pub names: Vec<Name>,
    /// The whole tag.
    pub span: Span,
}

/// The annotations of a table or a column, and the prose beside them. Most columns have none: what they could say is apart.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    said: Option<Box<Said>>,
}

impl Notes {
    /// Returns what they say, to be changed.
    pub(crate) fn change(&mut self) -> &mut Said {
        self.said.get_or_insert_default()
    }
}

impl From<Said> for Notes {
    fn from(said: Said) -> Self {
        Self {
            said: Some(Box::new(said)),
        }
    }
}

impl Deref for Notes {
    type Target = Said;

    fn deref(&self) -> &Said {
        self.said.as_deref().unwrap_or(&NOTHING)
    }
}

static NOTHING: LazyLock<Said> = LazyLock::new(Said::default);

/// The content of [`Notes`].
#[derive(Debug, Clone, Default)]
pub struct Said {
    /// `@engines`, `@engine`.
    pub engines: Option<EngineTag>,
    /// `@model`: the name of the model in Rust.
    pub model: Option<Name>,
    /// `@name`: the name in Rust.
    pub name: Option<Name>,
    /// `@type`: the Rust type of the column.
    pub rust_type: Option<Name>,
    /// `@link`: what the column refers to without a foreign key.
    pub link: Option<LinkTag>,
    /// `@sync`, each of them.
    pub syncs: Vec<SyncTag>,
    /// The place of `@version`: the column counts updates.
    pub version: Option<Span>,
    /// The place of `@updated`: the column has the time of the last update.
    pub updated: Option<Span>,
    /// The place of `@skip`: nothing in Rust stands for it.
    pub skip: Option<Span>,
    /// The place of `@unmanaged`: bindery makes and changes nothing in the database for it.
    pub unmanaged: Option<Span>,
    /// The place of `@validate`: the program validates values before they are written.
    pub validate: Option<Span>,
    /// The place of `@capture`: changes of the table are recorded.
    pub capture: Option<Span>,
    /// `@interface`: models that implement a common trait.
    pub interface: Option<InterfaceTag>,
    /// `@renamed_from`: the name that it had before.
    pub renamed_from: Option<Name>,
    /// `@redact`: what dumps have in place of the values.
    pub redact: Option<RedactTag>,
    /// `@serde`, each of them.
    pub serde: SerdeTags,
    /// `@publish`: the changes that are published as events.
    pub publish: Option<PublishTag>,
    /// `@shard`: the column by whose value a row is on one of a cluster's servers.
    pub shard: Option<ShardTag>,
    /// The place of `@reference`: each server of a cluster has all rows.
    pub reference: Option<Span>,
    /// `@length`; at a table, or at the file's head, for its keys.
    pub length: Option<LengthTag>,
    /// `@allow`: codes whose warnings are not reported here.
    pub allow: Option<AllowTag>,
    /// Prose, line by line.
    pub docs: Vec<String>,
}

/// `@sync from default to analytics as UserAnalytics by updated_at`, or `captured` at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncTag {
    /// The engine that is read.
    pub from: Name,
    /// The engine that is written.
    pub to: Name,
    /// The model there; without one it is the model of the table.
    pub model: Option<Name>,
    /// The column that says what was changed; without one both tables are compared.
    pub column: Option<Name>,
    /// Changed rows are found by the changes that triggers record.
    pub captured: bool,
    /// The whole tag.
    pub span: Span,
}

/// `@publish created, updated with before, deleted`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishTag {
    /// The changes that have an event, in the order of [`ChangeKind::ALL`]; never empty.
    pub events: Vec<PublishedEvent>,
    /// The whole tag.
    pub span: Span,
}

/// A kind of change that has an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PublishedEvent {
    /// Which change it is: created, updated or deleted.
    pub kind: ChangeKind,
    /// The event holds the row as it was before.
    pub before: bool,
}

/// A kind of change to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// A new row.
    Created,
    /// A row with other values.
    Updated,
    /// A row that is gone.
    Deleted,
}

impl ChangeKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Created, Self::Updated, Self::Deleted];

    /// Its word in the annotation.
    pub fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
        }
    }
}

impl PublishTag {
    /// The event of a kind of change.
    pub fn of(&self, kind: ChangeKind) -> Option<PublishedEvent> {
        self.events.iter().copied().find(|event| event.kind == kind)
    }
}

/// `@allow B0412`: warnings that are not reported about what it stands at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowTag {
    /// The codes, such as `B0401`.
    pub codes: Vec<&'static str>,
    /// The statement or column; at a file's head the whole file.
    pub area: Span,
}

/// `@redact hash`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RedactTag {
    /// The replacement of its values.
    pub redaction: Redaction,
    /// The whole tag.
    pub span: Span,
}

/// The replacement of a column's values in a redacted dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redaction {
    /// A keyed hash: equal values stay equal, in every table.
    Hash,
    /// NULL.
    Null,
    /// An invented value of the column's type.
    Fake,
}

impl Redaction {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Hash, Self::Null, Self::Fake];

    /// Its word in the annotation.
    pub fn word(self) -> &'static str {
        match self {
            Self::Hash => "hash",
            Self::Null => "null",
            Self::Fake => "fake",
        }
    }
}

/// `@serde skip`, or `@serde rename "name"` and `@serde with "path"`: the form of a column in JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SerdeTags {
    /// It is never in JSON: the place of the tag.
    pub skip: Option<Span>,
    /// Its name there.
    pub rename: Option<Name>,
    /// The module that writes and reads its values.
    pub with: Option<Name>,
}

impl SerdeTags {
    /// Returns whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// `@length 191`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LengthTag {
    /// Characters of a text, bytes of a binary value.
    pub length: u32,
    /// The whole tag.
    pub span: Span,
}

/// `@shard tenant_id with users`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardTag {
    /// The column; `None` where the tag stands at it.
    pub column: Option<Name>,
    /// The tables whose equal values are on one server.
    pub colocation: Colocation,
    /// The whole tag.
    pub span: Span,
}

/// `@link users(id) on b`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkTag {
    /// The table that it refers to.
    pub table: ObjectName,
    /// The column that it refers to.
    pub column: Name,
    /// `on b`, `on same`.
    pub on: Option<LinkEngine>,
    /// The whole tag.
    pub span: Span,
}

/// `@interface Contact(email = email_address, name) after users`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterfaceTag {
    /// Name of the trait.
    pub name: Name,
    /// In order, each once.
    pub fields: Vec<InterfaceField>,
    /// The table whose rows come before this one's.
    pub after: Option<Name>,
    /// The whole tag.
    pub span: Span,
}

/// A field of an interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InterfaceField {
    /// Its name in the interface.
    pub name: Name,
    /// The column, where it has another name.
    pub column: Option<Name>,
}

/// Which engine a link's target is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkEngine {
    /// The row's own.
    Same,
    /// A named one.
    Named(Name),
}
