//! Writes the programs that run generated code: `bindery-round-trip CORPUS OUT`.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use bindery_round_trip::programs;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let written = match arguments.as_slice() {
        [corpus, out] => programs::write_all(Path::new(corpus), Path::new(out)),
        _ => Err("usage: bindery-round-trip CORPUS OUT".to_owned()),
    };
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            let _ = writeln!(std::io::stderr(), "{why}");
            ExitCode::FAILURE
        }
    }
}
