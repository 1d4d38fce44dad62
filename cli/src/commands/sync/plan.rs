//! The syncs of the schema that a run of the command is for, and the tables of each with the columns that are copied.

use bindery_schema::model::{CheckedModel, EngineId, TableSync};
use bindery_schema::name::suggest;
use bindery_schema::plan::statements::copies_columns;

use crate::data::pairs::Pair;
use crate::data::tables;
use crate::database::{Chosen, Engines};
use crate::failure::Failure;
use crate::output::Output;

/// The syncs of a run.
pub(super) struct Plan<'m> {
    model: &'m CheckedModel,
    /// Those that are run.
    pub(super) syncs: Vec<Planned<'m>>,
    /// Those whose rows the program maps.
    mapped: Vec<&'m TableSync>,
    /// The engines of all of them, in the order in which they are opened.
    pub(super) engines: Vec<EngineId>,
}

/// A sync whose columns are copied by their names.
pub(super) struct Planned<'m> {
    pub(super) name: String,
    /// Engine and model, as the log has them.
    pub(super) source: String,
    pub(super) target: String,
    pub(super) from: EngineId,
    pub(super) to: EngineId,
    by_column: bool,
    pub(super) pair: Pair<'m>,
}

impl Planned<'_> {
    /// Whether the sync deletes rows that the source does not have.
    pub(super) fn deletes(&self, full: bool) -> bool {
        full || !self.by_column
    }
}

impl<'m> Plan<'m> {
    /// The syncs of these names to these engines; all where none are named.
    pub(super) fn of(
        model: &'m CheckedModel,
        names: &[String],
        to: &[String],
    ) -> Result<Self, Failure> {
        let known = || model.syncs.iter().map(|sync| sync.name.as_str());
        if let Some(name) = names.iter().find(|name| !known().any(|one| one == *name)) {
            let failure = Failure::new(format!("there is no sync `{}`", name.escape_debug()));
            return Err(match suggest(name, known()) {
                Some(near) => failure.help(format!("did you mean `{near}`?")),
                None => failure.help("syncs are named by their table and engine: `users_to_b`"),
            });
        }
        let engines = || model.engines.iter().map(|engine| engine.name.as_str());
        if let Some(name) = to.iter().find(|name| !engines().any(|one| one == *name)) {
            let failure = Failure::new(format!("there is no engine `{}`", name.escape_debug()));
            let all: Vec<&str> = engines().collect();
            return Err(failure.help(format!("the engines are {}", all.join(", "))));
        }
        let is_named = |sync: &&TableSync| names.is_empty() || names.contains(&sync.name);
        let is_to = |sync: &&TableSync| to.is_empty() || to.contains(&model.engine(sync.to).name);
        let (syncs, mapped): (Vec<_>, Vec<_>) = model
            .syncs
            .iter()
            .filter(is_named)
            .filter(is_to)
            .partition(|sync| copies_columns(model, sync));
        if let Some(sync) = mapped.first().filter(|_| !names.is_empty()) {
            return Err(of_the_program(sync));
        }
        if syncs.is_empty() && mapped.is_empty() {
            let failure = Failure::new("the schema declares no such sync");
            return Err(
                failure.help("write for example `-- @sync from default to b` above a table")
            );
        }
        let all = syncs.iter().chain(&mapped);
        let mut engines: Vec<EngineId> = all.flat_map(|sync| [sync.from, sync.to]).collect();
        engines.sort_unstable();
        engines.dedup();
        Ok(Self {
            model,
            syncs: syncs.into_iter().map(|sync| planned(model, sync)).collect(),
            mapped,
            engines,
        })
    }

    /// Both engines of a sync.
    pub(super) fn ends(&self, engines: &Engines, sync: &Planned<'_>) -> (Chosen, Chosen) {
        (
            self.chosen(engines, sync.from),
            self.chosen(engines, sync.to),
        )
    }

    /// One of the engines.
    pub(super) fn chosen(&self, engines: &Engines, id: EngineId) -> Chosen {
        let at = self.engines.iter().position(|one| *one == id);
        engines.chosen(at.unwrap_or_default())
    }

    /// All of them with the engines that are written.
    pub(super) fn names(&self) -> impl Iterator<Item = (String, EngineId)> + '_ {
        let syncs = self.syncs.iter().map(|sync| (sync.name.clone(), sync.to));
        syncs.chain(self.mapped.iter().map(|sync| (sync.name.clone(), sync.to)))
    }

    /// Names the syncs that only the program can run.
    pub(super) fn tell_left_out(&self, output: &Output) {
        for sync in &self.mapped {
            let to = &self.model.engine(sync.to).name;
            output.message(&format!(
                "left out   {} to {to}: the program maps its rows\n",
                sync.name
            ));
        }
    }
}

fn of_the_program(sync: &TableSync) -> Failure {
    let name = &sync.name;
    let failure = Failure::new(format!(
        "the rows of sync `{name}` are mapped by the program"
    ));
    failure.help(format!(
        "run it there: `db.syncs().{name}(mapping).run()`; columns of the same names and types need no mapping"
    ))
}

fn planned<'m>(model: &'m CheckedModel, sync: &TableSync) -> Planned<'m> {
    let (source, target) = (model.table(sync.source), model.table(sync.target));
    let (from, to) = (model.engine(sync.from), model.engine(sync.to));
    let (source_table, target_table) = tables::in_common((source, from), (target, to));
    Planned {
        name: sync.name.clone(),
        source: format!("{}.{}", from.name, source.model_name),
        target: format!("{}.{}", to.name, target.model_name),
        from: sync.from,
        to: sync.to,
        by_column: sync.by.is_some(),
        pair: Pair {
            from: source_table,
            to: target_table,
        },
    }
}
