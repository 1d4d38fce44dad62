//! What is said of wrong structs, and on which tokens. How rustc shows it is in `tests/ui/derive`.

use std::fs;

use bindery_codegen::derive::{Setting, databases, expand};
use bindery_codegen::{EmitOptions, emit};
use bindery_schema::check::check;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::project::{Paths, load_project};
use bindery_schema::read;
use syn::DeriveInput;

use crate::derive::describe;
use crate::places::Places;

const CONFIG: &str = "url = \"sqlite://a.db\"\n[engines]\nb = \"sqlite://b.db\"\nc = { url = \"postgres://host/c\" }\n";

/// A crate's folder with these files.
fn setting(schema: Option<&str>) -> Setting {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let write = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).expect("the temporary folder can be written");
    };
    write("bindery.toml", CONFIG);
    if let Some(schema) = schema {
        write("schema.sql", schema);
    }
    Setting::load(folder.path(), &|_| None).expect("the configuration is right")
}

/// The code, or for each finding the tokens it is on and its first line.
fn derived(source: &str, setting: &Setting) -> Result<String, Vec<(String, String)>> {
    let input: DeriveInput = syn::parse_str(source).expect("the example is a struct");
    let mut places = Places::default();
    let description =
        describe(&input, &mut places).unwrap_or_else(|error| panic!("{source}: {error}"));
    expand(&description, setting).map_err(|findings| {
        let first_line = |message: &str| message.lines().next().unwrap_or_default().to_owned();
        findings
            .iter()
            .map(|finding| (places.text(finding.place), first_line(&finding.message)))
            .collect()
    })
}

fn assert_findings(cases: &[(&str, &[(&str, &str)])], setting: &Setting) {
    for (source, expected) in cases {
        let found = derived(source, setting).expect_err(source);
        let found: Vec<(&str, &str)> = found
            .iter()
            .map(|(tokens, message)| (tokens.as_str(), message.as_str()))
            .collect();
        assert_eq!(found, *expected, "{source}");
    }
}

#[test]
fn the_struct_and_its_engines_agree() {
    assert_findings(
        &[
            (
                "#[engines(\"default\", \"b\")] pub struct Blog { #[key(generated)] id: BlogId }",
                &[(
                    "Blog",
                    "`Blog` lives on `default` and `b`, so a row must say on which it is",
                )],
            ),
            (
                "pub struct User<E: Engine> { #[key(generated)] id: UserId<E> }",
                &[("E", "`User` lives on one engine, so its rows need no `E`")],
            ),
            (
                "#[engines(\"default\", \"b\")] pub struct Reading<E: Engine> { celsius: f64 }",
                &[("E", "no field of `Reading` says on which engine a row is")],
            ),
            (
                "#[engines(\"default\", \"b\")] pub struct Reading<E: Engine> { on: E, celsius: f64 }",
                &[("on", "the field of a row's engine is called `engine`")],
            ),
            (
                "#[engines(\"default\", \"b\")] pub struct Blog<E: Engine> { #[key] id: BlogId<E>, engine: E }",
                &[("engine", "`id` says already on which engine a row is")],
            ),
            (
                "#[engines(\"b\", \"nope\")] pub struct Blog<E: Engine> { #[key] id: BlogId<E> }",
                &[("\"nope\"", "[B0100] there is no engine `nope`")],
            ),
            (
                "#[engines(\"a, b\")] pub struct Blog { #[key] id: BlogId }",
                &[("\"a, b\"", "`a, b` is not a name an engine can have")],
            ),
        ],
        &setting(None),
    );
}

