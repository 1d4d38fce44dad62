//! Interfaces: a trait over models of several engines, its implementation by each, the enum of their rows, and the look-ups in
//! their order. They stand in a module beside those of the models, so that types have the same paths in all.

use bindery_schema::column_type::TypeClass;
use bindery_schema::lists::IntoVec as _;
use bindery_schema::model::{Column, Interface, Model, Table};
use bindery_schema::name::escape_keyword;
use bindery_schema::rust_type::Argument;

use crate::emit::shape::names::{INTERFACES, interface_items, lookup_name, row_name};
use crate::emit::shape::{Field, Shape, Surroundings};
use crate::emit::text::{TRACKED, UNUSED, UNUSED_IMPORT, in_words};
use crate::rust_writer::{RustWriter, Signature};

/// An interface with the shapes of its models.
struct Over<'a> {
    interface: &'a Interface,
    /// In their order, each with the field of its row for each field of the interface.
    models: Vec<(&'a Shape<'a>, Vec<(usize, &'a Field<'a>)>)>,
}

/// Everything of all interfaces; nothing where there are none.
pub(crate) fn interfaces(
    w: &mut RustWriter,
    model: &Model,
    around: &Surroundings<'_>,
    all: &[Shape<'_>],
) {
    if model.interfaces.is_empty() {
        return;
    }
    let over: Vec<Over<'_>> = model
        .interfaces
        .iter()
        .map(|interface| Over::new(model, interface, all))
        .into_vec();
    w.item(|w| {
        w.doc("The fields that models of several engines share.");
        w.line(UNUSED);
        w.block(&format!("pub mod {INTERFACES}"), |w| {
            w.item(|w| {
                w.line("use super::{engine, model};");
                if over.iter().any(Over::is_searched) {
                    w.line("use ::bindery::Column;");
                }
            });
            for one in &over {
                one.items(w, around);
            }
        });
    });
    w.item(|w| {
        w.line(UNUSED_IMPORT);
        w.reexport(INTERFACES, &interface_items(model));
    });
    w.item(|w| {
        w.line(UNUSED);
        w.block("impl Databases", |w| {
            over.iter().for_each(|one| one.method(w));
        });
    });
}

impl<'a> Over<'a> {
    fn new(model: &Model, interface: &'a Interface, all: &'a [Shape<'a>]) -> Self {
        let models = interface.places.iter().map(|place| {
            let (table, shape) = (model.table(place.table), &all[place.table.0 as usize]);
            let fields = place.columns.iter().map(|id| {
                let at = in_row(table, table.column(*id));
                (at, &shape.fields[at])
            });
            (shape, fields.into_vec())
        });
        Self {
            interface,
            models: models.into_vec(),
        }
    }

    fn items(&self, w: &mut RustWriter, around: &Surroundings<'_>) {
        self.declared(w, around);
        for at in 0..self.models.len() {
            self.implemented(w, at);
        }
        self.rows(w);
        self.rows_implement(w);
        self.lookup(w, around);
    }

    /// The names of the fields, as Rust has them, with those of the first model.
    fn fields(&self) -> impl Iterator<Item = (usize, String, &'a Field<'a>)> {
        let first = self.models.first().map(|(_, fields)| fields.as_slice());
        let names = self.interface.fields.iter().zip(first.unwrap_or_default());
        names
            .enumerate()
            .map(|(at, (name, (_, field)))| (at, escape_keyword(name), *field))
    }

    fn is_searched(&self) -> bool {
        self.fields()
            .any(|(_, _, field)| searched_by(field).is_some())
    }

    fn declared(&self, w: &mut RustWriter, around: &Surroundings<'_>) {
        let models = self.models.iter().map(|(shape, _)| {
            let engine = around.engine_of(shape.table.engines[0]);
            format!("`{}` on `{}`", shape.names.row, engine.name)
        });
        let models: Vec<String> = models.into_vec();
        w.item(|w| {
            w.doc(&format!(
                "The fields that rows of {} have in common.",
                in_words(&models)
            ));
            w.block(&format!("pub trait {}", self.interface.name), |w| {
                for (_, name, field) in self.fields() {
                    w.item(|w| {
                        w.doc(&format!("`{}`", name.trim_start_matches("r#")));
                        w.line(&format!("fn {name}(&self) -> {};", getter_type(field)));
                    });
                }
            });
        });
    }

    fn implemented(&self, w: &mut RustWriter, model: usize) {
        let (shape, fields) = &self.models[model];
        let names = shape.names;
        w.item(|w| {
            let head = format!(
                "impl {} for super::{}::{}",
                self.interface.name, names.module, names.row
            );
            w.block(&head, |w| {
                for (at, name, field) in self.fields() {
                    let signature =
                        Signature::new(&format!("fn {name}"), &["&self"], &getter_type(field));
                    w.item(|w| w.function(&signature, |w| w.line(&got(fields[at].1))));
                }
            });
        });
    }

    fn rows(&self, w: &mut RustWriter) {
        w.item(|w| {
            w.doc(&format!(
                "A row of [`{}`], as the model of its engine.",
                self.interface.name
            ));
            w.derive(&["Debug", "Clone"]);
            w.block(&format!("pub enum {}", row_name(self.interface)), |w| {
                for (shape, _) in &self.models {
                    let (row, module) = (&shape.names.row, &shape.names.module);
                    w.doc(&format!("A [`{row}`](super::{module}::{row})."));
                    w.line(&format!("{row}(super::{module}::{row}),"));
                }
            });
        });
    }

    fn rows_implement(&self, w: &mut RustWriter) {
        let interface = &self.interface.name;
        w.item(|w| {
            let head = format!("impl {interface} for {}", row_name(self.interface));
            w.block(&head, |w| {
                for (_, name, field) in self.fields() {
                    let signature =
                        Signature::new(&format!("fn {name}"), &["&self"], &getter_type(field));
                    w.item(|w| {
                        w.function(&signature, |w| {
                            w.block("match self", |w| {
                                for (shape, _) in &self.models {
                                    let row = &shape.names.row;
                                    w.line(&format!(
                                        "Self::{row}(row) => {interface}::{name}(row),"
                                    ));
                                }
                            });
                        });
                    });
                }
            });
        });
    }

    fn lookup(&self, w: &mut RustWriter, around: &Surroundings<'_>) {
        let name = lookup_name(self.interface);
        w.item(|w| {
            w.doc(&format!(
                "Look-ups of [`{}`]: on one engine after the other, in the order of the interface.",
                self.interface.name
            ));
            w.derive(&["Debug", "Clone"]);
            w.line("#[must_use]");
            w.line(&format!(
                "pub struct {name}<'d>(pub(super) ::bindery::__private::Lookup<'d>);"
            ));
        });
        w.item(|w| {
            w.block(&format!("impl {name}<'_>"), |w| {
                w.item(|w| {
                    w.docs([
                        "The same look-ups, which leave out an engine that cannot be reached; [`Found::unreachable`] names it. Where no other",
                        "engine has a row, that is the error still: whether there is one is not known.",
                        "",
                        "[`Found::unreachable`]: ::bindery::rows::Found::unreachable",
                    ]);
                    let signature = Signature::new("pub fn tolerate_outages", &["self"], "Self");
                    w.function(&signature, |w| w.line("Self(self.0.tolerate_outages())"));
                });
                for (at, name, field) in self.fields() {
                    if let Some(argument) = searched_by(field) {
                        self.finds(w, around, (at, &name, &argument), false);
                        self.finds(w, around, (at, &name, &argument), true);
                    }
                }
            });
        });
    }

    fn finds(
        &self,
        w: &mut RustWriter,
        around: &Surroundings<'_>,
        (at, name, argument): (usize, &str, &str),
        all: bool,
    ) {
        let bare = name.trim_start_matches("r#");
        let row = format!("::bindery::rows::Found<{}>", row_name(self.interface));
        let (head, returns, from, ends) = if all {
            let returns = format!("::std::vec::Vec<{row}>");
            (format!("pub fn find_all_by_{bare}"), returns, "all", "rows")
        } else {
            let returns = format!("::core::option::Option<{row}>");
            (format!("pub fn find_by_{bare}"), returns, "first", "row")
        };
        w.item(|w| {
            if all {
                w.docs([
                    &format!("The rows of all engines with this `{bare}`, in the order of the engines."),
                    "",
                    "# Errors",
                    "An engine cannot be reached, or its database fails.",
                ]);
            } else {
                w.docs([
                    &format!("The row with this `{bare}` on the first engine that has one."),
                    "",
                    "# Errors",
                    "An engine that comes before cannot be reached, its database fails, or it has several such rows.",
                ]);
            }
            w.line(TRACKED);
            let signature = Signature::new(
                &head,
                &["&self", &format!("{name}: {argument}")],
                &format!("::bindery::Result<{returns}>"),
            );
            w.function(&signature, |w| {
                w.line("self.0");
                w.indented(|w| {
                    w.line(&format!(".{from}()"));
                    for (shape, fields) in &self.models {
                        let engine = around.engine(shape.table.engines[0]);
                        let column = column(around, shape, fields[at]);
                        let row = format!("{}::{}", row_name(self.interface), shape.names.row);
                        w.line(&format!(".on({engine}, {column}, {name}, {row})"));
                    }
                    w.line(&format!(".{ends}()"));
                });
            });
        });
    }

    /// The way to the look-ups.
    fn method(&self, w: &mut RustWriter) {
        let (name, lookup) = (&self.interface.name, lookup_name(self.interface));
        w.item(|w| {
            w.doc(&format!("Look-ups of [`{name}`] over its engines."));
            let accessor = escape_keyword(&self.interface.accessor);
            let returns = format!("{lookup}<'_>");
            let signature = Signature::new(&format!("pub fn {accessor}"), &["&self"], &returns);
            w.function(&signature, |w| {
                w.line(&format!(
                    "{lookup}(::bindery::__private::Lookup::new(&self.0))"
                ));
            });
        });
    }
}

/// The position of a column's field in the row.
fn in_row(table: &Table, column: &Column) -> usize {
    let before = table
        .columns
        .iter()
        .take_while(|other| other.span != column.span);
    before.filter(|other| !other.skip).count()
}

/// The type of a getter: of a key the bare value, as keys name their models.
fn getter_type(field: &Field<'_>) -> String {
    let ty = borrowed(field);
    if field.nullable {
        format!("::core::option::Option<{ty}>")
    } else {
        ty
    }
}

fn borrowed(field: &Field<'_>) -> String {
    match field.facts.argument {
        Argument::Value => field.bare.clone(),
        Argument::Text => "&str".to_owned(),
        Argument::Slice => match element(&field.bare) {
            Some(element) => format!("&[{element}]"),
            None => format!("&{}", field.bare),
        },
        Argument::Reference => format!("&{}", field.bare),
    }
}

fn element(ty: &str) -> Option<&str> {
    ty.strip_prefix("::std::vec::Vec<")?.strip_suffix('>')
}

/// The expression of a getter.
fn got(field: &Field<'_>) -> String {
    let place = format!("self.{}", field.name);
    let is_value = field.facts.argument == Argument::Value;
    match (field.nullable, field.is_key, is_value) {
        (false, false, true) => place,
        (false, false, false) => format!("&{place}"),
        (false, true, true) => format!("*{place}.value()"),
        (false, true, false) => format!("{place}.value()"),
        (true, false, true) => place,
        (true, false, false) => match field.facts.argument {
            Argument::Text | Argument::Slice => format!("{place}.as_deref()"),
            Argument::Value | Argument::Reference => format!("{place}.as_ref()"),
        },
        (true, true, true) => format!("{place}.as_ref().map(|key| *key.value())"),
        (true, true, false) => format!("{place}.as_ref().map(|key| key.value())"),
    }
}

/// The argument of a look-up by this field, where its values can be compared in every database.
fn searched_by(field: &Field<'_>) -> Option<String> {
    let is_plain = field.functions.is_none() && field.facts.eq;
    let is_json = field.column.column_type.class() == TypeClass::Json;
    let is_list = field.facts.argument == Argument::Slice && field.bare != BYTES;
    (is_plain && !is_json && !is_list).then(|| borrowed(field))
}

const BYTES: &str = "::std::vec::Vec<u8>";

fn column(
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    (at, field): (usize, &Field<'_>),
) -> String {
    let binary = if field.key_params() == "params" {
        ""
    } else {
        ".binary()"
    };
    let tag = around.tag(shape.names);
    format!("Column::<{tag}, {}>::at({at}){binary}", field.bare)
}
