//! Types of the program's own that columns have: a name for each, and the names of the functions that read and write its values.

use bindery_schema::lists::IntoVec as _;
use std::collections::{BTreeMap, BTreeSet};

use bindery_schema::model::{ColumnId, FieldType, Model, TableId};
use bindery_schema::rust_type::Traits;
use heck::{ToSnakeCase, ToUpperCamelCase};

use super::names::COLUMN_TYPES;
use super::types;
use crate::emit::text::code;
use crate::rust_writer::doc_line;

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct ColumnTypes {
    /// Paths of types that others are made of: `crate::Listed` of `crate::Listed<crate::Code>`.
    pub(crate) parts: BTreeMap<String, TypePart>,
    /// By the path that the schema says.
    pub(crate) types: BTreeMap<String, ColumnType>,
}

/// A type that others are made of.
#[derive(Debug)]
pub(crate) struct TypePart {
    pub(crate) name: String,
    /// The first column whose type is made of it.
    pub(crate) column: String,
}

/// A type of columns.
#[derive(Debug)]
pub(crate) struct ColumnType {
    pub(crate) name: String,
    /// The type with the names of its parts.
    pub(crate) ty: String,
    pub(crate) functions: Functions,
    /// `table.column` in code, with the place.
    pub(crate) columns: Vec<String>,
}

/// The names of the functions of a type.
#[derive(Debug, Clone, Hash)]
pub(crate) struct Functions {
    pub(crate) read: String,
    pub(crate) write: String,
}

impl ColumnTypes {
    /// Those of a schema.
    pub(crate) fn of(model: &Model) -> Self {
        let mut columns: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (id, path) in custom_columns(model) {
            columns
                .entry(path)
                .or_default()
                .push(column_place(model, id));
        }
        let mut names = names_of_all(columns.keys());
        let mut all = Self::default();
        for path in columns.keys().filter(|path| is_part(path)) {
            all.types.insert(
                path.clone(),
                ColumnType::new(path, path.clone(), &mut names),
            );
        }
        for (path, places) in &columns {
            if !is_part(path) {
                let ty = all.with_parts(path, &places[0], &mut names);
                all.types
                    .insert(path.clone(), ColumnType::new(path, ty, &mut names));
            }
        }
        for (path, places) in columns {
            if let Some(found) = all.types.get_mut(&path) {
                found.columns = places;
            }
        }
        all
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.types.is_empty()
    }

    /// Returns the name of a path, and the functions of its values; `root` goes before the module.
    pub(crate) fn find(&self, path: &str, root: &str) -> Option<(String, Functions)> {
        let found = self.types.get(&whole(path))?;
        let named = |name: &str| format!("{root}{COLUMN_TYPES}::{name}");
        let Functions { read, write } = &found.functions;
        let functions = Functions {
            read: named(read),
            write: named(write),
        };
        Some((named(&found.name), functions))
    }

    /// The type with its parts by their names.
    fn with_parts(&mut self, path: &str, column: &str, names: &mut BTreeSet<String>) -> String {
        let mut ty = String::with_capacity(path.len());
        let mut rest = path;
        while let Some(start) = rest.find(is_letter) {
            let (before, behind) = rest.split_at(start);
            let end = behind.find(|sign| !is_letter(sign)).unwrap_or(behind.len());
            let part = behind[..end].trim_end_matches("::");
            ty.push_str(before);
            // Behind a bracket it is an item of the type before it.
            if is_part(part) && !before.ends_with('>') {
                ty.push_str(&self.part(part, column, names));
            } else {
                ty.push_str(part);
            }
            rest = behind[part.len()..].trim_start_matches("::");
        }
        ty + rest
    }

    fn part(&mut self, path: &str, column: &str, names: &mut BTreeSet<String>) -> String {
        if let Some(found) = self.types.get(path) {
            return found.name.clone();
        }
        let part = self.parts.entry(path.to_owned()).or_insert_with(|| {
            let last = path.rsplit("::").next().unwrap_or(path);
            TypePart {
                name: free(last.to_owned(), names),
                column: column.to_owned(),
            }
        });
        part.name.clone()
    }
}

impl ColumnType {
    fn new(path: &str, ty: String, names: &mut BTreeSet<String>) -> Self {
        let words = path.split(|sign| !is_letter(sign));
        let last = words.filter_map(|word| word.rsplit("::").next());
        let name = last
            .map(ToUpperCamelCase::to_upper_camel_case)
            .collect::<String>();
        let is_word = name.starts_with(char::is_alphabetic);
        let name = if is_word { name } else { format!("Own{name}") };
        let name = free(name, names);
        let snake = name.to_snake_case();
        Self {
            ty,
            functions: Functions {
                read: free(format!("read_{snake}"), names),
                write: free(format!("write_{snake}"), names),
            },
            name,
            columns: Vec::new(),
        }
    }
}

/// Columns with a type of the program's own, with its path.
fn custom_columns(model: &Model) -> impl Iterator<Item = ((TableId, ColumnId), String)> {
    let columns = model.table_ids().flat_map(|table| {
        let columns = 0..model.table(table).columns.len();
        columns.map(move |at| (table, ColumnId(at as u32)))
    });
    columns.filter_map(|(table, id)| {
        let column = model.table(table).column(id);
        match &column.field_type {
            FieldType::Custom(path) if !column.skip && is_unknown(path) => {
                Some(((table, id), whole(path)))
            }
            FieldType::Custom(_) | FieldType::Plain | FieldType::Key { .. } => None,
        }
    })
}

/// `` `goods.cents`, schema.sql:4 ``
fn column_place(model: &Model, (table, column): (TableId, ColumnId)) -> String {
    let found = model.table(table);
    let name = code(&format!(
        "{}.{}",
        found.name.name,
        found.column(column).name
    ));
    match model.custom_types_at.get(&(table, column)) {
        Some(at) => format!("{name} ({})", doc_line(at)),
        None => name,
    }
}

/// Names that paths take for known: none of ours may hide them, or be another name for itself.
fn names_of_all<'p>(paths: impl Iterator<Item = &'p String>) -> BTreeSet<String> {
    let words = paths.flat_map(|path| path.split(|sign| !is_letter(sign)));
    let lone = words.filter(|word| !word.contains(':'));
    lone.map(str::to_owned).collect()
}

fn is_unknown(path: &str) -> bool {
    types::custom(path).1 == Traits::UNKNOWN
}

/// The path in generated code, without blanks around `::`.
fn whole(path: &str) -> String {
    let (path, _) = types::custom(path);
    let names: Vec<_> = path.split("::").map(str::trim).into_vec();
    names.join("::")
}

/// May be looked up alone: a path of names that is not of a crate that every program has.
fn is_part(path: &str) -> bool {
    path.contains("::") && path.chars().all(is_letter) && !types::crates_of(path).is_empty()
}

fn is_letter(sign: char) -> bool {
    sign.is_alphanumeric() || sign == '_' || sign == ':'
}

fn free(name: String, taken: &mut BTreeSet<String>) -> String {
    let mut free = name.clone();
    let mut number = 2;
    while !taken.insert(free.clone()) {
        free = format!("{name}{number}");
        number += 1;
    }
    free
}
