//! `Cargo.toml` of a project: what its program and the crate of its schema need in it.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use super::schema_crate::SchemaCrate;
use crate::failure::Failure;

pub(super) const MANIFEST: &str = "Cargo.toml";

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Lines of a manifest, each with its section.
pub(super) struct Lines(Vec<(&'static str, String)>);

impl Lines {
    /// Those of the package whose build script compiles a schema that needs these features.
    pub(super) fn of_schema(features: &[&str]) -> Self {
        let features: Vec<String> = features.iter().map(|name| format!("\"{name}\"")).collect();
        let features = features.join(", ");
        Self(vec![
            (
                "[dependencies]",
                format!("bindery = {{ version = \"{VERSION}\", features = [{features}] }}"),
            ),
            (
                "[build-dependencies]",
                format!("bindery-codegen = \"{VERSION}\""),
            ),
        ])
    }

    /// Those of a program whose schema is a crate beside it. Cargo takes that for a member where the program's workspace is another's.
    pub(super) fn of_program(schema: &SchemaCrate) -> Self {
        let (name, folder) = (schema.name(), schema.folder());
        let mut lines = vec![
            ("[dependencies]", format!("bindery = \"{VERSION}\"")),
            (
                "[dependencies]",
                format!("{name} = {{ path = \"{folder}\" }}"),
            ),
        ];
        if !is_below_a_workspace() {
            lines.push(("[workspace]", format!("members = [\"{folder}\"]")));
            lines.push((
                "[profile.dev.package.\"*\"]",
                "debug = false # Of dependencies: a clean build takes a tenth less.".to_owned(),
            ));
        }
        Self(lines)
    }

    /// The step that is left to the user who adds them.
    pub(super) fn to_do(&self) -> String {
        let text = self.text();
        let lines = text.lines().map(|line| match line {
            "" => "\n".to_owned(),
            line => format!("\n    {line}"),
        });
        format!("in `{MANIFEST}`:{}", lines.collect::<String>())
    }

    /// The sections.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        let mut before = "";
        for (section, line) in &self.0 {
            if before != *section {
                let space = if before.is_empty() { "" } else { "\n" };
                text += &format!("{space}{section}\n");
            }
            text += &format!("{line}\n");
            before = section;
        }
        text
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
        })?;
        if !has_section(&read, "[package]") {
            let failure = Failure::new(format!(
                "`{MANIFEST}` is that of a workspace and of no package; nothing was written"
            ));
            return Err(failure.help("call this in the folder of the program's package"));
        }
        // Each is put first in its section.
        let lines = self.0.iter().rev();
        Ok(lines.fold(read, |manifest, (section, line)| {
            with_line(manifest, section, line)
        }))
    }
}

/// A folder above has the workspace that this package is, or can be, of: no workspace begins here.
fn is_below_a_workspace() -> bool {
    let here = std::env::current_dir().unwrap_or_default();
    let roots = |folder: &Path| {
        let manifest = fs::read_to_string(folder.join(MANIFEST));
        manifest.is_ok_and(|text| has_section(&text, "[workspace]"))
    };
    !roots(&here) && here.ancestors().skip(1).any(roots)
}

/// The name of the package here; `None` where there is none that says it.
pub(super) fn package_name() -> Option<String> {
    let manifest = fs::read_to_string(MANIFEST).ok()?;
    let mut lines = manifest.lines();
    lines.find(|line| is_head(line, "[package]"))?;
    let mut body = lines.take_while(|line| !line.trim_start().starts_with('['));
    let value = body.find_map(|line| {
        line.trim_start()
            .strip_prefix("name")?
            .trim_start()
            .strip_prefix('=')
    })?;
    value.split('"').nth(1).map(str::to_owned)
}

/// Whether the package here has a dependency of this name.
pub(super) fn has_dependency(name: &str) -> bool {
    let manifest = fs::read_to_string(MANIFEST).unwrap_or_default();
    has_line(&manifest, "[dependencies]", name)
}

fn has_section(manifest: &str, head: &str) -> bool {
    manifest.lines().any(|line| is_head(line, head))
}

fn is_head(line: &str, head: &str) -> bool {
    line.split('#').next().map(str::trim) == Some(head)
}

/// Whether a section has a line of this name, or the name has a section of its own.
fn has_line(manifest: &str, section: &str, name: &str) -> bool {
    let own = format!("{}.{name}]", section.trim_end_matches(']'));
    if has_section(manifest, &own) {
        return true;
    }
    let mut lines = manifest.lines();
    if !lines.any(|line| is_head(line, section)) {
        return false;
    }
    let mut body = lines.take_while(|line| !line.trim_start().starts_with('['));
    body.any(|line| {
        let key = line.split(['=', '.']).next().unwrap_or_default();
        key.trim().trim_matches('"') == name
    })
}

/// The manifest with a line in a section; as it is where one of that name is there.
fn with_line(manifest: String, section: &str, line: &str) -> String {
    let name = line.split_once(" = ").map_or(line, |(name, _)| name);
    if has_line(&manifest, section, name) {
        return manifest;
    }
    let lines: Vec<&str> = manifest.lines().collect();
    let Some(head) = lines.iter().position(|text| is_head(text, section)) else {
        return format!("{}\n\n{section}\n{line}\n", manifest.trim_end());
    };
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
        let added = with_line(bare, "[dependencies]", line);
        assert_eq!(
            added,
            "[package]\nname = \"a\"\n\n[dependencies]\nbindery = \"0.1\"\n"
        );
        assert_eq!(with_line(added.clone(), "[dependencies]", line), added);
        let other = "[dependencies]\nserde = \"1\"\n\n[features]\nbindery = []\n".to_owned();
        assert_eq!(
            with_line(other, "[dependencies]", line),
            "[dependencies]\nbindery = \"0.1\"\nserde = \"1\"\n\n[features]\nbindery = []\n"
        );
        let commented = "[dependencies] # few\nserde = \"1\"\n".to_owned();
        assert_eq!(
            with_line(commented, "[dependencies]", line),
            "[dependencies] # few\nbindery = \"0.1\"\nserde = \"1\"\n"
        );
        for has_it in [
            "[dependencies.bindery]\nversion = \"0.1\"\n",
            "[dependencies]\n\"bindery\" = \"0.1\"\n",
            "[dependencies]\nbindery.workspace = true\n",
        ] {
            assert_eq!(with_line(has_it.to_owned(), "[dependencies]", line), has_it);
        }
    }
}
