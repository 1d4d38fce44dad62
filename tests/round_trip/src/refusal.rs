//! Why a row was not taken, as far as the next try depends on it.

use bindery::error::Constraint;
use bindery::{Error, ErrorKind};

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// In words, with the constraint's name where it is known.
    pub(crate) why: String,
    pub(crate) constraint: Box<Constraint>,
    /// Databases may say this of a row; anything else is a fault to be found out.
    pub(crate) is_legal: bool,
    /// Only the value is at fault: too long, out of range, not of the character set.
    pub(crate) is_range: bool,
}

impl Refusal {
    /// One that no database said.
    pub(crate) fn of(why: impl Into<String>, is_legal: bool) -> Self {
        Self {
            why: why.into(),
            constraint: Box::default(),
            is_legal,
            is_range: false,
        }
    }

    /// The row's values are not of the types that its model has.
    pub(crate) fn unfit() -> Self {
        Self::of("a generated value is not of its column's Rust type", false)
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let source = std::error::Error::source(&error)
            .map_or(String::new(), |source| format!(" ({source})"));
        let (kind, constraint) = match error.kind() {
            ErrorKind::UniqueViolation(constraint) => ("unique key", constraint),
            ErrorKind::ForeignKeyViolation(constraint) => ("foreign key", constraint),
            ErrorKind::NotNullViolation(constraint) => ("NOT NULL", constraint),
            ErrorKind::CheckViolation(constraint) => ("CHECK", constraint),
            ErrorKind::ValueOutOfRange(constraint) => {
                return Self {
                    is_range: true,
                    ..Self::constrained("range", constraint)
                };
            }
            ErrorKind::Database { code } => {
                return Self::of(format!("error {code}{source}"), is_of_rows(code));
            }
            _ => return Self::of(format!("{error}{source}"), false),
        };
        Self::constrained(kind, constraint)
    }
}

impl Refusal {
    fn constrained(kind: &str, constraint: &Constraint) -> Self {
        let name = constraint.name.as_ref().or(constraint.column.as_ref());
        let name = name.map_or(String::new(), |name| format!(" `{name}`"));
        Self {
            why: format!("{kind}{name}"),
            constraint: Box::new(constraint.clone()),
            is_legal: true,
            is_range: false,
        }
    }
}

/// Returns whether an error is about rows, not about statements: data exceptions, integrity, limits, what triggers
/// raise, rules in the way of RETURNING.
fn is_of_rows(code: &str) -> bool {
    let classes = ["22", "23", "44", "54", "P0"];
    let is_state = code.len() == 5 && classes.iter().any(|class| code.starts_with(class));
    // MySQL: a row or a key that is too large, SIGNAL of a trigger. SQLite: RAISE of a trigger.
    is_state || matches!(code, "0A000" | "1118" | "1071" | "1644" | "139" | "1811")
}
