//! Keys, foreign keys and checks of models, as generated code has a constant for each.

use std::fmt;

/// A key, foreign key or check of a model, the same on all of its engines, whatever each calls it. Generated code has a constant
/// for each: `users::EMAIL`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ModelConstraint {
    /// Which of the four kinds it is.
    pub kind: ConstraintKind,
    /// The model it belongs to.
    pub model: &'static str,
    /// Its name, where the schema has one.
    pub name: Option<&'static str>,
    /// Its columns, in order; of a check the one it is written at, of an index those that are not expressions.
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
    /// A `CHECK`, of a column or of the table.
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
        write!(out, " (`{}`)", self.columns.join("`, `"))
    }
}

/// `error.constraint() == users::EMAIL` compares with a generated constant.
impl PartialEq<ModelConstraint> for Option<ModelConstraint> {
    fn eq(&self, other: &ModelConstraint) -> bool {
        self.as_ref() == Some(other)
    }
}
