//! When the tables of an engine are looked at: at the first use of one of them, all together, and again wherever
//! something was found, so that a database that was put right is used without a restart.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bindery_core::sql_writer::SqlWriter;

use super::Record;
use super::compare::compare;
use super::head;
use super::record::Recorded;
use crate::driver::AnyDriver;
use crate::driver::catalogue::{Relation, Wanted};
use crate::error::{
    Error, ErrorKind, Operation, PendingHead, RecordedSchema, Result, SchemaDrift, TableDifference,
    TableDrift,
};
use crate::link::constraint_names::Names;
use bindery_core::config::SchemaCheck;
use bindery_core::program::{EngineInfo, ModelInfo, Program};

/// The knowledge about the tables of one engine.
pub(crate) struct Watch {
    engine: &'static EngineInfo,
    /// Those that live there, in the order of the schema.
    models: Vec<&'static ModelInfo>,
    check: SchemaCheck,
    record: Record,
    /// Nothing is left to look for: every table is as it should be.
    settled: AtomicBool,
    known: Mutex<Findings>,
}

/// The findings of one comparison.
#[derive(Default)]
struct Findings {
    /// Of each model; empty until a comparison.
    found: Vec<TableFinding>,
    /// The tables were made for it, and nothing may be done with them.
    made_for: Option<RecordedSchema>,
    /// A migration that is demanded is not applied, and nothing may be done with the tables.
    pending: Option<PendingHead>,
    /// Such a schema that was reported.
    told: Option<RecordedSchema>,
}

/// The finding about one table.
#[derive(Clone)]
struct TableFinding {
    drift: Option<TableDrift>,
    /// The storage engine, where it keeps no transactions.
    without_transactions: Option<String>,
    is_told: bool,
}

/// The effect of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    Read,
    Write,
    /// It writes what a rollback has to undo.
    WriteInTransaction,
}

impl Use {
    /// Returns the use that an operation makes of tables, in a transaction or outside of one.
    pub(crate) fn by(operation: Operation, in_transaction: bool) -> Self {
        let needs_rollback = in_transaction || operation.writes_all_or_none();
        match (operation.writes(), needs_rollback) {
            (false, _) => Self::Read,
            (true, false) => Self::Write,
            (true, true) => Self::WriteInTransaction,
        }
    }
}

