//! The oldest migrations of an engine as one that makes the same schema.

mod kept;

use std::path::Path;

use super::difference::differences;
use super::facts::{Again, Facts};
use super::file::file_text;
use super::folder::{Folded, fold_migrations};
use super::migration::{Plan, Planned, plan};
use super::parsed::{ParsedMigration, texts};
use super::render::Step;
use super::structure::{Structure, Unreadable, folded};
use super::triggers::TableTrigger;
use crate::ast::{Ast, Name, Statement};
use crate::diagnostic::Diagnostics;
use crate::input::{Input, InputFile};
use crate::migrations::{ScriptStatement, read_migration, replaces_lines};
use crate::model::{Engine, EngineId, Model};
use crate::parse::{SingleStatement, load, parse};
use crate::plan::capture::{PREFIX, is_ours};
use crate::source::Sources;
use crate::syntax::Command;

/// The inputs of a squash.
#[derive(Debug)]
pub struct Squash<'s> {
    /// All migrations of the engine, in their order.
    pub migrations: &'s [ParsedMigration],
    /// The number of them, from the first, that become one.
    pub number: usize,
    /// The name of that one.
    pub name: &'s str,
    /// The file that it will be in.
    pub path: &'s Path,
    /// The engine whose migrations are squashed.
    pub engine: &'s Engine,
    /// The fate of statements that make no schema.
    pub others: Others,
}

/// The fate of statements that do not show in the schema: those that change rows, functions, rights, settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Others {
    /// There may be none.
    Refuse,
    /// They come after the tables, in their order.
    Keep,
    /// They are left out.
    Omit,
}

/// A squashed migration.
#[derive(Debug)]
pub struct Squashed {
    /// The text of its file.
    pub text: String,
    /// The statements that do not show in the schema, each with its place: `migrations/b/1_a.sql:3`.
    pub others: Vec<(String, String)>,
}

/// The reason why migrations are not squashed.
#[derive(Debug)]
pub enum SquashRefused {
    /// The migrations, or what was written of them, cannot be read: the reasons are among the findings.
    Unreadable,
    /// The written file cannot be read again.
    Unwritable(Box<Unreadable>),
    /// There are statements that do not show in the schema, each with its place.
    Others(Vec<(String, String)>),
    /// Statements were to be kept that do not fit the tables as they are at the end.
    Gone(Vec<Gone>),
    /// Differences that are left, in sentences.
    Differs(Vec<String>),
}

/// A statement that cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gone {
    /// Its place: `migrations/b/1_a.sql:3`.
    pub place: String,
    /// Its first line.
    pub sql: String,
    /// The reason, in words.
    pub why: String,
}

/// Writes the squashed migration and proves it: with the migrations after it, it ends where all of them did.
///
/// # Errors
/// The reasons of [`SquashRefused`].
pub fn squash(
    squash: &Squash<'_>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Result<Squashed, SquashRefused> {
    let (old, rest) = squash.migrations.split_at(squash.number);
    let first = fold(old.to_vec(), squash.engine, sources, diagnostics)?;
    let all = fold(
        squash.migrations.to_vec(),
        squash.engine,
        sources,
        diagnostics,
    )?;
    let others = others(old, &first, squash.engine);
    refuse_others(squash, &others, &first)?;
    let kept = if squash.others == Others::Keep {
        others.as_slice()
    } else {
        &[]
    };
    let mut text = head(old);
    // One that was kept out of a transaction stays so, and then all are.
    if kept.iter().any(|one| one.migration.up.no_transaction) {
        text.push_str("-- @no-transaction\n\n");
    }
    text.push_str(&tables(&first)?);
    let triggers = match Facts::of(squash.engine.dialect).triggers.made_again {
        Again::All => first.triggers.as_slice(),
        // They are among the statements that are kept, as their functions are.
        Again::Bound | Again::None => &[],
    };
    text.push_str(&after_tables(old, triggers, kept));
    let last = &old[old.len() - 1];
    let names = (&*last.version, squash.name);
    let engine = (squash.engine.dialect, squash.engine.flavour);
    let written = read_migration(names, squash.path, &text, engine, sources, diagnostics)
        .ok_or(SquashRefused::Unreadable)?;
    let written = ParsedMigration::new(written, squash.engine.dialect);
    let migrations = [written].into_iter().chain(rest.to_vec()).collect();
    let squashed = fold(migrations, squash.engine, sources, diagnostics)?;
    let mut left = differences(&squashed.structure, &all.structure);
    left.extend(differences(&all.structure, &squashed.structure));
    if !left.is_empty() {
        let left = left.iter().map(ToString::to_string);
        return Err(SquashRefused::Differs(left.collect()));
    }
    let shown = |other: &Other<'_>| (other.place(), first_line(&other.statement.sql));
    Ok(Squashed {
        text,
        others: others.iter().map(shown).collect(),
    })
}

