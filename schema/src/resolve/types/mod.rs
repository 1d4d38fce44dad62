//! Column types: what a declared type holds, and how the dialect's own catalogue spells it.

mod arguments;
mod mapping;
mod mysql;
mod postgres;
mod sqlite;
mod table;

pub use self::mapping::is_type_of;
pub(super) use self::mapping::{Mapped, Mapping};
pub use self::table::{Spelling, spellings};

use crate::ast::{TypeArgument, TypeName};
use crate::column_type::{ColumnType, LobSize};
use crate::diagnostic::Diagnostic;
use crate::dialect::{Dialect, past_limit};
use crate::draft::{DraftColumn, DraftTable};
use crate::findings::foreign_sql;
use crate::findings::unknown_type::Typed;
use crate::lists::IntoVec as _;
use crate::model::{EnumId, EnumType};
use crate::name;
use crate::source::FileId;

use self::arguments::Arguments;
use self::table::Entry;
use super::{Resolver, enum_values};

/// A type as the model has it.
pub(super) struct Settled {
    pub(super) column_type: ColumnType,
    pub(super) sql_type: String,
    /// There is no better type: the text form of the value stands for it.
    pub(super) as_text: bool,
    /// The Rust type of the text form, where that is not a `String`.
    pub(super) rust_type: Option<&'static str>,
}

impl Settled {
    fn plain(column_type: ColumnType, sql_type: String) -> Self {
        Self {
            column_type,
            sql_type,
            as_text: false,
            rust_type: None,
        }
    }

    /// Returns the text type that is used where there is no better one.
    fn text(sql_type: String, rust_type: Option<&'static str>) -> Self {
        Self {
            column_type: text_form(&sql_type),
            sql_type,
            as_text: true,
            rust_type,
        }
    }
}

/// The result of a lookup in a dialect's table of types.
enum TypeLookup {
    /// A type of the model.
    Type(ColumnType, String),
    /// The type that SQLite derives from the characters of an unknown name.
    Guessed(ColumnType, String),
    /// Values of an enum of this column alone.
    Values(Vec<String>, String),
    /// A type that is known by name and read and written in its own text form; with the Rust type that reads the form
    /// where that is not a `String`.
    Text(String, Option<&'static str>),
    /// A name that means nothing to SQLite: any value, by how it is stored.
    Anything(String),
    /// A type of the user or of an extension that the model has no word for; so the catalogue spells it.
    Unsupported(String),
    /// Not a type of this database; what it has instead.
    Missing(String, &'static str),
}

/// The facts of a dialect about types.
pub(super) struct Types {
    entries: &'static [&'static [Entry]],
    look_up: fn(&TypeName) -> TypeLookup,
    /// A type may be an enum or a domain of the schema.
    pub(super) are_made_by_schemas: bool,
    /// A column is declared by the words of its type: the catalogue does not show all of them.
    pub(super) are_declared_as_written: bool,
    /// The numbers that types take; `None`: the server looks at none.
    arguments: Option<Arguments>,
    /// Returns the spelling of texts of a limited length, and of bytes where there are such.
    text_of_length: fn(u32) -> String,
    bytes_of_length: fn(u32) -> Option<String>,
    /// The second number of a float is that of its digits after the point.
    pub(super) floats_have_digits: bool,
}

/// Returns the facts of a dialect about types.
pub(super) fn types_of(dialect: Dialect) -> &'static Types {
    match dialect {
        Dialect::Sqlite => &sqlite::FACTS,
        Dialect::Postgres => &postgres::FACTS,
        Dialect::Mysql => &mysql::FACTS,
    }
}

/// Returns the spelling of a type of limited length, as the catalogue has it.
pub(super) fn limited(length: u32, is_bytes: bool, dialect: Dialect) -> Option<String> {
    let types = types_of(dialect);
    match is_bytes {
        true => (types.bytes_of_length)(length),
        false => Some((types.text_of_length)(length)),
    }
}

