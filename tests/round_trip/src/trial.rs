//! One transaction in which rows of a table are tried, with the rows they refer to. Nothing of it stays.

use std::collections::{BTreeMap, BTreeSet};

use bindery::{Connection, Dialect, Engine};
use bindery_schema::model::{ColumnId, ForeignKey, Generated, Model, TableId};
use bindery_schema::plan::statements::{is_touched, is_writable, row_columns};

use crate::extremes::{ColumnContext, distinct};
use crate::hints;
use crate::refusal::Refusal;
use crate::table::{Row, Table};
use crate::value::Value;

/// So many rows are tried before a table counts as one whose constraints are not satisfied.
const MOST_TRIES: usize = 400;

/// The state that all trials of a schema share.
pub(crate) struct Program<'p, E: Engine> {
    pub(crate) model: &'p Model,
    pub(crate) dialect: Dialect,
    pub(crate) tables: &'p [&'p dyn Table<E>],
    /// Tables whose rows stay when a transaction is rolled back.
    pub(crate) sticky: BTreeSet<TableId>,
    /// Rows that were taken before.
    pub(crate) known: BTreeMap<TableId, Row>,
}

impl<E: Engine> Program<'_, E> {
    pub(crate) fn place(&self, id: TableId, column: ColumnId) -> ColumnContext<'_> {
        ColumnContext {
            model: self.model,
            column: self.model.table(id).column(column),
            dialect: self.dialect,
        }
    }

    /// Can the program give the column a value?
    pub(crate) fn is_given(&self, id: TableId, column: ColumnId) -> bool {
        let column = self.model.table(id).column(column);
        is_writable(column) && column.generated != Generated::Key { always: true }
    }

    /// Can it be updated by the program?
    pub(crate) fn is_changeable(&self, id: TableId, column: ColumnId) -> bool {
        let table = self.model.table(id);
        let in_key = table
            .primary_key
            .as_ref()
            .is_some_and(|key| key.columns.contains(&column));
        self.is_given(id, column) && !in_key && !is_touched(table.column(column))
    }

    pub(crate) fn is_nullable(&self, id: TableId, column: ColumnId) -> bool {
        let table = self.model.table(id);
        let in_key = table
            .primary_key
            .as_ref()
            .is_some_and(|key| key.columns.contains(&column));
        table.column(column).nullable && !in_key
    }
}

/// The transaction.
pub(crate) struct Trial<'t, 'p, E: Engine> {
    pub(crate) program: &'t mut Program<'p, E>,
    pub(crate) connection: &'t mut Connection<E>,
    /// Rows that others may refer to.
    parents: BTreeMap<TableId, Vec<Row>>,
    /// Tables whose rows are being made.
    open: Vec<TableId>,
}

/// Values of the columns of a table that refer to other rows.
pub(crate) type References = BTreeMap<usize, Vec<Value>>;

impl<'t, 'p, E: Engine> Trial<'t, 'p, E> {
    pub(crate) fn new(program: &'t mut Program<'p, E>, connection: &'t mut Connection<E>) -> Self {
        Self {
            program,
            connection,
            parents: BTreeMap::new(),
            open: Vec::new(),
        }
    }

