//! Opening: which engines there are, where they connect to, and what is refused before anything is opened.

mod refused;

use std::fs;
use std::path::Path;

use bindery::{Config, Dialect, EngineOptions, Error, ErrorKind, Registry};
use tempfile::TempDir;

use crate::sample::engine::{Any, B, Default, Mysql, Postgres, Test};
use crate::sample::{EMBEDDED, NewBlog, ONLY_B, Tables, embedded, program};

/// A folder with this `bindery.toml` in it.
fn folder(toml: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bindery.toml"), toml).unwrap();
    folder
}

fn config(folder: &TempDir) -> bindery::Result<Config> {
    Config::from_file(folder.path().join("bindery.toml"))
}

fn open(folder: &TempDir) -> bindery::Result<Registry> {
    Registry::with_config(&EMBEDDED, &config(folder)?)
}

/// The error of a file that cannot be used, as text. No database is made.
fn refusal(toml: &str) -> String {
    let folder = folder(toml);
    let error = open(&folder).expect_err(toml);
    assert_eq!(everything(folder.path()), ["bindery.toml"]);
    assert!(matches!(error.kind(), ErrorKind::Config(_)), "{error:?}");
    error.to_string()
}

fn files(folder: &Path) -> Vec<String> {
    let mut names = everything(folder);
    names.retain(|name| name.ends_with(".db"));
    names
}

fn everything(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

const THREE: &str = "
url = \"sqlite://default.db\"
[engines]
b = \"sqlite://b.db\"
[engines.test]
dialect = \"sqlite\"
database = \"test.db\"
connection = \"short\"
";

#[test]
fn con_01_url_form_and_table_form_together() {
    let folder = folder(THREE);
    let db = open(&folder).unwrap();
    let names: Vec<&str> = db.engines().iter().map(|engine| engine.name).collect();
    assert_eq!(names, ["b", "default", "test"]);
    assert!(
        files(folder.path()).is_empty(),
        "opening connects to nothing"
    );

    db.create_missing().unwrap();
    db.connect(B)
        .unwrap()
        .blogs()
        .insert(NewBlog::new("on b"))
        .unwrap();
    assert_eq!(db.connect(Default).unwrap().blogs().count().unwrap(), 0);
    db.connect(Test).unwrap();
    assert_eq!(files(folder.path()), ["b.db", "default.db", "test.db"]);
    drop(db);

    // Again from the files alone.
    let db = open(&folder).unwrap();
    assert_eq!(db.connect(B).unwrap().blogs().count().unwrap(), 1);
    assert_eq!(db.connect(Default).unwrap().blogs().count().unwrap(), 0);
}

/// (a) A default engine that is one entry among others.
///
/// Covers CON-02.
#[test]
fn con_02_a_default_inside_of_the_engines_makes_its_file_and_no_other() {
    let folder = folder(
        "[engines]\ndefault = \"sqlite://a.db\"\nb = \"sqlite://b.db\"\ntest = \":memory:\"\n",
    );
    let db = open(&folder).unwrap();
    let names: Vec<&str> = db.engines().iter().map(|engine| engine.name).collect();
    assert_eq!(names, ["b", "default", "test"]);
    db.create_missing().unwrap();
    db.connect(Default)
        .unwrap()
        .blogs()
        .insert(NewBlog::new("a"))
        .unwrap();
    db.connect(B)
        .unwrap()
        .blogs()
        .insert(NewBlog::new("b"))
        .unwrap();
    db.close();
    assert_eq!(everything(folder.path()), ["a.db", "b.db", "bindery.toml"]);
}

/// (b) A program whose models all live on `b` has no default engine, and none comes from anywhere.
///
/// Covers CON-02.
#[test]
fn con_02_b_a_program_without_a_default_makes_no_file_for_one() {
    let folder = folder("[engines]\nb = \"sqlite://b.db\"\n");
    let config = config(&folder).unwrap();
    let config = config.variable(
        "DATABASE_URL",
        format!("sqlite://{}/x.db", folder.path().display()),
    );
    let db = Registry::with_config(&ONLY_B, &config).unwrap();
    let names: Vec<&str> = db.engines().iter().map(|engine| engine.name).collect();
    assert_eq!(names, ["b"]);
    db.create_missing().unwrap();
    db.connect(B)
        .unwrap()
        .blogs()
        .insert(NewBlog::new("b"))
        .unwrap();
    let error = db.engine("default").map(drop).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::UnknownEngine { known, .. } if known == &["b"]),
        "{error:?}"
    );
    assert!(db.check().iter().all(|(_, outcome)| outcome.is_ok()));
    db.close();
    assert_eq!(everything(folder.path()), ["b.db", "bindery.toml"]);
}

