//! The migrations of engines, read from their folders and written there.

use std::fs;
use std::path::{Path, PathBuf};

use bindery::migrate::Migration;
use bindery_schema::config::MIGRATIONS_FOLDER;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::dialect::Dialect;
use bindery_schema::diff::{Busy, ParsedMigration, busy};
use bindery_schema::migrations;
use bindery_schema::model::EngineId;
use bindery_schema::source::Sources;

use crate::failure::Failure;
use crate::options::Format;
use crate::output::Output;
use crate::project::Project;

/// The migrations of one engine, in their order.
pub(crate) struct EngineMigrations {
    pub(crate) engine: String,
    pub(crate) migrations: Vec<ParsedMigration>,
    /// Those that keep others from a table for long.
    pub(crate) busy: Vec<BusyMigration>,
}

impl EngineMigrations {
    /// The migrations without their files.
    pub(crate) fn each(&self) -> impl Iterator<Item = &Migration> {
        self.migrations.iter().map(|one| &one.migration)
    }
}

/// The statements of a migration that keep others from a table for long.
pub(crate) struct BusyMigration {
    pub(crate) version: String,
    pub(crate) statements: Vec<Busy>,
}

/// Reads the folders. The command works on none where one of them is wrong.
pub(crate) fn of_engines(
    project: &Project,
    chosen: &[EngineId],
    format: Format,
    output: &Output,
) -> Result<Vec<EngineMigrations>, Failure> {
    let mut sources = project.input.sources.clone();
    let mut found = Diagnostics::default();
    let mut read = Vec::new();
    for id in chosen {
        let Some(migrations) = of_engine(project, *id, &mut sources, &mut found) else {
            return Err(no_folder(project, *id));
        };
        read.push(migrations);
    }
    output.report_errors(&found, &sources, format)?;
    Ok(read)
}

/// Reads the folder of an engine; `None` where there is none.
pub(crate) fn of_engine(
    project: &Project,
    id: EngineId,
    sources: &mut Sources,
    found: &mut Diagnostics,
) -> Option<EngineMigrations> {
    let engine = &project.input.engines[id.0 as usize];
    let folder = folder(project, &engine.name);
    if !folder.is_dir() {
        return None;
    }
    let files = migrations::read_folder(&folder, engine.dialect, engine.flavour, sources, found);
    let migrations = ParsedMigration::all(files, engine.dialect);
    let busy = migrations.iter();
    let busy = busy.filter_map(|one| busy_migration(one, engine.dialect));
    Some(EngineMigrations {
        engine: engine.name.clone(),
        busy: busy.collect(),
        migrations,
    })
}

fn busy_migration(migration: &ParsedMigration, dialect: Dialect) -> Option<BusyMigration> {
    let statements = busy(migration, dialect);
    (!statements.is_empty()).then(|| BusyMigration {
        version: migration.version.to_string(),
        statements,
    })
}

fn no_folder(project: &Project, id: EngineId) -> Failure {
    let engine = &project.input.engines[id.0 as usize].name;
    let folder = folder(project, engine);
    let folder = folder.display();
    let message = format!("engine `{engine}` has no migrations: there is no folder `{folder}`");
    Failure::new(message).help(format!("write the first: `{folder}/1_first.sql`"))
}

/// The folder of an engine's migrations.
pub(crate) fn folder(project: &Project, engine: &str) -> PathBuf {
    let config = project.config.as_ref();
    let without = || PathBuf::from(MIGRATIONS_FOLDER).join(engine);
    config.map_or_else(without, |config| config.migrations_folder(engine))
}

/// The path as messages and documents have it.
pub(crate) fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Writes a file, and makes its folder where there is none.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| fs::write(path, text))
        .map_err(|why| Failure::new(format!("`{}` cannot be written: {why}", path.display())))
}
