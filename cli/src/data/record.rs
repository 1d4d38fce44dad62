//! One record and what belongs to it: the rows that it refers to, without end, and those that refer to it, to a depth. Links to rows
//! of other engines are named, and not followed.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bindery::data::{DataKey, DataRow, DataTable, Snapshot};
use bindery_schema::model::{CheckedModel, ColumnId, EngineId, KeyEngine, Table, TableId};
use serde::{Deserialize, Serialize};

use super::tables::EngineTable;
use crate::failure::Failure;

/// The record of a dump, as its manifest has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) table: String,
    /// Its primary key; the values of several columns have commas between them.
    pub(crate) key: String,
    /// Rows that refer to it are taken that many times over.
    pub(crate) depth: u32,
}

/// Rows of another engine that a column refers to; `cli/JSON.md` documents it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct LinkedKeys {
    pub(crate) table: String,
    pub(crate) column: String,
    /// The table that is linked to, and its engine.
    pub(crate) to: String,
    pub(crate) engine: String,
    pub(crate) keys: Vec<String>,
}

/// The rows of each table, in the order of the tables, and the links of all of them.
pub(crate) struct Collected {
    pub(crate) rows: Vec<Vec<DataRow>>,
    pub(crate) links: Vec<LinkedKeys>,
}

/// Collects a record of an engine with what belongs to it, each row once.
pub(crate) fn collect(
    snapshot: &mut Snapshot,
    (model, id): (&CheckedModel, EngineId),
    tables: &[EngineTable<'_>],
    record: &Record,
) -> Result<Collected, Failure> {
    let first = tables
        .iter()
        .position(|table| table.data.name() == record.table);
    let first = first.expect("the table was chosen among those of the engine");
    let mut collecting = Collecting {
        snapshot,
        tables,
        model,
        waiting: VecDeque::new(),
        seen: vec![BTreeMap::new(); tables.len()],
        rows: vec![Vec::new(); tables.len()],
        links: BTreeMap::new(),
    };
    collecting.begin(first, record, &model.engine(id).name)?;
    while let Some((at, row, depth)) = collecting.waiting.pop_front() {
        collecting.follow(at, &row, depth)?;
    }
    let (rows, links) = (collecting.rows, collecting.links);
    Ok(Collected {
        rows,
        links: links_of(model, id, tables, links),
    })
}

/// The values of a link's column, by the place of its table and the column.
type Links = BTreeMap<(usize, ColumnId), BTreeSet<String>>;

struct Collecting<'a, 'm> {
    snapshot: &'a mut Snapshot,
    tables: &'a [EngineTable<'m>],
    model: &'m CheckedModel,
    /// A table's place, a row of it, and how many times over rows that refer to it are taken.
    waiting: VecDeque<(usize, DataRow, u32)>,
    /// The rows of each table that were met, and with which depth.
    seen: Vec<BTreeMap<DataRow, u32>>,
    rows: Vec<Vec<DataRow>>,
    links: Links,
}

impl Collecting<'_, '_> {
    fn begin(&mut self, at: usize, record: &Record, engine: &str) -> Result<(), Failure> {
        let table = &self.tables[at].data;
        let key = table.key();
        let words: Vec<&str> = match key.len() {
            1 => vec![&record.key],
            _ => record.key.split(',').collect(),
        };
        if key.is_empty() || words.len() != key.len() {
            return Err(wrong_key(table, &record.key));
        }
        let values = self.snapshot.key_of_texts(table, words);
        let values = values.map_err(|error| super::failure(&error))?;
        let found = self.find(at, key, &values)?;
        if found.is_empty() {
            let (table, key) = (table.name(), record.key.escape_debug());
            return Err(Failure::new(format!(
                "there is no row of `{table}` with the key `{key}` on engine `{engine}`"
            )));
        }
        self.meet(at, found, record.depth);
        Ok(())
    }

    fn find(
        &mut self,
        at: usize,
        columns: &[usize],
        values: &DataKey,
    ) -> Result<Vec<DataRow>, Failure> {
        let found = self.snapshot.find(&self.tables[at].data, columns, values);
        found.map_err(|error| super::failure(&error))
    }

