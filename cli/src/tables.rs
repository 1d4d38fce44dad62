//! The tables of the chosen engines: how they are made and dropped, and what is printed about each.

use bindery::__private::{TableDdl, own_tables};
use bindery_schema::model::{CheckedModel, EngineId, Table};
use bindery_schema::plan::{CreateTable, create_statements};
use serde::Serialize;

use crate::confirm::{self, Confirmation};
use crate::failure::Failure;
use crate::options::Format;
use crate::output::{Output, Paint, Stream};
use crate::program::engine_info;
use crate::project::Project;
use crate::report::document;
use crate::text::count;

/// The managed tables of one engine, in the order they can be made in.
#[derive(Debug)]
pub(crate) struct EngineTables<'m> {
    pub(crate) id: EngineId,
    pub(crate) engine: &'m str,
    pub(crate) dialect: &'static str,
    pub(crate) tables: Vec<CreateTable>,
    /// Tables of bindery's own.
    own: Vec<&'static TableDdl>,
    /// Tables that are never made or dropped.
    unmanaged: Vec<&'m Table>,
}

/// The result for the tables of one engine; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
pub(crate) struct EngineOutcome<'m> {
    pub(crate) engine: &'m str,
    pub(crate) dialect: &'static str,
    pub(crate) tables: Vec<TableOutcome>,
}

/// The results of the engines that were done, and the errors of the others.
#[derive(Debug)]
pub(crate) struct Outcomes<'m> {
    pub(crate) done: Vec<EngineOutcome<'m>>,
    pub(crate) failures: Vec<Failure>,
}

/// The result for one table.
#[derive(Debug, Serialize)]
pub(crate) struct TableOutcome {
    pub(crate) table: String,
    pub(crate) status: Status,
    /// In what it differs from the schema.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) differences: Vec<String>,
}

impl EngineOutcome<'_> {
    /// Returns how many tables are not as the schema says.
    pub(crate) fn differing(&self) -> usize {
        let tables = self.tables.iter();
        tables.filter(|table| !table.differences.is_empty()).count()
    }
}

/// The statements of one engine as data; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct EngineStatements<'t> {
    engine: &'t str,
    dialect: &'static str,
    statements: Vec<&'t str>,
}

/// The outcome for a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Created,
    Exists,
    Differs,
    Dropped,
    Missing,
    /// A dry run would do it.
    Planned,
    Unmanaged,
}

/// The tables of engines.
pub(crate) fn of_engines<'m>(
    model: &'m CheckedModel,
    engines: &[EngineId],
) -> Vec<EngineTables<'m>> {
    engines.iter().map(|&id| of_engine(model, id)).collect()
}

fn of_engine(model: &CheckedModel, id: EngineId) -> EngineTables<'_> {
    let engine = model.engine(id);
    let unmanaged = |table: &&Table| table.unmanaged && table.engines.contains(&id);
    EngineTables {
        id,
        engine: &engine.name,
        dialect: engine.dialect.name(),
        tables: create_statements(model, id),
        own: own_tables(&engine_info(engine), engine.keeps_outcomes).collect(),
        unmanaged: model.tables.iter().filter(unmanaged).collect(),
    }
}

impl<'m> EngineTables<'m> {
    /// All statements that make the tables, in order.
    pub(crate) fn create(&self) -> impl Iterator<Item = &str> {
        let create = self.tables.iter().flat_map(|table| &table.create);
        let link = self.tables.iter().flat_map(|table| &table.link);
        let own = self.own.iter();
        let own = own.flat_map(|table| table.create.iter().chain(table.link).copied());
        create.chain(link).map(String::as_str).chain(own)
    }

    /// Says which tables are left alone.
    pub(crate) fn tell_unmanaged(&self, output: &Output) {
        for table in &self.unmanaged {
            let name = table.name.to_string();
            output.message(&format!(
                "`{name}` on `{}` is `@unmanaged`: left alone\n",
                self.engine
            ));
        }
    }

