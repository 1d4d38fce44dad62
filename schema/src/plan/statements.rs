//! The statements of a repository: static text per table, dialect and flavour, for [`TableSql`] of the runtime.
//!
//! [`TableSql`]: https://docs.rs/bindery/latest/bindery/struct.TableSql.html

use crate::column_type::ColumnType;
use crate::dialect::{Dialect, Moment};
use crate::model::{
    CheckedModel, Column, ColumnId, DefaultValue, EngineId, Generated, Table, TableId,
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
    /// Is there a row with this key?
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
    ids.filter(|id| !table.column(*id).skip).collect()
}

/// Can a value be given to the column? Computed ones have none of their own.
pub fn is_writable(column: &Column) -> bool {
    match &column.generated {
        Generated::No | Generated::Key { .. } => true,
        Generated::Computed { .. } => false,
    }
}

/// Must every new row give the column a value (NULL is one)? Not where the database has one: a key it counts or a
/// default. `DEFAULT NULL` says nothing that is not so anyway.
pub fn is_required(column: &Column) -> bool {
    let has_default = column
        .default
        .as_ref()
        .is_some_and(|default| default.value != DefaultValue::Null);
    match &column.generated {
        Generated::No => !has_default,
        Generated::Key { .. } | Generated::Computed { .. } => false,
    }
}

/// Does every update set the column by itself? Then no program gives it a value to update. Not in a key.
pub fn is_touched(column: &Column) -> bool {
    column.version || column.updated || column.on_update_now
}

/// What a version starts at where the column has no default.
pub const FIRST_VERSION: u32 = 1;

/// The statements of a table on an engine.
pub fn table_statements(model: &CheckedModel, table: TableId, engine: EngineId) -> TableStatements {
    let engine = model.engine(engine);
    let table = model.table(table);
    let columns = row_columns(table);
    let context = Context {
        table,
        columns: &columns,
        dialect: engine.dialect,
        returns: engine.capabilities().returning,
    };
    context.statements()
}

/// What all statements of a table share.
struct Context<'m> {
    table: &'m Table,
    columns: &'m [ColumnId],
    dialect: Dialect,
    returns: bool,
}

/// What `save` is made of.
struct Saved<'s> {
    key: &'s [usize],
    /// Columns that get the row's value.
    set: Vec<usize>,
    version: Option<usize>,
    touch: &'s str,
}

fn without(positions: &[usize], others: &[usize]) -> Vec<usize> {
    let positions = positions.iter().copied();
    positions.filter(|at| !others.contains(at)).collect()
}

/// Which part of the present a column of dates or times holds.
pub(crate) fn moment_of(column: &Column) -> Moment {
    if let ColumnType::DateTime(digits) | ColumnType::Timestamp(digits) = column.column_type {
        Moment::DateTime(digits)
    } else {
        Moment::Date
    }
}

