//! The door `build.rs`.

bindery::include_schema!();
include!("../../shared/assertions.rs");

fn main() -> bindery::Result<()> {
    run(&Databases::open()?)
}
