//! Programs that must not compile, each with all the compiler says about it.
//!
//! The messages are pinned for the toolchain of `rust-toolchain.toml`; `BINDERY_UPDATE=1 cargo test -p bindery-tests --test main ui`
//! writes them anew. With another toolchain, whose own words differ, only our sentences are looked for.
//!
//! The programs are given the dependencies that this test was compiled with, so none is built for them.

mod normal;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Programs that are compiled at once.
const AT_ONCE: usize = 2;

/// The rows, keys and repositories of one engine do not reach another.
///
/// Covers GEN-9.
#[test]
fn programs_that_must_not_compile() {
    let is_pinned = is_pinned_toolchain();
    let cases = Mutex::new(cases().into_iter());
    let wrong = Mutex::new(Vec::new());
    let check = || {
        while let Some(case) = next(&cases) {
            let found = if is_pinned {
                other_messages(&case)
            } else {
                lacking_sentences(&case)
            };
            wrong.lock().expect("no check panics").extend(found);
        }
    };
    thread::scope(|scope| (0..AT_ONCE).for_each(|_| drop(scope.spawn(check))));
    let wrong = wrong.into_inner().expect("no check panics");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn next(cases: &Mutex<std::vec::IntoIter<PathBuf>>) -> Option<PathBuf> {
    cases.lock().expect("it is held for a moment").next()
}

fn is_pinned_toolchain() -> bool {
    let pinned = fs::read_to_string(Path::new(ROOT).join("../rust-toolchain.toml"))
        .expect("the repository has one");
    let channel = pinned
        .lines()
        .find_map(|line| line.strip_prefix("channel = "))
        .expect("it names a channel");
    let version = Command::new("rustc")
        .arg("--version")
        .output()
        .expect("there is a compiler")
        .stdout;
    String::from_utf8_lossy(&version).split(' ').nth(1) == Some(channel.trim_matches('"'))
}

fn cases() -> Vec<PathBuf> {
    let folders = fs::read_dir(Path::new(ROOT).join("ui")).expect("the folder of the cases");
    let files = folders.flat_map(|folder| {
        fs::read_dir(folder.expect("a folder").path()).expect("a folder of cases")
    });
    let mut cases: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    cases.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    cases.sort();
    cases
}

/// Compares all messages with those that are pinned beside the case; with `BINDERY_UPDATE` pins them anew.
fn other_messages(case: &Path) -> Option<String> {
    let found = normal::normal(&compile(case), Path::new(ROOT));
    let path = case.with_extension("stderr");
    if std::env::var_os("BINDERY_UPDATE").is_some() {
        fs::write(&path, &found).expect("the messages can be written");
    }
    let pinned = fs::read_to_string(&path).unwrap_or_default();
    (found != pinned).then(|| format!("{}:\n{}", case.display(), difference(&pinned, &found)))
}

/// The lines from the first that differs to the last, as they are pinned (`-`) and as they are (`+`).
fn difference(pinned: &str, found: &str) -> String {
    let (pinned, found): (Vec<_>, Vec<_>) = (pinned.lines().collect(), found.lines().collect());
    let shorter = pinned.len().min(found.len());
    let is_same = |pair: &(&&str, &&str)| pair.0 == pair.1;
    let first = pinned.iter().zip(&found).take_while(is_same).count();
    let backwards = pinned.iter().rev().zip(found.iter().rev());
    let last = backwards.take(shorter - first).take_while(is_same).count();
    let marked = |lines: &[&str], mark: &str| -> String {
        let changed = lines[first..lines.len() - last].iter();
        changed.map(|line| format!("{mark} {line}\n")).collect()
    };
    marked(&pinned, "-") + &marked(&found, "+")
}

/// Looks for each sentence of ours that is pinned beside the case.
fn lacking_sentences(case: &Path) -> Option<String> {
    let pinned =
        fs::read_to_string(case.with_extension("stderr")).expect("each case has its messages");
    let found = compile(case);
    let mut sentences = pinned.lines().filter_map(our_sentence);
    let lacking =
        sentences.find(|sentence| !found.lines().any(|it| has_the_words_of(it, sentence)))?;
    Some(format!(
        "{}: `{lacking}` is missing in:\n{found}",
        case.display()
    ))
}

/// The same words in the same order; how types are spelled between backticks is the compiler's matter.
fn has_the_words_of(line: &str, sentence: &str) -> bool {
    let mut rest = line;
    sentence
        .split('`')
        .step_by(2)
        .all(|words| match rest.split_once(words) {
            Some((_, after)) => {
                rest = after;
                true
            }
            None => false,
        })
}

/// Errors of our macros have no code, those of our traits have that of an unmet bound.
fn our_sentence(line: &str) -> Option<&str> {
    line.strip_prefix("error: ")
        .or_else(|| line.strip_prefix("error[E0277]: "))
}

/// Compiles a case, which must fail, and returns what the compiler says.
fn compile(case: &Path) -> String {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let output = Command::new("rustc")
        .args(["--crate-name=case", "--edition=2024", "--emit=metadata"])
        .args([
            "--verbose",
            "--color=never",
            "--diagnostic-width=140",
            "-Adead_code",
        ])
        .arg("--out-dir")
        .arg(folder.path())
        // No others: rustc writes the path of a name that two crates have, whichever they are.
        .args(bindery_dependencies::dependencies!(
            "bindery",
            "bindery_cases",
            "bindery_web",
            "serde"
        ))
        .arg(case)
        // Cargo compiles the workspace there: rustc finds the sources of its crates by paths from where they were compiled.
        .current_dir(Path::new(ROOT).join(".."))
        // Derives read files beside the `Cargo.toml` of the crate that is compiled, not beside the program.
        .env("CARGO_MANIFEST_DIR", Path::new(ROOT).join("ui/derive"))
        .env_remove("OUT_DIR")
        .output()
        .expect("there is a compiler");
    assert!(!output.status.success(), "{} compiles", case.display());
    String::from_utf8_lossy(&output.stderr).into_owned()
}
