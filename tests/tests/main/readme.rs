//! The programs of README.md as a user would copy them: a crate for each door, compiled and run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::features::{ROOT, copy_lock};

const README: &str = include_str!("../../../README.md");

/// The blocks of a language, in order.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("\n```{language}");
    let mut found = Vec::new();
    let mut rest = README;
    while let Some((_, after)) = rest.split_once(&fence) {
        // The words after the language are for rustdoc.
        let (head, block) = after.split_once('\n').expect("a block has lines");
        let (block, behind) = block.split_once("\n```").expect("a block has an end");
        if head.is_empty() || head.starts_with(',') {
            found.push(block);
        }
        rest = behind;
    }
    found
}

/// A crate with these files, in an empty folder. Its dependencies are those of this repository.
fn project(name: &str, manifest: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("readme")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("src")).expect("a folder can be made");
    let manifest = format!(
        "[package]\nname = \"readme-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n{manifest}\n\n[workspace]\n\n\
         [patch.crates-io]\nbindery = {{ path = {:?} }}\n",
        format!("{ROOT}/runtime")
    );
    let codegen = format!(
        "bindery-codegen = {{ path = {:?} }}\n",
        format!("{ROOT}/codegen")
    );
    let uses_codegen = manifest.contains("bindery-codegen");
    let manifest = manifest + if uses_codegen { &codegen } else { "" };
    for (path, text) in [("Cargo.toml", manifest.as_str())].iter().chain(files) {
        fs::write(folder.join(path), format!("{text}\n")).expect("the folder can be written to");
    }
    copy_lock(&folder);
    folder
}

/// Returns its output. The build folder is that of the doors, which depend on the same.
fn run(folder: &Path) -> String {
    let output = Command::new(env!("CARGO"))
        .args(["run", "--offline", "--quiet"])
        .current_dir(folder)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("../doors"),
        )
        .env_remove("DATABASE_URL")
        .env_remove("B_DATABASE_URL")
        .env_remove("BINDERY_CONFIG")
        .output()
        .expect("cargo can be started");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_programs_of_the_readme_run() {
    let rust = blocks("rust");
    let [program, build_script, models] = rust[..] else {
        panic!("a new sample: let it be compiled here, too");
    };
    let [config, with_build_script, with_derive] = blocks("toml")[..] else {
        panic!("another file of TOML");
    };
    let [schema] = blocks("sql")[..] else {
        panic!("another schema");
    };
    let files = [
        ("bindery.toml", config),
        ("schema.sql", schema),
        ("build.rs", build_script),
        ("src/main.rs", program),
    ];
    let by_build_script = run(&project("build-script", with_build_script, &files));
    let door = "bindery::include_schema!();\n";
    assert!(program.starts_with(door), "{program}");
    let program = program.replacen(door, models, 1);
    let files = [("bindery.toml", config), ("src/main.rs", program.as_str())];
    let by_derive = run(&project("derive", with_derive, &files));
    assert_eq!(by_build_script, "1 blogs, the new one is 1\n");
    assert_eq!(by_derive, by_build_script);
}
