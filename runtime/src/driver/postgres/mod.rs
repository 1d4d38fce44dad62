//! PostgreSQL through the crate `postgres`: values in binary form, statements prepared once.

mod cache;
mod copy;
mod decode;
mod encode;
mod error;
mod numeric;
mod options;

use bytes::BytesMut;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::{Format, IsNull, ToSql, Type};
use postgres::{Client, NoTls, Row, RowIter, SimpleQueryMessage, Statement};

use self::cache::StatementCache;
use self::error::{breaks_connection, connect_error, is_stale_plan, statement_error};
use super::connect::{ServerInfo, within};
use super::params::ParamTarget;
use super::row::RowSource;
use super::{ParamWriter, RowReader, TakeRow, WriteParams};
use crate::error::{Error, ErrorKind, Result};

pub(super) use self::decode::RowRef;
pub(super) use self::encode::Encoder;
pub(crate) use self::options::PostgresConfig;

/// One open PostgreSQL connection.
pub(crate) struct PostgresConnection {
    client: Client,
    statements: StatementCache,
    /// Parameters of the statement at hand; kept for its memory.
    buffer: Vec<u8>,
    in_transaction: bool,
    broken: bool,
    info: ServerInfo,
}

impl PostgresConnection {
    pub(crate) fn connect(config: &PostgresConfig) -> Result<Self> {
        let config = config.clone();
        within(config.connect_timeout, move || Self::log_in(&config))
    }

    fn log_in(config: &PostgresConfig) -> Result<Self> {
        let mut client = config
            .driver
            .connect(NoTls)
            .map_err(|error| connect_error(&error))?;
        let version = settle(&mut client, config).map_err(|error| connect_error(&error))?;
        let product = "PostgreSQL";
        Ok(Self {
            info: ServerInfo { product, version },
            client,
            statements: StatementCache::default(),
            buffer: Vec::new(),
            in_transaction: false,
            broken: false,
        })
    }

    pub(crate) fn execute(&mut self, sql: &str, write: WriteParams<'_>) -> Result<u64> {
        self.run(sql, write, |client, statement, params| {
            client.execute(statement, params)
        })
    }

    /// All rows are taken from the server before the first is handed over: twice as fast as one by one.
    pub(crate) fn query(
        &mut self,
        sql: &str,
        write: WriteParams<'_>,
        take: TakeRow<'_>,
    ) -> Result<()> {
        let rows = self.run(sql, write, |client, statement, params| {
            client.query(statement, params)
        })?;
        for row in &rows {
            if !take(&mut reader(row))? {
                break;
            }
        }
        Ok(())
    }

