//! `bindery migrate add` and `check` on the three databases: what is written is run on a server and reverted.

use std::path::PathBuf;

use bindery_schema::dialect::Dialect;
use bindery_testkit::{FreshDatabase, Product, fresh_mysql, fresh_postgres};
use mysql::prelude::Queryable;

use super::support::{Project, holds, names_in};

/// A project with one engine, and a database beside it that `create` makes.
pub(super) struct Both {
    pub(super) project: Project,
    /// The database that migrations make, and the one that `create` makes.
    at: [At; 2],
    /// The same of an engine `b`, where there is one.
    at_b: Option<[At; 2]>,
}

enum At {
    File(String),
    Postgres(FreshDatabase),
    Mysql(FreshDatabase),
}

impl At {
    fn url(&self) -> String {
        match self {
            Self::File(path) => format!("sqlite://{path}"),
            Self::Postgres(database) | Self::Mysql(database) => database.url(),
        }
    }
}

impl Both {
    fn new(at: [At; 2]) -> Self {
        let [migrated, created] = [at[0].url(), at[1].url()];
        let project = Project::new(&[
            ("bindery.toml", &format!("url = \"{migrated}\"\n")),
            ("created.toml", &format!("url = \"{created}\"\n")),
        ]);
        Self {
            project,
            at,
            at_b: None,
        }
    }

    /// The same with an engine `b` on SQLite.
    pub(super) fn with_another(self) -> Self {
        let at_b = ["b.db", "created_b.db"].map(|file| At::File(file.to_owned()));
        let configs = ["bindery.toml", "created.toml"].iter();
        for ((at, other), config) in self.at.iter().zip(&at_b).zip(configs) {
            let text = format!(
                "url = \"{}\"\n\n[engines]\nb = \"{}\"\n",
                at.url(),
                other.url()
            );
            self.project.write(config, text);
        }
        Self {
            at_b: Some(at_b),
            ..self
        }
    }

    pub(super) fn on_sqlite() -> Self {
        Self::new([
            At::File("app.db".to_owned()),
            At::File("created.db".to_owned()),
        ])
    }

    pub(super) fn on_postgres() -> Option<Self> {
        Some(Self::new([
            At::Postgres(fresh_postgres()?),
            At::Postgres(fresh_postgres()?),
        ]))
    }

    pub(super) fn on_mysql() -> Option<Self> {
        Some(Self::new([
            At::Mysql(fresh_mysql()?),
            At::Mysql(fresh_mysql()?),
        ]))
    }

    /// Its own statements: MySQL has no sequences.
    pub(super) fn on_mariadb() -> Option<Self> {
        match bindery_testkit::mysql_flavour() {
            Product::MariaDb => Self::on_mysql(),
            Product::Postgres | Product::MySql => None,
        }
    }

    pub(super) fn on_all() -> Vec<Self> {
        let all = [
            Some(Self::on_sqlite()),
            Self::on_postgres(),
            Self::on_mysql(),
        ];
        all.into_iter().flatten().collect()
    }

    fn dialect(&self) -> Dialect {
        match self.at[0] {
            At::File(_) => Dialect::Sqlite,
            At::Postgres(_) => Dialect::Postgres,
            At::Mysql(_) => Dialect::Mysql,
        }
    }

    pub(super) fn schema(&self, sql: &str) {
        self.project.write("schema.sql", sql);
    }

    pub(super) fn good(&self, words: &str) -> String {
        self.project.run(words).good()
    }

    /// Runs statements in the database that migrations make.
    pub(super) fn execute(&self, sql: &str) {
        self.at[0].execute(&self.project, sql);
    }

    /// The same, with what the database says where it refuses.
    pub(super) fn try_execute(&self, sql: &str) -> Result<(), String> {
        self.at[0].try_execute(&self.project, sql)
    }

    /// The same in the database that `create` makes.
    pub(super) fn execute_created(&self, sql: &str) -> Result<(), String> {
        self.at[1].try_execute(&self.project, sql)
    }

    /// The catalogues of both databases as they are.
    pub(super) fn catalogues(&self) -> (Vec<String>, Vec<String>) {
        (self.lines_of(0), self.lines_of(1))
    }

    /// Runs statements in one of them as `migrate run` does.
    pub(super) fn run_on(
        &self,
        number: usize,
        statements: &[String],
        told: &str,
    ) -> Result<(), String> {
        let ran = self.at[number].run(&self.project, statements);
        ran.map_err(|(statement, why)| format!("{told}: {why}\nin {statement}"))
    }

