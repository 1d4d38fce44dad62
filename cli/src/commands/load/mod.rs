//! `bindery load`: rows from files into the tables of engines, all of an engine's or none.

mod plan;
mod rejects;

use std::io::{self, BufRead, BufReader};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use bindery::data::{DataTable, LoadMode, Loaded, Loading, Reject, Rejected, RowsSource};
use bindery::error::DataProblem;
use bindery_schema::model::CheckedModel;
use clap::Args;
use serde::Serialize;

use self::plan::{Input, Plan, TableFile, plan};
use self::rejects::Rejects;
use crate::at_once::at_once;
use crate::confirm::{self, Confirmation};
use crate::data;
use crate::data::fixtures;
use crate::data::form::DataForm;
use crate::data::layout::ROOT;
use crate::database::Engines;
use crate::engines::Purpose;
use crate::failure::{Ended, Failure};
use crate::options::{EngineOptions, Format, ProgressOptions, SchemaOptions};
use crate::output::{Output, Paint, Stream};
use crate::progress::Progress;
use crate::project::{DialectChoice, Project};
use crate::report::{self, document};
use crate::text::rows;

const MIB: usize = 1 << 20;

/// Load rows from files into the tables of engines
#[derive(Debug, Args)]
#[command(
    long_about = "Load rows from files into the tables of engines.\n\n\
        All rows of an engine are loaded or none, in one transaction. Files, checksums and columns are checked before anything is \
        changed. Tables must be empty unless `--append`, `--upsert` or `--replace` says otherwise. Foreign keys that no order of \
        rows could meet are checked at the end; what generates keys goes on after the loaded ones.",
    after_help = "Examples:\n  \
        bindery load                          `data/default` into `default`\n  \
        bindery load --all --replace --yes    every engine, in place of what it has\n  \
        bindery load --engine b --from backup/default   `default` into `b`\n  \
        bindery load --engine b --from backup.tar.zst/default\n  \
        bindery load --table users --from users.csv --append\n  \
        bindery load --all --fixtures fixtures"
)]
pub(crate) struct LoadArguments {
    /// Only this table; may be repeated
    #[arg(long, value_name = "NAME")]
    table: Vec<String>,
    /// The dump: a folder, or an archive (.tar.zst, .zip); for one table also a file, or `-` for standard input
    #[arg(long, value_name = "PATH", default_value = ROOT)]
    from: PathBuf,
    /// The form of a file whose name does not say it
    #[arg(long = "as", value_name = "FORM", value_enum)]
    form: Option<DataForm>,
    /// Load the fixtures of this folder: `<table>.csv` for every engine, `<engine>/<table>.csv` for one
    #[arg(long, value_name = "DIR", conflicts_with_all = ["table", "from", "form", "mode", "skip_bad", "longest_row"])]
    fixtures: Option<PathBuf>,
    #[command(flatten)]
    mode: ModeOptions,
    /// Leave out rows that cannot be stored, and write them to this file
    #[arg(long, visible_alias = "skip-rows-to", value_name = "FILE")]
    skip_bad: Option<PathBuf>,
    /// The most mebibytes of a row; long texts and bytes that are stored part by part do not count
    #[arg(long, value_name = "MIB", default_value_t = 256)]
    longest_row: usize,
    /// Check the files, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long, requires = "replace")]
    yes: bool,
    #[command(flatten)]
    progress: ProgressOptions,
    #[command(flatten)]
    engines: EngineOptions,
    #[command(flatten)]
    schema: SchemaOptions,
}

/// The fate of the rows that are there.
#[derive(Debug, Args)]
#[group(id = "mode", multiple = false)]
struct ModeOptions {
    /// Delete the rows that the tables have
    #[arg(long)]
    replace: bool,
    /// Keep the rows that the tables have
    #[arg(long)]
    append: bool,
    /// Keep them, and update those whose primary key is loaded
    #[arg(long)]
    upsert: bool,
}

impl ModeOptions {
    fn purpose(&self) -> Purpose {
        if self.replace {
            Purpose::Destructive
        } else {
            Purpose::Harmless
        }
    }

