//! Whole texts, as people see them.

use super::{Style, findings, github, render};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{FileId, SourceFile, Sources, Span};

fn sources(text: &str) -> (Sources, FileId) {
    let mut sources = Sources::default();
    let file = sources.add(SourceFile::new("schema.sql", text));
    (sources, file)
}

/// The span of the `nth` occurrence of a word.
fn span(sources: &Sources, file: FileId, word: &str) -> Span {
    let start = sources
        .file(file)
        .text()
        .find(word)
        .expect("the test's text has the word") as u32;
    Span {
        file,
        start,
        end: start + word.len() as u32,
    }
}

fn collect(diagnostic: Diagnostic) -> Diagnostics {
    let mut all = Diagnostics::default();
    all.push(diagnostic);
    all
}

fn two_labels() -> (Sources, Diagnostics) {
    let text = "-- @engines b\nCREATE TABLE users (id INTEGER PRIMARY KEY);\n\n-- @engines m\nCREATE TABLE posts (\n  \
                author_id INTEGER NOT NULL REFERENCES users(id)\n);\n";
    let (sources, file) = sources(text);
    let diagnostic = Diagnostic::error(
        "B0103",
        "a foreign key cannot reach from `posts` on engine `m` to `users`, which lives on `b`",
    )
    .at(
        span(&sources, file, "REFERENCES users(id)"),
        "engine `m` has no table `users`",
    )
    .at(
        span(&sources, file, "@engines b"),
        "`users` lives only here",
    )
    .help("keep the reference without a foreign key: `-- @link users(id)`");
    (sources, collect(diagnostic))
}

#[test]
fn both_halves_of_a_conflict_are_shown() {
    let (sources, found) = two_labels();
    let expected = "\
error[B0103]: a foreign key cannot reach from `posts` on engine `m` to `users`, which lives on `b`
 --> schema.sql:6:30
  |
1 | -- @engines b
  |    ---------- `users` lives only here
...
6 |   author_id INTEGER NOT NULL REFERENCES users(id)
  |                              ^^^^^^^^^^^^^^^^^^^^ engine `m` has no table `users`
  |
  = help: keep the reference without a foreign key: `-- @link users(id)`
  = more: bindery explain B0103

";
    assert_eq!(render(&found, &sources, Style::Plain), expected);
}

#[test]
fn colours_change_no_letter() {
    let (sources, found) = two_labels();
    let coloured = render(&found, &sources, Style::Coloured);
    assert!(coloured.contains("\u{1b}["));
    let pieces = coloured.split("\u{1b}[");
    let without: String = pieces
        .map(|piece| piece.split_once('m').map_or(piece, |(_, rest)| rest))
        .collect();
    assert!(
        coloured.starts_with('\u{1b}'),
        "the first piece must be a colour"
    );
    assert_eq!(without, render(&found, &sources, Style::Plain));
}

#[test]
fn a_finding_without_a_place_is_a_sentence() {
    let (sources, _) = sources("");
    let found = collect(Diagnostic::warning("B0400", "nothing to read"));
    assert_eq!(
        render(&found, &sources, Style::Plain),
        "warning[B0400]: nothing to read\n |\n = more: bindery explain B0400\n\n"
    );
}

#[test]
fn long_lines_are_cut_around_the_place() {
    let text = format!(
        "CREATE TABLE a ({} wrong, {} far);",
        "b INTEGER, ".repeat(10_000),
        "c INTEGER, ".repeat(10_000)
    );
    let (sources, file) = sources(&text);
    let wrong = span(&sources, file, "wrong");
    let diagnostic = Diagnostic::error("B0200", "no type")
        .at(wrong, "here")
        .at(span(&sources, file, "far"), "and here");
    let shown = render(&collect(diagnostic), &sources, Style::Plain);
    assert!(
        shown.contains(&format!(" --> schema.sql:1:{}\n", wrong.start + 1)),
        "{shown}"
    );
    assert!(
        shown.contains("wrong") && shown.contains("^^^^^ here"),
        "{shown}"
    );
    assert!(shown.contains("= note: and here (schema.sql:1:"), "{shown}");
    assert!(shown.len() < 1_000, "{shown}");
}

