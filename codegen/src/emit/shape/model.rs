//! The form of a model in Rust: which types its fields have, which of them name an engine, what its key is.

use bindery_schema::lists::IntoVec as _;
use std::hash::{Hash, Hasher};

use bindery_schema::ast::{ChangeKind, PublishedEvent};
use bindery_schema::json_names::RenameRule;
use bindery_schema::model::{EngineId, Table, TableId};

use super::constraints::ConstraintShape;
use super::derives::ItemDerives;
use super::field::Field;
use super::names::ModelNames;
use super::relations::{ReferenceShape, ReferencedShape, ThroughShape};

/// Which model of the schema it is. The code does not say so: one table more gives others other numbers and the same code.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Number(pub(crate) TableId);

impl Hash for Number {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

/// One model as it is generated. It holds all of the schema that the model's code is written from, so that code can be
/// known to be the same by this.
#[derive(Debug, Hash)]
pub(crate) struct Shape<'m> {
    pub(crate) number: Number,
    pub(crate) table: TableFacts<'m>,
    pub(crate) names: &'m ModelNames,
    /// It lives on several engines, so its row has the parameter `E`.
    pub(crate) several: bool,
    pub(crate) fields: Vec<Field<'m>>,
    /// The kinds of their values, in words.
    pub(crate) kinds: String,
    /// Of keys, references and the like, as a number.
    pub(crate) rules: u64,
    pub(crate) key: KeyShape,
    /// The key's type has the parameter `E`.
    pub(crate) key_generic: bool,
    /// Name of the row's field for its engine, where no other field gives it.
    pub(crate) engine_field: Option<&'static str>,
    /// The derives of its items beside the fixed ones.
    pub(crate) derives: ItemDerives<'m>,
    /// Unique keys whose columns are all in the row, as the statements have them.
    pub(crate) uniques: Vec<UniqueShape<'m>>,
    /// Keys, foreign keys and checks.
    pub(crate) constraints: Vec<ConstraintShape>,
    /// Foreign keys to models, by their numbers.
    pub(crate) references: Vec<ReferenceShape<'m>>,
    /// Foreign keys of models to this one, by their numbers.
    pub(crate) referenced: Vec<ReferencedShape<'m>>,
    /// Relations through tables of two references.
    pub(crate) through: Vec<ThroughShape<'m>>,
    /// The engines on which changes have events, by their positions.
    pub(crate) publishes_on: Vec<u16>,
    /// Where its rows are on an engine that is a cluster, if it has a tag for that.
    pub(crate) placement: Option<PlacementShape<'m>>,
}

/// The servers of a cluster that have the rows of a model.
#[derive(Debug, Clone, Copy, Hash)]
pub(crate) enum PlacementShape<'m> {
    /// Each of them has all.
    Reference,
    /// One of them has a row, by the column at this position.
    Sharded {
        column: usize,
        /// The name of the first table of those whose rows of equal values are on one server.
        group: &'m str,
    },
    /// Those of a view are made of rows of such tables, by the column at this position.
    Made {
        column: Option<usize>,
        group: &'m str,
    },
}

/// The facts of a table that the code repeats.
#[derive(Debug, Clone, Copy, Hash)]
pub(crate) struct TableFacts<'m> {
    pub(crate) schema: Option<&'m str>,
    pub(crate) name: &'m str,
    pub(crate) docs: &'m [String],
    pub(crate) engines: &'m [EngineId],
    pub(crate) is_view: bool,
    pub(crate) validate: bool,
    /// The changes that have events.
    pub(crate) events: &'m [PublishedEvent],
    /// The rule that names its columns in JSON.
    pub(crate) serde_rename: Option<RenameRule>,
}

impl<'m> TableFacts<'m> {
    /// Those of a table.
    pub(crate) fn from_table(table: &'m Table) -> Self {
        Self {
            schema: table.name.schema.as_deref(),
            name: &table.name.name,
            docs: &table.docs,
            engines: &table.engines,
            is_view: table.view.is_some(),
            validate: table.validate,
            events: table.publish.as_ref().map_or(&[], |tag| &tag.events),
            serde_rename: table.serde_rename,
        }
    }
}

/// A unique key that can be searched by.
#[derive(Debug, Hash)]
pub(crate) struct UniqueShape<'m> {
    pub(crate) method_suffix: &'m str,
    pub(crate) deferrable: bool,
    /// Positions of its columns in the row.
    pub(crate) fields: Vec<usize>,
}

/// The type of values written to a view.
pub(crate) const READ_ONLY: &str = "::bindery::__private::ReadOnly";

