//! A connection to NATS: its protocol, requests with their answers, and what is delivered between them:
//! <https://docs.nats.io/reference/reference-protocols/nats-protocol>.

use std::collections::VecDeque;
use std::io::{self, ErrorKind};
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::net::{Endpoint, Fault, Socket};

/// The longest line of the protocol that is read; subjects and names are far shorter.
const LONGEST_LINE: usize = 64 * 1024;
/// The longest wait for the answer to a farewell.
const FAREWELL: Duration = Duration::from_millis(500);

/// The server's first line.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Info {
    server_id: String,
    client_id: u64,
    max_payload: usize,
    headers: bool,
    tls_required: bool,
}

/// A message that came in.
#[derive(Debug)]
pub(super) struct Incoming {
    pub(super) subject: String,
    pub(super) reply: Option<String>,
    /// Of the headers, without the line that ends them.
    pub(super) head: String,
    pub(super) payload: Vec<u8>,
}

/// An answer of JetStream's that is an error.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct ApiError {
    #[serde(default)]
    pub(super) err_code: u32,
    #[serde(default)]
    pub(super) description: String,
}

#[derive(Deserialize)]
struct ApiAnswer {
    error: Option<ApiError>,
}

/// The outcome of a request to JetStream.
#[derive(Debug)]
pub(super) enum Answer<T> {
    Done(T),
    Failed(ApiError),
    /// No stream takes the subject, or JetStream is off.
    NobodyListens,
}

#[derive(Debug)]
pub(super) struct Connection {
    socket: Socket,
    inbox: String,
    /// The largest message that the server takes.
    most_bytes: usize,
    requests: u64,
    delivered: VecDeque<Incoming>,
    is_over: bool,
}

impl Connection {
    /// Connects and logs in.
    pub(super) fn open(place: &Endpoint) -> Result<Self, Fault> {
        let mut socket = Socket::connect(&place.address, place.timeout)?;
        let info = greeting(&mut socket)?;
        if place.address.is_encrypted {
            socket = socket.encrypt(&place.address, &place.trust)?;
        } else if info.tls_required {
            let why = "the server demands an encrypted connection: write `tls://`";
            return Err(Fault::Lost(why.to_owned()));
        }
        let mut connection = Self {
            socket,
            inbox: format!("_INBOX.{}.{}", info.server_id, info.client_id),
            most_bytes: info.max_payload,
            requests: 0,
            delivered: VecDeque::new(),
            is_over: false,
        };
        connection.log_in(place)?;
        Ok(connection)
    }

    fn log_in(&mut self, place: &Endpoint) -> Result<(), Fault> {
        let address = &place.address;
        let mut login = serde_json::json!({
            "verbose": false, "pedantic": false, "headers": true, "no_responders": true, "protocol": 1,
            "tls_required": address.is_encrypted,
            "name": place.name, "lang": "rust", "version": env!("CARGO_PKG_VERSION"),
        });
        match (&address.user, &address.password) {
            (Some(user), Some(password)) => {
                login["user"] = user.as_str().into();
                login["pass"] = password.as_str().into();
            }
            // A name without a password is a token.
            (Some(token), None) | (None, Some(token)) => {
                login["auth_token"] = token.as_str().into()
            }
            (None, None) => {}
        }
        let replies = format!(
            "SUB {}.r.* 1\r\nSUB {} 2\r\n",
            self.inbox,
            self.deliveries()
        );
        let hello = format!("CONNECT {login}\r\n{replies}");
        self.socket.send(hello.as_bytes())?;
        self.flush(self.socket.deadline())
    }

    /// The subject of what is delivered here, which no other connection has.
    pub(super) fn deliveries(&self) -> String {
        format!("{}.d", self.inbox)
    }

    /// Waits until the server has handled what was sent.
    fn flush(&mut self, until: Instant) -> Result<(), Fault> {
        self.socket.send(b"PING\r\n")?;
        while !self.step(until)? {}
        Ok(())
    }

