//! A build script that runs again takes unchanged models from what it wrote last time. What comes out is the same as from
//! nothing, whatever has become of the files meanwhile.

use std::collections::BTreeSet;
use std::path::PathBuf;

use bindery_codegen::Config;

use crate::build_script::lines_in;
use crate::support::{folder_with, generated, pieces};

/// A program's folder, compiled into `out` in it.
struct Program(tempfile::TempDir);

impl Program {
    fn new(schema: &str) -> Self {
        Self(folder_with("schema.sql", schema))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("it can be written to");
    }

    fn compile_into(&self, out: &str) -> String {
        let mut config = Config::new().schema(self.path("schema.sql"));
        if self.path("bindery.toml").exists() {
            config = config.config_file(self.path("bindery.toml"));
        }
        let compiled = config.out_dir(self.path(out)).compile();
        compiled.expect("the schema is right");
        generated(&self.path(out))
    }

    /// Compiles once more over what is there, and from nothing.
    fn both(&self) -> (String, String) {
        let again = self.compile_into("out");
        let fresh = tempfile::tempdir_in(self.0.path()).expect("a folder can be made");
        let name = fresh.path().file_name().expect("it has a name");
        (again, self.compile_into(&name.to_string_lossy()))
    }
}

/// Three tables, the last of which may be anything.
fn schema(third: &str) -> String {
    format!(
        "-- People.\nCREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);\n\
         CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER NOT NULL REFERENCES users (id));\n{third}\n"
    )
}

#[test]
fn what_changes_is_written_and_nothing_else_is_taken() {
    let program = Program::new(&schema(""));
    program.compile_into("out");
    let tags = "CREATE TABLE tags (id INTEGER PRIMARY KEY, post INTEGER REFERENCES posts (id));";
    let changes = [
        schema(tags),
        schema("CREATE TABLE tags (id INTEGER PRIMARY KEY, label TEXT);"),
        // A table that refers to a changed key changes with it.
        schema(tags).replace(
            "users (id INTEGER PRIMARY KEY",
            "users (id TEXT PRIMARY KEY",
        ),
        schema(tags).replace("People.", "Everybody."),
        // The same name for another model, and all places moved.
        schema(tags).replace(
            "CREATE TABLE posts",
            "\n-- @model Entry\nCREATE TABLE posts",
        ),
        schema(tags).replace("name TEXT NOT NULL UNIQUE", "name TEXT NOT NULL"),
        format!("{tags}\n{}", schema("")),
        schema(""),
    ];
    for changed in changes {
        program.write("schema.sql", &changed);
        let (again, fresh) = program.both();
        assert_eq!(again, fresh, "{changed}");
    }
    program.write(
        "bindery.toml",
        "[engines]\ndefault = \"sqlite://a.db\"\nb = \"postgres://localhost/b\"\n",
    );
    let (again, fresh) = program.both();
    assert_eq!(again, fresh, "another engine");
    assert!(again.contains("Borrowed(\"b\")"), "{again}");
}

#[test]
fn derives_that_are_added_or_taken_away_are_noticed() {
    let program = Program::new(&schema(
        "CREATE TABLE likes (a INTEGER, b INTEGER, PRIMARY KEY (a, b));",
    ));
    let config = |derives: &str| format!("url = \"sqlite://a.db\"\n\n{derives}");
    for (derives, expected) in [
        ("", &[][..]),
        (
            "[derives]\nrows = [\"serde::Serialize\"]\n",
            &[
                "PartialEq, serde::Serialize)]\n    pub struct User {",
                "PartialEq, serde::Serialize)]\n    pub struct Like {",
            ],
        ),
        (
            "[derives.User]\nnew = [\"Eq\", \"::core::cmp::Eq\", \"Clone\"]\npatches = [\"my::Own\"]\n",
            &[
                "Clone, Eq, ::core::cmp::Eq)]\n    #[must_use]\n    pub struct NewUser {",
                "Default, my::Own)]\n    #[must_use]\n    pub struct UserPatch {",
                "PartialEq)]\n    pub struct User {",
                "Clone)]\n    #[must_use]\n    pub struct NewPost {",
            ],
        ),
        (
            "[derives]\nkeys = [\"my::Own\", \"Hash\"]\n",
            &["Ord, Hash, my::Own)]\n    pub struct LikeId {"],
        ),
        ("", &["PartialEq)]\n    pub struct User {"]),
    ] {
        program.write("bindery.toml", &config(derives));
        let (again, fresh) = program.both();
        assert_eq!(again, fresh, "{derives}");
        for text in expected {
            assert!(again.contains(text), "{derives}\n{text}\n{again}");
        }
    }
}

/// Returns the fingerprint of each piece, as the index has it.
fn fingerprints(program: &Program) -> BTreeSet<String> {
    let index = std::fs::read_to_string(program.path("out/bindery.index")).expect("it was written");
    let words = index.lines().map(|line| line.split(' '));
    // The first line names the generator, the last one is a sum.
    let pieces = words.filter(|words| words.clone().any(|word| word.ends_with(".rs")));
    pieces
        .filter_map(|mut words| words.next().map(str::to_owned))
        .collect()
}

