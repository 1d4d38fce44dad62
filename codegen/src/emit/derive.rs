//! The parts of a program whose rows are structs of the user's own: one model beside its row, and what is there once.
//!
//! Items stand beside the user's struct; whatever needs no name of its own is in a block without one.

use std::collections::BTreeSet;

use bindery_schema::config::AtomicGroup;
use bindery_schema::model::{CheckedModel, Engine, Model, TableId};
use bindery_schema::rust_type::TypeFeature;

use super::features::{atomic_feature, outbox_feature};
use super::model::{
    columns, constraints, implementation, info, key, new, patch, queries, row, source, sql,
};
use super::program::{self, atomic, compiled, databases, engine, session, tables, tags};
use super::shape::required::without_paths;
use super::shape::{
    ColumnTypes, Ddl, KeyShape, ROW_ENGINE, Scope, Shape, Shapes, applied, derives_serde,
};
use super::shared::accessors::lints;
use super::shared::choices::choice;
use super::shared::require;
use super::text::{UNUSED, UNUSED_IMPORT};
use crate::rust_writer::{Expr, RustWriter, string_literal};

/// The struct the user wrote for the first table of the model.
pub(crate) struct OwnRow {
    /// In the order of the fields; `None` for the model's own key, whose type is made here.
    pub(crate) types: Vec<Option<OwnType>>,
}

/// The type of a field, before `Option`.
pub(crate) struct OwnType {
    /// As the user wrote it, without the engine where that is the row's.
    pub(crate) path: String,
    /// It has the row's engine as its parameter.
    pub(crate) on_row_engine: bool,
    /// It is another model's key.
    pub(crate) refers: bool,
}

impl OwnType {
    fn on(&self, engine: &str) -> String {
        applied(&self.path, self.on_row_engine, engine)
    }
}

/// A model that was derived, as the list of a program names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelPath {
    /// The path of the struct: `shop::Blog`.
    pub path: String,
    /// Its name: `Blog`.
    pub name: String,
}

/// Everything of the first table but its row.
pub(crate) fn beside_row(model: &CheckedModel, row: &OwnRow) -> String {
    let shapes = Shapes::new(model, ColumnTypes::default(), Scope::beside_rows());
    let shape = own_shape(&shapes, row);
    let ddl = Ddl::alone(model, shape.number.0);
    let mut w = RustWriter::new();
    key::key(&mut w, &shapes.around, &shape);
    constraints::constants(&mut w, &shapes.around, &shape);
    new::new(&mut w, &shapes.around, &shape);
    patch::patch(&mut w, &shapes.around, &shape);
    queries::queries(&mut w, &shapes.around, &shape);
    w.item(|w| columns::module(w, &shapes.around, &shape));
    table(&mut w, &shapes, &shape);
    if shape.several {
        choice(&mut w, &shapes.around, &shape);
    }
    w.item(|w| {
        w.line("const _: () = {");
        w.indented(|w| {
            unnamed(w, &shapes, &shape, model, &ddl);
            assertions(w, &shapes, &shape, row);
            derived(w, &shapes, &shape);
        });
        w.line("};");
    });
    w.finish()
}

fn unnamed(
    w: &mut RustWriter,
    shapes: &Shapes<'_>,
    shape: &Shape<'_>,
    model: &CheckedModel,
    ddl: &Ddl,
) {
    features(w, shape);
    source::sources(w, shape);
    implementation::model(w, &shapes.around, shape);
    row::methods(w, &shapes.around, shape);
    let planned = sql::planned(&shapes.around, shape, model);
    sql::statements(w, &shapes.around, shape, &planned);
    sql::table_on(w, &shapes.around, shape);
    sql::lives_on(w, &shapes.around, shape);
    info::info(
        w,
        &shapes.around,
        shape,
        &ddl.for_table(shape.number.0).collect(),
    );
    w.item(|w| {
        w.line(UNUSED);
        w.block("impl crate::Databases", |w| {
            databases::accessor(w, &shapes.around, shape)
        });
    });
    w.item(|w| {
        w.line(UNUSED);
        w.block("impl crate::DatabaseSession", |w| {
            session::accessor(w, &shapes.around, shape)
        });
    });
    for group in &shapes.model.groups {
        w.item(|w| {
            w.line(UNUSED);
            let name = format!("crate::{}", group.type_name());
            w.block(&format!("impl {name}"), |w| {
                atomic::accessor(w, &shapes.around, (group, &name), shape);
            });
        });
    }
}

