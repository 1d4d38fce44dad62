//! Atomic groups through generated code: typed access over exactly their engines, on servers of the tests' own, as those for
//! everybody keep nothing over a crash.

use std::time::Duration;

use bindery::atomic::{AtomicOptions, AtomicOutcome, RecoverOptions, Transfer};
use bindery::{Config, ErrorKind};
use bindery_testkit::{FreshDatabase, Server, Watchdog};

use crate::atomic::{
    Databases, NewDraft, NewNote, NewOrder, NewStock, Order, Stock, StockId, Tables as _, engine,
};

/// Databases with tables, for as long as their servers are there.
fn databases(servers: &(FreshDatabase, FreshDatabase)) -> Databases {
    let config = Config::new()
        .engine("default", servers.0.url())
        .engine("m", servers.1.url())
        .engine("lite", "sqlite::memory:");
    let db = Databases::with_config(&config).expect("it is configured");
    db.create_missing().expect("the tables are made");
    db
}

/// Covers 2PC-10. ATOM-05: refused before the first statement, with the engine and the setting.
#[test]
fn atom_05_servers_that_could_lose_what_they_promise_are_refused_by_name() {
    let (Some(postgres), Some(mysql)) = (
        bindery_testkit::fresh_postgres(),
        bindery_testkit::fresh_mysql(),
    ) else {
        return;
    };
    let servers = (postgres, mysql);
    let db = databases(&servers);
    let mut has_run = false;
    let outcome = db.checkout(|tx| {
        has_run = true;
        tx.orders().insert(NewOrder::new("pen"))
    });
    let error = outcome.stored().unwrap_err();
    assert!(!has_run, "nothing was done before");
    assert_eq!(error.engine(), Some("default"));
    let ErrorKind::Config(why) = error.kind() else {
        panic!("{error}");
    };
    assert!(why.contains("fsync = off"), "{why}");
    let refused = db
        .everything(|tx| tx.drafts().count())
        .stored()
        .unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("an atomic group cannot use it"),
        "{refused}"
    );
}

#[test]
fn atom_01_a_typed_group_is_stored_on_both_engines_or_on_neither() {
    let _watchdog = Watchdog::start("a typed group", Duration::from_secs(300));
    let (Some(postgres), Some(mysql)) = (
        Server::postgres().durable(true).start_or_skip(),
        Server::mysql().durable(true).start_or_skip(),
    ) else {
        return;
    };
    let fresh = |server: &Server| server.fresh_database().expect("a database");
    let databases_of_test = (fresh(&postgres), fresh(&mysql));
    let db = databases(&databases_of_test);
    let buy = |item: &'static str| {
        let options = AtomicOptions::new().deadline(Duration::from_secs(30));
        db.checkout_with(options, |tx| {
            let order = tx.orders().insert(NewOrder::new(item))?;
            tx.stock().insert(NewStock::new(item, 1))?;
            tx.m()?.notes().insert(NewNote::new("sold"))?;
            Ok(order.id)
        })
    };
    let order = match buy("pen") {
        AtomicOutcome::Committed { value, pending, .. } if pending.is_empty() => value,
        other => panic!("{other:?}"),
    };
    assert_eq!(db.orders().get(order).unwrap().item, "pen");
    refused_within_the_group(&db);
    assert_eq!(db.m().unwrap().notes().count().unwrap(), 1);

    let twice = buy("pen").stored().unwrap_err();
    assert!(twice.is_unique_violation(), "{twice}");
    assert_eq!(twice.engine(), Some("m"));
    assert_eq!(db.orders().count().unwrap(), 1, "the order is undone too");

    let report = db.recover_with(&RecoverOptions::new().older_than(Duration::ZERO));
    assert!(
        report.is_clean() && report.branches.is_empty(),
        "{report:?}"
    );
}

