//! Finds out which dialect a file is written in: what its head says, what the configuration says, else the one that all
//! engines of its tables speak.

use crate::lists::IntoVec as _;
use std::collections::BTreeSet;

use super::annotation::Head;
use crate::ast::{FileAst, Statement};
use crate::input::{Input, InputFile};
use crate::read_as::{DialectReason, ReadAs};

/// The dialect a file is tried in first.
pub(super) fn at_first(input: &Input, file: &InputFile, head: &Head) -> ReadAs {
    if let Some(before) = input.read_as.get(&file.id) {
        return before.clone();
    }
    let read_as = |dialect, reason| ReadAs { dialect, reason };
    if let Some(dialect) = head.dialect {
        return read_as(dialect, DialectReason::Head);
    }
    if let Some(dialect) = file.dialect {
        return read_as(dialect, DialectReason::Configuration);
    }
    if let Some(dialect) = input.command_dialect {
        return read_as(dialect, DialectReason::Command);
    }
    let first = input.engine_of(file);
    let reason = first.map_or(DialectReason::NoEngine, |engine| {
        DialectReason::FirstEngine(engine.name.clone())
    });
    by_engines(input, &head_engines(input, file, head))
        .unwrap_or_else(|| read_as(input.dialect_of(file), reason))
}

/// The dialect of the engines that the tables of a file live on, now that these are known.
pub(super) fn by_tables(
    input: &Input,
    file: &InputFile,
    head: &Head,
    ast: &FileAst,
) -> Option<ReadAs> {
    if input.read_as.contains_key(&file.id) {
        return None;
    }
    match ast.read_as.reason {
        DialectReason::Head | DialectReason::Configuration | DialectReason::Command => {
            return None;
        }
        DialectReason::Engines(_) | DialectReason::FirstEngine(_) | DialectReason::NoEngine => {}
    }
    let own = head_engines(input, file, head);
    let mut names = BTreeSet::new();
    for statement in &ast.statements {
        let Statement::CreateTable(table) = statement else {
            continue;
        };
        match &table.notes.engines {
            _ if table.notes.skip.is_some() => {}
            Some(tag) => names.extend(tag.names.iter().map(|name| name.text.clone())),
            None => names.extend(own.iter().map(|&name| name.to_owned())),
        }
    }
    let names: Vec<&str> = names.iter().map(String::as_str).into_vec();
    if let Some(found) = by_engines(input, &names) {
        return Some(found);
    }
    let first = input.engine_of(file).filter(|_| !names.is_empty())?;
    Some(ReadAs {
        dialect: input.dialect_of(file),
        reason: DialectReason::FirstEngine(first.name.clone()),
    })
}

/// Returns the engines of tables without a tag.
fn head_engines<'a>(input: &'a Input, file: &'a InputFile, head: &'a Head) -> Vec<&'a str> {
    match &head.engines {
        Some(tag) => tag.names.iter().map(|name| name.text.as_str()).into_vec(),
        None => input.engines_of(file),
    }
}

/// The one dialect of all these engines.
fn by_engines(input: &Input, names: &[&str]) -> Option<ReadAs> {
    let engines = names.iter().filter_map(|name| input.engine_named(name));
    let engines: Vec<_> = engines.map(|id| &input.engines[id.0 as usize]).into_vec();
    let dialect = engines.first()?.dialect;
    if engines.iter().any(|engine| engine.dialect != dialect) {
        return None;
    }
    let names = engines.iter().map(|engine| engine.name.clone());
    Some(ReadAs {
        dialect,
        reason: DialectReason::Engines(names.into_vec()),
    })
}
