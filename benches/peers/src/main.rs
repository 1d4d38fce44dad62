//! The benches of PostgreSQL with more libraries beside bindery: libpq, diesel and sqlx.

mod diesel;
mod libpq;
mod sqlx;

use bindery_benches::{Arguments, Failure, hold_to_core, postgres, run};

fn main() -> Result<(), Failure> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    hold_to_core(&arguments)?;
    let (mut suite, place) = postgres()?;
    suite.add(libpq::Libpq::connect(&place)?);
    suite.add(diesel::Diesel::connect(&place)?);
    suite.add(sqlx::Sqlx::connect(&place)?);
    run(&arguments, &mut [suite])
}
