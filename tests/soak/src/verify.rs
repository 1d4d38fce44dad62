//! After the storm: every row that is stored, against the results that the workers got.

use std::collections::BTreeMap;

use bindery::{Hosts, StaticEngine};

use crate::Failure;
use crate::copies;
use crate::echoes;
use crate::generated::{Databases, Tables, engine, model};
use crate::ledger::Belief;
use crate::plan::Home;
use crate::tasks;
use crate::worker::{ACCOUNTS, BALANCE, Worker};

/// The results of the comparison.
#[derive(Debug, Default)]
pub(crate) struct Verified {
    pub(crate) rows: u64,
    /// Rows of which either was allowed.
    pub(crate) either: u64,
    /// Tasks that had an effect.
    pub(crate) tasks: u64,
    /// Rows that copies have as their sources.
    pub(crate) copied: u64,
    /// Rows that copies by events have as their sources.
    pub(crate) echoed: u64,
    /// The broken promises, in words.
    pub(crate) broken: Vec<String>,
}

/// Compares all three engines with the ledgers.
pub(crate) fn verify(db: &Databases, workers: &[Worker<'_>]) -> Result<Verified, Failure> {
    let mut verified = Verified::default();
    one(db, Home::Lite, engine::Lite, workers, &mut verified)?;
    one(db, Home::Pg, engine::Pg, workers, &mut verified)?;
    one(db, Home::Maria, engine::Maria, workers, &mut verified)?;
    tasks::verify(db, workers, &mut verified)?;
    copies::verify(db, &mut verified)?;
    echoes::verify(db, &mut verified)?;
    Ok(verified)
}

fn one<E>(
    db: &Databases,
    home: Home,
    engine: E,
    workers: &[Worker<'_>],
    verified: &mut Verified,
) -> Result<(), Failure>
where
    E: StaticEngine + Hosts<model::Entry> + Hosts<model::Account>,
{
    let mut connection = db.connect(engine)?;
    let mut found = BTreeMap::new();
    for row in connection.entry().iter()? {
        let row = row?;
        let id = row.id.into_value();
        if row.home != home.name() {
            verified.broke(home, format!("row {id} was meant for `{}`", row.home));
        }
        found.insert(id, row.amount);
    }
    verified.rows += found.len() as u64;
    for worker in workers {
        for (id, belief) in worker.ledgers[&home].rows() {
            let stored = found.remove(&id);
            verified.either += u64::from(matches!(belief, Belief::OneOf(_)));
            if !belief.allows(stored) {
                verified.broke(
                    home,
                    format!("row {id} should be {belief:?}, stored is {stored:?}"),
                );
            }
        }
    }
    for (id, amount) in found {
        let what = format!(
            "row {id} with {amount} is stored, and every call that wrote it said otherwise"
        );
        verified.broke(home, what);
    }
    let accounts = connection.account().all()?;
    let sum: i64 = accounts.iter().map(|account| account.balance).sum();
    if (accounts.len() as i64, sum) != (ACCOUNTS, ACCOUNTS * BALANCE) {
        let what = format!("{} accounts hold {sum}", accounts.len());
        verified.broke(home, what);
    }
    Ok(())
}

impl Verified {
    pub(crate) fn broke(&mut self, home: Home, what: String) {
        self.broken.push(format!("`{}`: {what}", home.name()));
    }
}
