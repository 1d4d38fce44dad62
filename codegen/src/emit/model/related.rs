//! The methods of rows for what belongs to them: `post.author(&mut c)`, `user.posts(&mut c)`.

use crate::emit::shape::{
    ReferenceShape, ReferencedShape, Shape, Surroundings, ThroughShape, applied,
};
use crate::emit::text::{TRACKED, UNUSED, code, impl_head};
use crate::rust_writer::{RustWriter, Signature};
use bindery_schema::lists::IntoVec as _;

/// The methods; a derived struct, which may have methods of its own, gets none.
pub(crate) fn methods(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    let is_empty = shape.references.is_empty() && shape.referenced.is_empty();
    if !around.scope.modules || is_empty {
        return;
    }
    w.item(|w| {
        w.line(UNUSED);
        w.block(&impl_head(shape.several, &shape.row("E")), |w| {
            for reference in &shape.references {
                w.item(|w| to_one(w, around, shape, reference));
            }
            for referenced in &shape.referenced {
                w.item(|w| has(w, around, shape, referenced));
            }
            for through in &shape.through {
                w.item(|w| many_to_many(w, around, shape, through));
            }
            trees(w, around, shape);
        });
    });
}

/// A method that takes a connection to all these models.
fn signature(
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    (name, rows): (&str, &[&str]),
    returns: String,
) -> Signature {
    let (own, is_lent) = (around.tag(shape.names), returns.contains("'c"));
    let tags = rows
        .iter()
        .map(|row| format!("{}::{row}", around.scope.model));
    let mut tags: Vec<String> = std::iter::once(own).chain(tags).into_vec();
    tags.dedup();
    let hosts: Vec<String> = tags
        .iter()
        .map(|tag| format!("::bindery::Hosts<{tag}>"))
        .into_vec();
    let lifetime = is_lent.then_some("'c");
    let engine = (!shape.several).then_some("E");
    let parameters: Vec<&str> = lifetime.into_iter().chain(engine).into_vec();
    let parameters = match parameters.as_slice() {
        [] => String::new(),
        some => format!("<{}>", some.join(", ")),
    };
    let lent = if is_lent { "'c " } else { "" };
    Signature {
        head: format!("pub fn {name}{parameters}"),
        params: vec![
            format!("&{lent}self"),
            format!("c: &{lent}mut ::bindery::Connection<E>"),
        ],
        returns: Some(returns),
        bounds: vec![format!("E: {}", hosts.join(" + "))],
    }
}

const FAILS: [&str; 3] = [
    "",
    "# Errors",
    "The row is of another engine than the connection, or the database fails.",
];

fn documented(w: &mut RustWriter, about: String) {
    w.doc(&about);
    w.docs(FAILS);
}

fn constant(shape: &Shape<'_>, name: &str) -> String {
    format!("super::{}::{name}", shape.names.columns)
}

fn to_one(
    w: &mut RustWriter,
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    reference: &ReferenceShape<'_>,
) {
    let to = reference.to;
    documented(
        w,
        format!("The row of {} that this one refers to.", code(&to.accessor)),
    );
    let row = applied(&to.row, reference.is_to_several, "E");
    let row = if reference.is_to_self {
        row
    } else {
        format!("super::{}::{row}", to.module)
    };
    let returns = format!("::bindery::Result<::core::option::Option<{row}>>");
    let named = (reference.method.as_str(), [to.row.as_str()]);
    let name = reference.constant.as_deref();
    let name = name.unwrap_or_else(|| shape.fields[reference.columns[0]].name);
    w.line(TRACKED);
    w.function(
        &signature(around, shape, (named.0, &named.1), returns),
        |w| {
            let constant = constant(shape, name);
            match reference.constant {
                None => w.line(&format!(
                    "::bindery::relation::parent_of({constant}, c, self)"
                )),
                Some(_) => w.line(&format!("c.load_one(self, {constant})")),
            }
        },
    );
}

fn has(
    w: &mut RustWriter,
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    referenced: &ReferencedShape<'_>,
) {
    let from = referenced.from;
    let tag = around.tag(from);
    let rows = [from.row.as_str()];
    let named = (referenced.method.as_str(), rows.as_slice());
    let constant = constant(shape, &referenced.constant);
    if referenced.is_unique {
        documented(
            w,
            format!(
                "The row of {} that refers to this one.",
                code(&from.accessor)
            ),
        );
        let returns = format!(
            "::bindery::Result<::core::option::Option<<{tag} as ::bindery::Model>::Row<E>>>"
        );
        w.line(TRACKED);
        w.function(&signature(around, shape, named, returns), |w| {
            w.line(&format!("c.load_one(self, {constant})"));
        });
    } else {
        w.doc(&format!(
            "The rows of {} that refer to this one.",
            code(&from.accessor)
        ));
        let returns = format!("::bindery::Query<'c, {tag}, E>");
        w.function(&signature(around, shape, named, returns), |w| {
            w.line(&format!(
                "::bindery::relation::rows_of({constant}, c, self)"
            ));
        });
    }
}

fn many_to_many(
    w: &mut RustWriter,
    around: &Surroundings<'_>,
    shape: &Shape<'_>,
    through: &ThroughShape<'_>,
) {
    w.doc(&format!(
        "The rows of {} that belong to this one.",
        code(&through.to.accessor)
    ));
    let [link, to] = [through.link, through.to].map(|names| around.tag(names));
    let tag = around.tag(shape.names);
    let returns = format!("::bindery::relation::Through<'c, {tag}, {link}, {to}, E>");
    let rows = [through.link.row.as_str(), through.to.row.as_str()];
    let constant = constant(shape, &through.constant);
    w.function(
        &signature(around, shape, (&through.method, &rows), returns),
        |w| {
            w.line(&format!("{constant}.of(c, self)"));
        },
    );
}

/// Of a model with one reference to itself.
fn trees(w: &mut RustWriter, around: &Surroundings<'_>, shape: &Shape<'_>) {
    let own = shape
        .references
        .iter()
        .filter(|one| one.is_to_self && one.constant.is_none());
    let [only] = own.into_vec()[..] else {
        return;
    };
    let constant = constant(shape, shape.fields[only.columns[0]].name);
    let ways = [
        ("ancestors", "The rows above this one, nearest first."),
        ("descendants", "The rows below this one, level by level."),
    ];
    for (name, about) in ways {
        w.item(|w| {
            documented(w, about.to_owned());
            let returns = format!("::bindery::Result<::std::vec::Vec<{}>>", shape.row("E"));
            w.line(TRACKED);
            w.function(&signature(around, shape, (name, &[]), returns), |w| {
                w.line(&format!("{constant}.{name}(c, self)"));
            });
        });
    }
}