/// Writes the implementation that `databases!` relies on.
fn derived(w: &mut RustWriter, shapes: &Shapes<'_>, shape: &Shape<'_>) {
    let keys = shapes.model.table(shape.number.0).foreign_keys.iter();
    let tables: BTreeSet<&str> = keys
        .map(|key| shapes.model.table(key.table).name.name.as_str())
        .collect();
    let tables = tables
        .into_iter()
        .map(|name| Expr::text(string_literal(name)));
    w.item(|w| {
        w.block(
            &format!(
                "impl ::bindery::__private::Derived for {}",
                shapes.around.tag(shape.names)
            ),
            |w| {
                w.line("const INFO: &'static ::bindery::generic::ModelInfo = &INFO;");
                w.assignment(
                    "const REFERS_TO: &'static [&'static str]",
                    &Expr::Array(tables.collect()),
                );
            },
        );
    });
}

/// Asserts what the struct declares about other models: their keys hold what the column does. That they live where it says
/// is known by the statements of its references.
fn assertions(w: &mut RustWriter, shapes: &Shapes<'_>, shape: &Shape<'_>, row: &OwnRow) {
    let engines = || {
        shape
            .table
            .engines
            .iter()
            .map(|&id| shapes.around.engine(id))
    };
    w.item(|w| {
        for (field, own) in shape.fields.iter().zip(&row.types) {
            let Some(own) = own else { continue };
            for engine in engines().filter(|_| own.refers) {
                let (ty, value) = (own.on(&engine), &field.bare);
                let call = format!("assert_key::<{ty}, {value}>()");
                w.line(&format!("const _: () = ::bindery::__private::{call};"));
            }
        }
    });
}

/// Writes the features of the runtime that column types and derives need.
fn features(w: &mut RustWriter, shape: &Shape<'_>) {
    let names: BTreeSet<&str> = shape
        .fields
        .iter()
        .filter_map(|field| field.column.feature)
        .map(TypeFeature::name)
        .chain(derives_serde(shape.derives.beside_row()).then_some("serde"))
        .collect();
    require(w, names);
}

/// The shape with the types the user's fields have: a key of another model is where the user says it is.
fn own_shape<'s>(shapes: &'s Shapes<'_>, row: &OwnRow) -> Shape<'s> {
    let mut shape = shapes.shape(TableId(0));
    for (field, ty) in shape.fields.iter_mut().zip(&row.types) {
        if let Some(ty) = ty {
            field.ty = ty.on("E");
            field.key_of = ty.refers.then(|| without_paths(&ty.path));
        }
    }
    own_references(&mut shape, row);
    if let KeyShape::Single {
        field,
        same_as: Some(other),
    } = &mut shape.key
    {
        other.clone_from(&shape.fields[*field].ty);
    }
    shape
}

/// A derive sees no struct but its own: a reference leads where its key's type says, and from other structs none is seen.
fn own_references(shape: &mut Shape<'_>, row: &OwnRow) {
    shape.references.retain_mut(|reference| {
        let mut columns = reference.columns.iter();
        let own = columns.find_map(|&at| row.types[at].as_ref().filter(|own| own.refers));
        if let Some(own) = own {
            let ty = own.on(ROW_ENGINE);
            reference.tag = format!("<{ty} as ::bindery::__private::KeyOf>::Model");
            reference.key = ty;
            reference.to_columns = Vec::new();
        }
        own.is_some()
    });
    shape.referenced = Vec::new();
    shape.through = Vec::new();
}

/// The trait that gives connections and transactions the accessor.
fn table(w: &mut RustWriter, shapes: &Shapes<'_>, shape: &Shape<'_>) {
    let name = table_trait(&shape.names.row);
    w.item(|w| {
        w.doc(&format!(
            "Gives connections and transactions the rows of [`{}`].",
            shape.names.row
        ));
        w.line(&lints(std::slice::from_ref(shape)));
        w.block(&format!("pub trait {name}"), |w| {
            tables::accessor(w, &shapes.around, shape)
        });
    });
    w.item(|w| {
        w.block(
            &format!("impl<E: ::bindery::Engine> {name} for ::bindery::Connection<E>"),
            |_| (),
        );
    });
}

