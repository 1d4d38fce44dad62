//! SQLite as the home of an atomic group: its own commit is the commit point, so it must not lose one.

use super::SqliteConnection;
use crate::driver::prepared::{CommitRole, not_atomic};
use crate::error::{Error, ErrorKind, Result};

impl SqliteConnection {
    pub(in crate::driver) fn ensure_atomic(&mut self, role: CommitRole) -> Result<()> {
        if let CommitRole::Branch { .. } = role {
            let why = "an SQLite file cannot prepare a transaction";
            return Err(Error::new(ErrorKind::Unsupported(why)));
        }
        let (mut journal, mut synchronous) = (String::new(), 0);
        self.query("PRAGMA journal_mode", &mut |_| (), &mut |row| {
            journal = row.next()?;
            Ok(true)
        })?;
        self.query("PRAGMA synchronous", &mut |_| (), &mut |row| {
            synchronous = row.next::<i64>()?;
            Ok(true)
        })?;
        ensure_kept(&journal, synchronous)
    }
}

/// Rejects a journal and a number of `PRAGMA synchronous` with which a commit may be lost.
fn ensure_kept(journal: &str, synchronous: i64) -> Result<()> {
    const FULL: i64 = 2;
    const EXTRA: i64 = 3;
    match (journal, synchronous) {
        ("wal", FULL..) | ("delete", EXTRA..) => Ok(()),
        ("wal", _) => Err(not_atomic(
            "a crash can lose what was committed last: set `synchronous = \"full\"` for the engine",
        )),
        ("memory", _) => Err(not_atomic(
            "a database in memory loses its decisions with the process: give the engine a file",
        )),
        (other, _) => Err(not_atomic(&format!(
            "its journal is `{other}`, with which a crash can lose what was committed last: use a file that can have a WAL"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::ensure_kept;

    /// Covers 2PC-10 on SQLite.
    #[test]
    fn only_journals_that_lose_nothing_are_taken() {
        for (journal, synchronous) in [("wal", 2), ("wal", 3), ("delete", 3)] {
            assert!(ensure_kept(journal, synchronous).is_ok());
        }
        for (journal, synchronous) in [("wal", 1), ("delete", 2), ("memory", 3), ("off", 3)] {
            let refused = ensure_kept(journal, synchronous).unwrap_err().to_string();
            assert!(
                refused.contains("an atomic group cannot use it"),
                "{refused}"
            );
        }
    }
}
