//! The door `bindery generate`: the models are a crate of their own.

use door_models::*;
include!("../../shared/assertions.rs");

fn main() -> bindery::Result<()> {
    run(&Databases::open()?)
}
