//! Recovery: finishes what lost coordinators left prepared, and forgets decisions that are of no more use. A dry run lists what is
//! there by `listing`.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;

use super::names::{self, Branch};
use super::protocol::{
    Action, AllRules, Decision, Doubt, Event, Fenced, Finished, Forgetting, Id, Listed, Pause, Seen,
};
use super::report::{DoubtfulBranch, Fate, PreparedSlots, RecoveryReport};
use super::store::Decided;
use super::{AtomicGroup, store};
use crate::databases::{Configured, Registry};
use crate::driver::Physical;
use crate::driver::prepared::{Gid, Owner, PreparedBranch};
use crate::error::{Error, ErrorKind, Result};
use crate::link::slots::branches::elsewhere;
use crate::observe;
use bindery_core::dialect::Dialect;

/// How long one step may take: an engine that is down must not keep the others waiting.
const STEP: Duration = Duration::from_secs(5);
/// So long a session that holds a branch may still be at work on it.
const OWNERS_TIME: Duration = Duration::from_secs(1);
/// How long decisions are kept at least.
const RETENTION: Duration = Duration::from_mins(10);
/// A shorter time would take their outcome from programs that only waited for a home that was restarted.
const SHORTEST_RETENTION: Duration = Duration::from_mins(1);
const OLD: Duration = Duration::from_secs(10);