#[test]
fn places_far_apart_get_excerpts_of_their_own() {
    let text = format!("first\n{}last\n", "\n".repeat(100_000));
    let (sources, file) = sources(&text);
    let diagnostic = Diagnostic::error("B0120", "twice")
        .at(span(&sources, file, "last"), "again")
        .at(span(&sources, file, "first"), "before");
    let shown = render(&collect(diagnostic), &sources, Style::Plain);
    assert!(
        shown.contains("schema.sql:100002:1") && shown.contains("schema.sql:1:1"),
        "{shown}"
    );
    assert!(
        shown.contains("^^^^ again") && shown.contains("----- before"),
        "{shown}"
    );
}

#[test]
fn nothing_of_a_source_steers_the_terminal() {
    let text = "CREATE TABLE a\u{1b}[31m\u{202e}b\u{0}\r (x nope);\r\nY";
    let (sources, file) = sources(text);
    let name = span(&sources, file, "a\u{1b}[31m\u{202e}b\u{0}");
    let diagnostic = Diagnostic::error("B0120", format!("`{}` again", sources.text(name)))
        .at(name, sources.text(name))
        .help(sources.text(name));
    let shown = render(&collect(diagnostic), &sources, Style::Plain);
    assert!(
        !shown
            .chars()
            .any(|letter| letter.is_control() && letter != '\n' || letter == '\u{202e}'),
        "{shown:?}"
    );
}

#[test]
fn names_of_any_length_are_bounded() {
    let text = "x".repeat(1_000_000);
    let (sources, file) = sources(&text);
    let all = Span {
        file,
        start: 0,
        end: 1_000_000,
    };
    let diagnostic = Diagnostic::error("B0120", format!("`{text}` again"))
        .at(all, text.clone())
        .help(text.clone());
    assert!(render(&collect(diagnostic), &sources, Style::Plain).len() < 10_000);
}

#[test]
fn empty_and_outlying_places_are_shown() {
    let (sources, file) = sources("");
    let end = Span {
        file,
        start: 0,
        end: 0,
    };
    let shown = render(
        &collect(Diagnostic::error("B0001", "empty").at(end, "here")),
        &sources,
        Style::Plain,
    );
    assert!(shown.contains("schema.sql:1:1"), "{shown}");
}

#[test]
fn spans_of_several_lines_are_shown_by_their_first() {
    let (sources, file) = sources("CREATE TABLE a (\n  b INT\n);\n");
    let all = Span {
        file,
        start: 0,
        end: 27,
    };
    let found = collect(Diagnostic::error("B0001", "no").at(all, "here"));
    let shown = render(&found, &sources, Style::Plain);
    assert!(
        shown.contains("1 | CREATE TABLE a (\n  | ^^^^^^^^^^^^^^^^ here\n"),
        "{shown}"
    );
    assert_eq!(findings(&found, &sources)[0].spans[0].end_line, 3);
}

#[test]
fn machines_get_lines_and_columns() {
    let (sources, found) = two_labels();
    let data = findings(&found, &sources);
    assert_eq!(
        (data[0].code, data[0].severity, data[0].spans.len()),
        ("B0103", "error", 2)
    );
    let main = &data[0].spans[0];
    assert_eq!(
        (main.line, main.column, main.end_line, main.end_column),
        (6, 30, 6, 50)
    );
    let line = github(&found, &sources);
    let start = "::error file=schema.sql,line=6,col=30,endLine=6,endColumn=50,title=B0103::a foreign key cannot reach";
    assert!(line.starts_with(start), "{line}");
    assert_eq!(line.lines().count(), 1);
}
