//! `bindery shards`: the maps of sets of shards, and slots that move from one shard to another.

mod moving;

use std::ops::Range;
use std::str::FromStr;

use bindery::__private::ShardSet as SetPlace;
use bindery::shards::{MoveStage, ShardMap, ShardMove};
use bindery_schema::config::ShardSet;
use bindery_schema::model::{CheckedModel, EngineId};
use clap::{Args, Subcommand};
use serde::Serialize;

use crate::database::{Engines, failure};
use crate::failure::Failure;
use crate::options::{Format, ProgressOptions, SchemaOptions};
use crate::output::Output;
use crate::project::{DialectChoice, Project};
use crate::report::{self, document};
use crate::text::count;

/// Say which shard has which rows, and move them
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
        bindery shards list\n  \
        bindery shards divide customers\n  \
        bindery shards assign customers 0..512 s0\n  \
        bindery shards move customers 0..64 s3      while programs are at work")]
pub(crate) struct ShardsArguments {
    #[command(subcommand)]
    command: ShardsCommand,
}

#[derive(Debug, Subcommand)]
enum ShardsCommand {
    /// List the maps: which slots are on which engine
    List(ListArguments),
    /// Give the slots that no shard has to all of them, evenly
    Divide(SetArguments),
    /// Give slots to a shard that none has
    Assign(SlotsArguments),
    /// Move slots with their rows to another shard; done again, it goes on where it was interrupted
    #[command(
        long_about = "Move slots with their rows to another shard, while programs are at work.\n\n\
            The rows are copied and compared, and what is changed meanwhile is copied after them, by the triggers of `-- @capture`, which all tables \
            of the set with its column need. Then their writers wait, for less than a second as a rule: the shard itself refuses them, and \
            programs that take a connection by a key wait for it. The map is changed, and the rows are removed from where they were. Where \
            the command is interrupted or killed, nothing is lost: the same command goes on. Nothing else moves slots of the set meanwhile.",
        after_help = "Examples:\n  \
            bindery shards move customers 0..64 s3\n  \
            bindery shards move customers 17 s3       one slot"
    )]
    Move(MoveArguments),
    /// Undo the move of slots, where the map has not changed yet
    Cancel(SetArguments),
    /// Make the triggers again that refuse rows of slots that have left a shard, where they are missing
    ///
    /// A migration of SQLite that makes a table anew takes its triggers with it.
    Guard(SetArguments),
}

#[derive(Debug, Args)]
struct ListArguments {
    /// Only these sets
    #[arg(value_name = "SET")]
    set: Vec<String>,
    #[command(flatten)]
    schema: SchemaOptions,
}

#[derive(Debug, Args)]
struct SetArguments {
    /// The set, as `[shards.SET]` of bindery.toml names it
    #[arg(value_name = "SET")]
    set: String,
    #[command(flatten)]
    schema: SchemaOptions,
}

#[derive(Debug, Args)]
struct SlotsArguments {
    /// The set, as `[shards.SET]` of bindery.toml names it
    #[arg(value_name = "SET")]
    set: String,
    /// The slots, the last one not among them: `0..64`, or one by its number
    #[arg(value_name = "SLOTS")]
    slots: Slots,
    /// The engine that gets them
    #[arg(value_name = "SHARD")]
    shard: String,
    #[command(flatten)]
    schema: SchemaOptions,
}

#[derive(Debug, Args)]
struct MoveArguments {
    /// List the tables; look at the map, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Also where programs write these rows faster than their changes are copied: they wait until that is done, however long it takes
    #[arg(long)]
    hold_writers: bool,
    #[command(flatten)]
    progress: ProgressOptions,
    #[command(flatten)]
    slots: SlotsArguments,
}

/// A range of slots, as it is typed in.
#[derive(Debug, Clone)]
struct Slots(Range<u32>);

impl FromStr for Slots {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |text: &str| {
            let number = text.trim().parse::<u32>();
            number.map_err(|_| format!("`{}` is no number of a slot", text.escape_debug()))
        };
        let range = match text.split_once("..") {
            Some((first, past)) => number(first)?..number(past)?,
            None => {
                let one = number(text)?;
                one..one.saturating_add(1)
            }
        };
        if range.is_empty() {
            return Err("no slot is in it: the second number is the first that is not".to_owned());
        }
        Ok(Self(range))
    }
}

