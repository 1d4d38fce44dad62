//! In which dialect a file is read, and why: findings about text of another database say both.

use crate::lists::IntoVec as _;
use crate::name::quoted_list;
use bindery_core::dialect::Dialect;

/// The dialect of a file with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadAs {
    /// The dialect that the file is read in.
    pub dialect: Dialect,
    /// Why this one.
    pub reason: DialectReason,
}

/// Why a file is read in its dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DialectReason {
    /// `-- @dialect` in its head.
    Head,
    /// `dialect = …` in the configuration.
    Configuration,
    /// `--dialect` of a command.
    Command,
    /// All engines of the file speak it; their names.
    Engines(Vec<String>),
    /// The engines of the file speak several dialects; this one is the first of them.
    FirstEngine(String),
    /// There are no engines.
    NoEngine,
}

impl ReadAs {
    /// Returns whether the file, its configuration or the command declares the dialect.
    pub(crate) fn is_declared(&self) -> bool {
        match self.reason {
            DialectReason::Head | DialectReason::Configuration | DialectReason::Command => true,
            DialectReason::Engines(_) | DialectReason::FirstEngine(_) | DialectReason::NoEngine => {
                false
            }
        }
    }

    /// ``the file is read as sqlite, the dialect of engine `default` ``.
    pub(crate) fn why(&self) -> String {
        let dialect = self.dialect;
        let because = match &self.reason {
            DialectReason::Head => "as its head says".to_owned(),
            DialectReason::Configuration => "as its configuration says".to_owned(),
            DialectReason::Command => "as `--dialect` says".to_owned(),
            DialectReason::Engines(names) => {
                let names: Vec<&str> = names.iter().map(String::as_str).into_vec();
                let engines = if names.len() == 1 {
                    "engine"
                } else {
                    "engines"
                };
                format!("the dialect of {engines} {}", quoted_list(&names))
            }
            DialectReason::FirstEngine(name) => {
                format!(
                    "the dialect of engine `{name}`; its tables live on engines of several dialects"
                )
            }
            DialectReason::NoEngine => "as there is no engine".to_owned(),
        };
        format!("the file is read as {dialect}, {because}")
    }

    /// Returns the help for a file that is for another database, after a semicolon.
    pub(crate) fn otherwise(&self, other: Dialect) -> String {
        let write = match self.reason {
            DialectReason::Head => format!("write `-- @dialect {other}` in its head"),
            DialectReason::Configuration => {
                format!("write `dialect = \"{other}\"` at its entry in `[schema] files`")
            }
            DialectReason::Command => format!("write `--dialect {other}`"),
            DialectReason::Engines(_) | DialectReason::FirstEngine(_) | DialectReason::NoEngine => {
                format!(
                    "begin it with `-- @dialect {other}` and a blank line, or write `dialect = \"{other}\"` at its entry \
                     in `[schema] files`"
                )
            }
        };
        format!("if the file is for {}, {write}", other.product())
    }
}
