//! Links of pages: each leads to a page or heading that is there, and each page is in the table of contents once.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use super::pages::{PICTURES, Page, Pages, SUMMARY};

/// A file whose links are checked, and which is no page of the book.
const README: &str = "README.md";

/// Returns a sentence for each link that leads nowhere and for each page that the table of contents lacks or has twice.
pub(crate) fn check(root: &Path, pages: &Pages) -> Vec<String> {
    let mut findings: Vec<String> = pages
        .all()
        .iter()
        .flat_map(|page| dead(root, pages, page))
        .collect();
    if let Ok(text) = fs::read_to_string(root.join(README)) {
        let readme = Page {
            in_repository: README.to_owned(),
            in_book: README.to_owned(),
            text,
        };
        findings.extend(dead(root, pages, &readme));
    }
    findings.extend(not_listed_once(pages));
    findings
}

fn dead(root: &Path, pages: &Pages, page: &Page) -> Vec<String> {
    let mut findings = Vec::new();
    for place in links(&page.text) {
        let link = &page.text[place.clone()];
        if let Err(reason) = follow(root, pages, page, link) {
            let line = page.text[..place.start].lines().count();
            findings.push(format!("{}:{line}: `{link}` {reason}", page.in_repository));
        }
    }
    findings
}

fn follow(root: &Path, pages: &Pages, page: &Page, link: &str) -> Result<(), String> {
    let Some(Target { file, heading }) = Target::parse(&page.in_repository, link) else {
        return Ok(());
    };
    let is_shown_by_itself = file.starts_with(PICTURES) || page.in_repository == README;
    if is_shown_by_itself && heading.is_none() && root.join(&file).is_file() {
        return Ok(());
    }
    let Some(target) = pages.of_file(&file) else {
        return Err("leads to no page of the book".to_owned());
    };
    match heading {
        Some(heading) if !headings(&target.text).contains(&heading.to_owned()) => {
            Err(format!("leads to no heading of `{file}`"))
        }
        _ => Ok(()),
    }
}

fn not_listed_once(pages: &Pages) -> Vec<String> {
    let mut listed: BTreeMap<String, usize> = BTreeMap::new();
    if let Some(summary) = pages.of_file(SUMMARY) {
        for place in links(&summary.text) {
            if let Some(target) = Target::parse(SUMMARY, &summary.text[place]) {
                *listed.entry(target.file).or_default() += 1;
            }
        }
    }
    let times = |page: &Page| listed.get(&page.in_repository).copied().unwrap_or(0);
    let pages = pages
        .all()
        .iter()
        .filter(|page| page.in_repository != SUMMARY);
    pages
        .filter(|page| times(page) != 1)
        .map(|page| {
            format!(
                "`{}` is in `{SUMMARY}` {} times, not once",
                page.in_repository,
                times(page)
            )
        })
        .collect()
}

/// Returns the text of a page with links between places in the book.
pub(crate) fn rewritten(page: &Page, pages: &Pages) -> String {
    let mut text = String::new();
    let mut done = 0;
    for place in links(&page.text) {
        text.push_str(&page.text[done..place.start]);
        let link = &page.text[place.clone()];
        text.push_str(&in_book(page, pages, link).unwrap_or_else(|| link.to_owned()));
        done = place.end;
    }
    text + &page.text[done..]
}

fn in_book(page: &Page, pages: &Pages, link: &str) -> Option<String> {
    let Target { file, heading } = Target::parse(&page.in_repository, link)?;
    let target = pages.of_file(&file)?;
    let up = "../".repeat(page.in_book.matches('/').count());
    let heading = heading.map_or_else(String::new, |heading| format!("#{heading}"));
    Some(format!("{up}{}{heading}", target.in_book))
}

/// The target of a link within the repository.
#[derive(Debug, PartialEq, Eq)]
struct Target<'link> {
    file: String,
    heading: Option<&'link str>,
}

impl<'link> Target<'link> {
    /// `None` where it leads out of the repository, as to a page of the web.
    fn parse(from: &str, link: &'link str) -> Option<Self> {
        if link.contains("://") || link.starts_with("mailto:") {
            return None;
        }
        let (path, heading) = match link.split_once('#') {
            Some((path, heading)) => (path, Some(heading)),
            None => (link, None),
        };
        let file = match path {
            "" => from.to_owned(),
            path => join(from, path),
        };
        Some(Self { file, heading })
    }
}

