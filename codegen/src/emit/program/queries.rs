//! The module `queries`: a module for each file, with a function and a row for each query.

#[cfg(feature = "derive")]
pub(crate) mod in_place;

use bindery_schema::lists::IntoVec as _;
use std::collections::BTreeMap;

use bindery_schema::model::{Engine, Query, QueryKind};

use crate::emit::shape::{QueryShape, RowField, Shapes};
use crate::emit::text::{TRACKED, UNUSED, code, in_words, prose};
use crate::rust_writer::{RustWriter, Signature, code_line, string_literal};

/// Describes the module in a sentence.
pub(crate) const ABOUT: &str = "The queries of the program's files, a module for each file.";

/// The note on an engine that does not host a query of a file.
const GENERIC: &str = "a function for every engine that does has this trait as its bound";

/// An argument of more than this number of others is a finding of clippy.
const FEW_ARGUMENTS: usize = 6;

/// Writes the items of the module.
pub(crate) fn items(w: &mut RustWriter, shapes: &Shapes<'_>) {
    let queries: Vec<QueryShape<'_>> = shapes.queries().into_vec();
    w.item(|w| {
        w.line("#[allow(unused_imports)]");
        w.line("use super::*;");
    });
    let mut bounds: BTreeMap<&str, &QueryShape<'_>> = BTreeMap::new();
    for query in &queries {
        bounds.extend(query.bound.as_deref().map(|bound| (bound, query)));
    }
    for (bound, query) in bounds {
        engines(w, shapes, bound, query, GENERIC);
    }
    for file in queries.chunk_by(|one, next| one.query.module == next.query.module) {
        let module = &file[0].query.module;
        w.item(|w| {
            w.doc(&format!(
                "The queries of `{}.sql`.",
                module.trim_start_matches("r#")
            ));
            w.line(UNUSED);
            w.block(&format!("pub mod {module}"), |w| {
                for query in file {
                    row(
                        w,
                        query,
                        &format!("A row of [`{}()`].", query.query.function),
                    );
                    statement(w, query);
                    function(w, query);
                }
            });
        });
    }
}

/// The trait of the engines that host what some queries name.
fn engines(
    w: &mut RustWriter,
    shapes: &Shapes<'_>,
    bound: &str,
    query: &QueryShape<'_>,
    note: &str,
) {
    let names = in_words(
        &query
            .engines
            .iter()
            .map(|name| format!("`{name}`"))
            .into_vec(),
    );
    w.item(|w| {
        w.doc(&format!("Engines for queries that run on {names}."));
        w.line("#[diagnostic::on_unimplemented(");
        w.indented(|w| {
            w.line(&format!(
                "message = \"the query runs on {names}, not on `{{Self}}`\","
            ));
            w.line("label = \"this engine does not host all that the query names\",");
            w.line(&format!("note = \"{note}\""));
        });
        w.line(")]");
        w.line(UNUSED);
        w.block(&format!("pub trait {bound}: ::bindery::Engine"), |_| ());
    });
    let hosts = query
        .query
        .engines
        .iter()
        .map(|id| shapes.around.engine_of(*id));
    let types = hosts.map(|engine: &Engine| engine.type_name.as_str());
    let module = &shapes.around.scope.engine;
    for ty in types.chain(["Any"]) {
        w.item(|w| w.block(&format!("impl {bound} for {module}::{ty}"), |_| ()));
    }
}

/// The struct of a row. The value of a scalar is its only field, which nothing but the function sees.
fn row(w: &mut RustWriter, shape: &QueryShape<'_>, about: &str) {
    if !shape.query.kind.reads_rows() {
        return;
    }
    let public = if shape.query.kind == QueryKind::Scalar {
        ""
    } else {
        "pub "
    };
    let fields = shape.fields();
    w.item(|w| {
        w.doc(about);
        w.derive(&["Debug", "Clone", "PartialEq"]);
        let generic = if shape.is_generic() {
            "<E: ::bindery::Engine>"
        } else {
            ""
        };
        let head = format!("{public}struct {}{generic}", shape.query.row_name);
        w.block(&head, |w| {
            for field in &fields {
                match field {
                    RowField::Column(one) => {
                        w.docs(prose(&one.column.docs, &code(&one.column.name)));
                        w.line(&format!("{public}{}: {},", one.column.field, one.ty));
                    }
                    RowField::Model(one) => {
                        w.doc(&format!("The row of `{}`.", one.model.field));
                        w.line(&format!("{public}{}: {},", one.model.field, one.ty));
                    }
                }
            }
        });
    });
    w.item(|w| from_row(w, shape, &fields));
}

