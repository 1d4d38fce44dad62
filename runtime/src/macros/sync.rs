//! Programs whose schema declares syncs need the feature for them.

/// Generated code needs the feature `sync`.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "sync")]
macro_rules! __require_sync {
    () => {};
}

/// Generated code needs the feature `sync`.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "sync"))]
macro_rules! __require_sync {
    () => {
        ::core::compile_error!(
            "the schema declares syncs: add the feature `sync` to `bindery` in Cargo.toml"
        );
    };
}
