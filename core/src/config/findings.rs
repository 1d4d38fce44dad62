//! Findings about a configuration that are made in several places, all sentences of a code together.

use super::template::Missing;
use super::toml_reader::{quoted, quoted_list};
use super::url::UrlError;
use super::{EngineConfig, Template};
use crate::diagnostic::Diagnostic;
use crate::name::{engine_name_like, engine_type_name, is_valid_engine_name, suggest};
use crate::source::Span;

/// At a place that is known only where a file was read.
pub fn at_span(diagnostic: Diagnostic, span: Option<Span>, text: &str) -> Diagnostic {
    span.into_iter()
        .fold(diagnostic, |diagnostic, span| diagnostic.at(span, text))
}

/// The place of a value in the file, for an engine that is of a file.
fn template_span(engine: &EngineConfig, template: &Template) -> Option<Span> {
    engine.span.map(|_| template.span)
}

/// B0303: a value that its type allows and its meaning does not.
pub(super) fn bad_value(message: String, help: impl Into<String>) -> Diagnostic {
    Diagnostic::error("B0303", message).help(help)
}

/// B0303, of an engine whose values came together when the program began.
pub(super) fn bad_value_of(
    engine: &EngineConfig,
    message: &str,
    help: impl Into<String>,
) -> Diagnostic {
    let message = format!("engine `{}`: {message}", engine.name);
    at_span(bad_value(message, help), engine.span, "this engine")
}

/// B0306: a key that is no name.
pub(super) fn unwritable_name(at: Span) -> Diagnostic {
    let help = "write for example `b`: lower-case letters, digits and `_`, a letter first";
    Diagnostic::error("B0306", "this cannot be the name of an engine")
        .at(at, "")
        .help(help)
}

/// B0306: a name that generated code could not have, or has for something else.
pub fn unusable_name((name, span): (&str, Option<Span>), taken: bool) -> Diagnostic {
    let mut message = format!("`{name}` cannot be the name of an engine");
    if taken {
        message.push_str(": `Databases` or a session has a method of this name");
    }
    let help = format!(
        "write for example `{}`: up to 32 lower-case letters, digits and `_`, a letter first, and no Rust keyword",
        engine_name_like(name)
    );
    at_span(Diagnostic::error("B0306", message), span, "").help(help)
}

/// B0371: an atomic group that cannot be called so.
pub fn unusable_group(name: &str, span: Span, why: &str) -> Diagnostic {
    let message = format!("`{name}` cannot be the name of an atomic group: {why}");
    let help = "write for example `[atomic.checkout]`: up to 22 lower-case letters, digits and `_`, a letter first, and no Rust \
                keyword";
    Diagnostic::error("B0371", message).at(span, "").help(help)
}

/// B0372: a set of shards whose models would be structs of the program.
pub fn shards_of_structs(name: &str, span: Span) -> Diagnostic {
    let message = format!(
        "the shards `{name}` cannot be a set: its models would be derived, and each is compiled without the others"
    );
    let help = "write the tables in a schema file that `build.rs` compiles";
    Diagnostic::error("B0372", message).at(span, "").help(help)
}

/// B0373: a set of shards that cannot be called so.
pub(super) fn unusable_shards(name: &str, span: Span, why: &str) -> Diagnostic {
    let message = format!("`{name}` cannot be the name of a set of shards: {why}");
    let help = format!(
        "write for example `[shards.{}_set]`: up to 32 lower-case letters, digits and `_`, a letter first, and no Rust keyword",
        engine_name_like(name)
    );
    Diagnostic::error("B0373", message).at(span, "").help(help)
}

/// B0307: two engines, each with its place, whose types would have one name, as `a_1` and `a1`.
pub fn same_type_name(engine: (&str, Option<Span>), other: (&str, Option<Span>)) -> Diagnostic {
    let message = format!(
        "engines `{}` and `{}` would both be `engine::{}`",
        other.0,
        engine.0,
        engine_type_name(engine.0)
    );
    let diagnostic = at_span(Diagnostic::error("B0307", message), engine.1, "this one");
    at_span(diagnostic, other.1, "the other one").help(rename(engine.0))
}

/// A free name for an engine.
pub(super) fn rename(name: &str) -> String {
    format!("rename one of them, for example to `{name}_2`")
}

/// B0310: an engine that the program names and no file defines.
pub(super) fn no_engine(name: &str, known: &[&str]) -> Diagnostic {
    let help = match suggest(name, known.iter().copied()) {
        Some(word) => format!("did you mean `{word}`?"),
        None => format!("the configuration defines {}", quoted_list(known)),
    };
    Diagnostic::error("B0310", format!("there is no engine `{name}`")).help(help)
}

