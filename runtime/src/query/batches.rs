//! The rows of a query in batches, each read by a statement of its own.

use super::clauses::{Clauses, NO_LIMIT};
use super::condition::Predicate;
use super::page;
use super::statement::Query;
use crate::error::{ErrorKind, Result};
use crate::link::engine::Engine;
use crate::model::HasKey;
use crate::model::access::ReadWrite;

/// The rows of a query, a number of them at a time: what [`Query::batches`] gives.
#[must_use = "nothing is read until the first batch is taken"]
pub struct Batches<'c, M, E, A = ReadWrite> {
    query: Query<'c, M, E, A>,
    /// Those of the query, without a page.
    clauses: Clauses,
    /// In each batch.
    rows: u64,
    /// Rows that may still come.
    left: u64,
    after: Option<Predicate>,
}

impl<'c, M: HasKey, E: Engine, A> Query<'c, M, E, A> {
    /// The rows in batches of this many, in the order of the query and the key: for work on very many rows. Each batch is
    /// read when it is taken, by a statement that goes on after the last row of the one before
    /// ([`page_after`](Self::page_after)). So neither memory nor a transaction of the database grows with the number of rows, and
    /// through `Databases` no connection is held between two batches.
    ///
    /// A row that is there all the time, and whose place in the order stays, comes exactly once, whatever others insert, change
    /// or delete meanwhile. The batches together are no snapshot: for one, read within a transaction that is `Serializable` or
    /// `RepeatableRead`. After an error nothing more comes.
    ///
    /// ```
    /// # use bindery_cases::examples::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// let mut b = db.b()?;
    /// b.blogs().insert_many(["one", "two", "three"].map(NewBlog::new))?;
    /// let mut sizes = Vec::new();
    /// for batch in b.blogs().filter(blog::stars.ge(0)).order_by(blog::title.asc()).batches(2) {
    ///     let blogs: Vec<Blog<engine::B>> = batch?;
    ///     sizes.push(blogs.len());
    /// }
    /// assert_eq!(sizes, [2, 1]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Each item is an error where [`all`](Self::all) would return one, where the order is not one of the model's own columns, or
    /// where there are to be 0 rows in a batch.
    pub fn batches(mut self, rows: u64) -> Batches<'c, M, E, A> {
        if rows == 0 {
            self.clauses
                .refuse(ErrorKind::Unsupported("batches of 0 rows"));
        }
        let sql = self.repository.sql();
        let ensured = sql.and_then(|sql| page::ensure_ordered(self.clauses.order_of_pages()?, sql));
        if let Err(error) = ensured {
            self.clauses.page(Err(error));
        }
        Batches {
            rows: rows.max(1),
            left: self.clauses.limit,
            clauses: self.clauses.clone(),
            query: self,
            after: None,
        }
    }
}

impl<M: HasKey, E: Engine, A> Batches<'_, M, E, A> {
    #[track_caller]
    fn read(&mut self) -> Result<Vec<M::Row<E>>> {
        let wanted = self.rows.min(self.left);
        let mut clauses = self.clauses.clone();
        if let Some(after) = self.after.take() {
            clauses.page(Ok(after));
            clauses.offset(0);
        }
        clauses.limit(wanted);
        self.query.clauses = clauses;
        let rows = self.query.rows()?;
        let found = rows.len() as u64;
        match rows.last().filter(|_| found == wanted) {
            Some(last) => {
                if self.left != NO_LIMIT {
                    self.left -= found;
                }
                self.after = Some(self.query.after_row(self.clauses.order(), last)?);
            }
            None => self.left = 0,
        }
        Ok(rows)
    }
}

impl<M: HasKey, E: Engine, A> Iterator for Batches<'_, M, E, A> {
    type Item = Result<Vec<M::Row<E>>>;

    #[track_caller]
    fn next(&mut self) -> Option<Self::Item> {
        if self.left == 0 {
            return None;
        }
        let batch = self.read();
        if batch.is_err() {
            self.left = 0;
        }
        let is_empty = batch.as_ref().is_ok_and(Vec::is_empty);
        (!is_empty).then_some(batch)
    }
}
