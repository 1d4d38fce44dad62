//! The code that bindery generates from `schema.sql`.

#![allow(missing_docs, reason = "the generated module has no head of its own")]

bindery::include_schema!();
