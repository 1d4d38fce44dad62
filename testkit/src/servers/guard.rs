//! The guard: a small shell process that stops a server and removes its directory when we end without doing so
//! ourselves, even by `SIGKILL`. It needs no signal handler and works for servers kept in a `static`, which are
//! never dropped.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::Signal;

use crate::{Error, Result};

/// A guard on duty. Dropped, it ends the server it watches and removes the directory.
#[derive(Debug)]
pub(crate) struct Guard {
    shell: Child,
}

impl Guard {
    pub(crate) fn post(directory: &Path, end_at_once: Signal) -> Result<Self> {
        let shell = Command::new("/bin/sh")
            .args(["-c", include_str!("guard.sh"), "guard"])
            .arg(directory)
            .arg(signal_name(end_at_once))
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A group of its own: Ctrl-C reaches the foreground group only.
            .process_group(0)
            .spawn()
            .map_err(Error::io("start `/bin/sh`"))?;
        Ok(Self { shell })
    }

    /// From now on watches the process (group) `process`.
    pub(crate) fn watch(&mut self, process: u32) {
        self.tell(&process.to_string());
    }

    /// Sends the guard home: nothing is left to look after.
    pub(crate) fn dismiss(mut self) {
        self.tell("done");
    }

    /// A guard that is gone receives nothing; then only the promise for our own violent end is lost.
    fn tell(&mut self, line: &str) {
        if let Some(pipe) = &mut self.shell.stdin {
            let _ = writeln!(pipe, "{line}");
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

fn signal_name(signal: Signal) -> &'static str {
    if signal == Signal::QUIT {
        "QUIT"
    } else {
        "KILL"
    }
}