fn fold(
    migrations: Vec<ParsedMigration>,
    engine: &Engine,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Result<Folded, SquashRefused> {
    fold_migrations(migrations, engine, sources, diagnostics).ok_or(SquashRefused::Unreadable)
}

/// The file's own description.
fn head(old: &[ParsedMigration]) -> String {
    let named = |one: &ParsedMigration| format!("{}_{}", one.version, one.name);
    let (first, last) = (&old[0], &old[old.len() - 1]);
    let mut text = format!(
        "-- {} to {}, squashed. A database that has applied those has applied this. One that has\n\
         -- applied some of them goes on with the files in `replaced/{}`.\n",
        named(first),
        named(last),
        last.version
    );
    let replaced = old.iter().map(|one| &one.migration);
    text.push_str(&replaces_lines(replaced));
    text.push('\n');
    text
}

/// The statements that make the schema, in an empty database.
fn tables(folded: &Folded) -> Result<String, SquashRefused> {
    let to = &folded.structure;
    let from = Structure::read("", to.dialect, to.flavour).map_err(SquashRefused::Unwritable)?;
    let plan_of = Plan {
        from: &from,
        to,
        renames: &[],
        triggers: &folded.triggers,
    };
    let Planned {
        mut up,
        online,
        left,
        ..
    } = plan(&plan_of).map_err(SquashRefused::Unwritable)?;
    up.extend(online);
    let is_by_hand = |step: &&Step| step.statements.is_empty();
    let by_hand = up.iter().filter(is_by_hand);
    let by_hand = by_hand.flat_map(|step| step.remarks.iter().cloned());
    let left: Vec<String> = left
        .iter()
        .map(ToString::to_string)
        .chain(by_hand)
        .collect();
    if !left.is_empty() {
        return Err(SquashRefused::Differs(left));
    }
    Ok(file_text(&up, false))
}

/// A statement that does not show in the schema.
struct Other<'m> {
    migration: &'m ParsedMigration,
    /// Its position among all statements.
    at: usize,
    statement: &'m ScriptStatement,
    tree: &'m SingleStatement,
}

impl Other<'_> {
    fn place(&self) -> String {
        format!("{}:{}", self.migration.path.display(), self.statement.line)
    }
}

fn first_line(sql: &str) -> String {
    sql.lines().next().unwrap_or_default().trim().to_owned()
}

fn others<'m>(old: &'m [ParsedMigration], first: &Folded, engine: &Engine) -> Vec<Other<'m>> {
    let statements = old.iter().flat_map(|migration| {
        let statements = migration.statements();
        statements.map(move |(statement, tree)| (migration, statement, tree))
    });
    let all = statements.enumerate();
    let all: Vec<Other<'_>> = all
        .map(|(at, (migration, statement, tree))| Other {
            migration,
            at,
            statement,
            tree,
        })
        .collect();
    let lost = lost_names(first);
    let last_of = |name: &String| {
        let makes = |other: &Other<'_>| {
            let SingleStatement::Schema(made) = other.tree else {
                return false;
            };
            let mut made = made.iter().filter_map(made_name);
            made.any(|made| made.text.to_lowercase() == *name)
        };
        all.iter().rposition(makes)
    };
    let lost: Vec<usize> = lost.iter().filter_map(last_of).collect();
    let is_other = |other: &Other<'_>| lost.contains(&other.at) || !shows(other, first, engine);
    all.into_iter().filter(is_other).collect()
}

/// Views and types that the migrations make, and that are not written of a model.
fn lost_names(first: &Folded) -> Vec<String> {
    let (model, made): (&Model, &Structure) = (&first.model, &first.structure);
    let dialect = made.dialect;
    let views = model.tables.iter().filter(|table| {
        let is_known =
            |name: &crate::model::TableName| made.views.iter().any(|view| view.name == *name);
        table.view.is_some() && !is_known(&table.name)
    });
    let views = views.map(|table| &table.name.name);
    let objects = model.objects.iter().map(|object| &object.name);
    let objects = objects.filter(|name| {
        let mut enums = made.enums.iter().chain(&made.idle_enums);
        let mut others = made.objects.iter().chain(&made.idle_objects);
        // Functions that triggers call come with their tables.
        !name.name.starts_with(PREFIX)
            && !enums.any(|one| one.name == **name)
            && !others.any(|one| one.name == **name)
    });
    let names = views.chain(objects.map(|name| &name.name));
    names
        .map(|name| folded(name, dialect).to_lowercase())
        .collect()
}

