//! Random pairs of whole schemas: what is planned between them runs on the servers with rows in the tables, back, and again.

mod rows;
mod schema;
mod walk;

use std::collections::BTreeMap;
use std::num::NonZero;

use bindery_schema::check::check;
use bindery_schema::diagnostic::{Diagnostics, Severity};
use bindery_schema::dialect::Dialect;
use bindery_schema::diff::{Plan, Planned, Step, Structure, TableTrigger, plan};
use bindery_schema::input::{Input, InputFile};
use bindery_schema::model::{CheckedModel, Engine, EngineId};
use bindery_schema::parse::load;
use bindery_schema::plan::create_statements;
use bindery_testkit::is_full_run;

use self::rows::Inserted;
use self::schema::{Choices, Table};
use self::walk::Pair;
use super::both::Both;

/// A schema, and what is made of it.
struct Schema {
    sql: String,
    tables: Vec<Table>,
    structure: Structure,
    /// The statements of `create`.
    create: Vec<String>,
}

/// The code of the finding that refuses it.
type Refused = &'static str;

impl Schema {
    fn new(choices: &Choices) -> Result<Self, Refused> {
        let sql = choices.sql();
        let mut found = Diagnostics::default();
        let model = read_checked_model(&sql, choices.dialect, &mut found);
        let code = || {
            let mut errors = found.iter().filter(|one| one.severity == Severity::Error);
            errors.next().map_or("no finding", |one| one.code)
        };
        let model = model.ok_or_else(code)?;
        let tables = create_statements(&model, EngineId(0));
        let created = tables.iter().flat_map(|table| &table.create);
        let linked = tables.iter().flat_map(|table| &table.link);
        let create = created.chain(linked).cloned().collect();
        let structure = Structure::of(&model, EngineId(0)).map_err(|_| "B0334")?;
        Ok(Self {
            sql,
            tables: choices.tables(),
            structure,
            create,
        })
    }
}

fn read_checked_model(
    sql: &str,
    dialect: Dialect,
    found: &mut Diagnostics,
) -> Option<CheckedModel> {
    let mut input = Input {
        default_engine: Some(EngineId(0)),
        engines: vec![Engine {
            name: "default".to_owned(),
            type_name: "Default".to_owned(),
            dialect,
            flavour: None,
            cluster: None,
            dialect_reason: "a test".to_owned(),
            outbox: false,
            inbox: false,
            decisions: false,
            shard_maps: false,
            shard: false,
            syncs: false,
            sagas: None,
            keeps_outcomes: false,
            head: None,
            span: None,
        }],
        ..Input::default()
    };
    let id = load(&mut input.sources, "schema.sql", sql.as_bytes(), found);
    input.files.extend(id.map(|id| InputFile {
        id,
        dialect: Some(dialect),
        engines: Vec::new(),
    }));
    let model = bindery_schema::read_model(&input, found);
    check(model, found)
}

/// The outcome of a pair.
enum Outcome {
    Ran(Inserted),
    /// Both schemas are one.
    Same,
    Refused(Refused),
}

/// What `migrate add` writes, once `migrate check` passes it.
fn planned(from: &Structure, to: &Structure, triggers: &[TableTrigger]) -> Result<Planned, String> {
    let planned = plan(&Plan {
        from,
        to,
        renames: &[],
        triggers,
    });
    let planned = planned.map_err(|why| {
        let found: Vec<&str> = why.found.iter().map(|one| one.message.as_str()).collect();
        format!("it cannot be read again: {found:?}")
    })?;
    match planned.left.is_empty() {
        true => Ok(planned),
        false => {
            let left: Vec<String> = planned.left.iter().map(ToString::to_string).collect();
            Err(format!("left: {}\n{}", left.join("; "), shown(&planned)))
        }
    }
}

/// Changes that lose data are meant.
fn statements(steps: &[&Vec<Step>]) -> Vec<String> {
    let steps = steps.iter().copied().flatten();
    steps.flat_map(|step| step.statements.clone()).collect()
}

/// With the values that a person writes where a remark says that rows need one.
fn with_values(steps: &[&Vec<Step>], to: &[Table]) -> Vec<String> {
    let steps = steps.iter().copied().flatten();
    let statements = steps.flat_map(|step| {
        let values = step.remarks.iter().filter_map(|one| rows::update(one, to));
        values.chain(step.statements.clone()).collect::<Vec<_>>()
    });
    statements.collect()
}

fn shown(step: &Planned) -> String {
    let up = statements(&[&step.up, &step.online]).join(";\n");
    let down = statements(&[&step.online_down, &step.down]).join(";\n");
    format!("-- up\n{up}\n-- down\n{down}")
}

