//! Prints the result of one stage of the compiler.

use bindery_codegen::{EmitOptions, GeneratedFile, emit};
use bindery_schema::model::{CheckedModel, EngineId};
use bindery_schema::{parse, read_model};
use clap::ValueEnum;
use serde::Serialize;

use super::{planned, resolved};
use crate::failure::Failure;
use crate::options::{Format, SchemaOptions};
use crate::output::Output;
use crate::project::{DialectChoice, Project};
use crate::report::{self, summary};
use crate::tables;

/// The stages, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Stage {
    /// The statements of each file
    Parse,
    /// Tables, columns and references with their Rust names and types
    Resolve,
    /// The findings of all rules
    Check,
    /// The SQL that makes the tables of each engine
    Plan,
    /// The generated code
    Emit,
}

/// Prints the stage's result. The findings of the stages before it are printed first.
pub(super) fn run(
    stage: Stage,
    options: &SchemaOptions,
    dialect: DialectChoice,
    output: &Output,
) -> Result<(), Failure> {
    let project = Project::load(options, dialect)?;
    match stage {
        Stage::Parse => parsed(project, options, output),
        Stage::Resolve => resolved(project, options, output),
        Stage::Check => summary::print(&project.compile(), &[], options, output),
        Stage::Plan => checked(project, options, output, planned),
        Stage::Emit => checked(project, options, output, emitted),
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
    print_findings(&project, options, output)
}

fn resolved(project: Project, options: &SchemaOptions, output: &Output) -> Result<(), Failure> {
    let mut project = usable(project, options, output)?;
    let model = read_model(&project.input, &mut project.found);
    let schema = resolved::resolved(&model, &project.input.sources);
    output.result(&match options.format {
        Format::Json => report::document(&schema),
        Format::Human | Format::Github => schema.text(output.results()),
    })?;
    print_findings(&project, options, output)
}

fn planned(model: &CheckedModel, format: Format) -> String {
    let engines: Vec<EngineId> = model.engine_ids().collect();
    let tables = tables::of_engines(model, &engines);
    match format {
        Format::Json => report::document(&planned::engines(model, &tables)),
        Format::Human | Format::Github => tables::statements(&tables, format),
    }
}

/// The code of one file for each model, as `generate` writes it.
fn emitted(model: &CheckedModel, format: Format) -> String {
    let files = emit(
        model,
        &EmitOptions {
            file_per_model: true,
        },
    );
    match format {
        Format::Json => report::document(&files.iter().map(EmittedFile::from).collect::<Vec<_>>()),
        Format::Human | Format::Github => {
            let one = |file: &GeneratedFile| format!("// ---- {} ----\n\n{}", file.path, file.text);
            files.iter().map(one).collect::<Vec<_>>().join("\n")
        }
    }
}

/// A generated file as data; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct EmittedFile<'f> {
    path: &'f str,
    text: &'f str,
}

impl<'f> From<&'f GeneratedFile> for EmittedFile<'f> {
    fn from(GeneratedFile { path, text }: &'f GeneratedFile) -> Self {
        Self { path, text }
    }
}

/// The project, where its files could be read.
fn usable(project: Project, options: &SchemaOptions, output: &Output) -> Result<Project, Failure> {
    if project.found.has_errors() {
        report::require_ok(&project.compile(), options, output, report::Advice::Shown)?;
        return Err(Failure::Told);
    }
    Ok(project)
}

/// Tells what was found on the way; fails for errors.
fn print_findings(
    project: &Project,
    options: &SchemaOptions,
    output: &Output,
) -> Result<(), Failure> {
    report::tell(project, options.format, output, report::Advice::LeftToCheck)?;
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
