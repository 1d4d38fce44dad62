//! No false alarm: tables as their authors make them, and as bindery does, are what generated code takes them for.

use std::collections::BTreeSet;

use bindery::__private::{EngineInfo, List, Program};
use bindery::drift::{TableDifference, TableDrift};
use bindery::generic::ModelInfo;
use bindery::{Config, Error, ErrorKind, Registry};
use bindery_schema::dialect::Dialect;
use bindery_schema::model::Table;
use bindery_schema::plan::kinds;
use bindery_schema::plan::statements::row_columns;

use crate::schema::Schema;

/// Tables that differ from what the schema says, each with its reason.
const KNOWN: &[(&str, &str)] = &[];

/// The tables of a database in memory.
pub(crate) fn in_sqlite(schema: &Schema, database: &rusqlite::Connection) {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let file = folder.path().join("copy.db");
    let copied = database.execute("VACUUM INTO ?", [file.to_str()]);
    copied.expect("the folder can be written to");
    at(schema, &format!("sqlite://{}", file.display()));
}

/// The tables of a database.
pub(crate) fn at(schema: &Schema, url: &str) {
    let config = Config::new().engine("default", url);
    let db = Registry::with_config(program(schema), &config).expect("a valid URL");
    for (_, answer) in db.check() {
        let alarms = answer.map_or_else(alarms, |()| Vec::new());
        let alarms: Vec<String> = alarms.iter().map(ToString::to_string).collect();
        let unknown = alarms.iter().filter(|alarm| {
            let mut known = KNOWN.iter();
            !known.any(|(name, text)| *name == schema.name && alarm.contains(text))
        });
        let unknown: Vec<&String> = unknown.collect();
        assert!(unknown.is_empty(), "{}: {unknown:#?}", schema.name);
    }
}

/// Returns the alarms without tables that the original script could not make.
fn alarms(error: Error) -> Vec<TableDrift> {
    let ErrorKind::SchemaDrift(drift) = error.kind() else {
        panic!("{error:?}");
    };
    let tables = drift.tables.iter();
    let there = tables.filter(|table| table.differences != [TableDifference::Missing]);
    there.cloned().collect()
}

/// Kept until the end of the test: a program is static.
fn program(schema: &Schema) -> &'static Program {
    let mut names = BTreeSet::new();
    let models = schema.model.tables.iter();
    let models = models
        .filter(|table| names.insert(&table.model_name))
        .map(|table| info(table, schema.dialect));
    Box::leak(Box::new(Program {
        engines: vec![EngineInfo::new("default", schema.dialect)].into(),
        models: List::owned(models),
        configured: false,
    }))
}

fn info(table: &Table, dialect: Dialect) -> ModelInfo {
    let columns = row_columns(table).into_iter();
    let columns = columns.map(|id| table.column(id).name.as_str());
    ModelInfo {
        name: table.model_name.clone().into(),
        schema: table.name.schema.clone().map(Into::into),
        table: table.name.name.clone().into(),
        is_view: table.view.is_some(),
        columns: List::owned(columns),
        kinds: kinds(table, &[dialect]).into(),
        engines: List::Static(&["default"]),
        ..ModelInfo::NONE
    }
}
