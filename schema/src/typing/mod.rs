//! Types of expressions: what each database's own catalogue says of functions, operators and casts.

#[allow(
    dead_code,
    unused_imports,
    reason = "the typing of queries is to call it"
)]
pub(crate) mod postgres;
