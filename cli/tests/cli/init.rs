//! `bindery init`.

use std::fs;
use std::path::Path;
use std::process::Command;

use bindery_testkit::{fresh_mysql, fresh_postgres};

use super::support::{Project, holds};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

const MANIFEST: &str = "[package]\nname = \"begun\"\nversion = \"0.0.0\"\nedition = \"2024\"\n";

const MAIN: &str = "\
fn main() -> bindery::Result<()> {
    let db = Databases::open()?;
    db.create_missing()?;
    let note = db.notes().insert(NewNote::new(\"hello\"))?;
    println!(\"{}\", note.body);
    Ok(())
}
";

/// A project outside of the workspace, as a user has it; its build folder is that of the workspace, where most of its dependencies are built, and it lies
/// below the repository, so that the toolchain of that applies. First in two crates, then in one.
#[test]
fn init_makes_a_project_that_compiles_and_runs() {
    let project = Project::new(&[("Cargo.toml", MANIFEST)]);
    let planned = project.run("init --cargo --dry-run").good();
    holds(
        &planned,
        &["planned    bindery.toml\n", "planned    Cargo.toml\n"],
    );
    assert_eq!(project.files(), ["Cargo.toml"]);
    let told = project.run("init --cargo").good();
    holds(
        &told,
        &[
            "written    bindery.toml\n",
            "written    schema.sql\n",
            "written    models/Cargo.toml\n",
            "written    models/build.rs\n",
            "written    models/src/lib.rs\n",
            "written    Cargo.toml\n",
            "use models::*;",
        ],
    );
    project.run("check").good();
    let models = ["models/Cargo.toml", "models/build.rs", "models/src/lib.rs"];
    runs(&project, &models, "use models::*;");

    let project = Project::new(&[("Cargo.toml", MANIFEST)]);
    let told = project.run("init --cargo --no-crate").good();
    holds(
        &told,
        &["written    build.rs\n", "bindery::include_schema!();"],
    );
    let manifest = fs::read_to_string(project.path("Cargo.toml")).expect("it is there");
    project.write("Cargo.toml", format!("{manifest}\n[workspace]\n"));
    runs(&project, &["build.rs"], "bindery::include_schema!();");
}

/// Builds and starts the program that `bindery init` began.
fn runs(project: &Project, made: &[&str], line: &str) {
    let manifest = fs::read_to_string(project.path("Cargo.toml")).expect("it is there");
    let patch = format!(
        "{manifest}\n[patch.crates-io]\nbindery = {{ path = \"{ROOT}/runtime\" }}\nbindery-codegen = {{ path = \"{ROOT}/codegen\" }}\n"
    );
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("init");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("src")).expect("a folder can be made");
    fs::create_dir_all(folder.join("models/src")).expect("a folder can be made");
    for name in made.iter().chain(&["bindery.toml", "schema.sql"]) {
        fs::copy(project.path(name), folder.join(name)).expect("it was written");
    }
    fs::write(folder.join("Cargo.toml"), patch).expect("it can be written");
    fs::write(folder.join("src/main.rs"), format!("{line}\n\n{MAIN}")).expect("it can be written");
    fs::copy(format!("{ROOT}/Cargo.lock"), folder.join("Cargo.lock")).expect("it is there");
    let output = Command::new(env!("CARGO"))
        .args(["run", "--offline", "--quiet"])
        .current_dir(&folder)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(".."),
        )
        .env_remove("DATABASE_URL")
        .env_remove("BINDERY_CONFIG")
        .output()
        .expect("cargo can be started");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "hello\n");
}

#[test]
fn init_overwrites_nothing() {
    let project = Project::new(&[
        ("build.rs", "fn main() {}\n"),
        ("schema.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);\n"),
    ]);
    let told = project.run("init --no-crate").good();
    holds(
        &told,
        &[
            "in the main function of `build.rs`",
            "in `Cargo.toml`",
            "[build-dependencies]",
        ],
    );
    assert_eq!(
        fs::read_to_string(project.path("build.rs")).expect("it is there"),
        "fn main() {}\n"
    );
    holds(&project.run("check").good(), &["1 table"]);
    holds(
        &project.run("init").failed(),
        &["this is a project already"],
    );
    holds(
        &project.run("init --cargo").failed(),
        &["this is a project already"],
    );
    let project = Project::new(&[("models/build.rs", "fn main() {}\n")]);
    holds(
        &project.run("init").failed(),
        &["`models/build.rs` is there, and is not overwritten"],
    );
    assert_eq!(project.files(), ["models"]);
    assert!(!project.path("models/Cargo.toml").exists() && !project.path("models/src").exists());
    holds(
        &project.run("init --crate crates/shop-db").good(),
        &["written    crates/shop-db/src/lib.rs\n", "use shop_db::*;"],
    );
}

