//! Which warnings are reported: the levels of the configuration, and `@allow` at files, tables, views and columns.

use super::Resolver;
use crate::ast::AllowTag;
use crate::draft::DraftTable;
use crate::levels::Lints;
use crate::lists::IntoVec as _;
use crate::model::{ColumnId, IndexKey, Table};
use crate::source::Span;

impl Resolver<'_> {
    /// Keys and references are settled: what of a table stands outside of its statement is known.
    pub(super) fn settle_lints(&mut self) {
        let mut allowed = Allowed::default();
        let draft = self.draft;
        draft.allowed.iter().for_each(|tag| allowed.add(tag, []));
        let views = draft.views.iter().map(|view| &view.table);
        for view in views {
            view.notes.allow.iter().for_each(|tag| allowed.add(tag, []));
        }
        for (table, draft) in self.model.tables.iter().zip(&self.bound) {
            allowed.add_table(table, draft);
        }
        self.model.lints = Lints {
            levels: self.input.lints.clone(),
            dumps: draft.dumps.clone(),
            allowed: allowed.places,
        };
    }
}

#[derive(Default)]
struct Allowed {
    places: Vec<(&'static str, Span)>,
}

impl Allowed {
    fn add(&mut self, tag: &AllowTag, others: impl IntoIterator<Item = Span>) {
        let areas: Vec<Span> = [tag.area].into_iter().chain(others).into_vec();
        for code in &tag.codes {
            let places = areas.iter().map(|area| (*code, *area));
            self.places.extend(places);
        }
    }

    fn add_table(&mut self, table: &Table, draft: &DraftTable) {
        if let Some(tag) = &draft.notes.allow {
            let keys = keys(table);
            self.add(tag, keys.into_iter().map(|(_, span)| span));
        }
        for (index, column) in draft.columns.iter().enumerate() {
            if let Some(tag) = &column.notes.allow {
                let only = [ColumnId(index as u32)];
                let own = keys(table).into_iter().filter(|(of, _)| *of == only);
                self.add(tag, own.map(|(_, span)| span));
            }
        }
    }
}

/// The keys, references and indexes of a table with their columns, wherever they are written.
fn keys(table: &Table) -> Vec<(Vec<ColumnId>, Span)> {
    let primary = table.primary_key.iter();
    let primary = primary.map(|key| (key.columns.clone(), key.span));
    let foreign = table.foreign_keys.iter();
    let foreign = foreign.map(|key| (key.columns.clone(), key.span));
    let unique = table.uniques.iter();
    let unique = unique.map(|unique| (unique.columns.clone(), unique.span));
    let indexes = table.indexes.iter().map(|index| {
        let columns = index.parts.iter().filter_map(|part| match part.key {
            IndexKey::Column(column) => Some(column),
            IndexKey::Expression(_) => None,
        });
        (columns.into_vec(), index.span)
    });
    primary
        .chain(foreign)
        .chain(unique)
        .chain(indexes)
        .into_vec()
}
