//! A function that reads wherever it is led to has no writes, and one that writes takes no replica.
bindery_cases::source!(given);

use bindery::generic::{ReadRoute, Route};
use bindery::ReadConnection;

fn count<R: ReadRoute<model::Word> + Tables>(from: &mut R) -> bindery::Result<u64> {
    from.words().count()
}

fn add_where_it_may_only_read<R: ReadRoute<model::Word> + Tables>(to: &mut R) -> bindery::Result<u64> {
    to.words().query().all_rows().delete()
}

fn clear<R: Route<model::Word> + Tables>(to: &mut R) -> bindery::Result<u64> {
    to.words().query().all_rows().delete()
}

fn clear_a_replica(replica: &mut ReadConnection<engine::Lite>) -> bindery::Result<u64> {
    count(replica)?;
    clear(replica)
}

fn main() {}
