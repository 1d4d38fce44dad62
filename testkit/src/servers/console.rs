//! Clients that stay: tests make and drop thousands of databases on the server that they share, and to start a program and log in for each took
//! longer than the statement.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::{Mutex, PoisonError};

use super::{Address, client, secret};
use crate::{Error, Result};

/// Those that do nothing at the moment, the last used at the end. They end with this process, which closes their input.
static IDLE: Mutex<Vec<Console>> = Mutex::new(Vec::new());
/// Threads of a process that make databases at a time, on two servers.
const MOST: usize = 8;

/// Runs statements that have no answer.
pub(super) fn execute(address: &Address, sql: &str) -> Result<()> {
    // The server of one that waited may have been killed meanwhile.
    let waited = taken(address).and_then(|mut console| console.execute(sql).ok().map(|()| console));
    let console = match waited {
        Some(console) => console,
        None => {
            let mut console = Console::open(address)?;
            console.execute(sql)?;
            console
        }
    };
    let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
    idle.push(console);
    if idle.len() > MOST {
        idle.remove(0);
    }
    Ok(())
}

fn taken(address: &Address) -> Option<Console> {
    let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
    let at = idle.iter().rposition(|it| it.address == *address)?;
    Some(idle.remove(at))
}

/// A client program that waits for statements.
struct Console {
    address: Address,
    program: String,
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    /// Its warnings and errors, in a file: nothing reads them while it runs, and a full pipe would stop it.
    messages: File,
    /// The line that it prints when a statement is done.
    done: String,
}

impl Console {
    fn open(address: &Address) -> Result<Self> {
        let (path, mut command) = client::program(address)?;
        let file = || {
            let messages = tempfile::tempfile()?;
            let other = messages.try_clone()?;
            Ok((messages, other))
        };
        let (messages, other) = file().map_err(Error::io("make a temporary file"))?;
        let opened = command
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(other)
            .spawn();
        let mut child = opened.map_err(Error::path("run", &path))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        Ok(Self {
            address: address.clone(),
            program: format!("`{}`", path.display()),
            input: input.expect("it is a pipe"),
            output: BufReader::new(output.expect("it is a pipe")),
            messages,
            done: secret::random_hex(8)?,
            child,
        })
    }

    /// It ends at a statement that fails, and is of no use then.
    fn execute(&mut self, sql: &str) -> Result<()> {
        let script = format!("{sql}\nSELECT '{}';\n", self.done);
        // A client that has exited is found below, and the reason is in its messages.
        let _ = self.input.write_all(script.as_bytes());
        let mut line = String::new();
        while self.output.read_line(&mut line).is_ok_and(|read| read > 0) {
            if line.trim_end() == self.done {
                return Ok(());
            }
            line.clear();
        }
        Err(self.ended())
    }

    fn ended(&mut self) -> Error {
        let status = self.child.wait();
        let mut output = String::new();
        let _ = self.messages.rewind();
        let _ = self.messages.read_to_string(&mut output);
        Error::Failed {
            program: self.program.clone(),
            status: status.map_or_else(|error| error.to_string(), |status| status.to_string()),
            output: output.trim().to_owned(),
        }
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
