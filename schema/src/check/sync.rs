//! A sync reads a table of one engine and writes one of another, row by row by their keys, from a column that says what was changed.

use super::tag_list;
use crate::column_type::TypeClass;
use crate::config::findings::{unusable_group, unusable_name};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::lists::IntoVec as _;
use crate::model::{Column, ColumnId, EngineId, FieldType, IndexKey, Model, Table, TableSync};
use crate::name::SYNCS_METHOD;

pub(super) fn check(model: &Model, diagnostics: &mut Diagnostics) {
    for (at, sync) in model.syncs.iter().enumerate() {
        let (source, target) = (model.table(sync.source), model.table(sync.target));
        hosted(model, (source, sync.from, "from"), sync, diagnostics);
        hosted(model, (target, sync.to, "to"), sync, diagnostics);
        distinct(sync, source, diagnostics);
        keyed(sync, source, diagnostics);
        if sync.target != sync.source {
            keyed(sync, target, diagnostics);
        }
        if let Some(column) = sync.by {
            watermark(source, column, sync, diagnostics);
        }
        let mut before = model.syncs[..at].iter();
        if let Some(first) = before.find(|first| first.name == sync.name) {
            named_twice(first, sync, diagnostics);
        }
    }
    if !model.syncs.is_empty() {
        accessor_is_free(model, diagnostics);
    }
}

/// `db.syncs()` is the method of syncs.
fn accessor_is_free(model: &Model, diagnostics: &mut Diagnostics) {
    let mut engines = model.engines.iter();
    if let Some(engine) = engines.find(|engine| engine.name == SYNCS_METHOD) {
        diagnostics.push(unusable_name((&engine.name, engine.span), true));
    }
    let mut groups = model.groups.iter();
    if let Some(group) = groups.find(|group| group.name == SYNCS_METHOD) {
        let why = "`Databases` has a method of this name";
        diagnostics.push(unusable_group(&group.name, group.span, why));
    }
}

fn hosted(
    model: &Model,
    (table, engine, word): (&Table, EngineId, &str),
    sync: &TableSync,
    diagnostics: &mut Diagnostics,
) {
    if table.engines.contains(&engine) {
        return;
    }
    let (name, wanted) = (&table.name.name, &model.engine(engine).name);
    let engines = tag_list(model, &table.engines);
    let message = format!("table `{name}` is not on engine `{wanted}`, which this sync names");
    let diagnostic = Diagnostic::error("B0511", message)
        .at(sync.span, "this sync")
        .at(table.span, format!("on `{engines}`"));
    let first = model.engine(table.engines[0]);
    diagnostics.push(diagnostic.help(format!(
        "write `{word} {}`, or `-- @engines {engines}, {wanted}` above `{name}`",
        first.name
    )));
}

fn distinct(sync: &TableSync, table: &Table, diagnostics: &mut Diagnostics) {
    if (sync.source, sync.from) != (sync.target, sync.to) {
        return;
    }
    let message = format!("this sync copies table `{}` to itself", table.name.name);
    let diagnostic = Diagnostic::error("B0512", message).at(sync.span, "");
    diagnostics
        .push(diagnostic.help("name another engine after `to`, or another model after `as`"));
}

fn keyed(sync: &TableSync, table: &Table, diagnostics: &mut Diagnostics) {
    if table.primary_key.is_some() {
        return;
    }
    let name = &table.name.name;
    let message = format!("`{name}` has no primary key, by which this sync would find its rows");
    let diagnostic = Diagnostic::error("B0513", message)
        .at(sync.span, "this sync")
        .at(table.span, "no primary key");
    let help = match &table.view {
        Some(_) => "name the model of a table: a view cannot be synced".to_owned(),
        None => format!("declare a primary key in `{name}`"),
    };
    diagnostics.push(diagnostic.help(help));
}

fn watermark(table: &Table, id: ColumnId, sync: &TableSync, diagnostics: &mut Diagnostics) {
    let column = table.column(id);
    let name = &column.name;
    let problem = if column.nullable {
        Some(("may be NULL", format!("declare `{name}` as NOT NULL")))
    } else if !grows(column) {
        let help = "name a column of a timestamp or of an integer that every change sets, or leave `by` out to compare both tables";
        Some(("is neither a time nor an integer", help.to_owned()))
    } else {
        None
    };
    if let Some((what, help)) = problem {
        let message = format!("column `{name}` cannot say which rows were changed: it {what}");
        let diagnostic = Diagnostic::error("B0514", message)
            .at(sync.span, "this sync")
            .at(column.span, format!("this is `{}`", column.sql_type));
        diagnostics.push(diagnostic.help(help));
    } else if !is_indexed(table, id) {
        let message = format!(
            "no index leads with column `{name}`: each run of this sync reads all of table `{}`",
            table.name.name
        );
        let diagnostic = Diagnostic::warning("B0516", message)
            .at(sync.span, "this sync")
            .at(column.span, "no index");
        diagnostics.push(diagnostic.help(format!(
            "add `CREATE INDEX {table}_{name} ON {table} ({});`",
            with_key(table, id),
            table = table.name.name
        )));
    }
}

/// Whether it is of a type of the runtime's that can be a watermark.
fn grows(column: &Column) -> bool {
    if column.skip || column.field_type != FieldType::Plain {
        return false;
    }
    match column.column_type.class() {
        TypeClass::DateTime | TypeClass::Timestamp => true,
        TypeClass::Integer(integer) => integer.bits > 8,
        TypeClass::Boolean
        | TypeClass::Float { .. }
        | TypeClass::Decimal
        | TypeClass::Text
        | TypeClass::Bytes
        | TypeClass::Date
        | TypeClass::Time
        | TypeClass::Year
        | TypeClass::Interval
        | TypeClass::Uuid
        | TypeClass::Json
        | TypeClass::Enum
        | TypeClass::Set
        | TypeClass::Bit
        | TypeClass::Any
        | TypeClass::Array => false,
    }
}

fn is_indexed(table: &Table, id: ColumnId) -> bool {
    let key = table.primary_key.iter().map(|key| &key.columns);
    let uniques = table.uniques.iter().map(|unique| &unique.columns);
    let mut columns = key.chain(uniques);
    columns.any(|columns| columns.first() == Some(&id))
        || table.indexes.iter().any(|index| {
            let first = index.parts.first().map(|part| &part.key);
            matches!(first, Some(IndexKey::Column(column)) if *column == id)
        })
}

/// The column, then those of the key, by which rows of one value are read in batches.
fn with_key(table: &Table, id: ColumnId) -> String {
    let key = table.primary_key.iter().flat_map(|key| &key.columns);
    let columns = std::iter::once(&id).chain(key.filter(|column| **column != id));
    let names = columns.map(|&column| table.column(column).name.to_string());
    names.into_vec().join(", ")
}

fn named_twice(first: &TableSync, sync: &TableSync, diagnostics: &mut Diagnostics) {
    let message = format!("two syncs would be `{}`", sync.name);
    let diagnostic = Diagnostic::error("B0515", message)
        .at(sync.span, "this one")
        .at(first.span, "and this one");
    diagnostics.push(diagnostic.help(
        "a table has one sync to an engine: remove one of them, and write the other in code with `db.registry().sync` and a name",
    ));
}
