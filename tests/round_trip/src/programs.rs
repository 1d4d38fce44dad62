//! Writes the program of each schema: its main function, which binds every model of the generated crate to this one.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::{fs, io};

use bindery::Dialect;
use bindery_schema::model::{ColumnId, FieldType, Generated, Model, Table};
use bindery_schema::plan::statements::{is_touched, is_writable, row_columns};

use crate::schema::{self, Schema};

/// Writes the program of every schema of a corpus into a folder, for the generated crate beside it: for
/// `postgres/two_words.sql` the package `postgres-two-words-run` beside `postgres-two-words`. One that is as it should be
/// is left untouched.
///
/// # Errors
/// A schema cannot be read, or a file cannot be written. The others are written nevertheless.
pub fn write_all(corpus: &Path, out: &Path) -> Result<(), String> {
    let mut failures = Vec::new();
    for dialect in [Dialect::Sqlite, Dialect::Postgres, Dialect::Mysql] {
        for path in schema::files(&corpus.join(dialect.name())) {
            failures.extend(write(&path, dialect, out).err());
        }
    }
    if failures.is_empty() {
        Ok(())
    } else {
        Err(failures.join("\n"))
    }
}

fn write(path: &Path, dialect: Dialect, out: &Path) -> Result<(), String> {
    let schema = Schema::read(path, dialect)?;
    let name = schema.name.replace(['/', '_'], "-");
    let own = out.join(format!("{name}-run"));
    let written = || -> io::Result<()> {
        fs::create_dir_all(own.join("src"))?;
        write_changed(&own.join("Cargo.toml"), &manifest(&name))?;
        write_changed(
            &own.join("src/main.rs"),
            &main_function(&schema.model, &name),
        )
    };
    written().map_err(|error| format!("`{}` cannot be written: {error}", own.display()))
}

fn write_changed(path: &Path, text: &str) -> io::Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::write(path, text)
}

fn manifest(name: &str) -> String {
    let here = env!("CARGO_MANIFEST_DIR");
    format!(
        "[package]\nname = \"{name}-run\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n\
         [dependencies]\nbindery = \"0.1\"\nbindery-round-trip = {{ path = {here:?} }}\ncorpus-{name} = {{ path = \"../{name}\" }}\n"
    )
}

fn main_function(model: &Model, name: &str) -> String {
    let program = format!("corpus_{}", name.replace('-', "_"));
    let mut text = String::from(
        "//! Runs the generated code of one schema.\n\nuse bindery_round_trip::{Config, Connect, Result, Shown, Table};\n\n\
         struct Here;\n\n",
    );
    for id in model.rust_enums() {
        let name = &model.enum_type(id).type_name;
        add(
            &mut text,
            format_args!("bindery_round_trip::enumeration!(Here, {program}::enums::{name});\n"),
        );
    }
    for path in own_types(model) {
        add(
            &mut text,
            format_args!("bindery_round_trip::own_type!(Here, {path});\n"),
        );
    }
    // Views come last.
    let is_table = |table: &&Table| table.view.is_none();
    let tables = model.tables.iter().filter(is_table).count();
    for (at, table) in model.tables.iter().enumerate() {
        let line = match &table.view {
            None => format!("table!({})", bound(at, table, &program)),
            Some(_) => format!("view!({})", shown(at, table, &program)),
        };
        add(&mut text, format_args!("bindery_round_trip::{line};\n"));
    }
    add(
        &mut text,
        format_args!("\ntype Engine = {program}::engine::Default;\n\n"),
    );
    for (name, kind, range) in [
        ("TABLES", "Table", 0..tables),
        ("VIEWS", "Shown", tables..model.tables.len()),
    ] {
        let all: Vec<String> = range.map(|at| format!("&Table{at}")).collect();
        let all = all.join(", ");
        add(
            &mut text,
            format_args!("static {name}: &[&dyn {kind}<Engine>] = &[{all}];\n"),
        );
    }
    add(
        &mut text,
        format_args!(
            "\nfn open(config: &Config) -> Result<Connect<Engine>> {{\n    \
             let databases = {program}::Databases::with_config(config)?;\n    \
             Ok(Box::new(move || databases.default()))\n}}\n\n\
             fn main() -> std::process::ExitCode {{\n    bindery_round_trip::run(open, TABLES, VIEWS)\n}}\n"
        ),
    );
    text
}

fn add(text: &mut String, more: std::fmt::Arguments<'_>) {
    text.write_fmt(more)
        .expect("writing to a String cannot fail");
}

/// The arguments of `table!`.
fn bound(at: usize, table: &Table, program: &str) -> String {
    let columns: Vec<(usize, ColumnId)> = row_columns(table).into_iter().enumerate().collect();
    let fields = |columns: &mut dyn Iterator<Item = &(usize, ColumnId)>| {
        let field = |(at, id): &(usize, ColumnId)| format!("{at} {}", table.column(*id).field);
        columns.map(field).collect::<Vec<_>>().join(", ")
    };
    let row = fields(&mut columns.iter());
    let changes = fields(&mut columns.iter().filter(|(_, id)| is_changeable(table, *id)));
    let key = if table.primary_key.is_some() {
        "keyed"
    } else {
        "keyless"
    };
    format!(
        "Here, Table{at}, {program}, {key}, {}, [{row}], [{changes}]",
        table.model_name
    )
}

/// The arguments of `view!`.
fn shown(at: usize, table: &Table, program: &str) -> String {
    let columns = row_columns(table).into_iter().enumerate();
    let fields: Vec<String> = columns
        .map(|(at, id)| format!("{at} {}", table.column(id).field))
        .collect();
    let fields = fields.join(", ");
    format!(
        "Here, Table{at}, {program}, {}, [{fields}]",
        table.model_name
    )
}

fn is_changeable(table: &Table, id: ColumnId) -> bool {
    let column = table.column(id);
    let in_key = table
        .primary_key
        .as_ref()
        .is_some_and(|key| key.columns.contains(&id));
    is_writable(column)
        && column.generated != Generated::Key { always: true }
        && !in_key
        && !is_touched(column)
}

/// Rust types that the schema's own words, or their types' names, give to columns.
fn own_types(model: &Model) -> BTreeSet<&str> {
    let columns = model.tables.iter().flat_map(|table| &table.columns);
    let columns = columns.filter(|column| !column.skip);
    columns
        .filter_map(|column| match &column.field_type {
            // Bound for all dates together.
            FieldType::Custom(path) if path.starts_with("bindery::types::ZeroOr<") => None,
            FieldType::Custom(path) => Some(path.as_str()),
            FieldType::Plain | FieldType::Key { .. } => None,
        })
        .collect()
}