    /// A record updates the rows that are there unless something else is wanted.
    fn mode(&self, is_record: bool) -> LoadMode {
        match (self.replace, self.append, self.upsert) {
            (true, _, _) => LoadMode::Replace,
            (_, true, _) => LoadMode::Append,
            (_, _, true) => LoadMode::Upsert,
            (false, false, false) if is_record => LoadMode::Upsert,
            (false, false, false) => LoadMode::IntoEmpty,
        }
    }
}

/// The result for one engine; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct EngineLoad {
    engine: String,
    /// The folder or file.
    path: String,
    /// The columns whose values were replaced when it was dumped.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    redacted: Vec<String>,
    tables: Vec<TableLoad>,
    #[serde(flatten)]
    ended: Ended,
}

#[derive(Debug, Serialize)]
struct TableLoad {
    table: String,
    rows: u64,
    rejected: u64,
}

/// A dry run compares files with what their manifest says of them.
fn ensure_manifest(plan: &Plan<'_>) -> Result<(), Failure> {
    if plan.parts.iter().all(|part| part.rows.is_some()) {
        return Ok(());
    }
    let failure = Failure::new("a file without a manifest is only checked by loading it");
    Err(failure.help("leave `--dry-run` out: a load that fails changes nothing"))
}

/// Checks, asks, and loads.
pub(crate) fn run(arguments: &LoadArguments, output: &Output) -> Result<(), Failure> {
    let options = &arguments.schema;
    let project = Project::load_schema(options, DialectChoice::Configured)?;
    let chosen = project.choose(&arguments.engines, arguments.mode.purpose())?;
    if arguments.mode.upsert || arguments.fixtures.is_some() {
        project.refuse_protected(&chosen)?;
    }
    let compiled = project.compile();
    let model = report::checked(&compiled, options, output)?;
    if let Some(dir) = &arguments.fixtures {
        let engines = Engines::open(&compiled.project, &chosen)?;
        let (fixtures, of) = (fixtures::read(dir, model)?, (model, chosen.as_slice()));
        if arguments.dry_run {
            let checked = fixtures::check(&fixtures, of, &engines);
            return fixtures::print_planned(checked, options.format, output);
        }
        let progress = Progress::new(output, arguments.progress.quiet);
        let told = (options.format, &progress);
        return fixtures::load(&fixtures, of, &engines, told, output);
    }
    let archive = plan::archive(arguments)?;
    let plans = chosen
        .iter()
        .map(|&id| plan(arguments, model, id, (chosen.len(), archive.as_ref())));
    let plans = plans.collect::<Result<Vec<_>, _>>()?;
    let updates = |plan: &&Plan<'_>| arguments.mode.mode(plan.is_record) == LoadMode::Upsert;
    let updated: Vec<_> = plans.iter().filter(updates).map(|plan| plan.id).collect();
    compiled.project.refuse_protected(&updated)?;
    plans
        .iter()
        .for_each(|plan| tell_redacted(plan, model, output));
    if arguments.dry_run {
        return check(&plans, model, options.format, output);
    }
    let rejects = Rejects::new(arguments.skip_bad.as_deref())?;
    if arguments.mode.replace && !arguments.yes {
        ask(&compiled.project, model, &plans, output)?;
    }
    let engines = Engines::open(&compiled.project, &chosen)?;
    let load = Load {
        arguments,
        engines: &engines,
        rejects: Mutex::new(rejects),
        progress: Progress::new(output, arguments.progress.quiet),
    };
    // An archive is read from its beginning to its end, and the rows of one engine after the other are left out.
    let is_in_turn = archive.is_some() || arguments.skip_bad.is_some();
    load.all(&plans, model, is_in_turn, output)
}

/// A dry run: compares the files with their manifests.
fn check(
    plans: &[Plan<'_>],
    model: &CheckedModel,
    format: Format,
    output: &Output,
) -> Result<(), Failure> {
    plans.iter().try_for_each(ensure_manifest)?;
    let planned: Vec<_> = plans.iter().map(|plan| planned(plan, model)).collect();
    print(&planned, "checked", format, output)
}

/// Reports that a dump does not hold the original values.
fn tell_redacted(plan: &Plan<'_>, model: &CheckedModel, output: &Output) {
    if !plan.redacted.is_empty() {
        output.message(&format!(
            "note: {}: `{}` is a redacted dump, with replaced values of {}\n",
            model.engine(plan.id).name,
            plan.path.display(),
            plan.redacted.join(", ")
        ));
    }
}

fn planned(plan: &Plan<'_>, model: &CheckedModel) -> EngineLoad {
    let table = |part: &TableFile<'_>| TableLoad {
        table: part.table.data.name().to_owned(),
        rows: part.rows.unwrap_or_default(),
        rejected: 0,
    };
    EngineLoad {
        engine: model.engine(plan.id).name.clone(),
        path: plan.path.display().to_string(),
        redacted: plan.redacted.clone(),
        tables: plan.parts.iter().map(table).collect(),
        ended: Ended::default(),
    }
}

