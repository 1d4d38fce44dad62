//! Slots that move from one shard to another, with their rows; the order of the steps is that of `bindery::shards`.

use std::cell::RefCell;
use std::ops::Range;
use std::thread;
use std::time::{Duration, Instant};

use bindery::ErrorKind;
use bindery::data::{DataRow, LoadMode, Loading};
use bindery::shards::{MoveStage, ShardMove};

use bindery_schema::column_type::TypeClass;
use bindery_schema::model::{Column, EngineId, Table};
use bindery_schema::plan::guard::{Guard, guard, slots_condition};
use bindery_schema::slots::{AWAY, COMING, GOING, LEAVING, OWN, READ_FOR};

use super::Opened;
use crate::data::follow::{Follower, forget_unread};
use crate::data::found::Held;
use crate::data::pairs::{Ends, Pair, print_planned};
use crate::data::repair::{RejectedRow, Repair};
use crate::data::settle::{refused, settle};
use crate::data::tables::{self, EngineTable};
use crate::database::{Chosen, failure};
use crate::failure::Failure;
use crate::health::shards;
use crate::output::Output;
use crate::progress::Progress;

/// Rows that are copied, or removed, in one transaction.
const ROWS: usize = 2_000;
/// The most changes that may be left when writers begin to wait.
const FEW: u64 = 2_000;
/// As long as that writers may wait for the last of them, however many they are: programs may write a few rows very often.
const MOMENT: Duration = Duration::from_millis(500);
/// A shard whose transactions take their time is tried again for this long.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(100);
/// How long no program goes by what a shard has said before.
const FORGOTTEN: Duration = READ_FOR.saturating_add(Duration::from_millis(100));

/// How the command treats those who wait: who looks on, and who writes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    pub(super) is_quiet: bool,
    /// Also for longer than a moment.
    pub(super) holds_writers: bool,
}

/// Lists the tables whose rows would move.
pub(super) fn plan(
    opened: &Opened<'_>,
    (slots, target): (&Range<u32>, EngineId),
    output: &Output,
) -> Result<(), Failure> {
    let to = opened.model.engine(target).name.as_str();
    let tables = movable(opened)?;
    let registry = &opened.engines.registry;
    let from = registry.owner_of_slots(&opened.place(), slots, to);
    let from = from.map_err(|error| failure(&error))?;
    let names = tables.iter().map(|(table, _)| table.name.name.as_str());
    print_planned((from, to), names, (opened.format, output))
}

/// Moves slots, or goes on with what was interrupted.
pub(super) fn run(
    opened: &Opened<'_>,
    (slots, target): (&Range<u32>, EngineId),
    (output, pace): (&Output, Pace),
) -> Result<(), Failure> {
    let registry = &opened.engines.registry;
    let set = opened.place();
    let target = opened.model.engine(target).name.as_str();
    let tables = movable(opened)?;
    let _alone = alone(opened)?;
    let (_, begun) = registry.shard_map(&set).map_err(|error| failure(&error))?;
    let begun = match begun {
        Some(begun) if begun.slots == *slots && begun.target == target => begun,
        Some(begun) => return Err(others(opened, &begun)),
        None => {
            let begun = registry.begin_move(&set, slots, target);
            begun.map_err(|error| failure(&error))?
        }
    };
    let moving = Moving::of(
        opened,
        &begun,
        &tables,
        Progress::new(output, pace.is_quiet),
    )?;
    if begun.stage == MoveStage::Copying {
        moving.copy(output, pace.holds_writers)?;
    }
    moving.clear()?;
    moving.repair.progress.end();
    forget_unread((opened.engines, moving.repair.from), &moving.pairs, output);
    Ok(())
}

/// Undoes what was begun.
pub(super) fn cancel(opened: &Opened<'_>, output: &Output) -> Result<(), Failure> {
    let registry = &opened.engines.registry;
    let tables = movable(opened)?;
    let _alone = alone(opened)?;
    let found = registry.shard_map(&opened.place());
    let (_, begun) = found.map_err(|error| failure(&error))?;
    let begun = begun.ok_or_else(|| {
        Failure::new(format!(
            "no slots of `{}` are on their way",
            opened.set.name
        ))
    })?;
    if begun.stage == MoveStage::Moved {
        let failure = Failure::new("the map has these slots on their target already");
        return Err(failure.help(shards::ways_out(&opened.set.name, &begun)));
    }
    let moving = Moving::of(opened, &begun, &tables, Progress::new(output, true))?;
    moving.say((moving.repair.from, OWN))?;
    moving.remove(moving.repair.to)?;
    moving.say((moving.repair.to, AWAY))?;
    moving.end()
}

