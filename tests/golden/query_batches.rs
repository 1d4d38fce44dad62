//! Batches of a query while others write, and after errors, on all databases; the models are those of the case `queries`.

use std::sync::atomic::{AtomicBool, Ordering};

use bindery::{Config, Connection, EngineOptions, ErrorKind, StaticEngine};
use bindery_testkit::{SetOnDrop, is_full_run};

use crate::bench::{Bench, peak_kib};
use crate::queries::*;
use crate::queries_at_work::{Everything, on_each, small};
use crate::query_rows::{self as rows, Seeded};

const BATCH: u64 = 1_000;

/// Rows that stay: with `BINDERY_TEST_FULL` as many as promised.
fn stable() -> i64 {
    if is_full_run() { 1_000_000 } else { 8_000 }
}

/// Runs a function on two connections of an empty database of each kind.
macro_rules! on_each_pair {
    ($show:expr) => {{
        let bench = Bench::new();
        let db = Databases::with_config(&bench.config())?;
        db.create_missing_on(engine::Lite)?;
        $show(db.lite()?, db.lite()?)?;
        if bench.postgres.is_some() {
            db.create_missing_on(engine::P)?;
            $show(db.p()?, db.p()?)?;
        }
        if bench.mariadb.is_some() {
            db.create_missing_on(engine::Default)?;
            $show(db.default()?, db.default()?)?;
        }
        if bench.mysql.is_some() {
            db.create_missing_on(engine::Proper)?;
            $show(db.proper()?, db.proper()?)?;
        }
        Ok::<(), bindery::Error>(())
    }};
}

/// Inserts, changes and deletes rows between those that stay, until all are read; gives how often.
fn write<E: StaticEngine + Everything>(
    c: &mut Connection<E>,
    author: UserId<E>,
    is_read: &AtomicBool,
) -> bindery::Result<u64> {
    let (mut seeded, mut rounds) = (Seeded::new(6), 0);
    while rounds < 30 || !is_read.load(Ordering::Acquire) {
        let even = 2 * (1 + seeded.below(stable() as u64) as i64);
        c.posts()
            .insert_or_ignore(rows::post(author, "between", 1).id(even + 1))?;
        c.posts().update(
            PostId::new(even),
            PostPatch::new().title(format!("changed {rounds}")),
        )?;
        if even % 4 == 0 {
            c.posts().delete(PostId::new(even + 1))?;
        }
        rounds += 1;
    }
    Ok(rounds)
}

/// In full: a million rows that stay, in less than 64 MiB.
#[test]
fn qry_06_batches_have_each_row_that_stays_once_while_others_write() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(
        mut reader: Connection<E>,
        mut writer: Connection<E>,
    ) -> bindery::Result<()> {
        let ann = reader.users().insert(NewUser::new("Ann"))?.id;
        let posts = (1..=stable()).map(|number| rows::post(ann, "stays", 0).id(2 * number));
        reader.posts().insert_many(posts)?;
        let is_read = AtomicBool::new(false);
        peak_kib();
        let before = peak_kib();
        std::thread::scope(|scope| {
            let read_all = SetOnDrop(&is_read);
            let writing = scope.spawn(|| write(&mut writer, ann, &is_read));
            let mut ids: Vec<i64> = Vec::new();
            let mut read = || {
                for batch in reader.posts().query().batches(BATCH) {
                    let batch = batch?;
                    assert!(batch.len() as u64 <= BATCH);
                    ids.extend(batch.iter().map(|post| *post.id.value()));
                }
                Ok::<(), bindery::Error>(())
            };
            let outcome = read();
            drop(read_all);
            let rounds = writing.join().expect("the writer does not panic")?;
            outcome?;
            assert!(rounds >= 30);
            assert!(ids.is_sorted_by(|one, next| one < next), "each once");
            let stay = ids.iter().filter(|id| *id % 2 == 0).count() as i64;
            assert_eq!(stay, stable());
            let grown = peak_kib().saturating_sub(before);
            // Sixteen are for the keys above; other tests of this process are not run in full together with it.
            assert!(!is_full_run() || grown < 64 << 10, "{grown} KiB more");
            Ok(())
        })
    }
    on_each_pair!(show)
}

#[test]
fn qry_06_batches_end_after_an_error_and_their_connection_goes_on() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(
        mut reader: Connection<E>,
        mut writer: Connection<E>,
    ) -> bindery::Result<()> {
        small(&mut writer)?;
        let mut batches = reader.posts().order_by(post::title.desc()).batches(2);
        let first = batches.next().transpose()?.map(rows::titles);
        assert_eq!(
            first.as_deref(),
            Some(&["rust", "a_b|c"].map(str::to_owned)[..])
        );
        writer.execute("ALTER TABLE posts RENAME TO gone", ())?;
        assert!(batches.next().is_some_and(|batch| batch.is_err()));
        assert!(batches.next().is_none(), "nothing comes after an error");
        writer.execute("ALTER TABLE gone RENAME TO posts", ())?;
        assert_eq!(reader.posts().count()?, 5);
        Ok(())
    }
    on_each_pair!(show)
}

#[test]
fn qry_06_batches_keep_to_the_limit_the_offset_and_the_order() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        small(c)?;
        let order = || (post::stars.desc(), post::title.asc());
        let all = rows::titles(c.posts().order_by(order()).all()?);
        for (size, limit, offset) in [
            (1, 9, 0),
            (2, 9, 0),
            (5, 9, 0),
            (6, 9, 0),
            (2, 3, 1),
            (2, 4, 1),
        ] {
            let query = c.posts().order_by(order()).limit(limit).offset(offset);
            let batches = query.batches(size).collect::<bindery::Result<Vec<_>>>()?;
            assert!(
                batches[..batches.len() - 1]
                    .iter()
                    .all(|rows| rows.len() as u64 == size)
            );
            let found: Vec<String> = batches.into_iter().flat_map(rows::titles).collect();
            let (from, to) = (offset as usize, (offset + limit) as usize);
            assert_eq!(
                found,
                all[from..to.min(all.len())],
                "{size} {limit} {offset}"
            );
        }
        assert!(
            c.posts()
                .filter(post::stars.gt(9))
                .batches(2)
                .next()
                .is_none()
        );
        let refused = [
            c.posts().query().batches(0).next(),
            c.posts()
                .order_by((post::stars + 1).asc())
                .batches(2)
                .next(),
        ];
        for first in refused {
            let error = first.expect("an item").expect_err("it is refused");
            assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
        }
        Ok(())
    }
    on_each!(show)
}

/// With a pool of one connection, a query within the loop would wait for ever if the loop held it.
#[test]
fn qry_06_batches_hold_no_connection_in_between() -> bindery::Result<()> {
    let nothing = "mysql://nobody@localhost/nothing";
    let one = EngineOptions::url("sqlite::memory:").max_connections(1);
    let config = Config::new()
        .engine("default", nothing)
        .engine("proper", nothing)
        .engine("p", "postgres://nobody@localhost/nothing")
        .engine("lite", one);
    let db = Databases::with_config(&config)?;
    db.create_missing_on(engine::Lite)?;
    small(&mut db.lite()?)?;
    let posts = || db.registry().repository::<model::Post, _>(engine::Lite);
    let mut seen = 0;
    for batch in posts().query().batches(2) {
        for post in batch? {
            seen += posts().filter(post::id.eq(post.id)).count()?;
            if seen == 3 {
                break;
            }
        }
    }
    assert_eq!(seen, 4, "the first of three, and the last one");
    Ok(())
}
