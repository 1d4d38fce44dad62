//! Recognises files that a tool wrote from a database, by what it writes at their top.

/// How the comment at the top of a dump begins: pg_dump, pg_dumpall, mysqldump, mariadb-dump, phpMyAdmin, HeidiSQL, Adminer,
/// Sequel Pro and Sequel Ace.
const HEADERS: [&str; 9] = [
    "PostgreSQL database dump",
    "PostgreSQL database cluster dump",
    "MySQL dump ",
    "MariaDB dump ",
    "phpMyAdmin SQL Dump",
    "HeidiSQL Version:",
    "Adminer ",
    "Sequel Pro SQL dump",
    "Sequel Ace SQL dump",
];

/// The first two statements of SQLite's `.dump`.
const SQLITE: [&str; 2] = ["PRAGMA foreign_keys=OFF;", "BEGIN TRANSACTION;"];

/// Whether the text begins as a dump does. Only comments may stand before its header.
pub(super) fn is_dump(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let mut first = None;
    for line in lines.by_ref() {
        match comment(line) {
            Some(comment) if HEADERS.iter().any(|header| comment.starts_with(header)) => {
                return true;
            }
            Some(_) => {}
            None => {
                first = Some(line);
                break;
            }
        }
    }
    first == Some(SQLITE[0]) && lines.next() == Some(SQLITE[1])
}

/// Returns the text of a comment of one line.
fn comment(line: &str) -> Option<&str> {
    let line_comment = line.strip_prefix("--").or_else(|| line.strip_prefix('#'));
    let block = || line.strip_prefix("/*").filter(|rest| rest.ends_with("*/"));
    line_comment.or_else(block).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::is_dump;

    #[test]
    fn headers_of_tools_are_known() {
        let dumps = [
            "--\n-- PostgreSQL database dump\n--\n\n\\restrict x\n",
            "/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19  Distrib 10.11.6-MariaDB\n",
            "-- MySQL dump 10.13  Distrib 8.0.36\n",
            "-- @dialect mysql\n\n-- phpMyAdmin SQL Dump\n",
            "# ****************\n# Sequel Pro SQL dump\n",
            "\u{feff}PRAGMA foreign_keys=OFF;\r\nBEGIN TRANSACTION;\r\nCREATE TABLE a (id INTEGER);\r\n",
        ];
        for text in dumps {
            assert!(is_dump(text), "{text}");
        }
        let others = [
            "",
            "-- Tables of the shop\nCREATE TABLE a (id INTEGER);\n-- PostgreSQL database dump\n",
            "PRAGMA foreign_keys=OFF;\nCREATE TABLE a (id INTEGER);\n",
            "BEGIN TRANSACTION;\n",
        ];
        for text in others {
            assert!(!is_dump(text), "{text}");
        }
    }
}
