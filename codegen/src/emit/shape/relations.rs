//! The relations that foreign keys make: which there are, and what they are called.
//!
//! A foreign key of one column is that column's constant. One of several columns is named after the model it refers to, and seen
//! from there it is named after the referring one: `user::posts`, or `user::profile` where there is at most one. What clashes
//! says by which columns: `posts_by_editor_id`.

use bindery_schema::lists::IntoVec as _;
use std::collections::HashSet;

use bindery_schema::model::{ColumnId, ForeignKey, Model, Table, TableId};
use bindery_schema::name::escape_keyword;
use bindery_schema::plan::statements::{is_required, is_writable, row_columns};

use super::names::{ModelNames, Names, static_name};
use super::surroundings::Surroundings;

/// In place of the engine of a row that is not fixed, wherever the code stands.
pub(crate) const ROW_ENGINE: &str = "::bindery::query::RowEngine";

/// A row's number of a reference is a byte, and this one stands for none.
const MOST: usize = u8::MAX as usize;

/// Which foreign keys are relations.
#[derive(Debug, Default)]
pub(crate) struct Relations {
    /// Of each table, by their numbers: positions among its foreign keys.
    references: Vec<Vec<usize>>,
    /// Of each table, by their numbers: the tables that refer to it, and the numbers there.
    referenced: Vec<Vec<(TableId, usize)>>,
}

/// A foreign key, seen from the model that refers.
#[derive(Debug, Hash)]
pub(crate) struct ReferenceShape<'m> {
    /// Its constant; `None` for that of its only column.
    pub(crate) constant: Option<String>,
    /// The method of the row.
    pub(crate) method: String,
    pub(crate) is_to_several: bool,
    /// Positions of its columns in the row.
    pub(crate) columns: Vec<usize>,
    pub(crate) nullable: bool,
    /// The tag of the model it refers to.
    pub(crate) tag: String,
    /// The key of a derived model: its type leads to the model.
    pub(crate) key: String,
    pub(crate) to: &'m ModelNames,
    pub(crate) is_to_self: bool,
    /// Positions of the columns there; empty for its primary key.
    pub(crate) to_columns: Vec<usize>,
}

/// A foreign key, seen from the model that it refers to.
#[derive(Debug, Hash)]
pub(crate) struct ReferencedShape<'m> {
    pub(crate) constant: String,
    /// The method of the row.
    pub(crate) method: String,
    pub(crate) from: &'m ModelNames,
    pub(crate) is_from_self: bool,
    /// Its number there.
    pub(crate) reference: usize,
    /// Names of the referring columns.
    pub(crate) columns: Vec<&'m str>,
    /// The columns are unique together.
    pub(crate) is_unique: bool,
    /// The statements that the referring model has, by the names of their static values.
    pub(crate) statics: Vec<&'static str>,
}

impl Relations {
    /// Those of a schema.
    pub(crate) fn of(model: &Model) -> Self {
        let references: Vec<Vec<usize>> = model
            .table_ids()
            .map(|id| references(model, model.table(id)))
            .into_vec();
        let mut referenced = vec![Vec::new(); model.tables.len()];
        for id in model.table_ids() {
            for (number, &at) in references[id.0 as usize].iter().enumerate() {
                let to = model.table(id).foreign_keys[at].table;
                referenced[to.0 as usize].push((id, number));
            }
        }
        Self {
            references,
            referenced,
        }
    }

