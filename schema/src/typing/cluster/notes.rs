//! The notes on a statement, taken while it is checked.

use std::collections::HashMap;

use crate::ast::ObjectName;
use crate::model::TableId;
use crate::source::Span;
use crate::syntax::SetPart;
use crate::typing::checker::Checker;
use crate::typing::scope::Scope;

/// The tables and columns that a statement names, by their places in its text.
#[derive(Debug, Default)]
pub(in crate::typing) struct Notes {
    /// The tables.
    pub(in crate::typing) tables: HashMap<Span, TableId>,
    /// The columns.
    pub(in crate::typing) columns: HashMap<Span, NotedColumn>,
    /// Keys that `USING` makes one, by the place of what is joined.
    pub(in crate::typing) merged: Vec<(Span, [Span; 2])>,
    /// The key of the rows of `UNION` and `INTERSECT`, which is the place of the word, and those of the rows that it is of.
    pub(in crate::typing) united: Vec<(Span, Vec<Span>)>,
}

/// A column that a statement names.
#[derive(Debug, Clone, Copy)]
pub(in crate::typing) struct NotedColumn {
    /// The sharded table whose key it is, by the place of the table's name.
    pub(in crate::typing) key: Option<Span>,
    /// The number of queries around the one whose table it is of.
    pub(in crate::typing) depth: usize,
}

impl Checker<'_> {
    /// Notes a table by its name in the statement.
    pub(in crate::typing) fn note_table(&mut self, id: TableId, name: &ObjectName) {
        if let Some(notes) = &mut self.notes {
            notes.tables.insert(name.name.span, id);
        }
    }

    /// The shard column of a table.
    pub(in crate::typing) fn key_of(&self, id: TableId) -> Option<usize> {
        self.notes.as_ref()?;
        let key = self.model.table(id).shard_column()?;
        Some(key.0 as usize)
    }

    /// Notes a column that is found in the tables of a scope.
    pub(in crate::typing) fn note_column(
        &mut self,
        span: Span,
        key: Option<Span>,
        found: &Scope<'_>,
    ) {
        if let Some(notes) = &mut self.notes {
            let around = std::iter::successors(found.outer, |scope| scope.outer);
            let depth = around.count();
            notes.columns.insert(span, NotedColumn { key, depth });
        }
    }

    /// The key of rows of two queries that are put together, which have theirs in one column. Of tables that are on all servers they need none.
    pub(in crate::typing) fn note_united(
        &mut self,
        part: &SetPart,
        keys: [Option<Span>; 2],
    ) -> Option<Span> {
        let model = self.model;
        let notes = self.notes.as_mut()?;
        let is_of_other = |place: &Span, id: &TableId| {
            let table = model.table(*id);
            let is_reference = table.distribution.is_some() && table.shard_column().is_none();
            // Of what is behind the operator, only its own part was looked at so far.
            place.start > part.span.start && !is_reference
        };
        let mut tables = notes.tables.iter();
        let is_noted = notes.united.iter().any(|(place, _)| *place == part.span);
        let is_free = !tables.any(|(place, id)| is_of_other(place, id));
        let keys = match keys {
            [Some(left), Some(right)] => vec![left, right],
            [Some(left), None] if is_free => vec![left],
            _ => return None,
        };
        if is_noted || part.operator == "except" {
            return None;
        }
        notes.united.push((part.span, keys));
        Some(part.span)
    }

    /// Notes two keys that `USING` or `NATURAL` makes one.
    pub(in crate::typing) fn note_merged(
        &mut self,
        joined: Span,
        left: Option<Span>,
        right: Option<Span>,
    ) {
        if let (Some(notes), Some(left), Some(right)) = (&mut self.notes, left, right)
            && !notes.merged.contains(&(joined, [left, right]))
        {
            notes.merged.push((joined, [left, right]));
        }
    }
}
