//! `bindery sync`: copies that the schema declares, kept up without the program: those whose columns are copied by their names.

mod plan;

use std::cell::RefCell;
use std::time::Duration;

use bindery::ErrorKind;
use bindery::error::SyncError;
use bindery::sync::{SyncCounts, SyncHead, TurnReject};
use clap::Args;
use serde::Serialize;

use self::plan::{Plan, Planned};
use crate::data::follow::forget_unread;
use crate::data::found::Held;
use crate::data::repair::{RejectedRow, Repair, Repaired};
use crate::data::settle::settle;
use crate::database::{self, Chosen, Engines};
use crate::failure::{Ended, Failure};
use crate::options::{Format, ProgressOptions, SchemaOptions};
use crate::output::{Output, Paint, Stream};
use crate::progress::Progress;
use crate::project::{DialectChoice, Project};
use crate::report::{self, document};

/// Rejected rows that are shown of each sync.
const SHOWN: usize = 100;

/// Bring copies on other engines up to date
#[derive(Debug, Args)]
#[command(
    long_about = "Bring copies on other engines up to date: the syncs that `-- @sync` declares, where columns are copied by their names.\n\n\
        Both tables are read once, in the order of the key, and the rows that differ are written, a thousand in a transaction. A sync \
        `by` a column deletes no rows unless `--full` is given; one that compares both tables deletes those that the source does not \
        have. Rows that the target refuses are listed, and the exit code is 1. One run of a sync is at work at a time. The tables \
        in which runs are kept are made by `bindery create`.",
    after_help = "Examples:\n  \
        bindery sync                        all syncs\n  \
        bindery sync users_to_b --dry-run   what one would write\n  \
        bindery sync --engine b --watch 60  those to `b`, every minute"
)]
pub(crate) struct SyncArguments {
    /// Only these syncs, by the names of their methods: `users_to_b`
    #[arg(value_name = "NAME")]
    name: Vec<String>,
    /// Only syncs to this engine; may be repeated
    #[arg(long, value_name = "NAME")]
    engine: Vec<String>,
    /// Delete rows that the source does not have, also of a sync by a column
    #[arg(long)]
    full: bool,
    /// Say what would be written, and write nothing
    #[arg(long, conflicts_with = "watch")]
    dry_run: bool,
    /// Run again after this number of seconds, until it is interrupted
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    watch: Option<u64>,
    /// List the rows that could not be copied, and copy nothing
    #[arg(long, conflicts_with_all = ["dry_run", "watch", "full"])]
    rejects: bool,
    #[command(flatten)]
    progress: ProgressOptions,
    #[command(flatten)]
    schema: SchemaOptions,
}

/// The result of one sync; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct Synced {
    sync: String,
    from: String,
    to: String,
    dry_run: bool,
    unchanged: u64,
    inserted: u64,
    updated: u64,
    deleted: u64,
    rejects: Vec<Rejected>,
    rejected: u64,
    /// Why it did not run to its end.
    #[serde(flatten)]
    ended: Ended,
}

#[derive(Debug, Clone, Serialize)]
struct Rejected {
    key: String,
    reason: String,
}

/// Runs the syncs, once or again and again.
pub(crate) fn run(arguments: &SyncArguments, output: &Output) -> Result<(), Failure> {
    let options = &arguments.schema;
    let project = Project::load_schema(options, DialectChoice::Configured)?;
    let compiled = project.compile();
    let model = report::checked(&compiled, options, output)?;
    let plan = Plan::of(model, &arguments.name, &arguments.engine)?;
    let deleting = plan
        .syncs
        .iter()
        .filter(|sync| sync.deletes(arguments.full));
    let deleting: Vec<_> = deleting.map(|sync| sync.to).collect();
    if !arguments.dry_run && !arguments.rejects {
        compiled.project.refuse_protected(&deleting)?;
    }
    plan.tell_left_out(output);
    let engines = Engines::open(&compiled.project, &plan.engines)?;
    if arguments.rejects {
        return list_rejects(arguments, &plan, &engines, output);
    }
    loop {
        let outcome = once(arguments, &plan, &engines, output);
        let Some(seconds) = arguments.watch else {
            return outcome;
        };
        if let Err(failure) = outcome {
            output.failure(&failure);
        }
        std::thread::sleep(Duration::from_secs(seconds));
    }
}

