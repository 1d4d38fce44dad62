//! MySQL and MariaDB through the crate `mysql`. Statements with parameters go through the binary protocol only: text
//! would round floats.

mod bulk;
mod error;
mod options;
mod params;
mod row;
mod size;

use mysql::prelude::Queryable;
use mysql::{Binary, Conn, QueryResult, Row, Statement, Value};

use self::error::{breaks_connection, connect_error, ends_transaction, statement_error};
use super::connect::{ServerInfo, within};
use super::database_error::wrong_count;
use super::params::ParamTarget;
use super::row::RowSource;
use super::{ParamWriter, RowReader, TakeRow, WriteParams};
use crate::error::{Error, ErrorKind, Result};

pub(crate) use self::options::MysqlConfig;
pub(super) use self::params::Params;
pub(super) use self::row::RowRef;

/// One open MySQL or MariaDB connection.
pub(crate) struct MysqlConnection {
    conn: Conn,
    session: Session,
    max_allowed_packet: usize,
    /// Of the last statement that was executed; every later answer overwrites the driver's own.
    last_insert_id: u64,
    info: ServerInfo,
}

/// What is known of the server's side.
#[derive(Default)]
struct Session {
    transaction: Transaction,
    broken: bool,
}

#[derive(Default, PartialEq, Eq, Clone, Copy)]
enum Transaction {
    #[default]
    None,
    Open,
    /// The server has ended it after an error and would run what follows outside of any.
    Aborted,
}

impl Session {
    #[cold]
    fn failed(&mut self, error: &mysql::Error) -> Error {
        self.broken |= breaks_connection(error);
        if self.transaction == Transaction::Open && ends_transaction(error) {
            self.transaction = Transaction::Aborted;
        }
        statement_error(error)
    }

    fn ensure_usable(&self) -> Result<()> {
        match self.transaction {
            Transaction::None | Transaction::Open => Ok(()),
            Transaction::Aborted => Err(Error::new(ErrorKind::TransactionAborted)),
        }
    }
}

impl MysqlConnection {
    pub(crate) fn connect(config: &MysqlConfig) -> Result<Self> {
        let config = config.clone();
        within(config.connect_timeout, move || {
            Self::log_in(&config).map_err(|error| connect_error(&error))
        })
    }

    fn log_in(config: &MysqlConfig) -> Result<Self, mysql::Error> {
        let mut conn = Conn::new(config.driver.clone())?;
        let answer: Option<(String, usize)> =
            conn.query_first("SELECT VERSION(), @@max_allowed_packet")?;
        let (version, max_allowed_packet) = answer.unwrap_or_default();
        let info = server_info(version);
        settle(&mut conn, config, info.product)?;
        Ok(Self {
            conn,
            session: Session::default(),
            max_allowed_packet,
            last_insert_id: 0,
            info,
        })
    }

    pub(crate) fn execute(&mut self, sql: &str, write: WriteParams<'_>) -> Result<u64> {
        let mut values = Vec::new();
        encode(&mut values, write)?;
        self.execute_values(sql, values)
    }

    fn execute_values(&mut self, sql: &str, values: Vec<Value>) -> Result<u64> {
        let statement = self.prepare(sql, &values)?;
        let (changed, counted) = self
            .conn
            .exec_iter(&statement, values)
            .map(|result| (result.affected_rows(), result.last_insert_id()))
            .map_err(|error| self.session.failed(&error))?;
        self.last_insert_id = counted.unwrap_or_default();
        Ok(changed)
    }

    pub(crate) fn query(
        &mut self,
        sql: &str,
        write: WriteParams<'_>,
        take: TakeRow<'_>,
    ) -> Result<()> {
        let mut cursor = self.cursor(sql, write)?;
        while let Some(mut row) = cursor.next()? {
            if !take(&mut row)? {
                break;
            }
        }
        Ok(())
    }

