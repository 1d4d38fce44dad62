//! A program that commits one transaction: it drives the real coordinator, as `atomic/commit.rs` does.

use crate::chance::Chance;
use crate::protocol::rules::Rules;
use crate::protocol::{
    Action, Cause, Coordinator, Event, Fenced, Listed, Outcome, Pause, Work, fence,
};
use crate::run::{Caller, Message, Reply, Request, Run, What};
use crate::server::{BranchState, FenceBegun, Server, ServerKind};
use crate::weather::{HOME, RETENTION, Weather};

/// An abort that is being written: its number, and the branches that are looked for.
#[derive(Debug)]
pub(crate) struct Fencing {
    pub(crate) number: u64,
    pub(crate) waiting: Vec<usize>,
    pub(crate) listed: Vec<Listed>,
    pub(crate) ends: Fenced,
}

impl Fencing {
    pub(crate) fn new(number: u64, branches: Vec<usize>) -> Self {
        Self {
            number,
            waiting: branches,
            listed: Vec::new(),
            ends: Fenced::Failed,
        }
    }
}

#[derive(Debug)]
pub(crate) struct Process<R> {
    pub(crate) work: Vec<Work>,
    machine: Option<Coordinator<R>>,
    pub(crate) lives: bool,
    life: u32,
    stopped_until: u64,
    pub(crate) begun: u64,
    broken: Vec<bool>,
    /// Requests without an answer, beside pauses.
    requests: u32,
    fencing: Option<Fencing>,
    pub(crate) told: Option<Outcome>,
    /// It committed one engine plainly: no decision is kept.
    is_alone: bool,
    pub(crate) is_forgotten: bool,
    /// Something went wrong with it, so it may be rolled back.
    pub(crate) is_disturbed: bool,
}

impl<R: Rules> Process<R> {
    pub(crate) fn new(place: usize, chance: &mut Chance, servers: &mut [Server]) -> Self {
        let mut is_disturbed = false;
        let mut work = Vec::new();
        for server in servers.iter_mut() {
            let done = some_work(server.kind, work.is_empty(), chance);
            let branch = &mut server.branches[place];
            branch.has_written = done.has_written;
            branch.has_failed = done.has_failed;
            // A failure that its program has not seen, as where the answer of a statement that was cut off is not read.
            branch.has_failed |=
                server.kind == ServerKind::Postgres && done.has_written && chance.permille(20);
            branch.is_refused = done.has_written && chance.permille(50);
            is_disturbed |= branch.has_failed || branch.is_refused;
            work.push(done);
        }
        Self {
            broken: vec![false; work.len()],
            work,
            machine: None,
            lives: true,
            life: 0,
            stopped_until: 0,
            begun: 0,
            requests: 0,
            fencing: None,
            told: None,
            is_alone: false,
            is_forgotten: false,
            is_disturbed,
        }
    }

    pub(crate) fn is_broken(&self, engine: usize) -> bool {
        self.broken[engine]
    }

    pub(crate) fn break_off(&mut self, engine: usize) {
        self.broken[engine] = true;
    }

    /// Is it still at work on its transaction?
    pub(crate) fn is_active(&self) -> bool {
        self.lives && self.machine.is_some() && (self.requests > 0 || self.told.is_none())
    }

    pub(crate) fn wrote(&self) -> impl Iterator<Item = usize> {
        let all = self.work.iter().enumerate();
        all.filter(|(_, work)| work.has_written).map(|(at, _)| at)
    }

    /// It lives and does not know what became of its transaction, though that could be learnt.
    pub(crate) fn is_left_unknown(&self) -> bool {
        let is_unknown = self.told.is_none() && self.machine.is_some();
        self.lives && is_unknown && !self.is_alone && !self.is_forgotten
    }
}

fn some_work(kind: ServerKind, is_home: bool, chance: &mut Chance) -> Work {
    let is_begun = chance.permille(900);
    let has_written = is_begun && chance.permille(850);
    Work {
        is_begun,
        has_written,
        has_failed: has_written && chance.permille(40),
        only_prepares: is_begun && kind == ServerKind::Mysql && !is_home,
    }
}

impl<R: Rules> Run<R> {
    pub(crate) fn start(&mut self, place: usize) {
        let begins_home = self.processes[place].work[HOME].is_begun;
        let is_up = |server: &Server| server.is_up;
        let is_ready = self.servers.iter().all(is_up)
            && !(begins_home && self.servers[HOME].is_locked_for(place));
        if !is_ready {
            return self.after(50, What::Start(place));
        }
        let work = self.processes[place].work.clone();
        for (at, _) in work.iter().enumerate().filter(|(_, work)| work.is_begun) {
            self.servers[at].begin(place);
        }
        let (machine, actions) = Coordinator::start(self.rules, HOME, &work);
        let process = &mut self.processes[place];
        process.machine = Some(machine);
        process.begun = self.now;
        self.do_all(place, actions);
    }

