//! Which files of the repository are pages of the book, and where they are in it.

use std::fs;
use std::path::Path;

use crate::Failure;

/// Where most pages are.
const DOCS: &str = "docs";

/// The table of contents: a list of links, as mdBook has it.
pub(crate) const SUMMARY: &str = "docs/SUMMARY.md";

/// Files that pages show.
pub(crate) const PICTURES: &str = "docs/pictures";

/// One page for each code of a finding; `bindery explain` prints them too, so they are part of its crate.
const CODES: &str = "schema/src/codes";

/// Under this chapter of the table of contents the pages of codes are listed.
const CODES_CHAPTER: &str = "codes.md";

/// Documents that lie elsewhere for their other readers, with their place in the book.
const DOCUMENTS: &[(&str, &str)] = &[
    ("ARCHITECTURE.md", "architecture.md"),
    ("CHANGELOG.md", "changelog.md"),
    ("CONTRIBUTING.md", "contributing.md"),
    ("cli/JSON.md", "json.md"),
];

/// A page of the book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Page {
    /// Its path in the repository: `docs/queries.md`.
    pub(crate) in_repository: String,
    /// Its path in the book: `queries.md`.
    pub(crate) in_book: String,
    pub(crate) text: String,
}

/// All pages, the table of contents among them.
#[derive(Debug)]
pub(crate) struct Pages {
    pages: Vec<Page>,
}

impl Pages {
    /// Reads them from a repository.
    pub(crate) fn read(root: &Path) -> Result<Self, Failure> {
        let mut pages = Vec::new();
        for name in names(root, DOCS)? {
            pages.push(page(root, &format!("{DOCS}/{name}"), &name)?);
        }
        for name in names(root, CODES)? {
            pages.push(page(
                root,
                &format!("{CODES}/{name}"),
                &format!("codes/{name}"),
            )?);
        }
        for (path, in_book) in DOCUMENTS {
            pages.push(page(root, path, in_book)?);
        }
        let codes = list_of_codes(&pages);
        let summary = pages.iter_mut().find(|page| page.in_repository == SUMMARY);
        let summary = summary.ok_or_else(|| format!("`{SUMMARY}` is missing"))?;
        summary.text = with_codes(&summary.text, &codes);
        Ok(Self { pages })
    }

    pub(crate) fn all(&self) -> &[Page] {
        &self.pages
    }

    /// Returns the page that a file of the repository is.
    pub(crate) fn of_file(&self, in_repository: &str) -> Option<&Page> {
        self.pages
            .iter()
            .find(|page| page.in_repository == in_repository)
    }
}

/// The names of a folder's pages, sorted.
fn names(root: &Path, folder: &str) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root.join(folder))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".md") {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn page(root: &Path, in_repository: &str, in_book: &str) -> Result<Page, Failure> {
    let text = fs::read_to_string(root.join(in_repository))
        .map_err(|error| format!("cannot read `{in_repository}`: {error}"))?;
    Ok(Page {
        in_repository: in_repository.to_owned(),
        in_book: in_book.to_owned(),
        text,
    })
}

/// Lines of the table of contents: `    - [B0001: …](../schema/src/codes/B0001.md)`.
fn list_of_codes(pages: &[Page]) -> String {
    let codes = pages
        .iter()
        .filter(|page| page.in_book.starts_with("codes/"));
    codes
        .map(|page| format!("    - [{}](../{})\n", title(page), page.in_repository))
        .collect()
}

/// The heading of a page, with brackets that a link's text may hold.
fn title(page: &Page) -> String {
    let first = page.text.lines().next().unwrap_or_default();
    let heading = first.trim_start_matches('#').trim();
    heading.replace('[', "\\[").replace(']', "\\]")
}

fn with_codes(summary: &str, codes: &str) -> String {
    let chapter = format!("({CODES_CHAPTER})");
    summary
        .lines()
        .map(|line| match line.contains(&chapter) {
            true => format!("{line}\n{codes}"),
            false => format!("{line}\n"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_listed_under_their_chapter() {
        let summary = "- [Codes](codes.md)\n- [Changes](../CHANGELOG.md)\n";
        let page = Page {
            in_repository: "schema/src/codes/B0252.md".to_owned(),
            in_book: "codes/B0252.md".to_owned(),
            text: "# B0252: an entry of `[types]`\n\nText.\n".to_owned(),
        };
        assert_eq!(
            with_codes(summary, &list_of_codes(&[page])),
            "- [Codes](codes.md)\n    - [B0252: an entry of `\\[types\\]`](../schema/src/codes/B0252.md)\n\
             - [Changes](../CHANGELOG.md)\n"
        );
    }
}
