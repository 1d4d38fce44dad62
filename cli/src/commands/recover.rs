//! `bindery recover`: finishes transactions of atomic groups that a lost program left prepared, or lists them.

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use bindery::ErrorKind;
use bindery::atomic::{BranchState, DoubtfulBranch, RecoverOptions, RecoveryReport};
use bindery_schema::model::EngineId;
use clap::Args;
use serde::Serialize;

use crate::database::{self, Engines};
use crate::engines::Purpose;
use crate::failure::Failure;
use crate::options::{ConfigOptions, EngineOptions, Format, ProgressOptions};
use crate::output::Output;
use crate::program::AtomicGroups;
use crate::progress::{Progress, Steps};
use crate::project::Project;
use crate::report::document_of_engines;
use crate::text::count;

/// Finish transactions of atomic groups that a lost program left prepared
#[derive(Debug, Args)]
#[command(
    long_about = "Finish transactions of atomic groups that a lost program left prepared.\n\n\
        A program that is killed between preparing and committing leaves its transaction prepared on some engines, with its locks. What was \
        decided is in the group's home engine: recovery commits what is decided, and rolls back what is not. It may run at any time, \
        beside programs at work and other recoveries; prepared transactions of others are left alone. Exits with 1 where something \
        stays in doubt.",
    after_help = "Examples:\n  \
        bindery recover --dry-run       list what is in doubt, and its fate\n  \
        bindery recover\n  \
        bindery recover --watch         again and again, until it is stopped"
)]
pub(crate) struct RecoverArguments {
    /// Only what is prepared on this engine; repeatable. Without it: on all engines of atomic groups
    #[arg(long, value_name = "NAME")]
    engine: Vec<String>,
    /// Change nothing: list what is in doubt, with its age, its group and what would become of it
    #[arg(long)]
    dry_run: bool,
    /// Go on until it is stopped, with 10 seconds in between
    #[arg(long)]
    watch: bool,
    /// Leave undecided transactions alone that are younger: their program may be at work on them
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    older_than: u64,
    #[command(flatten)]
    progress: ProgressOptions,
    #[command(flatten)]
    config: ConfigOptions,
}

const PAUSE: Duration = Duration::from_secs(10);

/// A branch in the document; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct BranchDocument<'a> {
    engine: &'a str,
    group: &'a str,
    transaction: &'a str,
    age_ms: Option<u64>,
    fate: String,
    in_doubt: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &RecoverArguments, output: &Output) -> Result<(), Failure> {
    let project = Project::load_config(&arguments.config, output)?;
    let groups = AtomicGroups::of(&project.input);
    let groups = groups.described();
    if groups.is_empty() {
        let failure = Failure::new("the configuration has no atomic groups");
        return Err(failure.help("a group is a section `[atomic.NAME]` of bindery.toml"));
    }
    let all: Vec<EngineId> = project.all_engines().collect();
    let options = options(arguments, &project)?;
    let engines = Engines::open(&project, &all)?;
    let progress = Progress::new(output, arguments.progress.quiet);
    let ended = |engine: &str, begun, of| {
        let unit = "transactions";
        progress.step(
            ("recovering", "prepared transactions", engine),
            Steps { begun, of, unit },
        );
    };
    loop {
        let registry = &engines.registry;
        let report = registry.recover_groups_with(&groups, &options, &ended);
        progress.end();
        let told = print(&report, arguments.config.format, output);
        if !arguments.watch {
            return told;
        }
        thread::sleep(PAUSE);
    }
}

fn options(arguments: &RecoverArguments, project: &Project) -> Result<RecoverOptions, Failure> {
    let named = EngineOptions {
        engine: arguments.engine.clone(),
        all: arguments.engine.is_empty(),
    };
    project.choose(&named, Purpose::Harmless)?;
    let older_than = Duration::from_secs(arguments.older_than);
    let options = RecoverOptions::new().older_than(older_than);
    let options = arguments
        .engine
        .iter()
        .fold(options, |options, name| options.engine(name));
    Ok(if arguments.dry_run {
        options.dry_run()
    } else {
        options
    })
}

fn print(report: &RecoveryReport, format: Format, output: &Output) -> Result<(), Failure> {
    let failed = report.unreachable.iter().map(|(engine, error)| {
        let until = match error.kind() {
            ErrorKind::PermissionDenied => "its user has the rights to it",
            _ => "it can be reached",
        };
        let help = format!("what is prepared on `{engine}` stays so until {until}");
        (&**engine, database::failure(error).help(help))
    });
    let failed: Vec<(&str, Failure)> = failed.collect();
    let branches: Vec<_> = report.branches.iter().map(described).collect();
    output.result(&match format {
        Format::Json => document_of_engines(&branches, &failed),
        Format::Human | Format::Github => lines(report),
    })?;
    failed
        .iter()
        .for_each(|(_, failure)| output.failure(failure));
    if report.is_clean() {
        Ok(())
    } else {
        Err(Failure::Told)
    }
}

fn lines(report: &RecoveryReport) -> String {
    let (awaited, listed): (Vec<_>, Vec<_>) = report
        .branches
        .iter()
        .partition(|branch| branch.fate == BranchState::Awaited);
    let mut text: String = listed.into_iter().map(line).collect();
    text.extend(lines_of_awaited(&awaited));
    if report.branches.is_empty() && report.unreachable.is_empty() {
        text.push_str("nothing is in doubt\n");
    }
    if report.forgotten > 0 {
        text.push_str(&format!(
            "{} of no more use deleted\n",
            count(report.forgotten, "decision")
        ));
    }
    text
}

fn line(branch: &DoubtfulBranch) -> String {
    let (engine, group, transaction) = (branch.engine, &branch.group, &branch.transaction);
    let age = age_ms(branch).map_or(String::new(), |age| format!(", {} s old", age / 1_000));
    format!(
        "{engine}: group `{group}`, transaction {transaction}{age}: {}\n",
        branch.fate
    )
}

/// One line for each group on an engine that cannot be reached: decisions are kept for ten minutes, and most of these the engine has carried out.
fn lines_of_awaited(branches: &[&DoubtfulBranch]) -> Vec<String> {
    let mut groups = BTreeMap::<_, Vec<&DoubtfulBranch>>::new();
    for branch in branches {
        let group = (branch.engine, branch.group.as_str());
        groups.entry(group).or_default().push(branch);
    }
    let lines = groups.into_iter().map(|((engine, group), branches)| {
        if let [branch] = branches[..] {
            return line(branch);
        }
        let oldest = branches.iter().filter_map(|branch| age_ms(branch)).max();
        let age = oldest.map_or(String::new(), |age| {
            format!(", the oldest {} s old", age / 1_000)
        });
        let decided = count(branches.len(), "decision");
        format!(
            "{engine}: group `{group}`, {decided}{age}: {}\n",
            BranchState::Awaited
        )
    });
    lines.collect()
}

fn described(branch: &DoubtfulBranch) -> BranchDocument<'_> {
    BranchDocument {
        engine: branch.engine,
        group: &branch.group,
        transaction: &branch.transaction,
        age_ms: age_ms(branch),
        fate: branch.fate.to_string(),
        in_doubt: branch.fate.is_in_doubt(),
    }
}

fn age_ms(branch: &DoubtfulBranch) -> Option<u64> {
    branch
        .age
        .map(|age| u64::try_from(age.as_millis()).unwrap_or(u64::MAX))
}
