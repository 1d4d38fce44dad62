//! Tests of the reader: real schemas, cases as folders, hostile input.
#![expect(
    clippy::print_stdout,
    reason = "tests say what they skip and how far the corpus agrees"
)]

mod cases;
mod clauses;
mod corpus;
mod files;
mod hostile;
mod json;
mod queries;
mod size;
mod support;
