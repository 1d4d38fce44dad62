//! Keys, foreign keys and checks as the schema has them, and what databases tell of one that is violated.
//!
//! What a database tells may be a trigger's word (`RAISE … USING CONSTRAINT`, `SIGNAL`) and hold a row's value, so nothing of it is
//! shown or handed on but what the schema knows by that name.

use std::fmt;

use super::{Error, ErrorKind};
use crate::Dialect;
use crate::program::ModelInfo;

/// A key, foreign key or check of a model, the same on all of its engines, whatever each calls it. Generated code has a constant
/// for each: `users::EMAIL`.
///
/// ```
/// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/main/sample/example.rs"));
/// # fn main() -> bindery::Result<()> {
/// # let db = Databases::in_memory()?;
/// # db.create_missing()?;
/// db.users().insert(NewUser::new("ann@example.org"))?;
/// let error = db.users().insert(NewUser::new("ann@example.org")).unwrap_err();
/// assert!(error.constraint() == users::EMAIL);
/// match error.constraint() {
///     Some(users::EMAIL) => println!("this address is taken"),
///     Some(other) => println!("{other} is violated"),
///     None => return Err(error),
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ModelConstraint {
    /// What it is.
    pub kind: ConstraintKind,
    /// The model it belongs to.
    pub model: &'static str,
    /// Its name, where the schema has one.
    pub name: Option<&'static str>,
    /// Its columns, in order; of a check the one it is written at, of an index those that are no expressions.
    pub columns: &'static [&'static str],
}

/// The kinds of [`ModelConstraint`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConstraintKind {
    /// The primary key.
    PrimaryKey,
    /// A unique constraint or index.
    Unique,
    /// A foreign key.
    ForeignKey,
    /// A check.
    Check,
}

type Text = &'static str;
type Texts = &'static [Text];

impl ModelConstraint {
    /// One of a model; an empty name is none.
    const fn new(kind: ConstraintKind, model: Text, name: Text, columns: Texts) -> Self {
        Self {
            kind,
            model,
            name: if name.is_empty() { None } else { Some(name) },
            columns,
        }
    }

    /// For generated code.
    #[doc(hidden)]
    pub const fn primary_key(model: Text, name: Text, columns: Texts) -> Self {
        Self::new(ConstraintKind::PrimaryKey, model, name, columns)
    }

    /// For generated code.
    #[doc(hidden)]
    pub const fn unique(model: Text, name: Text, columns: Texts) -> Self {
        Self::new(ConstraintKind::Unique, model, name, columns)
    }

    /// For generated code.
    #[doc(hidden)]
    pub const fn foreign_key(model: Text, name: Text, columns: Texts) -> Self {
        Self::new(ConstraintKind::ForeignKey, model, name, columns)
    }

    /// For generated code.
    #[doc(hidden)]
    pub const fn check(model: Text, name: Text, columns: Texts) -> Self {
        Self::new(ConstraintKind::Check, model, name, columns)
    }
}

/// ``the unique key of `users` (`email`)``, by the model's name.
impl fmt::Display for ModelConstraint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.kind {
            ConstraintKind::PrimaryKey => "primary key",
            ConstraintKind::Unique => "unique key",
            ConstraintKind::ForeignKey => "foreign key",
            ConstraintKind::Check => "check",
        };
        write!(out, "the {kind}")?;
        if let Some(name) = self.name {
            write!(out, " `{name}`")?;
        }
        write!(out, " of `{}`", self.model)?;
        if self.columns.is_empty() {
            return Ok(());
        }
        write!(out, " ({})", quoted(self.columns))
    }
}

/// `error.constraint() == users::EMAIL`
impl PartialEq<ModelConstraint> for Option<ModelConstraint> {
    fn eq(&self, other: &ModelConstraint) -> bool {
        self.as_ref() == Some(other)
    }
}

/// `` `a`, `b` ``
pub(super) fn quoted(columns: &[&str]) -> String {
    let columns = columns.iter().map(|column| format!("`{column}`"));
    columns.collect::<Vec<_>>().join(", ")
}

