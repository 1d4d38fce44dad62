//! A project with a database that migrations make, and one beside it that `create` makes; their catalogues.

use std::cell::RefCell;
use std::path::PathBuf;

use bindery_schema::dialect::Dialect;
use bindery_testkit::{FreshDatabase, Product, fresh_mysql, fresh_postgres};
use mysql::prelude::Queryable;

use super::steps_of_applications::Client;
use super::support::{Project, names_in};

/// A project with one engine, and a database beside it that `create` makes.
pub(super) struct Both {
    pub(super) project: Project,
    /// The database that migrations make, and the one that `create` makes.
    at: [At; 2],
    /// The same of an engine `b`, where there is one.
    at_b: Option<[At; 2]>,
}

/// A statement that the database refuses.
pub(super) struct Refusal {
    pub(super) statement: String,
    /// In the database's words, with its code.
    pub(super) why: String,
}

enum At {
    File(String),
    Postgres(OnServer<postgres::Client>),
    Mysql(OnServer<mysql::Conn>),
}

/// A database with a session that is kept, as a new one for each statement takes most of a test's time.
struct OnServer<C> {
    session: RefCell<Option<Box<C>>>,
    database: FreshDatabase,
}

/// A session that can be as new.
trait Session: Sized {
    fn new(url: &str) -> Self;

    /// Returns whether it is as new: what was begun in it is over, and no setting is left.
    fn reset(&mut self) -> bool;
}

impl Session for postgres::Client {
    fn new(url: &str) -> Self {
        Self::connect(url, postgres::NoTls).expect("the test server")
    }

    fn reset(&mut self) -> bool {
        self.batch_execute("DISCARD ALL").is_ok()
    }
}

impl Session for mysql::Conn {
    fn new(url: &str) -> Self {
        Self::new(url).expect("the test server")
    }

    fn reset(&mut self) -> bool {
        Self::reset(self).is_ok()
    }
}

impl<C: Session> OnServer<C> {
    fn new(database: FreshDatabase) -> Self {
        Self {
            session: RefCell::default(),
            database,
        }
    }

    fn with<T>(&self, run: impl FnOnce(&mut C) -> T) -> T {
        let kept = self.session.take();
        let mut session = kept.unwrap_or_else(|| Box::new(C::new(&self.database.url())));
        let outcome = run(&mut session);
        let is_new = session.reset();
        self.session.replace(is_new.then_some(session));
        outcome
    }

    fn end_session(&self) {
        self.session.take();
    }
}