fn same(at: &str, is: &[String], wanted: &[String]) -> Result<(), String> {
    let lacks = |one: &[String], other: &[String]| -> Vec<String> {
        let lines = one.iter().filter(|line| !other.contains(line));
        lines.cloned().collect()
    };
    let (more, less) = (lacks(is, wanted), lacks(wanted, is));
    if is == wanted {
        return Ok(());
    }
    Err(format!("{at} there is\n{more:#?}\nin place of\n{less:#?}"))
}

fn number(variable: &str) -> Option<usize> {
    let given = std::env::var(variable).ok();
    given.and_then(|text| text.parse().ok())
}

/// The outcomes of a number of pairs.
#[derive(Default)]
struct Tally {
    ran: usize,
    same: usize,
    inserted: Inserted,
    refused: BTreeMap<Refused, usize>,
    failed: Vec<String>,
}

impl Tally {
    fn count(&mut self, outcome: Result<Outcome, String>) {
        match outcome {
            Ok(Outcome::Ran(rows)) => {
                self.ran += 1;
                self.inserted = self.inserted.with(&rows);
            }
            Ok(Outcome::Same) => self.same += 1,
            Ok(Outcome::Refused(code)) => *self.refused.entry(code).or_default() += 1,
            Err(why) => self.failed.push(why),
        }
    }

    fn with(mut self, other: Self) -> Self {
        self.ran += other.ran;
        self.same += other.same;
        self.inserted = self.inserted.with(&other.inserted);
        for (code, count) in other.refused {
            *self.refused.entry(code).or_default() += count;
        }
        self.failed.extend(other.failed);
        self
    }
}

/// The pairs of these seeds, on databases of their own; `None` without a server.
fn tally(
    dialect: Dialect,
    open: fn() -> Option<Both>,
    seeds: impl Iterator<Item = u64>,
) -> Option<Tally> {
    let both = open()?;
    let mut tally = Tally::default();
    for seed in seeds {
        let pair = Pair {
            both: &both,
            dialect,
            seed,
        };
        tally.count(pair.outcome());
    }
    Some(tally)
}

/// The same of many pairs, with databases for each processor: a server and its client wait for each other.
fn tally_beside(
    dialect: Dialect,
    open: fn() -> Option<Both>,
    (first, pairs): (u64, usize),
) -> Option<Tally> {
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    let threads = if pairs < 100 { 1 } else { processors };
    std::thread::scope(|scope| {
        let spawned: Vec<_> = (0..threads)
            .map(|at| {
                let seeds = (first..).take(pairs).skip(at).step_by(threads);
                scope.spawn(move || tally(dialect, open, seeds))
            })
            .collect();
        let tallies = spawned.into_iter().map(|one| match one.join() {
            Ok(tally) => tally,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        let tallies: Option<Vec<Tally>> = tallies.collect();
        tallies.map(|all| all.into_iter().fold(Tally::default(), Tally::with))
    })
}

/// As many pairs as there shall be, and a summary of what became of them.
#[expect(clippy::print_stdout, reason = "the summary of a long run")]
fn random_pairs(dialect: Dialect, open: fn() -> Option<Both>) {
    let usual = if is_full_run() { 2_000 } else { 8 };
    let pairs = number("BINDERY_TEST_MIGRATION_PAIRS").unwrap_or(usual);
    let first = number("BINDERY_TEST_MIGRATION_SEED").unwrap_or(1) as u64;
    let Some(tally) = tally_beside(dialect, open, (first, pairs)) else {
        return;
    };
    let Tally {
        ran,
        same,
        inserted,
        refused,
        failed,
    } = tally;
    println!(
        "{}: {pairs} pairs from seed {first}: {ran} ran, {same} are the same, refused {refused:?}, {} failed; {inserted}",
        dialect.name(),
        failed.len()
    );
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
    assert!(ran * 2 > pairs, "only {ran} of {pairs} ran");
    assert!(inserted.are_in_most_tables(), "{inserted}");
}

/// In full: 2,000 pairs.
#[test]
fn cli_07_random_pairs_of_schemas_on_sqlite() {
    random_pairs(Dialect::Sqlite, || Some(Both::on_sqlite()));
}

/// In full: 2,000 pairs.
#[test]
fn cli_07_random_pairs_of_schemas_on_postgres() {
    random_pairs(Dialect::Postgres, Both::on_postgres);
}

/// In full: 2,000 pairs.
#[test]
fn cli_07_random_pairs_of_schemas_on_mysql() {
    random_pairs(Dialect::Mysql, Both::on_mariadb);
}
