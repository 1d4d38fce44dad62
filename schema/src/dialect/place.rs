//! A column with everything around it that its declaration depends on.

use crate::column_type::ColumnType;
use crate::dialect::Dialect;
use crate::model::{Column, ColumnId, EnumType, Generated, Model, Table, TableId, TableName};

/// Foreign keys followed from column to column at most: longer chains are circles.
const LONGEST_CHAIN: usize = 32;

/// A column of a table of a model.
#[derive(Debug, Clone, Copy)]
pub struct ColumnPlace<'m> {
    /// The model that has the table.
    pub model: &'m Model,
    /// The table of the column.
    pub table: TableId,
    /// The column within its table.
    pub column: ColumnId,
}

impl<'m> ColumnPlace<'m> {
    /// Returns the table.
    pub fn table(self) -> &'m Table {
        self.model.table(self.table)
    }

    /// Returns the column.
    pub fn column(self) -> &'m Column {
        self.table().column(self.column)
    }

    /// All columns of the table.
    pub(crate) fn all_of(model: &'m Model, table: TableId) -> impl Iterator<Item = Self> {
        let count = model.table(table).columns.len() as u32;
        (0..count).map(move |column| Self {
            model,
            table,
            column: ColumnId(column),
        })
    }

    /// Whether the schema text is written in this dialect: its own spelling is kept then.
    pub(crate) fn is_native(self, dialect: Dialect) -> bool {
        self.table().source_dialect == dialect
    }

    /// Whether the table lives on engines of this dialect alone, and its text is written in it. Then everything is as that dialect has
    /// it; other tables behave alike wherever they are.
    pub(crate) fn is_own(self, dialect: Dialect) -> bool {
        is_own(self.model, self.table, dialect)
    }

    /// The type it is stored with: a column that refers to another one has that one's, as databases want them equal.
    pub(crate) fn stored_type(self) -> &'m ColumnType {
        &self.origin().column().column_type
    }

    /// Whether the database generates its values, here or where it refers to.
    pub(crate) fn is_counted(self) -> bool {
        matches!(self.origin().column().generated, Generated::Key { .. })
    }

    /// The type's enum, where it is one.
    pub(crate) fn enum_type(self) -> Option<&'m EnumType> {
        if let ColumnType::Enum(id) = self.stored_type() {
            Some(self.model.enum_type(*id))
        } else {
            None
        }
    }

    pub(crate) fn is_only_key(self) -> bool {
        self.table()
            .primary_key
            .as_ref()
            .is_some_and(|key| key.columns == [self.column])
    }

    /// The column at the end of its foreign keys and links.
    fn origin(self) -> Self {
        let mut place = self;
        for _ in 0..LONGEST_CHAIN {
            match place.referred() {
                Some(next) => place = next,
                None => return place,
            }
        }
        self
    }

    fn referred(self) -> Option<Self> {
        let by_key = self.table().foreign_keys.iter().find_map(|key| {
            let index = key
                .columns
                .iter()
                .position(|column| *column == self.column)?;
            Some(Self {
                table: key.table,
                column: *key.referred.get(index)?,
                ..self
            })
        });
        let by_link = || {
            self.column().link.as_ref().map(|link| Self {
                table: link.table,
                column: link.column,
                ..self
            })
        };
        by_key
            .or_else(by_link)
            .filter(|other| (other.table, other.column) != (self.table, self.column))
    }
}

/// As [`ColumnPlace::is_own`].
pub(crate) fn is_own(model: &Model, table: TableId, dialect: Dialect) -> bool {
    let table = model.table(table);
    let mut engines = table.engines.iter();
    table.source_dialect == dialect
        && engines.all(|engine| model.engine(*engine).dialect == dialect)
}

impl EnumType {
    /// The name of the type where enums are types of their own: as it was created, or `<table>_<column>`.
    pub fn sql_name(&self) -> TableName {
        let name = if self.named {
            self.name.clone()
        } else {
            self.name.replace('.', "_")
        };
        TableName {
            schema: self.schema.clone(),
            name,
        }
    }
}
