//! Generated code in crates of its own: which features it needs, and which other crates.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use bindery_codegen::Standalone;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::project::{Paths, load_project};
use bindery_schema::read_model;

/// The folder of this project.
pub(crate) const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

const CONFIG: &str = "url = \"sqlite://app.db\"\n\n[engines]\nb = \"postgres://shop@db/shop\"\nm = \"mysql://shop@db/shop\"\n\n\
    [derives]\nenums = [\"serde::Serialize\"]\n\n[atomic.both]\nengines = [\"b\", \"m\"]\n";

const SCHEMA: &str = "-- @dialect postgres\n-- @engines default, b, m\n\n\
    CREATE TABLE things (id uuid PRIMARY KEY, price numeric(10,2) NOT NULL, day date NOT NULL UNIQUE, noon time NOT NULL,\n\
    -- @updated\n\
    at timestamptz NOT NULL, began timestamp NOT NULL, more jsonb, other json NOT NULL DEFAULT '{}');\n\
    CREATE TABLE parts (thing uuid NOT NULL REFERENCES things, number integer NOT NULL, PRIMARY KEY (thing, number));\n\
    -- @engines b\n\
    CREATE TABLE lists (id bigint PRIMARY KEY, days date[] NOT NULL, ids uuid[], prices numeric[], more jsonb[]);\n";

const MAIN: &str = "include!(\"bindery.rs\");\n\n\
    fn main() -> bindery::Result<()> {\n    let db = Databases::open()?;\n    let _ = db.default()?.things().count()?;\n    \
    let _ = db.lists().all()?;\n    Ok(())\n}\n";

/// A project of its own beside this one, with the features of `bindery` that are named.
fn project(features: &str) -> PathBuf {
    written("features", features, [CONFIG, SCHEMA, MAIN])
}

/// The same with a configuration, a schema and a program.
fn written(name: &str, features: &str, [config, schema, main]: [&str; 3]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(folder.join("src")).expect("a folder can be made");
    let manifest = format!(
        "[package]\nname = \"without-features\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         bindery = {{ path = {:?}, default-features = false, features = [{features}] }}\n",
        format!("{ROOT}/runtime")
    );
    let write = |name: &str, text: &str| {
        fs::write(folder.join(name), text).expect("the folder can be written to");
    };
    write("Cargo.toml", &manifest);
    write("bindery.toml", config);
    write("schema.sql", schema);
    write("src/main.rs", main);
    copy_lock(&folder);
    let compiled = bindery_codegen::Config::new()
        .config_file(folder.join("bindery.toml"))
        .schema(folder.join("schema.sql"))
        .out_dir(folder.join("src"))
        .compile();
    compiled.expect("the schema is right");
    folder
}

/// The versions that everything else here is tested with.
pub(crate) fn copy_lock(folder: &Path) {
    let copied = fs::copy(format!("{ROOT}/Cargo.lock"), folder.join("Cargo.lock"));
    copied.expect("it is there");
}

