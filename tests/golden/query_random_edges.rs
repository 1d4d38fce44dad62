//! Random expressions at the edges of their types: the same number on every database, or an error.

use bindery::query::{Expr, Nullable, case, count};
use bindery::types::BigDecimal;
use bindery::{Connection, ErrorKind, StaticEngine};

use crate::queries::*;
use crate::queries_at_work::{Everything, on_each};
use crate::query_rows::{self as rows, Seeded};

const EXPRESSIONS: u64 = 150;

const EDGES: &[i64] = &[
    i64::MIN,
    i64::MIN + 1,
    -(1 << 32),
    -3,
    -1,
    0,
    1,
    2,
    (1 << 31) + 1,
    // Its square is just beyond 64 bits.
    3_037_000_500,
    1 << 32,
    i64::MAX - 1,
    i64::MAX,
];

/// None of them is the least, as the databases compute its opposite in different widths.
const SMALL_EDGES: &[i32] = &[-i32::MAX, -7, -1, 0, 1, 2, 46_341, i32::MAX - 1, i32::MAX];

/// What an expression is to give of one row; `None` is an overflow.
type Wanted<T> = Option<T>;

fn numbers() -> u64 {
    let is_full = bindery_testkit::is_full_run();
    if is_full {
        EXPRESSIONS * 100
    } else {
        EXPRESSIONS
    }
}

/// An expression, and what it is in a row with this number of stars.
fn of_stars(seeded: &mut Seeded, stars: i64, depth: u64) -> (Expr<model::Post, i64>, Wanted<i64>) {
    if depth == 0 {
        let number = *seeded.of(EDGES);
        return (post::stars + number, stars.checked_add(number));
    }
    let (left, wanted) = of_stars(seeded, stars, depth - 1);
    let number = *seeded.of(EDGES);
    let by_number =
        |compute: fn(i64, i64) -> Option<i64>| wanted.and_then(|left| compute(left, number));
    let by_stars =
        |compute: fn(i64, i64) -> Option<i64>| wanted.and_then(|left| compute(left, stars));
    match seeded.below(9) {
        0 => (left + number, by_number(i64::checked_add)),
        // MariaDB subtracts the least number from none below zero without an error, and gives the least number.
        1 if number != i64::MIN => (left - number, by_number(i64::checked_sub)),
        2 => (left * number, by_number(i64::checked_mul)),
        3 if stars != i64::MIN => (left - post::stars, by_stars(i64::checked_sub)),
        4 => (post::stars * left, by_stars(i64::checked_mul)),
        5 => (left.abs(), wanted.and_then(i64::checked_abs)),
        6 if number != i64::MIN => (left + (post::stars - number), {
            let right = stars.checked_sub(number);
            wanted.and_then(|left| left.checked_add(right?))
        }),
        7 => (
            case(post::stars.gt(number), left).otherwise(post::stars),
            if stars > number { wanted } else { Some(stars) },
        ),
        _ => {
            let divisor = if number == 0 { 2 } else { number };
            let wanted = wanted.and_then(|left| left.checked_div(divisor));
            ((left / divisor).coalesce(7), wanted)
        }
    }
}

/// The same of the rank, which is computed in 64 bits and stored in 32.
fn of_rank(
    seeded: &mut Seeded,
    rank: i32,
    depth: u64,
) -> (Expr<model::Post, i32, Nullable>, Wanted<i64>) {
    if depth == 0 {
        let number = *seeded.of(SMALL_EDGES);
        return (
            post::rank + number,
            Some(i64::from(rank) + i64::from(number)),
        );
    }
    let (left, wanted) = of_rank(seeded, rank, depth - 1);
    let number = *seeded.of(SMALL_EDGES);
    let by_number =
        |compute: fn(i64, i64) -> Option<i64>| wanted.and_then(|left| compute(left, number.into()));
    match seeded.below(4) {
        0 => (left + number, by_number(i64::checked_add)),
        1 => (left - number, by_number(i64::checked_sub)),
        2 => (left * number, by_number(i64::checked_mul)),
        _ => (left.abs(), wanted.and_then(i64::checked_abs)),
    }
}

fn is_overflow(error: &bindery::Error) -> bool {
    matches!(error.kind(), ErrorKind::ValueOutOfRange(_))
}

