//! The description of a program: its engines, its models, and how their tables are made. Generated code has its own as a static value; the
//! command makes one of a configuration and a schema, while it runs.

mod constraint;

use crate::lists::IntoVec as _;
use std::borrow::Cow;
use std::fmt;
use std::ops::Index;

pub use self::constraint::{ConstraintKind, ModelConstraint};
use crate::cluster::Cluster;
use crate::dialect::{Dialect, Flavour};
use crate::sql_writer::TableName;

/// A list of references to what is compiled in, or of what is made while a program runs.
///
/// ```
/// use bindery_core::program::List;
///
/// static COLUMNS: List<str> = List::Static(&["id", "email"]);
///
/// let read = List::<str>::Owned(vec!["id".into(), "email".into()]);
/// assert!(read.iter().eq(COLUMNS.iter()));
/// ```
#[derive(Debug, PartialEq, Eq)]
pub enum List<T: ?Sized + 'static> {
    /// In generated code.
    Static(&'static [&'static T]),
    /// In the command.
    Owned(Vec<Box<T>>),
}

impl<T: ?Sized> List<T> {
    /// A list that owns these.
    pub fn owned(all: impl IntoIterator<Item: Into<Box<T>>>) -> Self {
        Self::Owned(all.into_iter().map(Into::into).into_vec())
    }

    /// All of them, in their order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + Clone {
        let (compiled, owned) = match self {
            Self::Static(all) => (*all, &[][..]),
            Self::Owned(all) => (&[][..], all.as_slice()),
        };
        compiled
            .iter()
            .copied()
            .chain(owned.iter().map(Box::as_ref))
    }

    /// Those that are compiled in.
    pub const fn compiled(&self) -> &'static [&'static T] {
        match self {
            Self::Static(all) => all,
            Self::Owned(_) => &[],
        }
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        match self {
            Self::Static(all) => all.is_empty(),
            Self::Owned(all) => all.is_empty(),
        }
    }
}

impl<T: ?Sized> Clone for List<T>
where
    Box<T>: Clone,
{
    fn clone(&self) -> Self {
        match self {
            Self::Static(all) => Self::Static(all),
            Self::Owned(all) => Self::Owned(all.clone()),
        }
    }
}

impl<T: ?Sized> Index<usize> for List<T> {
    type Output = T;

    fn index(&self, at: usize) -> &T {
        match self {
            Self::Static(all) => all[at],
            Self::Owned(all) => &all[at],
        }
    }
}

/// The text, in constants too.
#[expect(clippy::ptr_arg, reason = "constants cannot dereference it")]
pub const fn compiled_text<'t>(text: &'t Cow<'static, str>) -> &'t str {
    match text {
        Cow::Borrowed(text) => text,
        Cow::Owned(text) => text.as_str(),
    }
}

/// Everything compiled in. One static value in the generated code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// Sorted by name; an engine's index points in here.
    pub engines: Cow<'static, [EngineInfo]>,
    /// In the order their tables can be created.
    pub models: List<ModelInfo>,
    /// The build read a `bindery.toml`, which says where the engines are: no default stands in its place.
    pub configured: bool,
}

/// One engine as compiled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineInfo {
    /// The name of the engine, as in `bindery.toml`.
    pub name: Cow<'static, str>,
    /// The dialect its statements are written in.
    pub dialect: Dialect,
    /// The product, where the statements need one.
    pub flavour: Option<Flavour>,
    /// The cluster that it is, if it is one.
    pub cluster: Option<Cluster>,
    /// It has a table of tasks.
    pub outbox: bool,
    /// It has a table of tasks whose effects it has.
    pub inbox: bool,
    /// The other tables of bindery's own that it has.
    pub keeps: Cow<'static, [Keeps]>,
    /// The version of its last migration, where `bindery.toml` demands that its databases have it.
    pub head: Option<Cow<'static, str>>,
}

impl EngineInfo {
    /// An engine that has no table of bindery's own.
    #[doc(hidden)]
    pub const fn new(name: &'static str, dialect: Dialect) -> Self {
        Self {
            name: Cow::Borrowed(name),
            dialect,
            flavour: None,
            cluster: None,
            outbox: false,
            inbox: false,
            keeps: Cow::Borrowed(&[]),
            head: None,
        }
    }

    /// Its name, as errors and events have it.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Tables that bindery keeps on an engine, by what the program does there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// Coordinators and decisions: it is the home of an atomic group.
    Decisions,
    /// Watermarks, runs and rejected rows: it is the target of syncs.
    Syncs,
    /// The log of sagas.
    SagaLog,
    /// Steps of sagas whose log is on another engine.
    SagaSteps,
    /// The maps of sets of shards.
    ShardMaps,
    /// Which slots are not its own: it is one of the shards of a set.
    Shard,
}

