//! Many rows written by one call, on all three databases; the models are those of the case `given`.

use bindery::error::Operation;
use bindery::rows::Upserted;
use bindery::{Connection, Engine, ErrorKind, Hosts};
use bindery_testkit::is_full_run;

use crate::bench::Bench;
use crate::given::{members::MemberQueries, *};
use crate::on_each::on_each_and_chosen;

fn counts(upserted: Upserted) -> (u64, u64) {
    (upserted.inserted, upserted.updated)
}

fn member<E: Engine>(number: usize) -> NewMember<E> {
    NewMember::new(format!("{number}@example.org"))
}

fn empty<E: Hosts<model::Member>>(c: &mut Connection<E>) -> bindery::Result<()> {
    c.members().all_rows().delete().map(drop)
}

/// New rows, existing ones, those that do not change, both in one call,
/// in more than one chunk.
#[test]
fn qry_07_upserts_of_many_rows_count_both_kinds() -> bindery::Result<()> {
    fn show<E: Hosts<model::Member>>(c: &mut Connection<E>) -> bindery::Result<()> {
        assert_eq!(counts(c.members().upsert_many_by_email([])?), (0, 0));
        let rows = |from: usize| (from..from + 2_500).map(|n| member(n).name("Ann").points(3));
        assert_eq!(
            counts(c.members().upsert_many_by_email(rows(0))?),
            (2_500, 0)
        );
        assert_eq!(
            counts(c.members().upsert_many_by_email(rows(0))?),
            (0, 2_500),
            "as they were"
        );
        let mixed = c.members().upsert_many_by_email(rows(2_000))?;
        assert_eq!(counts(mixed), (2_000, 500));
        // Existing, existing with a change, new, in turn, so that runs of columns are short.
        let rows = (0..3_000).map(|n| match n % 3 {
            0 => member(n),
            1 => member(n).points(9),
            _ => member(n + 100_000).colour(None),
        });
        let mixed = c.transaction(|tx| tx.members().upsert_many_by_email(rows))?;
        assert_eq!(counts(mixed), (1_000, 2_000));
        assert_eq!(c.members().count()?, 5_500);
        assert_eq!(c.members().filter(member::points.eq(9)).count()?, 1_000);
        let same = member::name.eq("Ann").and(member::colour.eq("red"));
        assert_eq!(
            c.members().filter(same).count()?,
            4_500,
            "only what is given changes"
        );
        for rows in [1, 2, 1_001] {
            let some = (200_000..).take(rows).map(member);
            let done = c.members().upsert_many_by_email(some)?;
            assert_eq!(counts(done), (rows as u64 - done.updated, done.updated));
            let some = (200_000..).take(rows).map(member);
            assert_eq!(
                counts(c.members().upsert_many_by_email(some)?),
                (0, rows as u64)
            );
        }
        empty(c)
    }
    on_each_and_chosen!(given, show)
}

/// The later of two rows with one key updates the earlier, whether that is new or was there.
#[test]
fn qry_07_a_key_that_is_given_twice_in_one_call() -> bindery::Result<()> {
    fn show<E: Hosts<model::Member>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let rows = || {
            [
                member(1).name("first").points(1),
                member(2).name("other").points(2),
                member(1).name("second").points(3),
                member(1).colour("blue"),
            ]
        };
        assert_eq!(counts(c.members().upsert_many_by_email(rows())?), (2, 2));
        assert_eq!(counts(c.members().upsert_many_by_email(rows())?), (0, 4));
        let stored = c
            .members()
            .find_by_email("1@example.org")?
            .expect("it was written");
        let values = (
            stored.name.as_deref(),
            stored.points,
            stored.colour.as_deref(),
        );
        assert_eq!(values, (Some("second"), 3, Some("blue")));
        // One after the other: a card is free again for the next row.
        let cards = |a: &str, b: &str| [member(1).card(a.to_owned()), member(2).card(b.to_owned())];
        c.members().upsert_many_by_email(cards("one", "two"))?;
        assert_eq!(
            counts(c.members().upsert_many_by_email(cards("three", "one"))?),
            (0, 2)
        );
        let moved = [
            member(1).card("four".to_owned()),
            member(3).card("three".to_owned()),
        ];
        assert_eq!(counts(c.members().upsert_many_by_email(moved)?), (1, 1));
        empty(c)
    }
    on_each_and_chosen!(given, show)
}

