//! The check of the server's identity: that of rustls, with what is added to it or left out of it.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

/// Looks at a server's certificate. That the server has the key of the one it shows is looked at in any case.
#[derive(Debug)]
pub(super) struct Verifier {
    /// `None`: any server that answers.
    trusted: Option<Trusted>,
    signatures: WebPkiSupportedAlgorithms,
}

/// The authorities whose certificates are accepted.
#[derive(Debug)]
pub(super) struct Trusted {
    authorities: Arc<WebPkiServerVerifier>,
    /// The certificates in the file of the authorities. It may be the server's own certificate: one that signs itself
    /// may say of itself that it is an authority (`openssl req -x509`), and then counts as no server's for the check of
    /// rustls.
    own: Vec<CertificateDer<'static>>,
    /// It may be for another host.
    any_name: bool,
}

impl Verifier {
    pub(super) fn new(trusted: Option<Trusted>, provider: &CryptoProvider) -> Self {
        Self {
            trusted,
            signatures: provider.signature_verification_algorithms,
        }
    }
}

impl Trusted {
    /// The certificate comes from one of these authorities, is valid now, and for the host.
    pub(super) fn new(
        roots: RootCertStore,
        own: Vec<CertificateDer<'static>>,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, String> {
        let builder =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
        let authorities = builder
            .build()
            .map_err(|error| format!("the trusted authorities cannot be used: {error}"))?;
        Ok(Self {
            authorities,
            own,
            any_name: false,
        })
    }

    /// The same for any host.
    pub(super) fn for_any_name(mut self) -> Self {
        self.any_name = true;
        self
    }

    /// Certificates that are among the trusted ones themselves: that one is valid now was looked at before what it may be
    /// used for.
    fn accept_own(
        &self,
        certificate: &CertificateDer<'_>,
        name: &ServerName<'_>,
        refused: Error,
    ) -> Result<ServerCertVerified, Error> {
        let is_another = !matches!(
            refused,
            Error::InvalidCertificate(CertificateError::Other(_))
        );
        if is_another || !self.own.contains(certificate) {
            return Err(refused);
        }
        let parsed = ParsedCertificate::try_from(certificate)?;
        verify_server_name(&parsed, name)?;
        Ok(ServerCertVerified::assertion())
    }

    /// The name is looked at last: all else was found to be right.
    fn accept_name(&self, refused: Error) -> Result<ServerCertVerified, Error> {
        use CertificateError::{NotValidForName, NotValidForNameContext};
        match refused {
            Error::InvalidCertificate(NotValidForName | NotValidForNameContext { .. })
                if self.any_name =>
            {
                Ok(ServerCertVerified::assertion())
            }
            refused => Err(refused),
        }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(trusted) = &self.trusted else {
            return Ok(ServerCertVerified::assertion());
        };
        trusted
            .authorities
            .verify_server_cert(certificate, intermediates, name, ocsp_response, now)
            .or_else(|refused| trusted.accept_own(certificate, name, refused))
            .or_else(|refused| trusted.accept_name(refused))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, signed, &self.signatures)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, signed, &self.signatures)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.signatures.supported_schemes()
    }
}
