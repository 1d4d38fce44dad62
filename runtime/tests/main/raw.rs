//! Raw SQL on every database: what is bound and read, what is refused, and what is gone afterwards.

mod control;
mod dialects;
#[cfg(feature = "derive")]
mod engines;
mod errors;
#[cfg(feature = "derive")]
mod fragments;
mod left;
#[cfg(feature = "derive")]
mod macros;
mod read_only;
mod rows;

use bindery::{Connection, Dialect, Engine, Sql};

/// A text with `?`, as the engine's dialect has it.
fn sql<E: Engine>(c: &Connection<E>, text: &'static str) -> &'static str {
    match c.dialect() {
        Dialect::Sqlite | Dialect::Mysql => text,
        Dialect::Postgres => {
            let pieces: Vec<&str> = text.split('?').collect();
            let numbered = pieces.iter().enumerate().map(|(at, piece)| match at {
                0 => (*piece).to_owned(),
                at => format!("${at}{piece}"),
            });
            Box::leak(numbered.collect::<String>().into_boxed_str())
        }
    }
}

/// One of three texts.
fn by<E: Engine>(
    c: &Connection<E>,
    sqlite: &'static str,
    postgres: &'static str,
    mysql: &'static str,
) -> &'static str {
    match c.dialect() {
        Dialect::Sqlite => sqlite,
        Dialect::Postgres => postgres,
        Dialect::Mysql => mysql,
    }
}

/// The same text as one that is put together.
fn assembled(text: &str) -> bindery::raw::Assembled {
    Sql::assembled(text)
}
