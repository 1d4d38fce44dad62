//! Which servers are served: the oldest version of each product, and products that speak its protocol without being it.

use super::version_numbers::version_numbers;
use crate::error::{Error, ErrorKind, Operation};

/// A product and its oldest version that is served.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Least {
    pub(crate) product: &'static str,
    version: &'static [u32],
}

/// Columns that are computed and stored came with it.
#[cfg(feature = "postgres")]
pub(crate) const POSTGRES: Least = Least {
    product: "PostgreSQL",
    version: &[12],
};
/// INSERT gives rows back since then.
#[cfg(feature = "mysql")]
pub(crate) const MARIADB: Least = Least {
    product: "MariaDB",
    version: &[10, 5],
};
/// Before it, CHECK was read and not held.
#[cfg(feature = "mysql")]
pub(crate) const MYSQL: Least = Least {
    product: "MySQL",
    version: &[8, 0, 16],
};

/// The names of other products that speak PostgreSQL's or MySQL's protocol: in their version or beside it. Each differs
/// where generated code relies on the original (types, constraints, what a transaction holds).
const OTHERS: &[&str] = &[
    "CockroachDB",
    "-YB-",
    "YugabyteDB",
    "Redshift",
    "Greenplum",
    "Cloudberry",
    "openGauss",
    "GaussDB",
    "Materialize",
    "QuestDB",
    "CrateDB",
    "RisingWave",
    "DuckDB",
    "TiDB",
    "OceanBase",
    "Vitess",
    "SingleStore",
    "MemSQL",
    "Doris",
    "StarRocks",
    "ClickHouse",
    "Dolt",
    "Manticore",
    "MatrixOne",
];

impl Least {
    /// Refuses a server that is older, or another product. `said` is its whole description of itself, `version` the
    /// part that begins with the number.
    pub(crate) fn check(&self, version: &str, said: &str) -> Result<(), Error> {
        let other = contains_any(said) || contains_any(version);
        if !other && version_numbers(version).as_slice() >= self.version {
            return Ok(());
        }
        Err(self.refused(if contains_any(version) || !other {
            version
        } else {
            said
        }))
    }

    #[cold]
    pub(crate) fn refused(&self, found: &str) -> Error {
        let known = contains(found, self.product) || contains_any(found);
        let product = if known { "" } else { self.product };
        let found = format!("{product} {}", shown_version(found));
        let kind = ErrorKind::UnsupportedServer {
            expected: self.to_string(),
            found: found.trim_start().to_owned(),
        };
        Error::new(kind).during(Operation::Connect)
    }
}

/// `PostgreSQL 12 or newer`.
impl std::fmt::Display for Least {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let numbers: Vec<String> = self.version.iter().map(u32::to_string).collect();
        write!(out, "{} {} or newer", self.product, numbers.join("."))
    }
}

fn contains(text: &str, part: &str) -> bool {
    let (text, part) = (text.as_bytes(), part.as_bytes());
    text.windows(part.len())
        .any(|window| window.eq_ignore_ascii_case(part))
}

fn contains_any(text: &str) -> bool {
    OTHERS.iter().any(|other| contains(text, other))
}

/// Returns a server's description of itself, shortened and in printable characters.
pub(crate) fn shown_version(said: &str) -> String {
    const LONGEST: usize = 80;
    let short: String = said.chars().take(LONGEST).collect();
    short.escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Covers POOL-11 on PostgreSQL, MariaDB.
    /// Covers 2PC-10 on MySQL, MariaDB: those that roll a prepared transaction back when its session ends are not served at all.
    #[test]
    fn atom_05_servers_that_lose_what_is_prepared_are_refused() {
        for (least, loses) in [(MARIADB, "10.4.34-MariaDB"), (MYSQL, "5.7.6-log")] {
            let refused = least.check(loses, "").unwrap_err();
            assert!(
                matches!(refused.kind(), ErrorKind::UnsupportedServer { .. }),
                "{refused}"
            );
        }
    }

    #[test]
    fn versions_are_told_apart() {
        let fine = [
            (POSTGRES, "12.0", ""),
            (
                POSTGRES,
                "15.4 (Debian 15.4-1)",
                "PostgreSQL 15.4 on x86_64-pc-linux-gnu, compiled by gcc",
            ),
            (POSTGRES, "17devel", ""),
            (
                POSTGRES,
                "15.2",
                "PostgreSQL 15.2 (EnterpriseDB Advanced Server 15.2.0) on x86_64",
            ),
            (MARIADB, "10.11.6-MariaDB-0+deb12u1", "Debian 12"),
            (MARIADB, "5.5.5-10.11.6-MariaDB", ""),
            (MARIADB, "11.4.2-MariaDB-log", ""),
            (MYSQL, "8.0.16", "MySQL Community Server - GPL"),
            (MYSQL, "8.4.0-commercial", ""),
            (MYSQL, "9.1.0", ""),
            (MYSQL, "8.0.33-25", "Percona Server (GPL), Release 25"),
        ];
        for (least, version, said) in fine {
            assert!(least.check(version, said).is_ok(), "{version} {said}");
        }
        let refused = [
            (POSTGRES, "11.22", "", "PostgreSQL 11.22"),
            (POSTGRES, "9.6.24", "", "PostgreSQL 9.6.24"),
            (POSTGRES, "", "", "PostgreSQL"),
            (
                POSTGRES,
                "13.0.0",
                "CockroachDB CCL v23.1.11",
                "CockroachDB CCL v23.1.11",
            ),
            (POSTGRES, "15.2-YB-2025.1.0.0-b0", "", "15.2-YB"),
            (
                POSTGRES,
                "15.0",
                "PostgreSQL 15.0, Redshift 1.0.1",
                "Redshift",
            ),
            (
                POSTGRES,
                "12.12",
                "PostgreSQL 12.12 (Greenplum Database 7.0.0)",
                "Greenplum",
            ),
            (MARIADB, "10.4.34-MariaDB", "", "10.4.34-MariaDB"),
            (
                MARIADB,
                "5.5.5-10.4.34-MariaDB",
                "",
                "5.5.5-10.4.34-MariaDB",
            ),
            (MARIADB, "5.5.68-MariaDB", "", "5.5.68-MariaDB"),
            (MYSQL, "8.0.15", "", "MySQL 8.0.15"),
            (MYSQL, "5.7.44-log", "", "MySQL 5.7.44-log"),
            (MYSQL, "8.0.11-TiDB-v7.5.0", "TiDB Server", "TiDB"),
            (MYSQL, "8.0.33", "Dolt", "Dolt"),
            (MYSQL, "8.0.30-Vitess", "", "Vitess"),
            (MYSQL, "\u{1b}[31m9", "", "\\u{1b}[31m9"),
            (MYSQL, "99999999999999999999", "", "99999999999999999999"),
        ];
        for (least, version, said, part) in refused {
            let error = least.check(version, said).expect_err(version);
            let text = error.to_string();
            assert!(
                text.contains(part) && text.contains("or newer"),
                "{version}: {text}"
            );
            assert!(!text.contains('\u{1b}'));
        }
    }
}
