//! Renames that the schema does not say: each table and column that is new may be one that is gone, and the command prompts for it.

use bindery_schema::diff::{Change, Rename, TableShape, compare};

use super::differ::Sides;

/// Asks about each pair that may be a rename, until its new or its old name has been taken.
pub(super) fn ask(side: &Sides, renames: &mut Vec<Rename>, mut is_yes: impl FnMut(&str) -> bool) {
    for rename in candidates(&compare(&side.folded.structure, &side.schema)) {
        let is_open = renames.iter().all(|known| !share_a_name(known, &rename));
        if is_open && is_yes(&question(&side.engine.name, &rename)) {
            renames.push(rename);
        }
    }
}

/// Every table and column that is new with every one that is gone and is like it.
fn candidates(changes: &[Change]) -> Vec<Rename> {
    let gone = |added: &Change| {
        let renames = changes.iter().filter_map(|gone| rename(added, gone));
        renames.collect::<Vec<_>>()
    };
    changes.iter().flat_map(gone).collect()
}

/// `None` where these two are no rename.
fn rename(added: &Change, gone: &Change) -> Option<Rename> {
    match (added, gone) {
        (Change::CreateTable(new), Change::DropTable(old)) if alike(old, new) => {
            Some(Rename::Table {
                from: old.name.clone(),
                to: new.name.clone(),
            })
        }
        (
            Change::AddColumn { table, column },
            Change::DropColumn {
                table: at,
                column: old,
            },
        ) if at == table && old.type_sql == column.type_sql => Some(Rename::Column {
            table: table.clone(),
            from: old.name.clone(),
            to: column.name.clone(),
        }),
        _ => None,
    }
}

fn question(engine: &str, rename: &Rename) -> String {
    match rename {
        Rename::Table { from, to } => {
            format!("{engine}: was the table `{to}` called `{from}` before?")
        }
        Rename::Column { table, from, to } => {
            format!("{engine}: was the column `{table}.{to}` called `{from}` before?")
        }
    }
}

fn share_a_name(one: &Rename, other: &Rename) -> bool {
    match (one, other) {
        (Rename::Table { from, to }, Rename::Table { from: old, to: new }) => {
            from == old || to == new
        }
        (
            Rename::Column { table, from, to },
            Rename::Column {
                table: at,
                from: old,
                to: new,
            },
        ) => table == at && (from == old || to == new),
        _ => false,
    }
}

/// Whether most columns have the same names, so that one may be the other renamed.
fn alike(old: &TableShape, new: &TableShape) -> bool {
    let has = |name: &str| old.columns.iter().any(|column| column.name == name);
    let same = new
        .columns
        .iter()
        .filter(|column| has(&column.name))
        .count();
    same * 2 >= new.columns.len().max(old.columns.len())
}