    pub(super) fn empty_created(&self) {
        self.at[1].empty(&self.project);
    }

    pub(super) fn empty_both(&self) {
        self.at.iter().for_each(|at| at.empty(&self.project));
    }

    pub(super) fn numbers(&self, sql: &str) -> Vec<i64> {
        let rows = self.at[0].rows(&self.project, sql);
        rows.iter()
            .map(|row| row.parse().expect("a number"))
            .collect()
    }

    /// The first column of a query, as text.
    pub(super) fn texts(&self, sql: &str) -> Vec<String> {
        self.at[0].rows(&self.project, sql)
    }

    /// The catalogue of the database that migrations made.
    pub(super) fn catalogue(&self) -> Vec<String> {
        self.lines_of(0)
    }

    fn lines_of(&self, number: usize) -> Vec<String> {
        let mut lines = self.at[number].catalogue(&self.project);
        if let Some(at_b) = &self.at_b {
            let of_b = at_b[number].catalogue(&self.project);
            lines.extend(of_b.into_iter().map(|line| format!("b: {line}")));
        }
        lines
    }

    /// The catalogue of one that `create` makes of the schema, in an empty database.
    pub(super) fn created(&self) -> Vec<String> {
        self.at[1].empty(&self.project);
        if let Some(at_b) = &self.at_b {
            at_b[1].empty(&self.project);
        }
        self.good("create --all --config created.toml");
        self.lines_of(1)
    }

    /// The files of the migrations, in their order.
    pub(super) fn migrations(&self) -> Vec<PathBuf> {
        self.migrations_of("default")
    }

    /// The same of an engine.
    pub(super) fn migrations_of(&self, engine: &str) -> Vec<PathBuf> {
        let folder = self.project.path(&format!("migrations/{engine}"));
        let names = if folder.is_dir() {
            names_in(&folder)
        } else {
            Vec::new()
        };
        names.iter().map(|name| folder.join(name)).collect()
    }

    /// Removes the comment signs of what loses data.
    pub(super) fn mean_it(&self) {
        let of_b = self.migrations_of("b");
        let files = self.migrations().into_iter().chain(of_b);
        for path in files.filter(|path| path.is_file()) {
            let text = std::fs::read_to_string(&path).expect("a migration");
            let (mut lines, mut commented) = (Vec::new(), false);
            for line in text.lines() {
                let is_mark = line.starts_with("-- Not executed.");
                commented = (commented && !line.is_empty()) || is_mark;
                let bare = line.strip_prefix("-- ").filter(|_| commented && !is_mark);
                lines.push(bare.unwrap_or(if is_mark { "-- It is meant:" } else { line }));
            }
            std::fs::write(path, lines.join("\n") + "\n").expect("it can be written");
        }
    }
}

impl At {
    fn execute(&self, project: &Project, sql: &str) {
        match self {
            Self::File(path) => {
                let connection = rusqlite::Connection::open(project.path(path));
                connection
                    .and_then(|one| one.execute_batch(sql))
                    .expect(sql);
            }
            Self::Postgres(database) => {
                let client = postgres::Client::connect(&database.url(), postgres::NoTls);
                client
                    .expect("the test server")
                    .batch_execute(sql)
                    .expect(sql);
            }
            Self::Mysql(database) => {
                let mut client =
                    mysql::Conn::new(database.url().as_str()).expect("the test server");
                for statement in sql.split(";\n").filter(|one| !one.trim().is_empty()) {
                    client.query_drop(statement).expect(statement);
                }
            }
        }
    }

