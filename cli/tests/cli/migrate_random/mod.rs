//! Random changes of a schema, written as migrations and run on real databases.

pub(super) mod random;
mod schema;
mod trigger;

use std::collections::BTreeMap;

use bindery_schema::dialect::Dialect;
use bindery_testkit::is_full_run;

use self::random::Random;
use self::schema::{Change, ChangeKind, RandomSchema};
use self::trigger::Trigger;
use super::both::Both;

/// Steps to a project, as every step reads all migrations before it.
const STEPS_OF_A_PROJECT: usize = 20;

/// A project whose schema changes at random.
struct Walk {
    both: Both,
    dialect: Dialect,
    random: Random,
    seed: u64,
    schema: RandomSchema,
    /// The catalogue after the last step.
    before: Vec<String>,
    /// The files of each engine after the last step.
    files: [usize; 2],
}

const ENGINES: [&str; 2] = ["default", "b"];

impl Walk {
    fn new(both: Both, dialect: Dialect, seed: u64) -> Self {
        Self {
            both,
            dialect,
            random: Random(seed),
            seed,
            schema: RandomSchema::new(dialect),
            before: Vec::new(),
            files: [0; 2],
        }
    }

    /// `add` → `run` with rows in the tables → the catalogue is that of `create`, the rows are kept → `revert` → as before. Returns
    /// the changes; none where nothing came of them.
    fn step(&mut self, number: usize) -> Vec<ChangeKind> {
        self.schema.settle();
        if self.random.below(6) == 0 {
            let changed = self.schema.trigger(&mut self.random);
            return changed.map_or(Vec::new(), |(trigger, is_new)| {
                self.trigger(number, &trigger, is_new);
                vec![ChangeKind::Trigger]
            });
        }
        let old = self.schema.clone();
        let changes = 1 + self.random.below(3);
        let changes: Vec<Change> = (0..changes)
            .map(|_| self.schema.change(&mut self.random))
            .collect();
        self.schema.forget_enums();
        // A name that was changed twice in one step has the first as its hint no longer.
        if is_twice(&changes) {
            self.schema = old;
            return Vec::new();
        }
        let told = format!(
            "{}, seed {}, step {number}: {changes:?}\n{}\n->\n{}",
            self.dialect.name(),
            self.seed,
            old.sql(),
            self.schema.sql()
        );
        self.both.schema(&self.schema.sql());
        let added = self.both.project.run("migrate add step");
        if !added.is_good() && self.is_left_behind(&old, &added.messages) {
            self.schema = old;
            self.both.schema(&self.schema.sql());
            return Vec::new();
        }
        assert!(added.is_good(), "{told}\n{}", added.failed());
        if added.good().contains("nothing to add") {
            return Vec::new();
        }
        let (pending, text) = self.new_files();
        let told = format!("{told}\n{text}");
        if text.contains("-- Not executed.") {
            self.run_without_losses(pending, &told);
        }
        self.both.mean_it();
        self.run(&old, pending, &told);
        changes.into_iter().map(|(kind, _)| kind).collect()
    }

    /// MySQL and MariaDB would leave a trigger with the old name.
    fn is_left_behind(&self, old: &RandomSchema, told: &str) -> bool {
        let names = |schema: &RandomSchema| -> Vec<[String; 2]> {
            let triggers = schema.triggers.iter();
            let names = triggers.map(|one| [one.table.clone(), one.column.clone()]);
            names.collect()
        };
        let is_renamed = names(old) != names(&self.schema);
        self.dialect == Dialect::Mysql && is_renamed && told.contains("the trigger `")
    }

    /// A migration that is written by hand makes or drops a trigger.
    fn trigger(&mut self, number: usize, trigger: &Trigger, is_new: bool) {
        let (made, dropped) = (trigger.made(self.dialect), trigger.dropped(self.dialect));
        let (up, down) = match is_new {
            true => (&made, &dropped),
            false => (&dropped, &made),
        };
        let told = format!(
            "{}, seed {}, step {number}: {up}\n{}",
            self.dialect.name(),
            self.seed,
            self.schema.sql()
        );
        self.both.schema(&self.schema.sql());
        self.good("migrate add step --empty --engine default", &told);
        let files = self.both.migrations();
        for path in &files[self.files[0]..] {
            let is_back = path.to_string_lossy().ends_with(".down.sql");
            let text = if is_back { down } else { up };
            std::fs::write(path, text).expect("it can be written");
        }
        self.files[0] = files.len();
        self.good("migrate check", &told);
        self.good("migrate run --engine default", &told);
        self.go_back_and_there([1, 0], &told);
    }