/// Runs the command.
pub(crate) fn run(arguments: &ShardsArguments, output: &Output) -> Result<(), Failure> {
    match &arguments.command {
        ShardsCommand::List(list) => run_list(list, output),
        ShardsCommand::Divide(divide) => with_set(&divide.schema, output, &divide.set, |opened| {
            let all: Vec<usize> = opened.set.engines.iter().map(|id| id.0 as usize).collect();
            opened.assign(None, &all)?;
            opened.print(output)
        }),
        ShardsCommand::Assign(assign) => with_set(&assign.schema, output, &assign.set, |opened| {
            let shard = opened.shard(&assign.shard)?;
            opened.assign(Some(assign.slots.0.clone()), &[shard.0 as usize])?;
            opened.print(output)
        }),
        ShardsCommand::Move(moved) => {
            let SlotsArguments {
                set,
                slots,
                shard,
                schema,
            } = &moved.slots;
            with_set(schema, output, set, |opened| {
                let wanted = (&slots.0, opened.shard(shard)?);
                if moved.dry_run {
                    return moving::plan(opened, wanted, output);
                }
                let pace = moving::Pace {
                    is_quiet: moved.progress.quiet,
                    holds_writers: moved.hold_writers,
                };
                moving::run(opened, wanted, (output, pace))?;
                opened.print(output)
            })
        }
        ShardsCommand::Cancel(cancel) => with_set(&cancel.schema, output, &cancel.set, |opened| {
            moving::cancel(opened, output)?;
            opened.print(output)
        }),
        ShardsCommand::Guard(guard) => with_set(&guard.schema, output, &guard.set, |opened| {
            moving::guard_again(opened)?;
            opened.print(output)
        }),
    }
}

fn run_list(arguments: &ListArguments, output: &Output) -> Result<(), Failure> {
    with_model(&arguments.schema, output, |model, engines| {
        let named = arguments.set.iter().map(|name| set_named(model, name));
        let mut sets: Vec<&ShardSet> = named.collect::<Result<_, _>>()?;
        if sets.is_empty() {
            sets = model.shards.iter().collect();
        }
        if sets.is_empty() {
            return Err(no_sets());
        }
        let opened = sets.into_iter().map(|set| Opened {
            model,
            set,
            engines,
            format: arguments.schema.format,
        });
        let shown: Result<Vec<SetDocument>, Failure> = opened.map(|set| set.shown()).collect();
        output.result(&match arguments.schema.format {
            Format::Json => document(&shown?),
            Format::Human | Format::Github => shown?.iter().map(SetDocument::text).collect(),
        })
    })
}

/// A set of the schema, with all engines of it ready to be connected to.
struct Opened<'o> {
    model: &'o CheckedModel,
    set: &'o ShardSet,
    /// At the places that they have in the model.
    engines: &'o Engines,
    format: Format,
}

fn with_model(
    options: &SchemaOptions,
    output: &Output,
    work: impl FnOnce(&CheckedModel, &Engines) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let project = Project::load_schema(options, DialectChoice::Configured)?;
    let compiled = project.compile();
    let model = report::checked(&compiled, options, output)?;
    let all: Vec<EngineId> = compiled.project.all_engines().collect();
    let engines = Engines::open(&compiled.project, &all)?;
    work(model, &engines)
}

fn with_set(
    options: &SchemaOptions,
    output: &Output,
    name: &str,
    work: impl FnOnce(&Opened<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    with_model(options, output, |model, engines| {
        work(&Opened {
            model,
            set: set_named(model, name)?,
            engines,
            format: options.format,
        })
    })
}

fn set_named<'m>(model: &'m CheckedModel, name: &str) -> Result<&'m ShardSet, Failure> {
    let found = model.shards.iter().find(|set| set.name == name);
    found.ok_or_else(|| {
        let names: Vec<&str> = model.shards.iter().map(|set| set.name.as_str()).collect();
        match names.as_slice() {
            [] => no_sets(),
            names => Failure::new(format!("there are no shards `{}`", name.escape_debug()))
                .help(format!("bindery.toml has: {}", names.join(", "))),
        }
    })
}

