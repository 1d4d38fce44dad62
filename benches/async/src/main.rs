//! The same axum application on bindery and on sqlx, each in a process of its own, with the same number of connections to one
//! private PostgreSQL server over TCP. Clients in a third process call one and then the other in short slices, so that what
//! else the machine does meets both.

mod load;
mod on_bindery;
mod on_sqlx;
mod page;
mod report;
mod serve;

use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

use bindery_testkit::Server;

use load::Client;
use report::Report;
use serve::{Application, Served};

bindery::include_schema!();

type Failure = Box<dyn Error + Send + Sync>;

const HELP: &str = "\
cargo xtask bench --async [OPTIONS]
    --clients N        connections of HTTP that are busy at once (64)
    --connections N    connections of each application to PostgreSQL (16)
    --slice-ms N       how long one application is called before the other is (250)
    --slices N         how often each is called in each row of the table (24)";

/// The options of a run.
#[derive(Debug, Clone, Copy)]
struct Options {
    clients: usize,
    connections: u32,
    slice: Duration,
    slices: usize,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let mut options = Self {
            clients: 64,
            connections: 16,
            slice: Duration::from_millis(250),
            slices: 24,
        };
        while let Some(name) = arguments.next() {
            let value = arguments.next().and_then(|value| value.parse::<u32>().ok());
            let value = value.filter(|value| *value > 0).ok_or(HELP)?;
            match name.as_str() {
                "--clients" => options.clients = value as usize,
                "--connections" => options.connections = value,
                "--slice-ms" => options.slice = Duration::from_millis(value.into()),
                "--slices" => options.slices = value as usize,
                _ => return Err(HELP.into()),
            }
        }
        Ok(options)
    }
}

fn main() -> Result<ExitCode, Failure> {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next();
    if first.as_deref() == Some("serve") {
        return serve::run(arguments).map(|()| ExitCode::SUCCESS);
    }
    measure(Options::parse(first.into_iter().chain(arguments))?)?;
    Ok(ExitCode::SUCCESS)
}

fn measure(options: Options) -> Result<(), Failure> {
    let server = Server::postgres().setting("autovacuum", "off").start()?;
    let url = server.database("pages")?;
    fill(&url)?;
    let applications = [Application::Bindery, Application::Sqlx];
    let served =
        applications.map(|application| Served::start(application, &url, options.connections));
    let [on_bindery, on_sqlx] = served;
    let served = [on_bindery?, on_sqlx?];
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut report = Report::new(options, server.version());
    runtime.block_on(async {
        let mut clients = Vec::new();
        for one in &served {
            clients.push(Client::connect_all(one.port, options.clients).await?);
        }
        for route in load::ROUTES {
            // Warm: connections opened, statements prepared, threads started.
            for clients in &mut clients {
                load::slice(clients, route, options.slice).await?;
            }
            for number in 0..options.slices {
                // A B B A, so that what changes slowly meets both.
                let order = if number % 2 == 0 { [0, 1] } else { [1, 0] };
                for which in order {
                    let seen = load::slice(&mut clients[which], route, options.slice).await?;
                    report.add(route, which, seen);
                }
            }
        }
        Ok::<(), Failure>(())
    })?;
    report.print();
    Ok(())
}

/// Tables, a thousand users, and ten thousand posts.
fn fill(url: &str) -> Result<(), Failure> {
    let db = on_bindery::databases(url, 1)?;
    db.create_missing()?;
    let mut c = db.default()?;
    let users = (0..1_000).map(|n| {
        NewUser::new(user::Required {
            name: format!("user {n}"),
            email: format!("{n}@example.org"),
        })
    });
    c.users().insert_many(users)?;
    let users = c.users().all()?;
    let posts = (0..10_000).map(|n| {
        let user = &users[n * 7 % users.len()];
        NewPost::new(post::Required {
            user_id: user.id,
            title: format!("post {n}"),
            body: "a few words ".repeat(8),
        })
    });
    c.posts().insert_many(posts)?;
    Ok(())
}
