//! The main function of a schema's program: every table on the original database, and on the one that bindery makes where
//! the original lacks it or changes rows by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use bindery::config::SchemaCheck;
use bindery::{Config, Connection, Dialect, Engine, EngineOptions, Result};
use bindery_schema::model::{Model, TableId};

use crate::database::Database;
use crate::schema::Schema;
use crate::seeds;
use crate::table::{Shown, Table};
use crate::there_and_back::{Findings, try_table};
use crate::trial::Program;

/// Gives connections of one database.
pub type Connect<E> = Box<dyn Fn() -> Result<Connection<E>>>;

/// Tries all tables and reads all views of a schema. Arguments: the schema's file, its dialect, the file that the outcome is written to.
pub fn run<E: Engine>(
    open: fn(&Config) -> Result<Connect<E>>,
    tables: &[&dyn Table<E>],
    views: &[&dyn Shown<E>],
) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [path, dialect, outcome] = arguments.as_slice() else {
        say("usage: SCHEMA DIALECT OUTCOME");
        return ExitCode::from(2);
    };
    match outcome_of(open, (tables, views), path, dialect) {
        Ok(lines) => match fs::write(outcome, lines) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&format!("`{outcome}` cannot be written: {error}")),
        },
        Err(why) => failed(&why),
    }
}

fn failed(why: &str) -> ExitCode {
    say(why);
    ExitCode::FAILURE
}

fn outcome_of<E: Engine>(
    open: fn(&Config) -> Result<Connect<E>>,
    (tables, views): (&[&dyn Table<E>], &[&dyn Shown<E>]),
    path: &str,
    dialect: &str,
) -> std::result::Result<String, String> {
    let known = [Dialect::Sqlite, Dialect::Postgres, Dialect::Mysql];
    let dialect = known.into_iter().find(|known| known.name() == dialect);
    let schema = Schema::read(Path::new(path), dialect.ok_or("the dialect is not known")?)?;
    let (original, created) = (Database::original(&schema)?, Database::created(&schema)?);
    if let Some(seeds) = seeds::script(&schema.model, schema.dialect) {
        for database in [&original, &created] {
            // Where a row is not taken, its table is reported as one that cannot be satisfied.
            let _ = database.change(&seeds);
        }
    }
    let connect = |database: &Database| {
        // Tables without transactions are not written in one, and everything here is; their rows are deleted again.
        let check = if database.sticky.is_empty() {
            SchemaCheck::default()
        } else {
            SchemaCheck::Off
        };
        let options = EngineOptions::url(database.url()).schema_check(check);
        let config = Config::new().engine("default", options);
        open(&config).map_err(|error| error.to_string())
    };
    let (on_original, on_created) = (connect(&original)?, connect(&created)?);
    let place = |name, database, connect| TrialDatabase {
        name,
        database,
        connect,
        program: Program {
            model: &schema.model,
            dialect: schema.dialect,
            tables,
            sticky: among(&schema.model, &database.sticky),
            known: BTreeMap::new(),
        },
    };
    let mut places = [
        place("original", &original, on_original),
        place("created", &created, on_created),
    ];
    let mut lines = format!(
        "schema\t{}\t{}\t{}\t{}\t{}\n",
        schema.name,
        tables.len(),
        schema.columns(),
        schema.typed(),
        views.len()
    );
    for id in schema.model.table_ids().take(tables.len()) {
        one_table(&mut places, id, &mut lines);
    }
    // Views come last.
    for (id, view) in schema.model.table_ids().skip(tables.len()).zip(views) {
        one_view(&places, id, *view, &mut lines);
    }
    Ok(lines)
}

fn among(model: &Model, names: &BTreeSet<String>) -> BTreeSet<TableId> {
    let ids = model.table_ids();
    ids.filter(|id| names.contains(&model.table(*id).name.name))
        .collect()
}

/// A database with the rows that are known to go into it.
struct TrialDatabase<'p, E: Engine> {
    name: &'static str,
    database: &'p Database,
    connect: Connect<E>,
    program: Program<'p, E>,
}

