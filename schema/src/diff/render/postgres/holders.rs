//! Holders of an enum type beside columns: no statement gives them another type, so the server drops no type for as long (errors 2BP01 and
//! 42P16).

use crate::ast::{Statement, TypeName};
use crate::dialect::Dialect;
use crate::diff::parsed::parse_texts;
use crate::diff::structure::{ColumnShape, EnumShape, ObjectShape, Structure, TableShape};
use crate::parse::SingleStatement;
use crate::syntax::{bound_names_in_function, sites_of_partitioning};

use super::enums::columns_of;

/// The first that holds it, in words.
pub(super) fn holder(structure: &Structure, values: &EnumShape) -> Option<String> {
    let objects = structure.objects.iter().chain(&structure.idle_objects);
    let mut objects = objects.chain(&structure.functions);
    let of_object = objects.find(|one| holds(one, values));
    let object = of_object.map(|one| format!("the {} `{}`", one.kind.to_lowercase(), one.name));
    object.or_else(|| {
        let mut columns = columns_of(structure, values).into_iter();
        let (table, column) = columns.find(|(table, column)| divides(table, column))?;
        let (table, column) = (&table.name, &column.name);
        Some(format!("the partitions of `{table}`, by `{column}`,"))
    })
}

fn holds(object: &ObjectShape, values: &EnumShape) -> bool {
    let texts = || object.create.iter().map(String::as_str);
    let name = &values.name;
    if object.kind == "FUNCTION" {
        let mut bound = texts().flat_map(bound_names_in_function);
        return bound.any(|bound| bound == name.name.to_lowercase());
    }
    let is_it = |of: &TypeName| of.name == name.name && of.schema == name.schema;
    let statements = parse_texts(texts(), Dialect::Postgres).into_iter();
    let mut statements = statements.flat_map(|(_, tree)| match tree {
        SingleStatement::Schema(statements) => statements,
        SingleStatement::Rows(_) | SingleStatement::Command(_) | SingleStatement::Other(_) => {
            Vec::new()
        }
    });
    statements.any(|statement| match statement {
        Statement::CreateDomain(created) => is_it(&created.base),
        Statement::CreateObject(created) => {
            let mut columns = created.columns.iter();
            columns.any(|column| is_it(&column.type_name))
        }
        _ => false,
    })
}

/// Whether the rows of a table, or of a part of it, are divided by a column.
pub(super) fn divides(table: &TableShape, column: &ColumnShape) -> bool {
    let parts = table.partitions.iter().map(|part| part.bound.as_str());
    let mut texts = parts.chain([table.options.as_str()]);
    texts.any(|text| {
        let mut named = sites_of_partitioning(text).into_iter();
        named.any(|site| site.text == column.name)
    })
}