/// Covers TX-05. A call on the databases is not part of the atomic transaction; one on an engine that is in no branch cannot be.
fn refused_within_the_group(db: &Databases) {
    let outcome = db.checkout(|tx| {
        tx.orders().count()?;
        assert_eq!(db.drafts().count()?, 0, "of another engine");
        db.outside_transaction(|| db.orders().count())?;
        db.orders().count()
    });
    let error = outcome.stored().unwrap_err();
    let ErrorKind::OutsideTransaction { kind, .. } = error.kind() else {
        panic!("{error}")
    };
    assert_eq!(
        (*kind, error.engine()),
        ("atomic transaction", Some("default"))
    );
}

/// Moves an order to the stock; `fails` after its copy is stored.
fn transfer(db: &Databases, order: &Order, fails: bool) -> AtomicOutcome<Transfer<Stock>> {
    db.checkout(|tx| {
        tx.move_row(
            order,
            engine::M,
            |m, order| m.stock().find(StockId::from(order.item.clone())),
            |m, order| {
                let stock = m.stock().insert(NewStock::new(order.item, 1))?;
                if fails {
                    m.stock()
                        .insert(NewStock::new(stock.item.value().clone(), 1))?;
                }
                Ok(stock)
            },
        )
    })
}

#[test]
fn atom_08_a_row_is_moved_with_its_copy_once_or_not_at_all() {
    let _watchdog = Watchdog::start("a moved row", Duration::from_secs(300));
    let (Some(postgres), Some(mysql)) = (
        Server::postgres().durable(true).start_or_skip(),
        Server::mysql().durable(true).start_or_skip(),
    ) else {
        return;
    };
    let fresh = |server: &Server| server.fresh_database().expect("a database");
    let folder = tempfile::tempdir().expect("a folder");
    let file = format!("sqlite://{}", folder.path().join("lite.db").display());
    let (default, m) = (fresh(&postgres), fresh(&mysql));
    let config = Config::new()
        .engine("default", default.url())
        .engine("m", m.url())
        .engine("lite", file);
    let db = Databases::with_config(&config).expect("it is configured");
    db.create_missing().expect("the tables are made");

    let order = db.orders().insert(NewOrder::new("pen")).unwrap();
    let failed = transfer(&db, &order, true).stored().unwrap_err();
    assert!(failed.is_unique_violation(), "{failed}");
    assert_eq!(
        (db.orders().count().unwrap(), db.stock().count().unwrap()),
        (1, 0)
    );

    // The copy is made of the row as it is now.
    let mut changed = order.clone();
    changed.item = "ink".to_owned();
    db.orders().save(&changed).unwrap();
    let Transfer::Moved(stock) = transfer(&db, &order, false).stored().unwrap() else {
        panic!("it was not moved before");
    };
    assert_eq!(stock.item.value(), "ink");
    assert_eq!(
        (db.orders().count().unwrap(), db.stock().count().unwrap()),
        (0, 1)
    );

    let again = transfer(&db, &changed, false).stored().unwrap();
    assert_eq!(again, Transfer::Before(stock));
    assert_eq!(db.stock().count().unwrap(), 1);

    let missing = transfer(&db, &order, false).stored().unwrap_err();
    assert!(
        missing.is_not_found() && missing.engine() == Some("default"),
        "{missing}"
    );

    // Out of a file, onto a server.
    let draft = db.drafts().insert(NewDraft::new("note this")).unwrap();
    let moved = db.everything(|tx| {
        tx.move_row(
            &draft,
            engine::M,
            |m, draft| {
                m.notes()
                    .query()
                    .filter(crate::atomic::note::line.eq(draft.line.as_str()))
                    .first()
            },
            |m, draft| m.notes().insert(NewNote::new(draft.line)),
        )
    });
    assert_eq!(moved.stored().unwrap().into_copy().line, "note this");
    assert_eq!(db.drafts().count().unwrap(), 0);
    assert_eq!(db.m().unwrap().notes().count().unwrap(), 1);
}
