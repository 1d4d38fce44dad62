//! The build script of a generated crate: the crate is not built where its schema has changed since. It needs nothing but the
//! standard library, so that a clean build compiles no compiler of schemas.

use std::path::{Path, PathBuf};

use super::checksum::checksum;
use super::way::relative;
use crate::emit::HEADER;

/// The name of the file.
pub(super) const FILE: &str = "build.rs";

const MAIN: &str = r#"fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for (path, made_of) in MADE_OF {
        // Without its files the crate is used as it is.
        let Some(checksum) = checksum(Path::new(path)) else {
            continue;
        };
        println!("cargo::rerun-if-changed={path}");
        if checksum != *made_of {
            println!("cargo::error=`{path}` has changed since this crate was generated: {AGAIN}");
        }
    }
}
"#;

/// The text of the build script for the crate `name` in `folder`, which was made of these files: the first is beside the schema.
pub(super) fn build_script(folder: &Path, name: &str, files: &[PathBuf]) -> String {
    let made_of = files.iter().filter_map(|path| {
        let way = relative(folder, path);
        Some(format!("({way:?}, {:#018x}),\n", checksum(path)?))
    });
    let made_of: String = made_of.collect();
    let beside = files.first().and_then(|path| path.parent());
    let out = relative(beside.unwrap_or(Path::new("")), folder);
    let again = format!("run `bindery generate --out {out} --crate {name}`");
    let uses = "use std::fs;\nuse std::path::Path;\n\n";
    let (_, checksum) = include_str!("checksum.rs")
        .split_once(uses)
        .expect("the file begins so");
    format!(
        "{HEADER}\n//! Fails where the schema has changed since this crate was generated.\n\n{uses}\
         /// The files that the crate was made of, from its folder on, and their checksums.\n\
         const MADE_OF: &[(&str, u64)] = &[\n{made_of}];\n\n\
         /// The command that makes the crate of the files as they are.\nconst AGAIN: &str = {again:?};\n\n{MAIN}\n{checksum}"
    )
}
