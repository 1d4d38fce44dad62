//! The migrations of one engine on its scratch database: up, down and up again, with rows.

use std::collections::BTreeMap;

use bindery::migrate::{MigrationProgress, Migrator};
use bindery::status::ServerProduct;
use bindery_schema::model::{CheckedModel, EngineId};

use super::super::migrator;
use super::filled::fill;
use super::rows::{EmptyTable, Rows};
use crate::comparison::{self, Comparison, Finding};
use crate::database::{Engines, failure};
use crate::failure::Failure;
use crate::migrations::files::EngineMigrations;
use crate::progress::{Progress, Steps};

/// A part of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Up,
    Down,
    UpAgain,
}

impl Stage {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::UpAgain => "up again",
        }
    }
}

/// The outcome of a proof.
#[derive(Default)]
pub(super) struct Proof {
    pub(super) server: Option<ServerProduct>,
    pub(super) migrations: usize,
    /// The last of them that were reverted, and applied again.
    pub(super) reverted: usize,
    /// Rows that were put in.
    pub(super) rows: u64,
    pub(super) empty: Vec<EmptyTable>,
    /// The database beside the schema, when it was compared last.
    pub(super) comparison: Comparison,
    /// The part that failed; where there is no failure, the databases differ.
    pub(super) failed: Option<(Stage, Option<Failure>)>,
}

/// The migrations of an engine, and its scratch database.
pub(super) struct Chain<'p> {
    pub(super) model: &'p CheckedModel,
    pub(super) id: EngineId,
    /// The engine alone, on its scratch database.
    pub(super) engines: &'p Engines,
    pub(super) migrations: &'p EngineMigrations,
    /// Rows are put in before this migration and those after it only.
    pub(super) since: Option<&'p str>,
    pub(super) progress: &'p Progress<'p>,
}

impl Chain<'_> {
    pub(super) fn prove(&self) -> Proof {
        let mut proof = Proof {
            migrations: self.migrations.migrations.len(),
            ..Proof::default()
        };
        let mut empty = BTreeMap::new();
        for stage in [Stage::Up, Stage::Down, Stage::UpAgain] {
            let outcome = match stage {
                Stage::Up => self
                    .meet(&mut proof)
                    .and_then(|()| self.apply(&mut proof, &mut empty)),
                Stage::Down => self.revert(&mut proof),
                Stage::UpAgain => self.apply(&mut proof, &mut empty),
            };
            self.progress.end();
            proof.failed = match outcome {
                Ok(true) => None,
                Ok(false) => Some((stage, None)),
                Err(failure) => Some((stage, Some(failure))),
            };
            if proof.failed.is_some() || (stage == Stage::Down && proof.reverted == 0) {
                break;
            }
        }
        proof.empty = empty.into_values().collect();
        proof
    }

    /// Connects, so that the server is known whatever becomes of the migrations.
    fn meet(&self, proof: &mut Proof) -> Result<(), Failure> {
        let registry = &self.engines.registry;
        let connected = registry.connect(self.engines.chosen(0));
        let met = connected.and_then(|_| registry.engine(&self.migrations.engine));
        proof.server = met.map_err(|error| failure(&error))?.server;
        Ok(())
    }

    fn migrator(&self) -> Migrator<'_, '_> {
        migrator(self.engines, 0, self.migrations)
    }

    /// Applies what is not applied, with rows before each, and compares. Returns whether all is equal.
    fn apply(
        &self,
        proof: &mut Proof,
        empty: &mut BTreeMap<String, EmptyTable>,
    ) -> Result<bool, Failure> {
        let mut rows = Rows::default();
        let mut filled = Ok(());
        let applied = self.migrator().run(&mut |progress| match progress {
            MigrationProgress::Done(run) if filled.is_ok() && self.has_rows_after(run.version) => {
                filled = fill(&mut rows, self.engines, self.model.engine(self.id));
            }
            other => self.tell("proving", other),
        });
        proof.rows += rows.inserted;
        empty.extend(
            rows.empty()
                .into_iter()
                .map(|table| (table.table.clone(), table)),
        );
        applied.map_err(|error| failure(&error))?;
        filled.map_err(|failure| failure.about("no rows can be made"))?;
        let told = |steps| {
            let engine = &self.migrations.engine;
            self.progress.step(("reading", "the schema", engine), steps);
        };
        let compared = comparison::of_engine((self.engines, 0, &told), self.model, self.id)?;
        let mut found = compared.comparison;
        // Of keys that are written without a name: `check` compares those that are written.
        let names = found
            .differences
            .extract_if(.., |one| Finding::is_name(one));
        found.notes.extend(names);
        proof.comparison = found;
        let found = &proof.comparison;
        Ok(found.differences.is_empty() && found.extra.is_empty())
    }

    /// Whether rows are put in once this one is applied: before the next one, and at the end.
    fn has_rows_after(&self, version: &str) -> bool {
        let Some(since) = self.since else { return true };
        let versions = || self.migrations.each().map(|one| &one.version);
        let first = versions().position(|one| one == since);
        let first = first.unwrap_or(versions().count());
        let at = versions().position(|one| one == version);
        at.is_none_or(|at| at + 1 >= first)
    }

    /// Reverts all that have a way back after the last one that has none.
    fn revert(&self, proof: &mut Proof) -> Result<bool, Failure> {
        let back = self.migrations.migrations.iter().rev();
        let back = back.take_while(|one| one.down.is_some()).count();
        if back > 0 {
            let told = &mut |progress| self.tell("reverting", progress);
            let reverted = self.migrator().revert(back, told);
            proof.reverted = reverted.map_err(|error| failure(&error))?.len();
        }
        Ok(true)
    }

    fn tell(&self, word: &str, progress: MigrationProgress<'_>) {
        if let MigrationProgress::Statement {
            version,
            statement: begun,
            of,
        } = progress
        {
            let unit = "statements";
            let engine = &self.migrations.engine;
            self.progress
                .step((word, version, engine), Steps { begun, of, unit });
        }
    }
}
