//! Which engines a command works on: those named, else `default`, and never a guess.

use bindery_schema::config::{Config, EngineConfig};
use bindery_schema::model::EngineId;
use bindery_schema::name::suggest;

use crate::failure::Failure;
use crate::options::EngineOptions;

/// The effect of a command on its engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Nothing is lost.
    Harmless,
    /// Nothing is lost, and still none of several engines is meant unless named.
    Named,
    /// Data is lost: of several engines none is meant unless named, and those that are protected are refused.
    Destructive,
}

/// The engines of a command, sorted by name. Ids are positions among the engines of the configuration.
pub(crate) fn choose(
    options: &EngineOptions,
    config: &Config,
    purpose: Purpose,
) -> Result<Vec<EngineId>, Failure> {
    let mut chosen = if options.all {
        (0..config.engines.len()).collect()
    } else if options.engine.is_empty() {
        vec![unnamed(config, purpose)?]
    } else {
        let named = options.engine.iter().map(|name| position(name, config));
        named.collect::<Result<Vec<_>, _>>()?
    };
    chosen.sort_unstable();
    chosen.dedup();
    let chosen: Vec<EngineId> = chosen.into_iter().map(|at| EngineId(at as u32)).collect();
    if purpose == Purpose::Destructive {
        refuse_protected(&chosen, config)?;
    }
    Ok(chosen)
}

/// Fails where one of these engines is protected.
pub(crate) fn refuse_protected(chosen: &[EngineId], config: &Config) -> Result<(), Failure> {
    let mut engines = chosen.iter().map(|id| &config.engines[id.0 as usize]);
    match engines.find(|engine| engine.protected) {
        Some(engine) => Err(protected(engine)),
        None => Ok(()),
    }
}

fn protected(engine: &EngineConfig) -> Failure {
    let name = &engine.name;
    let message =
        format!("engine `{name}` is protected, and this command loses data; nothing was changed");
    Failure::new(message).help(format!(
        "name another engine; where it is meant, take `protected = true` out of `[engines.{name}]` in bindery.toml"
    ))
}

fn unnamed(config: &Config, purpose: Purpose) -> Result<usize, Failure> {
    let why = match purpose {
        Purpose::Harmless => None,
        Purpose::Named => Some("there are several engines"),
        Purpose::Destructive => Some("there are several engines, and this command loses data"),
    };
    if let Some(why) = why.filter(|_| config.engines.len() > 1) {
        return Err(Failure::new(why).help(format!(
            "say which: `--engine NAME` or `--all`; {}",
            known_engines(config)
        )));
    }
    find("default", config).ok_or_else(|| {
        let failure = Failure::new("there is no engine `default`");
        failure.help(format!(
            "name one: `--engine NAME`, or `--all`; {}",
            known_engines(config)
        ))
    })
}

fn position(name: &str, config: &Config) -> Result<usize, Failure> {
    find(name, config).ok_or_else(|| unknown(name, config))
}

fn find(name: &str, config: &Config) -> Option<usize> {
    config.engines.iter().position(|engine| engine.name == name)
}

fn unknown(name: &str, config: &Config) -> Failure {
    if let Some(engine) = config
        .engines
        .iter()
        .find(|engine| has_replica(engine, name))
    {
        let message = format!(
            "`{name}` is a replica of engine `{}`, which is only read",
            engine.name
        );
        return Failure::new(message).help(format!("name the engine: `--engine {}`", engine.name));
    }
    let names = config.engines.iter().map(|engine| engine.name.as_str());
    let near = suggest(name, names).map(|near| format!("did you mean `--engine {near}`? "));
    Failure::new(format!("there is no engine `{}`", name.escape_debug()))
        .help(near.unwrap_or_default() + &known_engines(config))
}

fn has_replica(engine: &EngineConfig, name: &str) -> bool {
    engine.replicas.iter().any(|replica| replica.name == name)
}

fn known_engines(config: &Config) -> String {
    let names = config
        .engines
        .iter()
        .map(|engine| format!("`{}`", engine.name));
    format!("known engines: {}", names.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use bindery_schema::diagnostic::Diagnostics;
    use bindery_schema::source::Sources;

    use super::*;

    const ONLY_DEFAULT: &str = "url = 'sqlite://a.db'\n";
    const TWO: &str = "url = 'sqlite://a.db'\n[engines.b]\nurl = 'sqlite://b.db'\nreplicas = [{ name = 'b1', url = 'sqlite://b1.db' }]\n";
    const NO_DEFAULT: &str = "[engines]\nb = 'sqlite://b.db'\nm = 'sqlite://m.db'\n";

    const PROTECTED: &str = "[engines.default]\nurl = 'sqlite://a.db'\nprotected = true\n";

    fn choice(toml: &str, names: &[&str], all: bool, purpose: Purpose) -> Result<Vec<u32>, String> {
        let (mut sources, mut found) = (Sources::default(), Diagnostics::default());
        let config = Config::parse(
            "bindery.toml",
            Path::new(""),
            toml,
            &mut sources,
            &mut found,
        )
        .unwrap_or_else(|| panic!("the configuration is valid: {found:?}"));
        let engine = names.iter().map(|&name| name.to_owned()).collect();
        let chosen = choose(&EngineOptions { engine, all }, &config, purpose);
        chosen
            .map(|ids| ids.into_iter().map(|id| id.0).collect())
            .map_err(|failure| format!("{failure:?}"))
    }

    #[test]
    fn engines_are_chosen_by_name_or_all_or_default() {
        use Purpose::{Destructive, Harmless};
        assert_eq!(choice(TWO, &[], false, Harmless), Ok(vec![1]));
        assert_eq!(
            choice(TWO, &["default", "b", "b"], false, Destructive),
            Ok(vec![0, 1])
        );
        assert_eq!(choice(NO_DEFAULT, &[], true, Destructive), Ok(vec![0, 1]));
        assert_eq!(choice(PROTECTED, &[], false, Purpose::Named), Ok(vec![0]));
        assert_eq!(choice(ONLY_DEFAULT, &[], false, Destructive), Ok(vec![0]));
    }

    #[test]
    fn what_is_not_clear_is_refused_in_words() {
        use Purpose::{Destructive, Harmless};
        let cases = [
            (TWO, vec!["nope"], Harmless, "there is no engine `nope`"),
            (TWO, vec!["nope"], Harmless, "known engines: `b`, `default`"),
            (
                TWO,
                vec!["defualt"],
                Harmless,
                "did you mean `--engine default`?",
            ),
            (TWO, vec!["b1"], Harmless, "`b1` is a replica of engine `b`"),
            (TWO, vec![], Destructive, "there are several engines"),
            (
                PROTECTED,
                vec![],
                Destructive,
                "engine `default` is protected",
            ),
            (
                PROTECTED,
                vec!["default"],
                Destructive,
                "take `protected = true` out of `[engines.default]`",
            ),
            (NO_DEFAULT, vec![], Harmless, "there is no engine `default`"),
        ];
        for (toml, names, purpose, expected) in cases {
            let refusal = choice(toml, &names, false, purpose).expect_err("a refusal");
            assert!(refusal.contains(expected), "{refusal}");
        }
    }
}
