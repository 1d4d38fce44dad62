//! The calls whose instructions are recorded: callgrind counts within [`counted`] alone, and writes the number when [`written`] is called.
//! These are two functions as it does one of both for each.

use std::hint::black_box;

use crate::{Case, Failure, FamilyQuery, Suite};

/// The cases of the record with how often each is called, so that what differs from one call to the next does not decide.
const CASES: [(Case, u32); 24] = [
    (Case::Find, 100),
    (Case::FindMany(100), 10),
    (Case::Select(10), 100),
    (Case::Select(1_000), 5),
    (Case::Iterate(10_000), 1),
    (Case::Insert, 50),
    (Case::InsertInTransaction, 50),
    (Case::InsertInSession, 50),
    (Case::InsertOnly, 50),
    (Case::InsertMany(100), 5),
    (Case::FindWhere, 50),
    (Case::FindChecked, 100),
    (Case::SelectChecked(1_000), 5),
    (Case::FindListed(1_000), 2),
    (Case::FindPooled, 100),
    (Case::InsertDefaults, 50),
    (Case::Update, 50),
    (Case::UpdatePooled, 50),
    (Case::Save, 50),
    (Case::Upsert, 50),
    (Case::Delete, 50),
    (Case::HasMany, 3),
    (Case::Family(FamilyQuery::Counts), 5),
    (Case::Checkout, 100),
];

/// Runs calls whose instructions are counted.
pub(crate) fn calls<T>(run: impl FnOnce() -> T) -> T {
    let outcome = counted(run);
    written();
    outcome
}

#[inline(never)]
fn counted<T>(run: impl FnOnce() -> T) -> T {
    black_box(run())
}

#[inline(never)]
fn written() {
    black_box(());
}

/// Calls each case of a suite of one client, the first time uncounted by the record as it prepares statements. Returns a line for each
/// of these two countings, in their order: the number of calls and the case's name.
///
/// # Errors
/// The database fails.
pub fn hot_calls(suite: &mut Suite) -> Result<Vec<String>, Failure> {
    let mut lines = Vec::new();
    let cases = CASES.into_iter().filter(|&(case, _)| suite.has(case));
    let cases: Vec<_> = cases.collect();
    for (case, times) in cases {
        suite.run(case, times)?;
        lines.push(format!("0 {case}"));
        lines.push(format!("{times} {case}"));
    }
    Ok(lines)
}

/// Checks the schema of a folder.
///
/// # Errors
/// It has errors.
#[cfg(feature = "record")]
pub fn check_of_schema(folder: &std::path::Path) -> Result<(), Failure> {
    use bindery_schema::check::check;
    use bindery_schema::diagnostic::Diagnostics;
    use bindery_schema::project::{Paths, load_project_of};
    use bindery_schema::read_model;
    let mut found = Diagnostics::default();
    let project = load_project_of(folder, &Paths::default(), &|_| None, &mut found);
    let model = read_model(&project.input, &mut found);
    let checked = check(model, &mut found);
    checked
        .map(drop)
        .ok_or_else(|| "the schema has errors".into())
}