impl<E: Engine> TrialDatabase<'_, E> {
    fn has(&self, id: TableId) -> bool {
        self.database
            .tables
            .contains(&self.program.model.table(id).name.name)
    }

    /// Has it the tables too that a row of this one may refer to?
    fn has_all(&self, id: TableId) -> bool {
        let (mut reached, mut open) = (BTreeSet::from([id]), vec![id]);
        while let Some(next) = open.pop() {
            let keys = &self.program.model.table(next).foreign_keys;
            open.extend(
                keys.iter()
                    .map(|key| key.table)
                    .filter(|id| reached.insert(*id)),
            );
        }
        reached.into_iter().all(|id| self.has(id))
    }

    fn is_active(&self, id: TableId) -> bool {
        self.database
            .active
            .contains(&self.program.model.table(id).name.name)
    }

    fn has_view(&self, id: TableId) -> bool {
        let name = &self.program.model.table(id).name.name;
        self.database.views.contains(name)
    }

    fn select(&self, table: &dyn Shown<E>) -> Result<()> {
        let mut connection = (self.connect)()?;
        let count = table.count(&mut connection)?;
        let first = table.first(&mut connection)?;
        let all = if count < 20_000 {
            table.all(&mut connection)?.len() as u64
        } else {
            count
        };
        if first.is_some() == (count > 0) && all == count {
            Ok(())
        } else {
            let why = "`first`, `all` and `count` do not agree".to_owned();
            Err(bindery::Error::new(bindery::ErrorKind::Config(why)))
        }
    }

    fn try_table(&mut self, id: TableId) -> std::result::Result<Findings, (String, bool)> {
        let mut connection = (self.connect)().map_err(|error| (error.to_string(), false))?;
        let tried = try_table(&mut self.program, &mut connection, id);
        tried.map_err(|refusal| (refusal.why, refusal.is_legal))
    }
}

/// Reads a view where the original has it, else where bindery made it.
fn one_view<E: Engine>(
    places: &[TrialDatabase<'_, E>; 2],
    id: TableId,
    view: &dyn Shown<E>,
    lines: &mut String,
) {
    let name = places[0].program.model.table(id).name.to_string();
    let mut line = writer(lines, &name);
    match places.iter().find(|place| place.has_view(id)) {
        Some(place) => match place.select(view) {
            Ok(()) => line("shown", place.name),
            Err(error) => line("failure", &told(&error)),
        },
        None => line("hidden", "the server cannot make it"),
    }
}

/// Adds lines of a table.
fn writer<'l>(lines: &'l mut String, name: &'l str) -> impl FnMut(&str, &str) + use<'l> {
    move |word: &str, text: &str| {
        let text = text.replace(['\t', '\n', '\r'], " ");
        writeln!(lines, "{word}\t{name}\t{text}").expect("writing to a String cannot fail");
    }
}

fn one_table<E: Engine>(places: &mut [TrialDatabase<'_, E>; 2], id: TableId, lines: &mut String) {
    let name = places[0].program.model.table(id).name.to_string();
    let mut line = writer(lines, &name);
    let [original, created] = places;
    match (original.has(id), created.has(id)) {
        (true, _) => select(original, id, &mut line),
        (false, true) => select(created, id, &mut line),
        (false, false) => return line("unavailable", "this server makes it of no script"),
    }
    if !original.has_all(id) {
        let tried = created.try_table(id);
        return tell(tried, created.name, &mut line);
    }
    let tried = original.try_table(id);
    let again = match &tried {
        Ok(findings) if findings.failures.is_empty() => None,
        // Triggers and rules write what they like: without them it must go well.
        Ok(findings) => original
            .is_active(id)
            .then(|| ("active", findings.failures.join("; "))),
        Err((why, true)) => Some(("barred", why.clone())),
        Err((_, false)) => None,
    };
    if let Some((word, why)) = again {
        let again = created.try_table(id);
        if matches!(&again, Ok(findings) if findings.failures.is_empty()) {
            line(word, &why);
            return tell(again, created.name, &mut line);
        }
    }
    tell(tried, original.name, &mut line);
}

fn select<E: Engine>(place: &TrialDatabase<'_, E>, id: TableId, line: &mut impl FnMut(&str, &str)) {
    match place.select(place.program.tables[id.0 as usize]) {
        Ok(()) => line("selected", place.name),
        Err(error) => line("failure", &told(&error)),
    }
}

fn told(error: &bindery::Error) -> String {
    let source = std::error::Error::source(error).map_or(String::new(), ToString::to_string);
    format!("select: {error} {source}")
}

fn tell(
    tried: std::result::Result<Findings, (String, bool)>,
    on: &str,
    line: &mut impl FnMut(&str, &str),
) {
    match tried {
        Ok(findings) => {
            for refused in &findings.refused {
                line("refused", refused);
            }
            for failure in &findings.failures {
                line("failure", failure);
            }
            if findings.failures.is_empty() {
                line("returned", on);
            }
        }
        Err((why, true)) => line("unsatisfied", &why),
        Err((why, false)) => line("failure", &why),
    }
}

/// Written to stderr.
fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
