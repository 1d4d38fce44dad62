//! Compares what is read from real schemas with what the real databases say they hold.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bindery_schema::dialect::Dialect;
use bindery_schema::model::{DefaultValue, ForeignKey, Generated, Model, ReferentialAction, Table};
use serde_json::Value;

use crate::support;

/// Known differences: what the local servers could not load or show.
///
/// `moderation_zones` needs PostGIS; pagila's `film` and `film_embedding` need PostgreSQL 18 and pgvector, and five of its
/// views need those; `editor_sanitized` needs a function.
const EXPECTED_DIFFERENCES: [(&str, usize); 3] = [
    ("postgres/musicbrainz", 1),
    ("postgres/openstreetmap", 1),
    ("postgres/pagila", 10),
];

#[test]
fn real_schemas_are_read_as_the_databases_hold_them() {
    let Some(corpus) = bindery_testkit::corpus() else {
        return;
    };
    let mut surprising = Vec::new();
    for dialect in Dialect::ALL {
        let models = models(&corpus.join(dialect.name()));
        assert!(!models.is_empty(), "no catalogue of a schema for {dialect}");
        for path in models {
            let name = format!(
                "{}/{}",
                dialect.name(),
                path.file_name()
                    .and_then(|name| name.to_str())
                    .unwrap_or_default()
                    .replace(".model.json", "")
            );
            let differences = compare(&path, dialect);
            println!("{name:40} {:4} differences", differences.len());
            differences
                .iter()
                .take(25)
                .for_each(|line| println!("    {line}"));
            let expected = EXPECTED_DIFFERENCES
                .iter()
                .find(|(known, _)| *known == name)
                .map_or(0, |(_, count)| *count);
            if differences.len() != expected {
                surprising.push(name);
            }
        }
    }
    assert!(
        surprising.is_empty(),
        "these differ from what is known: {surprising:?}"
    );
}

fn models(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let mut found: Vec<PathBuf> = entries
        .filter(|path| path.to_string_lossy().ends_with(".model.json"))
        .collect();
    found.sort();
    found
}

fn compare(path: &Path, dialect: Dialect) -> Vec<String> {
    let expected: Value = serde_json::from_slice(&fs::read(path).expect("the file was listed"))
        .expect("the corpus holds JSON");
    let sql = PathBuf::from(path.to_string_lossy().replace(".model.json", ".sql"));
    let (input, model, diagnostics) =
        support::compile(&fs::read(sql).expect("each model has its schema"), dialect);
    let mut differences: Vec<String> = support::listed(&input, &diagnostics)
        .into_iter()
        .filter(|line| line.contains(" error "))
        .collect();
    let found: BTreeMap<&str, &Table> = model
        .tables
        .iter()
        // Of virtual tables the truth says nothing.
        .filter(|table| table.view.is_none() && !table.unmanaged)
        .map(|table| (table.name.name.as_str(), table))
        .collect();
    differences.extend(compare_views(&model, &expected["views"]));
    let expected = expected["tables"].as_object().expect("tables by name");
    let wanted: BTreeMap<&str, &Value> = expected
        .iter()
        .filter(|(_, table)| table["kind"] != "partition")
        .map(|(name, table)| (base(name), table))
        .collect();
    for (name, table) in &wanted {
        match found.get(name) {
            Some(read) => differences.extend(compare_table(&model, read, table)),
            None => differences.push(format!("{name}: missing")),
        }
    }
    differences.extend(
        found
            .keys()
            .filter(|name| !wanted.contains_key(*name))
            .map(|name| format!("{name}: not in the database")),
    );
    differences
}

/// Every view of the database is known, and no other; those whose columns are read have the columns of the database.
fn compare_views(model: &Model, expected: &Value) -> Vec<String> {
    let wanted: BTreeMap<&str, &Value> = expected
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, view)| (base(name), view))
        .collect();
    let mut differences = Vec::new();
    for view in &model.views {
        let name = view.name.name.as_str();
        let unknown = view.unknown_names.iter();
        differences.extend(unknown.map(|found| format!("view {name}: {}", found.message)));
        match (wanted.get(name), &view.model) {
            (None, _) => differences.push(format!("view {name}: not in the database")),
            (Some(_), Err(named)) => println!("    view {name} {}", named.why),
            (Some(wanted), Ok(id)) => {
                let columns = compare_view(model.table(*id), wanted);
                differences.extend(columns.map(|found| format!("view {name}: {found}")));
            }
        }
    }
    let known = |name: &str| model.views.iter().any(|view| view.name.name == name);
    let missing = wanted.keys().filter(|name| !known(name));
    differences.extend(missing.map(|name| format!("view {name}: missing")));
    differences
}

/// Names and the types of PostgreSQL; lengths and what the others make of an expression say nothing to Rust.
fn compare_view(table: &Table, expected: &Value) -> Option<String> {
    let column = |name: &str, kind: &str| {
        let kind = base_type(kind);
        let kind = kind.split('(').next().unwrap_or_default();
        let kind = kind.replace("character varying", "text");
        let typed = table.source_dialect == Dialect::Postgres;
        format!("{name} {}", if typed { &kind } else { "" })
    };
    let found: Vec<String> = table
        .columns
        .iter()
        .map(|one| column(&one.name, &one.sql_type))
        .collect();
    let wanted: Vec<String> = expected["columns"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| {
            let text = |key: &str| one[key].as_str().unwrap_or_default();
            column(text("name"), text("type"))
        })
        .collect();
    (found != wanted).then(|| format!("read {found:?}, is {wanted:?}"))
}