/// What is known of a violated constraint; names are the schema's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Constraint {
    /// Its name in the schema.
    pub name: Option<String>,
    /// The table.
    pub table: Option<String>,
    /// The column, where it is about a single one.
    pub column: Option<String>,
    /// Which of the model's it is.
    pub key: Option<ModelConstraint>,
}

/// A violated constraint in the database's own words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(
    not(any(feature = "sqlite", feature = "postgres", feature = "mysql")),
    allow(dead_code, reason = "reported by the databases")
)]
pub(crate) struct Told {
    pub(crate) name: Option<String>,
    pub(crate) table: Option<String>,
    pub(crate) column: Option<String>,
    /// All of its columns as the database writes them in one text, which is only ever compared.
    pub(crate) columns: Option<String>,
}

/// What a told name is looked for in.
#[derive(Clone, Copy)]
pub(crate) struct Names<'k> {
    pub(crate) dialect: Dialect,
    /// Those that live on the engine.
    pub(crate) models: &'k [&'static ModelInfo],
    /// The one whose repository was called.
    pub(crate) called: Option<&'static str>,
}

impl Error {
    /// The model's key, foreign key or check that is violated, where the database tells it by a name or columns that the schema
    /// has. SQLite does not tell which foreign key.
    pub fn constraint(&self) -> Option<ModelConstraint> {
        self.violated()?.key
    }

    pub(super) fn violated(&self) -> Option<&Constraint> {
        let (ErrorKind::UniqueViolation(constraint)
        | ErrorKind::ForeignKeyViolation(constraint)
        | ErrorKind::NotNullViolation(constraint)
        | ErrorKind::CheckViolation(constraint)
        | ErrorKind::ValueOutOfRange(constraint)) = &self.0.kind
        else {
            return None;
        };
        Some(constraint)
    }

    fn violated_mut(&mut self) -> Option<&mut Constraint> {
        let (ErrorKind::UniqueViolation(constraint)
        | ErrorKind::ForeignKeyViolation(constraint)
        | ErrorKind::NotNullViolation(constraint)
        | ErrorKind::CheckViolation(constraint)
        | ErrorKind::ValueOutOfRange(constraint)) = &mut self.0.kind
        else {
            return None;
        };
        Some(constraint)
    }

    /// Adds what the database tells, which is shown to nobody before it is known what it names.
    #[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
    #[must_use]
    pub(crate) fn telling(mut self, told: Told) -> Self {
        self.0.told = Some(told);
        self
    }

    #[cfg(test)]
    pub(crate) fn told(&self) -> Told {
        self.0.told.clone().unwrap_or_default()
    }

    /// Says by the schema's names what the database tells by its own. What is not among them stays untold.
    #[must_use]
    pub(crate) fn named(mut self, known: Names<'_>) -> Self {
        let Some(told) = self.0.told.take() else {
            return self;
        };
        let kinds: &[ConstraintKind] = if self.is_unique_violation() {
            &[ConstraintKind::PrimaryKey, ConstraintKind::Unique]
        } else if self.is_foreign_key_violation() {
            &[ConstraintKind::ForeignKey]
        } else if self.is_check_violation() {
            &[ConstraintKind::Check]
        } else {
            &[]
        };
        if let Some(constraint) = self.violated_mut() {
            *constraint = told.known(known, kinds);
        }
        self
    }
}

impl Told {
    fn known(&self, known: Names<'_>, kinds: &[ConstraintKind]) -> Constraint {
        let violated = |info: &&'static ModelInfo| Some((*info, self.key_of(info, known, kinds)?));
        let mut found = known
            .models
            .iter()
            .filter(|info| self.may_be_of(info, known));
        let called = found.clone().find(|info| known.called == Some(info.name));
        let key = called.and_then(violated).or_else(|| {
            let mut keys = found.by_ref().filter_map(violated);
            // A name that several tables have is nobody's.
            keys.next().filter(|_| keys.next().is_none())
        });
        match key {
            Some((info, key)) => Constraint {
                name: key.name.map(str::to_owned),
                table: Some(info.table.to_owned()),
                column: single(key.columns),
                key: Some(key),
            },
            None => self.column_of(known, called.copied()),
        }
    }

