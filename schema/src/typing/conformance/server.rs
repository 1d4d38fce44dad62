//! The servers behind one interface: whether they accept a statement, how they describe it, and its rows.

use bindery_testkit::{FreshDatabase, Product, fresh_mysql, fresh_postgres, mysql_flavour};
use mysql::consts::{ColumnFlags, ColumnType as MysqlType};
use mysql::prelude::Queryable as _;
use postgres::SimpleQueryMessage;

use crate::dialect::Dialect;

/// The modes that a session of bindery has.
const MYSQL_SESSION: &str = "SET NAMES utf8mb4, time_zone = '+00:00', foreign_key_checks = 0, unique_checks = 1, \
    sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION'";

/// A connection to a database of its own.
#[allow(clippy::large_enum_variant, reason = "there is one for a test")]
pub(super) enum Server {
    Sqlite(rusqlite::Connection),
    Postgres(
        postgres::Client,
        #[allow(dead_code, reason = "dropped with it")] FreshDatabase,
    ),
    Mysql(
        mysql::Conn,
        #[allow(dead_code, reason = "dropped with it")] Box<Kept>,
    ),
}

/// The database, and the server where it is of this test alone; both end with it.
#[allow(dead_code, reason = "dropped with it")]
pub(super) struct Kept(FreshDatabase, Option<bindery_testkit::Server>);

/// The reason why a statement is refused.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    /// The text is none of the language.
    pub(super) is_syntax: bool,
    /// The server's own code; empty where it has none.
    pub(super) code: String,
    pub(super) message: String,
}

/// A column or a parameter as a server describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Described {
    pub(super) name: String,
    /// PostgreSQL's name of the type, MySQL's class; empty for SQLite, which promises nothing.
    pub(super) type_name: String,
}

/// A value as it came in; the text has how SQLite stores it before a colon.
pub(super) type Row = Vec<Option<String>>;

impl Server {
    /// A new database with these tables, on a MariaDB of its own: statements with mistakes have crashed one. `None` where there is
    /// no such server.
    pub(super) fn of_own(dialect: Dialect, schema: &str) -> Option<Self> {
        if dialect != Dialect::Mysql {
            return Self::of(dialect, schema);
        }
        if mysql_flavour() != Product::MariaDb {
            return None;
        }
        let own = bindery_testkit::Server::mysql().start_or_skip()?;
        let database = own.fresh_database().expect("a database of its own");
        let server = Self::mysql(Box::new(Kept(database, Some(own))));
        Some(server.with(dialect, schema))
    }

    fn mysql(kept: Box<Kept>) -> Self {
        let options = mysql::Opts::from_url(&kept.0.url()).expect("its URL");
        let options = mysql::OptsBuilder::from_opts(options).stmt_cache_size(0);
        let mut connection = mysql::Conn::new(options).expect("the test server");
        connection.query_drop(MYSQL_SESSION).expect("a session");
        Self::Mysql(connection, kept)
    }

    /// A new database with these tables; `None` where there is no such server.
    pub(super) fn of(dialect: Dialect, schema: &str) -> Option<Self> {
        let server = match dialect {
            Dialect::Sqlite => {
                let connection = rusqlite::Connection::open_in_memory().expect("SQLite");
                let strict = rusqlite::config::DbConfig::SQLITE_DBCONFIG_DQS_DML;
                connection.set_db_config(strict, false).expect("SQLite");
                let keys = "PRAGMA foreign_keys = OFF";
                connection.execute_batch(keys).expect("SQLite");
                Self::Sqlite(connection)
            }
            Dialect::Postgres => {
                let database = fresh_postgres()?;
                let client = postgres::Client::connect(&database.url(), postgres::NoTls);
                let mut client = client.expect("the test server");
                let session = "SET TimeZone = 'UTC'; SET session_replication_role = replica";
                client.batch_execute(session).expect("a session");
                Self::Postgres(client, database)
            }
            Dialect::Mysql => {
                let database = fresh_mysql().filter(|_| mysql_flavour() == Product::MariaDb)?;
                Self::mysql(Box::new(Kept(database, None)))
            }
        };
        Some(server.with(dialect, schema))
    }