/// Makes the guards of each shard that slots have left, or come to.
pub(super) fn guard_again(opened: &Opened<'_>) -> Result<(), Failure> {
    let registry = &opened.engines.registry;
    let _alone = alone(opened)?;
    for id in &opened.set.engines {
        let shard = opened.engines.chosen(id.0 as usize);
        let word = registry.word_of_shard(shard, &opened.place());
        let word = word.map_err(|error| failure(&error))?;
        if word.chars().any(|letter| letter != OWN) {
            let dialect = opened.model.engine(*id).dialect;
            let tables = opened.model.sharded_by(opened.set);
            let guards = tables.map(|(table, column)| guard(table, column, opened.set, dialect));
            let create: Vec<String> = guards.flat_map(|guard| guard.create).collect();
            patiently(|| registry.define_guards(shard, &create))?;
        }
    }
    Ok(())
}

/// One command at a time moves slots of a set.
fn alone(opened: &Opened<'_>) -> Result<bindery::sync::NamedLock, Failure> {
    let map = opened.engines.chosen(opened.set.map.0 as usize);
    let lock = shards::lock_of(&opened.set.name);
    let taken = opened.engines.registry.lock_named(map, &lock);
    taken.map_err(|error| match error.kind() {
        ErrorKind::Sync(_) => Failure::new(format!(
            "another command is moving slots of `{}`",
            opened.set.name
        )),
        _ => failure(&error),
    })
}

fn others(opened: &Opened<'_>, begun: &ShardMove) -> Failure {
    let Range { start, end } = begun.slots;
    let failure = Failure::new(format!(
        "slots {start}..{end} of `{}` are on their way to `{}`",
        opened.set.name, begun.target
    ));
    failure.help(shards::ways_out(&opened.set.name, begun))
}

/// The tables whose rows move, each with its column. Refuses what would leave rows behind, or put two rows in one place.
fn movable<'o>(opened: &Opened<'o>) -> Result<Vec<(&'o Table, &'o Column)>, Failure> {
    let tables: Vec<_> = opened.model.sharded_by(opened.set).collect();
    let by = &opened.set.by.0;
    for (table, column) in &tables {
        let name = &table.name.name;
        let key = table
            .primary_key
            .as_ref()
            .map_or(&[][..], |key| &key.columns);
        let is_apart = key.iter().any(|id| {
            let of_key = table.column(*id);
            of_key.name == column.name || of_key.column_type.class() == TypeClass::Uuid
        });
        if !is_apart {
            let failure = Failure::new(format!(
                "rows of `{name}` cannot be moved: two shards may have rows of one key"
            ));
            return Err(failure.help(format!("have `{by}` in its primary key, or a UUID")));
        }
        if table.capture.is_none() {
            let failure = Failure::new(format!(
                "rows of `{name}` cannot be moved: nothing records its changes"
            ));
            return Err(failure.help(
                "write `-- @capture` above the table, and make its triggers: `bindery migrate add capture`, or `bindery validate --fix`",
            ));
        }
    }
    let is_moved = |table: &Table| tables.iter().any(|(one, _)| std::ptr::eq(*one, table));
    let of_shards = opened.model.tables.iter().filter(|table| {
        let mut engines = table.engines.iter();
        engines.any(|id| opened.set.engines.contains(id)) && !is_moved(table)
    });
    for table in of_shards {
        let mut keys = table.foreign_keys.iter();
        if let Some(key) = keys.find(|key| is_moved(opened.model.table(key.table))) {
            let parent = &opened.model.table(key.table).name.name;
            let name = &table.name.name;
            let failure = Failure::new(format!(
                "rows of `{parent}` cannot be moved: those of `{name}` refer to them and would stay"
            ));
            return Err(failure.help(format!("give `{name}` the column `{by}`")));
        }
    }
    without_circles(opened, &tables)?;
    Ok(tables)
}