/// `docs/links.md` and `../cli/JSON.md` are `cli/JSON.md`.
fn join(from: &str, path: &str) -> String {
    let mut joined = PathBuf::from(from);
    joined.pop();
    for component in Path::new(path).components() {
        match component {
            Component::ParentDir => {
                joined.pop();
            }
            Component::Normal(name) => joined.push(name),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    joined.to_string_lossy().into_owned()
}

/// Returns the places of all targets of links, in order: what is between `](` and `)` outside of code.
fn links(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    for (start, line) in prose(text) {
        let shown = without_code(line);
        let mut from = 0;
        while let Some(open) = shown[from..].find("](") {
            let begin = from + open + 2;
            let Some(length) = shown[begin..].find(')') else {
                break;
            };
            found.push(start + begin..start + begin + length);
            from = begin + length;
        }
    }
    found
}

/// Returns the lines outside of fenced code, each with its place.
fn prose(text: &str) -> Vec<(usize, &str)> {
    let mut lines = Vec::new();
    let mut place = 0;
    let mut fence: Option<&str> = None;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim_start();
        let ticks = &trimmed[..trimmed.len() - trimmed.trim_start_matches('`').len()];
        match fence {
            None if ticks.len() >= 3 => fence = Some(ticks),
            None => lines.push((place, line)),
            Some(open) if ticks.len() >= open.len() && trimmed.trim_end() == ticks => fence = None,
            Some(_) => {}
        }
        place += line.len();
    }
    lines
}

/// The line with blanks in place of what is between backticks, byte for byte.
fn without_code(line: &str) -> String {
    let mut in_code = false;
    let blanked = line.bytes().map(|byte| {
        in_code ^= byte == b'`';
        let hidden = in_code || !byte.is_ascii();
        if hidden { ' ' } else { char::from(byte) }
    });
    blanked.collect()
}

/// The anchors of a page's headings, as mdBook and GitHub make them.
fn headings(text: &str) -> Vec<String> {
    let lines = prose(text).into_iter().map(|(_, line)| line);
    let mut anchors: Vec<String> = Vec::new();
    for line in lines.filter(|line| line.starts_with('#')) {
        let anchor = anchor(line.trim_start_matches('#').trim());
        let same = |other: &&String| **other == anchor;
        match anchors.iter().filter(same).count() {
            0 => anchors.push(anchor),
            before => anchors.push(format!("{anchor}-{before}")),
        }
    }
    anchors
}

fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter_map(|character| match character {
        '_' | '-' => Some(character),
        other if other.is_alphanumeric() => Some(other.to_ascii_lowercase()),
        other if other.is_whitespace() => Some('-'),
        _ => None,
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace;

    fn targets(text: &str) -> Vec<&str> {
        links(text).into_iter().map(|place| &text[place]).collect()
    }

    #[test]
    fn the_book_has_every_page_and_no_dead_link() {
        let pages = Pages::read(workspace::root()).expect("the pages can be read");
        let findings = check(workspace::root(), &pages);
        assert!(findings.is_empty(), "{}", findings.join("\n"));
    }

    #[test]
    fn links_are_found_outside_of_code() {
        let text = "A [b](b.md), `[c](c.md)` and “[d](d.md#e)”.\n```rust\n// [f](f.md)\n```\n![g](g.svg)\n";
        assert_eq!(targets(text), ["b.md", "d.md#e", "g.svg"]);
    }

    #[test]
    fn a_link_leads_from_its_page() {
        let target = |link| Target::parse("docs/links.md", link);
        assert_eq!(target("https://www.sqlite.org/#a"), None);
        let file = |file: &str, heading| {
            Some(Target {
                file: file.to_owned(),
                heading,
            })
        };
        assert_eq!(target("#loading"), file("docs/links.md", Some("loading")));
        assert_eq!(target("../cli/JSON.md"), file("cli/JSON.md", None));
        assert_eq!(target("./a/b.md#c"), file("docs/a/b.md", Some("c")));
    }

    #[test]
    fn headings_have_the_anchors_of_mdbook() {
        let text = "# Time, `UTC`\n## A write: lost\n## A write: lost\n```sh\n# not this\n```\n";
        assert_eq!(
            headings(text),
            ["time-utc", "a-write-lost", "a-write-lost-1"]
        );
    }

    #[test]
    fn a_link_that_leads_nowhere_is_found() {
        let pages = Pages::read(workspace::root()).expect("the pages can be read");
        let page = |link: &str| Page {
            in_repository: "docs/sample.md".to_owned(),
            in_book: "sample.md".to_owned(),
            text: format!("\nSee [this]({link}).\n"),
        };
        let found = |link| dead(workspace::root(), &pages, &page(link)).join("");
        assert_eq!(found("errors.md#constraints"), "");
        assert_eq!(
            found("errors.md#nothing"),
            "docs/sample.md:2: `errors.md#nothing` leads to no heading of `docs/errors.md`"
        );
        assert_eq!(
            found("gone.md"),
            "docs/sample.md:2: `gone.md` leads to no page of the book"
        );
        assert_eq!(
            rewritten(&page("../schema/src/codes/B0103.md"), &pages),
            "\nSee [this](codes/B0103.md).\n"
        );
    }
}
