//! Generated files as `rustfmt` leaves them: people read them in their project, and `cargo fmt` finds nothing to change.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::emit::GeneratedFile;

/// Returns whether `rustfmt` can be run. Without it a generated crate has the lines and the indentation of the generator.
pub fn has_rustfmt() -> bool {
    let mut command = Command::new(rustfmt());
    let command = command.arg("--version").stdin(Stdio::null());
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// Returns the program, which the variable `RUSTFMT` names as it does for cargo.
fn rustfmt() -> PathBuf {
    std::env::var_os("RUSTFMT").map_or_else(|| "rustfmt".into(), PathBuf::from)
}

/// Formats the Rust files of a crate by the usual rules. Where `rustfmt` cannot be run they stay as they are.
pub(super) fn format(files: &mut [GeneratedFile]) {
    formatted_by(&rustfmt(), files);
}

/// `None`: they are as they were.
fn formatted_by(program: &Path, files: &mut [GeneratedFile]) -> Option<()> {
    let folder = Scratch::new()?;
    for file in files.iter() {
        std::fs::write(folder.0.join(&file.path), &file.text).ok()?;
    }
    // One that is found before those of the project and the user.
    std::fs::write(folder.0.join("rustfmt.toml"), "").ok()?;
    // It follows `mod`, so one process formats all.
    let roots = ["src/lib.rs", "build.rs"].into_iter();
    let roots = roots.filter(|root| files.iter().any(|file| file.path == *root));
    let status = Command::new(program)
        .args(["--edition", "2024"])
        .args(roots)
        .current_dir(&folder.0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .ok()?;
    if !status.success() {
        return None;
    }
    let read = |file: &GeneratedFile| std::fs::read_to_string(folder.0.join(&file.path)).ok();
    let texts: Vec<String> = files.iter().map(read).collect::<Option<_>>()?;
    for (file, text) in files.iter_mut().zip(texts) {
        file.text = text;
    }
    Some(())
}

/// A folder of this process alone, removed in the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Option<Self> {
        let name = |number: u32| format!("bindery-{}-{number}", std::process::id());
        let paths = (0..100).map(|number| std::env::temp_dir().join(name(number)));
        // One that is there already is another's.
        let made = paths
            .into_iter()
            .find(|path| std::fs::create_dir(path).is_ok());
        let folder = Self(made?);
        std::fs::create_dir(folder.0.join("src")).ok()?;
        Some(folder)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A folder that stays in the system's temporary one does no harm.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<GeneratedFile> {
        let file = |path: &str, text: &str| GeneratedFile {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        vec![
            file("src/lib.rs", "mod a ;\n"),
            file("src/a.rs", "fn a( ){}\n"),
            file("Cargo.toml", "[package]\n"),
        ]
    }

    #[test]
    fn all_files_of_rust_are_formatted() {
        let mut files = files();
        format(&mut files);
        let texts: Vec<&str> = files.iter().map(|file| file.text.as_str()).collect();
        assert_eq!(texts, ["mod a;\n", "fn a() {}\n", "[package]\n"]);
    }

    #[test]
    fn without_the_formatter_all_stays_as_it_is() {
        let mut formatted = files();
        assert!(formatted_by(Path::new("/no/such/rustfmt"), &mut formatted).is_none());
        assert_eq!(formatted, files());
        formatted[1].text = "fn {".to_owned();
        format(&mut formatted);
        assert_eq!(formatted[0].text, "mod a ;\n");
    }
}
