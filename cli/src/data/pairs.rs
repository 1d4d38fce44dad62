//! The tables that two engines have under one name, for what copies or compares them.

use bindery_schema::model::{CheckedModel, EngineId};

use super::tables::{self, EngineTable};
use crate::arguments::EngineOptions;
use crate::database::{Chosen, Engines};
use crate::engines::Purpose;
use crate::failure::Failure;
use crate::project::Project;

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
        let mut sources = tables::chosen(model, self.from, names)?;
        let mut pairs = Vec::new();
        for to in tables::managed(model, self.to) {
            let is_same = |from: &EngineTable<'_>| from.table.name.name == to.table.name.name;
            let Some(at) = sources.iter().position(is_same) else {
                continue;
            };
            let from = sources.remove(at);
            pairs.push(self.pair(model, from, to)?);
        }
        match sources.first() {
            None => Ok(pairs),
            Some(table) => Err(self.missing(model, table)),
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
