//! The tables of `growth::schema::plain` as they are written by hand: a struct each, with five functions over rusqlite.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::Failure;
use crate::workspace;

/// The names and types of a table's ten columns.
const COLUMNS: [(&str, &str); 10] = [
    ("id", "i64"),
    ("parent_id", "i64"),
    ("code", "String"),
    ("value_3", "Option<i64>"),
    ("value_4", "bool"),
    ("value_5", "Option<f64>"),
    ("value_6", "String"),
    ("value_7", "Option<String>"),
    ("value_8", "i64"),
    ("value_9", "Option<i64>"),
];

/// A crate of a file for each table.
pub(super) fn crate_of(folder: &Path, name: &str, tables: usize) -> Result<(), Failure> {
    let source = folder.join("src");
    fs::create_dir_all(&source)?;
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         rusqlite = {{ version = \"*\", default-features = false, features = [\"bundled\", \"cache\", \"functions\"] }}\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    let lock = workspace::root().join("Cargo.lock");
    fs::copy(lock, folder.join("Cargo.lock"))?;
    let mut modules = String::new();
    for at in 0..tables {
        writeln!(modules, "pub mod item_{at};")?;
        fs::write(source.join(format!("item_{at}.rs")), table(at))?;
    }
    Ok(fs::write(source.join("lib.rs"), modules)?)
}

fn table(at: usize) -> String {
    let names = COLUMNS.map(|(name, _)| name);
    let list = names.join(", ");
    let places = ["?"; COLUMNS.len()].join(", ");
    let joined = |each: &dyn Fn((usize, &str)) -> String, between: &str| {
        let each: Vec<String> = names.into_iter().enumerate().map(each).collect();
        each.join(between)
    };
    let fields = COLUMNS.map(|(name, kind)| format!("    pub {name}: {kind},\n"));
    let read = joined(
        &|(at, name)| format!("        {name}: row.get({at})?,"),
        "\n",
    );
    let values = joined(&|(_, name)| format!("item.{name}"), ", ");
    let set = joined(&|(_, name)| format!("{name} = ?"), ", ");
    format!(
        "use rusqlite::{{Connection, OptionalExtension, Result, Row, params}};\n\n\
         #[derive(Debug, Clone, PartialEq)]\npub struct Item{at} {{\n{}}}\n\n\
         fn read(row: &Row<'_>) -> Result<Item{at}> {{\n    Ok(Item{at} {{\n{read}\n    }})\n}}\n\n\
         pub fn find(db: &Connection, id: i64) -> Result<Option<Item{at}>> {{\n    \
         db.prepare_cached(\"SELECT {list} FROM item_{at} WHERE id = ?\")?.query_row([id], read).optional()\n}}\n\n\
         pub fn list(db: &Connection) -> Result<Vec<Item{at}>> {{\n    \
         db.prepare_cached(\"SELECT {list} FROM item_{at}\")?.query_map([], read)?.collect()\n}}\n\n\
         pub fn insert(db: &Connection, item: &Item{at}) -> Result<usize> {{\n    \
         db.prepare_cached(\"INSERT INTO item_{at} ({list}) VALUES ({places})\")?.execute(params![{values}])\n}}\n\n\
         pub fn update(db: &Connection, item: &Item{at}) -> Result<usize> {{\n    \
         db.prepare_cached(\"UPDATE item_{at} SET {set} WHERE id = ?\")?.execute(params![{values}, item.id])\n}}\n\n\
         pub fn delete(db: &Connection, id: i64) -> Result<usize> {{\n    \
         db.prepare_cached(\"DELETE FROM item_{at} WHERE id = ?\")?.execute([id])\n}}\n",
        fields.concat()
    )
}