impl Resolver<'_> {
    /// The type of a column; one that is not known is read as text, with a warning unless that was reported already.
    pub(super) fn settle_type(
        &mut self,
        table: &DraftTable,
        column: &DraftColumn,
        model_name: &str,
        is_told: bool,
    ) -> Settled {
        let written = &column.type_name;
        let is_told = self.refuse_arguments(table, column) || is_told;
        let known = self.known_type(table.dialect, table.file, written);
        let is_open =
            |resolver: &Self, sql: &str| !is_told && !resolver.has_rust_type(table, column, sql);
        match known {
            TypeLookup::Type(column_type, sql_type) => Settled::plain(column_type, sql_type),
            TypeLookup::Guessed(column_type, sql_type) => {
                if is_open(self, &sql_type) {
                    self.warn_misspelt(column, &sql_type);
                }
                Settled::plain(column_type, sql_type)
            }
            TypeLookup::Values(values, sql_type) => {
                let values = self.column_enum(table, column, model_name, &values);
                Settled::plain(values, sql_type)
            }
            TypeLookup::Text(sql_type, rust_type) => Settled::text(sql_type, rust_type),
            TypeLookup::Anything(sql_type) => {
                if is_open(self, &sql_type) {
                    self.warn_anything(column, &sql_type);
                }
                Settled::plain(ColumnType::Any, sql_type)
            }
            TypeLookup::Unsupported(sql_type) => {
                if is_open(self, &sql_type) {
                    self.warn_unsupported(column, &sql_type);
                }
                Settled::text(sql_type, None)
            }
            TypeLookup::Missing(sql_type, instead) => {
                if !is_told {
                    self.report_missing(table, column, &sql_type, instead);
                }
                Settled::text(sql_type, None)
            }
        }
    }

    /// Numbers of a type that the server refuses; `false` where there are none.
    fn refuse_arguments(&mut self, table: &DraftTable, column: &DraftColumn) -> bool {
        let Some((message, help)) = arguments::refused(&column.type_name, table.dialect) else {
            return false;
        };
        let refusal = past_limit(message, help);
        let finding = Diagnostic::error(refusal.code, refusal.message);
        let finding = finding.at(column.type_name.span, "").help(refusal.help);
        self.diagnostics.push(finding);
        true
    }

    fn known_type(&self, dialect: Dialect, file: FileId, written: &TypeName) -> TypeLookup {
        let types = types_of(dialect);
        if types.are_made_by_schemas {
            self.postgres_type(file, written)
        } else {
            (types.look_up)(written)
        }
    }

    /// A type in a query; `None` where it is none of the database's.
    pub(super) fn type_named(
        &self,
        dialect: Dialect,
        file: FileId,
        written: &TypeName,
    ) -> Option<Settled> {
        match self.known_type(dialect, file, written) {
            TypeLookup::Type(column_type, sql_type)
            | TypeLookup::Guessed(column_type, sql_type) => {
                Some(Settled::plain(column_type, sql_type))
            }
            TypeLookup::Text(sql_type, rust_type) => Some(Settled::text(sql_type, rust_type)),
            TypeLookup::Anything(sql_type) => Some(Settled::plain(ColumnType::Any, sql_type)),
            TypeLookup::Unsupported(sql_type) => Some(Settled::text(sql_type, None)),
            TypeLookup::Values(..) | TypeLookup::Missing(..) => None,
        }
    }

    /// SQLite takes any word as a type and stores what it is given.
    fn warn_anything(&mut self, column: &DraftColumn, sql_type: &str) {
        let near = nearest(&column.type_name.name, sqlite::TYPES);
        let finding = typed(column, sql_type).means_nothing(near);
        self.diagnostics.push(finding);
    }

    /// By its characters it is some type, though perhaps not as it was meant: `INTEGRE PRIMARY KEY` is not generated.
    fn warn_misspelt(&mut self, column: &DraftColumn, sql_type: &str) {
        let Some(near) = sqlite::misspelt(&column.type_name.name) else {
            return;
        };
        self.diagnostics
            .push(typed(column, sql_type).misspelt(near));
    }

    /// A column that is left out may have any type, and one whose Rust type is said needs no other.
    fn has_rust_type(&self, table: &DraftTable, column: &DraftColumn, sql_type: &str) -> bool {
        let said = || self.mapping.find(table, &column.name.text, sql_type);
        column.notes.skip.is_some() || column.notes.rust_type.is_some() || said().is_some()
    }

    fn warn_unsupported(&mut self, column: &DraftColumn, sql_type: &str) {
        let near = self.nearest_of_postgres(&column.type_name.name);
        let finding = typed(column, sql_type).read_as_text(near);
        self.diagnostics.push(finding);
    }

    /// A type of the server or of the schema whose name is nearly this one.
    fn nearest_of_postgres(&self, name: &str) -> Option<&str> {
        let enums = self.draft.enums.iter().map(|found| &found.name);
        let domains = self.draft.domains.iter().map(|found| &found.name);
        let own = enums.chain(domains).map(|name| name.name.text.as_str());
        let mut known: Vec<&str> = names_of(postgres::TYPES).into_vec();
        known.extend(own);
        name::suggest(name, known)
    }

    fn report_missing(
        &mut self,
        table: &DraftTable,
        column: &DraftColumn,
        sql_type: &str,
        instead: &str,
    ) {
        let message = foreign_sql::type_name(table.dialect, sql_type);
        let has = |other: &Dialect| {
            let mut names = names_of(types_of(*other).entries);
            names.any(|known| known == column.type_name.name)
        };
        // SQLite takes the names of the other two as well, so it comes last.
        let mut others = Dialect::ALL.into_iter().rev();
        let home = others.find(|other| *other != table.dialect && has(other));
        let read_as = self.draft.read_as(table.file);
        let (span, instead) = (column.type_name.span, format!("write `{instead}`"));
        let finding = foreign_sql::foreign(message, span, &instead, home, read_as);
        self.diagnostics.push(finding);
    }

    /// PostgreSQL: built-in, enum, domain; and arrays of them.
    fn postgres_type(&self, file: FileId, written: &TypeName) -> TypeLookup {
        let element = self.postgres_element(file, written, 0);
        match element {
            TypeLookup::Type(column_type, sql) if written.array => {
                TypeLookup::Type(ColumnType::Array(Box::new(column_type)), format!("{sql}[]"))
            }
            TypeLookup::Unsupported(sql) if written.array => {
                TypeLookup::Unsupported(format!("{sql}[]"))
            }
            TypeLookup::Text(sql, _) if written.array => TypeLookup::Text(format!("{sql}[]"), None),
            other => other,
        }
    }

    fn postgres_element(&self, file: FileId, written: &TypeName, depth: usize) -> TypeLookup {
        if let Some(id) = self.enum_named(file, written) {
            return TypeLookup::Type(ColumnType::Enum(id), postgres::user_type(written));
        }
        match self.domain_named(file, written) {
            Some(domain) if depth < DOMAIN_DEPTH => {
                let spelled = postgres::user_type(written);
                let base = self.postgres_element(file, &domain.base, depth + 1);
                over_base(base, domain.base.array, spelled)
            }
            Some(_) | None => postgres::look_up(written),
        }
    }

    /// The enum of a single column.
    fn column_enum(
        &mut self,
        table: &DraftTable,
        column: &DraftColumn,
        model_name: &str,
        values: &[String],
    ) -> ColumnType {
        let id = EnumId(self.model.enums.len() as u32);
        self.model.enums.push(EnumType {
            schema: None,
            name: format!("{}.{}", table.name.name.text, column.name.text),
            type_name: format!("{model_name}{}", name::variant(&column.name.text)),
            shares: None,
            values: enum_values(values),
            named: false,
            span: column.type_name.span,
            docs: Vec::new(),
        });
        ColumnType::Enum(id)
    }
}