    fn foreign_key<'m>(&self, model: &'m Model, id: TableId, number: usize) -> &'m ForeignKey {
        let at = self.references[id.0 as usize][number];
        &model.table(id).foreign_keys[at]
    }

    /// The references of a model, and what refers to it, with the names of their constants.
    pub(crate) fn shapes<'m>(
        &self,
        (model, names): (&'m Model, &'m Names),
        around: &Surroundings<'_>,
        id: TableId,
    ) -> Shaped<'m> {
        let fields = model.table(id).columns.iter();
        let fields = fields.filter(|column| !column.skip);
        let mut taken: HashSet<String> = fields.map(|column| column.field.clone()).collect();
        let mut methods = RESERVED.iter().map(|name| (*name).to_owned()).collect();
        let taken = &mut (&mut taken, &mut methods);
        let references = self.reference_shapes((model, names), around, id, taken);
        let referenced = self.referenced_shapes((model, names), around, id, taken);
        let through = self.through_shapes((model, names), id, taken);
        Shaped {
            references,
            referenced,
            through,
        }
    }

    fn reference_shapes<'m>(
        &self,
        (model, names): (&'m Model, &'m Names),
        around: &Surroundings<'_>,
        id: TableId,
        (taken, methods): &mut Taken<'_>,
    ) -> Vec<ReferenceShape<'m>> {
        let table = model.table(id);
        let mut alone = HashSet::new();
        let numbers = 0..self.references[id.0 as usize].len();
        numbers
            .map(|number| {
                let key = self.foreign_key(model, id, number);
                let to = &names.models[key.table.0 as usize];
                let is_column = key.columns.len() == 1 && alone.insert(key.columns[0]);
                let constant = (!is_column)
                    .then(|| free(&to.columns, &fields(table, &key.columns), false, taken));
                let name = match constant.as_deref() {
                    Some(name) => plain(name).to_owned(),
                    None => without_id(&table.column(key.columns[0]).field),
                };
                ReferenceShape {
                    constant,
                    method: method(&name, methods),
                    is_to_several: model.table(key.table).engines.len() > 1,
                    columns: positions(table, &key.columns),
                    nullable: is_nullable(table, &key.columns),
                    tag: around.tag(to),
                    key: String::new(),
                    to,
                    is_to_self: key.table == id,
                    to_columns: positions(model.table(key.table), &key.referred),
                }
            })
            .collect()
    }

    fn referenced_shapes<'m>(
        &self,
        (model, names): (&'m Model, &'m Names),
        around: &Surroundings<'_>,
        id: TableId,
        (taken, methods): &mut Taken<'_>,
    ) -> Vec<ReferencedShape<'m>> {
        let all = &self.referenced[id.0 as usize];
        let mut shape = |&(from, number): &(TableId, usize)| {
            let key = self.foreign_key(model, from, number);
            let (table, from_names) = (model.table(from), &names.models[from.0 as usize]);
            let is_unique = is_unique(table, &key.columns);
            let name = match is_unique {
                true => &from_names.columns,
                false => &from_names.accessor,
            };
            let is_one_of_several = all.iter().filter(|(other, _)| *other == from).count() > 1;
            let columns = key.columns.iter();
            let constant = free(name, &fields(table, &key.columns), is_one_of_several, taken);
            ReferencedShape {
                method: method(plain(&constant), methods),
                constant,
                from: from_names,
                is_from_self: from == id,
                reference: number,
                columns: columns.map(|&at| table.column(at).name.as_str()).into_vec(),
                is_unique,
                statics: statics(around, table),
            }
        };
        all.iter().map(&mut shape).into_vec()
    }

    /// Relations through tables that hold nothing but two references.
    fn through_shapes<'m>(
        &self,
        (model, names): (&'m Model, &'m Names),
        id: TableId,
        (taken, methods): &mut Taken<'_>,
    ) -> Vec<ThroughShape<'m>> {
        let mut shapes = Vec::new();
        for (near, &(table, number)) in self.referenced[id.0 as usize].iter().enumerate() {
            let Some(far) = self.other_side(model, table, number) else {
                continue;
            };
            let between = model.table(table);
            let key = self.foreign_key(model, table, far);
            let (to, link) = (
                &names.models[key.table.0 as usize],
                &names.models[table.0 as usize],
            );
            let columns = fields(between, &key.columns);
            let constant = free(&to.accessor, &columns, key.table == id, taken);
            shapes.push(ThroughShape {
                method: method(plain(&constant), methods),
                constant,
                near,
                far,
                link,
                to,
            });
        }
        shapes
    }

    /// The other reference of a table that holds nothing but two.
    fn other_side(&self, model: &Model, id: TableId, number: usize) -> Option<usize> {
        let table = model.table(id);
        if self.references[id.0 as usize].len() != 2 || table.foreign_keys.len() != 2 {
            return None;
        }
        let far = 1 - number;
        let [near_key, far_key] = [number, far].map(|at| self.foreign_key(model, id, at));
        let refers = |id: &ColumnId| near_key.columns.contains(id) || far_key.columns.contains(id);
        let primary = &table.primary_key.as_ref()?.columns;
        let all = || near_key.columns.iter().chain(&far_key.columns);
        let is_key = all().all(|id| primary.contains(id)) && primary.iter().all(refers);
        let is_pair = !is_unique(table, &near_key.columns) && !is_unique(table, &far_key.columns);
        let ids = (0..table.columns.len()).map(|at| ColumnId(at as u32));
        let mut others = ids.filter(|id| !refers(id));
        let is_enough = others.all(|id| !is_required(model, table, id));
        (is_key && is_pair && is_enough).then_some(far)
    }
}

/// The names of constants and of methods that are taken.
type Taken<'t> = (&'t mut HashSet<String>, &'t mut HashSet<String>);

