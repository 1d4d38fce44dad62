//! The parts of connections to both kinds of servers: a socket on which every wait has an end, and the bytes
//! that came in. What the bytes mean is the matter of each server's own folder.

mod address;
mod cut;
mod deadline;
mod fault;
mod input;
mod limits;
mod silence;
mod socket;
mod statements;
mod stranger;
mod stream;
#[cfg(not(feature = "tls"))]
#[path = "no_tls.rs"]
mod tls;
#[cfg(feature = "tls")]
mod tls;
mod within;

use address::UnknownHost;
use cut::{CutOff, Wire};
pub(super) use deadline::Deadline;
pub(super) use fault::{Fault, WITHOUT_ROW};
pub(super) use limits::Limits;
pub(super) use silence::{Silence, is_answered};
pub(super) use socket::{Peer, Socket};
pub(super) use statements::Statements;
#[cfg(feature = "postgres")]
pub(super) use stranger::mysql_greeting;
#[cfg(feature = "mysql")]
pub(super) use stranger::{SILENCE, is_postgres};
pub(super) use tls::Tls;
#[cfg(feature = "postgres")]
pub(super) use within::within;
