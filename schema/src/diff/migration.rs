//! From two structures to the two directions of a migration.

use std::collections::BTreeSet;

use super::change::Change;
use super::compare::{NameRule, compare, compare_with};
use super::facts::{Again, Facts};
use super::mysql::with_history;
use super::postgres;
use super::rename::{Rename, pending};
use super::render::{self, Context, Step, rename};
use super::structure::{Structure, Unreadable, ViewShape, table_key};
use super::subject::Subject;
use super::taken;
use super::triggers::{TableTrigger, triggers_after};
use crate::dialect::Dialect;
use crate::model::TableName;

/// The inputs of a migration.
#[derive(Debug)]
pub struct Plan<'p> {
    /// The structure that the migrations make so far.
    pub from: &'p Structure,
    /// The structure that the schema has.
    pub to: &'p Structure,
    /// Renames that were said; those that are done already do not count.
    pub renames: &'p [Rename],
    /// SQLite's triggers, and PostgreSQL's that are bound to columns: see [`triggers`](super::triggers()).
    pub triggers: &'p [TableTrigger],
}

/// The steps of a migration.
#[derive(Debug, Default)]
pub struct Planned {
    /// The differences, in sentences.
    pub changes: Vec<Change>,
    /// The renames among the steps.
    pub renames: Vec<Rename>,
    /// The way there.
    pub up: Vec<Step>,
    /// The way back.
    pub down: Vec<Step>,
    /// PostgreSQL: the steps after `up` that stand in no transaction, so that tables stay in use.
    pub online: Vec<Step>,
    /// The way back of those.
    pub online_down: Vec<Step>,
    /// Differences that are left when every step is executed, those commented out too.
    pub left: Vec<Change>,
}

impl Planned {
    /// Returns whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.up.is_empty()
    }
}

/// Plans the migration, and proves it: its statements are read after those of `from`, and the outcome is compared with `to`.
///
/// # Errors
/// Where the reader does not understand a statement that was planned.
pub fn plan(plan: &Plan<'_>) -> Result<Planned, Box<Unreadable>> {
    let mut renames = pending(plan.renames, plan.from, plan.to);
    renames.extend(taken::tables(plan.from, plan.to));
    let there = one_way(plan, &renames, NameRule::Written, true)?;
    let mut planned = Planned {
        renames,
        changes: there.changes,
        ..Planned::default()
    };
    (planned.online, planned.up) = there.steps.into_iter().partition(|step| step.online);
    let main = plan.from.after(&statements(&planned.up))?;
    let end = main.after(&statements(&planned.online))?;
    planned.left = compare(&end, plan.to);
    let dialect = plan.to.dialect;
    planned.online_down = online_down(&planned.changes, &planned.online, dialect);
    planned.down = way_back(plan, &planned, &main)?;
    for steps in [&mut planned.up, &mut planned.down] {
        with_history([plan.from, plan.to], steps);
    }
    if [plan.from, plan.to].into_iter().any(Structure::is_spread) {
        for steps in [&mut planned.up, &mut planned.down] {
            in_one_after_the_other(steps);
        }
    }
    Ok(planned)
}

/// In a transaction Citus adds no foreign key after a statement that worked on several shards at once (`there was a parallel operation on a
/// distributed table in the transaction`).
fn in_one_after_the_other(steps: &mut Vec<Step>) {
    if !steps.is_empty() {
        let set = "SET LOCAL citus.multi_shard_modify_mode TO 'sequential'";
        steps.splice(0..0, step_of(vec![set.to_owned()]));
    }
}

/// First restores what the commented steps lose, in comments as those; then goes from what the others make to the beginning. So it ends
/// there whether the losses were meant or not.
fn way_back(
    plan: &Plan<'_>,
    planned: &Planned,
    main: &Structure,
) -> Result<Vec<Step>, Box<Unreadable>> {
    let executed: Vec<Step> = planned
        .up
        .iter()
        .filter(|step| !step.commented)
        .cloned()
        .collect();
    let without_losses = plan.from.after(&statements(&executed))?;
    let dialect = plan.from.dialect;
    let kept = left_after(plan.triggers, &statements(&executed), dialect);
    let left = left_after(plan.triggers, &statements(&planned.up), dialect);
    let one_way =
        |from: &Structure, to: &Structure, renames: &[Rename], triggers: &[TableTrigger]| {
            let plan = Plan {
                from,
                to,
                renames: &[],
                triggers,
            };
            one_way(&plan, renames, NameRule::Given, false)
        };
    let mut steps = Vec::new();
    if executed.len() < planned.up.len() {
        let mut restored = one_way(main, &without_losses, &[], &left)?.steps;
        // SQLite's would have to be made where a name of theirs is another's for now.
        let are_restored = Facts::of(dialect).triggers.made_again == Again::Bound;
        let gone = kept
            .iter()
            .filter(|one| are_restored && !left.contains(one));
        restored.extend(step_of(gone.flat_map(TableTrigger::made).collect()));
        steps.extend(restored.into_iter().map(commented_counterpart));
    }
    let back: Vec<Rename> = planned.renames.iter().rev().map(Rename::reversed).collect();
    steps.extend(one_way(&without_losses, plan.from, &back, &kept)?.steps);
    Ok(steps)
}

