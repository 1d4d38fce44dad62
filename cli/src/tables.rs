//! The tables of the chosen engines: how they are made and dropped, and what is printed about each.

use bindery::__private::{TableDdl, own_tables};
use bindery_schema::model::{CheckedModel, EngineId, Table};
use bindery_schema::name::suggest;
use bindery_schema::plan::{CreateTable, create_statements};
use serde::Serialize;

use crate::confirm::{self, Confirmation};
use crate::failure::Failure;
use crate::options::Format;
use crate::output::{Output, Paint, Stream};
use crate::program::engine_info;
use crate::project::Project;
use crate::report::{document, document_of_engines};
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
    /// The only ones to work on, by their names with their schemas; all where there are none.
    chosen: &'m [String],
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
    pub(crate) failed: Vec<(&'m str, Failure)>,
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

impl Outcomes<'_> {
    /// Why engines failed, and that tables are not as the schema says.
    pub(crate) fn into_failures(self) -> Vec<Failure> {
        let tables = self.done.iter().flat_map(|outcome| &outcome.tables);
        let differing = tables.filter(|table| !table.differences.is_empty()).count();
        let failed = self.failed.into_iter().map(|(_, failure)| failure);
        failed
            .chain((differing > 0).then(|| differs(differing)))
            .collect()
    }
}

fn differs(tables: usize) -> Failure {
    let verb = if tables == 1 { "differs" } else { "differ" };
    let failure = Failure::new(format!("{} {verb} from the schema", count(tables, "table")));
    failure.help("`create` changes no table: change it with `ALTER TABLE`, or write the schema as the table is")
}

/// The statements of one engine as data; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
pub(crate) struct EngineStatements<'t> {
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
    engines
        .iter()
        .map(|&id| of_engine(model, id, &[]))
        .collect()
}

/// The tables of engines, to work on those of these names: each is on one of the engines and managed.
pub(crate) fn chosen<'m>(
    model: &'m CheckedModel,
    engines: &[EngineId],
    names: &'m [String],
) -> Result<Vec<EngineTables<'m>>, Failure> {
    let all: Vec<_> = engines
        .iter()
        .map(|&id| of_engine(model, id, names))
        .collect();
    for name in names {
        if let Some(engine) = all.iter().find(|engine| engine.leaves_alone(name)) {
            return Err(unmanaged(name, engine.engine, "it is left alone"));
        }
        if !all.iter().any(|engine| engine.has(name)) {
            let known = all.iter().flat_map(EngineTables::names);
            let known: Vec<String> = known.collect();
            let on: Vec<_> = all.iter().map(|engine| engine.engine).collect();
            return Err(unknown(name, &on, known.iter().map(String::as_str)));
        }
    }
    Ok(all)
}

/// No table of a command is one that bindery does not manage.
pub(crate) fn unmanaged(name: &str, engine: &str, so: &str) -> Failure {
    let message = format!("table `{name}` on engine `{engine}` is `@unmanaged`, so {so}");
    Failure::new(message).help("leave it out of the command")
}

/// None of the engines has a table of this name.
pub(crate) fn unknown<'n>(
    name: &str,
    engines: &[&str],
    known: impl Iterator<Item = &'n str>,
) -> Failure {
    let (shown, on) = (name.escape_debug(), engines.join("`, `"));
    let word = if engines.len() == 1 {
        "engine"
    } else {
        "engines"
    };
    let failure = Failure::new(format!("there is no table `{shown}` on {word} `{on}`"));
    match suggest(name, known) {
        Some(near) => failure.help(format!("did you mean `--table {near}`?")),
        None => failure.help(format!(
            "tables are named as in the schema, as `users` or `shop.users`; one that only the database has is in the schema that \
             `bindery pull --engine {} --out all.sql` writes: add `--schema all.sql`",
            engines.first().unwrap_or(&"default")
        )),
    }
}

fn of_engine<'m>(model: &'m CheckedModel, id: EngineId, chosen: &'m [String]) -> EngineTables<'m> {
    let engine = model.engine(id);
    let unmanaged = |table: &&Table| table.unmanaged && table.engines.contains(&id);
    let named = model
        .views
        .iter()
        .filter_map(|view| view.model.as_ref().err());
    let tables = model.tables.iter().chain(named.map(|named| &named.table));
    EngineTables {
        id,
        engine: &engine.name,
        dialect: engine.dialect.name(),
        tables: create_statements(model, id),
        own: own_tables(&engine_info(engine), engine.keeps_outcomes).collect(),
        unmanaged: tables.filter(unmanaged).collect(),
        chosen,
    }
}

