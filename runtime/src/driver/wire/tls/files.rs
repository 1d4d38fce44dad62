//! Certificates and keys out of PEM files. A key's content is in no message.

use std::path::Path;
use std::sync::OnceLock;

use bindery_core::disk;
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The bundles of whole operating systems have a few hundred kilobytes.
const MAX_BYTES: usize = 16 << 20;

/// The certificates of a file, which the key of the configuration names; at least one.
pub(super) fn certificates(key: &str, path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let text = read_file(key, path)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    found
        .ok()
        .filter(|found| !found.is_empty())
        .ok_or_else(|| holds_none(key, path, "certificate", "CERTIFICATE"))
}

/// The first private key of a file.
pub(super) fn key(path: &Path) -> Result<PrivateKeyDer<'static>, String> {
    let text = read_file("tls-key", path)?;
    PrivateKeyDer::from_pem_slice(&text)
        .map_err(|_| holds_none("tls-key", path, "private key", "PRIVATE KEY"))
}

/// Returns the authorities in the file of `tls-ca`.
pub(super) fn authorities(
    path: &Path,
    certificates: &[CertificateDer<'static>],
) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates {
        roots.add(certificate.clone()).map_err(|error| {
            let path = path.display();
            format!("`tls-ca`: `{path}` holds a certificate that cannot be trusted: {error}")
        })?;
    }
    Ok(roots)
}

/// Those that the operating system trusts, or `SSL_CERT_FILE` and `SSL_CERT_DIR` name; looked up once.
pub(super) fn system_authorities() -> Result<RootCertStore, String> {
    static FOUND: OnceLock<RootCertStore> = OnceLock::new();
    let found = FOUND.get_or_init(|| {
        let mut roots = RootCertStore::empty();
        // Some stores hold old ones that nothing can read; the others count.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        roots
    });
    if found.is_empty() {
        return Err(
            "this machine has no trusted certificate authorities: install them (`ca-certificates`), or name a file of \
             them by `tls-ca`"
                .to_owned(),
        );
    }
    Ok(found.clone())
}

fn read_file(key: &str, path: &Path) -> Result<Vec<u8>, String> {
    let refused = |why: &dyn std::fmt::Display| {
        let path = path.display();
        format!("`{key}`: `{path}` cannot be read: {why}")
    };
    let bytes = disk::read_limited(path, MAX_BYTES).map_err(|error| refused(&error))?;
    if bytes.len() > MAX_BYTES {
        return Err(refused(&"it is larger than 16 MiB"));
    }
    Ok(bytes)
}

fn holds_none(key: &str, path: &Path, what: &str, label: &str) -> String {
    let path = path.display();
    format!(
        "`{key}`: `{path}` holds no {what} in PEM form: a block that begins with `-----BEGIN {label}-----`"
    )
}
