//! Random changes of a schema, written as migrations and run on real databases.

use super::migrate_add::Both;

/// A seeded generator of small numbers (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % limit as u64) as usize
    }
}

#[derive(Clone)]
struct RandomColumn {
    name: String,
    kind: &'static str,
    default: Option<&'static str>,
    not_null: bool,
    was: Option<String>,
}

#[derive(Clone)]
struct RandomTable {
    name: String,
    was: Option<String>,
    columns: Vec<RandomColumn>,
    /// Lines after the columns, each with the column that it is about.
    lines: Vec<(String, String)>,
    indexes: Vec<(String, String)>,
    refers: Vec<String>,
}

/// A schema that changes at random.
#[derive(Clone, Default)]
struct RandomSchema {
    tables: Vec<RandomTable>,
    names: usize,
}

const KINDS: &[(&str, &str)] = &[
    ("INTEGER", "7"),
    ("BIGINT", "8"),
    ("SMALLINT", "3"),
    ("VARCHAR(20)", "'x'"),
    ("DECIMAL(9,2)", "1.50"),
    ("DATE", "'2026-01-31'"),
];

impl RandomSchema {
    fn name(&mut self, kind: &str) -> String {
        self.names += 1;
        format!("{kind}{}", self.names)
    }

    fn column(&mut self, random: &mut Random) -> RandomColumn {
        let (kind, value) = KINDS[random.below(KINDS.len())];
        let has_default = random.below(2) == 0;
        RandomColumn {
            name: self.name("c"),
            kind,
            default: has_default.then_some(value),
            not_null: has_default && random.below(2) == 0,
            was: None,
        }
    }

    fn new_table(&mut self, random: &mut Random) -> String {
        let name = self.name("t");
        let columns = (0..1 + random.below(4))
            .map(|_| self.column(random))
            .collect();
        self.tables.push(RandomTable {
            name: name.clone(),
            was: None,
            columns,
            lines: Vec::new(),
            indexes: Vec::new(),
            refers: Vec::new(),
        });
        name
    }

    /// One change; gives back its words.
    fn change(&mut self, random: &mut Random) -> String {
        if self.tables.len() < 2 {
            return format!("new table {}", self.new_table(random));
        }
        let at = random.below(self.tables.len());
        let name = self.tables[at].name.clone();
        let column = random.below(self.tables[at].columns.len().max(1));
        let has_column = column < self.tables[at].columns.len();
        match random.below(14) {
            0 => format!("new table {}", self.new_table(random)),
            1 if !self.tables.iter().any(|table| table.refers.contains(&name)) => {
                self.tables.remove(at);
                format!("drop table {name}")
            }
            2 | 3 => {
                let column = self.column(random);
                let words = format!("add {name}.{}", column.name);
                self.tables[at].columns.push(column);
                words
            }
            4 if has_column => {
                let table = &mut self.tables[at];
                let gone = table.columns.remove(column).name;
                table.lines.retain(|(of, _)| *of != gone);
                table
                    .indexes
                    .retain(|(_, columns)| !columns.contains(&gone));
                format!("drop {name}.{gone}")
            }
            5 if has_column => self.rename_column(at, column),
            6 => self.rename_table(at),
            7 if has_column => {
                let column = &mut self.tables[at].columns[column];
                column.kind = match column.kind {
                    "SMALLINT" => "INTEGER",
                    "INTEGER" => "BIGINT",
                    "VARCHAR(20)" => "VARCHAR(40)",
                    other => other,
                };
                format!("type of {name}.{}", column.name)
            }
            8 if has_column => {
                let column = &mut self.tables[at].columns[column];
                column.not_null = false;
                format!("null of {name}.{}", column.name)
            }
            9 if has_column => {
                let column = &mut self.tables[at].columns[column];
                if !column.not_null {
                    let value = KINDS.iter().find(|(kind, _)| *kind == column.kind);
                    let value = value.map(|(_, value)| *value);
                    column.default = if column.default.is_some() {
                        None
                    } else {
                        value
                    };
                }
                format!("default of {name}.{}", column.name)
            }
            10 if has_column => {
                let index = self.name("i");
                let table = &mut self.tables[at];
                table
                    .indexes
                    .push((index.clone(), table.columns[column].name.clone()));
                format!("index {index}")
            }
            11 => {
                let table = &mut self.tables[at];
                if table.indexes.is_empty() {
                    drop(table.lines.pop());
                } else {
                    drop(table.indexes.remove(0));
                }
                format!("drop a key of {name}")
            }
            12 if has_column => {
                let constraint = self.name("k");
                let of = self.tables[at].columns[column].name.clone();
                let line = if random.below(2) == 0 {
                    format!("CONSTRAINT {constraint} UNIQUE (id, {of})")
                } else {
                    format!("CONSTRAINT {constraint} CHECK ({of} IS NULL OR id > 0)")
                };
                self.tables[at].lines.push((of, line.clone()));
                line
            }
            _ => {
                let other = self.tables[random.below(self.tables.len())].name.clone();
                let (of, constraint) = (self.name("r"), self.name("f"));
                let table = &mut self.tables[at];
                table.columns.push(RandomColumn {
                    name: of.clone(),
                    kind: "BIGINT",
                    default: None,
                    not_null: false,
                    was: None,
                });
                let line =
                    format!("CONSTRAINT {constraint} FOREIGN KEY ({of}) REFERENCES {other} (id)");
                table.lines.push((of, line.clone()));
                table.refers.push(other);
                line
            }
        }
    }

