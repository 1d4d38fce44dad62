//! A project with migrations of one engine, on each of the three databases.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use bindery_testkit::{FreshDatabase, fresh_mysql, fresh_postgres};
use mysql::prelude::Queryable;

use super::support::{Outcome, Project};

/// Where the engine of a test is.
pub(super) enum At {
    File(PathBuf),
    Postgres(FreshDatabase),
    Mysql(FreshDatabase),
}

/// A project with migrations of one engine.
pub(super) struct Migrated {
    pub(super) project: Project,
    pub(super) at: At,
}

impl Migrated {
    pub(super) fn on_sqlite() -> Self {
        let project = Project::new(&[("bindery.toml", "url = \"sqlite://app.db\"\n")]);
        let at = At::File(project.path("app.db"));
        Self { project, at }
    }

    fn on_server(database: FreshDatabase, at: fn(FreshDatabase) -> At) -> Self {
        let config = format!("url = \"{}\"\n", database.url());
        let project = Project::new(&[("bindery.toml", config.as_str())]);
        Self {
            project,
            at: at(database),
        }
    }

    /// One on each database that there is.
    pub(super) fn on_all() -> Vec<Self> {
        let postgres = fresh_postgres().map(|database| Self::on_server(database, At::Postgres));
        let mysql = fresh_mysql().map(|database| Self::on_server(database, At::Mysql));
        let all = [Some(Self::on_sqlite()), postgres, mysql];
        all.into_iter().flatten().collect()
    }

    pub(super) fn on_postgres() -> Option<Self> {
        fresh_postgres().map(|database| Self::on_server(database, At::Postgres))
    }

    pub(super) fn undoes_ddl(&self) -> bool {
        !matches!(self.at, At::Mysql(_))
    }

    /// Writes a migration.
    pub(super) fn write(&self, file: &str, sql: &str) -> &Self {
        let folder = self.project.path("migrations/default");
        std::fs::create_dir_all(folder).expect("the folder can be made");
        self.project
            .write(&format!("migrations/default/{file}"), sql);
        self
    }

    pub(super) fn remove(&self, file: &str) {
        let path = self.project.path(&format!("migrations/default/{file}"));
        std::fs::remove_file(path).expect("it is there");
    }

    /// The numbers of the first column, in their order.
    pub(super) fn numbers(&self, sql: &str) -> Vec<i64> {
        match &self.at {
            At::File(path) => {
                let connection = rusqlite::Connection::open(path).expect("a database file");
                let mut statement = connection.prepare(sql).expect("a query");
                let rows = statement.query_map((), |row| row.get(0)).expect("rows");
                rows.collect::<Result<_, _>>().expect("numbers")
            }
            At::Postgres(database) => {
                let client = postgres::Client::connect(&database.url(), postgres::NoTls);
                let rows = client
                    .expect("the test server")
                    .query(sql, &[])
                    .expect("rows");
                rows.iter().map(|row| row.get(0)).collect()
            }
            At::Mysql(database) => {
                let client = mysql::Conn::new(database.url().as_str());
                client.expect("the test server").query(sql).expect("rows")
            }
        }
    }

    pub(super) fn execute(&self, statements: &[&str]) {
        for sql in statements {
            match &self.at {
                At::File(path) => {
                    let connection = rusqlite::Connection::open(path).expect("a database file");
                    connection.execute_batch(sql).expect(sql);
                }
                At::Postgres(database) => {
                    let client = postgres::Client::connect(&database.url(), postgres::NoTls);
                    let mut client = client.expect("the test server");
                    client.batch_execute(sql).expect(sql);
                }
                At::Mysql(database) => {
                    let client = mysql::Conn::new(database.url().as_str());
                    let mut client = client.expect("the test server");
                    client.query_drop(sql).expect(sql);
                }
            }
        }
    }

    pub(super) fn has_table(&self, table: &str) -> bool {
        let catalogue = match self.at {
            At::File(_) => format!("SELECT count(*) FROM sqlite_schema WHERE name = '{table}'"),
            At::Postgres(_) => {
                format!(
                    "SELECT count(*) FROM information_schema.tables WHERE table_name = '{table}'"
                )
            }
            At::Mysql(_) => format!(
                "SELECT count(*) FROM information_schema.tables WHERE table_name = '{table}' AND table_schema = database()"
            ),
        };
        self.numbers(&catalogue) == [1]
    }

    pub(super) fn run(&self, words: &str) -> Outcome {
        self.project.run(&format!("migrate {words}"))
    }

    /// Says that nothing of the second migration is done, where a part may be.
    pub(super) fn begin_anew(&self) {
        if !self.undoes_ddl() {
            self.run("resolve 2 --statements 0 --engine default").good();
        }
    }

    /// The states in the order of the list.
    pub(super) fn states(&self) -> Vec<String> {
        let listed = self.run("status --format json").json();
        let listed = listed[0]["migrations"].as_array().expect("a list").clone();
        let state = |one: &serde_json::Value| one["state"].as_str().expect("a word").to_owned();
        listed.iter().map(state).collect()
    }

    pub(super) fn start(&self, words: &str) -> Child {
        Command::new(env!("CARGO_BIN_EXE_bindery"))
            .args(["migrate"].into_iter().chain(words.split_whitespace()))
            .current_dir(self.project.path(""))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the command was built before its tests")
    }
}