    pub(crate) fn table(&self, id: TableId) -> &'p dyn Table<E> {
        self.program.tables[id.0 as usize]
    }

    /// Runs `work` in a savepoint that is kept if it succeeds.
    pub(crate) fn kept<T>(
        &mut self,
        work: impl FnOnce(&mut Connection<E>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut savepoint = self.connection.begin()?;
        match work(&mut savepoint) {
            Ok(value) => savepoint.commit().map(|()| value).map_err(Refusal::from),
            Err(refusal) => {
                savepoint.rollback()?;
                Err(refusal)
            }
        }
    }

    /// Runs `work` in a savepoint that is undone.
    pub(crate) fn undone<T>(
        &mut self,
        work: impl FnOnce(&mut Connection<E>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let mut savepoint = self.connection.begin()?;
        let outcome = work(&mut savepoint);
        savepoint.rollback()?;
        outcome
    }

    /// Inserts a row and gives back what is stored, nothing for a table without a key.
    fn insert(&mut self, id: TableId, row: &[Value]) -> Result<Option<Row>, Refusal> {
        let table = self.table(id);
        self.kept(|connection| inserted(table, connection, row))
    }

    /// Would the row be taken?
    fn is_taken(&mut self, id: TableId, row: &[Value]) -> Result<(), Refusal> {
        self.inserted_and_undone(id, row, |_, _| Ok(()))
    }

    /// Inserts a row, runs `work` with what is stored, and undoes it all.
    pub(crate) fn inserted_and_undone<T>(
        &mut self,
        id: TableId,
        row: &[Value],
        work: impl FnOnce(&mut Connection<E>, Option<Row>) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let table = self.table(id);
        let stays = self.program.sticky.contains(&id);
        self.undone(|connection| {
            let stored = inserted(table, connection, row)?;
            let outcome = work(connection, stored);
            if stays {
                table.delete(connection, row).ok_or_else(Refusal::unfit)??;
            }
            outcome
        })
    }

    /// A row that the database takes, with what its references may be. The rows it refers to are there then.
    pub(crate) fn settle(&mut self, id: TableId) -> Result<(Row, References), Refusal> {
        self.open.push(id);
        let references = self.references(id);
        self.open.pop();
        let references = references?;
        if let Some(known) = self.program.known.get(&id) {
            let mut row = known.clone();
            for (at, values) in &references {
                row[*at].clone_from(&values[0]);
            }
            if self.is_taken(id, &row).is_ok() {
                return Ok((row, references));
            }
        }
        let row = self.search(id, &references)?;
        self.program.known.insert(id, row.clone());
        Ok((row, references))
    }

    /// A row of a table that others may refer to: the first, or where a table refers to another more than once, one more.
    fn parent(&mut self, id: TableId, place: usize) -> Result<Row, Refusal> {
        let rows = self.parents.get(&id).map(Vec::as_slice).unwrap_or_default();
        if let Some(row) = rows.get(place) {
            return Ok(row.clone());
        }
        let made = if self.open.contains(&id) {
            Err(Refusal::of("its foreign keys go in a circle", true))
        } else {
            self.settle(id)
                .and_then(|(row, _)| Ok(self.insert(id, &row)?.unwrap_or(row)))
        };
        let row = match made {
            Ok(row) => row,
            Err(refusal) => match self.parents.get(&id).and_then(|rows| rows.first()) {
                Some(first) => first.clone(),
                None => self.existing(id)?.ok_or(refusal)?,
            },
        };
        self.parents.entry(id).or_default().push(row.clone());
        Ok(row)
    }

    fn existing(&mut self, id: TableId) -> Result<Option<Row>, Refusal> {
        let table = self.table(id);
        self.undone(|connection| Ok(table.first(connection)?))
    }

    fn references(&mut self, id: TableId) -> Result<References, Refusal> {
        let model = self.program.model;
        let mut found = References::new();
        let mut made = Vec::new();
        let mut places: BTreeMap<TableId, usize> = BTreeMap::new();
        // All rows first, so that each column may have the value of any of them.
        for key in &model.table(id).foreign_keys {
            let place = places.entry(key.table).or_default();
            let own = key.table == id && !self.parents.contains_key(&id);
            if own && self.existing(id)?.is_none() {
                self.refer_to_itself(id, key, &mut found);
            } else {
                made.push((key, self.parent(key.table, *place)));
                *place += 1;
            }
        }
        for (key, row) in made {
            match row {
                Ok(row) => self.refer(id, key, &row, &mut found),
                Err(refusal) => self.refer_to_nothing(id, key, &mut found).map_err(|()| {
                    let parent = &model.table(key.table).name.name;
                    Refusal {
                        why: format!("needs a row of `{parent}`: {}", refusal.why),
                        ..refusal
                    }
                })?,
            }
        }
        Ok(found)
    }

    fn refer(&self, id: TableId, key: &ForeignKey, row: &[Value], found: &mut References) {
        for (column, referred) in key.columns.iter().zip(&key.referred) {
            let (Some(at), Some(of)) = (self.at(id, *column), self.at(key.table, *referred)) else {
                continue;
            };
            let others = self.parents.get(&key.table).into_iter().flatten();
            let mut values = vec![row[of].clone()];
            values.extend(others.map(|other| other[of].clone()));
            if self.program.is_nullable(id, *column) {
                values.push(Value::Null);
            }
            found.insert(at, distinct(values));
        }
    }

    /// A row that refers to its own table refers to nothing, or to itself, which the search sees to.
    fn refer_to_itself(&self, id: TableId, key: &ForeignKey, found: &mut References) {
        let _ = self.refer_to_nothing(id, key, found);
    }

    fn refer_to_nothing(
        &self,
        id: TableId,
        key: &ForeignKey,
        found: &mut References,
    ) -> Result<(), ()> {
        let nullable = |column: &&ColumnId| self.program.is_nullable(id, **column);
        let column = key.columns.iter().find(nullable).ok_or(())?;
        if let Some(at) = self.at(id, *column) {
            found.insert(at, vec![Value::Null]);
        }
        Ok(())
    }

    /// The position of a column in the row.
    fn at(&self, id: TableId, column: ColumnId) -> Option<usize> {
        let columns = row_columns(self.program.model.table(id));
        columns.iter().position(|known| *known == column)
    }

    /// Returns the candidate values of each column, the likeliest first.
    fn pools(&self, id: TableId, references: &References) -> Vec<Vec<Value>> {
        let table = self.program.model.table(id);
        let columns = row_columns(table).into_iter().enumerate();
        let pool = |(at, column): (usize, ColumnId)| {
            if let Some(values) = references.get(&at) {
                return values.clone();
            }
            let mut values = hints::of(table, table.column(column));
            values.extend(self.program.place(id, column).plain());
            if self.program.is_nullable(id, column) {
                values.push(Value::Null);
            }
            distinct(values)
        };
        columns.map(pool).collect()
    }

    fn search(&mut self, id: TableId, references: &References) -> Result<Row, Refusal> {
        let pools = self.pools(id, references);
        let first = Search::new(self, id, &pools, |_| 0).run();
        // With as few values as can be.
        let last = |pool: &[Value]| {
            pool.iter()
                .position(|value| *value == Value::Null)
                .unwrap_or(0)
        };
        match first {
            Ok(row) => Ok(row),
            Err(refusal) => Search::new(self, id, &pools, last)
                .run()
                .map_err(|_| refusal),
        }
    }
}

fn inserted<E: Engine>(
    table: &dyn Table<E>,
    connection: &mut Connection<E>,
    row: &[Value],
) -> Result<Option<Row>, Refusal> {
    let outcome = table.insert(connection, row).ok_or_else(Refusal::unfit)?;
    Ok(outcome?)
}

/// Looks for a row that is taken: what a refusal blames is varied, everything else stays.
struct Search<'s, 't, 'p, E: Engine> {
    trial: &'s mut Trial<'t, 'p, E>,
    id: TableId,
    pools: &'s [Vec<Value>],
    chosen: Vec<usize>,
    /// Columns that have the value of another, which they refer to.
    same: Vec<(usize, usize)>,
    tries: usize,
}