    fn rename_column(&mut self, at: usize, column: usize) -> String {
        let new = self.name("c");
        let table = &mut self.tables[at];
        let old = std::mem::replace(&mut table.columns[column].name, new.clone());
        table.columns[column].was = Some(old.clone());
        for (of, line) in &mut table.lines {
            if *of == old {
                of.clone_from(&new);
                *line = replaced(line, &old, &new);
            }
        }
        for (_, of) in &mut table.indexes {
            if *of == old {
                of.clone_from(&new);
            }
        }
        format!("rename {old} to {new}")
    }

    fn rename_table(&mut self, at: usize) -> String {
        let new = self.name("t");
        let old = std::mem::replace(&mut self.tables[at].name, new.clone());
        self.tables[at].was = Some(old.clone());
        for table in &mut self.tables {
            for (_, line) in &mut table.lines {
                *line = replaced(line, &old, &new);
            }
            for refers in &mut table.refers {
                if *refers == old {
                    refers.clone_from(&new);
                }
            }
        }
        format!("rename {old} to {new}")
    }

    fn settle(&mut self) {
        for table in &mut self.tables {
            table.was = None;
            table
                .columns
                .iter_mut()
                .for_each(|column| column.was = None);
        }
    }

    fn sql(&self) -> String {
        let mut sql = String::new();
        for table in &self.tables {
            if let Some(was) = &table.was {
                sql.push_str(&format!("-- @renamed_from {was}\n"));
            }
            sql.push_str(&format!(
                "CREATE TABLE {} (\n  id BIGINT NOT NULL PRIMARY KEY,\n  mark VARCHAR(20) NOT NULL",
                table.name
            ));
            for column in &table.columns {
                let was = column
                    .was
                    .iter()
                    .map(|was| format!("\n  -- @renamed_from {was}"))
                    .collect::<String>();
                let not_null = if column.not_null { " NOT NULL" } else { "" };
                let default = column
                    .default
                    .map_or(String::new(), |value| format!(" DEFAULT {value}"));
                sql.push_str(&format!(
                    ",{was}\n  {} {}{not_null}{default}",
                    column.name, column.kind
                ));
            }
            for (_, line) in &table.lines {
                sql.push_str(&format!(",\n  {line}"));
            }
            sql.push_str("\n);\n");
            for (index, of) in &table.indexes {
                sql.push_str(&format!("CREATE INDEX {index} ON {} ({of});\n", table.name));
            }
        }
        sql
    }
}

/// Whole words only.
fn replaced(line: &str, old: &str, new: &str) -> String {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let mut text = String::new();
    let mut word = String::new();
    for letter in line.chars().chain([' ']) {
        if is_word(letter) {
            word.push(letter);
            continue;
        }
        text.push_str(if word == old { new } else { &word });
        word.clear();
        text.push(letter);
    }
    text.trim_end().to_owned()
}

