//! The scripts as their authors ship them, made fit for a database of any name and a client that stops at errors.

use bindery_schema::dialect::Dialect;

/// The script without what makes or chooses a database of its own; what a server cannot load (an extension that is not
/// installed, a newer syntax) is passed over.
pub(crate) fn script(text: &str, dialect: Dialect) -> String {
    let kept = text.lines().filter(|line| !chooses_database(line));
    let kept = kept.collect::<Vec<_>>().join("\n");
    match dialect {
        Dialect::Postgres => format!("{PREPARED}{kept}\n"),
        // Sakila's views name their database.
        Dialect::Mysql => kept.replace("sakila.", ""),
        Dialect::Sqlite => kept,
    }
}

/// The extensions that a script asks for, and its collation: who creates tables that use them has them.
pub(crate) fn extensions(text: &str) -> String {
    let lines = text.lines().filter(|line| starts(line, "create extension"));
    let collation = "CREATE COLLATION musicbrainz (provider = icu, locale = 'und');\n";
    PREPARED.to_owned() + collation + &lines.collect::<Vec<_>>().join("\n") + "\n"
}

/// What the authors of MusicBrainz load before the script of the corpus, as far as tables need it.
const PREPARED: &str = "\\set ON_ERROR_STOP off
CREATE SCHEMA IF NOT EXISTS musicbrainz;
CREATE FUNCTION controlled_for_whitespace(text) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION musicbrainz.musicbrainz_unaccent(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION musicbrainz_unaccent(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT $1';
";

fn chooses_database(line: &str) -> bool {
    const STARTS: [&str; 8] = [
        "\\c ",
        "\\set ON_ERROR_STOP",
        "create database",
        "drop database",
        "use ",
        "create schema sakila",
        "drop schema if exists sakila",
        "alter database",
    ];
    STARTS.iter().any(|start| starts(line, start))
}

fn starts(line: &str, start: &str) -> bool {
    let head = line.get(..start.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(start))
}
