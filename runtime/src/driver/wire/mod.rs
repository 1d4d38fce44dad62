//! What the connections to both kinds of servers are made of: a socket on which every wait has an end, and the bytes
//! that came in. What the bytes mean is the matter of each server's own folder.

mod address;
mod deadline;
mod input;
mod socket;
mod stream;

pub(super) use deadline::Deadline;
pub(super) use socket::{Peer, Socket};
