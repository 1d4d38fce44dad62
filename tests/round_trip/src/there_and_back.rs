//! One table there and back: extreme values column by column, then all together through insert, update, save and delete.

use bindery::{Connection, Engine};
use bindery_schema::model::{ColumnId, TableId};
use bindery_schema::plan::statements::{is_touched, row_columns};

use crate::refusal::Refusal;
use crate::table::Row;
use crate::trial::{Program, References, Trial};
use crate::value::Value;

/// How a table did.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// The promises that were broken.
    pub(crate) failures: Vec<String>,
    /// Extreme values that the database did not take, with its reason.
    pub(crate) refused: Vec<String>,
}

impl Findings {
    /// Adds failures; of one column one is enough.
    fn fail(&mut self, failures: Vec<String>) {
        for failure in failures {
            let column = failure.split(": ").next().unwrap_or_default();
            if !self.failures.iter().any(|known| known.starts_with(column)) {
                self.failures.push(failure);
            }
        }
    }
}

/// Tries a table in a transaction that is rolled back. The error says which constraint could not be satisfied.
pub(crate) fn try_table<E: Engine>(
    program: &mut Program<'_, E>,
    connection: &mut Connection<E>,
    id: TableId,
) -> Result<Findings, Refusal> {
    let mut transaction = connection.begin()?;
    let mut journey = Journey::new(program, &mut transaction, id);
    let outcome = journey.run();
    let findings = journey.findings;
    transaction.rollback()?;
    outcome.map(|()| findings)
}

struct Journey<'t, 'p, E: Engine> {
    trial: Trial<'t, 'p, E>,
    id: TableId,
    columns: Vec<ColumnId>,
    has_key: bool,
    findings: Findings,
}

impl<'t, 'p, E: Engine> Journey<'t, 'p, E> {
    fn new(
        program: &'t mut Program<'p, E>,
        connection: &'t mut Connection<E>,
        id: TableId,
    ) -> Self {
        let table = program.model.table(id);
        Self {
            columns: row_columns(table),
            has_key: table.primary_key.is_some(),
            trial: Trial::new(program, connection),
            id,
            findings: Findings::default(),
        }
    }

    fn run(&mut self) -> Result<(), Refusal> {
        let (base, references) = self.trial.settle(self.id)?;
        let taken = self.each_alone(&base, &references);
        let together = self.together(&base, &taken);
        let other = self.other(&base, &together, &taken, &references);
        if self.has_key {
            self.whole_way(&together, &other)
        } else {
            self.way_without_key(&together)
        }
    }

    /// The extreme values of each column that come back, every other column as in `base`.
    fn each_alone(&mut self, base: &Row, references: &References) -> Vec<Vec<Value>> {
        let given = |at: &usize| {
            self.trial.program.is_given(self.id, self.columns[*at]) && !references.contains_key(at)
        };
        let free: Vec<bool> = (0..base.len()).map(|at| given(&at)).collect();
        let mut taken = vec![Vec::new(); base.len()];
        for at in (0..base.len()).filter(|at| free[*at]) {
            let column = self.columns[at];
            let mut values = self.trial.program.place(self.id, column).extremes();
            if self.trial.program.is_nullable(self.id, column) {
                values.push(Value::Null);
            }
            for value in values {
                if enough(&taken[at], &value) {
                    continue;
                }
                let mut row = base.clone();
                row[at] = value.clone();
                if self.comes_back(at, &row) {
                    taken[at].push(value);
                }
            }
        }
        taken
    }

    fn comes_back(&mut self, at: usize, row: &Row) -> bool {
        match self.differences(row) {
            Ok(differences) => {
                let equal = differences.is_empty();
                self.findings.fail(differences);
                equal
            }
            Err(refusal) => {
                let told = format!("{}: {}: {}", self.name(at), shown(&row[at]), refusal.why);
                if refusal.is_legal {
                    self.findings.refused.push(told);
                } else {
                    self.findings.failures.push(told);
                }
                false
            }
        }
    }

    /// Inserts a row, reads it back and undoes it.
    fn differences(&mut self, row: &Row) -> Result<Vec<String>, Refusal> {
        let table = self.trial.table(self.id);
        let (stored, read) =
            self.trial
                .inserted_and_undone(self.id, row, |connection, stored| {
                    let read = match &stored {
                        Some(stored) => table
                            .find(connection, stored)
                            .ok_or_else(Refusal::unfit)??,
                        None => table
                            .all(connection)?
                            .into_iter()
                            .find(|found| found == row),
                    };
                    Ok((stored, read))
                })?;
        let mut differences = match &stored {
            Some(stored) => self.compare("insert", row, stored, false),
            None => Vec::new(),
        };
        match (&stored, read) {
            (Some(stored), Some(read)) if *stored == read => {}
            (Some(_), Some(read)) => differences.extend(self.compare("find", row, &read, false)),
            (Some(_), None) => {
                differences.push("the inserted row is not found by its key".to_owned())
            }
            (None, Some(_)) => {}
            (None, None) if self.has_computed() => {}
            (None, None) => differences.push(format!(
                "the inserted row is not among all rows: {}",
                self.unlike(row)
            )),
        }
        Ok(differences)
    }

