//! Which views read a table, a view or a column. What they read under a name that changes is not followed: such a view is
//! left out with a warning, unless the file creates it again.
//!
//! A database keeps what a view means (PostgreSQL) or writes its text anew (SQLite). Of the real schemas tried (the corpus,
//! crates.io, Lemmy, Vaultwarden, Supabase's auth), none renames what a view reads without creating the view again.

use crate::ast::{FileAst, Name, ObjectName};
use crate::diagnostic::Diagnostic;
use crate::draft::{DraftView, Outdated, TableIndex};
use crate::lists::IntoVec as _;
use crate::source::Span;

use super::effects::{Effects, HeldViews};
use super::reads::names_of;
use super::{Fold, lookup};

/// The source of a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Read {
    /// A table.
    Table(TableIndex),
    /// Another view.
    View(usize),
}

impl Fold<'_> {
    /// The table or view gets another name, or another schema. To be called before it does.
    pub(super) fn views_lose(&mut self, file: &FileAst, read: Read, name: &str, at: Span) {
        self.outdate(file, read, name, at, |_, _| true);
    }

    /// A column gets another name. To be called before it does.
    pub(super) fn views_lose_column(&mut self, file: &FileAst, index: TableIndex, from: &Name) {
        self.outdate(
            file,
            Read::Table(index),
            &from.text,
            from.span,
            |fold, view| fold.speaks_of_column(file, view, index, &from.text),
        );
    }

    /// A column is dropped: names that a query gives the table's columns would be those of others.
    pub(super) fn views_lose_place(&mut self, file: &FileAst, index: TableIndex, dropped: &Name) {
        self.outdate(
            file,
            Read::Table(index),
            &dropped.text,
            dropped.span,
            |fold, view| fold.names_columns(file, view, index),
        );
    }

    fn outdate(
        &mut self,
        file: &FileAst,
        read: Read,
        name: &str,
        at: Span,
        needs: impl Fn(&Self, &DraftView) -> bool,
    ) {
        if Effects::of(file.dialect).views == HeldViews::ByNames {
            return;
        }
        for view in self.views_that_read(file, read, needs) {
            if let Some(view) = &mut self.views[view] {
                let name = name.to_owned();
                view.outdated.get_or_insert(Outdated { name, at });
            }
        }
    }

    /// Views of this file that were not created again are left out, and those that read them.
    pub(super) fn leave_out_outdated_views(&mut self, file: &FileAst) {
        let of_file = |view: &DraftView| view.table.file == file.file && view.outdated.is_some();
        let is_open = |at: &usize| self.views[*at].as_ref().is_some_and(of_file);
        let mut open: Vec<usize> = (0..self.views.len()).filter(is_open).into_vec();
        while let Some(at) = open.pop() {
            let outdated = self.views[at]
                .as_ref()
                .and_then(|view| view.outdated.clone());
            let Some(outdated) = outdated else { continue };
            open.extend(self.views_that_read(file, Read::View(at), |_, _| true));
            for reader in &open {
                if let Some(view) = &mut self.views[*reader] {
                    view.outdated.get_or_insert_with(|| outdated.clone());
                }
            }
            if let Some(view) = self.views[at].take() {
                self.left_out(&view.table.name.name, &outdated);
            }
        }
    }

    fn left_out(&mut self, view: &Name, outdated: &Outdated) {
        let (own, name) = (&view.text, &outdated.name);
        let message =
            format!("view `{own}` is left out: `{name}`, which it reads, is changed after it");
        let help =
            format!("create the view again after that: `DROP VIEW {own}; CREATE VIEW {own} AS …`");
        let finding = Diagnostic::warning("B0431", message).at(outdated.at, "changed here");
        let finding = finding.at(view.span, "the view");
        self.diagnostics.push(finding.help(help));
    }

    /// The views of this file that may read it, taken out of the list.
    fn readers_of(&mut self, file: &FileAst, read: Read) -> Vec<(usize, DraftView)> {
        let name = match read {
            Read::Table(index) => self.tables[index].as_ref().map(|table| &table.name.name),
            Read::View(at) => self.views[at].as_ref().map(|view| &view.table.name.name),
        };
        let Some(name) = name.cloned() else {
            return Vec::new();
        };
        let readers = self.readers.get(&name.text.to_lowercase()).cloned();
        let mut taken = Vec::new();
        for at in readers.into_iter().flatten() {
            let view = self.views[at]
                .take_if(|view| view.table.file == file.file && read != Read::View(at));
            let Some(view) = view else { continue };
            if self.may_follow(&name, 1 + view.body.sql.len() / 64) {
                taken.push((at, view));
            } else {
                self.views[at] = Some(view);
            }
        }
        taken
    }

    /// The numbers of the views of this file that read it, and that `needs` is true of.
    pub(super) fn views_that_read(
        &mut self,
        file: &FileAst,
        read: Read,
        needs: impl Fn(&Self, &DraftView) -> bool,
    ) -> Vec<usize> {
        let mut found = Vec::new();
        for (at, view) in self.readers_of(file, read) {
            let mut sources = names_of(&view).tables.into_iter();
            let reads = sources.any(|source| self.read_by(file, &source.name) == Some(read));
            if reads && needs(self, &view) {
                found.push(at);
            }
            self.views[at] = Some(view);
        }
        found
    }

    /// Returns the object that a name stands for here and now.
    pub(super) fn read_by(&self, file: &FileAst, name: &ObjectName) -> Option<Read> {
        let table = self.find(file, name).map(Read::Table);
        table.or_else(|| self.view_index(file, name).map(Read::View))
    }

    /// Returns the names of the table in the view, and whether anything else there may have a column of the name.
    fn names_of(
        &self,
        file: &FileAst,
        view: &DraftView,
        index: TableIndex,
        column: &str,
    ) -> (Vec<String>, bool) {
        let (mut own, mut others) = (Vec::new(), false);
        for source in names_of(view).tables {
            let read = self.read_by(file, &source.name);
            if read == Some(Read::Table(index)) {
                own.push(source.alias.unwrap_or(source.name.name).text);
            } else {
                others |= self.has_column(read, column);
            }
        }
        (own, others)
    }

    /// Whether the view mentions the column of the table it reads, or all its columns. SQLite reads `*` anew each time.
    pub(super) fn speaks_of_column(
        &self,
        file: &FileAst,
        view: &DraftView,
        index: TableIndex,
        column: &str,
    ) -> bool {
        let (own, others) = self.names_of(file, view, index, column);
        let dialect = view.table.dialect;
        names_of(view).columns.iter().any(|mention| {
            let is_own = |table: &String| own.iter().any(|own| own.eq_ignore_ascii_case(table));
            let qualifier = mention.qualifier.as_ref();
            match &mention.column {
                Some(name) => {
                    lookup::same_name(name, column, dialect) && qualifier.map_or(!others, is_own)
                }
                None => {
                    let is_text = Effects::of(dialect).views == HeldViews::AsTexts;
                    !is_text && qualifier.is_none_or(is_own)
                }
            }
        })
    }

    /// Whether the view gives the table's columns names of its own: `FROM t AS u (a, b)`.
    fn names_columns(&self, file: &FileAst, view: &DraftView, index: TableIndex) -> bool {
        names_of(view).tables.iter().any(|source| {
            source.names_columns && self.read_by(file, &source.name) == Some(Read::Table(index))
        })
    }

    /// Whether it may have a column of the name. Of views that is not known here.
    fn has_column(&self, read: Option<Read>, name: &str) -> bool {
        match read {
            Some(Read::Table(index)) => self.tables[index].as_ref().is_some_and(|table| {
                lookup::column_index(&table.columns, name, table.dialect).is_some()
            }),
            Some(Read::View(_)) => true,
            None => false,
        }
    }
}
