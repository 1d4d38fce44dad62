//! The first rows of each group: the three newest posts of each author.

use super::clauses::Clauses;
use super::extras::GroupKeys;
use super::select::{Groups, SelectionWriter};
use super::statement::Query;
use crate::link::engine::Engine;
use crate::model::Model;
use crate::model::access::ReadWrite;
use crate::repository::Repository;

/// The rows of a query in groups, each in the query's order. [`limit`](Self::limit) takes the first ones of each.
#[must_use = "it does nothing until `limit` says how many rows of each group there are"]
pub struct PerGroup<'c, M, E, A = ReadWrite> {
    query: Query<'c, M, E, A>,
    groups: GroupKeys,
}

impl<'c, M: Model, E: Engine, A> Query<'c, M, E, A> {
    /// Of these rows, the first of those that have equal values in columns or expressions, in one statement: in the order of
    /// the query, and of the key in the end.
    ///
    /// Calls before it decide which rows are the first; those after [`limit`](PerGroup::limit) are of the rows that are. They come group by group, unless a later [`order_by`](Query::order_by) says another order. NULL is a group, too.
    ///
    /// ```
    /// # use bindery_cases::library::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// # let mut c = db.default()?;
    /// # let books = ["Rust", "SQL"].map(|title| c.books().insert(NewBook::new(title)));
    /// # let [rust, sql] = books.map(|book| book.map(|book| book.id));
    /// # let (rust, sql) = (rust?, sql?);
    /// # c.reviews().insert_many([(rust, 3), (rust, 5), (sql, 4)].map(|(book, stars)| NewReview::new(book, stars)))?;
    /// let best = c.reviews().order_by(review::stars.desc()).per_group(review::book_id).limit(1).all()?;
    /// assert_eq!(best.iter().map(|review| review.stars).collect::<Vec<_>>(), [5, 4]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn per_group(self, groups: impl Groups<M, E>) -> PerGroup<'c, M, E, A> {
        let mut written = Clauses::new();
        groups.write(&mut SelectionWriter(&mut written));
        PerGroup {
            query: self,
            groups: written.into_groups(),
        }
    }
}

impl<'c, M: Model, E: Engine, A> Repository<'c, M, E, A> {
    /// The first of the rows that have equal values in columns or expressions, by their key: as [`Query::per_group`].
    pub fn per_group(self, groups: impl Groups<M, E>) -> PerGroup<'c, M, E, A> {
        self.query().per_group(groups)
    }
}

impl<'c, M: Model, E: Engine, A> PerGroup<'c, M, E, A> {
    /// At most this many rows of each group. They can be filtered, ordered, limited, selected from, joined, summed up and counted
    /// further; a change of them or a lock on them is [`Unsupported`](crate::ErrorKind::Unsupported) when it is executed.
    pub fn limit(self, rows: u64) -> Query<'c, M, E, A> {
        let Query {
            repository,
            clauses,
        } = self.query;
        Query {
            repository,
            clauses: clauses.first_of_each(self.groups, rows),
        }
    }
}
