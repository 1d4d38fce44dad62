//! Many findings, and places in lines of any length: people are shown a bounded text, machines get all of it.

use std::time::{Duration, Instant};

use bindery_schema::render::{Style, findings, github, render_within};

use super::run::{ENGINES, Run};

const MANY: usize = 4_000;

/// So many foreign keys to tables that are not there, in one line or in many.
fn unknown_tables(between: &str) -> String {
    let table = |number: usize| {
        format!(
            "CREATE TABLE t{number} (id INTEGER PRIMARY KEY, up INTEGER UNIQUE REFERENCES gone{number} (id), note VARCHAR(80));"
        )
    };
    (0..MANY).map(|number| table(number) + between).collect()
}

fn in_time<T>(what: &str, run: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let result = run();
    assert!(
        started.elapsed() < Duration::from_secs(120),
        "{what}: {:?}",
        started.elapsed()
    );
    result
}

#[test]
fn people_are_shown_some_of_many_findings_and_machines_all() {
    let run = in_time("reading", || {
        Run::new(ENGINES, unknown_tables("\n").as_bytes())
    });
    let text = in_time("rendering", || run.text());
    assert_eq!(text.matches("error[B0104]").count(), 100);
    let end = "\n… and 3900 more errors; `bindery check --format json` lists them all\n\n";
    assert!(text.ends_with(end), "{}", &text[text.len() - 200..]);
    let data = in_time("data", || findings(&run.diagnostics, &run.input.sources));
    assert_eq!(data.len(), MANY);
    assert!(
        (1..)
            .zip(&data)
            .all(|(line, finding)| finding.spans[0].line == line)
    );
    let lines = in_time("annotations", || {
        github(&run.diagnostics, &run.input.sources)
    });
    assert_eq!(lines.lines().count(), MANY);
}

#[test]
fn a_line_of_any_length_is_shown_in_pieces() {
    let sql = unknown_tables(" ");
    assert!(sql.len() > 400_000 && !sql.contains('\n'));
    let run = in_time("reading", || Run::new(ENGINES, sql.as_bytes()));
    let text = in_time("rendering", || run.text());
    assert!(text.len() < 100 * 1_500, "{}", text.len());
    assert!(text.lines().all(|line| line.chars().count() < 400));
    let data = in_time("data", || findings(&run.diagnostics, &run.input.sources));
    let found = data.iter().map(|finding| finding.spans[0].column as usize);
    let expected = sql.match_indices("gone").map(|(at, _)| at + 1);
    assert!(found.eq(expected));
}

#[test]
fn lines_end_at_the_width_of_the_terminal() {
    let sql = "CREATE TABLE 表 (\n\tid INTEGER PRIMARY KEY,\r\n\t\"名前と住所と電話番号と生年月日\" TEXT, /* 🦀🦀🦀 */ up INTEGER REFERENCES gone (id), note VARCHAR(80) DEFAULT 'a long text that takes its room, too'\r\n);\n-- @engines nope\nCREATE TABLE b (id INTEGER PRIMARY KEY, e\u{301}te\u{301} REAL);\n";
    let run = Run::new(ENGINES, sql.as_bytes());
    assert_eq!(run.codes(), ["B0104", "B0100"]);
    for columns in [40, 60, 80, 120, 200] {
        let text = render_within(&run.diagnostics, &run.input.sources, Style::Plain, columns);
        for line in text.lines() {
            assert!(
                columns_of(line) <= columns,
                "{columns}: {} {line}\n{text}",
                columns_of(line)
            );
        }
        assert!(
            text.contains(" --> schema.sql:3:") && !text.contains('\r'),
            "{text}"
        );
    }
}

#[test]
fn a_place_behind_wide_letters_is_shown() {
    for between in ["\t", "表", "🦀", "e\u{301}", "\u{12}"] {
        let between = between.repeat(150);
        let sql = format!(
            "CREATE TABLE a (id INTEGER PRIMARY KEY, /* {between} */ up INTEGER REFERENCES gone (id));\n"
        );
        let run = Run::new(ENGINES, sql.as_bytes());
        assert_eq!(run.codes(), ["B0104"]);
        for columns in [10, 20, 80, 300] {
            let text = render_within(&run.diagnostics, &run.input.sources, Style::Plain, columns);
            assert!(text.contains("gone"), "{columns}: {text}");
        }
        assert!(run.text().contains("REFERENCES gone"), "{}", run.text());
    }
}

/// Columns of a terminal, for the characters of this test.
fn columns_of(line: &str) -> usize {
    let wide = |letter: char| ('\u{2e80}'..'\u{fb00}').contains(&letter) || letter > '\u{1f000}';
    line.chars()
        .filter(|letter| *letter != '\u{301}')
        .map(|letter| 1 + usize::from(wide(letter)))
        .sum()
}
