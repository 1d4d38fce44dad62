//! Column types: what a declared type holds, and how the dialect's own catalogue spells it.

mod mysql;
mod postgres;
mod sqlite;

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
}

/// What a dialect's table of types says.
enum Known {
    /// A type of the model.
    Type(ColumnType, String),
    /// Values of an enum of this column alone.
    Values(Vec<String>, String),
    /// A type of the database, of the user or of an extension that the model has no word for; so the catalogue spells it.
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
        if let Known::Type(_, sql_type) | Known::Unsupported(sql_type) = &known
            && table.dialect == Dialect::Postgres
            && self.domain_named(table.file, written).is_some()
        {
            self.model.domains.insert(sql_type.clone());
        }
        match known {
            Known::Type(column_type, sql_type) => Settled {
                column_type,
                sql_type,
                as_text: false,
            },
            Known::Values(values, sql_type) => Settled {
                column_type: self.column_enum(table, column, model_name, &values),
                sql_type,
                as_text: false,
            },
            Known::Unsupported(sql_type) => {
                self.warn_unsupported(column, &sql_type);
                as_text(sql_type)
            }
            Known::Missing(sql_type, instead) => {
                self.report_missing(table.dialect, column, &sql_type, instead);
                as_text(sql_type)
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
            Known::Type(column_type, sql_type) => Some(Settled {
                column_type,
                sql_type,
                as_text: false,
            }),
            Known::Unsupported(sql_type) => Some(as_text(sql_type)),
            Known::Values(..) | Known::Missing(..) => None,
        }
    }

    /// A column that is left out may have any type.
    fn warn_unsupported(&mut self, column: &DraftColumn, sql_type: &str) {
        if column.notes.skip.is_some() {
            return;
        }
        let name = &column.name.text;
        let message = format!("type `{sql_type}` is not known: column `{name}` is read as text");
        let help = "leave the column out with `-- @skip`, or accept its text form";
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
            name: format!("{}.{}", table.name.name.text, column.name.text),
            type_name: format!("{model_name}{}", name::variant(&column.name.text)),
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
        Known::Values(..) | Known::Unsupported(_) | Known::Missing(..) => {
            Known::Unsupported(spelled)
        }
    }
}

/// What is left where there is no better type.
fn as_text(sql_type: String) -> Settled {
    Settled {
        column_type: text_form(&sql_type),
        sql_type,
        as_text: true,
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

/// Digits of a fraction of a second, 0 to 6.
fn fraction(written: &TypeName, absent: u8) -> u8 {
    number(written, 0).map_or(absent, |digits| digits.min(6) as u8)
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
