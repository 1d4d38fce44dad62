//! Programs that must not compile, each with all the compiler says about it.
//!
//! The messages are pinned for the toolchain of `rust-toolchain.toml`; `TRYBUILD=overwrite cargo test -p bindery-tests --test main ui`
//! writes them anew. With another toolchain, whose own words differ, only our sentences are looked for.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The rows, keys and repositories of one engine do not reach another.
///
/// Covers GEN-9.
#[test]
fn programs_that_must_not_compile() {
    if is_pinned_toolchain() {
        give_to_derives(
            &Path::new(env!("CARGO_TARGET_TMPDIR")).join("../tests/trybuild/bindery-tests"),
        );
        trybuild::TestCases::new().compile_fail("ui/*/*.rs");
    } else {
        cases().iter().for_each(|case| says_our_sentences(case));
    }
}

/// Derives read files beside the `Cargo.toml` of the crate that is compiled, not beside the program.
fn give_to_derives(compiled: &Path) {
    fs::create_dir_all(compiled).expect("the target folder can be written");
    for name in ["bindery.toml", "schema.sql"] {
        let here = Path::new(ROOT).join("ui/derive").join(name);
        fs::copy(here, compiled.join(name)).expect("the target folder can be written");
    }
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

/// Checks that the compiler's output has each sentence of ours that is pinned beside the case.
fn says_our_sentences(case: &Path) {
    let pinned =
        fs::read_to_string(case.with_extension("stderr")).expect("each case has its messages");
    let found = compile(case);
    for sentence in pinned.lines().filter_map(our_sentence) {
        let is_said = found.lines().any(|line| has_the_words_of(line, sentence));
        assert!(
            is_said,
            "{}: `{sentence}` is missing in:\n{found}",
            case.display()
        );
    }
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

/// Checks a case as the one program of a crate of its own, which must fail, and gives what the compiler says.
fn compile(case: &Path) -> String {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let manifest = format!(
        "[package]\nname = \"case\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[[bin]]\nname = \"case\"\npath = {case:?}\n\n\
         [dependencies]\nbindery = {{ path = {:?}, features = [\"sqlite\", \"derive\", \"atomic\"] }}\n\
         bindery-web = {{ path = {:?} }}\n\n[workspace]\n",
        Path::new(ROOT).join("../runtime"),
        Path::new(ROOT).join("../web")
    );
    give_to_derives(folder.path());
    fs::write(folder.path().join("Cargo.toml"), manifest).expect("the directory can be written");
    let output = Command::new("cargo")
        .args(["check", "--quiet", "--color", "never"])
        .current_dir(folder.path())
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("ui"),
        )
        .output()
        .expect("cargo runs");
    assert!(!output.status.success(), "{} compiles", case.display());
    String::from_utf8_lossy(&output.stderr).into_owned()
}
