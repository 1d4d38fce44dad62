//! The end of a command that does not succeed. Wrong usage never gets this far: the reader of the command line ends it.

use bindery_codegen::CompileError;
use serde::Serialize;

/// Why a command failed.
#[derive(Debug, Clone)]
pub(crate) enum Failure {
    /// Everything was said already.
    Told,
    /// Everything was said already, and it is worse than a warning: exit code 2.
    Critical,
    /// To be said as it is, with its help.
    Written(String),
    /// To be said, with a help that can be typed in.
    Message {
        message: String,
        help: Option<String>,
        /// The kind of a database's error, in one word.
        reason: Option<&'static str>,
    },
}

/// The fields of a document that say why a part of a command failed; `cli/JSON.md` documents them.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Ended {
    pub(crate) error: Option<String>,
    /// In one word, where it is a database's.
    reason: Option<&'static str>,
}

impl From<&Failure> for Ended {
    fn from(failure: &Failure) -> Self {
        let reason = match failure {
            Failure::Message { reason, .. } => *reason,
            Failure::Told | Failure::Critical | Failure::Written(_) => None,
        };
        Self {
            error: Some(failure.message()),
            reason,
        }
    }
}

impl Failure {
    /// A failure without a help.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::Message {
            message: message.into(),
            help: None,
            reason: None,
        }
    }

    /// Adds the kind of the error in one word.
    #[must_use]
    pub(crate) fn reason(mut self, word: &'static str) -> Self {
        if let Self::Message { reason, .. } = &mut self {
            *reason = Some(word);
        }
        self
    }

    /// The exit code of a command that ends so.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Told | Self::Written(_) | Self::Message { .. } => 1,
            Self::Critical => 2,
        }
    }

    /// The text of the failure, without its help.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::Told | Self::Critical => String::new(),
            Self::Written(message) | Self::Message { message, .. } => message.clone(),
        }
    }

    /// Puts words before the text: the thing that it is about.
    #[must_use]
    pub(crate) fn about(mut self, thing: &str) -> Self {
        if let Self::Message { message, .. } = &mut self {
            *message = format!("{thing}: {message}");
        }
        self
    }

    /// Without the engine before the text, which a database's error names.
    #[must_use]
    pub(crate) fn without_engine(mut self, engine: &str) -> Self {
        let name = format!("engine `{engine}`: ");
        if let Self::Message { message, .. } = &mut self
            && let Some(rest) = message.strip_prefix(&name)
        {
            *message = rest.to_owned();
        }
        self
    }

    /// Adds the help.
    #[must_use]
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        if let Self::Message { help, .. } = &mut self {
            *help = Some(text.into());
        }
        self
    }
}

/// The doors of codegen write their errors out, as a build script shows them.
impl From<CompileError> for Failure {
    fn from(error: CompileError) -> Self {
        Self::Written(error.to_string())
    }
}
