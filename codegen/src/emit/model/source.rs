//! `ColumnSource` and `Debug` of `New…` and `…Patch`: which columns have a value, and the values.

use bindery_schema::lists::IntoVec as _;
use bindery_schema::plan::statements::FIRST_VERSION;

use crate::emit::shape::{Field, Given, Shape, derived_name};
use crate::emit::text::impl_head;
use crate::rust_writer::{Expr, RustWriter, Signature, string_literal};

/// Which value a column gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Value {
    /// The field's, which must have one.
    Always,
    /// The field's, or else NULL.
    OrNull,
    /// The field's, if it has one.
    IfGiven,
    /// The field's, or else the first version.
    OrFirst,
    /// The field's, or else now.
    OrNow,
}

impl Value {
    fn given(field: &Field<'_>) -> Self {
        match field.given {
            Given::Never | Given::Required => Self::Always,
            Given::Nullable => Self::OrNull,
            Given::Optional => Self::IfGiven,
            Given::Version => Self::OrFirst,
            Given::Now => Self::OrNow,
        }
    }

    /// Whether the column has a value where the program gave none.
    fn is_filled_in(self) -> bool {
        match self {
            Self::Always | Self::IfGiven => false,
            Self::OrNull | Self::OrFirst | Self::OrNow => true,
        }
    }

    fn written(self, field: &Field<'_>) -> String {
        let (params, name) = (field.params(), field.name);
        match self {
            Self::Always | Self::OrNull => field.pushed(&params, &format!("&self.{name}")),
            Self::IfGiven => field.pushed_if_given(&format!("self.{name}")),
            Self::OrFirst => format!("{params}.push(&self.{name}.unwrap_or({FIRST_VERSION}));"),
            Self::OrNow => format!("{params}.given_or_now(&self.{name});"),
        }
    }
}

/// Writes the implementations for new rows and for changes.
pub(crate) fn sources(w: &mut RustWriter, shape: &Shape<'_>) {
    let given: Vec<_> = shape
        .given()
        .map(|(at, field)| (at, field, Value::given(field)))
        .into_vec();
    source(w, shape.new_generic(), &shape.new_row("E"), &given);
    debug(
        w,
        &shape.names.new,
        (shape.new_generic(), &shape.new_row("E")),
        &shape.derives.new,
    );
    let changed: Vec<_> = shape
        .changeable()
        .map(|(at, field)| (at, field, Value::IfGiven))
        .into_vec();
    source(w, shape.patch_generic(), &shape.patch("E"), &changed);
    debug(
        w,
        &shape.names.patch,
        (shape.patch_generic(), &shape.patch("E")),
        &shape.derives.patch,
    );
}

/// `Debug` with the names of the columns that are given: a derived one takes rustc a tenth of all generated code.
fn debug(w: &mut RustWriter, name: &str, (generic, ty): (bool, &str), derives: &[&str]) {
    if derives.iter().any(|path| derived_name(path) == "Debug") {
        return;
    }
    let name = string_literal(name);
    w.item(|w| {
        w.block(
            &impl_head(generic, &format!("::core::fmt::Debug for {ty}")),
            |w| {
                let head =
                    "fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result";
                w.block(head, |w| {
                    w.line(&format!(
                        "::bindery::__private::debug_given({name}, &INFO, self, f)"
                    ));
                });
            },
        );
    });
}

/// Position, column and value.
type Columns<'a> = [(usize, &'a Field<'a>, Value)];

fn source(w: &mut RustWriter, generic: bool, name: &str, columns: &Columns<'_>) {
    w.item(|w| {
        let head = impl_head(
            generic,
            &format!("::bindery::__private::ColumnSource for {name}"),
        );
        w.block(&head, |w| {
            w.item(|w| {
                w.block(
                    "fn columns(&self) -> ::bindery::__private::ColumnSet",
                    |w| {
                        w.value(&column_set(columns));
                    },
                );
            });
            if columns.iter().any(|(.., value)| value.is_filled_in()) {
                w.item(|w| {
                    w.block("fn given(&self) -> ::bindery::__private::ColumnSet", |w| {
                        w.value(&given_set(columns));
                    });
                });
            }
            w.item(|w| {
                let signature = write_signature(columns.is_empty());
                if columns.is_empty() {
                    return w.function(&signature, |_| ());
                }
                w.function(&signature, |w| {
                    for (_, field, value) in columns {
                        w.line(&value.written(field));
                    }
                });
            });
        });
    });
}

fn column_set(columns: &Columns<'_>) -> Expr {
    let parts = columns.iter().map(|(at, field, value)| {
        let position = Expr::text(at.to_string());
        match value {
            Value::Always | Value::OrNull | Value::OrFirst | Value::OrNow => {
                Expr::call("with", vec![position])
            }
            Value::IfGiven => {
                let given = Expr::text(format!("self.{}.is_some()", field.name));
                Expr::call("with_if", vec![given, position])
            }
        }
    });
    Expr::Chain(
        "::bindery::__private::ColumnSet::new()".to_owned(),
        parts.into_vec(),
    )
}

/// A column may have the name of a method, so none of `self` is called.
fn given_set(columns: &Columns<'_>) -> Expr {
    let filled_in = columns.iter().filter(|(.., value)| value.is_filled_in());
    let parts = filled_in.map(|(at, field, _)| {
        let is_none = Expr::text(format!("self.{}.is_none()", field.name));
        Expr::call("without_if", vec![is_none, Expr::text(at.to_string())])
    });
    let columns = "::bindery::__private::ColumnSource::columns(self)".to_owned();
    Expr::Chain(columns, parts.into_vec())
}

fn write_signature(unused: bool) -> Signature {
    let params = if unused { "_" } else { "params" };
    Signature {
        head: "fn write".to_owned(),
        params: vec![
            "&self".to_owned(),
            format!("{params}: &mut ::bindery::types::ParamWriter<'_>"),
        ],
        returns: None,
        bounds: Vec::new(),
    }
}