fn from_row(w: &mut RustWriter, shape: &QueryShape<'_>, fields: &[RowField<'_, '_>]) {
    w.line("#[diagnostic::do_not_recommend]");
    let name = row_type(shape, "E");
    let head = format!("impl<E: ::bindery::Engine> ::bindery::FromRow<E> for {name}");
    w.block(&head, |w| {
        w.item(|w| {
            let columns = "const COLUMNS: ::bindery::raw::RowColumns = ::bindery::raw::RowColumns";
            w.line(&format!("{columns}::{};", columns_of(shape)));
        });
        w.item(|w| {
            let engine = if shape.embedded.is_empty() {
                "_: E"
            } else {
                "engine: E"
            };
            let signature = Signature::new(
                "fn read_row",
                &["row: &mut ::bindery::types::RowReader<'_>", engine],
                "::bindery::Result<Self>",
            );
            w.function(&signature, |w| {
                w.line("::core::result::Result::Ok(Self {");
                w.indented(|w| {
                    for field in fields {
                        let (name, read) = match field {
                            RowField::Column(one) => (&one.column.field, &one.read),
                            RowField::Model(one) => (&one.model.field, &one.read),
                        };
                        w.line(&format!("{name}: {read},"));
                    }
                });
                w.line("})");
            });
        });
    });
}

fn row_type(shape: &QueryShape<'_>, engine: &str) -> String {
    let name = &shape.query.row_name;
    if shape.is_generic() {
        format!("{name}<{engine}>")
    } else {
        name.clone()
    }
}

/// By position where the text names its columns, by name where the database does.
fn columns_of(shape: &QueryShape<'_>) -> String {
    if !shape.query.by_name {
        return format!("Positions({})", shape.columns.len());
    }
    let names = shape
        .columns
        .iter()
        .map(|field| string_literal(&field.column.name));
    let names: Vec<String> = names.into_vec();
    let row = string_literal(&shape.query.row_name);
    format!("named({row}, &[{}])", names.join(", "))
}

/// The static value with the texts; one for each form of the statement, where parts of it are left out.
fn statement(w: &mut RustWriter, shape: &QueryShape<'_>) {
    const QUERY: &str = "::bindery::__private::CheckedQuery";
    let name = static_name(shape);
    w.item(|w| match forms(shape) {
        1 => {
            w.line(&format!("static {name}: {QUERY} = {QUERY} {{"));
            w.indented(|w| texts_of(w, shape, 0));
            w.line("};");
        }
        count => {
            w.line(&format!("static {name}: [{QUERY}; {count}] = ["));
            w.indented(|w| {
                for form in 0..count {
                    w.line(&format!("{QUERY} {{"));
                    w.indented(|w| texts_of(w, shape, form));
                    w.line("},");
                }
            });
            w.line("];");
        }
    });
}

/// The number of combinations of parts that are left out.
fn forms(shape: &QueryShape<'_>) -> u32 {
    let parts = shape.arguments.iter().filter_map(|one| one.part);
    parts.map(|part| part.bit << 1).max().unwrap_or(1)
}

fn texts_of(w: &mut RustWriter, shape: &QueryShape<'_>, form: u32) {
    let engines = shape.engines.iter().map(|name| string_literal(name));
    let engines: Vec<String> = engines.into_vec();
    w.line(&format!("name: {},", full_name(shape.query)));
    w.line(&format!("engines: &[{}],", engines.join(", ")));
    w.line("texts: &[");
    w.indented(|w| {
        let texts = shape.query.texts.iter();
        for text in texts.filter(|text| text.form == form) {
            w.line(&format!(
                "::bindery::__private::CheckedText {{ dialect: ::bindery::Dialect::{:?}, sql: {}, arguments: &{:?} }},",
                text.dialect,
                string_literal(&text.sql),
                text.arguments
            ));
        }
    });
    w.line("],");
}

/// The static value of the form that the arguments choose.
fn chosen(shape: &QueryShape<'_>) -> String {
    let name = static_name(shape);
    let parts = shape.arguments.iter().filter_map(|one| {
        let part = one.part?;
        let is_out = if part.is_switch {
            format!("!{}", one.name)
        } else {
            format!("{}.is_none()", one.name)
        };
        let place = part.bit.trailing_zeros();
        Some(match place {
            0 => format!("usize::from({is_out})"),
            place => format!("(usize::from({is_out}) << {place})"),
        })
    });
    let parts: Vec<String> = parts.into_vec();
    if parts.is_empty() {
        return name;
    }
    format!("{name}[{}]", parts.join(" | "))
}

/// The name that events and metrics have; one in place has none.
fn full_name(query: &Query) -> String {
    if query.module.is_empty() {
        return "::core::option::Option::None".to_owned();
    }
    let name = format!("{}::{}", query.module, query.function).replace("r#", "");
    format!("::core::option::Option::Some({})", string_literal(&name))
}

fn static_name(shape: &QueryShape<'_>) -> String {
    shape.query.function.trim_start_matches("r#").to_uppercase()
}

