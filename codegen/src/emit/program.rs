//! The generated code as a whole: which parts, in which order, in which files.

use std::collections::{BTreeSet, HashSet};

use bindery_schema::config::AtomicGroup;
use bindery_schema::model::{CheckedModel, Engine, Model, TableId};
use bindery_schema::parts::in_parts;
use bindery_schema::rust_type::TypeFeature;

use super::capture;
use super::column_types::{self, ColumnTypes};
use super::ddl::Ddl;
use super::events;
use super::module::Module;
use super::names::Names;
use super::relations::Relations;
use super::shape::Shape;
use super::shapes::{Scope, Shapes, Surroundings};
use super::types;
use super::{UNUSED, UNUSED_IMPORT, derives_serde};
use super::{access, columns, databases, engine, enums, sql};
use crate::kept::{FOLDER, Kept, Piece, fingerprint, joined};
use crate::rust_writer::RustWriter;

/// The form in which the code is written.
#[derive(Debug, Clone, Default)]
pub struct EmitOptions {
    /// One file for each model rather than all in one.
    pub file_per_model: bool,
}

/// One file of generated code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GeneratedFile {
    /// Its path below the folder that is generated into, with `/`.
    pub path: String,
    /// The whole text, as it is written to the file.
    pub text: String,
}

/// Writes the code of a whole program.
pub fn emit(model: &CheckedModel, options: &EmitOptions) -> Vec<GeneratedFile> {
    let shapes = shapes(model, ColumnTypes::of(model));
    let program = Program::new(&shapes, model);
    if options.file_per_model {
        program.files()
    } else {
        vec![GeneratedFile {
            path: "bindery.rs".to_owned(),
            text: program.one_file(Modules::Inline),
        }]
    }
}

/// Writes the code of a whole program as one text that includes the models' modules; those that are written from the same
/// as last time need not be made again.
pub(crate) fn emit_with(model: &CheckedModel, kept: &mut Kept) -> String {
    let shapes = shapes(model, ColumnTypes::of(model));
    Program::new(&shapes, model).one_file(Modules::Included(kept))
}

/// The place of the modules of the models.
enum Modules<'k> {
    /// The place they belong to.
    Inline,
    /// In files of some models each.
    Included(&'k mut Kept),
}

/// About this number of models is in one file: a change writes all of them, and files without number are slow.
const MODELS: u64 = 4;
/// The number of threads, for tables and for files of models.
const TABLES: usize = 16;
const FILES: usize = 4;

/// The Rust type of every column's field, by table; `None` for a column that is not in the row. Within a model's module, that
/// is with `super::` before the types of others.
pub fn rust_types(model: &Model) -> Vec<Vec<Option<String>>> {
    let shapes = shapes(model, ColumnTypes::default());
    let ids = (0..model.tables.len()).map(|at| TableId(at as u32));
    ids.map(|id| column_types(model, &shapes.shape(id)))
        .collect()
}

/// The feature of the runtime that each column's field needs beside the databases', by table; `None` for none.
pub fn type_features(model: &Model) -> Vec<Vec<Option<&'static str>>> {
    let feature = |column| types::feature_of_column(column).map(TypeFeature::name);
    let tables = model.tables.iter();
    tables
        .map(|table| table.columns.iter().map(feature).collect())
        .collect()
}

fn column_types(model: &Model, shape: &Shape<'_>) -> Vec<Option<String>> {
    let mut fields = shape.fields.iter();
    let columns = model.table(shape.number.0).columns.iter();
    columns
        .map(|column| {
            let field = if column.skip { None } else { fields.next() };
            field.map(super::shape::Field::row_type)
        })
        .collect()
}

fn shapes(model: &Model, column_types: ColumnTypes) -> Shapes<'_> {
    Shapes {
        model,
        names: Names::allocate(model),
        column_types,
        relations: Relations::of(model),
        around: Surroundings {
            engines: &model.engines,
            scope: Scope {
                engine: "engine".to_owned(),
                model: "model".to_owned(),
                root: "super::".to_owned(),
                modules: true,
            },
        },
    }
}

/// Everything that is written from.
struct Program<'s> {
    shapes: &'s Shapes<'s>,
    checked: &'s CheckedModel,
    all: Vec<Shape<'s>>,
    ddl: Ddl,
    enums: Vec<usize>,
}

impl<'s> Program<'s> {
    fn new(shapes: &'s Shapes<'s>, checked: &'s CheckedModel) -> Self {
        let ids: Vec<TableId> = shapes.model.table_ids().collect();
        let shape = |ids: &[TableId]| ids.iter().map(|id| shapes.shape(*id)).collect::<Vec<_>>();
        Self {
            shapes,
            checked,
            all: in_parts(&ids, TABLES, shape)
                .into_iter()
                .flatten()
                .collect(),
            ddl: Ddl::new(checked),
            enums: shapes
                .model
                .rust_enums()
                .into_iter()
                .map(|id| id.0 as usize)
                .collect(),
        }
    }

