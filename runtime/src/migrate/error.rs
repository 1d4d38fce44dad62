//! Migrations that cannot go on: what an error reports of them.

use std::fmt;

/// Why migrations were not applied, or not all of them. Nothing is guessed: a state that only a person can judge is an error.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MigrationError {
    /// A statement failed; its error is the source.
    Statement {
        /// The version of the migration.
        version: String,
        /// Which of its statements, from 1.
        statement: usize,
        /// The line of its file in which it begins.
        line: u32,
        /// How it begins: in one line, and not beyond its first text in quotes, which may be a row's or a password.
        begins: String,
        /// Statements before it are kept: the database, or `-- @no-transaction`, made each one for itself. Otherwise nothing
        /// of the migration is kept.
        kept: usize,
    },
    /// A statement that stands in no transaction was sent, and its answer was lost: whether it is applied is not known. The error of
    /// the connection is the source.
    Unanswered {
        /// The version of the migration.
        version: String,
        /// Which of its statements, from 1. Those before it are kept.
        statement: usize,
        /// The line of its file in which it begins.
        line: u32,
        /// How it begins, as that of [`Statement`](Self::Statement).
        begins: String,
    },
    /// PostgreSQL: a `CREATE INDEX CONCURRENTLY` failed and its index, which is not valid, could not be dropped; or an index of its
    /// name was there, and not valid. The error of the statement, where it was run, is the source.
    InvalidIndex {
        /// The version of the migration.
        version: String,
        /// Which of its statements, from 1.
        statement: usize,
        /// The line of its file in which it begins, from 1.
        line: u32,
        /// The index in quotes, with its schema.
        index: String,
        /// The statement left it itself: the next run drops it and makes it anew.
        is_own: bool,
    },
    /// SQLite: a row would refer to a row that does not exist, and did not before the migration. Nothing of it is kept.
    Orphan {
        /// The version of the migration.
        version: String,
        /// The table of the row.
        table: String,
        /// The row's primary key, as SQL: `id = 5`; `None` in a table that is `WITHOUT ROWID`.
        key: Option<String>,
        /// The table that it refers to.
        parent: String,
    },
    /// Applied migrations whose files are not as they were.
    Changed {
        /// The versions of the changed ones, in their order.
        versions: Vec<String>,
    },
    /// The file of a migration is not as it was when a run ended in the middle of it: how many statements of the new one are
    /// done only a person can say.
    ChangedHalfway {
        /// The version of the migration.
        version: String,
        /// The statements of the file as it was that are done.
        done: usize,
        /// Whether the one after them was done is not known.
        in_doubt: bool,
    },
    /// Applied migrations that have no file.
    Missing {
        /// The versions of those without a file, in their order.
        versions: Vec<String>,
    },
    /// Migrations that are not applied, and later ones are.
    OutOfOrder {
        /// The versions of those that are not applied, in their order.
        versions: Vec<String>,
    },
    /// A run ended in the middle of a statement that stands in no transaction: whether it was done is not known here.
    HalfDone {
        /// The version of the migration.
        version: String,
        /// Which of its statements, from 1.
        statement: usize,
    },
    /// A run that applied a migration ended before it was done, and it is to be reverted.
    HalfApplied {
        /// The version of the migration.
        version: String,
    },
    /// A run that reverted a migration ended before it was done.
    HalfReverted {
        /// The version of the migration.
        version: String,
    },
    /// Migrations that are to be reverted, and nothing says how.
    NoWayBack {
        /// The versions of those without a way back, in their order.
        versions: Vec<String>,
    },
    /// There is no migration of this version.
    Unknown {
        /// The version that was named.
        version: String,
    },
    /// A migration is to be resolved that no run was interrupted in.
    NotInterrupted {
        /// The version of the migration.
        version: String,
        /// It is applied; otherwise it is not.
        is_applied: bool,
    },
    /// A migration is to be resolved with more statements done than it has.
    FewerStatements {
        /// The version of the migration.
        version: String,
        /// The number that it has.
        statements: usize,
    },
    /// Squashed migrations: some of what they replace is applied and not all, and the files are not there.
    HalfReplaced {
        /// The versions of the squashed migrations, in their order.
        versions: Vec<String>,
    },
    /// Migrations that are not applied, where all have to be.
    Pending {
        /// The versions of those that are not applied, in their order.
        versions: Vec<String>,
    },
    /// The migrations are of an engine that the program does not have.
    UnknownEngine {
        /// The engine's name.
        engine: String,
    },
    /// A migration needs another server, or a later version; no statement was run.
    OtherServer {
        /// The version of the migration.
        version: String,
        /// `PostgreSQL 16`; of several products one is enough.
        needed: String,
        /// The server that there is.
        found: String,
    },
    /// Another process migrates the database, and did not end in time.
    Locked,
}

