//! The examples on the pages of the codes are true.

use bindery_schema::codes;

use super::{ENGINES, Run};

/// What can only be shown: a file that cannot be read or is too large, or a connection that is made when the program runs.
const NOT_TRIED: &[&str] = &[
    "B0001", "B0002", "B0003", "B0007", "B0012", "B0313", "B0318", "B0320", "B0321",
];

/// The fenced blocks of a language in a part of a page.
fn blocks<'p>(part: &'p str, language: &str) -> Vec<&'p str> {
    let fence = format!("```{language}\n");
    part.split(&fence)
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap_or_default())
        .collect()
}

/// The codes found in the example under a heading. A configuration stands in it, or before both.
fn found(page: &str, heading: &str) -> Vec<&'static str> {
    let (before, rest) = page
        .split_once(heading)
        .unwrap_or_else(|| panic!("no {heading} in {page}"));
    let part = rest.split("\n## ").next().unwrap_or_default();
    let own = blocks(part, "toml").first().copied();
    let shared = || {
        blocks(before.split("\n## ").next().unwrap_or_default(), "toml")
            .first()
            .copied()
    };
    let sql = blocks(part, "sql").first().copied().unwrap_or_default();
    Run::new(own.or_else(shared).unwrap_or(ENGINES), sql.as_bytes()).codes()
}

#[test]
fn wrong_examples_give_their_code_and_right_ones_do_not() {
    let mut untrue = Vec::new();
    for code in codes::all().filter(|code| !NOT_TRIED.contains(&code.code)) {
        let (wrong, right) = (
            found(code.page, "\n## Wrong\n"),
            found(code.page, "\n## Right\n"),
        );
        if !wrong.contains(&code.code) {
            untrue.push(format!("{}: the wrong example gives {wrong:?}", code.code));
        }
        let errors: Vec<_> = right
            .iter()
            .filter(|found| **found == code.code || !found.starts_with("B04"))
            .collect();
        if !errors.is_empty() {
            untrue.push(format!("{}: the right example gives {errors:?}", code.code));
        }
    }
    assert!(untrue.is_empty(), "{}", untrue.join("\n"));
}
