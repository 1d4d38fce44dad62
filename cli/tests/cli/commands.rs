//! CLI-01: every command that works on engines, in one table.

use super::support::{Project, SCHEMA, holds, names_in};

/// A command, and what it has beside `--engine`, `--all` and `--format`.
struct Command {
    /// With all that it needs but an engine.
    words: &'static str,
    /// The options that its kind needs: `--dry-run` (or a look-only form) where it writes, `--yes` where it destroys.
    options: &'static [&'static str],
    /// Works on all engines where none is named.
    looks_at_all: bool,
    /// Has no meaning for several engines.
    one_engine: bool,
}

const fn on_default(words: &'static str, options: &'static [&'static str]) -> Command {
    Command {
        words,
        options,
        looks_at_all: false,
        one_engine: false,
    }
}

const fn on_all(words: &'static str, options: &'static [&'static str]) -> Command {
    Command {
        words,
        options,
        looks_at_all: true,
        one_engine: false,
    }
}

const COMMANDS: &[Command] = &[
    on_default("create", &["--print", "--dry-run"]),
    on_default("drop --yes", &["--yes", "--dry-run"]),
    on_default("reset --yes", &["--yes", "--dry-run"]),
    on_default("truncate --yes", &["--yes", "--dry-run"]),
    on_default("dump --out out", &["--force", "--quiet", "--dry-run"]),
    on_default("load", &["--yes", "--dry-run", "--quiet"]),
    on_default("migrate run", &["--dry-run", "--quiet"]),
    on_default("migrate revert --yes", &["--yes", "--dry-run", "--quiet"]),
    on_default("migrate status", &[]),
    on_default("pull --out out", &["--yes"]),
    on_all("docs", &["--out", "--force"]),
    on_all("doctor", &[]),
    on_all("status", &[]),
    on_all("validate", &["--yes", "--dry-run"]),
    Command {
        words: "shell --dry-run",
        options: &["--dry-run"],
        looks_at_all: false,
        one_engine: true,
    },
];

/// Commands whose engines are named in another way, or that need more than the project of these tests has: each with an engine that is
/// not there, and the options that its kind needs.
const OTHERS: &[(&str, &[&str])] = &[
    ("migrate add later --engine nope", &["--all", "--dry-run"]),
    ("migrate check --engine nope", &["--all"]),
    ("migrate baseline 1 --engine nope", &["--all", "--dry-run"]),
    ("migrate import . --engine nope", &["--all", "--dry-run"]),
    (
        "migrate resolve 1 --done --engine nope",
        &["--all", "--dry-run"],
    ),
    ("migrate squash --engine nope", &["--all", "--dry-run"]),
    (
        "mirror default nope",
        &["<FROM> <TO>", "--yes", "--quiet", "--dry-run"],
    ),
    ("recover --engine nope", &["--engine <NAME>", "--dry-run"]),
    ("messages list --engine nope", &["--engine <NAME>"]),
    (
        "messages replay --failed --engine nope",
        &["--engine <NAME>", "--dry-run"],
    ),
    (
        "messages delete --failed --yes --engine nope",
        &["--engine <NAME>", "--yes", "--dry-run"],
    ),
    ("tasks list --engine nope", &["--engine <NAME>"]),
    (
        "tasks retry --failed --engine nope",
        &["--engine <NAME>", "--dry-run"],
    ),
    (
        "tasks delete --failed --yes --engine nope",
        &["--engine <NAME>", "--yes", "--dry-run"],
    ),
    ("verify --from default --to nope", &["--from <NAME>"]),
];

/// Commands whose `--engine` chooses among what the schema declares, and which say where nothing of that is chosen.
const DECLARED: &[&str] = &["sync"];

/// Commands that no engine is named to: they read the schema, or begin a project.
const WITHOUT_ENGINES: &[&str] = &["check", "completions", "explain", "generate", "init"];

/// Commands of a set of shards, which the configuration names.
const OF_SHARDS: &[&str] = &[
    "shards list",
    "shards divide",
    "shards assign",
    "shards move",
    "shards cancel",
    "shards guard",
];

/// The first words of a command, before its options.
fn name(words: &str) -> String {
    let names = words.split(' ').take_while(|word| !word.starts_with('-'));
    names.collect::<Vec<_>>().join(" ")
}

fn no_default() -> Project {
    let config = "[engines]\nb = 'sqlite://b.db'\nm = 'sqlite://m.db'\n";
    let schema = "-- @engine b\nCREATE TABLE blogs (id INTEGER PRIMARY KEY);\n";
    Project::new(&[("bindery.toml", config), ("schema.sql", schema)])
}

#[test]
fn cli_01_every_command_lists_its_options() {
    let project = Project::new(&[]);
    for command in COMMANDS {
        let help = project
            .run(&format!("{} --help", name(command.words)))
            .good();
        holds(&help, &["--engine <NAME>", "--format <FORM>"]);
        holds(&help, command.options);
        if !command.one_engine {
            holds(&help, &["--all"]);
        }
    }
}

/// The commands that a help lists; none where it is of a command without others below it.
pub(crate) fn listed(help: &str) -> Vec<&str> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let lines = lines.take_while(|line| !line.is_empty());
    lines
        .filter_map(|line| line.strip_prefix("  "))
        .filter(|line| !line.starts_with(' '))
        .filter_map(|line| line.split(' ').next())
        .collect()
}

/// All commands there are, those below another one with its name: `migrate run`.
fn every_command(project: &Project) -> Vec<String> {
    let help = project.run("--help").good();
    let mut all = Vec::new();
    for command in listed(&help) {
        let help = project.run(&format!("{command} --help")).good();
        match listed(&help).as_slice() {
            [] => all.push(command.to_owned()),
            below => all.extend(below.iter().map(|one| format!("{command} {one}"))),
        }
    }
    all
}

/// A new command gets a line here: how engines are named to it.
#[test]
fn cli_01_every_command_is_in_the_table() {
    let known = |command: &str| {
        let mut words = COMMANDS.iter().map(|one| one.words);
        let mut others = OTHERS.iter().map(|(words, _)| *words);
        let is_of = |words: &str| words == command || words.starts_with(&format!("{command} "));
        let mut rest = DECLARED.iter().chain(WITHOUT_ENGINES).chain(OF_SHARDS);
        words.any(is_of) || others.any(is_of) || rest.any(|one| *one == command)
    };
    let all = every_command(&Project::new(&[]));
    assert!(all.len() > 25, "the help lists its commands: {all:?}");
    let unknown: Vec<&String> = all.iter().filter(|command| !known(command)).collect();
    assert!(
        unknown.is_empty(),
        "not in `COMMANDS`, `OTHERS`, `DECLARED`, `WITHOUT_ENGINES` or `OF_SHARDS`: {unknown:?}"
    );
}

#[test]
fn cli_01_other_commands_list_their_options_and_refuse_an_unknown_engine() {
    // Some work on engines that have something: tasks, atomic groups.
    let config = "[engines.default]\nurl = 'sqlite://default.db'\n[engines.b]\nurl = 'sqlite://b.db'\noutbox = true\ninbox = true\n\
        [engines.p]\nurl = 'postgres://ann@127.0.0.1:1/shop'\n[atomic.both]\nengines = ['default', 'p']\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", SCHEMA)]);
    for (words, options) in OTHERS {
        let below = ["messages", "migrate", "tasks"]
            .iter()
            .any(|name| words.starts_with(name));
        let command: Vec<&str> = words.split(' ').take(1 + usize::from(below)).collect();
        let help = project.run(&format!("{} --help", command.join(" "))).good();
        holds(&help, &["--format <FORM>"]);
        holds(&help, options);
        let outcome = project.run(words);
        assert_eq!(outcome.results, "", "{words}");
        holds(&outcome.failed(), &["no engine `nope`"]);
    }
    assert_eq!(project.files(), ["bindery.toml", "schema.sql"]);
}

