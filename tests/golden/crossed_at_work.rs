//! Queries of files together with what else statements meet: observers, sessions, replicas, deadlines, tables that change, threads.
//! Their code is that of the case `crossed`.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bindery::error::{Operation, TimeoutPhase};
use bindery::observe::{Event, EventKind};
use bindery::raw::Executor;
use bindery::types::{BigDecimal, DateTime, JsonValue, NaiveDate, NaiveTime, Utc, Uuid};
use bindery::{Dialect, Engine as _, EngineOptions, ErrorKind};
use bindery_testkit::{Fault, FaultProxy, Watchdog};

use crate::bench::Bench;
use crate::crossed::queries::{pairs, samples};
use crate::crossed::*;
use crate::crossed_queries_at_work::without_time;
use crate::{Level, State};

/// Runs it on each of the databases that are there, with tables in it.
fn on_each(
    show: impl Fn(&Bench, &Databases, engine::Any) -> bindery::Result<()>,
) -> bindery::Result<()> {
    let bench = Bench::new();
    let db = Databases::with_config(&bench.config())?;
    let servers = [
        ("default", bench.mariadb.is_some()),
        ("p", bench.postgres.is_some()),
        ("proper", bench.mysql.is_some()),
    ];
    let there = servers.iter().filter(|(_, is_there)| *is_there);
    let there = there.map(|(name, _)| *name);
    for name in std::iter::once("lite").chain(there) {
        let engine: engine::Any = name.parse()?;
        db.create_missing_on(engine)?;
        show(&bench, &db, engine)?;
    }
    Ok(())
}

/// A row of which only the key and the word are not NULL.
fn add<C: Executor>(on: &mut C, id: i64, word: &str) -> bindery::Result<()> {
    samples::add_sample(
        on,
        id,
        None,
        None,
        None,
        None,
        None,
        None,
        None,
        Some(word),
        None,
        None,
        None,
        None,
        None,
        None,
        None,
        None,
        None,
        None,
    )
}

fn day(number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 2, number).expect("a day of February")
}

fn hour(number: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(number, 59, 0).expect("an hour of the day")
}

fn instant(number: u32) -> DateTime<Utc> {
    day(number).and_time(hour(number)).and_utc()
}

/// A row without a NULL, whose values differ by its number.
fn add_full<C: Executor>(on: &mut C, number: u32) -> bindery::Result<()> {
    let small = i16::try_from(number).expect("a small number");
    let price = BigDecimal::new(number.into(), 2);
    let raw = [0, u8::MAX, number.to_le_bytes()[0]];
    let data = JsonValue::from(vec![number]);
    let mood = if number == 1 { Mood::Calm } else { Mood::Wild };
    samples::add_sample(
        on,
        number.into(),
        Some(number == 1),
        Some(small),
        Some(small.into()),
        Some(i64::MAX - i64::from(number)),
        Some(f64::from(number) / 4.0),
        Some(f32::from(small)),
        Some(&price),
        Some("word"),
        Some("a line\nand another"),
        Some(&raw),
        Some(day(number)),
        Some(hour(number)),
        Some(day(number).and_time(hour(number))),
        Some(instant(number)),
        Some(Uuid::from_u128(number.into())),
        Some(mood),
        Some(&data),
        Some(&format!("code-{number}")),
    )
}

/// The ids of rows.
macro_rules! ids {
    ($rows:expr) => {
        $rows?.iter().map(|row| row.id).collect::<Vec<i64>>()
    };
}

