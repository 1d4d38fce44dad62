//! The server that a migration needs: `-- @requires PostgreSQL 16`, looked at before the first statement is run.

use super::run::Step;
use super::{Required, refused};
use crate::driver::Physical;
use crate::error::{MigrationError, Result};
use bindery_core::dialect::Dialect;

/// A server by its product and version.
#[derive(Debug)]
struct Found {
    product: &'static str,
    version: String,
}

/// Refuses all of them where one needs another server than this one.
pub(super) fn ensure(physical: &mut Physical, steps: &[Step]) -> Result<()> {
    let migrations = steps.iter().map(Step::migration);
    let mut needing = migrations.filter(|one| !one.requires.is_empty()).peekable();
    if needing.peek().is_none() {
        return Ok(());
    }
    let found = found(physical)?;
    match needing.find(|one| !is_met(one.requires, &found)) {
        None => Ok(()),
        Some(one) => {
            let named = one.requires.iter();
            let named: Vec<String> = named
                .map(|(product, version)| format!("{product} {version}"))
                .collect();
            Err(refused(MigrationError::OtherServer {
                version: one.version.to_owned(),
                needed: named.join(" or "),
                found: format!("{} {}", found.product, found.version),
            }))
        }
    }
}

fn found(physical: &mut Physical) -> Result<Found> {
    let dialect = physical.dialect();
    let sql = match dialect {
        Dialect::Sqlite => "SELECT sqlite_version()",
        Dialect::Postgres => "SELECT current_setting('server_version')",
        Dialect::Mysql => "SELECT version()",
    };
    let mut version = String::new();
    physical.query(sql, &mut |_| (), &mut |row| {
        version = row.next()?;
        Ok(true)
    })?;
    let product = match dialect {
        Dialect::Sqlite => "SQLite",
        Dialect::Postgres => "PostgreSQL",
        Dialect::Mysql if version.contains("MariaDB") => "MariaDB",
        Dialect::Mysql => "MySQL",
    };
    Ok(Found { product, version })
}

/// Is it one of them, in this version or a later one?
fn is_met(requires: &[Required], found: &Found) -> bool {
    let mut requires = requires.iter();
    requires.any(|(product, version)| {
        *product == found.product && numbers(&found.version) >= numbers(version)
    })
}

/// Of `10.11.19-MariaDB-0+deb12u1` 10, 11 and 19.
fn numbers(version: &str) -> Vec<u32> {
    let is_part = |letter: char| letter.is_ascii_digit() || letter == '.';
    let end = version.find(|letter| !is_part(letter));
    let parts = version[..end.unwrap_or(version.len())].split('.');
    parts.map_while(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Covers MIG-9.
    #[test]
    fn versions_are_compared_by_their_numbers() {
        let met = |requires: &[Required], product, version: &str| {
            let version = version.to_owned();
            is_met(requires, &Found { product, version })
        };
        let postgres = &[("PostgreSQL", "15")];
        for (version, expected) in [
            ("15.18 (Debian)", true),
            ("9.6.3", false),
            ("16beta1", true),
        ] {
            assert_eq!(met(postgres, "PostgreSQL", version), expected, "{version}");
        }
        let either = &[("MariaDB", "10.6.2"), ("MySQL", "8.0.30")];
        assert!(met(either, "MariaDB", "10.11.19-MariaDB-0+deb12u1"));
        assert!(!met(either, "MariaDB", "10.6.1-MariaDB"));
        assert!(met(either, "MySQL", "8.4.0"));
        assert!(!met(&either[..1], "MySQL", "99"));
    }
}
