//! The temporary directory that holds everything of one server: data, socket, log.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::account::Account;
use crate::{Error, Result};

/// Unix sockets have room for 107 bytes of path; the longest name put in the socket directory is `.s.PGSQL.65535.lock`.
const LONGEST_DIRECTORY: usize = 107 - "/bindery-XXXXXX/socket/.s.PGSQL.65535.lock".len();

/// A directory of one server, owned by the account it runs as. Removed when dropped.
#[derive(Debug)]
pub(crate) struct Directory {
    root: TempDir,
    account: Account,
}

impl Directory {
    /// In `within` or, without that, in the system's temporary directory.
    pub(crate) fn create(account: Account, within: Option<&Path>) -> Result<Self> {
        let preferred = within.map_or_else(std::env::temp_dir, Path::to_owned);
        let parent = parent_for(account, preferred);
        let root = tempfile::Builder::new()
            .prefix("bindery-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(&parent)
            .map_err(Error::path("create a directory in", &parent))?;
        let directory = Self { root, account };
        account.own(directory.path())?;
        for path in [directory.data(), directory.socket()] {
            // PostgreSQL refuses data that others may read.
            let mut builder = fs::DirBuilder::new();
            let created = builder.mode(0o700).create(&path);
            created.map_err(Error::path("create", &path))?;
            account.own(&path)?;
        }
        directory.write("log", "")?;
        Ok(directory)
    }

    pub(crate) fn account(&self) -> Account {
        self.account
    }

    pub(crate) fn path(&self) -> &Path {
        self.root.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.path().join("data")
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.path().join("socket")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.path().join("log")
    }

    /// Writes a file that only the server's account can read.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<PathBuf> {
        let path = self.path().join(name);
        OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(Error::path("write", &path))?;
        self.account.own(&path)?;
        Ok(path)
    }

    /// The log, to append to.
    pub(crate) fn open_log(&self) -> Result<File> {
        let path = self.log();
        File::options()
            .append(true)
            .open(&path)
            .map_err(Error::path("open", &path))
    }

    /// Leaves the directory in place when this value goes.
    pub(crate) fn keep(self) -> PathBuf {
        self.root.keep()
    }
}

/// The preferred directory, or `/tmp` where that one is too deep for a socket or closed to `account`.
fn parent_for(account: Account, preferred: PathBuf) -> PathBuf {
    let fits = preferred.as_os_str().len() <= LONGEST_DIRECTORY;
    if fits && preferred.is_absolute() && is_open_to(account, &preferred) {
        preferred
    } else {
        PathBuf::from("/tmp")
    }
}

/// Returns whether `account` can reach what lies in `directory`.
fn is_open_to(account: Account, directory: &Path) -> bool {
    match account {
        Account::Ourselves => true,
        Account::Lent { .. } => directory
            .ancestors()
            .all(|folder| fs::metadata(folder).is_ok_and(|found| found.mode() & 0o001 != 0)),
    }
}

/// The last lines of a log, for a message. Empty where it cannot be read.
pub(crate) fn tail(log: &Path) -> String {
    const LINES: usize = 25;
    let bytes = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_removed_with_the_directory() {
        let directory = Directory::create(Account::Ourselves, None)
            .expect("the temporary directory is writable");
        let path = directory.path().to_owned();
        directory
            .write("secret", "x")
            .expect("the new directory is writable");
        assert!(path.join("secret").exists());
        drop(directory);
        assert!(!path.exists());
    }

    #[test]
    fn it_lies_in_the_wanted_folder_unless_its_path_would_be_too_long_for_a_socket() {
        let wanted = tempfile::tempdir().expect("the temporary directory is writable");
        let within = |folder: &Path| {
            let directory = Directory::create(Account::Ourselves, Some(folder));
            directory.expect("it can be made").path().to_owned()
        };
        assert!(within(wanted.path()).starts_with(wanted.path()));
        let deep = wanted.path().join("d".repeat(LONGEST_DIRECTORY));
        assert!(!within(&deep).starts_with(wanted.path()));
    }

    #[test]
    fn a_closed_directory_is_not_lent() {
        let closed = Directory::create(Account::Ourselves, None)
            .expect("the temporary directory is writable");
        let lent = Account::Lent { user: 1, group: 1 };
        assert!(!is_open_to(lent, closed.path()));
        assert!(is_open_to(Account::Ourselves, closed.path()));
    }

    #[test]
    fn the_tail_of_a_log_is_its_last_lines() {
        let file = tempfile::NamedTempFile::new().expect("the temporary directory is writable");
        let lines: Vec<String> = (1..=30).map(|line| line.to_string()).collect();
        fs::write(file.path(), lines.join("\n")).expect("the file is ours");
        assert!(tail(file.path()).starts_with("6\n"));
        assert!(tail(file.path()).ends_with("\n30"));
        assert_eq!(tail(Path::new("/nonexistent")), "");
    }
}
