//! The newest servers there are, whatever system this is run on: PostgreSQL and MySQL as Debian's unstable branch has
//! them, in a folder of their own. They need a newer libc than a stable system has, so they bring theirs along; nothing
//! of the system is changed and no service is started.
//!
//! A command with `--newest` is this program run again with the folder of their programs first in `PATH`, where the
//! test kit looks before it looks anywhere else.

use std::env;
use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use bindery_testkit::{MYSQL_FLAVOUR, MYSQL_URL, POSTGRES_URL};

use crate::Failure;
use crate::interrupt::Interrupt;
use crate::output::complain;
use crate::workspace;

/// The servers, what real schemas ask of them, and the tool that has programs look for their libraries elsewhere.
const PACKAGES: &[&str] = &[
    "postgresql-18",
    "postgresql-18-pgvector",
    "postgresql-18-postgis-3",
    "mysql-server-core",
    "mysql-client-core",
    "patchelf",
];

/// The programs that the test kit runs, below the folder of everything.
const PROGRAMS: &[&str] = &[
    "usr/lib/postgresql/18/bin/initdb",
    "usr/lib/postgresql/18/bin/pg_basebackup",
    "usr/lib/postgresql/18/bin/postgres",
    "usr/lib/postgresql/18/bin/psql",
    "usr/sbin/mysqld",
    "usr/bin/mysql",
];

/// With apt's own folders in ours and no package installed, `install` fetches all that a program needs.
const SOURCES: &str = "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian sid main\n";

/// Runs this program again, with the newest servers first in `PATH` and none from the environment. Comes back only
/// where that cannot be done.
///
/// # Errors
/// They are not there and cannot be fetched.
pub(crate) fn run_again(
    arguments: &[String],
    interrupt: &Interrupt,
) -> Result<std::convert::Infallible, Failure> {
    fetch(interrupt)?;
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = [programs()].into_iter().chain(env::split_paths(&path));
    let mut command = Command::new(env::current_exe()?);
    command
        .args(arguments)
        .env("PATH", env::join_paths(folders)?);
    for name in [POSTGRES_URL, MYSQL_URL, MYSQL_FLAVOUR] {
        command.env_remove(name);
    }
    Err(format!("cannot run this program again: {}", command.exec()).into())
}

/// Returns whether this is such a run.
pub(crate) fn is_chosen() -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).next() == Some(programs())
}

/// Root lends servers other accounts, to which a checkout may be closed.
fn folder() -> PathBuf {
    if rustix::process::geteuid().is_root() {
        PathBuf::from("/opt/bindery-newest-servers")
    } else {
        workspace::target().join("newest-servers")
    }
}

/// There only when all is there.
pub(crate) fn programs() -> PathBuf {
    folder().join("programs")
}

/// A folder of an older version may lack a program that is needed by now.
fn is_complete() -> bool {
    PROGRAMS.iter().all(|program| {
        programs()
            .join(workspace::name_of(Path::new(program)))
            .exists()
    })
}

fn fetch(interrupt: &Interrupt) -> Result<(), Failure> {
    if is_complete() {
        return Ok(());
    }
    let tools = ["/usr/bin/apt-get", "/usr/bin/dpkg-deb"];
    if tools.iter().any(|tool| !Path::new(tool).exists()) {
        return Err("the newest servers are fetched by `apt-get` and `dpkg-deb`, which are missing: put PostgreSQL and \
             MySQL first in PATH instead of `--newest`"
            .into());
    }
    let folder = folder();
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    complain(&format!(
        "fetching {} into `{}`",
        PACKAGES.join(", "),
        folder.display()
    ));
    let packages = download(&folder, interrupt)?;
    for package in packages {
        let mut unpack = Command::new("/usr/bin/dpkg-deb");
        run(unpack.arg("--extract").arg(package).arg(&folder), interrupt)?;
    }
    fs::remove_dir_all(folder.join("apt"))?;
    let new = folder.join("programs.new");
    fs::create_dir(&new)?;
    for program in PROGRAMS {
        bind_to_own_libraries(&folder, program, interrupt)?;
        let name = workspace::name_of(Path::new(program));
        symlink(Path::new("..").join(program), new.join(name))?;
    }
    fs::rename(new, programs())?;
    Ok(())
}

/// The packages and all that they need, as files.
fn download(folder: &Path, interrupt: &Interrupt) -> Result<Vec<PathBuf>, Failure> {
    let apt = folder.join("apt");
    let archives = apt.join("cache/archives");
    fs::create_dir_all(archives.join("partial"))?;
    fs::create_dir_all(apt.join("lists/partial"))?;
    fs::write(apt.join("status"), "")?;
    fs::write(apt.join("sources.list"), SOURCES)?;
    fs::write(apt.join("apt.conf"), settings(&apt))?;
    let apt_get = || {
        let mut command = Command::new("/usr/bin/apt-get");
        command
            .args(["--quiet", "--yes"])
            .env("APT_CONFIG", apt.join("apt.conf"));
        command
    };
    run(apt_get().arg("update"), interrupt)?;
    let mut install = apt_get();
    install.args(["install", "--download-only"]).args(PACKAGES);
    run(&mut install, interrupt)?;
    let mut packages: Vec<PathBuf> = fs::read_dir(archives)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "deb"))
        .collect();
    packages.sort();
    Ok(packages)
}

fn settings(apt: &Path) -> String {
    let apt = apt.display();
    format!(
        "Dir::State \"{apt}\";\n\
         Dir::State::Lists \"{apt}/lists\";\n\
         Dir::State::status \"{apt}/status\";\n\
         Dir::Cache \"{apt}/cache\";\n\
         Dir::Etc::sourcelist \"{apt}/sources.list\";\n\
         Dir::Etc::sourceparts \"/dev/null\";\n\
         Dir::Etc::preferencesparts \"/dev/null\";\n\
         APT::Install-Recommends \"false\";\n\
         APT::Sandbox::User \"root\";\n\
         Acquire::Languages \"none\";\n"
    )
}

/// Has a program use the libraries beside it, from the one that loads it on. `RPATH` and not `RUNPATH`, since it holds
/// also for the libraries of libraries and for extensions that are loaded later. Other programs that it runs, like the
/// system's shell, are left alone, which they were not by a variable of the environment.
fn bind_to_own_libraries(
    folder: &Path,
    program: &str,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let loader = loader(folder)?;
    let libraries = loader.parent().unwrap_or(folder);
    let mut command = Command::new(&loader);
    command
        .args(["--inhibit-cache", "--library-path"])
        .arg(libraries)
        .arg(folder.join("usr/bin/patchelf"))
        .arg("--set-interpreter")
        .arg(&loader)
        .args(["--force-rpath", "--set-rpath"])
        .arg(libraries)
        .arg(folder.join(program));
    run(&mut command, interrupt)
}

/// Returns the loader of programs, in the folder of its libraries: `usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2`.
fn loader(folder: &Path) -> Result<PathBuf, Failure> {
    let entries = ["usr/lib64", "usr/lib"]
        .iter()
        .flat_map(|place| fs::read_dir(folder.join(place)).into_iter().flatten());
    let found = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| workspace::name_of(path).starts_with("ld-linux-"));
    let found = found.ok_or("the packages bring no program that loads programs (`ld-linux-…`)")?;
    Ok(fs::canonicalize(found)?)
}

fn run(command: &mut Command, interrupt: &Interrupt) -> Result<(), Failure> {
    let status = interrupt.run(command)?;
    if status.success() {
        return Ok(());
    }
    Err(format!("`{}` failed ({status})", command.get_program().display()).into())
}
