//! `bindery validate --fix`: the migration that mends what a database lacks or declares otherwise. It is written, and never run.

use std::fs;
use std::path::{Path, PathBuf};

use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::dialect::Dialect;
use bindery_schema::diff::{
    Change, Mended, ParsedMigration, Structure, differences, file_text, fold,
};
use bindery_schema::model::Engine;
use serde::Serialize;

use crate::comparison::Mending;
use crate::failure::Failure;
use crate::migrations::files::{folder, shown, write};
use crate::migrations::versions::Versions;
use crate::output::{Output, Paint};
use crate::project::Project;

/// The folder beside the configuration for mends that are no migrations, with one for each engine.
const FOLDER: &str = "mends";

/// The files that mend one engine; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
pub(super) struct Fix {
    files: Vec<File>,
    /// They are among the migrations of the engine, and applied by `bindery migrate run`.
    migrations: bool,
    /// A part of the statements is a comment, as data would be lost, or only the database has it.
    commented: bool,
}

#[derive(Debug, Serialize)]
struct File {
    path: String,
    sql: String,
}

/// Plans the mend of an engine; `None` where there is nothing to mend.
pub(super) fn plan(
    project: &Project,
    engine: &Engine,
    mending: &Mending,
) -> Result<Option<Fix>, Failure> {
    let mended = mending.steps().map_err(|_| {
        Failure::new(format!(
            "the mend of `{}` cannot be read again: write it by hand, `bindery migrate add NAME --empty`",
            engine.name
        ))
    })?;
    if mended.is_empty() {
        return Ok(None);
    }
    let beside = folder(project, &engine.name);
    let mut sources = project.input.sources.clone();
    let folded = fold(&beside, engine, &mut sources, &mut Diagnostics::default());
    let folded = folded.filter(|folded| {
        lack_the_same(&folded.structure, mending)
            && ends_at(&folded.structure, &mended, mending.to())
    });
    let of_chain = folded.as_ref().map(|folded| folded.migrations.as_slice());
    let of_chain = of_chain.filter(|migrations| !migrations.is_empty());
    let place = match of_chain {
        Some(_) => beside,
        None => mends(project).join(&engine.name),
    };
    let commented = mended.up.iter().any(|step| step.commented);
    Ok(Some(Fix {
        files: files(&mended, (&place, engine.dialect), of_chain),
        migrations: of_chain.is_some(),
        commented,
    }))
}

/// Whether the migrations lack all that the database lacks. A database that has drifted from its migrations is mended by what they do
/// already: as one of them it would fail on a new database.
fn lack_the_same(migrations: &Structure, mending: &Mending) -> bool {
    let open = differences(migrations, mending.to());
    let open: Vec<String> = open.iter().map(ToString::to_string).collect();
    mending.lacking().all(|sentence| open.contains(&sentence))
}

/// Whether the migrations with the mend after them end at the schema.
fn ends_at(migrations: &Structure, mended: &Mended, schema: &Structure) -> bool {
    let is_drop = |change: &Change| {
        matches!(
            change,
            Change::DropTable(_)
                | Change::DropColumn { .. }
                | Change::DropKey { .. }
                | Change::DropView(_)
                | Change::DropObject(_)
                | Change::DropEnum(_)
        )
    };
    let end = migrations.after(&mended.statements());
    end.is_ok_and(|end| differences(&end, schema).iter().all(is_drop))
}

fn mends(project: &Project) -> PathBuf {
    let config = project.config.as_ref();
    config
        .map_or_else(PathBuf::new, |config| config.folder.clone())
        .join(FOLDER)
}

fn files(
    mended: &Mended,
    (place, dialect): (&Path, Dialect),
    of_chain: Option<&[ParsedMigration]>,
) -> Vec<File> {
    let mut versions = Versions::after(of_chain.unwrap_or_default());
    let mut files = Vec::new();
    for (name, steps, is_online) in [
        ("mend", &mended.up, false),
        ("mend_online", &mended.online, true),
    ] {
        if steps.is_empty() {
            continue;
        }
        let sql = file_text(steps, is_online);
        let by_hand = of_chain.is_none() && !is_online;
        files.push(File {
            path: shown(&place.join(format!("{}_{name}.sql", versions.give()))),
            sql: if by_hand { whole(&sql, dialect) } else { sql },
        });
    }
    files
}

/// A text that a person runs, as `bindery migrate run` does it: in one transaction where the database can, and without SQLite's checks of
/// foreign keys, which would delete what refers to a table that is made anew. `sqlite3` goes on after a statement that fails unless it
/// bails, and would commit a table whose rows were not copied.
fn whole(sql: &str, dialect: Dialect) -> String {
    match dialect {
        Dialect::Sqlite => format!(
            ".bail on\n-- For the program `sqlite3`, which stops at the first statement that fails: then nothing is changed.\n\
            PRAGMA foreign_keys = OFF;\nBEGIN;\n\n{sql}\nCOMMIT;\nPRAGMA foreign_key_check;\nPRAGMA foreign_keys = ON;\n"
        ),
        Dialect::Postgres => format!("BEGIN;\n\n{sql}\nCOMMIT;\n"),
        Dialect::Mysql => sql.to_owned(),
    }
}

impl Fix {
    /// Writes the files, or none: half a mend would be taken for the whole.
    pub(super) fn write(&self) -> Result<(), Failure> {
        let mut written = Vec::new();
        for file in &self.files {
            let path = Path::new(&file.path);
            if !path.exists() {
                written.push(path);
            }
            if let Err(failure) = write(path, &file.sql) {
                for path in written {
                    let _ = fs::remove_file(path);
                }
                return Err(failure);
            }
        }
        Ok(())
    }

    /// The files as lines, or their texts where they are not written.
    pub(super) fn lines(&self, engine: &str, dry_run: bool, output: &Output) -> String {
        let line = |file: &File| {
            if dry_run {
                return format!("-- {} on {engine}\n{}", file.path, file.sql);
            }
            let word = output
                .results()
                .paint(Paint::Good, &format!("{:<9}", "written"));
            format!("{word}  {} on {engine}\n", file.path)
        };
        self.files.iter().map(line).collect()
    }

    /// Reports what a person has to know of them.
    pub(super) fn tell(&self, engine: &str, output: &Output) {
        if self.commented {
            output.message(&format!(
                "note: {engine}: what only the database has, and what loses data, is written as a comment\n"
            ));
        }
        if !self.migrations {
            output.message(&format!(
                "note: {engine}: this is no migration, since its migrations do not make what the database is: run it by hand\n"
            ));
        }
    }
}
