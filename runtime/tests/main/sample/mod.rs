//! The code that is generated from the case `sample`, parts of its program, and the databases to run it on.

mod logged;

use std::borrow::Cow;
use std::sync::LazyLock;
use std::time::Duration;

use bindery::__private::{Cluster, EngineInfo, Keeps, List, Program, TableDdl};
use bindery::generic::{GeneratedDatabases, ModelInfo};
use bindery::{Config, Connection, EngineOptions, Hosts, Registry, StaticEngine};
use bindery_testkit::{FreshDatabase, Product};

pub(crate) use self::logged::Logged;
pub(crate) use bindery_cases::sample::*;

/// The engines: three on SQLite, and one of each kind of server, under its name.
pub(crate) mod engine {
    pub(crate) use bindery_cases::sample::engine::{
        Any, B, Default, Test, XMysql as Mysql, XPostgres as Postgres, YMariadb as Mariadb,
    };
}

/// The generated program with all engines. Where this run tests with a cluster, it is that of a build with `cluster = "galera"`, or of one
/// with `cluster = "citus"`.
pub(crate) fn program() -> &'static Program {
    match (
        bindery_testkit::mysql_is_galera(),
        bindery_testkit::postgres_is_citus(),
    ) {
        (true, _) => &CLUSTERED,
        (_, true) => &ON_CITUS,
        (false, false) => generated(),
    }
}

/// Whether the URL of an engine names one server: an embedded database has none, and a cluster several.
pub(crate) fn has_one_server(engine: &str) -> bool {
    let is_cluster = engine == "y_mariadb" && bindery_testkit::mysql_is_galera();
    engine != "default" && !is_cluster
}

/// The same for servers without a cluster.
pub(crate) fn generated() -> &'static Program {
    <Databases as GeneratedDatabases>::program()
}

/// The program of a build with `cluster = "galera"`.
pub(crate) static CLUSTERED: LazyLock<Program> = LazyLock::new(|| {
    let engines = generated().engines.iter().map(|info| match info.name() {
        "y_mariadb" => EngineInfo {
            cluster: Some(Cluster::Galera),
            keeps: Cow::Borrowed(&[Keeps::Decisions]),
            ..info.clone()
        },
        _ => info.clone(),
    });
    Program {
        engines: engines.collect(),
        ..generated().clone()
    }
});

/// The variable whose presence has the rows of the tables on all servers of a Citus cluster, and not on the coordinator alone.
pub(crate) const SHARDED: &str = "BINDERY_TEST_SHARDED";

/// Whether the one of many inserted rows that is refused is known by its place: a shard of a Citus cluster counts the rows that it gets.
pub(crate) fn is_counted() -> bool {
    std::env::var_os(SHARDED).is_none()
}

/// How tables are made whose rows are on all servers: by a column of the key, or where other unique keys have no such column, all of
/// them on each server.
const PLACED: [(&str, &str); 4] = [
    (
        "blogs",
        "SELECT create_distributed_table('blogs', 'id', shard_count => 4)",
    ),
    ("members", "SELECT create_reference_table('members')"),
    (
        "order_lines",
        "SELECT create_distributed_table('order_lines', 'order_id', shard_count => 4)",
    ),
    (
        "logs",
        "SELECT create_distributed_table('logs', 'text', shard_count => 4)",
    ),
];

/// The program of a build with `cluster = "citus"`: with tags above its tables, or without.
static ON_CITUS: LazyLock<Program> = LazyLock::new(|| {
    let is_sharded = std::env::var_os(SHARDED).is_some();
    let engines = generated().engines.iter().map(|info| match info.name() {
        "x_postgres" => EngineInfo {
            cluster: Some(Cluster::Citus),
            keeps: Cow::Borrowed(&[]),
            ..info.clone()
        },
        _ => info.clone(),
    });
    let engines: Cow<'static, [EngineInfo]> = engines.collect();
    let coordinator = engines.iter().position(|info| info.cluster.is_some());
    let placed = |table: &TableDdl| {
        let is_placed = is_sharded && Some(table.engine) == coordinator;
        let mut placed = PLACED
            .iter()
            .filter(|(name, _)| is_placed && *name == table.table);
        TableDdl {
            create: List::owned(
                table
                    .create
                    .iter()
                    .chain(placed.next().map(|(_, sql)| *sql)),
            ),
            ..table.clone()
        }
    };
    let models = generated().models.iter().map(|model| ModelInfo {
        tables: model.tables.iter().map(placed).collect(),
        ..model.clone()
    });
    Program {
        models: List::owned(models),
        engines,
        ..generated().clone()
    }
});

