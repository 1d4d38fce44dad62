//! The schema that the migrations of a folder make, one after the other.

use std::path::Path;

use super::capture::{captures, create};
use super::facts::{Again, Facts};
use super::parsed::{ParsedMigration, texts};
use super::structure::{Structure, Unreadable};
use super::triggers::{TableTrigger, triggers_of};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::input::{Input, InputFile};
use crate::migrations;
use crate::model::{CheckedModel, Engine, EngineId, Model};
use crate::parse::load;
use crate::source::Sources;

/// The migrations of one engine, and what they make.
#[derive(Debug)]
pub struct Folded {
    /// In their order.
    pub migrations: Vec<ParsedMigration>,
    /// The structure after the last.
    pub structure: Structure,
    /// The model after the last, whose places are in the files.
    pub model: Model,
    /// The triggers after the last: all of SQLite, of PostgreSQL those that are bound to columns.
    pub triggers: Vec<TableTrigger>,
    /// Those that no migration makes again.
    pub other_triggers: Vec<TableTrigger>,
}

/// Reads the migrations of an engine; a folder that is not there has none. `None` where they cannot be read: the reasons are
/// in `diagnostics`, and their texts in `sources`.
pub fn fold(
    folder: &Path,
    engine: &Engine,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Folded> {
    let mut found = Diagnostics::default();
    let migrations = if folder.is_dir() {
        migrations::read_folder(folder, engine.dialect, engine.flavour, sources, &mut found)
    } else {
        Vec::new()
    };
    let migrations = ParsedMigration::all(migrations, engine.dialect);
    fold_these(migrations, engine, sources, (found, diagnostics))
}

/// The same of migrations that are read already.
pub fn fold_migrations(
    migrations: Vec<ParsedMigration>,
    engine: &Engine,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<Folded> {
    let found = (Diagnostics::default(), diagnostics);
    fold_these(migrations, engine, sources, found)
}

/// The same with what was found while they were read.
fn fold_these(
    migrations: Vec<ParsedMigration>,
    engine: &Engine,
    sources: &mut Sources,
    (mut found, diagnostics): (Diagnostics, &mut Diagnostics),
) -> Option<Folded> {
    let model = if found.has_errors() {
        Model::default()
    } else {
        model_of(&migrations, engine, sources, &mut found)
    };
    let is_broken = found.has_errors();
    let errors = found.iter().filter(|one| one.severity == Severity::Error);
    errors.for_each(|one| diagnostics.push(one.clone()));
    if is_broken {
        return None;
    }
    let checked = CheckedModel::new(with_every_view(model.clone()), Vec::new());
    let structure = Structure::of(&checked, EngineId(0));
    let triggers = triggers_of(texts(&migrations), engine.dialect);
    let structure = match structure.and_then(|made| with_captures(made, &triggers)) {
        Ok(structure) => structure,
        Err(why) => {
            diagnostics.push(unwritable(engine, &why));
            return None;
        }
    };
    let is_made_again = |one: &TableTrigger| match Facts::of(engine.dialect).triggers.made_again {
        Again::All => true,
        Again::Bound => one.is_bound(),
        Again::None => false,
    };
    let (triggers, other_triggers) = triggers.into_iter().partition(is_made_again);
    Some(Folded {
        migrations,
        structure,
        model,
        triggers,
        other_triggers,
    })
}

/// The views that migrations make are there, whatever they need.
fn with_every_view(mut model: Model) -> Model {
    let named = model.views.iter_mut();
    let named = named.filter_map(|view| view.model.as_mut().err());
    let tables = model
        .tables
        .iter_mut()
        .chain(named.map(|named| &mut named.table));
    for view in tables.filter_map(|table| table.view.as_mut()) {
        view.obstacle = None;
    }
    model
}

/// No model knows of triggers: those that record changes are taken from the statements.
fn with_captures(
    structure: Structure,
    triggers: &[TableTrigger],
) -> Result<Structure, Box<Unreadable>> {
    let found = captures(triggers);
    match found.as_slice() {
        [] => Ok(structure),
        found => structure.after(&create(found, false, structure.dialect)),
    }
}

pub(super) fn model_of(
    migrations: &[ParsedMigration],
    engine: &Engine,
    sources: &mut Sources,
    found: &mut Diagnostics,
) -> Model {
    let mut input = Input {
        sources: std::mem::take(sources),
        engines: vec![engine.clone()],
        default_engine: Some(EngineId(0)),
        has_tables_outside: true,
        ..Input::default()
    };
    for migration in migrations {
        let shown = migration.path.display().to_string();
        let id = load(&mut input.sources, &shown, migration.text.as_bytes(), found);
        input.files.extend(id.map(|id| InputFile {
            id,
            dialect: Some(engine.dialect),
            engines: Vec::new(),
        }));
    }
    input.follow_from(0);
    let model = crate::read::read_model(&input, found);
    *sources = input.sources;
    model
}

/// The statements that bindery writes of a schema are read again; where that fails there is nothing to compare.
pub fn unwritable(engine: &Engine, why: &Unreadable) -> Diagnostic {
    let first = why.found.iter().find(|one| one.severity == Severity::Error);
    let reason = first.map_or("", |one| one.message.as_str());
    let message = format!(
        "the tables of engine `{}` cannot be compared: {reason}",
        engine.name
    );
    Diagnostic::error("B0334", message)
        .help("write this migration by hand: `bindery migrate add NAME --empty`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::compare;

    const FIRST: &str = "CREATE TYPE mood AS ENUM ('well');
        CREATE TYPE size AS ENUM ('small');
        CREATE DOMAIN code AS integer;
        CREATE TABLE t (id serial PRIMARY KEY, m mood, c code, n int GENERATED ALWAYS AS IDENTITY);";
    const SECOND: &str = "ALTER TABLE t DROP COLUMN m;
        DROP TYPE mood;
        ALTER TYPE size RENAME TO extent;
        ALTER DOMAIN code RENAME TO number;
        ALTER TABLE t RENAME TO u;
        ALTER SEQUENCE t_id_seq RENAME TO u_id_seq;
        ALTER SEQUENCE t_n_seq RENAME TO counter;
        ALTER INDEX t_pkey RENAME TO u_key;";

    /// A migration changes what those before it made as one file of all would.
    #[test]
    fn migrations_follow_each_other_as_one_file() {
        let engine = crate::dialect::Dialect::Postgres;
        let whole = Structure::read(&format!("{FIRST}{SECOND}"), engine, None).expect("a schema");
        let folder = tempfile::tempdir().expect("a folder can be made");
        for (name, text) in [("1_a.sql", FIRST), ("2_b.sql", SECOND)] {
            std::fs::write(folder.path().join(name), text).expect("it can be written");
        }
        let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
        let engine = whole.model().engines[0].clone();
        let folded = fold(folder.path(), &engine, &mut sources, &mut found);
        let folded = folded.unwrap_or_else(|| panic!("{found:?}")).structure;
        assert_eq!(compare(&folded, &whole).len(), 0, "{}", folded.text());
        assert_eq!(compare(&whole, &folded).len(), 0, "{}", whole.text());
        assert_eq!(folded.idle_enums, whole.idle_enums);
        assert_eq!(folded.idle_enums.len(), 1, "{}", folded.text());
    }
}
