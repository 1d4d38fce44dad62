//! The server that answers: its product and version. One that is too old is refused by the driver, so that its engine does not answer.

use super::fine;
use crate::health::level::Level;
use crate::health::{Look, Row};

const SECTION: &str = "server";

pub(super) fn rows(look: &Look<'_>) -> bindery::Result<Vec<Row>> {
    let status = look.engines.registry.engine(look.name())?;
    let Some(server) = status.server else {
        return Ok(fine(SECTION, format!("{} answers", status.url)));
    };
    let text = format!("{} {} at {}", server.product, server.version, status.url);
    let level = Level::Ok.or(Level::Warning, status.is_readable_by_others);
    let row = Row::new(SECTION, text).level(level);
    let hint = "its connections are not encrypted: `tls = \"verify-full\"` in place of `disable` and `tls-plaintext`";
    Ok(vec![row.hint(hint)])
}
