//! QRY-08: bulk inserts, updates and deletes of no row, one row and very many, inside a transaction and outside, on the engine
//! they are meant for and no other. The models are those of the case `versions`.

use bindery::{Connection, ErrorKind, Hosts};
use bindery_testkit::is_full_run;

use crate::bench::Bench;
use crate::versions::*;

fn new(number: usize) -> NewPage {
    NewPage::new(format!("/{number}"))
}

fn patch(text: &str) -> PagePatch {
    PagePatch {
        body: Some(Some(text.to_owned())),
        ..PagePatch::default()
    }
}

/// Inserts, updates and deletes this number of rows; one that fails leaves all as it was.
fn work<E: Hosts<model::Page>>(c: &mut Connection<E>, rows: usize) -> bindery::Result<()> {
    let count = rows as u64;
    assert_eq!(c.pages().insert_many((0..rows).map(new))?, count);
    let taken = (rows..2 * rows).map(|n| new(if n == rows + rows / 2 { 0 } else { n }));
    if rows > 0 {
        fails_at(c, rows / 2, |c| c.pages().insert_many(taken))?;
    }
    let ids: Vec<_> = c
        .pages()
        .order_by(page::id.asc())
        .all()?
        .iter()
        .map(|row| row.id)
        .collect();
    assert_eq!(ids.len(), rows);
    let patches = ids.iter().map(|id| (*id, patch("new")));
    assert_eq!(c.pages().update_many(patches)?, count);
    assert_eq!(c.pages().filter(page::body.eq("new")).count()?, count);
    if rows > 1 {
        let taken = || PagePatch {
            path: Some("/0".to_owned()),
            ..PagePatch::default()
        };
        let patches = ids.iter().enumerate();
        let patches =
            patches.map(|(n, id)| (*id, if n == rows / 2 { taken() } else { patch("no") }));
        fails_at(c, rows / 2, |c| c.pages().update_many(patches))?;
        assert_eq!(c.pages().filter(page::body.eq("new")).count()?, count);
    }
    assert_eq!(c.pages().delete_many(ids)?, count);
    assert_eq!(c.pages().count()?, 0);
    Ok(())
}

/// It fails at this row, and all is as before.
fn fails_at<E: Hosts<model::Page>>(
    c: &mut Connection<E>,
    row: usize,
    write: impl FnOnce(&mut Connection<E>) -> bindery::Result<u64>,
) -> bindery::Result<()> {
    let before = c.pages().count()?;
    let error = write(c).expect_err("a path is taken");
    assert!(
        matches!(error.kind(), ErrorKind::UniqueViolation(_)),
        "{error}"
    );
    assert_eq!(error.row(), Some(row), "{error}");
    assert_eq!(c.pages().count()?, before);
    Ok(())
}

/// In full: 100,000 rows.
#[test]
fn qry_08_bulk_work_of_every_size_stays_on_its_engine() -> bindery::Result<()> {
    fn show<E: Hosts<model::Page>>(
        c: &mut Connection<E>,
        other: &mut Connection<engine::Lite>,
        sizes: &[usize],
    ) -> bindery::Result<()> {
        for &rows in sizes {
            work(c, rows)?;
            c.transaction(|tx| {
                assert_eq!(tx.pages().insert_many((0..rows).map(new))?, rows as u64);
                let ids: Vec<_> = tx.pages().all()?.iter().map(|row| row.id).collect();
                tx.pages()
                    .update_many(ids.iter().map(|id| (*id, patch("inside"))))?;
                assert_eq!(
                    tx.pages().filter(page::body.eq("inside")).count()?,
                    rows as u64
                );
                assert_eq!(tx.pages().delete_many(ids)?, rows as u64);
                Ok(())
            })?;
            assert_eq!(
                other.pages().all()?.len(),
                1,
                "the other engine is as it was"
            );
        }
        Ok(())
    }
    let many = if is_full_run() { 100_000 } else { 10_000 };
    let sizes = [0, 1, many];
    let bench = Bench::new();
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    work(&mut db.lite()?, many)?;
    let other = &mut db.lite()?;
    other.pages().insert(NewPage::new("/other"))?;
    if bench.postgres.is_some() {
        db.create_missing_on(engine::P)?;
        show(&mut db.p()?, other, &sizes)?;
    }
    if bench.mariadb.is_some() {
        db.create_missing_on(engine::Default)?;
        show(&mut db.default()?, other, &sizes)?;
    }
    if bench.mysql.is_some() {
        db.create_missing_on(engine::Proper)?;
        show(&mut db.proper()?, other, &sizes)?;
    }
    Ok(())
}