#[test]
fn qry_07_of_many_rows_one_meets_another_key() -> bindery::Result<()> {
    fn show<E: Hosts<model::Member>>(c: &mut Connection<E>) -> bindery::Result<()> {
        c.members().insert(member(0).card("taken").name("Ann"))?;
        c.members().insert(member(5_000).name("Bob"))?;
        let before = c.members().order_by(member::id.asc()).all()?;
        // It would be inserted, then updated.
        for fault in [4_999, 5_000] {
            let rows = || {
                (4_000..7_000).map(move |n| match n {
                    _ if n == fault => member(n).points(1).card("taken"),
                    _ => member(n).points(1).card(None),
                })
            };
            let outside = c
                .members()
                .upsert_many_by_email(rows())
                .expect_err("the card is taken");
            let inside = c.transaction(|tx| {
                let mut inner = tx.begin()?;
                let error = inner
                    .members()
                    .upsert_many_by_email(rows())
                    .expect_err("taken");
                inner.rollback()?;
                Ok(error)
            })?;
            for error in [outside, inside] {
                assert!(
                    matches!(error.kind(), ErrorKind::UniqueViolation(_)),
                    "{error}"
                );
                assert!(error.constraint() == members::CARD, "{error}");
                assert_eq!(error.row(), Some(fault - 4_000), "{error}");
                assert_eq!(error.operation(), Some(Operation::UpsertMany));
            }
            assert_eq!(c.members().order_by(member::id.asc()).all()?, before);
        }
        let left_out = [member(1).card("a"), member(2)];
        let error = c
            .members()
            .upsert_many_by_card(left_out)
            .expect_err("no card to go by");
        assert_eq!(error.row(), Some(1));
        assert_eq!(c.members().count()?, 2);
        // No row is found by NULL.
        let none = [member(1).card(None), member(2).card(None)];
        assert_eq!(counts(c.members().upsert_many_by_card(none)?), (2, 0));
        let found = [member(7).card("taken"), member(8).card("free")];
        assert_eq!(counts(c.members().upsert_many_by_card(found)?), (1, 1));
        let ann = c.members().find_by_card("taken")?.expect("it stays");
        assert_eq!(
            (ann.email.as_str(), ann.name.as_deref()),
            ("7@example.org", Some("Ann"))
        );
        empty(c)
    }
    on_each_and_chosen!(given, show)
}

/// Among many rows, too, of which a statement would update none twice.
#[test]
fn qry_07_a_key_that_is_given_twice_among_many() -> bindery::Result<()> {
    fn show<E: Hosts<model::Member>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let rows = || (0..1_500).map(|n| member(n % 700).points(n as i32));
        assert_eq!(
            counts(c.members().upsert_many_by_email(rows())?),
            (700, 800)
        );
        assert_eq!(
            counts(c.members().upsert_many_by_email(rows())?),
            (0, 1_500)
        );
        let later = c.members().filter(member::points.ge(700)).count()?;
        assert_eq!((c.members().count()?, later), (700, 700));
        empty(c)
    }
    on_each_and_chosen!(given, show)
}

