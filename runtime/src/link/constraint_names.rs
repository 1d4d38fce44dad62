//! The schema's names of constraints and columns for those that a database reports by its own.

use bindery_core::dialect::Dialect;

use crate::error::{Constraint, ConstraintKind, Error, ModelConstraint, ReportedConstraint};
use bindery_core::program::ModelInfo;

/// The list in which a reported name is looked up.
#[derive(Clone, Copy)]
pub(crate) struct Names<'k> {
    pub(crate) dialect: Dialect,
    /// Those that live on the engine.
    pub(crate) models: &'k [&'static ModelInfo],
    /// The one whose repository was called.
    pub(crate) called: Option<&'static str>,
}

impl Names<'_> {
    /// The error with the schema's names in place of the database's own.
    pub(crate) fn of(self, error: Error) -> Error {
        error.naming(|told, kinds| told.known(self, kinds))
    }
}

impl ReportedConstraint {
    fn known(&self, known: Names<'_>, kinds: &[ConstraintKind]) -> Constraint {
        let violated = |info: &&'static ModelInfo| Some((*info, self.key_of(info, known, kinds)?));
        let mut found = known
            .models
            .iter()
            .filter(|info| self.may_be_of(info, known));
        let called = found.clone().find(|info| known.called == Some(&*info.name));
        let key = called.and_then(violated).or_else(|| {
            let mut keys = found.by_ref().filter_map(violated);
            // A name that several tables have belongs to none.
            keys.next().filter(|_| keys.next().is_none())
        });
        match key {
            Some((info, key)) => Constraint {
                name: key.name.map(str::to_owned),
                table: Some(info.table.to_string()),
                column: single(key.columns),
                key: Some(key),
            },
            None => self.column_of(known, called.copied()),
        }
    }

    fn may_be_of(&self, info: &ModelInfo, known: Names<'_>) -> bool {
        let table = self.table.as_deref();
        table.is_none_or(|table| known.dialect.same_name(&info.table, table))
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
                columns == known.dialect.told_columns(&info.table, key.columns)
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
            column.is_some_and(|column| info.columns.iter().any(|one| one == column))
        };
        let mut of_table = known.models.iter().copied();
        let told = self
            .table
            .as_ref()
            .and_then(|_| of_table.find(|info| self.may_be_of(info, known)));
        let info = told.or_else(|| called.filter(|info| self.table.is_none() && has(info)));
        Constraint {
            table: info.map(|info| info.table.to_string()),
            column: info.filter(has).and(self.column.clone()),
            ..Constraint::default()
        }
    }
}

/// Whether a database of the dialect gives this constraint of the model this name.
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

/// How a database reports names.
trait Telling {
    /// Whether the database's name is ours, by its rules of comparing names.
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
    use std::borrow::Cow;

    use super::*;
    use crate::error::ErrorKind;
    use bindery_core::program::List;

    const EMAIL: ModelConstraint = ModelConstraint::unique("User", "", &["email"]);
    const PLACE: ModelConstraint = ModelConstraint::unique("User", "place", &["row", "seat"]);
    const FRIEND: ModelConstraint = ModelConstraint::foreign_key("User", "", &["friend"]);
    static USER: ModelInfo = ModelInfo {
        name: Cow::Borrowed("User"),
        table: Cow::Borrowed("users"),
        columns: List::Static(&["id", "email", "row", "seat", "friend"]),
        constraints: &[EMAIL, PLACE, FRIEND],
        constraint_names: "0 postgres users_email_key\n0 mysql email\n1 postgres place\n1 mysql place",
        ..ModelInfo::NONE
    };
    static OTHER: ModelInfo = ModelInfo {
        name: Cow::Borrowed("Other"),
        table: Cow::Borrowed("others"),
        columns: List::Static(&["email"]),
        constraints: &[ModelConstraint::unique("Other", "", &["email"])],
        constraint_names: "0 mysql email",
        ..ModelInfo::NONE
    };

    fn named(
        kind: fn(Constraint) -> ErrorKind,
        dialect: Dialect,
        called: Option<&'static str>,
        told: ReportedConstraint,
    ) -> Error {
        let known = Names {
            dialect,
            models: &[&USER, &OTHER],
            called,
        };
        let error = Error::new(kind(Constraint::default())).telling(told);
        known.of(error)
    }

    fn told(name: &str, table: &str, columns: &str) -> ReportedConstraint {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        ReportedConstraint {
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
        let canary = ReportedConstraint {
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
