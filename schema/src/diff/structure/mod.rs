//! One engine's tables in one form, whatever they were read from.

mod builder;
mod shapes;

use std::borrow::Cow;
use std::collections::BTreeSet;

use self::builder::Builder;
pub use self::shapes::{
    ColumnShape, DistributionShape, EnumShape, ObjectShape, PartitionShape, TableShape, ViewShape,
};
use super::capture::{CaptureTrigger, captures_of_text};
use super::facts::Facts;
use crate::check::check;
use crate::cluster::Cluster;
use crate::diagnostic::Diagnostics;
use crate::dialect::{Dialect, Flavour};
use crate::input::{Input, InputFile};
use crate::model::{
    CheckedModel, Engine, EngineId, EnumId, Model, NativeObject, ObjectKind, TableId, TableName,
};
use crate::parse::load;
use crate::plan::create_statements;
use crate::plan::pieces::{Pieces, object as object_statements};
use crate::source::Span;

/// The tables, views and types of one engine as bindery makes them there, in the engine's own dialect.
#[derive(Debug, Clone)]
pub struct Structure {
    /// The dialect of the engine.
    pub dialect: Dialect,
    /// Its product, where that is known.
    pub flavour: Option<Flavour>,
    /// In the order of creation.
    pub tables: Vec<TableShape>,
    /// Each after what it reads.
    pub views: Vec<ViewShape>,
    /// Views of a schema that bindery does not make here: one that is there stays.
    views_left_alone: Vec<TableName>,
    /// Enum types (PostgreSQL) that columns have, in the order of creation.
    pub enums: Vec<EnumShape>,
    /// Those that no column has.
    pub idle_enums: Vec<EnumShape>,
    /// Sequences, domains, other types, extensions and functions that tables need, in the order of creation.
    pub objects: Vec<ObjectShape>,
    /// Sequences, domains, other types, extensions and collations that no table needs.
    pub idle_objects: Vec<ObjectShape>,
    /// All functions, those too that nothing here calls.
    pub(super) functions: Vec<ObjectShape>,
    /// Triggers that record changes.
    pub captures: Vec<CaptureTrigger>,
    /// The statements that make all of it, each on lines of its own.
    text: String,
    /// The same, read.
    model: Model,
}

/// Reads what makes no schema.
#[derive(Debug)]
pub struct Unreadable {
    /// The findings about the schema.
    pub found: Diagnostics,
    /// The text that they are about.
    pub input: Input,
}

impl Structure {
    /// The structure that a model has on one of its engines.
    ///
    /// # Errors
    /// The statements that make it cannot be read again; the error has the reader's findings.
    pub fn of(model: &CheckedModel, engine: EngineId) -> Result<Self, Box<Unreadable>> {
        let mut text = String::new();
        for id in model.table_ids() {
            let table = model.table(id);
            // Others refer to it.
            if table.unmanaged
                && !table.native.outside
                && table.engines.contains(&engine)
                && table.view.is_none()
            {
                let pieces = Pieces::new(model, engine);
                text.push_str(&format!("-- @unmanaged\n{};\n", pieces.create(id)));
                let spread = pieces.distribution(id);
                text.extend(spread.map(|sql| format!("{sql};\n")));
            }
        }
        let made = create_statements(model, engine);
        let created = made.iter().flat_map(|table| &table.create);
        for statement in created.chain(made.iter().flat_map(|table| &table.link)) {
            text.push_str(statement);
            text.push_str(";\n");
        }
        let dialect = model.engine(engine).dialect;
        for object in made_by_none(model).filter(|object| object.dialect == dialect) {
            for statement in object_statements(model, object) {
                text.push_str(&format!("{statement};\n"));
            }
        }
        let views_left_alone = views_left_alone(model, engine);
        let engine = model.engine(engine);
        Ok(Self {
            views_left_alone,
            ..Self::read(&text, engine.dialect, engine.flavour)?
        })
    }

