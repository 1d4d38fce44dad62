//! Why a call to a server failed.

use std::io;

use bindery::messages::QueueError;

/// The reason for which a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The connection is lost, or the server did not do what it should: another attempt, on a new connection, may succeed.
    Lost(String),
    /// The server will never take this message, or the receipt is none of the queue's.
    Refused(String),
    /// The server is well, and has no place for the message yet: another attempt may succeed.
    #[cfg(feature = "rabbitmq")]
    Unrouted(String),
    /// The message was taken over an earlier connection: it is handed out again.
    #[cfg(feature = "rabbitmq")]
    Redelivered,
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Lost(error.to_string())
    }
}

impl From<Fault> for QueueError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Lost(why) => Self::Unavailable(why),
            #[cfg(feature = "rabbitmq")]
            Fault::Unrouted(why) => Self::Unavailable(why),
            Fault::Refused(why) => Self::Refused(why),
            #[cfg(feature = "rabbitmq")]
            Fault::Redelivered => Self::Unavailable(
                "the connection over which the message was taken is lost: it comes again"
                    .to_owned(),
            ),
        }
    }
}
