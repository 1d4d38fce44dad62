//! Tables that foreign keys refer to and that no text makes. Migrations do not make those of other programs, which a schema declares with
//! `@unmanaged`.

use crate::ast::{KeyWords, Name, Notes, Reference, Said};
use crate::draft::{
    DraftColumn, DraftForeignKey, DraftGenerated, DraftKey, DraftNative, DraftTable,
};
use crate::lists::IntoVec as _;

use super::{Fold, column_index};

impl Fold<'_> {
    /// Adds each with the columns that are referred to, which have the types of those that refer.
    pub(super) fn add_tables_outside(&mut self) {
        let tables = self.tables.iter().flatten();
        let keys = tables.flat_map(|table| table.foreign_keys.iter().map(move |key| (table, key)));
        let unknown = keys.filter(|(_, key)| self.is_outside(key));
        let found: Vec<DraftTable> = unknown.map(|(table, key)| outside(table, key)).into_vec();
        for table in found {
            let known = self.table_outside(&table.name.name);
            match known {
                None => self.insert(table),
                Some(at) => add_columns(self.table_mut(at), table.columns),
            }
        }
    }

    fn is_outside(&self, key: &DraftForeignKey) -> bool {
        let reference = &key.reference;
        let is_there = |at: &usize| {
            let table = self.tables[*at].as_ref();
            let schema = table.and_then(|table| table.name.schema.as_deref());
            table.is_some() && reference.table.rank(schema).is_some()
        };
        let named = self.by_name.get(&reference.table.name.text.to_lowercase());
        let is_known = named.is_some_and(|all| all.iter().any(is_there));
        key.target.is_none() && !is_known && !reference.columns.is_empty()
    }

    fn table_outside(&self, name: &Name) -> Option<usize> {
        let named = self.by_name.get(&name.text.to_lowercase())?;
        let is_outside = |at: &&usize| {
            let table = self.tables[**at].as_ref();
            table.is_some_and(|table| table.native.outside)
        };
        named.iter().find(is_outside).copied()
    }
}

fn outside(table: &DraftTable, key: &DraftForeignKey) -> DraftTable {
    let Reference {
        table: name,
        columns,
        ..
    } = &key.reference;
    let pairs = columns.iter().zip(&key.columns);
    let typed = pairs.filter_map(|(name, own)| {
        let at = column_index(&table.columns, &own.text, table.dialect)?;
        Some(column(name, &table.columns[at]))
    });
    DraftTable {
        name: name.clone(),
        columns: typed.into_vec(),
        primary_key: Some(DraftKey {
            columns: columns.clone(),
            parts: Vec::new(),
            name: None,
            deferrable: None,
            words: KeyWords::default(),
            span: key.span,
        }),
        uniques: Vec::new(),
        indexes: Vec::new(),
        foreign_keys: Vec::new(),
        checks: Vec::new(),
        comment: None,
        native: DraftNative {
            outside: true,
            ..DraftNative::default()
        },
        query: None,
        notes: Notes::from(Said {
            unmanaged: Some(key.span),
            ..Said::default()
        }),
        renames: Vec::new(),
        ..table.clone()
    }
}

fn column(name: &Name, referring: &DraftColumn) -> DraftColumn {
    DraftColumn {
        name: name.clone(),
        not_null: true,
        default: None,
        generated: DraftGenerated::No,
        notes: Notes::default(),
        comment: None,
        ..referring.clone()
    }
}

fn add_columns(table: &mut DraftTable, columns: Vec<DraftColumn>) {
    for column in columns {
        if column_index(&table.columns, &column.name.text, table.dialect).is_none() {
            table.columns.push(column);
        }
    }
}
