//! Compiles the Chinook schemas of the corpus, where the corpus is at hand, for the test `chinook`.
//!
//! The corpus is not part of this repository: `BINDERY_CORPUS` names its folder, else `shared/corpus` beside the
//! checkout is looked for. Without it the test does not exist, and the build script says so.

use std::fs;
use std::path::{Path, PathBuf};

/// The product that the tests have for MySQL, as the test kit says it: `mariadb` unless said.
const FLAVOUR: &str = "BINDERY_TEST_MYSQL_FLAVOUR";
const DIALECTS: [&str; 3] = ["sqlite", "postgres", "mysql"];
/// `original` is filled by the database's own shell, the others by the generated code.
const ENGINES: &str = "-- @engines original, copy_sqlite, copy_postgres, copy_mysql";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rustc-check-cfg=cfg(corpus)");
    println!("cargo::rerun-if-env-changed=BINDERY_CORPUS");
    println!("cargo::rerun-if-env-changed={FLAVOUR}");
    let Some(corpus) = bindery_testkit::corpus().filter(|folder| has_chinook(folder)) else {
        println!(
            "cargo::warning=without real schemas `chinook` is not tested: name their folder in BINDERY_CORPUS"
        );
        return Ok(());
    };
    println!("cargo::rustc-cfg=corpus");
    println!("cargo::rustc-env=CHINOOK_FOLDER={}", corpus.display());
    for dialect in DIALECTS {
        compile(&corpus, dialect)?;
    }
    Ok(())
}

fn has_chinook(corpus: &Path) -> bool {
    corpus.join("sqlite/chinook.sql").is_file()
}

/// The file as it is, after a head that says on which engines its tables live.
fn compile(corpus: &Path, dialect: &str) -> Result<(), Box<dyn std::error::Error>> {
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?).join(dialect);
    fs::create_dir_all(&out)?;
    let original = corpus.join(dialect).join("chinook.sql");
    println!("cargo::rerun-if-changed={}", original.display());
    fs::write(
        out.join("schema.sql"),
        format!(
            "{ENGINES}\n-- @dialect {dialect}\n\n{}",
            fs::read_to_string(&original)?
        ),
    )?;
    fs::write(out.join("bindery.toml"), config(dialect))?;
    bindery_codegen::Config::new()
        .config_file(out.join("bindery.toml"))
        .schema(out.join("schema.sql"))
        .out_dir(&out)
        .compile()?;
    Ok(())
}

fn config(dialect: &str) -> String {
    let product = std::env::var(FLAVOUR).ok().filter(|name| !name.is_empty());
    let product = product.unwrap_or_else(|| "mariadb".to_owned());
    let flavour = |dialect| match dialect {
        "mysql" => format!("flavour = \"{product}\"\n"),
        _ => String::new(),
    };
    let engines = [
        ("original", dialect),
        ("copy_sqlite", "sqlite"),
        ("copy_postgres", "postgres"),
        ("copy_mysql", "mysql"),
    ];
    let section = |(name, dialect)| {
        format!(
            "[engines.{name}]\ndialect = \"{dialect}\"\n{}url = \"${{UNUSED}}\"\n\n",
            flavour(dialect)
        )
    };
    engines.map(section).concat()
}
