//! Rows of all shards in one order, page by page.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::fmt;

use super::Sharded;
use super::each::EachShard;
use super::within::moved;
use crate::error::{Error, Result};
use crate::link::Connection;

/// The rows of all shards in one order, of which each shard gives a page at a time; see [`EachShard::merged`].
///
/// It ends after an error: rows of the shard that failed would be missing from then on.
#[must_use = "a page of each shard is read; the rows come from the iterator"]
pub struct MergedShards<'d, E, T, K, W, F> {
    each: EachShard<'d, E>,
    work: W,
    key: F,
    pages: Vec<Page<E, T>>,
    /// The next row of each shard that has one: its key, and the shard's place among the pages.
    next: BinaryHeap<Reverse<(K, usize)>>,
    failed: Option<Error>,
}

/// Rows that a shard has given and that were not taken yet.
struct Page<E, T> {
    engine: E,
    version: i64,
    rows: VecDeque<T>,
}

impl<'d, E: Sharded> EachShard<'d, E> {
    /// The rows of all shards in the order of `key`, however many there are: `work` reads the page of one shard that follows a row, in that order, or its
    /// first. A page of each shard is in memory, and the next one is read when the last row of one is given out.
    ///
    /// ```
    /// # use bindery_cases::shards::*;
    /// # fn main() -> bindery::Result<()> {
    /// # let db = Databases::in_memory()?;
    /// # db.create_missing()?;
    /// # db.customers_shards().divide()?;
    /// # for tenant_id in 0..20 {
    /// #     let order = NewOrder::new(order::Required { tenant_id, id: 1 }).total(tenant_id * 5);
    /// #     db.customers_shard(tenant_id)?.orders().insert(order)?;
    /// # }
    /// let orders = db.customers_shards().each().merged(
    ///     |shard, last| {
    ///         let order = (order::total.asc(), order::tenant_id.asc(), order::id.asc());
    ///         shard.orders().order_by(order).page_after(last).limit(100).all()
    ///     },
    ///     |order| (order.total, order.tenant_id, order.id),
    /// )?;
    /// let totals: Vec<i64> = orders.map(|order| Ok(order?.total)).collect::<bindery::Result<_>>()?;
    /// assert!(totals.is_sorted() && totals.len() == 20);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// A shard cannot be read; rows of one are on their way to another ([`ErrorKind::ShardMoved`](crate::ErrorKind::ShardMoved)), as with [`run`](Self::run).
    ///
    /// # Panics
    /// Where `work` or `key` does.
    pub fn merged<T: Send, K: Ord, W, F>(
        self,
        work: W,
        key: F,
    ) -> Result<MergedShards<'d, E, T, K, W, F>>
    where
        W: Fn(&mut Connection<E>, Option<&T>) -> Result<Vec<T>> + Sync,
        F: Fn(&T) -> K,
    {
        let first = self.run_all(|shard| work(shard, None)).into_iter();
        let pages = first.map(|(engine, outcome)| {
            outcome.map(|(version, rows)| Page {
                engine,
                version,
                rows: rows.into(),
            })
        });
        let pages = pages.collect::<Result<Vec<_>>>()?;
        let heads = pages.iter().enumerate();
        let heads = heads.filter_map(|(at, page)| Some((key(page.rows.front()?), at)));
        Ok(MergedShards {
            each: self,
            next: heads.map(Reverse).collect(),
            work,
            key,
            pages,
            failed: None,
        })
    }
}

impl<E: Sharded, T, K: Ord, W, F> MergedShards<'_, E, T, K, W, F>
where
    W: Fn(&mut Connection<E>, Option<&T>) -> Result<Vec<T>>,
    F: Fn(&T) -> K,
{
    /// The page of a shard that follows a row.
    fn read(&self, at: usize, last: &T) -> Result<VecDeque<T>> {
        let page = &self.pages[at];
        let read = self
            .each
            .one(page.engine, |shard| (self.work)(shard, Some(last)));
        let (version, rows) = read?;
        match version == page.version {
            true => self.each.unmoved(page.engine, version, rows.into()),
            false => Err(moved(page.engine)),
        }
    }
}

impl<E: Sharded, T, K: Ord, W, F> Iterator for MergedShards<'_, E, T, K, W, F>
where
    W: Fn(&mut Connection<E>, Option<&T>) -> Result<Vec<T>>,
    F: Fn(&T) -> K,
{
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        if let Some(error) = self.failed.take() {
            self.next.clear();
            return Some(Err(error));
        }
        let Reverse((_, at)) = self.next.pop()?;
        let row = self.pages[at].rows.pop_front()?;
        if self.pages[at].rows.is_empty() {
            match self.read(at, &row) {
                Ok(rows) => self.pages[at].rows = rows,
                Err(error) => self.failed = Some(error),
            }
        }
        if let Some(next) = self.pages[at].rows.front() {
            self.next.push(Reverse(((self.key)(next), at)));
        }
        Some(Ok(row))
    }
}

impl<E: Sharded, T, K, W, F> fmt::Debug for MergedShards<'_, E, T, K, W, F> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("MergedShards")
            .field("each", &self.each)
            .finish_non_exhaustive()
    }
}
