//! The names of a `SELECT`'s items, which some of its clauses may name as they name columns.

use crate::ast::{Name, Select, SelectItem, Value};
use crate::dialect::Dialect;
use crate::lower::same_name;

use super::names::scopes;
use super::scope::{Scope, Tables};

/// Which items of its `SELECT` a value may name by their aliases, beside columns.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Aliases {
    None,
    /// A name that is the whole value.
    Whole,
    Anywhere,
}

impl Tables<'_, '_> {
    /// Whether it is the name of an item, also of one that PostgreSQL names itself ("FigureColname" of its source).
    pub(super) fn is_item(&self, value: &Value, select: &Select) -> bool {
        let Value::Column(names) = value else {
            return false;
        };
        let [name] = names.as_slice() else {
            return false;
        };
        let is = |other: &str| same_name(other, &name.text, self.dialect());
        select.items.iter().any(|item| match item {
            SelectItem::All | SelectItem::AllOf(_) => false,
            SelectItem::Value(_, Some(alias)) => is(&alias.text),
            SelectItem::Value(value, None) => may_be_named(value, is),
        })
    }

    /// Returns whether an item has the name: one of its own `SELECT` where `aliases` has it, or one of those around it, which a query
    /// in a condition of theirs may name but in PostgreSQL.
    pub(super) fn is_alias(&self, column: &Name, aliases: Aliases, scope: &Scope<'_>) -> bool {
        let own = usize::from(aliases != Aliases::Anywhere);
        let mut seen = scopes(scope).skip(own);
        match self.dialect() {
            Dialect::Sqlite | Dialect::Mysql => {
                seen.any(|scope| self.has_item(scope.select, column))
            }
            Dialect::Postgres => false,
        }
    }

    /// Returns whether an item has the name: its alias, or in MySQL its own text.
    fn has_item(&self, select: &Select, column: &Name) -> bool {
        let is = |name: &str| same_name(name, &column.text, self.dialect());
        let mut items = select.items.iter().zip(&select.spans);
        items.any(|(item, span)| match item {
            SelectItem::Value(_, Some(alias)) => is(&alias.text),
            SelectItem::Value(_, None) => {
                self.dialect() == Dialect::Mysql && is(self.text_at(*span).trim())
            }
            SelectItem::All | SelectItem::AllOf(_) => false,
        })
    }
}

/// Whether the item is a column of this name, whatever its alias. SQLite orders a `UNION` by it, too.
pub(super) fn is_column(item: &SelectItem, is: impl Fn(&str) -> bool) -> bool {
    match item {
        SelectItem::Value(Value::Column(names), _) => {
            names.last().is_some_and(|name| is(&name.text))
        }
        SelectItem::Value(..) | SelectItem::All | SelectItem::AllOf(_) => false,
    }
}

/// Whether PostgreSQL may give an item without an alias the name.
fn may_be_named(value: &Value, is: impl Fn(&str) -> bool) -> bool {
    match value {
        Value::Column(names) => names.last().is_some_and(|name| is(&name.text)),
        Value::Call { name, .. } => is(name),
        // Else it has the name of the type.
        Value::Cast(inner, _) => {
            !matches!(**inner, Value::Column(_) | Value::Call { .. }) || may_be_named(inner, is)
        }
        Value::Null
        | Value::Text
        | Value::Number(_)
        | Value::Negative(_)
        | Value::Concatenation(_)
        | Value::Arithmetic(_)
        | Value::Document(_)
        | Value::DocumentText(_) => false,
        Value::Bool
        | Value::Condition { .. }
        | Value::Case(_)
        | Value::Query(_)
        | Value::Unknown => true,
    }
}