/// Covers SQL-05, SQL-06: what is NULL comes back as that, and so does what is not, in a column of each kind.
#[test]
fn sql_06_null_and_values_of_every_kind_come_back() -> bindery::Result<()> {
    on_each(|_, db, engine| {
        let on = &mut db.sql_on(engine);
        assert!(samples::ids(on)?.is_empty());
        add(on, 9, "nine")?;
        let nothing = samples::sample(on, 9)?;
        let nulls = (
            nothing.flag,
            nothing.small,
            nothing.number,
            nothing.big,
            nothing.ratio,
            nothing.single,
        );
        assert_eq!(nulls, (None, None, None, None, None, None));
        let nulls = (
            nothing.price,
            nothing.line,
            nothing.raw,
            nothing.day,
            nothing.hour,
            nothing.at,
        );
        assert_eq!(nulls, (None, None, None, None, None, None));
        let nulls = (
            nothing.instant,
            nothing.token,
            nothing.mood,
            nothing.data,
            nothing.code,
        );
        assert_eq!(nulls, (None, None, None, None, None));
        assert_eq!(nothing.word.as_deref(), Some("nine"));

        add_full(on, 1)?;
        let full = samples::sample(on, 1)?;
        assert_eq!(
            (full.flag, full.small, full.number),
            (Some(true), Some(1), Some(1))
        );
        assert_eq!(
            (full.big, full.ratio, full.single),
            (Some(i64::MAX - 1), Some(0.25), Some(1.0))
        );
        assert_eq!(full.price, Some(BigDecimal::new(1.into(), 2)));
        assert_eq!(full.line.as_deref(), Some("a line\nand another"));
        assert_eq!(full.raw.as_deref(), Some(&[0, u8::MAX, 1][..]));
        assert_eq!((full.day, full.hour), (Some(day(1)), Some(hour(1))));
        assert_eq!(
            (full.at, full.instant),
            (Some(day(1).and_time(hour(1))), Some(instant(1)))
        );
        assert_eq!(
            (full.token, full.mood),
            (Some(Uuid::from_u128(1)), Some(Mood::Calm))
        );
        assert_eq!(full.data, Some(JsonValue::from(vec![1])));
        assert_eq!(full.code, Some(crate::Code("code-1".to_owned())));
        Ok(())
    })
}

/// Covers SQL-06: any number of values of each kind are one parameter.
#[test]
fn sql_06_lists_of_every_kind_find_their_rows() -> bindery::Result<()> {
    on_each(|_, db, engine| {
        let on = &mut db.sql_on(engine);
        (1..=3).try_for_each(|number| add_full(on, number))?;
        add(on, 4, "of NULLs")?;
        let none: [i64; 0] = [];
        assert_eq!(ids!(samples::of_flags(on, &[true])), [1]);
        assert_eq!(ids!(samples::of_numbers(on, &[3, 1, 7])), [1, 3]);
        assert_eq!(ids!(samples::of_numbers(on, &[])), none);
        assert_eq!(ids!(samples::of_ratios(on, &[0.5, 9.25])), [2]);
        let price = |number: i64| BigDecimal::new(number.into(), 2);
        assert_eq!(ids!(samples::of_prices(on, &[price(2), price(3)])), [2, 3]);
        assert_eq!(
            ids!(samples::of_raws(on, &[vec![0, u8::MAX, 2], vec![]])),
            [2]
        );
        assert_eq!(ids!(samples::of_days(on, &[day(1), day(3)])), [1, 3]);
        assert_eq!(ids!(samples::of_hours(on, &[hour(2)])), [2]);
        assert_eq!(
            ids!(samples::of_times(on, &[day(3).and_time(hour(3))])),
            [3]
        );
        assert_eq!(
            ids!(samples::of_instants(on, &[instant(2), instant(9)])),
            [2]
        );
        let tokens = [Uuid::from_u128(1), Uuid::from_u128(3), Uuid::from_u128(9)];
        assert_eq!(ids!(samples::of_tokens(on, &tokens)), [1, 3]);
        assert_eq!(
            ids!(samples::of_other_tokens(on, &tokens)),
            [2],
            "NULL is in no list and out of none"
        );
        assert_eq!(ids!(samples::of_moods(on, &[Mood::Wild])), [2, 3]);
        assert_eq!(ids!(samples::of_moods(on, &[])), none);
        let found = samples::of_codes(on, &["code-2", "code-9"])?;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].code, Some(crate::Code("code-2".to_owned())));
        let many: Vec<Uuid> = (2..70_002).map(Uuid::from_u128).collect();
        assert_eq!(ids!(samples::of_tokens(on, &many)), [2, 3]);
        Ok(())
    })
}

