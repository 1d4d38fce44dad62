//! Recovery by a program: it drives the real machines, as `atomic/repairing.rs` does.

use crate::chance::Chance;
use crate::process::Fencing;
use crate::protocol::rules::Rules;
use crate::protocol::{
    Action, Doubt, Event, Fenced, Forgetting, Id, LeftAlone, Listed, Repair, Seen, fence,
};
use crate::run::{Caller, Message, Reply, Request, Run, What};
use crate::server::{BranchState, FenceBegun};
use crate::weather::{CALM, HOME, OLD, RETENTION, Weather};

/// The thing at hand.
#[derive(Debug)]
enum Job<R> {
    Idle,
    /// Listing the engines from this one on.
    Listing(usize),
    Doubting(Doubt<R>, usize, usize),
    Deciding,
    Forgetting(Forgetting, usize),
}

#[derive(Debug)]
pub(crate) struct Recovery<R> {
    job: Job<R>,
    /// Counts the jobs and crashes: answers to an earlier one are of no use.
    number: u32,
    stopped_until: u64,
    /// The process in which it runs, if any.
    host: Option<usize>,
    /// By this much its clock is wrong.
    skew: i64,
    /// Branches that were listed: engine and transaction.
    found: Vec<(usize, usize)>,
    decided: Vec<(usize, u64)>,
    waiting: Vec<Action>,
    fencing: Option<Fencing>,
}

impl<R> Recovery<R> {
    pub(crate) fn new(chance: &mut Chance, weather: &Weather) -> Self {
        let wrong = [5_000, -5_000][chance.place(2)];
        let is_wrong = chance.permille(weather.wrong_clocks);
        let has_host = chance.permille(400);
        let host = chance.place(weather.programs);
        Self {
            job: Job::Idle,
            number: 0,
            stopped_until: 0,
            host: has_host.then_some(host),
            skew: if is_wrong { wrong } else { 0 },
            found: Vec::new(),
            decided: Vec::new(),
            waiting: Vec::new(),
            fencing: None,
        }
    }

    /// One whose clock is right and that nothing happens to.
    pub(crate) fn last() -> Self {
        Self {
            job: Job::Idle,
            number: 0,
            stopped_until: 0,
            host: None,
            skew: 0,
            found: Vec::new(),
            decided: Vec::new(),
            waiting: Vec::new(),
            fencing: None,
        }
    }
}

impl<R: Rules> Run<R> {
    pub(crate) fn has_wrong_clock(&self) -> bool {
        self.recoveries.iter().any(|recovery| recovery.skew != 0)
    }

    /// The names of the branches that a server lists.
    pub(crate) fn names(&self, engine: usize) -> Vec<String> {
        let server = &self.servers[engine];
        let listed = |transaction: &usize| server.list(*transaction) == Listed::There;
        let ours = (0..server.branches.len()).filter(listed);
        let mut names: Vec<String> = ours
            .map(|transaction| format!("bnd1:c{transaction}.home:k-{transaction}:g.e{engine}.0"))
            .collect();
        if self.weather.has_foreign {
            names.push("theirs".to_owned());
        }
        names
    }

    pub(crate) fn sweep(&mut self, place: usize) {
        let recovery = &mut self.recoveries[place];
        recovery.found.clear();
        recovery.job = Job::Listing(HOME);
        self.list_next(place);
    }

    fn ask(&mut self, place: usize, engine: usize, transaction: usize, request: Request) {
        let caller = Caller::Recovery(place, self.recoveries[place].number);
        self.send(Message {
            caller,
            engine,
            transaction,
            request,
            is_own: false,
        });
    }

    fn list_next(&mut self, place: usize) {
        let Job::Listing(last) = &mut self.recoveries[place].job else {
            return;
        };
        *last += 1;
        let next = *last;
        if next < self.servers.len() {
            self.ask(place, next, 0, Request::ListAll);
        } else {
            self.doubt_next(place);
        }
    }

    fn doubt_next(&mut self, place: usize) {
        let Some((engine, transaction)) = self.recoveries[place].found.pop() else {
            self.recoveries[place].job = Job::Deciding;
            return self.ask(place, HOME, 0, Request::Decisions);
        };
        let seen = self.seen(place, transaction);
        let (doubt, actions) = Doubt::start(self.rules, engine, seen);
        self.recoveries[place].job = Job::Doubting(doubt, engine, transaction);
        self.recoveries[place].waiting = actions;
        self.go_on(place);
    }

