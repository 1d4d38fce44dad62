//! `[types]` of the configuration: which columns its entries mean. What a column wrote itself (`@type`) goes before.

use crate::lists::IntoVec as _;
use std::cell::Cell;

use crate::ast::TypeName;
use crate::config::TypeMapping;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::Dialect;
use crate::draft::DraftTable;
use crate::model::Model;
use crate::name::suggest;
use crate::parse::type_of;
use crate::sorting::sort_by;

use super::{TypeLookup, types_of};

/// All entries, and whether a column was found for each.
pub(in crate::resolve) struct Mapping<'a> {
    rules: Vec<Rule<'a>>,
}

struct Rule<'a> {
    entry: &'a TypeMapping,
    /// The key as a type of each dialect, in the order of [`Dialect::ALL`].
    types: [Option<KeyType>; 3],
    used: Cell<bool>,
}

/// A key that is a type, as the catalogue spells it, in lower case.
struct KeyType {
    spelled: String,
    /// It says no length, so it means columns of every length.
    any_length: bool,
}

/// The type that an entry gives a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::resolve) enum Mapped<'a> {
    /// The Rust type of this one column.
    Column(&'a str),
    /// The Rust type of columns of this SQL type. One that refers to another column has that one's type all the same.
    Type(&'a str),
}

/// How near an entry is to a column; the nearest counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Nearness {
    AnyLength,
    Type,
    Column,
}

impl<'a> Mapping<'a> {
    pub(in crate::resolve) fn new(entries: &'a [TypeMapping]) -> Self {
        let rule = |entry: &'a TypeMapping| Rule {
            entry,
            types: Dialect::ALL.map(|dialect| key_type(&entry.key, dialect)),
            used: Cell::new(false),
        };
        Self {
            rules: entries.iter().map(rule).into_vec(),
        }
    }

    /// Returns the entry for a column of this type; of equal ones the first of the file.
    pub(in crate::resolve) fn find(
        &self,
        table: &DraftTable,
        column: &str,
        sql_type: &str,
    ) -> Option<Mapped<'a>> {
        let mut best: Option<(Nearness, &Rule<'a>)> = None;
        for rule in &self.rules {
            let Some(nearness) = rule.nearness(table, column, sql_type) else {
                continue;
            };
            rule.used.set(true);
            if best.is_none_or(|(known, _)| nearness > known) {
                best = Some((nearness, rule));
            }
        }
        let (nearness, rule) = best?;
        let path = rule.entry.rust_type.as_str();
        Some(match nearness {
            Nearness::Column => Mapped::Column(path),
            Nearness::Type | Nearness::AnyLength => Mapped::Type(path),
        })
    }

    /// Tells of entries that no column is meant by.
    pub(in crate::resolve) fn report_unused(&self, model: &Model, diagnostics: &mut Diagnostics) {
        for rule in self.rules.iter().filter(|rule| !rule.used.get()) {
            let key = &rule.entry.key;
            let message =
                format!("`{key}` in `[types]` is neither the type of a column nor a column");
            let known = possible_keys(model);
            let near = suggest(key, known.iter().map(String::as_str));
            let help = match near {
                Some(near) => format!("did you mean `\"{near}\"`?"),
                None => "write a SQL type as the schema has it, or `table.column`; or leave the entry out"
                    .to_owned(),
            };
            let finding = Diagnostic::warning("B0252", message).at(rule.entry.span, "");
            diagnostics.push(finding.help(help));
        }
    }
}

impl Rule<'_> {
    fn nearness(&self, table: &DraftTable, column: &str, sql_type: &str) -> Option<Nearness> {
        if self.is_column(table, column) {
            return Some(Nearness::Column);
        }
        let at = Dialect::ALL
            .iter()
            .position(|&dialect| dialect == table.dialect)?;
        let key = self.types[at].as_ref()?;
        let sql_type = sql_type.to_lowercase();
        if key.spelled == sql_type {
            Some(Nearness::Type)
        } else {
            (key.any_length && without_length(&key.spelled) == without_length(&sql_type))
                .then_some(Nearness::AnyLength)
        }
    }

    /// Whether the rule is for the column: `orders.state`, `shop.orders.state`.
    fn is_column(&self, table: &DraftTable, column: &str) -> bool {
        let Some((of, name)) = self.entry.key.rsplit_once('.') else {
            return false;
        };
        let written = &table.name.name.text;
        let with_schema = table
            .name
            .schema
            .as_ref()
            .map(|schema| format!("{schema}.{written}"));
        name.eq_ignore_ascii_case(column)
            && (of.eq_ignore_ascii_case(written)
                || with_schema.is_some_and(|full| of.eq_ignore_ascii_case(&full)))
    }
}

fn key_type(key: &str, dialect: Dialect) -> Option<KeyType> {
    if key.trim().is_empty() {
        return None;
    }
    let written = type_of(key, dialect)?;
    let spelled = spelled(&written, dialect).to_lowercase();
    // `bool` is `tinyint(1)` of MySQL: the length is the name's then, and says what is meant.
    let own_length = !spelled.contains('(') || without_length(&spelled).starts_with(&written.name);
    Some(KeyType {
        any_length: written.arguments.is_empty() && own_length,
        spelled,
    })
}

/// Returns whether the text is a type that the dialect has, or may have from its user.
pub fn is_type_of(text: &str, dialect: Dialect) -> bool {
    let Some(written) = type_of(text, dialect).filter(|_| !text.trim().is_empty()) else {
        return false;
    };
    match (types_of(dialect).look_up)(&written) {
        TypeLookup::Type(..)
        | TypeLookup::Guessed(..)
        | TypeLookup::Values(..)
        | TypeLookup::Text(..) => true,
        // A `table.column` looks like a type in a schema.
        TypeLookup::Unsupported(_) => written.schema.is_none(),
        TypeLookup::Anything(_) | TypeLookup::Missing(..) => false,
    }
}

/// As the catalogue of the dialect spells it.
fn spelled(written: &TypeName, dialect: Dialect) -> String {
    let mut sql = match (types_of(dialect).look_up)(written) {
        TypeLookup::Type(_, sql)
        | TypeLookup::Guessed(_, sql)
        | TypeLookup::Values(_, sql)
        | TypeLookup::Text(sql, _)
        | TypeLookup::Anything(sql)
        | TypeLookup::Unsupported(sql)
        | TypeLookup::Missing(sql, _) => sql,
    };
    if written.array {
        sql.push_str("[]");
    }
    sql
}

/// `timestamp with time zone` of `timestamp(3) with time zone`.
fn without_length(sql_type: &str) -> String {
    match (sql_type.find('('), sql_type.rfind(')')) {
        (Some(open), Some(close)) if open < close => {
            format!("{}{}", &sql_type[..open], &sql_type[close + 1..])
        }
        (Some(_) | None, Some(_) | None) => sql_type.to_owned(),
    }
}

/// Returns the possible keys, for suggestions.
fn possible_keys(model: &Model) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for table in &model.tables {
        for column in &table.columns {
            names.push(format!("{}.{}", table.name, column.name));
            names.push(without_length(&column.sql_type).to_lowercase());
            names.push(column.sql_type.to_lowercase());
        }
    }
    sort_by(&mut names, Ord::cmp);
    names.dedup();
    names
}