/// Refuses tables whose rows refer to each other in a circle: some of them would be copied before those that they refer to.
fn without_circles(opened: &Opened<'_>, moved: &[(&Table, &Column)]) -> Result<(), Failure> {
    let Some(shard) = opened.set.engines.first() else {
        return Ok(());
    };
    let mut before: Vec<&Table> = Vec::new();
    for EngineTable { table, .. } in tables::managed(opened.model, *shard) {
        let is_there = |one: &Table| before.iter().any(|other| std::ptr::eq(*other, one));
        let is_moved = |one: &Table| moved.iter().any(|(other, _)| std::ptr::eq(*other, one));
        let mut keys = table.foreign_keys.iter();
        let key = keys.find(|key| {
            let parent = opened.model.table(key.table);
            is_moved(parent) && !is_there(parent)
        });
        if let Some(key) = key.filter(|_| is_moved(table)) {
            let (name, parent) = (&table.name.name, &opened.model.table(key.table).name.name);
            return Err(Failure::new(format!(
                "rows of `{name}` cannot be moved: they refer to rows of `{parent}` in a circle, which is not done yet"
            )));
        }
        before.push(table);
    }
    Ok(())
}

/// Slots on their way.
struct Moving<'o> {
    opened: &'o Opened<'o>,
    slots: Range<u32>,
    repair: Repair<'o>,
    /// Of the rows that move; in the order in which they are loaded.
    pairs: Vec<Pair<'o>>,
    follower: Follower,
    /// Of the source, and of the target.
    guards: [Vec<Guard>; 2],
}

