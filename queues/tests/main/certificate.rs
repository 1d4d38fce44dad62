//! A certificate for `localhost`, which is its own authority.

use std::sync::OnceLock;

pub(crate) struct Certificate {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

pub(crate) fn certificate() -> &'static Certificate {
    static MADE: OnceLock<Certificate> = OnceLock::new();
    MADE.get_or_init(|| {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]);
        let made = made.expect("a certificate can be made");
        Certificate {
            certificate: made.cert.pem(),
            key: made.signing_key.serialize_pem(),
        }
    })
}
