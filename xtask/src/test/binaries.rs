//! The test binaries of the workspace: built by cargo, started by us, so that several run beside each other.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use serde_json::Value;

use crate::Failure;
use crate::interrupt::Interrupt;

/// A built test binary, and what cargo would set for it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Binary {
    /// The package and the target, as `bindery-cli cli`.
    pub(super) title: String,
    program: PathBuf,
    manifest: PathBuf,
    package: String,
    version: String,
}

impl Binary {
    /// Starts it where cargo would, with the variables that tests, and the crates they rest on, read.
    pub(super) fn command(&self) -> Command {
        let folder = self.manifest.parent().unwrap_or(Path::new("."));
        let mut command = Command::new(&self.program);
        command
            .current_dir(folder)
            .env("CARGO_MANIFEST_DIR", folder)
            .env("CARGO_MANIFEST_PATH", &self.manifest)
            .env("CARGO_PKG_NAME", &self.package)
            .env("CARGO_PKG_VERSION", &self.version);
        command
    }
}

/// Builds all of them; `build` is `cargo test` with what selects them and its environment. Without a binary where that fails.
pub(super) fn build(
    mut build: Command,
    interrupt: &Interrupt,
) -> Result<(ExitStatus, Vec<Binary>), Failure> {
    build.args(["--no-run", "--message-format=json-render-diagnostics"]);
    let (status, binaries) = interrupt.run_read(&mut build, read)?;
    let binaries = binaries.ok_or("cargo's list of test binaries did not end")?;
    if status.success() && binaries.is_empty() {
        return Err("cargo built no test binary".into());
    }
    Ok((status, binaries))
}

fn read(messages: impl Read) -> Vec<Binary> {
    let lines = BufReader::new(messages).lines().map_while(Result::ok);
    lines.filter_map(|line| binary(&line)).collect()
}

/// Reads a message of cargo's: <https://doc.rust-lang.org/cargo/reference/external-tools.html#json-messages>. `None` where it is not
/// about a test binary.
fn binary(message: &str) -> Option<Binary> {
    let message: Value = serde_json::from_str(message).ok()?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    if message["reason"] != "compiler-artifact" || message["profile"]["test"] != true {
        return None;
    }
    let (package, version) = package(message["package_id"].as_str()?)?;
    Some(Binary {
        title: format!("{package} {}", text(&message["target"]["name"])?),
        program: text(&message["executable"])?.into(),
        manifest: text(&message["manifest_path"])?.into(),
        package,
        version,
    })
}

/// The name and the version of `path+file:///bindery/cli#bindery-cli@0.1.0`, or of `…/xtask#0.1.0`, whose folder has the name.
fn package(id: &str) -> Option<(String, String)> {
    let (path, fragment) = id.rsplit_once('#')?;
    let (name, version) = match fragment.split_once('@') {
        Some(both) => both,
        None => (path.rsplit('/').next()?, fragment),
    };
    Some((name.to_owned(), version.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_binary_is_found_among_cargos_messages() {
        let line = |test: bool, executable: &str| {
            format!(
                r#"{{"reason":"compiler-artifact","package_id":"path+file:///b/cli#bindery-cli@0.1.0","manifest_path":"/b/cli/Cargo.toml",
                "target":{{"name":"cli"}},"profile":{{"test":{test}}},"executable":{executable}}}"#
            )
            .replace('\n', "")
        };
        let messages = [
            line(true, r#""/b/target/cli-1""#),
            line(true, "null"),
            line(false, r#""/b/target/bindery""#),
            r#"{"reason":"build-finished","success":true}"#.to_owned(),
        ];
        let found = read(messages.join("\n").as_bytes());
        assert_eq!(
            found,
            [Binary {
                title: "bindery-cli cli".to_owned(),
                program: "/b/target/cli-1".into(),
                manifest: "/b/cli/Cargo.toml".into(),
                package: "bindery-cli".to_owned(),
                version: "0.1.0".to_owned(),
            }]
        );
    }

    #[test]
    fn a_package_may_be_named_by_its_folder() {
        let found = package("path+file:///b/xtask#0.1.0");
        assert_eq!(found, Some(("xtask".to_owned(), "0.1.0".to_owned())));
    }
}
