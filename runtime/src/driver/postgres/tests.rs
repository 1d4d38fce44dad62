//! A server that is played: its messages cut at every byte and changed at every byte. Whatever comes, an operation ends,
//! and what it says of itself is true.

use std::io::Write;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use super::session::Session;
use super::{PostgresConnection, message};
use crate::driver::ParamWriter;
use crate::driver::wire::{Peer, Socket};
use crate::error::{Error, ErrorKind, Result};

/// What the played server says, from the first statement to the end.
#[derive(Default)]
struct Script(Vec<u8>);

impl Script {
    fn say(mut self, tag: u8, body: &[u8]) -> Self {
        message::message(&mut self.0, tag, |out| out.extend_from_slice(body));
        self
    }

    fn ready(self, standing: u8) -> Self {
        self.say(b'Z', &[standing])
    }

    /// Of a statement with one parameter and the columns `id int8` and `name text`.
    fn described(self) -> Self {
        let column = |name: &[u8], number: u32, length: i16| {
            let mut out = [name, &[0; 7]].concat();
            out.extend_from_slice(&number.to_be_bytes());
            out.extend_from_slice(&length.to_be_bytes());
            out.extend_from_slice(&[255, 255, 255, 255, 0, 0]);
            out
        };
        let columns = [&[0, 2][..], &column(b"id", 20, 8), &column(b"name", 25, -1)].concat();
        self.say(b'1', b"")
            .say(b't', &[0, 1, 0, 0, 0, 20])
            .say(b'T', &columns)
    }

    fn row(self, id: i64, name: Option<&str>) -> Self {
        let mut body = vec![0, 2, 0, 0, 0, 8];
        body.extend_from_slice(&id.to_be_bytes());
        match name {
            Some(name) => {
                body.extend_from_slice(&(name.len() as i32).to_be_bytes());
                body.extend_from_slice(name.as_bytes());
            }
            None => body.extend_from_slice(&(-1_i32).to_be_bytes()),
        }
        self.say(b'D', &body)
    }
}

/// A select, a transaction with an insert that is refused, and its end.
fn script() -> Vec<u8> {
    Script::default()
        .described()
        .ready(b'I')
        .say(b'2', b"")
        .row(1, Some("Ann"))
        .say(b'N', b"SNOTICE\0C00000\0Mhello\0\0")
        .row(-2, None)
        .say(b'S', b"application_name\0other\0")
        .say(b'C', b"SELECT 2\0")
        .ready(b'I')
        .say(b'1', b"")
        .say(b'2', b"")
        .say(b'C', b"BEGIN\0")
        .say(b'2', b"")
        .row(3, Some("Bob"))
        .say(b'C', b"SELECT 1\0")
        .ready(b'T')
        .say(b'E', b"SERROR\0C23505\0Mtaken\0ttable\0nunique\0\0")
        .ready(b'E')
        .say(b'C', b"ROLLBACK\0")
        .ready(b'I')
        .0
}

/// What each operation of [`play`] gave.
type Outcomes = Vec<Result<String>>;

/// The program's part: a select, one in a transaction, a statement that is refused, a commit that did not.
fn play(said: &[u8]) -> (Outcomes, bool) {
    let (mut connection, _server) = connection(said);
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

/// A connection to a server that says this and then no more, and the server's end, which has to be kept.
fn connection(said: &[u8]) -> (PostgresConnection, UnixStream) {
    let (mut server, client) = UnixStream::pair().expect("a pair of sockets");
    server.write_all(said).expect("it fits the socket's buffer");
    server.shutdown(Shutdown::Write).expect("an open socket");
    let session = Session::new(Socket::over(client).expect("a socket"));
    let peer = Peer::File("/nowhere".into());
    let limit = Some(Duration::from_secs(10));
    (PostgresConnection::over(session, peer, limit), server)
}

fn rows(connection: &mut PostgresConnection) -> Result<String> {
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
    assert_eq!(outcomes[2].as_deref().ok(), Some("3Bob "));
    let Some(ErrorKind::UniqueViolation(constraint)) = kind(&outcomes[3]) else {
        panic!("{:?}", outcomes[3]);
    };
    assert_eq!(constraint.name.as_deref(), Some("unique"));
    assert_eq!(kind(&outcomes[4]), Some(&ErrorKind::TransactionAborted));
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
            // BEGIN is answered without being sent, as long as nobody knows of the loss.
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

/// A row that does not hold its columns: the next statement would be answered by what is left of this one.
#[test]
fn a_broken_row_ends_its_connection_also_when_rows_are_pulled() {
    let said = Script::default()
        .described()
        .ready(b'I')
        .say(b'2', b"")
        .say(b'D', &[0, 2, 0, 0, 0, 8, 1])
        .say(b'C', b"SELECT 1\0")
        .ready(b'I')
        .0;
    let (mut connection, _server) = connection(&said);
    let write = &mut |params: &mut ParamWriter<'_>| params.i64(7);
    let mut cursor = connection.cursor("SELECT", write).expect("it was sent");
    let error = cursor.next().map(drop).expect_err("no row");
    assert_eq!(error.kind(), &ErrorKind::ConnectionLost);
    drop(cursor);
    assert!(connection.is_broken());
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
