//! `bindery mirror`: the rows of a whole engine on another one, of any database, from one snapshot and compared with it.

use std::cell::RefCell;
use std::time::Duration;

use bindery::ErrorKind;
use bindery::data::{DataTable, LoadMode, Loading};
use bindery::error::DataProblem;
use clap::Args;
use serde::Serialize;

use crate::confirm::{self, Confirmation};
use crate::data::compare::compare_rows;
use crate::data::follow::{CaughtUp, Follower, forget_unread};
use crate::data::found::Held;
use crate::data::pairs::{Ends, Pair, print_planned};
use crate::data::repair::{Repair, Repaired};
use crate::data::stream;
use crate::data::verified::{self, TableVerified};
use crate::database::{self, Chosen, Engines};
use crate::failure::Failure;
use crate::options::{Format, ProgressOptions, SchemaOptions};
use crate::output::Output;
use crate::progress::Progress;
use crate::project::{DialectChoice, Project};
use crate::report::{self, document};

/// The pause of a copy that is kept up, after a look that found no change.
const PAUSE: Duration = Duration::from_secs(1);
/// How often that pause is doubled while an engine is away: up to 16 s.
const LONGEST_DOUBLED: u32 = 4;

/// Copy the rows of an engine to another one
#[derive(Debug, Args)]
#[command(
    long_about = "Copy the rows of an engine to another one, of any database.\n\n\
        All tables are read from one snapshot, whatever others write meanwhile, and loaded in one transaction: the other engine has \
        all of them or is as before. Afterwards each table is compared with the same snapshot, row by row. The tables have to be \
        there (`bindery create`), and empty unless `--replace` is given. `bindery mirror backup default --replace` is the way back.\n\n\
        With `--catch-up` and `--follow` the copy is kept up by the changes that triggers record (`-- @capture` above each table): the first time \
        all rows are copied, after that what was changed since. `--catch-up` ends when nothing is left, `--follow` goes on until it is stopped. \
        `bindery status` says how far the copy is behind.",
    after_help = "Examples:\n  \
        bindery mirror default backup\n  \
        bindery mirror default backup --follow\n  \
        bindery mirror default backup --replace --yes   in a script"
)]
pub(crate) struct MirrorArguments {
    /// The engine that is copied
    #[arg(value_name = "FROM")]
    from: String,
    /// The engine that gets its rows
    #[arg(value_name = "TO")]
    to: String,
    /// Delete the rows that the tables of the other engine have
    #[arg(long)]
    replace: bool,
    /// Copy what was changed since the last time, and end
    #[arg(long)]
    catch_up: bool,
    /// Copy what is changed until stopped
    #[arg(long, conflicts_with = "catch_up")]
    follow: bool,
    /// Do not ask
    #[arg(long, requires = "replace")]
    yes: bool,
    /// List the tables; connect to nothing and change nothing
    #[arg(long, conflicts_with = "yes")]
    dry_run: bool,
    #[command(flatten)]
    progress: ProgressOptions,
    #[command(flatten)]
    schema: SchemaOptions,
}

/// Copies and compares.
pub(crate) fn run(arguments: &MirrorArguments, output: &Output) -> Result<(), Failure> {
    let options = &arguments.schema;
    let project = Project::load_schema(options, DialectChoice::Configured)?;
    let ends = Ends::named(&project, &arguments.from, &arguments.to)?;
    if arguments.replace {
        project.refuse_protected(&[ends.to])?;
    }
    let compiled = project.compile();
    let model = report::checked(&compiled, options, output)?;
    let pairs = ends.tables(model, &[])?;
    ends.tell_left_out(model, &[], output);
    if arguments.dry_run {
        let ends = (arguments.from.as_str(), arguments.to.as_str());
        let names = pairs.iter().map(Pair::name);
        return print_planned(ends, names, (options.format, output));
    }
    let follower = match arguments.catch_up || arguments.follow {
        true => Some(Follower::of(model, ends, &pairs)?),
        false => None,
    };
    if arguments.replace && !arguments.yes {
        ask(arguments, &compiled.project, &pairs, output)?;
    }
    let opened = ends.open(&compiled.project)?;
    let opened = (&opened.0, opened.1, opened.2);
    let Some(follower) = follower else {
        return copy(arguments, opened, &pairs, output);
    };
    if arguments.replace || !follower.has_begun(opened.0, opened.2)? {
        // A change from now on is in the snapshot, or is read afterwards, or both.
        let copy = || copy(arguments, opened, &pairs, output);
        follower.begin(opened, copy)?;
    }
    keep_up(arguments, &follower, opened, (&pairs, output))
}

/// Both engines, opened.
type Opened<'e> = (&'e Engines, Chosen, Chosen);

