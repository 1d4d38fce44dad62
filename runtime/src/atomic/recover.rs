//! Recovery: finishes what lost coordinators left prepared, and forgets decisions that are of no more use. A dry run lists what is
//! there by `listing`.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use super::fence;
use super::homes::{Decisions, LostHomes};
use super::names::Branch;
use super::protocol::{Action, AllRules, Event, Forgetting, Listed};
use super::repairing::{Doubting, Repairing};
use super::report::{PreparedSlots, RecoveryReport};
use super::store::Decided;
use super::{AtomicGroup, store};
use crate::databases::{Configured, Registry};
use crate::driver::Physical;
use crate::driver::prepared::{Gid, Owner, PreparedBranch};
use crate::error::{Error, ErrorKind, Result};
use crate::link::slots::branches::{elsewhere, extend};
use crate::observe;
use bindery_core::dialect::Dialect;

/// How long one step may take: an engine that is down must not keep the others waiting.
pub(super) const STEP: Duration = Duration::from_secs(5);
/// How long an engine may take to list its branches: PostgreSQL needs seconds for a hundred thousand.
const LISTING: Duration = Duration::from_secs(30);
/// How long decisions are kept at least.
const RETENTION: Duration = Duration::from_mins(10);
/// A shorter time would take their outcome from programs that only waited for a home that was restarted.
const SHORTEST_RETENTION: Duration = Duration::from_mins(1);
const OLD: Duration = Duration::from_secs(10);

/// How recovery is run.
#[derive(Debug, Clone)]
#[must_use = "options do nothing until recovery is run with them"]
pub struct RecoverOptions {
    pub(super) older_than: Duration,
    pub(super) retention: Duration,
    pub(super) is_dry: bool,
    engines: Vec<String>,
    left_out: Vec<&'static str>,
}

/// Undecided branches are left alone for 10 seconds, and decisions are kept for 10 minutes.
impl Default for RecoverOptions {
    fn default() -> Self {
        Self {
            older_than: OLD,
            retention: RETENTION,
            is_dry: false,
            engines: Vec::new(),
            left_out: Vec::new(),
        }
    }
}

impl RecoverOptions {
    /// Returns the defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Leaves undecided branches alone that are younger: their program may be at work on them. One that is rolled back too early
    /// makes that program's transaction fail as a whole; it cannot split it.
    pub fn older_than(mut self, age: Duration) -> Self {
        self.older_than = age;
        self
    }

    /// Keeps decisions for at least this time, a minute or more. A program that lost the answer to its commit, and stands still
    /// for longer than the decision is kept, can never know its outcome; it is not split by that.
    ///
    /// # Errors
    /// [`ErrorKind::Config`]: less than a minute.
    pub fn retention(mut self, retention: Duration) -> Result<Self> {
        if retention < SHORTEST_RETENTION {
            let why = format!(
                "decisions cannot be kept for {retention:?} only: a program that waits for its home could not know its outcome any \
                 more; keep them for {SHORTEST_RETENTION:?} or longer"
            );
            return Err(Error::new(ErrorKind::Config(why)));
        }
        self.retention = retention;
        Ok(self)
    }

    /// Changes nothing: only lists what is in doubt, and what would become of it.
    pub fn dry_run(mut self) -> Self {
        self.is_dry = true;
        self
    }

    /// Only the branches on this engine; can be called for several.
    pub fn engine(mut self, name: impl Into<String>) -> Self {
        self.engines.push(name.into());
        self
    }

    /// Without these engines, which could not be reached a short time ago.
    pub(super) fn without(mut self, engines: Vec<&'static str>) -> Self {
        self.left_out = engines;
        self
    }

    pub(super) fn wants(&self, engine: &str) -> bool {
        let is_chosen = self.engines.is_empty() || self.engines.iter().any(|name| name == engine);
        is_chosen && !self.left_out.contains(&engine)
    }
}