impl<'m> EngineTables<'m> {
    fn names(&self) -> impl Iterator<Item = String> {
        self.tables.iter().map(|table| table.name.to_string())
    }

    fn has(&self, name: &str) -> bool {
        self.names().any(|one| one == name)
    }

    fn leaves_alone(&self, name: &str) -> bool {
        let mut unmanaged = self.unmanaged.iter();
        unmanaged.any(|table| table.name.to_string() == name)
    }

    fn is_chosen(&self, name: &str) -> bool {
        self.chosen.is_empty() || self.chosen.iter().any(|one| one == name)
    }

    /// The choice for the runtime, where there is one.
    pub(crate) fn choice(&self) -> Option<impl Fn(&TableDdl) -> bool> {
        let is_chosen = |table: &TableDdl| match &table.schema {
            Some(schema) => self.is_chosen(&format!("{schema}.{}", table.table)),
            None => self.is_chosen(&table.table),
        };
        (!self.chosen.is_empty()).then_some(is_chosen)
    }

    /// Those to work on.
    fn worked_on(&self) -> impl Iterator<Item = &CreateTable> + Clone {
        let tables = self.tables.iter();
        tables.filter(|table| self.is_chosen(&table.name.to_string()))
    }

    /// Those of bindery's own to work on.
    fn own(&self) -> impl Iterator<Item = &'static TableDdl> {
        let own = self.own.iter().copied();
        own.filter(|_| self.chosen.is_empty())
    }

    /// Those that are left alone and not by the user's choice.
    fn unmanaged(&self) -> impl Iterator<Item = &'m Table> {
        let unmanaged = self.unmanaged.iter().copied();
        unmanaged.filter(|_| self.chosen.is_empty())
    }

    /// All statements that make the tables, in order.
    pub(crate) fn create(&self) -> impl Iterator<Item = &str> {
        let create = self.worked_on().flat_map(|table| &table.create);
        let link = self.worked_on().flat_map(|table| &table.link);
        let own = self.own();
        let own = own.flat_map(|table| table.create.iter().chain(table.link.iter()));
        create.chain(link).map(String::as_str).chain(own)
    }

    /// Says which tables are left alone.
    pub(crate) fn tell_unmanaged(&self, output: &Output) {
        for table in self.unmanaged() {
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
        let tables = self.worked_on();
        let tables = tables.map(|table| (table.name.name.as_str(), table.name.to_string()));
        let own = self.own().filter(|table| is_listed(table));
        let own = own.map(|table| (&*table.table, table.table.to_string()));
        let managed = tables.chain(own).map(|(name, shown)| {
            let status = status(name, &shown);
            (shown, status)
        });
        let unmanaged = self
            .unmanaged()
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

/// The statements of an engine as data.
pub(crate) fn data<'t>(engine: &'t EngineTables<'t>) -> EngineStatements<'t> {
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
        let number = count(engine.worked_on().count(), "table");
        let place = project.place(engine.engine).unwrap_or_default();
        let named = match engine.chosen {
            [] => " of the schema".to_owned(),
            _ => {
                let names = engine.worked_on().map(|table| table.name.to_string());
                format!(": {}", names.collect::<Vec<_>>().join(", "))
            }
        };
        output.message(&format!(
            "engine `{}`, {place}: {number}{named}\n",
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
        failed: Vec::new(),
    }
}

/// Prints what became of each table; fails where an engine did.
pub(crate) fn print(
    outcomes: Outcomes<'_>,
    format: Format,
    output: &Output,
) -> Result<(), Failure> {
    print_done(&outcomes, format, output)?;
    output.failures(&outcomes.into_failures())
}

/// Prints what became of each table of the engines that were done.
pub(crate) fn print_done(
    Outcomes { done, failed }: &Outcomes<'_>,
    format: Format,
    output: &Output,
) -> Result<(), Failure> {
    output.result(&match format {
        Format::Json => document_of_engines(done, failed),
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