    /// All statements of a text, as the database's own shell would run them.
    fn try_execute(&self, project: &Project, sql: &str) -> Result<(), String> {
        match self {
            Self::File(path) => {
                let connection = rusqlite::Connection::open(project.path(path)).expect("a file");
                // As `migrate run` does.
                let settings = connection.execute_batch("PRAGMA foreign_keys = OFF");
                settings.expect("a setting");
                connection.execute_batch(sql).map_err(|why| why.to_string())
            }
            Self::Postgres(database) => {
                let client = postgres::Client::connect(&database.url(), postgres::NoTls);
                let mut client = client.expect("the test server");
                let mut execute = |sql: &str| {
                    let done = client.batch_execute(sql);
                    done.map_err(|why| match why.as_db_error() {
                        Some(error) => error.message().to_owned(),
                        None => why.to_string(),
                    })
                };
                // Such a statement stands in no transaction, and several that are sent at once are one.
                if sql.contains("CONCURRENTLY") {
                    let statements = statements(sql, Dialect::Postgres);
                    return statements.iter().try_for_each(|sql| execute(sql));
                }
                execute(sql)
            }
            Self::Mysql(database) => {
                let client = mysql::Conn::new(database.url().as_str());
                let mut client = client.expect("the test server");
                // As Vaultwarden's own migrations are run.
                client
                    .query_drop("SET foreign_key_checks = 0")
                    .expect("a setting");
                let mut execute = |sql: &String| client.query_drop(sql);
                let done = statements(sql, Dialect::Mysql)
                    .iter()
                    .try_for_each(&mut execute);
                done.map_err(|why| why.to_string())
            }
        }
    }

    /// The statements one by one; the one that is refused, and why.
    fn run(&self, project: &Project, statements: &[String]) -> Result<(), (String, String)> {
        match self {
            Self::File(path) => {
                let connection = rusqlite::Connection::open(project.path(path)).expect("a file");
                let settings = connection.execute_batch("PRAGMA foreign_keys = OFF; BEGIN");
                settings.expect("a setting");
                each(statements, |sql| {
                    connection.execute_batch(sql).map_err(|why| why.to_string())
                })?;
                connection.execute_batch("COMMIT").expect("a commit");
                Ok(())
            }
            Self::Postgres(database) => {
                let client = postgres::Client::connect(&database.url(), postgres::NoTls);
                let mut client = client.expect("the test server");
                each(statements, |sql| {
                    let done = client.batch_execute(sql);
                    done.map_err(|why| {
                        why.as_db_error()
                            .map_or(why.to_string(), ToString::to_string)
                    })
                })
            }
            Self::Mysql(database) => {
                let client = mysql::Conn::new(database.url().as_str());
                let mut client = client.expect("the test server");
                each(statements, |sql| {
                    client.query_drop(sql).map_err(|why| why.to_string())
                })
            }
        }
    }

    /// The first column as text.
    fn rows(&self, project: &Project, sql: &str) -> Vec<String> {
        match self {
            Self::File(path) => {
                let connection = rusqlite::Connection::open(project.path(path)).expect("a file");
                let mut statement = connection.prepare(sql).expect(sql);
                let text = |row: &rusqlite::Row<'_>| {
                    row.get::<_, rusqlite::types::Value>(0)
                        .map(|value| match value {
                            rusqlite::types::Value::Text(text) => text,
                            rusqlite::types::Value::Integer(number) => number.to_string(),
                            other => format!("{other:?}"),
                        })
                };
                let rows = statement.query_map((), text).expect("rows");
                rows.collect::<Result<_, _>>().expect("texts")
            }
            Self::Postgres(database) => {
                let client = postgres::Client::connect(&database.url(), postgres::NoTls);
                let rows = client
                    .expect("the test server")
                    .simple_query(sql)
                    .expect(sql);
                let text = |message: postgres::SimpleQueryMessage| match message {
                    postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                    _ => None,
                };
                rows.into_iter().filter_map(text).collect()
            }
            Self::Mysql(database) => {
                let mut client =
                    mysql::Conn::new(database.url().as_str()).expect("the test server");
                client.query(sql).expect(sql)
            }
        }
    }

    fn empty(&self, project: &Project) {
        match self {
            Self::File(path) => drop(std::fs::remove_file(project.path(path))),
            Self::Postgres(_) => {
                self.execute(project, "DROP SCHEMA public CASCADE; CREATE SCHEMA public;")
            }
            Self::Mysql(_) => {
                let drops = self.rows(project, "SELECT concat('DROP ', IF(table_type = 'VIEW', 'VIEW', 'TABLE'), ' `', table_name, '`') FROM information_schema.tables WHERE table_schema = database()");
                self.execute(
                    project,
                    &format!("SET foreign_key_checks = 0;\n{}", drops.join(";\n")),
                );
            }
        }
    }

    /// Columns, keys and checks as the database itself describes them, without their order. The names of constraints are
    /// left out, as `create` may give others.
    fn catalogue(&self, project: &Project) -> Vec<String> {
        let queries: &[&str] = match self {
            Self::File(_) => SQLITE,
            Self::Postgres(_) => POSTGRES,
            Self::Mysql(_) => MYSQL,
        };
        let lines = queries.iter().flat_map(|sql| self.rows(project, sql));
        let mut lines: Vec<String> = lines.filter(|line| !line.contains("_bindery")).collect();
        lines.sort();
        lines
    }
}