    fn one_file(&self, modules: Modules<'_>) -> String {
        let mut w = RustWriter::new();
        w.item(|w| w.line(HEADER));
        self.require(&mut w);
        engine::module(&mut w, self.shapes.model);
        self.tags(&mut w);
        if !self.shapes.column_types.is_empty() {
            w.item(|w| {
                w.doc(COLUMN_TYPES);
                w.line(UNUSED);
                w.block(&format!("mod {}", column_types::MODULE), |w| {
                    self.shapes.column_types.items(w);
                });
            });
        }
        match modules {
            Modules::Inline => self.inline(&self.all, &mut w),
            Modules::Included(kept) => self.included(kept, &mut w),
        }
        if !self.enums.is_empty() {
            w.item(|w| {
                w.doc("Enum types.");
                w.line(UNUSED);
                w.block("pub mod enums", |w| self.enums(w));
            });
        }
        self.rest(&mut w);
        w.finish()
    }

    fn inline(&self, shapes: &[Shape<'_>], w: &mut RustWriter) {
        for shape in shapes {
            let module = self.module(shape);
            w.item(|w| w.text(&module.inline()));
            w.item(|w| w.text(&module.inline_columns()));
        }
    }

    /// Names decide which models share a file, so that one more does not move all others.
    fn included(&self, kept: &mut Kept, w: &mut RustWriter) {
        let ends = |shape: &Shape<'_>, _: &Shape<'_>| {
            !fingerprint(&shape.names.module).is_multiple_of(MODELS)
        };
        let files: Vec<&[Shape<'_>]> = self.all.chunk_by(ends).collect();
        let known: &Kept = kept;
        let parts = in_parts(&files, FILES, |files| {
            let made = files.iter().map(|shapes| self.piece(known, shapes));
            made.collect::<Vec<_>>()
        });
        for piece in parts.into_iter().flatten() {
            let name = kept.include(piece);
            w.item(|w| w.line(&format!("::core::include!(\"{FOLDER}/{name}\");")));
        }
    }

    fn piece(&self, kept: &Kept, shapes: &[Shape<'_>]) -> Piece {
        let all = shapes.iter().map(|shape| fingerprint(&self.module(shape)));
        kept.piece(all.fold(0, joined), || {
            let mut w = RustWriter::new();
            self.inline(shapes, &mut w);
            w.finish()
        })
    }

    fn files(&self) -> Vec<GeneratedFile> {
        let mut lib = RustWriter::new();
        lib.item(|w| {
            w.line(HEADER);
            w.line("//! The databases of this program.");
        });
        self.require(&mut lib);
        engine::module(&mut lib, self.shapes.model);
        self.tags(&mut lib);
        let mut files = Vec::new();
        for shape in &self.all {
            lib.item(|w| declare(w, UNUSED, &shape.names.module));
            let module = self.module(shape);
            files.push(file(&shape.names.module, &module.about(), |w| {
                module.items(w)
            }));
            let name = &shape.names.columns;
            lib.item(|w| declare(w, columns::UNUSED, name));
            files.push(file(name, &columns::about(shape), |w| {
                columns::items(w, module.around, shape);
            }));
        }
        let column_types = &self.shapes.column_types;
        if !column_types.is_empty() {
            lib.item(|w| {
                w.line(UNUSED);
                w.line(&format!("mod {};", column_types::MODULE));
            });
            files.push(file(column_types::MODULE, COLUMN_TYPES, |w| {
                column_types.items(w);
            }));
        }
        if !self.enums.is_empty() {
            lib.item(|w| w.line("pub mod enums;"));
            files.push(file("enums", "Enum types.", |w| self.enums(w)));
        }
        self.rest(&mut lib);
        files.insert(
            0,
            GeneratedFile {
                path: "src/lib.rs".to_owned(),
                text: lib.finish(),
            },
        );
        files
    }

    /// Writes the features of the runtime that the program needs; a missing feature is named rather than guessed from a
    /// missing item.
    fn require(&self, w: &mut RustWriter) {
        w.item(|w| {
            for name in features(self.shapes.model) {
                w.line(&format!("::bindery::__private::require_{name}!();"));
            }
        });
    }

    fn tags(&self, w: &mut RustWriter) {
        w.item(|w| {
            w.doc("Tags of the models, for bounds such as `E: Hosts<model::Name>`.");
            w.line(UNUSED);
            w.block("pub mod model", |w| {
                for shape in &self.all {
                    let (name, module) = (&shape.names.row, &shape.names.module);
                    w.item(|w| {
                        w.doc(&format!("Tag of [`{name}`](super::{module}::{name})."));
                        w.line("#[derive(Debug, Clone, Copy)]");
                        w.line(&format!("pub struct {name};"));
                    });
                }
            });
        });
    }

    fn module<'p>(&'p self, shape: &'p Shape<'p>) -> Module<'p> {
        let around = &self.shapes.around;
        Module {
            around,
            shape,
            statements: sql::planned(around, shape, self.checked),
            ddl: self.ddl.for_table(shape.number.0).collect(),
            captured: capture::planned(self.checked, shape.number.0),
        }
    }

    fn enums(&self, w: &mut RustWriter) {
        for &at in &self.enums {
            let name = &self.shapes.names.enums[at];
            let added = &self.shapes.model.derives.all.enums;
            enums::enumeration(w, &self.shapes.model.enums[at], name, added);
        }
    }

    fn rest(&self, w: &mut RustWriter) {
        self.reexports(w);
        access::tables(w, &self.shapes.around, &self.all);
        databases::databases(w, self.shapes, &self.all);
        let order = self.ddl.order();
        let order = order.iter().map(|id| &self.all[id.0 as usize]);
        databases::program(w, &self.shapes.around, order);
    }

    /// Everything under its own name at the top, where that is free.
    fn reexports(&self, w: &mut RustWriter) {
        let mut taken = self.shapes.names.fixed_at_top();
        for shape in &self.all {
            let names = self.names_of(shape);
            reexport(w, &shape.names.module, names, &mut taken);
        }
        let names = self
            .enums
            .iter()
            .map(|&at| self.shapes.names.enums[at].clone());
        reexport(w, "enums", names.collect(), &mut taken);
    }

    fn names_of(&self, shape: &Shape<'_>) -> Vec<String> {
        let names = shape.names;
        let mut all = vec![names.row.clone()];
        if !shape.is_view() {
            all.extend([names.new.clone(), names.patch.clone()]);
        }
        all.extend(shape.has_key().then(|| names.key.clone()));
        all.extend(events::names(shape));
        all.extend((!shape.uniques.is_empty()).then(|| names.queries.clone()));
        all
    }
}

/// The features of the runtime that a schema needs, sorted: its databases, the types of its columns, and what its engines have.
pub fn features(model: &Model) -> BTreeSet<&'static str> {
    let dialects = model.engines.iter().map(|engine| engine.dialect.name());
    let columns = model.tables.iter().flat_map(|table| &table.columns);
    let types = columns
        .filter(|column| !column.skip)
        .filter_map(types::feature_of_column);
    let serde = derives_serde(model.derives.paths()).then_some("serde");
    let publishes = model.tables.iter().any(|table| table.publish.is_some());
    let features = dialects.chain(types.map(TypeFeature::name));
    features
        .chain(serde)
        .chain(outbox(&model.engines))
        .chain(atomic(&model.groups))
        .chain(copies(model).then_some("sync"))
        .chain(publishes.then_some("messages"))
        .collect()
}

