//! Parts of tables. PostgreSQL's are tables of their own; those of MySQL and MariaDB stand among the options of their table. Parts that only
//! the database has are no difference, as programs make parts while they run.

use bindery_schema::diff::{Change, PartitionShape, Structure, same_expression};
use bindery_schema::model::TableName;

/// Adds a change of the options of each table whose parts are not those of the schema, or may be others.
pub(super) fn add(found: &Structure, expected: &Structure, all: &mut Vec<Change>) {
    for table in &expected.tables {
        let is_open = are_there(found, expected, &table.name) != Some(true);
        let Some(known) = found.table(&table.name).filter(|_| is_open) else {
            continue;
        };
        if !all.iter().any(|one| is_of_options(one, &table.name)) {
            all.push(Change::ChangeOptions {
                table: table.name.clone(),
                from: known.options.clone(),
                to: table.options.clone(),
            });
        }
    }
}

/// Whether a table of the database is divided as that of the schema; `None` where the server keeps the values of functions.
pub(super) fn are_there(
    found: &Structure,
    expected: &Structure,
    table: &TableName,
) -> Option<bool> {
    let of = |structure: &Structure| {
        structure
            .table(table)
            .and_then(|one| one.partitioning.clone())
    };
    match (of(found), of(expected)) {
        (None, None) => Some(true),
        (Some(found), Some(expected)) => found.has_all_of(&expected),
        (Some(_), None) | (None, Some(_)) => Some(false),
    }
}

/// Whether it changes the options of this table.
pub(super) fn is_of_options(change: &Change, table: &TableName) -> bool {
    matches!(change, Change::ChangeOptions { table: name, .. } if name == table)
}

/// The parts that are tables of their own and are on both sides in other words, that of the database first.
pub(super) fn changed_partitions<'s>(
    found: &'s Structure,
    expected: &'s Structure,
) -> impl Iterator<Item = (&'s PartitionShape, &'s PartitionShape)> {
    let parts = |structure: &'s Structure| {
        let tables = structure.tables.iter();
        tables.flat_map(|table| &table.partitions)
    };
    let pairs = parts(expected).filter_map(move |part| {
        let mut known = parts(found);
        Some((known.find(|one| is_same_name(&one.name, &part.name))?, part))
    });
    pairs.filter(|(one, part)| {
        !is_same_name(&one.parent, &part.parent)
            || !same_expression(&one.bound, &part.bound, expected.dialect)
    })
}

/// PostgreSQL's `public` is where tables without a schema are.
fn is_same_name(one: &TableName, other: &TableName) -> bool {
    let schema = |name: &TableName| name.schema.clone().filter(|name| name != "public");
    one.name == other.name && schema(one) == schema(other)
}