#[test]
fn keys_and_references_have_types_of_their_own() {
    assert_findings(
        &[
            (
                "pub struct User { #[key(generated)] id: i64 }",
                &[("i64", "the key of `User` has a type of its own, `UserId`")],
            ),
            (
                "pub struct User { #[key] id: Option<UserId> }",
                &[("Option<UserId>", "the key `id` cannot be optional")],
            ),
            (
                "pub struct Line { #[key(generated)] order: i64, #[key] line: i64 }",
                &[(
                    "#[key(generated)]",
                    "a part of a key cannot be counted by the database",
                )],
            ),
            (
                "pub struct Post { #[key] id: PostId, author: UserId, parent: Option<PostId> }",
                &[
                    ("UserId", "`UserId` is not a type a column has by itself"),
                    (
                        "Option<PostId>",
                        "`parent` is the key of a row of `Post`: it needs `#[key]`, or to say what it refers to",
                    ),
                ],
            ),
            (
                "pub struct Post { #[references(\"users\")] author: UserId }",
                &[(
                    "\"users\"",
                    "`users` does not name a column of another table",
                )],
            ),
            (
                "pub struct Post { #[link_to(\"blogs(id)\")] blog: BlogId<engine::Nope> }",
                &[(
                    "BlogId<engine::Nope>",
                    "`BlogId<engine::Nope>` does not name an engine of this program",
                )],
            ),
        ],
        &setting(None),
    );
}

#[test]
fn texts_of_sql_stay_where_they_are() {
    assert_findings(
        &[
            (
                "pub struct A { #[column(type = \"VARCHAR(40\")] b: String }",
                &[("\"VARCHAR(40\"", "`VARCHAR(40` is not one type of SQL")],
            ),
            (
                "pub struct A { #[column(default = \"1, extra INTEGER\")] b: i64 }",
                &[(
                    "\"1, extra INTEGER\"",
                    "`1, extra INTEGER` is not one value of SQL",
                )],
            ),
            (
                "pub struct A { #[column(type = \"INTEGER NOT NULL PRIMARY KEY CHECK (1)\")] b: bool }",
                &[(
                    "\"INTEGER NOT NULL PRIMARY KEY CHECK (1)\"",
                    "a column of type INTEGER NOT NULL PRIMARY KEY CHECK (1) holds `i64`, not `bool`",
                )],
            ),
            (
                "pub struct A { b: Status }",
                &[("Status", "`Status` is not a type a column has by itself")],
            ),
        ],
        &setting(None),
    );
}

#[test]
fn a_schema_file_that_describes_the_table_too_has_to_agree() {
    let schema = "-- @engines b\nCREATE TABLE users (\n  id INTEGER PRIMARY KEY,\n  email VARCHAR(40) NOT NULL,\n  nick TEXT\n);\n";
    assert_findings(
        &[
            (
                "#[table(\"users\")] pub struct User { #[key] id: UserId, #[column(type = \"VARCHAR(4)\")] email: String, nick: String, extra: bool }",
                &[
                    (
                        "User",
                        "`User` lives on `default` here, and on `b` at schema.sql:1:4",
                    ),
                    (
                        "#[key]",
                        "`id` is given by the program here, and is counted by the database at schema.sql:3:3",
                    ),
                    (
                        "\"VARCHAR(4)\"",
                        "`email` is VARCHAR(4) here, and VARCHAR(40) at schema.sql:4:9",
                    ),
                    ("String", "`nick` may be NULL at schema.sql:5:3"),
                    (
                        "extra",
                        "the table at schema.sql:2:14 has no column `extra`",
                    ),
                ],
            ),
            (
                "#[table(\"users\")] #[engines(\"b\")] pub struct User { #[key(generated)] id: UserId }",
                &[
                    (
                        "User",
                        "`User` has no field for the column `email` at schema.sql:4:3",
                    ),
                    (
                        "User",
                        "`User` has no field for the column `nick` at schema.sql:5:3",
                    ),
                ],
            ),
        ],
        &setting(Some(schema)),
    );
    let same = "#[table(\"users\")] #[engines(\"b\")] pub struct User { #[key(generated)] id: UserId, \
                #[column(type = \"VARCHAR(40)\")] email: String, nick: Option<String> }";
    assert!(derived(same, &setting(Some(schema))).is_ok());
}

