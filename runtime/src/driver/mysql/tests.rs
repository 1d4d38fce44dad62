//! A server that is played: its packets cut at every byte and changed at every byte. Whatever comes, an operation ends,
//! and what it says of itself is true.

use std::io::Write;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;

use bindery_schema::config::{Place, SessionConfig, parse_url};

use super::bytes::put_counted;
use super::login::LoggedIn;
use super::options::MysqlConfig;
use super::session::Session;
use super::{MysqlConnection, Params, Values};
use crate::driver::ParamWriter;
use crate::driver::connect::{ServerInfo, ServerOptions};
use crate::driver::params::ParamTarget;
use crate::driver::wire::Socket;
use crate::error::{Error, ErrorKind, Result};

/// What the played server says, from the first statement to the end.
#[derive(Default)]
struct Script {
    bytes: Vec<u8>,
    number: u8,
}

impl Script {
    /// Begins the answer to a command.
    fn answer(mut self) -> Self {
        self.number = 1;
        self
    }

    fn say(mut self, payload: &[u8]) -> Self {
        // None of them is longer than 255 bytes.
        self.bytes
            .extend_from_slice(&[payload.len() as u8, 0, 0, self.number]);
        self.bytes.extend_from_slice(payload);
        self.number += 1;
        self
    }

    /// OK, or the end of rows, with a status.
    fn done(self, mark: u8, status: u8) -> Self {
        self.say(&[mark, 1, 9, status, 0, 0, 0])
    }

    fn column(self, code: u8) -> Self {
        let mut payload = Vec::new();
        for name in ["def", "s", "t", "t", "c", "c"] {
            put_counted(&mut payload, name.as_bytes());
        }
        payload.extend_from_slice(&[12, 45, 0, 0, 0, 0, 0, code, 0, 0, 0, 0, 0]);
        self.say(&payload)
    }

    /// A statement of one parameter and the columns `bigint` and `varchar`.
    fn prepared(self) -> Self {
        self.answer()
            .say(&[0, 7, 0, 0, 0, 2, 0, 1, 0, 0, 0, 0])
            .column(0xfd)
            .column(0x08)
            .column(0xfd)
    }

    /// Two rows of it.
    fn rows(self, status: u8) -> Self {
        let first = [&[0, 0][..], &1_i64.to_le_bytes(), b"\x03Ann"].concat();
        let second = [&[0, 0b1000][..], &(-2_i64).to_le_bytes()].concat();
        self.answer()
            .say(&[2])
            .column(0x08)
            .column(0xfd)
            .say(&first)
            .say(&second)
            .done(0xfe, status)
    }
}

/// A select, the same in a transaction, an insert that is refused, a commit.
fn script() -> Vec<u8> {
    Script::default()
        .prepared()
        .rows(0)
        .answer()
        .done(0, 1)
        .rows(1)
        .answer()
        .say(b"\xff\x26\x04#23000Duplicate entry 'x' for key 'unique'")
        .answer()
        .done(0, 0)
        .bytes
}

type Outcomes = Vec<Result<String>>;

/// The program's part.
fn play(said: &[u8]) -> (Outcomes, bool) {
    let (mut server, client) = UnixStream::pair().expect("a pair of sockets");
    server.write_all(said).expect("it fits the socket's buffer");
    server.shutdown(Shutdown::Write).expect("an open socket");
    let there = LoggedIn {
        session: Session::new(Socket::over(client).expect("a socket")),
        info: ServerInfo {
            product: "MariaDB",
            version: String::new(),
        },
        connection: 1,
        max_allowed_packet: 1 << 24,
        takes_bulk: true,
    };
    let mut connection = MysqlConnection::over(there, &config());
    let outcomes = vec![
        rows(&mut connection),
        connection
            .begin(&crate::transaction::TransactionOptions::new())
            .map(|()| String::new()),
        rows(&mut connection),
        connection.batch("INSERT").map(|()| "done".to_owned()),
        connection.commit().map(|()| "committed".to_owned()),
    ];
    (outcomes, connection.is_broken())
}

