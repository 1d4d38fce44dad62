//! `bindery verify`: whether the tables of two engines have the same rows, and the keys of those that differ.

use std::cell::RefCell;
use std::collections::HashSet;

use bindery::data::DataKey;
use clap::Args;

use crate::confirm::{self, Confirmation};
use crate::data::compare::compare_rows;
use crate::data::follow::forget_unread;
use crate::data::found::{Differing, Held, TableDifferences};
use crate::data::pairs::{Ends, Pair};
use crate::data::repair::{RejectedRow, Repair, Repaired};
use crate::data::settle::{ensure_few, refused, settle};
use crate::data::verified::{TableVerified, print, show};
use crate::database::{Chosen, Engines};
use crate::failure::Failure;
use crate::options::{ProgressOptions, SchemaOptions};
use crate::output::Output;
use crate::progress::Progress;
use crate::project::{DialectChoice, Project};
use crate::report;

/// Compare the rows of two engines
#[derive(Debug, Args)]
#[command(
    long_about = "Compare the rows of two engines.\n\n\
        Each engine is read from one snapshot, each table once and in the order of its key, a row at a time; values are compared in \
        the form that dumps give them, which is the same for every database. Nothing is written. What is written by others between \
        the two snapshots is among what differs. Exits with 1 where a row differs.\n\n\
        With `--repair` the rows that differ are made those of the first engine: missing ones are inserted, different ones updated and \
        surplus ones deleted, a thousand in a transaction. Both rows are read again before one is written, so what others have written \
        meanwhile is kept.",
    after_help = "Examples:\n  \
        bindery verify --from default --to backup            all tables of `default`\n  \
        bindery verify users --from default --to analytics   one table\n  \
        bindery verify --from default --to backup --format json\n  \
        bindery verify --from default --to backup --repair --dry-run"
)]
pub(crate) struct VerifyArguments {
    /// Only these tables
    #[arg(value_name = "TABLE")]
    table: Vec<String>,
    /// The engine that is right
    #[arg(long, value_name = "NAME")]
    from: String,
    /// The engine that is compared with it
    #[arg(long, value_name = "NAME")]
    to: String,
    /// Make the rows that differ those of `--from`
    #[arg(long)]
    repair: bool,
    /// Say what a repair would write, and write nothing
    #[arg(long, requires = "repair")]
    dry_run: bool,
    /// Do not ask
    #[arg(long, requires = "repair")]
    yes: bool,
    #[command(flatten)]
    progress: ProgressOptions,
    #[command(flatten)]
    schema: SchemaOptions,
}

