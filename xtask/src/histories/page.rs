//! The page of the histories, made of the notes that their test leaves.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The notes of one history: `history`, `server`, a line for each number, then the steps that are not equal.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Notes {
    /// `postgres/lemmy`
    pub(super) history: String,
    server: String,
    /// By outcome; `Row` and `Empty` are rows put in, and tables without one.
    numbers: BTreeMap<String, usize>,
    steps: Vec<Step>,
}

/// A step that is not equal.
#[derive(Debug, Default, PartialEq, Eq)]
struct Step {
    outcome: String,
    entry: String,
    /// The first line that there is to say of it.
    told: String,
}

impl Notes {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut notes = Self::default();
        let mut blocks = text.split("\n\n");
        for line in blocks.next().unwrap_or_default().lines() {
            let (word, value) = line.split_once(' ').unwrap_or((line, ""));
            match word {
                "history" => notes.history = value.to_owned(),
                "server" => notes.server = value.to_owned(),
                word => {
                    let number = value.parse().map_err(|_| format!("notes: `{line}`"))?;
                    notes.numbers.insert(word.to_owned(), number);
                }
            }
        }
        for block in blocks {
            let (head, told) = block.split_once('\n').unwrap_or((block, ""));
            // The text of a step is indented, and may have empty lines.
            if let Some((outcome, entry)) = head.split_once(' ').filter(|_| !head.starts_with(' '))
            {
                notes.steps.push(Step {
                    outcome: outcome.to_owned(),
                    entry: entry.to_owned(),
                    told: first_words(told),
                });
            }
        }
        Ok(notes)
    }

    fn number(&self, outcome: &str) -> usize {
        self.numbers.get(outcome).copied().unwrap_or_default()
    }

    /// Steps that end where the application's own do, on empty tables at least.
    fn equal(&self) -> usize {
        ["Equal", "Value", "Rows"]
            .map(|one| self.number(one))
            .iter()
            .sum()
    }

    /// Steps of which something shows in the schema, and that run here.
    fn steps(&self) -> usize {
        self.equal() + self.number("Different") + self.number("Refused")
    }
}

/// The first line, without the statement that a message ends with.
fn first_words(told: &str) -> String {
    let line = told.lines().next().unwrap_or_default();
    let words = line.split("; the statement is ").next();
    words.unwrap_or_default().trim().to_owned()
}

/// The outcomes of steps that are listed, and their words.
const LISTED: [(&str, &str); 5] = [
    ("Refused", "refused by the server after a green `check`"),
    ("Different", "different"),
    (
        "Value",
        "equal, once rows have the value that the migration says a person writes",
    ),
    (
        "Rows",
        "equal on empty tables; the rows do not fit what the step demands of them, and stay as they were",
    ),
    ("NotHere", "the application's own script does not run here"),
];

const HEAD: &str = "\
# Histories of applications

