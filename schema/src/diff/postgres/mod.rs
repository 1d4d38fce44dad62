//! Schemas of PostgreSQL alone: domains, sequences that follow the names of their columns, statements of triggers.

mod domain;
mod sequences;
mod triggers;

pub(super) use domain::{altered_domain, is_same_domain};
pub(super) use sequences::{following, freed, renames, spelled_out};
