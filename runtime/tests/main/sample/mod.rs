//! A program's generated code, written by hand in short, and the databases to run it on.
#![allow(
    unreachable_pub,
    reason = "written as generated code is, for a module that may be public"
)]

mod ddl;
pub mod engine;
mod model;
mod statements;

use bindery::{Connection, Engine, Hosts, Registry, Repository, Route, StaticEngine};

pub use self::ddl::{EMBEDDED, PROGRAM};
pub use self::model::*;

macro_rules! accessors {
    ($($name:ident $tag:ident;)*) => {
        /// The tables of a connection or transaction.
        pub trait Tables {
            $(fn $name(&mut self) -> Repository<'_, tag::$tag, <Self as Route<tag::$tag>>::Engine>
            where
                Self: Route<tag::$tag>,
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

/// Runs a function that is generic over [`Everything`] on every database there is, as a test for each.
macro_rules! on_each_database {
    ($($check:ident;)*) => {
        mod sqlite {
            $(#[test]
            fn $check() {
                let db = crate::sample::embedded();
                super::$check(&mut db.connect(crate::sample::engine::Default).unwrap());
            })*
        }
    };
}

pub(crate) use on_each_database;
