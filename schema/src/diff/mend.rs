//! From the differences of a database to the migration that mends it.

use super::change::Change;
use super::render::{self, Context, Step};
use super::structure::{Structure, Unreadable};

/// The inputs of a mend.
#[derive(Debug)]
pub struct Mend<'m> {
    /// The database.
    pub from: &'m Structure,
    /// The structure that the schema has.
    pub to: &'m Structure,
    /// Changes that are to be made, in the order of [`compare`](super::compare).
    pub wanted: &'m [Change],
    /// Drops of what only the database has, and no row is in: they are written as comments.
    pub extra: &'m [Change],
    /// SQLite's triggers, each with its table.
    pub triggers: &'m [(String, String)],
}

/// The steps of a mend.
#[derive(Debug, Default)]
pub struct Mended {
    /// Those that may be one transaction.
    pub up: Vec<Step>,
    /// PostgreSQL: those after them that stand in no transaction, so that tables stay in use.
    pub online: Vec<Step>,
}

impl Mended {
    /// Is there nothing to do?
    pub fn is_empty(&self) -> bool {
        self.up.is_empty() && self.online.is_empty()
    }

    /// The statements that are executed, in their order.
    pub fn statements(&self) -> Vec<String> {
        let steps = self.up.iter().chain(&self.online);
        let executed = steps.filter(|step| !step.commented);
        executed.flat_map(|step| step.statements.clone()).collect()
    }
}

/// Writes the statements of the changes, and reads them again after those of the database.
///
/// # Errors
/// Where the reader does not understand a statement that was written.
pub fn mend(mend: &Mend<'_>) -> Result<Mended, Box<Unreadable>> {
    let context = Context {
        from: mend.from,
        to: mend.to,
        triggers: mend.triggers,
        keeps_data: true,
        online: true,
    };
    let mut steps = render::render(&context, mend.wanted);
    for change in mend.extra {
        let dropped = render::render(&context, std::slice::from_ref(change));
        steps.extend(dropped.into_iter().map(|step| commented(step, change)));
    }
    let (online, up) = steps.into_iter().partition(|step| step.online);
    let mended = Mended { up, online };
    mend.from.after(&mended.statements())?;
    Ok(mended)
}

fn commented(step: Step, change: &Change) -> Step {
    let mut remarks = step.remarks;
    if !step.commented {
        remarks.push(format!("{change}: only the database has it"));
    }
    Step {
        commented: true,
        online: false,
        remarks,
        ..step
    }
}
