//! The tables that a view can see: those of its own file first, as they were when it was made.

use crate::resolve::facts::Facts;
use std::cmp::Reverse;
use std::collections::HashMap;

use crate::ast::ObjectName;
use crate::dialect::Dialect;
use crate::draft::{DraftTable, DraftView};
use crate::lower::same_name;
use crate::model::{Model, Table, TableId, TableName};
use crate::source::FileId;
use crate::typing::{Named, Names};

use super::named_views;

/// The names of a view's query, or of a table's.
pub(super) struct OfView<'r> {
    pub(super) view: &'r DraftView,
    pub(super) model: &'r Model,
    /// For each table of the model, its draft.
    pub(super) bound: &'r [&'r DraftTable],
    /// Tables by name in lower case.
    pub(super) by_name: &'r HashMap<String, Vec<TableId>>,
}

impl Names for OfView<'_> {
    fn table(&self, name: &ObjectName) -> Named {
        if let Some(id) = self.table_named(name) {
            Named::Table(id)
        } else if self.named_view(name).is_some() {
            Named::Open
        } else {
            Named::Missing
        }
    }

    /// Of columns that came later its `*` may know nothing.
    fn sees(&self, table: TableId, column: usize) -> bool {
        let written = &self.bound[table.0 as usize].columns;
        let since = written.get(column).map_or(0, |column| column.since);
        since <= self.view.declared || Facts::of(self.dialect()).queries.stars_follow
    }

    /// Virtual tables have columns of their kind, a table that could not be read may have any, and a column may have borne the
    /// name when the view was made.
    fn may_have(&self, table: TableId, column: &str) -> bool {
        let draft = self.bound[table.0 as usize];
        let is_virtual =
            Facts::of(draft.dialect).queries.virtual_tables && draft.notes.unmanaged.is_some();
        let mut renames = draft.renames.iter();
        draft.incomplete
            || is_virtual
            || renames.any(|(_, from, _)| same_name(from, column, self.dialect()))
    }

    fn prefers(&self, file: FileId) -> bool {
        file == self.view.table.file
    }
}

impl OfView<'_> {
    fn dialect(&self) -> Dialect {
        self.view.table.dialect
    }

    /// A view that was read before and has no model.
    pub(super) fn named_view(&self, wanted: &ObjectName) -> Option<&TableName> {
        let mut names = named_views(self.model).map(|named| &named.table.name);
        names.find(|name| {
            same_name(&name.name, &wanted.name.text, self.dialect())
                && wanted.rank(name.schema.as_deref()).is_some()
        })
    }

    /// The table of a name: of the view's own file first, then along its path; the latest of several.
    fn table_named(&self, wanted: &ObjectName) -> Option<TableId> {
        let candidates = self.by_name.get(&wanted.name.text.to_lowercase())?;
        let rank = |table: &Table| wanted.rank(table.name.schema.as_deref());
        let fits = |id: &&TableId| {
            let table = self.model.table(**id);
            rank(table).is_some() && same_name(&table.name.name, &wanted.name.text, self.dialect())
        };
        let own = &self.view.table;
        let score = |id: &&TableId| {
            let draft = self.bound[id.0 as usize];
            let tagged = own.engines.first() == draft.engines.first();
            (
                draft.file == own.file,
                tagged,
                Reverse(rank(self.model.table(**id))),
                draft.name.schema == own.name.schema,
            )
        };
        candidates.iter().filter(fits).max_by_key(score).copied()
    }
}
