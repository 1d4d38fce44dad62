//! `cargo xtask catalogue`: what PostgreSQL's catalogue says of types, functions, operators and casts, as the compiler reads
//! it: `schema/src/typing/postgres/<name>.txt`, each made by the query `<name>.sql` beside it.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use bindery_testkit::{FreshDatabase, Server};

use crate::Failure;
use crate::databases;
use crate::interrupt::Interrupt;
use crate::output::{complain, print};
use crate::workspace;

const TABLES: [&str; 4] = ["types", "functions", "operators", "casts"];

/// Writes the tables; with `is_check` compares them with the committed ones.
pub(crate) fn run(is_check: bool, interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    let (_own, database) = database(interrupt)?;
    let mut is_same = true;
    for table in TABLES {
        let query = fs::read_to_string(path(table, "sql"))?;
        let text = format!("{}{}\n", head(&database)?, database.answer(&query)?);
        if is_check {
            let is_committed = fs::read_to_string(path(table, "txt"))? == text;
            if !is_committed {
                complain(&format!("{table}.txt is not as the server has it"));
            }
            is_same &= is_committed;
        } else {
            fs::write(path(table, "txt"), &text)?;
            print(&format!("{table}.txt: {} lines", text.lines().count() - 1));
        }
    }
    match is_same {
        true => Ok(ExitCode::SUCCESS),
        false => Err(
            "the tables are of another server: commit what `cargo xtask catalogue` writes".into(),
        ),
    }
}

/// A database of the server that the environment names, else of a private one, which is returned with it.
fn database(interrupt: &Interrupt) -> Result<(Option<Server>, FreshDatabase), Failure> {
    if databases::given().is_some() {
        let database = bindery_testkit::fresh_postgres().ok_or("the server has gone")?;
        return Ok((None, database));
    }
    crate::install::ensure(interrupt)?;
    let server = Server::postgres().start()?;
    let database = server.fresh_database()?;
    Ok((Some(server), database))
}

/// The first line: which server it is of. A minor version changes nothing here.
fn head(database: &FreshDatabase) -> Result<String, Failure> {
    let version = "SELECT current_setting('server_version_num')::integer / 10000;";
    let major = database.answer(version)?;
    Ok(format!(
        "# PostgreSQL {major}, by `cargo xtask catalogue`.\n"
    ))
}

fn path(table: &str, extension: &str) -> PathBuf {
    let folder = workspace::root().join("schema/src/typing/postgres");
    folder.join(table).with_extension(extension)
}
