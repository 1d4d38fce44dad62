//! The folder of another tool as migrations of bindery's: the same texts under names of one kind.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use super::beside::has_no_transaction;
use super::folder::{self, MigrationFile};
use super::no_order;
use super::reading::{Reader, without_version};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::dialect::{Dialect, Flavour};
use crate::sorting::sort_by;
use crate::source::Sources;
use crate::statements::cut::{CutStatement, cut};

/// A migration of another tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adopted {
    /// As bindery's file has it.
    pub version: String,
    /// The rest of the file's name.
    pub name: String,
    /// The file that it comes from.
    pub path: PathBuf,
    /// Its text. What begins or ends a transaction is a comment in it.
    pub text: String,
    /// The text of the file that undoes it. A way back in the same file stays there.
    pub down: Option<String>,
}

/// Reads the migrations of another tool's folder, in their order. What is wrong with them is in `diagnostics`; what has no version, as
/// it runs again and again, is left out with a warning.
pub fn adopt(
    folder: &Path,
    dialect: Dialect,
    flavour: Option<Flavour>,
    sources: &mut Sources,
    diagnostics: &mut Diagnostics,
) -> Vec<Adopted> {
    let found = match folder::migrations(folder) {
        Ok(found) => found,
        Err(unordered) => {
            diagnostics.push(no_order(folder, unordered));
            return Vec::new();
        }
    };
    let mut reader = Reader {
        root: folder,
        dialect,
        flavour,
        sources,
        diagnostics,
        inside: Vec::new(),
    };
    for (path, why) in &found.left_out {
        let message = format!("`{}` is not imported: {why}", path.display());
        let help = "write it as a migration in SQL";
        let finding = Diagnostic::warning("B0432", message).help(help);
        reader.diagnostics.push(finding);
    }
    let files = found.files.into_iter();
    files.filter_map(|file| reader.adopted(file)).collect()
}

impl Reader<'_> {
    fn adopted(&mut self, file: MigrationFile) -> Option<Adopted> {
        let Some(version) = &file.version else {
            self.diagnostics.push(without_version(&file.path));
            return None;
        };
        let text = self.adopted_text(&file.path)?;
        let down = match &file.down {
            Some(path) => Some(self.adopted_text(path)?),
            None => None,
        };
        Some(Adopted {
            version: version.replace('_', "."),
            name: plain(&file.name),
            path: file.path,
            text,
            down,
        })
    }

    fn adopted_text(&mut self, path: &Path) -> Option<String> {
        let (_, text) = self.load(path)?;
        let text = text.replace("\r\n", "\n");
        let cut = cut(&text, self.dialect, self.flavour);
        let controls = cut.statements.iter().chain(&cut.down);
        let mut controls: Vec<&CutStatement> =
            controls.filter(|one| one.controls_transaction).collect();
        sort_by(&mut controls, |one, other| one.start.cmp(&other.start));
        let (mut adopted, mut from) = (String::new(), 0);
        if !cut.no_transaction && has_no_transaction(path) {
            adopted.push_str("-- @no-transaction\n");
        }
        for one in controls {
            let (start, end) = (one.start as usize, one.end as usize);
            let end = end + usize::from(text[end..].starts_with(';'));
            adopted.push_str(&text[from..start]);
            adopted.push_str(&format!("/* {} */", &text[start..end]));
            from = end;
        }
        adopted.push_str(&text[from..]);
        Some(adopted)
    }
}

/// Letters, digits and `_`.
fn plain(name: &str) -> String {
    let sign = |letter: char| {
        if letter.is_ascii_alphanumeric() {
            letter
        } else {
            '_'
        }
    };
    let name: String = name.chars().map(sign).collect();
    let name = name.trim_matches('_');
    if name.is_empty() { "migration" } else { name }.to_owned()
}

/// The numbers of a version as tools write it into their tables: `2024-01-31-120000` and `20240131120000` are one, `1_2` and `1.2`
/// too, and `0007` is `7`.
pub fn version_numbers(version: &str) -> Vec<String> {
    let version = version.trim().trim_start_matches(['V', 'v']);
    let version = if version.contains('-') {
        version.replace('-', "")
    } else {
        version.to_owned()
    };
    let numbers = version.split(['.', '_']);
    numbers
        .map(|number| number.trim_start_matches('0').to_owned())
        .collect()
}

