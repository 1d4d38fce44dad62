//! The progress of a statement that a migration runs, as its server reports it to another session.

use std::fmt;

use super::connecting::Session;
use super::lock::NamedLock;
use super::{Migrator, StatementProgress};
use crate::error::{Operation, Result};
use crate::value::ParamWriter;
use bindery_core::cluster::Cluster;
use bindery_core::dialect::Dialect;

/// PostgreSQL has an index made in several phases, of which the one that reads the table counts blocks.
const BLOCKS_OF_INDEX: Source = Source {
    unit: "blocks",
    select: "SELECT blocks_done, blocks_total FROM pg_catalog.pg_stat_progress_create_index WHERE pid = $1::bigint AND blocks_total > 0",
};

/// Citus has rows copied by sessions of its servers among each other, which have the number of the session that they work for in their name.
const ROWS_OF_CLUSTER: Source = Source {
    unit: "rows",
    select: "SELECT rows, NULL::bigint FROM (SELECT sum(result::bigint)::bigint AS rows \
        FROM run_command_on_all_nodes(format('SELECT coalesce(sum(c.tuples_processed), 0) \
        FROM pg_catalog.pg_stat_progress_copy c JOIN pg_catalog.pg_stat_activity a USING (pid) \
        WHERE c.command = ''COPY FROM'' AND a.application_name LIKE ''citus_internal gpid=%%%s''', lpad($1::bigint::text, 10, '0'))) \
        WHERE success) AS all_nodes WHERE rows > 0",
};

/// MariaDB has a table copied in stages.
const PERCENT_OF_COPY: Source = Source {
    unit: "percent",
    select: "SELECT CAST((STAGE - 1) * 100 / MAX_STAGE + PROGRESS / MAX_STAGE AS SIGNED), 100 \
        FROM information_schema.PROCESSLIST WHERE ID = ? AND MAX_STAGE > 0",
};

/// A query of how much is done of the statement of a session, and of how much.
#[derive(Debug)]
struct Source {
    unit: &'static str,
    select: &'static str,
}

/// Looks at the statement that migrates the database of an engine, from this process or another.
#[doc(hidden)]
pub struct MigrationWatch {
    session: Session,
    lock: NamedLock,
    sources: &'static [Source],
}

impl fmt::Debug for MigrationWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("MigrationWatch");
        shown
            .field("sources", &self.sources)
            .finish_non_exhaustive()
    }
}

impl Migrator<'_, '_> {
    /// With a session of its own. `None` for SQLite and Galera: the one says nothing of statements at work, and in the other the session that
    /// has the lock is not the one that migrates.
    ///
    /// # Errors
    /// The engine cannot be reached.
    #[doc(hidden)]
    pub fn watch(&self) -> Result<Option<MigrationWatch>> {
        let info = self.registry.engines[self.engine].info;
        let sources: &[Source] = match (info.dialect, info.cluster) {
            (Dialect::Postgres, Some(Cluster::Citus)) => &[BLOCKS_OF_INDEX, ROWS_OF_CLUSTER],
            (Dialect::Postgres, _) => &[BLOCKS_OF_INDEX],
            (Dialect::Mysql, None) => &[PERCENT_OF_COPY],
            (Dialect::Mysql, Some(_)) | (Dialect::Sqlite, _) => return Ok(None),
        };
        let Some(lock) = NamedLock::of(info.dialect) else {
            return Ok(None);
        };
        let opened = Session::open(self.registry, self.engine, &self.options);
        self.located(opened.map(|session| {
            Some(MigrationWatch {
                session,
                lock,
                sources,
            })
        }))
    }
}

impl MigrationWatch {
    /// `None` where no statement is at work of which the server says anything.
    ///
    /// # Errors
    /// The server cannot be reached, or says nothing of statements (MySQL).
    pub fn look(&mut self) -> Result<Option<StatementProgress>> {
        self.seen()
            .map_err(|error| error.during(Operation::Migrate))
    }

    fn seen(&mut self) -> Result<Option<StatementProgress>> {
        let physical = &mut self.session.physical;
        let Some(holder) = self.lock.holder(physical)? else {
            return Ok(None);
        };
        let holder = &mut |params: &mut ParamWriter<'_>| params.i64(holder);
        for source in self.sources {
            let mut seen = None;
            physical.query(source.select, holder, &mut |row| {
                let (done, of): (i64, Option<i64>) = (row.next()?, row.next()?);
                let unit = source.unit;
                let (done, of) = (done.unsigned_abs(), of.map(i64::unsigned_abs));
                seen = Some(StatementProgress { done, of, unit });
                Ok(false)
            })?;
            if seen.is_some() {
                return Ok(seen);
            }
        }
        Ok(None)
    }
}
