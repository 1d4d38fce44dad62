//! Code of another version than the crate `bindery`: what differs is said first, then the names that are not there.

mod generated {
    ::bindery::__private::generated_by!("0.0.9");
    ::bindery::__private::require_sqlite!();

    pub use ::bindery::__private::NameOfThatVersion;
}

fn main() {}