fn function(w: &mut RustWriter, shape: &QueryShape<'_>) {
    let query = shape.query;
    let is_taken = |name: &&str| shape.arguments.iter().any(|one| one.name == *name);
    let on = ["on", "on_", "on__"]
        .into_iter()
        .find(|name| !is_taken(name))
        .unwrap_or("on");
    let arguments = shape
        .arguments
        .iter()
        .map(|one| format!("{}: {}", one.name, one.ty));
    let values: Vec<String> = shape
        .arguments
        .iter()
        .map(|one| one.value.clone())
        .into_vec();
    let call = |method: &str| format!("{}.{method}({on}, &[{}])", chosen(shape), values.join(", "));
    let bound = shape.bound.iter();
    let bound = bound.map(|bound| format!("C::Engine: super::{bound}"));
    let (lifetime, borrowed) = match query.kind {
        QueryKind::Iterate => ("'c, ", "'c "),
        _ => ("", ""),
    };
    let signature = Signature {
        head: format!("pub fn {}<{lifetime}C>", query.function),
        params: std::iter::once(format!("{on}: &{borrowed}mut C"))
            .chain(arguments)
            .into_vec(),
        returns: Some(format!("::bindery::Result<{}>", result(shape))),
        bounds: std::iter::once(executor(query)).chain(bound).into_vec(),
    };
    w.item(|w| {
        docs(w, shape);
        w.line(TRACKED);
        if shape.arguments.len() > FEW_ARGUMENTS {
            w.line("#[allow(clippy::too_many_arguments)]");
        }
        w.function(&signature, |w| match query.kind {
            QueryKind::One => w.line(&call("one")),
            QueryKind::Optional => w.line(&call("optional")),
            QueryKind::Many => w.line(&call("many")),
            QueryKind::Iterate => w.line(&call("rows")),
            QueryKind::Rows => w.line(&call("execute")),
            QueryKind::Execute => {
                w.line(&format!("{}?;", call("execute")));
                w.line("::core::result::Result::Ok(())");
            }
            QueryKind::Scalar => {
                w.line(&format!("let row: {} = {}?;", query.row_name, call("one")));
                w.line(&format!(
                    "::core::result::Result::Ok(row.{})",
                    shape.columns[0].column.field
                ));
            }
        });
    });
}

/// The bound of what the query runs on.
fn executor(query: &Query) -> String {
    let reads = if query.only_reads { "Read" } else { "" };
    format!("C: ::bindery::raw::{reads}Executor")
}

fn result(shape: &QueryShape<'_>) -> String {
    let row = row_type(shape, "C::Engine");
    match shape.query.kind {
        QueryKind::One => row,
        QueryKind::Optional => format!("::core::option::Option<{row}>"),
        QueryKind::Many => format!("::std::vec::Vec<{row}>"),
        QueryKind::Iterate => format!("::bindery::raw::QueryRows<'c, C::Engine, {row}>"),
        QueryKind::Scalar => shape.columns[0].ty.clone(),
        QueryKind::Execute => "()".to_owned(),
        QueryKind::Rows => "u64".to_owned(),
    }
}

fn docs(w: &mut RustWriter, shape: &QueryShape<'_>) {
    let query = shape.query;
    w.docs(prose(
        &query.docs,
        &format!("The query `{}`.", query.function),
    ));
    for text in texts(shape) {
        let ticks = longest_run(text, '`').max(2) + 1;
        let fence = "`".repeat(ticks);
        w.doc("");
        w.doc(&format!("{fence}sql"));
        w.docs(text.lines().map(code_line));
        w.doc(&fence);
    }
    let parts = shape
        .arguments
        .iter()
        .filter_map(|one| Some((one.name, one.part?)));
    for (name, part) in parts {
        let without = if part.is_switch { "false" } else { "None" };
        w.docs([
            "",
            &format!("Its part of `{name}` is left out where that is `{without}`."),
        ]);
    }
    w.docs(["", "# Errors", errors(query.kind)]);
}

/// The texts that differ, as the dialects have them.
fn texts<'s>(shape: &'s QueryShape<'_>) -> Vec<&'s str> {
    let texts = shape.query.texts.iter().filter(|text| text.form == 0);
    let mut texts: Vec<&str> = texts.map(|text| text.sql.as_str()).into_vec();
    texts.dedup();
    texts
}

fn longest_run(text: &str, sign: char) -> usize {
    let runs = text.split(|other| other != sign);
    runs.map(str::len).max().unwrap_or_default()
}

fn errors(kind: QueryKind) -> &'static str {
    match kind {
        QueryKind::One | QueryKind::Scalar => {
            "`NotFound` where there is no row, `SeveralRows` where there is another, or the database fails."
        }
        QueryKind::Optional => {
            "`SeveralRows` where there is more than one row, or the database fails."
        }
        QueryKind::Many => "The database fails.",
        QueryKind::Iterate => "The database fails; later failures come as items.",
        QueryKind::Execute | QueryKind::Rows => "A constraint is violated, or the database fails.",
    }
}
