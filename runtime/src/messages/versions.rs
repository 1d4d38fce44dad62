//! The newest event of each row that a consumer has seen: an older one changes nothing any more. That of a deleted row stays.

use super::message::Message;
use crate::driver::Physical;
use crate::driver::own_tables::statement;
use crate::error::{Error, ErrorKind, Result};
use crate::repository::published::task_key;
use crate::value::ParamWriter;

/// Writes down that a consumer sees an event now; `false` where it has seen this or a newer one of the row.
pub(super) fn advance(physical: &mut Physical, consumer: &str, message: &Message) -> Result<bool> {
    let about = format!("{} {}", message.source(), message.model());
    let subject = task_key(&about, message.subject());
    let version = message.version();
    let dialect = physical.dialect();
    let write = &mut |params: &mut ParamWriter<'_>| {
        params.i64(version);
        params.text(consumer);
        params.text(&subject);
        params.i64(version);
    };
    let update = "UPDATE _bindery_versions SET version = ? WHERE consumer = ? AND subject = ? AND version < ?";
    physical.next_is_own();
    if physical.execute(&statement(dialect, update), write)? > 0 {
        return Ok(true);
    }
    let row = |params: &mut ParamWriter<'_>| {
        params.text(consumer);
        params.text(&subject);
    };
    let mut is_there = false;
    let find = "SELECT 1 FROM _bindery_versions WHERE consumer = ? AND subject = ?";
    physical.next_is_own();
    physical.query(&statement(dialect, find), &mut { row }, &mut |_| {
        is_there = true;
        Ok(true)
    })?;
    if is_there {
        return Ok(false);
    }
    let insert = "INSERT INTO _bindery_versions (consumer, subject, version) VALUES (?, ?, ?)";
    let write = &mut |params: &mut ParamWriter<'_>| {
        row(params);
        params.i64(version);
    };
    physical.next_is_own();
    match physical.execute(&statement(dialect, insert), write) {
        Ok(_) => Ok(true),
        // Another event of the row was the first at the same time: the attempt after this one sees it.
        Err(error) if error.is_unique_violation() => Err(Error::new(ErrorKind::Conflict)),
        Err(error) => Err(error),
    }
}
