//! One run: what happens when, and how requests reach a server and answers come back.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::chance::Chance;
use crate::process::Process;
use crate::protocol::rules::Rules;
use crate::protocol::{Action, Committed, Decision, Event, Finished, Inserted, Listed, Prepared};
use crate::recovery::Recovery;
use crate::server::{BranchState, FenceBegun, Server, ServerKind};
use crate::weather::{CALM, HOME, OLD, RETENTION, TIMEOUT, Weather};

const MOST_REPEATS: u32 = 6;

/// The part that waits for an answer. A life ends with a crash: answers to an earlier one are of no use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    Process(usize, u32),
    /// With the number of its job.
    Recovery(usize, u32),
}

/// A request to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Request {
    Do(Action),
    /// Insert an abort and do not commit it, over the session of this number.
    FenceInsert(u64),
    /// Look for a branch while that is so.
    FenceLook(usize),
    /// Commit it, or roll it back.
    FenceEnd(u64, bool),
    ListAll,
    Decisions,
}

/// The answer to it.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Event(Event),
    FenceBegun(Option<FenceBegun>),
    FenceLooked(Listed),
    FenceEnded(bool),
    Names(Option<Vec<String>>),
    /// Transactions that are decided to be committed, and since when.
    Decisions(Option<Vec<(usize, u64)>>),
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Message {
    pub(crate) caller: Caller,
    pub(crate) engine: usize,
    pub(crate) transaction: usize,
    pub(crate) request: Request,
    /// Over the session on which the transaction was begun.
    pub(crate) is_own: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    Start(usize),
    Arrive(Message, Answered),
    Answer(Caller, Reply),
    /// The same answer once more.
    Repeat(Caller, Event),
    SessionEnds(usize, usize),
    FenceGone(u64),
    Down(usize),
    Up(usize),
    Sweep(usize),
    Calm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answered {
    Yes,
    /// Its caller has its answer from elsewhere.
    No,
}

/// An invariant that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// As the documents number them.
    pub(crate) invariant: &'static str,
    pub(crate) transaction: usize,
}

/// Its order is that of time.
struct Entry {
    at: u64,
    number: u64,
    what: What,
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        (self.at, self.number) == (other.at, other.number)
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}

pub(crate) struct Run<R> {
    pub(crate) rules: R,
    pub(crate) chance: Chance,
    pub(crate) weather: Weather,
    pub(crate) now: u64,
    queue: BinaryHeap<Reverse<Entry>>,
    last: u64,
    repeated: u32,
    pub(crate) servers: Vec<Server>,
    pub(crate) processes: Vec<Process<R>>,
    pub(crate) recoveries: Vec<Recovery<R>>,
    pub(crate) fault: Option<Fault>,
    /// Every happening in words, where they are wanted.
    pub(crate) story: Option<Vec<String>>,
}

impl<R: Rules> Run<R> {
    pub(crate) fn new(rules: R, seed: u64, tells: bool) -> Self {
        let mut chance = Chance::new(seed);
        let weather = Weather::of(&mut chance);
        let transactions = weather.programs + usize::from(weather.has_foreign);
        let server = |kind: &ServerKind| Server::new(*kind, transactions);
        let servers = weather.kinds.iter().map(server).collect();
        let recoveries = (0..weather.recoveries).map(|_| Recovery::new(&mut chance, &weather));
        let recoveries = recoveries.collect();
        let mut this = Self {
            rules,
            chance,
            weather,
            now: 0,
            queue: BinaryHeap::new(),
            last: 0,
            repeated: 0,
            servers,
            processes: Vec::new(),
            recoveries,
            fault: None,
            story: tells.then(Vec::new),
        };
        this.plan();
        this
    }

    fn plan(&mut self) {
        for place in 0..self.weather.programs {
            let process = Process::new(place, &mut self.chance, &mut self.servers);
            self.processes.push(process);
            let start = self.chance.within(0, 1_500);
            self.after(start, What::Start(place));
        }
        for place in 0..self.weather.recoveries {
            let first = self.chance.within(50, 1_500);
            self.after(first, What::Sweep(place));
        }
        for engine in 0..self.servers.len() {
            if self.chance.permille(self.weather.server_crashes) {
                let at = self.chance.within(1, 3_000);
                self.after(at, What::Down(engine));
            }
        }
        if self.weather.has_foreign {
            let foreign = self.weather.programs;
            self.servers[HOME].strangers.push(foreign);
            for server in self.servers.iter_mut().skip(1) {
                server.begin(foreign);
                server.branches[foreign].state = BranchState::Prepared;
                server.branches[foreign].session_lives = false;
            }
        }
        self.after(CALM, What::Calm);
    }