impl<'s, 't, 'p, E: Engine> Search<'s, 't, 'p, E> {
    fn new(
        trial: &'s mut Trial<'t, 'p, E>,
        id: TableId,
        pools: &'s [Vec<Value>],
        choose: impl Fn(&[Value]) -> usize,
    ) -> Self {
        let table = trial.program.model.table(id);
        let own = table.foreign_keys.iter().filter(|key| key.table == id);
        let pairs = own.flat_map(|key| key.columns.iter().zip(&key.referred));
        let same = pairs
            .filter_map(|(column, referred)| {
                Some((trial.at(id, *column)?, trial.at(id, *referred)?))
            })
            .filter(|(at, of)| at != of && pools[*at] != [Value::Null] && pools[*at].len() > 1)
            .filter(|(at, _)| !trial.program.is_nullable(id, row_columns(table)[*at]))
            .collect();
        Self {
            chosen: pools.iter().map(|pool| choose(pool)).collect(),
            trial,
            id,
            pools,
            same,
            tries: 0,
        }
    }

    fn row(&self) -> Row {
        let chosen = self.chosen.iter().zip(self.pools);
        let mut row: Row = chosen
            .map(|(at, pool)| pool.get(*at).cloned().unwrap_or(Value::Null))
            .collect();
        for (at, of) in &self.same {
            row[*at] = row[*of].clone();
        }
        row
    }

