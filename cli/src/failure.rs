//! How a command ends when it does not succeed. Wrong usage never gets this far: the reader of the command line ends it.

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Everything was said already.
    Told,
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

    /// Adds the help.
    #[must_use]
    pub(crate) fn help(self, text: impl Into<String>) -> Self {
        match self {
            Self::Told => Self::Told,
            Self::Message { message, .. } => Self::Message {
                message,
                help: Some(text.into()),
            },
        }
    }
}
