//! The commands of README.md, run as they stand against the running program.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

const README: &str = include_str!("../README.md");

/// The service, ended with the test.
struct Shop {
    process: Child,
    address: String,
    /// Of its databases, unless the environment names some.
    _folder: TempDir,
}

impl Shop {
    fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bindery-example-axum"));
        command.env("ADDRESS", "127.0.0.1:0").stdout(Stdio::piped());
        let folder = tempfile::tempdir().expect("a folder can be made");
        for name in ["DATABASE_URL", "B_DATABASE_URL"] {
            if std::env::var_os(name).is_none() {
                let file = folder.path().join(name);
                command.env(name, format!("sqlite://{}", file.display()));
            }
        }
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

    /// What a command of the README prints.
    fn run(&self, command: &str) -> String {
        let command = command.replace("localhost:3000", &self.address);
        let output = Command::new("sh").args(["-c", &command]).output();
        let output = output.expect("there is a shell");
        assert!(output.status.success(), "{command}: {output:?}");
        String::from_utf8(output.stdout).expect("the answer is text")
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn the_commands_of_the_readme_work() {
    if Command::new("curl").arg("--version").output().is_err() {
        bindery_testkit::skip("curl is not installed");
        return;
    }
    let shop = Shop::start();
    let commands = README.lines().filter(|line| line.starts_with("curl "));
    let answers: Vec<String> = commands.map(|command| shop.run(command)).collect();
    assert_eq!(
        answers,
        [
            r#"{"id":1,"name":"Sencha","stock":3}"#,
            r#"{"id":1,"customer":"Mira","product_id":1,"quantity":2}"#,
            "not in stock",
            r#"{"id":1,"name":"Sencha","stock":1}"#,
            "ready",
        ]
    );
    assert_eq!(shop.run("curl -s localhost:3000/orders"), "1");
}