/// The engines that need no server, of a build without a `bindery.toml`. One case has one program; this part of it and those below are
/// programs of other builds, with the same code.
pub(crate) static EMBEDDED: LazyLock<Program> = LazyLock::new(|| Program {
    configured: false,
    ..CONFIGURED.clone()
});

/// The same, of a build that read a `bindery.toml`.
pub(crate) static CONFIGURED: LazyLock<Program> = LazyLock::new(|| Program {
    engines: Cow::Borrowed(&program().engines[..3]),
    ..program().clone()
});

/// One engine that is not the default one, with its one model.
pub(crate) static ONLY_B: LazyLock<Program> = LazyLock::new(|| {
    let blogs = &program().models[0];
    let of_b = blogs.tables.iter().filter(|table| table.engine == 0);
    let blogs = ModelInfo {
        engines: List::Static(&["b"]),
        tables: of_b.cloned().collect(),
        ..blogs.clone()
    };
    Program {
        engines: Cow::Borrowed(&program().engines[..1]),
        models: List::owned([blogs]),
        ..program().clone()
    }
});

/// All engines, of a version of the program that had no log yet.
pub(crate) static EARLIER: LazyLock<Program> = LazyLock::new(|| Program {
    models: List::owned(program().models.iter().take(3).cloned()),
    ..program().clone()
});

/// An engine that hosts every model.
pub(crate) trait Everything:
    StaticEngine
    + Hosts<model::Blog>
    + Hosts<model::Member>
    + Hosts<model::OrderLine>
    + Hosts<model::Log>
{
}

impl<E> Everything for E where
    E: StaticEngine
        + Hosts<model::Blog>
        + Hosts<model::Member>
        + Hosts<model::OrderLine>
        + Hosts<model::Log>
{
}

/// Engines that need no server, in memory, with their tables.
pub(crate) fn embedded() -> Registry {
    let db = Registry::in_memory(&EMBEDDED).unwrap();
    db.create_missing().unwrap();
    db
}

/// All engines, one of them at this URL and the other servers where nothing is.
pub(crate) fn at(engine: &str, url: &str) -> Registry {
    // 10,000 statements may take a busy machine more than the usual time.
    with(
        engine,
        EngineOptions::url(url).statement_timeout(Duration::from_secs(180)),
    )
}

/// The same with more options.
pub(crate) fn with(engine: &str, options: EngineOptions) -> Registry {
    program_with(program(), engine, options)
}

/// The same of another version of the program.
pub(crate) fn program_with(
    program: &'static Program,
    engine: &str,
    options: EngineOptions,
) -> Registry {
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
pub(crate) fn run_once_at<E: StaticEngine>(
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
pub(crate) fn run_at<E: StaticEngine>(
    engine: E,
    url: &str,
    check: impl FnOnce(&mut Connection<E>),
) {
    let db = run_once_at(engine, url, check);
    let pool = db.engine(engine.name()).unwrap().pool;
    assert_eq!(
        (pool.in_use, pool.open),
        (0, 1),
        "the connection is good for another use"
    );
}

/// Runs a check that opens an engine at this URL itself.
pub(crate) fn run_at_url<E: StaticEngine>(engine: E, url: &str, check: impl FnOnce(E, &str)) {
    check(engine, url);
}

/// Runs a check on all engines, one of them at this URL, with its tables.
pub(crate) fn run_with_registry<E: StaticEngine>(
    engine: E,
    url: &str,
    check: impl FnOnce(&Registry, E),
) {
    let db = at(engine.name(), url);
    db.create_missing_on(engine).unwrap();
    check(&db, engine);
}

/// The MariaDB server of this test run, if that is what it has for MySQL.
pub(crate) fn fresh_mariadb() -> Option<FreshDatabase> {
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
