//! Citus for tests of clusters, which no distribution has as a package: built once from its source, where that is named. What it is compiled
//! with on Debian is fetched into a folder of its own, for the very version of PostgreSQL that is installed; nothing of the system is changed.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;
use crate::install::versions;
use crate::interrupt::Interrupt;
use crate::newest;
use crate::output::complain;
use crate::workspace;

/// The variable that names the archive of its source.
const SOURCE: &str = "BINDERY_CITUS_SOURCE";

/// The headers and libraries that it is compiled with, beside those of PostgreSQL.
const PACKAGES: &[&str] = &[
    "krb5-multidev",
    "libicu-dev",
    "libkrb5-dev",
    "liblz4-1",
    "liblz4-dev",
    "libssl-dev",
    "libssl3",
    "libzstd-dev",
    "libzstd1",
];

/// PostgreSQL as an extension is compiled for it.
#[derive(Debug)]
struct Headers {
    pg_config: PathBuf,
    /// The beginning of the paths that `pg_config` says, before the server's own folders.
    root: PathBuf,
    variables: Vec<(&'static str, OsString)>,
}

/// The folder that Citus is installed to, for [`bindery_testkit::CITUS`]. `None` where that is set already, where no source is named, and
/// where it cannot be had, which is said: tests of clusters are then named as not run.
///
/// # Errors
/// The run was interrupted.
pub(crate) fn installed(interrupt: &Interrupt) -> Result<Option<PathBuf>, Failure> {
    let source = env::var_os(SOURCE).map(PathBuf::from);
    let Some(source) = source.filter(|_| env::var_os(bindery_testkit::CITUS).is_none()) else {
        return Ok(None);
    };
    match built(&source, interrupt) {
        Ok(folder) => Ok(Some(folder)),
        Err(why) => {
            if interrupt.check().is_err() {
                return Err(why);
            }
            complain(&format!("note: no Citus in this run: {why}"));
            Ok(None)
        }
    }
}

fn built(source: &Path, interrupt: &Interrupt) -> Result<PathBuf, Failure> {
    if newest::is_chosen() {
        return Err("it is for the PostgreSQL of the system".into());
    }
    let name = source.file_name().unwrap_or_default().to_string_lossy();
    let name = name.split(".tar").next().unwrap_or_default();
    let version = server_version()?;
    let folder = folder().join(format!("{name}-{version}"));
    let (done, log) = (folder.join("done"), folder.join("log"));
    if let Ok(installed) = fs::read_to_string(&done) {
        return Ok(PathBuf::from(installed));
    }
    complain(&format!(
        "\n=== building {name} for PostgreSQL {version}, with {} as its log",
        log.display()
    ));
    let _ = fs::remove_dir_all(&folder);
    let sources = folder.join("source");
    fs::create_dir_all(&sources)?;
    let headers = headers(&folder, &version, &log, interrupt)?;
    let destination = folder.join("installed");
    for mut command in steps(source, &sources, &destination) {
        command
            .env("PG_CONFIG", &headers.pg_config)
            .envs(headers.variables.iter().cloned());
        run(&mut command, &log, interrupt)?;
    }
    fs::remove_dir_all(sources)?;
    let below = headers.root.strip_prefix("/").unwrap_or(&headers.root);
    let installed = destination.join(below);
    fs::write(done, installed.to_string_lossy().as_bytes())?;
    Ok(installed)
}

/// Root lends servers other accounts, to which a checkout may be closed.
fn folder() -> PathBuf {
    if rustix::process::geteuid().is_root() {
        PathBuf::from("/opt/bindery-citus")
    } else {
        workspace::target().join("citus")
    }
}

/// Whether packages of Debian can be fetched and unpacked.
fn has_packages() -> bool {
    let tools = [
        "/usr/bin/apt-get",
        "/usr/bin/dpkg-deb",
        "/usr/bin/dpkg-query",
    ];
    tools.iter().all(|tool| Path::new(tool).exists())
}

/// The version of PostgreSQL: on Debian that of its package, which has more to it.
fn server_version() -> Result<String, Failure> {
    let mut command = match versions("/usr/lib/postgresql").pop() {
        Some(major) if has_packages() => {
            let mut query = Command::new("/usr/bin/dpkg-query");
            query.args(["--show", "--showformat=${Version}"]);
            query.arg(format!("postgresql-{major}"));
            query
        }
        Some(_) | None => {
            let mut query = Command::new("pg_config");
            query.arg("--version");
            query
        }
    };
    let output = command.output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let version = text.split_whitespace().find(|word| {
        word.starts_with(|first: char| first.is_ascii_digit()) && output.status.success()
    });
    version
        .map(str::to_owned)
        .ok_or_else(|| "no PostgreSQL says its version".into())
}

fn headers(
    folder: &Path,
    version: &str,
    log: &Path,
    interrupt: &Interrupt,
) -> Result<Headers, Failure> {
    let Some(major) = versions("/usr/lib/postgresql")
        .pop()
        .filter(|_| has_packages())
    else {
        return Ok(Headers {
            pg_config: PathBuf::from("pg_config"),
            root: PathBuf::from("/"),
            variables: Vec::new(),
        });
    };
    let root = folder.join("headers");
    fetch(&root, major, version, log, interrupt)?;
    // `pg_config` says paths as they are from where it stands.
    let server = PathBuf::from(format!("usr/lib/postgresql/{major}"));
    let [bin, pgxs] = ["bin", "lib/pgxs"].map(|name| server.join(name));
    let system = Path::new("/");
    fs::create_dir_all(root.join(&bin))?;
    let pg_config = root.join(&bin).join("pg_config");
    fs::copy(system.join(&bin).join("pg_config"), &pg_config)?;
    if !root.join(&pgxs).exists() {
        std::os::unix::fs::symlink(system.join(&pgxs), root.join(&pgxs))?;
    }
    let machine = format!("{}-linux-gnu", env::consts::ARCH);
    let include = root.join("usr/include");
    let includes = env::join_paths([include.clone(), include.join(&machine)])?;
    let libraries = root.join("usr/lib").join(&machine);
    Ok(Headers {
        pg_config,
        root,
        variables: vec![
            ("CPATH", includes),
            ("LIBRARY_PATH", libraries.into_os_string()),
        ],
    })
}

/// Fetches packages and unpacks them into a folder.
fn fetch(
    root: &Path,
    major: u32,
    version: &str,
    log: &Path,
    interrupt: &Interrupt,
) -> Result<(), Failure> {
    let archives = root.join("archives");
    fs::create_dir_all(&archives)?;
    let of_server = [
        format!("postgresql-server-dev-{major}"),
        "libpq-dev".to_owned(),
        "libpq5".to_owned(),
    ];
    let mut download = Command::new("/usr/bin/apt-get");
    download
        .current_dir(&archives)
        .args(["--quiet", "download"])
        .args(of_server.map(|package| format!("{package}={version}")))
        .args(PACKAGES);
    run(&mut download, log, interrupt)?;
    for entry in fs::read_dir(&archives)? {
        let mut unpack = Command::new("/usr/bin/dpkg-deb");
        unpack.arg("--extract").arg(entry?.path()).arg(root);
        run(&mut unpack, log, interrupt)?;
    }
    fs::remove_dir_all(archives)?;
    Ok(())
}

/// Not optimised: tests of what it does take longer to build it than to run it.
fn steps(source: &Path, folder: &Path, destination: &Path) -> [Command; 4] {
    let at = |program: &str, words: &[&str]| {
        let mut command = Command::new(program);
        command.args(words).current_dir(folder);
        command
    };
    let mut unpack = at("tar", &["xf"]);
    unpack.arg(source);
    let mut install = at("make", &["with_llvm=no", "install"]);
    install.arg(format!("DESTDIR={}", destination.display()));
    [
        unpack,
        at(
            "./configure",
            &["--without-libcurl", "--with-extra-version="],
        ),
        at("make", &["-j2", "with_llvm=no", "COPT=-O0 -g0"]),
        install,
    ]
}

/// Its output goes to the log.
fn run(command: &mut Command, log: &Path, interrupt: &Interrupt) -> Result<(), Failure> {
    let output = File::options().create(true).append(true).open(log)?;
    command.stdout(output.try_clone()?).stderr(output);
    let status = interrupt.run(command)?;
    if status.success() {
        return Ok(());
    }
    let program = command.get_program().to_string_lossy();
    Err(format!("`{program}` failed, see {}", log.display()).into())
}
