//! Migrations that wait, and those that a person has to look at.

use bindery::migrate::{MigrationState, MigrationStatus, Migrator};
use bindery_schema::diagnostic::Diagnostics;

use super::level::Level;
use super::{Look, Row};
use crate::migrations::files;

const SECTION: &str = "migrations";

/// One row; none for an engine that has no folder of migrations.
pub(crate) fn rows(look: &Look<'_>) -> bindery::Result<Vec<Row>> {
    let mut sources = look.project.input.sources.clone();
    let mut found = Diagnostics::default();
    let Some(read) = files::of_engine(look.project, look.id, &mut sources, &mut found) else {
        return Ok(Vec::new());
    };
    if found.has_errors() {
        let hint = format!("`bindery migrate check --engine {}`", look.name());
        let row = Row::new(SECTION, "their files cannot be read");
        return Ok(vec![row.level(Level::Error).hint(hint)]);
    }
    let migrator = Migrator::new(&look.engines.registry, look.chosen(), read.each());
    Ok(vec![row(&migrator.status()?, look)])
}

fn row(status: &[MigrationStatus], look: &Look<'_>) -> Row {
    let number = |is: fn(MigrationState) -> bool| status.iter().filter(|one| is(one.state)).count();
    let pending = number(is_pending);
    let wrong = number(is_wrong);
    let applied = number(|state| state == MigrationState::Applied);
    let mut text = format!("{applied} applied, {pending} pending");
    if wrong > 0 {
        text += &format!(", {wrong} changed, missing, out of order or half done");
    }
    let command = if wrong > 0 { "status" } else { "run" };
    let level = Level::Ok
        .or(Level::Warning, pending > look.thresholds.max_pending)
        .or(Level::Error, wrong > 0);
    Row::new(SECTION, text)
        .count(pending + wrong)
        .level(level)
        .hint(format!(
            "`bindery migrate {command} --engine {}`",
            look.name()
        ))
}

fn is_pending(state: MigrationState) -> bool {
    matches!(
        state,
        MigrationState::Pending
            | MigrationState::Interrupted {
                in_doubt: false,
                ..
            }
    )
}

fn is_wrong(state: MigrationState) -> bool {
    !is_pending(state) && state != MigrationState::Applied
}
