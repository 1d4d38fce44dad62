//! The schema says `@validate`, and the program has no rules for the model.
bindery_cases::source!(hooks);

fn main() {}