    pub(crate) fn answer_process(&mut self, place: usize, life: u32, reply: Reply) {
        let process = &self.processes[place];
        if process.life != life {
            return;
        }
        if process.stopped_until > self.now {
            let left = process.stopped_until - self.now;
            return self.after(left, What::Answer(Caller::Process(place, life), reply));
        }
        if self.is_struck(place) {
            return self.answer_process(place, life, reply);
        }
        self.processes[place].requests -= 1;
        match reply {
            Reply::Event(event) => self.take(place, event),
            Reply::FenceBegun(begun) => self.fence_begun(place, begun),
            Reply::FenceLooked(listed) => self.fence_looked(place, listed),
            Reply::FenceEnded(is_well) => self.fence_ended(place, is_well),
            Reply::Names(_) | Reply::Decisions(_) => {}
        }
    }

    pub(crate) fn repeat_process(&mut self, place: usize, life: u32, event: Event) {
        let process = &self.processes[place];
        if process.life == life && process.stopped_until <= self.now {
            self.take(place, event);
        }
    }

    /// Is it killed or stopped at this moment?
    fn is_struck(&mut self, place: usize) -> bool {
        if self.chance.permille(self.weather.kills) {
            self.kill(place);
            return true;
        }
        let stops = self.chance.permille(self.weather.stops);
        if stops {
            let time = Weather::stop(&mut self.chance);
            self.processes[place].stopped_until = self.now + time;
            self.processes[place].is_disturbed = true;
            self.tell(|| format!("process {place} stands still for {time}"));
        }
        stops
    }

    fn kill(&mut self, place: usize) {
        self.tell(|| format!("process {place} is killed"));
        for engine in 0..self.servers.len() {
            self.break_connection(place, engine);
        }
        let process = &mut self.processes[place];
        process.life += 1;
        process.lives = false;
    }

    fn take(&mut self, place: usize, event: Event) {
        let mut actions = Vec::new();
        if let Some(machine) = &mut self.processes[place].machine {
            machine.take(event, &mut actions);
        }
        self.do_all(place, actions);
    }

    fn do_all(&mut self, place: usize, actions: Vec<Action>) {
        for action in actions {
            self.do_one(place, action);
        }
        // Nothing is under way, not even a pause.
        if self.processes[place].requests == 0 {
            self.learn(place);
            self.look_for_end(place);
        }
    }

    fn do_one(&mut self, place: usize, action: Action) {
        let own = |at: usize| (at, true);
        let (engine, is_own) = match action {
            Action::Pause(pause) => return self.pause(place, pause),
            Action::FenceAbort => return self.begin_fence(place),
            Action::Close(at) => return self.break_connection(place, at),
            Action::GiveBack(at) => return self.give_back(place, at),
            Action::RollBack(at) => return self.roll_back(place, at),
            Action::Forget => return,
            Action::CommitAlone(at) => {
                self.processes[place].is_alone = true;
                own(at)
            }
            Action::End(at) | Action::Prepare(at) => own(at),
            Action::BeginHome | Action::InsertDecision | Action::CommitHome => own(HOME),
            Action::ReadDecision => (HOME, false),
            Action::CommitPrepared(at) | Action::RollBackPrepared(at) | Action::List(at) => {
                (at, !self.processes[place].is_broken(at))
            }
            Action::EndOwner(at) => (at, false),
        };
        self.request(place, engine, Request::Do(action), is_own);
    }

    fn request(&mut self, place: usize, engine: usize, request: Request, is_own: bool) {
        self.processes[place].requests += 1;
        self.send(Message {
            caller: self.caller(place),
            engine,
            transaction: place,
            request,
            is_own,
        });
    }

    fn caller(&self, place: usize) -> Caller {
        Caller::Process(place, self.processes[place].life)
    }

    /// Over a connection that is broken nothing can be sent; the server undoes it by itself.
    fn roll_back(&mut self, place: usize, engine: usize) {
        if !self.processes[place].is_broken(engine) {
            self.servers[engine].roll_back(place);
        }
    }

    fn give_back(&mut self, place: usize, engine: usize) {
        if !self.processes[place].is_broken(engine) {
            self.servers[engine].reset(place);
        }
    }

