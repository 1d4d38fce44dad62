//! From the differences of a database to the migration that mends it.

use super::change::Change;
use super::facts::Facts;
use super::render::{self, Context, Step};
use super::structure::{ObjectShape, Structure, Unreadable};
use super::triggers::TableTrigger;
use crate::dialect::Dialect;

/// The inputs of a mend.
#[derive(Debug)]
pub struct Mend<'m> {
    /// The structure that the database has.
    pub from: &'m Structure,
    /// The structure that the schema has.
    pub to: &'m Structure,
    /// Changes that are to be made, in the order of [`compare`](super::compare).
    pub wanted: &'m [Change],
    /// Drops of what only the database has, and no row is in: they are written as comments.
    pub extra: &'m [Change],
    /// Statements that no change is and that come first; they stand in no transaction.
    pub first: &'m [String],
    /// SQLite's triggers.
    pub triggers: &'m [TableTrigger],
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
    /// Returns whether there is nothing to do.
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
    let altered = |change: &Change| alter_sequence(change, mend.to.dialect);
    let mut steps: Vec<Step> = mend.wanted.iter().filter_map(altered).collect();
    let others = mend
        .wanted
        .iter()
        .filter(|change| altered(change).is_none());
    steps.extend(render::render(
        &context,
        &others.cloned().collect::<Vec<_>>(),
    ));
    for change in mend.extra {
        let dropped = render::render(&context, std::slice::from_ref(change));
        steps.extend(dropped.into_iter().map(|step| commented(step, change)));
    }
    let (online, up): (Vec<Step>, Vec<Step>) = steps.into_iter().partition(|step| step.online);
    let first = mend.first.iter().map(|sql| Step::online([sql.clone()]));
    let online = first.chain(online).collect();
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

/// The statement that gives a sequence all the options of the schema. It goes on from where it is.
fn alter_sequence(change: &Change, dialect: Dialect) -> Option<Step> {
    let Change::ChangeObject { from, to } = change else {
        return None;
    };
    let options = sequence_options(to, dialect)?;
    let upper = options.to_uppercase();
    let sequences = &Facts::of(dialect).sequences;
    let usual = [
        ("INCREMENT", "INCREMENT BY 1"),
        ("MINVALUE", "NO MINVALUE"),
        ("MAXVALUE", "NO MAXVALUE"),
        ("CACHE", sequences.usual_cache),
        ("CYCLE", sequences.no_cycle),
    ];
    let missing = usual.iter().filter(|(word, _)| !upper.contains(word));
    let mut words: Vec<&str> = missing.map(|(_, words)| *words).collect();
    let begins = |object| sequence_options(object, dialect).map(|text| text.to_uppercase());
    let began = begins(from).is_some_and(|text| text.contains("START"));
    if began
        && !["START", "MINVALUE", "INCREMENT"]
            .iter()
            .any(|word| upper.contains(word))
    {
        words.push("START WITH 1");
    }
    words.insert(0, options.as_str());
    let name = to.shown(dialect);
    let sql = format!("ALTER SEQUENCE {name} {}", words.join(" "));
    Some(Step::of([sql.replace("  ", " ")]))
}

/// The text after the name of a sequence that one statement makes.
fn sequence_options(object: &ObjectShape, dialect: Dialect) -> Option<String> {
    let [create] = object.create.as_slice() else {
        return None;
    };
    let head = format!("CREATE SEQUENCE {}", object.shown(dialect));
    let options = create.strip_prefix(&head)?;
    (object.kind == "SEQUENCE").then(|| options.trim().to_owned())
}
