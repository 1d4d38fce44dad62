//! The form of a model in Rust: which types its fields have, which of them name an engine, what its key is.

use std::hash::{Hash, Hasher};

use bindery_schema::ast::PublishedEvent;
use bindery_schema::column_type::{ColumnType, TypeClass};
use bindery_schema::derives::AllDerives;
use bindery_schema::json_names::RenameRule;
use bindery_schema::model::{Column, EngineId, FieldType, Generated, Table, TableId};
use bindery_schema::plan::statements::{is_touched, is_writable};
use bindery_schema::rust_type::{Argument, Traits, TypeFeature};

use super::column_types::Functions;
use super::constraints::ConstraintShape;
use super::json::JsonFacts;
use super::names::ModelNames;
use super::relations::{ReferenceShape, ReferencedShape, ThroughShape};
use super::types;

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
}

/// Paths of derives that the configuration adds.
#[derive(Debug, Default, Hash)]
pub(crate) struct ItemDerives<'m> {
    pub(crate) row: Vec<&'m str>,
    pub(crate) new: Vec<&'m str>,
    pub(crate) patch: Vec<&'m str>,
    pub(crate) key: Vec<&'m str>,
}

impl<'m> ItemDerives<'m> {
    /// Those of a model.
    pub(crate) fn for_model(derives: &'m AllDerives, model: &str) -> Self {
        Self {
            row: derives.paths_for(model, |derives| &derives.rows),
            new: derives.paths_for(model, |derives| &derives.new),
            patch: derives.paths_for(model, |derives| &derives.patches),
            key: derives.paths_for(model, |derives| &derives.keys),
        }
    }

    /// Returns the paths of the items beside the row, where that is the program's own struct.
    #[cfg(feature = "derive")]
    pub(crate) fn beside_row(&self) -> impl Iterator<Item = &'m str> {
        let lists = [&self.new, &self.patch, &self.key];
        lists.into_iter().flatten().copied()
    }
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

/// The facts of a column that the code repeats.
#[derive(Debug, Clone, Copy, Hash)]
pub(crate) struct ColumnFacts<'m> {
    pub(crate) name: &'m str,
    pub(crate) docs: &'m [String],
    pub(crate) json: JsonFacts<'m>,
    pub(crate) column_type: &'m ColumnType,
    /// Digits after the point that it keeps, where its values can have more.
    pub(crate) fraction_digits: Option<u32>,
    /// The feature of the runtime that it needs.
    pub(crate) feature: Option<TypeFeature>,
    /// The database counts it.
    pub(crate) counted: bool,
    pub(crate) version: bool,
    /// Every update sets it by itself.
    pub(crate) touched: bool,
    /// A value can be given to it.
    pub(crate) writable: bool,
}

