//! The program around a model, as its code names it: engines, and the paths of modules.

use std::hash::{Hash, Hasher};

use bindery_schema::config::ShardSet;
use bindery_schema::model::{Engine, EngineId};

use super::names::ModelNames;

/// The modules of the whole program, as generated code finds them.
#[derive(Debug, Clone, Hash)]
pub(crate) struct Scope {
    /// Path of the module `engine`.
    pub(crate) engine: String,
    /// Path of the module `model`.
    pub(crate) model: String,
    /// The path before a model's module and `enums`: `super::`.
    pub(crate) root: String,
    /// Each model has a module of its own; otherwise its items stand beside the row.
    pub(crate) modules: bool,
}

impl Scope {
    /// Of generated files, as the modules of models see them.
    pub(crate) fn with_modules() -> Self {
        Self {
            engine: "engine".to_owned(),
            model: "model".to_owned(),
            root: "super::".to_owned(),
            modules: true,
        }
    }

    /// Of a program whose rows are its own structs, wherever these are.
    #[cfg(feature = "derive")]
    pub(crate) fn beside_rows() -> Self {
        Self {
            engine: "crate::engine".to_owned(),
            model: "crate::model".to_owned(),
            root: "crate::".to_owned(),
            modules: false,
        }
    }
}

/// The program around a model, as its code names it.
#[derive(Debug)]
pub(crate) struct Surroundings<'m> {
    pub(crate) engines: &'m [Engine],
    pub(crate) shards: &'m [ShardSet],
    pub(crate) scope: Scope,
}

impl Hash for Surroundings<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.scope.hash(state);
        for set in self.shards {
            (&set.name, &set.engines).hash(state);
        }
        for engine in self.engines {
            let Engine {
                name,
                type_name,
                dialect,
                flavour,
                // Said by `bindery check`, not in the code.
                dialect_reason: _,
                // In the shapes of the models, and beside their code.
                cluster: _,
                outbox: _,
                inbox: _,
                decisions: _,
                shard_maps: _,
                shard: _,
                syncs: _,
                sagas: _,
                keeps_outcomes: _,
                head: _,
                span: _,
            } = engine;
            (name, type_name, dialect, flavour).hash(state);
        }
    }
}

impl Surroundings<'_> {
    /// The engine of an id.
    pub(crate) fn engine_of(&self, id: EngineId) -> &Engine {
        &self.engines[id.0 as usize]
    }

    /// The type of an engine.
    pub(crate) fn engine(&self, id: EngineId) -> String {
        format!("{}::{}", self.scope.engine, self.engine_of(id).type_name)
    }

    /// The sets of shards of which a model is that lives on these engines.
    pub(crate) fn sets_of(&self, engines: &[EngineId]) -> impl Iterator<Item = &ShardSet> {
        let sets = self.shards.iter();
        sets.filter(move |set| set.has_model_on(engines))
    }

    /// The tag of a model.
    pub(crate) fn tag(&self, names: &ModelNames) -> String {
        format!("{}::{}", self.scope.model, names.row)
    }

    /// The engine of a row: `E`, or the only one.
    pub(crate) fn row_engine(&self, engines: &[EngineId]) -> String {
        match engines {
            [only] => self.engine(*only),
            _ => "E".to_owned(),
        }
    }

    /// The type of the first engine of a model.
    pub(crate) fn first_engine(&self, engines: &[EngineId]) -> String {
        self.engine(engines[0])
    }

    /// The parameter `E` of a struct, with the first engine as its default.
    pub(crate) fn default_parameter(&self, engines: &[EngineId], generic: bool) -> String {
        if generic {
            let first = self.first_engine(engines);
            format!("<E: ::bindery::Engine = {first}>")
        } else {
            String::new()
        }
    }
}
