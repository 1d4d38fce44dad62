//! The table of all schemas, what is missing in it with the reasons, and whether it is good enough.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::notes::{Notes, TableRemark};

/// Of the tables that rows must come back from, in hundredths.
const RETURNED_TARGET: usize = 95;

const HEAD: &str = "\
# Real schemas

Schemas of other projects: a crate is generated from each and compiled without a warning, then run on the
database that the authors' own script makes. Made by `cargo xtask corpus`; `BINDERY_CORPUS` names the folder of the schemas.

* **typed**: columns with a type of their own in Rust; the others are read and written as the database's text.
* **selected**: tables that `first`, `count` and `all` were called on.
* **views read**: views that the same three were called on, of those that the script has.
* **round-tripped**: tables that rows of extreme values were inserted into, found, updated, saved and deleted again, and came
  back equal each time.
* **DDL equal**: tables that are the same in the database that bindery makes, of those that the server makes of the script.

";

/// The page.
pub(super) fn page(all: &[Notes]) -> String {
    let mut text = String::from(HEAD);
    text.push_str("| schema | tables | columns | typed | selected | views read | round-tripped | DDL equal |\n");
    text.push_str("|---|--:|--:|--:|--:|--:|--:|--:|\n");
    for notes in all {
        row(&mut text, &notes.name, &Counts::from_notes(notes));
    }
    row(&mut text, "**all**", &Counts::sum(all));
    for notes in all {
        missing(&mut text, notes);
    }
    text
}

/// Returns the reasons why the table misses its targets.
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
    let unavailable: usize = all.iter().map(|notes| notes.unavailable.len()).sum();
    let excused = all.iter().flat_map(|notes| {
        let tables = notes.known.iter().map(|(table, _)| table);
        tables.filter(|table| !notes.selected.contains(*table))
    });
    let there = sum.tables.saturating_sub(unavailable);
    if sum.selected + excused.count() < there {
        found.push(format!("{} of {there} tables are selected", sum.selected));
    }
    let hidden: usize = all.iter().map(|notes| notes.hidden.len()).sum();
    if sum.shown + hidden < sum.views {
        found.push(format!("{} of {} views are read", sum.shown, sum.views));
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
    views: usize,
    shown: usize,
    returned: usize,
    equal: Option<(usize, usize)>,
}

impl Counts {
    fn from_notes(notes: &Notes) -> Self {
        Self {
            tables: notes.tables,
            columns: notes.columns,
            typed: notes.typed,
            selected: notes.selected.len(),
            views: notes.views,
            shown: notes.shown.len(),
            returned: notes.returned.len(),
            equal: notes.equal,
        }
    }

