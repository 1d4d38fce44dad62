//! Finds tables and columns by name, as each dialect compares names.

use crate::ast::{CreateTable, FileAst, Keeper, Notes, ObjectName};
use crate::dialect::Dialect;
use crate::draft::{DraftColumn, DraftNative, DraftTable, TableIndex};
use crate::lists::IntoVec as _;

use super::Fold;
pub(crate) use crate::name::same_name;

/// The place of a column among others.
pub(crate) fn column_index(columns: &[DraftColumn], name: &str, dialect: Dialect) -> Option<usize> {
    // Each column of a table is looked for among those before it, and build scripts are not optimised.
    let mut at = 0;
    while at < columns.len() {
        if same_name(&columns[at].name.text, name, dialect) {
            return Some(at);
        }
        at += 1;
    }
    None
}

impl Fold<'_> {
    /// The table a statement of this file means: the latest of the name, of the same file and along the path.
    pub(super) fn find(&self, file: &FileAst, name: &ObjectName) -> Option<TableIndex> {
        let candidates = self.by_name.get(&name.name.text.to_lowercase())?;
        let rank = |&index: &TableIndex| {
            let table = self.tables[index].as_ref()?;
            let named = same_name(&table.name.name.text, &name.name.text, table.dialect);
            let rank = name.rank(table.name.schema.as_deref()).filter(|_| named)?;
            Some(((table.file != file.file, rank), index))
        };
        let ranked = candidates.iter().rev().filter_map(rank);
        // Of equals the first is taken, which is the latest.
        ranked.min_by_key(|(rank, _)| *rank).map(|(_, index)| index)
    }

    /// A table of an index that [`Self::find`] gave.
    pub(super) fn table_mut(&mut self, index: TableIndex) -> &mut DraftTable {
        self.tables[index]
            .as_mut()
            .expect("find gives tables that are there")
    }

    pub(super) fn insert(&mut self, table: DraftTable) {
        let key = table.name.name.text.to_lowercase();
        let index = self.tables.len();
        self.by_name.entry(key).or_default().push(index);
        for (_, parent) in &table.native.inherits {
            if let Some(parent) = parent {
                self.heirs.entry(*parent).or_default().push(index);
            }
        }
        self.tables.push(Some(table));
    }

    pub(super) fn drop_table(&mut self, file: &FileAst, name: &ObjectName) {
        let key = name.name.text.to_lowercase();
        if let Some(index) = self.find(file, name) {
            let dropped = self.table_mut(index).name.clone();
            if self.awaited.contains(&key) && self.may_follow(&dropped.name, self.tables.len()) {
                self.bind_waiting_keys(index);
            }
            self.keys_wait(index);
            self.objects.drop_owned_by(&dropped);
            self.forget_name(&key, index);
            self.awaited.insert(key.clone());
        }
        self.no_models.insert(key);
    }

    /// Keys that refer to the table wait for one of the name that it has now, which need not be the one that they were written with; nor
    /// need the names of its columns.
    fn keys_wait(&mut self, index: TableIndex) {
        let Some(gone) = self.tables[index].take() else {
            return;
        };
        if !self.may_follow(&gone.name.name, self.tables.len()) {
            return;
        }
        let tables = self.tables.iter_mut().flatten();
        let keys = tables.flat_map(|table| &mut table.foreign_keys);
        for key in keys.filter(|key| key.target == Some(index)) {
            let referred = &mut key.reference;
            referred.table.name.text.clone_from(&gone.name.name.text);
            referred.table.schema.clone_from(&gone.name.schema);
            for column in &mut referred.columns {
                column.text = gone.name_now(&column.text, key.declared);
            }
        }
    }

    pub(super) fn forget_name(&mut self, key: &str, index: TableIndex) {
        if let Some(indexes) = self.by_name.get_mut(key) {
            indexes.retain(|&known| known != index);
        }
    }

    /// Whether there is a table of this name that shares an engine with this one.
    pub(super) fn exists_already(&self, table: &DraftTable) -> bool {
        let candidates = self.by_name.get(&table.name.name.text.to_lowercase());
        candidates
            .into_iter()
            .flatten()
            .filter_map(|&index| self.tables[index].as_ref())
            .any(|known| {
                let same = known.name.schema == table.name.schema
                    && same_name(&known.name.name.text, &table.name.name.text, table.dialect);
                same && self.share_engine(known, table)
            })
    }

    pub(super) fn share_engine(&self, one: &DraftTable, other: &DraftTable) -> bool {
        let default = [(self.default_engine.clone(), None)];
        let engines = |table: &DraftTable| {
            if table.engines.is_empty() {
                default.to_vec()
            } else {
                table.engines.clone()
            }
        };
        let others = engines(other);
        engines(one)
            .iter()
            .any(|(name, _)| others.iter().any(|(known, _)| known == name))
    }

    fn parents(
        &self,
        file: &FileAst,
        names: &[ObjectName],
    ) -> Vec<(ObjectName, Option<TableIndex>)> {
        let found = |name: &ObjectName| (name.clone(), self.find(file, name));
        names.iter().map(found).into_vec()
    }

    /// A table with its own options, and nothing else yet.
    pub(super) fn empty_table(&self, file: &FileAst, created: &CreateTable) -> DraftTable {
        let mut notes = created.notes.clone();
        if notes.length.is_none() && file.length.is_some() {
            notes.change().length = file.length;
        }
        DraftTable {
            comment: created.comment.clone(),
            native: DraftNative {
                unlogged: created.native.unlogged,
                inherits: self.parents(file, &created.native.inherits),
                options: created.native.options.clone(),
                ..DraftNative::default()
            },
            strict: created.strict,
            without_rowid: created.without_rowid,
            full_text: created.keeper == Keeper::FullText,
            storage_engine: created.storage_engine.clone(),
            incomplete: created.incomplete,
            query: created.query.clone(),
            columns: Vec::with_capacity(created.columns.len()),
            ..named_table(file, &created.name, &notes)
        }
    }
}

/// A table with its name and engines and nothing else.
pub(super) fn named_table(file: &FileAst, name: &ObjectName, notes: &Notes) -> DraftTable {
    let tag = notes.engines.as_ref().or(file.engines.as_ref());
    let tagged = tag.map(|tag| {
        tag.names
            .iter()
            .map(|name| (name.text.clone(), Some(name.span)))
            .into_vec()
    });
    let configured = || {
        file.configured_engines
            .iter()
            .map(|name| (name.clone(), None))
            .into_vec()
    };
    DraftTable {
        name: name.clone(),
        file: file.file,
        dialect: file.dialect,
        engines: tagged.unwrap_or_else(configured),
        engines_span: tag.map(|tag| tag.span),
        columns: Vec::new(),
        primary_key: None,
        uniques: Vec::new(),
        indexes: Vec::new(),
        foreign_keys: Vec::new(),
        checks: Vec::new(),
        comment: None,
        native: DraftNative::default(),
        storage_engine: None,
        strict: false,
        without_rowid: false,
        full_text: false,
        distribution: None,
        incomplete: false,
        query: None,
        notes: notes.clone(),
        renames: Vec::new(),
    }
}
