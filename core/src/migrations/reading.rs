//! The files of migrations, read and cut into the statements that are sent.

use std::borrow::Cow;
use std::fs;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::beside::has_no_transaction;
use super::folder::{self, MigrationFile, Unordered};
use super::{Migration, Replaced, Script, ScriptStatement, ServerVersion, no_order};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::{Dialect, Flavour};
use crate::source::{FileId, Sources, Span};
use crate::statements::cut::{CutStatement, Required, cut};
use crate::statements::load::load;

/// A migration with its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedMigration {
    /// The migration itself.
    pub migration: Migration,
    /// The path of its file.
    pub path: PathBuf,
    /// The text that is to stay as it was applied: line ends as `\n`.
    pub text: String,
    /// The file of the way back, where it is not in the same.
    pub down_path: Option<PathBuf>,
    /// The migrations that it replaces, as far as their files are there.
    pub replaced: Vec<LoadedMigration>,
}

impl Deref for LoadedMigration {
    type Target = Migration;

    fn deref(&self) -> &Migration {
        &self.migration
    }
}

/// The folder, beside the migrations, of the files in place of which there is the squashed migration of this version.
pub fn replaced_folder(migrations: &Path, version: &str) -> PathBuf {
    migrations.join(folder::REPLACED).join(version)
}

/// Files that a squash was to remove and did not, as it was killed: each has its copy beside the squashed migration that replaces it.
pub fn replaced_leftovers(migrations: &Path) -> Vec<PathBuf> {
    folder::leftovers(migrations)
}

/// The lines of a squashed migration for those that it replaces. What one of them was squashed from follows it, two blanks further in.
pub fn replaces_lines<'m>(replaced: impl IntoIterator<Item = &'m Migration>) -> String {
    fn write(
        (version, checksum, replaces): (&str, &str, &[Replaced]),
        depth: usize,
        text: &mut String,
    ) {
        let blanks = " ".repeat(2 * depth);
        text.push_str(&format!("--{blanks}{REPLACES}{version} {checksum}\n"));
        for one in replaces {
            write(
                (&one.version, &one.checksum, &one.replaces),
                depth + 1,
                text,
            );
        }
    }
    let mut text = String::new();
    for one in replaced {
        write((&one.version, &one.checksum, &one.replaces), 0, &mut text);
    }
    text
}

const REPLACES: &str = " Replaces: ";

/// A squash that is nested deeper than this is none.
const REPLACES_DEPTH: usize = 100;

/// The lines of that kind at the head of a file.
fn replaces_of(text: &str) -> Vec<Replaced> {
    let head = text.lines().map_while(|line| line.strip_prefix("--"));
    let mut found: Vec<Replaced> = Vec::new();
    for line in head {
        let named = line.trim_start().strip_prefix(REPLACES.trim_start());
        let Some((version, checksum)) = named.and_then(|named| named.trim().split_once(' ')) else {
            continue;
        };
        let blanks = line.len() - line.trim_start().len();
        let mut into = &mut found;
        for _ in 0..(blanks.saturating_sub(1) / 2).min(REPLACES_DEPTH) {
            if into.is_empty() {
                break;
            }
            let last = into.len() - 1;
            into = into[last].replaces.to_mut();
        }
        into.push(Replaced {
            version: version.to_owned().into(),
            checksum: checksum.to_owned().into(),
            ..Replaced::default()
        });
    }
    found
}

