//! The time that rustc takes for the parts of the generated code that are for queries: constants of columns, reading rows by name, and
//! for relations: their constants and methods of rows. The same crate is checked without them, and with one after the other.

use std::fs;
use std::path::{Path, PathBuf};

use super::clean::{children_seconds, in_folder};
use super::{Project, schema, succeed};
use crate::Failure;
use crate::output::{complain, print};
use crate::workspace;

/// The schema that is measured.
const TABLES: usize = 100;
/// Checks of each, in turn; the least time of each counts.
const ROUNDS: usize = 9;

/// The crate with some of the parts.
struct Variant {
    folder: PathBuf,
    least: f64,
}

/// Measures and prints.
pub(super) fn run(project: &Project) -> Result<(), Failure> {
    complain("checking generated code with and without what is for queries");
    let script = project.build_script()?;
    let out = project.folder.join("surface");
    project.write(&schema::plain(TABLES, ""))?;
    let mut compile = std::process::Command::new(script);
    compile.current_dir(&project.folder).env("OUT_DIR", &out);
    compile.stdout(std::process::Stdio::null());
    succeed(&mut compile)?;
    let mut variants = [
        Variant::create("without", &out, &without_queries)?,
        Variant::create("builder", &out, &without_relations)?,
        Variant::create("whole", &out, &str::to_owned)?,
    ];
    for _ in 0..ROUNDS {
        for variant in &mut variants {
            variant.check()?;
        }
    }
    let [without, builder, whole] = variants.map(|variant| variant.least);
    print(&format!(
        "\n| {TABLES} tables, `cargo check` of the generated code | CPU | |\n|---|---|---|\n\
         | without what is for queries | {without:.2} s | 1.00 |\n| with columns and rows by name | {builder:.2} s | {:.2} |\n\
         | with relations, too | {whole:.2} s | {:.2} |",
        builder / without,
        whole / without
    ));
    Ok(())
}

impl Variant {
    /// A crate of the generated files, each after a change.
    fn create(name: &str, out: &Path, change: &dyn Fn(&str) -> String) -> Result<Self, Failure> {
        let folder = workspace::target().join("growth/surface").join(name);
        crate_of(&folder, name, out, change)?;
        let mut variant = Self {
            folder,
            least: f64::MAX,
        };
        // Compiles the dependencies.
        variant.check()?;
        variant.least = f64::MAX;
        Ok(variant)
    }

    fn check(&mut self) -> Result<(), Failure> {
        let file = fs::File::options()
            .append(true)
            .open(self.folder.join("src/lib.rs"))?;
        file.set_modified(std::time::SystemTime::now())?;
        let before = children_seconds()?;
        let target = workspace::target().join("growth/surface/target");
        let mut cargo = in_folder(&self.folder);
        succeed(
            cargo
                .env("CARGO_TARGET_DIR", target)
                .args(["check", "--quiet"]),
        )?;
        self.least = self.least.min(children_seconds()? - before);
        Ok(())
    }
}

/// Makes a crate of the generated files in a folder, each after a change.
pub(crate) fn crate_of(
    folder: &Path,
    name: &str,
    out: &Path,
    change: &dyn Fn(&str) -> String,
) -> Result<(), Failure> {
    let root = workspace::root().display();
    fs::create_dir_all(folder.join("src/bindery"))?;
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         bindery = {{ path = \"{root}/runtime\", features = [\"sqlite\"] }}\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::copy(
        workspace::root().join("Cargo.lock"),
        folder.join("Cargo.lock"),
    )?;
    fs::copy(out.join("bindery.rs"), folder.join("src/lib.rs"))?;
    for piece in fs::read_dir(out.join("bindery"))? {
        let piece = piece?;
        let text = change(&fs::read_to_string(piece.path())?);
        fs::write(folder.join("src/bindery").join(piece.file_name()), text)?;
    }
    Ok(())
}

/// The generated text without what is for queries. Blocks begin and end at the same depth.
fn without_queries(text: &str) -> String {
    let mut kept = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        match begins_queries(line, &lines) {
            Some(end) => {
                let block = lines.by_ref().take_while(|line| *line != end);
                kept.extend(needed_by_rows(&block.collect::<Vec<_>>()));
            }
            None => kept.push(line),
        }
    }
    kept.join("\n") + "\n"
}

