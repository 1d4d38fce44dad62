//! Objects beside tables that a table needs where it is created in the dialect it is written in: extensions, types,
//! domains, sequences, functions. What is there already is left alone.

use crate::lists::IntoVec as _;
use std::collections::BTreeSet;

use crate::dialect::Dialect;
use crate::model::{EnumType, Model, NativeObject, ObjectKind, TableId};
use crate::sql_writer::SqlWriter;

/// Runs a statement of PostgreSQL and passes over errors, as CREATE TYPE has no IF NOT EXISTS.
pub(super) fn unless(statement: &str, error: &str) -> String {
    let mut tag = "$do$".to_owned();
    while statement.contains(&tag) {
        tag.insert(1, 'x');
    }
    format!("DO {tag} BEGIN {statement}; EXCEPTION WHEN {error} THEN NULL; END {tag}")
}

/// CREATE TYPE of an enum, where it is not there yet.
pub(super) fn create_enum(values: &EnumType, dialect: Dialect) -> String {
    unless(&create_type(values, dialect), "duplicate_object")
}

fn create_type(values: &EnumType, dialect: Dialect) -> String {
    let mut sql = SqlWriter::new(dialect);
    sql.push("CREATE TYPE ")
        .table(&values.sql_name())
        .push(" AS ENUM (");
    sql.list(&values.values, ", ", |sql, value| {
        sql.text_literal(&value.value);
    });
    sql.push(")");
    sql.finish()
}

/// The statements that make what is there before a table, in the order of the files.
pub(super) fn create_objects(model: &Model, table: TableId) -> Vec<String> {
    let native = &model.table(table).native;
    let numbers: BTreeSet<usize> = native
        .objects
        .iter()
        .chain(&native.beside)
        .copied()
        .collect();
    let mut statements = Vec::new();
    for object in numbers.into_iter().map(|at| &model.objects[at]) {
        if let Some(schema) = object.name.schema.as_ref().filter(|_| has_schemas(object)) {
            statements.push(create_schema(schema, object.dialect));
        }
        statements.push(create(model, object));
    }
    statements
}

fn has_schemas(object: &NativeObject) -> bool {
    object.dialect.capabilities(None).schemas
}

pub(super) fn create_schema(schema: &str, dialect: Dialect) -> String {
    let mut sql = SqlWriter::new(dialect);
    sql.push("CREATE SCHEMA IF NOT EXISTS ").identifier(schema);
    sql.finish()
}

fn create(model: &Model, object: &NativeObject) -> String {
    let definition = &named(object);
    match object.kind {
        ObjectKind::Enum(id) => create_enum(model.enum_type(id), object.dialect),
        ObjectKind::Extension => format!("CREATE EXTENSION IF NOT EXISTS {definition}"),
        ObjectKind::Collation => format!("CREATE COLLATION IF NOT EXISTS {definition}"),
        ObjectKind::Sequence if object.changes.is_empty() => {
            format!("CREATE SEQUENCE IF NOT EXISTS {definition}")
        }
        ObjectKind::Sequence => {
            let created = format!("CREATE SEQUENCE {definition}");
            unless(
                &with_changes(created, "SEQUENCE", object),
                "duplicate_table",
            )
        }
        ObjectKind::Type => {
            let created = format!("CREATE TYPE {definition}");
            unless(&with_changes(created, "TYPE", object), "duplicate_object")
        }
        ObjectKind::Domain => {
            let created = created_domain(object);
            unless(&with_changes(created, "DOMAIN", object), "duplicate_object")
        }
        // Its body may mention tables that come later.
        ObjectKind::Function => unless(
            &format!(
                "PERFORM pg_catalog.set_config('check_function_bodies', 'off', true); CREATE FUNCTION {definition}"
            ),
            "duplicate_function",
        ),
    }
}

