//! `cargo xtask soak` runs this: `bindery-soak SECONDS SEED THREADS`.

use std::process::ExitCode;
use std::time::Duration;

use bindery_soak::{Failure, Options, run};

fn main() -> ExitCode {
    match soak() {
        Ok(code) => code,
        Err(failure) => {
            print(&format!("error: {failure}"));
            ExitCode::FAILURE
        }
    }
}

fn soak() -> Result<ExitCode, Failure> {
    let arguments: Vec<u64> = std::env::args()
        .skip(1)
        .map(|text| text.parse())
        .collect::<Result<_, _>>()
        .map_err(|_| "arguments are whole numbers: seconds, seed, threads")?;
    let [seconds, seed, workers] = arguments[..] else {
        return Err("arguments are: seconds, seed, threads".into());
    };
    let report = run(&Options {
        seed,
        time: Duration::from_secs(seconds),
        workers: u32::try_from(workers)?,
    })?;
    print(&report.to_string());
    Ok(if report.broken().is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

#[allow(clippy::print_stdout, reason = "the summary is this program's result")]
fn print(text: &str) {
    println!("{text}");
}