    /// Describes how the table's newest row differs from a row without a key.
    fn unlike(&mut self, row: &Row) -> String {
        let table = self.trial.table(self.id);
        let rows = self.trial.undone(|connection| {
            table.insert(connection, row).ok_or_else(Refusal::unfit)??;
            Ok(table.all(connection)?)
        });
        let nearest = rows.ok().into_iter().flatten().max_by_key(|found| {
            found
                .iter()
                .zip(row)
                .filter(|(found, sent)| found == sent)
                .count()
        });
        nearest.map_or(String::new(), |found| {
            self.compare("all", row, &found, false).join("; ")
        })
    }

    fn has_computed(&self) -> bool {
        self.columns
            .iter()
            .any(|column| !self.trial.program.is_given(self.id, *column))
    }

    /// All extreme values in one row, as far as the database takes them together.
    fn together(&mut self, base: &Row, taken: &[Vec<Value>]) -> Row {
        let mut all = base.clone();
        for (at, values) in taken.iter().enumerate() {
            if let Some(value) = values.first() {
                all[at] = value.clone();
            }
        }
        if matches!(self.differences(&all), Ok(differences) if differences.is_empty()) {
            return all;
        }
        let mut row = base.clone();
        for (at, values) in taken.iter().enumerate() {
            let Some(value) = values.first() else {
                continue;
            };
            let before = std::mem::replace(&mut row[at], value.clone());
            if !matches!(self.differences(&row), Ok(differences) if differences.is_empty()) {
                row[at] = before;
            }
        }
        row
    }

    /// A row with the same key in which every other column is different, where it can be.
    fn other(&self, base: &Row, row: &Row, taken: &[Vec<Value>], references: &References) -> Row {
        let mut other = row.clone();
        for at in 0..row.len() {
            if !self.is_changeable(at) {
                continue;
            }
            let referred = references.get(&at).map(Vec::as_slice).unwrap_or_default();
            let mut values = taken[at].iter().chain(referred).chain([&base[at]]);
            if let Some(value) = values.find(|value| **value != row[at]) {
                other[at] = value.clone();
            }
        }
        other
    }

    fn is_changeable(&self, at: usize) -> bool {
        self.trial.program.is_changeable(self.id, self.columns[at])
    }

    fn whole_way(&mut self, first: &Row, second: &Row) -> Result<(), Refusal> {
        let table = self.trial.table(self.id);
        let before = table.count(self.trial.connection)?;
        let stored = self.trial.kept(|connection| {
            Ok(table
                .insert(connection, first)
                .ok_or_else(Refusal::unfit)??)
        })?;
        let Some(stored) = stored else {
            return Err(Refusal::of(
                "an insert into a table with a key gave no row back",
                false,
            ));
        };
        let key = self.with_key_of(first, &stored);
        let mut now = key.clone();
        let second = self.with_key_of(second, &stored);
        self.change(&mut now, &second, "update")?;
        self.save(&mut now, &key)?;
        let mut nothing = now.clone();
        for (at, value) in nothing.iter_mut().enumerate() {
            if self.is_changeable(at) && self.trial.program.is_nullable(self.id, self.columns[at]) {
                *value = Value::Null;
            }
        }
        self.change(&mut now, &nothing, "update to NULL")?;
        self.delete(&now, before)
    }

    /// Copies the values that the database made itself from the stored row.
    fn with_key_of(&self, row: &Row, stored: &Row) -> Row {
        let mut row = row.clone();
        for (at, column) in self.columns.iter().enumerate() {
            if !self.trial.program.is_given(self.id, *column) {
                row[at] = stored[at].clone();
            }
        }
        row
    }

    /// Updates a row to another, in one call or column by column, and compares.
    fn change(&mut self, now: &mut Row, wanted: &Row, doing: &str) -> Result<(), Refusal> {
        let changed: Vec<bool> = now
            .iter()
            .zip(wanted)
            .map(|(now, wanted)| now != wanted)
            .collect();
        match self.update(wanted, &changed) {
            Ok(()) => now.clone_from(wanted),
            Err(refusal) if !refusal.is_legal => return Err(refusal),
            Err(_) => {
                for at in (0..wanted.len()).filter(|at| changed[*at]) {
                    let mut row = now.clone();
                    row[at] = wanted[at].clone();
                    let mut only = vec![false; row.len()];
                    only[at] = true;
                    match self.update(&row, &only) {
                        Ok(()) => *now = row,
                        Err(refusal) if !refusal.is_legal => return Err(refusal),
                        Err(refusal) => {
                            let told = format!("{}: {doing}: {}", self.name(at), refusal.why);
                            self.findings.refused.push(told);
                        }
                    }
                }
            }
        }
        self.must_be(now, doing)
    }

