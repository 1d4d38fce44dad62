//! Creating and dropping the tables of engines, by the statements that generated code brings along.

use crate::databases::kept::{self, OF_MIRRORS, OwnTableState};
use crate::databases::{Configured, Registry, leaving};
use crate::driver::Physical;
use crate::error::{ErrorKind, Operation, Result};
use crate::link::Link;
use crate::link::drift::Watch;
use crate::link::engine::Engine;
use bindery_core::program::{List, TableDdl};

/// The result of [`Registry::create_missing`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CreatedTables {
    /// Engine and table of every table that was made.
    pub created: Vec<(&'static str, &'static str)>,
    /// Engine and table of every table that was there.
    pub existing: Vec<(&'static str, &'static str)>,
}

/// The tables of the schema that are to be made or dropped.
pub(crate) type IsChosen<'c> = &'c dyn Fn(&TableDdl) -> bool;

/// Receives the name of each table before it is looked at, its number from 1, and how many there are.
pub(crate) type TableProgress<'p> = &'p mut dyn FnMut(&'static str, usize, usize);

impl Registry {
    /// Creates the tables that are missing, on every engine: those of the schema, and bindery's own, as far as the engine needs them.
    /// Columns that a later version of bindery added to its own tables are added to them. Where it makes one of the schema it also keeps a
    /// table `_bindery_schema`, which holds for each engine the hash of the schema that its tables were made for; a database that another
    /// program made gets no such table.
    ///
    /// # Errors
    /// A database refuses a statement. That table is not there then, except on MySQL and MariaDB, where a table may be
    /// there without its indexes; what was created before stays. [`ErrorKind::SchemaDrift`](crate::ErrorKind::SchemaDrift)
    /// where tables are there that were made for another schema and `schema-check` is `strict`.
    pub fn create_missing(&self) -> Result<CreatedTables> {
        let mut outcome = CreatedTables::default();
        for engine in self.own_engines() {
            create_on(engine, &mut outcome, None, &mut |_, _, _| ())?;
        }
        Ok(outcome)
    }

    /// Creates the tables that are missing on one engine.
    ///
    /// # Errors
    /// As [`create_missing`](Self::create_missing).
    pub fn create_missing_on(&self, engine: impl Engine) -> Result<CreatedTables> {
        self.create_missing_with(engine, None, &mut |_, _, _| ())
    }

    /// The same, with its progress; with a choice, only those tables of the schema and none of bindery's own.
    #[doc(hidden)]
    pub fn create_missing_with(
        &self,
        engine: impl Engine,
        choice: Option<IsChosen<'_>>,
        progress: TableProgress<'_>,
    ) -> Result<CreatedTables> {
        let mut outcome = CreatedTables::default();
        create_on(
            &self.engines[engine.index()],
            &mut outcome,
            choice,
            progress,
        )?;
        Ok(outcome)
    }

    /// Drops the tables of one engine that are in the schema, and bindery's own, with all their rows, and says which there were. Tables
    /// that the schema does not know are left alone, and so are the history of migrations, the decisions of atomic groups, which
    /// transactions on other engines may need, and `_bindery_commits`, in which the sessions of MySQL and MariaDB count.
    ///
    /// # Errors
    /// [`ErrorKind::ForeignKeyViolation`] where a table that is left alone refers to one that would be dropped: on SQLite by one of its
    /// rows, on the others by its foreign key. No row of it is deleted or changed, whatever its foreign key says, and nothing is
    /// dropped. Where the database fails nothing is dropped either, except on MySQL and MariaDB, where what was dropped before is gone.
    pub fn drop_tables(&self, engine: impl Engine) -> Result<Vec<&'static str>> {
        self.drop_tables_with(engine, None, &mut |_, _, _| ())
    }

    /// The same, with its progress; with a choice, only those tables of the schema and none of bindery's own.
    #[doc(hidden)]
    pub fn drop_tables_with(
        &self,
        engine: impl Engine,
        choice: Option<IsChosen<'_>>,
        progress: TableProgress<'_>,
    ) -> Result<Vec<&'static str>> {
        drop_on(&self.engines[engine.index()], choice, progress)
    }

    /// Drops the tables of every engine, as [`drop_tables`](Self::drop_tables) does.
    ///
    /// # Errors
    /// As [`drop_tables`](Self::drop_tables); engines that were done before stay so.
    pub fn drop_all(&self) -> Result<Vec<(&'static str, &'static str)>> {
        let mut dropped = Vec::new();
        for engine in self.own_engines() {
            let tables = drop_on(engine, None, &mut |_, _, _| ())?;
            dropped.extend(tables.into_iter().map(|table| (engine.info.name(), table)));
        }
        Ok(dropped)
    }
}