    /// The catalogue with the triggers, which no schema has.
    fn catalogue(&self) -> Vec<String> {
        let mut lines = self.both.catalogue();
        lines.retain(|line| !line.starts_with("view x"));
        lines.extend(self.both.triggers_of(0));
        in_any_order(&mut lines);
        lines
    }

    /// The same as it should be.
    fn expected(&self) -> Vec<String> {
        let mut lines = self.both.created();
        let triggers = self.schema.triggers.iter();
        lines.extend(triggers.map(|one| one.line(self.dialect)));
        in_any_order(&mut lines);
        lines
    }

    /// The number of new migrations of each engine, and their text.
    fn new_files(&mut self) -> ([usize; 2], String) {
        let (mut pending, mut text) = ([0; 2], String::new());
        for (at, engine) in ENGINES.iter().enumerate() {
            let files = self.both.migrations_of(engine);
            for path in &files[self.files[at]..] {
                pending[at] += usize::from(!path.to_string_lossy().ends_with(".down.sql"));
                text.push_str(&format!("-- {}\n", path.display()));
                text.push_str(&std::fs::read_to_string(path).unwrap_or_default());
            }
            self.files[at] = files.len();
        }
        (pending, text)
    }

    /// Runs or reverts on the engines that have something new.
    fn on_each(&self, pending: [usize; 2], words: impl Fn(usize) -> String, told: &str) {
        for (engine, number) in ENGINES.iter().zip(pending) {
            if number > 0 {
                self.good(&format!("{} --engine {engine}", words(number)), told);
            }
        }
    }

    /// Tables and columns that go stay, as their statements are comments until a person means them: `revert` ends where it began then, too.
    fn run_without_losses(&self, pending: [usize; 2], told: &str) {
        self.on_each(pending, |_| "migrate run".to_owned(), told);
        let revert = |number| format!("migrate revert --yes --count {number}");
        self.on_each(pending, revert, told);
        let told = format!("reverted without losses: {told}");
        assert_eq!(self.catalogue(), self.before, "{told}");
    }

    fn run(&mut self, old: &RandomSchema, pending: [usize; 2], told: &str) {
        self.good("migrate check", told);
        let has_views = self.schema.sql().contains("CREATE VIEW");
        let run = |_| "migrate run".to_owned();
        self.on_each(pending, run, told);
        if has_views {
            self.good("validate", told);
        }
        let here = |table: &&schema::Table| !table.elsewhere;
        for table in self.schema.tables.iter().filter(here) {
            let known = old.tables.iter().any(|one| table.is_kept_from(one));
            let rows = format!(
                "SELECT count(*) FROM {} WHERE mark = 'kept' AND id IN (1, 2)",
                table.name
            );
            let expected = if known { 2 } else { 0 };
            assert_eq!(self.both.numbers(&rows), [expected], "{told}");
        }
        self.go_back_and_there(pending, told);
    }

    /// After a run: back, and there again; then all tables have their rows.
    fn go_back_and_there(&mut self, pending: [usize; 2], told: &str) {
        let after = self.catalogue();
        assert_eq!(after, self.expected(), "{told}");
        let revert = |number| format!("migrate revert --yes --count {number}");
        self.on_each(pending, revert, told);
        assert_eq!(self.catalogue(), self.before, "reverted: {told}");
        self.on_each(pending, |_| "migrate run".to_owned(), told);
        // Tables that were dropped on the way come back empty.
        for table in self.schema.tables.iter().filter(|one| !one.elsewhere) {
            let name = &table.name;
            self.both.execute(&format!(
                "DELETE FROM {name} WHERE id IN (1, 2);\nINSERT INTO {name} (id, mark) VALUES (1, 'kept'), (2, 'kept')"
            ));
        }
        self.fire(told);
        self.before = after;
    }