/// Whether the schema declares syncs, or tables whose changes are recorded.
fn copies(model: &Model) -> bool {
    let mut tables = model.tables.iter();
    !model.syncs.is_empty() || tables.any(|table| table.capture.is_some())
}

/// The feature of programs in which an engine has an outbox or an inbox.
pub(crate) fn outbox(engines: &[Engine]) -> Option<&'static str> {
    let is_needed = engines.iter().any(|engine| engine.outbox || engine.inbox);
    is_needed.then_some("outbox")
}

/// The feature of programs with atomic groups.
pub(crate) fn atomic(groups: &[AtomicGroup]) -> Option<&'static str> {
    (!groups.is_empty()).then_some("atomic")
}

const COLUMN_TYPES: &str = "Types of columns that the schema names.";

/// The first line of every generated file: by it a file is known to be one.
pub(crate) const HEADER: &str =
    "// Generated by bindery from the schema. Changes are lost when it is generated again.";

fn reexport(w: &mut RustWriter, module: &str, names: Vec<String>, taken: &mut HashSet<String>) {
    let mut free: Vec<String> = names
        .into_iter()
        .filter(|name| taken.insert(name.clone()))
        .collect();
    free.sort();
    if !free.is_empty() {
        w.item(|w| {
            w.line(UNUSED_IMPORT);
            w.reexport(module, &free);
        });
    }
}

/// Declares a module that is a file.
fn declare(w: &mut RustWriter, lints: &str, module: &str) {
    w.line(lints);
    // Rust finds the files of modules by itself where their names are ASCII.
    if !module.is_ascii() {
        w.line(&format!("#[path = \"{}\"]", file_name(module)));
    }
    w.line(&format!("pub mod {module};"));
}

fn file_name(module: &str) -> String {
    format!("{}.rs", module.trim_start_matches("r#"))
}

fn file(module: &str, about: &str, write: impl FnOnce(&mut RustWriter)) -> GeneratedFile {
    let mut w = RustWriter::new();
    w.item(|w| {
        w.line(HEADER);
        w.line(&format!("//! {about}"));
    });
    write(&mut w);
    GeneratedFile {
        path: format!("src/{}", file_name(module)),
        text: w.finish(),
    }
}
