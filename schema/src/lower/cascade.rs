//! `CASCADE`: what goes with a table, a view, a column or a type that is dropped. Keys are the matter of `constraint`.

use std::collections::BTreeSet;

use crate::ast::{AlterAction, FileAst, Name, ObjectName};
use crate::draft::TableIndex;

use super::Fold;
use super::view_readers::Read;

impl Fold<'_> {
    /// With a table: foreign keys of other tables to it, and the views that read it.
    pub(super) fn drop_what_refers_to(&mut self, file: &FileAst, name: &ObjectName) {
        let Some(index) = self.find(file, name) else {
            return;
        };
        for table in self.tables.iter_mut().flatten() {
            let keys = &mut table.foreign_keys;
            keys.retain(|key| key.target != Some(index));
        }
        self.drop_readers(file, Read::Table(index));
    }

    /// With a table or view: the views that read it, and those that read them.
    pub(super) fn drop_readers(&mut self, file: &FileAst, read: Read) {
        let first = self.views_that_read(file, read, |_, _| true);
        self.drop_views(file, first);
    }

    /// With a column: the views that mention it.
    pub(super) fn drop_readers_of_column(
        &mut self,
        file: &FileAst,
        index: TableIndex,
        column: &str,
    ) {
        let first = self.views_that_read(file, Read::Table(index), |fold, view| {
            fold.speaks_of_column(file, view, index, column)
        });
        self.drop_views(file, first);
    }

    fn drop_views(&mut self, file: &FileAst, first: Vec<usize>) {
        let mut open = first;
        let mut gone = BTreeSet::new();
        while let Some(at) = open.pop() {
            if gone.insert(at) {
                open.extend(self.views_that_read(file, Read::View(at), |_, _| true));
            }
        }
        for at in gone {
            self.views[at] = None;
        }
    }

    /// With a type: its columns, as if each were dropped with `CASCADE`.
    pub(super) fn drop_columns_of_type(&mut self, file: &FileAst, name: &ObjectName) {
        let meant = self.means_type(name);
        let mut found: Vec<(TableIndex, Name)> = Vec::new();
        for (index, table) in self.tables.iter().enumerate() {
            let here = table.iter().filter(|table| table.file == file.file);
            let columns = here.flat_map(|table| &table.columns);
            let columns = columns.filter(|column| meant(&column.type_name));
            found.extend(columns.map(|column| (index, column.name.clone())));
        }
        for (index, column) in found {
            let dropped = AlterAction::DropColumn {
                column,
                if_exists: true,
                cascade: true,
            };
            self.action(file, index, &dropped);
        }
    }
}