/// The relations of one model.
pub(crate) struct Shaped<'m> {
    pub(crate) references: Vec<ReferenceShape<'m>>,
    pub(crate) referenced: Vec<ReferencedShape<'m>>,
    pub(crate) through: Vec<ThroughShape<'m>>,
}

/// A relation through a table that refers to both sides.
#[derive(Debug, Hash)]
pub(crate) struct ThroughShape<'m> {
    pub(crate) constant: String,
    /// The method of the row.
    pub(crate) method: String,
    /// The number of the table's reference to the model.
    pub(crate) near: usize,
    /// Of the other reference, among the table's.
    pub(crate) far: usize,
    /// The table between.
    pub(crate) link: &'m ModelNames,
    pub(crate) to: &'m ModelNames,
}

/// Names that methods of rows have: our own, and those of traits that rows implement.
const RESERVED: &[&str] = &[
    "ancestors",
    "belongs_to",
    "borrow",
    "borrow_mut",
    "clone",
    "clone_from",
    "cmp",
    "copy_as_new_to",
    "copy_over_to",
    "copy_to",
    "delete",
    "descendants",
    "eq",
    "fmt",
    "from",
    "hash",
    "into",
    "ne",
    "partial_cmp",
    "save",
    "to_engine",
    "to_owned",
    "to_string",
    "try_from",
    "try_into",
    "type_id",
    "update",
    "validate",
    "write_row",
];

/// `author` of `author_id`; the column's name where nothing or a keyword would be left.
fn without_id(field: &str) -> String {
    let field = plain(field);
    match field.strip_suffix("_id") {
        Some(name) if !name.is_empty() && escape_keyword(name) == name => name.to_owned(),
        Some(_) | None => field.to_owned(),
    }
}

fn method(name: &str, methods: &mut HashSet<String>) -> String {
    let mut name = name.to_owned();
    while !methods.insert(name.clone()) {
        name.push_str("_row");
    }
    escape_keyword(&name)
}

/// Foreign keys between columns of rows; the second of two that are alike adds nothing.
fn references(model: &Model, table: &Table) -> Vec<usize> {
    let mut seen = HashSet::new();
    let keys = table.foreign_keys.iter().enumerate();
    let relations = keys.filter(|(_, key)| {
        let to = model.table(key.table);
        are_stored(table, &key.columns)
            && are_stored(to, &key.referred)
            && to.view.is_none()
            && seen.insert((key.table, &key.columns))
    });
    relations.map(|(at, _)| at).take(MOST).into_vec()
}

fn are_stored(table: &Table, columns: &[ColumnId]) -> bool {
    let is_stored = |&id: &ColumnId| {
        let column = table.column(id);
        !column.skip && is_writable(column)
    };
    !columns.is_empty() && columns.iter().all(is_stored)
}

fn positions(table: &Table, columns: &[ColumnId]) -> Vec<usize> {
    let row = row_columns(table);
    let position = |id: &ColumnId| row.iter().position(|other| other == id);
    columns.iter().filter_map(position).into_vec()
}

fn is_nullable(table: &Table, columns: &[ColumnId]) -> bool {
    let in_key = |id: &ColumnId| {
        let key = table.primary_key.as_ref();
        key.is_some_and(|key| key.columns.contains(id))
    };
    let mut columns = columns.iter();
    columns.any(|id| table.column(*id).nullable && !in_key(id))
}

/// Whether a key of the table consists of some of these columns.
fn is_unique(table: &Table, columns: &[ColumnId]) -> bool {
    let within = |key: &[ColumnId]| key.iter().all(|id| columns.contains(id));
    let primary = table.primary_key.as_ref();
    primary.is_some_and(|key| within(&key.columns))
        || table.uniques.iter().any(|key| within(&key.columns))
}

fn fields(table: &Table, columns: &[ColumnId]) -> String {
    let fields = columns.iter().map(|&id| plain(&table.column(id).field));
    fields.into_vec().join("_and_")
}

fn plain(name: &str) -> &str {
    name.trim_start_matches("r#")
}

/// The name; where it is taken, or one of several, with the columns that say which.
fn free(name: &str, columns: &str, is_one_of_several: bool, taken: &mut HashSet<String>) -> String {
    if !is_one_of_several && taken.insert(name.to_owned()) {
        return name.to_owned();
    }
    let mut name = format!("{}_by_{columns}", plain(name).trim_end_matches('_'));
    while !taken.insert(name.clone()) {
        name.push('_');
    }
    name
}

fn statics(around: &Surroundings<'_>, table: &Table) -> Vec<&'static str> {
    let mut names = Vec::new();
    for &id in &table.engines {
        let name = static_name(around.engine_of(id));
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}
