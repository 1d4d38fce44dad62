//! Each fault, with plain sockets on both sides.

use std::time::Instant;

use super::*;
use crate::Watchdog;

const PATIENCE: Duration = Duration::from_secs(60);
/// Long enough for what must not come, if it were to come.
const A_WHILE: Duration = Duration::from_millis(100);

/// Two peers and the proxy between them.
struct Joined {
    client: TcpStream,
    server: TcpStream,
    proxy: FaultProxy,
}

fn joined(fault: Fault) -> Joined {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
    let address = listener.local_addr().expect("it has one");
    let proxy = FaultProxy::start(&format!("test://{address}/")).expect("a port is free");
    proxy.set(fault);
    let through = host_and_port(proxy.url()).expect("it has an address");
    let client = TcpStream::connect(&proxy.url()[through]).expect("it listens");
    let (server, _) = listener.accept().expect("the proxy connects");
    Joined {
        client,
        server,
        proxy,
    }
}

/// Everything up to the end, and whether that was an orderly one.
fn all_of(mut stream: &TcpStream) -> (String, bool) {
    let mut bytes = Vec::new();
    let ended = stream.read_to_end(&mut bytes).is_ok();
    (String::from_utf8(bytes).expect("text was sent"), ended)
}

fn take(mut stream: &TcpStream, expected: &str) {
    let mut bytes = vec![0; expected.len()];
    stream.read_exact(&mut bytes).expect("it passes");
    assert_eq!(bytes, expected.as_bytes());
}

fn send(mut stream: &TcpStream, text: &str) {
    stream.write_all(text.as_bytes()).expect("there is room");
}

fn says_nothing(mut stream: &TcpStream) {
    stream
        .set_read_timeout(Some(A_WHILE))
        .expect("any time will do");
    let error = stream.read(&mut [0]).expect_err("neither bytes nor an end");
    assert!(is_idle(&error), "{error}");
    stream.set_read_timeout(None).expect("none will do");
}

/// While the answer is held back, the peer goes on talking, and the client too.
#[test]
fn nothing_passes_behind_a_pattern_in_either_direction() {
    let _watchdog = Watchdog::start("nothing_passes_behind_a_pattern", PATIENCE);
    for pattern_of in [Direction::ToServer, Direction::ToClient] {
        let both = joined(Fault::CutAfterPattern {
            direction: pattern_of,
            pattern: b"COMMIT".to_vec(),
            wait: A_WHILE,
        });
        let (asks, answers, last) = match pattern_of {
            Direction::ToServer => (&both.client, &both.server, "MMIT and its end"),
            Direction::ToClient => (&both.server, &both.client, "MMIT"),
        };
        send(answers, "before,");
        take(asks, "before,");
        send(asks, "a CO");
        take(answers, "a CO");
        send(asks, "MMIT and its end");
        take(answers, last);
        // The proxy waits now, and this one ends as well.
        send(answers, "answer");
        answers.shutdown(Shutdown::Write).expect("it is open");
        assert_eq!(all_of(asks), (String::new(), false), "{pattern_of:?}");
        assert_eq!(all_of(answers), (String::new(), false), "{pattern_of:?}");
    }
}

#[test]
fn nothing_of_a_pattern_that_comes_in_one_piece_passes() {
    let _watchdog = Watchdog::start("nothing_of_a_pattern_passes", PATIENCE);
    let both = joined(Fault::CutBeforePattern {
        direction: Direction::ToServer,
        pattern: b"COMMIT".to_vec(),
    });
    send(&both.server, "COMMIT");
    take(&both.client, "COMMIT");
    send(&both.client, "a COMMIT b");
    assert_eq!(all_of(&both.server), ("a ".to_owned(), false));
    assert_eq!(all_of(&both.client), (String::new(), false));
}

#[test]
fn so_many_bytes_pass_and_no_more() {
    let _watchdog = Watchdog::start("so_many_bytes_pass", PATIENCE);
    let both = joined(Fault::CutAfter {
        direction: Direction::ToClient,
        bytes: 5,
    });
    send(&both.server, "abc");
    take(&both.client, "abc");
    send(&both.server, "defg");
    assert_eq!(all_of(&both.client), ("de".to_owned(), false));
}

#[test]
fn a_silent_peer_does_not_even_close() {
    let _watchdog = Watchdog::start("a_silent_peer_does_not_even_close", PATIENCE);
    let both = joined(Fault::Stall);
    send(&both.server, "held");
    both.server.shutdown(Shutdown::Write).expect("it is open");
    says_nothing(&both.client);
    assert_eq!((both.proxy.accepted(), both.proxy.open()), (1, 1));
    both.proxy.heal();
    assert_eq!(all_of(&both.client), ("held".to_owned(), true));
    send(&both.client, "still here");
    take(&both.server, "still here");
}

#[test]
fn a_slow_network_loses_nothing() {
    let _watchdog = Watchdog::start("a_slow_network_loses_nothing", PATIENCE);
    let text = "0123456789";
    let pause = Duration::from_millis(20);
    for (fault, least) in [
        (Fault::Delay(pause), pause),
        (Fault::Throttle { bytes: 3, pause }, 4 * pause),
    ] {
        let both = joined(fault.clone());
        let started = Instant::now();
        send(&both.client, text);
        take(&both.server, text);
        assert!(started.elapsed() >= least, "{fault:?}");
        both.client.shutdown(Shutdown::Write).expect("it is open");
        assert_eq!(all_of(&both.server), (String::new(), true));
    }
}

#[test]
fn round_trips_are_counted_once_for_each_answer() {
    let Joined {
        client,
        server,
        proxy,
    } = joined(Fault::None);
    assert_eq!(proxy.round_trips(), 0);
    for round in 1..=2 {
        send(&client, "ask");
        take(&server, "ask");
        // Of the same round trip.
        send(&client, "more");
        take(&server, "more");
        assert_eq!(proxy.round_trips(), round);
        send(&server, "answer");
        take(&client, "answer");
    }
}
