//! Sessions: one connection and transaction of each engine, begun by the first statement and ended together.

mod cache;
mod dropped;
mod ends;
mod killed;
mod outside;
mod refused;
mod retries;
mod scopes;
mod waits;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bindery::__private::Program;
use bindery::generic::GeneratedDatabases;
use bindery::session::GeneratedSession as _;
use bindery::{
    Config, Connection, EngineOptions, ErrorKind, Hosts, Isolation, Registry, RetryPolicy, Session,
    SessionOptions, StaticEngine, TransactionOptions,
};
use bindery_testkit::FreshDatabase;

use crate::sample::engine::{Any, B, Default, Mysql, Postgres, Test};
use crate::sample::{DatabaseSession as Work, NewBlog, Tables, model, program};

/// The databases as generated code makes them of a registry.
#[derive(Clone)]
pub(crate) struct Db(pub(crate) Registry);

bindery::__private::registry!(Db);

impl GeneratedDatabases for Db {
    type Session = Work;
    fn program() -> &'static Program {
        program()
    }
    fn from_registry(registry: Registry) -> Self {
        Self(registry)
    }
}

impl Db {
    pub(crate) fn session<T>(
        &self,
        work: impl FnOnce(&mut Work) -> bindery::Result<T>,
    ) -> bindery::Result<T> {
        self.try_session_with(SessionOptions::new(), work)
    }

    /// The titles on an engine, as another connection sees them, also while a session is open.
    fn titles<E: Hosts<model::Blog>>(&self, engine: E) -> Vec<String> {
        self.outside_transaction(|| titles(&mut self.connect(engine).unwrap()))
    }

    fn used(&self, engine: &str) -> u64 {
        self.engine(engine).unwrap().pool.created
    }

    fn in_use(&self) -> usize {
        self.engines().iter().map(|engine| engine.pool.in_use).sum()
    }
}

/// `default` and `b` on SQLite, `x_mysql` and `x_postgres` where there are servers.
struct Bench {
    db: Db,
    _servers: Vec<FreshDatabase>,
    folder: tempfile::TempDir,
    urls: BTreeMap<&'static str, String>,
}

impl Bench {
    /// The engines on SQLite alone.
    fn embedded() -> Self {
        Self::with(|options| options)
    }

    fn with(change: impl Fn(EngineOptions) -> EngineOptions) -> Self {
        Self::of(Vec::new(), change)
    }

    /// All of them, where there are servers.
    fn all() -> Option<Self> {
        Self::all_with(|options| options)
    }

    fn all_with(change: impl Fn(EngineOptions) -> EngineOptions) -> Option<Self> {
        let servers = vec![
            bindery_testkit::fresh_mysql()?,
            bindery_testkit::fresh_postgres()?,
        ];
        Some(Self::of(servers, change))
    }

    fn of(servers: Vec<FreshDatabase>, change: impl Fn(EngineOptions) -> EngineOptions) -> Self {
        Self::at(servers, &[], change)
    }

