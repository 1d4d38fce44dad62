//! A project in a folder of its own, and `bindery` run in it.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};
use tempfile::TempDir;

/// Two engines, each an SQLite file unless the environment says otherwise.
pub(crate) const CONFIG: &str = r#"url = "${DEFAULT_URL:-sqlite://default.db}"

[engines]
b = "${B_URL:-sqlite://b.db}"
"#;

/// One model on both engines, one on each alone, and one that is not bindery's to make.
pub(crate) const SCHEMA: &str = "\
-- @dialect sqlite

-- @engines default, b
CREATE TABLE blogs (
  id INTEGER PRIMARY KEY,
  title VARCHAR(80) NOT NULL DEFAULT 'untitled'
);

CREATE TABLE users (
  id INTEGER PRIMARY KEY,
  email VARCHAR(120) NOT NULL UNIQUE
);

-- @engine b
CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  blog_id INTEGER NOT NULL REFERENCES blogs (id) ON DELETE CASCADE,
  category_id INTEGER REFERENCES categories (id),
  created_at TIMESTAMP NOT NULL
);

-- @engine b
CREATE TABLE categories (
  id INTEGER PRIMARY KEY,
  parent_id INTEGER REFERENCES categories (id),
  name VARCHAR(40) NOT NULL
);
CREATE INDEX categories_by_name ON categories (name);
CREATE INDEX categories_by_parent ON categories (parent_id);
CREATE INDEX posts_by_blog ON posts (blog_id);
CREATE INDEX posts_by_category ON posts (category_id);

-- @engine b
-- @unmanaged
CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  note VARCHAR(200)
);
";

/// Two models on both engines, of which one is copied.
pub(crate) const NOTES_SCHEMA: &str = "\
-- @dialect postgres

-- @engines default, b
-- @sync from b to default
CREATE TABLE notes (
  id bigint PRIMARY KEY,
  note varchar(200) NOT NULL
);

-- @engines default, b
CREATE TABLE places (
  id bigint PRIMARY KEY
);
";

/// A folder with files, gone with the value.
pub(crate) struct Project {
    folder: TempDir,
    environment: Vec<(String, String)>,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) results: String,
    pub(crate) messages: String,
}

/// A command that goes on; ended with the value.
pub(crate) struct Running {
    child: Child,
    messages: PathBuf,
}