/// Copies what was changed, once or until the command is stopped.
fn keep_up(
    arguments: &MirrorArguments,
    follower: &Follower,
    (engines, from, to): Opened<'_>,
    (pairs, output): (&[Pair<'_>], &Output),
) -> Result<(), Failure> {
    let repair = Repair {
        engines,
        from,
        to,
        progress: Progress::new(output, true),
        rejects: RefCell::default(),
        turn: RefCell::default(),
    };
    let mut patience = Patience::default();
    loop {
        let CaughtUp {
            written,
            is_truncated,
            is_behind,
            ..
        } = match follower.catch_up(&repair, pairs) {
            Ok(caught_up) => caught_up,
            Err(failure) if arguments.follow => {
                patience.wait(&repair, failure, output)?;
                continue;
            }
            Err(failure) => return Err(failure),
        };
        patience = Patience::default();
        if is_truncated {
            let failure = Failure::new("a table was emptied by TRUNCATE, which names no rows");
            return Err(failure.help("copy all rows again: `--replace`"));
        }
        if written != Repaired::default() {
            forget_unread((engines, to), pairs, output);
        }
        if arguments.catch_up || written != Repaired::default() {
            tell(arguments, written, output)?;
        }
        if arguments.catch_up {
            return Ok(());
        }
        if !is_behind {
            std::thread::sleep(PAUSE);
        }
    }
}

/// Failures in a row of a copy that is kept up.
#[derive(Debug, Default)]
struct Patience {
    outages: u32,
    /// Those while both engines answered.
    others: u32,
}

impl Patience {
    /// Waits for an engine that is away, for longer each time. Another failure is returned where it is met twice: an engine may have
    /// been away a moment ago.
    fn wait(
        &mut self,
        repair: &Repair<'_>,
        failure: Failure,
        output: &Output,
    ) -> Result<(), Failure> {
        let mut engines = [repair.from, repair.to].into_iter();
        if engines.any(|engine| repair.snapshot(engine).is_err()) {
            if self.outages == 0 {
                output.failure(&failure);
            }
            self.outages += 1;
        } else if self.others > 0 {
            return Err(failure);
        } else {
            self.others += 1;
        }
        std::thread::sleep(PAUSE * 2_u32.pow(self.outages.min(LONGEST_DOUBLED)));
        Ok(())
    }
}

/// The rows that were written; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct Copied<'a> {
    from: &'a str,
    to: &'a str,
    #[serde(flatten)]
    rows: Repaired,
}

fn tell(arguments: &MirrorArguments, rows: Repaired, output: &Output) -> Result<(), Failure> {
    let (from, to) = (arguments.from.as_str(), arguments.to.as_str());
    if arguments.schema.format == Format::Json {
        return output.result(&document(&Copied { from, to, rows }));
    }
    let Repaired {
        inserted,
        updated,
        deleted,
    } = rows;
    output.result(&format!(
        "copied     {from} to {to}: {inserted} inserted, {updated} updated, {deleted} deleted\n"
    ))
}

/// Copies all rows, and compares them.
fn copy(
    arguments: &MirrorArguments,
    (engines, from, to): Opened<'_>,
    pairs: &[Pair<'_>],
    output: &Output,
) -> Result<(), Failure> {
    let options = &arguments.schema;
    let mut source = engines.snapshot(from)?;
    let tables: Vec<&DataTable> = pairs.iter().map(|pair| &pair.to.data).collect();
    let mode = if arguments.replace {
        LoadMode::Replace
    } else {
        LoadMode::IntoEmpty
    };
    let progress = Progress::new(output, arguments.progress.quiet);
    let deleted = &mut progress.tables("emptying", &arguments.to);
    let begun = Loading::begin_with(&engines.registry, to, (&tables, mode), deleted);
    let mut loading = begun.map_err(|error| explained(&error, &arguments.to))?;
    for pair in pairs {
        let place = ("copying", pair.name(), arguments.to.as_str());
        let told = &mut |rows| progress.tell(place, rows, None);
        stream::copy(&mut source, &mut loading, pair, told)?;
    }
    progress.end();
    let finished = loading.finish(&tables);
    finished.map_err(|error| explained(&error, &arguments.to))?;
    forget_unread((engines, to), pairs, output);
    let mut copy = engines.snapshot(to)?;
    let names = (arguments.from.as_str(), arguments.to.as_str());
    let mut verified = Vec::new();
    for pair in pairs {
        let found = compare_rows((&mut source, &mut copy), pair, Held::default())?;
        verified.push(TableVerified::new(pair, names, &found));
    }
    verified::print(&verified, options.format, output)
}

/// Fails unless the user confirms.
fn ask(
    arguments: &MirrorArguments,
    project: &Project,
    pairs: &[Pair<'_>],
    output: &Output,
) -> Result<(), Failure> {
    let confirmation = Confirmation {
        question: "Delete the rows of these tables, and copy the others?",
        help: "pass `--yes` to replace without a prompt",
    };
    confirm::require_terminal(&confirmation)?;
    let place = project.place(&arguments.to).unwrap_or_default();
    let tables: Vec<&str> = pairs.iter().map(|pair| pair.to.data.name()).collect();
    let tables = tables.join(", ");
    output.message(&format!("engine `{}`, {place}: {tables}\n", arguments.to));
    confirm::ask(&confirmation, output)
}

/// The failure with what to type next.
fn explained(error: &bindery::Error, to: &str) -> Failure {
    let shown = database::failure(error);
    match error.kind() {
        ErrorKind::Data(data) if data.problem == DataProblem::NotEmpty => {
            shown.help("`--replace` deletes the rows that are there first")
        }
        ErrorKind::SchemaMismatch => shown.help(format!(
            "make the tables first: `bindery create --engine {to}`"
        )),
        _ => shown,
    }
}
