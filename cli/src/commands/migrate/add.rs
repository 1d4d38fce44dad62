//! `bindery migrate add`: writes the migration that is missing between the migrations and the schema.

use std::io::{self, BufRead, IsTerminal};
use std::path::Path;

use bindery_schema::dialect::Dialect;
use bindery_schema::diff::{Plan, Planned, Rename, Step, file_text, hints, plan, unclear};
use bindery_schema::input::Input;
use bindery_schema::{changed_queries, unfit_queries};
use clap::Args;
use serde::Serialize;

use super::differ::{Differ, Sides};
use super::renames;
use crate::failure::Failure;
use crate::migrations::files::{shown, write};
use crate::migrations::versions::Versions;
use crate::options::{EngineOptions, Format, SchemaOptions};
use crate::output::{Output, Paint};
use crate::project::{DialectChoice, Project};
use crate::report::document;

/// Write the migration that is missing between the migrations and the schema
#[derive(Debug, Args)]
#[command(
    long_about = "Write what is missing between the migrations of each engine and the schema: `<version>_<name>.sql`, and \
        `<version>_<name>.down.sql` for the way back.\n\n\
        No database is connected to. A table or column with another name is a rename only where the schema says so, by \
        `-- @renamed_from old` above it, or where you say so at the prompt; else it is new, and the old one goes. What loses data is written as a \
        comment, and said. On PostgreSQL, indexes, checks and foreign keys of tables that are there come in a second file that \
        stands in no transaction, so that the tables stay in use.",
    after_help = "Examples:\n  \
        bindery migrate add add_nick             for every engine that differs\n  \
        bindery migrate add add_nick --dry-run   print, write nothing\n  \
        bindery migrate add fill_nick --empty --engine default"
)]
pub(super) struct AddArguments {
    /// The name, such as `add_nick`
    name: String,
    /// Print the migrations; write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write files without statements, to be filled by hand
    #[arg(long)]
    empty: bool,
    #[command(flatten)]
    engines: EngineOptions,
    #[command(flatten)]
    schema: SchemaOptions,
}

/// One engine as data; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct EngineDocument {
    engine: String,
    files: Vec<FileDocument>,
    changes: Vec<String>,
    /// The differences whose statements are comments, as they lose data, and those that are left to a person.
    not_executed: Vec<String>,
    left: Vec<String>,
}

#[derive(Debug, Serialize)]
struct FileDocument {
    path: String,
    sql: String,
}

pub(super) fn run(arguments: &AddArguments, output: &Output) -> Result<(), Failure> {
    let name = file_name(&arguments.name)?;
    let options = &arguments.schema;
    let mut differ = Differ::load(&arguments.engines, options, output)?;
    let sides = differ.sides(options, output)?;
    let mut documents = Vec::new();
    for side in &sides {
        let document = if arguments.empty {
            empty(side, &name)
        } else {
            of_engine(side, &differ, &name, arguments, output)?
        };
        documents.extend(document);
    }
    if !arguments.dry_run {
        for file in documents.iter().flat_map(|one| &one.files) {
            write(Path::new(&file.path), &file.sql)?;
        }
    }
    print(&documents, arguments, output)?;
    let input = Project::load(options, DialectChoice::Configured)?.input;
    tell_unfit_queries(&differ, &input, output)?;
    tell_changed_queries(&sides, &input, output);
    Ok(())
}

/// Names the queries of the program that the schema has no place for any more.
fn tell_unfit_queries(differ: &Differ, input: &Input, output: &Output) -> Result<(), Failure> {
    let unfit = unfit_queries(differ.model()?, input);
    for query in &unfit {
        output.message(&format!(
            "warning: the query `{}` does not fit the schema: {}: {}\n",
            query.name, query.place, query.reason
        ));
    }
    if !unfit.is_empty() {
        output.message("note: the program does not build before these queries are changed\n");
    }
    Ok(())
}

/// Names the queries whose rows or arguments have other types after the migration: once where that is so on several engines.
fn tell_changed_queries(sides: &[Sides], input: &Input, output: &Output) {
    let mut told = Vec::new();
    for side in sides {
        let (before, after) = (side.folded.structure.model(), side.schema.model());
        for query in changed_queries(before, after, &side.engine.name, input) {
            if !told.contains(&query) {
                output.message(&format!(
                    "warning: the function of the query `{}` changes: {}: {}\n",
                    query.name, query.place, query.change
                ));
                told.push(query);
            }
        }
    }
    if !told.is_empty() {
        output.message("note: code that calls these functions may have to change with them\n");
    }
}

fn print(
    documents: &[EngineDocument],
    arguments: &AddArguments,
    output: &Output,
) -> Result<(), Failure> {
    if arguments.schema.format == Format::Json {
        return output.result(&document(&documents));
    }
    if documents.is_empty() {
        return output.result("the migrations end at the schema: nothing to add\n");
    }
    let mut text = String::new();
    for one in documents {
        for file in &one.files {
            if arguments.dry_run {
                text.push_str(&format!(
                    "-- {} on {}\n{}\n",
                    file.path, one.engine, file.sql
                ));
            } else {
                let word = output.results().paint(Paint::Good, "written     ");
                text.push_str(&format!("{word} {} on {}\n", file.path, one.engine));
            }
        }
    }
    output.result(&text)?;
    for one in documents {
        for told in &one.not_executed {
            output.message(&format!(
                "note: {}: {told}: written as a comment, since data is lost\n",
                one.engine
            ));
        }
        for told in &one.left {
            output.message(&format!(
                "warning: {}: {told}: bindery does not write this change, write it by hand\n",
                one.engine
            ));
        }
    }
    Ok(())
}

