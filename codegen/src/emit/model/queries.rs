//! The methods of a model's unique columns: `find_by_…`, `get_by_…`, `get_or_insert_by_…` and `upsert_by_…`.

use bindery_schema::lists::IntoVec as _;
use bindery_schema::rust_type::Argument;

use crate::emit::shape::{Field, Given, Shape, Surroundings, UniqueShape};
use crate::emit::text::{TRACKED, code, in_words};
use crate::rust_writer::{RustWriter, Signature};

/// The trait of a model's unique keys; nothing for a model without.
pub(crate) fn queries(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    if shape.uniques.is_empty() {
        return;
    }
    let engine = if shape.several { "<E>" } else { "" };
    let parameter = if shape.several {
        "<E: ::bindery::Engine>"
    } else {
        ""
    };
    let (tag, name) = (around.tag(shape.names), &shape.names.queries);
    w.item(|w| {
        let table = code(shape.table.name);
        w.doc(&format!(
            "Finding and replacing rows of {table} by unique columns."
        ));
        w.block(&format!("pub trait {name}{parameter}"), |w| {
            for unique in &shape.uniques {
                w.item(|w| {
                    find_docs(w, shape, unique);
                    w.line(TRACKED);
                    w.declaration(&find_signature(shape, unique));
                });
                w.item(|w| {
                    get_docs(w, shape, unique);
                    w.line(TRACKED);
                    w.declaration(&get_signature(shape, unique));
                });
                if can_upsert(shape, unique) {
                    w.item(|w| {
                        get_or_insert_docs(w, shape, unique);
                        w.line(TRACKED);
                        w.declaration(&write_signature("get_or_insert_by", shape, unique));
                    });
                    w.item(|w| {
                        upsert_docs(w, shape, unique);
                        w.line(TRACKED);
                        w.declaration(&write_signature("upsert_by", shape, unique));
                    });
                    w.item(|w| {
                        upsert_many_docs(w, shape, unique);
                        w.line(TRACKED);
                        w.declaration(&upsert_many_signature(shape, unique));
                    });
                }
            }
        });
    });
    w.item(|w| {
        let head = format!(
            "impl<E: ::bindery::Engine, A> {name}{engine} for ::bindery::Repository<'_, {tag}, E, A>"
        );
        w.block(&head, |w| {
            for (index, unique) in shape.uniques.iter().enumerate() {
                w.item(|w| {
                    w.function(&find_signature(shape, unique), |w| {
                        find_body(w, shape, index, unique)
                    });
                });
                w.item(|w| {
                    w.function(&get_signature(shape, unique), |w| get_body(w, shape, unique));
                });
                if can_upsert(shape, unique) {
                    w.item(|w| {
                        w.function(&write_signature("get_or_insert_by", shape, unique), |w| {
                            w.line(&format!("self.get_or_insert_by({index}, new)"));
                        });
                    });
                    w.item(|w| {
                        w.function(&write_signature("upsert_by", shape, unique), |w| {
                            w.line(&format!("self.upsert_by({index}, new)"));
                        });
                    });
                    w.item(|w| {
                        w.function(&upsert_many_signature(shape, unique), |w| {
                            w.line(&format!("self.upsert_many_by({index}, rows)"));
                        });
                    });
                }
            }
        });
    });
}

fn columns<'s>(shape: &'s Shape<'_>, unique: &UniqueShape<'_>) -> Vec<&'s Field<'s>> {
    unique.fields.iter().map(|&at| &shape.fields[at]).into_vec()
}

/// A deferred key is checked too late to decide by, and a key without values in `New…` has nothing to decide by.
fn can_upsert(shape: &Shape<'_>, unique: &UniqueShape<'_>) -> bool {
    let given = |&at: &usize| shape.fields[at].given != Given::Never;
    !unique.deferrable && unique.fields.iter().all(given)
}

/// The bound of methods that write: what only reads has them not.
fn writes() -> Vec<String> {
    vec!["Self: ::bindery::generic::CanWrite".to_owned()]
}

fn upsert_docs(w: &mut RustWriter, shape: &Shape<'_>, unique: &UniqueShape<'_>) {
    w.docs([
        format!(
            "Inserts a row, or sets what `new` gives in the one with the same {}; what it leaves out stays there.",
            names(shape, unique)
        ),
        String::new(),
        "# Errors".to_owned(),
        "Another constraint is violated, a column of this unique key is left out, or the database fails.".to_owned(),
    ]);
}

/// Returns the signature of a method that takes a new row, and returns the one that is stored.
fn write_signature(name: &str, shape: &Shape<'_>, unique: &UniqueShape<'_>) -> Signature {
    let inserted = if shape.has_key() {
        shape.row("E")
    } else {
        "()".to_owned()
    };
    Signature {
        head: format!("fn {name}_{}", unique.method_suffix),
        params: vec![
            "&mut self".to_owned(),
            format!("new: {}", shape.new_row("E")),
        ],
        returns: Some(format!("::bindery::Result<{inserted}>")),
        bounds: writes(),
    }
}

fn upsert_many_docs(w: &mut RustWriter, shape: &Shape<'_>, unique: &UniqueShape<'_>) {
    w.docs([
        format!(
            "The same of many rows, all or none: the later of two rows with the same {} updates the earlier.",
            names(shape, unique)
        ),
        String::new(),
        "# Errors".to_owned(),
        format!(
            "As `upsert_by_{}`; `Error::row` is the row that failed.",
            unique.method_suffix
        ),
    ]);
}

