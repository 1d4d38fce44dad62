//! Runs the target that `BINDERY_FUZZ_TARGET` names: under libFuzzer in a build for fuzzing, else once for each file
//! given, which shows a finding again.

#![cfg_attr(fuzzing, no_main)]

use bindery_fuzz::Target;

/// The variable that names the target.
const VARIABLE: &str = "BINDERY_FUZZ_TARGET";

fn target() -> Target {
    let name = std::env::var(VARIABLE).unwrap_or_default();
    let known = || Target::ALL.map(Target::name).join(", ");
    Target::named(&name)
        .unwrap_or_else(|| panic!("{VARIABLE} names no target; known are {}", known()))
}

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    static TARGET: std::sync::LazyLock<Target> = std::sync::LazyLock::new(target);
    TARGET.run(bytes);
});

#[cfg(not(fuzzing))]
fn main() -> std::io::Result<()> {
    let target = target();
    for path in std::env::args_os().skip(1) {
        target.run(&std::fs::read(path)?);
    }
    Ok(())
}
