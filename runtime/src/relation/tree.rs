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
        walk::<M, E>(c, row, self.reference, Way::Up)
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
        walk::<M, E>(c, row, self.reference, Way::Down)
    }
}

#[track_caller]
fn walk<M: Model, E: Hosts<M>>(
    c: &mut Connection<E>,
    row: &M::Row<E>,
    number: u8,
    way: Way,
) -> Result<Vec<M::Row<E>>> {
    let mut repository = Repository::<M, E>::new(c.own_target());
    repository.run(Operation::Select, |physical, table, engine| {
        let reference = &table.references[usize::from(number)];
        let start = key_of::<M, E>(row, engine, (table, reference.to_columns()))?;
        let Some(start) = start else {
            return Ok(Vec::new());
        };
        let mut found: Vec<M::Row<E>> = Vec::new();
        let text = text(physical.dialect(), table, reference, way);
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
        let order = in_order(&links, first, way, &own);
        Ok(taken(found, &order))
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

/// The positions of the rows as they are reached from the first value, level by level, each once and never the row itself.
fn in_order(
    (by_from, all): &Links,
    first: Option<Vec<u8>>,
    way: Way,
    own: &RecordedValues,
) -> Vec<usize> {
    let mut order = Vec::with_capacity(all.len());
    let mut seen = HashSet::new();
    let mut next: VecDeque<&[u8]> = first.as_deref().into_iter().collect();
    while let Some(value) = next.pop_front() {
        for &at in by_from.get(value).into_iter().flatten() {
            let (from, to) = &all[at];
            let key = match way {
                Way::Up => from,
                Way::Down => to,
            };
            let is_own = key.as_deref() == Some(own.bytes());
            if !is_own && seen.insert(at) {
                order.push(at);
                next.extend(to.as_deref());
            }
        }
    }
    order
}

fn taken<R>(rows: Vec<R>, order: &[usize]) -> Vec<R> {
    let mut rows: Vec<Option<R>> = rows.into_iter().map(Some).collect();
    order.iter().filter_map(|&at| rows[at].take()).collect()
}

/// MariaDB ends a recursion after 1,000 steps without an error unless this is before the statement. Only MariaDB reads it.
const ALL_STEPS_ON_MARIADB: &str =
    "/*M! SET STATEMENT max_recursive_iterations = 4294967295 FOR */ ";
/// MySQL ends one with an error; only MySQL reads this.
const ALL_STEPS_ON_MYSQL: &str = "SELECT /*+ SET_VAR(cte_max_recursion_depth = 4294967295) */";

/// `UNION` leaves out what was found before, so that a circle ends.
fn text(dialect: Dialect, table: &TableSql, reference: &ReferenceSql, way: Way) -> String {
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
        .push(" (found) AS (SELECT ");
    sql.push(next)
        .push(" FROM ")
        .push(table.table)
        .push(" WHERE ");
    sql.push(given)
        .push(" = ")
        .placeholder()
        .push(" UNION SELECT t.");
    sql.push(next)
        .push(" FROM ")
        .push(table.table)
        .push(" AS t JOIN ");
    sql.push(TREE)
        .push(" ON t.")
        .push(given)
        .push(" = ")
        .push(TREE);
    sql.push(".found) ");
    match table.select.strip_prefix("SELECT") {
        Some(columns) if is_mysql => sql.push(ALL_STEPS_ON_MYSQL).push(columns),
        Some(_) | None => sql.push(table.select),
    };
    sql.push(" WHERE ").push(key);
    sql.push(" IN (SELECT found FROM ").push(TREE).push(")");
    sql.finish()
}
