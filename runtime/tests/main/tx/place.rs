//! A database of a test's own, with a way to it that goes around the runtime.

use bindery::config::SchemaCheck;
use bindery::{EngineOptions, Registry, StaticEngine};
use bindery_testkit::FreshDatabase;
use tempfile::TempDir;

use crate::sample::with;

/// Where a test's tables are.
pub(super) enum TestDatabase {
    File(TempDir),
    Server(FreshDatabase),
}

impl TestDatabase {
    pub(super) fn file() -> Self {
        Self::File(tempfile::tempdir().unwrap())
    }

    pub(super) fn url(&self) -> String {
        match self {
            Self::File(folder) => format!("sqlite://{}/test.db", folder.path().display()),
            Self::Server(database) => database.url(),
        }
    }

    /// Runs statements on a connection of their own.
    pub(super) fn run(&self, sql: &str) {
        match self {
            Self::File(folder) => rusqlite::Connection::open(folder.path().join("test.db"))
                .and_then(|raw| raw.execute_batch(sql))
                .unwrap(),
            Self::Server(database) => database.run_script(sql).unwrap(),
        }
    }

    /// The engine there, with its tables.
    pub(super) fn open<E: StaticEngine>(&self, engine: E) -> Registry {
        self.open_with(engine, |options| options)
    }

    pub(super) fn open_with<E: StaticEngine>(
        &self,
        engine: E,
        more: impl FnOnce(EngineOptions) -> EngineOptions,
    ) -> Registry {
        // Tests change tables without the program's knowledge, and want the database to report it.
        let options = EngineOptions::url(self.url()).schema_check(SchemaCheck::Off);
        let db = with(engine.name(), more(options));
        db.create_missing_on(engine).unwrap();
        db
    }
}

/// Runs functions of an engine and its place on every database there is, as a test for each.
macro_rules! at_each_place {
    ($($check:ident;)*) => {
        mod at_sqlite {
            $(#[test]
            fn $check() {
                let engine = crate::sample::engine::Default;
                super::$check(engine, &crate::tx::place::TestDatabase::file());
            })*
        }

        mod at_postgres {
            $(#[test]
            fn $check() {
                if let Some(database) = bindery_testkit::fresh_postgres() {
                    let engine = crate::sample::engine::Postgres;
                    super::$check(engine, &crate::tx::place::TestDatabase::Server(database));
                }
            })*
        }

        mod at_mysql {
            $(#[test]
            fn $check() {
                if let Some(database) = bindery_testkit::fresh_mysql() {
                    let engine = crate::sample::engine::Mysql;
                    super::$check(engine, &crate::tx::place::TestDatabase::Server(database));
                }
            })*
        }
    };
}

pub(super) use at_each_place;
