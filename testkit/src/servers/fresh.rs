//! New, empty databases on a running server.

use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

use super::{Address, Product, client, console, secret};
use crate::{Error, Result};

/// An empty database with a name of its own. Dropped with this value.
#[derive(Debug)]
pub struct FreshDatabase {
    server: Address,
    name: String,
    /// Servers that have a database of this name for it.
    others: Box<[Address]>,
    run: Run,
}

/// Runs statements that have no answer.
type Run = fn(&Address, &str) -> Result<()>;

impl FreshDatabase {
    pub(crate) fn create(server: &Address) -> Result<Self> {
        Self::create_by(run_once, server)
    }

    /// One on the server that all tests share, which has room for a client that stays.
    pub(crate) fn create_shared(server: &Address) -> Result<Self> {
        Self::create_by(console::execute, server)
    }

    fn create_by(run: Run, server: &Address) -> Result<Self> {
        let name = unique_name()?;
        run(server, &create_statement(server.product, &name))?;
        let mut made = Self::of(server, name);
        made.run = run;
        Ok(made)
    }

    fn of(server: &Address, name: String) -> Self {
        Self::with_others(server, name, &[])
    }

    /// One that other servers have databases for, which go with it.
    pub(crate) fn with_others(server: &Address, name: String, others: &[Address]) -> Self {
        Self {
            server: server.clone(),
            name,
            others: others.into(),
            run: run_once,
        }
    }

    /// A database of this locale, which only PostgreSQL has.
    pub(crate) fn create_of_locale(server: &Address, locale: &str) -> Result<Self> {
        let name = unique_name()?;
        let quoted = locale.replace('\'', "''");
        let create = format!(
            "CREATE DATABASE \"{name}\" TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE '{quoted}' LC_COLLATE 'C' LC_CTYPE 'C';"
        );
        client::run(server, &create)?;
        Ok(Self::of(server, name))
    }

    /// The database's URL, with user and password.
    pub fn url(&self) -> String {
        self.server.with_database(&self.name).url()
    }

    /// The database's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs SQL in it by the server's own client program, as a script would be loaded by hand.
    ///
    /// # Errors
    /// The client is missing, or the script fails; the text has what the client said.
    pub fn run_script(&self, sql: &str) -> Result<()> {
        self.answer(sql).map(drop)
    }

    /// Runs SQL in it as [`FreshDatabase::run_script`] does and returns what the client program printed: a line for each
    /// row, without names of columns.
    ///
    /// # Errors
    /// As for [`FreshDatabase::run_script`].
    pub fn answer(&self, sql: &str) -> Result<String> {
        client::run(&self.server.with_database(&self.name), sql)
    }
}

impl Drop for FreshDatabase {
    /// A database that cannot be dropped goes with its server; a test should not fail for it.
    fn drop(&mut self) {
        for server in [&self.server].into_iter().chain(&self.others) {
            let _ = (self.run)(server, &drop_statement(server.product, &self.name));
        }
    }
}

fn run_once(server: &Address, sql: &str) -> Result<()> {
    client::run(server, sql).map(drop)
}

/// Creates the database `name` and returns its address.
pub(crate) fn create_database(server: &Address, name: &str) -> Result<Address> {
    check_name(name)?;
    client::run(server, &create_statement(server.product, name))?;
    Ok(server.with_database(name))
}

/// Makes a copy of a database of PostgreSQL, in which no session is.
pub(crate) fn copy_database(server: &Address, name: &str, template: &str) -> Result<()> {
    check_name(name)?;
    let create = format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\";");
    client::run(server, &create).map(drop)
}

/// Names of this form mean the same quoted and unquoted on every product.
fn check_name(name: &str) -> Result<()> {
    let begins_well = name.starts_with(|first: char| first.is_ascii_lowercase());
    let is_plain = name
        .bytes()
        .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    if begins_well && is_plain && name.len() <= 63 {
        Ok(())
    } else {
        Err(Error::DatabaseName {
            name: name.to_owned(),
        })
    }
}

fn create_statement(product: Product, name: &str) -> String {
    match product {
        Product::Postgres => format!("CREATE DATABASE \"{name}\";"),
        Product::MariaDb | Product::MySql => format!("CREATE DATABASE `{name}`;"),
    }
}

fn drop_statement(product: Product, name: &str) -> String {
    match product {
        // Connections that a test has left in a pool must not keep it.
        Product::Postgres => format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE);"),
        // A transaction that is still open would make it wait.
        Product::MariaDb | Product::MySql => {
            format!("SET SESSION lock_wait_timeout = 5; DROP DATABASE IF EXISTS `{name}`;")
        }
    }
}

pub(crate) fn unique_name() -> Result<String> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    Ok(format!(
        "t{}_{count}_{}",
        process::id(),
        secret::random_hex(4)?
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_names_are_taken() {
        let long = "a".repeat(63);
        for name in [
            "a",
            "shop_2",
            &long,
            &unique_name().expect("random bytes can be read"),
        ] {
            check_name(name).expect(name);
        }
        for name in [
            "",
            "2a",
            "_a",
            "Shop",
            "a-b",
            "a\"; DROP",
            "ä",
            &"a".repeat(64),
        ] {
            check_name(name).expect_err(name);
        }
    }
}