/// A step that undoes what is commented out is a comment, too: it would add what is still there.
fn commented_counterpart(step: Step) -> Step {
    let mut remarks = step.remarks;
    remarks.push("the way back of what is commented out in the other direction".to_owned());
    Step {
        commented: true,
        remarks,
        ..step
    }
}

struct Way {
    changes: Vec<Change>,
    steps: Vec<Step>,
}

fn one_way(
    plan: &Plan<'_>,
    renames: &[Rename],
    names: NameRule,
    there: bool,
) -> Result<Way, Box<Unreadable>> {
    let mut steps = Vec::new();
    let mut from = plan.from.clone();
    if !renames.is_empty() {
        let views = views_in_the_way(plan.from, renames);
        let dialect = plan.from.dialect;
        steps.extend(views.iter().rev().map(|view| Step {
            statements: vec![render::drop_view(view, dialect)],
            ..Step::default()
        }));
        steps.extend(renames.iter().map(|one| Step {
            statements: vec![rename(one, dialect)],
            ..Step::default()
        }));
        steps.extend(step_of(postgres::following(plan.from, renames, plan.to)));
        from = from.after(&statements(&steps))?;
    }
    let mut freed = postgres::freed(&from, plan.to);
    freed.extend(taken::freed(&from, plan.to));
    if let Some(step) = step_of(freed) {
        from = from.after(&step.statements)?;
        steps.push(step);
    }
    if let Some(step) = step_of(postgres::renames(&from, plan.to)) {
        from = from.after(&step.statements)?;
        steps.push(step);
    }
    let (from, to) = (
        postgres::spelled_out(&from, plan.to)?,
        postgres::spelled_out(plan.to, &from)?,
    );
    let (from, to) = (from.as_ref(), to.as_ref());
    let changes = compare_with(from, to, names);
    let triggers = left_after(plan.triggers, &statements(&steps), plan.from.dialect);
    let context = Context {
        from,
        to,
        triggers: &triggers,
        keeps_data: there,
        online: there,
    };
    steps.extend(render::render(&context, &changes));
    Ok(Way { changes, steps })
}

/// The triggers after these statements, which may have to be made again.
fn left_after(
    triggers: &[TableTrigger],
    statements: &[String],
    dialect: Dialect,
) -> Vec<TableTrigger> {
    let after = || triggers_after(triggers, statements, dialect);
    match Facts::of(dialect).triggers.made_again {
        Again::All => after(),
        Again::Bound => after().into_iter().filter(TableTrigger::is_bound).collect(),
        Again::None => triggers.to_vec(),
    }
}

/// A step of these statements alone, where there are some.
fn step_of(statements: Vec<String>) -> Option<Step> {
    (!statements.is_empty()).then(|| Step {
        statements,
        ..Step::default()
    })
}

/// Views of tables that are renamed, or of which a column is, those that have the new name of one, and views of all those.
fn views_in_the_way<'s>(from: &'s Structure, renames: &[Rename]) -> Vec<&'s ViewShape> {
    let key = |name: &TableName| table_key(name, from.dialect);
    let mut touched: BTreeSet<String> = renames.iter().map(|one| key(one.table_before())).collect();
    let mut named = BTreeSet::new();
    for rename in renames {
        if let Rename::Table { from, to } = rename {
            touched.insert(key(from));
            named.insert(key(to));
        }
    }
    // A column's hint has the table's new name.
    let mut found = Vec::new();
    for view in &from.views {
        let reads = view.reads.iter().any(|name| touched.contains(&key(name)));
        if reads || named.contains(&key(&view.name)) {
            touched.insert(key(&view.name));
            found.push(view);
        }
    }
    found
}

/// All of them, those that are commented out too.
fn statements(steps: &[Step]) -> Vec<String> {
    steps
        .iter()
        .flat_map(|step| step.statements.clone())
        .collect()
}

/// Undoes the online steps, last first: keys, that constraints are valid, and that a column takes no NULL.
fn online_down(changes: &[Change], online: &[Step], dialect: Dialect) -> Vec<Step> {
    let is_online = |change: &Change| {
        let subject = Subject::of(change);
        let mut about = online.iter().flat_map(|step| &step.about);
        subject.is_some_and(|subject| about.any(|one| one.is(&subject, dialect)))
    };
    let changes = changes.iter().rev().filter(|change| is_online(change));
    let undone = changes.filter_map(|change| match change {
        Change::AddKey { table, key } => Some(vec![render::drop_online(table, key)]),
        Change::ValidateKey { table, key } => Some(render::unvalidate_key(table, key).to_vec()),
        Change::AddColumn { table, column } => {
            Some(vec![render::drop_not_null(table, &column.name)])
        }
        Change::ChangeColumn { table, to, .. } => {
            Some(vec![render::drop_not_null(table, &to.name)])
        }
        _ => None,
    });
    let step = |statements| Step {
        statements,
        online: true,
        ..Step::default()
    };
    undone.map(step).collect()
}
