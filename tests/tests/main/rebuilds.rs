//! BIND-07: cargo runs a build script again where something changed that it read, and only there; SQL-08: a program with queries in
//! place is compiled again where their schema changed. By cargo itself, in small programs outside of the workspace.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Leaves a trace of each run where cargo does not look.
const BUILD: &str = r#"fn main() -> Result<(), Box<dyn std::error::Error>> {
    use std::io::Write;
    let mut runs = std::fs::OpenOptions::new().create(true).append(true).open(env!("RUNS"))?;
    writeln!(runs, "{}", std::env::var("OUT_DIR")?)?;
    bindery_codegen::Config::new().compile()?;
    Ok(())
}
"#;

const CONFIG: &str =
    "url = \"sqlite://app.db\"\n\n[engines]\nb = \"${SHOP_URL}\"\nc = \"sqlite://c.db\"\n";

const SCHEMA: &str = "-- @engines default, b\nCREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL);\n";

/// A program that is compiled at build time.
struct Program {
    folder: PathBuf,
    /// The value of `${SHOP_URL}`.
    url: &'static str,
}

impl Program {
    fn new(folder: PathBuf) -> Self {
        fs::create_dir_all(folder.join("src")).expect("a folder can be made");
        let program = Self {
            folder,
            url: "sqlite://b.db",
        };
        let manifest = format!(
            "[package]\nname = \"rebuilt\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [build-dependencies]\nbindery-codegen = {{ path = {:?} }}\n",
            format!("{ROOT}/codegen")
        );
        program.write("Cargo.toml", &manifest);
        program.write("build.rs", BUILD);
        program.write("src/lib.rs", "");
        program.write("bindery.toml", CONFIG);
        program.write("schema.sql", SCHEMA);
        let lock = fs::copy(
            format!("{ROOT}/Cargo.lock"),
            program.folder.join("Cargo.lock"),
        );
        lock.expect("it is there");
        program
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.folder.join(name), text).expect("the folder can be written to");
    }

    /// Builds; how often the script ran until now, and what it wrote the last time.
    fn build(&self) -> (usize, String) {
        let runs = self.folder.join("target/runs");
        fs::create_dir_all(self.folder.join("target")).expect("a folder can be made");
        let output = Command::new(env!("CARGO"))
            .args(["check", "--offline", "--quiet"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", target())
            .env("SHOP_URL", self.url)
            .env("RUNS", &runs)
            .output()
            .expect("cargo can be started");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && told.is_empty(), "{told}");
        let runs = fs::read_to_string(runs).expect("the script ran");
        let last = runs.lines().last().expect("the script ran");
        (runs.lines().count(), generated(Path::new(last)))
    }
}

/// That of the workspace, so that the generator is compiled once, and most of its dependencies not at all.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("..")
}

/// All that the script has written: the file, then its pieces.
fn generated(out: &Path) -> String {
    let pieces = fs::read_dir(out.join("bindery")).expect("it was written");
    let mut files: Vec<PathBuf> = pieces
        .map(|piece| piece.expect("it is there").path())
        .collect();
    files.push(out.join("bindery.rs"));
    files.sort();
    let text = |file: &PathBuf| fs::read_to_string(file).expect("it was written");
    files.iter().map(text).collect()
}

/// Covers BIND-07.
#[test]
fn bind_07_cargo_builds_again_what_changed_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let mut program = Program::new(folder.path().join("one"));
    let (runs, first) = program.build();
    assert_eq!(runs, 1);
    assert_eq!(program.build(), (1, first.clone()), "nothing has changed");
    program.write("notes.txt", "no file of the schema");
    program.write("src/lib.rs", "//! Words.\n");
    assert_eq!(program.build(), (1, first.clone()), "nothing that is read");

    program.write("schema.sql", &SCHEMA.replace("default, b", "default, b, c"));
    let (runs, tagged) = program.build();
    assert_eq!(runs, 2, "a tag");
    assert!(tagged.contains("LivesOn<engine::C>") && !first.contains("LivesOn<engine::C>"));

    program.write(
        "bindery.toml",
        &CONFIG.replace("sqlite://c.db", "postgres://shop@db/shop"),
    );
    let (runs, spoken) = program.build();
    assert_eq!(runs, 3, "a dialect in the configuration");
    assert!(spoken.contains("Dialect::Postgres") && !tagged.contains("Dialect::Postgres"));

    program.url = "mysql://shop@db/shop";
    let (runs, elsewhere) = program.build();
    assert_eq!(runs, 4, "a dialect in the environment");
    assert!(elsewhere.contains("Dialect::Mysql") && !spoken.contains("Dialect::Mysql"));

    // A program embeds its migrations: also one that is new is looked at.
    fs::create_dir_all(program.folder.join("migrations/default")).expect("a folder can be made");
    program.write("bindery.toml", &format!("{CONFIG}\n"));
    assert_eq!(program.build().0, 5, "the configuration");
    assert_eq!(program.build().0, 5, "nothing has changed");
    program.write("migrations/default/1_users.sql", "SELECT 1;\n");
    assert_eq!(program.build().0, 6, "a new migration");
    program.write("migrations/default/1_users.sql", "SELECT 2;\n");
    assert_eq!(program.build().0, 7, "another text of it");

    // The same files give the same bytes, later and elsewhere.
    program.url = "sqlite://b.db";
    program.write("bindery.toml", CONFIG);
    program.write("schema.sql", SCHEMA);
    assert_eq!(program.build(), (8, first.clone()));
    let other = Program::new(folder.path().join("another place/of longer name"));
    assert_eq!(other.build(), (1, first));
}

