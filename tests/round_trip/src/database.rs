//! The databases a schema is tried on: one made by its authors' script, one by bindery.

use std::collections::BTreeSet;
use std::path::PathBuf;

use bindery::Dialect;
use bindery_testkit::{FreshDatabase, fresh_mysql, fresh_postgres};
use tempfile::TempDir;

use crate::original;
use crate::schema::Schema;

/// A database with the tables of a schema. Gone with the value.
pub(crate) struct Database {
    kept: Kept,
    /// The tables it has.
    pub(crate) tables: BTreeSet<String>,
    /// The views it has.
    pub(crate) views: BTreeSet<String>,
    /// Those whose rows stay when a transaction is rolled back.
    pub(crate) sticky: BTreeSet<String>,
    /// Those with triggers or rules of their own.
    pub(crate) active: BTreeSet<String>,
}

/// Objects that newer servers have built in.
const NEWER: &str = "\\set ON_ERROR_STOP off
CREATE FUNCTION uuidv7() RETURNS uuid LANGUAGE sql AS 'SELECT gen_random_uuid()';
";

/// A script may choose its schemas for the session; programs find them by the setting of the database.
const SEARCH_PATH: &str =
    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = %s', current_database(),
    (SELECT coalesce(string_agg(DISTINCT quote_ident(n.nspname) || ', ', ''), '') || 'public'
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p')
     AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'public'))); END $$;";

/// A script may leave it to its users to fill them; until then they cannot be read.
const FILL_VIEWS: &str = "DO $$ DECLARE named text; BEGIN
    FOR named IN SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind = 'm' AND NOT c.relispopulated
    LOOP EXECUTE 'REFRESH MATERIALIZED VIEW ' || named; END LOOP; END $$;";

enum Kept {
    /// The folder is removed with the value.
    File {
        path: PathBuf,
        _folder: TempDir,
    },
    Server(FreshDatabase),
}

impl Database {
    /// As the authors' script makes it.
    pub(crate) fn original(schema: &Schema) -> Result<Self, String> {
        let script = match schema.dialect {
            Dialect::Sqlite => schema.script.clone(),
            Dialect::Postgres => {
                let given = original::given(&schema.name);
                NEWER.to_owned() + &given + &original::script(&schema.script, schema.dialect)
            }
            Dialect::Mysql => original::script(&schema.script, schema.dialect),
        };
        Self::load(schema.dialect, &script)
    }

    /// As bindery makes it.
    pub(crate) fn created(schema: &Schema) -> Result<Self, String> {
        let before = match schema.dialect {
            Dialect::Postgres => NEWER.to_owned() + &original::given(&schema.name),
            Dialect::Sqlite | Dialect::Mysql => String::new(),
        };
        let tables = schema.model.tables.iter();
        let tables = tables.map(|table| table.name.name.clone()).collect();
        Self::load(schema.dialect, &(before + &schema.statements_of(&tables)))
    }

    fn load(dialect: Dialect, script: &str) -> Result<Self, String> {
        let no_server = || format!("no {dialect} server: run `cargo xtask servers up`");
        let kept = match dialect {
            Dialect::Sqlite => file(script)?,
            Dialect::Postgres => on_server(fresh_postgres().ok_or_else(no_server)?, script)?,
            Dialect::Mysql => on_server(fresh_mysql().ok_or_else(no_server)?, script)?,
        };
        if dialect == Dialect::Postgres {
            kept.names(SEARCH_PATH)?;
            kept.names(FILL_VIEWS)?;
        }
        Ok(Self {
            tables: kept.names(tables_query(dialect))?,
            views: kept.names(views_query(dialect))?,
            sticky: kept.names(sticky_query(dialect))?,
            active: kept.names(active_query(dialect))?,
            kept,
        })
    }

    /// Runs statements in it.
    pub(crate) fn change(&self, script: &str) -> Result<(), String> {
        match &self.kept {
            Kept::File { path, .. } => {
                let change = || rusqlite::Connection::open(path)?.execute_batch(script);
                change().map_err(|error: rusqlite::Error| error.to_string())
            }
            Kept::Server(server) => server.run_script(script).map_err(|error| error.to_string()),
        }
    }

    pub(crate) fn url(&self) -> String {
        match &self.kept {
            Kept::File { path, .. } => format!("sqlite://{}", path.display()),
            Kept::Server(server) => server.url(),
        }
    }
}

fn file(script: &str) -> Result<Kept, String> {
    let folder = TempDir::new().map_err(|error| error.to_string())?;
    let path = folder.path().join("original.db");
    let load = || {
        let database = rusqlite::Connection::open(&path)?;
        // A script with rows would wait for the disk at each of them.
        database.pragma_update(None, "synchronous", false)?;
        database.execute_batch(script)
    };
    load().map_err(|error: rusqlite::Error| error.to_string())?;
    Ok(Kept::File {
        path,
        _folder: folder,
    })
}

fn on_server(database: FreshDatabase, script: &str) -> Result<Kept, String> {
    let loaded = database.run_script(script);
    loaded.map_err(|error| error.to_string())?;
    Ok(Kept::Server(database))
}

impl Kept {
    /// The rows of a query of one column.
    fn names(&self, query: &str) -> Result<BTreeSet<String>, String> {
        match self {
            Self::File { path, .. } => {
                let names = || {
                    let database = rusqlite::Connection::open(path)?;
                    let mut query = database.prepare(query)?;
                    let rows = query.query_map([], |row| row.get(0))?;
                    rows.collect::<rusqlite::Result<_>>()
                };
                names().map_err(|error: rusqlite::Error| error.to_string())
            }
            Self::Server(server) => {
                let answer = server.answer(query).map_err(|error| error.to_string())?;
                Ok(answer.lines().map(str::to_owned).collect())
            }
        }
    }
}

fn tables_query(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type <> 'view'",
        Dialect::Postgres => {
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema');"
        }
        Dialect::Mysql => {
            "SELECT table_name FROM information_schema.tables
             WHERE table_schema = database() AND table_type = 'BASE TABLE';"
        }
    }
}

fn views_query(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "SELECT name FROM sqlite_schema WHERE type = 'view'",
        Dialect::Postgres => {
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
             WHERE c.relkind IN ('v', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
             AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.objid = c.oid AND e.deptype = 'e');"
        }
        Dialect::Mysql => {
            "SELECT table_name FROM information_schema.views WHERE table_schema = database();"
        }
    }
}

fn active_query(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "SELECT tbl_name FROM sqlite_schema WHERE type = 'trigger'",
        Dialect::Postgres => {
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
             UNION SELECT tablename FROM pg_rules;"
        }
        Dialect::Mysql => {
            "SELECT DISTINCT event_object_table FROM information_schema.triggers WHERE trigger_schema = database();"
        }
    }
}

/// MySQL's engines without transactions.
fn sticky_query(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => "SELECT name FROM sqlite_schema WHERE false",
        Dialect::Postgres => "SELECT relname FROM pg_class WHERE false;",
        Dialect::Mysql => {
            "SELECT t.table_name FROM information_schema.tables t JOIN information_schema.engines e USING (engine)
             WHERE t.table_schema = database() AND e.transactions <> 'YES';"
        }
    }
}