impl fmt::Display for MigrationError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Statement {
                version,
                statement,
                line,
                begins,
                kept,
            } => {
                write!(
                    out,
                    "migration {version}: statement {statement} (line {line}) failed; "
                )?;
                match kept {
                    0 => out.write_str("nothing of the migration is kept"),
                    kept => fmt_kept(out, *kept),
                }?;
                write!(out, "; the statement is `{begins}`")
            }
            Self::Unanswered {
                version,
                statement,
                line,
                begins,
            } => {
                write!(
                    out,
                    "migration {version}: statement {statement} (line {line}) was sent and not answered, so it may be applied or not; "
                )?;
                if *statement > 1 {
                    fmt_kept(out, statement - 1)?;
                    out.write_str("; ")?;
                }
                write!(out, "the statement is `{begins}`")
            }
            Self::InvalidIndex {
                version,
                statement,
                line,
                index,
                is_own,
            } => {
                write!(
                    out,
                    "migration {version}: statement {statement} (line {line}) "
                )?;
                match is_own {
                    true => write!(out, "failed and left the index {index}, which is not valid"),
                    false => write!(out, "makes the index {index}, which is there and not valid"),
                }
            }
            Self::Orphan {
                version,
                table,
                key,
                parent,
            } => {
                write!(out, "migration {version} leaves a row of `{table}` ")?;
                if let Some(key) = key {
                    write!(out, "({key}) ")?;
                }
                write!(
                    out,
                    "that refers to a row of `{parent}` which does not exist; nothing of the migration is kept"
                )
            }
            Self::Changed { versions } => {
                write!(
                    out,
                    "files of applied migrations were changed: {}",
                    list(versions)
                )
            }
            Self::ChangedHalfway {
                version,
                done,
                in_doubt,
            } => {
                write!(
                    out,
                    "a run ended in the middle of migration {version}, and its file was changed since: statements done of the file \
                     as it was: {done}"
                )?;
                match in_doubt {
                    true => out.write_str(", and perhaps the one after them"),
                    false => Ok(()),
                }
            }
            Self::Missing { versions } => {
                write!(out, "applied migrations have no file: {}", list(versions))
            }
            Self::OutOfOrder { versions } => write!(
                out,
                "later migrations are applied, and these are not: {}",
                list(versions)
            ),
            Self::HalfDone { version, statement } => write!(
                out,
                "migration {version}: a run ended while statement {statement} was at work, and whether it was done is not known"
            ),
            Self::HalfApplied { version } => {
                write!(out, "migration {version} is applied in part")
            }
            Self::HalfReverted { version } => {
                write!(out, "migration {version} is reverted in part")
            }
            Self::NoWayBack { versions } => {
                write!(out, "nothing says how to revert {}", list(versions))
            }
            Self::Unknown { version } => write!(out, "there is no migration {version}"),
            Self::NotInterrupted {
                version,
                is_applied,
            } => {
                let state = if *is_applied {
                    "applied"
                } else {
                    "not applied"
                };
                write!(
                    out,
                    "migration {version} was not interrupted: it is {state}"
                )
            }
            Self::FewerStatements {
                version,
                statements,
            } => write!(out, "migration {version} has {statements} statements"),
            Self::HalfReplaced { versions } => write!(
                out,
                "some, but not all migrations are applied that were squashed into {}, and the files of the others are missing",
                list(versions)
            ),
            Self::Pending { versions } => write!(out, "not applied: {}", list(versions)),
            Self::UnknownEngine { engine } => {
                write!(out, "the program has no engine `{}`", engine.escape_debug())
            }
            Self::OtherServer {
                version,
                needed,
                found,
            } => write!(
                out,
                "migration {version} needs {needed} or later, and the server is {found}; nothing was run"
            ),
            Self::Locked => out.write_str("another process migrates the database"),
        }
    }
}

fn fmt_kept(out: &mut fmt::Formatter<'_>, statements: usize) -> fmt::Result {
    match statements {
        1 => out.write_str("the statement before it is kept"),
        more => write!(out, "the {more} statements before it are kept"),
    }
}

fn list(versions: &[String]) -> String {
    versions.join(", ")
}
