//! As much of an HTTP client as the tests need: one request a connection, which can be dropped at any moment.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The response to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

/// A request that is sent, before its response is read. Dropping it closes the connection.
pub(crate) struct Sent(TcpStream);

pub(crate) async fn send(address: SocketAddr, method: &str, path: &str) -> Sent {
    send_with(address, method, path, "").await
}

/// With a line of the head, or none.
pub(crate) async fn send_with(address: SocketAddr, method: &str, path: &str, line: &str) -> Sent {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-length: 0\r\n{line}\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    Sent(stream)
}

impl Answer {
    /// The value of a field of the head.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(": "));
        fields.find_map(|(own, value)| (own == name).then_some(value))
    }
}

impl Sent {
    /// `None` where the server closed the connection without a response.
    pub(crate) async fn answer(mut self) -> Option<Answer> {
        let mut text = Vec::new();
        self.0.read_to_end(&mut text).await.ok()?;
        let text = String::from_utf8(text).unwrap();
        let (head, body) = text.split_once("\r\n\r\n")?;
        Some(Answer {
            status: head.split(' ').nth(1)?.parse().unwrap(),
            head: head.to_ascii_lowercase(),
            body: body.to_owned(),
        })
    }
}

pub(crate) async fn get(address: SocketAddr, path: &str) -> Answer {
    send(address, "GET", path).await.answer().await.unwrap()
}

pub(crate) async fn post(address: SocketAddr, path: &str) -> Answer {
    send(address, "POST", path).await.answer().await.unwrap()
}
