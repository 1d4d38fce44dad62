//! Citus for tests of clusters: built once from its source, where that is named, into the target folder. No distribution has it as a package.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;
use crate::interrupt::Interrupt;
use crate::output::complain;
use crate::workspace;

/// The variable that names the archive of its source.
const SOURCE: &str = "BINDERY_CITUS_SOURCE";

/// The folder that Citus is installed to, for [`bindery_testkit::CITUS`]. `None` where that is set already, where no source is named, and
/// where it cannot be compiled, which is said.
pub(crate) fn installed(interrupt: &Interrupt) -> Result<Option<PathBuf>, Failure> {
    let source = std::env::var_os(SOURCE).map(PathBuf::from);
    let Some(source) = source.filter(|_| std::env::var_os(bindery_testkit::CITUS).is_none()) else {
        return Ok(None);
    };
    let Some(version) = postgres_version() else {
        complain(
            "note: no Citus in this run: `pg_config` is missing (on Debian of the package `postgresql-server-dev-15`, or of another version)",
        );
        return Ok(None);
    };
    let name = source.file_name().unwrap_or_default().to_string_lossy();
    let name = name.split(".tar").next().unwrap_or_default();
    let folder = workspace::target().join(format!("citus/{name}-{version}"));
    let (installed, done) = (folder.join("installed"), folder.join("done"));
    if done.exists() {
        return Ok(Some(installed));
    }
    complain(&format!("\n=== building {name} for PostgreSQL {version}"));
    let _ = fs::remove_dir_all(&folder);
    let (sources, log) = (folder.join("source"), folder.join("log"));
    fs::create_dir_all(&sources)?;
    for mut command in steps(&source, &sources, &installed) {
        let output = File::options().create(true).append(true).open(&log)?;
        command.stdout(output.try_clone()?).stderr(output);
        if !interrupt.run(&mut command)?.success() {
            complain(&format!(
                "note: no Citus in this run: it cannot be compiled, see {}",
                log.display()
            ));
            return Ok(None);
        }
    }
    File::create(done)?;
    Ok(Some(installed))
}

fn postgres_version() -> Option<String> {
    let output = Command::new("pg_config").arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.split(' ')
        .nth(1)
        .map(|version| version.trim().to_owned())
}

fn steps(source: &Path, folder: &Path, installed: &Path) -> [Command; 4] {
    let at = |program: &str, words: &[&str]| {
        let mut command = Command::new(program);
        command.args(words).current_dir(folder);
        command
    };
    let mut unpack = at("tar", &["xf"]);
    unpack.arg(source);
    let mut install = at("make", &["with_llvm=no", "install"]);
    install.arg(format!("DESTDIR={}", installed.display()));
    [
        unpack,
        at(
            "./configure",
            &["--without-libcurl", "--with-extra-version="],
        ),
        at("make", &["-j2", "with_llvm=no"]),
        install,
    ]
}