impl Registry {
    /// Finishes what lost programs have left prepared on the engines of these groups, for generated code and tools.
    #[doc(hidden)]
    pub fn recover_groups(
        &self,
        groups: &[AtomicGroup<'_>],
        options: &RecoverOptions,
    ) -> RecoveryReport {
        self.recover_groups_with(groups, options, &|_, _, _| ())
    }

    /// The same, with its progress: an engine, how many of the branches found there are dealt with, and how many there are.
    #[doc(hidden)]
    pub fn recover_groups_with(
        &self,
        groups: &[AtomicGroup<'_>],
        options: &RecoverOptions,
        progress: &dyn Fn(&'static str, usize, usize),
    ) -> RecoveryReport {
        let mut report = RecoveryReport::default();
        let lost = LostHomes::new(&options.left_out);
        let mut engines: Vec<usize> = groups
            .iter()
            .flat_map(|group| group.engines)
            .copied()
            .collect();
        engines.sort_unstable();
        engines.dedup();
        for engine in engines.iter().map(|at| &self.engines[*at]) {
            if prepares(engine) && options.wants(engine.info.name()) {
                self.recover_engine(engine, (options, &lost), &mut report, progress);
            }
        }
        for home in homes(groups) {
            let home = &self.engines[home];
            if options.left_out.contains(&home.info.name()) {
                continue;
            }
            if let Err(error) = self.recover_home(home, options, &mut report) {
                let name = home.info.name();
                if options.wants(name) && report.unreachable.iter().all(|(one, _)| *one != name) {
                    report.unreachable.push((name, error));
                }
            }
        }
        for engine in engines.iter().map(|at| &self.engines[*at]) {
            if options.wants(engine.info.name()) {
                record(engine.info.name(), &report);
            }
        }
        report
    }

    /// Reports and forgets the decisions of a home.
    fn recover_home(
        &self,
        home: &Configured,
        options: &RecoverOptions,
        report: &mut RecoveryReport,
    ) -> Result<()> {
        let mut decisions = on_engine(home, store::decisions)?;
        self.report_mixed(home, &mut decisions, options, report);
        if options.is_dry {
            self.report_awaited(&decisions, report);
            return Ok(());
        }
        report.forgotten += self.forget(home, decisions, options)?;
        Ok(())
    }

    fn recover_engine(
        &self,
        engine: &Configured,
        (options, lost): (&RecoverOptions, &LostHomes),
        report: &mut RecoveryReport,
        progress: &dyn Fn(&'static str, usize, usize),
    ) {
        let listed = match list_prepared(engine) {
            Ok(listed) => listed,
            Err(error) => return report.unreachable.push((engine.info.name(), error)),
        };
        // Where this fails, so does what follows, and says so.
        if let Ok(Some(slots)) = on_engine(engine, |physical| physical.prepared_slots()) {
            report.slots.push(PreparedSlots {
                engine: engine.info.name(),
                used: slots.used,
                most: slots.most,
            });
        }
        if options.is_dry {
            return self.list_branches(engine, listed, (options, lost), report);
        }
        let mut decisions = Decisions::of(listed.len());
        let found = listed.into_iter();
        let found = found.filter_map(|prepared| Repairing::new(self, (engine, lost), prepared));
        let mut found: Vec<_> = found.collect();
        look_for_owners(engine, &mut found);
        let found = found.into_iter();
        let mut found: Vec<_> = found.map(|it| Doubting::start(it, options)).collect();
        let (mut ended, of) = (0, found.len());
        let mut end = || {
            ended += 1;
            progress(engine.info.name(), ended, of);
        };
        for doubting in &mut found {
            doubting.go_on(&mut decisions);
            if !doubting.awaits_fence() {
                end();
            }
        }
        fence::all(engine, &mut found, &mut end);
        report
            .branches
            .extend(found.iter().filter_map(Doubting::described));
    }

    /// Deletes those decisions of a home that no branch needs any more.
    fn forget(
        &self,
        home: &Configured,
        decisions: Vec<Decided>,
        options: &RecoverOptions,
    ) -> Result<usize> {
        // After the decisions: a branch that is not there now will not come back.
        let mut listings = Listings::default();
        let mut forgotten = 0;
        for decided in decisions.into_iter().filter(|decided| !decided.is_mixed) {
            if home.coordinators.is_active(&decided.transaction) {
                // The outcome of this one may still be looked up by its handle.
                continue;
            }
            let age = store::now_ms().saturating_sub(decided.created_ms);
            let is_late = u128::from(age) >= options.retention.as_millis();
            let branches = 0..decided.branches.len();
            let (mut forgetting, mut actions) = Forgetting::start(AllRules, is_late, branches);
            while let Some(action) = actions.pop() {
                match action {
                    Action::List(at) => {
                        let branch = &decided.branches[at].name;
                        let listed = listings.look(self, &decided.transaction, branch);
                        forgetting.take(Event::Listed(at, listed), &mut actions);
                    }
                    Action::Forget => {
                        on_engine(home, |physical| {
                            store::forget(physical, &decided.transaction)
                        })?;
                        forgotten += 1;
                    }
                    _ => {}
                }
            }
        }
        Ok(forgotten)
    }
}

/// The branches that engines list as prepared: each is listed once, whatever number of branches is looked for.
#[derive(Default)]
struct Listings(BTreeMap<&'static str, Option<HashSet<Gid>>>);

impl Listings {
    /// Looks up whether a branch is listed as prepared on its engine; each engine is listed once.
    fn look(&mut self, registry: &Registry, transaction: &str, branch: &str) -> Listed {
        let engine = Branch::parse(branch).and_then(|it| registry.configured(it.engine).ok());
        let (Some(engine), Some(gid)) = (engine, Gid::new(&format!("{transaction}:{branch}")))
        else {
            return Listed::Unreadable;
        };
        let listed = || {
            Some(
                list_prepared(engine)
                    .ok()?
                    .into_iter()
                    .map(|one| one.gid)
                    .collect(),
            )
        };
        match self.0.entry(engine.info.name()).or_insert_with(listed) {
            Some(listed) if listed.contains(&gid) => Listed::There,
            Some(_) => Listed::Gone,
            None => Listed::Unreadable,
        }
    }
}

/// Finds out at once which of the sessions that prepared these branches have ended.
fn look_for_owners(engine: &Configured, branches: &mut [Repairing<'_>]) {
    let sessions: Vec<u32> = branches.iter().map(|branch| branch.session).collect();
    if sessions.is_empty() {
        return;
    }
    // Of one that is not known to have ended it is looked for later, for each by itself.
    let gone = on_engine(engine, |physical| physical.gone_owners(&sessions)).unwrap_or_default();
    for branch in branches.iter_mut().filter(|it| gone.contains(&it.session)) {
        branch.owner = Owner::IsGone;
    }
}

/// The homes of these groups, each once.
fn homes(groups: &[AtomicGroup<'_>]) -> Vec<usize> {
    let mut homes: Vec<usize> = groups.iter().map(|group| group.home).collect();
    homes.sort_unstable();
    homes.dedup();
    homes
}

/// Whether the engine prepares branches: SQLite prepares none.
fn prepares(engine: &Configured) -> bool {
    match engine.info.dialect {
        Dialect::Sqlite => false,
        Dialect::Postgres | Dialect::Mysql => true,
    }
}

pub(super) fn on_engine<T>(
    engine: &Configured,
    work: impl FnOnce(&mut Physical) -> Result<T>,
) -> Result<T> {
    elsewhere(&engine.pool, STEP, |link| link.protocol(work))
}

pub(super) fn list_prepared(engine: &Configured) -> Result<Vec<PreparedBranch>> {
    elsewhere(&engine.pool, STEP, |link| {
        link.protocol(|physical| {
            extend(physical, LISTING);
            physical.prepared_branches()
        })
    })
}

/// The metrics of an engine after recovery has looked at it.
fn record(engine: &'static str, report: &RecoveryReport) {
    let of_engine = || report.in_doubt().filter(|branch| branch.engine == engine);
    let oldest = of_engine().filter_map(|branch| branch.age).max();
    let slots = report.slots.iter().find(|slots| slots.engine == engine);
    let slots = slots.map(|slots| (slots.used, slots.most));
    let count = of_engine().count();
    observe::record_in_doubt(engine, (count, oldest.unwrap_or_default()), slots);
}
