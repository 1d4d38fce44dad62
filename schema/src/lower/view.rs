//! Views: made, made anew, renamed, dropped. Their columns are the matter of `resolve`.

use crate::ast::{AlterAction, Comment, CreateIndex, CreateView, FileAst, Name, ObjectName};
use crate::draft::{DraftIndex, DraftTable, DraftView};

use super::Fold;
use super::alter::{moved, renamed};
use super::constraint::index_as_written;
use super::lookup::{named_table, same_name};
use super::reads::names_of;
use super::view_readers::Read;

impl Fold<'_> {
    /// A second one of the name takes the place of the first: dumps begin with a stand-in where views need each other.
    pub(super) fn create_view(&mut self, file: &FileAst, created: &CreateView) {
        let view = DraftView {
            outdated: None,
            table: named_table(file, &created.name, &created.notes),
            materialized: created.materialized,
            columns: created.columns.clone(),
            query: created.query.clone(),
            body: created.body.clone(),
            words: created.words.clone(),
            column_notes: created.column_notes.clone(),
            column_comments: Vec::new(),
            declared: self.now,
        };
        let own = &view.table;
        let same = |known: &DraftView| {
            known.table.name.schema == own.name.schema
                && same_name(
                    &known.table.name.name.text,
                    &own.name.name.text,
                    own.dialect,
                )
                && self.share_engine(&known.table, own)
        };
        let key = own.name.name.text.to_lowercase();
        let before = self.views_named(&key).find(|(_, view)| same(view));
        let before = before.map(|(at, _)| at);
        if created.if_not_exists && before.is_some() {
            return;
        }
        self.no_models.insert(key.clone());
        let number = before.unwrap_or(self.views.len());
        for source in names_of(&view).tables {
            let name = source.name.name.text.to_lowercase();
            self.readers.entry(name).or_default().insert(number);
        }
        if let Some(before) = before {
            self.views[before] = Some(view);
        } else {
            self.view_by_name
                .entry(key)
                .or_default()
                .push(self.views.len());
            self.views.push(Some(view));
        }
    }

    fn views_named(&self, key: &str) -> impl DoubleEndedIterator<Item = (usize, &DraftView)> {
        let known = self.view_by_name.get(key).map(Vec::as_slice);
        let known = known.unwrap_or_default().iter().copied();
        known.filter_map(|at| Some((at, self.views[at].as_ref()?)))
    }

    pub(super) fn drop_view(&mut self, file: &FileAst, name: &ObjectName, cascade: bool) {
        if let Some(at) = self.view_index(file, name) {
            if cascade {
                self.drop_readers(file, Read::View(at));
            }
            self.views[at] = None;
        }
    }

    /// The view a statement of this file means: the latest of the name, of the same file if there is one.
    pub(super) fn view_index(&self, file: &FileAst, name: &ObjectName) -> Option<usize> {
        let rank = |(at, view): (usize, &DraftView)| {
            let known = &view.table.name;
            let named = same_name(&known.name.text, &name.name.text, view.table.dialect);
            let rank = name.rank(known.schema.as_deref()).filter(|_| named)?;
            Some(((view.table.file != file.file, rank), at))
        };
        let key = name.name.text.to_lowercase();
        let ranked = self.views_named(&key).rev().filter_map(rank);
        ranked.min_by_key(|(rank, _)| *rank).map(|(_, at)| at)
    }

    /// Returns that view, to be changed.
    pub(super) fn find_view(
        &mut self,
        file: &FileAst,
        name: &ObjectName,
    ) -> Option<&mut DraftView> {
        let at = self.view_index(file, name)?;
        self.views[at].as_mut()
    }

    /// An index of a materialized view; `false` where there is no such view.
    pub(super) fn index_of_view(&mut self, file: &FileAst, index: &CreateIndex) -> bool {
        let view = self.find_view(file, &index.table);
        let Some(view) = view.filter(|view| view.materialized) else {
            return false;
        };
        view.table.indexes.push(index_as_written(index));
        true
    }

    /// Returns the tables that hold the indexes of views.
    fn indexes_of_views(&mut self) -> impl Iterator<Item = &mut DraftTable> {
        self.views.iter_mut().flatten().map(|view| &mut view.table)
    }

    pub(super) fn drop_index_of_view(&mut self, name: &ObjectName) {
        for table in self.indexes_of_views() {
            let bears = |index: &DraftIndex| index.name.as_ref() == Some(&name.name.text);
            table.indexes.retain(|index| !bears(index));
        }
    }

    /// `false` where there is none of the name.
    pub(super) fn rename_index_of_view(&mut self, from: &ObjectName, to: &Name) -> bool {
        let indexes = self.indexes_of_views().flat_map(|table| &mut table.indexes);
        let mut found = false;
        for index in indexes.filter(|index| index.name.as_ref() == Some(&from.name.text)) {
            index.name = Some(to.text.clone());
            found = true;
        }
        found
    }

    /// Another name or schema; all else of `ALTER TABLE` is not for views. `false` where there is no such view.
    pub(super) fn alter_view(
        &mut self,
        file: &FileAst,
        name: &ObjectName,
        actions: &[AlterAction],
    ) -> bool {
        let Some(at) = self.view_index(file, name) else {
            return false;
        };
        for action in actions {
            let Some(view) = &self.views[at] else {
                return true;
            };
            let from = view.table.name.clone();
            let (to, span) = if let AlterAction::RenameTable(to) = action {
                (renamed(&from, to), to.name.span)
            } else if let AlterAction::SetSchema(to) = action {
                (moved(&from, &to.text), to.span)
            } else {
                continue;
            };
            self.views_lose(file, Read::View(at), &from.name.text, span);
            self.rename_view(at, &to);
        }
        true
    }

    fn rename_view(&mut self, at: usize, to: &ObjectName) {
        if let Some(view) = &mut self.views[at] {
            view.table.name.clone_from(to);
        }
        let key = to.name.text.to_lowercase();
        self.view_by_name.entry(key).or_default().push(at);
    }

    pub(super) fn comment_on_view(
        &mut self,
        file: &FileAst,
        name: &ObjectName,
        column: &Name,
        comment: &Comment,
    ) {
        if let Some(view) = self.find_view(file, name) {
            view.column_comments
                .push((column.text.clone(), comment.text.clone()));
        }
    }
}
