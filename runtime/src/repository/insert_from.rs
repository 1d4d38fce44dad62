//! Inserting the rows of a SELECT.

use std::rc::Rc;

use super::Repository;
use super::published::{is_published, publishes, record};
use super::returning::returned_rows;
use crate::driver::{Physical, TableSql};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::link::Link;
use crate::link::engine::Engine;
use crate::model::Model;
use crate::value::ParamWriter;

impl<M: Model, E: Engine, A> Repository<'_, M, E, A> {
    /// Inserts rows with what a SELECT gives for these columns, and says how many.
    #[track_caller]
    pub(crate) fn insert_selected(
        &mut self,
        columns: &[usize],
        select: &dyn Fn(&mut Physical, E) -> Result<Rc<str>>,
        write: &dyn Fn(&mut ParamWriter<'_>),
    ) -> Result<u64> {
        self.run_on_link(Operation::InsertMany, |link, sql, engine| {
            ensure_given(link, M::NAME, sql, columns)?;
            let select = select(link.ready()?, engine)?;
            let names: Vec<_> = columns.iter().map(|&column| sql.columns[column]).collect();
            let names = names.join(", ");
            let text = format!("INSERT INTO {} ({names}) {select}", sql.table);
            let write = &mut |params: &mut ParamWriter<'_>| write(params);
            if const { !is_published::<M>() } || !publishes::<M, E>(engine) {
                return link.ready()?.execute(&text, write);
            }
            if sql.returning.is_empty() {
                let why = "rows with events that are inserted from a query: MySQL does not return them; read the rows, and `insert_many`";
                return Err(Error::new(ErrorKind::Unsupported(why)));
            }
            link.atomically(|link| {
                let physical = link.ready()?;
                let text = text + sql.returning;
                let rows = returned_rows::<M, E>(physical, engine, &text, write)?;
                record::<M, E>(physical, engine, &[], &rows)?;
                Ok(rows.len() as u64)
            })
        })
    }
}

/// Refuses new rows without a column that has neither a default nor NULL, or that an insert of one row fills in.
fn ensure_given(link: &Link, model: &str, sql: &TableSql, columns: &[usize]) -> Result<()> {
    if columns.iter().any(|column| !sql.writable.contains(column)) {
        let why = "a computed column cannot be set";
        return Err(Error::new(ErrorKind::Unsupported(why)));
    }
    let may_be_null = |column: usize| {
        let watch = link.pool().watch();
        let info = watch.and_then(|watch| watch.info(model));
        let kind = info.and_then(|info| info.kinds.split_whitespace().nth(column));
        kind.is_none_or(|kind| kind.ends_with('?'))
    };
    let is_missing = |column: &usize| {
        let is_filled_in = sql.touched.contains(column);
        !columns.contains(column) && (is_filled_in || !may_be_null(*column))
    };
    let Some(&missing) = sql.required.iter().find(|column| is_missing(column)) else {
        return Ok(());
    };
    let name = sql.columns[missing].trim_matches(['"', '`']);
    Err(Error::new(ErrorKind::UnsupportedValue(format!(
        "`{name}` has no default, so every new row needs a value for it: `{name}.from(…)`"
    ))))
}
