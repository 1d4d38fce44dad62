//! Texts with `${VARIABLE}` and `${VARIABLE:-default}` in them.

use crate::lists::IntoVec as _;
use std::fmt;

use super::Environment;
use crate::source::Span;

/// A text of the configuration whose variables are not filled in yet. Never prints its text: it may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub struct Template {
    parts: Vec<TemplatePart>,
    /// The key whose value it is.
    pub span: Span,
}

#[derive(Clone, PartialEq, Eq)]
enum TemplatePart {
    Text(String),
    Variable {
        name: String,
        default: Option<String>,
    },
}

/// Why a text cannot be read; nothing of a value is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Malformed {
    pub(super) message: &'static str,
    pub(super) help: String,
}

/// Why the variables of a text cannot be filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unfilled {
    /// One has no value.
    Missing(Missing),
    /// The text would be longer than [`LONGEST_TEXT`].
    TooLong,
}

/// The longest text with its variables filled in, in bytes: a password may be a token of some thousand.
const LONGEST_TEXT: usize = 64 * 1024;

/// A variable without a default that has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Missing {
    pub(super) variable: String,
    /// Set, but to the empty text.
    pub(super) empty: bool,
}

impl Template {
    /// Reads a text.
    pub(super) fn parse(text: &str, span: Span) -> Result<Self, Malformed> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (inside, after) = after.split_once('}').ok_or_else(|| Malformed {
                message: "`${` has no `}`",
                help: "write `}` after the name of the variable: `${NAME}`".to_owned(),
            })?;
            if !before.is_empty() {
                parts.push(TemplatePart::Text(before.to_owned()));
            }
            parts.push(variable(inside)?);
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(TemplatePart::Text(rest.to_owned()));
        }
        Ok(Self { parts, span })
    }

    /// `${name:-default}`.
    pub(super) fn variable_or(name: &str, default: &str, span: Span) -> Self {
        let part = TemplatePart::Variable {
            name: name.to_owned(),
            default: Some(default.to_owned()),
        };
        Self {
            parts: vec![part],
            span,
        }
    }

    /// The text, where it needs no environment.
    pub(super) fn literal(&self) -> Option<String> {
        let text = |part: &TemplatePart| match part {
            TemplatePart::Text(text) => Some(text.clone()),
            TemplatePart::Variable { .. } => None,
        };
        self.parts.iter().map(text).collect()
    }

    /// Names of the variables it reads, in order.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            TemplatePart::Text(_) => None,
            TemplatePart::Variable { name, .. } => Some(name.as_str()),
        })
    }

    /// Fills in the variables, once: what a value holds is taken as it is.
    /// A text that is written out is as long as the file has it.
    ///
    /// # Errors
    /// A variable has no value, or the text would be too long: nothing more is read then.
    pub(super) fn expand(&self, environment: Environment<'_>) -> Result<String, Unfilled> {
        let mut text = String::new();
        for part in &self.parts {
            let piece = part.expand(environment).map_err(Unfilled::Missing)?;
            if matches!(part, TemplatePart::Variable { .. })
                && text.len() + piece.len() > LONGEST_TEXT
            {
                return Err(Unfilled::TooLong);
            }
            text.push_str(&piece);
        }
        Ok(text)
    }
}

impl TemplatePart {
    fn expand(&self, environment: Environment<'_>) -> Result<String, Missing> {
        match self {
            Self::Text(text) => Ok(text.clone()),
            Self::Variable { name, default } => {
                let value = environment(name);
                let empty = value.is_some();
                let given = value
                    .filter(|value| !value.is_empty())
                    .or_else(|| default.clone());
                given.ok_or_else(|| Missing {
                    variable: name.clone(),
                    empty,
                })
            }
        }
    }
}

fn variable(inside: &str) -> Result<TemplatePart, Malformed> {
    let (name, default) = inside
        .split_once(":-")
        .map_or((inside, None), |(name, default)| (name, Some(default)));
    let mut bytes = name.bytes();
    let starts = bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_');
    if !starts || !bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        let help = "write `${NAME}` or `${NAME:-default}`".to_owned();
        return Err(Malformed {
            message: "`${…}` does not hold the name of a variable",
            help,
        });
    }
    if default.is_some_and(|default| default.contains("${")) {
        let help =
            format!("write a plain text as the default: `${{{name}:-sqlite://data/app.db}}`");
        return Err(Malformed {
            message: "a default within `${…}` cannot hold another variable",
            help,
        });
    }
    Ok(TemplatePart::Variable {
        name: name.to_owned(),
        default: default.map(str::to_owned),
    })
}

impl fmt::Debug for Template {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variables: Vec<&str> = self.variables().into_vec();
        write!(out, "Template(variables {variables:?})")
    }
}
