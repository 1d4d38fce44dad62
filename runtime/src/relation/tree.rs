//! Trees: rows that refer to rows of their own table. All rows above or below one are read by one recursive statement.

use std::collections::{HashMap, HashSet, VecDeque};

use super::keys::{KeyReader, key_of};
use crate::driver::{ReferenceSql, TableSql};
use crate::error::{Operation, Result};
use crate::link::connection::Connection;
use crate::link::engine::Engine;
use crate::model::Model;
use crate::model::lives_on::Hosts;
use crate::query::{Column, To};
use crate::repository::Repository;
use crate::value::ParamWriter;
use crate::value::recorded::{RecordedValues, replay};
use bindery_core::dialect::Dialect;
use bindery_core::sql_writer::SqlWriter;

/// The recursive part of a statement, as no table is called.
const TREE: &str = "bindery_tree";

#[derive(Clone, Copy)]
enum Way {
    Up,
    Down,
}

/// The rows below a row, level by level: what [`Column::tree`] gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree<R> {
    rows: Vec<TreeRow<R>>,
}

/// A row of a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TreeRow<R> {
    /// The row itself.
    pub row: R,
    /// How many steps it is below the first row: 1 for those directly below.
    pub depth: u32,
    /// The position among the rows of the one that it is below; none for those that are directly below the first row.
    pub above: Option<usize>,
}

impl<R> Tree<R> {
    /// The rows, level by level.
    pub fn rows(&self) -> &[TreeRow<R>] {
        &self.rows
    }

    /// The rows by themselves.
    pub fn into_rows(self) -> Vec<TreeRow<R>> {
        self.rows
    }

    /// The rows on the way to the one at this position, the highest first and this one last; none beyond the last row.
    pub fn path(&self, at: usize) -> Vec<&R> {
        let above = |row: &&TreeRow<R>| self.rows.get(row.above?);
        let way = std::iter::successors(self.rows.get(at), above);
        let mut path: Vec<_> = way.map(|row| &row.row).collect();
        path.reverse();
        path
    }
}

impl<M: Model, T, K> Column<M, T, To<M, K>> {
    /// The row that this one refers to, the one that that refers to, and so on up to the root: nearest first. Rows that refer
    /// to each other in a circle are each returned once.
    ///
    /// # Errors
    /// The row is of another engine, or the database fails.
    #[track_caller]
    pub fn ancestors<E: Hosts<M>>(
        self,
        c: &mut Connection<E>,
        row: &M::Row<E>,
    ) -> Result<Vec<M::Row<E>>> {
        let found = walk::<M, E>(c, row, (self.reference, Way::Up, None))?;
        Ok(found.into_iter().map(|found| found.row).collect())
    }

    /// The rows that refer to this one, those that refer to them, and so on: level by level. Rows that refer to each other in
    /// a circle are each returned once.
    ///
    /// # Errors
    /// As [`ancestors`](Self::ancestors).
    #[track_caller]
    pub fn descendants<E: Hosts<M>>(
        self,
        c: &mut Connection<E>,
        row: &M::Row<E>,
    ) -> Result<Vec<M::Row<E>>> {
        let found = walk::<M, E>(c, row, (self.reference, Way::Down, None))?;
        Ok(found.into_iter().map(|found| found.row).collect())
    }

    /// The rows below this one as a tree: each with its depth and the row that it is below. At most this many levels are read where
    /// a number is given. Of rows that refer to each other in a circle each comes once, where it is highest.
    ///
    /// ```
    /// # use bindery_cases::library::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// # let mut c = db.default()?;
    /// let books = c.categories().insert(NewCategory::new("books"))?;
    /// let science = c.categories().insert(NewCategory::new("science").parent_id(books.id))?;
    /// c.categories().insert(NewCategory::new("physics").parent_id(science.id))?;
    /// let tree = category::parent_id.tree(&mut c, &books, None)?;
    /// let names = |at| tree.path(at).iter().map(|category| &*category.name).collect::<Vec<_>>().join("/");
    /// assert_eq!((names(1), tree.rows()[1].depth), ("science/physics".to_owned(), 2));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`ancestors`](Self::ancestors).
    #[track_caller]
    pub fn tree<E: Hosts<M>>(
        self,
        c: &mut Connection<E>,
        row: &M::Row<E>,
        levels: impl Into<Option<u32>>,
    ) -> Result<Tree<M::Row<E>>> {
        let rows = walk::<M, E>(c, row, (self.reference, Way::Down, levels.into()))?;
        Ok(Tree { rows })
    }
}

