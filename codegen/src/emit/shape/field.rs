//! One column of a row in Rust: its types, how a program gives its value, and how that is written and read.

use bindery_schema::column_type::{ColumnType, TypeClass};
use bindery_schema::model::{Column, FieldType, Generated};
use bindery_schema::rust_type::{Argument, Traits};

use super::column::ColumnFacts;
use super::column_types::Functions;

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
    /// A cluster has the row on one of its servers by this value.
    pub(crate) shards: bool,
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
        self.is_given() && !self.in_key && !self.shards && !self.column.touched
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
