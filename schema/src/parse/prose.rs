//! The prose of comments: markers of the comment itself, banners and the headers that dump tools write are dropped.

use super::annotation::KNOWN;
use super::lex::Comment;
use crate::lists::IntoVec as _;

/// The lines of a comment without its markers, each with the place of its first byte.
pub(crate) fn comment_lines<'a>(text: &'a str, comment: &Comment) -> Vec<(usize, &'a str)> {
    let whole = &text[comment.start as usize..comment.end as usize];
    let inner = if comment.block {
        &whole[2..whole.len() - 2]
    } else {
        whole
    };
    let base = inner.as_ptr() as usize - text.as_ptr() as usize;
    let marks: &[char] = if comment.block {
        &['*', '!']
    } else {
        &['-', '#']
    };
    let mut start = base;
    let mut lines = Vec::new();
    for line in inner.split('\n') {
        let bare = line.trim_start().trim_start_matches(marks).trim_start();
        let place = start + (line.len() - bare.len());
        lines.push((place, bare.trim_end()));
        start += line.len() + 1;
    }
    lines
}

/// The lines worth keeping as documentation.
pub(crate) fn lines(text: &str, comments: &[Comment]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for comment in comments.iter().filter(|comment| !is_banner(text, comment)) {
        for (_, line) in comment_lines(text, comment) {
            if !starts_tag(line) && !is_placeholder(line) && !is_for_a_tool(line) {
                kept.push(line.chars().filter(|sign| !sign.is_control()).collect());
            }
        }
    }
    if kept.iter().any(|line| is_dump_header(line)) {
        return Vec::new();
    }
    trimmed(kept)
}

/// Text of a `COMMENT`, line by line.
pub(crate) fn comment_text(text: &str) -> Vec<String> {
    trimmed(
        text.lines()
            .map(|line| {
                line.trim_end()
                    .chars()
                    .filter(|sign| !sign.is_control())
                    .collect()
            })
            .collect(),
    )
}

/// Without separators, without blank lines at both ends.
fn trimmed(lines: Vec<String>) -> Vec<String> {
    let blank = |line: &String| !line.chars().any(char::is_alphanumeric);
    let mut lines: Vec<String> = lines
        .into_iter()
        .map(|line| if blank(&line) { String::new() } else { line })
        .into_vec();
    lines.dedup_by(|second, first| second.is_empty() && first.is_empty());
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    let start = lines.iter().take_while(|line| line.is_empty()).count();
    let mut lines = lines.split_off(start);
    indent_items(&mut lines);
    lines
}

/// Lines that go on with the item of a list are indented as it is: in documentation they would end the list otherwise.
fn indent_items(lines: &mut [String]) {
    let mut item = 0;
    for line in lines {
        let depth = line.len() - line.trim_start().len();
        match marker(line.trim_start()) {
            _ if line.is_empty() => item = 0,
            Some(width) => item = depth + width,
            None if item > 0 => *line = " ".repeat(item) + line.trim_start(),
            None => (),
        }
    }
}

/// The width of `* `, `- `, `+ `, `1. ` or `1) ` at the start of a line.
fn marker(line: &str) -> Option<usize> {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let sign = if (1..=9).contains(&digits) {
        line[digits..].starts_with(". ") || line[digits..].starts_with(") ")
    } else {
        digits == 0 && ["* ", "- ", "+ "].iter().any(|sign| line.starts_with(sign))
    };
    // The marker and the blank after it.
    sign.then_some(digits + 2)
}

fn starts_tag(line: &str) -> bool {
    let Some(body) = line.strip_prefix('@') else {
        return false;
    };
    let end = body
        .find(|sign: char| !(sign.is_alphanumeric() || sign == '_'))
        .unwrap_or(body.len());
    KNOWN.contains(&&body[..end])
}

/// `/*$wgDBTableOptions*/`: a place that a template fills.
fn is_placeholder(line: &str) -> bool {
    line.starts_with('$') && !line.contains(char::is_whitespace)
}

/// Returns whether a line is an instruction to a migration tool.
fn is_for_a_tool(line: &str) -> bool {
    const STARTS: [&str; 8] = [
        "+goose ",
        "+migrate ",
        "migrate:up",
        "> statement-breakpoint",
        "liquibase formatted sql",
        "changeset ",
        "rollback ",
        "create above / drop below",
    ];
    STARTS.iter().any(|start| line.starts_with(start))
}

/// A framed heading of a section (`/****** Create Tables ******/`) is about no single table.
fn is_banner(text: &str, comment: &Comment) -> bool {
    let whole = &text[comment.start as usize..comment.end as usize];
    comment.block
        && (whole.starts_with("/*****")
            || whole.starts_with("/*====")
            || whole.starts_with("/*----"))
}

/// Lines that mysqldump, pg_dump, phpMyAdmin, Workbench, DBeaver and migration tools write above every object.
fn is_dump_header(line: &str) -> bool {
    const STARTS: [&str; 15] = [
        "Table `",
        "Placeholder table for view ",
        "Stand-in structure for ",
        "Records of ",
        "Creating temporary table to overcome ",
        "DROP TABLE ",
        "Name: ",
        "Data for Name: ",
        "Table structure for ",
        "Dumping ",
        "Structure for ",
        "Dump of table ",
        "Type: ",
        "TOC entry ",
        "Temporary ",
    ];
    const WHOLE: [&str; 8] = [
        "CreateTable",
        "AlterTable",
        "CreateEnum",
        "CreateIndex",
        "AddForeignKey",
        "RedefineTables",
        "DropTable",
        "PRAGMA",
    ];
    (STARTS.iter().any(|start| line.starts_with(start)) && !line.starts_with("Name: "))
        || (line.starts_with("Name: ") && line.contains("; Type: "))
        || WHOLE.contains(&line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_go_on_with_an_item_are_indented() {
        let text =
            "Kinds:\n* one that\ngoes on\n      and on\n* two\n\nlast\n12. a\nb\n1.5 c\n- \nd";
        let lines = comment_text(text);
        let expected = [
            "Kinds:",
            "* one that",
            "  goes on",
            "  and on",
            "* two",
            "",
            "last",
            "12. a",
            "    b",
            "    1.5 c",
            "",
            "d",
        ];
        assert_eq!(lines, expected);
    }
}