#[track_caller]
fn walk<M: Model, E: Hosts<M>>(
    c: &mut Connection<E>,
    row: &M::Row<E>,
    (number, way, levels): (u8, Way, Option<u32>),
) -> Result<Vec<TreeRow<M::Row<E>>>> {
    if levels == Some(0) {
        return Ok(Vec::new());
    }
    let mut repository = Repository::<M, E>::new(c.own_target());
    repository.run(Operation::Select, |physical, table, engine| {
        let reference = &table.references[usize::from(number)];
        let start = key_of::<M, E>(row, engine, (table, reference.to_columns()))?;
        let Some(start) = start else {
            return Ok(Vec::new());
        };
        if let Some(bound) = physical.bound() {
            // The references of a sharded table to itself have its shard column on both sides.
            let columns = &mut reference.to_columns().iter().copied();
            let write = &mut |params: &mut ParamWriter<'_>| replay(start.bound.bytes(), params);
            bound.ensure(table, columns, write)?;
        }
        let mut found: Vec<M::Row<E>> = Vec::new();
        let in_statement = levels.filter(|levels| *levels <= MOST_LEVELS);
        let text = tree_sql(physical.dialect(), table, reference, (way, in_statement));
        let write = &mut |params: &mut ParamWriter<'_>| replay(start.bound.bytes(), params);
        physical.query(&text, write, &mut |row| {
            found.push(M::read(row, engine)?);
            Ok(true)
        })?;
        let (from, to) = match way {
            Way::Up => (reference.to_columns(), reference.columns),
            Way::Down => (reference.columns, reference.to_columns()),
        };
        let links = links::<M, E>(table, &found, from, to)?;
        let first = match way {
            Way::Up => compared::<M, E>(table, row, reference.columns)?,
            Way::Down => Some(start.compared.bytes().to_vec()),
        };
        let own = start.compared;
        let mut order = in_order(&links, first, way, &own);
        order.retain(|reached| levels.is_none_or(|levels| reached.depth <= levels));
        Ok(taken(found, order))
    })
}

/// The values of two columns of a row: by the first it is found from the row before, the second leads to the next.
type Links = (
    HashMap<Vec<u8>, Vec<usize>>,
    Vec<(Option<Vec<u8>>, Option<Vec<u8>>)>,
);

fn links<M: Model, E: Engine>(
    table: &TableSql,
    rows: &[M::Row<E>],
    from: &[usize],
    to: &[usize],
) -> Result<Links> {
    let mut by_from: HashMap<Vec<u8>, Vec<usize>> = HashMap::new();
    let mut all = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        let (from, to) = (
            compared::<M, E>(table, row, from)?,
            compared::<M, E>(table, row, to)?,
        );
        if let Some(from) = &from {
            by_from.entry(from.clone()).or_default().push(at);
        }
        all.push((from, to));
    }
    Ok((by_from, all))
}

fn compared<M: Model, E: Engine>(
    table: &TableSql,
    row: &M::Row<E>,
    columns: &[usize],
) -> Result<Option<Vec<u8>>> {
    let mut reader = KeyReader::new(table, columns);
    let key = reader.read(&|params| M::write_row(row, params))?;
    Ok(key.map(|key| key.compared.bytes().to_vec()))
}

/// A row as it is reached from the first value.
struct Reached {
    /// Its position among those that were read.
    at: usize,
    depth: u32,
    above: Option<usize>,
}

