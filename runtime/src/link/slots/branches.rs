//! The engines of an atomic group: each one's transaction is a branch that is prepared, committed and listed on its own. In
//! which order that is done is decided above.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::{Slot, Slots};
use crate::driver::Isolation;
use crate::driver::Physical;
use crate::driver::prepared::{CommitRole, Gid, Owner};
use crate::error::{Error, ErrorKind, Operation, Result, SessionEnd};
use crate::link::Link;
use crate::link::inside::Inside;
use crate::link::pool::Pool;
use bindery_core::dialect::Dialect;

/// Which engines are in a group, and the name of their transaction.
pub(crate) struct Enlisted {
    pub(crate) group: &'static str,
    /// Positions in the program.
    pub(crate) engines: &'static [usize],
    pub(crate) home: usize,
    /// `bnd1:<coordinator>:<transaction>`
    pub(crate) transaction: Box<str>,
    pub(crate) unchecked: Unchecked,
}

/// Engines that could not be reached when it was to be checked what they can: that is done before their first use.
pub(crate) type Unchecked = Vec<(usize, Arc<AtomicBool>)>;

/// The work of one engine.
pub(crate) struct Done {
    pub(crate) is_begun: bool,
    pub(crate) has_written: bool,
    /// Why it cannot be committed.
    pub(crate) failed: Option<Error>,
    /// It can be committed only after it was prepared.
    pub(crate) only_prepares: bool,
}

impl Enlisted {
    fn gid(&self, engine: &str, session: u32) -> Option<Gid> {
        let (transaction, group) = (&self.transaction, self.group);
        Gid::new(&format!("{transaction}:{group}.{engine}.{session:x}"))
    }
}

impl Slots {
    /// Has all that begins from now on be branches of a group.
    pub(crate) fn enlist(&mut self, enlisted: Enlisted) {
        let of_group = enlisted.engines.iter().map(|at| &*self.slots[*at].pool);
        self.inside = Inside::atomic(of_group, self.terms.site);
        self.enlisted = Some(enlisted);
    }