fn made_name(statement: &Statement) -> Option<&Name> {
    match statement {
        Statement::CreateView(view) => Some(&view.name.name),
        Statement::CreateEnum(made) => Some(&made.name.name),
        Statement::CreateDomain(made) => Some(&made.name.name),
        Statement::CreateObject(made) => Some(&made.name.name),
        _ => None,
    }
}

/// Settings of SQLite that its file keeps; the others are of a connection.
const KEPT_PRAGMAS: &[&str] = &[
    "application_id",
    "auto_vacuum",
    "encoding",
    "journal_mode",
    "page_size",
    "user_version",
];

/// Whether the reader of schemas sees all that the statement does. Transactions and most of SQLite's pragmas are of a run, not of the
/// database; its triggers are kept.
fn shows(other: &Other<'_>, first: &Folded, engine: &Engine) -> bool {
    let sql = &other.statement.sql;
    match other.tree {
        SingleStatement::Command(Command::Pragma(name)) => {
            return !KEPT_PRAGMAS.contains(&name.text.to_lowercase().as_str());
        }
        SingleStatement::Command(Command::CreateTrigger(_) | Command::DropTrigger(..))
            if Facts::of(engine.dialect).triggers.made_again == Again::All =>
        {
            return true;
        }
        _ => {}
    }
    // They come with their tables.
    if sql.contains(PREFIX) || first.structure.text().contains(sql.trim()) {
        return true;
    }
    let ast = parsed(sql, engine);
    let is_whole = |statement: &Statement| !matches!(statement, Statement::AlterTable(alter) if alter.passed_over);
    ast.files
        .iter()
        .all(|file| file.skipped.is_empty() && file.statements.iter().all(is_whole))
}

/// Whether a statement of which the reader passes over a part changes the schema by the rest.
fn changes_schema(other: &Other<'_>) -> bool {
    let SingleStatement::Schema(statements) = other.tree else {
        return false;
    };
    statements.iter().any(|statement| {
        matches!(statement, Statement::AlterTable(alter) if alter.passed_over && !alter.actions.is_empty())
    })
}

fn parsed(sql: &str, engine: &Engine) -> Ast {
    let mut input = Input {
        engines: vec![engine.clone()],
        default_engine: Some(EngineId(0)),
        ..Input::default()
    };
    let mut found = Diagnostics::default();
    let id = load(
        &mut input.sources,
        "statement.sql",
        sql.as_bytes(),
        &mut found,
    );
    input.files.extend(id.map(|id| InputFile {
        id,
        dialect: Some(engine.dialect),
        engines: Vec::new(),
    }));
    parse(&input, &mut found)
}

fn refuse_others(
    squash: &Squash<'_>,
    found: &[Other<'_>],
    first: &Folded,
) -> Result<(), SquashRefused> {
    let shown = |other: &Other<'_>| (other.place(), first_line(&other.statement.sql));
    match squash.others {
        Others::Refuse if !found.is_empty() => {
            Err(SquashRefused::Others(found.iter().map(shown).collect()))
        }
        Others::Keep => {
            let old = &squash.migrations[..squash.number];
            let gone = kept::gone(found, old, &first.model, squash.engine);
            if gone.is_empty() {
                Ok(())
            } else {
                Err(SquashRefused::Gone(gone))
            }
        }
        Others::Refuse | Others::Omit => Ok(()),
    }
}

/// The part after the tables: SQLite's triggers and the statements that are kept, in the order that they had. Rows that were written
/// before there was a trigger are so again.
fn after_tables(old: &[ParsedMigration], triggers: &[TableTrigger], kept: &[Other<'_>]) -> String {
    let all: Vec<&str> = texts(old).map(|(sql, _)| sql).collect();
    let place = |sql: &str| {
        let at = all.iter().rposition(|one| *one == sql);
        at.unwrap_or(all.len())
    };
    // Those that record changes come with their tables.
    let triggers = triggers.iter().filter(|one| !is_ours(&one.name));
    let made = |one: &TableTrigger| one.made().map(|sql| format!("{sql};\n")).collect();
    let triggers = triggers.map(|one| (place(&one.sql), made(one)));
    let kept = kept.iter().map(|other| (other.at, kept_text(other)));
    let mut each: Vec<(usize, String)> = triggers.chain(kept).collect();
    each.sort_by_key(|(at, _)| *at);
    each.into_iter().map(|(_, text)| text).collect()
}

fn kept_text(other: &Other<'_>) -> String {
    let file = other.migration.path.file_name().unwrap_or_default();
    let (file, sql) = (file.to_string_lossy(), &other.statement.sql);
    format!("\n-- {file}\n{sql};\n")
}