/// (c) Twice the default, (d) no engine, (e) a key misspelt.
///
/// Covers CON-02.
#[test]
fn con_02_broken_files_are_refused_with_their_place() {
    let twice = refusal("url = \"sqlite://a.db\"\n[engines]\ndefault = \"sqlite://b.db\"\n");
    assert!(
        twice.contains("bindery.toml:1:1") && twice.contains("`default`"),
        "{twice}"
    );
    let none = refusal("");
    assert!(
        none.contains("bindery.toml:1:1") && none.contains("no engine"),
        "{none}"
    );
    let misspelt = refusal(
        "url = \"sqlite://a.db\"\n[engines.b]\nurl = \"sqlite://b.db\"\nconection = \"long\"\n",
    );
    assert!(
        misspelt.contains("bindery.toml:4:1") && misspelt.contains("`connection`"),
        "{misspelt}"
    );
}

#[test]
fn con_02_an_engine_of_the_program_that_is_not_configured_is_named() {
    let folder = folder("[engines]\ndefault = \"sqlite://default.db\"\nb = \"sqlite://b.db\"\n");
    let error = open(&folder).unwrap_err();
    assert_eq!(error.engine(), Some("test"));
    assert!(error.to_string().contains("BINDERY_TEST_URL"), "{error}");
    assert!(files(folder.path()).is_empty());
}

#[test]
fn con_03_engines_in_code_without_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let url = |name: &str| format!("sqlite://{}/{name}.db", folder.path().display());
    let config = Config::new()
        .engine("default", url("one"))
        .engine("b", EngineOptions::url(url("two")).max_connections(1))
        .engine("test", EngineOptions::url("sqlite::memory:").short());
    let db = Registry::with_config(&EMBEDDED, &config).unwrap();
    db.create_missing().unwrap();
    let mut default = db.connect(Default).unwrap();
    let mut b = db.connect(B).unwrap();
    default.blogs().insert(NewBlog::new("one")).unwrap();
    b.blogs().insert(NewBlog::new("two")).unwrap();
    let titles = [
        default.blogs().all().unwrap()[0].title.clone(),
        b.blogs().all().unwrap()[0].title.clone(),
    ];
    assert_eq!(titles, ["one", "two"]);
    assert_eq!(files(folder.path()), ["one.db", "two.db"]);
}

/// Covers CON-07: a further engine in code, one that is given twice.
#[test]
fn con_03_what_is_wrong_in_code_is_told_at_open() {
    let all = || {
        Config::new()
            .engine("default", "sqlite::memory:")
            .engine("test", "sqlite::memory:")
    };
    let refused = |config: Config| Registry::with_config(&EMBEDDED, &config).unwrap_err();

    let unknown = refused(all().engine("bb", "sqlite::memory:"));
    assert!(
        matches!(unknown.kind(), ErrorKind::UnknownEngine { known, .. } if known == &["b", "default", "test"])
    );
    let twice = refused(
        all()
            .engine("b", "sqlite::memory:")
            .engine("b", "sqlite://x.db"),
    );
    assert!(
        twice.to_string().contains("engine `b` is given twice"),
        "{twice}"
    );
    let left_out = refused(all());
    assert_eq!(left_out.engine(), Some("b"));
    assert!(
        left_out.to_string().contains("not configured"),
        "{left_out}"
    );
    let no_connections = refused(all().engine(
        "b",
        EngineOptions::url("sqlite::memory:").max_connections(0),
    ));
    assert!(
        no_connections.to_string().contains("max_connections"),
        "{no_connections}"
    );
}

#[test]
fn con_04_sqlite_paths_are_relative_to_the_file() {
    let folder = folder(
        "url = \"sqlite://data/app.db\"\n[engines]\nb = \"sqlite::memory:\"\ntest = \":memory:\"\n",
    );
    let db = open(&folder).unwrap();
    let error = db.connect(Default).map(drop).unwrap_err();
    let data = folder.path().join("data");
    assert_eq!(error.engine(), Some("default"));
    assert!(
        error.to_string().contains(&data.display().to_string()),
        "{error}"
    );
    assert!(!data.exists(), "folders are never made");

    fs::create_dir(&data).unwrap();
    db.connect(Default).unwrap();
    assert_eq!(files(&data), ["app.db"]);
    assert_eq!(db.engine("b").unwrap().url, "sqlite::memory:");
}