/// The crate of the models joins the workspace that is there; what no manifest can hold is refused before anything is written.
#[test]
fn init_makes_a_crate_of_the_programs_workspace() {
    let manifest = |project: &Project, name: &str| {
        fs::read_to_string(project.path(name)).expect("it is there")
    };
    let metadata = |project: &Project| {
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--offline", "--no-deps", "--format-version=1"])
            .current_dir(project.path(""))
            .output()
            .expect("cargo can be started");
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let project = Project::new(&[("Cargo.toml", MANIFEST), ("src/main.rs", "fn main() {}\n")]);
    project.run("init --cargo --crate crates/db").good();
    let own = manifest(&project, "Cargo.toml");
    holds(
        &own,
        &[
            "db = { path = \"crates/db\" }\n",
            "[workspace]\nmembers = [\"crates/db\"]\n",
            "[profile.dev.package.\"*\"]\ndebug = false",
        ],
    );
    holds(
        &manifest(&project, "crates/db/build.rs"),
        &[".config_file(\"../../bindery.toml\")"],
    );

    // A workspace's settings are those of its root.
    let inner = Project::new(&[
        (
            "Cargo.toml",
            "[workspace] # of all programs\nresolver = \"3\"\nmembers = [\"shop\"]\n",
        ),
        ("shop/Cargo.toml", MANIFEST),
        ("shop/src/main.rs", "fn main() {}\n"),
    ]);
    inner.run_in("shop", "init --cargo").good();
    let own = manifest(&inner, "shop/Cargo.toml");
    assert!(
        !own.contains("[workspace]") && !own.contains("profile"),
        "{own}"
    );
    holds(&metadata(&inner), &["shop/models/Cargo.toml"]);
    let own_root = format!("{MANIFEST}\n[workspace]\n");
    inner.write("shop/alone/Cargo.toml", own_root);
    inner.run_in("shop/alone", "init --cargo").good();
    holds(
        &manifest(&inner, "shop/alone/Cargo.toml"),
        &["[workspace]\nmembers = [\"models\"]\n", "debug = false"],
    );

    let virtual_one = Project::new(&[("Cargo.toml", "[workspace]\nmembers = []\n")]);
    holds(
        &virtual_one.run("init --cargo").failed(),
        &[
            "is that of a workspace and of no package",
            "in the folder of the program's package",
        ],
    );
    assert_eq!(virtual_one.files(), ["Cargo.toml"]);

    let with_dependency = format!("{MANIFEST}\n[dependencies]\nmodels = \"1\"\n");
    for (name, text, wanted) in [
        (
            "Cargo.toml",
            with_dependency.as_str(),
            "a dependency of the package here is called `models`",
        ),
        (
            "src/models.rs",
            "",
            "a module of the package here is called `models`",
        ),
    ] {
        let project = Project::new(&[(name, text)]);
        holds(
            &project.run("init").failed(),
            &[wanted, "--crate models-of-schema"],
        );
        assert!(!project.path("bindery.toml").exists());
    }

    let project = Project::new(&[("Cargo.toml", &MANIFEST.replace("begun", "models"))]);
    for (words, wanted) in [
        ("init", "the package here is called `models`"),
        ("init --crate ../models", "no folder below this one"),
        (
            "init --crate test",
            "a generated crate cannot be called `test`",
        ),
    ] {
        holds(&project.run(words).failed(), &[wanted]);
        assert_eq!(project.files(), ["Cargo.toml"], "{words}");
    }
}

/// All is known before the first file is written.
#[test]
fn init_writes_all_of_its_files_or_none() {
    let project = Project::new(&[]);
    let messages = project.run("init --cargo").failed();
    holds(
        &messages,
        &[
            "there is no `Cargo.toml`",
            "cargo init",
            "nothing was written",
        ],
    );
    assert_eq!(project.files(), Vec::<String>::new());
    project.sqlite("app.db", "CREATE TABLE t (id INTEGER PRIMARY KEY)");
    project
        .run("init --cargo --from-url sqlite://app.db")
        .failed();
    assert_eq!(project.files(), ["app.db"]);
    let broken = Project::new(&[("dump.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);\n")]);
    std::fs::create_dir(broken.path("build.rs")).expect("a folder");
    std::fs::create_dir(broken.path("Cargo.toml")).expect("a folder");
    for words in [
        "init --cargo --from dump.sql",
        "init --cargo --no-crate --from dump.sql",
    ] {
        broken.run(words).failed();
        assert_eq!(broken.files(), ["Cargo.toml", "build.rs", "dump.sql"]);
    }
}

/// The features are those that the schema needs, whether it is new, there already or read from a database.
#[test]
fn init_names_the_features_that_the_schema_needs() {
    let schema = "CREATE TABLE t (id uuid PRIMARY KEY, doc jsonb NOT NULL, cost numeric(9,2), at timestamptz);\n";
    let project = Project::new(&[("dump.sql", schema), ("Cargo.toml", MANIFEST)])
        .with("DATABASE_URL", "postgres://x");
    project
        .run("init --from dump.sql --dialect postgres --cargo")
        .good();
    let manifest = fs::read_to_string(project.path("models/Cargo.toml")).expect("it is there");
    let wanted = "features = [\"bigdecimal\", \"chrono\", \"json\", \"postgres\", \"uuid\"]";
    holds(&manifest, &[wanted]);
    let project = Project::new(&[]);
    project.sqlite(
        "app.db",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, at TIMESTAMP)",
    );
    let told = project
        .run("init --no-crate --from-url sqlite://app.db")
        .good();
    holds(&told, &["features = [\"chrono\", \"sqlite\"]"]);
    let told = Project::new(&[("schema.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY);\n")])
        .run("init --no-crate")
        .good();
    holds(&told, &["features = [\"sqlite\"]"]);
}

