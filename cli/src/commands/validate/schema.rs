//! `bindery validate`: the databases of engines beside the schema.

use bindery_schema::model::{CheckedModel, EngineId};
use serde::Serialize;

use super::ValidateArguments;
use super::fix::{self, Fix};
use crate::at_once::at_once;
use crate::comparison::{self, Compared, Comparison, Finding};
use crate::database::Engines;
use crate::engines::Purpose;
use crate::failure::{Ended, Failure};
use crate::options::Format;
use crate::output::{Output, Paint, Stream};
use crate::progress::Progress;
use crate::project::{DialectChoice, Project};
use crate::report::{self, document};
use crate::text::count;

/// One engine of the document; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct Validated<'m> {
    engine: &'m str,
    dialect: &'static str,
    /// Neither differences nor an error.
    ok: bool,
    #[serde(flatten)]
    comparison: Comparison,
    /// Why the database could not be compared.
    #[serde(flatten)]
    ended: Ended,
    /// With `--fix`: the files that mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<Fix>,
}

/// Compares the engines at the same time, and prints one after the other.
pub(super) fn run(arguments: &ValidateArguments, output: &Output) -> Result<(), Failure> {
    let options = &arguments.schema;
    let project = Project::load_schema(options, DialectChoice::Configured)?;
    let chosen = project.choose(&arguments.engines.or_all(), Purpose::Harmless)?;
    let compiled = project.compile();
    let model = report::checked(&compiled, options, output)?;
    let engines = Engines::with_schema(&compiled.project, &chosen, Some(model))?;
    let progress = Progress::new(output, arguments.progress.quiet);
    let mut all = at_once(&chosen, |index, id| {
        let told = progress.steps(("reading", "the schema", &model.engine(*id).name));
        let compared = comparison::of_engine((&engines, index, &told), model, *id);
        progress.end();
        let mending = compared.as_ref().ok().filter(|_| arguments.fix);
        let fix = mending.map_or(Ok(None), |compared| {
            fix::plan(&compiled.project, model.engine(*id), &compared.mending)
        });
        let mut one = validated(model, *id, compared, arguments.strict);
        one.mend(fix);
        one
    });
    if !arguments.dry_run {
        all.iter_mut().for_each(Validated::write_fix);
    }
    print(&all, arguments, output)
}

impl Validated<'_> {
    /// Takes the mend; where there can be none, that is the error of this engine alone.
    fn mend(&mut self, fix: Result<Option<Fix>, Failure>) {
        match fix {
            Ok(fix) => self.fix = fix,
            Err(failure) => self.fail(&failure),
        }
    }

    /// Writes the files of the mend.
    fn write_fix(&mut self) {
        let written = self.fix.as_ref().map_or(Ok(()), Fix::write);
        if let Err(failure) = written {
            self.fix = None;
            self.fail(&failure);
        }
    }

    fn fail(&mut self, failure: &Failure) {
        self.ok = false;
        self.ended = Ended::from(failure);
    }
}

fn validated(
    model: &CheckedModel,
    id: EngineId,
    compared: Result<Compared, Failure>,
    strict: bool,
) -> Validated<'_> {
    let engine = model.engine(id);
    let (comparison, ended) = match compared {
        Ok(compared) => (compared.comparison, Ended::default()),
        Err(failure) => (Comparison::default(), Ended::from(&failure)),
    };
    let is_wrong =
        |one: &Comparison| !one.differences.is_empty() || (strict && !one.extra.is_empty());
    Validated {
        engine: &engine.name,
        dialect: engine.dialect.name(),
        ok: ended.error.is_none() && !is_wrong(&comparison),
        comparison,
        ended,
        fix: None,
    }
}

fn print(
    all: &[Validated<'_>],
    arguments: &ValidateArguments,
    output: &Output,
) -> Result<(), Failure> {
    output.result(&match arguments.schema.format {
        Format::Json => document(&all),
        Format::Human | Format::Github => all
            .iter()
            .map(|one| {
                let fix = one.fix.as_ref();
                let fix = fix.map(|fix| fix.lines(one.engine, arguments.dry_run, output));
                lines(one, arguments.strict, output.results()) + &fix.unwrap_or_default()
            })
            .collect(),
    })?;
    for one in all {
        if let Some(fix) = &one.fix {
            fix.tell(one.engine, output);
        }
    }
    for one in all {
        if let Some(error) = &one.ended.error {
            let failure = Failure::new(error).without_engine(one.engine);
            output.failure(&failure.about(&format!("engine `{}`", one.engine)));
        }
    }
    let wrong: Vec<&Validated<'_>> = all.iter().filter(|one| !one.ok).collect();
    let Some(first) = wrong.iter().find(|one| one.ended.error.is_none()) else {
        return if wrong.is_empty() {
            Ok(())
        } else {
            Err(Failure::Told)
        };
    };
    let found = |one: &&Validated<'_>| {
        let extra = if arguments.strict {
            one.comparison.extra.len()
        } else {
            0
        };
        one.comparison.differences.len() + extra
    };
    let number = wrong.iter().map(found).sum();
    let failure = Failure::new(format!("{} from the schema", count(number, "difference")));
    Err(failure.help(help(first)))
}

fn help(one: &Validated<'_>) -> String {
    let engine = one.engine;
    let mut found = one.comparison.differences.iter();
    if found.all(Finding::is_own_table) && !one.comparison.differences.is_empty() {
        return format!(
            "`bindery migrate run --engine {engine}` makes bindery's own tables and brings them up to date, and so does `bindery create \
             --engine {engine}`"
        );
    }
    format!(
        "change the database with a migration, or write the schema as the database is: `bindery pull --engine {engine} --out -` shows it"
    )
}

fn lines(one: &Validated<'_>, strict: bool, stream: Stream) -> String {
    let engine = one.engine;
    let line = |word: &str, paint: Paint, text: &str| {
        format!("{}  {text}\n", stream.paint(paint, &format!("{word:<9}")))
    };
    let found = |word: &str, paint: Paint, finding: &Finding| {
        line(
            word,
            paint,
            &format!("{} on {engine}{}", finding.place(), finding.texts()),
        )
    };
    let mut text = String::new();
    for finding in &one.comparison.differences {
        text += &found(finding.word(), Paint::Bad, finding);
    }
    let paint = if strict { Paint::Bad } else { Paint::Faint };
    for finding in &one.comparison.extra {
        text += &found("extra", paint, finding);
    }
    for finding in &one.comparison.notes {
        text += &found("unknown", Paint::Faint, finding);
    }
    for table in &one.comparison.unmanaged {
        text += &line("unmanaged", Paint::Faint, &format!("{table} on {engine}"));
    }
    if one.ok {
        let tables = count(one.comparison.tables, "table");
        text += &line(
            "equal",
            Paint::Good,
            &format!("{engine}: {tables} as the schema says"),
        );
    }
    text
}
