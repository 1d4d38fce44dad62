//! Which files of the repository are pages of the book, and where they are in it.

use std::fs;
use std::path::Path;

use crate::Failure;
use crate::workspace;

/// The folder of most pages.
const DOCS: &str = "docs";

/// The table of contents: a list of links, as mdBook has it.
pub(crate) const SUMMARY: &str = "docs/SUMMARY.md";

/// Files that pages show.
pub(crate) const PICTURES: &str = "docs/pictures";

/// One page for each code of a finding; `bindery explain` prints them too, so they are part of its crate.
const CODES: &str = "schema/src/codes";

/// Programs whose README is a page.
const EXAMPLES: &str = "examples";

/// Chapters of the table of contents, with the folder of the book whose pages are listed under them.
const LISTS: [(&str, &str); 2] = [("codes.md", "codes/"), ("web.md", "examples/")];

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
        for name in examples(root)? {
            let readme = format!("{EXAMPLES}/{name}/README.md");
            pages.push(page(root, &readme, &format!("examples/{name}.md"))?);
        }
        for (path, in_book) in DOCUMENTS {
            pages.push(page(root, path, in_book)?);
        }
        let lists = LISTS.map(|(chapter, folder)| (chapter, list(&pages, folder)));
        let summary = pages.iter_mut().find(|page| page.in_repository == SUMMARY);
        let summary = summary.ok_or_else(|| format!("`{SUMMARY}` is missing"))?;
        for (chapter, list) in lists {
            summary.text = with_list(&summary.text, chapter, &list);
        }
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

/// The folders of programs with a README, sorted.
fn examples(root: &Path) -> Result<Vec<String>, Failure> {
    let mut names = Vec::new();
    for entry in fs::read_dir(root.join(EXAMPLES))? {
        let path = entry?.path();
        if path.join("README.md").is_file() {
            names.push(workspace::name_of(&path));
        }
    }
    names.sort();
    Ok(names)
}

/// Lines of the table of contents for the pages of a folder: `    - [B0001: …](../schema/src/codes/B0001.md)`.
fn list(pages: &[Page], folder: &str) -> String {
    let listed = pages.iter().filter(|page| page.in_book.starts_with(folder));
    listed
        .map(|page| format!("    - [{}](../{})\n", title(page), page.in_repository))
        .collect()
}

/// The heading of a page, with brackets that a link's text may hold.
fn title(page: &Page) -> String {
    let first = page.text.lines().next().unwrap_or_default();
    let heading = first.trim_start_matches('#').trim();
    heading.replace('[', "\\[").replace(']', "\\]")
}

/// The table of contents with a list under one of its chapters.
fn with_list(summary: &str, chapter: &str, list: &str) -> String {
    let chapter = format!("({chapter})");
    summary
        .lines()
        .map(|line| match line.contains(&chapter) {
            true => format!("{line}\n{list}"),
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
            with_list(summary, "codes.md", &list(&[page], "codes/")),
            "- [Codes](codes.md)\n    - [B0252: an entry of `\\[types\\]`](../schema/src/codes/B0252.md)\n\
             - [Changes](../CHANGELOG.md)\n"
        );
    }
}