/// The value, or `None` where it is beyond the type.
fn or_overflow<T>(outcome: bindery::Result<T>) -> bindery::Result<Option<T>> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if is_overflow(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

fn insert<E: StaticEngine + Everything>(
    c: &mut Connection<E>,
    author: UserId<E>,
    stars: i64,
) -> bindery::Result<PostId<E>> {
    Ok(c.posts().insert(rows::post(author, "edge", stars))?.id)
}

fn author<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<UserId<E>> {
    c.comments().query().all()?;
    Ok(c.users().insert(NewUser::new("Ann"))?.id)
}

/// In full: 15,000 expressions on each database.
#[test]
fn qry_01_integers_beyond_64_bits_are_refused_alike() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let author = author(c)?;
        let mut overflows = 0;
        for seed in 1..=numbers() {
            let mut seeded = Seeded::new(seed);
            let stars = *seeded.of(EDGES);
            let id = insert(c, author, stars)?;
            let depth = seeded.below(4);
            let (expression, wanted) = of_stars(&mut seeded, stars, depth);
            overflows += u64::from(wanted.is_none());
            let row = || post::id.eq(id);
            let selected = c.posts().filter(row()).select(expression.clone()).one();
            assert_eq!(
                or_overflow(selected)?,
                wanted,
                "{}: selected, seed {seed}, {stars}",
                std::any::type_name::<E>()
            );
            let met = c
                .posts()
                .filter(row().and(expression.clone().gt(5)))
                .count();
            let is_met = wanted.map(|value| u64::from(value > 5));
            assert_eq!(or_overflow(met)?, is_met, "filtered, seed {seed}, {stars}");
            let changed = c
                .posts()
                .update_where(row(), post::stars.set_to(expression));
            assert_eq!(
                or_overflow(changed)?,
                wanted.map(|_| 1),
                "stored, seed {seed}, {stars}"
            );
            assert_eq!(
                c.posts().get(id)?.stars,
                wanted.unwrap_or(stars),
                "seed {seed}, {stars}"
            );
        }
        assert!(overflows > numbers() / 4, "enough overflow: {overflows}");
        assert!(overflows < numbers() * 3 / 4, "enough do not: {overflows}");
        Ok(())
    }
    on_each!(|c: &mut _| show(c))
}

/// In full: 15,000 expressions on each database.
#[test]
fn qry_01_integers_beyond_their_column_are_refused_alike() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let author = author(c)?;
        let id = insert(c, author, 0)?;
        for seed in 1..=numbers() {
            let mut seeded = Seeded::new(seed);
            let rank = *seeded.of(SMALL_EDGES);
            c.posts()
                .update_where(post::id.eq(id), post::rank.set_to(rank))?;
            let depth = seeded.below(3);
            let (expression, wanted) = of_rank(&mut seeded, rank, depth);
            let wanted = wanted.and_then(|value| i32::try_from(value).ok());
            let changed = c
                .posts()
                .update_where(post::id.eq(id), post::rank.set_to(expression));
            assert_eq!(
                or_overflow(changed)?,
                wanted.map(|_| 1),
                "seed {seed}, {rank}"
            );
            let stored = c.posts().get(id)?.rank;
            assert_eq!(stored, Some(wanted.unwrap_or(rank)), "seed {seed}, {rank}");
        }
        c.posts()
            .update_where(post::id.eq(id), post::rank.set_null())?;
        let next = post::rank.set_to(post::rank + 1);
        assert_eq!(c.posts().update_where(post::id.eq(id), next)?, 1);
        assert_eq!(c.posts().get(id)?.rank, None);
        Ok(())
    }
    on_each!(|c: &mut _| show(c))
}

/// In full: 3,000 sums on each database.
#[test]
fn qry_01_a_sum_that_fits_is_given_whatever_the_order_of_rows() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let author = author(c)?;
        for seed in 1..=numbers() / 5 {
            c.posts().all_rows().delete()?;
            let mut seeded = Seeded::new(seed);
            let length = 1 + seeded.below(6);
            let stars: Vec<i64> = (0..length).map(|_| *seeded.of(EDGES)).collect();
            for &stars in &stars {
                insert(c, author, stars)?;
            }
            let whole = |values: &mut dyn Iterator<Item = i64>| {
                let sum = values.map(i128::from).sum::<i128>();
                i64::try_from(sum).ok()
            };
            let sum = or_overflow(c.posts().query().sum(post::stars))?;
            assert_eq!(
                sum,
                whole(&mut stars.iter().copied()).map(Some),
                "seed {seed} {stars:?}"
            );
            let halves = c.posts().filter(post::stars.ne(17));
            let halves = halves
                .select(((post::stars / 2).sum(), count()))
                .group_by(post::title);
            let halves = halves.having(count().le(length)).limit(3).all();
            let wanted = whole(&mut stars.iter().map(|stars| stars / 2));
            let wanted = wanted.map(|sum| vec![(Some(sum), length)]);
            assert_eq!(or_overflow(halves)?, wanted, "seed {seed} {stars:?}");
        }
        c.posts().all_rows().delete()?;
        assert_eq!(c.posts().query().sum(post::stars)?, None);
        assert_eq!(c.posts().query().sum(post::rank)?, None);
        Ok(())
    }
    on_each!(|c: &mut _| show(c))
}