fn check(folder: &Path) -> Output {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("..");
    Command::new(env!("CARGO"))
        .args(["check", "--offline", "--quiet", "--message-format", "short"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .output()
        .expect("cargo can be started")
}

/// The errors of `cargo check`, without their places.
fn errors(folder: &Path) -> Vec<String> {
    let output = check(folder);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let mut found: Vec<String> = text
        .lines()
        .filter_map(|line| line.split_once(": error: "))
        .map(|(_, message)| message.to_owned())
        .collect();
    let others = text.lines().filter(|line| line.contains("error["));
    found.extend(others.map(str::to_owned));
    assert!(!output.status.success(), "it compiled: {text}");
    found
}

#[test]
fn each_missing_feature_is_told_once_and_nothing_else() {
    let said = |who: &str, what: &str, feature: &str| {
        format!(
            "{who} of the schema needs {what}: add the feature `{feature}` to `bindery` in Cargo.toml"
        )
    };
    let mut expected = vec![
        said("a column", "dates and times", "chrono"),
        said("a column", "UUIDs", "uuid"),
        said("a column", "JSON", "json"),
        said("a column", "decimals", "bigdecimal"),
        said("an engine", "MySQL and MariaDB", "mysql"),
        said("an engine", "PostgreSQL", "postgres"),
        said("an engine", "SQLite", "sqlite"),
        "`[derives]` in bindery.toml names `serde`: add the feature `serde` to `bindery` in Cargo.toml".to_owned(),
        "bindery.toml declares an atomic group: add the feature `atomic` to `bindery` in Cargo.toml".to_owned(),
    ];
    let mut found = errors(&project(""));
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    let found = errors(&project("\"json\", \"uuid\", \"bigdecimal\""));
    assert_eq!(found.len(), 6, "{found:?}");
}

/// Generated code has a `DatabaseSession` in any case; what begins one says that the feature is missing.
#[test]
fn sessions_need_their_feature_only_where_they_begin() {
    let project = |features, call: &str| {
        let main = format!(
            "include!(\"bindery.rs\");\n\nfn main() -> bindery::Result<()> {{\n    let db = Databases::open()?;\n    \
             db.things().count()?;\n    {call}\n    Ok(())\n}}\n"
        );
        let schema = "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n";
        let config = "url = \"sqlite://app.db\"\n";
        written("sessions", features, [config, schema, &main])
    };
    let compiles = |folder: &Path| {
        let output = check(folder);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && text.is_empty(), "{text}");
    };
    let call = "db.session(|s| s.things().count())?;";
    compiles(&project("\"sqlite\"", ""));
    for call in [call, "drop(db.begin_session()?);"] {
        let found = errors(&project("\"sqlite\"", call));
        let message = "sessions need the feature `session`: add it to `bindery` in Cargo.toml";
        assert!(found.iter().any(|line| line.contains(message)), "{found:?}");
        assert_eq!(found.len(), 1, "{found:?}");
    }
    compiles(&project("\"sqlite\", \"session\"", call));
}

/// The crate that `bindery generate` writes, with a column whose type is of another crate, and a derive of another one.
#[test]
fn a_generated_crate_has_types_of_other_crates() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("crates");
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        let parent = path.parent().expect("it is below the folder");
        fs::create_dir_all(parent).expect("a folder can be made");
        fs::write(path, text).expect("it can be written to");
    };
    let runtime = format!("{ROOT}/runtime");
    let workspace = format!(
        "[workspace]\nmembers = [\"types\", \"db\"]\nresolver = \"3\"\n\n[patch.crates-io]\nbindery = {{ path = {runtime:?} }}\n"
    );
    write("Cargo.toml", &workspace);
    let types = format!(
        "[package]\nname = \"shop-types\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
         bindery = {{ path = {runtime:?}, default-features = false }}\n"
    );
    write("types/Cargo.toml", &types);
    write("types/src/lib.rs", MAIL);
    write(
        "bindery.toml",
        "url = \"mysql://shop@db/shop\"\n\n[types]\n\"varchar(80)\" = \"::shop_types::Mail\"\n\n\
         [crates]\nshop-types = { path = \"types\" }\nserde = { version = \"1\", features = [\"derive\"] }\n\n\
         [derives]\nenums = [\"serde::Serialize\"]\n\n[derives.Tag]\nrows = [\"::serde::Serialize\"]\n",
    );
    write(
        "schema.sql",
        "CREATE TABLE users (id bigint PRIMARY KEY, mail varchar(80) NOT NULL UNIQUE);\n\
         CREATE TABLE tags (id bigint PRIMARY KEY, kind enum('a', 'b') NOT NULL, at datetime);\n",
    );
    copy_lock(&folder);
    generate(&folder);
    let output = check(&folder);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && text.is_empty(), "{text}");
}

const MAIL: &str = "/// An address.
#[derive(Debug, Clone, PartialEq)]
pub struct Mail(pub String);

impl bindery::types::ToColumn for Mail {
    fn write(&self, params: &mut bindery::types::ParamWriter<'_>) {
        params.text(&self.0);
    }
}

impl bindery::types::FromColumn for Mail {
    fn read(row: &mut bindery::types::RowReader<'_>) -> bindery::Result<Self> {
        row.text().map(|text| Self(text.to_owned()))
    }
}
";

/// As `bindery generate --out db --crate shop-db` does.
fn generate(folder: &Path) {
    let paths = Paths {
        config: Some(folder.join("bindery.toml")),
        schema: vec![folder.join("schema.sql")],
    };
    let mut found = Diagnostics::default();
    let project = load_project(&paths, &|_| None, &mut found);
    let model = bindery_schema::check::check(read_model(&project.input, &mut found), &mut found);
    let (config, model) = (
        project.config.expect("it is right"),
        model.expect("it is right"),
    );
    let shop = Standalone::new(folder.join("db"), "shop-db").expect("a good name");
    let written = shop.with_crates_of(&config).generate(&model);
    written.expect("the folder can be written to");
}
