//! The types and the grammar of statements, held against the servers of the three dialects: the ordinary tests take a share, `cargo xtask
//! statements` all of it.
//!
//! Each measurement prints a table of numbers and fails beyond its threshold. The seed is printed, and can be given.

mod mutations;
mod nulls;
mod opinion;
mod precedence;
mod queries;
mod random;
mod server;
mod tables;
mod values;
mod worlds;

use std::path::{Path, PathBuf};

use super::tests::{cases, model};
use crate::dialect::Dialect;
use crate::model::Model;
use bindery_core::statements::lex::Lexer;
use bindery_core::statements::lex::Token;

/// How much is measured, from which seed, and where the results go.
struct Settings {
    seed: u64,
    /// `None`: the share of the ordinary tests.
    count: Option<usize>,
    /// A folder of further statements, `<dialect>/….sql`.
    folder: Option<PathBuf>,
    /// The folder for the lines of the command's table.
    notes: Option<PathBuf>,
}

impl Settings {
    fn read() -> Self {
        let given = |name: &str| std::env::var(format!("BINDERY_STATEMENTS_{name}")).ok();
        let given = |name: &str| given(name).filter(|value| !value.is_empty());
        Self {
            seed: given("SEED").map_or(1, |text| text.parse().expect("a number")),
            count: given("COUNT").map(|text| text.parse().expect("a number")),
            folder: given("FOLDER").map(PathBuf::from),
            notes: given("NOTES").map(PathBuf::from),
        }
    }

    fn count(&self, share: usize) -> usize {
        self.count.unwrap_or(share)
    }
}

/// The results of one measurement on one dialect.
struct Results {
    name: &'static str,
    dialect: Dialect,
    seed: u64,
    numbers: Vec<(&'static str, String)>,
    /// The differences, each in a readable way.
    findings: Vec<String>,
    /// The thresholds that are broken.
    broken: Vec<String>,
}

impl Results {
    fn new(name: &'static str, dialect: Dialect, settings: &Settings) -> Self {
        Self {
            name,
            dialect,
            seed: settings.seed,
            numbers: Vec::new(),
            findings: Vec::new(),
            broken: Vec::new(),
        }
    }

    fn number(&mut self, name: &'static str, value: impl ToString) {
        self.numbers.push((name, value.to_string()));
    }

    /// A share in percent, which has a limit. Two more of a small number show nothing.
    fn share(&mut self, name: &'static str, part: usize, of: usize, limit: f64) {
        let percent = 100.0 * part as f64 / of.max(1) as f64;
        self.number(name, format!("{part} of {of} ({percent:.2} %)"));
        if percent > limit && (part > 2 || limit == 0.0) {
            self.broken
                .push(format!("{name}: {percent:.2} % are more than {limit} %"));
        }
    }

    /// Prints the numbers, leaves them for the command, and fails where a threshold is broken.
    fn conclude(self, settings: &Settings) {
        let head = format!("{} on {}", self.name, self.dialect.name());
        let numbers = self.numbers.iter();
        let numbers = numbers.map(|(name, value)| format!("    {name:<44} {value}\n"));
        let numbers: String = numbers.collect();
        let findings: String = self.findings.iter().map(|one| format!("{one}\n")).collect();
        let text = format!("{head}, seed {}\n{numbers}", self.seed);
        if let Some(folder) = &settings.notes {
            let name = format!("{}-{}", self.name.replace(' ', "-"), self.dialect.name());
            let rows = self.numbers.iter();
            let rows = rows.map(|(name, value)| format!("{name}\t{value}\n"));
            let broken = self.broken.iter().map(|one| format!("broken\t{one}\n"));
            let rows: String = rows.chain(broken).collect();
            std::fs::write(folder.join(format!("{name}.txt")), rows).expect("the notes");
            std::fs::write(folder.join(format!("{name}.findings")), &findings).expect("the notes");
        }
        assert!(
            self.broken.is_empty(),
            "{findings}{text}{}",
            self.broken.join("\n")
        );
        if settings.count.is_some() {
            let mut out = std::io::stderr();
            let text = format!("{findings}{text}");
            std::io::Write::write_all(&mut out, text.as_bytes()).expect("an open stderr");
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/typing/cases")
}

/// The schema of the cases in a dialect: the tables that all have, and its own.
pub(super) fn schema(dialect: Dialect) -> String {
    let read_file =
        |name: &str| std::fs::read_to_string(folder().join(name)).expect("a file of cases");
    format!(
        "{}{}",
        read_file("schema.sql"),
        read_file(&format!("schema.{}.sql", dialect.name()))
    )
}

/// The schema of the cases, as the compiler has it.
fn schema_model(dialect: Dialect) -> Model {
    model(&schema(dialect), dialect)
}

/// The statements of the cases that are to be right, in one dialect; also those of the folder that the command was given.
fn statements(dialect: Dialect, settings: &Settings) -> Vec<String> {
    let read_file =
        |name: &str| std::fs::read_to_string(folder().join(name)).expect("a file of cases");
    let text = format!("{}\n{}", read_file("all.sql"), read_file("hard.sql"));
    let own = cases(&text).into_iter();
    let own = own.filter(|(of, _)| *of == dialect);
    let mut all: Vec<String> = own.map(|(_, text)| text.to_owned()).collect();
    if let Some(folder) = &settings.folder {
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder.join(dialect.name()))
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|end| end == "sql"))
            .collect();
        files.sort();
        for file in files {
            let text = std::fs::read_to_string(&file).expect("a file of statements");
            all.extend(cut(&text, dialect));
        }
    }
    all
}

/// The statements of a text, without their semicolons.
fn cut(text: &str, dialect: Dialect) -> Vec<String> {
    let tokens = tokens(text, dialect);
    let mut statements = Vec::new();
    let mut first = None;
    for (at, token) in tokens.iter().enumerate() {
        let raw = &text[token.start as usize..token.end as usize];
        if raw == ";" {
            if let Some(first) = first.take() {
                let end = tokens[at - 1].end as usize;
                statements.push(text[first..end].to_owned());
            }
        } else if first.is_none() {
            first = Some(token.start as usize);
        }
    }
    if let (Some(first), Some(last)) = (first, tokens.last()) {
        statements.push(text[first..last.end as usize].to_owned());
    }
    statements
}

fn tokens(text: &str, dialect: Dialect) -> Vec<Token> {
    let mut lexer = Lexer::new(text, dialect);
    let mut tokens = Vec::new();
    while lexer.skip_blanks() {
        tokens.push(lexer.token());
    }
    tokens
}
