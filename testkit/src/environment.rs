//! The resources that the environment gives a test run, as `cargo xtask test` and `.ci/run` do: servers, real schemas.
//! Whether a test that lacks something is skipped or fails is decided here only.

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::servers::{Address, FreshDatabase, Product, fresh_on_nodes};

/// The variable that names the PostgreSQL server tests may create databases on.
pub const POSTGRES_URL: &str = "BINDERY_TEST_POSTGRES_URL";

/// The variable that says that the server of [`POSTGRES_URL`] is a Citus cluster: `citus`. The URL has its nodes then, the coordinator first.
pub const POSTGRES_FLAVOUR: &str = "BINDERY_TEST_POSTGRES_FLAVOUR";

/// The variable that names the MariaDB or MySQL server tests may create databases on.
pub const MYSQL_URL: &str = "BINDERY_TEST_MYSQL_URL";

/// The variable that says which of the two that server is, `mariadb` or `mysql`, or that it is a cluster of the first: `galera`. The URL has
/// its nodes then.
pub const MYSQL_FLAVOUR: &str = "BINDERY_TEST_MYSQL_FLAVOUR";

/// The variable that names the folder that Citus was installed to, for tests of a cluster: that of `make install DESTDIR=…`.
pub const CITUS: &str = "BINDERY_CITUS";

/// The variable whose presence means that the output of tests is not read: a test that lacks its server fails there.
pub const CI: &str = "CI";

/// The variable whose presence has tests that run a share of a promise's size run all of it.
#[doc(hidden)]
pub const FULL: &str = "BINDERY_TEST_FULL";

/// The variable that names a folder of real schemas.
const CORPUS: &str = "BINDERY_CORPUS";

/// The URL of the PostgreSQL server to test with. Without one the calling test is skipped, see [`skip`].
///
/// # Panics
/// Under [`CI`] without one.
pub fn postgres_url() -> Option<String> {
    url(POSTGRES_URL, "PostgreSQL")
}

/// The URL of the MariaDB or MySQL server to test with. Without one the calling test is skipped, see [`skip`].
///
/// # Panics
/// Under [`CI`] without one.
pub fn mysql_url() -> Option<String> {
    url(MYSQL_URL, "MariaDB or MySQL")
}

/// Reports on stderr that a test is skipped, once for each reason. Every test that lacks what it needs calls this.
///
/// # Panics
/// Where the variable [`CI`] is set and not empty: a run that stands for the whole must not pass without its servers.
pub fn skip(why: &str) {
    assert!(
        variable(CI).is_none(),
        "{why}; under `{CI}` this is a failure"
    );
    say_once(&format!("skipped: {why}"));
}

/// Returns whether tests have the whole size of what is promised, as `BINDERY_TEST_FULL` says. Else they run a share of it.
#[doc(hidden)]
pub fn is_full_run() -> bool {
    env::var_os(FULL).is_some()
}

/// The folder of real schemas, with a folder for each dialect: the one that `BINDERY_CORPUS` names, else `shared/corpus`
/// beside a folder that holds the tested package. Without either this reports so once, also under [`CI`]: the schemas
/// are not part of the repository, and a clone must be able to pass without them.
///
/// # Panics
/// When the folder that the variable names lacks a dialect's schemas: a run that was promised them must not pass without.
#[doc(hidden)]
pub fn corpus() -> Option<PathBuf> {
    if let Some(folder) = variable(CORPUS).map(PathBuf::from) {
        assert!(
            is_corpus(&folder),
            "`{CORPUS}` names no folder with schemas of each dialect"
        );
        return Some(folder);
    }
    let found = beside_package();
    if found.is_none() {
        say_once(&format!(
            "skipped: no real schemas to test with (name their folder in {CORPUS})"
        ));
    }
    found
}

/// Cargo sets the variable for tests and build scripts.
fn beside_package() -> Option<PathBuf> {
    let package = PathBuf::from(variable("CARGO_MANIFEST_DIR")?);
    let mut above = package
        .ancestors()
        .map(|folder| folder.join("shared/corpus"));
    above.find(|folder| is_corpus(folder))
}

