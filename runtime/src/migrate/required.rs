//! The server that a migration needs: `-- @requires PostgreSQL 16`, looked at before the first statement is run.

use super::run::Step;
use super::{ServerVersion, refused};
use crate::databases::status::ServerProduct;
use crate::driver::version_numbers::version_numbers;
use crate::error::{MigrationError, Result};

/// Refuses all of them where one needs another server than this one.
pub(super) fn ensure(server: Option<&ServerProduct>, steps: &[Step<'_>]) -> Result<()> {
    let migrations = steps.iter().map(Step::migration);
    let mut needing = migrations.filter(|one| !one.requires.is_empty());
    match needing.find(|one| !server.is_some_and(|server| is_met(&one.requires, server))) {
        None => Ok(()),
        Some(one) => {
            let named = one.requires.iter();
            let named: Vec<String> = named
                .map(|one| format!("{} {}", one.product, one.version))
                .collect();
            Err(refused(MigrationError::OtherServer {
                version: one.version.to_string(),
                needed: named.join(" or "),
                found: server.map_or_else(
                    || "unknown".to_owned(),
                    |server| format!("{} {}", server.product, server.version),
                ),
            }))
        }
    }
}

/// Whether the server is one of them, in this version or a later one.
fn is_met(requires: &[ServerVersion], server: &ServerProduct) -> bool {
    let mut requires = requires.iter();
    requires.any(|one| {
        one.product == server.product && server.numbers() >= version_numbers(&one.version)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Covers MIG-9.
    #[test]
    fn versions_are_compared_by_their_numbers() {
        let met = |requires: &[ServerVersion], product, version: &str| {
            let version = version.to_owned();
            is_met(requires, &ServerProduct { product, version })
        };
        let postgres = &[ServerVersion::new("PostgreSQL", "15")];
        for (version, expected) in [
            ("15.18 (Debian)", true),
            ("9.6.3", false),
            ("16beta1", true),
        ] {
            assert_eq!(met(postgres, "PostgreSQL", version), expected, "{version}");
        }
        let either = &[
            ServerVersion::new("MariaDB", "10.6.2"),
            ServerVersion::new("MySQL", "8.0.30"),
        ];
        assert!(met(either, "MariaDB", "10.11.19-MariaDB-0+deb12u1"));
        assert!(!met(either, "MariaDB", "10.6.1-MariaDB"));
        assert!(met(either, "MySQL", "8.4.0"));
        assert!(!met(&either[..1], "MySQL", "99"));
    }
}
