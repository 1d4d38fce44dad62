//! Migrations as `bindery.toml` names them: folders that have no order, engines that demand their last migration, builds that check them.

use std::path::Path;

use super::folder::{self, Unordered};
use crate::config::{Config, Engine, EngineConfig, SchemaCheck};
use crate::diagnostic::{Diagnostic, Diagnostics};

/// Finds the last migration of each engine whose `schema-check` is `at-head`.
pub fn find_heads(config: &Config, engines: &mut [Engine], diagnostics: &mut Diagnostics) {
    let demanding = config.engines.iter().zip(engines);
    for (configured, engine) in demanding.filter(|(one, _)| one.schema_check == SchemaCheck::AtHead)
    {
        let folder = config.migrations_folder(&engine.name);
        let files = folder::migrations(&folder).map(|found| found.files);
        let mut versions = files.into_iter().flatten().filter_map(|file| file.version);
        engine.head = versions.next_back();
        if engine.head.is_none() {
            diagnostics.push(without_head(&folder, configured));
        }
    }
}

fn without_head(folder: &Path, engine: &EngineConfig) -> Diagnostic {
    let message = format!(
        "`schema-check` of engine `{}` demands its last migration, and `{}` has none",
        engine.name,
        folder.display()
    );
    let diagnostic = Diagnostic::error("B0337", message);
    let diagnostic = match engine.span {
        Some(span) => diagnostic.at(span, "of this engine"),
        None => diagnostic,
    };
    diagnostic
        .help("write the first with `bindery migrate add NAME`, or `schema-check = \"error\"`")
}

/// Refuses a configuration that has its migrations checked, in a build that cannot: comparing is compiled in by a feature alone.
pub fn refuse_check_without_feature(config: &Config, diagnostics: &mut Diagnostics) {
    let (Some(span), Some(_)) = (config.migrations.span, config.checked_migrations().next()) else {
        return;
    };
    let message =
        "the build cannot check migrations: the feature `migrations` of `bindery-codegen` is off";
    let help = "in `Cargo.toml`: `bindery-codegen = { version = \"…\", features = [\"migrations\"] }`; or have `bindery check` do it alone, \
                and remove this";
    let diagnostic = Diagnostic::error("B0335", message).at(span, "needs the feature");
    diagnostics.push(diagnostic.help(help));
}

/// A folder whose migrations have no order.
pub fn no_order(folder: &Path, unordered: Unordered) -> Diagnostic {
    let shown = folder.display();
    let (message, help) = match unordered {
        Unordered::Unreadable(why) => {
            let message = format!("the folder `{shown}` cannot be read: {why}");
            let help = "write it, or name another: `[schema] files = [\"…\"]` in `bindery.toml`";
            return Diagnostic::error("B0321", message).help(help);
        }
        Unordered::Empty => (
            format!("the folder `{shown}` holds no migration in SQL"),
            "name the folder that the files are in, such as `1_users.sql` or `2024-01-31-120000_users/up.sql`",
        ),
        Unordered::SameVersion(one, other) => (
            format!(
                "two migrations have one version: `{}` and `{}`",
                one.display(),
                other.display()
            ),
            "give one of them the next version: which is applied first cannot be known",
        ),
    };
    Diagnostic::error("B0331", message).help(help)
}