Upgrade scripts of applications, replayed step by step on real servers, each with the rows of [`migrate check --prove`](migrations.md#proof-on-a-server) in its tables. The application's own scripts make
the database before and after a step; both are pulled, `migrate add` writes the migration from one to the other, with what loses data meant, and `migrate check` has to be green. It runs on the application's database of
before, filled, there, back and there again, and each time the catalogue and what `pull` reads are compared with the application's own. Triggers of PostgreSQL and MySQL, functions that nothing pulled calls, and rows are the application's, and are not compared. Triggers of PostgreSQL rest while rows are put in.
Where the rows do not fit, the step runs once more on empty tables, without the rows that the application's own scripts put into them either.

Made by `cargo xtask histories FOLDER`; the scripts are no part of this repository. The folder has `<sqlite|postgres|mysql>/<application>/<step>.sql`, or folders with `up.sql`, in the order of their
names; the first makes the first tables. `--only NAME` replays a part of them; the page is written once all have been replayed.
";

/// The page; `known` has lines of history, step and the reason.
pub(super) fn page(notes: &[Notes], known: &str, today: &str) -> String {
    let mut text = HEAD.to_owned();
    let servers: BTreeMap<&str, ()> = notes.iter().map(|one| (one.server.as_str(), ())).collect();
    let servers: Vec<&str> = servers.into_keys().collect();
    let _ = write!(text, "\nRun on {today}, on {}.\n", servers.join(", "));
    text.push_str(
        "\n| application | steps | equal | of these on empty tables alone | different | refused after `check` | nothing in the schema | not run here | rows |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    for one in notes {
        row(&mut text, &one.history, std::slice::from_ref(one));
    }
    row(&mut text, "**all**", notes);
    for (outcome, words) in LISTED {
        let steps = notes.iter().flat_map(|one| {
            let steps = one.steps.iter().filter(move |step| step.outcome == outcome);
            steps.map(move |step| (one.history.as_str(), step))
        });
        let lines: Vec<String> = steps
            .map(|(history, step)| line(history, step, known))
            .collect();
        if !lines.is_empty() {
            let _ = write!(
                text,
                "\n## {} steps: {words}\n\n{}",
                lines.len(),
                lines.concat()
            );
        }
    }
    text
}

fn row(text: &mut String, name: &str, notes: &[Notes]) {
    let sum = |number: &dyn Fn(&Notes) -> usize| notes.iter().map(number).sum::<usize>();
    let sum_of = |outcome: &'static str| sum(&|one: &Notes| one.number(outcome));
    let _ = writeln!(
        text,
        "| {name} | {} | {} | {} | {} | {} | {} | {} | {} |",
        sum(&Notes::steps),
        sum(&Notes::equal),
        sum_of("Value") + sum_of("Rows"),
        sum_of("Different"),
        sum_of("Refused"),
        sum_of("Nothing"),
        sum_of("NotHere"),
        sum_of("Row"),
    );
}

fn line(history: &str, step: &Step, known: &str) -> String {
    let is_known = |line: &&str| {
        let mut words = line.split_whitespace();
        words.next() == Some(history) && words.next() == Some(step.entry.trim_end_matches(".sql"))
    };
    let reason = known.lines().find(is_known);
    let reason = reason.and_then(|line| line.splitn(3, ' ').nth(2));
    let told = reason.unwrap_or(&step.told);
    format!(
        "* {history} `{}`: {told}\n",
        step.entry.trim_end_matches(".sql")
    )
}

/// Says what is not as it should be.
pub(super) fn shortfalls(notes: &[Notes]) -> Vec<String> {
    let steps: usize = notes.iter().map(Notes::steps).sum();
    let equal: usize = notes.iter().map(Notes::equal).sum();
    let refused: usize = notes.iter().map(|one| one.number("Refused")).sum();
    let mut found = Vec::new();
    if equal * 100 < steps * 95 || steps == 0 {
        found.push(format!("{equal} of {steps} steps are equal"));
    }
    if refused > 0 {
        found.push(format!(
            "{refused} steps were refused by a server after a green `check`"
        ));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTES: &str = "history mysql/shop\nserver MariaDB 10.11\nRow 12\nEqual 17\nNothing 2\nValue 1\nDifferent 1\n\n\
                         Value 3_nick.sql\n    up: refused; the statement is `A`\n\nDifferent 4_key.sql\n    up:\n\n    + a\n";

    #[test]
    fn the_page_has_numbers_and_what_is_not_equal() {
        let notes = [Notes::parse(NOTES).expect("notes")];
        let page = page(&notes, "mysql/shop 4_key the reason\n", "2026-11-27");
        assert!(page.contains("Run on 2026-11-27, on MariaDB 10.11.\n"));
        assert!(
            page.contains("| mysql/shop | 19 | 18 | 1 | 1 | 0 | 2 | 0 | 12 |\n"),
            "{page}"
        );
        assert!(page.contains("* mysql/shop `3_nick`: up: refused\n"));
        assert!(page.contains("* mysql/shop `4_key`: the reason\n"));
        assert_eq!(shortfalls(&notes), ["18 of 19 steps are equal"]);
    }

    #[test]
    fn a_step_that_is_refused_is_a_shortfall() {
        let text = NOTES.replace("Different", "Refused");
        let notes = [Notes::parse(&text).expect("notes")];
        let refused = "1 steps were refused by a server after a green `check`";
        assert!(shortfalls(&notes).contains(&refused.to_owned()));
        assert_eq!(shortfalls(&[]), ["0 of 0 steps are equal"]);
    }
}