fn no_sets() -> Failure {
    let failure = Failure::new("the configuration has no sets of shards");
    failure.help("a set is a section `[shards.NAME]` of bindery.toml")
}

/// A set of shards; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
struct SetDocument {
    shards: String,
    version: i64,
    slots: u32,
    uncovered: u32,
    ranges: Vec<RangeDocument>,
    moving: Option<MoveDocument>,
}

#[derive(Debug, Serialize)]
struct RangeDocument {
    first: u32,
    past: u32,
    engine: String,
}

#[derive(Debug, Serialize)]
struct MoveDocument {
    first: u32,
    past: u32,
    source: String,
    target: String,
    stage: &'static str,
}

impl SetDocument {
    fn text(&self) -> String {
        let Self {
            shards,
            version,
            slots,
            uncovered,
            ..
        } = self;
        let mut text = format!("{shards}: {slots} slots, version {version} of the map\n");
        for RangeDocument {
            first,
            past,
            engine,
        } in &self.ranges
        {
            text += &format!("  {first}..{past}  {engine}\n");
        }
        if *uncovered > 0 {
            text += &format!("  {} on no shard\n", count(*uncovered as usize, "slot"));
        }
        if let Some(moving) = &self.moving {
            let MoveDocument {
                first,
                past,
                source,
                target,
                stage,
            } = moving;
            text += &format!("  {first}..{past} on the way from {source} to {target}: {stage}\n");
        }
        text
    }
}

impl Opened<'_> {
    fn place(&self) -> SetPlace<'_> {
        SetPlace {
            name: &self.set.name,
            map: self.set.map.0 as usize,
            slots: self.set.slots,
        }
    }

    /// One of its shards.
    fn shard(&self, name: &str) -> Result<EngineId, Failure> {
        let mut all = self.set.engines.iter().copied();
        let found = all.find(|id| self.model.engine(*id).name == name);
        found.ok_or_else(|| {
            let names = self.set.engines.iter();
            let names: Vec<&str> = names
                .map(|id| self.model.engine(*id).name.as_str())
                .collect();
            let message = format!(
                "`{}` is no shard of `{}`",
                name.escape_debug(),
                self.set.name
            );
            Failure::new(message).help(format!("its shards are {}", names.join(", ")))
        })
    }

    fn assign(&self, slots: Option<Range<u32>>, engines: &[usize]) -> Result<(), Failure> {
        let registry = &self.engines.registry;
        let assigned = registry.assign_slots(&self.place(), slots, engines);
        assigned.map(drop).map_err(|error| failure(&error))
    }

    fn shown(&self) -> Result<SetDocument, Failure> {
        let found = self.engines.registry.shard_map(&self.place());
        let (map, moving) = found.map_err(|error| failure(&error))?;
        Ok(described(&self.set.name, &map, moving))
    }

    fn print(&self, output: &Output) -> Result<(), Failure> {
        let shown = self.shown()?;
        output.result(&match self.format {
            Format::Json => document(&shown),
            Format::Human | Format::Github => shown.text(),
        })
    }
}

fn described(name: &str, map: &ShardMap, moving: Option<ShardMove>) -> SetDocument {
    let ranges = map.ranges.iter().map(|range| RangeDocument {
        first: range.slots.start,
        past: range.slots.end,
        engine: range.engine.to_owned(),
    });
    SetDocument {
        shards: name.to_owned(),
        version: map.version,
        slots: map.slots,
        uncovered: map.uncovered(),
        ranges: ranges.collect(),
        moving: moving.map(|moving| MoveDocument {
            first: moving.slots.start,
            past: moving.slots.end,
            source: moving.source,
            target: moving.target,
            stage: match moving.stage {
                MoveStage::Copying => "copying",
                MoveStage::Moved => "moved",
            },
        }),
    }
}
