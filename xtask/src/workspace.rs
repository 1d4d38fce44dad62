//! The places of the parts of the repository.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// The repository's root. Cargo says it when it runs us: checkouts that share a build directory share this program too.
pub(crate) fn root() -> &'static Path {
    static ROOT: LazyLock<PathBuf> = LazyLock::new(|| {
        let own = env::var_os("CARGO_MANIFEST_DIR");
        let own = own.unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let repository = Path::new(&own).parent();
        repository
            .expect("this crate lies in a folder of the repository")
            .to_owned()
    });
    &ROOT
}

/// Returns the folder that cargo builds in; doors have a folder of their own there.
pub(crate) fn target() -> PathBuf {
    // A relative path in the variable is relative to where cargo is started, which is the root here.
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |path| root().join(path))
}

/// The cargo that runs us, started in the root.
pub(crate) fn cargo() -> Command {
    let program = env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// The same for a run that builds everything once: what is kept for a second build and for a debugger costs time. A variable that is set
/// stays.
pub(crate) fn cargo_once() -> Command {
    const ONCE: [&str; 4] = [
        "CARGO_INCREMENTAL",
        "CARGO_PROFILE_DEV_DEBUG",
        "CARGO_PROFILE_TEST_DEBUG",
        "CARGO_PROFILE_DEV_BUILD_OVERRIDE_DEBUG",
    ];
    let mut command = cargo();
    let unsaid = ONCE.iter().filter(|name| env::var_os(name).is_none());
    command.envs(unsaid.map(|name| (name, "0")));
    command
}

/// The folders below `tests/doors` that hold a crate, by name.
pub(crate) fn doors() -> Vec<PathBuf> {
    let mut doors: Vec<PathBuf> = fs::read_dir(root().join("tests/doors"))
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("Cargo.toml").is_file())
        .collect();
    doors.sort();
    doors
}

/// The last part of a path, for people.
pub(crate) fn name_of(folder: &Path) -> String {
    folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
