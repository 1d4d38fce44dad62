//! The substitute for TLS in a program without the feature `tls`: a type without values.

use bindery_core::config::{Endpoint, Server, TlsMode};

/// Encryption of a build without the feature `tls`: there is no value of it.
#[derive(Clone)]
pub(in crate::driver) enum Tls {}

impl Tls {
    /// Plain text, or an error that says what is missing.
    pub(in crate::driver) fn new(
        _: &Server,
        _: &Endpoint,
        mode: TlsMode,
    ) -> Result<Option<Self>, String> {
        if mode == TlsMode::Disable {
            return Ok(None);
        }
        Err(format!(
            "the connection has to be encrypted (`{mode}`), and the program was built without the feature `tls` of \
             `bindery`: add it in `Cargo.toml`, `bindery = {{ features = [\"tls\", …] }}`"
        ))
    }

    pub(in crate::driver) fn verifies(&self) -> bool {
        match *self {}
    }
}
