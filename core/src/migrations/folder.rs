//! A folder of migrations: which of its files make the schema, and in which order. Known are the names of
//!
//! * sqlx, goose, dbmate, tern, Atlas, Drizzle: `20240131120000_name.sql`;
//! * sqlx and golang-migrate with a way back: `7_name.up.sql`, and `7_name.down.sql`, which is left out;
//! * Flyway: `V1.2__name.sql`, `U1.2__name.sql` (undo, left out), `R__name.sql` (repeatable, after all others);
//! * refinery: `V1__name.sql`, and `U2__name.sql` where no `V2` is there;
//! * diesel and Prisma: `2024-01-31-120000_name/up.sql`, `20240131120000_name/migration.sql`.
//!
//! The way back within a file is left out by the reader (`statements/reverted.rs`).

use crate::lists::IntoVec as _;
use crate::sorting::sort_by;

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The files of a folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Migrations {
    /// In the order in which they are applied.
    pub files: Vec<MigrationFile>,
    /// Files that look like part of it and are not read, with the reason.
    pub left_out: Vec<(PathBuf, &'static str)>,
}

/// A migration among the files of a folder.
#[derive(Debug, PartialEq, Eq)]
pub struct MigrationFile {
    /// As the name has it; `None` for Flyway's repeatable migrations, and in a folder where no name has one.
    pub version: Option<String>,
    /// The rest of the name.
    pub name: String,
    /// The file with the statements that apply it.
    pub path: PathBuf,
    /// The file that undoes it.
    pub down: Option<PathBuf>,
}

/// Why a folder has no order.
#[derive(Debug)]
pub enum Unordered {
    /// The folder cannot be read.
    Unreadable(io::Error),
    /// There is no migration in SQL.
    Empty,
    /// Two have one version.
    SameVersion(PathBuf, PathBuf),
}

/// The numbers of a version, compared one after the other: `1.10` comes after `1.9`. A moment is year, month, day and
/// time, whether it is written with hyphens or without.
type Version = Vec<u128>;

/// The meaning of a name.
#[derive(Debug, PartialEq, Eq)]
enum Named {
    Version(Version, String),
    /// Flyway's undo, or a migration of refinery's that may come late.
    UndoOrLate(Version, String),
    Repeatable,
    /// The way back of another file.
    Down(Version),
    Nothing,
}

/// Lists the migrations of a folder.
pub fn migrations(folder: &Path) -> Result<Migrations, Unordered> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .and_then(|entries| {
            entries
                .map(|entry| entry.map(|entry| entry.path()))
                .collect()
        })
        .map_err(Unordered::Unreadable)?;
    sort_by(&mut entries, Ord::cmp);
    let replaced = replaced(folder, &entries);
    let mut sorted = Sorted::default();
    for path in entries {
        let is_replaced = path.file_name().is_some_and(|name| replaced.contains(name));
        if !is_replaced {
            sorted.add(path)?;
        }
    }
    sorted.finish()
}

/// The folder of the files in place of which there are squashed migrations: `replaced/<version of the squashed one>/`.
pub const REPLACED: &str = "replaced";

/// The paths of files that a killed squash left.
pub fn leftovers(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut entries: Vec<PathBuf> = entries.map(|entry| entry.path()).into_vec();
    let replaced = replaced(folder, &entries);
    entries.retain(|path| path.file_name().is_some_and(|name| replaced.contains(name)));
    entries
}

/// The files that a squash was to remove and did not, as it was killed: they are in the folder of what is replaced, and the squashed
/// migration is there.
fn replaced(folder: &Path, entries: &[PathBuf]) -> HashSet<OsString> {
    let mut found = HashSet::new();
    let kept = fs::read_dir(folder.join(REPLACED)).into_iter().flatten();
    for inside in kept.flatten().map(|entry| entry.path()) {
        let files = fs::read_dir(&inside).into_iter().flatten().flatten();
        let files: HashSet<OsString> = files.map(|file| file.file_name()).collect();
        let version = inside.file_name().unwrap_or_default().to_string_lossy();
        let is_squashed = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default();
            let (named, _) = named(&name.to_string_lossy());
            !files.contains(name) && matches!(named, Named::Version(_, text) if *text == *version)
        };
        if entries.iter().any(is_squashed) {
            found.extend(files);
        }
    }
    found
}

