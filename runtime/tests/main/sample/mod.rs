//! A program's generated code, written by hand in short, and the databases to run it on.
#![allow(
    unreachable_pub,
    reason = "written as generated code is, for a module that may be public"
)]

mod ddl;
pub mod engine;
mod logged;
mod model;
mod statements;

use bindery::__private::Program;
use bindery::generic::{GeneratedDatabases, ReadRoute, RepositoryOf};
use bindery::session::GeneratedSession;
use bindery::{
    Config, Connection, Engine, EngineOptions, Hosts, ReadConnection, Registry, Repository,
    Session, StaticEngine,
};
use bindery_testkit::{FreshDatabase, Product};

pub use self::ddl::{CONFIGURED, EARLIER, EMAIL, EMBEDDED, MEMBER_KEY, ONLY_B, PROGRAM, USER_ID};
pub use self::logged::Logged;
pub use self::model::*;

macro_rules! accessors {
    ($($name:ident $tag:ident;)*) => {
        /// The tables of a connection or transaction.
        pub trait Tables {
            $(fn $name(&mut self) -> RepositoryOf<'_, Self, tag::$tag>
            where
                Self: ReadRoute<tag::$tag>,
            {
                Repository::new(self.target())
            })*
        }
    };
}

accessors! {
    blogs Blog;
    members Member;
    order_lines OrderLine;
    logs Log;
}

impl<E: Engine> Tables for Connection<E> {}

impl<E: Engine> Tables for ReadConnection<E> {}

/// An engine that hosts every model.
pub trait Everything:
    StaticEngine + Hosts<tag::Blog> + Hosts<tag::Member> + Hosts<tag::OrderLine> + Hosts<tag::Log>
{
}

impl<E> Everything for E where
    E: StaticEngine
        + Hosts<tag::Blog>
        + Hosts<tag::Member>
        + Hosts<tag::OrderLine>
        + Hosts<tag::Log>
{
}

/// Engines that need no server, in memory, with their tables.
pub fn embedded() -> Registry {
    let db = Registry::in_memory(&EMBEDDED).unwrap();
    db.create_missing().unwrap();
    db
}

/// The `Databases` of the sample with all engines.
#[derive(Clone)]
pub struct Databases(Registry);

impl std::ops::Deref for Databases {
    type Target = Registry;

    fn deref(&self) -> &Registry {
        &self.0
    }
}

impl GeneratedDatabases for Databases {
    type Session = DatabaseSession;

    fn program() -> &'static Program {
        &PROGRAM
    }

    fn from_registry(registry: Registry) -> Self {
        Self(registry)
    }
}

/// The sessions of all engines.
pub struct DatabaseSession(pub Session);

impl std::ops::Deref for DatabaseSession {
    type Target = Session;
    fn deref(&self) -> &Session {
        &self.0
    }
}

impl std::ops::DerefMut for DatabaseSession {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.0
    }
}

impl GeneratedSession for DatabaseSession {
    fn from_session(session: Session) -> Self {
        Self(session)
    }
}

/// All engines, one of them at this URL and the other servers where nothing is.
pub fn at(engine: &str, url: &str) -> Registry {
    with(engine, EngineOptions::url(url))
}

/// The same with more options.
pub fn with(engine: &str, options: EngineOptions) -> Registry {
    program_with(&PROGRAM, engine, options)
}

/// The same of another version of the program.
pub fn program_with(program: &'static Program, engine: &str, options: EngineOptions) -> Registry {
    let nowhere = [
        ("b", ":memory:"),
        ("default", ":memory:"),
        ("test", ":memory:"),
        ("x_mysql", "mysql://nobody@127.0.0.1:1/nothing"),
        ("x_postgres", "postgres://nobody@127.0.0.1:1/nothing"),
        ("y_mariadb", "mariadb://nobody@127.0.0.1:1/nothing"),
    ];
    let config = nowhere
        .iter()
        .fold(Config::new(), |config, &(name, other)| {
            let other = EngineOptions::url(other);
            config.engine(
                name,
                if name == engine {
                    options.clone()
                } else {
                    other
                },
            )
        });
    Registry::with_config(program, &config).unwrap()
}

/// Runs a check on an engine at this URL, with its tables, whatever becomes of the connection.
pub fn run_once_at<E: StaticEngine>(
    engine: E,
    url: &str,
    check: impl FnOnce(&mut Connection<E>),
) -> Registry {
    let db = at(engine.name(), url);
    db.create_missing_on(engine).unwrap();
    check(&mut db.connect(engine).unwrap());
    db
}

/// Runs a check on an engine at this URL, with its tables.
pub fn run_at<E: StaticEngine>(engine: E, url: &str, check: impl FnOnce(&mut Connection<E>)) {
    let db = run_once_at(engine, url, check);
    let pool = db.engine(engine.name()).unwrap().pool;
    assert_eq!(
        (pool.in_use, pool.open),
        (0, 1),
        "the connection is good for another use"
    );
}

/// Runs a check that opens an engine at this URL itself.
pub fn run_at_url<E: StaticEngine>(engine: E, url: &str, check: impl FnOnce(E, &str)) {
    check(engine, url);
}

/// Runs a check on all engines, one of them at this URL, with its tables.
pub fn run_with_registry<E: StaticEngine>(engine: E, url: &str, check: impl FnOnce(&Registry, E)) {
    let db = at(engine.name(), url);
    db.create_missing_on(engine).unwrap();
    check(&db, engine);
}

/// The MariaDB server of this test run, if that is what it has for MySQL.
pub fn fresh_mariadb() -> Option<FreshDatabase> {
    match bindery_testkit::mysql_flavour() {
        Product::MariaDb => bindery_testkit::fresh_mysql(),
        Product::Postgres | Product::MySql => None,
    }
}

/// Runs functions that are generic over [`Everything`] on every database there is, as a test for each: MySQL and MariaDB
/// by statements that both understand, and MariaDB by its own.
macro_rules! on_each_database {
    (once: $($check:ident;)*) => {
        crate::sample::on_each_database! { by run_once_at: $($check;)* }
    };
    (registry: $($check:ident;)*) => {
        crate::sample::on_each_database! { by run_with_registry: $($check;)* }
    };
    ($($check:ident;)*) => {
        crate::sample::on_each_database! { by run_at: $($check;)* }
    };
    (by $run:ident: $($check:ident;)*) => {
        mod sqlite {
            $(#[test]
            fn $check() {
                let engine = crate::sample::engine::Default;
                crate::sample::$run(engine, ":memory:", super::$check);
            })*
        }

        mod postgres {
            $(#[test]
            fn $check() {
                if let Some(database) = bindery_testkit::fresh_postgres() {
                    let engine = crate::sample::engine::Postgres;
                    crate::sample::$run(engine, &database.url(), super::$check);
                }
            })*
        }

        mod mysql {
            $(#[test]
            fn $check() {
                if let Some(database) = bindery_testkit::fresh_mysql() {
                    let engine = crate::sample::engine::Mysql;
                    crate::sample::$run(engine, &database.url(), super::$check);
                }
            })*
        }

        mod mariadb {
            $(#[test]
            fn $check() {
                if let Some(database) = crate::sample::fresh_mariadb() {
                    let engine = crate::sample::engine::Mariadb;
                    crate::sample::$run(engine, &database.url(), super::$check);
                }
            })*
        }
    };
}

pub(crate) use on_each_database;