    /// Takes rows that were not met, and looks again at what refers to those that were met with a smaller depth.
    fn meet(&mut self, at: usize, rows: Vec<DataRow>, depth: u32) {
        for row in rows {
            let known = self.seen[at].get(&row).copied();
            if known.is_some_and(|known| known >= depth) {
                continue;
            }
            self.seen[at].insert(row.clone(), depth);
            if known.is_none() {
                self.note_links(at, &row);
                self.rows[at].push(row.clone());
            }
            self.waiting.push_back((at, row, depth));
        }
    }

    fn follow(&mut self, at: usize, row: &DataRow, depth: u32) -> Result<(), Failure> {
        let table = self.tables[at].table;
        for key in &table.foreign_keys {
            if let Some(parent) = self.place(key.table) {
                self.follow_one((at, &key.columns), (parent, &key.referred), row, 0)?;
            }
        }
        if depth == 0 {
            return Ok(());
        }
        for (child, other) in self.tables.iter().enumerate() {
            for key in &other.table.foreign_keys {
                if self.place(key.table) == Some(at) {
                    self.follow_one((at, &key.referred), (child, &key.columns), row, depth - 1)?;
                }
            }
        }
        Ok(())
    }

    /// Takes the rows of a table whose columns have the values that `row` has in columns of its own.
    fn follow_one(
        &mut self,
        (from, own): (usize, &[ColumnId]),
        (to, theirs): (usize, &[ColumnId]),
        row: &DataRow,
        depth: u32,
    ) -> Result<(), Failure> {
        let own = places(&self.tables[from], own);
        let theirs = places(&self.tables[to], theirs);
        // NULL refers to nothing.
        let values = own.and_then(|own| row.values(&own));
        if let (Some(values), Some(theirs)) = (values, theirs) {
            let found = self.find(to, &theirs, &values)?;
            self.meet(to, found, depth);
        }
        Ok(())
    }

    fn place(&self, table: TableId) -> Option<usize> {
        let table: *const Table = self.model.table(table);
        self.tables
            .iter()
            .position(|one| std::ptr::eq(one.table, table))
    }

    fn note_links(&mut self, at: usize, row: &DataRow) {
        for (number, column) in self.tables[at].table.columns.iter().enumerate() {
            let id = ColumnId(number as u32);
            let place = column
                .link
                .as_ref()
                .and_then(|_| places(&self.tables[at], &[id]));
            if let Some(value) = place.and_then(|place| row.values(&place)) {
                self.links
                    .entry((at, id))
                    .or_default()
                    .extend(value.texts());
            }
        }
    }
}

/// The places of columns among those that are dumped; none where one is not among them.
fn places(table: &EngineTable<'_>, columns: &[ColumnId]) -> Option<Vec<usize>> {
    let place = |id: &ColumnId| {
        let name = &table.table.column(*id).name;
        let mut dumped = table.data.columns().iter();
        dumped.position(|column| column.name == *name)
    };
    columns.iter().map(place).collect()
}

fn links_of(
    model: &CheckedModel,
    id: EngineId,
    tables: &[EngineTable<'_>],
    links: Links,
) -> Vec<LinkedKeys> {
    let linked = |((at, column), keys): ((usize, ColumnId), BTreeSet<String>)| {
        let column = tables[at].table.column(column);
        let link = column.link.as_ref()?;
        let target = model.table(link.table);
        let engine = match link.engine {
            KeyEngine::Only => *target.engines.first()?,
            KeyEngine::Same => id,
            KeyEngine::On(engine) => engine,
        };
        Some(LinkedKeys {
            table: tables[at].data.name().to_owned(),
            column: column.name.clone(),
            to: target.name.to_string(),
            engine: model.engine(engine).name.clone(),
            keys: keys.into_iter().collect(),
        })
    };
    links.into_iter().filter_map(linked).collect()
}

fn wrong_key(table: &DataTable, key: &str) -> Failure {
    let name = table.name();
    let columns: Vec<&str> = table
        .key()
        .iter()
        .map(|at| table.columns()[*at].name.as_str())
        .collect();
    if columns.is_empty() {
        return Failure::new(format!(
            "table `{name}` has no primary key to find a record by"
        ));
    }
    let failure = Failure::new(format!(
        "`{}` is not a key of `{name}`, whose key has {} columns",
        key.escape_debug(),
        columns.len()
    ));
    failure.help(format!(
        "give a value for each, with commas: `{}`",
        columns.join(",")
    ))
}
