//! Servers that a test run is handed by its environment, as `cargo xtask test` does.

use std::env;
use std::io::Write;
use std::sync::Once;

use crate::servers::{Address, FreshDatabase, Product};

/// The variable that names the PostgreSQL server tests may create databases on.
pub const POSTGRES_URL: &str = "BINDERY_TEST_POSTGRES_URL";

/// The variable that names the MariaDB or MySQL server tests may create databases on.
pub const MYSQL_URL: &str = "BINDERY_TEST_MYSQL_URL";

/// The variable that says which of the two that server is: `mariadb` or `mysql`.
pub const MYSQL_FLAVOUR: &str = "BINDERY_TEST_MYSQL_FLAVOUR";

/// The URL of the PostgreSQL server to test with. Without one, says so once on stderr: the calling test is skipped.
pub fn postgres_url() -> Option<String> {
    static SAID: Once = Once::new();
    url(POSTGRES_URL, "PostgreSQL", &SAID)
}

/// The URL of the MariaDB or MySQL server to test with. Without one, says so once on stderr: the calling test is skipped.
pub fn mysql_url() -> Option<String> {
    static SAID: Once = Once::new();
    url(MYSQL_URL, "MariaDB or MySQL", &SAID)
}

/// Which product [`mysql_url`] leads to, where [`MYSQL_FLAVOUR`] says so; MariaDB otherwise.
pub fn mysql_flavour() -> Product {
    match env::var(MYSQL_FLAVOUR).as_deref() {
        Ok("mysql") => Product::MySql,
        _ => Product::MariaDb,
    }
}

/// A new, empty database on the server of [`postgres_url`], dropped with the returned value. `None` without a server.
///
/// # Panics
/// When the server that the variable names cannot be used: a test run that was promised one must not pass without it.
pub fn fresh_postgres() -> Option<FreshDatabase> {
    postgres_url().map(|url| fresh(Product::Postgres, &url))
}

/// A new, empty database on the server of [`mysql_url`], dropped with the returned value. `None` without a server.
///
/// # Panics
/// When the server that the variable names cannot be used: a test run that was promised one must not pass without it.
pub fn fresh_mysql() -> Option<FreshDatabase> {
    mysql_url().map(|url| fresh(mysql_flavour(), &url))
}

fn fresh(product: Product, url: &str) -> FreshDatabase {
    Address::parse(product, url)
        .and_then(|server| FreshDatabase::create(&server))
        .unwrap_or_else(|error| panic!("no database for the test: {error}"))
}

fn url(variable: &str, product: &str, said: &Once) -> Option<String> {
    let url = env::var(variable).ok().filter(|url| !url.is_empty());
    if url.is_none() {
        said.call_once(|| say_skipped(variable, product));
    }
    url
}

/// Written to stderr itself: what `eprintln!` prints in a passing test is not shown.
fn say_skipped(variable: &str, product: &str) {
    let _ = writeln!(
        std::io::stderr(),
        "skipped: no {product} to test with (run `cargo xtask test`, or set {variable})"
    );
}
