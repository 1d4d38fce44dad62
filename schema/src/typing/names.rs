//! Names in statements: the tables that they stand for, and those that stand for nothing.

use super::facts::{Facts, Qualifiers};
use super::findings;
use crate::ast::{Name, ObjectName};
use crate::diagnostic::Diagnostic;
use crate::dialect::Dialect;
use crate::model::{EngineId, Model, Table, TableId, TableName};
use crate::name::same_name;
use crate::source::FileId;

/// The tables that a statement may name where it stands.
pub(crate) trait Names: Sync {
    /// The table or view of a name.
    fn table(&self, name: &ObjectName) -> Named;

    /// Whether the table has this column of the model where the statement stands.
    fn sees(&self, table: TableId, column: usize) -> bool;

    /// Whether the table may have a column that the model does not have.
    fn may_have(&self, table: TableId, column: &str) -> bool;

    /// Whether a type of this file is meant before others of its name.
    fn prefers(&self, file: FileId) -> bool;
}

/// The meaning of a table's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named {
    /// A table or view of the model.
    Table(TableId),
    /// Something whose columns are not known.
    Open,
    /// Nothing.
    Missing,
}

/// A name that stands for nothing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct UnknownName {
    pub(crate) name: Name,
    pub(crate) kind: NameKind,
    /// Names that could have stood there.
    pub(crate) known: Vec<String>,
}

/// The kind of a name that stands for nothing.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum NameKind {
    /// A table of the schema.
    Table(ObjectName),
    /// Something that the query reads: before the point of a column.
    Alias,
    /// A column, of one table where it is named.
    Column(Option<String>),
}

impl UnknownName {
    /// The finding of a query.
    pub(super) fn in_query(&self) -> Diagnostic {
        match &self.kind {
            NameKind::Table(name) => {
                findings::unknown_table(&self.name, name.schema.as_deref(), &self.known)
            }
            NameKind::Alias => findings::unknown_alias(&self.name, &self.known),
            NameKind::Column(table) => {
                findings::unknown_column(table.as_deref(), &self.name, &self.known)
            }
        }
    }
}

/// The tables of some engines, for the queries of a program.
pub(crate) struct OfEngines<'a> {
    pub(crate) model: &'a Model,
    pub(crate) engines: &'a [EngineId],
    pub(crate) dialect: Dialect,
}

impl OfEngines<'_> {
    /// Whether a name has a schema that nothing of the model is in.
    fn is_of_no_schema(&self, name: &ObjectName) -> bool {
        let Some(schema) = name.schema.as_deref() else {
            return false;
        };
        let is_it = |of: &TableName| of.schema.as_deref() == Some(schema);
        Facts::of(self.dialect).names.qualifiers == Qualifiers::OfModel
            && !self.model.tables.iter().any(|one| is_it(&one.name))
            && !self.model.views.iter().any(|one| is_it(&one.name))
            && !self.model.objects.iter().any(|one| is_it(&one.name))
    }

    fn hosts(&self, table: &Table) -> bool {
        let mut engines = table.engines.iter();
        engines.any(|engine| self.engines.contains(engine))
    }
}

impl Names for OfEngines<'_> {
    fn table(&self, name: &ObjectName) -> Named {
        let ranked = self.model.table_ids().filter_map(|id| {
            let table = self.model.table(id);
            let fits =
                self.hosts(table) && same_name(&table.name.name, &name.name.text, self.dialect);
            let rank = name.rank(table.name.schema.as_deref()).filter(|_| fits)?;
            Some((rank, id))
        });
        if self.is_of_no_schema(name) {
            return Named::Missing;
        }
        if let Some((_, id)) = ranked.min_by_key(|(rank, _)| *rank) {
            return Named::Table(id);
        }
        let mut views = self.model.views.iter();
        let is_view = views.any(|view| {
            view.model.is_err() && same_name(&view.name.name, &name.name.text, self.dialect)
        });
        if is_view { Named::Open } else { Named::Missing }
    }

    fn sees(&self, _: TableId, _: usize) -> bool {
        true
    }

    fn may_have(&self, _: TableId, _: &str) -> bool {
        false
    }

    fn prefers(&self, file: FileId) -> bool {
        let mut tables = self.model.tables.iter();
        tables.any(|table| table.span.file == file && self.hosts(table))
    }
}
