//! Queries of files, in place and put together within atomic groups. Their code is that of the case `atomic`; the servers are the tests'
//! own, as those for everybody keep nothing over a crash.

use std::time::Duration;

use bindery::atomic::{AtomicOptions, AtomicOutcome, RecoverOptions};
use bindery::raw::ReadExecutor;
use bindery::{Config, EngineOptions};
use bindery_testkit::{Fault, FaultProxy, FreshDatabase, Server, Watchdog};

use crate::atomic::queries::{OnDefaultOrM, orders};
use crate::atomic::*;

macro_rules! execute {
    ($($call:tt)*) => {
        bindery::execute!($($call)*, schema = "golden/atomic", crate = crate::atomic)
    };
}
macro_rules! query_scalar {
    ($($call:tt)*) => {
        bindery::query_scalar!($($call)*, schema = "golden/atomic", crate = crate::atomic)
    };
}

/// The databases of the case, on servers that keep what they promise.
struct Servers {
    // Dropped before their servers.
    default: FreshDatabase,
    m: FreshDatabase,
    folder: tempfile::TempDir,
    _servers: [Server; 2],
}

impl Servers {
    /// Starts them, where they are installed.
    fn start_or_skip() -> Option<Self> {
        let servers = [
            Server::postgres().durable(true).start_or_skip()?,
            Server::mysql().durable(true).start_or_skip()?,
        ];
        let fresh = |server: &Server| server.fresh_database().expect("a database");
        Some(Self {
            default: fresh(&servers[0]),
            m: fresh(&servers[1]),
            folder: tempfile::tempdir().expect("a folder"),
            _servers: servers,
        })
    }

    /// The databases at these places of the servers.
    fn config(&self, default: EngineOptions, m: EngineOptions) -> Config {
        let lite = self.folder.path().join("lite.db");
        Config::new()
            .engine("default", default)
            .engine("m", m)
            .engine("lite", format!("sqlite://{}", lite.display()))
    }

    /// The databases, with their tables.
    fn databases(&self) -> bindery::Result<Databases> {
        let [default, m] = self.urls().map(EngineOptions::url);
        let db = Databases::with_config(&self.config(default, m))?;
        db.create_missing()?;
        Ok(db)
    }

    fn urls(&self) -> [String; 2] {
        [self.default.url(), self.m.url()]
    }
}

fn options() -> AtomicOptions {
    AtomicOptions::new().deadline(Duration::from_secs(30))
}

/// Covers SQL-01: refused on one engine, what a group wrote by queries is on neither.
#[test]
fn sql_01_queries_take_part_in_atomic_groups() -> bindery::Result<()> {
    let _watchdog = Watchdog::start("a group of queries", Duration::from_secs(300));
    let Some(servers) = Servers::start_or_skip() else {
        return Ok(());
    };
    let db = servers.databases()?;
    let buy = |item: &str| {
        db.checkout_with(options(), |tx| {
            execute!("INSERT INTO orders (item) VALUES ({item})")
                .using(&mut tx.sql_on(engine::Default))?;
            execute!("INSERT INTO stock (item, pieces) VALUES ({item}, 1)")
                .using(&mut tx.sql_on(engine::M))
        })
    };
    let numbers = || -> bindery::Result<(i64, i64)> {
        let orders = query_scalar!("SELECT count(*) FROM orders");
        let stock = query_scalar!("SELECT count(*) FROM stock");
        Ok((
            orders.using(&mut db.sql_on(engine::Default)).one()?,
            stock.using(&mut db.sql_on(engine::M)).one()?,
        ))
    };
    assert!(matches!(
        buy("pen"),
        AtomicOutcome::Committed { value: 1, .. }
    ));
    assert_eq!(numbers()?, (1, 1));
    let twice = buy("pen").stored().expect_err("the item is there");
    assert!(twice.is_unique_violation(), "{twice}");
    assert_eq!(twice.engine(), Some("m"));
    assert_eq!(numbers()?, (1, 1), "the order is undone, too");
    Ok(())
}