/// A program with a query in place, whose table lives on the only engine.
const QUERY: &str = r#"
pub fn names<E: bindery::Engine>(on: &mut bindery::Connection<E>, least: i64) -> bindery::Result<Vec<String>> {
    bindery::query_scalar!("SELECT name FROM users WHERE id > {least}").using(on).all()
}
"#;

const USERS: &str = "CREATE TABLE users (id BIGINT PRIMARY KEY, name VARCHAR(20) NOT NULL);\n";

/// Checks a program; whether cargo compiled it anew, or what is wrong.
fn check(folder: &Path) -> Result<bool, String> {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--offline", "--verbose"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target())
        .output()
        .expect("cargo can be started");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let is_fresh = told.contains("Fresh in-place");
    if output.status.success() {
        Ok(!is_fresh)
    } else {
        Err(told)
    }
}

/// With the schema beside the program, read by a build script or by the macro itself.
fn with_query(folder: &Path, build_script: bool) -> PathBuf {
    let folder = folder.join(format!("build-script-{build_script}"));
    fs::create_dir_all(folder.join("src")).expect("a folder can be made");
    let script = if build_script {
        format!(
            "\n[build-dependencies]\nbindery-codegen = {{ path = {:?} }}\n",
            format!("{ROOT}/codegen")
        )
    } else {
        String::new()
    };
    let manifest = format!(
        "[package]\nname = \"in-place-{build_script}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\nbindery = {{ path = {:?}, features = [\"derive\", \"mysql\"] }}\n{script}",
        format!("{ROOT}/runtime")
    );
    let write = |name: &str, text: &str| {
        fs::write(folder.join(name), text).expect("the folder can be written to");
    };
    write("Cargo.toml", &manifest);
    write("src/lib.rs", QUERY);
    write("bindery.toml", "url = \"mysql://shop@db/shop\"\n");
    write("schema.sql", USERS);
    if build_script {
        write(
            "build.rs",
            "fn main() -> Result<(), bindery_codegen::CompileError> {\n    bindery_codegen::compile(\"schema.sql\")\n}\n",
        );
        let included = format!("bindery::include_schema!();\n{QUERY}");
        write("src/lib.rs", &included);
    }
    let lock = fs::copy(format!("{ROOT}/Cargo.lock"), folder.join("Cargo.lock"));
    lock.expect("it is there");
    folder
}

/// Covers SQL-08.
#[test]
fn sql_08_a_program_is_compiled_again_when_the_schema_of_its_queries_changes() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    for build_script in [true, false] {
        let folder = with_query(folder.path(), build_script);
        let write = |text: &str| {
            fs::write(folder.join("schema.sql"), text).expect("the folder can be written to");
        };
        assert_eq!(check(&folder), Ok(true), "for the first time");
        assert_eq!(check(&folder), Ok(false), "nothing has changed");
        write(&USERS.replace("VARCHAR(20) NOT NULL", "VARCHAR(20)"));
        let error = check(&folder).expect_err("a name may be NULL");
        assert!(
            error.contains("expected `Result<Vec<String>, Error>`"),
            "{error}"
        );
        write(&USERS.replace("name", "nick"));
        let error = check(&folder).expect_err("there is no name");
        assert!(
            error.contains("[B0621] there is no column `name`"),
            "{error}"
        );
        write(&USERS.replace("VARCHAR(20)", "VARCHAR(40)"));
        assert_eq!(check(&folder), Ok(true), "as at first");
        assert_eq!(check(&folder), Ok(false), "nothing has changed");
    }
}
