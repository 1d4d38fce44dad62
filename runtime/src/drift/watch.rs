//! When the tables of an engine are looked at: at the first use of one of them, all together, and again wherever
//! something was found, so that a database that was put right is used without a restart.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bindery_schema::model::TableName;
use bindery_schema::sql_writer::SqlWriter;

use super::compare::compare;
use super::{Difference, Drift, TableDrift};
use crate::config::SchemaCheck;
use crate::driver::Physical;
use crate::driver::catalogue::{Relation, Wanted};
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::program::{EngineInfo, ModelInfo, Program};

/// What is known of the tables of one engine.
pub(crate) struct Watch {
    engine: &'static EngineInfo,
    /// Those that live there, in the order of the schema.
    models: Vec<&'static ModelInfo>,
    check: SchemaCheck,
    /// Nothing is left to look for: every table is as it should be.
    settled: AtomicBool,
    /// Of each model; empty until somebody looked.
    found: Mutex<Vec<Found>>,
}

/// What was found of one table.
#[derive(Clone)]
struct Found {
    drift: Option<TableDrift>,
    /// The storage engine, where it keeps no transactions.
    without_transactions: Option<String>,
    is_told: bool,
}

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Read,
    Write,
    /// It writes what a rollback has to undo.
    WriteInTransaction,
}

impl Use {
    /// That of an operation, in a transaction or outside of one.
    pub(crate) fn of(operation: Operation, in_transaction: bool) -> Self {
        // Of many rows it promises all or none.
        let of_many = matches!(
            operation,
            Operation::InsertMany
                | Operation::UpdateMany
                | Operation::SaveMany
                | Operation::DeleteMany
        );
        let needs_rollback = in_transaction || of_many;
        match (operation.writes(), needs_rollback) {
            (false, _) => Self::Read,
            (true, false) => Self::Write,
            (true, true) => Self::WriteInTransaction,
        }
    }
}

impl Watch {
    pub(crate) fn new(program: &'static Program, engine: usize, check: SchemaCheck) -> Self {
        let engine = &program.engines[engine];
        let models = program.models.iter().copied();
        let models: Vec<_> = models
            .filter(|model| model.engines.contains(&engine.name))
            .collect();
        let is_off = match check {
            SchemaCheck::Error | SchemaCheck::Warn => false,
            SchemaCheck::Off => true,
        };
        Self {
            engine,
            settled: AtomicBool::new(is_off || models.is_empty()),
            models,
            check,
            found: Mutex::default(),
        }
    }

    /// Is there nothing to ask for?
    #[inline]
    pub(crate) fn is_settled(&self) -> bool {
        self.settled.load(Ordering::Relaxed)
    }

    /// May the table of a model be used so? `table` is its name as statements write it. What was found before may have
    /// been put right meanwhile, so nothing is refused for it without another look.
    ///
    /// # Errors
    /// [`ErrorKind::SchemaDrift`], [`ErrorKind::NotTransactional`], or the catalogue cannot be asked.
    #[cold]
    pub(crate) fn ensure(
        &self,
        physical: &mut Physical,
        model: &'static str,
        table: &str,
        usage: Use,
    ) -> Result<()> {
        let Some(at) = self.place_of(model, table) else {
            return Ok(());
        };
        let is_new = self.lock().is_empty();
        if is_new {
            self.look(physical)?;
        }
        match self.judge(at, usage) {
            Err(_) if !is_new => {
                self.look(physical)?;
                self.judge(at, usage)
            }
            verdict => verdict,
        }
    }

    /// Compares all tables now, whatever is set.
    ///
    /// # Errors
    /// As [`ensure`](Self::ensure), of all tables together.
    pub(crate) fn examine(&self, physical: &mut Physical) -> Result<()> {
        self.look(physical)?;
        let found = self.lock();
        let drifts = found.iter().filter_map(|found| found.drift.clone());
        drifted(drifts.collect())
    }

