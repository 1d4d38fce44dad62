//! Works out the [`Shape`] of each model: follows references from key to key.

use bindery_schema::lists::IntoVec as _;
use std::sync::Arc;

use bindery_schema::cluster::Cluster;
use bindery_schema::dialect::Dialect;
use bindery_schema::model::{
    Column, ColumnId, DistributionKind, EngineId, FieldType, KeyEngine, Model, Table, TableId,
    Unique,
};

use bindery_schema::plan::statements::is_required;
use bindery_schema::plan::{has_lengths, kinds, rules};
use bindery_schema::rust_type::Traits;
use bindery_schema::spread_view;

use super::column::ColumnFacts;
use super::column_types::{ColumnTypes, Functions};
use super::constraints;
use super::derives::ItemDerives;
use super::field::{Field, Given, LinkShape};
use super::model::{KeyShape, Number, PlacementShape, Shape, TableFacts, UniqueShape, applied};
use super::names::Names;
use super::relations::{Relations, Shaped};
use super::surroundings::{Scope, Surroundings};
use super::types;

/// A schema with the names its items have in Rust.
#[derive(Debug)]
pub(crate) struct Shapes<'m> {
    pub(crate) model: &'m Model,
    pub(crate) names: Arc<Names>,
    /// Empty where the types are named as the schema says them.
    pub(crate) column_types: Arc<ColumnTypes>,
    pub(crate) relations: Arc<Relations>,
    pub(crate) around: Surroundings<'m>,
}

/// The parts of [`Shapes`] that borrow nothing of the schema.
#[cfg(feature = "derive")]
#[derive(Debug)]
pub(crate) struct KnownShapes {
    names: Arc<Names>,
    column_types: Arc<ColumnTypes>,
    relations: Arc<Relations>,
}

/// The type of a field, and whether it is a key.
struct FieldTypes {
    ty: String,
    is_key: bool,
    key_of: Option<String>,
    on_row_engine: bool,
}

/// The bare value of a column.
pub(super) struct Value {
    pub(super) ty: String,
    pub(super) facts: Traits,
    pub(super) functions: Option<Functions>,
}

impl Value {
    /// Of a type of the program's own.
    fn through(name: String, functions: Functions) -> Self {
        Self {
            ty: name,
            facts: Traits::UNKNOWN,
            functions: Some(functions),
        }
    }
}

impl<'m> Shapes<'m> {
    /// The shapes of a schema, whose program has its modules there.
    pub(crate) fn new(model: &'m Model, column_types: ColumnTypes, scope: Scope) -> Self {
        Self {
            model,
            names: Arc::new(Names::allocate(model)),
            column_types: Arc::new(column_types),
            relations: Arc::new(Relations::of(model)),
            around: Surroundings {
                engines: &model.engines,
                shards: &model.shards,
                scope,
            },
        }
    }

    /// The same of a schema that is kept: what was worked out of it before is not worked out again.
    #[cfg(feature = "derive")]
    pub(crate) fn again(model: &'m Model, known: &KnownShapes, scope: Scope) -> Self {
        Self {
            model,
            names: Arc::clone(&known.names),
            column_types: Arc::clone(&known.column_types),
            relations: Arc::clone(&known.relations),
            around: Surroundings {
                engines: &model.engines,
                shards: &model.shards,
                scope,
            },
        }
    }

    /// Everything that [`again`](Self::again) takes.
    #[cfg(feature = "derive")]
    pub(crate) fn known(&self) -> KnownShapes {
        KnownShapes {
            names: Arc::clone(&self.names),
            column_types: Arc::clone(&self.column_types),
            relations: Arc::clone(&self.relations),
        }
    }