/// The rows as they are reached from the first value, level by level, each once and never the row itself.
fn in_order(
    (by_from, all): &Links,
    first: Option<Vec<u8>>,
    way: Way,
    own: &RecordedValues,
) -> Vec<Reached> {
    let mut order = Vec::with_capacity(all.len());
    let mut seen = HashSet::new();
    let first = first.as_deref().map(|value| (value, 1, None));
    let mut next: VecDeque<(&[u8], u32, Option<usize>)> = first.into_iter().collect();
    while let Some((value, depth, above)) = next.pop_front() {
        for &at in by_from.get(value).into_iter().flatten() {
            let (from, to) = &all[at];
            let key = match way {
                Way::Up => from,
                Way::Down => to,
            };
            let is_own = key.as_deref() == Some(own.bytes());
            if !is_own && seen.insert(at) {
                let below = (depth + 1, Some(order.len()));
                order.push(Reached { at, depth, above });
                next.extend(to.as_deref().map(|value| (value, below.0, below.1)));
            }
        }
    }
    order
}

fn taken<R>(rows: Vec<R>, order: Vec<Reached>) -> Vec<TreeRow<R>> {
    let mut rows: Vec<Option<R>> = rows.into_iter().map(Some).collect();
    let mut take = |Reached { at, depth, above }| {
        let row = rows[at].take()?;
        Some(TreeRow { row, depth, above })
    };
    order.into_iter().filter_map(&mut take).collect()
}

/// The most levels that a statement counts: rows in a circle are found once for each, where one that counts none finds them once.
const MOST_LEVELS: u32 = 1_000;

/// MariaDB ends a recursion after 1,000 steps without an error unless this is before the statement. Only MariaDB reads it.
const ALL_STEPS_ON_MARIADB: &str =
    "/*M! SET STATEMENT max_recursive_iterations = 4294967295 FOR */ ";
/// MySQL ends one with an error; only MySQL reads this.
const ALL_STEPS_ON_MYSQL: &str = "SELECT /*+ SET_VAR(cte_max_recursion_depth = 4294967295) */";

/// `UNION` leaves out what was found before, so that a circle ends; with a number of levels that ends it.
fn tree_sql(
    dialect: Dialect,
    table: &TableSql,
    reference: &ReferenceSql,
    (way, levels): (Way, Option<u32>),
) -> String {
    let column = |columns: &[usize]| table.columns[columns[0]];
    let (key, parent) = (column(reference.to_columns()), column(reference.columns));
    let (given, next) = match way {
        Way::Up => (key, parent),
        Way::Down => (parent, key),
    };
    let mut sql = SqlWriter::new(dialect);
    let is_mysql = dialect == Dialect::Mysql;
    if is_mysql {
        sql.push(ALL_STEPS_ON_MARIADB);
    }
    sql.push("WITH RECURSIVE ")
        .push(TREE)
        .push(if levels.is_some() {
            " (found, depth) AS (SELECT "
        } else {
            " (found) AS (SELECT "
        });
    sql.push(next)
        .push(if levels.is_some() { ", 1" } else { "" })
        .push(" FROM ")
        .push(table.table)
        .push(" WHERE ");
    sql.push(given)
        .push(" = ")
        .placeholder()
        .push(" UNION SELECT t.");
    sql.push(next)
        .push(if levels.is_some() {
            ", bindery_tree.depth + 1"
        } else {
            ""
        })
        .push(" FROM ")
        .push(table.table)
        .push(" AS t JOIN ");
    sql.push(TREE)
        .push(" ON t.")
        .push(given)
        .push(" = ")
        .push(TREE);
    sql.push(".found");
    if let Some(levels) = levels {
        sql.push(" WHERE ").push(TREE);
        sql.push(".depth < ").push(&levels.to_string());
    }
    sql.push(") ");
    match table.select.strip_prefix("SELECT") {
        Some(columns) if is_mysql => sql.push(ALL_STEPS_ON_MYSQL).push(columns),
        Some(_) | None => sql.push(table.select),
    };
    sql.push(" WHERE ").push(key);
    sql.push(" IN (SELECT found FROM ").push(TREE).push(")");
    sql.finish()
}
