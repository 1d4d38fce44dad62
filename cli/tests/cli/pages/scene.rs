//! One scene: a folder with files, the servers and steps before it, and the commands of its block run in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bindery_testkit::{FreshDatabase, fresh_mysql, fresh_postgres};
use tempfile::TempDir;

use super::super::support::names_in;
use super::normal;
use super::page::Block;

/// What the file `scene` says.
pub(super) struct Scene {
    pub(super) page: String,
    /// The first command of the block.
    pub(super) block: String,
    /// The page lists commands, and what they print is not shown.
    pub(super) shows_commands_alone: bool,
    /// Variables of the environment, each with the kind of database that it names.
    servers: Vec<(String, String)>,
    /// `sql FILE DATABASE`, where the database is a file or a variable; else a command.
    before: Vec<String>,
    /// The same, after the block.
    after: Vec<String>,
    folder: PathBuf,
}

impl Scene {
    /// Reads a scene; a line that begins with `# ` says something of it, any other is a step before the block, or after it where
    /// `-- afterwards` stands above.
    pub(super) fn read(folder: &Path) -> Self {
        let path = folder.join("scene");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        let mut scene = Self {
            page: String::new(),
            block: String::new(),
            shows_commands_alone: false,
            servers: Vec::new(),
            before: Vec::new(),
            after: Vec::new(),
            folder: folder.to_owned(),
        };
        let (before, after) = text
            .split_once("-- afterwards\n")
            .unwrap_or((text.as_str(), ""));
        scene.after = after.lines().map(str::to_owned).collect();
        for line in before.lines() {
            match line.strip_prefix("# ").map(|said| said.split_once(' ')) {
                None => scene.before.push(line.to_owned()),
                Some(Some(("page", page))) => scene.page = page.to_owned(),
                Some(Some(("block", block))) => scene.block = block.to_owned(),
                Some(Some(("shows", "commands"))) => scene.shows_commands_alone = true,
                Some(Some((kind @ ("postgres" | "mysql"), variable))) => {
                    scene.servers.push((variable.to_owned(), kind.to_owned()));
                }
                Some(_) => panic!("{path:?}: `{line}` is not known"),
            }
        }
        scene
    }

    /// What each command of the block prints, in the book's form; nothing where a server is not there.
    pub(super) fn play(&self, block: &Block) -> Option<Vec<String>> {
        let stage = Stage::set(self)?;
        for step in &self.before {
            stage.prepare(step, &self.folder);
        }
        let commands = block.commands().into_iter();
        let printed = commands
            .map(|(command, _)| stage.run(&command))
            .collect::<Vec<_>>();
        for step in &self.after {
            stage.prepare(step, &self.folder);
        }
        for (is_good, text) in &printed {
            let is_right = *is_good || !self.shows_commands_alone;
            assert!(is_right, "a command of {} fails:\n{text}", self.page);
        }
        let printed = printed.into_iter().map(|(_, text)| text).collect();
        Some(normal::of_book(printed, &stage.servers, &self.folder))
    }
}

/// The folder that a scene is played in, and its servers.
struct Stage {
    folder: TempDir,
    servers: Vec<(String, FreshDatabase)>,
}

impl Stage {
    fn set(scene: &Scene) -> Option<Self> {
        let folder = TempDir::new().expect("a folder for temporary files");
        for name in names_in(&scene.folder) {
            copy(&scene.folder.join(&name), &folder.path().join(&name));
        }
        let mut servers = Vec::new();
        for (variable, kind) in &scene.servers {
            let fresh = if kind == "postgres" {
                fresh_postgres()
            } else {
                fresh_mysql()
            };
            servers.push((variable.clone(), fresh?));
        }
        Some(Self { folder, servers })
    }

    fn prepare(&self, step: &str, scene: &Path) {
        let Some(script) = step.strip_prefix("sql ") else {
            let (is_good, printed) = self.run(step);
            assert!(is_good, "{scene:?}: `{step}` fails:\n{printed}");
            return;
        };
        let (file, database) = script.split_once(' ').expect("a file and a database");
        let sql = fs::read_to_string(scene.join(file)).expect("a file of the scene");
        match self
            .servers
            .iter()
            .find(|(variable, _)| variable == database)
        {
            Some((_, server)) => server.run_script(&sql).expect("the script runs"),
            None => rusqlite::Connection::open(self.folder.path().join(database))
                .and_then(|connection| connection.execute_batch(&sql))
                .unwrap_or_else(|error| panic!("{scene:?}: {file}: {error}")),
        }
    }

    /// The line with the server's address in the place of the book's.
    fn addressed(&self, line: &str) -> String {
        let Some((_, server)) = self.servers.first() else {
            return line.to_owned();
        };
        let password = normal::password(&server.url());
        let address = server
            .url()
            .replace(&format!(":{password}@"), ":${PASSWORD}@");
        line.replace("postgres://ann:${PASSWORD}@localhost/shop", &address)
    }

    /// Runs a line of the shell: whether it went well, and both streams in the order in which they were written.
    fn run(&self, line: &str) -> (bool, String) {
        let command = Path::new(env!("CARGO_BIN_EXE_bindery"));
        let own = self.folder.path().join("bin");
        let mut paths = vec![own, command.parent().expect("a folder").to_owned()];
        let path = std::env::var_os("PATH").unwrap_or_default();
        paths.extend(std::env::split_paths(&path));
        let mut shell = Command::new("sh");
        shell
            .args(["-c", &format!("exec 2>&1\n{}", self.addressed(line))])
            .stdin(Stdio::null())
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::join_paths(paths).expect("folders"))
            .env("HOME", self.folder.path());
        for (variable, server) in &self.servers {
            shell.env(variable, server.url());
            shell.env("PASSWORD", normal::password(&server.url()));
        }
        let ended = shell.output().expect("there is a shell");
        let printed = String::from_utf8(ended.stdout).expect("the command prints UTF-8");
        (ended.status.success(), printed)
    }
}

fn copy(from: &Path, to: &Path) {
    if !from.is_dir() {
        fs::copy(from, to).expect("it can be copied");
        return;
    }
    fs::create_dir_all(to).expect("the folder can be made");
    for name in names_in(from) {
        copy(&from.join(&name), &to.join(&name));
    }
}
