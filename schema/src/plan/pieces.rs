//! The parts of CREATE TABLE and of the statements after it one by one, for those who change a table that is there.
//!
//! For tables that live on engines of their own dialect alone: each part is as it is written.

use super::index::{key_line, own_index, unique_index};
use super::order::{CreationOrder, creation_order};
use super::table::TableWriter;
use crate::dialect::ColumnPlace;
use crate::lists::IntoVec as _;
use crate::model::{
    Check, ColumnId, Engine, EngineId, ForeignKey, Index, IndexKey, Model, NativeObject,
    PrimaryKey, TableId, Unique,
};
use crate::sorting::sort_by;
use crate::sql_writer::SqlWriter;

/// Writes the parts of tables of one engine.
pub(crate) struct Pieces<'m> {
    model: &'m Model,
    engine: &'m Engine,
    order: CreationOrder,
}

/// A column's own text, and the type within it.
pub(crate) struct ColumnText {
    /// With the checks that stand at it; empty where a parent of the table gives it.
    pub(crate) line: String,
    /// The column without its constraints.
    pub(crate) alone: String,
    /// With the words that belong to the type.
    pub(crate) type_sql: String,
}

impl<'m> Pieces<'m> {
    pub(crate) fn new(model: &'m Model, engine: EngineId) -> Self {
        Self {
            model,
            engine: model.engine(engine),
            order: creation_order(model, engine),
        }
    }

    /// Referred tables first, views after all tables.
    pub(crate) fn order(&self) -> &CreationOrder {
        &self.order
    }

    fn writer(&self, id: TableId) -> TableWriter<'_> {
        TableWriter {
            model: self.model,
            id,
            engine: self.engine,
            order: &self.order,
            problems: Vec::new(),
        }
    }

    /// The whole statement, without the indexes and comments after it.
    pub(crate) fn create(&self, id: TableId) -> String {
        self.writer(id).create()
    }

    /// The whole statement without these foreign keys, which are made later.
    pub(crate) fn create_without(
        &mut self,
        id: TableId,
        is_later: impl Fn(&ForeignKey) -> bool,
    ) -> String {
        let keys = self.model.table(id).foreign_keys.iter().enumerate();
        let later = keys.filter(|(_, key)| is_later(key));
        self.order.forward.extend(later.map(|(at, _)| (id, at)));
        sort_by(&mut self.order.forward, Ord::cmp);
        self.create(id)
    }

    /// The call that spreads the rows of a table over a cluster, once all other statements but foreign keys have made it.
    pub(crate) fn distribution(&self, id: TableId) -> Option<String> {
        super::distribution::statement(self.model, id, self.engine)
    }

    pub(crate) fn column(&self, id: TableId, column: ColumnId) -> ColumnText {
        let place = ColumnPlace {
            model: self.model,
            table: id,
            column,
        };
        let mut writer = self.writer(id);
        let mut type_sql = SqlWriter::new(self.engine.dialect);
        writer.type_words(&mut type_sql, place);
        let alone = writer.native_column_alone(place);
        ColumnText {
            line: writer.native_column(place).unwrap_or_default(),
            alone: alone.map(SqlWriter::finish).unwrap_or_default(),
            type_sql: type_sql.finish().trim().to_owned(),
        }
    }

    /// Under this name. Also where it stands at its column.
    pub(crate) fn primary_key(&self, id: TableId, key: &PrimaryKey, name: Option<&str>) -> String {
        let mut sql = SqlWriter::new(self.engine.dialect);
        if let Some(name) = name {
            sql.push("CONSTRAINT ").identifier(name).push(" ");
        }
        let written = self.writer(id).primary_key().unwrap_or_else(|| {
            let table = self.model.table(id);
            let mut sql = SqlWriter::new(self.engine.dialect);
            let columns = key.columns.iter().map(|id| table.column(*id).name.as_str());
            sql.push("PRIMARY KEY (").identifiers(columns).push(")");
            sql.finish()
        });
        let at = written.find("PRIMARY KEY").unwrap_or_default();
        sql.push(&written[at..]);
        sql.finish()
    }

    /// A line of the table, or CREATE INDEX where it is an index of its own.
    pub(crate) fn unique(&self, id: TableId, unique: &Unique, name: Option<&str>) -> String {
        let named = Unique {
            name: name.map(str::to_owned),
            ..unique.clone()
        };
        let writer = self.writer(id);
        if unique.is_index && !writer.keys_stand_in_table() {
            let table = self.model.table(id);
            return unique_index(table, &named, self.engine, &mut Default::default());
        }
        writer.unique(&named)
    }

    /// Whether this key is a statement of its own, rather than a line of the table.
    pub(crate) fn is_statement(&self, id: TableId, is_constraint: bool) -> bool {
        !is_constraint && !self.writer(id).keys_stand_in_table()
    }

    /// A line of the table, or CREATE INDEX.
    pub(crate) fn index(&self, id: TableId, index: &Index, name: Option<&str>) -> String {
        let named = Index {
            name: name.map(str::to_owned),
            ..index.clone()
        };
        if self.is_statement(id, index.is_constraint) {
            return own_index(self.model, id, self.engine, &named);
        }
        key_line(self.model.table(id), &named, self.engine.dialect)
    }

    pub(crate) fn foreign_key(&self, id: TableId, key: &ForeignKey, name: Option<&str>) -> String {
        self.writer(id).foreign_key(key, name)
    }

    /// Whether CREATE TABLE leaves out the foreign key of this number.
    pub(crate) fn is_made_later(&self, id: TableId, number: usize) -> bool {
        let adds = self.engine.capabilities().adds_foreign_keys;
        adds && self.order.is_forward(id, number)
    }

    pub(crate) fn check(&self, id: TableId, check: &Check, name: Option<&str>) -> String {
        let named = Check {
            name: name.map(str::to_owned),
            ..check.clone()
        };
        self.writer(id).check(&named).unwrap_or_default()
    }

    /// The text after the closing parenthesis.
    pub(crate) fn options(&self, id: TableId) -> String {
        self.writer(id).table_options()
    }

    /// The statements after the table, its comments and indexes left out.
    pub(crate) fn after(&self, id: TableId) -> Vec<String> {
        let writer = self.writer(id);
        let comments = if self.engine.capabilities().comments_in_table {
            Vec::new()
        } else {
            writer.comments(writer.table())
        };
        let all = writer.behind().into_iter();
        all.filter(|statement| !comments.contains(statement))
            .into_vec()
    }
}

/// Names of an index's columns; none for an expression.
pub(crate) fn index_columns(model: &Model, id: TableId, index: &Index) -> Vec<String> {
    let table = model.table(id);
    let columns = index.parts.iter().filter_map(|part| match &part.key {
        IndexKey::Column(column) => Some(table.column(*column).name.clone()),
        IndexKey::Expression(_) => None,
    });
    columns.into_vec()
}

/// The statements that make an object, the first being CREATE.
pub(crate) fn object(model: &Model, object: &NativeObject) -> Vec<String> {
    super::object::plain(model, object)
}

pub(crate) fn create_partition(
    part: &crate::model::Partition,
    dialect: crate::dialect::Dialect,
) -> String {
    super::native::create_partition(part, dialect)
}

pub(crate) fn create_schema(schema: &str, dialect: crate::dialect::Dialect) -> String {
    super::object::create_schema(schema, dialect)
}
