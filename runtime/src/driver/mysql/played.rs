//! Connections to simulated servers, for tests.

use std::os::unix::net::UnixStream;

use bindery_core::config::{Address, SessionConfig, parse_url};

use super::MysqlConnection;
use super::login::LoggedIn;
use super::options::MysqlConfig;
use super::session::{Session, length_and_number};
use crate::driver::connect::{ServerInfo, ServerOptions};
use crate::driver::wire::Socket;

/// A connection to MariaDB that is logged in.
pub(in crate::driver) fn connection(stream: UnixStream) -> MysqlConnection {
    let there = LoggedIn {
        session: Session::new(Socket::over(stream).expect("a socket")),
        info: ServerInfo {
            product: "MariaDB",
            version: String::new(),
        },
        connection: 1,
        max_allowed_packet: 1 << 24,
        is_node: false,
        takes_bulk: true,
    };
    MysqlConnection::over(there, &config())
}

fn config() -> MysqlConfig {
    let target = parse_url("mysql://ann@localhost/s").expect("a URL");
    let Address::Server(server) = &target.place else {
        panic!("the URL of a server");
    };
    let options = ServerOptions {
        server,
        endpoint: &server.endpoints[0],
        cluster: None,
        read_only: false,
        session: SessionConfig::default(),
    };
    MysqlConfig::new(&options).expect("nothing is wrong with it")
}

/// Whole packets of the client; each command but those without an answer requests one.
pub(in crate::driver) fn requests(came: &[u8]) -> (usize, usize) {
    let (mut whole, mut asked) = (0, 0);
    while let Some(&[a, b, c, number, command]) = came.get(whole..).and_then(<[u8]>::first_chunk) {
        let length = 4 + length_and_number([a, b, c, number]).0;
        if came.len() < whole + length {
            break;
        }
        whole += length;
        asked += usize::from(command != super::CLOSE && command != QUIT);
    }
    (whole, asked)
}

const QUIT: u8 = 1;