fn create_on(
    engine: &Configured,
    outcome: &mut CreatedTables,
    choice: Option<IsChosen<'_>>,
    progress: TableProgress<'_>,
) -> Result<()> {
    let made = create_tables(engine, outcome, choice, progress);
    forget(engine);
    made
}

/// Forgets what was known of the tables.
fn forget(engine: &Configured) {
    if let Some(watch) = engine.pool.watch() {
        watch.forget();
    }
}

fn create_tables(
    engine: &Configured,
    outcome: &mut CreatedTables,
    choice: Option<IsChosen<'_>>,
    progress: TableProgress<'_>,
) -> Result<()> {
    let mut link = engine.pool.acquire()?;
    link.timed(|link| create_over(link, engine, outcome, (choice, progress)))
}

/// The tables of the schema that a call is about, and those of bindery's own.
fn chosen<'e>(
    engine: &'e Configured,
    choice: Option<IsChosen<'_>>,
) -> (Vec<&'static TableDdl>, &'e [&'static TableDdl]) {
    let tables = engine.tables.iter().copied();
    match choice {
        Some(is_chosen) => (tables.filter(|table| is_chosen(table)).collect(), &[]),
        None => (tables.collect(), &engine.own),
    }
}

/// The tables of one engine are one call.
fn create_over(
    link: &mut Link,
    engine: &Configured,
    outcome: &mut CreatedTables,
    (choice, progress): (Option<IsChosen<'_>>, TableProgress<'_>),
) -> Result<()> {
    let name = engine.info.name();
    let (tables, own) = chosen(engine, choice);
    let all = tables.len() + own.len();
    let located = |error: crate::error::Error| error.on_engine(name).during(Operation::Create);
    let mut noting = Noting::new(engine.pool.watch());
    noting.begin(link).map_err(located)?;
    let mut created = Vec::new();
    for (at, &table) in tables.iter().enumerate() {
        progress(&table.table, at + 1, all);
        let of_table =
            |error: crate::error::Error| located(error.of(&table.table, Operation::Create));
        if create_one(link, table, &mut noting).map_err(of_table)? {
            created.push(table);
            outcome.created.push((name, &*table.table));
        } else {
            outcome.existing.push((name, &*table.table));
        }
    }
    created.iter().try_for_each(|table| {
        let linked = link
            .ready()
            .and_then(|physical| run_all(physical, &table.link));
        linked.map_err(|error| located(error.of(&table.table, Operation::Create)))
    })?;
    noting.end(link).map_err(located)?;
    for (at, &own) in own.iter().enumerate() {
        progress(&own.table, tables.len() + at + 1, all);
        let state = link
            .ready()
            .and_then(|physical| kept::ensure(physical, own));
        match state.map_err(located)? {
            OwnTableState::Missing => outcome.created.push((name, &*own.table)),
            OwnTableState::Present | OwnTableState::Older => {
                outcome.existing.push((name, &*own.table));
            }
        }
    }
    Ok(())
}

/// `false` where the table is there already.
fn create_one(link: &mut Link, table: &TableDdl, noting: &mut Noting<'_>) -> Result<bool> {
    match try_create(link, table, noting) {
        // Programs of two schemas begin a database at the same time, and the other one has made the table of both.
        Err(_) if link.ready()?.undoes_ddl() && noting.came_late(link) => {
            try_create(link, table, noting)
        }
        outcome => outcome,
    }
}

fn try_create(link: &mut Link, table: &TableDdl, noting: &mut Noting<'_>) -> Result<bool> {
    let mut begun = false;
    let outcome = whole(link, |physical| {
        if exists(physical, table)? {
            return Ok(false);
        }
        for sql in table.create.iter() {
            physical.define(sql)?;
            begun = true;
        }
        noting.note(physical)?;
        Ok(true)
    });
    match outcome {
        // Nothing of ours is there, so another program made it at the same time.
        Err(_)
            if (link.ready()?.undoes_ddl() || !begun)
                && exists(link.ready()?, table).unwrap_or(false) =>
        {
            Ok(false)
        }
        Ok(true) => {
            noting.is_done = true;
            Ok(true)
        }
        outcome => outcome,
    }
}

/// Records whose schema the tables are of, with the first that is made.
struct Noting<'w> {
    watch: Option<&'w Watch>,
    is_done: bool,
    /// There was no table of records when one was to be written.
    was_first: bool,
}

