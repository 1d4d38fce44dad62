//! The server that answers: its product and version.

use bindery::Dialect;

use super::super::status::{Look, Row};
use super::fine;
use crate::level::Level;

const SECTION: &str = "server";

/// The oldest major version of each product that bindery is tested with.
fn oldest(product: &str) -> Option<u32> {
    match product {
        "PostgreSQL" => Some(12),
        "MySQL" => Some(8),
        "MariaDB" => Some(10),
        _ => None,
    }
}

pub(super) fn rows(look: &Look<'_>) -> bindery::Result<Vec<Row>> {
    let status = look.engines.registry.engine(look.name())?;
    let Some(server) = status.server else {
        return Ok(fine(SECTION, format!("{} answers", status.url)));
    };
    let text = format!("{} {} at {}", server.product, server.version, status.url);
    let is_old = oldest(server.product).is_some_and(|oldest| major(&server.version) < oldest);
    let is_unsafe = status.dialect != Dialect::Sqlite
        && status.parameters.iter().any(|name| name == "tls-plaintext");
    let row = Row::new(SECTION, text).level(Level::Ok.or(Level::Warning, is_old || is_unsafe));
    Ok(vec![if is_old {
        row.hint("update the server: bindery is not tested with versions as old as this")
    } else {
        row.hint("its connections are not encrypted: `tls = \"verify-full\"` in place of `tls-plaintext`")
    }])
}

/// Of `15.8 (Debian 15.8-0+deb12u1)` 15; of a version that is not read so the highest.
fn major(version: &str) -> u32 {
    let digits = version
        .split(|character: char| !character.is_ascii_digit())
        .next();
    digits
        .and_then(|digits| digits.parse().ok())
        .unwrap_or(u32::MAX)
}
