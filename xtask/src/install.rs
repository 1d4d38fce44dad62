//! Installs servers that are missing: on Debian and its kin, as root. Elsewhere says what to install.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;
use crate::databases::missing;
use crate::interrupt::Interrupt;
use crate::newest;
use crate::output::complain;

const PACKAGES: &[&str] = &[
    "postgresql",
    "mariadb-server",
    "redis-server",
    "rabbitmq-server",
    "nats-server",
    "sqlite3",
];

/// Debian calls this program before it starts a service (`man invoke-rc.d`); 101 means no.
const NO_SERVICES: (&str, &str) = ("/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n");

/// Installing PostgreSQL would also create a cluster for everyday use.
const NO_CLUSTER: (&str, &str) = (
    "/etc/postgresql-common/createcluster.d/bindery-tests.conf",
    "create_main_cluster = false\n",
);

/// Makes sure that the servers are installed.
pub(crate) fn ensure(interrupt: &Interrupt) -> Result<(), Failure> {
    let errors = missing()?;
    if errors.is_empty() {
        return Ok(());
    }
    errors.iter().for_each(|error| complain(&error.to_string()));
    if !can_install() {
        return Err(
            "servers are missing: install them as said above, then run this command again".into(),
        );
    }
    install(interrupt)?;
    match missing()?.into_iter().next() {
        None => Ok(()),
        Some(error) => Err(error.into()),
    }
}

/// Installs PostGIS, which some real schemas need, for the PostgreSQL that is there.
///
/// # Errors
/// It is not there and cannot be installed.
pub(crate) fn postgis(interrupt: &Interrupt) -> Result<(), Failure> {
    if newest::is_chosen() {
        return Ok(());
    }
    let Some(version) = versions("/usr/lib/postgresql").pop() else {
        return Err("PostgreSQL is not where Debian has it".into());
    };
    let extensions = format!("/usr/share/postgresql/{version}/extension");
    if Path::new(&extensions).join("postgis.control").exists() {
        return Ok(());
    }
    if !can_install() {
        return Err("install it for PostgreSQL, then run this command again".into());
    }
    let package = format!("postgresql-{version}-postgis-3");
    complain(&format!("installing {package}"));
    let _no_services = TemporaryFile::create(NO_SERVICES)?;
    apt_get(&["update"], interrupt)?;
    let install = ["install", "--yes", "--no-install-recommends"];
    apt_get(&[&install[..], &[package.as_str()]].concat(), interrupt)
}

/// Installs valgrind, which counts instructions.
///
/// # Errors
/// It is not there and cannot be installed.
pub(crate) fn valgrind(interrupt: &Interrupt) -> Result<(), Failure> {
    if Path::new("/usr/bin/valgrind").exists() {
        return Ok(());
    }
    if !can_install() {
        return Err("valgrind is missing: install it, then run this command again".into());
    }
    complain("installing valgrind");
    apt_get(&["update"], interrupt)?;
    // Without the symbols of libc it does not begin.
    let install = ["install", "--yes", "--no-install-recommends"];
    apt_get(
        &[&install[..], &["valgrind", "libc6-dbg"]].concat(),
        interrupt,
    )
}

/// The folders of versions in a folder, the newest last.
pub(crate) fn versions(folder: &str) -> Vec<u32> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<u32> = entries
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect();
    found.sort_unstable();
    found
}

fn can_install() -> bool {
    rustix::process::geteuid().is_root()
        && Path::new("/etc/debian_version").exists()
        && Path::new("/usr/bin/apt-get").exists()
}

/// The packages must not start servers of their own: those here are private.
fn install(interrupt: &Interrupt) -> Result<(), Failure> {
    complain(&format!("installing {}", PACKAGES.join(", ")));
    let _no_services = TemporaryFile::create(NO_SERVICES)?;
    let _no_cluster = TemporaryFile::create(NO_CLUSTER)?;
    apt_get(&["update"], interrupt)?;
    let mut arguments = vec!["install", "--yes", "--no-install-recommends"];
    arguments.extend(PACKAGES);
    apt_get(&arguments, interrupt)
}

fn apt_get(arguments: &[&str], interrupt: &Interrupt) -> Result<(), Failure> {
    let mut command = Command::new("/usr/bin/apt-get");
    command
        .args(["--quiet", "--option", "DPkg::Lock::Timeout=300"])
        .args(arguments)
        .env("DEBIAN_FRONTEND", "noninteractive");
    let status = interrupt.run(&mut command)?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`apt-get {}` failed ({status})", arguments.join(" ")).into())
    }
}

/// A file that is there for a while; one that was there before is left as it is.
#[derive(Debug)]
struct TemporaryFile {
    created: Option<PathBuf>,
}

impl TemporaryFile {
    fn create((path, text): (&str, &str)) -> Result<Self, Failure> {
        let path = Path::new(path);
        if path.exists() {
            return Ok(Self { created: None });
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
        Ok(Self {
            created: Some(path.to_owned()),
        })
    }
}

impl Drop for TemporaryFile {
    fn drop(&mut self) {
        if let Some(path) = &self.created {
            let _ = fs::remove_file(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temporary_file_goes_and_one_of_others_stays() {
        let path = std::env::temp_dir().join(format!("bindery-xtask-{}", std::process::id()));
        let text = path
            .to_str()
            .expect("the path of the temporary directory is text");
        let file =
            TemporaryFile::create((text, "ours")).expect("the temporary directory is writable");
        assert_eq!(
            fs::metadata(&path)
                .expect("it was created")
                .permissions()
                .mode()
                & 0o777,
            0o755
        );
        drop(TemporaryFile::create((text, "other")).expect("nothing is written"));
        assert_eq!(
            fs::read_to_string(&path).expect("it is still there"),
            "ours"
        );
        drop(file);
        assert!(!path.exists());
    }
}