fn once(
    arguments: &SyncArguments,
    plan: &Plan<'_>,
    engines: &Engines,
    output: &Output,
) -> Result<(), Failure> {
    let mut all = Vec::new();
    for sync in &plan.syncs {
        let ends = plan.ends(engines, sync);
        let work = Work {
            arguments,
            sync,
            repair: Repair {
                engines,
                from: ends.0,
                to: ends.1,
                progress: Progress::new(output, arguments.progress.quiet),
                rejects: RefCell::default(),
                turn: RefCell::default(),
            },
        };
        let synced = match arguments.dry_run {
            true => work.dry_run(),
            false => work.run(),
        };
        work.repair.progress.end();
        if !arguments.dry_run && synced.as_ref().is_ok_and(|one| one.ended.error.is_none()) {
            let pair = std::slice::from_ref(&work.sync.pair);
            forget_unread((engines, work.repair.to), pair, output);
        }
        // The other syncs are run all the same.
        all.push(synced.unwrap_or_else(|failure| {
            output.failure(&failure);
            Synced {
                ended: Ended::from(&failure),
                ..work.synced(0)
            }
        }));
    }
    output.result(&match arguments.schema.format {
        Format::Json => document(&all),
        Format::Human | Format::Github => {
            all.iter().map(|one| one.lines(output.results())).collect()
        }
    })?;
    let is_complete = |one: &Synced| one.rejected == 0 && one.ended.error.is_none();
    match all.iter().all(is_complete) {
        true => Ok(()),
        false => Err(Failure::Told),
    }
}

/// One sync at work.
struct Work<'w, 'm> {
    arguments: &'w SyncArguments,
    sync: &'w Planned<'m>,
    repair: Repair<'w>,
}

impl Work<'_, '_> {
    fn dry_run(&self) -> Result<Synced, Failure> {
        let found = self.repair.compare(&self.sync.pair, Held::default())?;
        let mut synced = self.synced(found.same);
        synced.inserted = found.missing;
        synced.updated = found.different;
        if self.sync.deletes(self.arguments.full) {
            synced.deleted = found.surplus;
        }
        Ok(synced)
    }

    fn run(&self) -> Result<Synced, Failure> {
        let (registry, to) = (&self.repair.engines.registry, self.repair.to);
        let head = SyncHead {
            name: &self.sync.name,
            source: &self.sync.source,
            target: &self.sync.target,
        };
        let begun = registry.begin_sync(to, head);
        let turn = begun.map_err(|error| explained(&error, to))?;
        self.repair.turn.replace(Some(turn));
        let mut synced = self.synced(0);
        let outcome = self.copy(&mut synced);
        if let Err(failure) = &outcome {
            synced.ended = Ended::from(failure);
        }
        let rejects = self.repair.take_rejected();
        let kept = rejects.iter().map(kept).collect::<Vec<_>>();
        show_rejects(rejects, &mut synced);
        if let Some(turn) = self.repair.turn.take() {
            let ended = turn.end(&synced.counts(), &kept, synced.ended.error.as_deref());
            ended.map_err(|error| database::failure(&error))?;
        }
        Ok(synced)
    }

    fn copy(&self, synced: &mut Synced) -> Result<(), Failure> {
        let pair = &self.sync.pair;
        self.repair.ensure_keys(pair)?;
        let surplus = self.sync.deletes(self.arguments.full);
        let mut after = None;
        loop {
            let found = self.repair.compare(pair, Held { surplus, after })?;
            if synced.inserted + synced.updated + synced.deleted == 0 {
                synced.unchanged = found.same;
            }
            let mut repaired = self.repair.delete(pair, &found.keys)?;
            repaired.add(self.repair.write(pair, &found.keys)?);
            synced.add(repaired);
            // A comparison holds a limited number of keys: the next one goes on after them.
            if !found.is_cut {
                break;
            }
            after = found.last();
        }
        let mut waiting = [self.repair.take_rejected()];
        let settled = settle(&self.repair, std::slice::from_ref(pair), &mut waiting)?;
        settled.into_iter().for_each(|one| synced.add(one));
        let [left] = waiting;
        self.repair.rejects.replace(left);
        Ok(())
    }

