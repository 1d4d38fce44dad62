//! The test binaries of the workspace, and the programs that are built with them: built by cargo, started by us, so that several run beside
//! each other and none is built a second time with features of its own.

use std::collections::BTreeMap;
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

/// Everything that was built.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Built {
    pub(super) tests: Vec<Binary>,
    /// Commands and examples, by their names.
    programs: BTreeMap<String, PathBuf>,
}

impl Built {
    /// A command or an example, to be started.
    pub(crate) fn program(&self, name: &str) -> Result<Command, Failure> {
        let path = self.programs.get(name);
        let path = path.ok_or_else(|| format!("cargo built no program `{name}`"))?;
        Ok(Command::new(path))
    }
}

/// Builds all of them; `build` is `cargo test` with what selects them and its environment. Without any where that fails.
pub(super) fn build(
    mut build: Command,
    interrupt: &Interrupt,
) -> Result<(ExitStatus, Built), Failure> {
    build.args(["--no-run", "--message-format=json-render-diagnostics"]);
    let (status, built) = interrupt.run_read(&mut build, read_messages)?;
    let built = built.ok_or("cargo's list of test binaries did not end")?;
    if status.success() && built.tests.is_empty() {
        return Err("cargo built no test binary".into());
    }
    Ok((status, built))
}

fn read_messages(messages: impl Read) -> Built {
    let mut built = Built::default();
    let lines = BufReader::new(messages).lines().map_while(Result::ok);
    for message in lines.filter_map(|line| serde_json::from_str(&line).ok()) {
        // Of <https://doc.rust-lang.org/cargo/reference/external-tools.html#json-messages>.
        built.tests.extend(test(&message));
        built.programs.extend(program(&message));
    }
    built
}

/// The test binary that a message of cargo's is about.
fn test(message: &Value) -> Option<Binary> {
    if message["reason"] != "compiler-artifact" || message["profile"]["test"] != true {
        return None;
    }
    let (package, version) = package(message["package_id"].as_str()?)?;
    Some(Binary {
        title: format!("{package} {}", owned_string(&message["target"]["name"])?),
        program: owned_string(&message["executable"])?.into(),
        manifest: owned_string(&message["manifest_path"])?.into(),
        package,
        version,
    })
}

/// The command or example that a message of cargo's is about.
fn program(message: &Value) -> Option<(String, PathBuf)> {
    if message["reason"] != "compiler-artifact" || message["profile"]["test"] != false {
        return None;
    }
    let name = owned_string(&message["target"]["name"])?;
    Some((name, owned_string(&message["executable"])?.into()))
}

fn owned_string(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
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
    fn test_binaries_and_programs_are_found_among_cargos_messages() {
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
        let found = read_messages(messages.join("\n").as_bytes());
        let binary = Binary {
            title: "bindery-cli cli".to_owned(),
            program: "/b/target/cli-1".into(),
            manifest: "/b/cli/Cargo.toml".into(),
            package: "bindery-cli".to_owned(),
            version: "0.1.0".to_owned(),
        };
        assert_eq!(found.tests, [binary]);
        let command = ("cli".to_owned(), PathBuf::from("/b/target/bindery"));
        assert_eq!(found.programs, BTreeMap::from([command]));
    }

    #[test]
    fn a_package_may_be_named_by_its_folder() {
        let found = package("path+file:///b/xtask#0.1.0");
        assert_eq!(found, Some(("xtask".to_owned(), "0.1.0".to_owned())));
    }
}
