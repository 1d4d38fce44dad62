//! Texts and clauses of PostgreSQL alone.

mod clauses;
#[cfg(feature = "diff")]
mod function;
mod names;

#[cfg(feature = "diff")]
pub(crate) use function::{
    bound_names_in_function, called_in, head_of_function, names_in_function,
};
pub(crate) use names::{
    identity_sequence_name, sequence_name, sites_of_definition, sites_of_partitioning,
};
