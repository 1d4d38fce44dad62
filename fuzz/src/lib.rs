//! Fuzz targets: each takes any bytes and ends, however it ends, without a panic, a hang or much memory.
//!
//! Promises beyond that are asserted here. Seeds and former findings are under `seeds/`; `cargo xtask fuzz` runs
//! a target for minutes, the tests of this crate run each for a moment.

mod compile;
mod config;
mod dumps;
mod inputs;
mod messages;
mod migrations;
mod names;
mod schema;
pub mod server;
mod stored;

use bindery::data::DataFormat;
use bindery_schema::dialect::Dialect;

/// A target of fuzzing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A schema file in this dialect, from bytes to generated code.
    Schema(Dialect),
    /// A file of queries over tables in this dialect.
    Queries(Dialect),
    /// `bindery.toml`, read by the build and by the running program.
    Config,
    /// A connection's URL.
    Url,
    /// Comments above and beside tables and columns.
    Annotation,
    /// Names of tables and columns, down to generated code that is Rust.
    Names,
    /// Files of migrations.
    Migrations,
    /// The list by which queries in place find their schema.
    Inputs,
    /// A file of rows that is loaded: JSON lines.
    JsonRows,
    /// The same as CSV.
    CsvRows,
    /// A dump in a tar file.
    TarArchive,
    /// A dump in a zip file.
    ZipArchive,
    /// The manifest of a dump.
    Manifest,
    /// The envelope of an event.
    Messages,
    /// A stored task.
    Tasks,
    /// The answers of a PostgreSQL server.
    PostgresServer,
    /// The answers of a MySQL or MariaDB server.
    MysqlServer,
}

impl Target {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::Schema(Dialect::Sqlite),
        Self::Schema(Dialect::Postgres),
        Self::Schema(Dialect::Mysql),
        Self::Queries(Dialect::Sqlite),
        Self::Queries(Dialect::Postgres),
        Self::Queries(Dialect::Mysql),
        Self::Config,
        Self::Url,
        Self::Annotation,
        Self::Names,
        Self::Migrations,
        Self::Inputs,
        Self::JsonRows,
        Self::CsvRows,
        Self::TarArchive,
        Self::ZipArchive,
        Self::Manifest,
        Self::Messages,
        Self::Tasks,
        Self::PostgresServer,
        Self::MysqlServer,
    ];

    /// Its name on a command line, and of its folder of seeds.
    pub fn name(self) -> &'static str {
        match self {
            Self::Schema(Dialect::Sqlite) => "schema-sqlite",
            Self::Schema(Dialect::Postgres) => "schema-postgres",
            Self::Schema(Dialect::Mysql) => "schema-mysql",
            Self::Queries(Dialect::Sqlite) => "queries-sqlite",
            Self::Queries(Dialect::Postgres) => "queries-postgres",
            Self::Queries(Dialect::Mysql) => "queries-mysql",
            Self::Config => "config",
            Self::Url => "url",
            Self::Annotation => "annotation",
            Self::Names => "names",
            Self::Migrations => "migrations",
            Self::Inputs => "inputs",
            Self::JsonRows => "rows-json",
            Self::CsvRows => "rows-csv",
            Self::TarArchive => "archive-tar",
            Self::ZipArchive => "archive-zip",
            Self::Manifest => "manifest",
            Self::Messages => "messages",
            Self::Tasks => "tasks",
            Self::PostgresServer => "server-postgres",
            Self::MysqlServer => "server-mysql",
        }
    }

    /// The target of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.name() == name)
    }

    /// Runs the target once.
    ///
    /// # Panics
    /// There is a defect: that is what fuzzing looks for.
    pub fn run(self, bytes: &[u8]) {
        match self {
            Self::Schema(dialect) => schema::run(bytes, dialect),
            Self::Queries(dialect) => schema::run_queries(bytes, dialect),
            Self::Config => config::run_config(bytes),
            Self::Url => config::run_url(bytes),
            Self::Annotation => schema::run_annotation(bytes),
            Self::Names => names::run(bytes),
            Self::Migrations => migrations::run(bytes),
            Self::Inputs => inputs::run(bytes),
            Self::JsonRows => stored::run_rows(bytes, DataFormat::JsonLines),
            Self::CsvRows => stored::run_rows(bytes, DataFormat::Csv),
            Self::TarArchive => dumps::run_tar(bytes),
            Self::ZipArchive => dumps::run_archive(bytes, "dump.zip"),
            Self::Manifest => dumps::run_manifest(bytes),
            Self::Messages => messages::run(bytes),
            Self::Tasks => stored::run_task(bytes),
            Self::PostgresServer => server::run_session(server::Speaker::Postgres, bytes),
            Self::MysqlServer => server::run_session(server::Speaker::Mysql, bytes),
        }
    }
}