/// A statement that an observer saw: engine, query, operation, rows.
type Seen = (&'static str, Option<String>, Option<Operation>, Option<u64>);

/// Covers SQL-01 and MON-01: an observer sees each statement with the query that it is of, and no value.
#[test]
fn sql_01_an_observer_counts_each_query_by_its_name_and_shows_no_value() -> bindery::Result<()> {
    on_each(|_, db, engine| {
        let seen = Arc::new(Mutex::new(Vec::<Seen>::new()));
        let shown = Arc::new(Mutex::new(String::new()));
        let (list, text) = (Arc::clone(&seen), Arc::clone(&shown));
        let subscription = db.registry().subscribe(move |event: &Event<'_>| {
            text.lock()
                .expect("no panic")
                .push_str(&without_time(event));
            if event.kind == EventKind::Statement {
                let name = event.name.map(ToOwned::to_owned);
                let one = (event.engine, name, event.operation, event.rows);
                list.lock().expect("no panic").push(one);
            }
        });
        let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
        metrics::with_local_recorder(&recorder, || {
            let on = &mut db.sql_on(engine);
            add(on, 4711, "s3cr3t-word")?;
            add(on, 4712, "another")?;
            add(on, 4711, "again").expect_err("the key is there");
            samples::mark(on, Some("s3cr3t-mark"), 4712)?;
            samples::ids(on)?;
            assert_eq!(samples::each_id(on)?.count(), 2);
            // One that is left before its end has given one row.
            samples::each_id(on)?.next().transpose().map(drop)
        })?;
        drop(subscription);
        let name = engine.name();
        let expected = |query: &str, operation, rows| -> Seen {
            (
                name,
                Some(format!("samples::{query}")),
                Some(operation),
                rows,
            )
        };
        let seen = std::mem::take(&mut *seen.lock().expect("no panic"));
        let of_queries: Vec<Seen> = seen.into_iter().filter(|one| one.1.is_some()).collect();
        assert_eq!(
            of_queries,
            [
                expected("add_sample", Operation::Execute, Some(1)),
                expected("add_sample", Operation::Execute, Some(1)),
                expected("add_sample", Operation::Execute, None),
                expected("mark", Operation::Execute, Some(1)),
                expected("ids", Operation::Query, Some(2)),
                expected("each_id", Operation::Query, Some(2)),
                expected("each_id", Operation::Query, Some(1)),
            ]
        );
        let scraped = recorder.handle().render();
        let count = |labels: &[&str]| {
            let mut lines = scraped.lines().filter(|line| {
                line.starts_with("db_client_operation_duration_count")
                    && labels.iter().all(|label| line.contains(label))
            });
            lines
                .next()
                .and_then(|line| line.rsplit(' ').next())
                .map(ToOwned::to_owned)
        };
        let engine_label = format!("bindery_engine=\"{name}\"");
        let operations = |query: &str, word: &str| {
            let query = format!("bindery_query=\"samples::{query}\"");
            count(&[
                &engine_label,
                &query,
                &format!("db_operation_name=\"{word}\""),
            ])
        };
        assert_eq!(
            operations("mark", "UPDATE").as_deref(),
            Some("1"),
            "{scraped}"
        );
        assert_eq!(
            operations("ids", "SELECT").as_deref(),
            Some("1"),
            "{scraped}"
        );
        assert_eq!(
            operations("each_id", "SELECT").as_deref(),
            Some("2"),
            "{scraped}"
        );
        let shown = shown.lock().expect("no panic");
        // The numbers that are measured may have any digits.
        let labels = scraped.lines().filter_map(|line| line.rsplit_once(' '));
        let labels: String = labels.map(|(labels, _)| labels).collect();
        for value in ["s3cr3t", "4711", "4712"] {
            assert!(!shown.contains(value), "{shown}");
            assert!(!labels.contains(value), "{scraped}");
        }
        Ok(())
    })
}

/// Covers SQL-01: what a session wrote is seen in it, undone by its savepoint, and by its error.
#[test]
fn sql_01_queries_take_part_in_sessions_and_their_savepoints() -> bindery::Result<()> {
    on_each(|_, db, engine| {
        db.session(|s| {
            add(&mut s.sql_on(engine), 1, "kept")?;
            let undone = s.session(|inner| {
                add(&mut inner.sql_on(engine), 2, "undone")?;
                assert_eq!(samples::count_samples(&mut inner.sql_on(engine))?, 2);
                samples::sample(&mut inner.sql_on(engine), 3).map(drop)
            });
            let error = undone.expect_err("there is no such row");
            assert!(matches!(error.kind(), ErrorKind::NotFound), "{error}");
            let seen = ids!(samples::ids(&mut s.sql_on(engine)));
            assert_eq!(seen, [1], "the savepoint is rolled back");
            Ok(())
        })?;
        let failed = db.session(|s| {
            add(&mut s.sql_on(engine), 2, "undone")?;
            add(&mut s.sql_on(engine), 1, "twice")
        });
        assert!(failed.expect_err("the key is there").is_unique_violation());
        assert_eq!(ids!(samples::ids(&mut db.sql_on(engine))), [1]);
        Ok(())
    })
}