/// One model as compiled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelInfo {
    /// The name of the model.
    pub name: Cow<'static, str>,
    /// The schema of its table, where one is written.
    pub schema: Option<Cow<'static, str>>,
    /// The name of its table, without the schema.
    pub table: Cow<'static, str>,
    /// It is only read: a view.
    pub is_view: bool,
    /// Names of the columns of its row.
    pub columns: List<str>,
    /// For each column a word for what its values are (`integer`, `text.40` of at most 40 characters, `decimal.2` with two digits
    /// after the point), with a `?` where it may be NULL. One text, as thousands of columns would be many constants to compile.
    pub kinds: Cow<'static, str>,
    /// A number made of its keys, indexes, foreign keys, checks, defaults, and what the database fills in by itself, as the
    /// schema says them.
    pub rules: u64,
    /// Its keys, foreign keys and checks.
    pub constraints: &'static [ModelConstraint],
    /// The names that databases give them, a line for each (`1 postgres users_email_key`): the position in
    /// `constraints`, the dialect, the name; none where a database reports the columns. One text for the same reason.
    pub constraint_names: &'static str,
    /// Engines in the order of its tag.
    pub engines: List<str>,
    /// Its tables, one for each engine; none where it is not bindery's to create.
    pub tables: Cow<'static, [TableDdl]>,
}

impl ModelInfo {
    /// The name of its table.
    pub fn table_name(&self) -> TableName {
        TableName {
            schema: self.schema.as_ref().map(ToString::to_string),
            name: self.table.to_string(),
        }
    }

    /// The same as a text, with its schema where one is written.
    pub fn qualified_name(&self) -> String {
        self.table_name().to_string()
    }

    /// Stands where there is no model: for a struct whose derive has errors, so that the program's list has none of its own.
    #[doc(hidden)]
    pub const NONE: Self = Self {
        name: Cow::Borrowed(""),
        schema: None,
        table: Cow::Borrowed(""),
        is_view: false,
        columns: List::Static(&[]),
        kinds: Cow::Borrowed(""),
        rules: 0,
        constraints: &[],
        constraint_names: "",
        engines: List::Static(&[]),
        tables: Cow::Borrowed(&[]),
    };
}

/// How one table is made and removed on one engine.
#[derive(Clone, PartialEq, Eq)]
pub struct TableDdl {
    /// Position of the engine in the program's list.
    pub engine: usize,
    /// The schema it is in, where one is written.
    pub schema: Option<Cow<'static, str>>,
    /// Its name, unquoted.
    pub table: Cow<'static, str>,
    /// Statements that create it, with its types before and its indexes after.
    pub create: List<str>,
    /// Statements to run when all missing tables exist: foreign keys of tables that refer to each other.
    pub link: List<str>,
    /// Statements that drop it; none of a table that stays when the others are dropped.
    pub drop: List<str>,
}

impl TableDdl {
    /// A table without a schema, of the program's first engine.
    #[doc(hidden)]
    pub const fn new(
        table: &'static str,
        create: &'static [&'static str],
        link: &'static [&'static str],
        drop: &'static [&'static str],
    ) -> Self {
        Self {
            engine: 0,
            schema: None,
            table: Cow::Borrowed(table),
            create: List::Static(create),
            link: List::Static(link),
            drop: List::Static(drop),
        }
    }
}

/// Without its statements, which are not needed where an engine or a model is printed.
impl fmt::Debug for TableDdl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("TableDdl")
            .field("engine", &self.engine)
            .field("schema", &self.schema)
            .field("table", &self.table)
            .finish_non_exhaustive()
    }
}

impl Program {
    /// The tables of one engine, in the order they can be created.
    pub fn tables_of(&self, engine: usize) -> impl DoubleEndedIterator<Item = &TableDdl> {
        let tables = self.models.iter().flat_map(|model| model.tables.iter());
        tables.filter(move |table| table.engine == engine)
    }

    /// The models that live on one engine, in the order of the schema.
    pub fn models_on(&self, engine: &str) -> impl Iterator<Item = &ModelInfo> {
        let models = self.models.iter();
        models.filter(move |model| model.engines.iter().any(|one| one == engine))
    }

    /// Names of all engines, sorted.
    pub fn engine_names(&self) -> impl Iterator<Item = &str> {
        self.engines.iter().map(EngineInfo::name)
    }
}
