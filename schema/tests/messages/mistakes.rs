//! Every mistake has its message, on its line, and what the help says removes it; alone and in a file of 30,000 lines.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use bindery_schema::codes;
use bindery_schema::diagnostic::Diagnostic;

use super::kinds::table;
use super::mistake::{Mistake, all};
use super::pages::{SHOWN_BY_THE_PAGE, blocks};
use super::run::{ENGINES, Run};
use super::updating;

/// Covers BAD-01, TX-17: among the mistakes.
#[test]
fn mistakes_say_what_is_written() {
    let differs = |mistake: &&Mistake| mistake.message() != mistake.says;
    let wrong: Vec<String> = all()
        .iter()
        .filter(differs)
        .map(|mistake| format!("{}:\n{}", mistake.path.display(), mistake.message()))
        .collect();
    assert!(
        wrong.is_empty(),
        "run with BINDERY_UPDATE=1 and look at the difference:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn a_mistake_is_one_code_with_place_and_help() {
    let mut wrong = Vec::new();
    for mistake in all() {
        let run = mistake.wrong.run();
        let codes: BTreeSet<_> = run.codes().into_iter().collect();
        if codes.len() != 1 + usize::from(mistake.also.is_some()) {
            wrong.push(format!("{}: {codes:?}", mistake.path.display()));
        }
        for found in run.diagnostics.iter() {
            let fine = found.help.is_some() && !found.labels.is_empty();
            let sentence = &found.message;
            let starts = sentence
                .chars()
                .next()
                .is_some_and(|letter| !letter.is_uppercase());
            let product = ["MySQL", "PostgreSQL", "SQLite", "MariaDB"]
                .iter()
                .any(|name| sentence.starts_with(name));
            if !fine || sentence.ends_with('.') || !(starts || product) {
                wrong.push(format!("{}: {sentence}", mistake.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_the_help_says_removes_the_mistake() {
    let mut wrong = Vec::new();
    for mistake in all() {
        let found = mistake.right.run();
        if !found.codes().is_empty() || found.model.is_none() {
            wrong.push(format!("{}:\n{}", mistake.path.display(), found.text()));
        }
        let run = mistake.wrong.run();
        let main = |found: &&Diagnostic| Some(found.code) != mistake.also.as_deref();
        let literal = run
            .diagnostics
            .iter()
            .filter(main)
            .all(|found| is_typed(mistake, found));
        if literal == mistake.not_literal.is_some() {
            let helps: Vec<_> = run.diagnostics.iter().map(|found| &found.help).collect();
            wrong.push(format!(
                "{}: is literal: {literal}: {helps:?}",
                mistake.path.display()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Is there a quoted piece in the help that was typed in, or taken out?
fn is_typed(mistake: &Mistake, found: &Diagnostic) -> bool {
    let (before, after) = (mistake.wrong.text(), mistake.right.text());
    let help = found.help.as_deref().unwrap_or_default();
    let pieces = help.split('`').skip(1).step_by(2);
    pieces
        .filter(|piece| !piece.is_empty())
        .any(|piece| whole_words(&before, piece) != whole_words(&after, piece))
}

/// Returns how often a piece stands in a text, not as a part of longer words.
fn whole_words(text: &str, piece: &str) -> usize {
    // A tag whose list goes on is another tag.
    let joins = if piece.starts_with('@') { "_," } else { "_" };
    let is_part = |sign: Option<char>| {
        sign.is_some_and(|sign| sign.is_alphanumeric() || joins.contains(sign))
    };
    let (first, last) = (piece.chars().next(), piece.chars().last());
    let whole = |(at, _): &(usize, &str)| {
        let (before, after) = (
            text[..*at].chars().last(),
            text[at + piece.len()..].chars().next(),
        );
        !(is_part(first) && is_part(before) || is_part(last) && is_part(after))
    };
    text.match_indices(piece).filter(whole).count()
}

#[test]
fn every_code_is_shown_by_a_mistake() {
    let shown: BTreeSet<_> = all()
        .iter()
        .flat_map(|mistake| mistake.wrong.run().codes())
        .collect();
    let missing: Vec<_> = codes::all()
        .map(|code| code.code)
        .filter(|code| {
            !shown.contains(code) && !SHOWN_BY_THE_PAGE.iter().any(|(known, _)| known == code)
        })
        .collect();
    assert!(missing.is_empty(), "no mistake shows {missing:?}");
}

/// Lines of a schema that a team had for twenty years.
const LINES: usize = 12_000;

/// A table as there are thousands.
fn filler(number: usize) -> String {
    format!(
        "-- Table {number} of many.\nCREATE TABLE filler_{number:05} (\n  id INTEGER PRIMARY KEY,\n  \
         label VARCHAR(80) NOT NULL,\n  amount_in_stock INTEGER NOT NULL DEFAULT 0\n);\n\n"
    )
}

const FILLER_LINES: usize = 7;

/// Mistakes of one configuration and dialect in one file, among other tables.
#[derive(Default)]
struct Planted {
    text: String,
    lines: usize,
    fillers: usize,
    expected: Vec<(&'static str, u32)>,
}

impl Planted {
    fn push(&mut self, text: &str) {
        self.text += text;
        self.lines += text.matches('\n').count();
    }

    fn fill(&mut self, until: usize) {
        while self.lines + FILLER_LINES <= until {
            self.fillers += 1;
            self.push(&filler(self.fillers));
        }
    }

    fn plant(&mut self, mistake: &Mistake, sql: &str, head_lines: usize) {
        let before = (self.lines - head_lines) as u32;
        let places = mistake.wrong.run().places();
        self.expected
            .extend(places.into_iter().map(|(code, line)| (code, line + before)));
        self.push(sql);
        self.push("\n");
    }
}

/// The line that makes the file's head, where there is one.
fn split_head(sql: &str) -> (&str, &str) {
    match sql.split_once("\n\n") {
        Some((head, rest)) if head.starts_with("-- @dialect ") && !head.contains('\n') => {
            (&sql[..head.len() + 2], rest)
        }
        _ => ("", sql),
    }
}

#[test]
fn all_mistakes_are_told_in_one_run_of_a_long_file() {
    let mut groups: BTreeMap<(&str, &str), Vec<(&Mistake, &str)>> = BTreeMap::new();
    for mistake in all()
        .iter()
        .filter(|mistake| mistake.in_schema && mistake.alone.is_none())
    {
        let [(_, sql)] = mistake.wrong.schema.as_slice() else {
            panic!("{}: several files: say `Alone: …`", mistake.path.display());
        };
        let (head, sql) = split_head(sql);
        let key = (mistake.wrong.config.as_str(), head);
        groups.entry(key).or_default().push((mistake, sql));
    }
    for ((config, head), members) in groups {
        let mut planted = Planted::default();
        planted.push(head);
        let head_lines = head.matches('\n').count();
        let step = LINES / (members.len() + 1);
        for (number, (mistake, sql)) in members.iter().enumerate() {
            planted.fill(step * (number + 1));
            planted.plant(mistake, sql, head_lines);
        }
        planted.fill(LINES);
        let started = std::time::Instant::now();
        let run = Run::new(config, planted.text.as_bytes());
        assert!(
            started.elapsed().as_secs() < 120,
            "{} s",
            started.elapsed().as_secs()
        );
        let mut found = run.places();
        found.sort_by_key(|&(code, line)| (line, code));
        planted.expected.sort_by_key(|&(code, line)| (line, code));
        assert_eq!(found, planted.expected, "{}", run.text());
    }
}

#[test]
fn a_mistake_that_stands_alone_is_told_at_the_end_of_a_long_file() {
    for mistake in all()
        .iter()
        .filter(|mistake| mistake.alone.is_some() && mistake.in_schema)
    {
        let [(_, sql)] = mistake.wrong.schema.as_slice() else {
            continue;
        };
        let mut planted = Planted::default();
        planted.fill(LINES / 10);
        // A finding about a whole file points at its first lines.
        let is_head = sql.starts_with("-- @dialect")
            || sql.starts_with("-- @engines")
            || mistake.wrong.config != ENGINES;
        if is_head {
            continue;
        }
        planted.plant(mistake, sql, 0);
        let run = Run::new(&mistake.wrong.config, planted.text.as_bytes());
        assert_eq!(run.places(), planted.expected, "{}", mistake.path.display());
    }
}

#[test]
fn the_list_of_mistakes_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/mistakes.md");
    let list = list();
    if updating() {
        fs::write(&path, &list).expect("the folder of the documents is writable");
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == list,
        "run with BINDERY_UPDATE=1 and look at the difference of docs/mistakes.md"
    );
}

const INTRODUCTION: &str = "# Mistakes and their messages\n\n\
    Written by `BINDERY_UPDATE=1 cargo test -p bindery-schema --test messages` from the files of\n\
    `schema/tests/messages/mistakes` and the pages of the codes. Tests check that each mistake gives its message, that what\n\
    the help says removes it, and that all of them are reported in one run of a file of 30,000 lines. Those in queries, at\n\
    the end, are the file `schema/tests/messages/queries.md`: the query that is typed in has no message.\n\n\
    Where no `bindery.toml` is shown, the engine `default` is SQLite, `b` PostgreSQL and `m` MySQL.\n";

const KINDS: &str = "## Kinds\n\n\
    The kinds of mistakes that are found, all in one run and each on its line. `--deny-warnings` makes errors of the warnings.\n";

fn list() -> String {
    let mut of_code: BTreeMap<&str, Vec<&Mistake>> = BTreeMap::new();
    for mistake in all() {
        let code = mistake
            .wrong
            .run()
            .codes()
            .first()
            .copied()
            .unwrap_or_default();
        of_code.entry(code).or_default().push(mistake);
    }
    let mut text = format!(
        "{INTRODUCTION}\n{KINDS}\n{}\n## Codes\n\n| code | mistakes |\n|---|---|\n",
        table()
    );
    for code in codes::all() {
        let titles: Vec<&str> = of_code
            .get(code.code)
            .into_iter()
            .flatten()
            .map(|mistake| mistake.title.as_str())
            .collect();
        let titles = if titles.is_empty() {
            code.title.to_owned()
        } else {
            titles.join("; ")
        };
        text += &format!(
            "| [{}](#{}) | {titles} |\n",
            code.code,
            code.code.to_lowercase()
        );
    }
    for code in codes::all() {
        text += &format!("\n## {}\n\n{}.\n", code.code, code.title);
        for mistake in of_code.get(code.code).into_iter().flatten() {
            text += &entry(mistake);
        }
    }
    text + &super::queries::page()
}

/// Title, wrong, message, typed in: the file without its remarks.
fn entry(mistake: &Mistake) -> String {
    let is_remark = |line: &&str| {
        ["Alone: ", "Also: ", "Not literal: "]
            .iter()
            .any(|start| line.starts_with(start))
    };
    let mut lines: Vec<&str> = mistake
        .page
        .lines()
        .skip(1)
        .filter(|line| !is_remark(line))
        .collect();
    lines.dedup_by(|a, b| a.is_empty() && b.is_empty());
    format!("\n### {}\n{}\n", mistake.title, lines.join("\n"))
}

#[test]
fn pages_name_their_examples() {
    for code in codes::all() {
        assert!(
            !blocks(code.page, "sql").is_empty() || !blocks(code.page, "toml").is_empty(),
            "{}",
            code.code
        );
    }
}