fn each(
    statements: &[String],
    mut execute: impl FnMut(&String) -> Result<(), String>,
) -> Result<(), (String, String)> {
    let mut statements = statements.iter();
    statements.try_for_each(|sql| execute(sql).map_err(|why| (sql.clone(), why)))
}

/// The statements of a text, one by one.
fn statements(sql: &str, dialect: Dialect) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("1_a.sql"), sql).expect("it can be written");
    let (mut sources, mut found) = Default::default();
    let read =
        bindery_schema::migrations::read(folder.path(), dialect, None, &mut sources, &mut found);
    let statements = read.into_iter().flat_map(|one| one.up.statements);
    statements.map(|one| one.sql).collect()
}

const SQLITE: &[&str] = &[
    "SELECT 'column ' || m.name || '.' || c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || ifnull(c.dflt_value, '-') || ' ' || c.pk || c.hidden FROM sqlite_schema m, pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'",
    "SELECT 'key ' || m.name || ' ' || i.\"unique\" || i.origin || i.partial || ' ' || (SELECT group_concat(ifnull(x.name, '?') || x.desc) FROM pragma_index_xinfo(i.name) x WHERE x.key) || ' ' || CASE i.origin WHEN 'c' THEN i.name ELSE '' END FROM sqlite_schema m, pragma_index_list(m.name) i WHERE m.type = 'table'",
    "SELECT 'foreign ' || m.name || ' ' || f.\"from\" || ' ' || f.\"table\" || ' ' || ifnull(f.\"to\", '') || ' ' || f.on_delete FROM sqlite_schema m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'",
    "SELECT 'checks ' || name || ' ' || (length(sql) - length(replace(sql, 'CHECK (', ''))) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
    "SELECT 'view ' || name FROM sqlite_schema WHERE type IN ('view', 'trigger')",
];

const POSTGRES: &[&str] = &[
    // `DEFAULT NULL` is no default.
    "SELECT 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull::text || ' ' || coalesce(nullif(regexp_replace(pg_get_expr(d.adbin, d.adrelid), '^NULL::.*$', ''), ''), '-') || ' ' || a.attidentity::text || a.attgenerated::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped",
    "SELECT 'constraint ' || conrelid::regclass::text || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 't'",
    "SELECT 'index ' || pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)",
    "SELECT 'view ' || viewname || definition FROM pg_views WHERE schemaname = 'public'",
    "SELECT 'enum ' || t.typname || ' ' || string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY t.typname",
];

const MYSQL: &[&str] = &[
    "SELECT concat('column ', table_name, '.', column_name, ' ', column_type, ' ', is_nullable, ' ', ifnull(replace(column_default, concat('`', database(), '`.'), ''), '-'), ' ', extra, ifnull(generation_expression, '')) FROM information_schema.columns WHERE table_schema = database()",
    // Not the indexes that the server made for foreign keys, named `f1`: they stay when the foreign key goes.
    "SELECT concat('key ', table_name, ' ', min(non_unique), ' ', group_concat(column_name ORDER BY seq_in_index)) FROM information_schema.statistics WHERE table_schema = database() AND index_name NOT REGEXP '^f[0-9]+$' GROUP BY table_name, index_name",
    // An InnoDB key of `ALTER TABLE` has NO ACTION for RESTRICT, which do the same there.
    "SELECT concat('foreign ', k.table_name, ' ', k.column_name, ' ', k.referenced_table_name, ' ', k.referenced_column_name, ' ', replace(r.delete_rule, 'NO ACTION', 'RESTRICT')) FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name WHERE k.table_schema = database()",
    "SELECT concat('check ', table_name, ' ', check_clause) FROM information_schema.check_constraints WHERE constraint_schema = database()",
    "SELECT concat('view ', table_name) FROM information_schema.views WHERE table_schema = database()",
];

