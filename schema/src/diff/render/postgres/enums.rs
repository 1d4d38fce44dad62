//! Enum types of PostgreSQL: new values, and types that are made anew because they lose some.

use super::super::{Context, Step, altered, by_hand, quoted, quoted_table, text_literal};
use super::POSTGRES;
use super::holders::holder;
use crate::diff::change::Change;
use crate::diff::structure::{ColumnShape, EnumShape, Structure, TableShape};
use crate::syntax::canonical::same_expression;

pub(super) fn create_enum(values: &EnumShape) -> String {
    let list: Vec<String> = values
        .values
        .iter()
        .map(|value| text_literal(value, POSTGRES))
        .collect();
    format!(
        "CREATE TYPE {} AS ENUM ({})",
        quoted_table(&values.name, POSTGRES),
        list.join(", ")
    )
}

/// Whether its columns get another type, under the name of the one that they have.
pub(in crate::diff) fn is_enum_made_anew(
    (before, after): (&Structure, &Structure),
    from: &EnumShape,
    to: &EnumShape,
) -> bool {
    is_to_be_anew(after, from, to) && holder(before, from).is_none()
}

/// New values are added where that is enough. A new value may not be used in the transaction that adds it, so a type whose
/// new values the same migration uses is made anew.
fn is_to_be_anew(structure: &Structure, from: &EnumShape, to: &EnumShape) -> bool {
    let kept = to.values.iter().filter(|value| from.values.contains(value));
    let only_adds = kept.eq(&from.values);
    !only_adds || values_beside(to, from).any(|value| is_used(structure, to, value))
}

/// Whether a value of an enum is a default, or is named by keys, computed columns or views beside its columns.
fn is_used(structure: &Structure, values: &EnumShape, value: &str) -> bool {
    let literal = text_literal(value, POSTGRES);
    let names_it = |sql: &str| sql.contains(&literal);
    let of_table = |table: &TableShape| {
        let expressions = table.columns.iter().filter(|one| one.computed);
        let mut expressions = expressions.map(|one| one.line.as_str());
        table.keys.iter().any(|key| names_it(&key.sql)) || expressions.any(names_it)
    };
    let columns = columns_of(structure, values);
    let mut defaults = columns
        .iter()
        .filter_map(|(_, column)| column.default.as_deref());
    defaults.any(names_it)
        || columns.iter().any(|(table, _)| of_table(table))
        || structure.views.iter().any(|view| names_it(&view.query))
}

/// The values of one type that the other lacks.
fn values_beside<'e>(one: &'e EnumShape, other: &'e EnumShape) -> impl Iterator<Item = &'e String> {
    one.values
        .iter()
        .filter(|value| !other.values.contains(value))
}

pub(super) fn change_enum(
    context: &Context<'_>,
    change: &Change,
    (from, to): (&EnumShape, &EnumShape),
) -> Step {
    if !is_to_be_anew(context.to, from, to) {
        return Step::of(values_beside(to, from).map(|value| add_value(from, to, value)));
    }
    if let Some(holder) = holder(context.from, from) {
        return by_hand(change).remark(format!(
            "the type would have to be made anew, and {holder} would keep the old one"
        ));
    }
    let columns = columns_of(context.from, from);
    let gone: Vec<String> = values_beside(from, to)
        .map(|value| text_literal(value, POSTGRES))
        .collect();
    let step = Step::of(make_anew(context, (from, to), &columns));
    let lost = columns.iter().filter(|_| !gone.is_empty());
    lost.fold(step, |step, (table, column)| {
        let (table, column) = (
            quoted_table(&table.name, POSTGRES),
            quoted(&column.name, POSTGRES),
        );
        let update = format!(
            "UPDATE {table} SET {column} = … WHERE {column} IN ({})",
            gone.join(", ")
        );
        step.remark(format!(
            "rows with a value that goes need another before: `{update};`"
        ))
    })
}

/// At its place: values are added in their order, so the one before it is there.
fn add_value(from: &EnumShape, to: &EnumShape, value: &str) -> String {
    let before = to.values.iter().take_while(|one| *one != value).last();
    let next = to.values.iter().find(|one| from.values.contains(one));
    let place = match (before, next) {
        (Some(before), _) => format!("AFTER {}", text_literal(before, POSTGRES)),
        (None, Some(next)) => format!("BEFORE {}", text_literal(next, POSTGRES)),
        (None, None) => String::new(),
    };
    let name = quoted_table(&to.name, POSTGRES);
    format!(
        "ALTER TYPE {name} ADD VALUE {} {place}",
        text_literal(value, POSTGRES)
    )
    .trim_end()
    .to_owned()
}

/// The columns whose type an enum is, also as elements of an array.
pub(in crate::diff) fn columns_of<'s>(
    structure: &'s Structure,
    values: &EnumShape,
) -> Vec<(&'s TableShape, &'s ColumnShape)> {
    let is_of = |column: &ColumnShape| {
        let declared = column.type_sql.replace('"', "");
        declared.trim_end_matches("[]") == values.name.to_string()
    };
    let tables = structure.tables.iter();
    let columns = tables.flat_map(|table| table.columns.iter().map(move |one| (table, one)));
    let own = columns.filter(|(_, column)| !column.inherited);
    own.filter(|(_, column)| is_of(column)).collect()
}

fn make_anew(
    context: &Context<'_>,
    (from, to): (&EnumShape, &EnumShape),
    columns: &[(&TableShape, &ColumnShape)],
) -> Vec<String> {
    let mut old = from.name.clone();
    old.name = format!("{}_before", old.name);
    let mut statements = vec![
        format!(
            "ALTER TYPE {} RENAME TO {}",
            quoted_table(&from.name, POSTGRES),
            quoted(&old.name, POSTGRES)
        ),
        create_enum(to),
    ];
    let name = quoted_table(&to.name, POSTGRES);
    for (table, column) in columns {
        let at = quoted(&column.name, POSTGRES);
        let at_column =
            |words: &str| altered(&table.name, POSTGRES, &format!("ALTER COLUMN {at} {words}"));
        let is_array = column.type_sql.ends_with("[]");
        let brackets = if is_array { "[]" } else { "" };
        if column.default.is_some() {
            statements.push(at_column("DROP DEFAULT"));
        }
        statements.push(at_column(&format!(
            "TYPE {name}{brackets} USING {at}::text{brackets}::{name}{brackets}"
        )));
        let kept = column
            .default
            .as_ref()
            .filter(|_| keeps_default(context.to, table, column));
        statements.extend(kept.map(|default| at_column(&format!("SET DEFAULT {default}"))));
    }
    statements.push(format!("DROP TYPE {}", quoted_table(&old, POSTGRES)));
    statements
}

/// Whether the column has the same default afterwards. Another one is set by the change of the column, and may be in need of a new
/// value; that of a column that goes may be a value that goes.
fn keeps_default(to: &Structure, table: &TableShape, column: &ColumnShape) -> bool {
    let wanted = to
        .table(&table.name)
        .and_then(|one| one.column(&column.name, POSTGRES));
    let defaults = wanted
        .and_then(|one| one.default.as_ref())
        .zip(column.default.as_ref());
    defaults.is_some_and(|(one, other)| same_expression(one, other, POSTGRES))
}