fn base(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn compare_table(model: &Model, table: &Table, expected: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    let mut differ = |what: &str, found: String, wanted: String| {
        if found != wanted {
            differences.push(format!(
                "{}: {what}: read {found}, is {wanted}",
                table.name.name
            ));
        }
    };
    let columns = expected["columns"].as_array().expect("columns");
    let names: Vec<&str> = columns
        .iter()
        .filter_map(|column| column["name"].as_str())
        .collect();
    differ(
        "columns",
        format!(
            "{:?}",
            table
                .columns
                .iter()
                .map(|column| &column.name)
                .collect::<Vec<_>>()
        ),
        format!("{names:?}"),
    );
    for (column, wanted) in table.columns.iter().zip(columns) {
        let kind = base_type(wanted["type"].as_str().unwrap_or_default());
        differ(
            &format!("type of {}", column.name),
            base_type(&column.sql_type),
            kind,
        );
        let row_id = table.source_dialect == Dialect::Sqlite
            && matches!(column.generated, Generated::Key { .. });
        if !row_id {
            differ(
                &format!("not null of {}", column.name),
                (!column.nullable).to_string(),
                wanted["not_null"].as_bool().unwrap_or(false).to_string(),
            );
        }
        differ(
            &format!("auto_increment of {}", column.name),
            auto(table, column).to_string(),
            wanted["auto_increment"]
                .as_bool()
                .unwrap_or(false)
                .to_string(),
        );
        differ(
            &format!("default of {}", column.name),
            has_default(table, column).to_string(),
            wanted["default"].as_bool().unwrap_or(false).to_string(),
        );
        differ(
            &format!("on update of {}", column.name),
            column.on_update_now.to_string(),
            wanted["on_update"].as_bool().unwrap_or(false).to_string(),
        );
    }
    let names = |ids: &[bindery_schema::model::ColumnId]| {
        ids.iter()
            .map(|&id| table.column(id).name.clone())
            .collect::<Vec<_>>()
    };
    let key = table
        .primary_key
        .as_ref()
        .map(|key| names(&key.columns))
        .unwrap_or_default();
    differ(
        "primary key",
        format!("{key:?}"),
        format!("{:?}", texts(&expected["primary_key"])),
    );
    let mut uniques: Vec<_> = table
        .uniques
        .iter()
        .map(|unique| names(&unique.columns))
        .collect();
    let mut wanted: Vec<_> = expected["unique"]
        .as_array()
        .into_iter()
        .flatten()
        .map(texts)
        .collect();
    uniques.sort();
    wanted.sort();
    wanted.dedup();
    differ("uniques", format!("{uniques:?}"), format!("{wanted:?}"));
    let mut keys: Vec<_> = table
        .foreign_keys
        .iter()
        .map(|key| foreign_key(model, table, key))
        .collect();
    let mut wanted: Vec<_> = expected["foreign_keys"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|key| wanted_key(key, table.source_dialect))
        .collect();
    keys.sort();
    wanted.sort();
    differ("foreign keys", format!("{keys:?}"), format!("{wanted:?}"));
    differences
}

fn auto(table: &Table, column: &bindery_schema::model::Column) -> bool {
    table.source_dialect == Dialect::Mysql && matches!(column.generated, Generated::Key { .. })
}

/// PostgreSQL shows a sequence's `nextval` as a default; `DEFAULT NULL` is one to SQLite, and to
/// PostgreSQL where the type's length makes a cast of it.
fn has_default(table: &Table, column: &bindery_schema::model::Column) -> bool {
    let sequence = table.source_dialect == Dialect::Postgres
        && matches!(column.generated, Generated::Key { .. });
    let null = column
        .default
        .as_ref()
        .is_some_and(|default| default.value == DefaultValue::Null);
    let kept = match table.source_dialect {
        Dialect::Sqlite => true,
        Dialect::Postgres => column.sql_type.contains('('),
        Dialect::Mysql => false,
    };
    let counts = column.default.is_some() && (!null || kept);
    counts
        || sequence
        || (matches!(column.generated, Generated::Computed { .. })
            && table.source_dialect == Dialect::Postgres)
}

/// A type without the schema that the local search path shows.
fn base_type(spelled: &str) -> String {
    spelled
        .rsplit_once('.')
        .filter(|(schema, _)| {
            schema
                .chars()
                .all(|sign| sign.is_alphanumeric() || sign == '_')
        })
        .map_or(spelled, |(_, name)| name)
        .to_owned()
}

fn texts(value: &Value) -> Vec<String> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

type KeyFacts = (Vec<String>, String, Vec<String>, String);

fn foreign_key(model: &Model, table: &Table, key: &ForeignKey) -> KeyFacts {
    let target = model.table(key.table);
    let columns = key
        .columns
        .iter()
        .map(|&id| table.column(id).name.clone())
        .collect();
    let referred = key
        .referred
        .iter()
        .map(|&id| target.column(id).name.clone())
        .collect();
    let action = match key.on_delete {
        ReferentialAction::NoAction => "no action",
        ReferentialAction::Restrict => "restrict",
        ReferentialAction::Cascade => "cascade",
        ReferentialAction::SetNull => "set null",
        ReferentialAction::SetDefault => "set default",
    };
    (
        columns,
        target.name.name.clone(),
        referred,
        same_action(table.source_dialect, action),
    )
}

/// MySQL makes no difference between the two.
fn same_action(dialect: Dialect, action: &str) -> String {
    if dialect == Dialect::Mysql && action == "restrict" {
        "no action".to_owned()
    } else {
        action.to_owned()
    }
}

fn wanted_key(value: &Value, dialect: Dialect) -> KeyFacts {
    let table = base(value["table"].as_str().unwrap_or_default()).to_owned();
    let action = value["on_delete"].as_str().unwrap_or("no action");
    (
        texts(&value["columns"]),
        table,
        texts(&value["referred"]),
        same_action(dialect, action),
    )
}
