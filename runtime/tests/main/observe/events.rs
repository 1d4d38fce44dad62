//! Subscribers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bindery::generic::GeneratedDatabases as _;
use bindery::observe::{Event, EventKind};
use bindery::{Engine, EngineOptions, Registry};

use super::{Recorded, Seen};
use crate::sample::engine::{B, Default, Mariadb};
use crate::sample::{
    BlogPatch, Databases, Everything, Logged, MemberQueries, NewBlog, NewMember, Tables, embedded,
    model, on_each_database,
};

on_each_database! { registry:
    mon_01_every_event_carries_engine_model_rows_and_outcome;
    mon_01_bulk_calls_are_one_write_each;
    mon_01_failures_carry_their_error;
    mon_01_pulled_rows_are_counted;
    mon_02_inserts_of_many_rows_show_what_was_sent;
    an_upsert_is_one_statement_where_it_returns_the_row;
}

fn kinds(events: &[Seen]) -> Vec<(EventKind, Option<u64>)> {
    events
        .iter()
        .map(|event| (event.kind, event.rows))
        .collect()
}

/// Covers MON-01.
fn mon_01_every_event_carries_engine_model_rows_and_outcome<E: Everything>(
    db: &Registry,
    engine: E,
) {
    let recorded = Recorded::of(db);
    let mut connection = db.connect(engine).unwrap();
    assert_eq!(
        kinds(&recorded.take_but_statements()),
        [(EventKind::Checkout, None)]
    );
    connection
        .transaction(|tx| {
            let blog = tx.blogs().insert(NewBlog::new("a"))?;
            tx.blogs().find(blog.id)?;
            let stars = Some(2);
            tx.blogs().update(
                blog.id,
                BlogPatch {
                    stars,
                    ..BlogPatch::default()
                },
            )?;
            tx.blogs().save(&blog)?;
            tx.blogs().delete(blog.id)
        })
        .unwrap();
    let events = recorded.take();
    for event in &events {
        assert_eq!(
            (event.engine, &*event.outcome),
            (engine.name(), "ok"),
            "{event:?}"
        );
        let is_about_rows = !matches!(event.kind, EventKind::Begin | EventKind::Commit);
        assert_eq!(event.model, is_about_rows.then_some("Blog"), "{event:?}");
        assert_eq!(event.rows, is_about_rows.then_some(1), "{event:?}");
        assert_eq!(
            event.statement.is_some(),
            event.kind == EventKind::Statement
        );
    }
    let mut others = events;
    others.retain(|event| event.kind != EventKind::Statement);
    assert_eq!(
        kinds(&others),
        [
            (EventKind::Begin, None),
            (EventKind::Insert, Some(1)),
            (EventKind::Update, Some(1)),
            (EventKind::Save, Some(1)),
            (EventKind::Delete, Some(1)),
            (EventKind::Commit, None),
        ]
    );
    connection.begin().unwrap().rollback().unwrap();
    let ended = kinds(&recorded.take());
    assert_eq!(
        ended,
        [(EventKind::Begin, None), (EventKind::Rollback, None)]
    );
}

/// Covers MON-01.
fn mon_01_bulk_calls_are_one_write_each<E: Everything>(db: &Registry, engine: E) {
    let recorded = Recorded::of(db);
    let mut connection = db.connect(engine).unwrap();
    let titles: Vec<String> = (0..1_000).map(|number| format!("blog {number}")).collect();
    let new = titles.iter().map(NewBlog::new);
    connection.blogs().insert_many(new).unwrap();
    let blogs = connection.blogs().all().unwrap();
    connection
        .blogs()
        .delete_many(blogs.iter().map(|blog| blog.id))
        .unwrap();
    let writes: Vec<_> = recorded
        .take_but_statements()
        .into_iter()
        .filter(|event| event.model.is_some())
        .map(|event| (event.kind, event.rows))
        .collect();
    assert_eq!(
        writes,
        [
            (EventKind::Insert, Some(1_000)),
            (EventKind::Delete, Some(1_000))
        ]
    );
}

/// Covers MON-01.
fn mon_01_failures_carry_their_error<E: Everything>(db: &Registry, engine: E) {
    let recorded = Recorded::of(db);
    let mut connection = db.connect(engine).unwrap();
    let new = || NewMember::new(1, "ann@example.org");
    connection.members().insert(new()).unwrap();
    recorded.take();
    connection.members().insert(new()).unwrap_err();
    let failed = recorded.take();
    assert_eq!(failed.len(), 2, "{failed:?}");
    for event in failed {
        assert_eq!((&*event.outcome, event.rows), ("unique_violation", None));
    }
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let rows: Vec<i64> = connection
            .query_as::<Panics>("SELECT 1", ())
            .unwrap()
            .into_iter()
            .map(|row| row.0)
            .collect();
        rows
    }));
    panicked.unwrap_err();
    assert_eq!(recorded.take()[0].outcome, "panicked");
}