    fn synced(&self, unchanged: u64) -> Synced {
        Synced {
            sync: self.sync.name.clone(),
            from: bindery::Engine::name(self.repair.from).to_owned(),
            to: bindery::Engine::name(self.repair.to).to_owned(),
            dry_run: self.arguments.dry_run,
            unchanged,
            inserted: 0,
            updated: 0,
            deleted: 0,
            rejects: Vec::new(),
            rejected: 0,
            ended: Ended::default(),
        }
    }
}

/// A rejected row as the target keeps it.
fn kept(row: &RejectedRow) -> TurnReject {
    TurnReject {
        key: row.key.recorded().to_vec(),
        reason: row.reason.clone(),
    }
}

fn show_rejects(rejects: Vec<RejectedRow>, synced: &mut Synced) {
    synced.rejected = rejects.len() as u64;
    let shown = rejects.into_iter().take(SHOWN);
    let shown = shown.map(|RejectedRow { key, reason, .. }| Rejected {
        key: key.shown(),
        reason,
    });
    synced.rejects = shown.collect();
}

impl Synced {
    fn add(&mut self, repaired: Repaired) {
        self.inserted += repaired.inserted;
        self.updated += repaired.updated;
        self.deleted += repaired.deleted;
    }

    fn counts(&self) -> SyncCounts {
        let mut counts = SyncCounts::default();
        counts.inserted = self.inserted;
        counts.updated = self.updated;
        counts.deleted = self.deleted;
        counts.unchanged = self.unchanged;
        counts.rejected = self.rejected;
        counts.read = self.unchanged + self.inserted + self.updated + self.rejected;
        counts
    }

    fn lines(&self, stream: Stream) -> String {
        let Self {
            sync,
            from,
            to,
            inserted,
            updated,
            deleted,
            unchanged,
            ..
        } = self;
        let (paint, word) = match (&self.ended.error, self.dry_run, self.rejected) {
            (Some(_), _, _) => (Paint::Bad, "failed   "),
            (None, true, _) => (Paint::Good, "would    "),
            (None, false, 0) => (Paint::Good, "synced   "),
            (None, false, _) => (Paint::Bad, "rejected "),
        };
        let word = stream.paint(paint, word);
        let mut text = format!(
            "{word}  {sync}, {from} to {to}: {inserted} inserted, {updated} updated, {deleted} deleted; {unchanged} unchanged\n"
        );
        if let Some(error) = &self.ended.error {
            text += &format!("           {error}\n");
        }
        for Rejected { key, reason } in &self.rejects {
            text += &format!("           {to}: key {key} is rejected: {reason}\n");
        }
        let more = self.rejected - self.rejects.len() as u64;
        if more > 0 {
            text += &format!("           {to}: and {more} more\n");
        }
        text
    }
}

/// The rejected rows of a sync; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct Kept {
    sync: String,
    to: String,
    rejects: Vec<Rejected>,
}

/// Lists the rows that the last runs could not copy, those of the program and of the command.
fn list_rejects(
    arguments: &SyncArguments,
    plan: &Plan<'_>,
    engines: &Engines,
    output: &Output,
) -> Result<(), Failure> {
    let mut all = Vec::new();
    for (name, to) in plan.names() {
        let to = plan.chosen(engines, to);
        let rejects = engines.registry.sync_rejects(to, &name, SHOWN);
        let rejects = rejects.map_err(|error| database::failure(&error))?;
        let shown = |reject: bindery::sync::SyncReject| Rejected {
            key: reject.key,
            reason: reject.reason,
        };
        all.push(Kept {
            sync: name,
            to: bindery::Engine::name(to).to_owned(),
            rejects: rejects.into_iter().map(shown).collect(),
        });
    }
    let lines = |kept: &Kept| -> String {
        let Kept { sync, to, .. } = kept;
        let line = |one: &Rejected| format!("{to}: {sync}, key {}: {}\n", one.key, one.reason);
        kept.rejects.iter().map(line).collect()
    };
    output.result(&match arguments.schema.format {
        Format::Json => document(&all),
        Format::Human | Format::Github => all.iter().map(lines).collect(),
    })
}

/// The failure with what to type next.
fn explained(error: &bindery::Error, to: Chosen) -> Failure {
    let shown = database::failure(error);
    match error.kind() {
        ErrorKind::Sync(SyncError::NoTables | SyncError::OldTables) => shown.help(format!(
            "make them: `bindery create --engine {}`",
            bindery::Engine::name(to)
        )),
        _ => shown,
    }
}