const FIRST: &str = "CREATE TABLE users (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(40) NOT NULL, age INTEGER, old VARCHAR(9));\nCREATE INDEX users_age ON users (age);\nCREATE TABLE gone (id BIGINT NOT NULL PRIMARY KEY);\n";
const SECOND: &str = "CREATE TABLE users (id BIGINT NOT NULL PRIMARY KEY,\n  -- @renamed_from name\n  nick VARCHAR(80) NOT NULL, age BIGINT NOT NULL DEFAULT 0, city_id BIGINT, CONSTRAINT users_city FOREIGN KEY (city_id) REFERENCES cities (id), CONSTRAINT users_age_check CHECK (age >= 0));\nCREATE UNIQUE INDEX users_nick ON users (nick, id);\nCREATE TABLE cities (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR(40) DEFAULT 'x');\nCREATE VIEW nicks AS SELECT id, nick FROM users;\n";

/// The migration from nothing, one that renames and drops, their check and their way back.
///
/// Covers MIG-10.
#[test]
fn cli_07_migrations_are_written_from_the_schema() {
    for both in Both::on_all() {
        both.schema(FIRST);
        holds(
            &both.project.run("migrate check").failed(),
            &["B0334", "new table `users`"],
        );
        both.good("migrate add first");
        both.good("migrate check");
        holds(&both.good("migrate add again"), &["nothing to add"]);
        both.good("migrate run");
        assert_eq!(both.catalogue(), both.created());
        let before = both.catalogue();
        both.execute("INSERT INTO users (id, name, age) VALUES (1, 'a', 7), (2, 'b', 8)");

        both.schema(SECOND);
        let shown = both.good("migrate add second --dry-run");
        holds(
            &shown,
            &[
                "RENAME COLUMN",
                "-- the table `gone` goes, with its data",
                "-- DROP TABLE",
            ],
        );
        assert_eq!(both.migrations().len(), 2);
        both.good("migrate add second");
        // A statement that is commented out is still missing.
        let checked = both.project.run("migrate check").failed();
        holds(
            &checked,
            &["the table `gone` goes", "the column `users.old` goes"],
        );
        both.mean_it();
        both.good("migrate check");
        both.good("migrate run");
        assert_eq!(both.catalogue(), both.created());
        let kept = "SELECT count(*) FROM users WHERE nick IN ('a', 'b') AND age IN (7, 8)";
        assert_eq!(both.numbers(kept), [2]);
        let applied = both.project.run("migrate status --format json").json();
        let count = applied[0]["migrations"].as_array().expect("a list").len();
        both.good(&format!(
            "migrate revert --engine default --yes --count {}",
            count - 1
        ));
        assert_eq!(both.catalogue(), before);
        assert_eq!(
            both.numbers("SELECT count(*) FROM users WHERE name IN ('a', 'b')"),
            [2]
        );
        both.good("migrate run");
    }
}

/// A column whose type bindery does not know, in the words of each database.
fn odd(dialect: Dialect) -> &'static [&'static str] {
    match dialect {
        Dialect::Postgres => &[
            "extract(year FROM at)",
            "at AT TIME ZONE 'UTC'",
            "tags[1]",
            "jsonb_array_length(doc)",
        ],
        Dialect::Sqlite | Dialect::Mysql => &["CASE WHEN id > 1 THEN name ELSE id END"],
    }
}

