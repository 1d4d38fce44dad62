//! Certificates made for one test: an authority, and what it signs.

use std::path::PathBuf;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use tempfile::TempDir;

/// Signs certificates, and has its own in a file.
pub(super) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: TempDir,
}

/// A certificate and its key, as PEM and in files.
pub(super) struct Identity {
    pub(super) cert: String,
    pub(super) key: String,
    pub(super) cert_file: PathBuf,
    pub(super) key_file: PathBuf,
    _folder: TempDir,
}

impl Authority {
    pub(super) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("a certificate");
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("ca.pem"), issuer.pem()).expect("a file");
        Self { issuer, folder }
    }

    pub(super) fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    pub(super) fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// A server's certificate for these names.
    pub(super) fn server(&self, names: &[&str]) -> Identity {
        self.sign(server_params(names), key())
    }

    /// One that was valid long ago.
    pub(super) fn expired(&self, names: &[&str]) -> Identity {
        let mut params = server_params(names);
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 1, 1);
        self.sign(params, key())
    }

    /// A certificate by which a program proves its identity.
    pub(super) fn client(&self, name: &str) -> Identity {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.sign(params, key())
    }

    pub(super) fn sign(&self, params: CertificateParams, key: KeyPair) -> Identity {
        let signed = params.signed_by(&key, &self.issuer).expect("a certificate");
        Identity::new(signed.pem(), key.serialize_pem())
    }
}

impl Identity {
    /// Signed by itself, and an authority by its own word, as `openssl req -x509` makes them.
    pub(super) fn own_authority(names: &[&str], last_year: i32) -> Self {
        let key = key();
        let mut params = server_params(names);
        params.extended_key_usages.clear();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.not_after = date_time_ymd(last_year, 1, 1);
        let signed = params.self_signed(&key);
        Self::new(signed.expect("a certificate").pem(), key.serialize_pem())
    }

    /// Signed only by itself.
    pub(super) fn self_signed(names: &[&str]) -> Self {
        let key = key();
        let signed = server_params(names).self_signed(&key);
        Self::new(signed.expect("a certificate").pem(), key.serialize_pem())
    }

    fn new(cert: String, key: String) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let cert_file = folder.path().join("cert.pem");
        let key_file = folder.path().join("key.pem");
        std::fs::write(&cert_file, &cert).expect("a file");
        std::fs::write(&key_file, &key).expect("a file");
        Self {
            cert,
            key,
            cert_file,
            key_file,
            _folder: folder,
        }
    }
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}

fn server_params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("names");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}
