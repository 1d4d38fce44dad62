//! The statements of a repository: static text per table, dialect and flavour, for [`TableSql`] of the runtime.
//!
//! [`TableSql`]: https://docs.rs/bindery/latest/bindery/struct.TableSql.html

use crate::column_type::ColumnType;
use crate::dialect::DialectRules as _;
use crate::dialect::{Dialect, Moment};
use crate::lists::IntoVec as _;
use crate::model::{
    CheckedModel, Column, ColumnId, DefaultValue, EngineId, Generated, Model, Table, TableId,
    TableName, TableSync,
};
use crate::sql_writer::SqlWriter;

/// The SQL of one table on one engine. Positions count the columns of the row: those without `@skip`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TableStatements {
    /// The table's name, quoted.
    pub table: String,
    /// Names of the row's columns, quoted.
    pub columns: Vec<String>,
    /// Positions of the key's columns, in the order of the key; empty without one.
    pub key: Vec<usize>,
    /// Positions that a row can be written to: all but computed columns.
    pub writable: Vec<usize>,
    /// Positions that every new row gives a value: all writable ones without a default.
    pub required: Vec<usize>,
    /// The column the database counts by itself.
    pub counted: Option<usize>,
    /// `SELECT columns FROM table`.
    pub select: String,
    /// The first row in the order of the key.
    pub first: String,
    /// One row by key; empty without a key, as are `exists`, `save` and `delete`.
    pub find: String,
    /// How many rows there are.
    pub count: String,
    /// The query that finds whether a row has the key.
    pub exists: String,
    /// Inserts the required columns, and returns the row where the server can; empty for a view, as is `insert_row`.
    pub insert: String,
    /// Inserts every writable column, returning nothing.
    pub insert_row: String,
    /// Appended to an INSERT to get the row back; empty where the server cannot.
    pub returning: String,
    /// Sets every writable column outside the key that no update sets by itself, and those too; the key's values follow,
    /// and the version's. Empty where there is nothing to set.
    pub save: String,
    /// Position of the column that counts the updates of a row.
    pub version: Option<usize>,
    /// Positions that every update sets by itself.
    pub touched: Vec<usize>,
    /// The assignments that do so; empty where no column is set by itself. Columns outside the row are among them.
    pub touch: String,
    /// Deletes by key.
    pub delete: String,
    /// Unique keys that can be searched by, in the order of the table's.
    pub uniques: Vec<UniqueStatements>,
}

/// The SQL of one unique key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UniqueStatements {
    /// Which one: an index into [`Table::uniques`].
    pub unique: usize,
    /// Positions of its columns.
    pub columns: Vec<usize>,
    /// One row by these columns.
    pub find: String,
}

/// The columns of a row, in order: all of the table's but those with `@skip`.
pub fn row_columns(table: &Table) -> Vec<ColumnId> {
    let ids = (0..table.columns.len() as u32).map(ColumnId);
    ids.filter(|id| !table.column(*id).skip).into_vec()
}

/// Returns whether a value can be given to the column. Computed ones have none of their own.
pub fn is_writable(column: &Column) -> bool {
    match &column.generated {
        Generated::No | Generated::Key { .. } => true,
        Generated::Computed { .. } => false,
    }
}

/// Returns whether every new row must give the column a value (NULL is one). It need not where the database has one: a key it counts or
/// a default, which in a key every engine has to return. `DEFAULT NULL` means nothing that is not so anyway.
pub fn is_required(model: &Model, table: &Table, column: ColumnId) -> bool {
    let found = table.column(column);
    match &found.generated {
        Generated::No => !has_default(found) || !silent_engines(model, table, column).is_empty(),
        Generated::Key { .. } | Generated::Computed { .. } => false,
    }
}

/// Returns whether rows can be copied as they are. Then each column that a row of the target needs is in the source by the same
/// name, and each column that both have takes every value that may come. Else the program maps rows.
pub fn copies_columns(model: &Model, sync: &TableSync) -> bool {
    let (source, target) = (model.table(sync.source), model.table(sync.target));
    let key = target.primary_key.as_ref().map(|key| &key.columns[..]);
    let key = key.unwrap_or_default();
    let ids = (0..).map(ColumnId).zip(&target.columns);
    let mut columns = ids.filter(|(_, column)| is_writable(column) && !column.skip);
    columns.all(|(id, column)| {
        let mut others = source.columns.iter().filter(|other| !other.skip);
        match others.find(|other| other.name == column.name) {
            Some(other) => {
                column.column_type.holds(&other.column_type) && (column.nullable || !other.nullable)
            }
            None => !key.contains(&id) && !is_required(model, target, id),
        }
    })
}

