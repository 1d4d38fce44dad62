//! Generates the code of a case, for the build script and for the test that compares it with the reviewed text.

use std::path::{Path, PathBuf};

use bindery_codegen::{EmitOptions, emit};
use bindery_schema::check::check;
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::project::{Paths, load_project};
use bindery_schema::read_model;
use bindery_schema::render::{Style, render};

/// The folders of the cases, in their order.
pub(crate) fn folders(golden: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(golden)?.collect::<std::io::Result<Vec<_>>>()?;
    let mut folders: Vec<PathBuf> = entries.iter().map(|entry| entry.path()).collect();
    folders.retain(|path| path.join("schema.sql").is_file());
    folders.sort();
    Ok(folders)
}

/// The code of a folder, as if no variable of the environment were set; the findings where the schema has errors.
pub(crate) fn generate(folder: &Path) -> Result<String, String> {
    let config = folder.join("bindery.toml");
    let paths = Paths {
        config: config.exists().then_some(config),
        schema: vec![folder.join("schema.sql")],
    };
    let mut found = Diagnostics::default();
    let project = load_project(&paths, &|_| None, &mut found);
    let model = read_model(&project.input, &mut found);
    let Some(checked) = check(model, &mut found) else {
        let findings = render(&found, &project.input.sources, Style::Plain);
        return Err(format!("{}:\n{findings}", folder.display()));
    };
    let files = emit(&checked, &EmitOptions::default());
    Ok(files.into_iter().map(|file| file.text).collect())
}
