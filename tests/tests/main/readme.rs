//! The programs of README.md and of the book's pages that show whole programs, as a user would copy them: compiled and run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::features::{ROOT, copy_lock};

const README: &str = include_str!("../../../README.md");
const DOORS: &str = include_str!("../../../docs/doors.md");
const FIRST_STEPS: &str = include_str!("../../../docs/first-steps.md");
const INSTALLING: &str = include_str!("../../../docs/installing.md");

/// The blocks of a language on a page, in order.
fn blocks(page: &'static str, language: &str) -> Vec<&'static str> {
    let fence = format!("\n```{language}");
    let mut found = Vec::new();
    let mut rest = page;
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

/// The lines of `docs/installing.md` for the dependencies of a manifest, with this repository as the clone.
fn installed(manifest: &str) -> String {
    let [lines] = blocks(INSTALLING, "toml")[..] else {
        panic!("another file of TOML");
    };
    let is_used = |line: &&str| {
        let name = line.split_inclusive(" = ").next().unwrap_or_default();
        line.starts_with('[') || manifest.lines().any(|known| known.starts_with(name))
    };
    let lines: Vec<&str> = lines.trim_start().lines().filter(is_used).collect();
    lines.join("\n").replace("../bindery", ROOT)
}

/// A crate with these files, in an empty folder. Its dependencies are those of this repository.
fn project(name: &str, manifest: &str, files: &[(&str, &str)]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("readme")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("src")).expect("a folder can be made");
    let manifest = format!(
        "[package]\nname = \"readme-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n{manifest}\n\n[workspace]\n\n{}\n",
        installed(manifest)
    );
    for (path, text) in [("Cargo.toml", manifest.as_str())].iter().chain(files) {
        fs::write(folder.join(path), format!("{text}\n")).expect("the folder can be written to");
    }
    copy_lock(&folder);
    folder
}

/// Cargo in the folder of a project. The build folder is that of the workspace: most of its dependencies are built there.
fn cargo(command: &str, folder: &Path) -> Output {
    Command::new(env!("CARGO"))
        .args([command, "--offline", "--quiet"])
        .current_dir(folder)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(".."),
        )
        .env_remove("DATABASE_URL")
        .env_remove("B_DATABASE_URL")
        .env_remove("SALES_URL")
        .env_remove("BINDERY_CONFIG")
        .output()
        .expect("cargo can be started")
}

/// Returns the output of the program, which has no warnings.
fn run(folder: &Path) -> String {
    let output = cargo("run", folder);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_programs_of_the_readme_run() {
    let [program, build_script] = blocks(README, "rust")[..] else {
        panic!("a new sample: let it be compiled here, too");
    };
    let [config, with_build_script] = blocks(README, "toml")[..] else {
        panic!("another file of TOML");
    };
    let [schema] = blocks(README, "sql")[..] else {
        panic!("another schema");
    };
    let ([models], [with_derive]) = (&blocks(DOORS, "rust")[..], &blocks(DOORS, "toml")[..]) else {
        panic!("another program with derived models");
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

/// Returns the lines that the page shows after `$ cargo run`.
fn shown_output(console: &str) -> &str {
    let lines = console.trim_start().strip_prefix("$ cargo run\n");
    lines.expect("a block that shows a run of the program")
}

#[test]
fn first_steps_lead_to_what_they_show() {
    let [build_script, one_engine, two_engines] = blocks(FIRST_STEPS, "rust")[..] else {
        panic!("a new sample: let it be compiled here, too");
    };
    let [manifest, config] = blocks(FIRST_STEPS, "toml")[..] else {
        panic!("another file of TOML");
    };
    let [teas, orders] = blocks(FIRST_STEPS, "sql")[..] else {
        panic!("another schema");
    };
    let [first, second, _commands] = blocks(FIRST_STEPS, "console")[..] else {
        panic!("another command");
    };
    let [mistake] = blocks(FIRST_STEPS, "text")[..] else {
        panic!("another message");
    };
    let files = [
        ("schema.sql", teas),
        ("build.rs", build_script),
        ("src/main.rs", one_engine),
    ];
    let folder = project("first-steps", manifest, &files);
    assert_eq!(run(&folder).trim_end(), shown_output(first));

    let write = |path: &str, text: &str| {
        fs::write(folder.join(path), text).expect("the folder can be written to");
    };
    write("bindery.toml", config);
    write("schema.sql", &format!("{teas}\n\n{orders}\n"));
    write("src/main.rs", two_engines);
    assert_eq!(run(&folder).trim_end(), shown_output(second));
    assert!(cargo("test", &folder).status.success());

    write(
        "src/main.rs",
        &two_engines.replace("db.sales()?.notes()", "db.notes()"),
    );
    let refused = cargo("check", &folder);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(
        !refused.status.success() && said.contains(mistake),
        "{said}"
    );
}
