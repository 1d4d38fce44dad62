//! Generates the code of every case of `tests/golden`, and a macro that includes it elsewhere.

mod generate;

use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let golden = Path::new("../golden");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    // A new case is a line in it.
    println!("cargo::rerun-if-changed=src/lib.rs");
    let mut arms = String::new();
    for folder in generate::folders(golden)? {
        println!("cargo::rerun-if-changed={}", folder.display());
        let name = folder.file_name().and_then(|name| name.to_str());
        let name = name.ok_or("a folder has a name in UTF-8")?;
        let file = out.join(name).with_extension("rs");
        std::fs::write(&file, generate::generate(&folder)?)?;
        arms.push_str(&format!("    ({name}) => {{ include!({file:?}); }};\n"));
    }
    let source = format!(
        "/// Includes the code of a case.\n#[macro_export]\nmacro_rules! source {{\n{arms}}}\n"
    );
    std::fs::write(out.join("source.rs"), source)?;
    Ok(())
}
