//! Renames, which are never guessed: a hint in the schema or a person says them.

use super::structure::{Structure, table_key};
use crate::model::{EngineId, Model, TableName};

/// A table or column that has another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rename {
    /// A table under another name.
    Table {
        /// As it was.
        from: TableName,
        /// As it is.
        to: TableName,
    },
    /// A column under another name.
    Column {
        /// Its table, under the name that it has now.
        table: TableName,
        /// As it was.
        from: String,
        /// As it is.
        to: String,
    },
}

impl Rename {
    /// The table under the name that it has before the statement.
    pub(super) fn table_before(&self) -> &TableName {
        match self {
            Self::Table { from, .. } => from,
            Self::Column { table, .. } => table,
        }
    }

    /// The names of the table before and after the statement.
    pub(super) fn tables(&self) -> [&TableName; 2] {
        match self {
            Self::Table { from, to } => [from, to],
            Self::Column { table, .. } => [table, table],
        }
    }

    /// The name before it.
    pub fn old_name(&self) -> &str {
        match self {
            Self::Table { from, .. } => &from.name,
            Self::Column { from, .. } => from,
        }
    }

    /// The name after it.
    pub(super) fn new_name(&self) -> &str {
        match self {
            Self::Table { to, .. } => &to.name,
            Self::Column { to, .. } => to,
        }
    }

    /// The way back.
    pub(super) fn reversed(&self) -> Self {
        match self {
            Self::Table { from, to } => Self::Table {
                from: to.clone(),
                to: from.clone(),
            },
            Self::Column { table, from, to } => Self::Column {
                table: table.clone(),
                from: to.clone(),
                to: from.clone(),
            },
        }
    }
}

/// The hints of a schema: `@renamed_from` at the tables of an engine and at their columns, with the old names as `from` has them.
pub fn hints(schema: &Model, engine: EngineId, from: &Structure) -> Vec<Rename> {
    let mut hints = Vec::new();
    for table in schema
        .tables
        .iter()
        .filter(|table| table.engines.contains(&engine))
    {
        let named = |name: &str| TableName {
            schema: table.name.schema.clone(),
            name: name.to_owned(),
        };
        let before = table.renamed_from.as_ref();
        let before = before.map(|old| known(old, |name| from.table(&named(name)).is_some()));
        let before = before.map(|old| named(&old));
        hints.extend(before.iter().map(|old| Rename::Table {
            from: old.clone(),
            to: table.name.clone(),
        }));
        let shape = before.as_ref().and_then(|old| from.table(old));
        let shape = shape.or_else(|| from.table(&table.name));
        let has = |name: &str| shape.is_some_and(|one| one.column(name, from.dialect).is_some());
        for column in &table.columns {
            hints.extend(column.renamed_from.iter().map(|old| Rename::Column {
                table: table.name.clone(),
                from: known(old, has),
                to: column.name.clone(),
            }));
        }
    }
    hints
}

/// The name as it is written, or as PostgreSQL has what is written without quotes.
fn known(written: &str, is_there: impl Fn(&str) -> bool) -> String {
    let folded = written.to_lowercase();
    match !is_there(written) && is_there(&folded) {
        true => folded,
        false => written.to_owned(),
    }
}

/// Those of the hints that are still to be done: the old name is there and the new one is not. Tables come first.
pub(super) fn pending(hints: &[Rename], from: &Structure, to: &Structure) -> Vec<Rename> {
    let is_table = |hint: &&Rename| matches!(hint, Rename::Table { .. });
    let mut pending: Vec<Rename> = hints
        .iter()
        .filter(|hint| match hint {
            Rename::Table { from: old, to: new } => {
                from.table(old).is_some()
                    && from.table(new).is_none()
                    && to.table(new).is_some()
                    && to.table(old).is_none()
            }
            Rename::Column { .. } => false,
        })
        .cloned()
        .collect();
    let tables = pending.clone();
    for hint in hints.iter().filter(|hint| !is_table(hint)) {
        let Rename::Column {
            table,
            from: old,
            to: new,
        } = hint
        else {
            continue;
        };
        let key = |name: &TableName| table_key(name, from.dialect);
        let before = tables.iter().find_map(|rename| match rename {
            Rename::Table { from, to } => (key(to) == key(table)).then_some(from),
            Rename::Column { .. } => None,
        });
        let known = from.table(before.unwrap_or(table));
        let wanted = to.table(table);
        if let (Some(known), Some(wanted)) = (known, wanted) {
            // The database renames it with that of the parent.
            let of_parent = |parent| {
                let hint = Rename::Column {
                    table: parent,
                    from: old.clone(),
                    to: new.clone(),
                };
                hints.contains(&hint)
            };
            if wanted.parents.iter().cloned().any(of_parent) {
                continue;
            }
            let has =
                |shape: &super::TableShape, name: &str| shape.column(name, from.dialect).is_some();
            if has(known, old) && !has(known, new) && has(wanted, new) && !has(wanted, old) {
                pending.push(hint.clone());
            }
        }
    }
    pending
}

/// A hint that can be followed in no order: another table or column has the old name in the schema.
pub fn unclear<'h>(hints: &'h [Rename], from: &Structure, to: &Structure) -> Option<&'h Rename> {
    hints.iter().find(|hint| match hint {
        Rename::Table { from: old, to: new } => {
            let is_undone = from.table(old).is_some() && from.table(new).is_none();
            is_undone && to.table(old).is_some() && to.table(new).is_some()
        }
        Rename::Column {
            table,
            from: old,
            to: new,
        } => {
            let (Some(before), Some(after)) = (from.table(table), to.table(table)) else {
                return false;
            };
            let has =
                |shape: &super::TableShape, name: &str| shape.column(name, from.dialect).is_some();
            let is_taken = has(before, old) && has(after, old) && has(after, new);
            is_taken && (!has(before, new) || hints.contains(&hint.reversed()))
        }
    })
}