/// Fails unless the user confirms.
fn ask(
    project: &Project,
    model: &CheckedModel,
    plans: &[Plan<'_>],
    output: &Output,
) -> Result<(), Failure> {
    let confirmation = Confirmation {
        question: "Delete the rows of these tables, and load the others?",
        help: "pass `--yes` to replace without a prompt",
    };
    confirm::require_terminal(&confirmation)?;
    for plan in plans {
        let engine = &model.engine(plan.id).name;
        let place = project.place(engine).unwrap_or_default();
        let tables: Vec<&str> = plan
            .parts
            .iter()
            .map(|part| part.table.data.name())
            .collect();
        output.message(&format!(
            "engine `{engine}`, {place}: {}\n",
            tables.join(", ")
        ));
    }
    confirm::ask(&confirmation, output)
}

/// The loading of all engines.
struct Load<'a> {
    arguments: &'a LoadArguments,
    engines: &'a Engines,
    rejects: Mutex<Rejects<'a>>,
    progress: Progress<'a>,
}

impl Load<'_> {
    /// The tables of all engines, one engine after the other or at the same time.
    fn all(
        self,
        plans: &[Plan<'_>],
        model: &CheckedModel,
        is_in_turn: bool,
        output: &Output,
    ) -> Result<(), Failure> {
        let work =
            |index: usize, plan: &Plan<'_>| self.engine(index, &model.engine(plan.id).name, plan);
        let ended: Vec<_> = if is_in_turn {
            let plans = plans.iter().enumerate();
            plans.map(|(index, plan)| work(index, plan)).collect()
        } else {
            at_once(plans, work)
        };
        let (outcomes, failures): (Vec<_>, Vec<_>) = ended.into_iter().unzip();
        let format = self.arguments.schema.format;
        print(&outcomes, "loaded", format, output)?;
        let rejects = self.rejects.into_inner();
        let left_out = rejects
            .unwrap_or_else(PoisonError::into_inner)
            .finish(output);
        output.failures(&failures.into_iter().flatten().collect::<Vec<_>>())?;
        left_out
    }

    /// The tables of an engine, and the outcome as it is printed.
    fn engine(&self, index: usize, engine: &str, plan: &Plan<'_>) -> (EngineLoad, Option<Failure>) {
        let loaded = self.tables(index, engine, plan);
        self.progress.end();
        let (tables, failure) = match loaded {
            Ok(tables) => (tables, None),
            Err(failure) => (Vec::new(), Some(failure)),
        };
        let outcome = EngineLoad {
            engine: engine.to_owned(),
            path: plan.path.display().to_string(),
            redacted: plan.redacted.clone(),
            tables,
            ended: failure.as_ref().map(Ended::from).unwrap_or_default(),
        };
        (outcome, failure)
    }

    fn tables(
        &self,
        index: usize,
        engine: &str,
        plan: &Plan<'_>,
    ) -> Result<Vec<TableLoad>, Failure> {
        let chosen = self.engines.chosen(index);
        let tables: Vec<&DataTable> = plan.parts.iter().map(|part| &part.table.data).collect();
        let mode = self.arguments.mode.mode(plan.is_record);
        let registry = &self.engines.registry;
        let deleted = &mut self.progress.tables("emptying", engine);
        let begun = Loading::begin_with(registry, chosen, (&tables, mode), deleted);
        let mut loading = begun.map_err(|error| explained(&error))?;
        let mut loaded = Vec::new();
        for part in &plan.parts {
            let place = ("loading", part.table.data.name(), engine);
            let told = &mut |rows| self.progress.tell(place, rows, part.rows);
            let outcome = self.part(&mut loading, (engine, part), told)?;
            ensure_number(engine, part, outcome)?;
            loaded.push(TableLoad {
                table: part.table.data.name().to_owned(),
                rows: outcome.rows,
                rejected: outcome.rejected,
            });
        }
        loading.finish(&tables).map_err(|error| explained(&error))?;
        Ok(loaded)
    }

    fn part(
        &self,
        loading: &mut Loading,
        (engine, part): (&str, &TableFile<'_>),
        told: &mut dyn FnMut(u64),
    ) -> Result<Loaded, Failure> {
        let mut load =
            |name, input: &mut dyn BufRead| self.rows(loading, (engine, part), (name, input), told);
        match &part.input {
            Input::Stdin => load("-".to_owned(), &mut BufReader::new(io::stdin().lock())),
            Input::File(path, file) => {
                let mut input = BufReader::with_capacity(256 * 1024, file);
                load(path.display().to_string(), &mut input)
            }
            Input::Packed(archive, packed, table) => {
                let name = archive.name(packed, table).display().to_string();
                archive.read(packed, table, |input| load(name, input))?
            }
        }
    }

    fn rows(
        &self,
        loading: &mut Loading,
        (engine, part): (&str, &TableFile<'_>),
        (name, input): (String, &mut dyn BufRead),
        told: &mut dyn FnMut(u64),
    ) -> Result<Loaded, Failure> {
        let longest = self.arguments.longest_row.saturating_mul(MIB);
        let source = RowsSource::new(input, part.format)
            .named(name)
            .longest_row(longest);
        let mut failed = None;
        let mut reject = |rejected: Rejected<'_>| {
            let mut rejects = self.rejects.lock().unwrap_or_else(PoisonError::into_inner);
            rejects.write(engine, &rejected, &mut failed)
        };
        let is_wanted = self.arguments.skip_bad.is_some();
        let reject: Option<Reject<'_>> = if is_wanted { Some(&mut reject) } else { None };
        let loaded = loading.load(&part.table.data, source, reject, told);
        match failed {
            Some(failure) => Err(failure),
            None => loaded.map_err(|error| explained(&error)),
        }
    }
}

/// The manifest says how many rows there are.
fn ensure_number(engine: &str, part: &TableFile<'_>, loaded: Loaded) -> Result<(), Failure> {
    let found = loaded.rows + loaded.rejected;
    match part.rows {
        Some(said) if said != found => Err(Failure::new(format!(
            "table `{}` of {engine} has {} in its file, and the manifest says {said}; nothing was changed",
            part.table.data.name(),
            rows(found)
        ))),
        Some(_) | None => Ok(()),
    }
}

/// The failure with what to type next.
fn explained(error: &bindery::Error) -> Failure {
    data::failure_with_help(error, |problem| {
        Some(match problem {
            DataProblem::NotEmpty => {
                "`--append` adds to its rows, `--upsert` updates those with the same key, `--replace` deletes them first"
            }
            DataProblem::Refused
            | DataProblem::Value(_)
            | DataProblem::Syntax(_)
            | DataProblem::Fields { .. } => {
                "nothing was changed; `--skip-bad FILE` leaves such rows out and writes them to a file"
            }
            DataProblem::TooLong { .. } => {
                "nothing was changed; `--longest-row MIB` allows longer ones"
            }
            DataProblem::Dangling { .. } => {
                "nothing was changed; load the tables together, or those that are referred to first"
            }
            _ => return None,
        })
    })
}

fn print(
    outcomes: &[EngineLoad],
    word: &str,
    format: Format,
    output: &Output,
) -> Result<(), Failure> {
    output.result(&match format {
        Format::Json => document(&outcomes),
        Format::Human | Format::Github => {
            let lines = outcomes
                .iter()
                .map(|outcome| lines(outcome, word, output.results()));
            lines.collect()
        }
    })
}

fn lines(outcome: &EngineLoad, word: &str, stream: Stream) -> String {
    let word = stream.paint(Paint::Good, &format!("{word:<9}"));
    let line = |table: &TableLoad| {
        let left_out = match table.rejected {
            0 => String::new(),
            number => format!(", {} left out", rows(number)),
        };
        let number = rows(table.rows);
        format!(
            "{word}  {} on {}: {number}{left_out}\n",
            table.table, outcome.engine
        )
    };
    outcome.tables.iter().map(line).collect()
}