/// Covers SQL-01: of rows that come one after the other the next one is an error where the server has gone, and nothing follows it.
#[test]
fn sql_01_a_server_that_goes_between_two_rows_is_one_error() -> bindery::Result<()> {
    let _watchdog = Watchdog::start("rows of a server that goes", Duration::from_secs(300));
    on_each(|bench, db, engine| {
        if engine.dialect() == Dialect::Sqlite {
            return Ok(());
        }
        let word = "a word of forty characters, or near that";
        let owner = NewOwner::new(1, "Ann", Level::Low);
        let mut c = db.registry().connect(engine)?;
        let owner = c.owners().insert(owner)?.id;
        let things = (0..100_000).map(|id| NewThing::new(id, owner).word(word));
        c.things().insert_many(things)?;
        let proxy = FaultProxy::start(&bench.url(engine.name())).expect("a free port");
        let options = EngineOptions::url(proxy.url()).max_connections(1);
        let through = Databases::with_config(&bench.config_but(engine.name(), options))?;
        let mut on = through.sql_on(engine);
        let mut rows = pairs::each_thing(&mut on)?;
        assert_eq!(rows.next().transpose()?.map(|row| row.id), Some(0));
        proxy.set(Fault::Cut);
        let mut good = 0_u64;
        let error = loop {
            match rows.next().expect("it does not end without an error") {
                Ok(_) => good += 1,
                Err(error) => break error,
            }
        };
        assert!(error.is_connection_lost(), "{error:?}");
        assert_eq!(error.engine(), Some(engine.name()));
        assert_eq!(error.operation(), Some(Operation::Query));
        assert!(good < 99_999, "rows were under way: {good}");
        assert!(rows.next().is_none(), "nothing follows the error");
        drop(rows);
        proxy.heal();
        // The only place of the pool is free for another connection.
        assert_eq!(pairs::each_thing(&mut on)?.count(), 100_000);
        Ok(())
    })
}

/// Two owners, of whom one has things.
fn add_owners(db: &Databases, engine: engine::Any) -> bindery::Result<()> {
    let mut c = db.registry().connect(engine)?;
    let ann = NewOwner::new(1, "Ann", Level::High).state(State::InTransit);
    let ann = c.owners().insert(ann)?.id;
    c.owners().insert(NewOwner::new(2, "Bob", Level::Low))?;
    c.execute("UPDATE owners SET secret = 's3cr3t'", ())?;
    // Its query is of PostgreSQL: elsewhere it is made by hand.
    if engine.dialect() != Dialect::Postgres {
        let made =
            "CREATE VIEW starred AS SELECT id, owner_id, word, stars FROM things WHERE stars > 2";
        c.execute(made, ())?;
    }
    let thing = |id| NewThing::new(id, ann);
    c.things().insert(thing(1).word("one").stars(1))?;
    c.things().insert(thing(2).stars(3))?;
    c.things().insert(thing(3).word("one")).map(drop)
}

/// Covers SQL-05, SQL-06: rows of models among the columns, of a view, with a column that has no field and with types of the program.
#[test]
fn sql_05_rows_of_views_and_of_models_with_own_types_are_embedded() -> bindery::Result<()> {
    on_each(|_, db, engine| {
        add_owners(db, engine)?;
        let on = &mut db.sql_on(engine);
        let owned = pairs::owned(on)?;
        let shown: Vec<_> = owned
            .iter()
            .map(|row| {
                let thing = row.t.as_ref();
                let thing = thing.map(|thing| (thing.id.into_value(), thing.stars));
                (row.o.name.as_str(), row.o.level, row.o.state, thing)
            })
            .collect();
        let ann = |thing| ("Ann", Level::High, Some(State::InTransit), Some(thing));
        assert_eq!(
            shown,
            [
                ann((1, Some(1))),
                ann((2, Some(3))),
                ann((3, None)),
                ("Bob", Level::Low, None, None)
            ]
        );
        for (least, is_there) in [(299, true), (300, false)] {
            let rows = pairs::owners_of(on, least)?;
            let all = rows.iter().all(|row| row.o.is_some() == is_there);
            assert!(all && rows.len() == 3, "{rows:?}");
        }
        let best = pairs::best(on)?;
        let shown: Vec<_> = best
            .iter()
            .map(|row| {
                (
                    row.name.as_str(),
                    row.s.as_ref().map(|it| (it.id.into_value(), it.stars)),
                )
            })
            .collect();
        assert_eq!(shown, [("Ann", Some((2, 3))), ("Bob", None)]);
        Ok(())
    })
}

