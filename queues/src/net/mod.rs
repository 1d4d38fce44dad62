//! The parts that the clients of RabbitMQ and NATS share: addresses, and sockets of which every wait has a deadline. They need no runtime and no
//! threads.

mod address;
mod endpoint;
mod fault;
mod held;
mod socket;
#[cfg(feature = "tls")]
mod tls;

pub(crate) use self::address::Scheme;
pub(crate) use self::endpoint::{Endpoint, UrlForm};
pub(crate) use self::fault::Fault;
pub(crate) use self::held::Held;
pub(crate) use self::socket::Socket;