fn of_engine(
    side: &Sides,
    differ: &Differ,
    name: &str,
    arguments: &AddArguments,
    output: &Output,
) -> Result<Option<EngineDocument>, Failure> {
    let mut renames = hints(differ.model()?, side.id, &side.folded.structure);
    if let Some(hint) = unclear(&renames, &side.folded.structure, &side.schema) {
        return Err(unfollowed(hint));
    }
    let asks = io::stdin().is_terminal() && arguments.schema.format == Format::Human;
    if asks {
        renames::ask(side, &mut renames, |question| is_yes(question, output));
    }
    let plan_of = Plan {
        from: &side.folded.structure,
        to: &side.schema,
        renames: &renames,
        triggers: &side.folded.triggers,
    };
    let planned = plan(&plan_of).map_err(|why| {
        output.findings(&why.found, &why.input.sources);
        let message = format!(
            "the migration of `{}` cannot be read again; nothing was written",
            side.engine.name
        );
        Failure::new(message).help("this is a mistake of bindery's; write it by hand: `--empty`")
    })?;
    if let Some(refused) = left_behind(side, &planned) {
        return Err(refused);
    }
    Ok((!planned.is_empty()).then(|| described(side, name, &planned)))
}

/// MySQL and MariaDB leave the text of a trigger as it is: with the old name in it, every write that fires it fails.
fn left_behind(side: &Sides, planned: &Planned) -> Option<Failure> {
    if side.engine.dialect != Dialect::Mysql {
        return None;
    }
    let mut renames = planned.renames.iter();
    let (old, trigger) = renames.find_map(|rename| {
        let mut triggers = side.folded.other_triggers.iter();
        let named = triggers.find(|one| one.mentions(rename, Dialect::Mysql))?;
        Some((rename.old_name(), named))
    })?;
    let message = format!(
        "the trigger `{}` names `{old}`, which gets another name, and the database would leave it so; nothing was written",
        trigger.name()
    );
    Some(
        Failure::new(message)
            .help("drop it in a migration before (`--empty`), and make it again after the rename"),
    )
}

/// Two steps do what one cannot, as the name is free in between.
fn unfollowed(hint: &Rename) -> Failure {
    let (what, new) = match hint {
        Rename::Table { to, .. } => ("table", &to.name),
        Rename::Column { to, .. } => ("column", to),
    };
    let old = hint.old_name();
    let message = format!(
        "`@renamed_from {old}` above `{new}` cannot be followed: another {what} of the schema is called `{old}`; nothing was written"
    );
    Failure::new(message).help(format!(
        "leave the other `{old}` out of the schema, `bindery migrate add` the rename, then add it"
    ))
}

fn described(side: &Sides, name: &str, planned: &Planned) -> EngineDocument {
    let mut versions = Versions::after(&side.folded.migrations);
    let mut files = Vec::new();
    let mut add = |up: &[Step], down: &[Step], no_transaction: bool, end: &str| {
        if up.is_empty() {
            return;
        }
        let version = versions.give();
        let path = |end: &str| shown(&side.folder.join(format!("{version}_{name}{end}")));
        files.push(FileDocument {
            path: path(&format!("{end}.sql")),
            sql: file_text(up, no_transaction),
        });
        files.push(FileDocument {
            path: path(&format!("{end}.down.sql")),
            sql: file_text(down, no_transaction),
        });
    };
    add(&planned.up, &planned.down, false, "");
    let end = if planned.up.is_empty() { "" } else { "_online" };
    add(&planned.online, &planned.online_down, true, end);
    let commented = planned.up.iter().filter(|step| step.commented);
    let commented = commented.flat_map(|step| step.remarks.iter().cloned());
    EngineDocument {
        engine: side.engine.name.clone(),
        files,
        changes: planned.changes.iter().map(ToString::to_string).collect(),
        not_executed: commented.collect(),
        left: planned.left.iter().map(ToString::to_string).collect(),
    }
}

fn empty(side: &Sides, name: &str) -> Option<EngineDocument> {
    let version = Versions::after(&side.folded.migrations).give();
    let file = |end: &str, sql: &str| FileDocument {
        path: shown(&side.folder.join(format!("{version}_{name}{end}"))),
        sql: sql.to_owned(),
    };
    Some(EngineDocument {
        engine: side.engine.name.clone(),
        files: vec![
            file(".sql", "-- the statements of the migration\n"),
            file(".down.sql", "-- the statements that undo it\n"),
        ],
        changes: Vec::new(),
        not_executed: Vec::new(),
        left: Vec::new(),
    })
}

/// Letters, digits and `_`.
pub(super) fn file_name(name: &str) -> Result<String, Failure> {
    let sign = |letter: char| match letter {
        ' ' | '-' => '_',
        other => other.to_ascii_lowercase(),
    };
    let name: String = name.trim().chars().map(sign).collect();
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    if name.is_empty() || !name.chars().all(is_plain) || name.ends_with(".down") {
        let failure = Failure::new(format!(
            "`{}` is no name of a migration",
            name.escape_debug()
        ));
        return Err(failure.help("write letters, digits and `_`, such as `add_nick`"));
    }
    Ok(name)
}

fn is_yes(question: &str, output: &Output) -> bool {
    output.message(&format!("{question} [y/N] "));
    let mut answer = String::new();
    // An answer that cannot be read is none.
    let _ = io::stdin().lock().read_line(&mut answer);
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}
