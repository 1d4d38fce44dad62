//! The end of a command that does not succeed. Wrong usage never gets this far: the reader of the command line ends it.

use bindery_codegen::CompileError;

/// Why a command failed.
#[derive(Debug)]
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
    },
}

impl Failure {
    /// A failure without a help.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self::Message {
            message: message.into(),
            help: None,
        }
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

    /// Adds the help.
    #[must_use]
    pub(crate) fn help(self, text: impl Into<String>) -> Self {
        match self {
            Self::Told | Self::Critical | Self::Written(_) => self,
            Self::Message { message, .. } => Self::Message {
                message,
                help: Some(text.into()),
            },
        }
    }
}

/// The doors of codegen write their errors out, as a build script shows them.
impl From<CompileError> for Failure {
    fn from(error: CompileError) -> Self {
        Self::Written(error.to_string())
    }
}