    pub(crate) fn cursor(&mut self, sql: &str, write: WriteParams<'_>) -> Result<MysqlCursor<'_>> {
        let mut values = Vec::new();
        encode(&mut values, write)?;
        let statement = self.prepare(sql, &values)?;
        match self.conn.exec_iter(statement, values) {
            Ok(rows) => Ok(MysqlCursor {
                rows,
                current: None,
                session: &mut self.session,
            }),
            Err(error) => Err(self.session.failed(&error)),
        }
    }

    fn prepare(&mut self, sql: &str, values: &[Value]) -> Result<Statement> {
        self.session.ensure_usable()?;
        size::check(values, self.max_allowed_packet)?;
        let statement = self
            .conn
            .prep(sql)
            .map_err(|error| self.session.failed(&error))?;
        let expected = usize::from(statement.num_params());
        if values.len() == expected {
            Ok(statement)
        } else {
            Err(wrong_count(values.len(), expected))
        }
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        self.session.ensure_usable()?;
        self.run(sql)
    }

    fn run(&mut self, sql: &str) -> Result<()> {
        run_all(&mut self.conn, sql).map_err(|error| self.session.failed(&error))
    }

    pub(crate) fn table_exists(&mut self, schema: Option<&str>, table: &str) -> Result<bool> {
        const SQL: &str = "SELECT 1 FROM information_schema.TABLES \
             WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ?";
        let mut found = false;
        let write = &mut |params: &mut ParamWriter<'_>| {
            match schema {
                Some(schema) => params.text(schema),
                None => params.null(),
            }
            params.text(table);
        };
        self.query(SQL, write, &mut |_| {
            found = true;
            Ok(false)
        })?;
        Ok(found)
    }

    pub(crate) fn last_insert_id(&mut self) -> u64 {
        self.last_insert_id
    }

    pub(crate) fn begin(&mut self) -> Result<()> {
        self.batch("BEGIN")?;
        self.session.transaction = Transaction::Open;
        Ok(())
    }

    pub(crate) fn commit(&mut self) -> Result<()> {
        self.batch("COMMIT")?;
        self.session.transaction = Transaction::None;
        Ok(())
    }

    pub(crate) fn rollback(&mut self) -> Result<()> {
        self.run("ROLLBACK")?;
        self.session.transaction = Transaction::None;
        Ok(())
    }

    pub(crate) fn in_transaction(&self) -> bool {
        self.session.transaction != Transaction::None
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.session.broken
    }

    pub(crate) fn server_info(&self) -> &ServerInfo {
        &self.info
    }
}

/// MariaDB's version names it, whoever packed it.
fn server_info(version: String) -> ServerInfo {
    let product = if version.contains("MariaDB") {
        "MariaDB"
    } else {
        "MySQL"
    };
    ServerInfo { product, version }
}

/// Settings that values depend on. Strict: a value that does not fit is refused instead of changed. Without
/// `NO_AUTO_VALUE_ON_ZERO` a key of 0 would be stored as another number.
fn settle(
    conn: &mut Conn,
    config: &MysqlConfig,
    product: &'static str,
) -> Result<(), mysql::Error> {
    conn.query_drop(
        "SET NAMES utf8mb4, time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,\
         ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION'",
    )?;
    let Some(limit) = config.statement_timeout else {
        return Ok(());
    };
    // MySQL limits only SELECT.
    conn.query_drop(if product == "MariaDB" {
        format!("SET max_statement_time = {}", limit.as_secs_f64())
    } else {
        format!("SET max_execution_time = {}", limit.as_millis())
    })
}

/// Runs one or more statements and looks at the outcome of each: the driver's own way passes over all but the first.
fn run_all(conn: &mut Conn, sql: &str) -> Result<(), mysql::Error> {
    let mut results = conn.query_iter(sql)?;
    while let Some(rows) = results.iter() {
        for row in rows {
            row?;
        }
    }
    Ok(())
}

fn encode(values: &mut Vec<Value>, write: WriteParams<'_>) -> Result<()> {
    let mut params = ParamWriter::new(ParamTarget::Mysql(Params::new(values)));
    write(&mut params);
    params.finish()
}

/// Rows one after the other; dropping it reads the rest away.
pub(crate) struct MysqlCursor<'c> {
    rows: QueryResult<'c, 'c, 'c, Binary>,
    current: Option<Row>,
    session: &'c mut Session,
}

impl MysqlCursor<'_> {
    pub(crate) fn next(&mut self) -> Result<Option<RowReader<'_>>> {
        self.current = match self.rows.next() {
            Some(Ok(row)) => Some(row),
            Some(Err(error)) => return Err(self.session.failed(&error)),
            None => None,
        };
        let current = self.current.as_ref();
        Ok(current.map(|row| RowReader::new(RowSource::Mysql(RowRef(row)))))
    }
}