/// A view with such a column over a table that changes, and a view of that view: none is dropped without being made again.
#[test]
fn cli_07_views_with_columns_of_unknown_types_are_migrated_as_others() {
    for both in Both::on_all() {
        let own = match both.dialect() {
            Dialect::Postgres => ", tags TEXT[], doc JSONB",
            Dialect::Sqlite | Dialect::Mysql => "",
        };
        let table = |size: u32| {
            format!(
                "CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR({size}) NOT NULL, at TIMESTAMP NULL{own});\n"
            )
        };
        for (at, odd) in odd(both.dialect()).iter().enumerate() {
            let plain =
                "CREATE VIEW v AS SELECT id, name FROM t;\nCREATE VIEW w AS SELECT id FROM v;\n";
            both.schema(&format!("{}{plain}", table(40)));
            both.good(&format!("migrate add first{at} --format json"));
            both.good("migrate run");
            let before = both.catalogue();

            let views = format!(
                "CREATE VIEW v AS SELECT id, name, {odd} AS odd FROM t;\nCREATE VIEW w AS SELECT id, odd FROM v;\nCREATE VIEW x AS SELECT {odd} AS odd FROM t;\n"
            );
            both.schema(&format!("{}{views}", table(80)));
            let missing = both.project.run("migrate check").failed();
            holds(&missing, &["view `v`", "view `w`", "view `x`"]);
            let shown = both.good("migrate add second --dry-run");
            let made = shown.matches("CREATE VIEW").count();
            assert!(
                made >= 3 && made >= shown.matches("DROP VIEW").count(),
                "{shown}"
            );
            both.good(&format!("migrate add second{at}"));
            both.good("migrate check");
            holds(&both.good("migrate add again"), &["nothing to add"]);
            both.good("migrate run");
            assert_eq!(both.catalogue(), both.created(), "{odd}");
            both.good("validate");
            both.good("migrate revert --engine default --yes");
            assert_eq!(both.catalogue(), before, "{odd}");
            // Without them the database is not as the schema says.
            let lacking = both.project.run("validate");
            holds(
                &lacking.results,
                &[
                    "missing    x on default",
                    "differs    v on default: ",
                    // PostgreSQL cannot make it over the `v` that is there.
                    "    w on default: query: expected `SELECT id, odd FROM v`",
                ],
            );
            lacking.failed();
            both.good("migrate run");
            both.good("validate");
            for words in ["check", "migrate check", "create", "migrate add more"] {
                let denied = both.project.run(&format!("{words} --deny-warnings"));
                holds(&denied.failed(), &["B0422", "view `v`"]);
            }
            both.schema(&format!(
                "{}{}",
                table(80),
                views.replace("SELECT id, name", "SELECT id, nmae")
            ));
            let refused = both.project.run("migrate add third").failed();
            holds(&refused, &["B0105", "names `nmae`", "write `name`"]);
        }
    }
}

/// A view that bindery does not make stays where the migrations made it, also where a table below it changes.
#[test]
fn cli_07_a_view_that_is_not_made_is_not_dropped() {
    for both in Both::on_all() {
        let table = |size: u32| {
            format!("CREATE TABLE t (id BIGINT NOT NULL PRIMARY KEY, name VARCHAR({size}));\n")
        };
        let view = "CREATE VIEW v AS SELECT id, name FROM t;\n";
        both.schema(&format!("{}{view}", table(40)));
        both.good("migrate add first");
        both.schema(&format!("{}-- @unmanaged\n{view}", table(40)));
        both.good("migrate check");
        both.schema(&format!("{}-- @unmanaged\n{view}", table(80)));
        let shown = both.good("migrate add second --dry-run");
        let (drops, creates) = (shown.matches("DROP VIEW"), shown.matches("CREATE VIEW"));
        assert_eq!(drops.count(), creates.count(), "{shown}");
        both.good("migrate add second");
        both.good("migrate run");
        assert_eq!(both.numbers("SELECT count(*) FROM v"), [0]);
    }
}

/// The statements written keep a large table in use.
#[test]
fn cli_07_indexes_of_postgres_are_made_beside_the_work_of_others() {
    let Some(both) = Both::on_postgres() else {
        return;
    };
    both.schema(FIRST);
    both.good("migrate add first");
    both.schema(&format!(
        "{FIRST}CREATE INDEX users_name ON users (name);\n"
    ));
    let shown = both.good("migrate add more --dry-run");
    holds(
        &shown,
        &[
            "-- @no-transaction",
            "CREATE INDEX CONCURRENTLY \"users_name\"",
            "DROP INDEX CONCURRENTLY",
        ],
    );
    both.good("migrate add more");
    both.good("migrate check --deny-warnings");
    both.good("migrate run");
    assert_eq!(both.catalogue(), both.created());
    both.good("migrate revert --engine default --yes");
    both.project.write(
        "migrations/default/99990101000000_by_hand.sql",
        "CREATE INDEX users_old ON users (old);\n",
    );
    both.schema(&format!(
        "{FIRST}CREATE INDEX users_name ON users (name);\nCREATE INDEX users_old ON users (old);\n"
    ));
    let warned = both.project.run("migrate check --deny-warnings").failed();
    holds(&warned, &["B0435", "by_hand.sql:1"]);
    both.project.write(
        "migrations/default/99990101000000_by_hand.sql",
        "-- @allow B0435\n\nCREATE INDEX users_old ON users (old);\n",
    );
    both.good("migrate check --deny-warnings");
}