/// The statements that make an object where it is not there yet: for migrations, which run once.
#[cfg(feature = "diff")]
pub(super) fn plain(model: &Model, object: &NativeObject) -> Vec<String> {
    let created = match object.kind {
        ObjectKind::Enum(id) => create_type(model.enum_type(id), object.dialect),
        ObjectKind::Extension => return vec![create(model, object)],
        // These stay when a migration is reverted, as others may need them.
        ObjectKind::Collation => format!("CREATE COLLATION IF NOT EXISTS {}", named(object)),
        ObjectKind::Function => format!("CREATE OR REPLACE FUNCTION {}", named(object)),
        ObjectKind::Sequence => format!("CREATE SEQUENCE {}", named(object)),
        ObjectKind::Type => format!("CREATE TYPE {}", named(object)),
        ObjectKind::Domain => created_domain(object),
    };
    let kind = match object.kind {
        ObjectKind::Sequence => "SEQUENCE",
        ObjectKind::Domain => "DOMAIN",
        ObjectKind::Enum(_)
        | ObjectKind::Extension
        | ObjectKind::Collation
        | ObjectKind::Type
        | ObjectKind::Function => "TYPE",
    };
    let changes = object.changes.iter().map(|change| {
        let mut sql = SqlWriter::new(object.dialect);
        sql.push("ALTER ").push(kind).push(" ").table(&object.name);
        sql.push(" ").push(change);
        sql.finish()
    });
    [created].into_iter().chain(changes).into_vec()
}

/// Its name and its options.
fn named(object: &NativeObject) -> String {
    let mut sql = SqlWriter::new(object.dialect);
    match object.kind {
        // Its schema is written after it.
        ObjectKind::Extension => sql.identifier(&object.name.name),
        ObjectKind::Collation
        | ObjectKind::Enum(_)
        | ObjectKind::Type
        | ObjectKind::Domain
        | ObjectKind::Sequence
        | ObjectKind::Function => sql.table(&object.name),
    };
    if !object.definition.is_empty() {
        sql.push(" ").push(&object.definition);
    }
    sql.finish()
}

/// Under the name that it had first.
fn created_domain(object: &NativeObject) -> String {
    let first = object.first_name.as_ref();
    let Some(first) = first.filter(|first| **first != object.name.name) else {
        return format!("CREATE DOMAIN {}", named(object));
    };
    let schema = object.name.schema.clone();
    let name = first.clone();
    let first = crate::model::TableName { schema, name };
    let mut sql = SqlWriter::new(object.dialect);
    sql.push("CREATE DOMAIN ").table(&first).push(" ");
    sql.push(&object.definition).push("; ALTER DOMAIN ");
    sql.table(&first).push(" RENAME TO ");
    sql.identifier(&object.name.name);
    sql.finish()
}

/// A statement with those after it.
fn with_changes(created: String, kind: &str, object: &NativeObject) -> String {
    let changes = object.changes.iter().map(|change| {
        let mut sql = SqlWriter::new(object.dialect);
        sql.push("ALTER ").push(kind).push(" ").table(&object.name);
        sql.push(" ").push(change);
        sql.finish()
    });
    [created].into_iter().chain(changes).into_vec().join("; ")
}

/// The statements that remove what a table needs, unless others need it too; extensions, collations and functions stay, and so does what no
/// table needs.
pub(super) fn drop_objects(model: &Model, table: TableId) -> Vec<String> {
    let needed = model.table(table).native.objects.iter().rev();
    let mut statements = Vec::new();
    for object in needed.map(|at| &model.objects[*at]) {
        let (kind, name) = match object.kind {
            ObjectKind::Enum(id) => ("TYPE", model.enum_type(id).sql_name()),
            ObjectKind::Type => ("TYPE", object.name.clone()),
            ObjectKind::Domain => ("DOMAIN", object.name.clone()),
            ObjectKind::Sequence => ("SEQUENCE", object.name.clone()),
            ObjectKind::Extension | ObjectKind::Collation | ObjectKind::Function => continue,
        };
        let mut sql = SqlWriter::new(object.dialect);
        sql.push("DROP ")
            .push(kind)
            .push(" IF EXISTS ")
            .table(&name);
        statements.push(match object.dialect {
            Dialect::Postgres => unless(&sql.finish(), "dependent_objects_still_exist"),
            Dialect::Sqlite | Dialect::Mysql => sql.finish(),
        });
    }
    statements
}
