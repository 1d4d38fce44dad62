//! Ctrl-C and its kin. The first signal is passed on to all that runs just now and remembered; everything then ends in
//! order, servers included. A second one ends it immediately.

use std::collections::BTreeSet;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::Failure;

/// The longest wait for the rest of a command's output after its end.
const REST_OF_OUTPUT: Duration = Duration::from_secs(10);

/// Knows whether a signal came, and passes signals on to the running children.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt {
    state: Arc<Mutex<InterruptState>>,
}

#[derive(Debug, Default)]
struct InterruptState {
    signal: Option<i32>,
    /// Process groups that run, by the ids of their first processes.
    children: BTreeSet<u32>,
}

/// The signal that ended a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interrupted(pub(crate) i32);

impl Interrupted {
    /// Returns the exit code that a shell reports for a command that a signal ended.
    pub(crate) fn exit_code(self) -> u8 {
        u8::try_from(128 + self.0).unwrap_or(u8::MAX)
    }
}

impl Interrupt {
    /// Takes over the signals by which a developer or a CI ends a command.
    pub(crate) fn install() -> Result<Self, Failure> {
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP])?;
        let interrupt = Self {
            state: Arc::default(),
        };
        let listener = interrupt.clone();
        thread::spawn(move || {
            signals
                .forever()
                .for_each(|signal| listener.receive(signal))
        });
        Ok(interrupt)
    }

    /// An error once a signal came.
    pub(crate) fn check(&self) -> Result<(), Interrupted> {
        self.state()
            .signal
            .map_or(Ok(()), |signal| Err(Interrupted(signal)))
    }

    /// Runs a command to its end in a process group of its own, so that a signal reaches all that it started.
    pub(crate) fn run(&self, command: &mut Command) -> Result<ExitStatus, Failure> {
        self.run_watched(command, |_| ())
    }

    /// Runs a command as [`Interrupt::run`] does, and calls `look` with its process id every 20 ms.
    pub(crate) fn run_watched(
        &self,
        command: &mut Command,
        look: impl FnMut(u32),
    ) -> Result<ExitStatus, Failure> {
        self.wait(self.spawn(command)?, look)
    }

    /// Runs a command as [`Interrupt::run`] does; `reader` gets its stdout, in a thread of its own. Nothing is returned of it where
    /// something that the command left behind still holds its stdout open: that is not waited for.
    pub(crate) fn run_read<T: Send + 'static>(
        &self,
        command: &mut Command,
        reader: fn(ChildStdout) -> T,
    ) -> Result<(ExitStatus, Option<T>), Failure> {
        let mut child = self.spawn(command.stdout(Stdio::piped()))?;
        let stdout = child.stdout.take().ok_or("the output is not a pipe")?;
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || sender.send(reader(stdout)));
        let status = self.wait(child, |_| ())?;
        Ok((status, receiver.recv_timeout(REST_OF_OUTPUT).ok()))
    }

    fn wait(&self, mut child: Child, mut look: impl FnMut(u32)) -> Result<ExitStatus, Failure> {
        loop {
            look(child.id());
            // Waited for under the lock: a signal never goes to an id that is another process's by now.
            let mut state = self.state();
            if let Some(status) = child.try_wait()? {
                state.children.remove(&child.id());
                return Ok(status);
            }
            drop(state);
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn spawn(&self, command: &mut Command) -> Result<Child, Failure> {
        let mut state = self.state();
        if let Some(signal) = state.signal {
            return Err(format!("ended by signal {signal}").into());
        }
        let program = command.get_program().to_string_lossy().into_owned();
        let child = command
            .stdin(Stdio::null())
            .process_group(0)
            .spawn()
            .map_err(|error| format!("cannot start `{program}`: {error}"))?;
        state.children.insert(child.id());
        Ok(child)
    }

    fn receive(&self, number: i32) {
        let mut state = self.state();
        let signal = match (state.signal, number) {
            (Some(_), _) => Signal::KILL,
            (None, SIGINT) => Signal::INT,
            (None, SIGHUP) => Signal::HUP,
            (None, _) => Signal::TERM,
        };
        state.signal.get_or_insert(number);
        for &child in &state.children {
            let Some(child) = i32::try_from(child).ok().and_then(Pid::from_raw) else {
                continue;
            };
            // Fails only when the group has ended just now, which is what is wanted.
            let _ = kill_process_group(child, signal);
        }
    }

    /// The state stays whole when a thread panics while it holds the lock: each change is one call.
    fn state(&self) -> MutexGuard<'_, InterruptState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_signal_ends_all_groups_and_what_would_follow() {
        let interrupt = Interrupt {
            state: Arc::default(),
        };
        let sender = interrupt.clone();
        let started = Instant::now();
        let thread = thread::spawn(move || {
            while sender.state().children.len() < 2 {
                thread::sleep(Duration::from_millis(5));
            }
            sender.receive(SIGTERM);
        });
        let sleep = || {
            let mut sleeper = Command::new("sh");
            sleeper.args(["-c", "sleep 30; sleep 30"]);
            interrupt.run(&mut sleeper).expect("a shell can be started")
        };
        let statuses = thread::scope(|scope| {
            let other = scope.spawn(sleep);
            [sleep(), other.join().expect("a shell can be waited for")]
        });
        thread.join().expect("the sender does not panic");
        assert!(statuses.iter().all(|status| !status.success()));
        assert!(started.elapsed() < Duration::from_secs(20));
        assert_eq!(interrupt.check(), Err(Interrupted(SIGTERM)));
        assert_eq!(Interrupted(SIGTERM).exit_code(), 143);
        interrupt
            .run(&mut Command::new("true"))
            .expect_err("nothing is started any more");
    }
}