    /// Lists the result of dropping each table. Those that stay are not among them.
    pub(crate) fn dropped(&self, mut status: impl FnMut(&str) -> Status) -> EngineOutcome<'m> {
        self.listed(
            |table| !table.drop.is_empty(),
            |name, _| (status(name), Vec::new()),
        )
    }

    /// Lists the result and the differences of each table, the unmanaged ones last. `status` is of a table by its name, alone and
    /// with its schema.
    pub(crate) fn outcome(
        &self,
        status: impl FnMut(&str, &str) -> (Status, Vec<String>),
    ) -> EngineOutcome<'m> {
        self.listed(|_| true, status)
    }

    fn listed(
        &self,
        is_listed: fn(&TableDdl) -> bool,
        mut status: impl FnMut(&str, &str) -> (Status, Vec<String>),
    ) -> EngineOutcome<'m> {
        let tables = self.tables.iter();
        let tables = tables.map(|table| (table.name.name.as_str(), table.name.to_string()));
        let own = self.own.iter().copied().filter(|table| is_listed(table));
        let own = own.map(|table| (table.table, table.table.to_owned()));
        let managed = tables.chain(own).map(|(name, shown)| {
            let status = status(name, &shown);
            (shown, status)
        });
        let unmanaged = self
            .unmanaged
            .iter()
            .map(|table| (table.name.to_string(), (Status::Unmanaged, Vec::new())));
        let outcome = |(table, (status, differences))| TableOutcome {
            table,
            status,
            differences,
        };
        EngineOutcome {
            engine: self.engine,
            dialect: self.dialect,
            tables: managed.chain(unmanaged).map(outcome).collect(),
        }
    }
}

/// The statements of engines, in the requested form.
pub(crate) fn statements(engines: &[EngineTables<'_>], format: Format) -> String {
    match format {
        Format::Json => document(&engines.iter().map(data).collect::<Vec<_>>()),
        Format::Human | Format::Github => engines.iter().map(script).collect::<Vec<_>>().join("\n"),
    }
}

fn data<'t>(engine: &'t EngineTables<'t>) -> EngineStatements<'t> {
    EngineStatements {
        engine: engine.engine,
        dialect: engine.dialect,
        statements: engine.create().collect(),
    }
}

fn script(engine: &EngineTables<'_>) -> String {
    let head = format!("-- engine {} ({})\n", engine.engine, engine.dialect);
    head + &engine
        .create()
        .map(|sql| format!("{sql};\n"))
        .collect::<String>()
}

/// Fails unless the user confirms; names the tables' number and the place of each engine first.
pub(crate) fn ask_to_drop(
    confirmation: &Confirmation<'_>,
    project: &Project,
    engines: &[EngineTables<'_>],
    output: &Output,
) -> Result<(), Failure> {
    confirm::require_terminal(confirmation)?;
    for engine in engines {
        let number = count(engine.tables.len(), "table");
        let place = project.place(engine.engine).unwrap_or_default();
        output.message(&format!(
            "engine `{}`, {place}: {number} of the schema\n",
            engine.engine
        ));
    }
    confirm::ask(confirmation, output)
}

/// Returns the tables that would be dropped, as a dry run prints them.
pub(crate) fn to_drop<'m>(engines: &[EngineTables<'m>]) -> Outcomes<'m> {
    let planned = |engine: &EngineTables<'m>| engine.dropped(|_| Status::Planned);
    Outcomes {
        done: engines.iter().map(planned).collect(),
        failures: Vec::new(),
    }
}

/// Prints what became of each table; fails where an engine did.
pub(crate) fn print(
    outcomes: Outcomes<'_>,
    format: Format,
    output: &Output,
) -> Result<(), Failure> {
    print_done(&outcomes.done, format, output)?;
    output.failures(&outcomes.failures)
}

/// Prints what became of each table of the engines that were done.
pub(crate) fn print_done(
    done: &[EngineOutcome<'_>],
    format: Format,
    output: &Output,
) -> Result<(), Failure> {
    output.result(&match format {
        Format::Json => document(done),
        Format::Human | Format::Github => lines(done, output.results()),
    })
}

fn lines(outcomes: &[EngineOutcome<'_>], stream: Stream) -> String {
    let line = |engine: &str, table: &TableOutcome| {
        let status = table.status.painted(stream);
        let differences = table.differences.iter();
        let differences = differences.map(|difference| format!("           {difference}\n"));
        let line = format!("{status}  {} on {engine}\n", table.table);
        line + &differences.collect::<String>()
    };
    let of_engine = |outcome: &EngineOutcome<'_>| {
        outcome
            .tables
            .iter()
            .map(|table| line(outcome.engine, table))
            .collect::<String>()
    };
    outcomes.iter().map(of_engine).collect()
}

impl Status {
    fn painted(self, stream: Stream) -> String {
        let (word, paint) = match self {
            Self::Created => ("created", Paint::Good),
            Self::Exists => ("exists", Paint::Faint),
            Self::Differs => ("differs", Paint::Bad),
            Self::Dropped => ("dropped", Paint::Bad),
            Self::Missing => ("missing", Paint::Faint),
            Self::Planned => ("planned", Paint::Faint),
            Self::Unmanaged => ("unmanaged", Paint::Faint),
        };
        stream.paint(paint, &format!("{word:<9}"))
    }
}
