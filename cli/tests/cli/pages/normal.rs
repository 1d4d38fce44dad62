//! The book's form of what differs from run to run: times, versions of migrations and of servers, addresses.

use std::fs;
use std::path::Path;

use bindery_testkit::FreshDatabase;

use super::super::support::names_in;

/// In a pattern `#` is a digit and `~` a number with points; each has the text that the book shows in its place.
const PATTERNS: [(&str, &str); 7] = [
    (" at ####-##-## ##:##:## UTC", " at 2026-01-31 12:00:00 UTC"),
    ("(~ ms)", "(12 ms)"),
    (", ~ s old", ", 2 s old"),
    (": PostgreSQL ~", ": PostgreSQL 15.18"),
    ("is PostgreSQL ~", "is PostgreSQL 15.18"),
    ("on PostgreSQL ~", "on PostgreSQL 15.18"),
    ("is SQLite 3.~", "is SQLite 3.53"),
];

/// The version of a migration that is written now.
const VERSION: &str = "##############";
const SHOWN_VERSION: &str = "20260301090000";

/// The outputs as the book shows them.
pub(super) fn of_book(
    outputs: Vec<String>,
    servers: &[(String, FreshDatabase)],
    scene: &Path,
) -> Vec<String> {
    let known = versions_of(scene);
    let outputs = outputs.into_iter();
    outputs.map(|output| one(output, servers, &known)).collect()
}

fn one(output: String, servers: &[(String, FreshDatabase)], known: &[String]) -> String {
    let mut output = output;
    for (_, server) in servers {
        output = output.replace(&without_password(&server.url()), &shown_url(&server.url()));
    }
    for (pattern, shown) in PATTERNS {
        output = replaced(&output, pattern, |_| shown.to_owned());
    }
    output = without_package(&output);
    replaced(&output, VERSION, |found| {
        if known.iter().any(|version| version == found) {
            found.to_owned()
        } else {
            SHOWN_VERSION.to_owned()
        }
    })
}

/// The version of PostgreSQL without that of its package, `(Debian 15.18-0+deb12u1)`.
fn without_package(output: &str) -> String {
    const VERSION: &str = ": PostgreSQL 15.18";
    let Some((before, after)) = output.split_once(&format!("{VERSION} (")) else {
        return output.to_owned();
    };
    let after = after.split_once(')').map_or("", |(_, after)| after);
    format!("{before}{VERSION}{after}")
}

fn without_password(url: &str) -> String {
    let (before, host) = url.split_once('@').unwrap_or(("", url));
    let account = before
        .rsplit_once(':')
        .map_or(before, |(account, _)| account);
    format!("{account}@{host}")
}

/// The password of a server's URL.
pub(super) fn password(url: &str) -> String {
    let account = url.split_once('@').map_or("", |(account, _)| account);
    let password = account
        .rsplit_once(':')
        .map_or("", |(_, password)| password);
    password.to_owned()
}

fn shown_url(url: &str) -> String {
    let scheme = url.split("://").next().unwrap_or_default();
    format!("{scheme}://shop@db.example/shop")
}

/// The versions of the scene's own migrations, which are shown as they are.
fn versions_of(folder: &Path) -> Vec<String> {
    let mut versions = Vec::new();
    for name in names_in(folder) {
        let path = folder.join(&name);
        versions.extend(matches(VERSION, &name).map(|length| name[..length].to_owned()));
        if path.is_dir() {
            versions.extend(versions_of(&path));
        } else if let Ok(text) = fs::read_to_string(&path) {
            replaced(&text, VERSION, |found| {
                versions.push(found.to_owned());
                String::new()
            });
        }
    }
    versions
}

/// The text with another one wherever the pattern is.
fn replaced(text: &str, pattern: &str, mut shown: impl FnMut(&str) -> String) -> String {
    let mut written = String::new();
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let length = match matches(pattern, rest) {
            Some(length) => {
                written.push_str(&shown(&rest[..length]));
                length
            }
            None => {
                written.push(character);
                character.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    written
}

/// The length of the pattern at the beginning of the text.
fn matches(pattern: &str, text: &str) -> Option<usize> {
    let mut rest = text;
    for sign in pattern.chars() {
        let length = match sign {
            '#' => usize::from(rest.starts_with(|found: char| found.is_ascii_digit())),
            '~' => {
                let is_part = |found: char| found.is_ascii_digit() || found == '.';
                rest.find(|found| !is_part(found)).unwrap_or(rest.len())
            }
            sign => {
                if rest.starts_with(sign) {
                    sign.len_utf8()
                } else {
                    0
                }
            }
        };
        if length == 0 {
            return None;
        }
        rest = &rest[length..];
    }
    Some(text.len() - rest.len())
}

#[test]
fn times_and_versions_have_the_books_form() {
    let known = ["20260101000000".to_owned()];
    let shown = |text: &str| one(text.to_owned(), &[], &known);
    assert_eq!(
        shown("applied 1 on b at 2027-03-04 05:06:07 UTC (3 ms)"),
        "applied 1 on b at 2026-01-31 12:00:00 UTC (12 ms)"
    );
    assert_eq!(shown("x: PostgreSQL 18.1 at x"), "x: PostgreSQL 15.18 at x");
    assert_eq!(
        shown("x: PostgreSQL 15.8 (Debian 15.8-0) at x"),
        "x: PostgreSQL 15.18 at x"
    );
    assert_eq!(
        shown("20260101000000_a, 20270102030405_b"),
        "20260101000000_a, 20260301090000_b"
    );
    assert_eq!(
        without_password("postgres://ann:a:b@h:1/d"),
        "postgres://ann:a@h:1/d"
    );
}
