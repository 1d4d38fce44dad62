//! Column types: what a declared type holds, and how the dialect's own catalogue spells it.

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
use crate::dialect::Dialect;
use crate::draft::{DraftColumn, DraftTable};
use crate::model::{EnumId, EnumType};
use crate::name;
use crate::source::FileId;

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

    /// What is left where there is no better type.
    fn text(sql_type: String, rust_type: Option<&'static str>) -> Self {
        Self {
            column_type: text_form(&sql_type),
            sql_type,
            as_text: true,
            rust_type,
        }
    }
}

/// What a dialect's table of types says.
enum Known {
    /// A type of the model.
    Type(ColumnType, String),
    /// Values of an enum of this column alone.
    Values(Vec<String>, String),
    /// A type that is known by name and read and written in its own text form; with the Rust type that reads the form
    /// where that is not a `String`.
    Text(String, Option<&'static str>),
    /// A name that says nothing to SQLite: any value, by how it is stored.
    Anything(String),
    /// A type of the user or of an extension that the model has no word for; so the catalogue spells it.
    Unsupported(String),
    /// Not a type of this database; what it has instead.
    Missing(String, &'static str),
}

impl Resolver<'_> {
    /// The type of a column; one that is not known is read as text, with a warning.
    pub(super) fn settle_type(
        &mut self,
        table: &DraftTable,
        column: &DraftColumn,
        model_name: &str,
    ) -> Settled {
        let written = &column.type_name;
        let known = self.known_type(table.dialect, table.file, written);
        match known {
            Known::Type(column_type, sql_type) => Settled::plain(column_type, sql_type),
            Known::Values(values, sql_type) => {
                let values = self.column_enum(table, column, model_name, &values);
                Settled::plain(values, sql_type)
            }
            Known::Text(sql_type, rust_type) => Settled::text(sql_type, rust_type),
            Known::Anything(sql_type) => {
                if !self.has_rust_type(table, column, &sql_type) {
                    self.warn_anything(column, &sql_type);
                }
                Settled::plain(ColumnType::Any, sql_type)
            }
            Known::Unsupported(sql_type) => {
                if !self.has_rust_type(table, column, &sql_type) {
                    self.warn_unsupported(column, &sql_type);
                }
                Settled::text(sql_type, None)
            }
            Known::Missing(sql_type, instead) => {
                self.report_missing(table.dialect, column, &sql_type, instead);
                Settled::text(sql_type, None)
            }
        }
    }

    fn known_type(&self, dialect: Dialect, file: FileId, written: &TypeName) -> Known {
        match dialect {
            Dialect::Sqlite => sqlite::known(written),
            Dialect::Mysql => mysql::known(written),
            Dialect::Postgres => self.postgres_type(file, written),
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
            Known::Type(column_type, sql_type) => Some(Settled::plain(column_type, sql_type)),
            Known::Text(sql_type, rust_type) => Some(Settled::text(sql_type, rust_type)),
            Known::Anything(sql_type) => Some(Settled::plain(ColumnType::Any, sql_type)),
            Known::Unsupported(sql_type) => Some(Settled::text(sql_type, None)),
            Known::Values(..) | Known::Missing(..) => None,
        }
    }

    /// SQLite takes any word as a type and stores what it is given.
    fn warn_anything(&mut self, column: &DraftColumn, sql_type: &str) {
        let name = &column.name.text;
        let message = format!(
            "type `{sql_type}` says nothing to SQLite: column `{name}` is read as any value"
        );
        let help = "write `TEXT`, `INTEGER`, `REAL`, `BLOB` or `ANY`; or say what its values are: `-- @type String`";
        let finding = Diagnostic::warning("B0250", message).at(column.type_name.span, "");
        self.diagnostics.push(finding.help(help));
    }

    /// A column that is left out may have any type, and one whose Rust type is said needs no other.
    fn has_rust_type(&self, table: &DraftTable, column: &DraftColumn, sql_type: &str) -> bool {
        let said = || self.mapping.find(table, &column.name.text, sql_type);
        column.notes.skip.is_some() || column.notes.rust_type.is_some() || said().is_some()
    }

    fn warn_unsupported(&mut self, column: &DraftColumn, sql_type: &str) {
        let name = &column.name.text;
        let message = format!("type `{sql_type}` is not known: column `{name}` is read as text");
        let help = "give its text form a type of yours with `-- @type`, or by its name in `[types]` of `bindery.toml`; or \
                    leave the column out with `-- @skip`";
        let finding = Diagnostic::warning("B0250", message).at(column.type_name.span, "");
        self.diagnostics.push(finding.help(help));
    }

    fn report_missing(
        &mut self,
        dialect: Dialect,
        column: &DraftColumn,
        sql_type: &str,
        instead: &str,
    ) {
        let message = format!("{dialect} has no type `{sql_type}`");
        let help = format!(
            "write `{instead}`; if the file is written for another database, begin it with its `-- @dialect` and a \
             blank line"
        );
        let finding = Diagnostic::error("B0251", message).at(column.type_name.span, "");
        self.diagnostics.push(finding.help(help));
    }

    /// PostgreSQL: built-in, enum, domain; and arrays of them.
    fn postgres_type(&self, file: FileId, written: &TypeName) -> Known {
        let element = self.postgres_element(file, written, 0);
        match element {
            Known::Type(column_type, sql) if written.array => {
                Known::Type(ColumnType::Array(Box::new(column_type)), format!("{sql}[]"))
            }
            Known::Unsupported(sql) if written.array => Known::Unsupported(format!("{sql}[]")),
            Known::Text(sql, _) if written.array => Known::Text(format!("{sql}[]"), None),
            other => other,
        }
    }

    fn postgres_element(&self, file: FileId, written: &TypeName, depth: usize) -> Known {
        if let Some(id) = self.enum_named(file, written) {
            return Known::Type(ColumnType::Enum(id), postgres::user_type(written));
        }
        match self.domain_named(file, written) {
            Some(domain) if depth < DOMAIN_DEPTH => {
                let spelled = postgres::user_type(written);
                let base = self.postgres_element(file, &domain.base, depth + 1);
                over_base(base, domain.base.array, spelled)
            }
            Some(_) | None => postgres::known(written),
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
fn over_base(base: Known, array: bool, spelled: String) -> Known {
    match base {
        Known::Type(column_type, _) if array => {
            Known::Type(ColumnType::Array(Box::new(column_type)), spelled)
        }
        Known::Type(column_type, _) => Known::Type(column_type, spelled),
        Known::Text(_, rust_type) if !array => Known::Text(spelled, rust_type),
        Known::Text(..) => Known::Text(spelled, None),
        Known::Values(..) | Known::Anything(_) | Known::Unsupported(_) | Known::Missing(..) => {
            Known::Unsupported(spelled)
        }
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
        written
            .arguments
            .iter()
            .map(one)
            .collect::<Vec<_>>()
            .join(",")
    )
}
