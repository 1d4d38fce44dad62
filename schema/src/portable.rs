//! Expressions in words that every dialect has an equal for. `resolve` reads them, `dialect` writes them.

use crate::lists::IntoVec as _;

/// An expression that can be carried to another dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Portable {
    /// A column of the table.
    Column(String),
    /// A text constant.
    Text(String),
    /// A number in decimal digits, without a sign.
    Number(String),
    /// A boolean.
    Bool(bool),
    /// `NULL`.
    Null,
    /// `NOT`.
    Not(Box<Portable>),
    /// `-`.
    Negative(Box<Portable>),
    /// `AND` of two or more.
    All(Vec<Portable>),
    /// `OR` of two or more.
    Any(Vec<Portable>),
    /// A comparison or a sum.
    Binary(Operator, Box<Portable>, Box<Portable>),
    /// A string concatenation.
    Concat(Vec<Portable>),
    /// `IS NULL` and its like.
    Is {
        /// The value that is tested.
        value: Box<Portable>,
        /// The state it is tested for.
        state: IsTest,
        /// `IS NOT`.
        negated: bool,
    },
    /// `IN`.
    In {
        /// The value that is looked for.
        value: Box<Portable>,
        /// The values that it is compared with; never empty.
        list: Vec<Portable>,
        /// `NOT IN`.
        negated: bool,
    },
    /// `BETWEEN`.
    Between {
        /// The value that is compared.
        value: Box<Portable>,
        /// Least and largest.
        ends: Box<(Portable, Portable)>,
        /// `NOT BETWEEN`.
        negated: bool,
    },
    /// `LIKE`, case-sensitive; `\` stands before a character that means itself.
    Like {
        /// The value that is compared.
        value: Box<Portable>,
        /// With `%` and `_`.
        pattern: String,
        /// `NOT LIKE`.
        negated: bool,
    },
    /// A function.
    Call(Function, Vec<Portable>),
    /// A conversion.
    Cast(Box<Portable>, CastType),
}

impl Portable {
    /// Returns whether one of these functions is called somewhere within.
    pub fn calls(&self, functions: &[Function]) -> bool {
        let any = |parts: &[Self]| parts.iter().any(|part| part.calls(functions));
        match self {
            Self::Column(_) | Self::Text(_) | Self::Number(_) | Self::Bool(_) | Self::Null => false,
            Self::Not(inner) | Self::Negative(inner) | Self::Cast(inner, _) => {
                inner.calls(functions)
            }
            Self::All(parts) | Self::Any(parts) | Self::Concat(parts) => any(parts),
            Self::Binary(_, left, right) => left.calls(functions) || right.calls(functions),
            Self::Is { value, .. } | Self::Like { value, .. } => value.calls(functions),
            Self::In { value, list, .. } => value.calls(functions) || any(list),
            Self::Between { value, ends, .. } => {
                value.calls(functions) || ends.0.calls(functions) || ends.1.calls(functions)
            }
            Self::Call(function, arguments) => functions.contains(function) || any(arguments),
        }
    }

    /// All numbers within, in their order.
    pub fn numbers(&self) -> Vec<&str> {
        fn all(parts: &[Portable]) -> Vec<&str> {
            parts.iter().flat_map(Portable::numbers).into_vec()
        }

        match self {
            Self::Number(number) => vec![number],
            Self::Column(_) | Self::Text(_) | Self::Bool(_) | Self::Null => Vec::new(),
            Self::Not(inner) | Self::Negative(inner) | Self::Cast(inner, _) => inner.numbers(),
            Self::All(parts) | Self::Any(parts) | Self::Concat(parts) | Self::Call(_, parts) => {
                all(parts)
            }
            Self::Binary(_, left, right) => [left.numbers(), right.numbers()].concat(),
            Self::Is { value, .. } | Self::Like { value, .. } => value.numbers(),
            Self::In { value, list, .. } => [value.numbers(), all(list)].concat(),
            Self::Between { value, ends, .. } => {
                [value.numbers(), ends.0.numbers(), ends.1.numbers()].concat()
            }
        }
    }
}

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `=`.
    Equal,
    /// `<>`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    AtMost,
    /// `>`.
    Greater,
    /// `>=`.
    AtLeast,
    /// `+`.
    Plus,
    /// `-`.
    Minus,
    /// `*`.
    Times,
}

impl Operator {
    /// The operator, which is the same everywhere.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
            Self::Plus => "+",
            Self::Minus => "-",
            Self::Times => "*",
        }
    }

    /// Returns whether its outcome is a boolean.
    pub fn compares(self) -> bool {
        match self {
            Self::Equal
            | Self::NotEqual
            | Self::Less
            | Self::AtMost
            | Self::Greater
            | Self::AtLeast => true,
            Self::Plus | Self::Minus | Self::Times => false,
        }
    }
}

/// The states that `IS` tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IsTest {
    /// `NULL`.
    Null,
    /// `TRUE`.
    True,
    /// `FALSE`.
    False,
}

/// Functions that every dialect has under some name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Function {
    /// To lower case.
    Lower,
    /// To upper case.
    Upper,
    /// Characters of a text.
    CharLength,
    /// Bytes of a text or of bytes.
    OctetLength,
    /// Without blanks at both ends.
    Trim,
    /// Without a sign.
    Absolute,
    /// The first that is not NULL.
    Coalesce,
    /// NULL where both are equal.
    NullIf,
    /// Whole seconds since 1970, now; in defaults only.
    UnixSeconds,
    /// Now; in defaults only.
    Now,
    /// Today; in defaults only.
    Today,
}

/// The target type of a cast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CastType {
    /// A text, cut off after this number of characters, if there is one.
    Text(Option<u32>),
    /// A whole number.
    Integer,
    /// A number with a fraction.
    Decimal,
    /// A boolean.
    Bool,
    /// A day.
    Date,
    /// A day and a time without a zone.
    DateTime,
    /// Any other type, as it is written.
    Named(String),
}