/// Covers SQL-04: parts around a nullable column behind an outer join, in every combination.
#[test]
fn sql_04_parts_are_left_out_behind_outer_joins() -> bindery::Result<()> {
    on_each(|_, db, engine| {
        add_owners(db, engine)?;
        let on = &mut db.sql_on(engine);
        let mut words = |least, word, unstarred| -> bindery::Result<Vec<_>> {
            let rows = pairs::words(on, least, word, unstarred)?;
            let rows = rows.into_iter();
            Ok(rows.map(|row| (row.id, row.word, row.stars)).collect())
        };
        let one = || Some("one".to_owned());
        let (first, second, third) = ((1, one(), Some(1)), (1, None, Some(3)), (1, one(), None));
        let bob = (2, None, None);
        assert_eq!(
            words(None, None, false)?,
            [first.clone(), second.clone(), third.clone(), bob.clone()]
        );
        assert_eq!(words(Some(2), None, false)?, [second, bob.clone()]);
        assert_eq!(
            words(None, Some("one"), false)?,
            [first.clone(), third.clone()]
        );
        assert_eq!(words(None, None, true)?, [third.clone(), bob.clone()]);
        assert_eq!(words(Some(1), Some("one"), false)?, [first]);
        assert_eq!(words(Some(1), None, true)?, [bob]);
        assert_eq!(words(None, Some("one"), true)?, [third]);
        assert!(words(Some(1), Some("one"), true)?.is_empty());
        Ok(())
    })
}

/// Covers SQL-07: a query that only reads runs on a replica; one that writes does not compile there (`tests/ui/raw`).
#[test]
fn sql_07_a_query_that_only_reads_runs_on_a_replica() -> bindery::Result<()> {
    on_each(|bench, db, engine| {
        add(&mut db.sql_on(engine), 1, "one")?;
        let options =
            EngineOptions::url(bench.url(engine.name())).replica("r1", bench.url(engine.name()));
        let with_replica = Databases::with_config(&bench.config_but(engine.name(), options))?;
        let mut replica = with_replica.registry().connect_replica(engine, "r1")?;
        assert_eq!(ids!(samples::ids(&mut replica)), [1]);
        assert_eq!(
            samples::sample(&mut replica, 1)?.word.as_deref(),
            Some("one")
        );
        assert_eq!(samples::count_samples(&mut replica)?, 1);
        assert_eq!(samples::each_id(&mut replica)?.count(), 1);
        let many: Vec<i32> = (0..1000).collect();
        assert!(samples::of_numbers(&mut replica, &many)?.is_empty());
        Ok(())
    })
}

/// Covers SQL-01: a query over its limit ends with a timeout, and the pool has a connection for the next one.
#[test]
fn sql_01_a_query_over_its_limit_ends_and_its_pool_goes_on() -> bindery::Result<()> {
    on_each(|bench, db, engine| {
        let rows = (0..10_000).map(|id| NewSample::new(id).big(id));
        db.registry().connect(engine)?.samples().insert_many(rows)?;
        let options = EngineOptions::url(bench.url(engine.name())).max_connections(1);
        let options = options.statement_timeout(Duration::from_millis(200));
        let limited = Databases::with_config(&bench.config_but(engine.name(), options))?;
        for _ in 0..2 {
            let error = samples::slow(&mut limited.sql_on(engine), i64::MAX);
            let error = error.expect_err("there are 100,000,000 pairs");
            let phase = TimeoutPhase::Statement;
            assert_eq!(error.kind(), &ErrorKind::Timeout { phase }, "{error:?}");
            assert_eq!(error.engine(), Some(engine.name()));
            assert_eq!(samples::count_samples(&mut limited.sql_on(engine))?, 10_000);
        }
        Ok(())
    })
}