#[test]
fn con_04_odd_urls_are_refused_and_say_what_to_write() {
    let cases = [
        ("postgres://ann:p@ss:w/rd%@localhost/shop", "%40"),
        ("oracle://localhost/shop", "`mysql://`"),
        ("sqlite://", "sqlite://"),
    ];
    for (url, expected) in cases {
        let text = refusal(&format!(
            "[engines]\ndefault = \"{url}\"\nb = \":memory:\"\ntest = \":memory:\"\n"
        ));
        assert!(text.contains(expected) && !text.contains("w/rd"), "{text}");
        let code = Config::new()
            .engine("b", url)
            .engine("default", ":memory:")
            .engine("test", ":memory:");
        let error = Registry::with_config(&EMBEDDED, &code).unwrap_err();
        assert_eq!(error.engine(), Some("b"));
        assert!(
            error.to_string().contains(expected) && !error.to_string().contains("w/rd"),
            "{error}"
        );
    }
    let both = refusal("[engines.default]\nurl = \"sqlite://a.db\"\nhost = \"localhost\"\n");
    assert!(both.contains("bindery.toml:"), "{both}");
}

const VARIABLES: &str = "
url = \"sqlite://default.db\"
[engines]
b = \"${BINDERY_CON_05}\"
test = \"sqlite://test.db\"
";

#[test]
fn con_05_variables_are_filled_in_once() {
    let folder = folder(VARIABLES);
    let open = |config: Config| Registry::with_config(&EMBEDDED, &config);
    let file = || config(&folder).unwrap();

    let missing = open(file()).unwrap_err();
    assert_eq!(missing.engine(), Some("b"));
    assert!(
        missing.to_string().contains("`BINDERY_CON_05` is not set"),
        "{missing}"
    );
    let empty = open(file().variable("BINDERY_CON_05", "")).unwrap_err();
    assert!(
        empty
            .to_string()
            .contains("`BINDERY_CON_05` is set but empty"),
        "{empty}"
    );
    let nested = open(file().variable("BINDERY_CON_05", "sqlite://${HOME}.db")).unwrap();
    assert!(nested.engine("b").unwrap().url.ends_with("/${HOME}.db"));
}

#[test]
fn con_05_an_override_changes_one_engine() {
    let folder = folder(VARIABLES);
    let config = config(&folder)
        .unwrap()
        .variable("BINDERY_B_URL", "sqlite::memory:");
    let db = Registry::with_config(&EMBEDDED, &config).unwrap();
    assert_eq!(db.engine("b").unwrap().url, "sqlite::memory:");
    assert!(db.engine("test").unwrap().url.ends_with("/test.db"));
    // A setting in code overrides both.
    let code =
        Registry::with_config(&EMBEDDED, &config.clone().engine("b", "sqlite://code.db")).unwrap();
    assert_eq!(code.engine("b").unwrap().url, "sqlite://code.db");
    let other = config.variable("BINDERY_B_URL", "postgres://ann:hunter2@localhost/shop");
    let error = Registry::with_config(&EMBEDDED, &other).unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::UnsupportedServer { .. }),
        "{error:?}"
    );
    assert!(!format!("{error} {error:?}").contains("hunter2"));
}

