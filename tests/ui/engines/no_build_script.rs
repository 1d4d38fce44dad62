//! Without a build script nobody has written what is to be included.
bindery::include_schema!();

fn main() {}
