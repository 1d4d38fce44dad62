//! The names of PostgreSQL's sequences: those that the schema creates, and those that come with a column.

use std::collections::BTreeSet;

use super::{Column, Counter, Generated, Model, ObjectKind, TableName};
use crate::name::implied::first_free;
use crate::syntax::identity_sequence_name;

impl Model {
    /// The names of all sequences.
    pub(crate) fn sequence_names(&self) -> BTreeSet<TableName> {
        let made = self.sequences().map(|object| object.name.clone());
        let columns = self
            .tables
            .iter()
            .flat_map(|table| table.columns.iter().map(move |column| (table, column)));
        let brought = columns.filter_map(|(table, column)| column.sequence_brought(&table.name));
        made.chain(brought).collect()
    }

    /// The name of the column's own sequence.
    #[cfg(feature = "diff")]
    pub(crate) fn sequence_of(&self, table: &TableName, column: &Column) -> Option<TableName> {
        let owned = || {
            self.owned_sequences().find_map(|(of, at, sequence)| {
                let is_it = of.name == *table && at.name == column.name;
                is_it.then(|| sequence.clone())
            })
        };
        match &column.native.counter {
            Counter::Sequence(_) => owned(),
            Counter::Usual | Counter::Autoincrement | Counter::Serial(_) | Counter::Identity(_) => {
                column.sequence_brought(table)
            }
        }
    }

    /// Sequences that columns own, with table and column.
    #[cfg(feature = "diff")]
    fn owned_sequences(&self) -> impl Iterator<Item = (&super::Table, &Column, &TableName)> {
        self.sequences().filter_map(|object| {
            let (table, column) = object.owner?;
            let table = self.table(table);
            Some((table, table.column(column), &object.name))
        })
    }

    fn sequences(&self) -> impl Iterator<Item = &super::NativeObject> {
        let objects = self.objects.iter();
        objects.filter(|object| object.kind == ObjectKind::Sequence)
    }
}

impl Column {
    /// Whether its sequence has the name that the database gives it.
    pub(crate) fn has_usual_sequence(&self) -> bool {
        let is_counted = matches!(self.generated, Generated::Key { .. });
        match &self.native.counter {
            Counter::Serial(_) => true,
            Counter::Usual => is_counted,
            Counter::Identity(options) => identity_sequence_name(options).is_none(),
            Counter::Autoincrement | Counter::Sequence(_) => false,
        }
    }

    /// The sequence that comes with it, of this table; `None` where it has none, or one that is created by itself.
    fn sequence_brought(&self, table: &TableName) -> Option<TableName> {
        if self.has_usual_sequence() {
            return Some(usual_sequence(table, &self.name));
        }
        match &self.native.counter {
            Counter::Identity(options) => identity_sequence(options, table),
            Counter::Usual | Counter::Autoincrement | Counter::Serial(_) | Counter::Sequence(_) => {
                None
            }
        }
    }
}

/// The name that the database gives the sequence of a new column.
pub(crate) fn usual_sequence(table: &TableName, column: &str) -> TableName {
    TableName {
        schema: table.schema.clone(),
        name: first_free(&table.name, &[column], "seq", |_| false),
    }
}

/// Of `(SEQUENCE NAME "s" START WITH 10)` the name, in the schema of the table.
fn identity_sequence(options: &str, table: &TableName) -> Option<TableName> {
    Some(TableName {
        schema: table.schema.clone(),
        name: identity_sequence_name(options)?,
    })
}