    fn sum(all: &[Notes]) -> Self {
        all.iter()
            .map(Self::from_notes)
            .fold(Self::default(), |sum, one| Self {
                tables: sum.tables + one.tables,
                columns: sum.columns + one.columns,
                typed: sum.typed + one.typed,
                selected: sum.selected + one.selected,
                views: sum.views + one.views,
                shown: sum.shown + one.shown,
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
        views,
        shown,
        returned,
        equal,
    } = counts;
    let shown = match views {
        0 => "–".to_owned(),
        _ => format!("{shown} of {views}"),
    };
    let equal = match equal {
        Some((compared, equal)) => format!("{equal} of {compared}"),
        None => "–".to_owned(),
    };
    add(
        text,
        format_args!(
            "| {name} | {tables} | {columns} | {typed} | {selected} | {shown} | {returned} | {equal} |\n"
        ),
    );
}

fn add(text: &mut String, more: std::fmt::Arguments<'_>) {
    text.write_fmt(more)
        .expect("writing to a String cannot fail");
}

/// Writes what a schema lacks and what was done in another way, with the reasons.
fn missing(text: &mut String, notes: &Notes) {
    let mut lines = Vec::new();
    let mut all = |what: &str, tables: &mut dyn Iterator<Item = &String>| {
        let tables: Vec<&String> = tables.collect();
        if !tables.is_empty() {
            lines.push(format!("{}: {what}", names(&tables)));
        }
    };
    all(UNAVAILABLE, &mut notes.unavailable.iter());
    all(HIDDEN, &mut notes.hidden.iter());
    all(ONLY_CREATED, &mut notes.only_created.iter());
    all(ACTIVE, &mut notes.active.iter().map(|(table, _)| table));
    all(DIFFERING, &mut notes.differing.iter());
    for (what, said) in [
        (KNOWN, &notes.known),
        (BARRED, &notes.barred),
        (UNSATISFIED, &notes.unsatisfied),
        (FAILED, &notes.failures),
    ] {
        for (reason, tables) in by_reason(said) {
            lines.push(format!("{}: {what}: {reason}", names(&tables)));
        }
    }
    if !lines.is_empty() {
        add(text, format_args!("\n## {}\n\n", notes.name));
        lines
            .iter()
            .for_each(|line| add(text, format_args!("* {line}\n")));
    }
}

const UNAVAILABLE: &str =
    "needs a type or a function that this server does not have; neither selected nor round-tripped";
const HIDDEN: &str = "this server cannot make the view; it is not read";
const ONLY_CREATED: &str =
    "the server cannot make it of the script; tried in the database that bindery makes";
const ACTIVE: &str = "triggers of the original write columns themselves; tried again in the database that bindery makes";
const DIFFERING: &str = "differs in the database that bindery makes";
const BARRED: &str = "the original takes no row of ours; tried in the database that bindery makes";
const UNSATISFIED: &str = "no row was found that the constraints let in";
const KNOWN: &str = "not selected or not round-tripped";
const FAILED: &str = "**not as it should be**";

/// Tables by the reason, in the order of the reasons.
fn by_reason(said: &[TableRemark]) -> BTreeMap<String, Vec<&String>> {
    let mut found: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for (table, reason) in said {
        found.entry(short(reason)).or_default().push(table);
    }
    found
}

/// A reason without values, and without what SQLite calls a constraint by that has no name: its expression.
fn short(reason: &str) -> String {
    let reason = reason.split(": sent ").next().unwrap_or_default();
    let is_name = |text: &str| {
        text.chars()
            .all(|c| c.is_alphanumeric() || " _.-`".contains(c))
    };
    match reason.strip_prefix("CHECK ") {
        Some(name) if !is_name(name) => "CHECK".to_owned(),
        Some(_) | None => reason.to_owned(),
    }
}

fn names(tables: &[&String]) -> String {
    let quoted: Vec<String> = tables.iter().map(|table| format!("`{table}`")).collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(returned: usize) -> Notes {
        let table = |at: usize| format!("t{at}");
        Notes {
            name: "mysql/shop".to_owned(),
            tables: 20,
            columns: 60,
            typed: 59,
            selected: (0..19).map(table).collect(),
            views: 3,
            shown: (0..2).map(table).collect(),
            hidden: ["v2".to_owned()].into(),
            unavailable: [table(19)].into(),
            returned: (0..returned).map(table).collect(),
            unsatisfied: vec![
                (table(17), "CHECK `c`".to_owned()),
                (table(18), "CHECK `c`".to_owned()),
            ],
            equal: Some((19, 18)),
            ..Notes::default()
        }
    }

    #[test]
    fn the_page_has_numbers_and_reasons() {
        let page = page(&[notes(17), notes(19)]);
        assert!(page.contains("| mysql/shop | 20 | 60 | 59 | 19 | 2 of 3 | 17 | 18 of 19 |\n"));
        assert!(page.contains("| **all** | 40 | 120 | 118 | 38 | 4 of 6 | 36 | 36 of 38 |\n"));
        assert!(
            page.contains(
                "* `t17`, `t18`: no row was found that the constraints let in: CHECK `c`\n"
            )
        );
        assert!(page.contains("* `t19`: needs a type"));
    }

    #[test]
    fn reasons_hold_no_values_and_no_expressions() {
        for (reason, told) in [
            ("CHECK `c_check`", "CHECK `c_check`"),
            ("CHECK `Lock='X'`", "CHECK"),
            (
                "`ip` (inet): insert: sent 1, found 2",
                "`ip` (inet): insert",
            ),
        ] {
            assert_eq!(short(reason), told);
        }
    }

    #[test]
    fn shares_under_their_targets_and_failures_are_told() {
        assert_eq!(shortfalls(&[notes(19)]), Vec::<String>::new());
        assert_eq!(
            shortfalls(&[notes(18)]),
            ["18 of 20 tables are round-tripped"]
        );
        let mut failed = notes(19);
        failed.selected.clear();
        failed
            .failures
            .push(("t1".to_owned(), "changed".to_owned()));
        assert_eq!(
            shortfalls(&[failed]),
            ["mysql/shop: t1: changed", "0 of 19 tables are selected"]
        );
        let mut unread = notes(19);
        unread.shown.clear();
        assert_eq!(shortfalls(&[unread]), ["0 of 3 views are read"]);
        assert!(
            page(&[notes(19)])
                .contains("* `v2`: this server cannot make the view; it is not read\n")
        );
    }
}
