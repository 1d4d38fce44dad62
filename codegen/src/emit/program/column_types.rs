//! The module of the program's own types: a name for each, and the functions that read and write its values.
//!
//! rustc reports a type that is not there, or that no column can hold, once: here, on a line that names the column.
//! Everything else that is generated uses these names and functions only.

use crate::emit::shape::{ColumnType, ColumnTypes, TypePart};
use crate::emit::text::in_words;
use crate::rust_writer::RustWriter;
use bindery_schema::lists::IntoVec as _;

/// The module in a sentence.
pub(crate) const ABOUT: &str = "Types of columns that the schema names.";

/// Columns that a type's documentation names.
const NAMED: usize = 3;

/// Writes the content of the module.
pub(crate) fn items(w: &mut RustWriter, all: &ColumnTypes) {
    for (path, part) in &all.parts {
        w.item(|w| import(w, path, part));
    }
    for found in all.types.values() {
        column_type(w, found);
    }
}

fn import(w: &mut RustWriter, path: &str, part: &TypePart) {
    let name = if path.ends_with(&format!("::{}", part.name)) {
        String::new()
    } else {
        format!(" as {}", part.name)
    };
    w.line(&format!("pub(super) use {path}{name}; // {}", part.column));
}

fn column_type(w: &mut RustWriter, found: &ColumnType) {
    let ColumnType {
        name,
        ty,
        functions,
        columns,
    } = found;
    let first = &columns[0];
    w.item(|w| {
        w.doc(&format!("The type of {}.", shown(columns)));
        w.line(&format!("pub(super) type {name} = {ty}; // {first}"));
    });
    w.item(|w| {
        let head = format!(
            "pub(super) fn {}(row: &mut ::bindery::types::RowReader<'_>) -> ::bindery::Result<{name}>",
            functions.read
        );
        w.block(&head, |w| {
            w.line(&format!(
                "::bindery::types::FromColumn::read(row) // {first}"
            ))
        });
    });
    w.item(|w| {
        let head = format!(
            "pub(super) fn {}(value: &{name}, params: &mut ::bindery::types::ParamWriter<'_>)",
            functions.write
        );
        w.block(&head, |w| {
            w.line(&format!(
                "::bindery::types::ToColumn::write(value, params); // {first}"
            ))
        });
    });
}

fn shown(columns: &[String]) -> String {
    let mut shown: Vec<String> = columns.iter().take(NAMED).cloned().into_vec();
    match columns.len().saturating_sub(NAMED) {
        0 => {}
        1 => shown.push("1 more".to_owned()),
        more => shown.push(format!("{more} more")),
    }
    in_words(&shown)
}
