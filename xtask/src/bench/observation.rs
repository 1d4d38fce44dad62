//! `cargo xtask bench --observation`: what observation costs where nothing listens. The instructions of a find by key on SQLite, as
//! callgrind counts them, beside those of a build that does not look for listeners.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::Failure;
use crate::interrupt::Interrupt;
use crate::output::print;
use crate::workspace::{self, cargo};

/// Instructions are counted in two runs: the difference is that of the calls, without the program's beginning and end.
const CALLS: [u64; 2] = [100, 2_100];

/// A build: its name, its features, the number of its codegen units, and whether it looks for listeners.
struct Build {
    name: &'static str,
    features: &'static str,
    units: Option<&'static str>,
    is_observed: bool,
}

const BUILDS: [Build; 5] = [
    Build {
        name: "without observation",
        features: "",
        units: None,
        is_observed: false,
    },
    Build {
        name: "with it",
        features: "",
        units: None,
        is_observed: true,
    },
    Build {
        name: "with it and feature `metrics`",
        features: "metrics",
        units: None,
        is_observed: true,
    },
    Build {
        name: "without observation, `codegen-units = 1`",
        features: "",
        units: Some("1"),
        is_observed: false,
    },
    Build {
        name: "with it, `codegen-units = 1`",
        features: "",
        units: Some("1"),
        is_observed: true,
    },
];

pub(super) fn run(interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    print("| build | connection held | over the pool |");
    print("|---|---|---|");
    for build in &BUILDS {
        let program = build.program(interrupt)?;
        let [held, pooled] = ["held", "pooled"].map(|way| instructions(&program, way));
        print(&format!("| {} | {} | {} |", build.name, held?, pooled?));
    }
    Ok(ExitCode::SUCCESS)
}

impl Build {
    fn program(&self, interrupt: &Interrupt) -> Result<PathBuf, Failure> {
        let target = workspace::target().join(if self.is_observed {
            "observation"
        } else {
            "observation/plain"
        });
        let mut command = cargo();
        command
            .args(["build", "--quiet", "--release", "--features", self.features])
            .current_dir(workspace::root().join("benches/observation"))
            .env("CARGO_TARGET_DIR", &target);
        if !self.is_observed {
            command.env("RUSTFLAGS", "--cfg bindery_unobserved");
        }
        if let Some(units) = self.units {
            command.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", units);
        }
        if interrupt.run(&mut command)?.success() {
            Ok(target.join("release/bindery-bench-observation"))
        } else {
            Err("the program of benches/observation was not built".into())
        }
    }
}

/// The instructions of one call.
fn instructions(program: &Path, way: &str) -> Result<u64, Failure> {
    let [few, many] =
        CALLS.map(|calls| collected(Command::new("valgrind"), program, [way, &calls.to_string()]));
    Ok((many? - few?) / (CALLS[1] - CALLS[0]))
}

/// The instructions of a whole program. `valgrind` has the environment.
pub(super) fn collected<const N: usize>(
    mut valgrind: Command,
    program: &Path,
    arguments: [&str; N],
) -> Result<u64, Failure> {
    let output = valgrind
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(arguments)
        .output()
        .map_err(|error| format!("valgrind is not there: {error}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let number = text.split("Collected :").nth(1);
    let number = number.and_then(|rest| rest.split_whitespace().next());
    let number = number.and_then(|number| number.parse().ok());
    number
        .filter(|_| output.status.success())
        .ok_or_else(|| format!("valgrind counted nothing:\n{text}").into())
}
