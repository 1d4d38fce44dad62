//! The table of all schemas, what is missing in it with the reasons, and whether it is good enough.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::notes::{Notes, Said};

/// Of the tables that rows must come back from, in hundredths.
const RETURNED_TARGET: usize = 95;

const HEAD: &str = "\
# Real schemas

Schemas that nobody of this project wrote: a crate is generated from each and compiled without a warning, then run on the
database that the authors' own script makes. Made by `cargo xtask corpus`; `BINDERY_CORPUS` names the folder of the schemas.

* **typed**: columns with a type of their own in Rust; the others are read and written as the database's text.
* **selected**: tables that `first`, `count` and `all` were called on.
* **round-tripped**: tables that rows of extreme values were inserted into, found, updated, saved and deleted again, and came
  back equal each time.
* **DDL equal**: tables that are the same in the database that bindery makes, of those that the server makes of the script.

";

/// The page.
pub(super) fn page(all: &[Notes]) -> String {
    let mut text = String::from(HEAD);
    text.push_str("| schema | tables | columns | typed | selected | round-tripped | DDL equal |\n");
    text.push_str("|---|--:|--:|--:|--:|--:|--:|\n");
    for notes in all {
        row(&mut text, &notes.name, &Counts::of(notes));
    }
    row(&mut text, "**all**", &Counts::sum(all));
    for notes in all {
        missing(&mut text, notes);
    }
    text
}

/// What keeps the table from its targets.
pub(super) fn shortfalls(all: &[Notes]) -> Vec<String> {
    let sum = Counts::sum(all);
    let mut found: Vec<String> = Vec::new();
    for notes in all {
        let told = notes
            .failures
            .iter()
            .map(|(table, why)| format!("{}: {table}: {why}", notes.name));
        found.extend(told);
    }
    if sum.selected < sum.tables {
        found.push(format!(
            "{} of {} tables are selected",
            sum.selected, sum.tables
        ));
    }
    if sum.returned * 100 < sum.tables * RETURNED_TARGET {
        found.push(format!(
            "{} of {} tables are round-tripped",
            sum.returned, sum.tables
        ));
    }
    found
}

/// The numbers of a row.
#[derive(Default)]
struct Counts {
    tables: usize,
    columns: usize,
    typed: usize,
    selected: usize,
    returned: usize,
    equal: Option<(usize, usize)>,
}

impl Counts {
    fn of(notes: &Notes) -> Self {
        Self {
            tables: notes.tables,
            columns: notes.columns,
            typed: notes.typed,
            selected: notes.selected.len(),
            returned: notes.returned.len(),
            equal: notes.equal,
        }
    }

    fn sum(all: &[Notes]) -> Self {
        all.iter()
            .map(Self::of)
            .fold(Self::default(), |sum, one| Self {
                tables: sum.tables + one.tables,
                columns: sum.columns + one.columns,
                typed: sum.typed + one.typed,
                selected: sum.selected + one.selected,
                returned: sum.returned + one.returned,
                equal: match (sum.equal, one.equal) {
                    (Some((compared, equal)), Some((more, also))) => {
                        Some((compared + more, equal + also))
                    }
                    (one, None) | (None, one) => one,
                },
            })
    }
}

fn row(text: &mut String, name: &str, counts: &Counts) {
    let Counts {
        tables,
        columns,
        typed,
        selected,
        returned,
        equal,
    } = counts;
    let equal = match equal {
        Some((compared, equal)) => format!("{equal} of {compared}"),
        None => "–".to_owned(),
    };
    add(
        text,
        format_args!(
            "| {name} | {tables} | {columns} | {typed} | {selected} | {returned} | {equal} |\n"
        ),
    );
}

fn add(text: &mut String, more: std::fmt::Arguments<'_>) {
    text.write_fmt(more)
        .expect("writing to a String cannot fail");
}

/// What a schema lacks, and what was done in another way, with the reasons.
fn missing(text: &mut String, notes: &Notes) {
    let mut lines = Vec::new();
    if !notes.only_created.is_empty() {
        let tables: Vec<&String> = notes.only_created.iter().collect();
        lines.push(format!(
            "{}: not made of the script by this server; tried in the database that bindery makes",
            names(&tables)
        ));
    }
    for (what, said) in [
        (
            "triggers or rules of the original write or refuse the rows; without them they come back",
            &notes.active,
        ),
        (
            "no row was found that the constraints let in",
            &notes.unsatisfied,
        ),
        ("**not as it should be**", &notes.failures),
    ] {
        lines.extend(
            by_reason(said)
                .into_iter()
                .map(|(reason, tables)| match reason {
                    Some(reason) if what.starts_with("no row") || what.starts_with("**") => {
                        format!("{}: {what}: {reason}", names(&tables))
                    }
                    Some(_) | None => format!("{}: {what}", names(&tables)),
                }),
        );
    }
    lines.dedup();
    if !notes.differing.is_empty() {
        let tables: Vec<&String> = notes.differing.iter().collect();
        lines.push(format!(
            "{}: differ in the database that bindery makes",
            names(&tables)
        ));
    }
    if !lines.is_empty() {
        add(text, format_args!("\n## {}\n\n", notes.name));
        lines
            .iter()
            .for_each(|line| add(text, format_args!("* {line}\n")));
    }
}

fn by_reason(said: &[Said]) -> BTreeMap<Option<&str>, Vec<&String>> {
    let mut found: BTreeMap<Option<&str>, Vec<&String>> = BTreeMap::new();
    for (table, reason) in said {
        found.entry(Some(reason.as_str())).or_default().push(table);
    }
    found
}

fn names(tables: &[&String]) -> String {
    let quoted: Vec<String> = tables.iter().map(|table| format!("`{table}`")).collect();
    quoted.join(", ")
}
