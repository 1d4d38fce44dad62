//! Tests of the doors: build script and generated crate. What is generated is reviewed in `tests/golden` of the repository.

mod again;
mod build_script;
mod column_types;
mod crate_of_its_own;
mod failures;
mod hostile;
mod migrations;
mod support;
mod types_page;