fn upsert_many_signature(shape: &Shape<'_>, unique: &UniqueShape<'_>) -> Signature {
    let item = shape.new_row("E");
    Signature {
        head: format!("fn upsert_many_by_{}", unique.method_suffix),
        params: vec![
            "&mut self".to_owned(),
            format!("rows: impl ::core::iter::IntoIterator<Item = {item}>"),
        ],
        returns: Some("::bindery::Result<::bindery::rows::Upserted>".to_owned()),
        bounds: writes(),
    }
}

fn names(shape: &Shape<'_>, unique: &UniqueShape<'_>) -> String {
    let fields = columns(shape, unique);
    let names: Vec<_> = fields
        .iter()
        .map(|field| code(field.column.name))
        .into_vec();
    in_words(&names)
}

fn find_docs(w: &mut RustWriter, shape: &Shape<'_>, unique: &UniqueShape<'_>) {
    w.doc(&format!(
        "The row with this {}, if there is one.",
        names(shape, unique)
    ));
    w.docs(["", "# Errors", "The database fails."]);
}

fn get_docs(w: &mut RustWriter, shape: &Shape<'_>, unique: &UniqueShape<'_>) {
    w.docs([
        format!("The row with this {}.", names(shape, unique)),
        String::new(),
        "# Errors".to_owned(),
        "`NotFound` where there is none, or the database fails.".to_owned(),
    ]);
}

fn get_signature(shape: &Shape<'_>, unique: &UniqueShape<'_>) -> Signature {
    Signature {
        head: format!("fn get_by_{}", unique.method_suffix),
        returns: Some(format!("::bindery::Result<{}>", shape.row("E"))),
        ..find_signature(shape, unique)
    }
}

fn get_body(w: &mut RustWriter, shape: &Shape<'_>, unique: &UniqueShape<'_>) {
    let fields = columns(shape, unique);
    let arguments: Vec<&str> = fields.iter().map(|field| field.name).into_vec();
    let (suffix, arguments) = (&unique.method_suffix, arguments.join(", "));
    w.line(&format!("let row = self.find_by_{suffix}({arguments})?;"));
    w.line("self.found(row)");
}

fn get_or_insert_docs(w: &mut RustWriter, shape: &Shape<'_>, unique: &UniqueShape<'_>) {
    w.docs([
        format!(
            "The row with the same {}, as it is; where there is none, `new` is inserted.",
            names(shape, unique)
        ),
        String::new(),
        "# Errors".to_owned(),
        "Another constraint is violated, a column of this unique key is left out, or the database fails.".to_owned(),
    ]);
}

fn find_signature(shape: &Shape<'_>, unique: &UniqueShape<'_>) -> Signature {
    let suffix = &unique.method_suffix;
    let arguments = columns(shape, unique)
        .into_iter()
        .map(|field| format!("{}: {}", field.name, argument_type(field)));
    Signature {
        head: format!("fn find_by_{suffix}"),
        params: std::iter::once("&mut self".to_owned())
            .chain(arguments)
            .into_vec(),
        returns: Some(format!(
            "::bindery::Result<::core::option::Option<{}>>",
            shape.row("E")
        )),
        bounds: Vec::new(),
    }
}

fn argument_type(field: &Field<'_>) -> String {
    let argument = match field.facts.argument {
        Argument::Value => Argument::Value,
        _ if field.is_key => Argument::Reference,
        other => other,
    };
    match argument {
        Argument::Value => field.ty.clone(),
        Argument::Text => "&str".to_owned(),
        Argument::Slice => {
            let element = field.ty.strip_prefix("::std::vec::Vec<");
            let element = element.and_then(|rest| rest.strip_suffix('>'));
            format!("&[{}]", element.unwrap_or(&field.ty))
        }
        Argument::Reference => format!("&{}", field.ty),
    }
}

fn find_body(w: &mut RustWriter, shape: &Shape<'_>, index: usize, unique: &UniqueShape<'_>) {
    let fields = columns(shape, unique);
    let call = if belong(w, &fields) {
        format!("self.find_by_keys({index}, belong, &mut |params|")
    } else {
        format!("self.find_by({index}, &mut |params|")
    };
    let pushes: Vec<String> = fields.iter().map(|field| push(field)).into_vec();
    match pushes.as_slice() {
        [only] => w.line(&format!("{call} {only})")),
        several => {
            w.line(&format!("{call} {{"));
            w.indented(|w| several.iter().for_each(|push| w.line(&format!("{push};"))));
            w.line("})");
        }
    }
}

/// Writes the checks that the keys among the columns are of the engine; `false` where there are no such keys.
fn belong(w: &mut RustWriter, fields: &[&Field<'_>]) -> bool {
    let keys = fields.iter().filter(|field| field.on_row_engine);
    let asked = keys.map(|field| format!("{}.engine() == engine", field.name));
    let asked: Vec<String> = asked.into_vec();
    if asked.is_empty() {
        return false;
    }
    w.line(&format!("let belong = |engine: E| {};", asked.join(" && ")));
    true
}

fn push(field: &Field<'_>) -> String {
    let sign = if field.facts.argument == Argument::Value {
        "&"
    } else {
        ""
    };
    let value = field.written(&format!("{sign}{}", field.name));
    format!("{}.push({value})", field.key_params())
}
