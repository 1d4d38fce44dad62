//! RabbitMQ as another program sets it up, so that it refuses what a relay publishes.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use bindery_testkit::Broker;

/// A program that changes exchanges and queues, by frames of AMQP 0-9-1 written by hand.
pub(crate) struct Operator(TcpStream);

impl Operator {
    /// Logs in and opens a channel.
    pub(crate) fn connect(broker: &Broker) -> Self {
        let url = broker.url();
        let login = url.trim_start_matches("amqp://").split('@').next();
        let (user, password) = login
            .and_then(|login| login.split_once(':'))
            .expect("a login");
        let socket = TcpStream::connect(("127.0.0.1", broker.port())).expect("the server is there");
        let patience = Some(Duration::from_secs(10));
        socket.set_read_timeout(patience).expect("it is open");
        let mut operator = Self(socket);
        operator.write(b"AMQP\0\0\x09\x01");
        operator.await_method(10, 10);
        let response = format!("\0{user}\0{password}");
        let start = [
            &long(b""),
            &short(b"PLAIN")[..],
            &long(response.as_bytes()),
            &short(b"en_US"),
        ]
        .concat();
        operator.send(0, (10, 11), &start);
        operator.await_method(10, 30);
        operator.send(0, (10, 31), &[0, 16, 0, 2, 0, 0, 0, 0]);
        operator.send(0, (10, 40), &[&short(b"/")[..], &short(b""), &[0]].concat());
        operator.await_method(10, 41);
        operator.send(1, (20, 10), &short(b""));
        operator.await_method(20, 11);
        operator
    }

    pub(crate) fn delete_exchange(&mut self, name: &str) {
        self.send(
            1,
            (40, 20),
            &[&[0, 0][..], &short(name.as_bytes()), &[0]].concat(),
        );
        self.await_method(40, 21);
    }

    /// Makes an exchange to which no client may publish.
    pub(crate) fn declare_internal_exchange(&mut self, name: &str) {
        const DURABLE_AND_INTERNAL: u8 = 0b1010;
        let of_kind = [&short(name.as_bytes())[..], &short(b"fanout")].concat();
        let declare = [&[0, 0][..], &of_kind, &[DURABLE_AND_INTERNAL], &long(b"")].concat();
        self.send(1, (40, 10), &declare);
        self.await_method(40, 11);
    }

    /// Makes a queue of an exchange that has room for one message and rejects others.
    pub(crate) fn declare_full_queue(&mut self, name: &str, exchange: &str) {
        let overflow = [&short(b"x-overflow")[..], b"S", &long(b"reject-publish")].concat();
        let length = [&short(b"x-max-length")[..], b"I", &[0, 0, 0, 1]].concat();
        let arguments = long(&[overflow, length].concat());
        self.send(
            1,
            (50, 10),
            &[&[0, 0][..], &short(name.as_bytes()), &[0], &arguments].concat(),
        );
        self.await_method(50, 11);
        let of_exchange = [
            &short(name.as_bytes())[..],
            &short(exchange.as_bytes()),
            &short(b""),
        ]
        .concat();
        self.send(
            1,
            (50, 20),
            &[&[0, 0][..], &of_exchange, &[0], &long(b"")].concat(),
        );
        self.await_method(50, 21);
    }

    pub(crate) fn delete_queue(&mut self, name: &str) {
        self.send(
            1,
            (50, 40),
            &[&[0, 0][..], &short(name.as_bytes()), &[0]].concat(),
        );
        self.await_method(50, 41);
    }

    fn send(&mut self, channel: u16, (class, method): (u16, u16), fields: &[u8]) {
        let payload = [&class.to_be_bytes()[..], &method.to_be_bytes(), fields].concat();
        let frame = [&[1][..], &channel.to_be_bytes(), &long(&payload), &[0xCE]].concat();
        self.write(&frame);
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).expect("the server takes it");
    }

    /// Reads the next method, which has to be this one.
    fn await_method(&mut self, class: u16, method: u16) {
        let mut head = [0; 7];
        self.0.read_exact(&mut head).expect("the server answers");
        let size = u32::from_be_bytes([head[3], head[4], head[5], head[6]]) as usize;
        let mut rest = vec![0; size + 1];
        self.0.read_exact(&mut rest).expect("the server answers");
        let expected = [class.to_be_bytes(), method.to_be_bytes()].concat();
        assert_eq!(rest[..4], expected, "{}", String::from_utf8_lossy(&rest));
    }
}

fn short(text: &[u8]) -> Vec<u8> {
    let size = u8::try_from(text.len()).expect("a short text");
    [&[size][..], text].concat()
}

fn long(bytes: &[u8]) -> Vec<u8> {
    let size = u32::try_from(bytes.len()).expect("a few bytes");
    [&size.to_be_bytes()[..], bytes].concat()
}
