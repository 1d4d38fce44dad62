//! The tables that two engines have under one name, for what copies or compares them.

use bindery_schema::model::{CheckedModel, EngineId, Table};
use serde::Serialize;

use super::tables::{self, EngineTable};
use crate::database::{Chosen, Engines};
use crate::engines::Purpose;
use crate::failure::Failure;
use crate::options::{EngineOptions, Format};
use crate::output::{Output, Paint};
use crate::project::Project;
use crate::report::document;

/// A table of two engines.
pub(crate) struct Pair<'m> {
    pub(crate) from: EngineTable<'m>,
    pub(crate) to: EngineTable<'m>,
}

impl Pair<'_> {
    pub(crate) fn name(&self) -> &str {
        self.from.data.name()
    }
}

/// The two engines of a command.
#[derive(Clone, Copy)]
pub(crate) struct Ends {
    pub(crate) from: EngineId,
    pub(crate) to: EngineId,
}

impl Ends {
    /// The engines of these names, which have to be two.
    pub(crate) fn named(project: &Project, from: &str, to: &str) -> Result<Self, Failure> {
        if from == to {
            let failure = Failure::new(format!("both engines are `{from}`"));
            return Err(failure.help("name two engines of bindery.toml"));
        }
        let one = |name: &str| {
            let options = EngineOptions {
                engine: vec![name.to_owned()],
                all: false,
            };
            let chosen = project.choose(&options, Purpose::Harmless)?;
            let none = || Failure::new("the configuration cannot be used");
            chosen.first().copied().ok_or_else(none)
        };
        Ok(Self {
            from: one(from)?,
            to: one(to)?,
        })
    }

    /// Both, ready to be connected to: the first one is `from`.
    pub(crate) fn open(self, project: &Project) -> Result<(Engines, Chosen, Chosen), Failure> {
        let engines = Engines::open(project, &[self.from, self.to])?;
        let (from, to) = (engines.chosen(0), engines.chosen(1));
        Ok((engines, from, to))
    }

    /// The tables of these names, or all of `from` where there are none, in the order in which they are loaded on `to`.
    pub(crate) fn tables<'m>(
        self,
        model: &'m CheckedModel,
        names: &[String],
    ) -> Result<Vec<Pair<'m>>, Failure> {
        let sources = tables::chosen(model, self.from, names)?;
        if sources.is_empty() {
            return Err(self.nothing(model));
        }
        let mut targets: Vec<_> = tables::managed(model, self.to)
            .into_iter()
            .map(Some)
            .collect();
        let mut placed = Vec::new();
        for from in sources {
            let at = self.place(model, &from, &targets)?;
            let to = targets.get_mut(at).and_then(Option::take);
            let to = to.ok_or_else(|| self.missing(model, &from))?;
            placed.push((at, self.pair(model, from, to)?));
        }
        placed.sort_by_key(|(at, _)| *at);
        Ok(placed.into_iter().map(|(_, pair)| pair).collect())
    }

    /// The place of the table's counterpart: that of its full name, or else of its name without a schema where either engine has one.
    fn place(
        self,
        model: &CheckedModel,
        from: &EngineTable<'_>,
        targets: &[Option<EngineTable<'_>>],
    ) -> Result<usize, Failure> {
        let place = |is: &dyn Fn(&EngineTable<'_>) -> bool| {
            let mut places = (0..targets.len()).filter(|&at| targets[at].as_ref().is_some_and(is));
            (places.next(), places.next())
        };
        if let (Some(at), _) = place(&|to| to.table.name == from.table.name) {
            return Ok(at);
        }
        let is_namesake = |one: &EngineTable<'_>| one.table.name.name == from.table.name.name;
        let sources = tables::managed(model, self.from);
        match place(&is_namesake) {
            (None, _) => Err(self.missing(model, from)),
            (Some(at), None) if sources.iter().filter(|one| is_namesake(one)).count() < 2 => Ok(at),
            (Some(_), _) => Err(self.several(model, from)),
        }
    }

    fn several(self, model: &CheckedModel, table: &EngineTable<'_>) -> Failure {
        let to = &model.engine(self.to).name;
        let (name, bare) = (table.data.name(), &table.table.name.name);
        let failure = Failure::new(format!(
            "table `{name}` has no table of its full name on engine `{to}`, and several tables are named `{bare}`"
        ));
        failure.help("give both tables the same schema, or name other tables")
    }

    /// Names the tables of `from` that are left out as no names are given.
    pub(crate) fn tell_left_out(self, model: &CheckedModel, names: &[String], output: &Output) {
        let left_out = self.unmanaged(model);
        if names.is_empty() && !left_out.is_empty() {
            let from = &model.engine(self.from).name;
            let tables = left_out.join(", ");
            output.message(&format!("left out   {tables} on {from}: unmanaged\n"));
        }
    }

    fn unmanaged(self, model: &CheckedModel) -> Vec<&str> {
        let tables = model.tables.iter();
        let is_unmanaged = |table: &&Table| {
            table.unmanaged && table.view.is_none() && table.engines.contains(&self.from)
        };
        let names = tables
            .filter(is_unmanaged)
            .map(|table| table.name.name.as_str());
        names.collect()
    }

    fn nothing(self, model: &CheckedModel) -> Failure {
        let from = &model.engine(self.from).name;
        let failure = Failure::new(format!("engine `{from}` has no table that bindery manages"));
        match self.unmanaged(model).as_slice() {
            [] => failure.help(format!("host a model on engine `{from}`")),
            names => failure.help(format!("these are unmanaged: {}", names.join(", "))),
        }
    }

    fn pair<'m>(
        self,
        model: &CheckedModel,
        from: EngineTable<'m>,
        to: EngineTable<'m>,
    ) -> Result<Pair<'m>, Failure> {
        let names = |table: &EngineTable<'_>| -> Vec<String> {
            let columns = table.data.columns().iter();
            columns.map(|column| column.name.clone()).collect()
        };
        if names(&from) == names(&to) {
            return Ok(Pair { from, to });
        }
        Err(Failure::new(format!(
            "table `{}` has other columns on engine `{}` than on `{}`",
            from.data.name(),
            model.engine(self.to).name,
            model.engine(self.from).name,
        )))
    }

    fn missing(self, model: &CheckedModel, table: &EngineTable<'_>) -> Failure {
        let (from, to) = (&model.engine(self.from).name, &model.engine(self.to).name);
        let name = table.data.name();
        let failure = Failure::new(format!("engine `{to}` has no table `{name}`"));
        failure.help(format!(
            "write `-- @engines {from}, {to}` above it, or `models-of = \"{from}\"` for engine `{to}` in bindery.toml"
        ))
    }
}

/// One table of a dry run; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct TablePlan<'a> {
    table: &'a str,
    from: &'a str,
    to: &'a str,
    status: &'static str,
}

/// Lists the tables whose rows would be copied from one engine to another.
pub(crate) fn print_planned<'t>(
    (from, to): (&'t str, &'t str),
    tables: impl Iterator<Item = &'t str>,
    (format, output): (Format, &Output),
) -> Result<(), Failure> {
    let plan = |table| TablePlan {
        table,
        from,
        to,
        status: "planned",
    };
    let word = output.results().paint(Paint::Faint, "planned  ");
    let line = |table| format!("{word}  {table} from {from} to {to}\n");
    output.result(&match format {
        Format::Json => document(&tables.map(plan).collect::<Vec<_>>()),
        Format::Human | Format::Github => tables.map(line).collect(),
    })
}
