//! Reads that see the writes of a client's earlier requests: the position of what was written, in a cookie or a header.

use bindery::generic::GeneratedDatabases;
use bindery::replicas::{ReadToken, ReadTokenKey};
use http::{HeaderMap, HeaderName, HeaderValue, Response, header};

/// As long as a token is valid.
const MAX_AGE_SECONDS: u32 = 24 * 3_600;

/// How the position of a client's writes goes to it and comes back: [`SessionLayer::read_your_writes`](crate::SessionLayer::read_your_writes).
///
/// It is signed, so that a client can neither change it nor make the server wait for a position of its invention. A request
/// that wrote nothing sets nothing.
#[derive(Clone)]
pub struct ReadYourWrites {
    key: ReadTokenKey,
    carrier: Carrier,
}

#[derive(Clone)]
enum Carrier {
    Cookie { name: String, is_secure: bool },
    Header(HeaderName),
}

impl ReadYourWrites {
    /// In a cookie, for browsers: `bindery-reads`, for all paths, for a day, `HttpOnly` and `SameSite=Lax`. The key is the same on
    /// every machine of the service.
    pub fn cookie(key: ReadTokenKey) -> Self {
        let carrier = Carrier::Cookie {
            name: "bindery-reads".to_owned(),
            is_secure: false,
        };
        Self { key, carrier }
    }

    /// In a header of requests and responses, for programs that call: each sends back the last one that it was sent.
    pub fn header(key: ReadTokenKey, name: HeaderName) -> Self {
        let carrier = Carrier::Header(name);
        Self { key, carrier }
    }

    /// Sets the name of the cookie: letters, digits, `-` and `_`. Services of one host need different ones.
    #[must_use]
    pub fn cookie_name(mut self, name: impl Into<String>) -> Self {
        if let Carrier::Cookie { name: own, .. } = &mut self.carrier {
            *own = name.into();
        }
        self
    }

    /// Has browsers send the cookie over HTTPS only.
    #[must_use]
    pub fn secure(mut self) -> Self {
        if let Carrier::Cookie { is_secure, .. } = &mut self.carrier {
            *is_secure = true;
        }
        self
    }

    /// Returns the position that the reads of a request have to see; `None` where it says nothing, or nothing that this key has signed.
    pub(crate) fn token(&self, head: &HeaderMap) -> Option<ReadToken> {
        let text = match &self.carrier {
            Carrier::Cookie { name, .. } => cookie(head, name)?,
            Carrier::Header(name) => head.get(name)?.to_str().ok()?,
        };
        ReadToken::verify(text, &self.key)
    }

    /// Adds to a response what the client's next reads have to see, if its request has written. The writes are stored whatever
    /// becomes of this, so an error is reported only.
    pub(crate) async fn told<D: GeneratedDatabases, B>(
        &self,
        db: &D,
        mut response: Response<B>,
    ) -> Response<B> {
        if response.status().is_server_error() || !db.registry().has_written() {
            return response;
        }
        let token = match db.run(|db| db.registry().read_token()).await {
            Ok(token) => token.sign(&self.key),
            Err(error) => {
                tracing::warn!(error = ?error, "the position of a request's writes is not known");
                return response;
            }
        };
        let (name, value) = self.field(&token);
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().append(name, value);
        }
        response
    }

    /// The header field of a response.
    fn field(&self, token: &str) -> (HeaderName, String) {
        match &self.carrier {
            Carrier::Header(name) => (name.clone(), token.to_owned()),
            Carrier::Cookie { name, is_secure } => {
                let secure = if *is_secure { "; Secure" } else { "" };
                let cookie = format!(
                    "{name}={token}; Path=/; Max-Age={MAX_AGE_SECONDS}; HttpOnly; SameSite=Lax{secure}"
                );
                (header::SET_COOKIE, cookie)
            }
        }
    }
}

/// The value of a cookie.
fn cookie<'h>(head: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let fields = head.get_all(header::COOKIE).into_iter();
    let pairs = fields.filter_map(|field| field.to_str().ok());
    let mut pairs = pairs.flat_map(|field| field.split(';'));
    pairs.find_map(|pair| {
        let (own, value) = pair.trim().split_once('=')?;
        (own == name).then_some(value)
    })
}

impl std::fmt::Debug for ReadYourWrites {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("ReadYourWrites")
    }
}