/// Covers SQL-01: a statement is prepared anew where its table has changed since, and `*` does not shift.
#[test]
fn sql_01_a_table_that_changes_under_a_prepared_query_changes_no_field() -> bindery::Result<()> {
    on_each(|_, db, engine| {
        let mut c = db.registry().connect(engine)?;
        let mut other = db.registry().connect(engine)?;
        add(&mut c, 1, "one")?;
        for _ in 0..6 {
            assert_eq!(samples::sample(&mut c, 1)?.word.as_deref(), Some("one"));
            assert_eq!(ids!(samples::ids(&mut c)), [1]);
        }
        other.execute("ALTER TABLE samples ADD COLUMN later VARCHAR(9)", ())?;
        assert_eq!(ids!(samples::ids(&mut c)), [1], "its columns are named");
        assert_eq!(samples::mark(&mut c, Some("marked"), 1)?, 1);
        // `*` is written out: a column that no field is for is not asked for.
        assert_eq!(samples::sample(&mut c, 1)?.word.as_deref(), Some("marked"));
        other.execute("ALTER TABLE samples DROP COLUMN later", ())?;
        assert_eq!(samples::sample(&mut c, 1)?.word.as_deref(), Some("marked"));

        // Another type of the same columns, in a transaction that has run the query before.
        if engine.dialect() == Dialect::Postgres {
            other.execute("ALTER TABLE samples ALTER COLUMN word TYPE text", ())?;
            c.transaction(|tx| {
                let read = samples::sample(tx, 1)?;
                assert_eq!(read.word.as_deref(), Some("marked"));
                Ok(())
            })?;
        }
        Ok(())
    })
}

/// Covers SQL-01: a view that has no model is read by casts.
#[test]
fn sql_01_a_view_without_a_model_is_read_by_casts() -> bindery::Result<()> {
    on_each(|_, db, engine| {
        if engine == engine::Any::P {
            add(&mut db.sql_on(engine), 1, "one")?;
            let found = samples::successor(&mut db.sql_on(engine), 1)?.expect("it is there");
            assert_eq!(found.successor, Some(2));
        } else {
            let error = samples::successor(&mut db.sql_on(engine), 1).expect_err("not there");
            let lives_on: &[&str] = &["p"];
            assert_eq!(error.kind(), &ErrorKind::NotHosted { lives_on });
        }
        Ok(())
    })
}

/// Covers SQL-01.
#[test]
fn sql_01_a_hundred_thousand_rows_come_in_one_call() -> bindery::Result<()> {
    on_each(|_, db, engine| {
        let rows = (0..100_000).map(NewSample::new);
        db.registry().connect(engine)?.samples().insert_many(rows)?;
        let ids = ids!(samples::ids(&mut db.sql_on(engine)));
        assert!(ids.iter().copied().eq(0..100_000));
        Ok(())
    })
}

/// Covers SQL-01: one handle serves several threads, whose queries wait for a connection in turn.
#[test]
fn sql_01_threads_share_a_pool_of_one_connection() -> bindery::Result<()> {
    on_each(|bench, db, engine| {
        (0..50).try_for_each(|id| add(&mut db.sql_on(engine), id, "none"))?;
        let options = EngineOptions::url(bench.url(engine.name())).max_connections(1);
        let shared = &Databases::with_config(&bench.config_but(engine.name(), options))?;
        std::thread::scope(|scope| {
            let threads = ["left", "right"].map(|name| {
                scope.spawn(move || -> bindery::Result<()> {
                    for id in (0..50).filter(|id| (id % 2 == 0) == (name == "left")) {
                        samples::mark(&mut shared.sql_on(engine), Some(name), id)?;
                        let own = samples::sample(&mut shared.sql_on(engine), id)?;
                        assert_eq!((own.id, own.word.as_deref()), (id, Some(name)));
                    }
                    Ok(())
                })
            });
            threads
                .into_iter()
                .try_for_each(|thread| thread.join().expect("no panic"))
        })?;
        assert_eq!(samples::count_samples(&mut db.sql_on(engine))?, 50);
        Ok(())
    })
}
