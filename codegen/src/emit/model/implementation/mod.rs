//! `impl Model`, `impl Writable` and `impl HasKey` on the tag: how values are read and written.

mod events;

use crate::emit::shape::{Field, KeyShape, READ_ONLY, Shape, Surroundings};
use crate::rust_writer::{Expr, RustWriter, Signature, string_literal};
use bindery_schema::lists::IntoVec as _;

const ENGINE_PARAMETER: &str = "<E: ::bindery::Engine>";

/// All three implementations; no `HasKey` for a table without a key, and only the first for a view.
pub(crate) fn model(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    let tag = around.tag(shape.names);
    w.item(|w| {
        w.block(&format!("impl ::bindery::Model for {tag}"), |w| {
            w.item(|w| constants(w, around, shape));
            w.item(|w| types(w, shape));
            w.item(|w| read_method(w, shape));
            w.item(|w| inserted(w, shape));
            w.item(|w| write_row(w, shape));
            belonging(w, shape);
            if shape.table.validate {
                validation(w, shape);
            }
            events::published(w, shape);
        });
    });
    w.item(|w| raw_row(w, &tag, shape));
    if !shape.is_view() {
        w.item(|w| {
            w.block(
                &format!("impl ::bindery::generic::Writable for {tag}"),
                |_| (),
            )
        });
    }
    if shape.has_key() {
        w.item(|w| {
            w.block(&format!("impl ::bindery::generic::HasKey for {tag}"), |w| {
                w.item(|w| key(w, shape));
                w.item(|w| write_key(w, shape));
                w.item(|w| write_saved(w, shape));
                write_version(w, shape);
                key_belongs(w, shape);
            });
        });
    }
}

/// Rows of raw SQL are read by the names of their columns.
fn raw_row(w: &mut RustWriter, tag: &str, shape: &Shape<'_>) {
    let row = shape.row("E");
    let head = format!("impl<E: ::bindery::Hosts<{tag}>> ::bindery::FromRow<E> for {row}");
    w.block(&head, |w| {
        w.item(|w| {
            w.assignment(
                "const COLUMNS: ::bindery::raw::RowColumns",
                &Expr::text("::bindery::raw::RowColumns::of_model(&INFO)"),
            );
        });
        w.item(|w| {
            let signature = Signature {
                head: "fn read_row".to_owned(),
                params: vec![
                    "row: &mut ::bindery::types::RowReader<'_>".to_owned(),
                    "engine: E".to_owned(),
                ],
                returns: Some("::bindery::Result<Self>".to_owned()),
                bounds: Vec::new(),
            };
            w.function(&signature, |w| {
                w.value(&Expr::text(format!(
                    "<{tag} as ::bindery::Model>::read(row, engine)"
                )));
            });
        });
    });
}

fn constants(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    let name = string_literal(&shape.names.row);
    w.line(&format!("const NAME: &'static str = {name};"));
    let engines = shape.table.engines.iter().map(|id| {
        let engine = &around.engines[id.0 as usize];
        Expr::text(string_literal(&engine.name))
    });
    w.assignment(
        "const ENGINES: &'static [&'static str]",
        &Expr::Array(engines.into_vec()),
    );
}

fn types(w: &mut RustWriter, shape: &Shape<'_>) {
    let mut ty = |name: &str, ty: &str| w.line(&format!("type {name}{ENGINE_PARAMETER} = {ty};"));
    ty("Row", &shape.row("E"));
    ty("Key", &shape.key("E"));
    ty("New", &shape.new_row("E"));
    ty("Patch", &shape.patch("E"));
    ty("Inserted", &inserted_type(shape));
}

fn inserted_type(shape: &Shape<'_>) -> String {
    if shape.has_key() {
        shape.row("E")
    } else if shape.is_view() {
        READ_ONLY.to_owned()
    } else {
        "()".to_owned()
    }
}

fn method(name: &str, params: Vec<String>, returns: Option<String>) -> Signature {
    Signature {
        head: format!("fn {name}{ENGINE_PARAMETER}"),
        params,
        returns,
        bounds: Vec::new(),
    }
}

