//! The service as a process, ended with the test, and as much of an HTTP client as the tests need.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// No response takes longer, whatever happens to a database.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Shop {
    process: Child,
    pub(crate) address: String,
    /// Of its databases, unless the environment names some.
    _folder: TempDir,
}

impl Shop {
    /// With these variables in place of those of the environment.
    pub(crate) fn start(variables: &[(&str, String)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bindery-example-axum"));
        command.env("ADDRESS", "127.0.0.1:0").stdout(Stdio::piped());
        let folder = tempfile::tempdir().expect("a folder can be made");
        for name in ["DATABASE_URL", "B_DATABASE_URL"] {
            if std::env::var_os(name).is_none() {
                let file = folder.path().join(name);
                command.env(name, format!("sqlite://{}", file.display()));
            }
        }
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        let mut process = command.spawn().expect("the program can be started");
        let output = process.stdout.take().expect("it is piped");
        let mut line = String::new();
        BufReader::new(output)
            .read_line(&mut line)
            .expect("it says where it listens");
        let address = line.trim().strip_prefix("listening on http://");
        let address = address.expect("it listens").to_owned();
        TcpStream::connect(&address).expect("it accepts connections");
        Self {
            process,
            address,
            _folder: folder,
        }
    }

    /// The status and body of the response to a request; one with a body is a POST of JSON.
    pub(crate) fn send(&self, path: &str, body: Option<&str>) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).expect("it accepts connections");
        stream
            .set_read_timeout(Some(PATIENCE))
            .expect("it is not zero");
        let (method, body) = (body.map_or("GET", |_| "POST"), body.unwrap_or_default());
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: shop\r\nconnection: close\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream
            .write_all(request.as_bytes())
            .expect("it reads requests");
        let mut answer = String::new();
        stream
            .read_to_string(&mut answer)
            .expect("it answers in time");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        (status.expect("a status"), body.to_owned())
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
