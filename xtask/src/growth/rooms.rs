//! Measures the part of the runtime that a program on one SQLite file compiles in any case: the lines of each room, and the CPU of the crate.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use super::clean::{children_seconds, in_folder};
use super::{ROUNDS, succeed};
use crate::Failure;
use crate::output::print;
use crate::workspace;

/// Of a program that calls nothing that has a feature.
const FEATURES: &str = "sqlite";

/// Measures and prints.
pub(super) fn run() -> Result<(), Failure> {
    let root = workspace::root();
    let target = workspace::target().join("growth/rooms");
    let library = root.join("runtime/src/lib.rs");
    let mut seconds = f64::MAX;
    // The first compiles the dependencies.
    for round in 0..=ROUNDS {
        let file = fs::File::options().append(true).open(&library)?;
        file.set_modified(SystemTime::now())?;
        let before = children_seconds()?;
        let mut cargo = in_folder(root);
        cargo.env("CARGO_TARGET_DIR", &target);
        cargo.args(["build", "--quiet", "-p", "bindery"]);
        succeed(cargo.args(["--no-default-features", "--features", FEATURES]))?;
        if round > 0 {
            seconds = seconds.min(children_seconds()? - before);
        }
    }
    let rooms = rooms(&read_files(&target.join("debug/deps"))?)?;
    print("| room of `runtime/src` | lines |\n|---|---|");
    for (room, lines) in &rooms {
        print(&format!("| `{room}` | {lines} |"));
    }
    let all: usize = rooms.values().sum();
    print(&format!("| all, in {seconds:.1} s of CPU | {all} |"));
    Ok(())
}

/// The files that rustc has read for the library, by the list that it leaves for cargo.
fn read_files(folder: &Path) -> Result<Vec<String>, Failure> {
    let files = fs::read_dir(folder)?.flatten().map(|entry| entry.path());
    let lists = files.filter(|path| {
        let name = workspace::name_of(path);
        name.starts_with("bindery-") && name.ends_with(".d")
    });
    let changed = |path: &std::path::PathBuf| path.metadata().and_then(|data| data.modified()).ok();
    let newest = lists.max_by_key(changed);
    let text = fs::read_to_string(newest.ok_or("rustc left no list of its files")?)?;
    let files = text.lines().filter_map(|line| line.strip_suffix(".rs:"));
    Ok(files.map(|path| format!("{path}.rs")).collect())
}

fn rooms(files: &[String]) -> Result<BTreeMap<String, usize>, Failure> {
    let mut rooms = BTreeMap::new();
    for path in files {
        let Some((_, below)) = path.split_once("runtime/src/") else {
            continue;
        };
        let room = below.split('/').next().unwrap_or(below);
        let text = fs::read_to_string(workspace::root().join(path))?;
        *rooms.entry(room.to_owned()).or_default() += lines(&text);
    }
    Ok(rooms)
}

/// The lines of a source without its items for tests. `rustfmt` ends an item at the depth at which it begins.
fn lines(text: &str) -> usize {
    let mut lines = text.lines();
    let mut count = 0;
    while let Some(line) = lines.next() {
        let item = line.trim_start();
        if !item.starts_with("#[cfg(test)]") && !item.starts_with("#[cfg(all(test") {
            count += 1;
            continue;
        }
        let depth = line.len() - item.len();
        let ends = |line: &str| {
            line.len() > depth
                && matches!(line.as_bytes()[depth..], [b'}'] | [b'a'..=b'z', .., b';'])
        };
        lines.by_ref().find(|line| ends(line));
    }
    count
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn items_for_tests_are_not_counted() {
        let text = "use a;\n#[cfg(test)]\nmod one;\nfn x() {\n    y();\n}\n\n#[cfg(test)]\n#[allow(dead_code)]\nmod tests {\n    use b;\n\n    fn z() {}\n}\n";
        assert_eq!(lines(text), 5);
    }
}