fn read_method(w: &mut RustWriter, shape: &Shape<'_>) {
    let engine_is_used =
        shape.engine_field.is_some() || shape.fields.iter().any(|field| field.on_row_engine);
    let row = if shape.fields.is_empty() { "_" } else { "row" };
    let engine = if engine_is_used { "engine" } else { "_" };
    let params = vec![
        format!("{row}: &mut ::bindery::types::RowReader<'_>"),
        format!("{engine}: E"),
    ];
    let returns = format!("::bindery::Result<{}>", shape.row("E"));
    w.function(&method("read", params, Some(returns)), |w| {
        let row = Expr::Struct(shape.names.row.clone(), read_fields(shape));
        w.value(&Expr::call("::core::result::Result::Ok", vec![row]));
    });
}

fn read_fields(shape: &Shape<'_>) -> Vec<(String, Expr)> {
    let engine = shape
        .engine_field
        .map(|name| (name.to_owned(), Expr::text("engine")));
    let fields = shape
        .fields
        .iter()
        .map(|field| (field.name.to_owned(), Expr::text(field.read())));
    engine.into_iter().chain(fields).into_vec()
}

fn inserted(w: &mut RustWriter, shape: &Shape<'_>) {
    let (row, value) = if shape.has_key() {
        ("row", "row")
    } else if shape.is_view() {
        ("_", "::core::option::Option::None")
    } else {
        ("_", "::core::option::Option::Some(())")
    };
    let params = vec![format!("{row}: ::core::option::Option<{}>", shape.row("E"))];
    let returns = format!("::core::option::Option<{}>", inserted_type(shape));
    w.function(&method("inserted", params, Some(returns)), |w| {
        w.line(value)
    });
}

/// A method that writes some columns of a row.
fn write_columns<'a>(
    w: &mut RustWriter,
    shape: &Shape<'_>,
    name: &str,
    columns: impl Iterator<Item = &'a Field<'a>>,
) {
    let columns: Vec<_> = columns.into_vec();
    let (row, params) = if columns.is_empty() {
        ("_", "_")
    } else {
        ("row", "params")
    };
    let params = vec![
        format!("{row}: &{}", shape.row("E")),
        format!("{params}: &mut ::bindery::types::ParamWriter<'_>"),
    ];
    let signature = method(name, params, None);
    if columns.is_empty() {
        return w.function(&signature, |_| ());
    }
    w.function(&signature, |w| {
        for field in columns {
            w.line(&field.pushed(&field.params(), &format!("&row.{}", field.name)));
        }
    });
}

fn write_row(w: &mut RustWriter, shape: &Shape<'_>) {
    let columns = shape.fields.iter().filter(|field| field.is_writable());
    write_columns(w, shape, "write_row", columns);
}

fn write_saved(w: &mut RustWriter, shape: &Shape<'_>) {
    let columns = shape.fields.iter().filter(|field| field.is_saved());
    write_columns(w, shape, "write_saved", columns);
}

fn write_version(w: &mut RustWriter, shape: &Shape<'_>) {
    if shape.version().is_some() {
        w.item(|w| write_columns(w, shape, "write_version", shape.version().into_iter()));
    }
}

fn belonging(w: &mut RustWriter, shape: &Shape<'_>) {
    let keys = |field: &&Field<'_>| field.on_row_engine;
    let new: Vec<Expr> = shape
        .given()
        .map(|(_, field)| field)
        .filter(|field| field.new_on_row_engine())
        .map(|field| belongs("new", field, field.given.may_be_left_out()))
        .into_vec();
    let patch: Vec<Expr> = shape
        .changeable()
        .map(|(_, field)| field)
        .filter(keys)
        .map(|field| belongs("patch", field, true))
        .into_vec();
    let carried = shape
        .engine_field
        .map(|name| Expr::text(format!("row.{name} == engine")));
    let fields = shape.fields.iter().filter(keys);
    let row = carried
        .into_iter()
        .chain(fields.map(|field| belongs("row", field, false)))
        .into_vec();
    belongs_to(w, "new_belongs_to", ("new", &shape.new_row("E")), new);
    belongs_to(w, "patch_belongs_to", ("patch", &shape.patch("E")), patch);
    belongs_to(w, "row_belongs_to", ("row", &shape.row("E")), row);
}