/// Counts are exact where rows are of a partitioned table or of a view, where others refer to them, and where two sessions write
/// the same rows.
#[test]
fn qry_07_upserts_of_many_rows_beside_views_parts_and_others() -> bindery::Result<()> {
    let bench = Bench::new();
    if bench.postgres.is_none() {
        return Ok(());
    }
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::P)?;
    let mut c = db.p()?;
    let rows = |points: i32| (0..1_000).map(move |n| member(n).points(points));
    let twice = |c: &mut Connection<engine::P>| -> bindery::Result<()> {
        assert_eq!(
            counts(c.members().upsert_many_by_email(rows(1))?),
            (1_000, 0)
        );
        assert_eq!(
            counts(c.members().upsert_many_by_email(rows(2))?),
            (0, 1_000)
        );
        assert_eq!(c.members().filter(member::points.eq(2)).count()?, 1_000);
        empty(c)
    };
    twice(&mut c)?;
    // Others refer to rows in an open transaction: those are locked, and updated all the same.
    c.members().upsert_many_by_email(rows(1).take(500))?;
    let first = c.members().get_by_email("0@example.org")?.id;
    let mut other = db.p()?;
    let referring = other.transaction(|tx| {
        tx.members().insert(member(5_000).brought_by(first))?;
        let mixed = c.members().upsert_many_by_email(rows(3))?;
        assert_eq!(counts(mixed), (500, 500));
        Ok(())
    });
    referring?;
    other.execute("UPDATE members SET brought_by = NULL", ())?;
    empty(&mut c)?;
    let written = std::thread::scope(|scope| {
        let write = || -> bindery::Result<Upserted> {
            let mut written = Upserted::default();
            for points in 0..5 {
                let done = db.p()?.members().upsert_many_by_email(rows(points))?;
                written.inserted += done.inserted;
                written.updated += done.updated;
            }
            Ok(written)
        };
        let both = [scope.spawn(write), scope.spawn(write)];
        both.map(|writer| writer.join().expect("it does not panic"))
    });
    let [one, another] = written;
    let (one, another) = (counts(one?), counts(another?));
    assert_eq!((one.0 + another.0, one.1 + another.1), (1_000, 9_000));
    empty(&mut c)?;
    // A row that a trigger keeps from being written is an error, not a row that is neither inserted nor updated.
    c.execute(
        "CREATE FUNCTION kept_out() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
        (),
    )?;
    c.execute(
        "CREATE TRIGGER kept_out BEFORE INSERT ON members FOR EACH ROW WHEN (NEW.email = '77@example.org') EXECUTE FUNCTION kept_out()",
        (),
    )?;
    let error = c.members().upsert_many_by_email(rows(1)).unwrap_err();
    assert_eq!(
        (error.kind(), error.row()),
        (&ErrorKind::Conflict, Some(77))
    );
    assert_eq!(c.members().count()?, 0);
    c.execute("DROP TRIGGER kept_out ON members", ())?;
    c.execute("ALTER TABLE members RENAME TO stored", ())?;
    c.execute("CREATE VIEW members AS SELECT * FROM stored", ())?;
    c.execute(
        "ALTER VIEW members ALTER points SET DEFAULT 7, ALTER city SET DEFAULT 'here'",
        (),
    )?;
    twice(&mut c)?;
    c.execute("DROP VIEW members", ())?;
    c.execute(
        "CREATE TABLE members (LIKE stored INCLUDING DEFAULTS INCLUDING IDENTITY, UNIQUE (email)) PARTITION BY HASH (email)",
        (),
    )?;
    let parts = [
        "CREATE TABLE members_0 PARTITION OF members FOR VALUES WITH (MODULUS 2, REMAINDER 0)",
        "CREATE TABLE members_1 PARTITION OF members FOR VALUES WITH (MODULUS 2, REMAINDER 1)",
    ];
    for part in parts {
        c.execute(part, ())?;
    }
    twice(&mut c)
}

/// In full: 100,000 rows.
#[test]
fn qry_07_very_many_rows_are_upserted() -> bindery::Result<()> {
    fn show<E: Hosts<model::Member>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let half = if is_full_run() { 50_000 } else { 5_000 };
        let counted = half as u64;
        let rows = |from: usize| (from..from + 2 * half).map(|n| member(n).points(1));
        let new = c.members().upsert_many_by_email(rows(0))?;
        assert_eq!(counts(new), (2 * counted, 0));
        let mixed = c.members().upsert_many_by_email(rows(half))?;
        assert_eq!(counts(mixed), (counted, counted));
        assert_eq!(c.members().count()?, 3 * counted);
        let taken = |n: usize| (n % half == half - 1).then(|| "x".to_owned());
        let bad = (3 * half..5 * half).map(|n| member(n).card(taken(n)));
        let error = c
            .members()
            .upsert_many_by_email(bad)
            .expect_err("a card is given twice");
        assert_eq!(error.row(), Some(2 * half - 1));
        assert_eq!(c.members().count()?, 3 * counted);
        Ok(())
    }
    let bench = Bench::new();
    let db = Databases::with_config(&bench.config())?;
    db.create_missing_on(engine::Lite)?;
    show(&mut db.lite()?)?;
    if bench.postgres.is_some() {
        db.create_missing_on(engine::P)?;
        show(&mut db.p()?)?;
    }
    if bench.mariadb.is_some() {
        db.create_missing_on(engine::Default)?;
        show(&mut db.default()?)?;
    }
    if bench.mysql.is_some() {
        db.create_missing_on(engine::Proper)?;
        show(&mut db.proper()?)?;
    }
    Ok(())
}

