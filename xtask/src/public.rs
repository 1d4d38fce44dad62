//! `cargo xtask public`: the public items of the crates that programs use, listed from rustdoc's own data and compared with the committed
//! lists. A change of the surface is a line of its commit, or an error. A warning of rustdoc is an error, too, so that lint documents these
//! crates here alone.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::ExitCode;

use crate::Failure;
use crate::interrupt::Interrupt;
use crate::output::print;
use crate::workspace::{self, cargo};

/// The crates whose items programs name.
const CRATES: [&str; 5] = [
    "bindery",
    "bindery-codegen",
    "bindery-queues",
    "bindery-testkit",
    "bindery-web",
];

/// Documents the workspace, and compares the lists with the committed ones; with `is_update` writes them.
pub(crate) fn run(is_update: bool, interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    document(interrupt)?;
    let mut is_same = true;
    for name in CRATES {
        let items = items(name)?;
        let committed = workspace::root()
            .join("docs/public")
            .join(format!("{name}.txt"));
        if is_update {
            fs::create_dir_all(workspace::root().join("docs/public"))?;
            fs::write(committed, items)?;
        } else {
            is_same &= compare(&fs::read_to_string(committed)?, &items);
        }
    }
    match is_same {
        true => Ok(ExitCode::SUCCESS),
        false => Err("public items are not as committed: commit the lists that `cargo xtask public --update` writes, and say the change in CHANGELOG.md".into()),
    }
}

/// By one command for all crates: by one for each, cargo would find other features each time, and check the dependencies anew. Without the one
/// crate that needs the code of the cases and the command checked first, which takes longer than all pages. Warnings are errors.
fn document(interrupt: &Interrupt) -> Result<(), Failure> {
    let mut command = cargo();
    command
        .args(["doc", "--workspace", "--no-deps", "--all-features"])
        .args(["--exclude", "bindery-fuzz"])
        .env("RUSTDOC", rustdoc()?)
        .env("RUSTDOCFLAGS", "-D warnings");
    match interrupt.run(&mut command)?.success() {
        true => Ok(()),
        false => Err("the documentation has warnings, or cannot be made".into()),
    }
}

/// A rustdoc that gives its data in place of pages for the crates whose items are looked at. It does so to nightly compilers alone. Only it is
/// made to take this one for such: of cargo itself, the variable would have every dependency compiled anew.
fn rustdoc() -> Result<PathBuf, Failure> {
    let names = CRATES.map(|name| format!("*\" --crate-name {} \"*", name.replace('-', "_")));
    let script = format!(
        "#!/bin/sh\ncase \" $* \" in\n{}) RUSTC_BOOTSTRAP=1 exec rustdoc \"$@\" -Zunstable-options --output-format json ;;\nesac\nexec rustdoc \"$@\"\n",
        names.join("|")
    );
    let path = workspace::target().join("rustdoc-with-data.sh");
    fs::create_dir_all(workspace::target())?;
    fs::write(&path, script)?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755))?;
    Ok(path)
}

/// One item to a line; traits that are implemented for every type, derived, or found by the compiler are left out.
fn items(name: &str) -> Result<String, Failure> {
    let data = format!("doc/{}.json", name.replace('-', "_"));
    let api = public_api::Builder::from_rustdoc_json(workspace::target().join(data))
        .omit_blanket_impls(true)
        .omit_auto_trait_impls(true)
        .omit_auto_derived_impls(true)
        .build()?;
    Ok(api.items().map(|item| format!("{item}\n")).collect())
}

/// Prints what has gone and what is new.
fn compare(committed: &str, now: &str) -> bool {
    let [before, after] = [committed, now].map(|text| text.lines().collect::<BTreeSet<_>>());
    before
        .difference(&after)
        .for_each(|item| print(&format!("- {item}")));
    after
        .difference(&before)
        .for_each(|item| print(&format!("+ {item}")));
    before == after
}

#[cfg(test)]
mod tests {
    use super::compare;

    #[test]
    fn an_item_that_goes_and_one_that_comes_are_a_difference() {
        assert!(compare("a\nb\n", "b\na\n"));
        assert!(!compare("a\nb\n", "a\n"));
        assert!(!compare("a\n", "a\nb\n"));
    }
}