    /// What is known holds no more: tables were made or dropped.
    pub(crate) fn forget(&self) {
        let is_off = match self.check {
            SchemaCheck::Error | SchemaCheck::Warn => false,
            SchemaCheck::Off => true,
        };
        self.lock().clear();
        self.settled
            .store(is_off || self.models.is_empty(), Ordering::Relaxed);
    }

    /// Models of one name in several schemas are told apart by their tables.
    fn place_of(&self, model: &str, table: &str) -> Option<usize> {
        let mut places = (0..self.models.len()).filter(|at| self.models[*at].name == model);
        let (first, second) = (places.next()?, places.next());
        let written = |at: &usize| self.written(self.models[*at]) == table;
        match second {
            None => Some(first),
            Some(second) => [first, second].into_iter().chain(places).find(written),
        }
    }

    /// The table's name as statements write it.
    fn written(&self, info: &ModelInfo) -> String {
        let name = TableName {
            schema: info.schema.map(str::to_owned),
            name: info.table.to_owned(),
        };
        let mut sql = SqlWriter::new(self.engine.dialect);
        sql.table(&name);
        sql.finish()
    }

    /// Asks the catalogue for all tables. Nobody waits for it meanwhile: two who look see the same.
    fn look(&self, physical: &mut Physical) -> Result<()> {
        let wanted = self.models.iter().map(|info| Wanted {
            schema: info.schema,
            table: info.table,
        });
        let relations = physical.relations(&wanted.collect::<Vec<_>>())?;
        let found = self.models.iter().zip(&relations);
        let found: Vec<_> = found
            .map(|(info, relation)| self.found(info, relation.as_ref()))
            .collect();
        let is_sound =
            |found: &Found| found.drift.is_none() && found.without_transactions.is_none();
        if found.iter().all(is_sound) {
            self.settled.store(true, Ordering::Relaxed);
        }
        let mut known = self.lock();
        let told: Vec<_> = known.iter().map(|found| found.is_told).collect();
        *known = found;
        for (found, is_told) in known.iter_mut().zip(told) {
            found.is_told = is_told;
        }
        Ok(())
    }

    fn found(&self, info: &'static ModelInfo, relation: Option<&Relation>) -> Found {
        Found {
            drift: compare(info, self.engine.dialect, relation),
            without_transactions: relation
                .and_then(|relation| relation.without_transactions.clone()),
            is_told: false,
        }
    }

    fn judge(&self, at: usize, usage: Use) -> Result<()> {
        let mut known = self.lock();
        let Some(found) = known.get_mut(at) else {
            return Ok(());
        };
        let verdict = found.judge(usage);
        match (self.check, verdict) {
            (SchemaCheck::Warn, Err(error)) => {
                if !std::mem::replace(&mut found.is_told, true) {
                    tracing::warn!(engine = self.engine.name, "{error}");
                }
                Ok(())
            }
            (SchemaCheck::Error | SchemaCheck::Off, verdict) | (_, verdict @ Ok(())) => verdict,
        }
    }

    /// No user code runs under the lock, so a poisoned state is still a whole one.
    fn lock(&self) -> MutexGuard<'_, Vec<Found>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Found {
    fn judge(&self, usage: Use) -> Result<()> {
        if let Some(drift) = &self.drift {
            let mut differences = drift.differences.iter();
            if usage != Use::Read || differences.any(Difference::hinders_reading) {
                return drifted(vec![drift.clone()]);
            }
        }
        match &self.without_transactions {
            Some(storage_engine) if usage == Use::WriteInTransaction => {
                Err(Error::new(ErrorKind::NotTransactional {
                    storage_engine: storage_engine.clone(),
                }))
            }
            Some(_) | None => Ok(()),
        }
    }
}

fn drifted(tables: Vec<TableDrift>) -> Result<()> {
    if tables.is_empty() {
        Ok(())
    } else {
        Err(Error::new(ErrorKind::SchemaDrift(Drift { tables })))
    }
}