    pub(crate) fn after(&mut self, delay: u64, what: What) {
        self.last += 1;
        self.queue.push(Reverse(Entry {
            at: self.now + delay,
            number: self.last,
            what,
        }));
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    pub(crate) fn tell(&mut self, text: impl FnOnce() -> String) {
        if let Some(story) = &mut self.story {
            story.push(format!("{:>6} {}", self.now, text()));
        }
    }

    pub(crate) fn breaks(&mut self, invariant: &'static str, transaction: usize) {
        self.tell(|| format!("BROKEN: {invariant} (transaction {transaction})"));
        self.fault.get_or_insert(Fault {
            invariant,
            transaction,
        });
    }

    /// Goes on until nothing happens any more, or an invariant is broken.
    pub(crate) fn drain(&mut self) {
        const MOST: u32 = 50_000;
        for _ in 0..MOST {
            if self.fault.is_some() {
                return;
            }
            let Some(Reverse(entry)) = self.queue.pop() else {
                return;
            };
            self.now = entry.at;
            self.happens(entry.what);
        }
        self.breaks("it ends", 0);
    }

    fn happens(&mut self, what: What) {
        if self.story.is_some() && !matches!(what, What::Arrive(..)) {
            let text = format!("{what:?}");
            self.tell(|| text);
        }
        match what {
            What::Start(place) => self.start(place),
            What::Arrive(message, answered) => self.arrive(message, answered),
            What::Answer(caller, reply) => self.answer(caller, reply),
            What::Repeat(caller, event) => self.repeat(caller, event),
            What::SessionEnds(engine, transaction) => {
                self.servers[engine].end_session(transaction);
            }
            What::FenceGone(number) => {
                self.servers[HOME].end_fence(number, false, self.now);
            }
            What::Down(engine) => self.down(engine),
            What::Up(engine) => self.servers[engine].is_up = true,
            What::Sweep(place) => self.sweep(place),
            What::Calm => self.calm(),
        }
    }

    fn down(&mut self, engine: usize) {
        self.servers[engine].crash();
        for process in &mut self.processes {
            process.is_disturbed = true;
        }
        let long = self.chance.permille(300);
        let most = if long { 2 * RETENTION } else { OLD };
        let time = self.chance.within(10, most);
        self.after(time, What::Up(engine));
        if self.now < 2_000 && self.chance.permille(self.weather.server_crashes) {
            let again = time + self.chance.within(10, 2_000);
            self.after(again, What::Down(engine));
        }
    }

    /// Servers come back and end the sessions of clients that are gone; only what is prepared stays.
    fn calm(&mut self) {
        self.weather.calm();
        for engine in 0..self.servers.len() {
            self.servers[engine].is_up = true;
            for transaction in 0..self.processes.len() {
                let process = &self.processes[transaction];
                let is_left = !process.lives || process.is_broken(engine);
                if is_left && self.servers[engine].branches[transaction].state == BranchState::Open
                {
                    self.servers[engine].end_session(transaction);
                }
            }
        }
    }

    /// Sends a request; sees to its answer, or to that of its loss.
    pub(crate) fn send(&mut self, message: Message) {
        let latency = self.chance.within(1, 20);
        if !self.chance.permille(self.weather.losses) {
            return self.after(latency, What::Arrive(message, Answered::Yes));
        }
        self.lose(message, TIMEOUT);
        if self.chance.permille(500) {
            self.after(latency, What::Arrive(message, Answered::No));
        } else if self.chance.permille(self.weather.late) {
            let late = self.chance.within(TIMEOUT, 2 * OLD);
            self.after(late, What::Arrive(message, Answered::No));
        }
    }

    /// Its caller learns that no answer comes. What was its connection is none any more.
    fn lose(&mut self, message: Message, after: u64) {
        if let Caller::Process(place, _) = message.caller {
            self.processes[place].is_disturbed = true;
            if message.is_own {
                self.break_connection(place, message.engine);
            }
        }
        if let Some(reply) = lost(message.request) {
            self.after(after, What::Answer(message.caller, reply));
        }
    }

    /// The server learns of it some time later, or never: a prepared branch stays with its session then.
    pub(crate) fn break_connection(&mut self, place: usize, engine: usize) {
        if self.processes[place].is_broken(engine) {
            return;
        }
        self.processes[place].break_off(engine);
        let is_file = self.servers[engine].kind == ServerKind::Sqlite;
        if is_file || self.chance.permille(700) {
            let most = if is_file { 30 } else { 600 };
            let delay = self.chance.within(1, most);
            self.after(delay, What::SessionEnds(engine, place));
        }
    }

    fn arrive(&mut self, message: Message, answered: Answered) {
        let server = &self.servers[message.engine];
        let begins = message.request == Request::Do(Action::BeginHome);
        let is_dead =
            message.is_own && !begins && !server.branches[message.transaction].session_lives;
        if !server.is_up || is_dead {
            if answered == Answered::Yes {
                self.lose(message, 1);
            }
            return;
        }
        let reply = self.perform(message);
        self.tell(|| format!("{message:?} -> {reply:?} ({answered:?})"));
        match reply {
            Performed::Reply(reply) if answered == Answered::Yes => {
                let latency = self.chance.within(1, 20);
                self.after(latency, What::Answer(message.caller, reply));
            }
            Performed::Waits => self.after(25, What::Arrive(message, answered)),
            Performed::Reply(_) | Performed::Nothing => {}
        }
    }

    fn perform(&mut self, message: Message) -> Performed {
        let (now, transaction) = (self.now, message.transaction);
        let server = &mut self.servers[message.engine];
        let reply = match message.request {
            Request::Do(action) => return self.act(action, message),
            Request::FenceInsert(number) => {
                let begun = server.begin_fence(transaction, number);
                if begun == FenceBegun::Inserted {
                    // Its deadline; the server rolls it back then.
                    let is_calm = self.now >= CALM;
                    let most = [2 * OLD, 80][self.chance.place(2 - usize::from(is_calm))];
                    let least = if is_calm { most } else { 40 };
                    let limit = self.chance.within(least, most);
                    self.after(limit, What::FenceGone(number));
                }
                Reply::FenceBegun(Some(begun))
            }
            Request::FenceLook(_) => Reply::FenceLooked(server.list(transaction)),
            Request::FenceEnd(number, commits) => {
                Reply::FenceEnded(server.end_fence(number, commits, now))
            }
            Request::ListAll => Reply::Names(Some(self.names(message.engine))),
            Request::Decisions => {
                let all = server.decisions.iter().enumerate();
                let found = all.filter_map(|(at, decided)| Some((at, (*decided)?)));
                let commits = found.filter(|(_, decided)| decided.commits);
                Reply::Decisions(Some(
                    commits.map(|(at, decided)| (at, decided.at)).collect(),
                ))
            }
        };
        Performed::Reply(reply)
    }

    fn act(&mut self, action: Action, message: Message) -> Performed {
        let (now, transaction) = (self.now, message.transaction);
        let balks = self.chance.permille(self.weather.balks);
        let server = &mut self.servers[message.engine];
        let event = match action {
            Action::End(at) => {
                server.roll_back(transaction);
                Event::Ended(at, true)
            }
            Action::BeginHome => return self.begin_home(message),
            Action::CommitAlone(at) => Event::Committed(at, server.commit(transaction, now)),
            Action::CommitHome => Event::Committed(HOME, server.commit(transaction, now)),
            Action::Prepare(at) => {
                let answer = server.prepare(transaction);
                let is_empty = !server.branches[transaction].has_written;
                if answer == Prepared::Yes && is_empty {
                    self.breaks("ATOM-01: what only read is not prepared", transaction);
                }
                Event::Prepared(at, answer)
            }
            Action::InsertDecision => match server.insert_decision(transaction) {
                Some(answer) => Event::Inserted(answer),
                None => return Performed::Waits,
            },
            Action::ReadDecision => Event::Read(server.read(transaction)),
            Action::CommitPrepared(at) | Action::RollBackPrepared(at) if balks => {
                self.disturb(message.caller);
                Event::Finished(at, Finished::Failed)
            }
            Action::CommitPrepared(at) => {
                Event::Finished(at, server.finish(transaction, true, message.is_own))
            }
            Action::RollBackPrepared(at) => {
                Event::Finished(at, server.finish(transaction, false, message.is_own))
            }
            Action::RollBack(_) => {
                server.roll_back(transaction);
                return Performed::Nothing;
            }
            Action::List(at) => Event::Listed(at, server.list(transaction)),
            Action::EndOwner(at) => {
                if server.kind == ServerKind::Mysql {
                    server.end_session(transaction);
                }
                Event::OwnerEnded(at)
            }
            Action::Forget => {
                server.decisions[transaction] = None;
                return Performed::Nothing;
            }
            Action::FenceAbort | Action::Close(_) | Action::GiveBack(_) | Action::Pause(_) => {
                return Performed::Nothing;
            }
        };
        Performed::Reply(Reply::Event(event))
    }

    /// Waits for the lock of a file, for a time.
    fn begin_home(&mut self, message: Message) -> Performed {
        let place = message.transaction;
        if !self.servers[HOME].is_locked_for(place) {
            self.servers[HOME].begin(place);
            return Performed::Reply(Reply::Event(Event::HomeBegun(true)));
        }
        self.processes[place].is_disturbed = true;
        if self.chance.permille(900) {
            return Performed::Waits;
        }
        let is_prepared = |server: &Server| server.branches[place].state == BranchState::Prepared;
        if self.servers.iter().any(is_prepared) {
            self.breaks(
                "2PC-7: no lock is waited for once a branch is prepared",
                place,
            );
        }
        Performed::Reply(Reply::Event(Event::HomeBegun(false)))
    }

    fn disturb(&mut self, caller: Caller) {
        if let Caller::Process(place, _) = caller {
            self.processes[place].is_disturbed = true;
        }
    }

    fn answer(&mut self, caller: Caller, reply: Reply) {
        // Each makes the machine send more, which could be repeated again and again.
        if let Reply::Event(event) = reply
            && self.repeated < MOST_REPEATS
            && self.chance.permille(self.weather.repeats)
        {
            self.repeated += 1;
            let later = self.chance.within(1, 100);
            self.after(later, What::Repeat(caller, event));
        }
        match caller {
            Caller::Process(place, life) => self.answer_process(place, life, reply),
            Caller::Recovery(place, job) => self.answer_recovery(place, job, reply),
        }
    }

    fn repeat(&mut self, caller: Caller, event: Event) {
        match caller {
            Caller::Process(place, life) => self.repeat_process(place, life, event),
            Caller::Recovery(..) => {}
        }
    }
}

#[derive(Debug)]
enum Performed {
    Reply(Reply),
    /// Another transaction is in the way.
    Waits,
    /// It has no answer.
    Nothing,
}

/// The answer that its caller gets where none comes.
fn lost(request: Request) -> Option<Reply> {
    Some(match request {
        Request::Do(action) => Reply::Event(lost_action(action)?),
        Request::FenceInsert(_) => Reply::FenceBegun(None),
        Request::FenceLook(_) => Reply::FenceLooked(Listed::Unreadable),
        Request::FenceEnd(..) => Reply::FenceEnded(false),
        Request::ListAll => Reply::Names(None),
        Request::Decisions => Reply::Decisions(None),
    })
}

fn lost_action(action: Action) -> Option<Event> {
    Some(match action {
        Action::End(at) => Event::Ended(at, true),
        Action::BeginHome => Event::HomeBegun(false),
        Action::CommitAlone(at) => Event::Committed(at, Committed::Lost),
        Action::Prepare(at) => Event::Prepared(at, Prepared::Lost),
        Action::InsertDecision => Event::Inserted(Inserted::Failed),
        Action::CommitHome => Event::Committed(HOME, Committed::Lost),
        Action::ReadDecision => Event::Read(Decision::Unreadable),
        Action::CommitPrepared(at) | Action::RollBackPrepared(at) => {
            Event::Finished(at, Finished::Failed)
        }
        Action::List(at) => Event::Listed(at, Listed::Unreadable),
        Action::EndOwner(at) => Event::OwnerEnded(at),
        Action::RollBack(_)
        | Action::FenceAbort
        | Action::Close(_)
        | Action::GiveBack(_)
        | Action::Pause(_)
        | Action::Forget => return None,
    })
}
