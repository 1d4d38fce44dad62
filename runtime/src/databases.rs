//! All engines of a program at run time. Generated code wraps this in its `Databases`, which adds the typed accessors.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::connection::Connection;
use crate::driver::Physical;
use crate::engine::Engine;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::lives_on::Hosts;
use crate::model::Model;
use crate::pool::{Pool, PoolLimits};
use crate::program::{EngineInfo, Program, TableDdl};
use crate::repository::Repository;
use crate::route::Target;

/// The pools of a program's engines, in the order of [`Program::engines`].
pub struct Registry {
    program: &'static Program,
    pools: Vec<Arc<Pool>>,
}

/// What [`Registry::create_missing`] did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Created {
    /// Engine and table of every table that was made.
    pub created: Vec<(&'static str, &'static str)>,
    /// Engine and table of every table that was there.
    pub existing: Vec<(&'static str, &'static str)>,
}

impl Registry {
    /// Every engine as an empty SQLite database in memory, gone with the value: for tests.
    ///
    /// # Errors
    /// An engine was compiled for another dialect.
    #[cfg(feature = "sqlite")]
    pub fn in_memory(program: &'static Program) -> Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let pools = program
            .engines
            .iter()
            .map(|engine| memory_pool(engine, number))
            .collect::<Result<_>>()?;
        Ok(Self { program, pools })
    }

    /// What was compiled in.
    pub fn program(&self) -> &'static Program {
        self.program
    }

    /// A connection of an engine.
    ///
    /// # Errors
    /// The engine cannot be reached, or no connection came free in time.
    pub fn connect<E: Engine>(&self, engine: E) -> Result<Connection<E>> {
        self.pools[engine.index()]
            .acquire()
            .map(|link| Connection::new(engine, link))
    }

    /// The repository of a model, taking a connection for each call.
    pub fn repository<M: Model, E: Hosts<M>>(&self, engine: E) -> Repository<'_, M, E> {
        Repository::new(Target::of_pool(
            engine,
            Arc::clone(&self.pools[engine.index()]),
        ))
    }

    /// Creates the tables that are missing, on every engine.
    ///
    /// # Errors
    /// A database refuses a statement; what was created before stays.
    pub fn create_missing(&self) -> Result<Created> {
        let mut outcome = Created::default();
        for (index, (info, pool)) in self.program.engines.iter().zip(&self.pools).enumerate() {
            create_on(info, self.program.tables_of(index), pool, &mut outcome)
                .map_err(|error| error.on_engine(info.name).during(Operation::Create))?;
        }
        Ok(outcome)
    }

    /// Closes the connections of all engines: idle ones now, those in use when they are given back. Later use is an error.
    pub fn close(&self) {
        self.pools.iter().for_each(|pool| pool.close());
    }
}

fn create_on(
    info: &EngineInfo,
    tables: impl Iterator<Item = &'static TableDdl>,
    pool: &Arc<Pool>,
    outcome: &mut Created,
) -> Result<()> {
    let mut link = pool.acquire()?;
    let physical = link.physical();
    let mut missing = Vec::new();
    for table in tables {
        if physical.table_exists(table.schema, table.table)? {
            outcome.existing.push((info.name, table.table));
        } else {
            run_all(physical, table.create)?;
            missing.push(table);
            outcome.created.push((info.name, table.table));
        }
    }
    missing
        .iter()
        .try_for_each(|table| run_all(physical, table.link))
}

fn run_all(physical: &mut Physical, statements: &[&str]) -> Result<()> {
    statements.iter().try_for_each(|sql| physical.batch(sql))
}

#[cfg(feature = "sqlite")]
fn memory_pool(engine: &EngineInfo, number: u64) -> Result<Arc<Pool>> {
    use crate::driver::sqlite::{SqliteConnection, SqliteOptions};
    if engine.dialect != crate::Dialect::Sqlite {
        let why = format!(
            "compiled for {}, so it cannot be a SQLite database in memory",
            engine.dialect
        );
        return Err(Error::new(ErrorKind::Config(why))
            .on_engine(engine.name)
            .during(Operation::Configure));
    }
    // A named database of SQLite's in-memory file system is shared by the connections of one process and locked like a file.
    let path = format!("file:/bindery-{number}-{}?vfs=memdb", engine.name);
    let limits = PoolLimits {
        max_connections: 8,
        acquire_timeout: Duration::from_secs(5),
        keep: true,
    };
    let open = move || {
        let options = SqliteOptions {
            path: &path,
            busy_timeout: Duration::from_secs(5),
        };
        SqliteConnection::open(&options).map(Physical::Sqlite)
    };
    Ok(Pool::new(engine.name, limits, Box::new(open)))
}