impl<'w> Noting<'w> {
    fn new(watch: Option<&'w Watch>) -> Self {
        Self {
            watch,
            is_done: false,
            was_first: false,
        }
    }

    /// Tells of tables that are there and were made for another schema.
    fn begin(&self, link: &mut Link) -> Result<()> {
        self.watch
            .map_or(Ok(()), |watch| watch.ensure_own(link.ready()?))
    }

    /// A table was made.
    fn note(&mut self, physical: &mut Physical) -> Result<()> {
        let Some(watch) = self.watch.filter(|_| !self.is_done) else {
            return Ok(());
        };
        self.was_first = !watch.record().is_kept(physical)?;
        watch.record().write(physical)
    }

    /// Whether another program has made the table of records meanwhile.
    fn came_late(&self, link: &mut Link) -> bool {
        let Some(watch) = self.watch.filter(|_| self.was_first) else {
            return false;
        };
        let is_kept = link.ready().and_then(|at| watch.record().is_kept(at));
        is_kept.unwrap_or(false)
    }

    /// Records that tables that fit are this program's too, where nothing was missing. A program that may not write
    /// that may use them all the same.
    fn end(&self, link: &mut Link) -> Result<()> {
        let Some(watch) = self.watch.filter(|_| !self.is_done) else {
            return Ok(());
        };
        match whole(link, |physical| watch.adopt(physical)) {
            Err(error)
                if matches!(
                    error.kind(),
                    ErrorKind::PermissionDenied | ErrorKind::ReadOnly
                ) =>
            {
                Ok(())
            }
            outcome => outcome,
        }
    }
}

fn exists(physical: &mut Physical, table: &TableDdl) -> Result<bool> {
    physical.table_exists(table.schema.as_deref(), &table.table)
}

fn drop_on(
    engine: &Configured,
    choice: Option<IsChosen<'_>>,
    progress: TableProgress<'_>,
) -> Result<Vec<&'static str>> {
    let mut link = engine.pool.acquire()?;
    let work = |physical: &mut Physical| {
        let (mut tables, own) = chosen(engine, choice);
        tables.extend(own.iter().filter(|table| !table.drop.is_empty()));
        if choice.is_none() {
            let mirrors = OF_MIRRORS.iter();
            tables.extend(mirrors.filter_map(|table| table.on(engine.info.dialect)));
        }
        leaving::ensure_unreferenced(physical, &tables)?;
        let dropped = drop_existing(physical, &tables, progress)?;
        leaving::ensure_left_whole(physical, &dropped)?;
        if let Some(watch) = engine.pool.watch().filter(|_| choice.is_none()) {
            watch.record().remove(physical)?;
        }
        Ok(dropped)
    };
    let outcome = link.timed(|link| {
        leaving::without_actions(link.ready()?)?;
        super::one_connection_each(link.ready()?, engine.info.cluster)?;
        whole(link, work)
    });
    // Tables are dropped with the session's checks of foreign keys switched off, and they may still be.
    link.discard();
    forget(engine);
    outcome.map_err(|error| error.on_engine(engine.info.name()).during(Operation::Drop))
}

/// In the reverse order of creation, so that a table goes before the one it refers to.
fn drop_existing(
    physical: &mut Physical,
    tables: &[&'static TableDdl],
    progress: TableProgress<'_>,
) -> Result<Vec<&'static str>> {
    let mut dropped = Vec::new();
    for (at, table) in tables.iter().rev().enumerate() {
        progress(&table.table, at + 1, tables.len());
        if exists(physical, table)? {
            run_all(physical, &table.drop)
                .map_err(|error| error.of(&table.table, Operation::Drop))?;
            dropped.push(&*table.table);
        }
    }
    Ok(dropped)
}

/// In one transaction, where the database can undo DDL.
fn whole<T>(link: &mut Link, work: impl FnOnce(&mut Physical) -> Result<T>) -> Result<T> {
    if link.ready()?.undoes_ddl() {
        link.atomically(|link| work(link.ready()?))
    } else {
        work(link.ready()?)
    }
}

fn run_all(physical: &mut Physical, statements: &List<str>) -> Result<()> {
    statements.iter().try_for_each(|sql| physical.define(sql))
}

#[cfg(all(test, feature = "sqlite"))]
mod tests;