impl<'o> Moving<'o> {
    fn of(
        opened: &'o Opened<'o>,
        begun: &ShardMove,
        tables: &[(&'o Table, &'o Column)],
        progress: Progress<'o>,
    ) -> Result<Self, Failure> {
        let (model, set) = (opened.model, opened.set);
        let ends = Ends {
            from: opened.shard(&begun.source)?,
            to: opened.shard(&begun.target)?,
        };
        let names: Vec<String> = tables
            .iter()
            .map(|(table, _)| table.name.to_string())
            .collect();
        let pairs = ends.tables(model, &names)?;
        let follower = Follower::of(model, ends, &pairs)?.named(&shards::lock_of(&set.name));
        let limited = |mut pair: Pair<'o>| {
            for (end, id) in [(&mut pair.from, ends.from), (&mut pair.to, ends.to)] {
                let column = tables.iter().find(|(one, _)| std::ptr::eq(*one, end.table));
                let (table, column) = column.expect("only these tables were chosen");
                let dialect = model.engine(id).dialect;
                let condition = slots_condition(table, column, (set, &begun.slots), dialect);
                end.data.limit_to(condition);
            }
            pair
        };
        let guards = [ends.from, ends.to].map(|id| {
            let dialect = model.engine(id).dialect;
            let tables = tables.iter();
            tables
                .map(|(table, column)| guard(table, column, set, dialect))
                .collect()
        });
        Ok(Self {
            opened,
            slots: begun.slots.clone(),
            repair: Repair {
                engines: opened.engines,
                from: opened.engines.chosen(ends.from.0 as usize),
                to: opened.engines.chosen(ends.to.0 as usize),
                progress,
                rejects: RefCell::default(),
                turn: RefCell::default(),
            },
            pairs: pairs.into_iter().map(limited).collect(),
            follower,
            guards,
        })
    }

    /// Copies the rows, and has the map say where they are.
    fn copy(&self, output: &Output, holds_writers: bool) -> Result<(), Failure> {
        let (from, to) = (self.repair.from, self.repair.to);
        for (shard, guards) in [from, to].into_iter().zip(&self.guards) {
            let create: Vec<String> = guards
                .iter()
                .flat_map(|guard| guard.create.clone())
                .collect();
            patiently(|| {
                let registry = &self.opened.engines.registry;
                registry.define_guards(shard, &create)
            })?;
        }
        // It may say that they leave, where this was interrupted.
        self.say((from, OWN))?;
        self.say((to, COMING))?;
        thread::sleep(FORGOTTEN);
        self.remove(to)?;
        let opened = (self.opened.engines, from, to);
        self.follower.begin(opened, || self.copy_rows())?;
        let is_near = self.follow_closely()?;
        self.ensure_near(is_near || holds_writers)?;
        let mut compared = None;
        if is_near {
            let mut waiting = self.compare()?;
            let is_near = self.follow_closely()?;
            self.ensure_near(is_near || holds_writers)?;
            // A row that the target refuses ends the move here, while its slots are still open to writers.
            if is_near {
                self.settle(&mut waiting)?;
            }
            compared = Some(waiting);
        }
        self.say((from, LEAVING))?;
        let closed = Instant::now();
        // Rows of other slots are written meanwhile, and recorded in the same place.
        self.follow()?;
        let mut waiting = compared.map_or_else(|| self.compare(), Ok)?;
        self.settle(&mut waiting)?;
        thread::sleep(FORGOTTEN.saturating_sub(closed.elapsed()));
        let is_own = self.say((to, OWN))?;
        let registry = &self.opened.engines.registry;
        let switched = registry.switch_map(&self.opened.place());
        switched.map_err(|error| failure(&error))?;
        let waited = closed.elapsed().as_millis();
        self.repair.progress.end();
        output.message(&format!(
            "moved      writers of these rows waited {waited} ms\n"
        ));
        if is_own {
            let drop: Vec<String> = self.guards[1]
                .iter()
                .flat_map(|guard| guard.drop.clone())
                .collect();
            patiently(|| registry.define_guards(to, &drop))?;
        }
        forget_unread((self.opened.engines, to), &self.pairs, output);
        Ok(())
    }

    /// Removes the rows from where they were, when the map has them on the target.
    fn clear(&self) -> Result<(), Failure> {
        self.say((self.repair.from, GOING))?;
        self.remove(self.repair.from)?;
        self.say((self.repair.from, AWAY))?;
        self.end()
    }

    fn end(&self) -> Result<(), Failure> {
        let registry = &self.opened.engines.registry;
        self.follower
            .forget(self.opened.engines, self.repair.from)?;
        let ended = registry.end_move(&self.opened.place());
        ended.map_err(|error| failure(&error))
    }

    /// Has a shard say this of the slots. Returns whether all slots are its own then.
    fn say(&self, (shard, letter): (Chosen, char)) -> Result<bool, Failure> {
        let registry = &self.opened.engines.registry;
        let set = self.opened.place();
        patiently(|| registry.mark_slots(shard, &set, (&self.slots, letter)))
    }

    fn copy_rows(&self) -> Result<(), Failure> {
        let mut source = self.repair.snapshot(self.repair.from)?;
        for pair in &self.pairs {
            let place = (
                "copying",
                pair.name(),
                bindery::Engine::name(self.repair.to),
            );
            let (mut rows, mut copied) = (Vec::with_capacity(ROWS), 0);
            let read = source.each_row(&pair.from.data, &mut |row| {
                rows.push(row);
                if rows.len() == ROWS {
                    copied += self.store(pair, &mut rows)?;
                    self.repair.progress.tell(place, copied, None);
                }
                Ok(true)
            });
            let stored = read.and_then(|()| self.store(pair, &mut rows));
            stored.map_err(|error| failure(&error))?;
        }
        Ok(())
    }

    /// Stores rows that are not there; the target has none of these slots.
    fn store(&self, pair: &Pair<'_>, rows: &mut Vec<DataRow>) -> bindery::Result<u64> {
        let table = &pair.to.data;
        let registry = &self.opened.engines.registry;
        let mut loading = Loading::begin(registry, self.repair.to, &[table], LoadMode::Append)?;
        let given: Vec<&DataRow> = rows.iter().collect();
        let refused = loading.store(table, &given)?;
        if let Some((_, error)) = refused.into_iter().next() {
            return Err(error);
        }
        loading.finish(&[table])?;
        Ok(rows.drain(..).len() as u64)
    }

    /// Copies the changes that came while others were copied, until few are left, or those that came in a moment. Returns `false` where they do
    /// not become fewer by a quarter at a time: programs write about as fast as it copies, or faster.
    fn follow_closely(&self) -> Result<bool, Failure> {
        let left = || self.follower.left(&self.repair);
        let mut before = left()?;
        while before > FEW {
            let begun = Instant::now();
            self.follow()?;
            if begun.elapsed() < MOMENT {
                return Ok(true);
            }
            let now = left()?;
            if now > before / 4 * 3 {
                return Ok(false);
            }
            before = now;
        }
        Ok(true)
    }

    /// An error where writers would wait for longer than a moment.
    fn ensure_near(&self, is_near: bool) -> Result<(), Failure> {
        if is_near {
            return Ok(());
        }
        let Range { start, end } = self.slots;
        let set = &self.opened.set.name;
        let failure = Failure::new(format!(
            "programs write rows of slots {start}..{end} faster than their changes are copied: nothing is moved yet"
        ));
        Err(failure.help(format!(
            "run the command again when they write less, or with `--hold-writers`, which has them wait until all is copied; \
             `bindery shards cancel {set}` undoes what was begun"
        )))
    }

    /// Copies the changes that there are.
    fn follow(&self) -> Result<(), Failure> {
        let caught_up = self.follower.catch_up(&self.repair, &self.pairs)?;
        if caught_up.is_truncated {
            let failure = Failure::new("a table was emptied by TRUNCATE, which names no rows");
            return Err(failure.help("run the command again"));
        }
        Ok(())
    }

    /// Compares all rows, and makes those equal that differ: changed since, or for no reason that is known. Returns those of each
    /// table that are refused: tables are read one after the other, so they may refer to rows that came between.
    fn compare(&self) -> Result<Vec<Vec<RejectedRow>>, Failure> {
        let mut waiting = Vec::with_capacity(self.pairs.len());
        for pair in &self.pairs {
            let to = bindery::Engine::name(self.repair.to);
            let place = ("comparing", pair.name(), to);
            self.repair.progress.tell(place, 0, None);
            loop {
                let found = self.repair.compare(pair, Held::default())?;
                self.repair.delete(pair, &found.keys)?;
                self.repair.write(pair, &found.keys)?;
                if !found.is_cut {
                    break;
                }
            }
            waiting.push(self.repair.take_rejected());
        }
        Ok(waiting)
    }

    /// Writes rows that waited for others; one that is refused by now is an error.
    fn settle(&self, waiting: &mut [Vec<RejectedRow>]) -> Result<(), Failure> {
        settle(&self.repair, &self.pairs, waiting)?;
        let mut waiting = waiting.iter().flatten();
        waiting.next().map_or(Ok(()), |row| Err(refused(row)))
    }

    /// Removes the rows of the slots from one of the shards, those first that refer to others.
    fn remove(&self, shard: Chosen) -> Result<(), Failure> {
        let is_target = shard == self.repair.to;
        for pair in self.pairs.iter().rev() {
            let table = match is_target {
                true => &pair.to.data,
                false => &pair.from.data,
            };
            let place = ("removing", pair.name(), bindery::Engine::name(shard));
            let (mut keys, mut removed) = (Vec::new(), 0);
            let registry = &self.opened.engines.registry;
            let delete = |keys: &mut Vec<_>| {
                let mut loading = Loading::begin(registry, shard, &[table], LoadMode::Append)?;
                let deleted = loading.delete(table, keys)?;
                loading.finish(&[table])?;
                keys.clear();
                Ok::<_, bindery::Error>(deleted)
            };
            let mut snapshot = self.repair.snapshot(shard)?;
            let read = snapshot.each_row(table, &mut |row| {
                keys.push(table.key_of(&row)?);
                if keys.len() == ROWS {
                    removed += delete(&mut keys)?;
                    self.repair.progress.tell(place, removed, None);
                }
                Ok(true)
            });
            let deleted = read.and_then(|()| delete(&mut keys));
            deleted.map_err(|error| failure(&error))?;
        }
        Ok(())
    }
}

/// Tries again while a transaction at work is in the way.
fn patiently<T>(mut work: impl FnMut() -> bindery::Result<T>) -> Result<T, Failure> {
    let begun = Instant::now();
    loop {
        match work() {
            Err(error) if error.is_retryable() && begun.elapsed() < PATIENCE => {
                thread::sleep(PAUSE);
            }
            outcome => return outcome.map_err(|error| failure(&error)),
        }
    }
}