    pub(crate) fn cursor(
        &mut self,
        sql: &str,
        write: WriteParams<'_>,
    ) -> Result<PostgresCursor<'_>> {
        let statement = self.ready(sql, write)?;
        let params = fields(&self.buffer);
        match self.client.query_raw(&statement, params) {
            Ok(rows) => Ok(PostgresCursor {
                rows,
                current: None,
                broken: &mut self.broken,
            }),
            Err(error) => {
                self.statements.forget(sql);
                self.broken |= breaks_connection(&error);
                Err(statement_error(&error))
            }
        }
    }

    /// Runs a prepared statement. Outside a transaction a plan that has become stale is made anew, once: the first
    /// attempt failed before it did anything.
    fn run<T>(
        &mut self,
        sql: &str,
        write: WriteParams<'_>,
        run: impl Fn(&mut Client, &Statement, &[&(dyn ToSql + Sync)]) -> Result<T, postgres::Error>,
    ) -> Result<T> {
        let mut retried = self.in_transaction;
        loop {
            let statement = self.ready(sql, write)?;
            let fields = fields(&self.buffer);
            let params: Vec<&(dyn ToSql + Sync)> = fields.iter().map(|field| field as _).collect();
            match run(&mut self.client, &statement, &params) {
                Ok(value) => return Ok(value),
                Err(error) if is_stale_plan(&error) && !retried => {
                    self.statements.forget(sql);
                    retried = true;
                }
                Err(error) => {
                    if is_stale_plan(&error) {
                        self.statements.forget(sql);
                    }
                    return Err(self.failed(&error));
                }
            }
        }
    }

    /// Prepares the statement and encodes its parameters. One prepared before may expect types that the table no
    /// longer has, so a refusal counts only of one that is prepared anew.
    fn ready(&mut self, sql: &str, write: WriteParams<'_>) -> Result<Statement> {
        if let Some(statement) = self.statements.get(sql) {
            if self.encode(&statement, write).is_ok() {
                return Ok(statement);
            }
            self.statements.forget(sql);
        }
        let statement = self.prepare(sql)?;
        self.statements.insert(sql, statement.clone());
        self.encode(&statement, write).map(|()| statement)
    }

    fn prepare(&mut self, sql: &str) -> Result<Statement> {
        self.client
            .prepare(sql)
            .map_err(|error| self.failed(&error))
    }

    fn encode(&mut self, statement: &Statement, write: WriteParams<'_>) -> Result<()> {
        self.buffer.clear();
        let types = statement.params();
        let encoder = Encoder::new(types, &mut self.buffer);
        let mut params = ParamWriter::new(ParamTarget::Postgres(encoder));
        write(&mut params);
        params.finish_all(types.len())
    }

    pub(crate) fn batch(&mut self, sql: &str) -> Result<()> {
        self.client
            .batch_execute(sql)
            .map_err(|error| self.failed(&error))
    }

    pub(crate) fn table_exists(&mut self, schema: Option<&str>, table: &str) -> Result<bool> {
        // Ordinary and partitioned tables, views, materialised views and foreign tables.
        const SQL: &str = "SELECT 1 FROM pg_catalog.pg_class c \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname = coalesce($1, current_schema()) AND c.relname = $2 \
             AND c.relkind IN ('r', 'p', 'v', 'm', 'f')";
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

    /// Rows come back with what was generated, so nobody asks.
    pub(crate) fn last_insert_id(&mut self) -> u64 {
        0
    }

    pub(crate) fn begin(&mut self) -> Result<()> {
        self.batch("BEGIN")?;
        self.in_transaction = true;
        Ok(())
    }

    /// The server answers COMMIT of a failed transaction by rolling back, without an error, and the driver does not
    /// show the difference. A statement before it fails in such a transaction, and then COMMIT is not run.
    pub(crate) fn commit(&mut self) -> Result<()> {
        self.batch("SELECT; COMMIT")?;
        self.in_transaction = false;
        Ok(())
    }

    pub(crate) fn rollback(&mut self) -> Result<()> {
        self.batch("ROLLBACK")?;
        self.in_transaction = false;
        Ok(())
    }

    pub(crate) fn in_transaction(&self) -> bool {
        self.in_transaction
    }

    pub(crate) fn is_broken(&self) -> bool {
        self.broken || self.client.is_closed()
    }

    pub(crate) fn server_info(&self) -> &ServerInfo {
        &self.info
    }

    /// Turns a driver's error into ours and remembers whether the connection can go on.
    #[cold]
    fn failed(&mut self, error: &postgres::Error) -> Error {
        self.broken |= breaks_connection(error);
        statement_error(error)
    }

    #[cold]
    fn lost(&mut self) -> Error {
        self.broken = true;
        Error::new(ErrorKind::ConnectionLost)
    }
}

/// Settings that values depend on, and the server's version.
fn settle(client: &mut Client, config: &PostgresConfig) -> Result<String, postgres::Error> {
    let mut sql = "SET TIME ZONE 'UTC'; SET standard_conforming_strings = on".to_owned();
    if let Some(limit) = config.statement_timeout {
        sql.push_str(&format!("; SET statement_timeout = {}", limit.as_millis()));
    }
    client.batch_execute(&sql)?;
    let answer = client.simple_query("SHOW server_version")?;
    let version = answer.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0),
        _ => None,
    });
    Ok(version.unwrap_or_default().to_owned())
}

/// A parameter that is encoded already.
struct Field<'a>(Option<&'a [u8]>);

/// The driver logs parameters by this, so it says nothing.
impl std::fmt::Debug for Field<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("…")
    }
}

impl ToSql for Field<'_> {
    fn to_sql(
        &self,
        _: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        Ok(match self.0 {
            Some(bytes) => {
                out.extend_from_slice(bytes);
                IsNull::No
            }
            None => IsNull::Yes,
        })
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn to_sql_checked(
        &self,
        column_type: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        self.to_sql(column_type, out)
    }

    fn encode_format(&self, column_type: &Type) -> Format {
        if encode::is_foreign(column_type) {
            Format::Text
        } else {
            Format::Binary
        }
    }
}

/// The values that an [`Encoder`] wrote.
fn fields(buffer: &[u8]) -> Vec<Field<'_>> {
    let mut rest = buffer;
    let mut fields = Vec::new();
    while let Some(field) = decode::take_field(&mut rest) {
        fields.push(Field(field));
    }
    fields
}

/// Rows one after the other; dropping it makes the connection read the rest away before its next statement.
pub(crate) struct PostgresCursor<'c> {
    rows: RowIter<'c>,
    current: Option<Row>,
    broken: &'c mut bool,
}

impl PostgresCursor<'_> {
    pub(crate) fn next(&mut self) -> Result<Option<RowReader<'_>>> {
        self.current = match self.rows.next() {
            Ok(row) => row,
            Err(error) => {
                *self.broken |= breaks_connection(&error);
                return Err(statement_error(&error));
            }
        };
        Ok(self.current.as_ref().map(reader))
    }
}

fn reader(row: &Row) -> RowReader<'_> {
    RowReader::new(RowSource::Postgres(RowRef::Row(row)))
}
