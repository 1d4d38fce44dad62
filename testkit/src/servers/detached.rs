//! A server that outlives the process that started it, and the record by which it is found again.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::Product;
use super::server::STOP_PATIENCE;
use crate::{Error, Result};

/// A server that runs on until [`Detached::stop`].
///
/// `Display` writes a record that `FromStr` reads. It holds the server's password: keep it in a file that is yours alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detached {
    product: Product,
    version: String,
    pid: u32,
    directory: PathBuf,
    url: String,
}

impl Detached {
    pub(crate) fn new(
        product: Product,
        version: String,
        pid: u32,
        directory: PathBuf,
        url: String,
    ) -> Self {
        Self {
            product,
            version,
            pid,
            directory,
            url,
        }
    }

    /// Returns which product this is.
    pub fn product(&self) -> Product {
        self.product
    }

    /// The server's version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The server's process id.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// The directory that holds everything of the server.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The URL of the database that is always there, with user and password.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns whether the recorded process is still this server: an id may have gone to another process since.
    pub fn is_running(&self) -> bool {
        command_line(self.pid)
            .is_some_and(|line| contains(&line, self.directory.as_os_str().as_encoded_bytes()))
    }

    /// Stops the server, if it still runs, and removes its files.
    ///
    /// # Errors
    /// When it cannot be stopped, or its directory cannot be removed.
    pub fn stop(self) -> Result<()> {
        self.end(self.stop_signal(), STOP_PATIENCE)?;
        self.end(Signal::KILL, STOP_PATIENCE)?;
        match fs::remove_dir_all(&self.directory) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            outcome => outcome.map_err(Error::path("remove", &self.directory)),
        }
    }

    fn end(&self, signal: Signal, patience: Duration) -> Result<()> {
        let Some(pid) = i32::try_from(self.pid).ok().and_then(Pid::from_raw) else {
            return Ok(());
        };
        if self.is_running() {
            kill_process(pid, signal).map_err(|errno| Error::Io {
                doing: format!("stop process {}", self.pid),
                source: errno.into(),
            })?;
        }
        let deadline = Instant::now() + patience;
        while self.is_running() && Instant::now() < deadline {
            sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    fn stop_signal(&self) -> Signal {
        match self.product {
            Product::Postgres => Signal::INT,
            Product::MariaDb | Product::MySql => Signal::TERM,
        }
    }
}

impl fmt::Display for Detached {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "product={}", self.product.word())?;
        writeln!(formatter, "version={}", self.version)?;
        writeln!(formatter, "pid={}", self.pid)?;
        writeln!(formatter, "directory={}", self.directory.display())?;
        writeln!(formatter, "url={}", self.url)
    }
}

impl FromStr for Detached {
    type Err = Error;

    fn from_str(record: &str) -> Result<Self> {
        let field = |name: &str| {
            record
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
                .ok_or_else(|| Error::Record {
                    reason: format!("it has no line `{name}=…`"),
                })
        };
        Ok(Self {
            product: field("product")?.parse()?,
            version: field("version")?.to_owned(),
            pid: field("pid")?.parse().map_err(|_| Error::Record {
                reason: "its `pid` is not a number".to_owned(),
            })?,
            directory: checked_directory(field("directory")?)?,
            url: field("url")?.to_owned(),
        })
    }
}

/// A record is a file that anybody may have changed, and its directory is removed: only one of ours is accepted.
fn checked_directory(text: &str) -> Result<PathBuf> {
    let path = PathBuf::from(text);
    let is_ours = path
        .file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"bindery-"));
    let is_plain = path
        .components()
        .all(|part| part != std::path::Component::ParentDir);
    if path.is_absolute() && is_ours && is_plain {
        Ok(path)
    } else {
        Err(Error::Record {
            reason: "its `directory` is not a server's".to_owned(),
        })
    }
}

/// The command line of a process; nothing for one that has ended.
fn command_line(pid: u32) -> Option<Vec<u8>> {
    if Path::new("/proc/self/cmdline").exists() {
        return fs::read(format!("/proc/{pid}/cmdline")).ok();
    }
    let output = Command::new("ps")
        .args(["-ww", "-o", "args=", "-p", &pid.to_string()])
        .output()
        .ok()?;
    Some(output.stdout)
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    !part.is_empty() && text.windows(part.len()).any(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(pid: u32) -> Detached {
        Detached::new(
            Product::MariaDb,
            "10.11.6".to_owned(),
            pid,
            PathBuf::from("/tmp/bindery-abcdef"),
            "mysql://u:p@127.0.0.1:1/mysql".to_owned(),
        )
    }

    #[test]
    fn a_record_reads_as_it_was_written() {
        let detached = record(17);
        assert_eq!(
            detached
                .to_string()
                .parse::<Detached>()
                .expect("it was just written"),
            detached
        );
    }

    #[test]
    fn a_damaged_record_is_refused() {
        let good = record(17).to_string();
        for (from, to) in [
            ("pid=17", "pid=x"),
            ("mariadb", "oracle"),
            ("url=", "link="),
            ("/tmp/bindery-", "/home/"),
            ("/tmp/bindery-", "bindery-"),
            ("/tmp/", "/tmp/../"),
        ] {
            let changed = good.replacen(from, to, 1);
            assert!(changed.parse::<Detached>().is_err(), "{changed}");
        }
    }

    #[test]
    fn a_process_of_another_directory_is_not_the_server() {
        let ourselves = record(std::process::id());
        assert!(!ourselves.is_running());
        ourselves
            .stop()
            .expect("there is nothing to stop or to remove");
    }
}
