//! The code that bindery generates from the schemas of `tests/golden`, compiled once, under the lints that a careful user sets, for all
//! tests, examples of the documentation and programs that must not compile.

mod cents;
pub mod filled_questions;
mod own_types;
mod rules;

pub use own_types::{Code, Email, Level, Listed, Money, Odd, State};

// `source!(name)`: the code of a case as that of the crate that calls it, which can implement the traits of rules for its models, and whose
// errors have the names that a user sees.
include!(concat!(env!("OUT_DIR"), "/source.rs"));

macro_rules! cases {
    ($($name:ident)*) => {
        /// The cases and their code.
        pub const CODE: &[(&str, &str)] =
            &[$((stringify!($name), include_str!(concat!(env!("OUT_DIR"), "/", stringify!($name), ".rs")))),*];

        $(
            #[deny(warnings, missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]
            #[allow(clippy::module_inception, reason = "a case may have the name of its table")]
            #[doc = concat!("The case `", stringify!($name), "`.")]
            pub mod $name {
                include!(concat!(env!("OUT_DIR"), "/", stringify!($name), ".rs"));
            }
        )*
    };
}

cases! {
    assigned
    atomic
    beside
    capture
    checked
    cluster
    contacts
    crossed
    custom
    derived
    doors
    examples
    exchanged
    first
    flavours
    given
    hooks
    keyed
    ledgers
    library
    linked
    links
    messages
    mixed
    moments
    names
    one_name
    outbox
    own_tables
    published
    queries
    questions
    refused
    relations
    required
    sample
    sharded
    shards
    shop
    spread
    sync
    types
    uuids
    versions
    views
    welcome
}