impl Running {
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("it is our child").is_none()
    }

    /// Its messages so far.
    pub(crate) fn messages(&self) -> String {
        std::fs::read_to_string(&self.messages).expect("messages are UTF-8")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits; a test has a watchdog for what does not come.
pub(crate) fn wait_until(mut is_so: impl FnMut() -> bool) {
    while !is_so() {
        std::thread::sleep(Duration::from_millis(100));
    }
}

impl Project {
    /// A folder with these files.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().expect("a folder for temporary files");
        let project = Self {
            folder,
            environment: Vec::new(),
        };
        for (name, text) in files {
            project.write(name, text);
        }
        project
    }

    /// The usual project.
    pub(crate) fn blogs() -> Self {
        Self::new(&[("bindery.toml", CONFIG), ("schema.sql", SCHEMA)])
    }

    /// The same with a variable in the environment of every run.
    pub(crate) fn with(mut self, variable: &str, value: &str) -> Self {
        self.environment
            .push((variable.to_owned(), value.to_owned()));
        self
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        let folder = path.parent().expect("it is in the project's folder");
        std::fs::create_dir_all(folder).expect("the folder can be written to");
        std::fs::write(path, text).expect("the folder can be written to");
    }

    /// Returns the path of a file.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// All files and folders at the top, sorted.
    pub(crate) fn files(&self) -> Vec<String> {
        names_in(self.folder.path())
    }

    /// Runs `bindery` with words that hold no spaces.
    pub(crate) fn run(&self, words: &str) -> Outcome {
        self.run_with(words, Stdio::null())
    }

    /// The same on a terminal, where a person types an answer.
    pub(crate) fn run_answering(&self, words: &str, answer: &str) -> Outcome {
        let (mut keyboard, terminal) = terminal();
        writeln!(keyboard, "{answer}").expect("the terminal takes a line");
        self.run_with(words, terminal.into())
    }

    /// The same with messages to a terminal of 100 columns: what it shows.
    pub(crate) fn run_on_terminal(&self, words: &str) -> String {
        let (mut screen, terminal) = terminal();
        let size = Winsize {
            ws_row: 40,
            ws_col: 100,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&terminal, size).expect("a terminal has a size");
        let mut child = self
            .command(words)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(terminal)
            .spawn()
            .expect("the command was built before its tests");
        // The end of the last process that writes is an error of a terminal, and what was read before it stays.
        let mut shown = Vec::new();
        let _ = screen.read_to_end(&mut shown);
        let ended = child.wait().expect("it is our child");
        let shown = String::from_utf8(shown).expect("messages are UTF-8");
        assert!(ended.success(), "{words}: {shown}");
        shown
    }

    /// Runs `bindery` in a folder of the project.
    pub(crate) fn run_in(&self, folder: &str, words: &str) -> Outcome {
        let mut command = self.command(words);
        command.current_dir(self.path(folder));
        outcome(&mut command, Stdio::null())
    }

    fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bindery"));
        command
            .args(words.split_whitespace())
            .current_dir(self.folder.path())
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Starts `bindery`, its messages in a file.
    pub(crate) fn start(&self, words: &str) -> Running {
        let messages = self.path("messages.txt");
        let mut command = self.command(words);
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&messages).expect("a file"))
            .spawn();
        let child = child.expect("the command was built before its tests");
        Running { child, messages }
    }

    fn run_with(&self, words: &str, input: Stdio) -> Outcome {
        outcome(&mut self.command(words), input)
    }

    /// The tables of an SQLite file of the project, sorted, but for bindery's own; none where there is no file.
    pub(crate) fn sqlite_tables(&self, file: &str) -> Vec<String> {
        if !self.path(file).exists() {
            return Vec::new();
        }
        let connection = rusqlite::Connection::open(self.path(file)).expect("a database file");
        let sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> '_bindery_schema' ORDER BY name";
        let mut statement = connection.prepare(sql).expect("the catalogue of SQLite");
        let names = statement
            .query_map((), |row| row.get(0))
            .expect("the catalogue of SQLite");
        names.collect::<Result<_, _>>().expect("names are texts")
    }

    /// Runs SQL on an SQLite file of the project.
    pub(crate) fn sqlite(&self, file: &str, sql: &str) {
        let connection = rusqlite::Connection::open(self.path(file)).expect("a database file");
        connection
            .execute_batch(sql)
            .unwrap_or_else(|error| panic!("{error} in\n{sql}"));
    }
}

fn outcome(command: &mut Command, input: Stdio) -> Outcome {
    let output = command.stdin(input).output();
    let output = output.expect("the command was built before its tests");
    Outcome {
        code: output.status.code(),
        results: String::from_utf8(output.stdout).expect("results are UTF-8"),
        messages: String::from_utf8(output.stderr).expect("messages are UTF-8"),
    }
}

impl Outcome {
    /// Did it go well?
    pub(crate) fn is_good(&self) -> bool {
        self.code == Some(0)
    }

    /// The results of a run that went well.
    #[track_caller]
    pub(crate) fn good(self) -> String {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self.results
    }

    /// The messages of a run that ended with findings or a failure.
    #[track_caller]
    pub(crate) fn failed(self) -> String {
        assert_eq!(self.code, Some(1), "{self:#?}");
        self.messages
    }

    /// The messages of a run with wrong usage.
    #[track_caller]
    pub(crate) fn misused(self) -> String {
        assert_eq!(self.code, Some(2), "{self:#?}");
        assert_eq!(self.results, "");
        self.messages
    }

    /// The document of a run, however it ended.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.results).unwrap_or_else(|error| panic!("{error} in {self:#?}"))
    }
}

/// Asserts that a text holds all of these.
#[track_caller]
pub(crate) fn holds(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
}

/// The two ends of a terminal: what is typed, and where it arrives.
fn terminal() -> (File, File) {
    let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
    let keyboard = openpt(flags).expect("the system has terminals");
    grantpt(&keyboard).expect("the terminal is ours");
    unlockpt(&keyboard).expect("the terminal is ours");
    let name = ptsname(&keyboard, Vec::new()).expect("the terminal has a name");
    let path = name.to_str().expect("names of terminals are ASCII");
    // Not a controlling terminal of the test itself, which would be ended with it.
    let no_control = OpenptFlags::NOCTTY.bits() as i32;
    let mut options = File::options();
    options.read(true).write(true).custom_flags(no_control);
    let terminal = options.open(path);
    (keyboard.into(), terminal.expect("the terminal opens"))
}

/// The names in a folder, sorted.
pub(crate) fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.expect("a folder").file_name();
    let mut names: Vec<String> = entries
        .map(|entry| name(entry).to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}
