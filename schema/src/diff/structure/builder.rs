//! From a model to the shapes of its tables, views and types.

use std::collections::BTreeSet;

use super::shapes::{
    Arguments, ColumnShape, DistributionShape, EnumShape, ObjectShape, PartitionShape, TableShape,
    ViewShape,
};
use crate::ast::TypeName;
use crate::dialect::Dialect;
use crate::diff::facts::Facts;
use crate::diff::key::{Key, Keys};
use crate::diff::mysql::Partitioning;
use crate::model::{
    Column, ColumnId, Counter, DistributionKind, EnumId, Generated, Model, NativeObject,
    ObjectKind, Table, TableId, TableName,
};
use crate::parse::input_types;
use crate::plan::create_view;
use crate::plan::pieces::Pieces;
use crate::syntax::canonical::normal_expression;

/// Makes the shapes of a model's parts.
pub(super) struct Builder<'m> {
    pub(super) model: &'m Model,
    pub(super) pieces: &'m Pieces<'m>,
    pub(super) dialect: Dialect,
}

impl Builder<'_> {
    fn keys(&self, id: TableId) -> Vec<Key> {
        let keys = Keys {
            model: self.model,
            id,
            pieces: self.pieces,
            dialect: self.dialect,
        };
        keys.all()
    }

    pub(super) fn table(&self, id: TableId) -> TableShape {
        let table = self.model.table(id);
        let columns = (0..table.columns.len() as u32).map(ColumnId);
        let comment = table.native.comment.clone();
        let options = self.options(id, table);
        let partitioning = self.partitioning(table);
        let divided = partitioning.as_ref().map(Partitioning::written);
        let own_options = options.strip_suffix(divided.unwrap_or_default());
        TableShape {
            name: table.name.clone(),
            span: table.span,
            columns: columns.map(|column| self.column(id, column)).collect(),
            keys: self.keys(id),
            own_options: own_options.unwrap_or(&options).trim().to_owned(),
            options,
            partitioning,
            changes_block: (self.facts().tables.changes_block)(table),
            comment,
            create: self.pieces.create(id),
            parents: self.parents(table),
            partitions: self.partitions(table),
            distribution: self.distribution(id, table),
            after: self.pieces.after(id),
        }
    }

    fn distribution(&self, id: TableId, table: &Table) -> Option<DistributionShape> {
        let distribution = table.distribution.as_ref()?;
        let name = |id: TableId| self.model.table(id).name.clone();
        let (column, first) = match distribution.kind {
            DistributionKind::Reference => (None, None),
            DistributionKind::Sharded { column, group } => {
                (Some(table.column(column).name.clone()), group.map(name))
            }
        };
        let beside = self.model.table_ids();
        let beside = beside.filter(|other| self.model.is_colocated(id, *other));
        Some(DistributionShape {
            column,
            first,
            beside: beside.map(name).collect(),
            create: self.pieces.distribution(id)?,
        })
    }

    fn partitioning(&self, table: &Table) -> Option<Partitioning> {
        let mut options = table.native.options.iter();
        let divides = self.facts().tables.divided_by_option;
        divides.then(|| options.find_map(|option| Partitioning::read(option)))?
    }

    fn partitions(&self, table: &Table) -> Vec<PartitionShape> {
        let parts = table.native.partitions.iter();
        let shapes = parts.map(|part| PartitionShape {
            name: part.name.clone(),
            parent: part.parent.clone(),
            bound: part.bound.clone(),
            create: crate::plan::pieces::create_partition(part, self.dialect),
        });
        shapes.collect()
    }

    fn parents(&self, table: &Table) -> Vec<TableName> {
        let parents = table.native.inherits.iter();
        parents
            .map(|id| self.model.table(*id).name.clone())
            .collect()
    }

    fn facts(&self) -> &'static Facts {
        Facts::of(self.dialect)
    }

    /// The comment is a thing of its own.
    fn options(&self, id: TableId, table: &Table) -> String {
        let options = self.pieces.options(id);
        let Some(comment) = &table.native.comment else {
            return options.trim().to_owned();
        };
        let mut written = crate::sql_writer::SqlWriter::new(self.dialect);
        written.push(" COMMENT=").text_literal(comment);
        options.replacen(&written.finish(), "", 1).trim().to_owned()
    }

    fn column(&self, id: TableId, column_id: ColumnId) -> ColumnShape {
        let table = self.model.table(id);
        let column = table.column(column_id);
        let text = self.pieces.column(id, column_id);
        let mut words = column.native.words.clone();
        let moment = column.native.on_update.as_ref();
        words.extend(
            moment.map(|moment| format!("ON UPDATE {}", normal_expression(moment, self.dialect))),
        );
        words.extend(column.native.words_after());
        words.extend(column.native.not_null_conflict.clone());
        ColumnShape {
            name: column.name.clone(),
            span: column.span,
            line: text.line,
            alone: text.alone,
            compared_type: self.compared_type(column, &text.type_sql),
            type_sql: text.type_sql,
            nullable: self.is_nullable(table, column),
            default: default_of(column),
            generated: generated(column, self.dialect),
            inherited: column.native.inherited,
            computed: matches!(column.generated, Generated::Computed { .. }),
            collation: self.collation(column),
            comment: column.native.comment.clone(),
            words,
            column_type: column.column_type.clone(),
            column: Box::new(column.clone()),
        }
    }

    fn collation(&self, column: &Column) -> Option<String> {
        let usual = self.facts().columns.usual_collation;
        let written = column.collation.as_ref();
        written.filter(|name| usual != Some(name.as_str())).cloned()
    }

    /// NOT NULL of a domain is kept with the domain.
    fn is_nullable(&self, table: &Table, column: &Column) -> bool {
        let counts = matches!(column.generated, Generated::Key { .. });
        if self.facts().columns.keys_take_null {
            return !column.native.not_null && !counts && !table.without_rowid;
        }
        column.nullable || column.native.not_null_of_domain
    }

    /// As the catalogue spells it; values of an enum within the column too.
    fn compared_type(&self, column: &Column, declared: &str) -> String {
        let enum_id = column.column_type.enum_id();
        let values = enum_id.map(|id| self.model.enum_type(id));
        let values = values.filter(|known| !known.named);
        let set = matches!(column.column_type, crate::column_type::ColumnType::Set(_));
        if values.is_some() || set || column.sql_type.is_empty() {
            return declared.to_owned();
        }
        let mut words = vec![column.sql_type.to_lowercase()];
        words.extend(
            column
                .native
                .type_words
                .iter()
                .map(|word| word.to_lowercase()),
        );
        words.join(" ")
    }

    pub(super) fn view(&self, id: TableId) -> Option<ViewShape> {
        let table = self.model.table(id);
        let view = table.view.as_ref()?;
        let reads = view.reads.iter();
        let reads = reads.map(|id| &self.model.table(*id).name);
        Some(ViewShape {
            name: table.name.clone(),
            materialized: view.materialized,
            create: create_view(&table.name, view, self.dialect),
            words: view.words.clone(),
            query: view.sql.clone(),
            columns: view.columns.clone(),
            keys: self.keys(id),
            reads: reads.chain(&view.reads_by_name).cloned().collect(),
        })
    }

    /// Those of columns, and those among the objects.
    pub(super) fn enums(&self, order: &[TableId]) -> Vec<EnumShape> {
        if !self.dialect.capabilities(None).enum_types {
            return Vec::new();
        }
        let mut known = Vec::new();
        for id in order {
            let table = self.model.table(*id);
            let of_columns = table.columns.iter().filter_map(|column| {
                let element = match &column.column_type {
                    crate::column_type::ColumnType::Array(element) => element,
                    other => other,
                };
                element.enum_id()
            });
            let objects = table.native.objects.iter();
            let of_objects = objects.filter_map(|at| match self.model.objects[*at].kind {
                ObjectKind::Enum(id) => Some(id),
                ObjectKind::Extension
                | ObjectKind::Collation
                | ObjectKind::Type
                | ObjectKind::Domain
                | ObjectKind::Sequence
                | ObjectKind::Function => None,
            });
            for id in of_objects.chain(of_columns) {
                let shape = self.enum_shape(id);
                if !known.contains(&shape) {
                    known.push(shape);
                }
            }
        }
        known
    }

    fn enum_shape(&self, id: EnumId) -> EnumShape {
        let found = self.model.enum_type(id);
        EnumShape {
            name: found.sql_name(),
            values: found.values.iter().map(|one| one.value.clone()).collect(),
        }
    }

    /// Those that no table needs.
    pub(super) fn idle_enums(&self) -> Vec<EnumShape> {
        if !self.dialect.capabilities(None).enum_types {
            return Vec::new();
        }
        let idle = super::idle_enums(self.model);
        idle.map(|(_, id)| self.enum_shape(id)).collect()
    }

    pub(super) fn objects(&self, order: &[TableId]) -> Vec<ObjectShape> {
        let needed = self.needed_objects(order);
        let mut shapes: Vec<ObjectShape> = Vec::new();
        for shape in needed.iter().filter_map(|at| self.object(*at)) {
            // The statements of each table make what it needs, where it is not there yet.
            if !shapes.contains(&shape) {
                shapes.push(shape);
            }
        }
        shapes
    }

    /// Those that no table needs; functions, which may be several of one name, where one of these calls them.
    pub(super) fn idle_objects(&self, order: &[TableId]) -> Vec<ObjectShape> {
        let needed = self.needed_objects(order);
        let beside = self
            .model
            .tables
            .iter()
            .flat_map(|table| &table.native.beside);
        let called: BTreeSet<usize> = beside.copied().collect();
        let idle = (0..self.model.objects.len()).filter(|at| !needed.contains(at));
        let shapes = idle.filter_map(|at| Some((at, self.object(at)?)));
        let counts = |(at, one): &(usize, ObjectShape)| {
            (one.kind != "FUNCTION" || called.contains(at)) && one.name.name != "plpgsql"
        };
        shapes.filter(counts).map(|(_, one)| one).collect()
    }

    /// All of them, those too that nothing here calls.
    pub(super) fn functions(&self) -> Vec<ObjectShape> {
        let objects = self.model.objects.iter().enumerate();
        let functions = objects.filter(|(_, one)| one.kind == ObjectKind::Function);
        functions.filter_map(|(at, _)| self.object(at)).collect()
    }

    /// Their places in the model.
    fn needed_objects(&self, order: &[TableId]) -> Vec<usize> {
        let mut numbers: Vec<usize> = Vec::new();
        for id in order {
            for at in &self.model.table(*id).native.objects {
                if !numbers.contains(at) {
                    numbers.push(*at);
                }
            }
        }
        numbers
    }

    fn object(&self, at: usize) -> Option<ObjectShape> {
        let object = &self.model.objects[at];
        let kind = match object.kind {
            ObjectKind::Enum(_) => return None,
            ObjectKind::Extension => "EXTENSION",
            ObjectKind::Collation => "COLLATION",
            ObjectKind::Type => "TYPE",
            ObjectKind::Domain => "DOMAIN",
            ObjectKind::Sequence => "SEQUENCE",
            ObjectKind::Function => "FUNCTION",
        };
        let definition = object.definition.to_lowercase();
        let definition = match definition.trim() {
            usual if kind == "SEQUENCE" && usual == self.facts().sequences.usual => "",
            definition => definition,
        };
        let changes = format!("{:?}", object.changes).to_lowercase();
        Some(ObjectShape {
            name: object.name.clone(),
            kind,
            create: crate::plan::pieces::object(self.model, object),
            words: format!("{definition} {changes}"),
            arguments: arguments_of(object),
        })
    }
}