    fn update(&mut self, row: &Row, changed: &[bool]) -> Result<(), Refusal> {
        let table = self.trial.table(self.id);
        let found = self.trial.kept(|connection| {
            Ok(table
                .update(connection, row, changed)
                .ok_or_else(Refusal::unfit)??)
        })?;
        if found {
            Ok(())
        } else {
            Err(Refusal::of("an update does not find its row", false))
        }
    }

    fn save(&mut self, now: &mut Row, wanted: &Row) -> Result<(), Refusal> {
        let table = self.trial.table(self.id);
        let saved = self.trial.kept(|connection| {
            Ok(table
                .save(connection, wanted)
                .ok_or_else(Refusal::unfit)??)
        });
        match saved {
            Ok(true) => now.clone_from(wanted),
            Ok(false) => return Err(Refusal::of("`save` does not find its row", false)),
            Err(refusal) if refusal.is_legal => {
                self.findings.refused.push(format!("save: {}", refusal.why))
            }
            Err(refusal) => return Err(refusal),
        }
        self.must_be(now, "save")
    }

    fn must_be(&mut self, wanted: &Row, doing: &str) -> Result<(), Refusal> {
        let table = self.trial.table(self.id);
        let found = self.trial.undone(|connection| {
            Ok(table
                .find(connection, wanted)
                .ok_or_else(Refusal::unfit)??)
        })?;
        match found {
            Some(found) => {
                let differences = self.compare(doing, wanted, &found, true);
                self.findings.fail(differences);
            }
            None => self
                .findings
                .failures
                .push(format!("{doing}: the row is not found by its key any more")),
        }
        Ok(())
    }

    fn delete(&mut self, row: &Row, before: u64) -> Result<(), Refusal> {
        let table = self.trial.table(self.id);
        let (deleted, found, count) = self.trial.undone(|connection| {
            let deleted = table.delete(connection, row).ok_or_else(Refusal::unfit)??;
            let found = table.find(connection, row).ok_or_else(Refusal::unfit)??;
            Ok((deleted, found, table.count(connection)?))
        })?;
        if !deleted || found.is_some() || count != before {
            self.findings
                .failures
                .push("a deleted row is still there".to_owned());
        }
        Ok(())
    }

    fn way_without_key(&mut self, row: &Row) -> Result<(), Refusal> {
        let table = self.trial.table(self.id);
        let (before, after) = self.trial.undone(|connection| {
            let before = table.count(connection)?;
            table.insert(connection, row).ok_or_else(Refusal::unfit)??;
            Ok((before, table.count(connection)?))
        })?;
        if after != before + 1 {
            self.findings
                .failures
                .push("an inserted row is not counted".to_owned());
        }
        Ok(())
    }

    /// In which columns a row differs from what was sent. What the database sets itself is left out.
    fn compare(&self, doing: &str, sent: &Row, found: &Row, updated: bool) -> Vec<String> {
        let columns = self.columns.iter().enumerate().filter(|(at, column)| {
            let own = !self.trial.program.is_given(self.id, **column);
            let touched =
                updated && is_touched(self.trial.program.model.table(self.id).column(**column));
            !own && !touched && sent[*at] != found[*at]
        });
        let told = columns.map(|(at, _)| {
            format!(
                "{}: {doing}: sent {}, found {}",
                self.name(at),
                shown(&sent[at]),
                shown(&found[at])
            )
        });
        told.collect()
    }

    fn name(&self, at: usize) -> String {
        let column = self
            .trial
            .program
            .model
            .table(self.id)
            .column(self.columns[at]);
        format!("`{}` ({})", column.name, column.sql_type)
    }
}

/// Of the texts that differ only in their characters and length a few will do.
fn enough(taken: &[Value], value: &Value) -> bool {
    matches!(value, Value::Text(text) if !text.is_empty())
        && taken
            .iter()
            .filter(|value| matches!(value, Value::Text(text) if text.len() > 40))
            .count()
            > 1
}

/// A value for people, cut short.
fn shown(value: &Value) -> String {
    let text = format!("{value:?}");
    let mut short: String = text.chars().take(60).collect();
    if short.len() < text.len() {
        short.push_str(&format!("… of {}", text.len()));
    }
    short
}