fn has_default(column: &Column) -> bool {
    let default = column.default.as_ref();
    default.is_some_and(|default| default.value != DefaultValue::Null)
}

/// The engines that make a value for this part of the key and do not return it: their INSERT gives no row back. Numbers
/// that they count are returned.
pub(crate) fn silent_engines(model: &Model, table: &Table, column: ColumnId) -> Vec<EngineId> {
    let found = table.column(column);
    let is_made = match &found.generated {
        Generated::No => has_default(found),
        Generated::Computed { .. } => true,
        Generated::Key { .. } => false,
    };
    let key = table.primary_key.as_ref();
    if !is_made || key.is_none_or(|key| !key.columns.contains(&column)) {
        return Vec::new();
    }
    let engines = table.engines.iter().copied();
    engines
        .filter(|id| !model.engine(*id).capabilities().returning)
        .into_vec()
}

/// Returns whether every update sets the column by itself, so that no program gives it a value to update. None in a key is.
pub fn is_touched(column: &Column) -> bool {
    column.version || column.updated || column.on_update_now
}

/// The first version of a row where the column has no default.
pub const FIRST_VERSION: u32 = 1;

/// The statements of a table on an engine.
pub fn table_statements(model: &CheckedModel, table: TableId, engine: EngineId) -> TableStatements {
    StatementFacts::for_table(model, table, engine).statements()
}

/// All of the schema that the statements of a table on an engine are made from: equal facts give equal statements, which
/// then need not be made to be known.
#[derive(Debug, Hash)]
pub struct StatementFacts<'m> {
    dialect: Dialect,
    returns: bool,
    name: &'m TableName,
    is_view: bool,
    columns: Vec<ColumnFacts<'m>>,
    /// The columns of the row among them.
    row: Vec<ColumnId>,
    key: &'m [ColumnId],
    uniques: Vec<&'m [ColumnId]>,
}

#[derive(Debug, Hash)]
struct ColumnFacts<'m> {
    name: &'m str,
    is_writable: bool,
    is_required: bool,
    is_counted: bool,
    /// No statement gives it a value without saying so.
    is_always_counted: bool,
    /// It is read in its text form.
    as_text: bool,
    version: bool,
    is_touched: bool,
    moment: Moment,
}

impl<'m> StatementFacts<'m> {
    /// Those of a table on an engine.
    pub fn for_table(model: &'m CheckedModel, table: TableId, engine: EngineId) -> Self {
        let (table, engine) = (model.table(table), model.engine(engine));
        let is_native = table.source_dialect == engine.dialect;
        let columns = table.columns.iter().enumerate().map(|(at, column)| {
            let (is_counted, always) = match column.generated {
                Generated::Key { always } => (true, always),
                Generated::No | Generated::Computed { .. } => (false, false),
            };
            ColumnFacts {
                name: &column.name,
                is_writable: is_writable(column),
                is_required: is_required(model, table, ColumnId(at as u32)),
                is_counted,
                is_always_counted: always,
                as_text: column.as_text && is_native,
                version: column.version,
                is_touched: is_touched(column),
                moment: moment_of(column),
            }
        });
        Self {
            dialect: engine.dialect,
            returns: engine.capabilities().returning,
            name: &table.name,
            is_view: table.view.is_some(),
            columns: columns.into_vec(),
            row: row_columns(table),
            key: table.primary_key.as_ref().map_or(&[], |key| &key.columns),
            uniques: table.uniques.iter().map(|key| &*key.columns).into_vec(),
        }
    }

    /// Returns the statements of the table for one dialect.
    pub fn statements(&self) -> TableStatements {
        Context::new(self).statements()
    }

    fn column(&self, id: ColumnId) -> &ColumnFacts<'m> {
        &self.columns[id.0 as usize]
    }
}

/// The inputs that all statements of a table share.
struct Context<'m> {
    table: &'m StatementFacts<'m>,
    columns: &'m [ColumnId],
    dialect: Dialect,
    /// The table's name, quoted.
    quoted_table: String,
    /// The names of the columns, quoted: each stands in many statements, and build scripts are not optimised.
    quoted: Vec<String>,
    /// The row's columns as they are read.
    read: String,
    /// `SELECT read FROM table`.
    select: String,
}

