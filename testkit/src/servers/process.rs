//! One child process with a log: spawned in a process group of its own, waited for with a deadline, stopped by its id.

use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::directory::{Directory, tail};
use crate::{Error, Result};

/// How often a child's state is looked at.
const TICK: Duration = Duration::from_millis(20);

/// A running child. Dropped, it is killed, unless it was released.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    name: String,
    log: PathBuf,
    is_released: bool,
}

impl Process {
    /// Spawns `command` as the directory's account, with nothing of our environment but `PATH`.
    pub(crate) fn spawn(mut command: Command, directory: &Directory) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let log = directory.open_log()?;
        let copy = log.try_clone().map_err(Error::io("share the log"))?;
        directory.account().apply(&mut command);
        let child = command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", directory.path())
            .env("TMPDIR", directory.path())
            .env("LC_ALL", "C")
            .current_dir(directory.path())
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(copy)
            .process_group(0)
            .spawn()
            .map_err(Error::io(format!("start `{name}`")))?;
        Ok(Self {
            child,
            name,
            log: directory.log(),
            is_released: false,
        })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns how the child ended, once it has.
    pub(crate) fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child
            .try_wait()
            .map_err(Error::io(format!("wait for `{}`", self.name)))
    }

    /// Waits until the child has ended well.
    pub(crate) fn finish(mut self, patience: Duration) -> Result<()> {
        match self.wait_at_most(patience)? {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(self.failed(status)),
            None => Err(self.timed_out(patience)),
        }
    }

    /// Asks the child to end, and makes it end when it takes longer than `patience`.
    pub(crate) fn stop(&mut self, politely: Signal, patience: Duration) {
        if let (Ok(None), Some(id)) = (self.ended(), self.raw_id()) {
            let _ = kill_process(id, politely);
            let _ = self.wait_at_most(patience);
        }
        self.kill();
    }

    /// Lets the child run on.
    pub(crate) fn release(mut self) {
        self.is_released = true;
    }

    pub(crate) fn failed(&self, status: ExitStatus) -> Error {
        Error::Failed {
            program: format!("`{}`", self.name),
            status: status.to_string(),
            output: tail(&self.log),
        }
    }

    pub(crate) fn timed_out(&self, waited: Duration) -> Error {
        Error::TimedOut {
            program: format!("`{}`", self.name),
            waited,
            output: tail(&self.log),
        }
    }

    fn wait_at_most(&mut self, patience: Duration) -> Result<Option<ExitStatus>> {
        let deadline = Instant::now() + patience;
        loop {
            let ended = self.ended()?;
            if ended.is_some() || Instant::now() >= deadline {
                return Ok(ended);
            }
            sleep(TICK);
        }
    }

    /// Ends the child's whole group, and its own children in other groups: each backend of PostgreSQL has one of its own, and may answer
    /// one more request after its server has ended. The id is ours as long as the child has not been waited for, and those of its children
    /// are theirs as long as it stands still.
    pub(crate) fn kill(&mut self) {
        if let (Ok(None), Some(id)) = (self.ended(), self.raw_id()) {
            let _ = kill_process(id, Signal::STOP);
            for child in children_of(id) {
                let _ = kill_process(child, Signal::KILL);
            }
            let _ = kill_process_group(id, Signal::KILL);
            let _ = self.child.wait();
        }
    }

    fn raw_id(&self) -> Option<Pid> {
        i32::try_from(self.child.id()).ok().and_then(Pid::from_raw)
    }
}

/// None where the kernel does not list them.
fn children_of(parent: Pid) -> Vec<Pid> {
    let id = parent.as_raw_nonzero();
    let listed = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
    let listed = listed.unwrap_or_default();
    let ids = listed.split_whitespace().filter_map(|id| id.parse().ok());
    ids.filter_map(Pid::from_raw).collect()
}

impl Drop for Process {
    fn drop(&mut self) {
        if !self.is_released {
            self.kill();
        }
    }
}
