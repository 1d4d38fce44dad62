//! The program of `cargo xtask record`, under callgrind: the calls of a database, or the check of a schema. Prints a line for each
//! counting. It generates code, too, which is not counted.

use std::path::Path;

use bindery_benches::{Failure, check_of_schema, hot_calls, own};

#[allow(clippy::print_stdout, reason = "the lines are its result")]
fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut suite =
        match arguments[..] {
            [database] => own(database)?,
            #[cfg(feature = "clients")]
            ["by-hand", database] => bindery_benches::by_hand(database)?,
            ["check", folder] => return check_of_schema(Path::new(folder)),
            ["generate", folder, out] => {
                let schema = Path::new(folder).join("schema.sql");
                let config = bindery_codegen::Config::new().schema(schema).out_dir(out);
                return Ok(config.compile()?);
            }
            _ => return Err(
                "sqlite | postgres | mysql | by-hand DATABASE | check FOLDER | generate FOLDER OUT"
                    .into(),
            ),
        };
    for line in hot_calls(&mut suite)? {
        println!("{line}");
    }
    Ok(())
}
