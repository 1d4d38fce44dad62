//! Sets of shards: the check of the feature.

/// Generated code needs the feature `shards`.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "shards")]
macro_rules! __require_shards {
    () => {};
}

/// Generated code needs the feature `shards`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "shards"))]
macro_rules! __require_shards {
    () => {
        ::core::compile_error!(
            "bindery.toml declares a set of shards: add the feature `shards` to `bindery` in Cargo.toml"
        );
    };
}
