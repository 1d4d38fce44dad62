//! Numbers that databases compute in ways of their own, and what a query can have at most: one meaning on all three.

use bindery::types::BigDecimal;
use bindery::{Connection, Dialect, ErrorKind, StaticEngine};
use bindery_testkit::is_full_run;

use crate::queries::*;
use crate::queries_at_work::{Everything, on_each, small};
use crate::query_rows as rows;

#[test]
fn a_division_by_zero_is_null_where_it_is_selected_and_where_a_column_is_set_to_it()
-> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let ann = c.users().insert(NewUser::new("Ann"))?;
        let new = rows::post(ann.id, "a", 0).rank(7).weight(1.5);
        c.posts().insert(new)?;
        let selected = (
            post::rank / 0,
            post::weight / 0.0,
            post::stars / post::stars,
        );
        let nothing = c.posts().query().select(selected).one()?;
        assert_eq!(nothing, (None, None, None));
        let by_zero = (
            post::rank.set_to(post::rank / 0),
            post::weight.set_to(post::weight / 0.0),
        );
        assert_eq!(c.posts().all_rows().update(by_zero)?, 1);
        let row = c.posts().query().one()?;
        assert_eq!((row.rank, row.weight), (None, None));
        Ok(())
    }
    on_each!(show)
}

#[test]
fn a_length_is_compared_with_numbers_of_64_bits() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        small(c)?;
        let length = || post::title.length();
        let found = c.posts().filter(length().in_list([5, 5_000_000_000]));
        assert_eq!(found.count()?, 1);
        assert_eq!(c.posts().filter(length().lt(5_000_000_000)).count()?, 5);
        assert_eq!(
            c.posts()
                .filter(length().between(5, 5_000_000_000))
                .count()?,
            1
        );
        Ok(())
    }
    on_each!(show)
}

#[test]
fn a_computed_decimal_has_no_zeros_at_its_end() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let decimal = |text: &str| text.parse::<BigDecimal>().expect("a decimal");
        let ann = c.users().insert(NewUser::new("Ann"))?;
        for (title, price) in [("a", "1.20"), ("b", "-0.20")] {
            let new = rows::post(ann.id, title, 0).price(decimal(price));
            c.posts().insert(new)?;
        }
        let computed = (
            post::price * decimal("2"),
            post::price + decimal("0.05"),
            post::price.coalesce(decimal("1")),
            post::price.round(1),
        );
        let found = c.posts().query().order_by(post::id.asc());
        let found = found.select(computed).all()?;
        let shown = |value: &Option<BigDecimal>| value.as_ref().map(ToString::to_string);
        let first = &found[0];
        assert_eq!(shown(&first.0).as_deref(), Some("2.4"));
        assert_eq!(shown(&first.1).as_deref(), Some("1.25"));
        assert_eq!(first.2.to_string(), "1.2");
        assert_eq!(shown(&first.3).as_deref(), Some("1.2"));
        let sum = c.posts().query().select(post::price.sum()).one()?;
        assert_eq!(shown(&sum).as_deref(), Some("1"));
        Ok(())
    }
    on_each!(show)
}

/// A condition, and whether a row meets it: NULL where that is not known.
type Deep<M, E> = (bindery::Condition<M, E>, Option<bool>);

/// `stars = n`, `rank > n` or `body LIKE 'n%'` by a seed, of a row.
fn simple<E: StaticEngine + Everything>(
    seeded: &mut rows::Seeded,
    row: &Post<E>,
) -> Deep<model::Post, E> {
    let number = seeded.below(7) as i64 - 2;
    match seeded.below(3) {
        0 => (post::stars.eq(number), Some(row.stars == number)),
        1 => (
            post::rank.gt(number as i32),
            row.rank.map(|rank| i64::from(rank) > number),
        ),
        _ => {
            let start = if number > 2 { "w" } else { "" };
            let is_met = row.body.as_ref().map(|body| body.starts_with(start));
            (post::body.starts_with(start), is_met)
        }
    }
}

