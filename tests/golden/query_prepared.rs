//! Statements of queries stay prepared on servers, too; the models are those of the case `queries`.

use bindery::{Connection, Dialect, StaticEngine};

use crate::queries::*;
use crate::queries_at_work::{Everything, on_each, small};

/// The number of statements that were prepared on this connection, or are.
fn prepared<E: StaticEngine>(c: &mut Connection<E>) -> bindery::Result<Option<u64>> {
    match c.dialect() {
        // The statements of a file are counted in bindery's own tests.
        Dialect::Sqlite => Ok(None),
        Dialect::Postgres => {
            let count = c.query_scalar::<i64>("SELECT count(*) FROM pg_prepared_statements", ())?;
            Ok(Some(count.unsigned_abs()))
        }
        Dialect::Mysql => {
            let status = "SHOW SESSION STATUS LIKE 'Com_stmt_prepare'";
            let (_, count) = c.query_row::<(String, String)>(status, ())?;
            Ok(Some(count.parse().expect("a number")))
        }
    }
}

#[test]
fn a_query_is_prepared_once_on_servers_whatever_is_bound() -> bindery::Result<()> {
    fn show<E: StaticEngine + Everything>(c: &mut Connection<E>) -> bindery::Result<()> {
        small(c)?;
        let find = |c: &mut Connection<E>, number: i64| {
            let wanted = post::stars
                .ge(number)
                .and(post::title.ne(format!("{number}")));
            let query = c.posts().filter(wanted).order_by(post::title.desc());
            query.limit(number as u64).all()
        };
        // A text for each of the limits 1 and 2, and one for all others.
        for number in 1..=3 {
            find(c, number)?;
        }
        prepared(c)?;
        let before = prepared(c)?;
        for number in 1..=20 {
            find(c, number)?;
        }
        assert_eq!(prepared(c)?, before);
        c.posts().filter(post::stars.le(1)).count()?;
        assert_eq!(prepared(c)?, before.map(|count| count + 1), "another shape");
        Ok(())
    }
    on_each!(show)
}
