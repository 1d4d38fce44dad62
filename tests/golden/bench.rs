//! The databases that cases with the engines `default`, `p`, `lite` and `proper` are run on: of MariaDB and MySQL the one
//! that the test run has, by the code that was compiled for it.

use std::time::Duration;

use bindery::{Config, EngineOptions};
use bindery_testkit::{
    FreshDatabase, Product, fresh_mysql, fresh_postgres_of_locale, mysql_flavour,
};

/// Empty databases; those without a server are left out, and the test kit says so.
pub(crate) struct Bench {
    pub(crate) mariadb: Option<FreshDatabase>,
    pub(crate) mysql: Option<FreshDatabase>,
    pub(crate) postgres: Option<FreshDatabase>,
    folder: tempfile::TempDir,
}

impl Bench {
    pub(crate) fn new() -> Self {
        Self {
            mariadb: fresh_of(Product::MariaDb),
            mysql: fresh_of(Product::MySql),
            // Tables of several dialects are the same whatever the locale is.
            postgres: fresh_postgres_of_locale("en-US"),
            folder: tempfile::tempdir().expect("a temporary directory"),
        }
    }

    pub(crate) fn config(&self) -> Config {
        self.config_with(("", ""))
    }

    /// The same with another URL for one of the engines.
    pub(crate) fn config_with(&self, (other, other_url): (&str, &str)) -> Config {
        self.config_but(other, patient(other_url))
    }

    /// The same with other options for one of the engines.
    pub(crate) fn config_but(&self, other: &str, other_options: EngineOptions) -> Config {
        ["default", "proper", "p", "lite"]
            .into_iter()
            .fold(Config::new(), |config, name| {
                let options = if name == other {
                    other_options.clone()
                } else {
                    patient(&self.url(name))
                };
                config.engine(name, options)
            })
    }

    /// The URL of an engine; that of nothing where its server is not there.
    pub(crate) fn url(&self, engine: &str) -> String {
        let (database, absent) = match engine {
            "default" => (&self.mariadb, "mysql://nobody@localhost/nothing"),
            "proper" => (&self.mysql, "mysql://nobody@localhost/nothing"),
            "p" => (&self.postgres, "postgres://nobody@localhost/nothing"),
            _ => return format!("sqlite://{}", self.folder.path().join("lite.db").display()),
        };
        let url = database.as_ref().map(FreshDatabase::url);
        url.map_or(absent.to_owned(), |url| url.to_string())
    }
}

/// 100,000 statements one by one may take a busy machine more than the usual times.
fn patient(url: &str) -> EngineOptions {
    let long = Duration::from_secs(180);
    let options = EngineOptions::url(url).statement_timeout(long);
    options.max_transaction_age(long * 2)
}

fn fresh_of(product: Product) -> Option<FreshDatabase> {
    (mysql_flavour() == product).then(fresh_mysql).flatten()
}

/// Kibibytes of memory that this process had at most since the last call.
pub(crate) fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    // 5 sets the peak back.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    number.unwrap_or_default()
}