/// The parts of `save`.
struct Saved<'s> {
    key: &'s [usize],
    /// Columns that get the row's value.
    set: Vec<usize>,
    version: Option<usize>,
    touch: &'s str,
}

fn without(positions: &[usize], others: &[usize]) -> Vec<usize> {
    let positions = positions.iter().copied();
    positions.filter(|at| !others.contains(at)).into_vec()
}

/// The part of the current time that a column of dates or times holds.
pub(crate) fn moment_of(column: &Column) -> Moment {
    if let ColumnType::DateTime(digits) | ColumnType::Timestamp(digits) = column.column_type {
        Moment::DateTime(digits)
    } else {
        Moment::Date
    }
}

impl<'m> Context<'m> {
    fn new(table: &'m StatementFacts<'m>) -> Self {
        let writer = || SqlWriter::new(table.dialect);
        let name = |id: &ColumnId| {
            let mut sql = writer();
            sql.identifier(table.column(*id).name);
            sql.finish()
        };
        let mut sql = writer();
        sql.table(table.name);
        let mut context = Self {
            table,
            columns: &table.row,
            dialect: table.dialect,
            quoted_table: sql.finish(),
            quoted: table.row.iter().map(name).into_vec(),
            read: String::new(),
            select: String::new(),
        };
        context.read = context.read_list();
        context.select = format!("SELECT {} FROM {}", context.read, context.quoted_table);
        context
    }

    fn statements(&self) -> TableStatements {
        let key = self.key();
        let is_written = !self.table.is_view;
        let writable = self.positions(|column| is_written && column.is_writable);
        let required = self.positions(|column| is_written && column.is_required);
        let touched: Vec<usize> = self.touched().filter_map(|id| self.position(id)).into_vec();
        let version = self.positions(|column| column.version).first().copied();
        let touch = self.touch();
        let save = self.save(&Saved {
            key: &key,
            set: without(&without(&writable, &key), &touched),
            version,
            touch: &touch,
        });
        TableStatements {
            table: self.quoted_table.clone(),
            columns: self.quoted.clone(),
            counted: self.positions(|column| column.is_counted).first().copied(),
            select: self.select.clone(),
            first: self.first(&key),
            find: self.by_key(&key, &self.select),
            count: format!("SELECT count(*) FROM {}", self.quoted_table),
            exists: self.by_key(&key, &format!("SELECT 1 FROM {}", self.quoted_table)),
            insert: self.insert(&required) + &self.returning(),
            insert_row: self.insert(&writable),
            returning: self.returning(),
            save,
            delete: self.by_key(&key, &format!("DELETE FROM {}", self.quoted_table)),
            uniques: self.uniques(),
            key,
            writable,
            required,
            version,
            touched,
            touch,
        }
    }

    fn text(&self, write: impl FnOnce(&mut SqlWriter)) -> String {
        let mut sql = SqlWriter::new(self.dialect);
        write(&mut sql);
        sql.finish()
    }

    /// Names with a separator between them.
    fn push_names(&self, sql: &mut SqlWriter, positions: &[usize], between: &str) {
        for (number, at) in positions.iter().enumerate() {
            if number > 0 {
                sql.push(between);
            }
            sql.push(&self.quoted[*at]);
        }
    }