impl<'m> ColumnFacts<'m> {
    /// Those of a column.
    pub(crate) fn from_column(column: &'m Column) -> Self {
        Self {
            name: &column.name,
            docs: &column.docs,
            json: JsonFacts::from_column(column),
            column_type: &column.column_type,
            fraction_digits: column.fraction_digits(),
            feature: types::feature_of_column(column),
            counted: matches!(column.generated, Generated::Key { .. }),
            version: column.version,
            touched: is_touched(column),
            writable: is_writable(column),
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

/// One column of the row.
#[derive(Debug, Hash)]
pub(crate) struct Field<'m> {
    pub(crate) column: ColumnFacts<'m>,
    pub(crate) name: &'m str,
    /// The type before `Option`, in the row.
    pub(crate) ty: String,
    /// The type of the bare value; differs from `ty` where that is a key.
    pub(crate) bare: String,
    pub(crate) facts: Traits,
    /// Of a type of the program's own: what reads and writes its values.
    pub(crate) functions: Option<Functions>,
    pub(crate) nullable: bool,
    /// It is a `Key<…>`.
    pub(crate) is_key: bool,
    /// Of another model's key: the name of that type, after all references from key to key.
    pub(crate) key_of: Option<String>,
    /// It is a key on the engine of the row, which is not fixed.
    pub(crate) on_row_engine: bool,
    /// It is the model's own single key.
    pub(crate) own_key: bool,
    pub(crate) in_key: bool,
    /// It is of a view, and never written.
    pub(crate) of_view: bool,
    /// SQLite makes a float of a number with more digits there.
    pub(crate) fifteen_digits: bool,
    /// The characters that a database takes at most.
    pub(crate) length: Option<u32>,
    pub(crate) given: Given,
    /// Of a link: what it leads to.
    pub(crate) link: Option<LinkShape>,
}

/// The end of a link.
#[derive(Debug, Hash)]
pub(crate) enum LinkShape {
    /// The row with this key: the type of the linking column's values.
    Key,
    /// The row of this model on this engine with the value in this column.
    Column {
        tag: String,
        engine: String,
        column: usize,
    },
}

impl Field<'_> {
    /// The writer a value of the column goes to: one that refuses what the column would change, where it would.
    pub(crate) fn params(&self) -> String {
        if *self.column.column_type == ColumnType::Year {
            return "params.year()".to_owned();
        }
        let mut params = self.key_params().to_owned();
        if self.fifteen_digits {
            params.push_str(".digits(15)");
        }
        if let Some(digits) = self.column.fraction_digits {
            params.push_str(&format!(".fraction({digits})"));
        }
        if let Some(length) = self.length {
            params.push_str(&format!(".length({length})"));
        }
        params
    }

    /// The calls by which the constant of the column knows how its values are kept, as [`Self::params`] does.
    pub(crate) fn form(&self) -> String {
        let column_type = self.column.column_type;
        if *column_type == ColumnType::Year {
            return ".of_years()".to_owned();
        }
        let mut form = String::new();
        if self.is_binary() {
            form.push_str(".binary()");
        }
        if self.fifteen_digits {
            form.push_str(".of_digits(15)");
        }
        if let Some(digits) = self.column.fraction_digits {
            let of = fraction_of(column_type.class());
            form.push_str(&format!(
                ".of_fraction({digits}, ::bindery::query::Fraction::{of})"
            ));
        }
        if let Some(length) = self.length {
            form.push_str(&format!(".of_length({length})"));
        }
        form
    }

    /// Returns whether the column keeps bytes of a type that is not written as bytes by itself.
    fn is_binary(&self) -> bool {
        let is_bytes = self.column.column_type.class() == TypeClass::Bytes;
        is_bytes && self.bare != "::std::vec::Vec<u8>"
    }

    /// The writer a value goes to that is looked for: it only has to be in the form the column keeps.
    pub(crate) fn key_params(&self) -> &'static str {
        if self.is_binary() {
            "params.binary()"
        } else {
            "params"
        }
    }
}

/// The kind of values whose digits after the point are limited, as the runtime names it.
fn fraction_of(class: TypeClass) -> &'static str {
    match class {
        TypeClass::Decimal => "Decimal",
        TypeClass::Float { .. } => "Float",
        TypeClass::DateTime | TypeClass::Timestamp => "Moment",
        TypeClass::Time => "Time",
        TypeClass::Array
        | TypeClass::Boolean
        | TypeClass::Integer(_)
        | TypeClass::Text
        | TypeClass::Bytes
        | TypeClass::Date
        | TypeClass::Year
        | TypeClass::Interval
        | TypeClass::Uuid
        | TypeClass::Json
        | TypeClass::Enum
        | TypeClass::Set
        | TypeClass::Bit
        | TypeClass::Any => "Element",
    }
}

impl Field<'_> {
    /// The statement that writes a value, of which `value` is a reference.
    pub(crate) fn pushed(&self, params: &str, value: &str) -> String {
        format!("{params}.push({});", self.written(value))
    }

    /// The statement that writes the value of an `Option`, where it has one.
    pub(crate) fn pushed_if_given(&self, value: &str) -> String {
        let params = self.params();
        match &self.functions {
            None => format!("{params}.given(&{value});"),
            Some(Functions { write, .. }) => {
                format!("{params}.given(&{value}.as_ref().map(|value| {THROUGH}(value, {write})));")
            }
        }
    }

    /// Returns the argument of the writer for a reference to a value.
    pub(crate) fn written(&self, value: &str) -> String {
        match &self.functions {
            None => value.to_owned(),
            Some(Functions { write, .. }) => format!("&{THROUGH}({value}, {write})"),
        }
    }

    /// The expression that reads the next column.
    pub(crate) fn read(&self) -> String {
        match (&self.functions, self.on_row_engine) {
            (None, false) => "row.next()?".to_owned(),
            (None, true) => "row.next_key(engine)?".to_owned(),
            (Some(Functions { read, .. }), false) => {
                format!("::bindery::__private::read_through(row, {read})?")
            }
            (Some(Functions { read, .. }), true) => {
                format!("::bindery::__private::read_key_through(row, engine, {read})?")
            }
        }
    }
}