#[test]
fn a_setting_is_the_same_while_nothing_it_was_read_from_changes() {
    let plain = setting(None);
    assert!(plain.is_same(&setting(None)));
    assert!(!plain.is_same(&setting(Some("CREATE TABLE a (b INTEGER);"))));
}

#[test]
fn engines_that_host_what_another_hosts_count() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let config =
        "url = \"sqlite://a.db\"\n[engines.c]\nmodels-of = \"default\"\nurl = \"sqlite://c.db\"\n";
    fs::write(folder.path().join("bindery.toml"), config)
        .expect("the temporary folder can be written");
    let setting = Setting::load(folder.path(), &|_| None).expect("the configuration is right");
    let message = "`User` lives on `default` and `c`, so a row must say on which it is";
    assert_findings(
        &[(
            "pub struct User { #[key] id: UserId }",
            &[("User", message)],
        )],
        &setting,
    );
    let text = derived(
        "pub struct User<E: Engine> { #[key] id: UserId<E> }",
        &setting,
    );
    let text = text.expect("the struct is right");
    assert!(
        text.contains("LivesOn<crate::engine::C> for crate::model::User"),
        "{text}"
    );
}

#[test]
fn the_dialect_of_an_engine_is_no_guess() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let config = "url = \"sqlite://a.db\"\n[engines.b]\nurl = \"${B_URL}\"\n";
    fs::write(folder.path().join("bindery.toml"), config)
        .expect("the temporary folder can be written");
    let errors = Setting::load(folder.path(), &|_| None).expect_err("nothing says the dialect");
    assert_eq!(errors.len(), 1, "{errors:?}");
    for part in [
        "[B0328]",
        "bindery.toml:3:1",
        "`B_URL` is not set",
        "help: add `dialect = \"postgres\"`",
    ] {
        assert!(errors[0].contains(part), "{}", errors[0]);
    }
    let set = |name: &str| (name == "B_URL").then(|| "mysql://h/d".to_owned());
    let setting = Setting::load(folder.path(), &set).expect("the variable says the dialect");
    assert_eq!(setting.watched_variables, ["B_URL"]);
}

#[test]
fn what_is_wrong_with_the_configuration_is_told_with_its_place() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let config = "url = \"sqlite://a.db\"\n[engines.b]\nulr = \"sqlite://b.db\"\n";
    fs::write(folder.path().join("bindery.toml"), config)
        .expect("the temporary folder can be written");
    let found = Setting::load(folder.path(), &|_| None).expect_err("there is no key `ulr`");
    let [only] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert!(
        only.contains("`ulr`") && only.contains("bindery.toml:3:1"),
        "{only}"
    );
}

/// A derive reads one struct: what the configuration says of other models is not judged by it.
#[test]
fn a_denied_warning_is_an_error_on_the_struct() {
    let source = "pub struct User { #[key(generated)] id: UserId, #[references(\"users(id)\")] boss: Option<UserId> }";
    let with = |lints: &str| {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let config =
            format!("{CONFIG}[derives.Other]\nrows = [\"serde::Serialize\"]\n[lints]\n{lints}\n");
        fs::write(folder.path().join("bindery.toml"), config)
            .expect("the temporary folder can be written");
        let setting = Setting::load(folder.path(), &|_| None)?;
        Ok::<_, Vec<String>>(derived(source, &setting))
    };
    let denied = with("B0401 = \"deny\"").expect("the configuration is right");
    let found = denied.expect_err("the reference has no index");
    assert!(found[0].1.starts_with("[B0401] "), "{found:?}");
    for fine in ["B0401 = \"warn\"", "B0253 = \"deny\""] {
        let derived = with(fine).expect("the configuration is right");
        assert!(derived.is_ok(), "{fine}: {derived:?}");
    }
    let unknown = with("B4012 = \"deny\"").expect_err("there is no such code");
    assert!(unknown[0].contains("[B0330]"), "{unknown:?}");
}