/// Reads the migrations of a folder, in their order. What is wrong with them is in `diagnostics`.
pub fn read_folder(
    folder: &Path,
    dialect: Dialect,
    flavour: Option<Flavour>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Vec<LoadedMigration> {
    let mut reader = Reader {
        root: folder,
        dialect,
        flavour,
        sources,
        diagnostics,
        inside: Vec::new(),
    };
    reader.folder(folder)
}

/// Reads the text of one migration that no file holds yet.
pub fn read_migration(
    (version, name): (&str, &str),
    path: &Path,
    text: &str,
    engine: (Dialect, Option<Flavour>),
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Option<LoadedMigration> {
    let (dialect, flavour) = engine;
    let shown = path.display().to_string();
    let id = load(sources, &shown, text.as_bytes(), diagnostics)?;
    let mut reader = Reader {
        root: path,
        dialect,
        flavour,
        sources,
        diagnostics,
        inside: Vec::new(),
    };
    let cut = cut(text, dialect, flavour);
    let up = reader.script(id, &cut.statements, cut.no_transaction);
    Some(LoadedMigration {
        migration: Migration {
            version: version.to_owned().into(),
            name: name.to_owned().into(),
            checksum: checksum(text),
            up,
            ..Migration::default()
        },
        path: path.to_owned(),
        text: text.to_owned(),
        down_path: None,
        replaced: Vec::new(),
    })
}

/// SHA-256 of the text, in hexadecimal digits: one that was applied is to stay as it was.
fn checksum(text: &str) -> Cow<'static, str> {
    let digest = Sha256::digest(text.as_bytes());
    let digits = digest.iter().map(|byte| format!("{byte:02x}"));
    digits.collect()
}

pub(super) struct Reader<'a> {
    /// The folder of the engine's migrations.
    pub(super) root: &'a Path,
    pub(super) dialect: Dialect,
    pub(super) flavour: Option<Flavour>,
    pub(super) sources: &'a mut Sources,
    pub(super) diagnostics: &'a mut Diagnostics,
    /// The versions whose replaced files are being read: a file among those of its own version has none.
    pub(super) inside: Vec<String>,
}

impl Reader<'_> {
    fn folder(&mut self, folder: &Path) -> Vec<LoadedMigration> {
        let found = match folder::migrations(folder) {
            Ok(found) => found,
            Err(Unordered::Empty) => return Vec::new(),
            Err(unordered) => {
                self.diagnostics.push(no_order(folder, unordered));
                return Vec::new();
            }
        };
        for (path, why) in &found.left_out {
            let message = format!("`{}` is not applied: {why}", path.display());
            let help = "write it as a migration in SQL, or move it out of the folder";
            self.diagnostics
                .push(Diagnostic::warning("B0432", message).help(help));
        }
        let files = found.files.into_iter();
        files.filter_map(|file| self.migration(file)).collect()
    }

    /// The files of the migrations that a squashed one replaces, as far as they are there.
    fn replaced(&mut self, version: &str) -> Vec<LoadedMigration> {
        let folder = replaced_folder(self.root, version);
        let is_inside = self.inside.iter().any(|one| one == version);
        if is_inside || !folder.is_dir() {
            return Vec::new();
        }
        self.inside.push(version.to_owned());
        let files = self.folder(&folder);
        self.inside.pop();
        files
    }

    fn migration(&mut self, file: MigrationFile) -> Option<LoadedMigration> {
        let Some(version) = file.version else {
            self.diagnostics.push(without_version(&file.path));
            return None;
        };
        let (id, text) = self.load(&file.path)?;
        let cut = cut(&text, self.dialect, self.flavour);
        let beside = has_no_transaction(&file.path);
        let up = self.script(id, &cut.statements, cut.no_transaction || beside);
        let requires = self.requires(id, &cut.requires);
        let down = match &file.down {
            Some(path) => {
                let (id, text) = self.load(path)?;
                let cut = self::cut(&text, self.dialect, self.flavour);
                let no_transaction = cut.no_transaction || has_no_transaction(path);
                Some(self.script(id, &cut.statements, no_transaction))
            }
            None if cut.down.is_empty() => None,
            None => Some(self.script(id, &cut.down, cut.down_no_transaction || beside)),
        };
        let mut replaces = replaces_of(&text);
        let replaced = match replaces.as_slice() {
            [] => Vec::new(),
            _ => self.replaced(&version),
        };
        for one in &mut replaces {
            let file = replaced.iter().find(|file| file.version == one.version);
            one.migration = file.map(|file| file.migration.clone());
        }
        let text = text.replace("\r\n", "\n");
        Some(LoadedMigration {
            migration: Migration {
                version: version.into(),
                name: file.name.into(),
                checksum: checksum(&text),
                up,
                down,
                replaces: replaces.into(),
                requires: requires.into(),
            },
            path: file.path,
            text,
            down_path: file.down,
            replaced,
        })
    }

    /// The servers that a file names, and what names none of this engine's.
    fn requires(&mut self, id: FileId, named: &[Required]) -> Vec<ServerVersion> {
        let mut read = Vec::new();
        for one in named {
            match server_version(&one.words, self.dialect) {
                Some(server) => read.push(server),
                None => self.diagnostics.push(no_server(
                    Span {
                        file: id,
                        start: one.start,
                        end: one.end,
                    },
                    self.dialect,
                )),
            }
        }
        read
    }

    pub(super) fn load(&mut self, path: &Path) -> Option<(FileId, String)> {
        let shown = path.display().to_string();
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(why) => {
                let message = format!("the migration `{shown}` cannot be read: {why}");
                self.diagnostics.push(Diagnostic::error("B0321", message));
                return None;
            }
        };
        let id = load(self.sources, &shown, &bytes, self.diagnostics)?;
        Some((id, self.sources.file(id).text().to_owned()))
    }

    /// Refuses what would end the transaction that a migration runs in.
    fn script(&mut self, id: FileId, cut: &[CutStatement], no_transaction: bool) -> Script {
        let source = self.sources.file(id);
        let statements = cut.iter().map(|statement| ScriptStatement {
            sql: source.text()[statement.start as usize..statement.end as usize]
                .to_owned()
                .into(),
            line: source.line_column(statement.start).line,
        });
        let statements = statements.collect();
        for statement in cut.iter().filter(|one| one.controls_transaction) {
            let span = Span {
                file: id,
                start: statement.start,
                end: statement.end,
            };
            self.diagnostics.push(transaction_control(span));
        }
        Script {
            statements,
            no_transaction,
        }
    }
}

