//! Engines that are `protected`: `bindery migrate run` applies nothing to them that loses data, unless that is said to be meant.

use bindery::migrate::MigrateOptions;
use bindery_schema::diff::{Loss, ParsedMigration, losses};
use bindery_schema::model::{Engine, EngineId};

use super::Run;
use crate::at_once::at_once;
use crate::failure::Failure;
use crate::output::Output;

/// Fails where a pending migration of a protected engine loses data; then nothing is applied on any engine.
pub(super) fn refuse(run: &Run, options: MigrateOptions, output: &Output) -> Result<(), Failure> {
    let refusals = at_once(&run.chosen, |index, id| refusal(run, (index, *id), options));
    let refusals: Vec<Failure> = refusals.into_iter().flatten().collect();
    output.failures(&refusals)
}

/// The reason that keeps a run from beginning for another cause is reported by the run.
fn refusal(run: &Run, (index, id): (usize, EngineId), options: MigrateOptions) -> Option<Failure> {
    run.project.refuse_protected(&[id]).err()?;
    let engine = &run.project.input.engines[id.0 as usize];
    let pending = run.one(index).migrator().with_options(options).pending();
    let pending = pending.unwrap_or_default();
    let lines = pending.iter().flat_map(|migration| {
        let version = &migration.version;
        let found = losses_of(&run.migrations[index].migrations, version, engine);
        let lines = found.into_iter();
        lines.map(move |loss| format!("\n  {version}, line {}: {}", loss.line, loss.message))
    });
    let lines: String = lines.collect();
    (!lines.is_empty()).then(|| protected(&engine.name, &lines))
}

/// A migration that a squash has replaced is looked at by itself.
fn losses_of(migrations: &[ParsedMigration], version: &str, engine: &Engine) -> Vec<Loss> {
    if let Some(at) = migrations.iter().position(|one| one.version == version) {
        return losses(migrations, at, engine);
    }
    let mut replaced = migrations.iter().flat_map(|one| &one.replaced);
    let found = replaced.find(|one| one.version == version);
    found.map_or_else(Vec::new, |one| {
        let one = ParsedMigration::new(one.clone(), engine.dialect);
        losses(&[one], 0, engine)
    })
}

fn protected(engine: &str, lines: &str) -> Failure {
    let failure = Failure::new(format!(
        "engine `{engine}` is protected, and pending migrations lose data; nothing was applied:{lines}"
    ));
    failure.help(format!(
        "look at them once more; where it is meant: `bindery migrate run --engine {engine} --allow-destructive`"
    ))
}