    fn may_be_of(&self, info: &ModelInfo, known: Names<'_>) -> bool {
        let table = self.table.as_deref();
        table.is_none_or(|table| known.dialect.same_name(info.table, table))
    }

    fn key_of(
        &self,
        info: &ModelInfo,
        known: Names<'_>,
        kinds: &[ConstraintKind],
    ) -> Option<ModelConstraint> {
        let is_named = |at: usize| {
            let name = self.name.as_deref();
            name.is_some_and(|name| is_called(info, known.dialect, at, name))
        };
        let has_columns = |key: &ModelConstraint| {
            let columns = self.columns.as_deref();
            columns.is_some_and(|columns| {
                columns == known.dialect.told_columns(info.table, key.columns)
            })
        };
        let mut keys = info.constraints.iter().enumerate();
        let found =
            keys.find(|(at, key)| kinds.contains(&key.kind) && (is_named(*at) || has_columns(key)));
        found.map(|(_, key)| *key)
    }

    /// A table and column that the schema has, of no constraint.
    fn column_of(&self, known: Names<'_>, called: Option<&'static ModelInfo>) -> Constraint {
        let has = |info: &&ModelInfo| {
            let column = self.column.as_deref();
            column.is_some_and(|column| info.columns.contains(&column))
        };
        let mut of_table = known.models.iter().copied();
        let told = self
            .table
            .as_ref()
            .and_then(|_| of_table.find(|info| self.may_be_of(info, known)));
        let info = told.or_else(|| called.filter(|info| self.table.is_none() && has(info)));
        Constraint {
            table: info.map(|info| info.table.to_owned()),
            column: info.filter(has).and(self.column.clone()),
            ..Constraint::default()
        }
    }
}

/// Does a database of the dialect call this one of the model so?
fn is_called(info: &ModelInfo, dialect: Dialect, at: usize, name: &str) -> bool {
    let start = format!("{at} {dialect} ");
    let mut names = info.constraint_names.lines();
    names.any(|line| {
        let ours = line.strip_prefix(&start);
        ours.is_some_and(|ours| dialect.same_name(ours, name))
    })
}

fn single(columns: &[&str]) -> Option<String> {
    match columns {
        [only] => Some((*only).to_owned()),
        _ => None,
    }
}

/// How a database tells names.
trait Telling {
    /// Is it the same name?
    fn same_name(self, ours: &str, told: &str) -> bool;

    /// Columns of a table in one text: SQLite's of a unique key, MySQL's of a foreign key.
    fn told_columns(self, table: &str, columns: &[&str]) -> String;
}

impl Telling for Dialect {
    fn same_name(self, ours: &str, told: &str) -> bool {
        match self {
            Self::Sqlite | Self::Postgres => ours == told,
            Self::Mysql => ours.to_lowercase() == told.to_lowercase(),
        }
    }

