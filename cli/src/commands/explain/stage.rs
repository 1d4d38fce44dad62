//! What one stage of the compiler makes of the schema.

use bindery_schema::model::{CheckedModel, EngineId};
use bindery_schema::parse;
use clap::ValueEnum;

use crate::arguments::{Format, SchemaOptions};
use crate::commands::{check, create};
use crate::failure::Failure;
use crate::output::Output;
use crate::project::{DialectChoice, Project};
use crate::report;
use crate::tables;

/// The stages, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Stage {
    /// The statements of each file
    Parse,
    /// The findings of all rules
    Check,
    /// The SQL that makes the tables of each engine
    Plan,
}

/// Prints the stage's result. What the stages before it found is told first.
pub(super) fn run(
    stage: Stage,
    options: &SchemaOptions,
    dialect: DialectChoice,
    output: &Output,
) -> Result<(), Failure> {
    let project = Project::load(options, dialect)?;
    match stage {
        Stage::Parse => parsed(project, options, output),
        Stage::Check => check::print(&project.compile(), options, output),
        Stage::Plan => checked(project, options, output, planned),
    }
}

fn parsed(project: Project, options: &SchemaOptions, output: &Output) -> Result<(), Failure> {
    if options.format == Format::Json {
        return Err(
            Failure::new("the stage `parse` has no form in JSON").help("leave `--format json` out")
        );
    }
    let mut project = usable(project, options, output)?;
    let ast = parse::parse(&project.input, &mut project.found);
    output.result(&format!("{ast:#?}\n"))?;
    told(&project, options, output)
}

fn planned(model: &CheckedModel, format: Format) -> String {
    let engines: Vec<EngineId> = model.engine_ids().collect();
    create::statements(&tables::of_engines(model, &engines), format)
}

/// The project, where its files could be read.
fn usable(project: Project, options: &SchemaOptions, output: &Output) -> Result<Project, Failure> {
    if project.found.has_errors() {
        report::require_ok(&project.compile(), options, output)?;
        return Err(Failure::Told);
    }
    Ok(project)
}

/// Tells what was found on the way; fails for errors.
fn told(project: &Project, options: &SchemaOptions, output: &Output) -> Result<(), Failure> {
    report::tell(project, options.format, output)?;
    if project.found.has_errors() {
        Err(Failure::Told)
    } else {
        Ok(())
    }
}

/// Prints something made of a schema that passed every rule.
fn checked(
    project: Project,
    options: &SchemaOptions,
    output: &Output,
    text: impl FnOnce(&CheckedModel, Format) -> String,
) -> Result<(), Failure> {
    let compiled = project.compile();
    let model = report::checked(&compiled, options, output)?;
    output.result(&text(model, options.format))
}
