//! A server, and how it is reached.

use std::time::Duration;

use bindery::messages::QueueError;

use super::address::{Address, Scheme};
use super::socket::Trust;

/// The URLs of a protocol.
pub(crate) struct UrlForm {
    pub(crate) schemes: [Scheme; 2],
    /// The text after "is not of the form".
    pub(crate) text: &'static str,
    pub(crate) has_path: bool,
}

/// A server, and how it is reached.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub(crate) address: Address,
    pub(crate) trust: Trust,
    pub(crate) timeout: Duration,
    /// The name under which the server lists the connection.
    pub(crate) name: String,
}

impl Endpoint {
    /// The server of a URL, for the queue of this name.
    pub(crate) fn new(url: &str, form: &UrlForm, name: &str) -> Result<Self, QueueError> {
        crate::ensure_known_broker(url)?;
        let address = Address::parse(url, &form.schemes);
        let address = address.filter(|address| form.has_path || address.path.is_none());
        let wrong = || QueueError::Refused(format!("the URL is not of the form {}", form.text));
        let address = address.ok_or_else(wrong)?;
        if address.is_encrypted && !cfg!(feature = "tls") {
            let why = "encrypted connections need the feature `tls` of `bindery-queues`";
            return Err(QueueError::Refused(why.to_owned()));
        }
        Ok(Self {
            address,
            trust: Trust::System,
            timeout: Duration::from_secs(5),
            name: format!("bindery {name}"),
        })
    }

    /// Trusts these authorities alone.
    #[cfg(feature = "tls")]
    pub(crate) fn trust_only(&mut self, pem: &[u8]) -> Result<(), QueueError> {
        crate::authorities::authorities(pem)
            .map_err(|error| QueueError::Refused(error.to_string()))?;
        self.trust = Trust::Only(pem.to_vec());
        Ok(())
    }
}
