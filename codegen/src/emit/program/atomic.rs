//! The transactions of atomic groups: for each `[atomic.NAME]` a type with the engines of the group and the models on them.
//! Code that is the same in every program is a macro of the runtime's.

use bindery_schema::config::AtomicGroup;
use bindery_schema::lists::IntoVec as _;
use bindery_schema::model::{EngineId, Model};

use crate::emit::shape::{Shape, Surroundings};
use crate::emit::shared::accessors::{lints, rows_of};
use crate::emit::shared::choices::{NOT_CHOSEN, refused};
use crate::emit::text::{UNUSED, in_words};
use crate::rust_writer::{RustWriter, Signature, string_literal};

/// All groups; nothing where there are none.
pub(crate) fn groups(
    w: &mut RustWriter,
    model: &Model,
    around: &Surroundings<'_>,
    all: &[Shape<'_>],
) {
    if model.groups.is_empty() {
        return;
    }
    for (at, group) in model.groups.iter().enumerate() {
        transaction(w, around, group, all);
        let name = &group.name;
        let call = format!(
            "::bindery::__private::atomic!(Databases, {}, GROUPS[{at}], {name}, {name}_with, try_{name}, {name}_retry);",
            group.type_name()
        );
        w.item(|w| w.line(&call));
    }
    w.item(|w| {
        let count = model.groups.len();
        w.line(&format!(
            "static GROUPS: [::bindery::__private::AtomicGroup; {count}] = ["
        ));
        w.indented(|w| {
            for group in &model.groups {
                described(w, group);
            }
        });
        w.line("];");
    });
    w.item(|w| w.line("::bindery::__private::recovery!(Databases, GROUPS);"));
}

fn described(w: &mut RustWriter, group: &AtomicGroup) {
    let engines: Vec<String> = group.engines.iter().map(|id| id.0.to_string()).into_vec();
    w.line("::bindery::__private::AtomicGroup {");
    w.indented(|w| {
        w.line(&format!("name: {},", string_literal(&group.name)));
        w.line(&format!("engines: &[{}],", engines.join(", ")));
        w.line(&format!("home: {},", group.home.0));
    });
    w.line("},");
}

fn transaction(
    w: &mut RustWriter,
    around: &Surroundings<'_>,
    group: &AtomicGroup,
    all: &[Shape<'_>],
) {
    let name = group.type_name();
    let engines: Vec<String> = group
        .engines
        .iter()
        .map(|id| format!("`{}`", around.engine_of(*id).name))
        .into_vec();
    w.item(|w| {
        w.doc(&format!(
            "A transaction over {}: committed on all of them or on none.",
            in_words(&engines)
        ));
        w.line(UNUSED);
        w.line("#[must_use = \"a transaction that is not committed is rolled back\"]");
        w.line(&format!(
            "pub struct {name}(::bindery::atomic::AtomicTransaction);"
        ));
    });
    w.item(|w| {
        w.line(&lints(all));
        w.block(&format!("impl {name}"), |w| {
            for id in &group.engines {
                connection(w, around, *id);
            }
            for shape in all {
                w.item(|w| accessor(w, around, (group, &name), shape));
            }
        });
    });
}

fn connection(w: &mut RustWriter, around: &Surroundings<'_>, id: EngineId) {
    let (engine, ty) = (&around.engine_of(id).name, around.engine(id));
    w.item(|w| {
        w.docs([
            &format!("The connection of `{engine}`, within the transaction."),
            "",
            "# Errors",
            "The engine cannot be reached, no connection came free in time, or the deadline has passed.",
        ]);
        let returns = format!("::bindery::Result<&mut ::bindery::Connection<{ty}>>");
        let signature = Signature::new(&format!("pub fn {engine}"), &["&mut self"], &returns);
        w.function(&signature, |w| w.line(&format!("self.0.connection({ty})")));
    });
}

/// The accessor of a model: on the only engine of the group that hosts it; refused where there are several, or none.
pub(crate) fn accessor(
    w: &mut RustWriter,
    around: &Surroundings<'_>,
    (group, name): (&AtomicGroup, &str),
    shape: &Shape<'_>,
) {
    let hosts = shape
        .table
        .engines
        .iter()
        .filter(|id| group.engines.contains(id));
    match hosts.into_vec().as_slice() {
        [] => outside(w, around, name, shape),
        [only] => {
            let engine = around.engine(**only);
            w.doc(&rows_of(around, shape));
            let returns = format!(
                "::bindery::Repository<'_, {}, {engine}>",
                around.tag(shape.names)
            );
            let head = format!("pub fn {}", shape.names.accessor);
            let signature = Signature::new(&head, &["&mut self"], &returns);
            w.function(&signature, |w| {
                w.line(&format!("self.0.repository({engine})"))
            });
        }
        _ => refused(w, around, shape, "mut self"),
    }
}

/// It cannot be called: its bound says why.
fn outside(w: &mut RustWriter, around: &Surroundings<'_>, name: &str, shape: &Shape<'_>) {
    let (engine, tag) = (
        around.first_engine(shape.table.engines),
        around.tag(shape.names),
    );
    w.doc("No engine of the group hosts it.");
    let signature = Signature {
        head: format!("pub fn {}<'a>", shape.names.accessor),
        params: vec!["&'a mut self".to_owned()],
        returns: Some(format!("::bindery::Repository<'a, {tag}, {engine}>")),
        bounds: vec![format!(
            "{NOT_CHOSEN}: ::bindery::__private::InGroup<'a, {tag}, {name}>"
        )],
    };
    w.function(&signature, |w| {
        w.line(&format!("self.0.repository({engine})"))
    });
}
