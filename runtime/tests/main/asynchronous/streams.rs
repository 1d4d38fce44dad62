//! Streams of rows: in order, held back by a slow task, cancelled by dropping.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bindery::asynchronous::RowStream;
use bindery::{Error, ErrorKind, Sql};

use super::{PATIENCE, TestEngine, block_on, in_every_runtime, is_released, on_each_place, until};
use crate::sample::{Everything, NewBlog, Tables, blog, model};

on_each_place! {
    a_stream_has_all_rows_in_their_order;
    a_slow_task_holds_the_reader_back;
    a_stream_that_is_dropped_is_cancelled;
    an_error_is_the_last_item_and_a_panic_goes_on;
}

const ROWS: usize = 1_000;

fn with_rows<E: Everything>(place: &TestEngine<E>) -> super::Databases {
    let db = place.open_with(|options| options.statement_timeout(None));
    let rows = (0..ROWS).map(|number| NewBlog::new(format!("{number:04}")));
    let mut c = db.connect(place.engine).unwrap();
    c.blogs().insert_many(rows).unwrap();
    drop(c);
    db
}

fn a_stream_has_all_rows_in_their_order<E: Everything>(place: &TestEngine<E>) {
    let engine = place.engine;
    let db = with_rows(place);
    in_every_runtime(|| {
        let db = db.clone();
        async move {
            let mut rows = db.stream(move |db| {
                let blogs = db.registry().repository::<model::Blog, E>(engine);
                blogs.order_by(blog::id.asc()).iter()
            });
            let mut titles = Vec::new();
            while let Some(blog) = rows.try_next().await.unwrap() {
                titles.push(blog.title);
            }
            assert!(rows.next().await.is_none());
            assert!(titles.is_sorted() && titles.len() == ROWS);
        }
    });
    is_released(&db, place);
}

/// However many rows there are, only some are read ahead of the task.
fn a_slow_task_holds_the_reader_back<E: Everything>(place: &TestEngine<E>) {
    let engine = place.engine;
    let db = with_rows(place);
    let sent = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&sent);
    let mut rows = db.stream_with(move |db, out| {
        let mut c = db.connect(engine)?;
        c.blogs().iter()?.try_for_each(|blog| {
            out.send(blog?.title)?;
            count.fetch_add(1, Ordering::Relaxed);
            Ok(())
        })
    });
    for taken in 1..=ROWS {
        assert!(block_on(rows.try_next()).unwrap().is_some());
        if taken % 250 == 1 {
            std::thread::sleep(Duration::from_millis(50));
        }
        assert!(sent.load(Ordering::Relaxed) <= taken + 64);
    }
    assert_eq!(block_on(rows.try_next()).unwrap(), None);
    is_released(&db, place);
}

fn a_stream_that_is_dropped_is_cancelled<E: Everything>(place: &TestEngine<E>) {
    let (engine, endless) = (place.engine, place.endless());
    let db = with_rows(place);
    drop(db.stream(move |db| db.registry().repository::<model::Blog, E>(engine).iter()));
    // While the reader waits for the task.
    let mut rows = db.stream(move |db| db.registry().repository::<model::Blog, E>(engine).iter());
    assert!(block_on(rows.next()).unwrap().is_ok());
    assert_eq!(db.registry().worker_stats().running, 1);
    drop(rows);
    is_released(&db, place);
    // While the database is at work.
    let begun = Arc::new(AtomicUsize::new(0));
    let begins = Arc::clone(&begun);
    let mut rows: RowStream<i64> = db.stream_with(move |db, out| {
        let mut c = db.connect(engine)?;
        begins.store(1, Ordering::Relaxed);
        out.send(c.query_scalar::<i64>(Sql::assembled(endless), ())?)
    });
    super::begin(&mut Box::pin(rows.next()));
    until("the statement runs", || begun.load(Ordering::Relaxed) == 1);
    drop(rows);
    is_released(&db, place);
}

fn an_error_is_the_last_item_and_a_panic_goes_on<E: Everything>(place: &TestEngine<E>) {
    let db = place.open();
    let mut rows = db.stream_with(|_, out| {
        (0..3).try_for_each(|number| out.send(number))?;
        Err(Error::new(ErrorKind::NotFound))
    });
    for number in 0..3 {
        assert_eq!(block_on(rows.try_next()).unwrap(), Some(number));
    }
    let error = block_on(rows.try_next()).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::NotFound);
    assert_eq!(block_on(rows.try_next()).unwrap(), None);
    let mut rows: RowStream<()> = db.stream_with(|_, _| std::panic::panic_any("in the work"));
    catch_unwind(AssertUnwindSafe(|| block_on(rows.next()))).unwrap_err();
    db.close();
    let mut rows: RowStream<()> = db.stream_with(|_, _| Ok(()));
    let error = block_on(rows.try_next()).unwrap_err();
    assert_eq!(*error.kind(), ErrorKind::Closed);
}
