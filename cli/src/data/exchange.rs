//! Rows of a copy that wait for each other's unique values. They are written in one transaction, in which they give up their values first.

use std::collections::{HashMap, HashSet};

use bindery::data::{Circle, DataKey, DataRow, Loading, Waiting, Written};
use bindery_schema::model::ColumnId;
use bindery_schema::plan::statements::is_writable;

use super::pairs::Pair;
use super::repair::{BATCH, RejectedRow, Repair, Repaired, Wrong, row, store_rows};
use crate::database::failure;
use crate::failure::Failure;

/// The places of the columns of a unique key.
type Unique = Vec<usize>;

/// A value of a unique key, by the number of that.
type Value = (usize, String);

impl Repair<'_> {
    /// Writes the rows that wait for each other, and takes them out of `waiting`. A circle with a row that is refused all the same stays.
    pub(super) fn exchange(
        &self,
        pair: &Pair<'_>,
        waiting: &mut Vec<RejectedRow>,
    ) -> Result<Repaired, Failure> {
        let mut written = Repaired::default();
        let rows = waiting.iter().enumerate();
        let rows = rows.filter(|(_, row)| !row.is_surplus);
        let (places, keys): (Vec<usize>, Vec<DataKey>) =
            rows.map(|(at, row)| (at, row.key.clone())).unzip();
        let mut done: HashSet<usize> = HashSet::new();
        self.waiting(pair, &keys)?.write(BATCH, |_, circles| {
            let circles: Vec<&Circle> = circles.iter().filter(|one| one.len() > 1).collect();
            let all = || circles.iter().copied().flatten();
            let wanted: Vec<DataKey> = all().map(|&at| keys[at].clone()).collect();
            if wanted.is_empty() {
                return Ok(Written::All);
            }
            self.advance()?;
            match self.write_circles(pair, &wanted) {
                Ok(repaired) => {
                    written.add(repaired);
                    done.extend(all().map(|&at| places[at]));
                }
                Err(error) if !error.is_about_a_row() => return Err(failure(&error)),
                Err(_) if circles.len() > 1 => return Ok(Written::Halves),
                Err(_) => {}
            }
            Ok(Written::All)
        })?;
        let mut at = 0..;
        waiting.retain(|_| at.next().is_none_or(|at| !done.contains(&at)));
        Ok(written)
    }

    /// Each row with those that have a unique value on the target which it is to have.
    fn waiting(&self, pair: &Pair<'_>, keys: &[DataKey]) -> Result<Waiting, Failure> {
        let uniques = uniques(pair);
        if uniques.is_empty() || keys.len() < 2 {
            return Ok(Waiting::new(&[]));
        }
        let mut owners: HashMap<Value, usize> = HashMap::new();
        let mut wanted: Vec<Vec<Value>> = Vec::new();
        let (mut here, mut there) = (self.snapshot(self.from)?, self.snapshot(self.to)?);
        for (at, key) in keys.iter().enumerate() {
            let right = row(&mut here, &pair.from.data, key).map_err(|error| failure(&error))?;
            let found = row(&mut there, &pair.to.data, key).map_err(|error| failure(&error))?;
            owners.extend(values(found.as_ref(), &uniques).map(|value| (value, at)));
            wanted.push(values(right.as_ref(), &uniques).collect());
        }
        let edges = wanted.iter().enumerate().map(|(at, wanted)| {
            let owners = wanted.iter().filter_map(|value| owners.get(value).copied());
            owners.filter(|owner| *owner != at).collect()
        });
        Ok(Waiting::new(&edges.collect::<Vec<Vec<usize>>>()))
    }

    /// One transaction. Both engines are read again, as of any batch.
    fn write_circles(&self, pair: &Pair<'_>, keys: &[DataKey]) -> bindery::Result<Repaired> {
        let table = &pair.to.data;
        let mut loading = self.begin(table)?;
        let there = loading.find_locked_each(table, keys)?;
        let written = self.wrong(pair, keys, &there)?;
        for row in &written {
            give_up(&mut loading, pair, row)?;
        }
        if let Some((_, error)) = store_rows(&mut loading, table, &written)?.pop() {
            return Err(error);
        }
        loading.finish(&[table])?;
        Ok(self.count(&written, &[]))
    }
}

/// Frees the unique values of a row that are to be others. Where the table takes no other ones for the time being, the row is deleted
/// and comes again whole, unless the other engine has columns that are not copied.
fn give_up(loading: &mut Loading, pair: &Pair<'_>, row: &Wrong<'_>) -> bindery::Result<()> {
    let (table, Some(there)) = (&pair.to.data, row.there) else {
        return Ok(());
    };
    let is_key = |at: &usize| table.key().contains(at);
    for unique in uniques(pair) {
        let differs = |at: &usize| there.values(&[*at]) != row.right.values(&[*at]);
        let has_null = there.values(&unique).is_none();
        let changed = unique.into_iter().filter(|at| differs(at) && !is_key(at));
        let changed: Vec<usize> = changed.collect();
        if has_null || changed.is_empty() {
            continue;
        }
        if !loading.give_up(table, row.key, &changed)? && is_whole(pair) {
            return loading
                .delete(table, std::slice::from_ref(row.key))
                .map(drop);
        }
    }
    Ok(())
}

/// Whether all columns of the target's table are copied.
fn is_whole(pair: &Pair<'_>) -> bool {
    let columns = pair.to.table.columns.iter();
    let written = columns.filter(|column| is_writable(column)).count();
    written == pair.to.data.columns().len()
}

/// The unique keys of the target whose columns are copied.
fn uniques(pair: &Pair<'_>) -> Vec<Unique> {
    let (table, data) = (pair.to.table, &pair.to.data);
    let place = |id: &ColumnId| {
        let name = &table.column(*id).name;
        data.columns()
            .iter()
            .position(|column| column.name == *name)
    };
    let uniques = table.uniques.iter();
    let places = uniques.map(|unique| unique.columns.iter().map(place).collect());
    places.flat_map(|places: Option<Unique>| places).collect()
}

/// The unique values of a row. Engines differ in which texts they take for equal, so they are compared loosely: it is enough that no
/// circle is missed.
fn values(row: Option<&DataRow>, uniques: &[Unique]) -> impl Iterator<Item = Value> {
    let of = move |unique: &Unique| {
        let texts = row?.values(unique)?.texts().into_iter();
        let texts: Vec<String> = texts.map(|text| text.trim_end().to_lowercase()).collect();
        Some(texts.join("\0"))
    };
    let numbered = uniques.iter().enumerate();
    numbered.filter_map(move |(number, unique)| Some((number, of(unique)?)))
}