    fn with(mut self, dialect: Dialect, schema: &str) -> Self {
        let statements = match dialect {
            // Its triggers have semicolons of their own.
            Dialect::Sqlite => vec![schema.to_owned()],
            Dialect::Postgres | Dialect::Mysql => super::cut(schema, dialect),
        };
        for statement in statements {
            self.run(&statement)
                .unwrap_or_else(|refusal| panic!("{statement}: {}", refusal.message));
        }
        self
    }

    /// The version of the server, without that of its package.
    pub(super) fn version(&mut self) -> String {
        let sql = match self {
            Self::Sqlite(_) => "SELECT sqlite_version()",
            Self::Postgres(..) => "SHOW server_version",
            Self::Mysql(..) => "SELECT version()",
        };
        let rows = self.rows(sql).unwrap_or_default();
        let value = rows.into_iter().flatten().flatten().next();
        let value = value.unwrap_or_default();
        let value = value.trim_start_matches("text:");
        value
            .split([' ', '-'])
            .next()
            .unwrap_or_default()
            .to_owned()
    }

    pub(super) fn run(&mut self, sql: &str) -> Result<(), Refusal> {
        match self {
            Self::Sqlite(connection) => connection.execute_batch(sql).map_err(of_sqlite),
            Self::Postgres(client, _) => client.batch_execute(sql).map_err(|why| of_postgres(&why)),
            Self::Mysql(connection, _) => connection.query_drop(sql).map_err(|why| of_mysql(&why)),
        }
    }

    /// Has the server read and check a statement.
    pub(super) fn prepare(&mut self, sql: &str) -> Result<(), Refusal> {
        match self {
            Self::Sqlite(connection) => connection.prepare(sql).map(drop).map_err(of_sqlite),
            Self::Postgres(client, _) => client
                .prepare(sql)
                .map(drop)
                .map_err(|why| of_postgres(&why)),
            Self::Mysql(connection, _) => {
                let statement = connection.prep(sql).map_err(|why| of_mysql(&why))?;
                connection.close(statement).map_err(|why| of_mysql(&why))
            }
        }
    }

    /// The columns and the parameters of a statement, as far as the server says anything of them.
    pub(super) fn describe(
        &mut self,
        sql: &str,
    ) -> Result<(Vec<Described>, Vec<Described>), Refusal> {
        match self {
            Self::Sqlite(connection) => {
                let statement = connection.prepare(sql).map_err(of_sqlite)?;
                let columns = statement.column_names();
                let columns = columns.map(|name| described(name, ""));
                let parameters = (0..statement.parameter_count()).map(|_| described("", ""));
                Ok((columns.collect(), parameters.collect()))
            }
            Self::Postgres(client, _) => {
                let statement = client.prepare(sql).map_err(|why| of_postgres(&why))?;
                let columns = statement.columns().iter();
                let columns = columns.map(|one| described(one.name(), one.type_().name()));
                let parameters = statement.params().iter();
                let parameters = parameters.map(|one| described("", one.name()));
                Ok((columns.collect(), parameters.collect()))
            }
            Self::Mysql(connection, _) => {
                let statement = connection.prep(sql).map_err(|why| of_mysql(&why))?;
                let columns = statement.columns();
                let columns = columns
                    .iter()
                    .map(|one| described(&one.name_str(), class_of(one)));
                let parameters = (0..statement.num_params()).map(|_| described("", ""));
                let both = (columns.collect(), parameters.collect());
                connection.close(statement).map_err(|why| of_mysql(&why))?;
                Ok(both)
            }
        }
    }

    /// The rows of a statement.
    pub(super) fn rows(&mut self, sql: &str) -> Result<Vec<Row>, Refusal> {
        match self {
            Self::Sqlite(connection) => sqlite_rows(connection, sql).map_err(of_sqlite),
            Self::Postgres(client, _) => {
                let messages = client.simple_query(sql).map_err(|why| of_postgres(&why))?;
                let rows = messages.iter().filter_map(|message| match message {
                    SimpleQueryMessage::Row(row) => {
                        let values = (0..row.len()).map(|at| row.get(at).map(str::to_owned));
                        Some(values.collect())
                    }
                    _ => None,
                });
                Ok(rows.collect())
            }
            Self::Mysql(connection, _) => {
                let rows: Vec<mysql::Row> = connection.query(sql).map_err(|why| of_mysql(&why))?;
                let rows = rows.into_iter().map(|row| {
                    let values = row.unwrap().into_iter();
                    values.map(mysql_text).collect()
                });
                Ok(rows.collect())
            }
        }
    }
}

