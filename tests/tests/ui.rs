//! Programs that must not compile, each with all the compiler says about it.
//!
//! The messages are pinned for the toolchain of `rust-toolchain.toml`; `TRYBUILD=overwrite cargo test -p bindery-tests --test ui`
//! writes them anew. With another toolchain only our own sentences are looked for, by `sentences`.

#[test]
fn programs_that_must_not_compile() {
    trybuild::TestCases::new().compile_fail("ui/*/*.rs");
}
