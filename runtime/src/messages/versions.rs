//! The newest event of each row that a consumer has seen: an older one changes nothing any more. That of a deleted row stays.

use super::message::Message;
use crate::driver::Physical;
use crate::driver::own_tables::statements::versions;
use crate::error::{Error, ErrorKind, Result};
use crate::repository::published::task_key;

/// Writes down that a consumer sees an event now; `false` where it has seen this or a newer one of the row.
pub(super) fn advance(physical: &mut Physical, consumer: &str, message: &Message) -> Result<bool> {
    let about = format!("{} {}", message.source(), message.model());
    let subject = task_key(&about, message.subject());
    let version = message.version();
    if versions::advance(physical, version, consumer, &subject, version)? > 0 {
        return Ok(true);
    }
    if versions::find(physical, consumer, &subject)?.is_some() {
        return Ok(false);
    }
    match versions::add(physical, consumer, &subject, version) {
        Ok(()) => Ok(true),
        // Another event of the row was the first at the same time: the attempt after this one sees it.
        Err(error) if error.is_unique_violation() => Err(Error::new(ErrorKind::Conflict)),
        Err(error) => Err(error),
    }
}