    /// Sends a message without an answer.
    pub(super) fn publish(&mut self, subject: &str, payload: &[u8]) -> Result<(), Fault> {
        let mut bytes = format!("PUB {subject} {}\r\n", payload.len()).into_bytes();
        bytes.extend(payload);
        bytes.extend(b"\r\n");
        Ok(self.socket.send(&bytes)?)
    }

    /// Calls JetStream, and reads its answer.
    pub(super) fn call<T: DeserializeOwned>(
        &mut self,
        subject: &str,
        request: &str,
    ) -> Result<Answer<T>, Fault> {
        self.request(subject, "", request.as_bytes())
    }

    /// Sends a message with headers, and waits for the answer of the stream that has stored it.
    pub(super) fn request<T: DeserializeOwned>(
        &mut self,
        subject: &str,
        headers: &str,
        payload: &[u8],
    ) -> Result<Answer<T>, Fault> {
        self.requests += 1;
        let reply = format!("{}.r.{}", self.inbox, self.requests);
        let head = format!("NATS/1.0\r\n{headers}\r\n");
        let size = head.len() + payload.len();
        if size > self.most_bytes {
            let most = self.most_bytes;
            let why = format!("the server takes messages of up to {most} bytes, this has {size}");
            return Err(Fault::Refused(why));
        }
        let line = format!("HPUB {subject} {reply} {} {size}\r\n{head}", head.len());
        let mut bytes = line.into_bytes();
        bytes.extend(payload);
        bytes.extend(b"\r\n");
        self.socket.send(&bytes)?;
        let answer = self.answer(&reply)?;
        if answer.head.starts_with("NATS/1.0 503") {
            return Ok(Answer::NobodyListens);
        }
        let failed: ApiAnswer = serde_json::from_slice(&answer.payload).map_err(|_| stranger())?;
        if let Some(error) = failed.error {
            return Ok(Answer::Failed(error));
        }
        let done = serde_json::from_slice(&answer.payload).map_err(|_| stranger())?;
        Ok(Answer::Done(done))
    }

    fn answer(&mut self, reply: &str) -> Result<Incoming, Fault> {
        let until = self.socket.deadline();
        loop {
            self.step(until)?;
            let found = self.delivered.iter().position(|one| one.subject == reply);
            if let Some(answer) = found.and_then(|at| self.delivered.remove(at)) {
                return Ok(answer);
            }
        }
    }

    /// Takes in what has come.
    pub(super) fn look(&mut self) -> Result<(), Fault> {
        loop {
            while self.is_complete()? {
                self.step(self.socket.deadline())?;
            }
            if !self.socket.receive_now()? {
                return Ok(());
            }
        }
    }

    /// Takes in what comes within a short time.
    pub(super) fn wait(&mut self, time: Duration) -> Result<(), Fault> {
        match self.socket.receive(Instant::now() + time) {
            Err(error) if error.kind() != ErrorKind::TimedOut => Err(error.into()),
            _ => self.look(),
        }
    }

    /// Whether nothing has ended the connection.
    pub(super) fn is_usable(&self) -> bool {
        !self.is_over
    }

    /// The next message that was delivered.
    pub(super) fn next_delivered(&mut self) -> Option<Incoming> {
        self.delivered.pop_front()
    }

    /// Handles one line and what belongs to it; `true` for the answer to a PING.
    fn step(&mut self, until: Instant) -> Result<bool, Fault> {
        let line = read_line(&mut self.socket, until)?;
        let (word, rest) = line.split_once(' ').unwrap_or((line.as_str(), ""));
        match word {
            "MSG" | "HMSG" => {
                let message = self.message(word == "HMSG", rest, until)?;
                self.delivered.push_back(message);
            }
            "PING" => self.socket.send(b"PONG\r\n")?,
            "PONG" => return Ok(true),
            "-ERR" => {
                self.is_over = true;
                let why = format!("the server refuses: {}", rest.trim_matches('\''));
                return Err(Fault::Lost(why));
            }
            "INFO" | "+OK" => {}
            _ => return Err(stranger()),
        }
        Ok(false)
    }

