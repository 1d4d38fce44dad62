// An excerpt: relations by keys of several columns.
// …

/// Columns of `t1`, for queries. Import the module, never what is in it.
#[allow(non_upper_case_globals, dead_code, unreachable_pub, clippy::pedantic)]
pub mod part {
    // …

    /// The rows of `t1` whose `from order` and `fromGroup` refers to this one.
    pub const t1: HasMany<model::Part, model::Part> = HasMany::at(0);

    // …
}

// …
