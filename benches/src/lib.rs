//! Measures the cost of bindery beside the client libraries of its databases, in ratios.
//!
//! A [`Client`] is one way to reach a database; [`Case`] is what all of them do. Absolute times say more about the machine
//! than about us: clients take turns in rounds, and each is compared with the first one of the same round. That all give
//! equal rows is checked before anything is measured. What takes long to compile is compared in `peers`, a crate of its
//! own.

mod arguments;
mod case;
mod client;
mod clients;
mod core;
mod counted;
mod family;
mod measure;
mod person;
mod report;
mod suite;
#[cfg(feature = "clients")]
mod suites;
mod variant;

pub use arguments::{Arguments, USAGE};
pub use case::{Case, FamilyQuery};
pub use client::{Client, Failure};
#[cfg(feature = "clients")]
pub use clients::{SQLITE_PEOPLE, in_order};
#[cfg(feature = "record")]
pub use counted::check_of_schema;
pub use counted::hot_calls;
pub use family::{Owner, Pet};
pub use person::Person;
pub use suite::{DatabaseAddress, Suite, own};
#[cfg(feature = "clients")]
pub use suites::{by_hand, mysql, postgres, sqlite};
pub use variant::Variant;

/// Measures every suite and prints its table.
///
/// # Errors
/// A database refuses, or two clients give different rows.
#[allow(clippy::print_stdout, reason = "the tables are what it is for")]
pub fn run(arguments: &Arguments, suites: &mut [Suite]) -> Result<(), Failure> {
    for suite in suites {
        println!("{}", suite.heading());
        for case in Case::ALL {
            if arguments.takes(&case.to_string()) {
                println!("{}", suite.line(case, arguments)?);
            }
        }
        println!();
    }
    Ok(())
}

/// Holds this process, and every server that it starts, to one core, as the arguments say.
///
/// # Errors
/// The system refuses.
pub fn hold_to_core(arguments: &Arguments) -> Result<(), Failure> {
    core::hold(arguments.core)
}
