//! Which shard a call is for is known when it compiles: by a key of the column's type, or by an engine.
bindery_cases::source!(shards);

use bindery::Result;

fn rows_without_a_shard(db: &Databases) -> Result<u64> {
    db.orders().count()
}

fn a_key_of_another_type(db: &Databases) -> Result<u64> {
    db.customers_shard("seven")?.orders().count()
}

fn a_model_that_no_shard_hosts(db: &Databases) -> Result<u64> {
    db.customers_shard(7)?.tenants().count()
}

fn an_engine_that_is_no_shard(db: &Databases) -> Result<bindery::shards::ShardMap> {
    db.customers_shards().assign(0..1, engine::Default)
}

fn main() {}
