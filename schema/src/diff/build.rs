//! The check that `[migrations]` of the configuration has builds do.

use super::difference::{differences, finding};
use super::folder::{fold, unwritable};
use super::structure::Structure;
use crate::config::{Config, MigrationsCheck};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::model::{CheckedModel, EngineId};
use crate::source::Sources;

/// Reports where the migrations of an engine do not end at the schema, for the engines whose migrations the configuration has
/// checked. Nothing is read for the others.
pub fn check_migrations(
    config: &Config,
    model: &CheckedModel,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) {
    for engine in config.checked_migrations() {
        let mut found = Diagnostics::default();
        check_engine(config, (&engine.name, model), sources, &mut found);
        for one in found.iter() {
            diagnostics.push(leveled(one.clone(), config.migrations.check));
        }
    }
}

fn check_engine(
    config: &Config,
    (name, model): (&str, &CheckedModel),
    sources: &mut Sources,
    found: &mut Diagnostics,
) {
    let engines = model.engines.iter();
    let Some(at) = engines
        .map(|one| one.name.as_str())
        .position(|one| one == name)
    else {
        return;
    };
    let id = EngineId(u32::try_from(at).expect("a program has a few engines"));
    let engine = model.engine(id).clone();
    let folder = config.migrations_folder(name);
    let Some(folded) = fold(&folder, &engine, sources, found) else {
        return;
    };
    match Structure::of(model, id) {
        Ok(schema) => {
            for change in differences(&folded.structure, &schema) {
                found.push(finding(&change, &engine, model, &folded.model));
            }
        }
        Err(why) => found.push(unwritable(&engine, &why)),
    }
}

/// Only a difference may be a warning: files that cannot be read are errors.
fn leveled(finding: Diagnostic, check: MigrationsCheck) -> Diagnostic {
    let severity = match check {
        MigrationsCheck::Warn if finding.code == "B0334" => Severity::Warning,
        MigrationsCheck::Warn | MigrationsCheck::Error | MigrationsCheck::Off => finding.severity,
    };
    Diagnostic {
        severity,
        ..finding
    }
}
