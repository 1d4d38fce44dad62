//! Commands that pages name in their sentences and tables: each has its subcommands and options.

use super::super::support::Project;
use super::{page, repository};

/// The commands of a page's text, without those whose words are left out (`bindery …`).
fn commands(text: &str) -> Vec<String> {
    let spans = text.split('`').skip(1).step_by(2);
    let fenced = text.split("\n```").skip(1).step_by(2).flat_map(str::lines);
    let lines = fenced.map(|line| line.trim_start_matches("$ "));
    let found = spans
        .chain(lines)
        .filter_map(|one| one.strip_prefix("bindery "));
    let found = found.filter(|one| one.starts_with(|first: char| first.is_ascii_lowercase()));
    let found = found.map(|one| one.split(['#', '|', ';', '>']).next().unwrap_or(one).trim());
    let mut found: Vec<String> = found.map(str::to_owned).collect();
    found.sort();
    found.dedup();
    found
}

/// The help of a command is printed where its words are known, and options before it are read.
fn is_known(project: &Project, words: &str) -> bool {
    let words = words.split(" -- ").next().unwrap_or(words);
    project.run(&format!("{words} --help")).is_good()
}

#[test]
fn every_command_that_a_page_names_is_there() {
    let project = Project::new(&[]);
    let mut unknown = Vec::new();
    for (page, text) in page::texts(&repository()) {
        for words in commands(&text) {
            if !is_known(&project, &words) {
                unknown.push(format!("{page}: bindery {words}"));
            }
        }
    }
    assert!(unknown.is_empty(), "{}", unknown.join("\n"));
}
