//! `cargo xtask statements`: what the compiler says of statements, held against the servers by tests of the compiler. The numbers are
//! the page `docs/checked-sql-measured.md`.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use crate::Failure;
use crate::arguments::Measuring;
use crate::databases::{self, Databases};
use crate::install;
use crate::interrupt::Interrupt;
use crate::output::{complain, print};
use crate::step::{Report, Step};
use crate::test::today;
use crate::workspace::{self, cargo};

/// The page that the numbers are written to, behind the line that says when they were taken.
const PAGE: &str = "docs/checked-sql-measured.md";

const DIALECTS: [(&str, &str); 3] = [
    ("sqlite", "SQLite"),
    ("postgres", "PostgreSQL"),
    ("mysql", "MariaDB"),
];

/// The measurements by the names of their notes, with the tests that make them.
const MEASUREMENTS: [(&str, &str, &str); 4] = [
    (
        "types-and-nulls",
        "Types and nullability",
        "values_are_what_is_said_of_them_on_",
    ),
    (
        "mutations",
        "Statements with a mistake",
        "mistakes_are_refused_as_the_server_refuses_them_on_",
    ),
    (
        "precedence",
        "Grouping of operators",
        "operators_group_as_the_server_groups_them_on_",
    ),
    (
        "second-opinion",
        "A second reader",
        "a_second_reader_differs_where_the_list_says",
    ),
];

/// Measures, prints the tables, and writes the page where all dialects were measured. The exit code says whether a threshold is broken.
pub(crate) fn run(measuring: &Measuring, interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    install::ensure(interrupt)?;
    let given = databases::given();
    let own = match &given {
        None => Some(Databases::start()?),
        Some(_) => None,
    };
    let environment = given.or_else(|| own.as_ref().map(Databases::environment));
    let notes = workspace::target().join("statements");
    let _ = fs::remove_dir_all(&notes);
    fs::create_dir_all(&notes)?;
    let Measuring { count, seed, .. } = measuring;
    complain(&format!(
        "measuring {count} expressions and mistakes on each database, with --seed {seed}"
    ));
    let folder = match &measuring.folder {
        Some(folder) => Some(fs::canonicalize(folder).map_err(|why| format!("{folder}: {why}"))?),
        None => None,
    };
    let mut command = cargo();
    command
        .args([
            "test",
            "-p",
            "bindery-schema",
            "--all-features",
            "--lib",
            "--",
        ])
        .args(tests(measuring))
        .arg("--nocapture")
        .env("BINDERY_STATEMENTS_NOTES", &notes)
        .env("BINDERY_STATEMENTS_COUNT", count.to_string())
        .env("BINDERY_STATEMENTS_SEED", seed.to_string())
        .env("BINDERY_STATEMENTS_FOLDER", folder.unwrap_or_default())
        .envs(environment.unwrap_or_default());
    let report = Report::run_all(vec![Step::new("statements", command)], interrupt)?;
    report.print();
    if interrupt.check().is_err() {
        return Ok(report.exit_code());
    }
    let tables = tables(&notes)?;
    print(&tables);
    if measuring.dialect.is_none() && measuring.folder.is_none() {
        write_page(&tables, measuring)?;
    }
    Ok(report.exit_code())
}

/// The names of the tests that are run.
fn tests(measuring: &Measuring) -> Vec<String> {
    let Some(dialect) = &measuring.dialect else {
        return MEASUREMENTS.map(|(_, _, test)| test.to_owned()).into();
    };
    let of_dialect = MEASUREMENTS
        .iter()
        .filter(|(_, _, test)| test.ends_with('_'));
    of_dialect
        .map(|(_, _, test)| format!("{test}{dialect}"))
        .collect()
}

/// A table for each measurement: a row for each number, a column for each dialect.
fn tables(notes: &Path) -> Result<String, Failure> {
    let mut tables = String::new();
    for (file, title, _) in MEASUREMENTS {
        let mut columns: Vec<(&str, Vec<(String, String)>)> = Vec::new();
        for (dialect, product) in DIALECTS {
            let path = notes.join(format!("{file}-{dialect}.txt"));
            let Ok(text) = fs::read_to_string(path) else {
                continue;
            };
            let rows = text.lines().filter_map(|line| line.split_once('\t'));
            let rows = rows.map(|(name, value)| (name.to_owned(), value.to_owned()));
            columns.push((product, rows.collect()));
        }
        let Some((_, first)) = columns.first() else {
            continue;
        };
        let products: Vec<&str> = columns.iter().map(|(product, _)| *product).collect();
        writeln!(tables, "## {title}\n\n| | {} |", products.join(" | "))?;
        writeln!(tables, "|---|{}", "--:|".repeat(columns.len()))?;
        for (name, _) in first {
            let values = columns.iter().map(|(_, rows)| {
                let found = rows.iter().find(|(known, _)| known == name);
                found.map_or("", |(_, value)| value.as_str())
            });
            let values: Vec<&str> = values.collect();
            writeln!(tables, "| {name} | {} |", values.join(" | "))?;
        }
        tables.push('\n');
    }
    Ok(tables)
}

/// Puts the tables in the place of those that the page has.
fn write_page(tables: &str, measuring: &Measuring) -> Result<(), Failure> {
    let path = workspace::root().join(PAGE);
    let text = fs::read_to_string(&path)?;
    let head = text.split("\nRun on ").next().unwrap_or_default();
    let Measuring { count, seed, .. } = measuring;
    let day = today()?;
    let said = format!("Run on {day} by `cargo xtask statements --count {count} --seed {seed}`.");
    fs::write(path, format!("{head}\n{said}\n\n{}\n", tables.trim_end()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialect_alone_has_its_tests() {
        let measuring = Measuring {
            folder: None,
            count: 1,
            seed: 1,
            dialect: Some("mysql".to_owned()),
        };
        let names = tests(&measuring);
        assert_eq!(names.len(), 3);
        assert!(names.iter().all(|name| name.ends_with("_on_mysql")));
    }
}
