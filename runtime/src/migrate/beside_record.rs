//! The record of what stands at views, for as long as a migration runs that is not one transaction. A run that is killed in it leaves
//! the record to the one that goes on.

use super::beside_views::Views;
use crate::driver::{Physical, TransactionOptions};
use crate::error::Result;
use crate::value::ParamWriter;
use bindery_core::sql_writer::SqlWriter;

const TABLE: &str = "_bindery_beside_views";
const CREATE: &str = "CREATE TABLE _bindery_beside_views (version TEXT NOT NULL, view_name TEXT NOT NULL, number BIGINT NOT NULL, kind TEXT NOT NULL, own TEXT NOT NULL, made TEXT NOT NULL)";
const END: &str = "DROP TABLE _bindery_beside_views";

/// The record of a migration; empty where there is none.
pub(super) fn read_views(physical: &mut Physical, version: &str) -> Result<Views> {
    let mut views = Views::new();
    if !physical.table_exists(None, TABLE)? {
        return Ok(views);
    }
    let mut sql = SqlWriter::new(physical.dialect());
    sql.push(
        "SELECT view_name, number, kind, own, made FROM _bindery_beside_views WHERE version = ",
    )
    .placeholder();
    let write = &mut |params: &mut ParamWriter<'_>| params.text(version);
    physical.query(&sql.finish(), write, &mut |row| {
        let view = views.entry(row.next()?).or_default();
        view.number = row.next()?;
        let place = (row.next()?, row.next()?);
        view.beside.insert(place, row.next()?);
        Ok(true)
    })?;
    Ok(views)
}

/// Records the views before the first statement, all of them or none.
pub(super) fn write_views(physical: &mut Physical, version: &str, views: &Views) -> Result<()> {
    if views.is_empty() {
        return Ok(());
    }
    physical.begin_with(&TransactionOptions::new())?;
    match write_rows(physical, version, views) {
        Ok(()) => physical.commit(),
        Err(error) => {
            let _ = physical.rollback();
            Err(error)
        }
    }
}

fn write_rows(physical: &mut Physical, version: &str, views: &Views) -> Result<()> {
    // One of another migration is of a run whose end a person has said.
    if physical.table_exists(None, TABLE)? {
        physical.batch(END)?;
    }
    physical.batch(CREATE)?;
    let mut sql = SqlWriter::new(physical.dialect());
    sql.push(
        "INSERT INTO _bindery_beside_views (version, view_name, number, kind, own, made) VALUES (",
    );
    for _ in 0..5 {
        sql.placeholder().push(", ");
    }
    sql.placeholder().push(")");
    let sql = sql.finish();
    for (name, view) in views {
        for ((kind, own), made) in &view.beside {
            let write = &mut |params: &mut ParamWriter<'_>| {
                params.text(version);
                params.text(name);
                params.i64(view.number);
                for text in [kind, own, made] {
                    params.text(text);
                }
            };
            physical.execute(&sql, write)?;
        }
    }
    Ok(())
}

/// Records another number of a view.
pub(super) fn set_number(physical: &mut Physical, name: &str, number: i64) -> Result<()> {
    let mut sql = SqlWriter::new(physical.dialect());
    sql.push("UPDATE _bindery_beside_views SET number = ")
        .placeholder();
    sql.push(" WHERE view_name = ").placeholder();
    let write = &mut |params: &mut ParamWriter<'_>| {
        params.i64(number);
        params.text(name);
    };
    physical.execute(&sql.finish(), write).map(drop)
}

/// All of it is brought back.
pub(super) fn end(physical: &mut Physical) -> Result<()> {
    physical.batch(END)
}