/// Two conditions joined by an operator that alternates, or that a seed decides; one of them or both the other way round.
fn joined<M, E>(
    seeded: &mut rows::Seeded,
    (one, is_one): Deep<M, E>,
    (other, is_other): Deep<M, E>,
) -> Deep<M, E> {
    let (one, is_one) = if seeded.below(4) == 0 {
        (!one, is_one.map(|is| !is))
    } else {
        (one, is_one)
    };
    let ((one, is_one), (other, is_other)) = match seeded.below(2) {
        0 => ((one, is_one), (other, is_other)),
        _ => ((other, is_other), (one, is_one)),
    };
    if seeded.below(2) == 0 {
        let is_met = match (is_one, is_other) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
        return (one.and(other), is_met);
    }
    let is_met = match (is_one, is_other) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    };
    (one.or(other), is_met)
}

/// Conditions one within the other, as many as a loop adds, around one or two that are deep themselves.
fn deep<E: StaticEngine + Everything>(
    seed: u64,
    levels: usize,
    row: &Post<E>,
) -> Deep<model::Post, E> {
    let mut seeded = rows::Seeded::new(seed);
    let mut chains = Vec::new();
    for _ in 0..1 + seed % 3 {
        let mut chain = simple(&mut seeded, row);
        for _ in 0..levels / (1 + seed % 3) as usize {
            let next = simple(&mut seeded, row);
            chain = joined(&mut seeded, chain, next);
        }
        chains.push(chain);
    }
    let mut chains = chains.into_iter();
    let first = chains.next().expect("one at least");
    chains.fold(first, |all, chain| joined(&mut seeded, all, chain))
}

/// In full: 10,000 levels in a second order.
#[test]
fn conditions_in_one_another_are_as_many_as_values_of_a_statement() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        rows::fill(c, 9, 3)?;
        let posts = c.posts().order_by(post::id.asc()).all()?;
        let most = 10_000;
        let second = if is_full_run() { most } else { 1_000 };
        for (seed, levels) in [(1, most), (2, second), (3, 700), (4, 300)] {
            let expected = posts
                .iter()
                .filter(|row| deep(seed, levels, row).1 == Some(true));
            let expected: Vec<_> = expected.map(|row| row.id).collect();
            let all = || deep(seed, levels, &posts[0]).0;
            let found = c
                .posts()
                .filter(all())
                .order_by(post::id.asc())
                .select(post::id)
                .limit(100);
            assert_eq!(found.all()?, expected, "{seed}");
            let found = c
                .posts()
                .filter(post::stars.gt(-100))
                .filter(all())
                .filter(post::stars.lt(100));
            assert_eq!(found.count()?, expected.len() as u64, "{seed}");
            let changed = c
                .posts()
                .filter(all())
                .update(post::stars.set_to(post::stars + 0))?;
            assert_eq!(changed, expected.len() as u64, "{seed}");
        }
        Ok(())
    }
    on_each!(show)
}

/// MySQL and MariaDB look at each row by itself, the others at all of them when the statement ends.
#[test]
fn all_rows_of_a_table_that_refers_to_itself_are_deleted() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let ann = c.users().insert(NewUser::new("Ann"))?;
        let bob = c.users().insert(NewUser::new("Bob").boss_id(ann.id))?;
        c.users().insert(NewUser::new("Cyd").boss_id(bob.id))?;
        match (c.users().all_rows().delete(), E::default().dialect()) {
            (Ok(3), Dialect::Sqlite | Dialect::Postgres) => {}
            (Err(error), Dialect::Mysql) => {
                let is_refused = matches!(error.kind(), ErrorKind::ForeignKeyViolation(_));
                assert!(is_refused, "{error}");
            }
            (outcome, dialect) => panic!("{dialect:?}: {outcome:?}"),
        }
        c.transaction(|tx| {
            tx.users().all_rows().update(user::boss_id.set_null())?;
            tx.users().all_rows().delete()
        })?;
        assert_eq!(c.users().count()?, 0);
        Ok(())
    }
    on_each!(show)
}
