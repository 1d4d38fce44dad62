//! Queries in files of the program: `-- name: posts_of_author :many` above a statement.
//!
//! `file` cuts a text into queries and `annotation` reads the comments above each. `check` has a statement checked for the
//! dialects of its engines, which `engines` finds, with and without the parts that `part` finds, and `bind` makes one query of all texts of a name. `in_place` is the same for a
//! statement of the program's code.

mod annotation;
mod bind;
mod changed;
mod check;
mod column;
mod engines;
mod file;
mod in_place;
mod misfit;
mod parameter;
mod part;
mod unfit;
mod written;

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::input::Input;
use crate::model::Model;
use crate::name;
use written::WrittenQuery;

pub use changed::{ChangedQuery, changed_queries};
pub use in_place::{InPlace, query_in_place};
pub use unfit::{UnfitQuery, unfit_queries};

/// Adds the queries of the input's files to the model whose tables they name.
pub(crate) fn bind(model: &mut Model, input: &Input, diagnostics: &mut Diagnostics) {
    let mut written = Vec::new();
    for &file in &input.queries {
        let module = module_name(input.sources.file(file).path());
        file::read(input, file, &module, diagnostics, &mut written);
    }
    for texts in groups(&written, diagnostics) {
        if let Some(query) = bind::query(model, &input.sources, &texts, diagnostics) {
            model.queries.push(query);
        }
    }
}

/// Modules that the code beside those of the files finds by these names.
const TAKEN: [&str; 4] = ["column_types", "engine", "enums", "model"];

/// The module of a file: its name in snake case.
fn module_name(path: &str) -> String {
    let file = path.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = file.strip_suffix(".sql").unwrap_or(file);
    let module = name::accessor(stem);
    if TAKEN.contains(&module.as_str()) {
        format!("{module}_")
    } else {
        name::escape_keyword(&module)
    }
}

/// The texts of each name, in the order of the first of each.
fn groups<'w>(
    written: &'w [WrittenQuery],
    diagnostics: &mut Diagnostics,
) -> Vec<Vec<&'w WrittenQuery>> {
    let mut groups: Vec<Vec<&WrittenQuery>> = Vec::new();
    let mut known: HashMap<(&str, &str), usize> = HashMap::new();
    for query in written {
        let key = (query.module.as_str(), query.notes.row_name.as_str());
        let Some(&at) = known.get(&key) else {
            known.insert(key, groups.len());
            groups.push(vec![query]);
            continue;
        };
        if groups[at].iter().all(|other| query.is_beside(other)) {
            groups[at].push(query);
        } else {
            diagnostics.push(twice(groups[at][0], query));
        }
    }
    groups
}

fn twice(first: &WrittenQuery, again: &WrittenQuery) -> Diagnostic {
    let (name, kind) = (&again.notes.name.text, again.notes.kind.word());
    let message = format!(
        "there are two queries `{name}` in the module `{}`",
        again.module
    );
    let help = format!(
        "give one of them another name, `-- name: {name}_2 :{kind}`; or let each be for a dialect of its own: \
         `-- @dialect postgres` below its name"
    );
    Diagnostic::error("B0604", message)
        .at(again.notes.name.span, "again")
        .at(first.notes.name.span, "first here")
        .help(help)
}
