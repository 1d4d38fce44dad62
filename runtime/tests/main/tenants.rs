//! Databases that are opened on the fly, one for each tenant, on files, databases and schemas.

mod cache;
#[cfg(feature = "tokio")]
mod closing;
mod each;
mod limits;
mod locked;
mod options;
mod places;
mod single_flight;
#[cfg(feature = "tokio")]
mod tasks;
mod thousand;

use std::time::Duration;

use bindery::tenants::{Tenant, Tenants};

use self::places::Places;
use crate::sample::{Databases, Everything, NewBlog, Tables};

const PATIENCE: Duration = Duration::from_secs(120);

/// The tenant of this number.
fn get(tenants: &Tenants<Databases>, places: &Places, number: usize) -> Tenant<Databases> {
    let tenant = tenants.get(format!("t{number}"), || places.url(number));
    tenant.unwrap()
}

/// The same with its tables.
fn prepared<E: Everything>(
    tenants: &Tenants<Databases>,
    engine: E,
    places: &Places,
    number: usize,
) -> Tenant<Databases> {
    let tenant = get(tenants, places, number);
    tenant.create_missing_on(engine).unwrap();
    tenant
}

/// How many rows a tenant has.
fn rows<E: Everything>(tenant: &Tenant<Databases>, engine: E) -> u64 {
    tenant.connect(engine).unwrap().blogs().count().unwrap()
}

fn insert<E: Everything>(tenant: &Tenant<Databases>, engine: E, title: &str) {
    let mut connection = tenant.connect(engine).unwrap();
    connection.blogs().insert(NewBlog::new(title)).unwrap();
}

/// Runs checks that are generic over the tenants' engine on files, databases and schemas: `$name`, and how many tenants.
macro_rules! on_tenants_of_each_database {
    ($($check:ident $count:literal;)*) => {
        $(mod $check {
            use super::super::places::Places;
            use crate::sample::engine::{Default, Mysql, Postgres};

            #[test]
            fn sqlite_files() {
                super::$check(Default, &Places::files($count));
            }

            #[test]
            fn postgres_databases() {
                if let Some(places) = Places::databases($count, bindery_testkit::fresh_postgres) {
                    super::$check(Postgres, &places);
                }
            }

            #[test]
            fn postgres_schemas() {
                if let Some(places) = Places::schemas($count) {
                    super::$check(Postgres, &places);
                }
            }

            #[test]
            fn mysql_databases() {
                if let Some(places) = Places::databases($count, bindery_testkit::fresh_mysql) {
                    super::$check(Mysql, &places);
                }
            }
        })*
    };
}

use on_tenants_of_each_database;