impl Context<'_> {
    fn statements(&self) -> TableStatements {
        let key = self.key();
        let is_written = self.table.view.is_none();
        let writable = self.positions(|column| is_written && is_writable(column));
        let required = self.positions(|column| is_written && is_required(column));
        let touched: Vec<usize> = self.touched().filter_map(|id| self.position(id)).collect();
        let version = self.positions(|column| column.version).first().copied();
        let touch = self.touch();
        let save = self.save(&Saved {
            key: &key,
            set: without(&without(&writable, &key), &touched),
            version,
            touch: &touch,
        });
        TableStatements {
            table: self.text(|sql| {
                sql.table(&self.table.name);
            }),
            columns: self
                .columns
                .iter()
                .map(|id| {
                    self.text(|sql| {
                        sql.identifier(self.name(*id));
                    })
                })
                .collect(),
            counted: self
                .positions(|column| matches!(column.generated, Generated::Key { .. }))
                .first()
                .copied(),
            select: self.select(|_| ()),
            first: self.first(&key),
            find: self.by_key(&key, |sql| self.push_select(sql)),
            count: self.text(|sql| {
                sql.push("SELECT count(*) FROM ").table(&self.table.name);
            }),
            exists: self.by_key(&key, |sql| {
                sql.push("SELECT 1 FROM ").table(&self.table.name);
            }),
            insert: self.insert(&required) + &self.returning(),
            insert_row: self.insert(&writable),
            returning: self.returning(),
            save,
            delete: self.by_key(&key, |sql| {
                sql.push("DELETE FROM ").table(&self.table.name);
            }),
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

    fn name(&self, id: ColumnId) -> &str {
        &self.table.column(id).name
    }

    fn names(&self, positions: &[usize]) -> impl Iterator<Item = &str> {
        positions
            .iter()
            .map(|position| self.name(self.columns[*position]))
    }

    fn positions(&self, wanted: impl Fn(&Column) -> bool) -> Vec<usize> {
        (0..self.columns.len())
            .filter(|at| wanted(self.table.column(self.columns[*at])))
            .collect()
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
        let key = self.table.primary_key.as_ref();
        key.and_then(|key| self.positions_of(&key.columns))
            .unwrap_or_default()
    }

    fn push_select(&self, sql: &mut SqlWriter) {
        sql.push("SELECT ");
        self.push_read(sql);
        sql.push(" FROM ").table(&self.table.name);
    }

    /// The row's columns as they are read.
    fn push_read(&self, sql: &mut SqlWriter) {
        if self.columns.is_empty() {
            // A row without columns is still one.
            sql.push("1");
        }
        let is_native = self.table.source_dialect == self.dialect;
        sql.list(self.columns, ", ", |sql, id| {
            let column = self.table.column(*id);
            sql.identifier(&column.name);
            if column.as_text && is_native {
                sql.push(self.dialect.rules().text_form());
            }
        });
    }

    fn select(&self, more: impl FnOnce(&mut SqlWriter)) -> String {
        self.text(|sql| {
            self.push_select(sql);
            more(sql);
        })
    }

    fn first(&self, key: &[usize]) -> String {
        self.select(|sql| {
            if !key.is_empty() {
                sql.push(" ORDER BY ").identifiers(self.names(key));
            }
            sql.push(" LIMIT 1");
        })
    }

    fn push_conditions(&self, sql: &mut SqlWriter, positions: &[usize]) {
        sql.push(" WHERE ")
            .list(self.names(positions), " AND ", |sql, name| {
                sql.identifier(name).push(" = ").placeholder();
            });
    }

    fn by_key(&self, key: &[usize], head: impl FnOnce(&mut SqlWriter)) -> String {
        if key.is_empty() {
            return String::new();
        }
        self.text(|sql| {
            head(sql);
            self.push_conditions(sql, key);
        })
    }

    fn insert(&self, positions: &[usize]) -> String {
        if self.table.view.is_some() {
            return String::new();
        }
        self.text(|sql| {
            sql.push("INSERT INTO ").table(&self.table.name);
            if positions.is_empty() {
                sql.no_values();
                return;
            }
            sql.push(" (")
                .identifiers(self.names(positions))
                .push(")")
                .push(self.overriding(positions))
                .push(" VALUES (");
            sql.list(positions, ", ", |sql, _| {
                sql.placeholder();
            })
            .push(")");
        })
    }

    fn overriding(&self, positions: &[usize]) -> &'static str {
        let always = |position: &usize| {
            matches!(
                self.table.column(self.columns[*position]).generated,
                Generated::Key { always: true }
            )
        };
        if positions.iter().any(always) {
            self.dialect.rules().overriding()
        } else {
            ""
        }
    }

    fn returning(&self) -> String {
        if !self.returns || self.table.view.is_some() {
            return String::new();
        }
        self.text(|sql| {
            sql.push(" RETURNING ");
            self.push_read(sql);
        })
    }

    fn save(&self, saved: &Saved<'_>) -> String {
        if saved.set.is_empty() && saved.touch.is_empty() {
            return String::new();
        }
        let by: Vec<usize> = saved.key.iter().copied().chain(saved.version).collect();
        if saved.key.is_empty() {
            return String::new();
        }
        self.text(|sql| {
            sql.push("UPDATE ").table(&self.table.name).push(" SET ");
            sql.list(self.names(&saved.set), ", ", |sql, name| {
                sql.identifier(name).push(" = ").placeholder();
            });
            if !saved.set.is_empty() && !saved.touch.is_empty() {
                sql.push(", ");
            }
            sql.push(saved.touch);
            self.push_conditions(sql, &by);
        })
    }

    /// All columns that updates set by themselves, those outside the row too.
    fn touched(&self) -> impl Iterator<Item = ColumnId> {
        let key = self.table.primary_key.as_ref();
        let in_key = move |id| key.is_some_and(|key| key.columns.contains(&id));
        let ids = (0..self.table.columns.len() as u32).map(ColumnId);
        ids.filter(move |id| is_touched(self.table.column(*id)) && !in_key(*id))
    }

    /// `version = t.version + 1, changed_at = now`. The table's name tells the stored value from the one of an upsert.
    fn touch(&self) -> String {
        self.text(|sql| {
            sql.list(self.touched(), ", ", |sql, id| {
                let column = self.table.column(id);
                sql.identifier(&column.name).push(" = ");
                if column.version {
                    sql.identifier(&self.table.name.name).push(".");
                    sql.identifier(&column.name).push(" + 1");
                } else {
                    sql.push(&self.dialect.rules().present(moment_of(column)));
                }
            });
        })
    }

    fn uniques(&self) -> Vec<UniqueStatements> {
        let one = |(unique, columns): (usize, Vec<usize>)| {
            let find = self.select(|sql| self.push_conditions(sql, &columns));
            UniqueStatements {
                unique,
                columns,
                find,
            }
        };
        let searchable = self.table.uniques.iter().enumerate();
        searchable
            .filter_map(|(at, unique)| Some((at, self.positions_of(&unique.columns)?)))
            .map(one)
            .collect()
    }
}
