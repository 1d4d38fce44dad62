//! Makes one call a number of times on one of the engines. `cargo xtask bench --cluster` counts its instructions and round trips.

include!(concat!(env!("OUT_DIR"), "/bindery.rs"));

use std::hint::black_box;
use std::time::Instant;

use bindery::{Connection, Hosts, StaticEngine};

const TENANT: i64 = 7;
/// Rows of the tenant that calls read and write.
const ROWS: i64 = 100;

/// An engine that has the tables.
trait Shop: StaticEngine + Hosts<model::Tenant> + Hosts<model::Order> {}
impl Shop for engine::Cluster {}
impl Shop for engine::Server {}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [engine, call, times] = &words[..] else {
        return Err("give an engine, a call and how often it is made".into());
    };
    let db = Databases::open()?;
    let times = times.parse()?;
    if engine == "shards" {
        return Ok(look_up(&db, call, times)?);
    }
    db.create_missing()?;
    match engine.as_str() {
        "cluster" => run(db.cluster()?, call, times),
        "server" => run(db.server()?, call, times),
        other => return Err(format!("`{other}` is no engine").into()),
    }?;
    Ok(())
}

/// Finds the shards of keys one after the other, and prints the nanoseconds that one took.
fn look_up(db: &Databases, call: &str, times: i64) -> bindery::Result<()> {
    assert_eq!(call, "lookup", "the only call of shards");
    db.create_missing_on(engine::S0)?;
    db.create_missing_on(engine::S1)?;
    let shards = db.customers_shards();
    shards.divide()?;
    let begin = Instant::now();
    for customer in 0..times {
        black_box(shards.engine(black_box(customer))?);
    }
    println!("{:.1}", begin.elapsed().as_secs_f64() * 1e9 / times as f64);
    Ok(())
}

fn new<E: StaticEngine>(id: i64) -> NewOrder<E> {
    NewOrder::new(TenantId::new(TENANT), id, "a")
}

fn key<E: StaticEngine>(id: i64) -> OrderId<E> {
    OrderId {
        tenant_id: TenantId::new(TENANT),
        id,
    }
}

/// Rows are there before, and those that the call inserts are not.
fn prepare<E: Shop>(db: &mut Connection<E>) -> bindery::Result<()> {
    let tenant = NewTenant::new(TENANT, "seven");
    db.tenants().insert_or_ignore(tenant)?;
    db.orders().query().all_rows().delete()?;
    db.orders().insert_many((0..ROWS).map(new)).map(drop)
}

fn run<E: Shop>(mut db: Connection<E>, call: &str, times: i64) -> bindery::Result<()> {
    prepare(&mut db)?;
    for at in 0..times {
        let (old, more) = (at % ROWS, ROWS + at);
        match call {
            "find" => drop(db.orders().find(key(old))?),
            "filter" => {
                let of_tenant = order::tenant_id.eq(TenantId::new(TENANT));
                drop(db.orders().filter(of_tenant).limit(10).all()?);
            }
            "insert" => drop(db.orders().insert(new(more))?),
            "insert_many" => {
                let rows = (0..100).map(|row| new(100 * more + row));
                db.orders().insert_many(rows)?;
            }
            "update" => {
                db.orders().update(key(old), OrderPatch::new().total(at))?;
            }
            "upsert" => drop(db.orders().upsert(new(old))?),
            "delete" => drop(db.orders().delete(key(old))?),
            "transaction" => db.transaction(|tx| {
                tx.orders().update(key(old), OrderPatch::new().total(at))?;
                tx.orders().insert(new(more)).map(drop)
            })?,
            other => panic!("`{other}` is no call"),
        }
    }
    Ok(())
}