/// A value with the function that writes it.
const THROUGH: &str = "::bindery::__private::Through";

/// The form in which a program gives a column's value when it inserts a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Given {
    /// Nothing, ever: the database makes the value and refuses any other.
    Never,
    /// The program has to give a value.
    Required,
    /// A value, NULL, or nothing: then NULL, as the database has no default.
    Nullable,
    /// A value, or nothing: then the default, or the next number.
    Optional,
    /// A value, or nothing: then the first version. It is written, as the database has no default for it.
    Version,
    /// A value, or nothing: then now, as the database has no default for the time of the last change.
    Now,
}

impl Given {
    /// Returns how a column's value is given, which the database may have a value for or not.
    pub(crate) fn for_column(column: &Column, in_key: bool, is_required: bool) -> Self {
        match &column.generated {
            Generated::Computed { .. } | Generated::Key { always: true } => Self::Never,
            Generated::Key { always: false } | Generated::No if !is_required => Self::Optional,
            Generated::Key { always: false } | Generated::No if column.nullable && !in_key => {
                Self::Nullable
            }
            Generated::Key { always: false } | Generated::No if column.version => Self::Version,
            Generated::Key { always: false } | Generated::No
                if column.updated && column.field_type == FieldType::Plain =>
            {
                Self::Now
            }
            Generated::Key { always: false } | Generated::No => Self::Required,
        }
    }

    pub(crate) fn may_be_left_out(self) -> bool {
        match self {
            Self::Never | Self::Required => false,
            Self::Nullable | Self::Optional | Self::Version | Self::Now => true,
        }
    }
}

impl Field<'_> {
    /// The type in the row.
    pub(crate) fn row_type(&self) -> String {
        optional(self.nullable, &self.ty)
    }

    /// The type of a value in `New…`, before any `Option`.
    pub(crate) fn given_type(&self) -> &str {
        if self.own_key { &self.bare } else { &self.ty }
    }

    /// The type in `New…`.
    pub(crate) fn new_type(&self) -> String {
        let ty = optional(self.nullable, self.given_type());
        optional(self.given.may_be_left_out(), &ty)
    }

    /// The type in `…Patch`.
    pub(crate) fn patch_type(&self) -> String {
        optional(true, &self.row_type())
    }

    /// A whole row is stored with it: every column of a table but the computed ones.
    pub(crate) fn is_writable(&self) -> bool {
        !self.of_view && self.column.writable
    }

    /// `New…` takes it as `impl Into<String>`.
    pub(crate) fn is_text(&self) -> bool {
        self.facts.argument == Argument::Text && (self.own_key || !self.is_key)
    }

    /// It can be given when a row is inserted.
    pub(crate) fn is_given(&self) -> bool {
        self.given != Given::Never
    }

    /// It can be changed afterwards, and no update does so by itself.
    pub(crate) fn is_changeable(&self) -> bool {
        self.is_given() && !self.in_key && !self.column.touched
    }

    /// `save` gives it the row's value.
    pub(crate) fn is_saved(&self) -> bool {
        self.is_writable() && !self.in_key && !self.column.touched
    }

    /// `New…` mentions the row's engine by it.
    pub(crate) fn new_on_row_engine(&self) -> bool {
        self.on_row_engine && !self.own_key
    }
}

/// `Option<…>` if the condition holds.
pub(crate) fn optional(is: bool, ty: &str) -> String {
    if is {
        format!("::core::option::Option<{ty}>")
    } else {
        ty.to_owned()
    }
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
                fields.iter().map(|&at| &self.fields[at]).collect()
            }
        }
    }

    /// Whether the database makes a value for a column of the key.
    pub(crate) fn has_counted_key(&self) -> bool {
        self.key_fields().iter().any(|field| field.column.counted)
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