    fn told_columns(self, table: &str, columns: &[&str]) -> String {
        let of_table = columns.iter().map(|column| match self {
            Self::Sqlite | Self::Postgres => format!("{table}.{column}"),
            Self::Mysql => format!("`{}`", column.replace('`', "``")),
        });
        of_table.collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMAIL: ModelConstraint =
        ModelConstraint::new(ConstraintKind::Unique, "User", "", &["email"]);
    const PLACE: ModelConstraint =
        ModelConstraint::new(ConstraintKind::Unique, "User", "place", &["row", "seat"]);
    const FRIEND: ModelConstraint =
        ModelConstraint::new(ConstraintKind::ForeignKey, "User", "", &["friend"]);
    static USER: ModelInfo = ModelInfo {
        name: "User",
        table: "users",
        columns: &["id", "email", "row", "seat", "friend"],
        constraints: &[EMAIL, PLACE, FRIEND],
        constraint_names: "0 postgres users_email_key\n0 mysql email\n1 postgres place\n1 mysql place",
        ..ModelInfo::NONE
    };
    static OTHER: ModelInfo = ModelInfo {
        name: "Other",
        table: "others",
        columns: &["email"],
        constraints: &[ModelConstraint::new(
            ConstraintKind::Unique,
            "Other",
            "",
            &["email"],
        )],
        constraint_names: "0 mysql email",
        ..ModelInfo::NONE
    };

    fn named(
        kind: fn(Constraint) -> ErrorKind,
        dialect: Dialect,
        called: Option<&'static str>,
        told: Told,
    ) -> Error {
        let known = Names {
            dialect,
            models: &[&USER, &OTHER],
            called,
        };
        let error = Error::new(kind(Constraint::default())).telling(told);
        error.named(known)
    }

    fn told(name: &str, table: &str, columns: &str) -> Told {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Told {
            name: some(name),
            table: some(table),
            columns: some(columns),
            column: None,
        }
    }

    #[test]
    fn each_database_s_words_are_the_model_s_key() {
        use Dialect::{Mysql, Postgres, Sqlite};
        let unique = ErrorKind::UniqueViolation;
        for (dialect, called, words, key) in [
            (Sqlite, None, told("", "", "users.email"), Some(EMAIL)),
            (
                Sqlite,
                None,
                told("", "", "users.row, users.seat"),
                Some(PLACE),
            ),
            (Sqlite, None, told("", "", "users.seat, users.row"), None),
            (
                Postgres,
                None,
                told("users_email_key", "users", ""),
                Some(EMAIL),
            ),
            (Postgres, None, told("users_email_key", "others", ""), None),
            (Postgres, None, told("Users_Email_Key", "users", ""), None),
            (Mysql, None, told("email", "users", ""), Some(EMAIL)),
            (Mysql, Some("User"), told("email", "", ""), Some(EMAIL)),
            (Mysql, Some("User"), told("EMAIL", "", ""), Some(EMAIL)),
            // A trigger's table, or that of another model with the same name.
            (Mysql, None, told("email", "", ""), None),
            (Mysql, Some("Other"), told("place", "", ""), Some(PLACE)),
            (Mysql, Some("User"), told("ann@example.org", "", ""), None),
        ] {
            let error = named(unique, dialect, called, words.clone());
            assert!(
                error.constraint() == key,
                "{dialect} {called:?} {words:?}: {error}"
            );
        }
        let error = named(
            ErrorKind::ForeignKeyViolation,
            Mysql,
            None,
            told("users_ibfk_1", "users", "`friend`"),
        );
        assert!(error.constraint() == FRIEND);
        assert_eq!(
            (error.table(), error.column()),
            (Some("users"), Some("friend"))
        );
    }

    #[test]
    fn what_the_schema_does_not_know_is_not_shown() {
        let canary = Told {
            name: Some("canary".to_owned()),
            table: Some("canary".to_owned()),
            column: Some("canary".to_owned()),
            columns: Some("canary".to_owned()),
        };
        for kind in [
            ErrorKind::UniqueViolation,
            ErrorKind::NotNullViolation,
            ErrorKind::CheckViolation,
        ] {
            for dialect in [Dialect::Sqlite, Dialect::Postgres, Dialect::Mysql] {
                let error = named(kind, dialect, Some("User"), canary.clone());
                let shown = format!("{error} {error:?} {:?} {:?}", error.table(), error.column());
                assert!(!shown.contains("canary"), "{shown}");
            }
        }
    }

    #[test]
    fn a_constraint_reads_as_a_sentence() {
        assert_eq!(
            PLACE.to_string(),
            "the unique key `place` of `User` (`row`, `seat`)"
        );
        let error = named(
            ErrorKind::UniqueViolation,
            Dialect::Sqlite,
            None,
            told("", "", "users.row, users.seat"),
        );
        assert_eq!(
            error.to_string(),
            "a unique key holds the value already (constraint `place`, table `users`, columns `row`, `seat`)"
        );
    }
}
