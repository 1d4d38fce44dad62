//! Where tenants are: equal and different options, and tenants that are not there.

use bindery::tenants::TenantOptions;
use bindery::{EngineOptions, ErrorKind};

use super::places::{Places, builder};
use super::{get, insert, on_tenants_of_each_database, prepared, rows};
use crate::sample::Everything;
use crate::sample::engine::{Default, Mysql, Postgres};

on_tenants_of_each_database! {
    reg_04_other_options_are_a_conflict 2;
}

/// A tenant that is open is not given other options; when it is closed it is.
///
/// Covers REG-04.
fn reg_04_other_options_are_a_conflict<E: Everything>(engine: E, places: &Places) {
    let tenants = builder(engine).build().unwrap();
    let tenant = prepared(&tenants, engine, places, 0);
    insert(&tenant, engine, "of the first");
    let other_place = || TenantOptions::from(places.url(1));
    let other_pool = || EngineOptions::url(places.url(0)).max_connections(3);
    for options in [other_place(), other_pool().into()] {
        let error = tenants.get("t0", || options).unwrap_err();
        let tenant = "t0".to_owned();
        assert_eq!(*error.kind(), ErrorKind::TenantConflict { tenant });
    }
    assert!(tenants.close_tenant("t0"));
    let changed = tenants.get("t0", other_pool).unwrap();
    assert_eq!(
        changed
            .engine(engine.name())
            .unwrap()
            .limits
            .max_connections,
        3
    );
    assert_eq!((rows(&tenant, engine), rows(&changed, engine)), (1, 1));
    assert!(!tenants.close_tenant("t1"));
}

/// URLs that differ in how they are written only lead to one pool, under one name and under two.
///
/// Covers REG-04 on PostgreSQL, MariaDB.
#[test]
fn reg_04_equal_urls_share_a_pool() {
    let postgres = bindery_testkit::fresh_postgres();
    let mysql = bindery_testkit::fresh_mysql();
    if let Some(database) = &postgres {
        shared_by_equal_urls(Postgres, &database.url());
    }
    if let Some(database) = &mysql {
        shared_by_equal_urls(Mysql, &database.url());
    }
}

fn shared_by_equal_urls<E: Everything>(engine: E, url: &str) {
    let url = url.replace("127.0.0.1", "localhost");
    let tenants = builder(engine).build().unwrap();
    let first = tenants.get("t", || url.as_str()).unwrap();
    let again = [
        url.replace("localhost", "LocalHost"),
        format!("{url}?"),
        url.replace("localhost", "LOCALHOST") + "?",
    ];
    for url in again {
        tenants.get("t", || url.as_str()).unwrap();
        let other = tenants.get("other name", || url.as_str()).unwrap();
        let held = other.connect(engine).unwrap();
        assert_eq!(first.engine(engine.name()).unwrap().pool.in_use, 1);
        drop(held);
    }
}

/// A tenant that is not there is an error, and nothing is made or kept for it.
///
/// Covers REG-04.
#[test]
fn reg_04_an_unknown_tenant_is_an_error_and_makes_nothing() {
    let places = Places::files(1);
    let tenants = builder(Default).create_files(false).build().unwrap();
    for (url, kind) in [
        (places.url(0), ErrorKind::UnknownDatabase),
        (
            places.url(0).replace("t0", "no/folder/t0"),
            ErrorKind::UnknownDatabase,
        ),
    ] {
        let error = tenants.get("t0", || url.clone()).unwrap_err();
        assert_eq!(*error.kind(), kind, "{error}");
        assert!(!std::path::Path::new(url.strip_prefix("sqlite://").unwrap()).exists());
    }
    assert_eq!(tenants.stats().opened, 0);
    if let Some(database) = bindery_testkit::fresh_postgres() {
        unknown_on(Postgres, &database.url(), database.name());
        unknown_on(
            Postgres,
            &format!("{}?schema=not_there", database.url()),
            "not_there",
        );
    }
    if let Some(database) = bindery_testkit::fresh_mysql() {
        unknown_on(Mysql, &database.url(), database.name());
    }
}

fn unknown_on<E: Everything>(engine: E, url: &str, name: &str) {
    let tenants = builder(engine).build().unwrap();
    let url = url.replace(name, &format!("{name}_gone"));
    let error = tenants.get("t0", || url).unwrap_err();
    assert!(error.is_unknown_database(), "{error:?}");
    assert!(error.is_unknown_tenant(), "{error:?}");
    assert!(tenants.open_tenants().is_empty());
}

/// A URL that cannot be read, or is of another database than the engine was compiled for.
///
/// Covers REG-01, REG-04.
#[test]
fn reg_04_a_url_that_does_not_fit_is_an_error() {
    let tenants = builder(Default).build().unwrap();
    let told = |url: &str| tenants.get("t0", || url).unwrap_err().to_string();
    assert_eq!(
        told("postgres://h/d"),
        "engine `default`: reading the configuration: compiled for sqlite, found postgres"
    );
    let malformed = told("sqlite:t0.db:secret");
    assert!(
        malformed.contains("the SQLite URL is not of a known form"),
        "{malformed}"
    );
    assert!(!malformed.contains("secret"));
    assert!(told("").contains("the URL has no scheme that bindery knows"));
    let options = || TenantOptions::new().engine("b", "sqlite://x.db");
    assert_eq!(
        tenants.get("t0", options).unwrap_err().to_string(),
        "reading the configuration: engine `b` is shared by all tenants: it cannot be given for one; tenants have \
         `default` of their own"
    );
    assert!(get(&tenants, &Places::files(1), 0).engines().len() == 6);
}