/// Rows come back at their places, with what the database filled in; a failing one leaves none.
#[test]
fn qry_08_inserts_of_many_rows_give_them_back() -> bindery::Result<()> {
    fn show<E: Hosts<model::Member>>(c: &mut Connection<E>) -> bindery::Result<()> {
        assert!(c.members().insert_many_returning([])?.is_empty());
        let rows = || {
            (0..5_003).map(|n| match n % 1_000 {
                999 => member(n),
                _ => member(n).points(n as i32),
            })
        };
        let stored = c.members().insert_many_returning(rows())?;
        assert_eq!(stored.len(), 5_003);
        for (n, row) in stored.iter().enumerate() {
            let points = if n % 1_000 == 999 { 7 } else { n as i32 };
            assert_eq!(
                (row.email.clone(), row.points),
                (format!("{n}@example.org"), points)
            );
        }
        assert_eq!(c.members().get(stored[4_999].id)?, stored[4_999]);
        let again = (6_000..9_000).map(|n| member(if n == 8_500 { 3 } else { n }));
        let error = c
            .members()
            .insert_many_returning(again)
            .expect_err("it is there");
        assert_eq!(
            (error.row(), error.operation()),
            (Some(2_500), Some(Operation::InsertMany))
        );
        assert_eq!(c.members().count()?, 5_003);
        let one = c.transaction(|tx| tx.members().insert_many_returning([member(9_999)]))?;
        assert_eq!(one[0].colour.as_deref(), Some("red"));
        empty(c)
    }
    on_each_and_chosen!(given, show)
}

#[test]
fn qry_08_changes_by_a_condition_give_the_rows_back() -> bindery::Result<()> {
    fn show<E: Hosts<model::Member>>(c: &mut Connection<E>) -> bindery::Result<()> {
        c.members()
            .insert_many((0..100).map(|n| member(n).points(n as i32)))?;
        let low = || member::points.lt(10);
        let name = c.engine().name();
        let returns_updates = ["lite", "p"].contains(&name);
        let returns_deletes = name != "proper";
        let raised = c
            .members()
            .update_where_returning(low(), member::points.set_to(member::points + 1_000));
        if returns_updates {
            let mut points: Vec<_> = raised?.iter().map(|row| row.points).collect();
            points.sort_unstable();
            assert_eq!(
                points,
                (1_000..1_010).collect::<Vec<_>>(),
                "as they are after it"
            );
            c.members().update_where(
                member::points.ge(1_000),
                member::points.set_to(member::points - 1_000),
            )?;
        } else {
            let error = raised.expect_err("no update returns rows");
            assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
            assert_eq!(c.members().filter(low()).count()?, 10);
        }
        let gone = c.transaction(|tx| tx.members().filter(low()).delete_returning());
        if returns_deletes {
            assert_eq!(gone?.len(), 10);
            assert_eq!(c.members().count()?, 90);
            assert!(c.members().delete_where_returning(low())?.is_empty());
        } else {
            let error = gone.expect_err("no delete returns rows");
            assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
        }
        let without = c
            .members()
            .query()
            .delete_returning()
            .expect_err("no condition");
        assert!(
            matches!(without.kind(), ErrorKind::Unsupported(_)),
            "{without}"
        );
        empty(c)
    }
    on_each_and_chosen!(given, show)
}

#[test]
fn an_update_gives_the_row_back() -> bindery::Result<()> {
    fn show<E: Hosts<model::Member>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let ann = c.members().insert(member(1))?;
        let named = |name: &str| MemberPatch {
            name: Some(Some(name.to_owned())),
            ..MemberPatch::default()
        };
        let after = c.members().update_returning(ann.id, named("Ann"))?;
        assert_eq!(
            after,
            Some(Member {
                name: Some("Ann".to_owned()),
                ..ann.clone()
            })
        );
        let inside = c.transaction(|tx| tx.members().update_returning(ann.id, named("Anna")))?;
        assert_eq!(inside.and_then(|row| row.name).as_deref(), Some("Anna"));
        let same = c
            .members()
            .update_returning(ann.id, MemberPatch::default())?;
        assert_eq!(same, c.members().find(ann.id)?);
        assert!(c.members().delete(ann.id)?);
        assert_eq!(c.members().update_returning(ann.id, named("Ann"))?, None);
        Ok(())
    }
    on_each_and_chosen!(given, show)
}

