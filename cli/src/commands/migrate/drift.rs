//! `bindery migrate run --check-drift`: is a database what its applied migrations make?

use std::collections::BTreeSet;

use bindery::migrate::{MigrationState, MigrationStatus};
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::diff::{ParsedMigration, Structure, fold_migrations};
use bindery_schema::migrations;
use bindery_schema::model::{Engine, EngineId};

use super::Run;
use crate::at_once::at_once;
use crate::catalogue::Told;
use crate::comparison;
use crate::failure::Failure;
use crate::migrations::files::folder;
use crate::output::{Output, Paint};
use crate::progress::Progress;
use crate::project::Project;
use crate::text::count;

/// Fails where one of the databases was changed by something else than its migrations: what only it has is left alone.
pub(super) fn refuse(run: &Run, progress: &Progress<'_>, output: &Output) -> Result<(), Failure> {
    let all = at_once(&run.chosen, |index, id| {
        of_engine(run, (index, *id), progress)
    });
    let mut failures = Vec::new();
    for (id, found) in run.chosen.iter().zip(all) {
        let engine = &run.project.input.engines[id.0 as usize].name;
        match found {
            Ok(differences) if differences.is_empty() => {}
            Ok(differences) => {
                let word = output.results().paint(Paint::Bad, "differs  ");
                let lines = differences.iter();
                let lines: String = lines.map(|one| format!("{word}  {one}\n")).collect();
                output.message(&lines);
                failures.push(drifted(engine, differences.len()));
            }
            Err(failure) => failures.push(failure),
        }
    }
    output.failures(&failures)
}

fn drifted(engine: &str, differences: usize) -> Failure {
    let number = count(differences, "difference");
    let failure = Failure::new(format!(
        "the database of `{engine}` is not what its applied migrations make: {number}; nothing was applied"
    ));
    failure.help("mend the database by hand, or leave `--check-drift` out")
}

fn of_engine(
    run: &Run,
    (index, id): (usize, EngineId),
    progress: &Progress<'_>,
) -> Result<Vec<String>, Failure> {
    let engine = &run.project.input.engines[id.0 as usize];
    let status = run.one(index).migrator().status();
    let status = status.map_err(|error| crate::database::failure(&error))?;
    let Some(expected) = expected(&run.project, engine, &status)? else {
        return Ok(Vec::new());
    };
    let told = progress.steps(("reading", "the schema", &engine.name));
    let engines = (&run.engines, index, &told as Told<'_>);
    let compared = comparison::of_structure(engines, engine, expected, &BTreeSet::new());
    let about = format!("engine `{}`", engine.name);
    let failed = |why: Failure| why.without_engine(&engine.name).about(&about);
    progress.end();
    let differences = compared.map_err(failed)?.comparison.differences;
    let name = &engine.name;
    let shown = differences.iter();
    let shown = shown.map(|one| format!("{} on {name}{}", one.place(), one.texts()));
    Ok(shown.collect())
}

/// The structure that the applied migrations make; `None` where none is applied.
fn expected(
    project: &Project,
    engine: &Engine,
    status: &[MigrationStatus],
) -> Result<Option<Structure>, Failure> {
    let applied = status
        .iter()
        .filter(|one| one.state == MigrationState::Applied);
    let applied: BTreeSet<&str> = applied.map(|one| one.version.as_str()).collect();
    let (mut sources, mut found) = (project.input.sources.clone(), Diagnostics::default());
    let folder = folder(project, &engine.name);
    let mut read = migrations::read_folder(
        &folder,
        engine.dialect,
        engine.flavour,
        &mut sources,
        &mut found,
    );
    read.retain(|one| applied.contains(&*one.version));
    if read.len() < applied.len() {
        return Err(unknown(&engine.name, "some of them were squashed"));
    }
    if read.is_empty() {
        return Ok(None);
    }
    let read = ParsedMigration::all(read, engine.dialect);
    let folded = fold_migrations(read, engine, &mut sources, &mut found);
    let folded = folded.ok_or_else(|| unknown(&engine.name, "they cannot be read"))?;
    Ok(Some(folded.structure))
}

fn unknown(engine: &str, why: &str) -> Failure {
    let failure = Failure::new(format!(
        "it is not known what the applied migrations of `{engine}` make: {why}"
    ));
    failure.help("leave `--check-drift` out")
}
