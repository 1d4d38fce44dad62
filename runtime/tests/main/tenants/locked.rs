//! One tenant for the length of a request.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use bindery::tenants::Tenants;
use bindery::{Error, ErrorKind};

use super::places::{Places, builder};
use super::{get, insert, on_tenants_of_each_database, prepared, rows};
use crate::sample::engine::Postgres;
use crate::sample::{Databases, Everything, Tables};

on_tenants_of_each_database! {
    reg_05_a_locked_tenant_is_the_only_one 2;
    reg_05_fifty_requests_see_their_own_tenant 3;
}

fn locked_kind(locked: &str, requested: &str) -> ErrorKind {
    ErrorKind::TenantLocked {
        locked: locked.to_owned(),
        requested: requested.to_owned(),
    }
}

/// Inside a request for one tenant another one is an error, and nothing of it is left for the next request on the thread,
/// also after a panic.
///
/// Covers REG-05.
fn reg_05_a_locked_tenant_is_the_only_one<E: Everything>(engine: E, places: &Places) {
    let tenants = builder(engine).build().unwrap();
    let others = builder(engine).build().unwrap();
    let request = |number: usize| {
        let id = format!("t{number}");
        tenants.locked(
            &id,
            || places.url(number),
            |tenant| {
                tenant.create_missing_on(engine)?;
                insert(tenant, engine, &id);
                let other = format!("t{}", 1 - number);
                let error = tenants.get(&other, || places.url(1 - number)).unwrap_err();
                assert_eq!(*error.kind(), locked_kind(&id, &other));
                assert!(
                    tenants
                        .each([(other, places.url(1 - number))])
                        .check()
                        .failed()
                        .count()
                        == 1
                );
                // The same one, and those of another registry, are not refused.
                assert_eq!(
                    rows(&get(&tenants, places, number), engine),
                    rows(tenant, engine)
                );
                drop(get(&others, places, 1 - number));
                Ok::<_, Error>(rows(tenant, engine))
            },
        )
    };
    assert_eq!(request(0).unwrap(), 1);
    assert_eq!(request(1).unwrap(), 1);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        tenants.locked(
            "t0",
            || places.url(0),
            |_| -> Result<(), Error> { panic!("a handler") },
        )
    }));
    assert!(panicked.is_err());
    assert_eq!(request(1).unwrap(), 2);
    assert_eq!(request(0).unwrap(), 2);
}

/// Fifty requests at a time, each with one of three tenants: each sees the rows of its own only, whatever the one before
/// has left in the session.
///
/// Covers REG-05.
fn reg_05_fifty_requests_see_their_own_tenant<E: Everything>(engine: E, places: &Places) {
    let tenants = builder(engine)
        .max_connections_per_tenant(2)
        .acquire_timeout(super::PATIENCE)
        .build()
        .unwrap();
    for number in 0..places.len() {
        insert(
            &prepared(&tenants, engine, places, number),
            engine,
            &format!("t{number}"),
        );
    }
    thread::scope(|scope| {
        for at in 0..50 {
            let tenants = tenants.clone();
            scope.spawn(move || {
                for number in [at % 3, (at + 1) % 3] {
                    sees_its_own(&tenants, engine, places, number);
                }
            });
        }
    });
}

fn sees_its_own<E: Everything>(
    tenants: &Tenants<Databases>,
    engine: E,
    places: &Places,
    number: usize,
) {
    let id = format!("t{number}");
    let titles = tenants.locked(
        &id,
        || places.url(number),
        |tenant| {
            let titles = tenant.connect(engine)?.blogs().all()?;
            Ok::<_, Error>(
                titles
                    .into_iter()
                    .map(|blog| blog.title)
                    .collect::<Vec<_>>(),
            )
        },
    );
    assert_eq!(titles.unwrap(), [id]);
}

/// A setting that raw SQL makes for a session is gone for the next request: the schema is the tenant's again. A statement that was
/// prepared under one `search_path` is planned anew under another.
///
/// Covers REG-05 on PostgreSQL.
#[test]
fn reg_05_the_schema_is_the_tenants_again() {
    let Some(places) = Places::schemas(2) else {
        return;
    };
    let tenants = builder(Postgres)
        .max_connections_per_tenant(1)
        .build()
        .unwrap();
    let tenant = prepared(&tenants, Postgres, &places, 0);
    for _ in 0..2 {
        insert(&prepared(&tenants, Postgres, &places, 1), Postgres, "of t1");
    }
    let mut c = tenant.connect(Postgres).unwrap();
    assert_eq!(c.blogs().count().unwrap(), 0);
    c.execute("SET search_path = t1", ()).unwrap();
    c.execute("SET statement_timeout = 77", ()).unwrap();
    c.execute("CREATE TEMPORARY TABLE blogs_of_request (id int)", ())
        .unwrap();
    assert_eq!(c.blogs().count().unwrap(), 2);
    drop(c);
    let mut c = tenant.connect(Postgres).unwrap();
    assert_eq!(c.blogs().count().unwrap(), 0);
    let left = "SELECT current_setting('search_path') || current_setting('statement_timeout') || \
                coalesce(to_regclass('pg_temp.blogs_of_request')::text, '')";
    assert_eq!(c.query_scalar::<String>(left, ()).unwrap(), "t030s");
    let pool = tenant.engine("x_postgres").unwrap().pool;
    assert_eq!(pool.created, 1, "it is the same connection");
}
