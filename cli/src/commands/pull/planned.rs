//! `bindery pull --dry-run`: the files that would be written, and the objects in which they differ from those that are there.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::Serialize;

use super::File;
use crate::failure::Failure;
use crate::options::Format;
use crate::output::{Output, Paint};
use crate::project::Project;
use crate::report::document_of_engines;
use crate::text::count;

/// One engine; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct PlannedFile<'a> {
    engine: &'a str,
    dialect: &'static str,
    tables: usize,
    file: String,
    status: Status,
    #[serde(flatten)]
    changes: Changes,
}

/// The fate of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    New,
    Changed,
    Unchanged,
}

/// Objects by the first line of their statement.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Changes {
    added: Vec<String>,
    changed: Vec<String>,
    removed: Vec<String>,
}

/// Prints it; fails where a file that is there cannot be read.
pub(super) fn print(
    (files, failed): (&[File], &[(&str, Failure)]),
    project: &Project,
    format: Format,
    output: &Output,
) -> Result<(), Failure> {
    let planned = files.iter().filter_map(|file| {
        let path = file.path.as_deref()?;
        Some(planned(file, path, project))
    });
    let planned = planned.collect::<Result<Vec<_>, _>>()?;
    output.result(&match format {
        Format::Json => document_of_engines(&planned, failed),
        Format::Human | Format::Github => planned.iter().map(|one| lines(one, output)).collect(),
    })
}

fn planned<'a>(file: &File, path: &Path, project: &'a Project) -> Result<PlannedFile<'a>, Failure> {
    let engine = &project.input.engines[file.engine.0 as usize];
    let there = match fs::read(path) {
        Ok(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => {
            let why = format!("`{}` cannot be read: {error}", path.display());
            return Err(Failure::new(why));
        }
    };
    let changes = there.as_deref().map(|there| between(there, &file.text));
    Ok(PlannedFile {
        engine: &engine.name,
        dialect: engine.dialect.name(),
        tables: file.catalogue.tables(),
        file: path.display().to_string(),
        status: match &there {
            None => Status::New,
            Some(there) if *there == file.text => Status::Unchanged,
            Some(_) => Status::Changed,
        },
        changes: changes.unwrap_or_default(),
    })
}

/// In which objects a new text differs from that which is there.
fn between(there: &str, new: &str) -> Changes {
    let (there, new) = (objects(there), objects(new));
    let not_in = |one: &BTreeMap<&str, &str>, other: &BTreeMap<&str, &str>| {
        let names = one.keys().filter(|name| !other.contains_key(*name));
        names.map(|name| shown(name)).collect()
    };
    let is_changed =
        |(name, text): &(&&str, &&str)| there.get(*name).is_some_and(|old| old != *text);
    Changes {
        added: not_in(&new, &there),
        changed: new
            .iter()
            .filter(is_changed)
            .map(|(name, _)| shown(name))
            .collect(),
        removed: not_in(&there, &new),
    }
}

/// The paragraphs of a schema file that have a statement, by the first line of that.
fn objects(text: &str) -> BTreeMap<&str, &str> {
    let with_name = |paragraph| {
        let mut lines = str::lines(paragraph);
        let name = lines.find(|line| !line.trim().is_empty() && !line.starts_with("--"))?;
        Some((name, paragraph.trim()))
    };
    text.split("\n\n").filter_map(with_name).collect()
}

fn shown(name: &str) -> String {
    name.trim_end_matches([' ', '(', ';']).to_owned()
}

fn lines(one: &PlannedFile<'_>, output: &Output) -> String {
    let word = output.results().paint(Paint::Faint, "planned  ");
    let (file, engine, tables) = (&one.file, one.engine, count(one.tables, "table"));
    let status = match one.status {
        Status::New => "a new file",
        Status::Changed => "in place of another text",
        Status::Unchanged => "as it is there",
    };
    let changes = &one.changes;
    let marked = [
        ("+", &changes.added),
        ("~", &changes.changed),
        ("-", &changes.removed),
    ];
    let marked = marked.iter().flat_map(|(mark, names)| {
        let lines = names.iter();
        lines.map(move |name| format!("  {mark} {name}\n"))
    });
    format!("{word}  {file} on {engine}: {tables}, {status}\n") + &marked.collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::{Changes, between};

    #[test]
    fn objects_are_compared_by_the_first_line_of_their_statement() {
        let there = "-- head\n\nCREATE TABLE a (\n  id int\n);\n\nCREATE TABLE b (\n  id int\n);\n\nCREATE VIEW v AS SELECT 1;\n";
        let new = "-- other head\n\n-- @unmanaged\nCREATE TABLE a (\n  id int\n);\n\nCREATE TABLE c (\n  id int\n);\n\nCREATE VIEW v AS SELECT 1;\n";
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let expected = Changes {
            added: names(&["CREATE TABLE c"]),
            changed: names(&["CREATE TABLE a"]),
            removed: names(&["CREATE TABLE b"]),
        };
        assert_eq!(between(there, new), expected);
        assert_eq!(between(new, new), Changes::default());
    }
}