fn arguments_of(object: &NativeObject) -> Option<Arguments> {
    let is_function = object.kind == ObjectKind::Function;
    let types = is_function.then(|| input_types(&object.definition))??;
    let written: Vec<&str> = types.iter().map(|one| one.written.as_str()).collect();
    let identities: Vec<String> = types.iter().map(TypeName::identity).collect();
    Some(Arguments {
        written: written.join(", "),
        identity: identities.join(", "),
    })
}

fn default_of(column: &Column) -> Option<String> {
    match &column.native.counter {
        Counter::Sequence(default) => Some(default.clone()),
        Counter::Usual | Counter::Autoincrement | Counter::Serial(_) | Counter::Identity(_) => {
            let written = column.native.default.clone();
            written.filter(|text| !text.eq_ignore_ascii_case("null"))
        }
    }
}

/// In one line for all spellings.
fn generated(column: &Column, dialect: Dialect) -> String {
    match &column.generated {
        Generated::No => String::new(),
        Generated::Key { always } => match &column.native.counter {
            Counter::Sequence(_) => String::new(),
            Counter::Usual => format!("counted {always}"),
            Counter::Autoincrement => "counted autoincrement".to_owned(),
            Counter::Serial(_) => "serial".to_owned(),
            Counter::Identity(options) => format!("counted {always} {}", options.to_lowercase()),
        },
        Generated::Computed { expression, stored } => {
            let kind = if *stored { "stored" } else { "virtual" };
            format!("{} {kind}", normal_expression(&expression.sql, dialect))
        }
    }
}
