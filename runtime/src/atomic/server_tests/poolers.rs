//! Poolers between a program and its servers: sessions that answer are not those of the logins.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};

use super::*;
use crate::databases::config::EngineOptions;

const MARIA_PG: usize = 1;
const PG_MARIA: usize = 0;

/// Passes everything on, but names another session in the login, as poolers do. It ends with the test's process.
fn pooler(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").expect("a URL");
    let (user, place) = rest.split_once('@').expect("with a user");
    let (server, database) = place.split_once('/').expect("with a database");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let server = server.to_owned();
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (client, server) = (
                client.expect("a client"),
                TcpStream::connect(&server).expect("the server"),
            );
            let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || pass(from, to, false));
            std::thread::spawn(move || pass(server, client, true));
        }
    });
    format!("{scheme}://{user}@127.0.0.1:{port}/{database}")
}

fn pass(mut from: TcpStream, mut to: TcpStream, mut renames: bool) {
    let mut bytes = [0; 16_384];
    while let Ok(read @ 1..) = from.read(&mut bytes) {
        if renames {
            renames = !rename(&mut bytes[..read]);
        }
        if to.write_all(&bytes[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

/// PostgreSQL's BackendKeyData, or the number in the greeting of MariaDB, behind its version.
fn rename(bytes: &mut [u8]) -> bool {
    const KEY: &[u8] = b"K\0\0\0\x0c";
    let key = bytes
        .windows(KEY.len())
        .position(|it| it == KEY)
        .map(|at| at + KEY.len());
    let is_greeting = bytes.get(3..5) == Some(&[0, 10]);
    let number = match is_greeting {
        true => bytes
            .iter()
            .skip(5)
            .position(|byte| *byte == 0)
            .map(|length| 5 + length + 1),
        false => key,
    };
    let Some(number) = number.and_then(|at| bytes.get_mut(at..at + 4)) else {
        return false;
    };
    number.copy_from_slice(&[1, 2, 3, 4]);
    true
}

/// The same databases, one of them behind a pooler.
fn behind(world: &World, at: usize, options: impl Fn(EngineOptions) -> EngineOptions) -> Registry {
    let mut config = Config::new();
    for (place, engine) in PROGRAM.engines.iter().enumerate() {
        let url = &world.urls[place];
        config = match place == at {
            true => config.engine(engine.name(), options(EngineOptions::url(pooler(url)))),
            false => config.engine(engine.name(), url.as_str()),
        };
    }
    Registry::with_config(&PROGRAM, &config).expect("the engines are configured")
}

/// Covers 2PC-10 on PostgreSQL, MariaDB: nothing is done before, and a pooler that is said to keep sessions will do for PostgreSQL.
#[test]
fn atom_05_an_engine_behind_a_pooler_is_refused_before_the_work() {
    let _watchdog = Watchdog::start("atomic poolers", PATIENCE);
    let Some(world) = World::start("poolers") else {
        return;
    };
    for (group, at, part) in [
        (MARIA_PG, PG, "write `pooler = \"session\"` for the engine"),
        (PG_MARIA, PG, "write `pooler = \"session\"` for the engine"),
        (
            PG_MARIA,
            MARIA,
            "a pooler or proxy stands before the server",
        ),
    ] {
        let db = behind(&world, at, |options| options);
        let work = |_: &mut Tx| -> Result<()> { panic!("the work runs") };
        let error = db
            .run_atomic(&GROUPS[group], AtomicOptions::new(), work)
            .stored()
            .unwrap_err();
        assert_eq!(error.engine(), Some(PROGRAM.engines[at].name()), "{error}");
        assert!(error.to_string().contains(part), "{error}");
    }
    for (group, at) in [(MARIA_PG, PG), (PG_MARIA, PG), (MARIA_PG, MARIA)] {
        let (group, id) = (&GROUPS[group], world.next());
        let db = behind(&world, at, EngineOptions::session_pooler);
        let outcome = db.run_atomic(group, AtomicOptions::new(), |tx: &mut Tx| {
            group.engines.iter().try_for_each(|at| tx.insert(*at, id))
        });
        assert!(
            is_committed_everywhere(&outcome),
            "{}: {outcome:?}",
            group.name
        );
        assert!(world.found(group, id).iter().all(|found| *found));
    }
}
