//! The dependencies that rustc was given for a test, so that the test compiles other programs with the same: cargo reports the paths of what it has
//! built to the compiler alone, and a macro runs within that.

use std::env;

use proc_macro::TokenStream;

/// Expands to `&["--extern", "serde=….rlib", "-L", "dependency=…", …]` for `dependencies!("serde", …)`: the arguments of this call of rustc that
/// name these crates, and where all others are.
#[proc_macro]
pub fn dependencies(crates: TokenStream) -> TokenStream {
    let crates = crates.to_string();
    let arguments: Vec<String> = env::args().collect();
    let named = arguments.windows(2).filter(|pair| match &*pair[0] {
        "-L" => true,
        "--extern" => pair[1]
            .split('=')
            .next()
            .is_some_and(|name| crates.contains(&format!("{name:?}"))),
        _ => false,
    });
    let named: Vec<&String> = named.flatten().collect();
    // As they are debugged, texts are literals of Rust.
    format!("&{named:?}")
        .parse()
        .expect("a list of literals is an expression")
}