/// A row whose reader panics.
struct Panics(i64);

impl<E: Engine> bindery::FromRow<E> for Panics {
    const COLUMNS: bindery::raw::RowColumns = bindery::raw::RowColumns::Positions(1);

    fn read_row(_: &mut bindery::types::RowReader<'_>, _: E) -> bindery::Result<Self> {
        panic!("as the test wants it")
    }
}

/// Covers MON-01.
fn mon_01_pulled_rows_are_counted<E: Everything>(db: &Registry, engine: E) {
    let mut connection = db.connect(engine).unwrap();
    connection
        .blogs()
        .insert_many(["a", "b", "c"].map(NewBlog::new))
        .unwrap();
    let recorded = Recorded::of(db);
    let mut rows = connection.blogs().iter().unwrap();
    rows.next().unwrap().unwrap();
    rows.next().unwrap().unwrap();
    assert_eq!(recorded.take(), [], "it is still read");
    drop(rows);
    let read = recorded.take();
    assert_eq!(kinds(&read), [(EventKind::Statement, Some(2))]);
    assert_eq!(read[0].model, Some("Blog"));
}

/// Covers MON-02: the statement as the driver sent it, with the number of rows.
fn mon_02_inserts_of_many_rows_show_what_was_sent<E: Everything>(db: &Registry, engine: E) {
    let recorded = Recorded::of(db);
    let mut connection = db.connect(engine).unwrap();
    let mut sent = |times: usize| {
        recorded.take();
        let new = (0..times).map(|number| NewBlog::new(format!("blog {number}")));
        connection.blogs().insert_many(new).unwrap();
        let mut events = recorded.take();
        events.retain(|event| event.statement.is_some());
        let [only] = &events[..] else {
            panic!("one event for the call: {events:?}")
        };
        let rows = times as u64;
        assert_eq!((only.times, only.rows), (rows, Some(rows)), "{only:?}");
        only.statement.clone().unwrap()
    };
    let (three, hundred) = (sent(3), sent(100));
    match engine.dialect() {
        bindery::Dialect::Sqlite => {
            assert_eq!(
                three,
                "INSERT INTO \"blogs\" (\"title\", \"content\") VALUES (?, ?), (?, ?), (?, ?)"
            );
            // So many go with one.
            assert_eq!(hundred.matches("(?, ?)").count(), 64, "{hundred}");
        }
        bindery::Dialect::Postgres => {
            let copy = "COPY \"blogs\" (\"title\", \"content\") FROM STDIN (FORMAT binary)";
            assert_eq!((three.as_str(), hundred.as_str()), (copy, copy));
        }
        bindery::Dialect::Mysql => {
            // MariaDB takes the values of many rows for one statement.
            let rows = match bindery_testkit::mysql_flavour() {
                bindery_testkit::Product::MySql => 3,
                bindery_testkit::Product::MariaDb | bindery_testkit::Product::Postgres => 1,
            };
            let places = vec!["(?, ?)"; rows].join(", ");
            assert_eq!(
                three,
                format!("INSERT INTO `blogs` (`title`, `content`) VALUES {places}")
            );
        }
    }
}

/// Elsewhere the row is found before the transaction ends. Of a new row and of one that is there it is the same.
fn an_upsert_is_one_statement_where_it_returns_the_row<E: Everything>(db: &Registry, engine: E) {
    let recorded = Recorded::of(db);
    let mut connection = db.connect(engine).unwrap();
    connection.members().count().unwrap();
    recorded.take();
    let returns = engine.dialect() != bindery::Dialect::Mysql || engine.name() == Mariadb.name();
    for nick in ["new", "there"] {
        let new = NewMember::new(1, "ann@example.org").nick(nick);
        let row = connection.members().upsert_by_user_id(new).unwrap();
        assert_eq!(row.nick.as_deref(), Some(nick));
        let statements = recorded.take().into_iter();
        let sent = statements.filter_map(|event| event.statement).count();
        assert_eq!(sent, if returns { 1 } else { 2 }, "{nick}");
    }
}

/// Covers MON-01: events of two engines never mix.
#[test]
fn mon_01_engines_in_parallel_have_events_of_their_own() {
    let db = embedded();
    let recorded = Recorded::of(&db);
    let work = |work: Box<dyn FnMut(u32) + Send>| (0..200).for_each(work);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            work(Box::new(|_| {
                drop(
                    db.repository::<model::Blog, _>(B)
                        .insert(NewBlog::new("b"))
                        .unwrap(),
                )
            }))
        });
        scope.spawn(|| {
            work(Box::new(|number| {
                let new = NewMember::new(number.into(), format!("{number}@example.org"));
                drop(
                    db.repository::<model::Member, _>(Default)
                        .insert(new)
                        .unwrap(),
                );
            }))
        });
    });
    let events = recorded.take();
    let of = |engine: &str, model: &str| {
        let of_both = events
            .iter()
            .filter(|event| event.engine == engine && event.model == Some(model));
        of_both
            .filter(|event| event.kind == EventKind::Insert)
            .count()
    };
    assert_eq!((of("b", "Blog"), of("default", "Member")), (200, 200));
    assert_eq!((of("b", "Member"), of("default", "Blog")), (0, 0));
}

