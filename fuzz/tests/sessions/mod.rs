//! Sessions with servers, recorded from real ones and damaged: whatever a server says, no call panics or hangs, and none
//! says what is not so.

use std::path::PathBuf;
use std::time::Duration;

use bindery::error::Applied;
use bindery_fuzz::server::{CALLS, Engine, Session, Speaker, messages, record};

use self::logins::{LOGINS, record_logins};
use crate::Numbers;

mod logins;

/// For a server that answers everything, and for one that is waited for in vain.
const PATIENT: Duration = Duration::from_secs(10);
const IMPATIENT: Duration = Duration::from_millis(8);
/// So many sessions of each recording have bytes changed.
const FLIPPED: usize = 12;

fn file(engine: Engine, name: &str) -> PathBuf {
    let folder = match engine.speaker() {
        Speaker::Postgres => "server-postgres",
        Speaker::Mysql => "server-mysql",
    };
    let end = match engine {
        Engine::Postgres | Engine::Mysql => "",
        Engine::Mariadb => "_of_mariadb",
    };
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.join("seeds")
        .join(folder)
        .join(format!("{name}{end}.bin"))
}

/// A call of each kind and a login of each kind.
fn recorded() -> Vec<Session> {
    let calls = Engine::ALL
        .into_iter()
        .flat_map(|engine| CALLS.iter().map(move |call| (engine, call.name)));
    let read = |(engine, name)| recording(engine, name);
    calls.chain(LOGINS).map(read).collect()
}

fn recording(engine: Engine, name: &str) -> Session {
    let bytes = std::fs::read(file(engine, name)).expect("it was recorded");
    Session::read(engine.speaker(), &bytes).expect("it is not empty")
}

fn keep(name: &str, session: &Session) {
    std::fs::write(file(session.engine, name), session.write()).expect("it can be written");
}

/// The statement of a server that falls silent is cancelled over another connection, and the call ends in its time.
#[test]
fn a_server_that_falls_silent_is_asked_to_give_up() {
    for session in recorded() {
        if !["find", "insert", "transaction"].contains(&session.call().name) {
            continue;
        }
        let mut silent = session.clone();
        silent.pieces.pop();
        silent.pieces.extend([Vec::new(), Vec::new()]);
        let outcome = silent.play(PATIENT);
        let error = outcome.given.expect_err("no answer");
        let is_denied = error.applied() == Applied::No;
        let writes = session.call().writes;
        assert_eq!(is_denied, !writes, "{:?}: {error:?}", session.engine);
    }
}

/// `BINDERY_UPDATE=1` records them anew, where there are servers.
#[test]
fn recorded_sessions_are_played_as_they_were() {
    if std::env::var_os("BINDERY_UPDATE").is_some() {
        for engine in Engine::ALL {
            let fresh = match engine.speaker() {
                Speaker::Postgres => bindery_testkit::fresh_postgres(),
                Speaker::Mysql => bindery_testkit::fresh_mysql(),
            };
            let Some(fresh) = fresh else { continue };
            for session in record(engine, &fresh.url()) {
                keep(session.call().name, &session);
            }
        }
        for (name, session) in record_logins() {
            keep(name, &session);
        }
    }
    for session in recorded() {
        let outcome = session.play(PATIENT);
        let name = session.call().name;
        assert!(
            outcome.given.is_ok(),
            "{name}: {:?} {outcome:?}",
            session.engine
        );
        assert!(outcome.asked_to_the_end, "{name}: {:?}", session.engine);
    }
}

/// One message of a session left out, sent twice, or sent after the one that follows it; never a change that makes rows
/// change places, which could not be noticed.
fn damaged(session: &Session) -> Vec<(String, Session)> {
    let speaker = session.engine.speaker();
    let mut all = Vec::new();
    for (at, piece) in session.pieces.iter().enumerate() {
        let messages = messages(speaker, piece);
        let mut put = |how: &str, place: usize, messages: Vec<&[u8]>| {
            let mut damaged = session.clone();
            damaged.pieces[at] = messages.concat();
            all.push((format!("{how} message {place} of piece {at}"), damaged));
        };
        for place in 0..messages.len() {
            let mut less = messages.clone();
            less.remove(place);
            put("without", place, less);
            let mut more = messages.clone();
            more.insert(place, messages[place]);
            put("twice", place, more);
            if place + 1 < messages.len() && messages[place].first() != messages[place + 1].first()
            {
                let mut exchanged = messages.clone();
                exchanged.swap(place, place + 1);
                put("exchanged", place, exchanged);
            }
        }
    }
    all
}

/// A call gives the same as on the real server, or an error; a write that the server was ordered to make permanent
/// is never denied.
///
/// Covers TX-1 on PostgreSQL, MariaDB.
#[test]
fn tx_1_a_damaged_session_is_an_error_and_never_a_wrong_answer() {
    let mut wrong = Vec::new();
    let mut played = 0;
    for session in recorded() {
        let meant = session.play(PATIENT);
        let given = meant.given.as_deref().expect("it was recorded");
        for (how, damaged) in damaged(&session) {
            let outcome = damaged.play(IMPATIENT);
            played += 1;
            let was_told =
                outcome.asked_to_the_end && (outcome.told_to_commit || !meant.told_to_commit);
            let is_wrong = match &outcome.given {
                // Whether a row was left out is reported at the end of all rows, which is not waited for here.
                Ok(_) if session.call().name == "iter_dropped" => false,
                Ok(other) => other != given,
                Err(error) => session.call().writes && was_told && error.applied() == Applied::No,
            };
            if is_wrong {
                let name = session.call().name;
                wrong.push(format!(
                    "{:?} {name} {how}: {:?}",
                    session.engine, outcome.given
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {played}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(played > 3_000, "{played}");
}

/// Bytes changed: no call panics, and each ends.
///
/// Covers BAD-03 on PostgreSQL, MariaDB.
#[test]
fn bad_03_a_session_of_changed_bytes_ends() {
    let mut numbers = Numbers(0x2545_F491_4F6C_DD1D);
    for session in recorded() {
        for _ in 0..FLIPPED {
            let mut damaged = session.clone();
            for _ in 0..=numbers.below(3) {
                let piece = numbers.below(damaged.pieces.len());
                let piece = &mut damaged.pieces[piece];
                let at = numbers.below(piece.len());
                if let Some(byte) = piece.get_mut(at) {
                    *byte ^= 1 << numbers.below(8);
                }
            }
            damaged.play(IMPATIENT);
        }
    }
}
