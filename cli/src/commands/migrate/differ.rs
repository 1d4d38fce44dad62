//! Schema and migrations of engines side by side, for the commands that compare them.

use std::path::PathBuf;

use bindery_schema::diagnostic::Diagnostics;
use bindery_schema::diff::{Folded, Structure, fold, unwritable};
use bindery_schema::model::{CheckedModel, Engine, EngineId};
use bindery_schema::source::Sources;

use crate::engines::Purpose;
use crate::failure::Failure;
use crate::migrations::files::folder;
use crate::options::{EngineOptions, SchemaOptions};
use crate::output::Output;
use crate::project::{Compiled, DialectChoice, Project};
use crate::report;

/// The project with its schema, and the engines that were chosen.
pub(super) struct Differ {
    pub(super) compiled: Compiled,
    pub(super) chosen: Vec<EngineId>,
    /// Those of the schema, then those of the migrations.
    pub(super) sources: Sources,
}

/// One engine of both sides.
pub(super) struct Sides {
    pub(super) id: EngineId,
    pub(super) engine: Engine,
    pub(super) folder: PathBuf,
    pub(super) schema: Structure,
    pub(super) folded: Folded,
}

impl Differ {
    /// Reads the schema. Without `--engine` all engines are chosen: nothing here connects to any.
    pub(super) fn load(
        engines: &EngineOptions,
        options: &SchemaOptions,
        output: &Output,
    ) -> Result<Self, Failure> {
        let project = Project::load_schema(options, DialectChoice::Configured)?;
        let all = EngineOptions {
            engine: engines.engine.clone(),
            all: engines.engine.is_empty(),
        };
        let chosen = project.choose(&all, Purpose::Harmless)?;
        let compiled = project.compile();
        report::checked(&compiled, options, output)?;
        let sources = compiled.project.input.sources.clone();
        Ok(Self {
            compiled,
            chosen,
            sources,
        })
    }

    pub(super) fn model(&self) -> Result<&CheckedModel, Failure> {
        self.compiled.checked.as_ref().ok_or(Failure::Told)
    }

    /// Reads the migrations of the chosen engines. Fails where those of one cannot be read.
    pub(super) fn sides(
        &mut self,
        options: &SchemaOptions,
        output: &Output,
    ) -> Result<Vec<Sides>, Failure> {
        let mut found = Diagnostics::default();
        let mut sides = Vec::new();
        let mut sources = std::mem::take(&mut self.sources);
        for id in &self.chosen {
            let engine = self.model()?.engine(*id).clone();
            let folder = folder(&self.compiled.project, &engine.name);
            let folded = fold(&folder, &engine, &mut sources, &mut found);
            let schema = Structure::of(self.model()?, *id);
            let schema = schema.map_err(|why| found.push(unwritable(&engine, &why)));
            if let (Some(folded), Ok(schema)) = (folded, schema) {
                sides.push(Sides {
                    id: *id,
                    engine,
                    folder,
                    schema,
                    folded,
                });
            }
        }
        self.sources = sources;
        output.report_errors(&found, &self.sources, options.format)?;
        Ok(sides)
    }
}
