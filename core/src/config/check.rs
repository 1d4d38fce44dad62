//! Rules of the configuration that look at several of its entries: names and references between engines.

use crate::lists::IntoVec as _;
use std::collections::HashMap;

use super::findings::{at_span, engine_twice, same_type_name, undefined_engine, unusable_name};
use super::target::Identity;
use super::toml_reader::is_shown;
use super::{Config, EngineConfig};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::models_of::circles;
use crate::name::{DATABASES_METHODS, WORKER_METHODS, engine_type_name, is_valid_engine_name};
use crate::source::{FileId, Span};

/// All rules; the findings are sorted by the caller.
pub(super) fn check(config: &Config, file: FileId, diagnostics: &mut Diagnostics) {
    let start = Span {
        file,
        start: 0,
        end: 0,
    };
    if config.engines.is_empty() {
        let diagnostic = Diagnostic::error("B0304", "the file defines no engine")
            .at(start, "no `url` and no `[engines]`");
        diagnostics.push(
            diagnostic
                .help("add `url = \"${DATABASE_URL:-sqlite://data/app.db}\"` as the first line"),
        );
        return;
    }
    for engine in &config.engines {
        name(config, engine, diagnostics);
    }
    models_of(config, diagnostics);
    type_names(config, diagnostics);
    for file in &config.files {
        for engine in &file.engines {
            known_engine(config, engine, file.span, diagnostics);
        }
        refuse_twice(&file.engines, file.span, diagnostics);
    }
    for (engine, span) in &config.migrations.engines {
        known_engine(config, engine, *span, diagnostics);
    }
    if !diagnostics.has_errors() {
        targets(config, diagnostics);
    }
}

fn name(config: &Config, engine: &EngineConfig, diagnostics: &mut Diagnostics) {
    let name = engine.name.as_str();
    let has_workers = config.engines.iter().any(|engine| engine.outbox);
    let taken = DATABASES_METHODS.contains(&name) || has_workers && WORKER_METHODS.contains(&name);
    if taken || !is_valid_engine_name(&engine.name) {
        diagnostics.push(unusable_name((name, engine.span), taken));
    }
}

/// `a_1` and `a1` would both be `engine::A1`.
fn type_names(config: &Config, diagnostics: &mut Diagnostics) {
    let mut known: HashMap<String, usize> = HashMap::new();
    for (at, engine) in config.engines.iter().enumerate() {
        let type_name = engine_type_name(&engine.name);
        let Some(&other) = known.get(&type_name) else {
            known.insert(type_name, at);
            continue;
        };
        let other = &config.engines[other];
        diagnostics.push(same_type_name(
            (&engine.name, engine.span),
            (&other.name, other.span),
        ));
    }
}

/// Two engines that are one database: transactions would wait for each other, and rows be found twice.
fn targets(config: &Config, diagnostics: &mut Diagnostics) {
    let mut known: Vec<(Identity, &EngineConfig)> = Vec::new();
    for engine in &config.engines {
        // By the file alone; the environment may set something else when the program runs.
        let Ok(target) = config.place(&engine.name, &|_| None) else {
            continue;
        };
        let identities = target.identities();
        let mut others = known.iter();
        let Some((_, other)) = others.find(|(identity, _)| identities.contains(identity)) else {
            known.extend(identities.into_iter().map(|identity| (identity, engine)));
            continue;
        };
        let message = format!(
            "engines `{}` and `{}` connect to one database",
            other.name, engine.name
        );
        let diagnostic = at_span(
            Diagnostic::warning("B0324", message),
            engine.span,
            "this one",
        );
        let help = "name another database; two names for one are two pools, and one waits for the other's locks";
        diagnostics.push(at_span(diagnostic, other.span, "the other one").help(help));
    }
}

/// The engine that an engine names must be there, and no engine may come back to itself.
fn models_of(config: &Config, diagnostics: &mut Diagnostics) {
    for engine in &config.engines {
        if let (Some(of), Some(span)) = (&engine.models_of, engine.span) {
            known_engine(config, of, span, diagnostics);
        }
    }
    let next = |at: usize| config.position(config.engines[at].models_of.as_deref()?);
    for circle in circles(config.engines.len(), next) {
        let members: Vec<&EngineConfig> = circle.iter().map(|&at| &config.engines[at]).into_vec();
        diagnostics.push(circle_finding(&members));
    }
}

/// So many members of a circle are named.
const SHOWN: usize = 8;

fn circle_finding(members: &[&EngineConfig]) -> Diagnostic {
    let first = members[0];
    let mut way: Vec<String> = members
        .iter()
        .take(SHOWN)
        .map(|engine| format!("`{}`", engine.name))
        .into_vec();
    if members.len() > SHOWN {
        way.push(format!("{} more", members.len() - SHOWN));
    }
    way.push(format!("`{}`", first.name));
    let message = format!(
        "engine `{}` would host its own models: {}",
        first.name,
        way.join(" → ")
    );
    let diagnostic = at_span(
        Diagnostic::error("B0311", message),
        first.span,
        "`models-of` leads back here",
    );
    let others = members.iter().skip(1).take(SHOWN - 1);
    let diagnostic = others.fold(diagnostic, |diagnostic, engine| {
        at_span(diagnostic, engine.span, "by this one")
    });
    diagnostic.help(format!(
        "remove the `models-of` of `{}`, or name an engine outside the circle",
        first.name
    ))
}

fn known_engine(config: &Config, name: &str, span: Span, diagnostics: &mut Diagnostics) -> bool {
    if config.engine(name).is_some() {
        return true;
    }
    let known: Vec<&str> = config
        .engines
        .iter()
        .map(|engine| engine.name.as_str())
        .into_vec();
    diagnostics.push(undefined_engine(name, &known, span));
    false
}

fn refuse_twice(engines: &[String], span: Span, diagnostics: &mut Diagnostics) {
    for (index, name) in engines.iter().enumerate() {
        if engines[..index].contains(name) {
            let help = if engines.iter().all(|name| is_shown(name)) {
                format!("name each once: `engines = [{}]`", once(engines))
            } else {
                "name each once".to_owned()
            };
            diagnostics.push(engine_twice(name, span, help));
        }
    }
}

/// `"a", "b"`.
fn once(engines: &[String]) -> String {
    let mut names: Vec<String> = Vec::new();
    for engine in engines {
        let quoted = format!("\"{engine}\"");
        if !names.contains(&quoted) {
            names.push(quoted);
        }
    }
    names.join(", ")
}
