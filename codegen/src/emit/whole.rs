//! The generated code as a whole: which parts, in which order, in which files.

use bindery_schema::lists::IntoVec as _;
use std::collections::HashSet;

use bindery_schema::model::{CheckedModel, TableId};
use bindery_schema::parts::in_parts;

use super::features::features;
use super::model::{Module, capture, columns, sql};
use super::program::{self, column_types, compiled, engine, enums, queries, tables, tags};
use super::shape::{ColumnTypes, Ddl, Scope, Shape, Shapes, names};
use super::shared::require;
use super::text::{UNUSED, UNUSED_IMPORT};
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
    let shapes = shapes(model);
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
    let shapes = shapes(model);
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

fn shapes(model: &CheckedModel) -> Shapes<'_> {
    Shapes::new(model, ColumnTypes::of(model), Scope::with_modules())
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
        let ids: Vec<TableId> = shapes.model.table_ids().into_vec();
        let shape = |ids: &[TableId]| ids.iter().map(|id| shapes.shape(*id)).into_vec();
        Self {
            shapes,
            checked,
            all: in_parts(&ids, TABLES, shape)
                .into_iter()
                .flatten()
                .into_vec(),
            ddl: Ddl::new(checked),
            enums: shapes
                .model
                .rust_enums()
                .into_iter()
                .map(|id| id.0 as usize)
                .into_vec(),
        }
    }

    fn one_file(&self, modules: Modules<'_>) -> String {
        let mut w = RustWriter::new();
        w.item(|w| w.line(HEADER));
        require(&mut w, features(self.shapes.model));
        engine::module(&mut w, self.shapes.model);
        self.tags(&mut w);
        if !self.shapes.column_types.is_empty() {
            w.item(|w| {
                w.doc(column_types::ABOUT);
                w.line(UNUSED);
                w.block(&format!("mod {}", names::COLUMN_TYPES), |w| {
                    column_types::items(w, &self.shapes.column_types);
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
        if !self.shapes.model.queries.is_empty() {
            w.item(|w| {
                w.doc(queries::ABOUT);
                w.line(UNUSED);
                w.block(&format!("pub mod {}", names::QUERIES), |w| {
                    queries::items(w, self.shapes);
                });
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
        let files: Vec<&[Shape<'_>]> = self.all.chunk_by(ends).into_vec();
        let known: &Kept = kept;
        let parts = in_parts(&files, FILES, |files| {
            let made = files.iter().map(|shapes| self.piece(known, shapes));
            made.into_vec()
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
        require(&mut lib, features(self.shapes.model));
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
        let found = &self.shapes.column_types;
        if !found.is_empty() {
            lib.item(|w| {
                w.line(UNUSED);
                w.line(&format!("mod {};", names::COLUMN_TYPES));
            });
            files.push(file(names::COLUMN_TYPES, column_types::ABOUT, |w| {
                column_types::items(w, found);
            }));
        }
        if !self.enums.is_empty() {
            lib.item(|w| w.line("pub mod enums;"));
            files.push(file("enums", "Enum types.", |w| self.enums(w)));
        }
        if !self.shapes.model.queries.is_empty() {
            lib.item(|w| {
                w.line(UNUSED);
                w.line(&format!("pub mod {};", names::QUERIES));
            });
            files.push(file(names::QUERIES, queries::ABOUT, |w| {
                queries::items(w, self.shapes);
            }));
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

    fn tags(&self, w: &mut RustWriter) {
        let models = self.all.iter().map(|shape| {
            let (name, module) = (&shape.names.row, &shape.names.module);
            (name.as_str(), format!("{module}::{name}"))
        });
        tags::tags(w, models);
    }

    fn module<'p>(&'p self, shape: &'p Shape<'p>) -> Module<'p> {
        let around = &self.shapes.around;
        Module {
            around,
            shape,
            statements: sql::planned(around, shape, self.checked),
            ddl: self.ddl.for_table(shape.number.0).into_vec(),
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
        tables::tables(w, &self.shapes.around, &self.all);
        program::databases(w, self.shapes, &self.all);
        let order = self.ddl.order();
        let order = order.iter().map(|id| &self.all[id.0 as usize]);
        compiled::program(w, &self.shapes.around, order);
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
        reexport(w, "enums", names.into_vec(), &mut taken);
    }

    fn names_of(&self, shape: &Shape<'_>) -> Vec<String> {
        let names = shape.names;
        let mut all = vec![names.row.clone()];
        if !shape.is_view() {
            all.extend([names.new.clone(), names.patch.clone()]);
        }
        all.extend(shape.has_key().then(|| names.key.clone()));
        all.extend(shape.event_names());
        all.extend((!shape.uniques.is_empty()).then(|| names.queries.clone()));
        all
    }
}

/// The first line of every generated file: by it a file is known to be one.
pub(crate) const HEADER: &str =
    "// Generated by bindery from the schema. Changes are lost when it is generated again.";

fn reexport(w: &mut RustWriter, module: &str, names: Vec<String>, taken: &mut HashSet<String>) {
    let mut free: Vec<String> = names
        .into_iter()
        .filter(|name| taken.insert(name.clone()))
        .into_vec();
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