/// The columns of a key stand in the order of the key, which need not be that of the table.
#[test]
fn qry_07_many_rows_by_a_key_of_two_columns() -> bindery::Result<()> {
    fn show<E: Hosts<model::Member>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let rows = |points: i32| {
            (0..1_500).map(move |n| {
                let name = format!("name {}", n % 50);
                member(n)
                    .born(1_900 + (n / 50) as i16)
                    .name(name)
                    .points(points)
            })
        };
        assert_eq!(
            counts(c.members().upsert_many_by_born_and_name(rows(1))?),
            (1_500, 0)
        );
        let again = rows(2)
            .skip(1_000)
            .chain([member(9_999).born(7).name("new")]);
        assert_eq!(
            counts(c.members().upsert_many_by_born_and_name(again)?),
            (1, 500)
        );
        assert_eq!(c.members().filter(member::points.eq(2)).count()?, 500);
        let only = (0..2).map(|n| member(n).born(1_900).name(format!("name {n}")));
        let only = c.transaction(|tx| tx.members().upsert_many_by_born_and_name(only))?;
        assert_eq!(counts(only), (0, 2));
        let taken = [member(5_000).born(1).name("x"), member(0).born(2).name("y")];
        let error = c
            .members()
            .upsert_many_by_born_and_name(taken)
            .expect_err("taken");
        assert_eq!(error.row(), Some(1));
        assert!(error.constraint() == members::EMAIL, "{error}");
        empty(c)
    }
    on_each_and_chosen!(given, show)
}

#[test]
fn a_merge_makes_the_rows_of_a_query_the_given_ones() -> bindery::Result<()> {
    fn show<E: Hosts<model::Member>>(c: &mut Connection<E>) -> bindery::Result<()> {
        let all = |merged: bindery::rows::Merged| (merged.inserted, merged.updated, merged.deleted);
        let rows = |range: std::ops::Range<usize>| range.map(|n| member(n).points(1).city("a"));
        c.members().insert(member(90_000).city("b"))?;
        let of_a = |c: &mut Connection<E>, range| {
            c.members()
                .filter(member::city.eq("a"))
                .merge(member::email, rows(range))
                .map(all)
        };
        assert_eq!(of_a(c, 0..5_000)?, (5_000, 0, 0));
        assert_eq!(of_a(c, 4_000..5_003)?, (3, 1_000, 4_000));
        assert_eq!(of_a(c, 4_000..5_003)?, (0, 1_003, 0));
        assert_eq!(c.members().count()?, 1_004, "the other city stays");

        let pairs = (0..70).map(|n| member(n).born(1_990).name(format!("{n}")));
        let by = (member::name, member::born);
        let merged = c.members().query().all_rows().merge(by, pairs)?;
        assert_eq!(all(merged), (70, 0, 1_004));
        let before = c.members().order_by(member::id.asc()).all()?;
        let taken = [member(1).card("x"), member(2).card("x")];
        let error = c
            .members()
            .query()
            .all_rows()
            .merge(member::email, taken)
            .expect_err("twice");
        assert_eq!(
            (error.row(), error.operation()),
            (Some(1), Some(Operation::Merge))
        );
        let none = || std::iter::empty();
        for refused in [
            c.members().query().merge(member::email, none()),
            c.members().query().all_rows().merge(member::points, none()),
            c.members()
                .filter(member::city.eq("a"))
                .limit(3)
                .merge(member::email, none()),
        ] {
            let error = refused.expect_err("it is not meant");
            assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
        }
        let null = [member(900).card(None)];
        let error = c
            .members()
            .query()
            .all_rows()
            .merge(member::card, null)
            .expect_err("NULL");
        assert!(
            matches!(error.kind(), ErrorKind::UnsupportedValue(_)),
            "{error}"
        );
        assert_eq!(c.members().order_by(member::id.asc()).all()?, before);
        let gone = c.transaction(|tx| tx.members().query().all_rows().merge(member::id, none()))?;
        assert_eq!(all(gone), (0, 0, 70));
        Ok(())
    }
    on_each_and_chosen!(given, show)
}
