//! One query for each of many values. In a process that has the database a query by key costs less than its key's place in a list, which
//! SQLite keeps in a table of its own first; what it costs on a file is the lock, which is taken once for all.

use super::kept::Running;
use super::{SqliteConnection, bind, reader};
use crate::driver::{TakeEach, WriteEach};
use crate::error::Result;
use crate::value::sqlite::error::step_error;

impl SqliteConnection {
    /// All read one state of the database.
    pub(crate) fn query_each(
        &mut self,
        sql: &str,
        times: usize,
        write: WriteEach<'_>,
        take: TakeEach<'_>,
    ) -> Result<()> {
        let begins = times > 1 && !self.in_transaction();
        if begins {
            self.step("BEGIN")?;
        }
        let outcome = self.run(|call, kept| {
            let mut statement = call.prepare(kept, sql)?;
            (0..times).try_for_each(|at| {
                query_one(&mut statement, at, write, take).map_err(|error| error.at_row(at))
            })
        });
        // An error of some kinds has ended it.
        let ends = begins && self.in_transaction();
        let ended = if ends { self.step("COMMIT") } else { Ok(()) };
        outcome.and(ended)
    }
}

fn query_one(
    statement: &mut Running<'_>,
    at: usize,
    write: WriteEach<'_>,
    take: TakeEach<'_>,
) -> Result<()> {
    bind(statement, &mut |params| write(at, params))?;
    while statement.step().map_err(step_error)? {
        take(at, &mut reader(statement))?;
    }
    statement.reset().map_err(step_error)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::driver::sqlite::SqliteOptions;
    use crate::error::{Error, ErrorKind};
    use crate::value::RowReader;

    const PATIENCE: Duration = Duration::from_secs(60);
    const COUNT: &str = "SELECT count(*) FROM t WHERE a > ?";

    /// Another connection commits a row between the two; the transaction ends with the last one, also where one fails.
    #[test]
    fn all_read_one_state() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one.db");
        let options = SqliteOptions {
            path: path.to_str().unwrap(),
            busy_timeout: PATIENCE,
            statement_timeout: None,
            synchronous: bindery_core::config::Synchronous::default(),
            read_only: false,
            creates: true,
        };
        let mut connection = SqliteConnection::open(&options, PATIENCE).unwrap();
        connection.batch("CREATE TABLE t (a)").unwrap();
        let other = rusqlite::Connection::open(&path).unwrap();
        let mut count = |take: TakeEach<'_>| {
            let outcome =
                connection.query_each(COUNT, 2, &mut |_, params| params.push(&0_i64), take);
            assert!(!connection.in_transaction());
            outcome
        };
        for before in 0..3 {
            let mut counts = Vec::new();
            count(&mut |at, row| {
                counts.push(row.next::<i64>()?);
                if at == 0 {
                    other.execute("INSERT INTO t VALUES (1)", []).unwrap();
                }
                Ok(())
            })
            .unwrap();
            assert_eq!(counts, [before, before]);
        }
        let refuse = &mut |at, _: &mut RowReader<'_>| match at {
            0 => Ok(()),
            _ => Err(Error::new(ErrorKind::NotFound)),
        };
        assert_eq!(count(refuse).unwrap_err().row(), Some(1));
    }
}
