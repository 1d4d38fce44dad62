//! Covers DIST-02: a query in place that runs on all shards of a cluster is warned of, and nothing else is, unless it says that it is meant to.
#![deny(warnings)]

use bindery::{execute, query, query_scalar};
use bindery_cases::spread::*;

fn show(c: &mut bindery::Connection<engine::Default>, tenant: i64) -> bindery::Result<()> {
    query!("SELECT id FROM orders WHERE total > {tenant}", schema = "../../golden/spread", crate = bindery_cases::spread).using(c).all()?;
    query!("SELECT id FROM orders WHERE tenant_id = {tenant}", schema = "../../golden/spread", crate = bindery_cases::spread).using(c).all()?;
    query_scalar!("SELECT count(*) FROM orders", on_all_shards, schema = "../../golden/spread", crate = bindery_cases::spread).using(c).one()?;
    execute!("DELETE FROM visits WHERE number < 3", schema = "../../golden/spread", crate = bindery_cases::spread).using(c)?;
    query!("SELECT total FROM spent WHERE tenant_id = {tenant}", schema = "../../golden/spread", crate = bindery_cases::spread).using(c).all()?;
    query!("SELECT total FROM plan_totals", schema = "../../golden/spread", crate = bindery_cases::spread).using(c).all()?;
    Ok(())
}

fn main() {
    let _ = show;
}
