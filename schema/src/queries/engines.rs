//! The engines that a query runs on: those that host everything that it names.

use crate::ast::Name;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Diagnostics;
use crate::dialect::Dialect;
use crate::lists::IntoVec as _;
use crate::model::{EngineId, Model, Table, TableId};
use crate::name;
use crate::name::quoted_list;

use super::written::{Door, WrittenQuery};

/// The engines that annotations leave to a query; `None` where one of them is not there.
pub(super) fn allowed(
    model: &Model,
    query: &WrittenQuery,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<EngineId>> {
    let notes = &query.notes;
    let mut known = true;
    for name in &notes.engines {
        if named(model, name).is_none() {
            diagnostics.push(unknown(model, name));
            known = false;
        }
    }
    let is_named = |id: EngineId| {
        notes.engines.is_empty()
            || notes
                .engines
                .iter()
                .any(|name| named(model, name) == Some(id))
    };
    let speaks = |id: EngineId| {
        notes
            .dialect
            .is_none_or(|dialect| model.engine(id).dialect == dialect)
    };
    let allowed: Vec<EngineId> = model
        .engine_ids()
        .filter(|&id| is_named(id) && speaks(id))
        .into_vec();
    if allowed.is_empty() && known {
        diagnostics.push(none_of_dialect(query));
    }
    (!allowed.is_empty() && known).then_some(allowed)
}

/// The dialect of the first engine that is named, else of the default engine.
pub(super) fn first_dialect(model: &Model, name: Option<&String>) -> Dialect {
    let of_name = |name: &str| model.engines.iter().find(|engine| engine.name == name);
    let first = name.map_or("default", String::as_str);
    let engine = of_name(first).or(model.engines.first());
    engine.map_or(Dialect::Sqlite, |engine| engine.dialect)
}

fn named(model: &Model, name: &Name) -> Option<EngineId> {
    let mut ids = model.engine_ids();
    ids.find(|&id| model.engine(id).name == name.text)
}

fn unknown(model: &Model, name: &Name) -> Diagnostic {
    let known: Vec<&str> = model
        .engines
        .iter()
        .map(|engine| engine.name.as_str())
        .into_vec();
    let mut help = format!("the engines are {}", quoted_list(&known));
    if let Some(near) = name::suggest(&name.text, known.iter().copied()) {
        help = format!("write `{near}`; {help}");
    }
    Diagnostic::error("B0100", format!("there is no engine `{}`", name.text))
        .at(name.span, "")
        .help(help)
}

fn none_of_dialect(query: &WrittenQuery) -> Diagnostic {
    let span = query.notes.name.span;
    let product = query
        .notes
        .dialect
        .map_or("SQL", |dialect| dialect.product());
    let message = format!(
        "no engine that {} may run on is of {product}",
        query.subject()
    );
    Diagnostic::error("B0606", message)
        .at(span, "")
        .help("remove `@dialect`, or name an engine of it: `-- @engines b`")
}

/// Those of the engines that host all of these tables.
pub(super) fn hosting(model: &Model, allowed: &[EngineId], tables: &[TableId]) -> Vec<EngineId> {
    let hosts = |engine: &&EngineId| {
        let mut tables = tables.iter();
        tables.all(|&table| model.table(table).engines.contains(engine))
    };
    allowed.iter().filter(hosts).copied().into_vec()
}

/// The finding on a query whose tables no engine has together, or none of those that it may run on.
pub(super) fn nowhere(
    model: &Model,
    query: &WrittenQuery,
    allowed: &[EngineId],
    tables: &[TableId],
) -> Diagnostic {
    let (subject, span) = (query.subject(), query.notes.name.span);
    let all: Vec<EngineId> = model.engine_ids().into_vec();
    if let Some((one, two)) = apart(model, tables) {
        let message = format!(
            "no engine hosts all that {subject} names: table `{}` lives on {}, table `{}` on {}",
            one.name,
            engines_of(model, one),
            two.name,
            engines_of(model, two),
        );
        let help = format!(
            "read `{}` and `{}` by a query each, or let both live on one engine: `-- @engines` above their tables",
            one.name, two.name
        );
        return Diagnostic::error("B0606", message).at(span, "").help(help);
    }
    let hosts = hosting(model, &all, tables);
    let elsewhere = tables
        .iter()
        .map(|&table| model.table(table))
        .find(|table| !table.engines.iter().any(|engine| allowed.contains(engine)));
    let table = elsewhere.or(tables.first().map(|&table| model.table(table)));
    let home = table.map_or_else(String::new, |table| {
        format!(
            ": table `{}` lives on {}",
            table.name,
            engines_of(model, table)
        )
    });
    let message = format!("{subject} cannot run where it is to{home}");
    let hosts: Vec<&str> = hosts
        .iter()
        .map(|&id| model.engine(id).name.as_str())
        .into_vec();
    let help = match hosts.as_slice() {
        [] => format!("remove {}", query.limits()),
        hosts => format!("write {}", query.engines_help(hosts)),
    };
    let finding = Diagnostic::error("B0606", message).at(span, "");
    let finding = match query.notes.engines.first() {
        Some(engine) if query.door == Door::File => finding.at(engine.span, "named here"),
        Some(_) | None => finding,
    };
    finding.help(help)
}

/// Two of the tables that share no engine.
fn apart<'m>(model: &'m Model, tables: &[TableId]) -> Option<(&'m Table, &'m Table)> {
    let mut pairs = tables.iter().flat_map(|&one| {
        let (one, others) = (model.table(one), tables.iter());
        others.map(move |&other| (one, model.table(other)))
    });
    pairs.find(|(one, other)| {
        let mut engines = one.engines.iter();
        !engines.any(|engine| other.engines.contains(engine))
    })
}

fn engines_of(model: &Model, table: &Table) -> String {
    let engines = table.engines.iter();
    let names: Vec<&str> = engines.map(|&id| model.engine(id).name.as_str()).into_vec();
    quoted_list(&names)
}