fn is_corpus(folder: &Path) -> bool {
    let is_script = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.is_ok_and(|entry| entry.path().extension().is_some_and(|end| end == "sql"))
    };
    let has_scripts = |dialect: &str| {
        std::fs::read_dir(folder.join(dialect)).is_ok_and(|mut entries| entries.any(is_script))
    };
    ["sqlite", "postgres", "mysql"].into_iter().all(has_scripts)
}

/// The folder that Citus was installed to. Without one this reports that the calling test is not run, by its name, also under [`CI`]:
/// no distribution has Citus as a package, and a clone must be able to pass without it.
pub(crate) fn citus() -> Option<PathBuf> {
    let folder = variable(CITUS).map(PathBuf::from);
    if folder.is_none() {
        let thread = std::thread::current();
        let test = thread.name().unwrap_or("a test");
        say_once(&format!(
            "skipped: {test} was not run: no Citus to test with (name the folder it is installed to in {CITUS})"
        ));
    }
    folder
}

/// Returns which product [`mysql_url`] leads to, where [`MYSQL_FLAVOUR`] says so; MariaDB otherwise.
pub fn mysql_flavour() -> Product {
    match env::var(MYSQL_FLAVOUR).as_deref() {
        Ok("mysql") => Product::MySql,
        _ => Product::MariaDb,
    }
}

/// Returns whether [`mysql_url`] leads to the nodes of a Galera cluster.
pub fn mysql_is_galera() -> bool {
    env::var(MYSQL_FLAVOUR).as_deref() == Ok("galera")
}

/// Returns whether [`postgres_url`] leads to the nodes of a Citus cluster.
pub fn postgres_is_citus() -> bool {
    env::var(POSTGRES_FLAVOUR).as_deref() == Ok("citus")
}

/// A new, empty database on the server of [`postgres_url`], or on all nodes of the cluster that it is, dropped with the returned value. `None`
/// without a server.
///
/// # Panics
/// When the server that the variable names cannot be used: a test run that was promised one must not pass without it.
pub fn fresh_postgres() -> Option<FreshDatabase> {
    postgres_url().map(|url| match postgres_is_citus() {
        true => {
            made(Address::parse(Product::Postgres, &url).and_then(|nodes| fresh_on_nodes(&nodes)))
        }
        false => fresh(Product::Postgres, &url),
    })
}

/// The same, whose texts are sorted by an ICU locale, such as `en-US`, where a column does not say otherwise: as
/// most servers in production have it. PostgreSQL has that from 15 on.
///
/// # Panics
/// As for [`fresh_postgres`], and where the server knows no such locale.
pub fn fresh_postgres_of_locale(locale: &str) -> Option<FreshDatabase> {
    let created = |url: String| {
        let server = Address::parse(Product::Postgres, &url)?;
        FreshDatabase::create_of_locale(&server, locale)
    };
    postgres_url().map(created).map(made)
}

/// A new, empty database on the server of [`mysql_url`], dropped with the returned value. `None` without a server.
///
/// # Panics
/// When the server that the variable names cannot be used: a test run that was promised one must not pass without it.
pub fn fresh_mysql() -> Option<FreshDatabase> {
    mysql_url().map(|url| fresh(mysql_flavour(), &url))
}

fn fresh(product: Product, url: &str) -> FreshDatabase {
    made(Address::parse(product, url).and_then(|server| FreshDatabase::create_shared(&server)))
}

fn made(database: crate::Result<FreshDatabase>) -> FreshDatabase {
    database.unwrap_or_else(|error| panic!("no database for the test: {error}"))
}

fn url(name: &str, product: &str) -> Option<String> {
    let url = variable(name).and_then(|url| url.into_string().ok());
    if url.is_none() {
        skip(&format!(
            "no {product} to test with (run `cargo xtask test`, or set {name})"
        ));
    }
    url
}

/// A variable that is set and not empty.
fn variable(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

/// Written to stderr itself: what `eprintln!` prints in a passing test is not shown.
fn say_once(line: &str) {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    if said.insert(line.to_owned()) {
        let _ = writeln!(std::io::stderr(), "{line}");
    }
}
