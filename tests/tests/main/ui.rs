//! Programs that must not compile, each with all the compiler says about it.
//!
//! The messages are pinned for the toolchain of `rust-toolchain.toml`; `TRYBUILD=overwrite cargo test -p bindery-tests --test main ui`
//! writes them anew. With another toolchain only our own sentences are looked for, by `sentences`.

use std::fs;
use std::path::Path;

#[test]
fn programs_that_must_not_compile() {
    give_to_derives(&["bindery.toml", "schema.sql"]);
    trybuild::TestCases::new().compile_fail("ui/*/*.rs");
}

/// Derives read files beside the `Cargo.toml` of the crate that is compiled: `trybuild`'s own, which takes over programs
/// only.
fn give_to_derives(names: &[&str]) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/derive");
    let compiled = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../tests/trybuild/bindery-tests");
    fs::create_dir_all(&compiled).expect("the target folder can be written");
    for name in names {
        fs::copy(here.join(name), compiled.join(name)).expect("the target folder can be written");
    }
}