    fn seen(&self, place: usize, transaction: usize) -> Seen {
        let recovery = &self.recoveries[place];
        let process = self.processes.get(transaction);
        let begun = process.map_or(0, |process| process.begun);
        let age = signed(self.now) - signed(begun) + recovery.skew;
        let is_here = recovery.host == Some(transaction);
        Seen {
            is_old: age >= signed(OLD),
            is_active_here: is_here && process.is_some_and(|process| process.is_active()),
        }
    }

    /// Does the next action of the machine at hand.
    fn go_on(&mut self, place: usize) {
        let recovery = &mut self.recoveries[place];
        let action = recovery.waiting.pop();
        match (&recovery.job, action) {
            (Job::Doubting(_, engine, transaction), Some(action)) => {
                let (engine, transaction) = (*engine, *transaction);
                self.do_for(place, action, engine, transaction);
            }
            (Job::Doubting(doubt, engine, transaction), None) => {
                if let Some(repair) = doubt.repair() {
                    let (engine, transaction) = (*engine, *transaction);
                    self.repaired(engine, transaction, repair);
                    self.doubt_next(place);
                }
            }
            (Job::Forgetting(_, transaction), Some(Action::Forget)) => {
                let transaction = *transaction;
                self.ask(place, HOME, transaction, Request::Do(Action::Forget));
                self.go_on(place);
            }
            (Job::Forgetting(_, transaction), Some(action)) => {
                let transaction = *transaction;
                let engine = engine_of(action);
                self.ask(place, engine, transaction, Request::Do(action));
            }
            (Job::Forgetting(..), None) => self.forget_next(place),
            (Job::Idle | Job::Listing(_) | Job::Deciding, _) => {}
        }
    }

    fn do_for(&mut self, place: usize, action: Action, engine: usize, transaction: usize) {
        match action {
            Action::FenceAbort => {
                let number = self.number();
                let fencing = Fencing::new(number, vec![engine]);
                self.recoveries[place].fencing = Some(fencing);
                self.ask(place, HOME, transaction, Request::FenceInsert(number));
            }
            Action::ReadDecision => self.ask(place, HOME, transaction, Request::Do(action)),
            other => self.ask(place, engine, transaction, Request::Do(other)),
        }
    }

    /// Checks what recovery reports against the servers.
    fn repaired(&mut self, engine: usize, transaction: usize, repair: Repair) {
        let state = self.servers[engine].branches[transaction].state;
        self.tell(|| format!("recovery leaves {transaction} on {engine}: {repair:?}"));
        let is_so = match repair {
            Repair::Committed => state == BranchState::Committed,
            Repair::RolledBack => state == BranchState::RolledBack,
            Repair::Gone => state != BranchState::Prepared,
            Repair::Left(LeftAlone::Stranger) => transaction >= self.processes.len(),
            Repair::Left(LeftAlone::Young | LeftAlone::HomeUnreadable | LeftAlone::Unreachable) => {
                state != BranchState::None
            }
        };
        if !is_so {
            self.breaks("I6: recovery finishes what it says", transaction);
        }
    }

    pub(crate) fn answer_recovery(&mut self, place: usize, number: u32, reply: Reply) {
        let recovery = &self.recoveries[place];
        if recovery.number != number {
            return;
        }
        if recovery.stopped_until > self.now {
            let left = recovery.stopped_until - self.now;
            return self.after(left, What::Answer(Caller::Recovery(place, number), reply));
        }
        if self.recovery_is_struck(place) {
            return self.answer_recovery(place, number, reply);
        }
        match reply {
            Reply::Event(event) => self.take_for(place, event),
            Reply::FenceBegun(begun) => self.recovery_fences(place, begun),
            Reply::FenceLooked(listed) => self.recovery_looked(place, listed),
            Reply::FenceEnded(is_well) => self.recovery_fenced(place, is_well),
            Reply::Names(names) => self.listed_all(place, names),
            Reply::Decisions(decided) => {
                self.recoveries[place].decided = decided.unwrap_or_default();
                self.forget_next(place);
            }
        }
    }