/// Covers SQL-01: rows come one after the other within a group, which sees what it wrote and is undone as a whole.
#[test]
fn sql_01_rows_are_pulled_in_atomic_groups() -> bindery::Result<()> {
    let _watchdog = Watchdog::start("rows in a group", Duration::from_secs(300));
    let Some(servers) = Servers::start_or_skip() else {
        return Ok(());
    };
    let db = servers.databases()?;
    let copied = |is_kept: bool| {
        db.everything_with(options(), |tx| {
            for item in ["pen", "ink", "nib"] {
                orders::add_order(&mut tx.sql_on(engine::Default), item)?;
            }
            let mut first = tx.sql_on(engine::Default);
            let items: Vec<String> = orders::items(&mut first)?
                .map(|row| Ok(row?.item))
                .collect::<bindery::Result<_>>()?;
            for item in &items {
                orders::add_line(&mut tx.sql_on(engine::M), item)?;
                orders::add_draft(&mut tx.sql_on(engine::Lite), item)?;
            }
            // One that is left before its end is in the way of nothing.
            let line = orders::lines(&mut tx.sql_on(engine::M))?.next();
            let line = line.transpose()?.map(|row| row.line);
            assert_eq!(line.as_deref(), Some("pen"));
            let draft = orders::drafts(&mut tx.sql_on(engine::Lite))?.next();
            let draft = draft.transpose()?.map(|row| row.line);
            assert_eq!(draft.as_deref(), Some("pen"));
            // The column takes 80.
            let last = "x".repeat(if is_kept { 80 } else { 81 });
            orders::add_line(&mut tx.sql_on(engine::M), &last)?;
            Ok(items.len())
        })
    };
    let lines = || -> bindery::Result<Vec<String>> {
        let mut on = db.sql_on(engine::M);
        orders::lines(&mut on)?.map(|row| Ok(row?.line)).collect()
    };
    let drafts =
        || -> bindery::Result<usize> { Ok(orders::drafts(&mut db.sql_on(engine::Lite))?.count()) };
    copied(false).stored().expect_err("a line is too long");
    assert!(lines()?.is_empty());
    assert_eq!(drafts()?, 0);
    assert!(matches!(
        copied(true),
        AtomicOutcome::Committed { value: 3, .. }
    ));
    assert_eq!(lines()?[..3], ["pen", "ink", "nib"]);
    assert_eq!((lines()?.len(), drafts()?), (4, 3));
    assert_eq!(orders::items(&mut db.sql_on(engine::Default))?.count(), 3);
    Ok(())
}

/// Pulls rows until the server has gone, which it does after the first.
fn pull<C: ReadExecutor>(on: &mut C, proxy: &FaultProxy) -> bindery::Result<usize>
where
    C::Engine: OnDefaultOrM,
{
    let mut rows = orders::lines(on)?;
    rows.next().transpose()?;
    proxy.set(Fault::Cut);
    let number = rows.try_fold(1, |number, row| row.map(|_| number + 1))?;
    Ok(number)
}