/// Covers CON-07 on SQLite.
#[test]
fn con_07_engines_can_be_asked_about() {
    let folder = folder(THREE);
    let db = open(&folder).unwrap();
    let b = db.engine("b").unwrap();
    assert_eq!((b.dialect, b.flavour), (Dialect::Sqlite, None));
    assert!(b.url.ends_with("/b.db"), "{}", b.url);
    assert_eq!(
        format!(
            "{:?} {:?}",
            b.connection,
            db.engine("test").unwrap().connection
        ),
        "Long Short"
    );
    let models = |name: &str| -> Vec<&str> {
        db.engine(name)
            .unwrap()
            .models
            .iter()
            .map(|model| &*model.name)
            .collect()
    };
    assert_eq!(models("b"), ["Blog"]);
    assert_eq!(models("default"), ["Blog", "Member", "OrderLine", "Log"]);
    assert!(models("test").is_empty());
    assert_eq!(b.models[0].table, "blogs");
    let columns = b.models[0].columns.iter();
    assert!(columns.eq(["id", "title", "content", "stars"]));

    let held = db.connect(B).unwrap();
    let pool = db.engine("b").unwrap().pool;
    assert_eq!([pool.idle, pool.in_use, pool.open], [0, 1, 1]);
    drop(held);
    let pool = db.engine("b").unwrap().pool;
    assert_eq!([pool.idle, pool.in_use, pool.open], [1, 0, 1]);
    assert_eq!(db.engine("default").unwrap().pool.open, 0);
}

/// Covers CON-07.
#[test]
fn con_07_unknown_names_list_the_known_ones() {
    let error = embedded().engine("nope").map(drop).unwrap_err();
    assert_eq!(
        error.to_string(),
        "choosing an engine: there is no engine `nope`; known: b, default, test"
    );
}

#[test]
fn con_10_closing() {
    let db = embedded();
    let held = db.connect(Default).unwrap();
    db.close();
    db.close();
    assert_eq!(db.engine("b").unwrap().pool.open, 0);
    drop(held);
    let error = db.connect(Default).map(drop).unwrap_err();
    assert_eq!(
        (error.engine(), error.kind()),
        (Some("default"), &ErrorKind::Closed)
    );
    let pool = db.engine("default").unwrap().pool;
    assert_eq!([pool.idle, pool.in_use, pool.open], [0, 0, 0]);
}

#[test]
fn a_program_is_the_same_on_every_thread() {
    fn is_shared<T: Send + Sync + 'static>() {}
    is_shared::<Registry>();
    is_shared::<Error>();
    assert!(size_of::<bindery::Result<()>>() <= 8);
    assert_eq!("x_mysql".parse::<Any>().unwrap(), Any::XMysql);
    assert_eq!(bindery::Engine::name(Mysql), "x_mysql");
}

#[test]
fn con_03_three_dialects_in_one_program() {
    let (Some(postgres), Some(mysql)) = (
        bindery_testkit::fresh_postgres(),
        bindery_testkit::fresh_mysql(),
    ) else {
        return;
    };
    let embedded = ["b", "default", "test"].into_iter();
    let config = embedded.fold(Config::new(), |config, name| {
        config.engine(name, ":memory:")
    });
    let config = config
        .engine("x_postgres", postgres.url())
        .engine("x_mysql", mysql.url())
        .engine("y_mariadb", "mysql://nobody@127.0.0.1:1/x");
    let db = Registry::with_config(program(), &config).unwrap();
    db.create_missing_on(Default).unwrap();
    db.create_missing_on(Postgres).unwrap();
    db.create_missing_on(Mysql).unwrap();
    let mut one = db.connect(Default).unwrap();
    let mut two = db.connect(Postgres).unwrap();
    let mut three = db.connect(Mysql).unwrap();
    let post = one.blogs().insert(NewBlog::new("travels 🦀")).unwrap();
    let post = post.to_engine::<Postgres>();
    two.blogs().insert_row(&post).unwrap();
    let post = two.blogs().get(post.id).unwrap().to_engine::<Mysql>();
    three.blogs().insert_row(&post).unwrap();
    assert_eq!(three.blogs().get(post.id).unwrap(), post);
    let mut any = db.connect("x_postgres".parse::<Any>().unwrap()).unwrap();
    assert_eq!(any.blogs().all().unwrap()[0].title, "travels 🦀");
    assert_eq!(db.drop_tables(Postgres).unwrap().len(), 4);
    assert_eq!(db.drop_tables(Mysql).unwrap().len(), 4);
}

/// The debug output of an engine is about the engine: no statement is in it.
///
/// Covers CON-07 on SQLite.
#[test]
fn con_07_an_engine_is_printed_without_its_ddl() {
    let db = Registry::in_memory(&EMBEDDED).unwrap();
    let printed = format!("{:?} {:?}", db.engine("b").unwrap(), db.program());
    assert!(printed.contains("table: \"blogs\""), "{printed}");
    for word in ["CREATE", "DROP", "INDEX"] {
        assert!(!printed.contains(word), "{printed}");
    }
}
