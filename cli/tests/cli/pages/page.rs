//! Transcripts in the pages: where they are, which commands they have, and what each prints by them.

use std::fs;
use std::path::Path;

use super::super::support::names_in;

/// The content of a block: lines that begin with `$ ` are commands, those after each are printed by it.
pub(super) struct Block {
    pub(super) text: String,
}

impl Block {
    /// The commands with their output.
    pub(super) fn commands(&self) -> Vec<(String, String)> {
        let mut commands: Vec<(String, String)> = Vec::new();
        for line in self.text.lines() {
            if let Some(command) = line.strip_prefix("$ ") {
                commands.push((command.to_owned(), String::new()));
            } else if let Some((_, output)) = commands.last_mut() {
                output.push_str(line);
                output.push('\n');
            }
        }
        commands
    }

    /// The first command, without a comment after it.
    pub(super) fn first(&self) -> &str {
        let line = self.text.lines().next().unwrap_or_default();
        let command = line.strip_prefix("$ ").unwrap_or_default();
        command.split("  #").next().unwrap_or_default().trim_end()
    }

    pub(super) fn runs_bindery(&self) -> bool {
        self.commands()
            .iter()
            .any(|(command, _)| command.starts_with("bindery "))
    }

    /// The block as it is with what the commands printed.
    pub(super) fn with(&self, printed: &[String], shows_commands_alone: bool) -> String {
        let commands = self.commands().into_iter().zip(printed);
        commands
            .map(|((command, _), output)| {
                let output = if shows_commands_alone { "" } else { output };
                format!("$ {command}\n{output}")
            })
            .collect()
    }
}

/// All transcripts of a page's text.
fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<String> = None;
    for line in text.lines() {
        match open.take() {
            Some(block) if line.trim_start().starts_with("```") => {
                blocks.push(Block { text: block })
            }
            Some(block) => open = Some(format!("{block}{line}\n")),
            None if line.starts_with("```") => open = Some(String::new()),
            None => {}
        }
    }
    blocks.retain(|block| block.text.starts_with("$ "));
    blocks
}

/// The pages of the book by their paths in the repository.
fn pages(repository: &Path) -> Vec<String> {
    let docs = names_in(&repository.join("docs")).into_iter();
    let docs = docs.filter(|name| name.ends_with(".md"));
    let mut pages: Vec<String> = docs.map(|name| format!("docs/{name}")).collect();
    pages.extend(["README.md".to_owned(), "cli/JSON.md".to_owned()]);
    pages
}

fn read_page(repository: &Path, page: &str) -> String {
    fs::read_to_string(repository.join(page)).unwrap_or_else(|error| panic!("{page}: {error}"))
}

/// Every transcript of the book with its page.
pub(super) fn all(repository: &Path) -> Vec<(String, Block)> {
    let of_page = |page: String| {
        let found = blocks(&read_page(repository, &page));
        found.into_iter().map(move |block| (page.clone(), block))
    };
    pages(repository).into_iter().flat_map(of_page).collect()
}

/// The texts of all pages.
pub(super) fn texts(repository: &Path) -> Vec<(String, String)> {
    let pages = pages(repository).into_iter();
    pages
        .map(|page| {
            let text = read_page(repository, &page);
            (page, text)
        })
        .collect()
}

/// The one block of a page that begins with this command.
pub(super) fn block(repository: &Path, page: &str, first: &str) -> Block {
    let mut found = blocks(&read_page(repository, page));
    found.retain(|block| block.first() == first);
    assert_eq!(found.len(), 1, "blocks of {page} that begin with `{first}`");
    found.remove(0)
}

/// Puts another text in a block's place.
pub(super) fn replace(repository: &Path, page: &str, from: &str, to: &str) {
    let text = read_page(repository, page);
    let written = text.replacen(&format!("\n{from}```"), &format!("\n{to}```"), 1);
    fs::write(repository.join(page), written).unwrap_or_else(|error| panic!("{page}: {error}"));
}
