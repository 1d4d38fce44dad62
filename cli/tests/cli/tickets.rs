//! The example `tickets`, which begins on a file, goes to a server and to a cluster: its page, typed as it stands.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bindery_testkit::{CitusCluster, fresh_postgres};

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/tickets");
const PAGE: &str = include_str!("../../../examples/tickets/README.md");
const FILES: &[&str] = &[
    "Cargo.toml",
    "bindery.toml",
    "build.rs",
    "schema.sql",
    "queries/desk.sql",
    "src/main.rs",
    "src/desk.rs",
];

/// A copy of the example in the folder for temporary files of the repository, whose toolchain is in force there, and the variables that were set.
struct Desk {
    folder: PathBuf,
    variables: Vec<(String, String)>,
}

impl Desk {
    fn new() -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tickets");
        let _ = fs::remove_dir_all(&folder);
        for name in FILES {
            let to = folder.join(name);
            fs::create_dir_all(to.parent().expect("a file is in a folder"))
                .expect("it can be made");
            fs::copy(Path::new(EXAMPLE).join(name), to).expect("it is there");
        }
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).expect("it is there");
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
        let manifest = manifest.replace("../..", root);
        fs::write(folder.join("Cargo.toml"), manifest).expect("it is ours");
        fs::copy(format!("{root}/Cargo.lock"), folder.join("Cargo.lock")).expect("it is there");
        Self {
            folder,
            variables: Vec::new(),
        }
    }

    /// Types the lines after `$`, and compares what they print with what the page shows.
    fn type_console(&mut self, block: &str) {
        for typed in block.split("$ ").skip(1) {
            let (line, shown) = typed.split_once('\n').unwrap_or((typed, ""));
            if let Some((name, value)) = line
                .strip_prefix("export ")
                .and_then(|set| set.split_once('='))
            {
                self.variables.push((name.to_owned(), value.to_owned()));
                continue;
            }
            assert_eq!(self.printed(line), shown, "{line}");
        }
    }

    /// What a line prints, to either output.
    fn printed(&self, line: &str) -> String {
        let bindery = Path::new(env!("CARGO_BIN_EXE_bindery")).parent();
        let bindery = bindery.expect("a program is in a folder").to_owned();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = [bindery].into_iter().chain(std::env::split_paths(&path));
        // The build folder is that of the other crates outside of the workspace.
        let output = Command::new("sh")
            .args(["-c", &format!("{{ {line}; }} 2>&1")])
            .current_dir(&self.folder)
            .env_remove("DATABASE_URL")
            .env_remove("BINDERY_CONFIG")
            .env("PATH", std::env::join_paths(path).expect("no colon in it"))
            .env("CARGO_NET_OFFLINE", "true")
            .env(
                "CARGO_TARGET_DIR",
                Path::new(env!("CARGO_TARGET_TMPDIR")).join(".."),
            )
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .output();
        let output = output.expect("there is a shell");
        String::from_utf8(output.stdout).expect("it is text")
    }

    /// Its own tests, which use the database of the configuration: another one than the page.
    fn passes_its_tests(&mut self, url: &str) {
        self.variables
            .push(("DATABASE_URL".to_owned(), url.to_owned()));
        self.printed("bindery create");
        let printed = self.printed("cargo test -q");
        assert!(printed.contains("2 passed; 0 failed"), "{url}: {printed}");
        self.variables.pop();
    }

    /// Makes the changes of a block, each of which has its lines before and after it.
    fn apply(&self, block: &str) {
        for file in block.split("--- a/").skip(1) {
            let (name, hunks) = file.split_once('\n').expect("the name of a file");
            let path = self.folder.join(name);
            let mut text = fs::read_to_string(&path).expect("it is there");
            for hunk in hunks.split("@@\n").skip(1) {
                let lines = || hunk.lines().take_while(|line| !line.starts_with("@@"));
                let side = |other: char| -> String {
                    let kept = lines().filter(|line| !line.starts_with(other));
                    kept.map(|line| format!("{}\n", line.get(1..).unwrap_or_default()))
                        .collect()
                };
                let (before, after) = (side('+'), side('-'));
                assert_eq!(text.matches(&before).count(), 1, "{name}: {before}");
                text = text.replace(&before, &after);
            }
            fs::write(&path, text).expect("it is ours");
        }
    }
}

/// The blocks of the page with their languages, in order.
fn blocks(section: &str) -> Vec<(&str, &str)> {
    let mut parts = section.split("```");
    let mut found = Vec::new();
    while let (Some(_), Some(block)) = (parts.next(), parts.next()) {
        found.push(block.split_once('\n').expect("a block has lines"));
    }
    found
}

/// Each section is a database that the program is on. What a cluster needs is not shown where there is none.
///
/// Covers DIST-09 on PostgreSQL.
#[test]
fn dist_09_a_service_goes_from_a_file_to_a_server_to_a_cluster() {
    let Some((server, of_tests)) = fresh_postgres().zip(fresh_postgres()) else {
        return;
    };
    let cluster = CitusCluster::of_process();
    let fresh = |cluster: &CitusCluster| cluster.fresh_database().expect("the nodes make one");
    let mut page = PAGE.replace("postgres://desk@server/desk", &server.url());
    let mut urls = vec!["sqlite://tests.db".to_owned(), of_tests.url()];
    if let Some(cluster) = cluster {
        page = page.replace("postgres://desk@coordinator/desk", &fresh(cluster));
        urls.push(fresh(cluster));
    }
    let sections: Vec<&str> = page.split("\n## ").skip(1).collect();
    let titles = sections.iter().map(|it| it.lines().next());
    assert!(
        titles.eq(["A file", "A server", "A cluster"].map(Some)),
        "{page}"
    );
    let mut desk = Desk::new();
    for (section, url) in sections.iter().zip(&urls) {
        for (language, block) in blocks(section) {
            match language {
                "console" => desk.type_console(block),
                "diff" => desk.apply(block),
                other => panic!("a block that is not read: {other}"),
            }
        }
        desk.passes_its_tests(url);
    }
}
