//! The command line itself: help, wrong usage, colours, completions.

use std::fs;
use std::path::Path;

use crate::commands::listed;
use crate::support::{Project, holds};

#[test]
fn help_names_every_command_and_each_has_an_example() {
    let project = Project::new(&[]);
    let all = project.run("--help").good();
    assert!(listed(&all).len() > 20, "{all}");
    for command in listed(&all) {
        let help = project.run(&format!("{command} --help")).good();
        holds(
            &help,
            &["Usage: bindery", "Examples:", &format!("bindery {command}")],
        );
        let examples = help.lines().filter(|line| line.starts_with("  bindery"));
        assert!(examples.clone().count() > 1, "{help}");
        assert!(
            examples.into_iter().all(|line| line.chars().count() <= 80),
            "{help}"
        );
    }
}

/// The lines `$ bindery …` of the README and of the book's pages, without their comments.
fn shown_commands() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let docs = fs::read_dir(root.join("docs")).expect("the book is there");
    let mut pages: Vec<_> = docs.flatten().map(|entry| entry.path()).collect();
    pages.push(root.join("README.md"));
    pages.retain(|page| page.extension().is_some_and(|extension| extension == "md"));
    let texts = pages
        .iter()
        .map(|page| fs::read_to_string(page).expect("UTF-8"));
    let command = |line: &str| {
        let command = line.strip_prefix("$ bindery ")?;
        let command = command.split([';', '#', '|']).next()?;
        Some(command.trim().to_owned())
    };
    texts
        .flat_map(|text| text.lines().filter_map(command).collect::<Vec<_>>())
        .collect()
}

/// The page that lists the commands has each, with a page that shows it.
#[test]
fn every_command_has_a_page() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let read_page = |name: &str| fs::read_to_string(docs.join(name)).expect("a page");
    let list = read_page("commands.md");
    for command in listed(&Project::new(&[]).run("--help").good()) {
        let name = format!("`bindery {command}`");
        let mut rows = list.lines().filter(|line| line.starts_with('|'));
        let row = rows.find(|row| row.contains(&name));
        let row = row.unwrap_or_else(|| panic!("{name} is not on docs/commands.md"));
        let pages = row
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        let is_shown = |page: &str| {
            page.starts_with('#') || read_page(page).contains(&format!("bindery {command}"))
        };
        assert!(
            pages.clone().next().is_some() && pages.clone().all(is_shown),
            "{row}"
        );
    }
}

#[test]
fn the_book_shows_commands_that_there_are() {
    let commands = shown_commands();
    assert!(commands.len() > 5, "{commands:?}");
    for command in commands {
        let outcome = Project::blogs().run(&command);
        // `status` ends with 2 where an engine is down, and says nothing of usage.
        let is_usage = outcome.messages.contains("try '--help'");
        assert!(
            matches!(outcome.code, Some(0..=2)) && !is_usage,
            "`bindery {command}`: {outcome:#?}"
        );
    }
}

/// A password on the command line is seen by others who list the processes.
///
/// Covers CLI-4.
#[test]
fn no_command_takes_a_password() {
    let project = Project::blogs();
    let all = project.run("--help").good();
    for command in listed(&all) {
        let help = project.run(&format!("{command} --help")).good();
        let below = listed(&help);
        let of = |one: &&str| project.run(&format!("{command} {one} --help")).good();
        for help in below.iter().map(of).chain([help.clone()]) {
            let options = help
                .split_whitespace()
                .filter(|word| word.starts_with("--"));
            let named: Vec<&str> = options.filter(|word| word.contains("pass")).collect();
            assert!(named.is_empty(), "{command}: {named:?}");
        }
    }
    for words in ["status", "migrate run", "dump"] {
        let outcome = project.run(&format!("{words} mysql://ann:hunter2@localhost/shop"));
        assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    }
}

