//! Locks on rows, shown with two connections.

use std::sync::mpsc;
use std::time::Duration;

use bindery::query::LocksRows;
use bindery::{Connection, ErrorKind, StaticEngine};

use crate::bench::Bench;
use crate::queries::*;
use crate::queries_at_work::{Everything, small};

fn is_unsupported<T: std::fmt::Debug>(outcome: bindery::Result<T>) {
    let error = outcome.expect_err("such rows are not locked");
    assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
}

fn is_busy<T: std::fmt::Debug>(outcome: bindery::Result<T>) {
    let error = outcome.expect_err("another transaction has the lock");
    assert_eq!(error.kind(), &ErrorKind::Busy, "{error}");
}

/// The rows that the other connection sees while this one holds a lock on the post with nine stars.
fn exclude<E: StaticEngine + Everything>(
    c: &mut Connection<E>,
    other: &mut Connection<E>,
) -> bindery::Result<()>
where
    E::Dialect: LocksRows,
{
    // By the key: without an index MySQL and MariaDB lock all rows that they look at.
    let id = c.posts().filter(post::stars.eq(9)).one()?.id;
    let nine = || post::id.eq(id);
    let mut mine = c.begin()?;
    assert_eq!(mine.posts().filter(nine()).for_update().all()?.len(), 1);
    other
        .transaction(|tx| {
            let free = tx.posts().query().for_update().skip_locked();
            assert_eq!(free.select(post::stars).all()?.len(), 4);
            let shared = tx.posts().query().for_share().skip_locked().all()?;
            assert_eq!(shared.len(), 4);
            tx.posts().filter(nine()).nowait().all()
        })
        .map_or_else(|error| is_busy::<()>(Err(error)), |_| unreachable!());
    let shared = other.transaction(|tx| tx.posts().filter(nine()).for_share().nowait().first());
    is_busy(shared);
    mine.rollback()?;
    // Several may share a lock, and none of them may write.
    let mut mine = c.begin()?;
    mine.posts().filter(nine()).for_share().one()?;
    let shared = other.transaction(|tx| tx.posts().filter(nine()).for_share().nowait().all())?;
    assert_eq!(shared.len(), 1);
    is_busy(other.transaction(|tx| tx.posts().filter(nine()).for_update().nowait().all()));
    mine.commit()?;
    is_unsupported(c.posts().filter(nine()).for_update().all());
    is_unsupported(c.posts().filter(nine()).for_update().iter().map(drop));
    c.transaction(|tx| {
        is_unsupported(tx.posts().query().for_update().count());
        Ok::<_, bindery::Error>(())
    })?;
    c.transaction(|tx| {
        is_unsupported(tx.posts().select(post::stars).distinct().for_update().all());
        Ok::<_, bindery::Error>(())
    })?;
    Ok(())
}

/// The other waits, and then sees what was written meanwhile.
fn wait<E: StaticEngine + Everything>(
    c: &mut Connection<E>,
    mut other: Connection<E>,
) -> bindery::Result<()>
where
    E::Dialect: LocksRows,
{
    let nine = || post::title.eq("a_b|c");
    let (said, hear) = mpsc::channel();
    let mut mine = c.begin()?;
    mine.posts().filter(nine()).for_update().one()?;
    std::thread::scope(|scope| {
        let waiting = scope.spawn(move || {
            other.transaction(|tx| {
                let stars = tx
                    .posts()
                    .filter(nine())
                    .for_update()
                    .select(post::stars)
                    .one()?;
                said.send(stars).expect("the other end is there");
                Ok::<_, bindery::Error>(())
            })
        });
        assert!(
            hear.recv_timeout(Duration::from_millis(300)).is_err(),
            "it waits"
        );
        mine.posts()
            .update_where(nine(), post::stars.set_to(post::stars + 1))?;
        mine.commit()?;
        assert_eq!(hear.recv_timeout(Duration::from_secs(10)), Ok(10));
        waiting.join().expect("it does not panic")
    })
}

#[test]
fn locked_rows_exclude_other_transactions_until_the_end() -> bindery::Result<()> {
    let bench = Bench::new();
    let db = Databases::with_config(&bench.config())?;
    macro_rules! show {
        ($engine:expr, $connect:ident) => {{
            db.create_missing_on($engine)?;
            let mut c = db.$connect()?;
            small(&mut c)?;
            exclude(&mut c, &mut db.$connect()?)?;
            wait(&mut c, db.$connect()?)?;
        }};
    }
    if bench.postgres.is_some() {
        show!(engine::P, p);
    }
    if bench.mariadb.is_some() {
        show!(engine::Default, default);
    }
    if bench.mysql.is_some() {
        show!(engine::Proper, proper);
    }
    // `db.lite()?.posts().query().for_update()` does not compile.
    db.create_missing_on(engine::Lite)?;
    let mut any = db.on(engine::Any::Lite)?;
    let locked = any.transaction(|tx| tx.posts().query().for_update().all());
    let error = locked.expect_err("SQLite has no locks on rows");
    assert_eq!(
        error.kind(),
        &ErrorKind::Unsupported("SQLite has no locks on rows")
    );
    Ok(())
}