/// The products that speak a dialect.
fn products(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::Sqlite => &["SQLite"],
        Dialect::Postgres => &["PostgreSQL"],
        Dialect::Mysql => &["MariaDB", "MySQL"],
    }
}

fn server_version(words: &[String], dialect: Dialect) -> Option<ServerVersion> {
    let [product, version] = words else {
        return None;
    };
    let mut known = products(dialect).iter().copied();
    let product = known.find(|known| known.eq_ignore_ascii_case(product))?;
    let is_number = |part: &str| part.parse::<u32>().is_ok();
    version.split('.').all(is_number).then(|| ServerVersion {
        product,
        version: version.clone().into(),
    })
}

fn no_server(span: Span, dialect: Dialect) -> Diagnostic {
    let message = "`@requires` names no server of this engine with its version";
    let example = match dialect {
        Dialect::Sqlite => "SQLite 3.35",
        Dialect::Postgres => "PostgreSQL 16",
        Dialect::Mysql => "MariaDB 10.6",
    };
    let help =
        format!("write the oldest version that it can be applied on: `-- @requires {example}`");
    let label = format!("a server is one of {}", products(dialect).join(", "));
    Diagnostic::error("B0336", message)
        .at(span, label)
        .help(help)
}

fn transaction_control(span: Span) -> Diagnostic {
    let message = "a migration begins and ends no transaction of its own";
    let help = "remove it: a migration is one transaction where the database can; with `-- @no-transaction` in the file each statement is for itself";
    Diagnostic::error("B0332", message)
        .at(span, "this would end the transaction")
        .help(help)
}

