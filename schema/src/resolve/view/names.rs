//! Names in the conditions of a view that are not columns of anything it reads: the database would refuse the view.
//!
//! Only what is certain is reported: where something that is read is not known, or a word may be a keyword, nothing is.

use crate::ast::{Name, Select, SelectItem, Value};
use crate::dialect::Dialect;
use crate::draft::DraftView;
use crate::lower::same_name;
use crate::resolve::{Resolver, unknown_column};
use crate::sorting::sort_by;
use crate::source::Span;

use super::dialect::{has_plain_arguments, is_known_call};
use super::scope::{Bound, Scope, Tables, folded};

/// A name in a condition that nothing has.
pub(super) struct UnknownColumn {
    span: Span,
    name: String,
    /// Names that could have stood there.
    known: Vec<String>,
}

/// Columns that every table has beside its own ("System Columns" of PostgreSQL's manual, "Rowid Tables" of SQLite's).
const OF_EVERY_TABLE: [&str; 9] = [
    "cmax", "cmin", "ctid", "oid", "rowid", "tableoid", "xmax", "xmin", "_rowid_",
];

/// Words that are a value by themselves, beside functions that take no parentheses.
const VALUES: [&str; 12] = [
    "current_catalog",
    "current_role",
    "current_schema",
    "current_time",
    "current_user",
    "default",
    "localtime",
    "session_user",
    "system_user",
    "unknown",
    "user",
    "value",
];

impl Resolver<'_> {
    pub(super) fn report_unknown(&mut self, view: &DraftView, mut unknown: Vec<UnknownColumn>) {
        sort_by(&mut unknown, |one, other| {
            one.span.start.cmp(&other.span.start)
        });
        for found in unknown {
            let view = &view.table.name.name.text;
            let known: Vec<&str> = found.known.iter().map(String::as_str).collect();
            let finding = unknown_column::in_condition(view, &known, &found.name, found.span);
            self.diagnostics.push(finding);
        }
    }
}

impl Tables<'_, '_> {
    pub(super) fn check_conditions(&self, select: &Select, scope: &Scope<'_>) {
        for condition in &select.conditions {
            self.check_names(condition, select, scope);
        }
    }

    fn check_names(&self, value: &Value, select: &Select, scope: &Scope<'_>) {
        let each = |values: &mut dyn Iterator<Item = &Value>| {
            values.for_each(|value| self.check_names(value, select, scope));
        };
        match value {
            Value::Column(names) => self.check_name(names, select, scope),
            Value::Call { name, arguments } if has_plain_arguments(self.dialect(), name) => {
                each(&mut arguments.iter());
            }
            Value::Cast(inner, _)
            | Value::Negative(inner)
            | Value::Document(inner)
            | Value::DocumentText(inner) => self.check_names(inner, select, scope),
            Value::Condition {
                operands: values, ..
            }
            | Value::Case(values)
            | Value::Concatenation(values) => each(&mut values.iter()),
            Value::Arithmetic(operands) => each(&mut operands.iter().map(|(_, value)| value)),
            Value::Query(query) => {
                // Its own conditions are looked at on the way; its columns do not matter.
                let _ = self.query(query, &scope.with, Some(scope));
            }
            Value::Call { .. }
            | Value::Null
            | Value::Text
            | Value::Number(_)
            | Value::Bool
            | Value::Unknown => {}
        }
    }

    fn check_name(&self, names: &[Name], select: &Select, scope: &Scope<'_>) {
        let Some((column, qualifiers)) = names.split_last() else {
            return;
        };
        let tables = match qualifiers.last() {
            Some(table) => self.lacking(table, column, scope),
            None => self.all_lacking(column, select, scope),
        };
        let Some(tables) = tables else { return };
        let columns = tables.iter().filter_map(|bound| bound.relation.as_ref());
        let columns = columns.flat_map(|relation| &relation.columns);
        let known = columns.filter_map(|column| column.name.clone());
        let found = UnknownColumn {
            span: column.span,
            name: column.text.clone(),
            known: known.collect(),
        };
        let mut unknown = self.unknown.borrow_mut();
        // A condition may be looked at more than once.
        unknown.retain(|other| other.span != found.span);
        unknown.push(found);
    }

    /// The table of this name, where it is known and lacks the column.
    fn lacking<'s>(
        &self,
        table: &Name,
        column: &Name,
        scope: &'s Scope<'_>,
    ) -> Option<Vec<&'s Bound>> {
        let mut scopes = scopes(scope);
        let bound = scopes.find_map(|scope| self.table_named(scope, table))?;
        self.lacks(bound, column).then(|| vec![bound])
    }

    /// All tables that can be seen, where all are known and none has the column.
    fn all_lacking<'s>(
        &self,
        column: &Name,
        select: &Select,
        scope: &'s Scope<'_>,
    ) -> Option<Vec<&'s Bound>> {
        let is = |name: &str| same_name(name, &column.text, self.dialect());
        let tables: Vec<&Bound> = scopes(scope).flat_map(|scope| &scope.tables).collect();
        // The name of a table is its whole row.
        let is_table = |bound: &&Bound| bound.name.as_deref().is_some_and(is);
        let is_known = tables
            .iter()
            .all(|bound| self.lacks(bound, column) && !is_table(bound));
        let word = column.text.to_lowercase();
        let is_word = is_known_call(self.dialect(), &word) || VALUES.contains(&word.as_str());
        let may_be_else = self.dialect() == Dialect::Sqlite
            && (is_alias(select, is) || self.is_double_quoted(column.span));
        (is_known && !is_word && !may_be_else && !tables.is_empty()).then_some(tables)
    }

    /// Is it known what the table has, and is that not among it? A column may have borne the name when the view was made.
    fn lacks(&self, bound: &Bound, column: &Name) -> bool {
        let Some(relation) = &bound.relation else {
            return false;
        };
        let key = folded(&column.text, self.dialect());
        let sources = relation
            .columns
            .iter()
            .filter_map(|column| column.typed.as_ref()?.source);
        let mut tables: Vec<_> = sources.map(|(table, _)| table).collect();
        tables.dedup();
        let was = tables.iter().any(|id| {
            let draft = self.resolver.bound[id.0 as usize];
            let mut renames = draft.renames.iter();
            renames.any(|(_, from, _)| same_name(from, &column.text, self.dialect()))
        });
        let of_every_table = OF_EVERY_TABLE
            .iter()
            .any(|name| name.eq_ignore_ascii_case(&key));
        !relation.by_name.contains_key(&key) && !was && !of_every_table
    }

    /// SQLite takes a name in double quotes that is none for a text.
    fn is_double_quoted(&self, span: Span) -> bool {
        let text = self.resolver.input.sources.file(span.file).text();
        text[span.start as usize..].starts_with('"')
    }
}

/// From the innermost outwards.
fn scopes<'s>(scope: &'s Scope<'s>) -> impl Iterator<Item = &'s Scope<'s>> {
    let mut next = Some(scope);
    std::iter::from_fn(move || {
        let here = next?;
        next = here.outer;
        Some(here)
    })
}

/// SQLite's conditions may name what the `SELECT` gives.
fn is_alias(select: &Select, is: impl Fn(&str) -> bool) -> bool {
    select.items.iter().any(|item| match item {
        SelectItem::Value(_, Some(alias)) => is(&alias.text),
        SelectItem::Value(_, None) | SelectItem::All | SelectItem::AllOf(_) => false,
    })
}