    fn pause(&mut self, place: usize, pause: Pause) {
        let delay = self.chance.within(10, 60);
        let caller = self.caller(place);
        // The caller may take what is known so far for the outcome meanwhile.
        if self.processes[place].requests == 0 {
            self.learn(place);
        }
        self.processes[place].requests += 1;
        self.after(delay, What::Answer(caller, Reply::Event(Event::Now(pause))));
    }

    fn begin_fence(&mut self, place: usize) {
        let number = self.number();
        let prepared =
            (1..self.servers.len()).filter(|at| self.processes[place].work[*at].has_written);
        let branches = prepared.collect();
        self.processes[place].fencing = Some(Fencing::new(number, branches));
        self.request(place, HOME, Request::FenceInsert(number), false);
    }

    fn fence_begun(&mut self, place: usize, begun: Option<FenceBegun>) {
        let Some(fencing) = &self.processes[place].fencing else {
            return;
        };
        match begun {
            Some(FenceBegun::Inserted) => {
                for at in fencing.waiting.clone() {
                    let is_own = !self.processes[place].is_broken(at);
                    self.request(place, at, Request::FenceLook(at), is_own);
                }
            }
            Some(FenceBegun::Taken) => self.take(place, Event::Fenced(Fenced::Decided)),
            Some(FenceBegun::Waits) | None => self.take(place, Event::Fenced(Fenced::Failed)),
        }
    }

    fn fence_looked(&mut self, place: usize, listed: Listed) {
        let rules = self.rules;
        let Some(fencing) = &mut self.processes[place].fencing else {
            return;
        };
        fencing.listed.push(listed);
        if fencing.listed.len() < fencing.waiting.len() {
            return;
        }
        fencing.ends = fence(rules, &fencing.listed);
        let commits = fencing.ends == Fenced::Decided;
        let request = Request::FenceEnd(fencing.number, commits);
        self.request(place, HOME, request, false);
    }

    fn fence_ended(&mut self, place: usize, is_well: bool) {
        let Some(fencing) = self.processes[place].fencing.take() else {
            return;
        };
        let fenced = match fencing.ends {
            Fenced::Decided if !is_well => Fenced::Failed,
            other => other,
        };
        self.take(place, Event::Fenced(fenced));
    }

    /// Can nothing more be learnt? A decision that is younger than decisions are kept has to be found.
    fn look_for_end(&mut self, place: usize) {
        let process = &self.processes[place];
        if process.told.is_some() || process.is_alone || process.is_forgotten {
            return;
        }
        self.processes[place].is_forgotten = true;
        let is_young = self.now - self.processes[place].begun < RETENTION;
        if is_young && !self.has_wrong_clock() {
            self.breaks(
                "2PC-2: a lost answer is found while decisions are kept",
                place,
            );
        }
    }

    /// Its caller learns the outcome, and acts on it.
    fn learn(&mut self, place: usize) {
        let process = &self.processes[place];
        let Some(machine) = &process.machine else {
            return;
        };
        let outcome = machine.outcome();
        let is_same = |told: &Outcome| match (told, &outcome) {
            (Outcome::Committed { .. }, Outcome::Committed { .. })
            | (Outcome::RolledBack(_), Outcome::RolledBack(_)) => true,
            (Outcome::Committed { .. } | Outcome::RolledBack(_) | Outcome::Unknown, _) => false,
        };
        if process.told.as_ref().is_some_and(|told| !is_same(told)) {
            return self.breaks("an outcome stays what it is", place);
        }
        if outcome == Outcome::Unknown {
            return;
        }
        if let Some(broken) = self.is_wrong(place, &outcome) {
            return self.breaks(broken, place);
        }
        self.processes[place].told = Some(outcome);
    }
}

impl<R: Rules> Run<R> {
    /// Returns the invariant that an outcome breaks at the moment it becomes known.
    fn is_wrong(&self, place: usize, outcome: &Outcome) -> Option<&'static str> {
        let process = &self.processes[place];
        let is_stored =
            |at: usize| self.servers[at].branches[place].state == BranchState::Committed;
        match outcome {
            Outcome::Unknown => None,
            Outcome::Committed { pending } => {
                let mut done = process.wrote().filter(|at| !pending.contains(at));
                let is_wrong = !done.all(is_stored);
                is_wrong.then_some("I2: what is not pending is committed")
            }
            Outcome::RolledBack(cause) => {
                let is_undisturbed = !process.is_disturbed && !self.has_wrong_clock();
                is_undisturbed.then(|| undisturbed(*cause))
            }
        }
    }
}

/// Nothing had gone wrong, and it is rolled back.
fn undisturbed(cause: Cause) -> &'static str {
    match cause {
        Cause::Fenced => "REC-2: recovery disturbs no living program",
        Cause::Branch(_) => "what goes well is committed",
    }
}
