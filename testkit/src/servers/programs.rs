//! Where the programs of the servers are.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Folders beside `PATH` where packages put PostgreSQL. `*` stands for a version, the newest is taken.
pub(crate) const POSTGRES_FOLDERS: &[&str] = &[
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
];

/// Folders beside `PATH` where packages put MariaDB and MySQL, and brokers.
pub(crate) const MYSQL_FOLDERS: &[&str] = &[
    "/usr/sbin",
    "/usr/bin",
    "/usr/libexec",
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/local/mysql/bin",
    "/opt/homebrew/bin",
];

/// The folders of `PATH`, then those that `patterns` name.
pub(crate) fn folders(patterns: &[&str]) -> Vec<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(patterns.iter().flat_map(|pattern| expand(pattern)))
        .collect()
}

/// The first of `names` in the first folder that has any: a folder that is first in `PATH` is meant.
pub(crate) fn find_program(names: &[&str], folders: &[PathBuf]) -> Option<PathBuf> {
    folders
        .iter()
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)))
        .find(|path| is_program(path))
}

pub(crate) fn is_program(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// Replaces the `*` of a pattern by every version there is, newest first.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else {
        return vec![PathBuf::from(pattern)];
    };
    let (parent, prefix) = before.rsplit_once('/').unwrap_or(("", before));
    let mut versions: Vec<(Vec<u32>, String)> = fs::read_dir(Path::new(parent))
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| Some((version(name.strip_prefix(prefix)?)?, name)))
        .collect();
    versions.sort_by(|left, right| right.cmp(left));
    versions
        .into_iter()
        .map(|(_, name)| PathBuf::from(format!("{parent}/{name}{after}")))
        .collect()
}

fn version(text: &str) -> Option<Vec<u32>> {
    text.split('.').map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn the_newest_version_comes_first() {
        let root = tempfile::tempdir().expect("the temporary directory is writable");
        for version in ["9.6", "15", "notes", "9.10"] {
            fs::create_dir(root.path().join(version)).expect("the new directory is writable");
        }
        let root = root.path().display().to_string();
        let found = expand(&format!("{root}/*/bin"));
        let expected: Vec<PathBuf> = ["15", "9.10", "9.6"]
            .iter()
            .map(|version| PathBuf::from(format!("{root}/{version}/bin")))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_program_is_found_by_the_order_of_folders_then_of_names() {
        let folders = [PathBuf::from("/nonexistent"), PathBuf::from("/bin")];
        for names in [["no-such-program", "sh"], ["sh", "ls"]] {
            assert_eq!(
                find_program(&names, &folders),
                Some(PathBuf::from("/bin/sh"))
            );
        }
        assert_eq!(find_program(&["no-such-program"], &folders), None);
        let own = tempfile::tempdir().expect("the temporary directory is writable");
        symlink("/bin/sh", own.path().join("ls")).expect("the new directory is writable");
        let folders = [own.path().to_owned(), PathBuf::from("/bin")];
        assert_eq!(
            find_program(&["sh", "ls"], &folders),
            Some(own.path().join("ls"))
        );
    }
}