#[test]
fn cli_01_every_command_refuses_an_unknown_engine() {
    let project = Project::blogs();
    for command in COMMANDS {
        let outcome = project.run(&format!("{} --engine nope", command.words));
        assert_eq!(outcome.results, "", "{}", command.words);
        holds(
            &outcome.failed(),
            &["there is no engine `nope`", "`b`", "`default`"],
        );
    }
    assert_eq!(project.files(), ["bindery.toml", "schema.sql"]);
}

#[test]
fn cli_01_no_command_guesses_without_a_default_engine() {
    let project = no_default();
    for command in COMMANDS.iter().filter(|command| !command.looks_at_all) {
        let outcome = project.run(command.words);
        assert_eq!(outcome.results, "", "{}", command.words);
        holds(&outcome.failed(), &["--engine NAME", "`b`, `m`"]);
    }
    assert_eq!(project.files(), ["bindery.toml", "schema.sql"]);
}

/// On a project where everything is there, each command with `--engine b` names `b`, and no other engine.
#[test]
fn cli_01_every_command_acts_on_the_named_engine_only() {
    for command in COMMANDS {
        let project = Project::blogs();
        for engine in ["b", "default"] {
            std::fs::create_dir_all(project.path(&format!("migrations/{engine}")))
                .expect("a folder");
            let sql = "CREATE TABLE extra (id INTEGER PRIMARY KEY);\n";
            project.write(&format!("migrations/{engine}/1_extra.sql"), sql);
            project.write(
                &format!("migrations/{engine}/1_extra.down.sql"),
                "DROP TABLE extra;\n",
            );
        }
        project.run("create --all").good();
        project.sqlite(
            "b.db",
            "CREATE TABLE audit (id INTEGER PRIMARY KEY, note VARCHAR(200))",
        );
        project.run("dump --all").good();
        if command.words.starts_with("migrate revert") {
            project.run("migrate run --all").good();
        }
        let before = std::fs::read(project.path("default.db")).expect("it is there");
        let outcome = project.run(&format!("{} --engine b", command.words));
        // The migration that is pending is a warning of the commands that look for that.
        let is_pending = outcome.results.contains("1 pending");
        assert_eq!(
            outcome.code,
            Some(i32::from(is_pending)),
            "{}: {outcome:#?}",
            command.words
        );
        let names_other = [" on default", "`default`", "default.db", "users"];
        let text = format!("{}{}", outcome.results, outcome.messages);
        assert!(
            !names_other.iter().any(|name| text.contains(name)),
            "{}: {text}",
            command.words
        );
        let mut words = text.split(|it: char| !it.is_alphanumeric() && it != '_');
        assert!(
            words.any(|word| word == "b"),
            "`{}` names no engine: {text}",
            command.words
        );
        let after = std::fs::read(project.path("default.db")).expect("it is there");
        assert!(
            before == after,
            "`{}` changed the other engine",
            command.words
        );
    }
}

