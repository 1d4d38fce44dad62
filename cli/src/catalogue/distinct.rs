//! Tags for columns and tables whose names would become one in Rust, as `a.b` and `a_b` do: a file without them is refused.

use std::collections::BTreeSet;

use bindery_schema::diff::Structure;
use bindery_schema::model::Engine;

/// The text with a tag above each column and table that needs another name. One that is not read without errors stays as it is.
pub(super) fn with_distinct_names(text: String, engine: &Engine) -> String {
    let Ok(read) = Structure::read(&text, engine.dialect, engine.flavour) else {
        return text;
    };
    let tables = &read.model().tables;
    let models = tables.iter();
    let models = models.map(|table| (table.span.start, table.model_name.as_str()));
    let mut tags = tags(MODEL, ("Other", ""), models);
    for table in tables {
        let columns = table.columns.iter().filter(|column| !column.skip);
        let fields =
            columns.map(|column| (column.span.start, column.field.trim_start_matches("r#")));
        tags.extend(self::tags("-- @name", ("other_", "_"), fields));
    }
    tags.sort();
    let mut text = text;
    for (at, tag) in tags.iter().rev() {
        insert(&mut text, *at, tag);
    }
    text
}

const MODEL: &str = "-- @model";

/// The tags for those among these names whose own is taken, each with its place. Words before the name and before a number make another of it.
fn tags<'n>(
    tag: &str,
    (before, joint): (&str, &str),
    names: impl Iterator<Item = (u32, &'n str)>,
) -> Vec<(usize, String)> {
    let names: Vec<(u32, &str)> = names.collect();
    let mut all: BTreeSet<String> = names.iter().map(|(_, name)| (*name).to_owned()).collect();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut tags = Vec::new();
    for (at, name) in names.into_iter().filter(|(_, name)| !seen.insert(name)) {
        let mut free = (1..).map(|number| match number {
            1 => format!("{before}{name}"),
            _ => format!("{before}{name}{joint}{number}"),
        });
        let free = free.find(|name| all.insert(name.clone()));
        tags.extend(free.map(|free| (at as usize, format!("{tag} {free}"))));
    }
    tags
}

/// Above the line of what it is about, or on a line of its own before that, where something else begins the line.
fn insert(text: &mut String, at: usize, tag: &str) {
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let before = &text[line..at];
    let is_model = tag.starts_with(MODEL);
    if is_model || before.trim().is_empty() {
        let indent = before.len() - before.trim_start().len();
        let indent = before[..indent].to_owned();
        text.insert_str(line, &format!("{indent}{tag}\n"));
    } else {
        text.insert_str(at, &format!("\n    {tag}\n    "));
    }
}