impl Watch {
    /// Returns the model of this name.
    pub(crate) fn info(&self, model: &str) -> Option<&'static ModelInfo> {
        let mut models = self.models.iter().copied();
        models.find(|info| info.name == model)
    }

    pub(crate) fn new(program: &'static Program, engine: usize, check: SchemaCheck) -> Self {
        let info = &program.engines[engine];
        let models: Vec<_> = program.models_on(&info.name).collect();
        Self {
            settled: AtomicBool::new(is_off(check) || models.is_empty()),
            record: Record::new(program, engine),
            engine: info,
            models,
            check,
            known: Mutex::default(),
        }
    }

    /// For which schema the tables were made.
    pub(crate) fn record(&self) -> &Record {
        &self.record
    }

    /// The error with the schema's names for the names that the database reports; `called` is the model it came from.
    #[cold]
    pub(crate) fn named(&self, error: Error, called: Option<&'static str>) -> Error {
        let names = Names {
            dialect: self.engine.dialect,
            models: &self.models,
            called,
        };
        names.of(error)
    }

    /// Whether differences are errors, by the engine's configuration.
    pub(crate) fn refuses(&self) -> bool {
        match self.check {
            SchemaCheck::Strict | SchemaCheck::AtHead | SchemaCheck::Error => true,
            SchemaCheck::Warn | SchemaCheck::Off => false,
        }
    }

    /// Whether all that is to be looked up is known.
    #[inline]
    pub(crate) fn is_settled(&self) -> bool {
        self.settled.load(Ordering::Relaxed)
    }

    /// Rejects a use of a model's table that its differences do not allow. `table` is its name as statements write it. What was found
    /// before may have been put right meanwhile, so nothing is refused for it without another look.
    ///
    /// # Errors
    /// [`ErrorKind::SchemaDrift`], [`ErrorKind::NotTransactional`], or the catalogue cannot be queried.
    #[cold]
    pub(crate) fn ensure(
        &self,
        physical: &mut AnyDriver,
        model: &'static str,
        table: &str,
        usage: Use,
    ) -> Result<()> {
        let Some(at) = self.place_of(model, table) else {
            return Ok(());
        };
        let is_new = self.lock().found.is_empty();
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
    pub(crate) fn examine(&self, physical: &mut AnyDriver) -> Result<()> {
        self.look(physical)?;
        let known = self.lock();
        let drifts = known.found.iter().filter_map(|found| found.drift.clone());
        drifted(SchemaDrift {
            tables: drifts.collect(),
            made_for: known.made_for.clone(),
            pending: known.pending.clone(),
        })
    }

    /// Reports once that the tables were made for another schema.
    ///
    /// # Errors
    /// They were, and nothing may be done with them then.
    pub(crate) fn ensure_own(&self, physical: &mut AnyDriver) -> Result<()> {
        let recorded = self.record.recorded(physical)?;
        drifted(SchemaDrift {
            made_for: self.refused(recorded.other()),
            ..SchemaDrift::default()
        })
    }

    /// Records that the tables are this program's too, where they fit and anybody records that at all.
    pub(crate) fn adopt(&self, physical: &mut AnyDriver) -> Result<()> {
        match self.record.recorded(physical)? {
            Recorded::Unkept | Recorded::Own => return Ok(()),
            Recorded::Nothing | Recorded::Other(_) => {}
        }
        if self.fits(physical)? {
            self.record.put(physical)?;
        }
        Ok(())
    }

    /// Records after migrations whose schema the tables are: this program's where they fit. Where they do not, or the program knows no
    /// models, and they were changed, whatever was recorded is of tables that are no longer so.
    #[cfg(feature = "migrations")]
    pub(crate) fn record_migrated(&self, physical: &mut AnyDriver, is_changed: bool) -> Result<()> {
        let fits = !self.models.is_empty() && self.fits(physical)?;
        match (fits, self.record.recorded(physical)?) {
            (true, Recorded::Own) | (false, Recorded::Unkept | Recorded::Nothing) => Ok(()),
            (true, Recorded::Unkept | Recorded::Nothing | Recorded::Other(_)) => {
                self.record.write(physical)
            }
            (false, Recorded::Own | Recorded::Other(_)) if is_changed => {
                self.record.forget(physical)
            }
            (false, Recorded::Own | Recorded::Other(_)) => Ok(()),
        }
    }

    fn fits(&self, physical: &mut AnyDriver) -> Result<bool> {
        let found = self.compare_all(physical)?;
        Ok(found.iter().all(|found| found.drift.is_none()))
    }

    /// Forgets what is known: tables were made or dropped.
    pub(crate) fn forget(&self) {
        let mut known = self.lock();
        known.found.clear();
        known.made_for = None;
        known.pending = None;
        drop(known);
        let is_settled = is_off(self.check) || self.models.is_empty();
        self.settled.store(is_settled, Ordering::Relaxed);
    }

    /// Models of one name in several schemas are distinguished by their tables.
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
        let mut sql = SqlWriter::new(self.engine.dialect);
        sql.table(&info.table_name());
        sql.finish()
    }

    /// Queries the catalogue for all tables. Other threads do not wait for it: two that compare see the same.
    fn look(&self, physical: &mut AnyDriver) -> Result<()> {
        let found = self.compare_all(physical)?;
        let recorded = self.record.recorded(physical)?;
        let made_for = self.refused(recorded.other());
        let pending = match self.check {
            SchemaCheck::AtHead => head::pending(physical, self.engine)?,
            SchemaCheck::Strict | SchemaCheck::Error | SchemaCheck::Warn | SchemaCheck::Off => None,
        };
        let is_sound =
            |found: &TableFinding| found.drift.is_none() && found.without_transactions.is_none();
        if found.iter().all(is_sound) && made_for.is_none() && pending.is_none() {
            self.settled.store(true, Ordering::Relaxed);
        }
        let mut known = self.lock();
        let told: Vec<_> = known.found.iter().map(|found| found.is_told).collect();
        known.found = found;
        known.made_for = made_for;
        known.pending = pending;
        for (found, is_told) in known.found.iter_mut().zip(told) {
            found.is_told = is_told;
        }
        Ok(())
    }

    fn compare_all(&self, physical: &mut AnyDriver) -> Result<Vec<TableFinding>> {
        let wanted = self.models.iter().map(|info| Wanted {
            schema: info.schema.as_deref(),
            table: &info.table,
        });
        let relations = physical.relations(&wanted.collect::<Vec<_>>())?;
        let found = self.models.iter().zip(&relations);
        Ok(found
            .map(|(info, relation)| self.found(info, relation.as_ref()))
            .collect())
    }

    /// Another schema, where that is enough to refuse; elsewhere it is logged.
    fn refused(&self, other: Option<RecordedSchema>) -> Option<RecordedSchema> {
        let other = other?;
        match self.check {
            SchemaCheck::Strict => return Some(other),
            SchemaCheck::AtHead | SchemaCheck::Error | SchemaCheck::Warn | SchemaCheck::Off => {}
        }
        let told = self.lock().told.replace(other.clone());
        if told.as_ref() != Some(&other) {
            tracing::warn!(engine = self.engine.name(), "{other}");
        }
        None
    }

    fn found(&self, info: &'static ModelInfo, relation: Option<&Relation>) -> TableFinding {
        TableFinding {
            drift: compare(info, self.engine.dialect, relation),
            without_transactions: relation
                .and_then(|relation| relation.without_transactions.clone()),
            is_told: false,
        }
    }

    fn judge(&self, at: usize, usage: Use) -> Result<()> {
        let mut known = self.lock();
        drifted(SchemaDrift {
            made_for: known.made_for.clone(),
            pending: known.pending.clone(),
            ..SchemaDrift::default()
        })?;
        let Some(found) = known.found.get_mut(at) else {
            return Ok(());
        };
        let verdict = found.judge(usage);
        match (self.check, verdict) {
            (SchemaCheck::Warn, Err(error)) => {
                if !std::mem::replace(&mut found.is_told, true) {
                    tracing::warn!(engine = self.engine.name(), "{error}");
                }
                Ok(())
            }
            (
                SchemaCheck::Strict | SchemaCheck::AtHead | SchemaCheck::Error | SchemaCheck::Off,
                verdict,
            )
            | (SchemaCheck::Warn, verdict @ Ok(())) => verdict,
        }
    }

    /// No user code runs under the lock, so a poisoned state is still a whole one.
    fn lock(&self) -> MutexGuard<'_, Findings> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_off(check: SchemaCheck) -> bool {
    match check {
        SchemaCheck::Strict | SchemaCheck::AtHead | SchemaCheck::Error | SchemaCheck::Warn => false,
        SchemaCheck::Off => true,
    }
}

impl TableFinding {
    fn judge(&self, usage: Use) -> Result<()> {
        if let Some(drift) = &self.drift {
            let mut differences = drift.differences.iter();
            if usage != Use::Read || differences.any(TableDifference::hinders_reading) {
                return drifted(SchemaDrift {
                    tables: vec![drift.clone()],
                    ..SchemaDrift::default()
                });
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

fn drifted(drift: SchemaDrift) -> Result<()> {
    if drift == SchemaDrift::default() {
        Ok(())
    } else {
        Err(Error::new(ErrorKind::SchemaDrift(drift)))
    }
}