fn described(name: &str, type_name: &str) -> Described {
    Described {
        name: name.to_owned(),
        type_name: type_name.to_owned(),
    }
}

fn mysql_text(value: mysql::Value) -> Option<String> {
    match value {
        mysql::Value::NULL => None,
        mysql::Value::Bytes(bytes) => Some(String::from_utf8_lossy(&bytes).into_owned()),
        other => Some(format!("{other:?}")),
    }
}

fn sqlite_rows(connection: &rusqlite::Connection, sql: &str) -> rusqlite::Result<Vec<Row>> {
    use rusqlite::types::ValueRef;
    let mut statement = connection.prepare(sql)?;
    let count = statement.column_count();
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let value = |at| {
            Ok(match row.get_ref(at)? {
                ValueRef::Null => None,
                ValueRef::Integer(value) => Some(format!("integer:{value}")),
                ValueRef::Real(value) => Some(format!("real:{value}")),
                ValueRef::Text(value) => Some(format!("text:{}", String::from_utf8_lossy(value))),
                ValueRef::Blob(value) => Some(format!("blob:{value:?}")),
            })
        };
        all.push((0..count).map(value).collect::<rusqlite::Result<_>>()?);
    }
    Ok(all)
}

/// The class of a column's type of MySQL: what a program reads it as.
fn class_of(column: &mysql::Column) -> &'static str {
    let is_bytes = column.character_set() == 63;
    let is_unsigned = column.flags().contains(ColumnFlags::UNSIGNED_FLAG);
    match column.column_type() {
        MysqlType::MYSQL_TYPE_TINY
        | MysqlType::MYSQL_TYPE_SHORT
        | MysqlType::MYSQL_TYPE_LONG
        | MysqlType::MYSQL_TYPE_INT24
        | MysqlType::MYSQL_TYPE_LONGLONG => {
            if is_unsigned {
                "unsigned"
            } else {
                "integer"
            }
        }
        MysqlType::MYSQL_TYPE_YEAR => "year",
        MysqlType::MYSQL_TYPE_FLOAT | MysqlType::MYSQL_TYPE_DOUBLE => "double",
        MysqlType::MYSQL_TYPE_DECIMAL | MysqlType::MYSQL_TYPE_NEWDECIMAL => "decimal",
        MysqlType::MYSQL_TYPE_DATE | MysqlType::MYSQL_TYPE_NEWDATE => "date",
        MysqlType::MYSQL_TYPE_TIME | MysqlType::MYSQL_TYPE_TIME2 => "time",
        MysqlType::MYSQL_TYPE_DATETIME
        | MysqlType::MYSQL_TYPE_DATETIME2
        | MysqlType::MYSQL_TYPE_TIMESTAMP
        | MysqlType::MYSQL_TYPE_TIMESTAMP2 => "datetime",
        MysqlType::MYSQL_TYPE_BIT => "bit",
        MysqlType::MYSQL_TYPE_NULL => "null",
        _ if is_bytes => "bytes",
        _ => "text",
    }
}

fn of_sqlite(why: rusqlite::Error) -> Refusal {
    let message = why.to_string();
    let words = [
        "syntax error",
        "unrecognized token",
        "incomplete input",
        "unknown join type",
    ];
    Refusal {
        is_syntax: words.iter().any(|word| message.contains(word)),
        code: String::new(),
        message,
    }
}

fn of_postgres(why: &postgres::Error) -> Refusal {
    let code = why.code().map_or("", |code| code.code()).to_owned();
    let message = why
        .as_db_error()
        .map_or_else(|| why.to_string(), |error| error.message().to_owned());
    Refusal {
        is_syntax: code == "42601",
        code,
        message,
    }
}

fn of_mysql(why: &mysql::Error) -> Refusal {
    let (code, message) = match why {
        mysql::Error::MySqlError(error) => (error.code, error.message.clone()),
        // Of the client, which reads placeholders itself.
        mysql::Error::DriverError(error) => (1064, error.to_string()),
        other => panic!("the server is gone: {other}"),
    };
    Refusal {
        is_syntax: code == 1064,
        code: code.to_string(),
        message,
    }
}
