//! An application in a process of its own.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use crate::{Failure, on_bindery, on_sqlx};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Application {
    Bindery,
    Sqlx,
}

impl Application {
    pub fn name(self) -> &'static str {
        match self {
            Self::Bindery => "bindery",
            Self::Sqlx => "sqlx",
        }
    }
}

/// An application that listens; it ends with this value.
pub struct Served {
    child: Child,
    pub port: u16,
}

impl Served {
    pub fn start(application: Application, url: &str, connections: u32) -> Result<Self, Failure> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["serve", application.name(), url, &connections.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let out = child.stdout.take().ok_or("a process without output")?;
        BufReader::new(out).read_line(&mut line)?;
        let port = line.trim().parse()?;
        Ok(Self { child, port })
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It reads until there is nothing more.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// The arguments of the other process: `serve`, the application, the URL, the number of connections.
pub fn run(mut arguments: impl Iterator<Item = String>) -> Result<(), Failure> {
    let mut next = || arguments.next().ok_or("too few arguments");
    let (name, url, connections) = (next()?, next()?, next()?.parse()?);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let router = if name == Application::Bindery.name() {
            on_bindery::application(on_bindery::databases(&url, connections)?)
        } else {
            on_sqlx::application(on_sqlx::pool(&url, connections).await?)
        };
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let mut out = std::io::stdout();
        writeln!(out, "{}", listener.local_addr()?.port())?;
        out.flush()?;
        let until_closed = async {
            let mut nothing = [0; 1];
            let _ = tokio::io::stdin().read(&mut nothing).await;
        };
        tokio::select! {
            served = axum::serve(listener, router).into_future() => served?,
            () = until_closed => (),
        }
        Ok::<(), Failure>(())
    })?;
    runtime.shutdown_background();
    Ok(())
}
