//! The facts that a program has of a table whose changes triggers record: the names of the triggers, and the form of a recorded key.

use bindery_schema::dialect::Dialect;
use bindery_schema::lists::IntoVec as _;
use bindery_schema::model::{CheckedModel, TableId};
use bindery_schema::plan::capture::{self, Capture, KeyForm};

use crate::emit::shape::{KeyShape, Shape, Surroundings};
use crate::rust_writer::{Expr, RustWriter, Signature, string_literal};

/// The triggers of a table in each dialect that it is on, and the forms of its key.
#[derive(Debug, Hash)]
pub(crate) struct Captured {
    captures: Vec<(Dialect, Capture)>,
    key: Vec<KeyForm>,
}

/// Asks the plan once for each dialect.
pub(crate) fn planned(model: &CheckedModel, id: TableId) -> Option<Captured> {
    let table = model.table(id);
    table.capture?;
    let mut captures: Vec<(Dialect, Capture)> = Vec::new();
    for &engine in &table.engines {
        let dialect = model.engine(engine).dialect;
        if captures.iter().all(|(other, _)| *other != dialect) {
            captures.extend(capture::capture(table, dialect).map(|one| (dialect, one)));
        }
    }
    let key = table.primary_key.as_ref()?.columns.iter();
    let key = key.filter_map(|id| capture::key_form(table.column(*id)));
    Some(Captured {
        captures,
        key: key.into_vec(),
    })
}

/// Writes the implementation for a model whose changes are recorded.
pub(crate) fn captured(
    w: &mut RustWriter,
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    captured: &Captured,
) {
    w.item(|w| {
        let tag = around.tag(shape.names);
        w.block(&format!("impl ::bindery::sync::Captured for {tag}"), |w| {
            w.item(|w| constants(w, captured));
            w.item(|w| read_key(w, shape));
        });
    });
}

fn constants(w: &mut RustWriter, captured: &Captured) {
    let captures = captured.captures.iter().map(|(dialect, capture)| {
        let triggers = capture.triggers.iter();
        let triggers = triggers.map(|name| Expr::text(string_literal(name)));
        let fields = vec![
            (
                "dialect".to_owned(),
                Expr::text(format!("::bindery::Dialect::{dialect:?}")),
            ),
            (
                "table".to_owned(),
                Expr::text(string_literal(&capture.table)),
            ),
            ("triggers".to_owned(), Expr::Array(triggers.into_vec())),
        ];
        Expr::Struct("::bindery::__private::CaptureSql".to_owned(), fields)
    });
    w.assignment(
        "const CAPTURES: &'static [::bindery::__private::CaptureSql<'static>]",
        &Expr::Array(captures.into_vec()),
    );
    let forms = captured.key.iter();
    let forms = forms.map(|form| Expr::text(format!("::bindery::__private::KeyForm::{form:?}")));
    w.assignment(
        "const KEY: &'static [::bindery::__private::KeyForm]",
        &Expr::Array(forms.into_vec()),
    );
}

fn read_key(w: &mut RustWriter, shape: &Shape<'_>) {
    let fields = shape.key_fields();
    let is_used =
        |engine: Option<&str>| engine.is_some() || fields.iter().any(|field| field.on_row_engine);
    let (value, engine) = match &shape.key {
        KeyShape::Composite { engine, .. } => {
            let own = engine.map(|name| (name.to_owned(), Expr::text("engine")));
            let read = fields
                .iter()
                .map(|field| (field.name.to_owned(), Expr::text(field.read())));
            let key = Expr::Struct(
                shape.names.key.clone(),
                own.into_iter().chain(read).into_vec(),
            );
            let value = Expr::call("::core::result::Result::Ok", vec![key]);
            (value, is_used(*engine))
        }
        KeyShape::Single { field, .. } => {
            let read = shape.fields[*field].read();
            let value = Expr::text(read.trim_end_matches('?').to_owned());
            (value, is_used(None))
        }
        KeyShape::None => return,
    };
    let engine = if engine { "engine" } else { "_" };
    let signature = Signature {
        head: "fn read_key<E: ::bindery::Engine>".to_owned(),
        params: vec![
            "row: &mut ::bindery::types::RowReader<'_>".to_owned(),
            format!("{engine}: E"),
        ],
        returns: Some(format!("::bindery::Result<{}>", shape.key("E"))),
        bounds: Vec::new(),
    };
    w.function(&signature, |w| w.value(&value));
}
