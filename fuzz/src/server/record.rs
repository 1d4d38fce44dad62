//! Sessions with real servers, as they are replayed later: the calls of a program through a relay that listens in.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::framing::{Requests, Speaker, postgres_pieces, without_login};
use super::{CALLS, Engine, Session, prepare, run, scram};

/// The output of the server; that of MySQL is cut where the client requests more.
type RecordedOutput = Arc<Mutex<Vec<Vec<u8>>>>;

/// Records each call on the server of this URL, in an empty database.
///
/// # Panics
/// The server is not reached, or a call fails.
pub fn record(engine: Engine, url: &str) -> Vec<Session> {
    prepare(engine, url).expect("its tables");
    let record = |call: usize| {
        let said = output(engine, call, url);
        let pieces = match engine.speaker() {
            Speaker::Postgres => postgres_pieces(without_login(&said.concat())),
            Speaker::Mysql => said,
        };
        Session {
            engine,
            call,
            pieces,
        }
    };
    (0..CALLS.len()).map(record).collect()
}

/// Records a login by the account of this URL, and one row found; the tables exist. `server_key` is the server's key for SCRAM as
/// PostgreSQL stores it with the account, and empty for other ways to log in.
///
/// # Panics
/// The server is not reached, or does not let the account in.
pub fn record_login(engine: Engine, url: &str, server_key: &str) -> Session {
    const FIND: usize = 0;
    let said = output(engine, FIND, url);
    let mut pieces = match engine.speaker() {
        Speaker::Postgres => postgres_pieces(&said.concat()),
        Speaker::Mysql => said,
    };
    if !server_key.is_empty() {
        scram::mark(&mut pieces, server_key);
    }
    Session {
        engine,
        call: FIND,
        pieces,
    }
}

/// Returns the output of the server for one call.
fn output(engine: Engine, call: usize, url: &str) -> Vec<Vec<u8>> {
    let (relay, said) = relay(engine.speaker(), url);
    if let Err(error) = run(engine, &CALLS[call], &relay) {
        panic!("{}: {error:?}", CALLS[call].name);
    }
    std::mem::take(&mut *said.lock().unwrap_or_else(PoisonError::into_inner))
}

/// A relay for one connection; its URL, and what goes through it.
fn relay(speaker: Speaker, url: &str) -> (String, RecordedOutput) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let own = listener.local_addr().expect("it is bound").to_string();
    let (account, place) = url.split_once('@').expect("an account and a place");
    let (host, database) = place.split_once('/').expect("a database");
    let relayed = format!("{account}@{own}/{database}");
    let said = RecordedOutput::default();
    let (heard, host) = (Arc::clone(&said), host.to_owned());
    thread::spawn(move || {
        let (client, _) = listener.accept().expect("the program connects");
        let server = TcpStream::connect(host).expect("the server is there");
        heard.lock().expect("nobody panics").push(Vec::new());
        let back = (server.try_clone(), client.try_clone(), Arc::clone(&heard));
        thread::spawn(move || {
            let (server, client, heard) = back;
            let (server, client) = (server.expect("a handle"), client.expect("a handle"));
            pass(server, client, |bytes| {
                let mut heard = heard.lock().expect("nobody panics");
                heard.last_mut().expect("a piece").extend_from_slice(bytes);
            });
        });
        let mut requests = Requests::new(speaker);
        pass(client, server, |bytes| {
            let asked = requests.take(bytes);
            let mut heard = heard.lock().expect("nobody panics");
            heard.extend((0..asked).map(|_| Vec::new()));
        });
    });
    (relayed, said)
}

fn pass(mut from: TcpStream, mut to: TcpStream, mut on: impl FnMut(&[u8])) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        on(&buffer[..length]);
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}