/// B0310: an engine that the file names and does not define.
pub(super) fn undefined_engine(name: &str, known: &[&str], at: Span) -> Diagnostic {
    let help = match suggest(name, known.iter().copied()) {
        Some(word) => format!("did you mean `{word}`?"),
        None if is_valid_engine_name(name) => format!(
            "the file defines {}; define it too: `[engines.{name}]`",
            quoted_list(known)
        ),
        None => format!("the file defines {}", quoted_list(known)),
    };
    Diagnostic::error("B0310", format!("there is no engine {}", quoted(name)))
        .at(at, "named here")
        .help(help)
}

/// B0310: an engine that one entry names twice.
pub(super) fn engine_twice(name: &str, at: Span, help: String) -> Diagnostic {
    let message = format!("engine {} is named twice for one schema file", quoted(name));
    Diagnostic::error("B0310", message).at(at, "").help(help)
}

/// Why a value is not made of its variables.
pub(super) const TOO_LONG: &str = "with its variables filled in, a value is longer than 64 KiB";

/// B0313: a value that grows past any sensible length.
pub(super) fn too_long(engine: &EngineConfig, template: &Template) -> Diagnostic {
    let message = format!("engine `{}`: {TOO_LONG}", engine.name);
    let diagnostic = Diagnostic::error("B0313", message);
    at_span(diagnostic, template_span(engine, template), "needed here")
        .help("name each variable once, and look at what it holds")
}

/// B0313: a variable without a value, in a value of the file or in place of one.
pub(super) fn no_value(
    engine: &EngineConfig,
    template: Option<&Template>,
    missing: &Missing,
) -> Diagnostic {
    let message = format!("engine `{}`: {}", engine.name, missing_variable(missing));
    let span = template.and_then(|template| template_span(engine, template));
    let diagnostic = at_span(Diagnostic::error("B0313", message), span, "needed here");
    diagnostic.help(format!(
        "set `{}`, or write a default: `${{{0}:-…}}`",
        missing.variable
    ))
}

/// `` `B_URL` is not set `` or `` `B_URL` is set but empty ``.
pub(super) fn missing_variable(missing: &Missing) -> String {
    let how = if missing.empty {
        "set but empty"
    } else {
        "not set"
    };
    format!("`{}` is {how}", missing.variable)
}

/// B0315: a URL in the file that is none of a database.
pub(super) fn bad_url(error: UrlError, at: Span) -> Diagnostic {
    Diagnostic::error("B0315", error.message)
        .at(at, "this URL")
        .help(error.help)
}

/// B0315: the same of a URL that came from the environment, or was made with its variables.
pub(super) fn bad_url_of(
    engine: &EngineConfig,
    origin: &str,
    error: UrlError,
    template: Option<&Template>,
) -> Diagnostic {
    let message = format!("engine `{}`, {origin}: {}", engine.name, error.message);
    let span = template.and_then(|template| template_span(engine, template));
    at_span(Diagnostic::error("B0315", message), span, "this URL").help(error.help)
}

/// B0318: a file that is not there, not text or too large.
pub fn unreadable(path: &str, reason: &str) -> Diagnostic {
    Diagnostic::error("B0318", format!("`{path}` cannot be read: {reason}"))
        .help("the file must be readable UTF-8 text")
}

/// B0318: the same of a schema file that the configuration names.
pub fn unreadable_schema(path: &str, reason: &str) -> Diagnostic {
    Diagnostic::error("B0318", format!("`{path}` cannot be read: {reason}"))
        .help("mend the path in `[schema] files`, or leave it out")
}

/// B0325: a password in a URL of the environment beside the key at this place.
pub(super) fn password_beside_url(engine: &EngineConfig, key: Span) -> Diagnostic {
    let message = format!("engine `{}`: the password is given twice", engine.name);
    Diagnostic::error("B0325", message)
        .at(key, "besides the URL's")
        .help("keep one of them: take it out of the URL, or remove the key")
}

/// B0325: two keys of the file that each give the password; the other one by its name.
pub(super) fn two_passwords(one: Span, other: (&str, Span)) -> Diagnostic {
    let help = match other.0 {
        "url" => {
            "keep one of them: take it out of the URL, or remove `password-file` and `password-command`"
                .to_owned()
        }
        key => format!("keep one of them: remove `{key}`"),
    };
    Diagnostic::error("B0325", "the password is given twice")
        .at(one, "here")
        .at(other.1, "and here")
        .help(help)
}