    /// The same with other URLs for some engines.
    fn at(
        servers: Vec<FreshDatabase>,
        others: &[(&'static str, &str)],
        change: impl Fn(EngineOptions) -> EngineOptions,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = |name| format!("sqlite://{}/{name}.db", folder.path().display());
        let mysql = servers.first().map(FreshDatabase::url);
        let postgres = servers.get(1).map(FreshDatabase::url);
        let nowhere = |scheme| format!("{scheme}://nobody@127.0.0.1:1/nothing");
        let engines = [
            ("b", file("b")),
            ("default", file("default")),
            ("test", file("test")),
            ("x_mysql", mysql.unwrap_or_else(|| nowhere("mysql"))),
            (
                "x_postgres",
                postgres.unwrap_or_else(|| nowhere("postgres")),
            ),
            ("y_mariadb", nowhere("mysql")),
        ];
        let mut urls = BTreeMap::from(engines);
        urls.extend(others.iter().map(|(name, url)| (*name, (*url).to_owned())));
        let config = urls.iter().fold(Config::new(), |config, (name, url)| {
            config.engine(*name, change(EngineOptions::url(url.as_str())))
        });
        let db = Db::open_with(&config).unwrap();
        db.create_missing_on(B).unwrap();
        db.create_missing_on(Default).unwrap();
        if !servers.is_empty() {
            db.create_missing_on(Mysql).unwrap();
            db.create_missing_on(Postgres).unwrap();
        }
        Self {
            db,
            _servers: servers,
            folder,
            urls,
        }
    }
}

fn titles<E: Hosts<model::Blog>>(connection: &mut Connection<E>) -> Vec<String> {
    let blogs = connection.blogs().all().unwrap().into_iter();
    let mut titles: Vec<String> = blogs.map(|blog| blog.title).collect();
    titles.sort();
    titles
}

fn add<E: Hosts<model::Blog>>(s: &mut Session, engine: E, title: &str) -> bindery::Result<()> {
    let mut blogs = s.repository::<model::Blog, E>(engine);
    blogs.insert(NewBlog::new(title)).map(drop)
}

fn count<E: Hosts<model::Blog>>(s: &mut Session, engine: E) -> bindery::Result<u64> {
    s.repository::<model::Blog, E>(engine).count()
}

fn refused() -> bindery::Error {
    bindery::Error::new(ErrorKind::NotFound)
}

/// Every pair of engines of two dialects, and two of one.
macro_rules! each_pair {
    ($bench:ident: $check:path) => {
        $check(&$bench.db, B, Default);
        $check(&$bench.db, Default, Mysql);
        $check(&$bench.db, Default, Postgres);
        $check(&$bench.db, Mysql, Postgres);
    };
}
use each_pair;

/// Covers TX-02.
#[test]
fn tx_02_a_session_commits_what_it_used_and_opens_nothing_else() {
    let bench = Bench::embedded();
    let db = &bench.db;
    db.session(|_| Ok(())).unwrap();
    let before = (db.used("b"), db.used("default"), db.used("test"));
    db.session(|s| {
        add(s, Default, "one")?;
        add(s, B, "two")?;
        assert!(s.has_used(B) && !s.has_used(Test));
        assert_eq!(db.titles(Default), [""; 0], "not committed yet");
        Ok(())
    })
    .unwrap();
    assert_eq!(db.titles(Default), ["one"]);
    assert_eq!(db.titles(B), ["two"]);
    assert_eq!(db.used("test"), 0, "never opened");
    assert!(before.2 == 0 && db.in_use() == 0);
    assert_eq!(
        (before.0, before.1),
        (1, 1),
        "as `create_missing_on` left them"
    );
}

/// Covers TX-02.
#[test]
fn tx_02_engines_of_three_dialects_are_committed_together() {
    let Some(bench) = Bench::all() else { return };
    let db = &bench.db;
    let seen = db
        .session(|s| {
            add(s, Default, "lite")?;
            add(s, Mysql, "maria")?;
            s.connection(Postgres)?
                .blogs()
                .insert(NewBlog::new("post"))?;
            let insert = "INSERT INTO blogs (title) VALUES ($1)";
            s.sql_on(Postgres).execute(insert, ("raw",))?;
            let (lite, post) = s.pair(Default, Any::XPostgres)?;
            Ok((titles(lite), titles(post)))
        })
        .unwrap();
    assert_eq!(
        seen,
        (
            vec!["lite".to_owned()],
            vec!["post".to_owned(), "raw".to_owned()]
        )
    );
    assert_eq!(db.titles(Default), ["lite"]);
    assert_eq!(db.titles(Mysql), ["maria"]);
    assert_eq!(db.titles(Postgres), ["post", "raw"]);
    assert_eq!((db.in_use(), db.used("b")), (0, 1));
}

/// Covers TX-03.
#[test]
fn tx_03_an_error_a_panic_and_a_hook_undo_everything() {
    let Some(bench) = Bench::all() else { return };
    each_pair!(bench: undone_by_all_ways);
}

fn undone_by_all_ways<A, C>(db: &Db, first: A, second: C)
where
    A: StaticEngine + Hosts<model::Blog>,
    C: StaticEngine + Hosts<model::Blog>,
{
    let both = move |s: &mut Session| {
        add(s, first, "lost")?;
        add(s, second, "lost")
    };
    let own: Result<(), Own> = db.try_session_with(SessionOptions::new(), |s| {
        both(s)?;
        Err(Own::Refused)
    });
    assert!(matches!(own, Err(Own::Refused)), "the caller's own error");

    let panicked = catch_unwind(AssertUnwindSafe(|| {
        db.session::<()>(|s| {
            both(s)?;
            panic!("the caller's own")
        })
    }));
    assert!(panicked.is_err());

    let hook = db.session(|s| {
        s.before_commit(move |s| {
            assert_eq!(count(s, first)?, 1, "within the session");
            Err(refused())
        });
        both(s)
    });
    assert_eq!(hook.unwrap_err().kind(), &ErrorKind::NotFound);

    let mut guard = db.begin_session_with(SessionOptions::new()).unwrap();
    both(&mut guard).unwrap();
    drop(guard);

    assert_eq!((db.titles(first).len(), db.titles(second).len()), (0, 0));
    assert_eq!(db.in_use(), 0);
    db.session(|s| both(s).and_then(|()| Err::<(), _>(refused())))
        .unwrap_err();
    db.session(|s| add(s, first, "kept")).unwrap();
    assert_eq!(db.titles(first), ["kept"], "the next one starts clean");
    db.connect(first)
        .unwrap()
        .blogs()
        .query()
        .all_rows()
        .delete()
        .unwrap();
}

enum Own {
    Refused,
    Database,
}

impl From<bindery::Error> for Own {
    fn from(_: bindery::Error) -> Self {
        Self::Database
    }
}
