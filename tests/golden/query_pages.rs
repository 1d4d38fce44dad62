//! Pages in the order of values that a row does not have, each after the values of the last row of the one before.

use bindery::{Connection, ErrorKind, StaticEngine};

use crate::queries::*;
use crate::queries_at_work::{Everything, on_each};
use crate::query_rows::fill;

/// All pages of a query, one after the other: every row once, in the order of the whole.
macro_rules! pages {
    ($c:expr, $rows:expr, $key:expr, $way:ident $(.$nulls:ident())?) => {{
        let mut all = || {
            let keys = ($key.$way(None)$(.$nulls())?, post::id.desc_after(None));
            $c.posts().query().page_by(keys).select(($key, post::id)).all()
        };
        let (all, mut paged, mut last) = (all()?, Vec::new(), None);
        assert_eq!(all.len(), $rows);
        loop {
            let (value, id) = last.clone().unzip();
            let keys = ($key.$way(value)$(.$nulls())?, post::id.desc_after(id));
            let page = $c.posts().query().page_by(keys).limit(7).select(($key, post::id)).all()?;
            last = page.last().cloned();
            if last.is_none() {
                break;
            }
            paged.extend(page);
        }
        assert_eq!(paged, all, stringify!($key $way $($nulls)?));
    }};
}

#[test]
fn qry_06_pages_in_the_order_of_expressions_neither_skip_nor_repeat() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        const ROWS: usize = 90;
        fill(c, ROWS as u64, 23)?;
        let comments = || comment::post_id.reversed();
        let writer = || post::author_id.to(user::name);
        let editor = || post::editor_id.to(user::city);
        // Counts with rows that have none, and values of rows that are not there.
        pages!(c, ROWS, comments().count(), desc_after);
        pages!(c, ROWS, comments().count(), asc_after);
        pages!(c, ROWS, comments().max(comment::words), desc_after);
        pages!(
            c,
            ROWS,
            comments().max(comment::words),
            asc_after.nulls_last()
        );
        pages!(
            c,
            ROWS,
            comments().sum(comment::words.length()),
            desc_after.nulls_first()
        );
        pages!(c, ROWS, comments().avg(comment::words.length()), asc_after);
        // Of the rows that it refers to.
        pages!(c, ROWS, writer(), asc_after);
        pages!(c, ROWS, editor(), desc_after);
        pages!(c, ROWS, editor().lower(), asc_after.nulls_last());
        // Of itself.
        pages!(c, ROWS, post::stars * 3 - post::rank.coalesce(1), asc_after);
        pages!(c, ROWS, post::body.lower(), desc_after);
        pages!(c, ROWS, post::price * 2, desc_after);
        pages!(c, ROWS, post::weight, asc_after.nulls_last());
        pages!(c, ROWS, post::token, desc_after);
        pages!(c, ROWS, post::day.coalesce(today()), asc_after);
        pages!(c, ROWS, post::created_at, desc_after);
        pages!(c, ROWS, post::author_id, desc_after);
        pages!(c, ROWS, post::editor_id, asc_after);
        Ok(())
    }
    on_each!(show)
}

fn today() -> bindery::types::NaiveDate {
    bindery::types::NaiveDate::from_ymd_opt(2026, 11, 28).expect("a day")
}

/// The pages' own condition stands beside others, in a transaction, and rows that come and go do not move the others.
#[test]
fn qry_06_pages_of_values_stand_beside_other_clauses() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 60, 29)?;
        let posts = || post::author_id.reversed();
        let counted = c.users().select((user::id, posts().count())).all()?;
        let mut expected: Vec<_> = counted.iter().filter(|it| it.1 > 0).copied().collect();
        expected.sort_by_key(|&(id, posts)| (std::cmp::Reverse(posts), *id.value()));
        let (mut seen, mut last) = (Vec::new(), None);
        loop {
            let (id, count) = last.unzip();
            let page = c.transaction(|c| {
                let writers = c.users().filter(posts().exists());
                let pages =
                    writers.page_by((posts().count().desc_after(count), user::id.asc_after(id)));
                let other = pages.filter(user::name.ne("nobody at all")).limit(2);
                other.select((user::id, posts().count())).all()
            })?;
            let Some(&end) = page.last() else { break };
            // Before the next page begins, and so in none.
            c.users().insert(NewUser::new("late"))?;
            seen.extend(page);
            last = Some(end);
        }
        assert_eq!(seen, expected);

        let whole = c.users().query().page_by((
            user::city.desc_after(Some(None)),
            user::id.asc_after(Some(seen[0].0)),
        ));
        let rest = whole.all()?;
        assert!(
            rest.iter()
                .all(|row| row.city.is_none() && row.id > seen[0].0)
        );
        let counted = c.users().query().page_by((
            user::name.asc_after(Some("m".to_owned())),
            user::id.asc_after(Some(seen[0].0)),
        ));
        let counted = counted.count()?;
        let users = c.users().all()?;
        let is_after = |row: &&User<E>| (row.name.as_str(), row.id) > ("m", seen[0].0);
        assert_eq!(counted, users.iter().filter(is_after).count() as u64);
        Ok(())
    }
    on_each!(show)
}

#[test]
fn qry_06_pages_that_would_leave_out_rows_are_refused() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        fill(c, 10, 31)?;
        let first = c.posts().query().first()?.expect("a row");
        let id = first.id;
        let without_key = c.posts().query().page_by(post::title.asc_after(None)).all();
        let some = (post::stars.asc_after(Some(1)), post::id.asc_after(None));
        let in_part = c.posts().query().page_by(some).all();
        let ordered = c
            .posts()
            .order_by(post::stars.asc())
            .page_by(post::id.asc_after(Some(id)))
            .all();
        let late = c
            .posts()
            .query()
            .page_by(post::id.asc_after(None))
            .order_by(post::stars.asc())
            .all();
        let after_row = c
            .posts()
            .order_by(post::title.lower().asc())
            .page_after(Some(&first))
            .all();
        for (refused, word) in [
            (without_key, "without the key"),
            (in_part, "some values"),
            (ordered, "all orders"),
            (late, "page_by"),
            (after_row, "page_by"),
        ] {
            let error = refused.expect_err(word);
            assert!(matches!(error.kind(), ErrorKind::Unsupported(_)), "{error}");
            assert!(error.to_string().contains(word), "{error}");
        }
        Ok(())
    }
    on_each!(show)
}