/// Compares, repairs where that is wanted, and fails where a row differs.
pub(crate) fn run(arguments: &VerifyArguments, output: &Output) -> Result<(), Failure> {
    let options = &arguments.schema;
    let project = Project::load_schema(options, DialectChoice::Configured)?;
    let ends = Ends::named(&project, &arguments.from, &arguments.to)?;
    if arguments.writes() {
        project.refuse_protected(&[ends.to])?;
    }
    let compiled = project.compile();
    let model = report::checked(&compiled, options, output)?;
    let pairs = ends.tables(model, &arguments.table)?;
    ends.tell_left_out(model, &arguments.table, output);
    let (engines, from, to) = ends.open(&compiled.project)?;
    let opened = (&engines, from, to);
    let compared = compare(opened, &pairs)?;
    let names = (arguments.from.as_str(), arguments.to.as_str());
    let of = |(pair, found): (&Pair<'_>, &TableDifferences)| TableVerified::new(pair, names, found);
    let mut verified: Vec<TableVerified> = pairs.iter().zip(&compared).map(of).collect();
    let differs = |found: &TableDifferences| !found.is_equal();
    if !arguments.writes() || !compared.iter().any(differs) {
        return print(&verified, options.format, output);
    }
    if !arguments.yes {
        ask(arguments, &compiled.project, &verified, output)?;
    }
    let repair = Repair {
        engines: &engines,
        from,
        to,
        progress: Progress::new(output, arguments.progress.quiet),
        rejects: RefCell::default(),
        turn: RefCell::default(),
    };
    let repaired = repair_all(&repair, &pairs, compared)?;
    repair.progress.end();
    forget_unread((&engines, to), &pairs, output);
    for (verified, repaired) in verified.iter_mut().zip(repaired) {
        if !verified.is_equal() {
            verified.repaired(repaired.written, repaired.left);
        }
    }
    show(&verified, options.format, output)?;
    match verified.iter().all(TableVerified::is_settled) {
        true => Ok(()),
        false => Err(Failure::Told),
    }
}

/// Compares each table in two snapshots.
fn compare(
    (engines, from, to): (&Engines, Chosen, Chosen),
    pairs: &[Pair<'_>],
) -> Result<Vec<TableDifferences>, Failure> {
    let (mut here, mut there) = (engines.snapshot(from)?, engines.snapshot(to)?);
    pairs
        .iter()
        .map(|pair| compare_rows((&mut here, &mut there), pair, Held::default()))
        .collect()
}

/// The outcome of a table's repair.
#[derive(Default)]
struct Outcome {
    written: Repaired,
    /// Rows that differed, and still do.
    left: u64,
}

/// Repairs all tables, and compares those once more of which rows were repaired.
fn repair_all(
    repair: &Repair<'_>,
    pairs: &[Pair<'_>],
    mut compared: Vec<TableDifferences>,
) -> Result<Vec<Outcome>, Failure> {
    let differs = |found: &TableDifferences| !found.keys.is_empty();
    let differing: Vec<bool> = compared.iter().map(differs).collect();
    let wrong = || pairs.iter().enumerate().filter(|(at, _)| differing[*at]);
    wrong().try_for_each(|(_, pair)| repair.ensure_keys(pair))?;
    let mut outcomes: Vec<Outcome> = pairs.iter().map(|_| Outcome::default()).collect();
    let mut keys: Vec<HashSet<DataKey>> = vec![HashSet::new(); pairs.len()];
    let mut waiting: Vec<Vec<RejectedRow>> = pairs.iter().map(|_| Vec::new()).collect();
    loop {
        for (keys, found) in keys.iter_mut().zip(&compared) {
            keys.extend(found.keys.iter().map(|row| row.key.clone()));
        }
        repair_once(repair, pairs, (&compared, &mut outcomes, &mut waiting))?;
        ensure_few(&waiting)?;
        if !compared.iter().any(|found| found.is_cut) {
            break;
        }
        // A comparison holds a limited number of keys: the next one goes on after them.
        for (pair, found) in pairs.iter().zip(&mut compared) {
            *found = match found.is_cut {
                true => {
                    let after = found.last();
                    repair.compare(
                        pair,
                        Held {
                            surplus: true,
                            after,
                        },
                    )?
                }
                false => TableDifferences::default(),
            };
        }
    }
    let settled = settle(repair, pairs, &mut waiting)?.into_iter();
    let all = outcomes.iter_mut().zip(settled);
    all.for_each(|(outcome, settled)| outcome.written.add(settled));
    if let Some(row) = waiting.iter().flatten().next() {
        return Err(refused(row));
    }
    for (at, pair) in wrong() {
        let found = repair.compare(pair, Held::default())?;
        // Others may write meanwhile: a row that did not differ before is not one that was repaired.
        let is_left = |row: &&Differing| keys[at].contains(&row.key);
        outcomes[at].left = found.keys.iter().filter(is_left).count() as u64;
    }
    Ok(outcomes)
}

/// Rows that refer to others are deleted before those, and written after them.
fn repair_once(
    repair: &Repair<'_>,
    pairs: &[Pair<'_>],
    (compared, outcomes, waiting): (&[TableDifferences], &mut [Outcome], &mut [Vec<RejectedRow>]),
) -> Result<(), Failure> {
    for at in (0..pairs.len()).rev() {
        let deleted = repair.delete(&pairs[at], &compared[at].keys)?;
        outcomes[at].written.add(deleted);
        waiting[at].extend(repair.take_rejected());
    }
    for at in 0..pairs.len() {
        let written = repair.write(&pairs[at], &compared[at].keys)?;
        outcomes[at].written.add(written);
        waiting[at].extend(repair.take_rejected());
    }
    Ok(())
}

/// Fails unless the user confirms.
fn ask(
    arguments: &VerifyArguments,
    project: &Project,
    verified: &[TableVerified],
    output: &Output,
) -> Result<(), Failure> {
    let confirmation = Confirmation {
        question: "Insert, update and delete these rows?",
        help: "pass `--yes` to repair without a prompt",
    };
    confirm::require_terminal(&confirmation)?;
    let place = project.place(&arguments.to).unwrap_or_default();
    output.message(&format!("engine `{}`, {place}:\n", arguments.to));
    for table in verified.iter().filter(|table| !table.is_equal()) {
        output.message(&table.lines(output.results()));
    }
    confirm::ask(&confirmation, output)
}

impl VerifyArguments {
    fn writes(&self) -> bool {
        self.repair && !self.dry_run
    }
}
