//! Tags for columns and tables whose names would become one in Rust, as `a.b` and `a_b` do: a file without them is refused.

use std::collections::BTreeSet;

use bindery_schema::diff::Structure;
use bindery_schema::model::{Engine, Table};

/// The text with a tag above each column and table that needs another name. One that is not read without errors stays as it is.
pub(super) fn with_distinct_names(text: String, engine: &Engine) -> String {
    let Ok(read) = Structure::read(&text, engine.dialect, engine.flavour) else {
        return text;
    };
    let tables = || {
        let tables = read.model().tables.iter();
        tables.filter(|table| table.view.is_none())
    };
    let mut tags: Vec<(usize, String)> = tables().flat_map(of_columns).collect();
    tags.extend(of_tables(tables()));
    tags.sort();
    let mut text = text;
    for (at, tag) in tags.iter().rev() {
        insert(&mut text, *at, tag);
    }
    text
}

fn of_columns(table: &Table) -> Vec<(usize, String)> {
    let columns = table.columns.iter().filter(|column| !column.skip);
    let columns = columns.map(|column| (column.span.start, column.field.trim_start_matches("r#")));
    let renamed = distinct(columns, |field, number| match number {
        1 => format!("other_{field}"),
        _ => format!("other_{field}_{number}"),
    });
    let tags = renamed.into_iter();
    tags.map(|(at, name)| (at, format!("-- @name {name}")))
        .collect()
}

fn of_tables<'t>(tables: impl Iterator<Item = &'t Table>) -> Vec<(usize, String)> {
    let models = tables.map(|table| (table.span.start, table.model_name.as_str()));
    let renamed = distinct(models, |model, number| match number {
        1 => format!("Other{model}"),
        _ => format!("Other{model}{number}"),
    });
    let tags = renamed.into_iter();
    tags.map(|(at, name)| (at, format!("-- @model {name}")))
        .collect()
}

/// The names that those get whose own is taken, each with its place.
fn distinct<'n>(
    names: impl Iterator<Item = (u32, &'n str)>,
    other: impl Fn(&str, u32) -> String,
) -> Vec<(usize, String)> {
    let names: Vec<(u32, &str)> = names.collect();
    let mut all: BTreeSet<String> = names.iter().map(|(_, name)| (*name).to_owned()).collect();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut renamed = Vec::new();
    for (at, name) in names {
        if seen.insert(name) {
            continue;
        }
        let mut free = (1..).map(|number| other(name, number));
        let free = free.find(|name| all.insert(name.clone()));
        renamed.extend(free.map(|free| (at as usize, free)));
    }
    renamed
}

/// Above the line of what it is about, or on a line of its own before that, where something else begins the line.
fn insert(text: &mut String, at: usize, tag: &str) {
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let before = &text[line..at];
    let is_model = tag.starts_with("-- @model");
    if is_model || before.trim().is_empty() {
        let indent = before.len() - before.trim_start().len();
        let indent = before[..indent].to_owned();
        text.insert_str(line, &format!("{indent}{tag}\n"));
    } else {
        text.insert_str(at, &format!("\n    {tag}\n    "));
    }
}
