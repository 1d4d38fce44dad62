//! `bindery.toml` and the URLs in it.

use std::path::Path;

use bindery_schema::config::{Config, parse_url, scheme_dialect};
use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::render::{Style, render};
use bindery_schema::source::Sources;

/// Every variable is set, to something that differs from the rest.
fn environment(name: &str) -> Option<String> {
    (!name.starts_with('_')).then(|| format!("sqlite://{name}"))
}

/// Any bytes as a configuration: as the build uses it, and as the running program does.
pub(crate) fn run_config(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
    let config = Config::parse(
        "bindery.toml",
        Path::new(""),
        text,
        &mut sources,
        &mut found,
    );
    assert_eq!(
        config.is_none(),
        found.has_errors(),
        "refused without a reason, or the reverse"
    );
    if let Some(config) = config {
        config.model_engines(&environment, &mut found);
        config.build_variables();
        for engine in &config.engines {
            // The target, or why there is none: both are values.
            let _ = config.target(&engine.name, &environment);
            let _ = config.replica_targets(&engine.name, &environment);
        }
        found
            .iter()
            .for_each(|finding| drop(config.describe(finding)));
    }
    render(&found, &sources, Style::Plain);
}

/// Any text as a URL, and as what follows the password of one, which is then shown nowhere.
pub(crate) fn run_url(bytes: &[u8]) {
    let Ok(url) = std::str::from_utf8(bytes) else {
        return;
    };
    // The dialect, or why there is none.
    let _ = scheme_dialect(url);
    shown(url);
    if !url.contains(PASSWORD) {
        for scheme in ["postgres", "mysql"] {
            let text = shown(&format!("{scheme}://ann:{PASSWORD}@{url}"));
            assert!(!text.contains(PASSWORD), "{text}");
        }
    }
}

/// Looks like nothing else.
const PASSWORD: &str = "hunter2";

fn shown(url: &str) -> String {
    match parse_url(url) {
        Ok(target) => format!("{target} {target:?}"),
        Err(error) => format!("{} {}", error.message, error.help),
    }
}
