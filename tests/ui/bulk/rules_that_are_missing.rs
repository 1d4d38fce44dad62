//! The schema says `@validate`, and the program has no rules for the model.
include!("../../golden/hooks/bindery.rs");

fn main() {}