/// Covers MON-01: a subscriber that panics harms nothing.
#[test]
fn mon_01_a_subscriber_that_panics_harms_nothing() {
    let db = embedded();
    let log = Logged::of(|| {
        let _panics = db.subscribe(|event: &Event| {
            if event.kind == EventKind::Statement {
                std::panic::panic_any(PanicsWhenDropped);
            }
        });
        let recorded = Recorded::of(&db);
        let mut b = db.connect(B).unwrap();
        b.transaction(|tx| tx.blogs().insert(NewBlog::new("kept")))
            .unwrap();
        assert_eq!(b.blogs().count().unwrap(), 1);
        assert_eq!(recorded.take().len(), 6, "the others are called");
    });
    assert!(
        log.iter()
            .any(|line| line.contains("a subscriber to events panicked")),
        "{log:?}"
    );
}

struct PanicsWhenDropped;

impl Drop for PanicsWhenDropped {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("again");
        }
    }
}

/// Covers MON-01: what a subscriber does itself is no event, so that none calls itself for ever.
#[test]
fn mon_01_a_subscriber_may_use_the_databases() {
    let db = Arc::new(embedded());
    let calls = Arc::new(AtomicU32::new(0));
    let (inner, count) = (Arc::downgrade(&db), Arc::clone(&calls));
    db.subscribe(move |event: &Event| {
        if event.kind == EventKind::Insert
            && let Some(db) = inner.upgrade()
        {
            count.fetch_add(1, Ordering::Relaxed);
            let log = NewMember::new(1, "by the subscriber");
            db.repository::<model::Member, _>(Default)
                .insert(log)
                .unwrap();
        }
    })
    .detach();
    db.repository::<model::Blog, _>(B)
        .insert(NewBlog::new("one"))
        .unwrap();
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    assert_eq!(
        db.repository::<model::Member, _>(Default).count().unwrap(),
        1
    );
}

/// Covers MON-01: a checkout tells how long was waited.
#[test]
fn mon_01_a_checkout_carries_the_time_waited() {
    let db = crate::sample::with(
        "b",
        bindery::EngineOptions::url(":memory:").max_connections(1),
    );
    let waits = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&waits);
    let _subscription = db.subscribe(move |event: &Event| {
        if event.kind == EventKind::Checkout {
            seen.lock().unwrap().push(event.duration);
        }
    });
    let held = db.connect(B).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| drop(db.connect(B).unwrap()));
        while db.engine(B.name()).unwrap().pool.waiting == 0 {
            std::thread::yield_now();
        }
        std::thread::sleep(Duration::from_millis(30));
        drop(held);
    });
    let waits = waits.lock().unwrap();
    assert_eq!(waits.len(), 2);
    assert!(waits[1] >= Duration::from_millis(30), "{waits:?}");
}

/// A subscription that is dropped ends, the others go on.
#[test]
fn a_dropped_subscription_ends() {
    let db = embedded();
    let (first, second) = (Recorded::of(&db), Recorded::of(&db));
    let events = Arc::clone(&first.events);
    drop(first);
    db.connect(B).unwrap().blogs().count().unwrap();
    assert_eq!((events.lock().unwrap().len(), second.take().len()), (0, 2));
}

/// Covers MON-01: the databases of tenants that are opened later have the subscribers of those before them.
#[test]
fn mon_01_tenants_that_are_opened_later_are_observed() {
    let base = Databases::from_registry(embedded());
    let folder = tempfile::tempdir().unwrap();
    let recorded = Recorded::of(base.registry());
    let tenants = bindery::tenants::Tenants::builder(&base).per_tenant(Default);
    let tenants = tenants.create_files(true).build().unwrap();
    let url = format!("sqlite://{}/one.db", folder.path().display());
    let (tenant, counts) = base.registry().count_statements(|| {
        let tenant = tenants.get("one", || EngineOptions::url(&url)).unwrap();
        tenant.create_missing_on(Default).unwrap();
        tenant.connect(Default).unwrap().members().count().unwrap();
        tenant
    });
    assert!(counts.on("default") >= 2, "{counts}");
    let events = recorded.take();
    assert!(
        events.iter().any(|event| event.model == Some("Member")),
        "{events:?}"
    );
    drop(tenant);
}