    fn attempt(&mut self) -> Result<Row, Refusal> {
        self.tries += 1;
        let row = self.row();
        self.trial.is_taken(self.id, &row).map(|()| row)
    }

    fn run(mut self) -> Result<Row, Refusal> {
        let mut refusal = match self.attempt() {
            Ok(row) => return Ok(row),
            Err(refusal) => refusal,
        };
        while refusal.is_legal && self.tries < MOST_TRIES {
            let blamed = self.blamed(&refusal);
            refusal = match self.vary(&blamed, &refusal) {
                Varied::Taken(row) => return Ok(row),
                Varied::Other(next) => next,
                Varied::Same => return Err(refusal),
            };
        }
        Err(refusal)
    }

    /// Changes the blamed columns until the refusal is another one.
    fn vary(&mut self, blamed: &[usize], refusal: &Refusal) -> Varied {
        let start = self.chosen.clone();
        let sizes = blamed.iter().map(|at| self.pools[*at].len());
        let combined = sizes.fold(1, usize::saturating_mul);
        if blamed.len() <= 4 || combined <= MOST_TRIES {
            while self.count_up(blamed) && self.tries < MOST_TRIES {
                match self.attempt() {
                    Ok(row) => return Varied::Taken(row),
                    Err(next) if next.why != refusal.why => return Varied::Other(next),
                    Err(_) => {}
                }
            }
        } else {
            for at in blamed {
                for choice in 0..self.pools[*at].len() {
                    self.chosen[*at] = choice;
                    match self.attempt() {
                        Ok(row) => return Varied::Taken(row),
                        // Where the new value is refused itself, nothing is won.
                        Err(next) if next.why != refusal.why && self.blamed(&next) != [*at] => {
                            return Varied::Other(next);
                        }
                        Err(_) => {}
                    }
                }
                self.chosen[*at] = start[*at];
            }
        }
        Varied::Same
    }

    /// The next combination; `false` after the last.
    fn count_up(&mut self, columns: &[usize]) -> bool {
        for at in columns {
            self.chosen[*at] += 1;
            if self.chosen[*at] < self.pools[*at].len() {
                return true;
            }
            self.chosen[*at] = 0;
        }
        false
    }

    /// The columns that a refusal is about; all where it does not say.
    fn blamed(&self, refusal: &Refusal) -> Vec<usize> {
        let table = self.trial.program.model.table(self.id);
        let constraint = &refusal.constraint;
        let name = constraint.name.as_deref().unwrap_or_default();
        let mut columns: Vec<ColumnId> = Vec::new();
        if let Some(column) = &constraint.column {
            let ids = row_columns(table).into_iter();
            columns.extend(ids.filter(|id| table.column(*id).name == *column));
        }
        let checks = table.checks.iter().filter(|check| match &check.name {
            Some(own) => own == name,
            // PostgreSQL's own names.
            None => hints::columns(table, check).iter().any(|column| {
                let column = &table.column(*column).name;
                name == format!("{}_{column}_check", table.name.name)
            }),
        });
        columns.extend(checks.flat_map(|check| hints::columns(table, check)));
        let uniques = table
            .uniques
            .iter()
            .filter(|unique| unique.name.as_deref() == Some(name));
        columns.extend(uniques.flat_map(|unique| unique.columns.clone()));
        let is_key = |key: &&bindery_schema::model::PrimaryKey| {
            key.name.as_deref() == Some(name) || name == "PRIMARY" || name.ends_with("_pkey")
        };
        columns.extend(
            table
                .primary_key
                .iter()
                .filter(is_key)
                .flat_map(|key| key.columns.clone()),
        );
        let mut blamed: Vec<usize> = columns
            .iter()
            .filter_map(|column| self.trial.at(self.id, *column))
            .collect();
        blamed.sort_unstable();
        blamed.dedup();
        blamed.retain(|at| self.pools[*at].len() > 1);
        if blamed.is_empty() {
            (0..self.pools.len())
                .filter(|at| self.pools[*at].len() > 1)
                .collect()
        } else {
            blamed
        }
    }
}

enum Varied {
    Taken(Row),
    Other(Refusal),
    Same,
}
