//! `cargo xtask catalogue`: what PostgreSQL's catalogue says of types, functions, operators, casts, time zones and configurations of
//! the text search, as the compiler reads it: `schema/src/typing/postgres/<name>.txt`, each made by the query `<name>.sql` beside it. MariaDB has none: what its
//! functions give is measured (`schema/src/typing/mysql`).

mod mariadb;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::Failure;
use crate::databases::{self, Databases};
use crate::interrupt::Interrupt;
use crate::output::{complain, print};
use crate::workspace;

const TABLES: [&str; 6] = [
    "types",
    "functions",
    "operators",
    "casts",
    "configurations",
    "zones",
];

/// Writes the tables; with `is_check` compares them with the committed ones.
pub(crate) fn run(is_check: bool, interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    let mut is_same = true;
    for (path, text) in texts(interrupt)? {
        if is_check {
            let is_committed = fs::read_to_string(&path)? == text;
            if !is_committed {
                complain(&format!("{} is not as the server has it", path.display()));
            }
            is_same &= is_committed;
        } else {
            print(&format!(
                "{}: {} lines",
                path.display(),
                text.lines().count() - 1
            ));
            fs::write(path, &text)?;
        }
    }
    match is_same {
        true => Ok(ExitCode::SUCCESS),
        false => Err(
            "the tables are of another server: commit what `cargo xtask catalogue` writes".into(),
        ),
    }
}

/// The tables with their files.
fn texts(interrupt: &Interrupt) -> Result<Vec<(PathBuf, String)>, Failure> {
    let own = match databases::given() {
        Some(_) => None,
        None => {
            crate::install::ensure(interrupt)?;
            Some(Databases::start()?)
        }
    };
    let (postgres, mysql) = match &own {
        Some(own) => (own.postgres.fresh_database()?, own.mysql.fresh_database()?),
        None => (
            bindery_testkit::fresh_postgres().ok_or("PostgreSQL has gone")?,
            bindery_testkit::fresh_mysql().ok_or("MariaDB has gone")?,
        ),
    };
    let mut texts = Vec::new();
    let version = "SELECT current_setting('server_version_num')::integer / 10000;";
    let head = head("PostgreSQL", &postgres.answer(version)?);
    for table in TABLES {
        let query = fs::read_to_string(path("postgres", table, "sql"))?;
        let text = format!("{head}{}\n", postgres.answer(&query)?);
        texts.push((path("postgres", table, "txt"), text));
    }
    let version = "SELECT SUBSTRING_INDEX(VERSION(), '.', 2);";
    let head = self::head("MariaDB", &mysql.answer(version)?);
    let measure = fs::read_to_string(path("mysql", "measure", "sql"))?;
    let (functions, merges) = mariadb::tables(&mysql, &measure)?;
    let collations = fs::read_to_string(path("mysql", "collations", "sql"))?;
    let collations = format!("{}\n", mysql.answer(&collations)?);
    let tables = [
        ("functions", functions),
        ("merges", merges),
        ("collations", collations),
    ];
    for (table, text) in tables {
        texts.push((path("mysql", table, "txt"), format!("{head}{text}")));
    }
    Ok(texts)
}

/// The first line: which server it is of. A minor version changes nothing here.
fn head(product: &str, version: &str) -> String {
    format!("# {product} {version}, by `cargo xtask catalogue`.\n")
}

fn path(room: &str, table: &str, extension: &str) -> PathBuf {
    let folder = workspace::root().join("schema/src/typing").join(room);
    folder.join(table).with_extension(extension)
}
