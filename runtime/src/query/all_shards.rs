//! Statements that are meant to run on all shards of a cluster.

use super::combined::Combined;
use super::insert_from::InsertFrom;
use super::joined::Joined;
use super::selected::Selected;
use super::statement::Query;
use crate::link::engine::Engine;
use crate::model::Model;
use crate::repository::Repository;

macro_rules! all_shards {
    ($(<$($parameter:ident),+> $query:ty;)+) => {$(
        impl<$($parameter),+> $query
        where
            M: Model,
            E: Engine,
        {
            /// Says that a statement on a Citus cluster is meant to run on all shards, where no condition gives the shard column of each table
            /// one value: without it a warning is logged, once for each text. On other engines it changes nothing.
            pub fn on_all_shards(mut self) -> Self {
                self.clauses_mut().mean_all_shards();
                self
            }
        }
    )+};
}

all_shards! {
    <M, E, A> Query<'_, M, E, A>;
    <M, E, R, G, A> Selected<'_, M, E, R, G, A>;
    <M, E, P, A> Joined<'_, M, E, P, A>;
    <M, E, R, A> Combined<'_, M, E, R, A>;
    <M, S, E, A> InsertFrom<'_, M, S, E, A>;
}

impl<'c, M: Model, E: Engine, A> Repository<'c, M, E, A> {
    /// All rows, on all shards of a Citus cluster, as [`Query::on_all_shards`].
    pub fn on_all_shards(self) -> Query<'c, M, E, A> {
        self.query().on_all_shards()
    }
}