/// The dialect of a dump is found by reading it.
#[test]
fn init_around_a_dump() {
    let dumps = [
        (
            "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tags text[] NOT NULL, at timestamptz);\n",
            "postgres",
        ),
        (
            "CREATE TABLE `t` (`id` int unsigned NOT NULL AUTO_INCREMENT, PRIMARY KEY (`id`)) ENGINE=InnoDB;\n",
            "mysql",
        ),
        (
            "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, b BLOB) STRICT;\n",
            "sqlite",
        ),
    ];
    for (dump, dialect) in dumps {
        let project =
            Project::new(&[("dump.sql", dump)]).with("DATABASE_URL", &format!("{dialect}://x"));
        project.run("init --from dump.sql").good();
        let config = fs::read_to_string(project.path("bindery.toml")).expect("it was written");
        holds(
            &config,
            &[
                "files = [\"dump.sql\"]",
                &format!("dialect = \"{dialect}\""),
            ],
        );
        assert_eq!(project.files(), ["bindery.toml", "dump.sql", "models"]);
        project.run("check").good();
    }
    let project = Project::new(&[]);
    holds(
        &project.run("init --from nope.sql").failed(),
        &["`nope.sql` cannot be read"],
    );
    assert_eq!(project.files(), Vec::<String>::new());
}

/// Covers CLI-4.
#[test]
fn init_around_a_database() {
    let project = Project::new(&[]);
    project.sqlite("app.db", "CREATE TABLE t (id INTEGER PRIMARY KEY)");
    project.run("init --from-url sqlite://app.db").good();
    project.run("validate").good();
    let servers = [fresh_postgres(), fresh_mysql()];
    for database in servers.into_iter().flatten() {
        database
            .run_script("CREATE TABLE t (id INT PRIMARY KEY)")
            .expect("a table");
        let url = database.url();
        let (scheme, rest) = url.split_once("://").expect("a URL");
        let (account, place) = rest.split_once('@').expect("a URL with an account");
        let (user, password) = account.split_once(':').expect("a password");
        let project = Project::new(&[]).with("SHOP_PASSWORD", password);
        let refused = project.run(&format!("init --from-url {url}")).failed();
        holds(&refused, &["a password on the command line", "${PASSWORD}"]);
        assert!(!refused.contains(password), "{refused}");
        assert_eq!(project.files(), Vec::<String>::new());
        let nowhere = format!("init --from-url {scheme}://{user}@127.0.0.1:1/shop");
        project.run(&nowhere).failed();
        assert_eq!(project.files(), Vec::<String>::new());
        project
            .run(&format!(
                "init --from-url {scheme}://{user}:${{SHOP_PASSWORD}}@{place}"
            ))
            .good();
        assert_eq!(project.files(), ["bindery.toml", "models", "schema.sql"]);
        project.run("validate").good();
    }
}
