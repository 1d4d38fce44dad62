//! Where a `SELECT` makes one row of many, an item that is not an aggregate may be NULL: over no rows at all, and in
//! the rows that `ROLLUP`, `CUBE` and `GROUPING SETS` add.

use crate::ast::{Grouping, SelectItem, Value};
use crate::parse::query::AGGREGATES;

/// Whether the item may be NULL though its columns are not.
pub(super) fn may_be_null(item: &SelectItem, grouping: Grouping) -> bool {
    match (grouping, item) {
        (Grouping::Plain, _) => false,
        (Grouping::Whole | Grouping::Sets, SelectItem::All | SelectItem::AllOf(_)) => true,
        (Grouping::Whole, SelectItem::Value(value, _)) => is_of_a_row(value),
        (Grouping::Sets, SelectItem::Value(value, _)) => !is_of_all_rows(value),
    }
}

/// Whether it reads a column outside of aggregates.
fn is_of_a_row(value: &Value) -> bool {
    match value {
        Value::Column(_) | Value::Unknown | Value::Query(_) => true,
        Value::Call {
            name, arguments, ..
        } => !is_aggregate(name, arguments) && arguments.iter().any(is_of_a_row),
        Value::Cast(inner, _)
        | Value::Negative(inner)
        | Value::Document(inner)
        | Value::DocumentText(inner) => is_of_a_row(inner),
        Value::Condition {
            operands: values, ..
        }
        | Value::Case(values)
        | Value::Concatenation(values) => values.iter().any(is_of_a_row),
        Value::Arithmetic(operands) => operands.iter().any(|(_, value)| is_of_a_row(value)),
        Value::Null | Value::Text | Value::Number(_) | Value::Bool => false,
    }
}

/// Whether it is made of aggregates, and of constants beside them.
fn is_of_all_rows(value: &Value) -> bool {
    let is_constant = |value: &Value| matches!(value, Value::Number(_) | Value::Text | Value::Bool);
    let all = |values: &mut dyn Iterator<Item = &Value>| {
        let values: Vec<&Value> = values.filter(|value| !is_constant(value)).collect();
        !values.is_empty() && values.into_iter().all(is_of_all_rows)
    };
    match value {
        Value::Call {
            name, arguments, ..
        } => is_aggregate(name, arguments) || all(&mut arguments.iter()),
        Value::Cast(inner, _) | Value::Negative(inner) => is_of_all_rows(inner),
        Value::Arithmetic(operands) => all(&mut operands.iter().map(|(_, value)| value)),
        Value::Concatenation(values) => all(&mut values.iter()),
        Value::Column(_)
        | Value::Null
        | Value::Text
        | Value::Number(_)
        | Value::Bool
        | Value::Condition { .. }
        | Value::Case(_)
        | Value::Document(_)
        | Value::DocumentText(_)
        | Value::Query(_)
        | Value::Unknown => false,
    }
}

/// SQLite's `max(a, b)` is none.
fn is_aggregate(name: &str, arguments: &[Value]) -> bool {
    let of_several = matches!(name, "min" | "max") && arguments.len() > 1;
    !of_several
        && AGGREGATES
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
}