    /// The structure that statements of one dialect make, such as those that a catalogue was written down as.
    ///
    /// # Errors
    /// They make no schema: with what the reader found.
    pub fn read(
        text: &str,
        dialect: Dialect,
        flavour: Option<Flavour>,
    ) -> Result<Self, Box<Unreadable>> {
        let mut found = Diagnostics::default();
        let mut input = Input {
            engines: vec![Engine {
                name: "default".to_owned(),
                type_name: "Default".to_owned(),
                dialect,
                flavour,
                // Where its text says nothing of a cluster, nothing is made of it.
                cluster: (dialect == Cluster::Citus.dialect()).then_some(Cluster::Citus),
                outbox: false,
                inbox: false,
                decisions: false,
                shard_maps: false,
                shard: false,
                syncs: false,
                sagas: None,
                keeps_outcomes: false,
                head: None,
                dialect_reason: String::new(),
                span: None,
            }],
            default_engine: Some(EngineId(0)),
            has_tables_outside: true,
            ..Input::default()
        };
        let id = load(
            &mut input.sources,
            "structure.sql",
            text.as_bytes(),
            &mut found,
        );
        input.files.extend(id.map(|id| InputFile {
            id,
            dialect: Some(dialect),
            engines: Vec::new(),
        }));
        let model = crate::read::read_model(&input, &mut found);
        if found.has_errors() {
            return Err(Box::new(Unreadable { found, input }));
        }
        Ok(Self::build(model, text, dialect, flavour))
    }

    /// The structure after more statements.
    ///
    /// # Errors
    /// They do not fit what is there.
    pub fn after(&self, statements: &[String]) -> Result<Self, Box<Unreadable>> {
        let mut text = self.text.clone();
        for statement in statements {
            text.push_str(statement);
            text.push_str(";\n");
        }
        Self::read(&text, self.dialect, self.flavour)
    }

    /// The same tables after statements that only write in full what is there.
    pub(super) fn spelled_out(&self, statements: &[String]) -> Result<Self, Box<Unreadable>> {
        Ok(Self {
            views_left_alone: self.views_left_alone.clone(),
            ..self.after(statements)?
        })
    }

    /// The statements that make it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The table of a name.
    pub fn table(&self, name: &TableName) -> Option<&TableShape> {
        let key = table_key(name, self.dialect);
        let mut tables = self.tables.iter();
        tables.find(|table| table_key(&table.name, self.dialect) == key)
    }

    /// Whether a cluster spreads the rows of a table.
    pub(super) fn is_spread(&self) -> bool {
        self.tables.iter().any(|table| table.distribution.is_some())
    }

    /// Returns whether it is a view of the schema that bindery does not make.
    pub fn leaves_view_alone(&self, name: &TableName) -> bool {
        let key = table_key(name, self.dialect);
        let mut views = self.views_left_alone.iter();
        views.any(|view| table_key(view, self.dialect) == key)
    }

    /// The triggers that record the changes of a table.
    pub fn captures_of(&self, name: &TableName) -> Vec<CaptureTrigger> {
        let key = table_key(name, self.dialect);
        let all = self.captures.iter();
        all.filter(|one| table_key(&one.table, self.dialect) == key)
            .cloned()
            .collect()
    }

    fn build(model: Model, text: &str, dialect: Dialect, flavour: Option<Flavour>) -> Self {
        let all = match model.with_all_views() {
            Cow::Owned(all) => Some(all),
            Cow::Borrowed(_) => None,
        };
        let model = all.unwrap_or(model);
        let engine = EngineId(0);
        let pieces = Pieces::new(&model, engine);
        let builder = Builder {
            model: &model,
            pieces: &pieces,
            dialect,
        };
        let managed = |id: &&TableId| !model.table(**id).unmanaged;
        let order: Vec<TableId> = pieces
            .order()
            .tables
            .iter()
            .filter(managed)
            .copied()
            .collect();
        let is_view = |id: &&TableId| model.table(**id).view.is_some();
        let tables = order.iter().filter(|id| !is_view(id));
        let views = order.iter().filter(is_view);
        Self {
            dialect,
            flavour,
            tables: tables.map(|id| builder.table(*id)).collect(),
            views: views.filter_map(|id| builder.view(*id)).collect(),
            views_left_alone: Vec::new(),
            enums: builder.enums(&order),
            idle_enums: builder.idle_enums(),
            objects: builder.objects(&order),
            idle_objects: builder.idle_objects(&order),
            functions: builder.functions(),
            captures: captures_of_text(text, dialect, flavour),
            text: text.to_owned(),
            model,
        }
    }