fn table_trait(row: &str) -> String {
    format!("{}Table", row.trim_start_matches("r#"))
}

/// Returns the code at the root of the crate, which exists once: engines, tags, `Databases` and the list of everything
/// compiled.
pub(crate) fn around_rows(
    (engines, groups): (&[Engine], &[AtomicGroup]),
    models: &[ModelPath],
    watched: &Watched<'_>,
) -> String {
    let model = Model {
        engines: engines.to_vec(),
        groups: groups.to_vec(),
        ..Model::default()
    };
    let scope = Scope {
        engine: "engine".to_owned(),
        model: "model".to_owned(),
        ..Scope::beside_rows()
    };
    let shapes = Shapes::new(&model, ColumnTypes::default(), scope);
    let mut w = RustWriter::new();
    dialects(&mut w, engines, groups);
    engine::module(&mut w, &model);
    let tagged = models
        .iter()
        .map(|model| (model.name.as_str(), model.path.clone()));
    tags::tags(&mut w, tagged);
    all_tables(&mut w, models);
    program::databases(&mut w, &shapes, &[]);
    compiled_program(&mut w, engines, models);
    watch(&mut w, watched);
    w.finish()
}

/// A model that could not be generated, as far as the program's list needs it.
pub(crate) fn in_place_of_model(name: &str) -> String {
    let mut w = RustWriter::new();
    w.item(|w| {
        w.doc("Nothing: the struct has errors.");
        w.line(&format!("pub trait {} {{}}", table_trait(name)));
    });
    w.item(|w| {
        w.block(
            &format!("impl ::bindery::__private::Derived for crate::model::{name}"),
            |w| {
                w.line("const INFO: &'static ::bindery::generic::ModelInfo = &::bindery::generic::ModelInfo::NONE;");
                w.line("const REFERS_TO: &'static [&'static str] = &[];");
            },
        );
    });
    w.finish()
}

/// The files that a build has to watch.
pub(crate) struct Watched<'a> {
    /// Files in the crate's folder.
    pub(crate) files: &'a [String],
    /// Variables of the environment.
    pub(crate) variables: &'a [String],
}

fn dialects(w: &mut RustWriter, engines: &[Engine], groups: &[AtomicGroup]) {
    let names: BTreeSet<&str> = engines.iter().map(|engine| engine.dialect.name()).collect();
    let names = names.into_iter().chain(outbox_feature(engines));
    require(w, names.chain(atomic_feature(groups)));
}

/// The accessors of all models together, for modules that have none of the structs.
fn all_tables(w: &mut RustWriter, models: &[ModelPath]) {
    w.item(|w| {
        w.doc(
            "`use crate::tables::*;` gives connections and transactions the rows of every model.",
        );
        w.line(UNUSED_IMPORT);
        w.block("pub mod tables", |w| {
            for ModelPath { path, name } in models {
                let module = path.strip_suffix(name.as_str()).unwrap_or_default();
                w.line(&format!("pub use super::{module}{};", table_trait(name)));
            }
        });
    });
}

fn compiled_program(w: &mut RustWriter, engines: &[Engine], models: &[ModelPath]) {
    let listed = models.iter().map(|model| {
        Expr::text(format!(
            "::bindery::__private::listed::<model::{}>()",
            model.name
        ))
    });
    let listed = Expr::Array(listed.collect());
    let order = Expr::call("::bindery::__private::in_creation_order", vec![listed]);
    w.item(|w| {
        // Putting many models in order takes the compiler more steps than it expects of a constant.
        w.line("#[allow(long_running_const_eval)]");
        w.assignment(
            &format!(
                "const MODELS: [&::bindery::generic::ModelInfo; {}]",
                models.len()
            ),
            &order,
        );
    });
    compiled::program_of(w, engines, Expr::text("&MODELS"));
}

fn watch(w: &mut RustWriter, watched: &Watched<'_>) {
    w.item(|w| {
        for file in watched.files {
            let path = string_literal(&format!("/{file}"));
            w.line(&format!(
                "const _: &[u8] = ::core::include_bytes!(::core::concat!(::core::env!(\"CARGO_MANIFEST_DIR\"), {path}));"
            ));
        }
        for variable in watched.variables {
            let name = string_literal(variable);
            w.line(&format!("const _: ::core::option::Option<&str> = ::core::option_env!({name});"));
        }
    });
}
