//! The transcripts of the book: every block of a page that begins with `$ bindery` is run in a folder that is prepared for it, and
//! what is printed is what the page shows. `BINDERY_UPDATE=1` writes what was printed into the page.
//!
//! A scene is a folder of `scenes`. Its file `scene` names the page, the first command of the block and the servers, and has the
//! steps before it; the other files are copied.

mod commands;
mod normal;
mod page;
mod scene;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::support::names_in;
use page::Block;
use scene::Scene;

/// Transcripts that no scene runs, each with the reason.
const ELSEWHERE: [(&str, &str, &str); 2] = [
    (
        "docs/atomic.md",
        "bindery recover --dry-run; echo $?",
        "a program was killed between its decision and a commit; `recover::*` runs these commands",
    ),
    (
        "docs/shards.md",
        "bindery shards move customers 0..64 s3",
        "programs write meanwhile; `shards::dist_08_*` run this command",
    ),
];

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn scenes() -> Vec<Scene> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/pages/scenes");
    let folders = names_in(&root).into_iter();
    folders.map(|name| Scene::read(&root.join(name))).collect()
}

fn check(scene: &Scene) -> Option<String> {
    let shown = page::block(&repository(), &scene.page, &scene.block);
    let printed = scene.play(&shown)?;
    let text = shown.with(&printed, scene.shows_commands_alone);
    if text == shown.text {
        return None;
    }
    if std::env::var_os("BINDERY_UPDATE").is_some() {
        page::replace(&repository(), &scene.page, &shown.text, &text);
        return None;
    }
    Some(format!(
        "{} at `{}`: the page shows\n{}\nand the commands print\n{text}",
        scene.page, scene.block, shown.text
    ))
}

#[test]
fn the_pages_of_the_book_show_what_the_commands_print() {
    let scenes = scenes();
    let wrong: Vec<String> = scenes.iter().filter_map(check).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_transcript_of_the_book_has_a_scene() {
    let mut played: BTreeSet<(String, String)> = scenes()
        .into_iter()
        .map(|scene| (scene.page, scene.block))
        .collect();
    for (page, first, _) in ELSEWHERE {
        played.insert((page.to_owned(), first.to_owned()));
    }
    let there: BTreeSet<(String, String)> = page::all(&repository())
        .into_iter()
        .filter(|(_, block)| block.runs_bindery())
        .map(|(page, block): (String, Block)| (page, block.first().to_owned()))
        .collect();
    let missing: Vec<_> = there.difference(&played).collect();
    let idle: Vec<_> = played.difference(&there).collect();
    assert!(
        missing.is_empty() && idle.is_empty(),
        "no scene: {missing:#?}\nno block: {idle:#?}"
    );
}