    fn message(&mut self, has_head: bool, line: &str, until: Instant) -> Result<Incoming, Fault> {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let place = Sizes::of(&words, has_head).ok_or_else(stranger)?;
        while self.socket.input().len() < place.total + 2 {
            self.socket.receive(until)?;
        }
        let bytes = &self.socket.input()[..place.total];
        let (head, payload) = bytes.split_at_checked(place.head).ok_or_else(stranger)?;
        let message = Incoming {
            subject: words[0].to_owned(),
            reply: place.reply,
            head: String::from_utf8_lossy(head).trim_end().to_owned(),
            payload: payload.to_vec(),
        };
        self.socket.consume(place.total + 2);
        Ok(message)
    }

    /// Whether a whole line is there, with all that belongs to it.
    fn is_complete(&self) -> Result<bool, Fault> {
        let input = self.socket.input();
        let Some(end) = line_end(input)? else {
            return Ok(false);
        };
        let line = String::from_utf8_lossy(&input[..end]);
        let mut words: Vec<&str> = line.split_ascii_whitespace().collect();
        let is_message = matches!(words.first(), Some(&"MSG" | &"HMSG"));
        if !is_message {
            return Ok(true);
        }
        let has_head = words.remove(0) == "HMSG";
        let place = Sizes::of(&words, has_head).ok_or_else(stranger)?;
        Ok(input.len() >= end + 2 + place.total + 2)
    }
}

impl Drop for Connection {
    /// Waits until the server has what was sent, so that acknowledgements on their way arrive.
    fn drop(&mut self) {
        if !self.is_over {
            let _ = self.flush(Instant::now() + FAREWELL);
        }
    }
}

/// The sizes of a message, from its line.
struct Sizes {
    reply: Option<String>,
    head: usize,
    total: usize,
}

impl Sizes {
    /// `subject sid [reply] [head] total`
    fn of(words: &[&str], has_head: bool) -> Option<Self> {
        let numbers = if has_head { 2 } else { 1 };
        let (front, sizes) = words.split_at_checked(words.len().checked_sub(numbers)?)?;
        let reply = match front {
            [_, _] => None,
            [_, _, reply] => Some((*reply).to_owned()),
            _ => return None,
        };
        let total = sizes.last()?.parse().ok()?;
        let head = if has_head {
            sizes.first()?.parse().ok()?
        } else {
            0
        };
        Some(Self { reply, head, total })
    }
}

/// Reads the server's first line.
fn greeting(socket: &mut Socket) -> Result<Info, Fault> {
    let until = socket.deadline();
    let line = read_line(socket, until)?;
    let info = line.strip_prefix("INFO ");
    let info = info.and_then(|info| serde_json::from_str::<Info>(info).ok());
    let info = info.ok_or_else(stranger)?;
    if !info.headers {
        let why = "the server is too old, or refuses headers: NATS 2.9 or newer is needed";
        return Err(Fault::Lost(why.to_owned()));
    }
    Ok(info)
}

fn read_line(socket: &mut Socket, until: Instant) -> Result<String, Fault> {
    loop {
        if let Some(end) = line_end(socket.input())? {
            let line = String::from_utf8_lossy(&socket.input()[..end]).into_owned();
            socket.consume(end + 2);
            return Ok(line.trim_end().to_owned());
        }
        socket.receive(until)?;
    }
}

/// Where the first line ends.
fn line_end(input: &[u8]) -> Result<Option<usize>, Fault> {
    let end = input.windows(2).position(|pair| pair == b"\r\n");
    if end.is_none() && input.len() > LONGEST_LINE {
        return Err(stranger());
    }
    Ok(end)
}

fn stranger() -> Fault {
    let error = io::Error::new(ErrorKind::InvalidData, "the server does not speak NATS");
    error.into()
}