/// The entries of a folder by what their names say.
#[derive(Default)]
struct Sorted {
    versions: BTreeMap<Version, MigrationFile>,
    undo_or_late: Vec<(Version, MigrationFile)>,
    downs: BTreeMap<Version, PathBuf>,
    repeatable: Vec<MigrationFile>,
    unversioned: Vec<MigrationFile>,
    left_out: Vec<(PathBuf, &'static str)>,
}

impl Sorted {
    fn add(&mut self, path: PathBuf) -> Result<(), Unordered> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') {
            return Ok(());
        }
        let (named, rest) = named(&name);
        let Some(file) = sql_of(&path, &named) else {
            self.leave_out(path, &named);
            return Ok(());
        };
        let down = path.join("down.sql");
        let mut file = MigrationFile {
            version: None,
            name: rest,
            path: file,
            down: down.is_file().then_some(down),
        };
        match named {
            Named::Version(version, text) => {
                file.version = Some(text);
                self.versioned(version, file)?;
            }
            Named::UndoOrLate(version, text) => {
                file.version = Some(text);
                self.undo_or_late.push((version, file));
            }
            Named::Down(version) => drop(self.downs.insert(version, file.path)),
            Named::Repeatable => self.repeatable.push(file),
            Named::Nothing => self.unversioned.push(file),
        }
        Ok(())
    }

    fn versioned(&mut self, version: Version, file: MigrationFile) -> Result<(), Unordered> {
        match self.versions.get(&version) {
            Some(other) => Err(Unordered::SameVersion(other.path.clone(), file.path)),
            None => {
                self.versions.insert(version, file);
                Ok(())
            }
        }
    }

    /// Another tool's own files (`migration_lock.toml`, `meta/`) have no version and are not meant.
    fn leave_out(&mut self, path: PathBuf, named: &Named) {
        if matches!(named, Named::Version(..)) {
            let why = if path.is_dir() {
                "it holds neither `up.sql` nor `migration.sql`"
            } else {
                "it is not SQL"
            };
            self.left_out.push((path, why));
        }
    }

    fn finish(mut self) -> Result<Migrations, Unordered> {
        for (version, file) in std::mem::take(&mut self.undo_or_late) {
            match self.versions.get_mut(&version) {
                Some(undone) => undone.down = Some(file.path),
                None => drop(self.versions.insert(version, file)),
            }
        }
        for (version, path) in self.downs {
            if let Some(file) = self.versions.get_mut(&version) {
                file.down = Some(path);
            }
        }
        let mut found = Migrations {
            files: self
                .versions
                .into_values()
                .chain(self.repeatable)
                .into_vec(),
            left_out: self.left_out,
        };
        if found.files.is_empty() {
            found.files = self.unversioned;
        } else {
            let why = "its name has no version";
            let rest = self.unversioned.into_iter().map(|file| (file.path, why));
            found.left_out.extend(rest);
        }
        if found.files.is_empty() {
            return Err(Unordered::Empty);
        }
        Ok(found)
    }
}

/// The file with the statements of an entry. In a folder without a version nothing is looked for.
fn sql_of(path: &Path, named: &Named) -> Option<PathBuf> {
    if path.is_dir() {
        let inside = ["up.sql", "migration.sql"].map(|name| path.join(name));
        let is_versioned = matches!(named, Named::Version(..));
        return inside
            .into_iter()
            .find(|file| is_versioned && file.is_file());
    }
    let end = path.extension()?;
    end.eq_ignore_ascii_case("sql").then(|| path.to_owned())
}

/// The meaning of a name, and the part of it that is for people.
fn named(name: &str) -> (Named, String) {
    let lower = name.to_ascii_lowercase();
    let stem = lower.strip_suffix(".sql").unwrap_or(&lower);
    let stem = stem.strip_suffix(".up").unwrap_or(stem).len();
    let bare = |from: usize| {
        let rest = name.get(from..stem).unwrap_or_default();
        rest.trim_start_matches(['_', '-', '.']).to_owned()
    };
    if lower.starts_with("r__") {
        return (Named::Repeatable, bare(1));
    }
    if let Some((head, _)) = lower.split_once("__") {
        let numbers = |text: &str| text.split(['.', '_']).map(number).collect::<Option<_>>();
        for (letter, make) in [
            ('v', Named::Version as fn(_, _) -> _),
            ('u', Named::UndoOrLate),
        ] {
            let version = head.strip_prefix(letter);
            if let Some((text, numbers)) = version.and_then(|text| Some((text, numbers(text)?))) {
                return (make(numbers, text.to_owned()), bare(head.len()));
            }
        }
    }
    let Some((numbers, end)) = version(&lower) else {
        return (Named::Nothing, bare(0));
    };
    let named = if lower.ends_with(".down.sql") {
        Named::Down(numbers)
    } else {
        Named::Version(numbers, name[..end].to_owned())
    };
    (named, bare(end))
}