/// Random changes of a schema, one after the other: `add` → `run` with rows in the tables → the catalogue is that of `create`, the
/// rows are kept → `revert` → as before.
fn random_changes(both: &Both, seed: u64, steps: usize) {
    let mut random = Random(seed);
    let mut schema = RandomSchema::default();
    let mut before: Vec<String> = Vec::new();
    for step in 0..steps {
        schema.settle();
        let old = schema.clone();
        let changes = 1 + random.below(3);
        let words: Vec<String> = (0..changes).map(|_| schema.change(&mut random)).collect();
        // A name that was changed twice in one step has the first as its hint no longer.
        let told = format!(
            "seed {seed}, step {step}: {words:?}\n{}\n->\n{}",
            old.sql(),
            schema.sql()
        );
        if twice_renamed(&words) {
            schema = old;
            continue;
        }
        both.schema(&schema.sql());
        let added = both.project.run("migrate add step");
        let added = added.good();
        if added.contains("nothing to add") {
            continue;
        }
        both.mean_it();
        let count = both.project.run("migrate status --format json").json();
        let pending = count[0]["migrations"]
            .as_array()
            .expect("a list")
            .iter()
            .filter(|one| one["state"] == "pending")
            .count();
        let files = both.migrations();
        let last = files.iter().rev().take(4);
        let text: String = last
            .map(|path| std::fs::read_to_string(path).unwrap_or_default())
            .collect();
        let told = format!("{told}\n{text}");
        let check = both.project.run("migrate check");
        assert!(check.is_good(), "{told}\n{}", check.failed());
        let ran = both.project.run("migrate run");
        assert!(ran.is_good(), "{told}\n{}", ran.failed());
        let after = both.catalogue();
        assert_eq!(after, both.created(), "{told}");
        for table in &schema.tables {
            let known = old
                .tables
                .iter()
                .any(|one| one.name == table.name || Some(&one.name) == table.was.as_ref());
            let rows = format!(
                "SELECT count(*) FROM {} WHERE mark = 'kept' AND id IN (1, 2)",
                table.name
            );
            let expected = if known { 2 } else { 0 };
            assert_eq!(both.numbers(&rows), [expected], "{told}");
        }
        let reverted = both.project.run(&format!(
            "migrate revert --engine default --yes --count {pending}"
        ));
        assert!(reverted.is_good(), "{told}\n{}", reverted.failed());
        assert_eq!(both.catalogue(), before, "reverted: {told}");
        both.good("migrate run");
        // Tables that were dropped on the way come back empty.
        for table in &schema.tables {
            both.execute(&format!("DELETE FROM {} WHERE id IN (1, 2)", table.name));
            both.execute(&format!(
                "INSERT INTO {} (id, mark) VALUES (1, 'kept'), (2, 'kept')",
                table.name
            ));
        }
        before = after;
    }
}

fn twice_renamed(words: &[String]) -> bool {
    let renames: Vec<&String> = words
        .iter()
        .filter(|words| words.starts_with("rename"))
        .collect();
    let names =
        |text: &String| -> Vec<String> { text.split_whitespace().map(str::to_owned).collect() };
    renames.iter().any(|rename| {
        let target = names(rename)[3].clone();
        words
            .iter()
            .filter(|other| other != rename)
            .any(|other| names(other).iter().any(|word| word.contains(&target)))
    })
}

/// The number of steps: a share, or all of them.
fn steps() -> usize {
    let given = std::env::var("BINDERY_TEST_MIGRATION_STEPS").ok();
    let given = given.and_then(|text| text.parse().ok());
    let full = std::env::var_os("BINDERY_TEST_FULL").is_some();
    given.unwrap_or(if full { 1_000 } else { 30 })
}

fn seeds() -> u64 {
    let given = std::env::var("BINDERY_TEST_MIGRATION_SEED").ok();
    given.and_then(|text| text.parse().ok()).unwrap_or(1)
}

/// Twenty steps to a project, as every step reads all migrations before it.
fn random_run(open: impl Fn() -> Option<Both>) {
    for round in 0..steps().div_ceil(20) as u64 {
        let Some(both) = open() else { return };
        random_changes(&both, seeds() + round, 20);
    }
}

#[test]
fn cli_07_random_changes_of_a_schema_on_sqlite() {
    random_run(|| Some(Both::on_sqlite()));
}

#[test]
fn cli_07_random_changes_of_a_schema_on_postgres() {
    random_run(Both::on_postgres);
}

#[test]
fn cli_07_random_changes_of_a_schema_on_mysql() {
    random_run(Both::on_mysql);
}
