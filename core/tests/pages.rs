//! The examples of the book's pages: each block of a `bindery.toml` is read as the build and the program read it, and each page with
//! Rust is one that the documentation tests compile.

use std::fs;
use std::path::{Path, PathBuf};

use bindery_core::config::Config;
use bindery_core::diagnostic::Diagnostics;
use bindery_core::source::Sources;

/// The beginnings of blocks that are part of a `Cargo.toml`.
const OF_CARGO: &[&str] = &[
    "[env]",
    "[dependencies]",
    "[build-dependencies]",
    "[features]",
    "[package]",
    "[patch.crates-io]",
];

/// A block of code of a page.
struct Block {
    place: String,
    /// The words behind the fence: `rust,ignore`.
    language: String,
    text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read_page(path: &str) -> String {
    fs::read_to_string(root().join(path)).expect("the workspace can be read")
}

/// The pages of the book and the READMEs, but of the pages that are written by the tests of findings.
fn pages() -> Vec<String> {
    let pages = fs::read_dir(root().join("docs")).expect("the book is there");
    let names = pages.map(|page| {
        page.expect("a file")
            .file_name()
            .into_string()
            .expect("UTF-8")
    });
    let pages = names.filter(|name| name.ends_with(".md") && name != "mistakes.md");
    let mut pages: Vec<String> = pages.map(|name| format!("docs/{name}")).collect();
    pages.extend(["README.md", "web/README.md", "examples/axum/README.md"].map(str::to_owned));
    pages.sort();
    pages
}

fn blocks(page: &str) -> Vec<Block> {
    let text = read_page(page);
    let (mut found, mut open) = (Vec::<Block>::new(), false);
    for (number, line) in (1..).zip(text.lines()) {
        match line.trim_start().strip_prefix("```") {
            Some(_) if open => open = false,
            Some(language) => {
                open = true;
                found.push(Block {
                    place: format!("{page}:{number}"),
                    language: language.to_owned(),
                    text: String::new(),
                });
            }
            None if open => {
                let block = found.last_mut().expect("one is open");
                block.text.push_str(line);
                block.text.push('\n');
            }
            None => {}
        }
    }
    found
}

impl Block {
    /// Versions of crates, under a heading of their own or one on a line.
    fn is_of_cargo(&self) -> bool {
        let first = self.text.lines().next().unwrap_or_default();
        let value = first.split_once(" = ").map_or("", |(_, value)| value);
        let is_version = value.starts_with("{ version = ")
            || value
                .trim_matches('"')
                .starts_with(|first: char| first.is_ascii_digit());
        OF_CARGO.contains(&first) || is_version
    }

    /// Reads it as a configuration. Where it has no engines it is part of one that has: those that it names.
    fn findings(&self) -> Diagnostics {
        let has_engines = self.text.contains("[engines") || self.text.starts_with("url");
        let others = match has_engines {
            true => "",
            false => {
                "\n[engines]\ndefault = \"sqlite://a.db\"\nb = \"sqlite://b.db\"\ncache = \"sqlite://c.db\"\n"
            }
        };
        let text = format!("{}{others}", self.text);
        let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
        Config::parse(
            &self.place,
            Path::new("/shop"),
            &text,
            &mut sources,
            &mut found,
        );
        found
    }
}

#[test]
fn every_configuration_of_the_pages_is_read() {
    let mut read = 0;
    for block in pages().iter().flat_map(|page| blocks(page)) {
        if !block.language.starts_with("toml") || block.is_of_cargo() {
            continue;
        }
        let found = block.findings();
        assert!(!found.has_errors(), "{}: {found:?}", block.place);
        read += 1;
    }
    assert!(read > 15, "{read} are there");
}

/// A block that no test compiles says so: `rust,ignore`.
#[test]
fn every_page_with_rust_is_compiled() {
    let compiled = ["runtime/src/lib.rs", "web/src/lib.rs", "queues/src/lib.rs"]
        .map(read_page)
        .concat();
    for page in pages() {
        let mut blocks = blocks(&page).into_iter();
        let rust = blocks.find(|block| {
            let mut words = block.language.split(',');
            words.next() == Some("rust") && !words.any(|word| word == "ignore")
        });
        let is_compiled = compiled.contains(&format!("include_str!(\"../../{page}\")"));
        if let Some(block) = rust.filter(|_| !is_compiled) {
            panic!("{} is compiled by no test", block.place);
        }
    }
}

/// It has no room for what the page leaves out of sight.
#[test]
fn the_example_of_the_readme_for_web_services_is_one_of_the_page() {
    let page = read_page("docs/web.md");
    let example = blocks("web/README.md").remove(0);
    for line in example.text.lines() {
        let code = line.split(" //").next().unwrap_or_default();
        assert!(page.contains(code), "docs/web.md does not have `{code}`");
    }
}