    /// Is it killed or stopped at this moment? One that is killed begins anew.
    fn recovery_is_struck(&mut self, place: usize) -> bool {
        if self.chance.permille(self.weather.kills) {
            self.recoveries[place].number += 1;
            self.recoveries[place].job = Job::Idle;
            let again = self.chance.within(50, 500);
            self.after(again, What::Sweep(place));
            return true;
        }
        let stops = self.chance.permille(self.weather.stops);
        if stops {
            let time = Weather::stop(&mut self.chance);
            self.recoveries[place].stopped_until = self.now + time;
            self.tell(|| format!("recovery {place} stands still for {time}"));
        }
        stops
    }

    fn take_for(&mut self, place: usize, event: Event) {
        let recovery = &mut self.recoveries[place];
        let mut actions = std::mem::take(&mut recovery.waiting);
        match &mut recovery.job {
            Job::Doubting(doubt, ..) => doubt.take(event, &mut actions),
            Job::Forgetting(forgetting, _) => forgetting.take(event, &mut actions),
            Job::Idle | Job::Listing(_) | Job::Deciding => {}
        }
        recovery.waiting = actions;
        self.go_on(place);
    }

    fn listed_all(&mut self, place: usize, names: Option<Vec<String>>) {
        let Job::Listing(engine) = self.recoveries[place].job else {
            return;
        };
        let names = names.unwrap_or_default();
        let ours = names.iter().filter_map(|name| Id::parse(name));
        let found = ours.filter_map(|id| Some((engine, transaction_of(&id)?)));
        self.recoveries[place].found.extend(found);
        self.list_next(place);
    }

    fn recovery_fences(&mut self, place: usize, begun: Option<FenceBegun>) {
        let Job::Doubting(_, engine, transaction) = self.recoveries[place].job else {
            return;
        };
        match begun {
            Some(FenceBegun::Inserted) => {
                self.ask(place, engine, transaction, Request::FenceLook(engine));
            }
            Some(FenceBegun::Taken) => self.take_for(place, Event::Fenced(Fenced::Decided)),
            Some(FenceBegun::Waits) | None => self.take_for(place, Event::Fenced(Fenced::Failed)),
        }
    }

    fn recovery_looked(&mut self, place: usize, listed: Listed) {
        let Job::Doubting(_, _, transaction) = self.recoveries[place].job else {
            return;
        };
        let rules = self.rules;
        let Some(fencing) = &mut self.recoveries[place].fencing else {
            return;
        };
        fencing.ends = fence(rules, &[listed]);
        let request = Request::FenceEnd(fencing.number, fencing.ends == Fenced::Decided);
        self.ask(place, HOME, transaction, request);
    }

    fn recovery_fenced(&mut self, place: usize, is_well: bool) {
        let Some(fencing) = self.recoveries[place].fencing.take() else {
            return;
        };
        let fenced = match fencing.ends {
            Fenced::Decided if !is_well => Fenced::Failed,
            other => other,
        };
        self.take_for(place, Event::Fenced(fenced));
    }

    fn forget_next(&mut self, place: usize) {
        let Some((transaction, at)) = self.recoveries[place].decided.pop() else {
            return self.rest(place);
        };
        let seen = self.seen(place, transaction);
        if seen.is_active_here {
            return self.forget_next(place);
        }
        let age = signed(self.now) - signed(at) + self.recoveries[place].skew;
        let is_late = age >= signed(RETENTION);
        let branches = self.processes[transaction].wrote().filter(|at| *at != HOME);
        let branches: Vec<usize> = branches.collect();
        let (forgetting, actions) = Forgetting::start(self.rules, is_late, branches);
        self.recoveries[place].job = Job::Forgetting(forgetting, transaction);
        self.recoveries[place].waiting = actions;
        self.go_on(place);
    }

    fn rest(&mut self, place: usize) {
        self.recoveries[place].job = Job::Idle;
        self.recoveries[place].number += 1;
        if self.now < CALM {
            let pause = self.chance.within(50, 800);
            self.after(pause, What::Sweep(place));
        }
    }
}

fn engine_of(action: Action) -> usize {
    match action {
        Action::List(at) => at,
        _ => HOME,
    }
}

fn signed(time: u64) -> i64 {
    i64::try_from(time).unwrap_or(i64::MAX)
}

/// The number in the name of its coordinator.
fn transaction_of(id: &Id) -> Option<usize> {
    let (number, _) = id.coordinator.strip_prefix('c')?.split_once('.')?;
    number.parse().ok()
}