/// Of 12 digits, two of them after the point, and often fewer.
fn price(seeded: &mut Seeded) -> BigDecimal {
    let most = 10_u64.pow(1 + seeded.below(12) as u32);
    let cents = seeded.below(most.min(1 << 31)) * seeded.below(1 + most / (1 << 31)).max(1);
    let sign = if seeded.below(3) == 0 { -1 } else { 1 };
    BigDecimal::new((sign * cents.min(most) as i64).into(), 2)
}

/// Of up to three digits, some after the point.
fn factor(seeded: &mut Seeded) -> BigDecimal {
    let digits = seeded.below(4) as i64;
    BigDecimal::new((seeded.below(1_999) as i64 - 999).into(), digits)
}

/// In full: 15,000 expressions on each database.
#[test]
fn qry_01_decimals_are_computed_to_15_digits_alike() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let author = author(c)?;
        for seed in 1..=numbers() {
            let mut seeded = Seeded::new(seed);
            let (one, other) = (price(&mut seeded), price(&mut seeded));
            let factor = factor(&mut seeded);
            let new = rows::post(author, &seed.to_string(), 1).price(Some(one.clone()));
            let id = c.posts().insert(new)?.id;
            let checks = [
                (post::price * factor.clone(), &one * &factor),
                (post::price + other.clone(), &one + &other),
                (post::price - other.clone(), &one - &other),
                (
                    post::price * factor.clone() - other.clone(),
                    &one * &factor - &other,
                ),
                (
                    post::price.abs() * factor.clone() + post::price,
                    &one.abs() * &factor + &one,
                ),
            ];
            for (at, (expression, wanted)) in checks.into_iter().enumerate() {
                if wanted.digits() > 15 || (&one * &factor).digits() > 15 {
                    continue;
                }
                let row = || post::id.eq(id);
                let given = c.posts().filter(row()).select(expression.clone()).one()?;
                let given = given.map(|given| given.normalized().to_string());
                let shown = wanted.normalized().to_string();
                assert_eq!(given, Some(shown), "seed {seed}, {at}");
                let equal = c.posts().filter(row().and(expression.eq(wanted))).count()?;
                assert_eq!(equal, 1, "seed {seed}, {at}");
            }
            c.posts()
                .insert(rows::post(author, &seed.to_string(), 1).price(Some(other.clone())))?;
            c.posts()
                .insert(rows::post(author, &seed.to_string(), 1).price(Some(-&one)))?;
            let sums = c.posts().filter(post::title.eq(seed.to_string()));
            let sums = sums.select((post::title, (post::price + BigDecimal::from(1)).sum()));
            let wanted = &other + BigDecimal::from(3);
            let sums = sums.group_by(post::title);
            let sums = sums.having((post::price + BigDecimal::from(1)).sum().eq(wanted.clone()));
            let sums = sums.limit(7).all()?;
            assert_eq!(sums.len(), 1, "seed {seed}: {wanted}");
        }
        Ok(())
    }
    on_each!(|c: &mut _| show(c))
}

/// The exact numbers that showed it.
#[test]
fn qry_01_decimals_of_more_than_nine_digits_have_no_noise() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let author = author(c)?;
        let decimal = |text: &str| text.parse::<BigDecimal>().expect("a decimal");
        let new = rows::post(author, "a", 1).price(Some(decimal("131.33")));
        c.posts().insert(new)?;
        let product = post::price * decimal("99999.99");
        let given = c.posts().query().select(product.clone()).one()?;
        let given = given.map(|given| given.normalized().to_string());
        assert_eq!(given.as_deref(), Some("13132998.6867"));
        let equal = c.posts().filter(product.eq(decimal("13132998.6867")));
        assert_eq!(equal.count()?, 1);
        Ok(())
    }
    on_each!(|c: &mut _| show(c))
}