    /// Each trigger does what it is for.
    fn fire(&self, told: &str) {
        for trigger in &self.schema.triggers {
            let table = &trigger.table;
            self.both
                .execute(&format!("INSERT INTO {table} (id, mark) VALUES (3, 'new')"));
            let fired = format!("SELECT count(*) FROM {table} WHERE mark = 'fired'");
            assert_eq!(self.both.numbers(&fired), [1], "{}: {told}", trigger.name);
            self.both
                .execute(&format!("DELETE FROM {table} WHERE id = 3"));
        }
    }

    fn good(&self, words: &str, told: &str) {
        let outcome = self.both.project.run(words);
        assert!(outcome.is_good(), "{words}: {told}\n{}", outcome.failed());
    }
}

/// A column that comes back is the last of its table, and of the views of all columns.
fn in_any_order(lines: &mut [String]) {
    for line in lines.iter_mut().filter(|line| line.starts_with("view ")) {
        let mut columns: Vec<&str> = line.split(['\n', ',', ' ']).collect();
        columns.sort_unstable();
        *line = columns.join(" ");
    }
    lines.sort();
}

fn is_twice(changes: &[Change]) -> bool {
    let names = |words: &str| -> Vec<String> {
        let parts = words.split(|letter: char| !letter.is_alphanumeric());
        parts.map(str::to_owned).collect()
    };
    let renames = changes
        .iter()
        .enumerate()
        .filter(|(_, (_, words))| words.starts_with("rename") || words.starts_with("move"));
    renames.into_iter().any(|(at, (_, words))| {
        let target = names(words).last().cloned().unwrap_or_default();
        let others = changes.iter().enumerate().filter(|(other, _)| *other != at);
        let mut others = others.map(|(_, (_, words))| names(words));
        others.any(|words| words.contains(&target))
    })
}

/// The number of steps: a share, or all of them.
fn steps() -> usize {
    let given = std::env::var("BINDERY_TEST_MIGRATION_STEPS").ok();
    let given = given.and_then(|text| text.parse().ok());
    let full = is_full_run();
    given.unwrap_or(if full { 1_000 } else { 30 })
}

fn seed() -> u64 {
    let given = std::env::var("BINDERY_TEST_MIGRATION_SEED").ok();
    given.and_then(|text| text.parse().ok()).unwrap_or(1)
}

/// As many steps as there shall be, in projects one after the other, and a summary of what changed in them.
#[expect(clippy::print_stdout, reason = "the summary of a long run")]
fn random_run(dialect: Dialect, open: impl Fn() -> Option<Both>) {
    let (steps, first) = (steps(), seed());
    let (mut done, mut seed) = (0, first);
    let mut kinds: BTreeMap<ChangeKind, usize> = BTreeMap::new();
    while done < steps {
        let Some(both) = open() else { return };
        let mut walk = Walk::new(both.with_another(), dialect, seed);
        for number in 0..STEPS_OF_A_PROJECT.min(steps - done) {
            let changes = walk.step(number);
            done += usize::from(!changes.is_empty());
            changes
                .into_iter()
                .for_each(|kind| *kinds.entry(kind).or_default() += 1);
        }
        seed += 1;
    }
    let changes: usize = kinds.values().sum();
    println!(
        "{}: {done} steps with {changes} changes, seeds {first} to {}: {kinds:?}",
        dialect.name(),
        seed - 1
    );
}

/// In full: 1,000 steps.
#[test]
fn cli_07_random_changes_of_a_schema_on_sqlite() {
    random_run(Dialect::Sqlite, || Some(Both::on_sqlite()));
}

/// In full: 1,000 steps.
#[test]
fn cli_07_random_changes_of_a_schema_on_postgres() {
    random_run(Dialect::Postgres, Both::on_postgres);
}

/// In full: 1,000 steps.
#[test]
fn cli_07_random_changes_of_a_schema_on_mysql() {
    random_run(Dialect::Mysql, Both::on_mysql);
}