    /// The model it was made of; its places are in [`Structure::text`].
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// CREATE TABLE of a table with columns of an earlier one, under another name; what refers to it has its own.
    pub(super) fn create_beside(
        &self,
        table: &TableShape,
        kept: &[&ColumnShape],
        name: &TableName,
    ) -> String {
        let mut model = self.model.clone();
        let position = model.tables.iter().position(|one| one.name == table.name);
        let id = position.unwrap_or_default();
        let kept = kept.iter().map(|column| (*column.column).clone());
        model.tables[id].columns.extend(kept);
        let created = Pieces::new(&model, EngineId(0)).create(TableId(id as u32));
        let written = |name: &TableName| {
            let mut sql = crate::sql_writer::SqlWriter::new(self.dialect);
            sql.table(name);
            sql.finish()
        };
        created.replacen(&written(&table.name), &written(name), 1)
    }

    /// CREATE TABLE without the foreign keys that are [made later](Key::made_later).
    pub(super) fn create_without_later(&self, table: &TableShape) -> String {
        let position = self
            .model
            .tables
            .iter()
            .position(|one| one.name == table.name);
        let id = TableId(position.unwrap_or_default() as u32);
        let later = table.keys.iter().filter(|key| key.made_later);
        let later: Vec<Span> = later.map(|key| key.span).collect();
        let mut pieces = Pieces::new(&self.model, EngineId(0));
        pieces.create_without(id, |key| later.contains(&key.span))
    }

    /// Reports what the rules of a schema say of it.
    pub fn check(&self, found: &mut Diagnostics) {
        drop(check(self.model.clone(), found));
    }
}

/// The views that the engine has and that bindery does not make there.
fn views_left_alone(model: &CheckedModel, engine: EngineId) -> Vec<TableName> {
    let all = model.with_all_views();
    let views = all.tables.iter().filter(|table| {
        let is_here = table.view.is_some() && table.engines.contains(&engine);
        is_here && !table.is_made_on(all.engine(engine))
    });
    views.map(|view| view.name.clone()).collect()
}

/// The enum types that are declared and that no table needs.
fn idle_enums(model: &Model) -> impl Iterator<Item = (&NativeObject, EnumId)> {
    let columns = model.tables.iter().flat_map(|table| &table.columns);
    let of_columns: BTreeSet<EnumId> = columns
        .filter_map(|column| column.column_type.enum_id())
        .collect();
    let needed = model.tables.iter().flat_map(|table| &table.native.objects);
    let needed: BTreeSet<usize> = needed.copied().collect();
    let objects = model.objects.iter().enumerate();
    objects.filter_map(move |(at, object)| match object.kind {
        ObjectKind::Enum(id) => {
            let is_idle = !needed.contains(&at) && !of_columns.contains(&id);
            is_idle.then_some((object, id))
        }
        ObjectKind::Extension
        | ObjectKind::Collation
        | ObjectKind::Type
        | ObjectKind::Domain
        | ObjectKind::Sequence
        | ObjectKind::Function => None,
    })
}

/// The objects that no table needs, where there is none that would be made after them.
fn made_by_none(model: &Model) -> impl Iterator<Item = &NativeObject> {
    let natives = model.tables.iter().map(|table| &table.native);
    let numbers = natives.flat_map(|native| native.objects.iter().chain(&native.beside));
    let made: BTreeSet<usize> = numbers.copied().collect();
    let objects = model.objects.iter().enumerate();
    objects.filter_map(move |(at, object)| match object.kind {
        ObjectKind::Enum(_)
        | ObjectKind::Type
        | ObjectKind::Domain
        | ObjectKind::Sequence
        | ObjectKind::Function => (!made.contains(&at)).then_some(object),
        ObjectKind::Extension | ObjectKind::Collation => None,
    })
}

