//! The compilers of the counted code: others make other instructions of it.

use std::process::Command;

use crate::Failure;

/// The compilers, as they name themselves; nothing where the record names none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tools {
    rustc: String,
    cc: String,
}

const RUSTC: &str = "# rustc: ";
const CC: &str = "# cc: ";

impl Tools {
    /// Those of this machine.
    pub(super) fn here() -> Result<Self, Failure> {
        let cc = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
        Ok(Self {
            rustc: version("rustc")?,
            cc: version(&cc)?,
        })
    }

    pub(super) fn read(text: &str) -> Self {
        let named = |name: &str| {
            let mut lines = text.lines();
            let found = lines.find_map(|line| line.strip_prefix(name));
            found.unwrap_or_default().to_owned()
        };
        Self {
            rustc: named(RUSTC),
            cc: named(CC),
        }
    }

    pub(super) fn text(&self) -> String {
        format!("{RUSTC}{}\n{CC}{}\n", self.rustc, self.cc)
    }

    /// Why a number of the record cannot be compared with one of these, if it cannot. SQLite alone is compiled by the compiler of C, and
    /// bytes of generated code are the same by any.
    pub(super) fn other(&self, now: &Self, name: &str) -> Option<String> {
        let differs = |what, before: &str, now: &str| {
            let said = || format!("the record is of {what} {before}, this is {now}");
            (before != now).then(said)
        };
        if name.starts_with("bytes") {
            return None;
        }
        let rustc = differs("rustc", &self.rustc, &now.rustc);
        let of_c = name.starts_with("sqlite");
        let cc = of_c.then(|| differs("the compiler of C", &self.cc, &now.cc));
        rustc.or(cc.flatten())
    }
}

/// Compilers name themselves in the first line.
fn version(program: &str) -> Result<String, Failure> {
    let output = Command::new(program)
        .arg("--version")
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let first = text.lines().next().unwrap_or_default();
    let version = first.strip_prefix(program).unwrap_or(first).trim();
    Ok(version.to_owned())
}