    fn positions(&self, wanted: impl Fn(&ColumnFacts<'m>) -> bool) -> Vec<usize> {
        (0..self.columns.len())
            .filter(|at| wanted(self.table.column(self.columns[*at])))
            .into_vec()
    }

    fn position(&self, column: ColumnId) -> Option<usize> {
        self.columns.iter().position(|id| *id == column)
    }

    /// Columns that are not in the row have no position; a key of such columns is none.
    fn positions_of(&self, columns: &[ColumnId]) -> Option<Vec<usize>> {
        columns
            .iter()
            .map(|column| self.position(*column))
            .collect()
    }

    fn key(&self) -> Vec<usize> {
        self.positions_of(self.table.key).unwrap_or_default()
    }

    fn read_list(&self) -> String {
        if self.columns.is_empty() {
            // A row without columns is still one.
            return "1".to_owned();
        }
        self.text(|sql| {
            for (at, id) in self.columns.iter().enumerate() {
                if at > 0 {
                    sql.push(", ");
                }
                sql.push(&self.quoted[at]);
                if self.table.column(*id).as_text {
                    sql.push(self.dialect.rules().text_form());
                }
            }
        })
    }

    fn first(&self, key: &[usize]) -> String {
        self.text(|sql| {
            sql.push(&self.select);
            if !key.is_empty() {
                sql.push(" ORDER BY ");
                self.push_names(sql, key, ", ");
            }
            sql.push(" LIMIT 1");
        })
    }

    /// Appends `a = ? AND b = ?`, or the same with commas.
    fn push_equal(&self, sql: &mut SqlWriter, positions: &[usize], between: &str) {
        for (number, at) in positions.iter().enumerate() {
            if number > 0 {
                sql.push(between);
            }
            sql.push(&self.quoted[*at]).push(" = ").placeholder();
        }
    }

    fn push_conditions(&self, sql: &mut SqlWriter, positions: &[usize]) {
        sql.push(" WHERE ");
        self.push_equal(sql, positions, " AND ");
    }

    fn by_key(&self, key: &[usize], head: &str) -> String {
        if key.is_empty() {
            return String::new();
        }
        self.text(|sql| {
            sql.push(head);
            self.push_conditions(sql, key);
        })
    }

    fn insert(&self, positions: &[usize]) -> String {
        if self.table.is_view {
            return String::new();
        }
        self.text(|sql| {
            sql.push("INSERT INTO ").push(&self.quoted_table);
            if positions.is_empty() {
                sql.no_values();
                return;
            }
            sql.push(" (");
            self.push_names(sql, positions, ", ");
            sql.push(")")
                .push(self.overriding(positions))
                .push(" VALUES (");
            for number in 0..positions.len() {
                if number > 0 {
                    sql.push(", ");
                }
                sql.placeholder();
            }
            sql.push(")");
        })
    }

    fn overriding(&self, positions: &[usize]) -> &'static str {
        let always = |position: &usize| {
            let column = self.table.column(self.columns[*position]);
            column.is_always_counted
        };
        if positions.iter().any(always) {
            self.dialect.rules().overriding()
        } else {
            ""
        }
    }

    fn returning(&self) -> String {
        if !self.table.returns || self.table.is_view {
            return String::new();
        }
        format!(" RETURNING {}", self.read)
    }

    fn save(&self, saved: &Saved<'_>) -> String {
        if saved.set.is_empty() && saved.touch.is_empty() {
            return String::new();
        }
        let by: Vec<usize> = saved.key.iter().copied().chain(saved.version).into_vec();
        if saved.key.is_empty() {
            return String::new();
        }
        self.text(|sql| {
            sql.push("UPDATE ").push(&self.quoted_table).push(" SET ");
            self.push_equal(sql, &saved.set, ", ");
            if !saved.set.is_empty() && !saved.touch.is_empty() {
                sql.push(", ");
            }
            sql.push(saved.touch);
            self.push_conditions(sql, &by);
        })
    }

    /// All columns that updates set by themselves, those outside the row too.
    fn touched(&self) -> impl Iterator<Item = ColumnId> {
        let ids = (0..self.table.columns.len() as u32).map(ColumnId);
        ids.filter(|id| self.table.column(*id).is_touched && !self.table.key.contains(id))
    }

    /// `version = t.version + 1, changed_at = now`. The table's name distinguishes the stored value from the one of an
    /// upsert.
    fn touch(&self) -> String {
        self.text(|sql| {
            sql.list(self.touched(), ", ", |sql, id| {
                let column = self.table.column(id);
                sql.identifier(column.name).push(" = ");
                if column.version {
                    sql.identifier(&self.table.name.name).push(".");
                    sql.identifier(column.name).push(" + 1");
                } else {
                    sql.push(&self.dialect.rules().present(column.moment));
                }
            });
        })
    }

    fn uniques(&self) -> Vec<UniqueStatements> {
        let one = |(unique, columns): (usize, Vec<usize>)| {
            let find = self.by_key(&columns, &self.select);
            UniqueStatements {
                unique,
                columns,
                find,
            }
        };
        let searchable = self.table.uniques.iter().enumerate();
        searchable
            .filter_map(|(at, columns)| Some((at, self.positions_of(columns)?)))
            .map(one)
            .into_vec()
    }
}