/// Engines are at work at the same time: one that cannot be reached keeps no other from its work, and the exit code is the worst.
#[test]
fn cli_01_an_engine_that_fails_keeps_no_other_from_its_work() {
    let config = "[engines]\nb = 'sqlite://b.db'\nc = 'sqlite://c.db'\np = 'postgres://ann@127.0.0.1:1/shop'\n";
    let schema = "-- @dialect sqlite\n\n-- @engines b, c, p\nCREATE TABLE blogs (id BIGINT NOT NULL PRIMARY KEY);\n";
    let project = Project::new(&[("bindery.toml", config), ("schema.sql", schema)]);
    for (words, done) in [
        ("create --all", "created    blogs on "),
        ("dump --all", "dumped     blogs on "),
        ("load --all --replace --yes", "loaded     blogs on "),
        ("truncate --all --yes", "emptied    blogs on "),
        ("reset --all --yes", "created    blogs on "),
        ("drop --all --yes", "dropped    blogs on "),
    ] {
        let outcome = project.run(words);
        let lines: Vec<&str> = outcome.results.lines().collect();
        let line_of = |engine: &str| {
            lines
                .iter()
                .position(|line| line.starts_with(&format!("{done}{engine}")))
        };
        let (b, c) = (line_of("b"), line_of("c"));
        assert!(
            b.is_some() && b < c && line_of("p").is_none(),
            "{words}: {outcome:#?}"
        );
        holds(&outcome.failed(), &["engine `p`"]);
        if words.starts_with("reset") {
            for engine in ["b", "c"] {
                project.sqlite(&format!("{engine}.db"), "INSERT INTO blogs VALUES (7)");
            }
        }
        if words == "dump --all" {
            holds(
                &project.run("pull --all --out pulled").failed(),
                &["engine `p`"],
            );
            assert_eq!(names_in(&project.path("pulled")), ["b.sql", "c.sql"]);
            let there = ["manifest.json", "blogs.csv"];
            std::fs::create_dir(project.path("data/p")).expect("a folder");
            for name in there {
                let from = project.path(&format!("data/b/{name}"));
                std::fs::copy(from, project.path(&format!("data/p/{name}"))).expect("it is there");
            }
        }
    }
}

#[test]
fn cli_01_a_dry_run_writes_and_changes_nothing() {
    let project = Project::blogs();
    project.run("create --all").good();
    let before = project.files();
    let told = project.run("dump --all --dry-run").good();
    holds(
        &told,
        &[
            "planned    posts on b\n",
            "planned    users on default\n",
            "3 tables of b to `data/b`",
        ],
    );
    let json = project.run("dump --engine b --table posts --out posts.csv --dry-run --format json");
    assert_eq!(json.json()[0]["tables"][0]["status"], "planned");
    assert_eq!(project.files(), before);
    project.run("dump --all").good();
    // A dump that would be refused is refused.
    holds(
        &project.run("dump --engine b --dry-run").failed(),
        &["there is a dump already"],
    );
}