#[test]
fn a_table_may_be_in_a_schema() {
    let source = "#[table(\"auth.users\")] #[engines(\"c\")] pub struct User { #[key(generated)] id: UserId, \
                  #[index] #[references(\"auth.users(id)\")] boss: Option<UserId> }";
    let text = derived(source, &setting(None)).expect("the struct is right");
    for part in [
        "CREATE SCHEMA IF NOT EXISTS \"auth\"",
        "CREATE TABLE \"auth\".\"users\" (",
        "REFERENCES \"auth\".\"users\" (\"id\")",
        "ON \"auth\".\"users\" (\"boss\")",
        "fn users(",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
}

#[test]
fn a_struct_is_public() {
    assert_findings(
        &[(
            "pub(crate) struct User { #[key] id: UserId }",
            &[("User", "`User` has to be `pub` where it stands")],
        )],
        &setting(None),
    );
}

#[test]
fn the_same_struct_gives_the_same_text() {
    let source = "/// A blog.\n#[engines(\"b\", \"c\")] #[unique(title, owner)] #[index(owner, title)] pub struct Blog<On: Engine> { #[key(generated)] id: BlogId<On>, \
                  #[column(type = \"VARCHAR(80)\")] title: String, #[references(\"users(id)\")] owner: shop::UserId<On>, \
                  #[link_to(\"notes(id)\")] note: Option<NoteId<engine::Default>>, #[index] r#type: i32 }";
    let setting = setting(None);
    let text = derived(source, &setting).expect("the struct is right");
    assert_eq!(
        derived(source, &setting).expect("the struct is right"),
        text
    );
    for part in [
        "pub type BlogId<E = crate::engine::B>",
        "pub owner: shop::UserId<E>",
        "pub note: ::core::option::Option<::core::option::Option<NoteId<engine::Default>>>",
        "fn find_by_title_and_owner",
        "impl ::bindery::LivesOn<crate::engine::C> for crate::model::Blog",
        "r#type",
        "CREATE INDEX \"blog_owner_title_idx\" ON",
        "CREATE INDEX \"blog_type_idx\" ON",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    assert!(
        !text.contains("pub struct Blog<") && !text.contains("users\\\" ("),
        "{text}"
    );
    text.parse::<proc_macro2::TokenStream>()
        .expect("the text is Rust");
}

#[test]
fn what_a_build_has_to_watch_is_said_without_its_folder() {
    let text = databases(&setting(Some("CREATE TABLE a (b INTEGER);")), &[]);
    for file in ["/bindery.toml", "/schema.sql"] {
        let line = format!("::core::concat!(::core::env!(\"CARGO_MANIFEST_DIR\"), \"{file}\")");
        assert!(text.contains(&line), "{file} in\n{text}");
    }
    let absolute = std::env::temp_dir().display().to_string();
    assert!(!text.contains(&absolute), "{text}");
}

/// The same table on the same engine, described by a struct and by a file: by the hash of both no program is told of another
/// schema.
///
/// Covers CFG-10.
#[test]
fn cfg_10_a_struct_and_a_file_make_one_hash() {
    const STRUCT: &str = "#[unique(title, owner)] #[index(made)] pub struct Post { #[key(generated)] id: PostId, \
         #[column(type = \"VARCHAR(80)\")] title: String, text: Option<String>, #[index] owner: i64, made: NaiveDateTime, \
         seen: Option<DateTime<Utc>>, on: NaiveDate, #[column(type = \"NUMERIC(10, 2)\")] price: BigDecimal, \
         #[column(default = \"7\")] small: i16, share: f64, bytes: Vec<u8>, data: Value, good: bool }";
    let own = [
        (
            "sqlite://a.db",
            "id INTEGER PRIMARY KEY, text TEXT, made DATETIME NOT NULL, seen TIMESTAMPTZ, share DOUBLE NOT NULL, \
             bytes BLOB NOT NULL, data JSONB NOT NULL",
        ),
        (
            "postgres://host/a",
            "id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, text TEXT, made TIMESTAMP NOT NULL, \
             seen TIMESTAMPTZ, share DOUBLE PRECISION NOT NULL, bytes BYTEA NOT NULL, data JSONB NOT NULL",
        ),
        (
            "mysql://host/a",
            "id BIGINT AUTO_INCREMENT PRIMARY KEY, text LONGTEXT, made DATETIME(6) NOT NULL, seen TIMESTAMP(6) NULL, \
             share DOUBLE NOT NULL, bytes LONGBLOB NOT NULL, data JSON NOT NULL",
        ),
    ];
    for (url, columns) in own {
        let (dialect, _) = url.split_once(':').expect("a URL");
        let file = format!(
            "-- @dialect {dialect}\n\nCREATE TABLE posts ({columns}, title VARCHAR(80) NOT NULL, owner BIGINT NOT NULL, \
             price NUMERIC(10, 2) NOT NULL, small SMALLINT NOT NULL DEFAULT 7, \
             good BOOLEAN NOT NULL, \"on\" DATE NOT NULL, UNIQUE (title, owner));\n\
             CREATE INDEX a ON posts (owner);\nCREATE INDEX b ON posts (made);\n"
        );
        let quote = if dialect == "mysql" { "`" } else { "\"" };
        let file = file.replace('"', quote);
        let of_file = described(&compiled(url, &file));
        let of_struct = described(&derived(STRUCT, &setting_of(url)).expect("the struct is right"));
        assert_eq!(of_struct, of_file, "{dialect}");
        let longer = described(&compiled(url, &file.replacen("80", "81", 1)));
        assert_ne!(longer, of_file, "{dialect}");
    }
}

/// What the hash of a model is made of, in generated code: columns and their kinds in any order, and the rules.
fn described(text: &str) -> (Vec<(String, String)>, String) {
    let info = text
        .split_once("static INFO")
        .expect("every model has one")
        .1;
    let behind = |key: &str| {
        let (_, rest) = info.split_once(key).expect("it is there");
        rest.to_owned()
    };
    let rules = behind("rules: ");
    let kinds = behind("kinds: \"");
    let columns = behind("columns: &[");
    let names = columns.split(']').next().unwrap_or_default();
    let names = names.split('"').skip(1).step_by(2).map(str::to_owned);
    let kinds = kinds.split('"').next().unwrap_or_default();
    let kinds = kinds.split(' ').map(str::to_owned);
    let mut pairs: Vec<_> = names.zip(kinds).collect();
    pairs.sort();
    let rules = rules.split(',').next().unwrap_or_default();
    (pairs, rules.to_owned())
}

fn setting_of(url: &str) -> Setting {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    fs::write(
        folder.path().join("bindery.toml"),
        format!("url = \"{url}\"\n"),
    )
    .expect("the temporary folder can be written");
    Setting::load(folder.path(), &|_| None).expect("the configuration is right")
}

/// The way of a schema file.
fn compiled(url: &str, schema: &str) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).expect("the temporary folder can be written");
        path
    };
    let paths = Paths {
        config: Some(write("bindery.toml", &format!("url = \"{url}\"\n"))),
        schema: vec![write("schema.sql", schema)],
    };
    let mut found = Diagnostics::default();
    let project = load_project(&paths, &|_| None, &mut found);
    let model = read(&project.input, &mut found);
    let messages: Vec<_> = found.iter().map(|one| one.message.clone()).collect();
    let checked = check(model, &mut found).unwrap_or_else(|| panic!("{messages:?}"));
    emit(&checked, &EmitOptions::default()).remove(0).text
}
