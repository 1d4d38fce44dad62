//! Numbers that databases compute in ways of their own, and what a query can have at most: one meaning on all three.

use bindery::types::BigDecimal;
use bindery::{Connection, Dialect, ErrorKind, StaticEngine};

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

#[test]
fn conditions_deeper_than_sqlite_takes_are_refused_in_words() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        small(c)?;
        let one = post::stars.ne(-1);
        let all = (1..600).fold(one, |all, number| {
            let all = all.and(post::stars.ne(-number));
            all.or(post::stars.eq(-number))
        });
        match (c.posts().filter(all).count(), E::default().dialect()) {
            (Ok(count), Dialect::Postgres | Dialect::Mysql) => assert_eq!(count, 5),
            (Err(error), Dialect::Sqlite) => {
                assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
                assert!(error.to_string().contains("`in_list`"), "{error}");
            }
            (outcome, dialect) => panic!("{dialect:?}: {outcome:?}"),
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