/// Domains over domains are followed so far.
const DOMAIN_DEPTH: usize = 16;

/// A domain holds what its base holds and keeps its own spelling.
fn over_base(base: TypeLookup, array: bool, spelled: String) -> TypeLookup {
    match base {
        TypeLookup::Type(column_type, _) if array => {
            TypeLookup::Type(ColumnType::Array(Box::new(column_type)), spelled)
        }
        TypeLookup::Type(column_type, _) => TypeLookup::Type(column_type, spelled),
        TypeLookup::Text(_, rust_type) if !array => TypeLookup::Text(spelled, rust_type),
        TypeLookup::Text(..) => TypeLookup::Text(spelled, None),
        TypeLookup::Guessed(..)
        | TypeLookup::Values(..)
        | TypeLookup::Anything(_)
        | TypeLookup::Unsupported(_)
        | TypeLookup::Missing(..) => TypeLookup::Unsupported(spelled),
    }
}

/// The longest text form of a type, where that is known: addresses of networks and cards.
fn text_form(sql_type: &str) -> ColumnType {
    match sql_type {
        "inet" | "cidr" => ColumnType::VarChar(Some(43)),
        "macaddr" => ColumnType::VarChar(Some(17)),
        "macaddr8" => ColumnType::VarChar(Some(23)),
        _ => ColumnType::Text(LobSize::Unbounded),
    }
}

/// The argument at a place, as a number.
fn number(written: &TypeName, at: usize) -> Option<u32> {
    match written.arguments.get(at)? {
        TypeArgument::Number(text) => text.parse().ok(),
        TypeArgument::Text(_) | TypeArgument::Word(_) => None,
    }
}

/// Digits of a fraction of a second, as they are written: which engine keeps how many is for `check` to say.
fn fraction(written: &TypeName, absent: u8) -> u8 {
    number(written, 0).map_or(absent, |digits| u8::try_from(digits).unwrap_or(u8::MAX))
}

/// The arguments as the catalogues print them: `(10,2)`.
fn arguments(written: &TypeName) -> String {
    if written.arguments.is_empty() {
        return String::new();
    }
    let one = |argument: &TypeArgument| match argument {
        TypeArgument::Number(text) | TypeArgument::Word(text) => text.clone(),
        TypeArgument::Text(text) => format!("'{}'", text.replace('\'', "''")),
    };
    format!(
        "({})",
        written.arguments.iter().map(one).into_vec().join(",")
    )
}

/// Names of types, in the order of the page.
fn names_of(types: &'static [&'static [Entry]]) -> impl Iterator<Item = &'static str> {
    let entries = types.iter().flat_map(|entries| entries.iter());
    entries.flat_map(|entry| entry.names.iter().copied())
}

/// A type whose name is nearly this one.
pub(super) fn typed<'a>(column: &'a DraftColumn, type_name: &'a str) -> Typed<'a> {
    Typed {
        column: &column.name.text,
        type_name,
        at: column.type_name.span,
    }
}

fn nearest(name: &str, types: &'static [&'static [Entry]]) -> Option<&'static str> {
    name::suggest(name, names_of(types))
}

/// PostgreSQL's words for a column that is generated.
pub(crate) fn is_serial(name: &str) -> bool {
    let name = name.to_lowercase();
    let size = name
        .strip_prefix("big")
        .or_else(|| name.strip_prefix("small"));
    let plain = size.unwrap_or(&name);
    matches!(plain, "serial") || matches!(name.as_str(), "serial2" | "serial4" | "serial8")
}