pub(super) fn without_version(path: &Path) -> Diagnostic {
    let message = format!("the migration `{}` has no version", path.display());
    Diagnostic::error("B0333", message)
        .help("begin its name with one, `20240131120000_name.sql`; what is to run again and again is no migration")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn migrations(dialect: Dialect, files: &[(&str, &str)]) -> (Vec<LoadedMigration>, Vec<String>) {
        let folder = tempfile::tempdir().expect("a folder can be made");
        for (file, text) in files {
            fs::write(folder.path().join(file), text).expect("it can be written to");
        }
        let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
        let read = read_folder(folder.path(), dialect, None, &mut sources, &mut found);
        let told = found
            .iter()
            .map(|one| format!("{}: {}", one.code, one.message));
        (read, told.collect())
    }

    fn texts(script: &Script) -> Vec<(&str, u32)> {
        let statements = script.statements.iter();
        statements.map(|one| (&*one.sql, one.line)).collect()
    }

    #[test]
    fn a_file_is_cut_into_the_statements_that_are_sent() {
        let text = "-- first\nCREATE TABLE a (\n  x TEXT DEFAULT ';'\n);\n\nCREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = 1; DELETE FROM a; END;\n";
        let (read, told) = migrations(Dialect::Sqlite, &[("1_a.sql", text)]);
        assert_eq!(told, [""; 0]);
        assert_eq!((&*read[0].version, &*read[0].name), ("1", "a"));
        let first = "CREATE TABLE a (\n  x TEXT DEFAULT ';'\n)";
        let second =
            "CREATE TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET x = 1; DELETE FROM a; END";
        assert_eq!(texts(&read[0].up), [(first, 2), (second, 6)]);
        assert_eq!(read[0].down, None);
    }

    #[test]
    fn the_way_back_is_a_file_or_a_part_of_it() {
        let part = "-- +goose Up\nCREATE TABLE a (x INT);\n-- +goose Down\n-- @no-transaction\nDROP TABLE a;\n";
        let files = [
            ("1_a.sql", part),
            ("2_b.up.sql", "CREATE TABLE b (x INT);"),
            ("2_b.down.sql", "DROP TABLE b;"),
        ];
        let (read, told) = migrations(Dialect::Postgres, &files);
        assert_eq!(told, [""; 0]);
        let downs = read
            .iter()
            .map(|one| texts(one.down.as_ref().expect("a way back")));
        assert_eq!(
            downs.collect::<Vec<_>>(),
            [vec![("DROP TABLE a", 5)], vec![("DROP TABLE b", 1)]]
        );
        assert_eq!(texts(&read[0].up), [("CREATE TABLE a (x INT)", 2)]);
    }

    #[test]
    fn each_direction_of_a_file_of_dbmate_has_its_own_word_for_no_transaction() {
        let file = |up: &str, down: &str| {
            format!(
                "-- migrate:up{up}\nCREATE TABLE a (x INT);\n-- migrate:down{down}\nDROP TABLE a;\n"
            )
        };
        let without = " transaction:false";
        for (up, down) in [("", ""), (without, ""), ("", without), (without, without)] {
            let (read, told) = migrations(Dialect::Postgres, &[("1_a.sql", &file(up, down))]);
            assert_eq!(told, [""; 0]);
            let back = read[0].down.as_ref().expect("a way back");
            assert_eq!(read[0].up.no_transaction, up == without);
            assert_eq!(back.no_transaction, down == without);
        }
    }

    #[test]
    fn a_squashed_migration_names_what_a_squashed_one_replaces() {
        let head = "-- Squashed.\n-- Replaces: 3 c\n--   Replaces: 1 a\n--   Replaces: 2 b\n-- Replaces: 4 d\n\n-- Replaces: 5 e\n";
        let found = replaces_of(head);
        let named = |found: &[Replaced]| -> Vec<String> {
            let named = found
                .iter()
                .map(|one| format!("{}{}", one.version, one.checksum));
            named.collect()
        };
        assert_eq!(named(&found), ["3c", "4d"]);
        assert_eq!(named(&found[0].replaces), ["1a", "2b"]);
        // One that is further in than any other is the first's.
        assert_eq!(named(&replaces_of("--       Replaces: 1 a")), ["1a"]);
    }

    #[test]
    fn what_cannot_be_applied_is_an_error() {
        let files = [
            ("1_a.sql", "BEGIN;\nCREATE TABLE a (x INT);\nCOMMIT;"),
            ("R__b.sql", "SELECT 1;"),
            ("notes.sql", ""),
        ];
        let (_, told) = migrations(Dialect::Postgres, &files);
        let codes: Vec<&str> = told.iter().map(|one| &one[..5]).collect();
        assert_eq!(codes, ["B0432", "B0332", "B0332", "B0333"], "{told:?}");
        assert_eq!(migrations(Dialect::Mysql, &[]).1, [""; 0]);
    }
}