/// Calls the rules of the program. Where there are none, rustc says what to write.
fn validation(w: &mut RustWriter, shape: &Shape<'_>) {
    let values = [
        ("validate_new", "new", "new_row", shape.new_row("E")),
        ("validate_patch", "patch", "patch", shape.patch("E")),
        ("validate_row", "row", "row", shape.row("E")),
    ];
    for (name, param, rule, ty) in values {
        w.item(|w| {
            let returns = "::core::result::Result<(), ::bindery::Invalid>".to_owned();
            let params = vec![format!("{param}: &{ty}")];
            w.function(&method(name, params, Some(returns)), |w| {
                w.line(&format!(
                    "<Self as ::bindery::Validate>::{rule}::<E>({param})"
                ));
            });
        });
    }
}

fn belongs_to(w: &mut RustWriter, name: &str, (param, ty): (&str, &str), all: Vec<Expr>) {
    if all.is_empty() {
        return;
    }
    w.item(|w| {
        let params = vec![format!("{param}: &{ty}"), "engine: E".to_owned()];
        w.function(&method(name, params, Some("bool".to_owned())), |w| {
            w.value(&Expr::All(all));
        });
    });
}

/// Asks a key whether it belongs to the engine; one that may be left out, or is NULL, does.
fn belongs(value: &str, field: &Field<'_>, left_out: bool) -> Expr {
    let is_on = "is_none_or(|key| key.engine() == engine)";
    let calls: &[&str] = match (left_out, field.nullable) {
        (false, false) => return Expr::text(format!("{value}.{}.engine() == engine", field.name)),
        (true, true) => &["iter()", "flatten()", "all(|key| key.engine() == engine)"],
        (true, false) | (false, true) => &["as_ref()", is_on],
    };
    let parts = std::iter::once(field.name).chain(calls.iter().copied());
    Expr::Chain(value.to_owned(), parts.map(Expr::text).into_vec())
}

fn key(w: &mut RustWriter, shape: &Shape<'_>) {
    let params = vec![format!("row: &{}", shape.row("E"))];
    w.function(&method("key", params, Some(shape.key("E"))), |w| {
        w.value(&key_value(shape));
    });
}

fn key_value(shape: &Shape<'_>) -> Expr {
    let of_row = |field: &Field<'_>| {
        let clone = if field.facts.copy { "" } else { ".clone()" };
        Expr::text(format!("row.{}{clone}", field.name))
    };
    match &shape.key {
        KeyShape::Composite { engine, .. } => {
            let engine = engine.map(|name| (name.to_owned(), Expr::text(shape.engine_of("row"))));
            let fields = shape
                .key_fields()
                .into_iter()
                .map(|field| (field.name.to_owned(), of_row(field)));
            Expr::Struct(
                shape.names.key.clone(),
                engine.into_iter().chain(fields).into_vec(),
            )
        }
        KeyShape::Single { field, .. } => of_row(&shape.fields[*field]),
        KeyShape::None => Expr::text(""),
    }
}

fn write_key(w: &mut RustWriter, shape: &Shape<'_>) {
    let params = vec![
        format!("key: &{}", shape.key("E")),
        "params: &mut ::bindery::types::ParamWriter<'_>".to_owned(),
    ];
    w.function(&method("write_key", params, None), |w| match &shape.key {
        KeyShape::Composite { .. } => {
            for field in shape.key_fields() {
                let value = format!("&key.{}", field.name);
                w.line(&field.pushed(field.key_params(), &value));
            }
        }
        KeyShape::Single { field, .. } => {
            let field = &shape.fields[*field];
            w.line(&field.pushed(field.key_params(), "key"));
        }
        KeyShape::None => w.line("params.push(key);"),
    });
}

fn key_belongs(w: &mut RustWriter, shape: &Shape<'_>) {
    let all = match &shape.key {
        KeyShape::Composite {
            engine: Some(name), ..
        } => {
            vec![Expr::text(format!("key.{name} == engine"))]
        }
        KeyShape::Composite { engine: None, .. } => shape
            .key_fields()
            .into_iter()
            .filter(|field| field.on_row_engine)
            .map(|field| belongs("key", field, false))
            .into_vec(),
        KeyShape::Single { .. } if shape.key_generic => {
            vec![Expr::text("key.engine() == engine")]
        }
        KeyShape::Single { .. } | KeyShape::None => Vec::new(),
    };
    belongs_to(w, "key_belongs_to", ("key", &shape.key("E")), all);
}
