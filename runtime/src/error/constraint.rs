//! Keys, foreign keys and checks as the schema has them, and databases' reports of one that is violated.
//!
//! A database's report may be a trigger's word (`RAISE … USING CONSTRAINT`, `SIGNAL`) and hold a row's value, so nothing of it is
//! shown or handed on but what the schema knows by that name.

use std::fmt;

use super::{Error, ErrorKind};
pub use bindery_core::program::{ConstraintKind, ModelConstraint};

/// `` `a`, `b` ``
pub(super) fn quoted(columns: &[impl fmt::Display]) -> String {
    let columns = columns.iter().map(|column| format!("`{column}`"));
    columns.collect::<Vec<_>>().join(", ")
}

/// A violated constraint, as far as it is known; names are the schema's.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Constraint {
    /// Its name in the schema.
    pub name: Option<String>,
    /// The name of the table, where it is known.
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
pub(crate) struct ReportedConstraint {
    pub(crate) name: Option<String>,
    pub(crate) table: Option<String>,
    pub(crate) column: Option<String>,
    /// All of its columns as the database writes them in one text, which is only ever compared.
    pub(crate) columns: Option<String>,
}

impl Error {
    /// The model's key, foreign key or check that is violated, where the database reports it by a name or columns that
    /// the schema has. SQLite does not report which foreign key.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
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

    /// Adds the database's report, which is not shown before it is known what it names.
    #[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
    #[must_use]
    pub(crate) fn telling(mut self, told: ReportedConstraint) -> Self {
        self.0.told = Some(told);
        self
    }

    /// The column in the database's own words, to be compared with names that are known.
    #[cfg(feature = "data")]
    pub(crate) fn reported_column(&self) -> Option<&str> {
        self.0.told.as_ref()?.column.as_deref()
    }

    #[cfg(test)]
    pub(crate) fn told(&self) -> ReportedConstraint {
        self.0.told.clone().unwrap_or_default()
    }

    /// Says by the schema's names what the database reports by its own; `resolve` finds them among the kinds of constraint that
    /// can be violated so. What it does not find is not shown.
    #[must_use]
    pub(crate) fn naming(
        mut self,
        resolve: impl FnOnce(&ReportedConstraint, &[ConstraintKind]) -> Constraint,
    ) -> Self {
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
            *constraint = resolve(&told, kinds);
        }
        self
    }
}
