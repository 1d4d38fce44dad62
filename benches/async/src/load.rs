//! Clients that each send a request when the last one was answered.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Failure;

/// The kinds of requests; the last are the others in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    Find,
    List,
    Write,
    All,
}

pub const ROUTES: [Route; 4] = [Route::Find, Route::List, Route::Write, Route::All];

impl Route {
    pub fn title(self) -> &'static str {
        match self {
            Self::Find => "find by key",
            Self::List => "20 rows with a join",
            Self::Write => "insert in a transaction",
            Self::All => "the three in turn",
        }
    }

    /// The request with this number.
    fn request(self, number: u64) -> String {
        let user = number.wrapping_mul(6_364_136_223_846_793_005) % 1_000 + 1;
        match self {
            Self::Find => format!("GET /users/{user} HTTP/1.1\r\nhost: bench\r\n\r\n"),
            Self::List => "GET /posts HTTP/1.1\r\nhost: bench\r\n\r\n".to_owned(),
            Self::Write => {
                let draft = format!("{{\"user_id\":{user},\"title\":\"post {number}\"}}");
                let length = draft.len();
                format!(
                    "POST /posts HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n\
                     content-length: {length}\r\n\r\n{draft}"
                )
            }
            Self::All => ROUTES[(number % 3) as usize].request(number),
        }
    }
}

/// A connection of HTTP.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
    number: u64,
}

impl Client {
    pub async fn connect_all(port: u16, clients: usize) -> Result<Vec<Self>, Failure> {
        let mut all = Vec::with_capacity(clients);
        for number in 0..clients {
            let stream = TcpStream::connect(("127.0.0.1", port)).await?;
            stream.set_nodelay(true)?;
            all.push(Self {
                stream,
                buffer: Vec::new(),
                number: number as u64 * 1_000_003,
            });
        }
        Ok(all)
    }

    /// Sends a request and reads its answer to the end.
    async fn call(&mut self, route: Route) -> Result<(), Failure> {
        self.number += 1;
        let request = route.request(self.number);
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the application closed the connection".into());
            }
            if is_whole(&self.buffer)? {
                return Ok(());
            }
        }
    }
}

/// Has all of an answer come, and is it a good one?
fn is_whole(bytes: &[u8]) -> Result<bool, Failure> {
    const LENGTH: &str = "content-length: ";
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return Ok(false);
    };
    let head = std::str::from_utf8(&bytes[..end])?;
    if !head.starts_with("HTTP/1.1 200") {
        return Err(head.to_owned().into());
    }
    let mut lines = head.lines();
    let length = lines.find_map(|line| line.strip_prefix(LENGTH));
    let length: usize = length.ok_or("an answer without its length")?.parse()?;
    Ok(bytes.len() >= end + 4 + length)
}

/// The measurements of one slice.
pub struct Seen {
    pub took: Duration,
    pub latencies: Vec<Duration>,
}

/// Has all clients call for this long.
pub async fn slice(
    clients: &mut Vec<Client>,
    route: Route,
    time: Duration,
) -> Result<Seen, Failure> {
    let started = Instant::now();
    let mut tasks = Vec::with_capacity(clients.len());
    for mut client in clients.drain(..) {
        tasks.push(tokio::spawn(async move {
            let mut latencies = Vec::new();
            while started.elapsed() < time {
                let begun = Instant::now();
                client.call(route).await?;
                latencies.push(begun.elapsed());
            }
            Ok::<_, Failure>((client, latencies))
        }));
    }
    let mut latencies = Vec::new();
    for task in tasks {
        let (client, seen) = task.await??;
        clients.push(client);
        latencies.extend(seen);
    }
    Ok(Seen {
        took: started.elapsed(),
        latencies,
    })
}
