//! The databases of a replay, and a copy of the application's as it was before a step.

use std::fs;

use bindery_schema::dialect::Dialect;
use bindery_testkit::{FreshDatabase, fresh_postgres, mysql_flavour, postgres_url};

use super::filled::Inserted;
use crate::both::Both;
use crate::support::wait_until;

/// One database gets what bindery writes, the other what the application wrote.
pub(super) struct Databases {
    pub(super) both: Both,
    before: Before,
}

/// The application's database before the step.
enum Before {
    File,
    Copy(FreshDatabase),
    /// The scripts that make it.
    Scripts(Vec<String>),
}

/// Those that are switched on, of tables: the table and the trigger, a line each.
const TRIGGERS: &str = "SELECT tgrelid::regclass::text || E'\\n' || quote_ident(tgname) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal AND tgparentid = 0 AND tgenabled = 'O' AND relkind IN ('r', 'p')";

/// A statement for each table that empties it, on SQLite, PostgreSQL and MySQL; bindery's own tables stay as they are.
const TABLES: [&str; 3] = [
    r#"SELECT 'DELETE FROM "' || name || '"' FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_bindery*'"#,
    "SELECT 'TRUNCATE ' || string_agg(c.oid::regclass::text, ', ') || ' CASCADE' FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE relkind IN ('r', 'p') AND nspname NOT IN ('pg_catalog', 'information_schema') AND nspname !~ '^pg_' AND relname !~ '^_bindery' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') HAVING count(*) > 0",
    "SELECT CONCAT('TRUNCATE TABLE `', table_name, '`') FROM information_schema.tables WHERE table_schema = database() AND table_type <> 'VIEW' AND table_name NOT LIKE '\\_bindery%'",
];

/// A file of the project, beside `app.db` and `created.db`.
const COPY: &str = "before.db";

impl Databases {
    /// `None` without a server.
    pub(super) fn new(dialect: Dialect) -> Option<Self> {
        let (both, before) = match dialect {
            Dialect::Sqlite => (Both::on_sqlite(), Before::File),
            Dialect::Postgres => (Both::on_postgres()?, Before::Copy(fresh_postgres()?)),
            Dialect::Mysql => (Both::on_mysql()?, Before::Scripts(Vec::new())),
        };
        Some(Self { both, before })
    }

    /// The product and its version.
    pub(super) fn server(&self) -> String {
        let version = |sql: &str| {
            let version = self.both.texts(sql).concat();
            let number = version.split([' ', '-']).next().map(str::to_owned);
            number.unwrap_or_default()
        };
        match self.both.dialect() {
            Dialect::Sqlite => format!("SQLite {}", version("SELECT sqlite_version()")),
            Dialect::Postgres => format!("PostgreSQL {}", version("SHOW server_version")),
            Dialect::Mysql => format!("{} {}", mysql_flavour(), version("SELECT version()")),
        }
    }

    /// Keeps the application's database as it is now, which these scripts made.
    pub(super) fn keep(&mut self, scripts: &[String]) {
        match &mut self.before {
            Before::File => self.copy_file("created.db", COPY),
            Before::Copy(copy) => {
                self.both.end_sessions();
                copy_database(self.both.names()[1], copy.name());
            }
            Before::Scripts(kept) => kept.extend_from_slice(&scripts[kept.len()..]),
        }
    }

    /// Makes bindery's database what was kept.
    pub(super) fn begin(&self) {
        self.restore(0);
    }

    /// Makes the application's database what was kept.
    pub(super) fn take_back(&self) {
        self.restore(1);
    }

    /// Puts rows into the tables of bindery's database. Triggers of PostgreSQL rest meanwhile: they may make a table for each row.
    pub(super) fn fill(&self, pulled: &str) -> Result<Inserted, String> {
        let triggers = match self.both.dialect() {
            Dialect::Postgres => self.both.texts(TRIGGERS),
            Dialect::Sqlite | Dialect::Mysql => Vec::new(),
        };
        self.switch(&triggers, "DISABLE")?;
        let inserted = self.both.open().fill(pulled)?;
        self.switch(&triggers, "ENABLE")?;
        Ok(inserted)
    }

    /// Takes the rows away that the application's own scripts put into the tables of bindery's database.
    pub(super) fn make_empty(&self) -> Result<Inserted, String> {
        let (listed, before) = match self.both.dialect() {
            Dialect::Sqlite => (TABLES[0], ""),
            Dialect::Postgres => (TABLES[1], ""),
            Dialect::Mysql => (TABLES[2], "SET FOREIGN_KEY_CHECKS = 0;"),
        };
        let statements = self.both.texts(listed).join(";");
        self.both.try_execute(&format!("{before}{statements}"))?;
        Ok(Inserted::default())
    }

    /// Each of the triggers is its table's name, and its own on another line.
    fn switch(&self, triggers: &[String], word: &str) -> Result<(), String> {
        let mut parts = triggers.iter().filter_map(|line| line.split_once('\n'));
        parts.try_for_each(|(table, name)| {
            self.both
                .try_execute(&format!("ALTER TABLE {table} {word} TRIGGER {name}"))
        })
    }

    fn restore(&self, number: usize) {
        match &self.before {
            Before::File => self.copy_file(COPY, ["app.db", "created.db"][number]),
            Before::Copy(copy) => {
                self.both.end_sessions();
                copy_database(copy.name(), self.both.names()[number]);
            }
            Before::Scripts(scripts) => {
                self.both.empty(number);
                for script in scripts {
                    let done = self.both.try_execute_on(number, script);
                    done.expect("it was executed before");
                }
            }
        }
    }

    fn copy_file(&self, from: &str, to: &str) {
        let [from, to] = [from, to].map(|name| self.both.project.path(name));
        // Before the first step there is none, and an empty one is a database.
        let content = fs::read(from).unwrap_or_default();
        fs::write(to, content).expect("it can be written");
    }
}

/// Names of test databases need no quotes.
fn copy_database(from: &str, to: &str) {
    let url = postgres_url().expect("there was a server");
    let client = postgres::Client::connect(&url, postgres::NoTls);
    let mut client = client.expect("the test server");
    let gone = client.batch_execute(&format!("DROP DATABASE IF EXISTS {to} WITH (FORCE)"));
    gone.expect("it can be dropped");
    // A connection that was closed may be there for a moment.
    wait_until(|| {
        let made = client.batch_execute(&format!("CREATE DATABASE {to} TEMPLATE {from}"));
        made.is_ok()
    });
}
