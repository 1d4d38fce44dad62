//! Tests of the doors: build script and generated crate. What is generated is reviewed in `tests/golden` of the repository.

mod build_script;
mod crate_of_its_own;
mod hostile;
mod support;
