//! Tests of the doors, build script and generated crate, and of what is generated.

mod again;
mod build_script;
mod column_types;
mod crate_of_its_own;
mod failures;
mod golden;
mod hostile;
mod in_place;
mod migrations;
mod own_statements;
mod own_tables;
mod stale_crate;
mod support;
mod types_page;
