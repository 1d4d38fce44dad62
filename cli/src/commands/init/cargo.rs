//! The dependencies of a project in its `Cargo.toml`.

use std::fs;
use std::io::ErrorKind;

use crate::failure::Failure;

pub(super) const MANIFEST: &str = "Cargo.toml";

/// The lines of the dependencies, each with its section.
pub(super) struct Dependencies([(&'static str, String); 2]);

impl Dependencies {
    /// Those of a program whose schema needs these features.
    pub(super) fn of(features: &[&str]) -> Self {
        let version = env!("CARGO_PKG_VERSION");
        let features: Vec<String> = features.iter().map(|name| format!("\"{name}\"")).collect();
        let runtime = format!(
            "bindery = {{ version = \"{version}\", features = [{}] }}",
            features.join(", ")
        );
        let codegen = format!("bindery-codegen = \"{version}\"");
        Self([
            ("[dependencies]", runtime),
            ("[build-dependencies]", codegen),
        ])
    }

    /// The step that is left to the user who adds them.
    pub(super) fn to_do(&self) -> String {
        let [(one, runtime), (other, codegen)] = &self.0;
        format!("in `{MANIFEST}`:\n    {one}\n    {runtime}\n\n    {other}\n    {codegen}")
    }

    /// The text of `Cargo.toml` with them.
    pub(super) fn added(&self) -> Result<String, Failure> {
        let read = fs::read_to_string(MANIFEST).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Failure::new(format!(
                "there is no `{MANIFEST}` here; nothing was written"
            ))
            .help("begin the package with `cargo init`, or leave `--cargo` out"),
            _ => Failure::new(format!(
                "`{MANIFEST}` cannot be read, and nothing was written: {error}"
            )),
        });
        let lines = self.0.iter();
        Ok(lines.fold(read?, |manifest, (section, line)| {
            with_dependency(manifest, section, line)
        }))
    }
}

/// The manifest with a line in a section; as it is where the section has one of that name, or that name has a section of its own.
fn with_dependency(manifest: String, section: &str, line: &str) -> String {
    let name = line.split_once(" = ").map_or(line, |(name, _)| name);
    let own = format!("{}.{name}]", section.trim_end_matches(']'));
    let lines: Vec<&str> = manifest.lines().collect();
    let place_of = |head: &str| {
        let is_head = |text: &&str| text.split('#').next().map(str::trim) == Some(head);
        lines.iter().position(is_head)
    };
    if place_of(&own).is_some() {
        return manifest;
    }
    let Some(head) = place_of(section) else {
        return format!("{}\n\n{section}\n{line}\n", manifest.trim_end());
    };
    let body = lines[head + 1..]
        .iter()
        .take_while(|text| !text.trim_start().starts_with('['));
    let has_it = body.clone().any(|text| {
        let key = text.split(['=', '.']).next().unwrap_or_default();
        key.trim().trim_matches('"') == name
    });
    if has_it {
        return manifest;
    }
    let (before, after) = lines.split_at(head + 1);
    let mut text: Vec<&str> = before.to_vec();
    text.push(line);
    text.extend(after);
    text.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dependency_is_added_once() {
        let line = "bindery = \"0.1\"";
        let bare = "[package]\nname = \"a\"\n".to_owned();
        let added = with_dependency(bare, "[dependencies]", line);
        assert_eq!(
            added,
            "[package]\nname = \"a\"\n\n[dependencies]\nbindery = \"0.1\"\n"
        );
        assert_eq!(
            with_dependency(added.clone(), "[dependencies]", line),
            added
        );
        let other = "[dependencies]\nserde = \"1\"\n\n[features]\nbindery = []\n".to_owned();
        assert_eq!(
            with_dependency(other, "[dependencies]", line),
            "[dependencies]\nbindery = \"0.1\"\nserde = \"1\"\n\n[features]\nbindery = []\n"
        );
        let commented = "[dependencies] # few\nserde = \"1\"\n".to_owned();
        assert_eq!(
            with_dependency(commented, "[dependencies]", line),
            "[dependencies] # few\nbindery = \"0.1\"\nserde = \"1\"\n"
        );
        for has_it in [
            "[dependencies.bindery]\nversion = \"0.1\"\n",
            "[dependencies]\n\"bindery\" = \"0.1\"\n",
            "[dependencies]\nbindery.workspace = true\n",
        ] {
            assert_eq!(
                with_dependency(has_it.to_owned(), "[dependencies]", line),
                has_it
            );
        }
    }
}