/// Covers SQL-01, SQL-07: where a server goes between two rows, the group keeps nothing on any engine, and the next group is stored.
#[test]
fn sql_01_a_server_that_goes_between_two_rows_undoes_its_group() -> bindery::Result<()> {
    const LINES: u64 = 100_000;
    let _watchdog = Watchdog::start("a group whose server goes", Duration::from_secs(300));
    let Some(servers) = Servers::start_or_skip() else {
        return Ok(());
    };
    let db = servers.databases()?;
    let many = || (0..LINES).map(|_| NewNote::new("a line of forty characters, or near that"));
    db.default()?.notes().insert_many(many())?;
    db.m()?.notes().insert_many(many())?;
    for (at, name) in ["default", "m"].into_iter().enumerate() {
        let mut urls = servers.urls();
        let proxy = FaultProxy::start(&urls[at]).expect("a free port");
        urls[at] = proxy.url().to_owned();
        let [default, m] = urls.map(|url| EngineOptions::url(url).max_connections(2));
        let through = Databases::with_config(&servers.config(default, m))?;
        let group = || {
            through.checkout_with(options(), |tx| {
                tx.orders().insert(NewOrder::new("pen"))?;
                orders::add_line(&mut tx.sql_on(engine::M), "written")?;
                match name {
                    "default" => pull(&mut tx.sql_on(engine::Default), &proxy),
                    _ => pull(&mut tx.sql_on(engine::M), &proxy),
                }
            })
        };
        let AtomicOutcome::RolledBack { cause } = group() else {
            panic!("{name}: rows of a server that has gone are stored");
        };
        assert!(cause.is_connection_lost(), "{name}: {cause:?}");
        assert_eq!(cause.engine(), Some(name));
        proxy.heal();
        let report = through.recover_with(&RecoverOptions::new().older_than(Duration::ZERO));
        assert!(report.is_clean(), "{name}: {report:?}");
        assert_eq!((db.orders().count()?, db.m()?.notes().count()?), (0, LINES));
        let stored = through.checkout_with(options(), |tx| {
            Ok(orders::lines(&mut tx.sql_on(engine::M))?.count())
        });
        assert_eq!(stored.stored()?, LINES as usize, "{name}");
    }
    Ok(())
}

/// All pages of two rows in the order of an expression, within the group.
macro_rules! pages {
    ($rows:expr, $value:expr, $key:expr) => {{
        let (mut seen, mut last) = (Vec::new(), None);
        loop {
            let (value, key) = last.unzip();
            let keys = ($value.desc_after(value), $key.asc_after(key));
            let page = $rows
                .query()
                .page_by(keys)
                .limit(2)
                .select(($value, $key))
                .all()?;
            let Some(end) = page.last() else { break };
            last = Some(end.clone());
            seen.extend(page.into_iter().map(|(value, _)| value));
        }
        seen
    }};
}

/// Pages within a group are of the rows that it wrote, which nothing else sees before it is stored.
#[test]
fn qry_06_pages_within_a_group_are_of_the_rows_that_it_wrote() -> bindery::Result<()> {
    let _watchdog = Watchdog::start("pages within a group", Duration::from_secs(300));
    let Some(servers) = Servers::start_or_skip() else {
        return Ok(());
    };
    let db = servers.databases()?;
    let group = |is_kept: bool| {
        db.everything_with(options(), |tx| {
            for word in ["Nib", "ink", "pen", "INK", "nib"] {
                tx.orders().insert(NewOrder::new(word))?;
                tx.m()?.notes().insert(NewNote::new(word))?;
                tx.drafts().insert(NewDraft::new(word))?;
            }
            let sorted = ["pen", "nib", "nib", "ink", "ink"];
            assert_eq!(pages!(tx.orders(), order::item.lower(), order::id), sorted);
            assert_eq!(
                pages!(tx.m()?.notes(), note::line.lower(), note::id),
                sorted
            );
            assert_eq!(pages!(tx.drafts(), draft::line.lower(), draft::id), sorted);
            let last = "x".repeat(if is_kept { 80 } else { 81 });
            orders::add_line(&mut tx.sql_on(engine::M), &last)
        })
    };
    group(false).stored().expect_err("a line is too long");
    let none: [String; 0] = [];
    assert_eq!(pages!(db.orders(), order::item.lower(), order::id), none);
    assert_eq!(pages!(db.m()?.notes(), note::line.lower(), note::id), none);
    assert_eq!(pages!(db.drafts(), draft::line.lower(), draft::id), none);
    group(true).stored()?;
    assert_eq!(db.drafts().count()?, 5);
    Ok(())
}