#[test]
fn wrong_usage_ends_with_2_and_only_messages() {
    let project = Project::blogs();
    let cases = [
        ("", "Usage"),
        ("chekc", "chekc"),
        ("check --nope", "--nope"),
        ("check --format xml", "xml"),
        ("check --dialect oracle", "oracle"),
        ("create --all --engine b", "--engine"),
        ("create --dialect mysql", "--print"),
        ("explain", "CODE"),
        ("explain B0300 --stage check", "--stage"),
        ("explain B0300 --schema x.sql", "--schema"),
        ("explain --list --deny-warnings", "--deny-warnings"),
        ("generate", "--out"),
        ("validate --repair null", "--links"),
        ("validate --links --strict", "--strict"),
        ("validate --links --yes", "--repair"),
        ("validate --links --repair maybe", "maybe"),
        ("validate --links --repair null --dry-run --yes", "--yes"),
        ("migrate check --scratch default=postgres://h/d", "--prove"),
        ("completions", "SHELL"),
    ];
    for (words, expected) in cases {
        holds(&project.run(words).misused(), &[expected]);
    }
}

/// The options that commands of a kind have in common.
#[test]
fn cli_01_commands_have_the_options_of_their_kind() {
    let on_engines = [
        "create",
        "docs",
        "doctor",
        "drop",
        "dump",
        "load",
        "pull",
        "reset",
        "status",
        "truncate",
        "validate",
        "migrate add",
        "migrate baseline",
        "migrate check",
        "migrate import",
        "migrate resolve",
        "migrate revert",
        "migrate run",
        "migrate squash",
        "migrate status",
    ];
    let writing = [
        "create",
        "drop",
        "dump",
        "init",
        "load",
        "mirror",
        "pull",
        "recover",
        "reset",
        "sync",
        "truncate",
        "validate",
        "verify",
        "migrate add",
        "migrate baseline",
        "migrate import",
        "migrate resolve",
        "migrate revert",
        "migrate run",
        "migrate squash",
        "tasks retry",
        "tasks delete",
        "messages replay",
        "messages delete",
    ];
    let destroying = [
        "drop",
        "load",
        "mirror",
        "pull",
        "reset",
        "truncate",
        "validate",
        "verify",
        "migrate revert",
        "tasks delete",
        "messages delete",
    ];
    let long = [
        "create",
        "drop",
        "dump",
        "init",
        "load",
        "mirror",
        "pull",
        "reset",
        "sync",
        "truncate",
        "validate",
        "verify",
        "migrate revert",
        "migrate run",
    ];
    // Without a name of an engine they work on all.
    let on_all = [
        "tasks list",
        "tasks retry",
        "tasks delete",
        "messages list",
        "messages replay",
        "messages delete",
    ];
    let project = Project::new(&[]);
    let kinds: [(&[&str], &[&str]); 5] = [
        (&on_all, &["--engine <NAME>", "--format <FORM>"]),
        (
            &on_engines,
            &["--engine <NAME>", "--all", "--format <FORM>"],
        ),
        (&writing, &["--dry-run"]),
        (&destroying, &["--yes"]),
        (&long, &["-q, --quiet"]),
    ];
    for (commands, options) in kinds {
        for command in commands {
            holds(&project.run(&format!("{command} --help")).good(), options);
        }
    }
}

#[test]
fn there_is_a_script_for_every_shell() {
    let project = Project::new(&[]);
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = project.run(&format!("completions {shell}")).good();
        holds(&script, &["bindery", "check", "deny-warnings"]);
    }
}

#[test]
fn colours_come_when_they_are_asked_for() {
    let project = Project::new(&[(
        "schema.sql",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, x nope);\n",
    )]);
    let plain = project.run("check");
    assert!(
        !plain.results.contains('\u{1b}') && !plain.messages.contains('\u{1b}'),
        "{plain:#?}"
    );
    let coloured = project.run("check --color always");
    assert!(
        coloured.results.contains('\u{1b}') && coloured.messages.contains('\u{1b}'),
        "{coloured:#?}"
    );
    let failure = project.run("create --engine nope --color always");
    holds(&failure.failed(), &["\u{1b}["]);
}

/// Programs of the user's own are looked for among the commands.
#[test]
fn a_worker_or_relay_is_named_as_the_programs_own() {
    let project = Project::new(&[]);
    for (word, call) in [
        ("work", "`bindery::outbox::work`"),
        ("relay", "`db.relay()`"),
    ] {
        let outcome = project.run(word);
        assert_eq!(outcome.code, Some(2), "{outcome:#?}");
        holds(
            &outcome.messages,
            &["unrecognized subcommand", "code of your program", call],
        );
    }
}