/// The kinds of primary key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum KeyShape {
    /// The table has none.
    None,
    /// One column: `Key<…>`, or another name for the key type of the model it refers to.
    Single {
        field: usize,
        same_as: Option<String>,
    },
    /// Several columns: a struct. `engine` names the field for its engine, where no other mentions it.
    Composite {
        fields: Vec<usize>,
        engine: Option<&'static str>,
    },
}

impl Shape<'_> {
    /// `Blog<E>`, or `User`.
    pub(crate) fn row(&self, engine: &str) -> String {
        applied(&self.names.row, self.several, engine)
    }

    /// `BlogId<E>`, or `UserId`; `NoKey` for a table without a key.
    pub(crate) fn key(&self, engine: &str) -> String {
        match self.key {
            KeyShape::None => "::bindery::__private::NoKey".to_owned(),
            KeyShape::Single { .. } | KeyShape::Composite { .. } => {
                applied(&self.names.key, self.key_generic, engine)
            }
        }
    }

    pub(crate) fn is_view(&self) -> bool {
        self.table.is_view
    }

    /// `NewPost<E>`, or `NewBlog`.
    pub(crate) fn new_row(&self, engine: &str) -> String {
        if self.is_view() {
            return READ_ONLY.to_owned();
        }
        applied(&self.names.new, self.new_generic(), engine)
    }

    /// `PostPatch<E>`, or `BlogPatch`.
    pub(crate) fn patch(&self, engine: &str) -> String {
        if self.is_view() {
            return READ_ONLY.to_owned();
        }
        applied(&self.names.patch, self.patch_generic(), engine)
    }

    /// Whether `New…` has the parameter `E`.
    pub(crate) fn new_generic(&self) -> bool {
        self.given().any(|(_, field)| field.new_on_row_engine())
    }

    /// Whether `…Patch` has the parameter `E`.
    pub(crate) fn patch_generic(&self) -> bool {
        self.changeable().any(|(_, field)| field.on_row_engine)
    }

    /// Columns of `New…` with their positions.
    pub(crate) fn given(&self) -> impl Iterator<Item = (usize, &Field<'_>)> {
        let fields = self.fields.iter().enumerate();
        fields.filter(|(_, field)| field.is_given())
    }

    /// Columns of `…Patch` with their positions.
    pub(crate) fn changeable(&self) -> impl Iterator<Item = (usize, &Field<'_>)> {
        let fields = self.fields.iter().enumerate();
        fields.filter(|(_, field)| field.is_changeable())
    }

    /// The column that counts the updates of a row.
    pub(crate) fn version(&self) -> Option<&Field<'_>> {
        self.fields.iter().find(|field| field.column.version)
    }

    pub(crate) fn has_key(&self) -> bool {
        self.key != KeyShape::None
    }

    /// The key's columns in the order of the key.
    pub(crate) fn key_fields(&self) -> Vec<&Field<'_>> {
        match &self.key {
            KeyShape::None => Vec::new(),
            KeyShape::Single { field, .. } => vec![&self.fields[*field]],
            KeyShape::Composite { fields, .. } => {
                fields.iter().map(|&at| &self.fields[at]).into_vec()
            }
        }
    }

    /// Whether the database makes a value for a column of the key.
    pub(crate) fn has_counted_key(&self) -> bool {
        self.key_fields().iter().any(|field| field.column.counted)
    }

    /// The type that has the constants of keys and checks, where the model has no module for them.
    pub(crate) fn constraints_owner(&self) -> String {
        format!("{}Constraints", self.names.row.trim_start_matches("r#"))
    }

    /// The names of the types of its events.
    pub(crate) fn event_names(&self) -> Vec<String> {
        let kinds = self.table.events.iter().map(|event| match event.kind {
            ChangeKind::Created => "Created",
            ChangeKind::Updated => "Updated",
            ChangeKind::Deleted => "Deleted",
        });
        let all = (!self.table.events.is_empty()).then_some("Event");
        let row = self.names.row.trim_start_matches("r#");
        kinds.chain(all).map(|end| format!("{row}{end}")).into_vec()
    }

    /// The engine of a row, as an expression.
    pub(crate) fn engine_of(&self, row: &str) -> String {
        let key = self
            .fields
            .iter()
            .find(|field| field.on_row_engine && !field.nullable);
        match (self.engine_field, key) {
            (None, Some(field)) => format!("{row}.{}.engine()", field.name),
            (Some(name), _) => format!("{row}.{name}"),
            (None, None) => "engine".to_owned(),
        }
    }
}

/// `Name<E>`, or `Name`.
pub(crate) fn applied(name: &str, generic: bool, engine: &str) -> String {
    if generic {
        format!("{name}<{engine}>")
    } else {
        name.to_owned()
    }
}