#[test]
fn one_more_table_leaves_the_others_as_they_are() {
    let all: String = (0..200)
        .map(|at| {
            let parent = at / 2;
            format!(
                "CREATE TABLE item_{at} (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES item_{parent} (id));\n"
            )
        })
        .collect();
    let program = Program::new(&all);
    program.compile_into("out");
    let before = fingerprints(&program);
    assert!(before.len() > 20, "{before:?}");
    let added = "CREATE TABLE added (id INTEGER PRIMARY KEY);\n";
    let middle = all.find("CREATE TABLE item_100 ").expect("it is there");
    for at in [0, middle, all.len()] {
        program.write(
            "schema.sql",
            &format!("{}{added}{}", &all[..at], &all[at..]),
        );
        let (again, fresh) = program.both();
        assert_eq!(again, fresh);
        let after = fingerprints(&program);
        let fresh = after.difference(&before).count();
        assert!((1..=2).contains(&fresh), "{fresh} of {}", after.len());
    }
}

/// Flips one bit of every byte (or of one byte in a number of them) and compiles again.
fn survives_damage(name: &str, step: usize) {
    let program = Program::new(&schema(""));
    let expected = program.compile_into("out");
    let path = program.path("out").join(name);
    let whole = std::fs::read(&path).expect("it was written");
    let mut damages: Vec<Vec<u8>> = Vec::new();
    for at in (0..whole.len()).step_by(step) {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        damages.push(damaged);
        damages.push(whole[..at].to_vec());
    }
    damages.push(b"\xff\xfe".to_vec());
    for damaged in damages {
        std::fs::write(&path, &damaged).expect("it can be written to");
        assert_eq!(program.compile_into("out"), expected);
        let index = std::fs::read(&path).expect("it is there");
        assert_eq!(index, whole, "it is written anew");
    }
}

/// A build script keeps an index beside its output.
///
/// Covers COMP-10.
#[test]
fn comp_10_a_damaged_index_is_not_trusted() {
    survives_damage("bindery.index", 1);
}

/// Covers COMP-10.
#[test]
fn comp_10_a_damaged_file_is_not_trusted() {
    survives_damage("bindery.rs", 97);
    let program = Program::new(&schema(""));
    program.compile_into("out");
    for path in pieces(&program.path("out")) {
        let name = path.file_name().expect("it has a name");
        survives_damage(&format!("bindery/{}", name.to_string_lossy()), 97);
    }
}

/// The files of a build that the next run of its script reports.
fn reported(program: &Program) -> Vec<PathBuf> {
    let lines = lines_in(program.0.path());
    let warnings = lines
        .iter()
        .filter_map(|line| line.strip_prefix("cargo::warning=`"));
    let path = |text: &str| {
        let (path, rest) = text.split_once('`').expect("a path has an end");
        assert!(
            rest.starts_with(" is not as the last build left it"),
            "{rest}"
        );
        PathBuf::from(path)
    };
    warnings.map(path).collect()
}

/// What a build left is its own to write anew, so that a damaged file stops no build; it is not passed over in silence, though.
///
/// Covers COMP-10.
#[test]
fn comp_10_a_damaged_file_is_reported_once_and_by_name() {
    let program = Program::new(&schema(""));
    program.write("bindery.toml", "url = \"${SHOP_URL}\"\n");
    assert_eq!(reported(&program), [""; 0].map(PathBuf::from));
    let mut paths = pieces(&program.path("out"));
    paths.extend(["out/bindery.rs", "out/bindery.index"].map(|name| program.path(name)));
    for path in &paths {
        let whole = std::fs::read(path).expect("it was written");
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 1;
        for damaged in [flipped, whole[..whole.len() / 2].to_vec(), Vec::new()] {
            std::fs::write(path, damaged).expect("it can be written to");
            assert_eq!(reported(&program), std::slice::from_ref(path));
            assert_eq!(reported(&program), [""; 0].map(PathBuf::from));
            let again = std::fs::read(path).expect("it was written");
            let is_index = path.ends_with("bindery.index");
            assert!(is_index || again == whole, "{}", path.display());
        }
    }
}

/// A schema that changed, files that were copied or removed, and another build script are no damage.
///
/// Covers COMP-10.
#[test]
fn comp_10_what_is_not_damaged_is_not_reported() {
    let program = Program::new(&schema(""));
    program.write("bindery.toml", "url = \"${SHOP_URL}\"\n");
    let none = [""; 0].map(PathBuf::from);
    assert_eq!(reported(&program), none);
    program.write("schema.sql", &schema("").replace("People.", "Everybody."));
    assert_eq!(reported(&program), none, "another schema");
    let files = pieces(&program.path("out"));
    for path in &files {
        let text = std::fs::read(path).expect("it is there");
        std::fs::remove_file(path).expect("it is there");
        std::fs::write(path, text).expect("it can be written to");
    }
    assert_eq!(reported(&program), none, "files that were copied");
    std::fs::remove_file(&files[0]).expect("it is there");
    assert_eq!(reported(&program), none, "a piece that was removed");
    for name in ["out/bindery.rs", "out/bindery.index"] {
        std::fs::remove_file(program.path(name)).expect("it is there");
        assert_eq!(reported(&program), none, "{name} was removed");
    }
}

#[test]
fn an_edit_of_the_file_does_not_stay() {
    let program = Program::new(&schema(""));
    let expected = program.compile_into("out");
    let mut paths = pieces(&program.path("out"));
    paths.push(program.path("out/bindery.rs"));
    for path in paths {
        let text = std::fs::read_to_string(&path).expect("it is there");
        let edited = text.replace("bindery", "BINDERY");
        std::fs::write(&path, edited).expect("it can be written to");
        assert_eq!(program.compile_into("out"), expected);
        std::fs::remove_file(&path).expect("it is there");
        assert_eq!(program.compile_into("out"), expected);
    }
}
