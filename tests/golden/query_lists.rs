//! Lists of values of every type, of none, one and very many values.

use bindery::types::{BigDecimal, NaiveDate, NaiveDateTime, Uuid};
use bindery::{Connection, StaticEngine};

use crate::queries::*;
use crate::queries_at_work::{Everything, on_each, small};
use crate::query_rows as rows;

#[test]
fn qry_10_lists_of_none_one_and_100_000_values() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let ann = small(c)?;
        let count = |c: &mut Connection<E>, condition| c.posts().filter(condition).count();
        assert_eq!(count(c, post::stars.in_list([0; 0]))?, 0);
        assert_eq!(count(c, !post::stars.in_list([0; 0]))?, 5);
        assert_eq!(count(c, post::stars.in_list([3]))?, 2);
        assert_eq!(count(c, post::stars.in_list([3, 3, 5]))?, 3);
        for most in [7, 300, 32_768, 32_769, 100_000] {
            assert_eq!(
                count(c, post::stars.in_list(3..most))?,
                4 - u64::from(most == 7),
                "{most}"
            );
            assert_eq!(
                count(c, !post::stars.in_list(3..most))?,
                1 + u64::from(most == 7),
                "{most}"
            );
        }
        let titles = |end: u32| {
            let numbers = (1000..end).map(|number| number.to_string());
            numbers.chain(["rust".to_owned(), "a_b|c".to_owned()])
        };
        for end in [1001, 1010, 101_000] {
            assert_eq!(count(c, post::title.in_list(titles(end)))?, 3, "{end}");
            let listed: Vec<String> = titles(end).collect();
            assert_eq!(count(c, post::title.in_list(&listed))?, 3, "{end}");
        }
        assert_eq!(count(c, post::title.in_list(["RUST", "100%", "100_"]))?, 1);
        let keys = (0..70_000).map(UserId::<E>::new).chain([ann]);
        assert_eq!(count(c, post::author_id.in_list(keys))?, 5);
        // NULL is in no list, and in no other: neither a list nor its opposite has it. A list of nothing is without NULL, too.
        let body = post::body;
        assert_eq!(count(c, body.in_list(["a", "b"]))?, 2);
        assert_eq!(count(c, !body.in_list(["a", "b"]))?, 1);
        assert_eq!(count(c, !body.in_list([""; 0]))?, 5);
        assert_eq!(count(c, !post::editor_id.in_list([ann]))?, 0);
        let unless = (!body.in_list(["a", "b"])).or(body.is_null());
        assert_eq!(count(c, unless)?, 3);
        // Around a list stand other conditions, whose values stay where they belong.
        let around = post::stars
            .ge(3)
            .and(post::title.in_list(titles(1010)))
            .and(post::stars.le(5));
        assert_eq!(count(c, around)?, 1);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn lists_hold_values_of_every_type() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        let ann = c.users().insert(NewUser::new("Ann"))?.id;
        let day = NaiveDate::from_ymd_opt(2024, 2, 29).expect("a leap day");
        let moment: NaiveDateTime = day.and_hms_micro_opt(1, 2, 3, 450_000).expect("a time");
        let (token, price) = (Uuid::from_u128(7), BigDecimal::new(150.into(), 2));
        let mut new = rows::post(ann, "one", 1)
            .day(day)
            .token(token)
            .price(price.clone())
            .weight(0.5)
            .rank(7);
        new.created_at = moment;
        c.posts().insert(new)?;
        c.posts().insert(rows::post(ann, "two", 2))?;
        let count = |c: &mut Connection<E>, condition| c.posts().filter(condition).count();
        assert_eq!(
            count(c, post::day.in_list([day, day.succ_opt().expect("March")]))?,
            1
        );
        assert_eq!(count(c, post::created_at.in_list([moment]))?, 1);
        assert_eq!(count(c, post::token.in_list([token, Uuid::nil()]))?, 1);
        assert_eq!(
            count(c, post::price.in_list([price.clone(), BigDecimal::from(3)]))?,
            1
        );
        assert_eq!(count(c, post::weight.in_list([0.5, 1.5]))?, 1);
        assert_eq!(count(c, post::rank.in_list([7, 8]))?, 1);
        assert_eq!(count(c, post::is_public.in_list([true]))?, 2);
        assert_eq!(count(c, post::day.eq(day).and(post::price.ge(&price)))?, 1);
        assert_eq!(count(c, post::created_at.between(moment, moment))?, 1);
        // More than there may be placeholders.
        let many = || 0..40_000_u32;
        let days = many().map(|n| day - chrono::Days::new(u64::from(n)));
        assert_eq!(count(c, post::day.in_list(days))?, 1);
        let moments = many().map(|n| moment - chrono::Days::new(u64::from(n)));
        assert_eq!(count(c, post::created_at.in_list(moments))?, 1);
        assert_eq!(
            count(
                c,
                post::token.in_list(many().map(|n| Uuid::from_u128(n.into())))
            )?,
            1
        );
        let prices = many().map(|n| BigDecimal::new(n.into(), 2));
        assert_eq!(count(c, post::price.in_list(prices))?, 1);
        assert_eq!(
            count(c, post::weight.in_list(many().map(|n| f64::from(n) / 2.0)))?,
            1
        );
        Ok(())
    }
    on_each!(show)
}
