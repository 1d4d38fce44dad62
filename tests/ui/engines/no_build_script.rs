//! Without a build script the file to include does not exist.
bindery::include_schema!();

fn main() {}