/// Names as the dialect compares them.
pub(super) fn folded(name: &str, dialect: Dialect) -> String {
    if Facts::of(dialect).names.fold {
        name.to_lowercase()
    } else {
        name.to_owned()
    }
}

/// The same of a table; PostgreSQL's `public` is where tables without a schema are.
pub(super) fn table_key(name: &TableName, dialect: Dialect) -> String {
    if Facts::of(dialect).names.tables_fold {
        return name.name.to_lowercase();
    }
    let schema = name.schema.as_deref().filter(|schema| *schema != "public");
    format!("{}.{}", schema.unwrap_or_default(), name.name)
}

#[cfg(test)]
mod tests {
    use crate::dialect::Dialect;
    use crate::diff::tests::statements;

    const MOOD: &str = "CREATE TYPE mood AS ENUM ('well', 'ill');";
    const PLAIN: &str = "CREATE TABLE t (id bigint NOT NULL PRIMARY KEY);";
    const WITH: &str = "CREATE TABLE t (id bigint NOT NULL PRIMARY KEY, m mood);";

    /// A type is neither made again because no column had it, nor dropped because none has it any more.
    #[test]
    fn an_enum_that_no_column_has_is_there() {
        let write = |from: String, to: String| statements(&from, &to, Dialect::Postgres);
        let (idle, used) = (format!("{MOOD}{PLAIN}"), format!("{MOOD}{WITH}"));
        let added = ["ALTER TABLE \"t\" ADD COLUMN \"m\" \"mood\""];
        assert_eq!(write(idle.clone(), used.clone()), added);
        let dropped = "ALTER TABLE \"t\" DROP COLUMN \"m\"";
        assert_eq!(write(used.clone(), idle.clone()), [dropped]);
        let gone = "DROP TYPE \"mood\"";
        assert_eq!(write(used.clone(), PLAIN.to_owned()), [dropped, gone]);
        assert_eq!(write(idle.clone(), PLAIN.to_owned()), [gone]);
        let more = idle.replace("'ill'", "'ill', 'dead'");
        assert_eq!(
            write(idle, more),
            ["ALTER TYPE \"mood\" ADD VALUE 'dead' AFTER 'ill'"]
        );
        // `create` makes them too, before the first table.
        let first = write(String::new(), used);
        assert!(first[0].starts_with("CREATE TYPE"), "{first:?}");
        let first = write(String::new(), format!("{MOOD}{PLAIN}"));
        assert!(first[0].starts_with("CREATE TYPE"), "{first:?}");
        assert_eq!(first.len(), 2, "{first:?}");
    }

    /// A sequence comes and goes by its own declaration, and may be needed by a table later.
    #[test]
    fn a_sequence_that_no_table_needs_is_made() {
        let write = |from: &str, to: &str| statements(from, to, Dialect::Postgres);
        let idle = format!("CREATE SEQUENCE s;{PLAIN}");
        assert_eq!(write(PLAIN, &idle), ["CREATE SEQUENCE \"s\""]);
        assert_eq!(write(&idle, PLAIN), ["DROP SEQUENCE IF EXISTS \"s\""]);
        let used = idle.replace("bigint", "bigint DEFAULT nextval('s')");
        assert!(write(&idle, &idle).is_empty());
        assert_eq!(write(&idle, &used).len(), 1);
        let extension = format!("CREATE EXTENSION pgcrypto;{PLAIN}");
        assert_eq!(
            write(PLAIN, &extension),
            ["CREATE EXTENSION IF NOT EXISTS \"pgcrypto\""]
        );
        assert!(write(&extension, PLAIN).is_empty());
    }
}
