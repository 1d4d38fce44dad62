//! Measures bindery beside the client libraries of its databases and prints tables of ratios.

use bindery_benches::{Arguments, Failure, hold_to_core, mysql, postgres, run, sqlite};

fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    // Before the servers are started, which are held to the same core then.
    hold_to_core(&arguments)?;
    let mut suites = Vec::new();
    if arguments.takes_database("sqlite") {
        suites.push(sqlite()?);
    }
    if arguments.takes_database("postgres") {
        suites.push(postgres()?.0);
    }
    if arguments.takes_database("mysql") {
        suites.push(mysql()?.0);
    }
    run(&arguments, &mut suites)
}
