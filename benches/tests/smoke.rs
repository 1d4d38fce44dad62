//! The benches run: a few rounds of each case, on SQLite and on the servers that are installed. What they measure here
//! means nothing.

use bindery_benches::{Arguments, mysql, postgres, run, sqlite};
use bindery_testkit::{Server, skip};

#[test]
fn every_case_runs_and_all_clients_give_the_same_rows() {
    let arguments = Arguments::parse(std::iter::empty())
        .expect("nothing is refused")
        .quick();
    let mut suites = vec![sqlite().expect("SQLite is built in")];
    match Server::postgres().check_installed() {
        Ok(()) => suites.push(postgres().expect("an installed server starts").0),
        Err(missing) => skip(&missing.to_string()),
    }
    match Server::mysql().check_installed() {
        Ok(()) => suites.push(mysql().expect("an installed server starts").0),
        Err(missing) => skip(&missing.to_string()),
    }
    run(&arguments, &mut suites).expect("every client gives the same rows");
}