fn config() -> MysqlConfig {
    let target = parse_url("mysql://ann@localhost/s").expect("a URL");
    let Place::Server(server) = &target.place else {
        panic!("the URL of a server");
    };
    let options = ServerOptions {
        server,
        endpoint: &server.endpoints[0],
        read_only: false,
        session: SessionConfig::default(),
    };
    MysqlConfig::new(&options).expect("nothing is wrong with it")
}

fn rows(connection: &mut MysqlConnection) -> Result<String> {
    let mut read = String::new();
    let write = &mut |params: &mut ParamWriter<'_>| params.i64(7);
    connection.query("SELECT", write, &mut |row| {
        let id = row.i64()?;
        let name = if row.skip_null() { "-" } else { row.text()? };
        read.push_str(&format!("{id}{name} "));
        Ok(true)
    })?;
    Ok(read)
}

fn kind(outcome: &Result<String>) -> Option<&ErrorKind> {
    outcome.as_ref().err().map(Error::kind)
}

#[test]
fn a_played_session_is_read_as_it_was_meant() {
    let (outcomes, broken) = play(&script());
    assert_eq!(outcomes[0].as_deref().ok(), Some("1Ann -2- "));
    assert_eq!(outcomes[2].as_deref().ok(), Some("1Ann -2- "));
    let Some(ErrorKind::UniqueViolation(constraint)) = kind(&outcomes[3]) else {
        panic!("{:?}", outcomes[3]);
    };
    assert_eq!(constraint.name.as_deref(), Some("unique"));
    assert_eq!(outcomes[4].as_deref().ok(), Some("committed"));
    assert!(!broken);
}

#[test]
fn a_session_cut_at_any_byte_gives_what_came_whole_and_then_nothing() {
    let script = script();
    let (whole, _) = play(&script);
    for length in 0..script.len() {
        let (outcomes, broken) = play(&script[..length]);
        assert!(broken, "cut at {length}");
        let mut lost = false;
        for (outcome, meant) in outcomes.iter().zip(&whole) {
            let same = format!("{outcome:?}") == format!("{meant:?}");
            let is_loss = kind(outcome) == Some(&ErrorKind::ConnectionLost);
            assert!(is_loss || (same && !lost), "cut at {length}: {outcome:?}");
            lost |= is_loss;
        }
        assert!(lost, "cut at {length}");
    }
}

#[test]
fn a_session_changed_at_any_byte_ends_and_is_not_used_after_it_broke() {
    let script = script();
    for place in 0..script.len() {
        for change in [1, 0x20, 0x80, 0xff] {
            let mut said = script.clone();
            said[place] ^= change;
            let (outcomes, broken) = play(&said);
            let last_lost = kind(&outcomes[4]) == Some(&ErrorKind::ConnectionLost);
            assert!(
                broken || !last_lost,
                "byte {place} by {change}: {outcomes:?}"
            );
        }
    }
}

#[test]
fn noise_is_an_error() {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    for _ in 0..2_000 {
        let noise: Vec<u8> = (0..64)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                state as u8
            })
            .collect();
        let (outcomes, broken) = play(&noise);
        assert!(broken && outcomes[0].is_err(), "{noise:?}");
    }
}

#[test]
fn values_that_are_put_together_keep_their_places() {
    let (mut all, mut row) = (Values::default(), Values::default());
    for number in 0..11_i64 {
        row.clear();
        let mut params = ParamWriter::new(ParamTarget::Mysql(Params::new(&mut row)));
        params.i64(number);
        if number % 3 == 0 {
            params.null();
        } else {
            params.text("x");
        }
        params.finish().expect("nothing is refused");
        all.append(&row);
    }
    let mut out = Vec::new();
    all.write(&mut out);
    assert_eq!(all.count(), 22);
    // Bits 1, 7, 13 and 19: the second value of rows 0, 3, 6 and 9.
    assert_eq!(out[..3], [0b1000_0010, 0b0010_0000, 0b0000_1000]);
    assert_eq!(out.len(), 3 + 1 + 2 * 22 + 11 * 8 + 7 * 2);
}