impl At {
    fn url(&self) -> String {
        match self {
            Self::File(path) => format!("sqlite://{path}"),
            Self::Postgres(server) => server.database.url(),
            Self::Mysql(server) => server.database.url(),
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
            At::Postgres(OnServer::new(fresh_postgres()?)),
            At::Postgres(OnServer::new(fresh_postgres()?)),
        ]))
    }

    pub(super) fn on_mysql() -> Option<Self> {
        Some(Self::new([
            At::Mysql(OnServer::new(fresh_mysql()?)),
            At::Mysql(OnServer::new(fresh_mysql()?)),
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

    pub(super) fn dialect(&self) -> Dialect {
        match self.at[0] {
            At::File(_) => Dialect::Sqlite,
            At::Postgres(_) => Dialect::Postgres,
            At::Mysql(_) => Dialect::Mysql,
        }
    }

    /// Ends the sessions that are kept: a database that is copied or replaced has none.
    pub(super) fn end_sessions(&self) {
        for at in &self.at {
            match at {
                At::File(_) => {}
                At::Postgres(server) => server.end_session(),
                At::Mysql(server) => server.end_session(),
            }
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

    /// The same in one of them.
    pub(super) fn try_execute_on(&self, number: usize, sql: &str) -> Result<(), String> {
        self.at[number].try_execute(&self.project, sql)
    }

    /// The names of both databases, which of SQLite are files of the project.
    pub(super) fn names(&self) -> [&str; 2] {
        [0, 1].map(|number| match &self.at[number] {
            At::File(name) => name.as_str(),
            At::Postgres(server) => server.database.name(),
            At::Mysql(server) => server.database.name(),
        })
    }

    /// The database that migrations make, open.
    pub(super) fn open(&self) -> Client {
        self.at[0].open(&self.project)
    }

    /// The catalogues of both databases as they are.
    pub(super) fn catalogues(&self) -> (Vec<String>, Vec<String>) {
        (self.lines_of(0), self.lines_of(1))
    }

    /// Runs statements in one of them as `migrate run` does.
    pub(super) fn run_on(&self, number: usize, statements: &[String]) -> Result<(), Refusal> {
        let ran = self.at[number].run(&self.project, statements);
        ran.map_err(|(statement, why)| Refusal { statement, why })
    }

    pub(super) fn empty_created(&self) {
        self.empty(1);
    }

    pub(super) fn empty(&self, number: usize) {
        self.at[number].empty(&self.project);
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

    /// The catalogue of one of the databases with all functions of PostgreSQL, those too that nothing calls.
    pub(super) fn with_functions(&self, number: usize) -> Vec<String> {
        let mut lines = self.lines_of(number);
        if self.dialect() == Dialect::Postgres {
            lines.extend(self.at[number].rows(&self.project, FUNCTIONS));
        }
        lines
    }

    /// The triggers of one of the databases, each after its table.
    pub(super) fn triggers_of(&self, number: usize) -> Vec<String> {
        let [sqlite, postgres, mysql] = TRIGGERS;
        let sql = match self.dialect() {
            Dialect::Sqlite => sqlite,
            Dialect::Postgres => postgres,
            Dialect::Mysql => mysql,
        };
        self.at[number].rows(&self.project, sql)
    }

    pub(super) fn lines_of(&self, number: usize) -> Vec<String> {
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
    fn open(&self, project: &Project) -> Client {
        match self {
            Self::File(path) => {
                let connection = rusqlite::Connection::open(project.path(path)).expect("a file");
                let settings = connection.execute_batch("PRAGMA foreign_keys = ON");
                settings.expect("a setting");
                Client::Sqlite(connection)
            }
            Self::Postgres(server) => {
                Client::Postgres(Box::new(Session::new(&server.database.url())))
            }
            Self::Mysql(server) => Client::Mysql(Session::new(&server.database.url())),
        }
    }

    fn execute(&self, project: &Project, sql: &str) {
        match self {
            Self::File(path) => {
                let connection = rusqlite::Connection::open(project.path(path));
                connection
                    .and_then(|one| one.execute_batch(sql))
                    .expect(sql);
            }
            Self::Postgres(server) => {
                server.with(|client| client.batch_execute(sql).expect(sql));
            }
            Self::Mysql(server) => server.with(|client| {
                for statement in sql.split(";\n").filter(|one| !one.trim().is_empty()) {
                    client.query_drop(statement).expect(statement);
                }
            }),
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
            Self::Postgres(server) => server.with(|client| {
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
            }),
            Self::Mysql(server) => server.with(|client| {
                // As Vaultwarden's own migrations are run.
                client
                    .query_drop("SET foreign_key_checks = 0")
                    .expect("a setting");
                let mut execute = |sql: &String| client.query_drop(sql);
                let done = statements(sql, Dialect::Mysql)
                    .iter()
                    .try_for_each(&mut execute);
                done.map_err(|why| why.to_string())
            }),
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
            Self::Postgres(server) => server.with(|client| {
                each(statements, |sql| {
                    let done = client.batch_execute(sql);
                    done.map_err(|why| match why.as_db_error() {
                        Some(error) => format!("{error} ({})", error.code().code()),
                        None => why.to_string(),
                    })
                })
            }),
            Self::Mysql(server) => server.with(|client| {
                each(statements, |sql| {
                    client.query_drop(sql).map_err(|why| why.to_string())
                })
            }),
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
            Self::Postgres(server) => {
                let rows = server.with(|client| client.simple_query(sql).expect(sql));
                let text = |message: postgres::SimpleQueryMessage| match message {
                    postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
                    _ => None,
                };
                rows.into_iter().filter_map(text).collect()
            }
            Self::Mysql(server) => server.with(|client| client.query(sql).expect(sql)),
        }
    }

    fn empty(&self, project: &Project) {
        match self {
            Self::File(path) => drop(std::fs::remove_file(project.path(path))),
            Self::Postgres(_) => {
                self.execute(project, "DROP SCHEMA public CASCADE; CREATE SCHEMA public;")
            }
            Self::Mysql(_) => {
                let drops = self.rows(project, "SELECT concat('DROP ', IF(table_type = 'VIEW', 'VIEW', 'TABLE'), ' `', table_name, '`') FROM information_schema.tables WHERE table_schema = database() UNION ALL SELECT concat('DROP ', routine_type, ' `', routine_name, '`') FROM information_schema.routines WHERE routine_schema = database()");
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
pub(super) fn statements(sql: &str, dialect: Dialect) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("1_a.sql"), sql).expect("it can be written");
    let (mut sources, mut found) = Default::default();
    let read = bindery_schema::migrations::read_folder(
        folder.path(),
        dialect,
        None,
        &mut sources,
        &mut found,
    );
    let statements = read.iter().flat_map(|one| one.up.statements.iter());
    statements.map(|one| one.sql.to_string()).collect()
}

const SQLITE: &[&str] = &[
    // An `INTEGER PRIMARY KEY` is never NULL.
    "SELECT 'column ' || m.name || '.' || c.name || ' ' || c.type || ' ' || (c.\"notnull\" OR (c.pk AND upper(c.type) = 'INTEGER' AND (SELECT sum(p.pk) FROM pragma_table_info(m.name) p) = 1)) || ' ' || ifnull(c.dflt_value, '-') || ' ' || c.pk || c.hidden FROM sqlite_schema m, pragma_table_xinfo(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'",
    "SELECT 'key ' || m.name || ' ' || i.\"unique\" || i.origin || i.partial || ' ' || (SELECT group_concat(ifnull(x.name, '?') || x.desc) FROM pragma_index_xinfo(i.name) x WHERE x.key) || ' ' || CASE i.origin WHEN 'c' THEN i.name ELSE '' END FROM sqlite_schema m, pragma_index_list(m.name) i WHERE m.type = 'table'",
    // Without columns it refers to the primary key.
    "SELECT 'foreign ' || m.name || ' ' || f.\"from\" || ' ' || f.\"table\" || ' ' || coalesce(f.\"to\", (SELECT p.name FROM pragma_table_info(f.\"table\") p WHERE p.pk = f.seq + 1), '') || ' ' || f.on_delete FROM sqlite_schema m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'",
    "SELECT 'checks ' || name || ' ' || (length(shown) - length(replace(shown, 'CHECK(', ''))) FROM (SELECT name, replace(replace(upper(sql), ' ', ''), char(10), '') AS shown FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%')",
    "SELECT 'view ' || name FROM sqlite_schema WHERE type IN ('view', 'trigger')",
];

const POSTGRES: &[&str] = &[
    // `DEFAULT NULL` is no default.
    "SELECT 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull::text || ' ' || coalesce(nullif(regexp_replace(pg_get_expr(d.adbin, d.adrelid), '^NULL::.*$', ''), ''), '-') || ' ' || a.attidentity::text || a.attgenerated::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped",
    // `a AND (b AND c)` is `a AND b AND c`.
    "SELECT 'constraint ' || conrelid::regclass::text || ' ' || pg_get_constraintdef(oid, contype = 'c') FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 't' AND NOT EXISTS (SELECT 1 FROM pg_class p WHERE p.oid IN (conrelid, confrelid) AND p.relispartition)",
    // Parts have what their table has, under names of the server's.
    "SELECT 'partition ' || relname || ' ' || coalesce(pg_get_partkeydef(oid), '') || coalesce(pg_get_expr(relpartbound, oid), '') FROM pg_class WHERE relnamespace = 'public'::regnamespace AND (relkind = 'p' OR relispartition AND relkind = 'r')",
    "SELECT 'index ' || pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype <> 'f')",
    "SELECT 'view ' || viewname || definition FROM pg_views WHERE schemaname = 'public'",
    "SELECT 'enum ' || t.oid::regtype || ' ' || string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid GROUP BY t.oid",
];

const MYSQL: &[&str] = &[
    "SELECT concat('column ', table_name, '.', column_name, ' ', column_type, ' ', is_nullable, ' ', ifnull(replace(column_default, concat('`', database(), '`.'), ''), '-'), ' ', extra, ifnull(generation_expression, '')) FROM information_schema.columns WHERE table_schema = database()",
    // Not the indexes that the server made for foreign keys, named as it or as their column: they stay when the foreign key goes.
    "SELECT concat('key ', table_name, ' ', min(non_unique), ' ', group_concat(column_name ORDER BY seq_in_index)) FROM information_schema.statistics WHERE table_schema = database() AND index_name NOT REGEXP '^[frc][0-9]+$|_ibfk_[0-9_]+$|_fkey$' GROUP BY table_name, index_name",
    // An InnoDB key of `ALTER TABLE` has NO ACTION for RESTRICT, which do the same there.
    "SELECT concat('foreign ', k.table_name, ' ', k.column_name, ' ', k.referenced_table_name, ' ', k.referenced_column_name, ' ', replace(r.delete_rule, 'NO ACTION', 'RESTRICT')) FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name WHERE k.table_schema = database()",
    "SELECT concat('check ', table_name, ' ', check_clause) FROM information_schema.check_constraints WHERE constraint_schema = database()",
    "SELECT concat('view ', table_name) FROM information_schema.views WHERE table_schema = database()",
    "SELECT concat('partition ', table_name, ' ', partition_method, ' ', ifnull(partition_expression, ''), ' ', partition_name, ' ', ifnull(partition_description, '')) FROM information_schema.partitions WHERE table_schema = database() AND partition_name IS NOT NULL",
];

/// Those that no extension brought.
const FUNCTIONS: &str = "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace >= 16384 OR pronamespace = 'public'::regnamespace
    EXCEPT SELECT objid::regprocedure::text FROM pg_depend WHERE classid = 'pg_proc'::regclass AND deptype = 'e' ORDER BY 1";

/// Triggers with their tables, of each database.
const TRIGGERS: [&str; 3] = [
    "SELECT tbl_name || ' ' || name FROM sqlite_schema WHERE type = 'trigger' ORDER BY 1",
    "SELECT tgrelid::regclass::text || ' ' || tgname || ' ' || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal AND tgparentid = 0 ORDER BY 1",
    "SELECT concat(event_object_table, ' ', trigger_name) FROM information_schema.triggers WHERE trigger_schema = database() ORDER BY 1",
];