/// Orders two versions by their numbers: `1.9` comes before `1.10`.
pub fn compare_versions(one: &str, other: &str) -> Ordering {
    let by_size = |number: &String| (number.len(), number.clone());
    let key = |version: &str| {
        version_numbers(version)
            .iter()
            .map(by_size)
            .collect::<Vec<_>>()
    };
    key(one).cmp(&key(other))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn adopted(files: &[(&str, &str)]) -> Vec<(String, String, Option<String>)> {
        let folder = tempfile::tempdir().expect("a folder can be made");
        for (file, text) in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().expect("it is below")).expect("it can be made");
            fs::write(path, text).expect("it can be written to");
        }
        let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
        let read = adopt(
            folder.path(),
            Dialect::Postgres,
            None,
            &mut sources,
            &mut found,
        );
        assert!(!found.has_errors());
        let file = |one: Adopted| (format!("{}_{}", one.version, one.name), one.text, one.down);
        read.into_iter().map(file).collect()
    }

    #[test]
    fn each_tool_s_files_get_names_of_one_kind() {
        let of = |text: &str| text.to_owned();
        let diesel = [
            ("2020-01-31-120000_users-b/up.sql", "SELECT 1;"),
            ("2020-01-31-120000_users-b/down.sql", "SELECT 2;"),
        ];
        assert_eq!(
            adopted(&diesel),
            [(
                of("2020-01-31-120000_users_b"),
                of("SELECT 1;"),
                Some(of("SELECT 2;"))
            )]
        );
        let flyway = [
            ("V1_2__Add users.sql", "SELECT 1;"),
            ("U1_2__Add users.sql", "SELECT 2;"),
        ];
        assert_eq!(
            adopted(&flyway),
            [(of("1.2_Add_users"), of("SELECT 1;"), Some(of("SELECT 2;")))]
        );
        let goose = "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n";
        assert_eq!(
            adopted(&[("00001_a.sql", goose)]),
            [(of("00001_a"), of(goose), None)]
        );
    }

    #[test]
    fn a_transaction_of_its_own_becomes_a_comment() {
        let text = "BEGIN;\r\nCREATE TABLE a (x INT);\r\nCOMMIT;\r\n";
        let expected = "/* BEGIN; */\nCREATE TABLE a (x INT);\n/* COMMIT; */\n";
        assert_eq!(adopted(&[("1_a.up.sql", text)])[0].1, expected);
    }

    /// Diesel and Flyway say it in a file beside the migration, the others in a comment that stays in it.
    #[test]
    fn a_migration_without_a_transaction_has_none_after_it_is_adopted() {
        let index = "CREATE INDEX CONCURRENTLY i ON t (a);\n";
        let marked = format!("-- @no-transaction\n{index}");
        let diesel = |setting: &str| {
            let files = [
                ("2020-01-31-120000_i/up.sql", index),
                (
                    "2020-01-31-120000_i/down.sql",
                    "DROP INDEX CONCURRENTLY i;\n",
                ),
                ("2020-01-31-120000_i/metadata.toml", setting),
            ];
            adopted(&files).remove(0)
        };
        let (_, up, down) = diesel("# as diesel writes it\nrun_in_transaction = false # no\n");
        assert_eq!(up, marked);
        let down_marked = "-- @no-transaction\nDROP INDEX CONCURRENTLY i;\n";
        assert_eq!(down.as_deref(), Some(down_marked));
        assert_eq!(diesel("run_in_transaction = true\n").1, index);
        let flyway = adopted(&[
            ("V1__i.sql", index),
            ("V1__i.sql.conf", "executeInTransaction=false\n"),
            ("V2__j.sql", index),
        ]);
        assert_eq!(flyway[0].1, marked);
        assert_eq!(flyway[1].1, index);
        for marker in [
            "-- no-transaction\n",
            "-- +goose NO TRANSACTION\n-- +goose Up\n",
            "-- migrate:up transaction:false\n",
        ] {
            let text = format!("{marker}{index}");
            assert_eq!(adopted(&[("1_i.sql", &text)])[0].1, text);
        }
    }

    #[test]
    fn versions_are_one_however_they_are_written() {
        let same = |one, other| version_numbers(one) == version_numbers(other);
        assert!(same("2020-01-31-120000", "20200131120000"));
        assert!(same("0007", "7") && same("1_2", "1.2") && same(" 7  ", "7"));
        assert!(!same("1.2", "12") && !same("10", "1"));
        let ordered = ["1", "1.2", "1_9", "1.10", "2", "0010", "2024-01-31-120000"];
        let is_before = |pair: &[&str]| compare_versions(pair[0], pair[1]).is_lt();
        assert!(ordered.windows(2).all(is_before));
    }
}