    /// The shape of one model.
    pub(crate) fn shape(&self, id: TableId) -> Shape<'_> {
        let table = self.table(id);
        let several = table.engines.len() > 1;
        let mut fields: Vec<Field<'_>> = Vec::with_capacity(table.columns.len());
        let mut positions = vec![None; table.columns.len()];
        for (at, column) in table.columns.iter().enumerate() {
            if !column.skip {
                positions[at] = Some(fields.len());
                fields.push(self.field(id, at, column));
            }
        }
        let known = fields
            .iter()
            .any(|field| field.on_row_engine && !field.nullable);
        let named = (self.model, &*self.names);
        let Shaped {
            references,
            referenced,
            through,
        } = self.relations.shapes(named, &self.around, id);
        Shape {
            number: Number(id),
            table: TableFacts::from_table(table),
            names: &self.names.models[id.0 as usize],
            several,
            kinds: kinds(table, &self.dialects(table)),
            rules: rules(self.model, id),
            key: self.key_shape(id, &positions, &fields),
            derives: ItemDerives::for_model(&self.model.derives, &table.model_name),
            key_generic: self.key_is_generic(id),
            engine_field: (several && !known).then(|| engine_field_name(&fields)),
            uniques: uniques(table, &positions),
            constraints: constraints::shapes(self.model, id),
            references,
            referenced,
            through,
            publishes_on: self.publishes_on(table),
            placement: self.placement(id, &positions),
            fields,
        }
    }

    fn placement(&self, id: TableId, positions: &[Option<usize>]) -> Option<PlacementShape<'_>> {
        let group = |id| {
            self.table(self.model.first_colocated(id))
                .name
                .name
                .as_str()
        };
        if let Some(view) = spread_view(self.model, id) {
            return Some(PlacementShape::Made {
                column: view.column.and_then(|column| positions[column.0 as usize]),
                group: group(view.table),
            });
        }
        Some(match self.table(id).distribution.as_ref()?.kind {
            DistributionKind::Reference => PlacementShape::Reference,
            DistributionKind::Sharded { column, .. } => PlacementShape::Sharded {
                column: positions[column.0 as usize]?,
                group: group(id),
            },
        })
    }

    /// The engines of a published table that have an outbox.
    fn publishes_on(&self, table: &Table) -> Vec<u16> {
        if table.publish.is_none() {
            return Vec::new();
        }
        let with_outbox = |id: &&EngineId| self.model.engine(**id).outbox;
        let engines = table.engines.iter().filter(with_outbox);
        engines.map(|id| id.0 as u16).into_vec()
    }

    fn table(&self, id: TableId) -> &'m Table {
        &self.model.tables[id.0 as usize]
    }

    fn field(&self, id: TableId, at: usize, column: &'m Column) -> Field<'m> {
        let in_key = key_columns(self.table(id)).any(|key| key == at);
        let own_key = self.own_key(id) == Some(at);
        let of_view = self.table(id).view.is_some();
        let Value {
            ty: bare,
            facts,
            functions,
        } = self.value(column);
        let types = if own_key {
            self.own_key_type(id)
        } else {
            self.field_types(id, column, &bare)
        };
        Field {
            column: ColumnFacts::from_column(column),
            name: &column.field,
            link: self.link_shape(id, column, &types),
            ty: types.ty,
            bare,
            facts,
            functions,
            nullable: column.nullable && !in_key,
            is_key: types.is_key,
            key_of: types.key_of,
            on_row_engine: types.on_row_engine,
            own_key,
            in_key,
            shards: self.shard_column(id) == Some(at),
            fifteen_digits: self.keeps_fifteen_digits(id, column),
            length: column.text_length().filter(|_| self.has_lengths(id)),
            of_view,
            given: if of_view {
                Given::Never
            } else {
                let required = is_required(self.model, self.table(id), ColumnId(at as u32));
                Given::for_column(column, in_key, required)
            },
        }
    }

    /// The column by whose value a row is on one server, where an engine of the table is a cluster.
    fn shard_column(&self, id: TableId) -> Option<usize> {
        let table = self.table(id);
        let mut engines = table.engines.iter().map(|id| self.model.engine(*id));
        let column = table.shard_column()?;
        engines
            .any(|engine| engine.cluster == Some(Cluster::Citus))
            .then_some(column.0 as usize)
    }

    /// The end of a link, where the row that it leads to has the linked column.
    fn link_shape(&self, id: TableId, column: &Column, types: &FieldTypes) -> Option<LinkShape> {
        let table = self.table(id);
        let link = column.link.as_ref().filter(|_| table.view.is_none())?;
        let is_of_key = self
            .single_key_column(link.table)
            .is_some_and(|key| std::ptr::eq(key, self.table(link.table).column(link.column)));
        if types.is_key && is_of_key {
            return Some(LinkShape::Key);
        }
        let target = self.table(link.table);
        let engine = match link.engine {
            KeyEngine::Only => self.around.engine(*target.engines.first()?),
            KeyEngine::On(engine) => self.around.engine(engine),
            KeyEngine::Same if table.engines.len() > 1 => "RowEngine".to_owned(),
            KeyEngine::Same => self.around.engine(*table.engines.first()?),
        };
        let before = &target.columns[..=link.column.0 as usize];
        let is_read = before.last().is_some_and(|column| !column.skip);
        is_read.then(|| LinkShape::Column {
            tag: self.around.tag(&self.names.models[link.table.0 as usize]),
            engine,
            column: before.iter().filter(|column| !column.skip).count() - 1,
        })
    }

    fn keeps_fifteen_digits(&self, id: TableId, column: &Column) -> bool {
        let table = self.table(id);
        column.is_float_on_sqlite(table.source_dialect) && self.is_on_sqlite(table)
    }

    fn has_lengths(&self, id: TableId) -> bool {
        let table = self.table(id);
        has_lengths(table.source_dialect, &self.dialects(table))
    }

    fn is_on_sqlite(&self, table: &Table) -> bool {
        self.dialects(table).contains(&Dialect::Sqlite)
    }

    /// Those of the table's engines.
    fn dialects(&self, table: &Table) -> Vec<Dialect> {
        let engines = table.engines.iter();
        engines
            .map(|id| self.around.engine_of(*id).dialect)
            .into_vec()
    }

    fn own_key_type(&self, id: TableId) -> FieldTypes {
        let several = self.table(id).engines.len() > 1;
        FieldTypes {
            ty: applied(&self.names.models[id.0 as usize].key, several, "E"),
            is_key: true,
            key_of: None,
            on_row_engine: several,
        }
    }

    fn field_types(&self, id: TableId, column: &Column, bare: &str) -> FieldTypes {
        match column.field_type {
            FieldType::Key { table, engine } if self.has_single_key(table) => {
                self.key_type(id, table, engine)
            }
            FieldType::Key { .. } | FieldType::Plain | FieldType::Custom(_) => FieldTypes {
                ty: bare.to_owned(),
                is_key: false,
                key_of: None,
                on_row_engine: false,
            },
        }
    }

    /// The type of a reference.
    fn key_type(&self, from: TableId, target: TableId, engine: KeyEngine) -> FieldTypes {
        let names = &self.names.models[target.0 as usize];
        let path = if from == target {
            names.key.clone()
        } else {
            format!("{}{}::{}", self.around.scope.root, names.module, names.key)
        };
        let engine = match engine {
            KeyEngine::Same => Some(self.around.row_engine(&self.table(from).engines)),
            KeyEngine::On(engine) => Some(self.around.engine(engine)),
            KeyEngine::Only => None,
        }
        .filter(|_| self.key_is_generic(target));
        FieldTypes {
            is_key: true,
            key_of: Some(self.end_of_keys(target)),
            on_row_engine: engine.as_deref() == Some("E"),
            ty: engine.map_or(path.clone(), |engine| format!("{path}<{engine}>")),
        }
    }

    /// The bare Rust type of a column: of what it refers to, where it refers.
    pub(super) fn value(&self, column: &Column) -> Value {
        let mut column = column;
        // As many steps as there are tables, should references go in a circle.
        for _ in 0..self.model.tables.len() {
            match &column.field_type {
                FieldType::Key { table, .. } => match self.single_key_column(*table) {
                    Some(key) if !std::ptr::eq(key, column) => column = key,
                    Some(_) | None => break,
                },
                FieldType::Plain | FieldType::Custom(_) => break,
            }
        }
        let root = &self.around.scope.root;
        let (ty, facts) = match &column.field_type {
            FieldType::Custom(path) => match self.column_types.find(path, root) {
                Some((name, functions)) => return Value::through(name, functions),
                None => types::custom(path),
            },
            FieldType::Plain | FieldType::Key { .. } => {
                types::path_and_traits(&column.column_type, root, &self.names.enums)
            }
        };
        Value {
            ty,
            facts,
            functions: None,
        }
    }

    fn single_key_column(&self, id: TableId) -> Option<&'m Column> {
        let table = self.table(id);
        let mut columns = key_columns(table);
        let only = columns.next()?;
        columns.next().is_none().then(|| &table.columns[only])
    }

    fn has_single_key(&self, id: TableId) -> bool {
        self.single_key_column(id)
            .is_some_and(|column| !column.skip)
    }

    /// The position of the column whose type is the model's own `Key<…>`.
    fn own_key(&self, id: TableId) -> Option<usize> {
        self.single_key_column(id)?;
        match self.key_target(id) {
            Some(_) => None,
            None => key_columns(self.table(id)).next(),
        }
    }

    /// The model whose key type this model's key has, with the engine it is on; `None` also where references go in a circle.
    fn key_target(&self, id: TableId) -> Option<(TableId, KeyEngine)> {
        let (target, engine) = self.refers(id)?;
        let mut next = target;
        for _ in 0..self.model.tables.len() {
            if next == id {
                return None;
            }
            match self.refers(next) {
                Some((further, _)) => next = further,
                None => return Some((target, engine)),
            }
        }
        None
    }

    /// The key type that a model's key is another name for, or its own.
    fn end_of_keys(&self, id: TableId) -> String {
        let mut end = id;
        while let Some((next, _)) = self.key_target(end) {
            end = next;
        }
        self.names.models[end.0 as usize].key.clone()
    }

    fn refers(&self, id: TableId) -> Option<(TableId, KeyEngine)> {
        match self.single_key_column(id)?.field_type {
            FieldType::Key { table, engine } if table != id && self.has_single_key(table) => {
                Some((table, engine))
            }
            FieldType::Key { .. } | FieldType::Plain | FieldType::Custom(_) => None,
        }
    }

    fn key_is_generic(&self, id: TableId) -> bool {
        let table = self.table(id);
        if table.engines.len() < 2 || table.primary_key.is_none() {
            return false;
        }
        match self.key_target(id) {
            Some((target, engine)) => engine == KeyEngine::Same && self.key_is_generic(target),
            None => true,
        }
    }

    fn key_shape(
        &self,
        id: TableId,
        positions: &[Option<usize>],
        fields: &[Field<'_>],
    ) -> KeyShape {
        let columns = key_columns(self.table(id));
        let found: Option<Vec<usize>> = columns.map(|at| positions[at]).collect();
        match found.as_deref() {
            None | Some([]) => KeyShape::None,
            Some([field]) => KeyShape::Single {
                field: *field,
                same_as: self
                    .key_target(id)
                    .map(|(target, engine)| self.key_type(id, target, engine).ty),
            },
            Some(several) => {
                let mentioned = several.iter().any(|&at| fields[at].on_row_engine);
                let lacking = self.table(id).engines.len() > 1 && !mentioned;
                KeyShape::Composite {
                    fields: several.to_vec(),
                    engine: lacking.then(|| engine_field_name(fields)),
                }
            }
        }
    }
}

fn key_columns(table: &Table) -> impl Iterator<Item = usize> + '_ {
    let columns = table.primary_key.as_ref().map(|key| key.columns.as_slice());
    columns
        .unwrap_or_default()
        .iter()
        .map(|column| column.0 as usize)
}

fn uniques<'m>(table: &'m Table, positions: &[Option<usize>]) -> Vec<UniqueShape<'m>> {
    let in_row = |column: &ColumnId| positions[column.0 as usize];
    let shape = |unique: &'m Unique| {
        let fields = unique.columns.iter().map(in_row).collect::<Option<_>>()?;
        Some(UniqueShape {
            method_suffix: &unique.method_suffix,
            deferrable: unique.deferrable,
            fields,
        })
    };
    table.uniques.iter().filter_map(shape).into_vec()
}

fn engine_field_name(fields: &[Field<'_>]) -> &'static str {
    if fields.iter().any(|field| field.name == "engine") {
        "row_engine"
    } else {
        "engine"
    }
}