    /// Refuses an engine that is not of the group.
    pub(super) fn ensure_of_group(&self, at: usize) -> Result<()> {
        match &self.enlisted {
            Some(enlisted) if !enlisted.engines.contains(&at) => {
                let why = "the engine is not in the atomic group: add it to `engines` of the group in bindery.toml";
                Err(self.located(at, Error::new(ErrorKind::Unsupported(why))))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Names the branch that a connection is to begin.
    pub(super) fn name_branch(&mut self, at: usize, link: &mut Link) -> Result<()> {
        let Some(enlisted) = self.enlisted.as_ref().filter(|it| it.home != at) else {
            return Ok(());
        };
        let gid = enlisted.gid(self.slots[at].pool.engine(), link.session_number());
        let gid = gid.ok_or_else(|| {
            let why = "the names of the group, its engine and its home are too long together";
            self.located(at, Error::new(ErrorKind::Unsupported(why)))
        })?;
        let unchecked = enlisted.unchecked.iter().find(|(of, _)| *of == at);
        if let Some((_, is_checked)) = unchecked.filter(|(_, it)| !it.load(Ordering::Acquire)) {
            let at_once = self.slots[at].pool.max_connections();
            link.protocol(|physical| physical.ensure_atomic(CommitRole::Branch { at_once }))
                .map_err(|error| self.located(at, error).during(Operation::Begin))?;
            is_checked.store(true, Ordering::Release);
        }
        link.enlist(&gid);
        self.slots[at].gid = Some(gid);
        Ok(())
    }

    /// The name of an engine.
    pub(crate) fn name_of(&self, at: usize) -> &'static str {
        self.slots[at].pool.engine()
    }

    /// The names of all branches, without their transaction. One that is prepared has the number after `@` by which its database
    /// keeps the outcome, where it does.
    pub(crate) fn branch_names(&self) -> Vec<String> {
        self.slots.iter().filter_map(Slot::branch_name).collect()
    }

    /// Looks at each engine before the commit.
    pub(crate) fn done(&mut self) -> Vec<Done> {
        self.slots.iter_mut().map(Slot::done).collect()
    }

    /// The engines, one by one.
    pub(crate) fn each(&mut self) -> &mut [Slot] {
        &mut self.slots
    }

    /// Begins the transaction of an engine that was not used.
    pub(crate) fn begin_unused(&mut self, at: usize) -> Result<()> {
        self.link(at).map(drop)
    }

    /// Runs the hooks of all engines after a commit, whatever those of another do; gives the first error.
    pub(crate) fn run_hooks_after_commit(&mut self) -> Result<()> {
        let mut outcome = Ok(());
        for slot in &mut self.slots {
            let name = slot.pool.engine();
            let Some(held) = &mut slot.held else { continue };
            if held.link().is_lost()
                && let Ok(link) = slot.pool.acquire()
            {
                *held.link() = link;
            }
            let ran = held.run_hooks(SessionEnd::Committed, true);
            outcome = outcome.and(ran.map_err(|error| error.on_engine(name)));
        }
        outcome
    }

    /// Runs the hooks of all engines after a rollback, or drops those of a transaction whose outcome is not known.
    pub(crate) fn run_hooks_after(&mut self, end: SessionEnd) {
        for held in self.slots.iter_mut().filter_map(|slot| slot.held.as_mut()) {
            // Only hooks of commits can fail.
            let _ = held.run_hooks(end, false);
        }
    }

    /// Gives all connections back, or closes them; what was prepared stays so. The hooks stay too.
    pub(crate) fn leave_connections(&mut self) {
        self.slots.iter_mut().for_each(Slot::leave_connection);
    }
}

impl Slot {
    pub(crate) fn engine(&self) -> &'static str {
        self.pool.engine()
    }

    /// The name of its branch, where it was begun as one.
    pub(crate) fn gid(&self) -> Option<&Gid> {
        self.gid.as_ref()
    }

    fn branch_name(&self) -> Option<String> {
        let (_, name) = self.gid()?.as_str().rsplit_once(':')?;
        Some(match self.number {
            Some(number) => format!("{name}@{number}"),
            None => name.to_owned(),
        })
    }

    fn done(&mut self) -> Done {
        let only_prepares = self.gid.is_some() && self.only_prepares();
        let is_read_only = self.options.is_read_only;
        let Some(held) = &mut self.held else {
            return Done {
                is_begun: false,
                has_written: false,
                failed: None,
                only_prepares: false,
            };
        };
        held.leave_nested();
        Done {
            is_begun: true,
            has_written: held.link().has_written() && !is_read_only,
            failed: held.ensure_committable().err(),
            only_prepares,
        }
    }

    /// A transaction that was begun as a branch stays one (`XA START`); elsewhere any can be prepared at its end.
    fn only_prepares(&mut self) -> bool {
        match self.held.as_mut().map(|held| held.link().dialect()) {
            Some(Dialect::Mysql) => !self.options.is_read_only,
            Some(Dialect::Sqlite | Dialect::Postgres) | None => false,
        }
    }

    /// Ends a transaction that wrote nothing. Its failure matters where what was read is to be true of one moment.
    pub(crate) fn end_branch(&mut self) -> Result<()> {
        let is_serializable = self.options.isolation == Some(Isolation::Serializable);
        let rolls_back = self.gid.is_some() && self.only_prepares();
        let ended = match &mut self.held {
            Some(held) if rolls_back => held.undo_quietly(),
            Some(held) => held.commit(),
            None => Ok(()),
        };
        if is_serializable { ended } else { Ok(()) }
    }

    /// Commits the transaction plainly.
    pub(crate) fn commit_branch(&mut self) -> Result<()> {
        self.entered().commit()
    }

    /// Removes the limit of the work: a step that should not be cut off follows.
    pub(crate) fn unbind(&mut self) {
        if let Some(held) = &mut self.held {
            held.link().set_bound(None);
        }
    }

    /// Rolls a transaction back that is not prepared.
    pub(crate) fn roll_back_branch(&mut self) {
        if let Some(held) = &mut self.held {
            // Where this cannot be sent, the database undoes it by itself.
            let _ = held.undo_quietly();
        }
    }

    /// Sends that the transaction is to be prepared. Nothing but [`read_prepare`](Self::read_prepare) follows.
    pub(crate) fn send_prepare(&mut self) -> Result<()> {
        let gid = self.gid.clone().ok_or_else(not_enlisted)?;
        let held = self.entered();
        held.leave()?;
        held.link().send_prepare(&gid)
    }

    /// Waits for the answer to it; `false` where the database rolled the transaction back in place of that.
    pub(crate) fn read_prepare(&mut self) -> Result<bool> {
        let gid = self.gid.clone().ok_or_else(not_enlisted)?;
        let link = self.entered().link();
        let is_prepared = link.read_prepare(&gid)?;
        if is_prepared {
            self.number = self.entered().link().prepared_number();
        }
        Ok(is_prepared)
    }

    /// Sends that the prepared branch is to be finished, over the connection that prepared it; `false` where that is lost.
    /// Nothing but [`read_finish`](Self::read_finish) follows, whose wait ends after the limit too.
    pub(crate) fn send_finish(&mut self, commits: bool, limit: Duration) -> Result<bool> {
        if self.is_lost() {
            return Ok(false);
        }
        let gid = self.gid.clone().ok_or_else(not_enlisted)?;
        let link = self.entered().link();
        link.set_bound(Instant::now().checked_add(limit));
        let sent = link.send_finish(&gid, commits);
        if sent.is_err() {
            link.set_bound(None);
        }
        sent.map(|()| true)
    }

    /// Waits for the answer to it; `false` where the database knows no such branch.
    pub(crate) fn read_finish(&mut self, commits: bool) -> Result<bool> {
        let link = self.entered().link();
        let finished = link.read_finish(commits);
        link.set_bound(None);
        finished
    }

    /// Whether the connection is lost on which it was begun.
    pub(crate) fn is_lost(&mut self) -> bool {
        self.held.as_mut().is_none_or(|held| held.link().is_lost())
    }

    /// Finishes the prepared branch; `false` where the database knows no such branch.
    pub(crate) fn finish(&mut self, commits: bool, limit: Duration) -> Result<bool> {
        let gid = self.gid.clone().ok_or_else(not_enlisted)?;
        self.over(limit, |link| {
            link.finish_branch(&gid, commits, Owner::MayEnd)
        })
    }

    pub(crate) fn is_listed(&mut self, limit: Duration) -> Result<bool> {
        let list = |link: &mut Link| link.protocol(|physical| physical.prepared_branches());
        let listed = self.over(limit, list)?;
        Ok(listed.iter().any(|listed| Some(&listed.gid) == self.gid()))
    }

    /// Has the server end the session of this number, which is not to be used any more.
    pub(crate) fn end_session(&mut self, number: u32, limit: Duration) -> Result<()> {
        self.apart(limit, |physical| physical.end_session(number))
    }

    /// Runs statements in the open transaction.
    pub(crate) fn within<T>(&mut self, work: impl FnOnce(&mut Physical) -> Result<T>) -> Result<T> {
        self.entered().link().protocol(work)
    }

    /// Runs statements over a connection that is none of this transaction's, within a limit that includes waiting for one.
    pub(crate) fn apart<T>(
        &mut self,
        limit: Duration,
        work: impl FnOnce(&mut Physical) -> Result<T>,
    ) -> Result<T> {
        self.leave_connection();
        elsewhere(&self.pool, limit, |link| link.protocol(work))
    }

    /// Over the connection that prepared the branch where that is there: nothing else can finish it as long as it is. Else
    /// over another.
    fn over<T>(&mut self, limit: Duration, work: impl FnOnce(&mut Link) -> Result<T>) -> Result<T> {
        if self.is_lost() {
            self.leave_connection();
            return elsewhere(&self.pool, limit, work);
        }
        bounded(self.entered().link(), limit, work)
    }

    /// Gives the connection back, or closes it: there may be no more than one.
    fn leave_connection(&mut self) {
        if let Some(held) = &mut self.held {
            drop(held.link().take());
        }
    }
}

/// Runs statements over a connection of the pool.
pub(crate) fn elsewhere<T>(
    pool: &Arc<Pool>,
    limit: Duration,
    work: impl FnOnce(&mut Link) -> Result<T>,
) -> Result<T> {
    let started = Instant::now();
    let mut link = pool.acquire_within(limit)?;
    let outcome = bounded(&mut link, limit.saturating_sub(started.elapsed()), work);
    outcome.map_err(|error| error.on_engine(pool.engine()).during(Operation::Resolve))
}

/// Gives what is still to be done in [`elsewhere`] this time from now on.
pub(crate) fn extend(physical: &mut Physical, limit: Duration) {
    physical.set_bound(Instant::now().checked_add(limit));
}

fn bounded<T>(
    link: &mut Link,
    limit: Duration,
    work: impl FnOnce(&mut Link) -> Result<T>,
) -> Result<T> {
    link.set_bound(Instant::now().checked_add(limit));
    let outcome = work(link);
    link.set_bound(None);
    outcome
}

#[cold]
fn not_enlisted() -> Error {
    let why = "the transaction was not begun as a branch of a group";
    Error::new(ErrorKind::Unsupported(why))
}
