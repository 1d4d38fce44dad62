//! Covers DIST-02: a query in place that a cluster refuses does not compile, also where all shards are meant.
use bindery::query;
use bindery_cases::spread::*;

fn show(c: &mut bindery::Connection<engine::Default>) -> bindery::Result<()> {
    query!(
        "SELECT name FROM tenants t WHERE EXISTS (SELECT 1 FROM spent s WHERE s.total = t.plan_id)",
        on_all_shards,
        schema = "../../golden/spread",
        crate = bindery_cases::spread
    ).using(c).all()?;
    query!("SELECT name FROM offers", on_all_shard, schema = "../../golden/spread", crate = bindery_cases::spread).using(c).all()?;
    Ok(())
}

fn main() {}
