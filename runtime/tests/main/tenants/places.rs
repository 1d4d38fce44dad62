//! Where the tenants of a test have their databases: files, databases of a server, or schemas of one database.

use bindery::generic::GeneratedDatabases;
use bindery::tenants::{Tenants, TenantsBuilder};
use bindery::{Engine, EngineOptions};
use bindery_testkit::FreshDatabase;
use tempfile::TempDir;

use crate::sample::{Databases, with};

/// The databases of some tenants, empty, and gone with the value.
pub(super) struct Places {
    urls: Vec<String>,
    _files: Option<TempDir>,
    databases: Vec<FreshDatabase>,
}

impl Places {
    /// This number of files, none of which is there yet.
    pub(super) fn files(count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = |at| format!("sqlite://{}/t{at}.db", folder.path().display());
        Self {
            urls: (0..count).map(url).collect(),
            _files: Some(folder),
            databases: Vec::new(),
        }
    }

    /// This number of databases, or none without a server.
    pub(super) fn databases(count: usize, fresh: fn() -> Option<FreshDatabase>) -> Option<Self> {
        let databases: Vec<FreshDatabase> = (0..count).map(|_| fresh()).collect::<Option<_>>()?;
        Some(Self {
            urls: databases.iter().map(FreshDatabase::url).collect(),
            _files: None,
            databases,
        })
    }

    /// This number of schemas of one PostgreSQL database.
    pub(super) fn schemas(count: usize) -> Option<Self> {
        let database = bindery_testkit::fresh_postgres()?;
        let create = (0..count).map(|at| format!("CREATE SCHEMA t{at};\n"));
        let create = create.collect::<String>();
        database
            .run_script(&format!("BEGIN;\n{create}COMMIT;"))
            .unwrap();
        let url = |at| format!("{}?schema=t{at}", database.url());
        Some(Self {
            urls: (0..count).map(url).collect(),
            _files: None,
            databases: vec![database],
        })
    }

    /// This number of databases of the MariaDB or MySQL server, all made by one script.
    pub(super) fn many_databases(count: usize) -> Option<Self> {
        let database = bindery_testkit::fresh_mysql()?;
        Some(Self::beside(database, count, |name, at| {
            format!("CREATE DATABASE `{name}_{at}`;\n")
        }))
    }

    /// This number of databases of the PostgreSQL server, each a copy of one that this script makes.
    pub(super) fn many_copies(count: usize, script: &str) -> Option<Self> {
        let database = bindery_testkit::fresh_postgres()?;
        database.run_script(script).unwrap();
        Some(Self::beside(database, count, |name, at| {
            format!("CREATE DATABASE \"{name}_{at}\" TEMPLATE \"{name}\";\n")
        }))
    }

    /// Databases whose names begin with that of this one.
    fn beside(database: FreshDatabase, count: usize, create: fn(&str, usize) -> String) -> Self {
        let name = database.name();
        let script = (0..count).map(|at| create(name, at));
        database.run_script(&script.collect::<String>()).unwrap();
        let url = |at| database.url().replace(name, &format!("{name}_{at}"));
        Self {
            urls: (0..count).map(url).collect(),
            _files: None,
            databases: vec![database],
        }
    }

    pub(super) fn url(&self, tenant: usize) -> String {
        self.urls[tenant].clone()
    }

    pub(super) fn len(&self) -> usize {
        self.urls.len()
    }

    /// The database that all are schemas of, or beside.
    pub(super) fn database(&self) -> &FreshDatabase {
        &self.databases[0]
    }
}

impl Drop for Places {
    fn drop(&mut self) {
        let [database] = &self.databases[..] else {
            return;
        };
        let name = database.name();
        let is_beside = self
            .urls
            .iter()
            .all(|url| url.contains(&format!("{name}_")));
        if is_beside {
            let is_postgres = self.urls[0].starts_with("postgres");
            let drops = (0..self.urls.len()).map(|at| match is_postgres {
                true => format!("DROP DATABASE \"{name}_{at}\" WITH (FORCE);\n"),
                false => format!("DROP DATABASE `{name}_{at}`;\n"),
            });
            // They go with the server.
            let _ = database.run_script(&drops.collect::<String>());
        }
    }
}

/// A registry whose tenants have this engine of their own; its own database is nowhere.
pub(super) fn builder(engine: impl Engine) -> TenantsBuilder<Databases> {
    let nowhere = EngineOptions::url(match engine.dialect() {
        bindery::Dialect::Sqlite => "sqlite:///nowhere/at/all.db",
        bindery::Dialect::Postgres => "postgres://nobody@127.0.0.1:1/nothing",
        bindery::Dialect::Mysql => "mysql://nobody@127.0.0.1:1/nothing",
    });
    let base = Databases::from_registry(with(engine.name(), nowhere));
    Tenants::builder(&base)
        .per_tenant(engine)
        .create_files(true)
}