/// The version that a name begins with, and where it ends: a date as diesel writes it, or digits with points in between.
fn version(name: &str) -> Option<(Version, usize)> {
    if let Some(date) = date(name) {
        return Some(date);
    }
    let end = name.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
    let digits = name[..end.unwrap_or(name.len())].trim_end_matches('.');
    let numbers: Option<Version> = match digits.len() {
        14 if !digits.contains('.') => [&digits[..4], &digits[4..6], &digits[6..8], &digits[8..]]
            .map(number)
            .into_iter()
            .collect(),
        _ => digits.split('.').map(number).collect(),
    };
    Some((numbers?, digits.len()))
}

/// `2024-01-31`, `2024-01-31-120000` or `2024-01-31-120000-0000`, before the first `_`.
fn date(name: &str) -> Option<(Version, usize)> {
    let (date, _) = name.split_once('_')?;
    let lengths: Vec<usize> = date.split('-').map(str::len).into_vec();
    let numbers: Option<Version> = date.split('-').map(number).collect();
    lengths
        .starts_with(&[4, 2, 2])
        .then_some((numbers?, date.len()))
}

fn number(digits: &str) -> Option<u128> {
    let all = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    all.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes a folder of these files and lists it: the files in order, then those left out.
    fn listed(files: &[&str]) -> Result<(Vec<String>, Vec<String>), Unordered> {
        let folder = tempfile::tempdir().expect("a folder can be made");
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().expect("it is in the folder"))
                .expect("it can be made");
            fs::write(path, "").expect("it can be written to");
        }
        let found = migrations(folder.path())?;
        let shown = |path: &PathBuf| {
            let inside = path
                .strip_prefix(folder.path())
                .expect("it is in the folder");
            inside.to_string_lossy().into_owned()
        };
        let left_out = found.left_out.iter().map(|(path, _)| shown(path));
        let files = found.files.iter().map(|file| shown(&file.path));
        Ok((files.collect(), left_out.collect()))
    }

    #[test]
    fn names_of_each_tool_are_ordered_by_version() {
        let cases: [(&[&str], &[&str]); 9] = [
            // sqlx, goose, dbmate, tern, Atlas
            (
                &["10_c.sql", "9_b.sql", "0008_a.sql", "atlas.sum"],
                &["0008_a.sql", "9_b.sql", "10_c.sql"],
            ),
            // sqlx and golang-migrate with a way back
            (
                &["1_a.up.sql", "1_a.down.sql", "2_b.down.sql", "2_b.up.sql"],
                &["1_a.up.sql", "2_b.up.sql"],
            ),
            // Flyway
            (
                &[
                    "V1.10__c.sql",
                    "V1.9__b.sql",
                    "V1_8__a.sql",
                    "U1.9__b.sql",
                    "R__views.sql",
                    "R__a.sql",
                ],
                &[
                    "V1_8__a.sql",
                    "V1.9__b.sql",
                    "V1.10__c.sql",
                    "R__a.sql",
                    "R__views.sql",
                ],
            ),
            // refinery
            (
                &["V1__a.sql", "U2__b.sql", "V3__c.sql"],
                &["V1__a.sql", "U2__b.sql", "V3__c.sql"],
            ),
            // diesel
            (
                &[
                    "2020-01-31-120000_b/up.sql",
                    "2020-01-31-120000_b/down.sql",
                    "00000000000000_diesel_initial_setup/up.sql",
                    "2020-01-31-120000-0000_c/up.sql",
                    "2020-01-31_120000_a/up.sql",
                    "20200201000000_d/up.sql",
                ],
                &[
                    "00000000000000_diesel_initial_setup/up.sql",
                    "2020-01-31_120000_a/up.sql",
                    "2020-01-31-120000_b/up.sql",
                    "2020-01-31-120000-0000_c/up.sql",
                    "20200201000000_d/up.sql",
                ],
            ),
            // Prisma
            (
                &[
                    "20200101000000_a/migration.sql",
                    "migration_lock.toml",
                    "20210101000000_b/migration.sql",
                ],
                &[
                    "20200101000000_a/migration.sql",
                    "20210101000000_b/migration.sql",
                ],
            ),
            // Drizzle
            (
                &["0001_b.sql", "0000_a.sql", "meta/_journal.json"],
                &["0000_a.sql", "0001_b.sql"],
            ),
            // no tool: by name
            (
                &["posts.sql", "a_users.sql", "notes.md", ".hidden.sql"],
                &["a_users.sql", "posts.sql"],
            ),
            (&["001-2fa.sql", "01x.SQL", "002.sql"], &[]),
        ];
        for (files, expected) in cases {
            match listed(files) {
                Ok((found, left_out)) => {
                    assert_eq!(found, expected, "{files:?}");
                    assert_eq!(left_out, [""; 0], "{files:?}");
                }
                // The last: `001` and `01` are one version.
                Err(Unordered::SameVersion(..)) => assert!(expected.is_empty(), "{files:?}"),
                Err(other) => panic!("{files:?}: {other:?}"),
            }
        }
    }

    #[test]
    fn files_that_a_killed_squash_left_are_replaced() {
        let kept = ["replaced/2/1_a.sql", "replaced/2/2_b.sql"];
        let of = |files: &[&str]| {
            let files: Vec<&str> = files.iter().chain(&kept).copied().collect();
            listed(&files).expect("ordered").0
        };
        // The copies alone are not a squash.
        assert_eq!(of(&["1_a.sql", "2_b.sql"]), ["1_a.sql", "2_b.sql"]);
        let squashed = ["2_squashed.sql", "3_c.sql"];
        assert_eq!(of(&squashed), squashed);
        assert_eq!(
            of(&["1_a.sql", "2_b.sql", squashed[0], squashed[1]]),
            squashed
        );
    }

    #[test]
    fn a_migration_has_a_version_a_name_and_perhaps_a_way_back() {
        let cases = [
            (vec!["0007_add_nick.sql"], "0007", "add_nick", false),
            (
                vec!["7_add_nick.up.sql", "7_add_nick.down.sql"],
                "7",
                "add_nick",
                true,
            ),
            (
                vec!["V1.2__Add_nick.sql", "U1.2__Add_nick.sql"],
                "1.2",
                "Add_nick",
                true,
            ),
            (
                vec![
                    "2024-01-31-120000_add_nick/up.sql",
                    "2024-01-31-120000_add_nick/down.sql",
                ],
                "2024-01-31-120000",
                "add_nick",
                true,
            ),
            (
                vec!["20240131120000_add_nick/migration.sql"],
                "20240131120000",
                "add_nick",
                false,
            ),
            (vec!["001-init.SQL"], "001", "init", false),
            (vec!["3.sql"], "3", "", false),
        ];
        for (files, version, name, has_down) in cases {
            let folder = tempfile::tempdir().expect("a folder can be made");
            for file in &files {
                let path = folder.path().join(file);
                fs::create_dir_all(path.parent().expect("below it")).expect("it can be made");
                fs::write(path, "").expect("it can be written to");
            }
            let found = migrations(folder.path()).expect("ordered").files;
            assert_eq!(found.len(), 1, "{files:?}");
            let file = &found[0];
            assert_eq!(
                (
                    file.version.as_deref(),
                    file.name.as_str(),
                    file.down.is_some()
                ),
                (Some(version), name, has_down),
                "{files:?}"
            );
        }
    }

    #[test]
    fn what_is_not_read_is_listed() {
        let (files, left_out) =
            listed(&["1_a.sql", "2_b.go", "3_c/readme.md", "seed.sql", "lib.rs"]).expect("ordered");
        assert_eq!(files, ["1_a.sql"]);
        assert_eq!(left_out, ["2_b.go", "3_c", "seed.sql"]);
        assert!(matches!(listed(&["2_b.rb"]), Err(Unordered::Empty)));
        let none = migrations(Path::new("no/such/folder"));
        assert!(matches!(none, Err(Unordered::Unreadable(_))));
    }
}