/// A table of SQLite that is made anew keeps its rows, indexes and triggers, and views of it.
#[test]
fn cli_07_what_sqlite_makes_anew_keeps_its_triggers_and_views() {
    let both = Both::on_sqlite();
    let of = |kind: &str| {
        format!(
            "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, a {kind});\nCREATE INDEX t_a ON t (a);\nCREATE TABLE log (n INTEGER);\nCREATE VIEW v AS SELECT id FROM t;\n"
        )
    };
    both.schema(&of("INTEGER"));
    both.good("migrate add first");
    both.good("migrate add trigger --empty");
    let mut files = both.migrations().into_iter();
    let file = files.find(|path| path.to_string_lossy().ends_with("_trigger.sql"));
    let trigger =
        "CREATE TRIGGER t_log AFTER INSERT ON t BEGIN INSERT INTO log VALUES (new.a); END;\n";
    std::fs::write(file.expect("it was written"), trigger).expect("it can be written");
    both.good("migrate run");
    both.execute("INSERT INTO t (a) VALUES (1), (2); DELETE FROM t WHERE a = 2");
    both.schema(&of("BIGINT NOT NULL"));
    both.good("migrate add anew");
    both.good("migrate run");
    both.execute("INSERT INTO t (a) VALUES (3)");
    assert_eq!(both.numbers("SELECT id FROM v ORDER BY id"), [1, 3]);
    assert_eq!(both.numbers("SELECT n FROM log ORDER BY n"), [1, 2, 3]);
    both.good("migrate check");
}

/// A file by hand, for each engine; and the wrong usage.
#[test]
fn cli_07_empty_migrations_and_wrong_names() {
    let project = Project::new(&[
        (
            "bindery.toml",
            "[engines]\ndefault = 'sqlite://a.db'\nb = 'sqlite://b.db'\n",
        ),
        (
            "schema.sql",
            "-- @engines default, b\nCREATE TABLE t (id INTEGER PRIMARY KEY);\n",
        ),
    ]);
    std::fs::create_dir_all(project.path("migrations/b")).expect("a folder");
    let first = "CREATE TABLE t (id INTEGER PRIMARY KEY);\n";
    project.write("migrations/b/0007_first.sql", first);
    holds(
        &project.run("migrate add a/b").failed(),
        &["is no name of a migration"],
    );
    let written = project.run("migrate add fill --empty --engine b").good();
    holds(&written, &["migrations/b/0008_fill.sql on b"]);
    let json = project.run("migrate add first --format json").json();
    assert_eq!(json[0]["engine"], "default");
    assert_eq!(json.as_array().expect("a list").len(), 1);
    project.run("migrate check").good();
    holds(
        &project.run("migrate check --since 0O07").failed(),
        &["there is no migration `0O07`"],
    );
    let json = project.run("migrate check --format json").json();
    assert_eq!(json["engines"][0]["migrations"], 2);
}

/// `[migrations] check`: what builds and `check` then say.
#[test]
fn a_project_may_have_its_migrations_checked_with_its_schema() {
    let project = Project::new(&[
        (
            "bindery.toml",
            "url = \"sqlite://app.db\"\n\n[migrations]\ncheck = \"error\"\n",
        ),
        (
            "schema.sql",
            "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT);\n",
        ),
    ]);
    let ended = project.run("check");
    assert_eq!(ended.code, Some(1), "{ended:?}");
    holds(
        &ended.messages,
        &[
            "error[B0334]: migrations of engine `default`: new table `a`",
            "schema.sql:1:1",
        ],
    );
    let ended = project.run("check --format json");
    assert_eq!(ended.json()["diagnostics"][0]["code"], "B0334");
    let ended = project.run("generate --out models --crate models");
    assert_eq!(
        (ended.code, project.path("models").exists()),
        (Some(1), false)
    );
    project.run("migrate add first").good();
    project.run("check").good();
    project.run("generate --out models --crate models").good();
    project.write(
        "bindery.toml",
        "url = \"sqlite://app.db\"\n[migrations]\ncheck = \"warn\"\nengines = [\"default\"]\n",
    );
    project.write("schema.sql", "CREATE TABLE a (id INTEGER PRIMARY KEY);\n");
    let ended = project.run("check");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    holds(&ended.messages, &["warning[B0334]: "]);
    project.write(
        "bindery.toml",
        "url = \"sqlite://app.db\"\n[migrations]\ncheck = \"error\"\nengines = [\"b\"]\n",
    );
    let ended = project.run("check");
    holds(&ended.messages, &["no engine `b`"]);
}