/// The part of a module for queries that new rows need: their required columns, in a module of that name.
fn needed_by_rows<'t>(block: &[&'t str]) -> Vec<&'t str> {
    let begin = block
        .iter()
        .position(|line| *line == "    pub struct Required {");
    let module = block.iter().find(|line| line.starts_with("pub mod "));
    let (Some(begin), Some(module)) = (begin, module) else {
        return Vec::new();
    };
    let fields = block[begin..].iter().take_while(|line| **line != "    }");
    let ends = ["    }", "}"];
    [module]
        .into_iter()
        .chain(fields)
        .chain(&ends)
        .copied()
        .collect()
}

/// The line at which a part that is for queries ends, where one begins with this line.
fn begins_queries(line: &str, rest: &std::str::Lines<'_>) -> Option<&'static str> {
    let next = rest.clone().next().unwrap_or_default();
    let is_of_rows = line.contains("::bindery::FromRow<E> for")
        || line.contains("::bindery::generic::RowOf for");
    if line.starts_with("/// Columns of `") {
        Some("}")
    } else if line.starts_with("    impl") && is_of_rows {
        Some("    }")
    } else {
        begins_relations(line, next)
    }
}

/// The same of methods of relations.
fn begins_relations(line: &str, next: &str) -> Option<&'static str> {
    let begins = line.starts_with("    #[allow(") && next.starts_with("    impl");
    begins.then_some("    }")
}

/// The generated text without constants and methods of relations.
fn without_relations(text: &str) -> String {
    let (mut kept, mut comment) = (Vec::new(), Vec::new());
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.trim_start().starts_with("///") {
            comment.push(line);
            continue;
        }
        let of_item = std::mem::take(&mut comment);
        let next = lines.clone().next().unwrap_or_default();
        if let Some(end) = begins_relations(line, next) {
            lines
                .by_ref()
                .take_while(|line| *line != end)
                .for_each(drop);
        } else if !is_relation(line) {
            kept.extend(of_item);
            kept.push(line);
        }
    }
    kept.join("\n") + "\n"
}

/// Whether the line is a relation's constant, or an import for it.
fn is_relation(line: &str) -> bool {
    let kinds = ["HasMany<", "HasOne<", "ManyToMany<", "BelongsTo<"];
    let constant = line.trim_start().strip_prefix("pub const ");
    let its_type = constant.and_then(|constant| constant.split_once(": "));
    let is_kind = |text: &str| kinds.iter().any(|kind| text.starts_with(kind));
    its_type.is_some_and(|(_, its_type)| is_kind(its_type))
        || line.starts_with("    use ::bindery::relation::")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_relations_the_columns_stay() {
        let shop = workspace::root().join("tests/golden/shop/bindery.rs");
        let text = fs::read_to_string(shop).expect("the golden file is there");
        let cut = without_relations(&text);
        for part in ["fn referred_by<", ": HasMany<", "relation::HasMany;"] {
            assert!(text.contains(part) && !cut.contains(part), "{part}");
        }
        for part in ["FromRow<E> for", "pub mod customer {", ": Column<"] {
            assert_eq!(
                text.matches(part).count(),
                cut.matches(part).count(),
                "{part}"
            );
        }
    }

    #[test]
    fn only_what_is_for_queries_is_cut() {
        let shop = workspace::root().join("tests/golden/shop/bindery.rs");
        let text = fs::read_to_string(shop).expect("the golden file is there");
        let cut = without_queries(&text);
        for part in [
            "FromRow<E> for",
            "RowOf for",
            "pub const email: Column<",
            "fn referred_by<",
        ] {
            assert!(text.contains(part) && !cut.contains(part), "{part}");
        }
        for part in [
            "pub mod customers {",
            "pub struct Required {",
            "pub struct Customer {",
            "impl CustomerPatch {",
            "INFO: ",
        ] {
            assert_eq!(
                text.matches(part).count(),
                cut.matches(part).count(),
                "{part}"
            );
        }
    }
}