/// How recovery is run.
#[derive(Debug, Clone)]
#[must_use = "options do nothing until recovery is run with them"]
pub struct RecoverOptions {
    older_than: Duration,
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
        groups: &[AtomicGroup],
        options: &RecoverOptions,
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
            if prepares(engine) && options.wants(engine.info.name) {
                self.recover_engine(engine, options, &lost, &mut report);
            }
        }
        for home in homes(groups) {
            let home = &self.engines[home];
            if options.left_out.contains(&home.info.name) {
                continue;
            }
            if let Err(error) = self.recover_home(home, options, &mut report) {
                let name = home.info.name;
                if options.wants(name) && report.unreachable.iter().all(|(one, _)| *one != name) {
                    report.unreachable.push((name, error));
                }
            }
        }
        for engine in engines.iter().map(|at| &self.engines[*at]) {
            if options.wants(engine.info.name) {
                record(engine.info.name, &report);
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
        let mut decisions = on(home, store::decisions)?;
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
        options: &RecoverOptions,
        lost: &LostHomes,
        report: &mut RecoveryReport,
    ) {
        let listed = match list(engine) {
            Ok(listed) => listed,
            Err(error) => return report.unreachable.push((engine.info.name, error)),
        };
        // Where this fails, so does what follows, and says so.
        if let Ok(Some(slots)) = on(engine, |physical| physical.prepared_slots()) {
            report.slots.push(PreparedSlots {
                engine: engine.info.name,
                used: slots.used,
                most: slots.most,
            });
        }
        if options.is_dry {
            return self.list_branches(engine, listed, (options, lost), report);
        }
        let found = listed.into_iter();
        let found = found.filter_map(|prepared| Repairing::new(self, (engine, lost), prepared));
        let mut found: Vec<_> = found.collect();
        look_for_owners(engine, &mut found);
        for repairing in found {
            if let Some(fate) = repairing.run(options) {
                report.branches.push(repairing.described(fate));
            }
        }
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
                        on(home, |physical| {
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
    /// Is a branch listed as prepared on its engine?
    fn look(&mut self, registry: &Registry, transaction: &str, branch: &str) -> Listed {
        let engine = Branch::parse(branch).and_then(|it| registry.configured(it.engine).ok());
        let (Some(engine), Some(gid)) = (engine, Gid::new(&format!("{transaction}:{branch}")))
        else {
            return Listed::Unreadable;
        };
        let listed = || Some(list(engine).ok()?.into_iter().map(|one| one.gid).collect());
        match self.0.entry(engine.info.name).or_insert_with(listed) {
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
    let gone = on(engine, |physical| physical.gone_owners(&sessions)).unwrap_or_default();
    for branch in branches.iter_mut().filter(|it| gone.contains(&it.session)) {
        branch.owner = Owner::IsGone;
    }
}

/// The homes of these groups, each once.
fn homes(groups: &[AtomicGroup]) -> Vec<usize> {
    let mut homes: Vec<usize> = groups.iter().map(|group| group.home).collect();
    homes.sort_unstable();
    homes.dedup();
    homes
}

/// Has it branches? SQLite prepares none.
fn prepares(engine: &Configured) -> bool {
    match engine.info.dialect {
        Dialect::Sqlite => false,
        Dialect::Postgres | Dialect::Mysql => true,
    }
}

/// By the clock of the program that began it; it only delays.
fn age_of(id: &Id) -> Option<Duration> {
    let begun = names::begun_ms(id)?;
    Some(Duration::from_millis(store::now_ms().saturating_sub(begun)))
}

pub(super) fn on<T>(
    engine: &Configured,
    work: impl FnOnce(&mut Physical) -> Result<T>,
) -> Result<T> {
    elsewhere(&engine.pool, STEP, |link| link.protocol(work))
}

fn list(engine: &Configured) -> Result<Vec<PreparedBranch>> {
    on(engine, |physical| physical.prepared_branches())
}

/// Homes that could not be reached by this recovery: each is waited for once, not for every branch that it decides.
pub(super) struct LostHomes(RefCell<BTreeSet<&'static str>>);

impl LostHomes {
    fn new(left_out: &[&'static str]) -> Self {
        Self(RefCell::new(left_out.iter().copied().collect()))
    }

    /// `None` where it could not be reached before.
    fn on<T>(
        &self,
        home: &Configured,
        work: impl FnOnce(&mut Physical) -> Result<T>,
    ) -> Option<Result<T>> {
        let name = home.info.name;
        if self.0.borrow().contains(name) {
            return None;
        }
        let done = on(home, work);
        if done.as_ref().is_err_and(Error::is_of_reaching) {
            self.0.borrow_mut().insert(name);
        }
        Some(done)
    }
}

/// One branch that was found prepared.
pub(super) struct Repairing<'r> {
    engine: &'r Configured,
    lost: &'r LostHomes,
    /// `None` where the program has no such engine.
    pub(super) home: Option<&'r Configured>,
    prepared: PreparedBranch,
    pub(super) id: Id,
    group: String,
    session: u32,
    owner: Owner,
    age: Option<Duration>,
    /// A statement was refused for want of a right.
    is_forbidden: Cell<bool>,
}

impl<'r> Repairing<'r> {
    /// `None` where it is none of ours, or of another database: a server lists the branches of all.
    pub(super) fn new(
        registry: &'r Registry,
        (engine, lost): (&'r Configured, &'r LostHomes),
        prepared: PreparedBranch,
    ) -> Option<Self> {
        let id = Id::parse(prepared.gid.as_str())?;
        let branch = Branch::parse(&id.branch).filter(|it| it.engine == engine.info.name)?;
        Some(Self {
            engine,
            lost,
            home: registry.configured(names::home(&id.coordinator)).ok(),
            age: prepared.age.or_else(|| age_of(&id)),
            group: branch.group.to_owned(),
            session: branch.session,
            owner: Owner::MayEnd,
            is_forbidden: Cell::new(!prepared.may_finish),
            prepared,
            id,
        })
    }

    pub(super) fn described(&self, fate: Fate) -> DoubtfulBranch {
        DoubtfulBranch {
            engine: self.engine.info.name,
            group: self.group.clone(),
            transaction: self.id.decision(),
            age: self.age,
            fate,
        }
    }

    pub(super) fn seen(&self, options: &RecoverOptions) -> Seen {
        let home = self.home.map(|home| &home.coordinators);
        Seen {
            is_old: self.age.is_none_or(|age| age >= options.older_than),
            is_active_here: home.is_some_and(|home| home.is_active(&self.id.decision())),
        }
    }

    /// `None` where another has finished it since it was listed.
    fn run(&self, options: &RecoverOptions) -> Option<Fate> {
        const BRANCH: usize = 0;
        let (transaction, seen) = (self.id.decision(), self.seen(options));
        let (mut doubt, mut actions) = Doubt::start(AllRules, BRANCH, seen);
        while let Some(action) = actions.pop() {
            if let Some(event) = self.perform(action, &transaction) {
                doubt.take(event, &mut actions);
            }
        }
        match doubt.repair() {
            Some(repair) => Fate::of(repair).map(|fate| self.allowed(fate)),
            None => Some(self.allowed(Fate::Unreachable)),
        }
    }

    /// The fate, where the rights of the users are enough for it.
    pub(super) fn allowed(&self, fate: Fate) -> Fate {
        let needs_rights = matches!(
            fate,
            Fate::WillCommit | Fate::WillRollBack | Fate::Unreachable | Fate::HomeUnreachable
        );
        match self.is_forbidden.get() && needs_rights {
            true => Fate::Forbidden,
            false => fate,
        }
    }

    /// Notes why something could not be done.
    pub(super) fn note(&self, kind: &ErrorKind) {
        if *kind == ErrorKind::PermissionDenied {
            self.is_forbidden.set(true);
        }
    }

    fn noted<T>(&self, outcome: Result<T>) -> Result<T> {
        outcome.inspect_err(|error| self.note(error.kind()))
    }

    fn perform(&self, action: Action, transaction: &str) -> Option<Event> {
        match action {
            Action::ReadDecision => Some(Event::Read(self.read(transaction))),
            Action::FenceAbort => Some(Event::Fenced(self.fence(transaction))),
            Action::CommitPrepared(at) => Some(Event::Finished(at, self.finish(true))),
            Action::RollBackPrepared(at) => Some(Event::Finished(at, self.finish(false))),
            Action::List(at) => Some(Event::Listed(at, self.listed())),
            Action::EndOwner(at) => {
                // A program or another recovery that is finishing it has done so by then.
                std::thread::sleep(OWNERS_TIME);
                if matches!(self.listed(), Listed::There) {
                    // Whether it could be ended shows the next attempt.
                    let _ = on(self.engine, |physical| physical.end_session(self.session));
                    std::thread::sleep(Duration::from_millis(50));
                }
                Some(Event::OwnerEnded(at))
            }
            Action::Pause(Pause::Home | Pause::Branch(_))
            | Action::End(_)
            | Action::BeginHome
            | Action::CommitAlone(_)
            | Action::Prepare(_)
            | Action::InsertDecision
            | Action::CommitHome
            | Action::RollBack(_)
            | Action::Close(_)
            | Action::GiveBack(_)
            | Action::Forget => None,
        }
    }

    pub(super) fn read(&self, transaction: &str) -> Decision {
        let Some(home) = self.home else {
            return Decision::Stranger;
        };
        let id = (transaction, &*self.id.coordinator);
        let read = self.lost.on(home, |physical| store::read(physical, id));
        let read = read.and_then(|read| self.noted(read).ok());
        read.unwrap_or(Decision::Unreadable)
    }

    fn fence(&self, transaction: &str) -> Fenced {
        let id = (transaction, &*self.id.coordinator);
        let look = || vec![self.listed()];
        let insert =
            |physical: &mut Physical| store::insert_abort(physical, id, &self.id.branch, look);
        let fenced = self.home.and_then(|home| self.lost.on(home, insert));
        let fenced = fenced.and_then(|fenced| self.noted(fenced).ok());
        fenced.unwrap_or(Fenced::Failed)
    }

    fn finish(&self, commits: bool) -> Finished {
        let gid = &self.prepared.gid;
        let finished = elsewhere(&self.engine.pool, STEP, |link| {
            link.finish_branch(gid, commits, self.owner)
        });
        match self.noted(finished) {
            Ok(true) => Finished::Done,
            Ok(false) => Finished::NotThere,
            Err(_) => Finished::Failed,
        }
    }

    fn listed(&self) -> Listed {
        match list(self.engine) {
            Ok(listed) if listed.iter().any(|one| one.gid == self.prepared.gid) => Listed::There,
            Ok(_) => Listed::Gone,
            Err(_) => Listed::Unreadable,
        }
    }
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
