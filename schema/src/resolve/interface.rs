//! `@interface`: which columns of which tables an interface is over, and in which order rows are looked for.

use crate::ast::{InterfaceTag, Name};
use crate::column_type::ColumnType;
use crate::diagnostic::Diagnostic;
use crate::lists::IntoVec as _;
use crate::lower::{column_index, same_name};
use crate::model::{Column, ColumnId, FieldType, Interface, InterfacePlace, Model, Table, TableId};
use crate::name::{DATABASES_METHODS, SYNCS_METHOD, accessor, suggest};
use crate::sorting::sort_by;

use super::{Resolver, unknown_column};

/// A table with its tag.
type Member<'a> = (TableId, &'a InterfaceTag);

/// Types that every generated program has.
const TYPES: [&str; 3] = ["Databases", "DatabaseSession", "Tables"];

impl<'a> Resolver<'a> {
    /// All interfaces, once every column has its type.
    pub(super) fn interfaces(&mut self) {
        let drafts = self.model.table_ids().zip(&self.bound);
        let tagged = drafts.filter_map(|(id, draft)| Some((id, draft.notes.interface.as_ref()?)));
        let mut tagged: Vec<Member<'a>> = tagged.into_vec();
        let name = |(_, tag): &Member<'a>| &tag.name.text;
        sort_by(&mut tagged, |one, other| name(one).cmp(name(other)));
        for members in tagged.chunk_by(|one, other| name(one) == name(other)) {
            match self.interface(name(&members[0]), members.to_vec()) {
                Ok(interface) => self.model.interfaces.push(interface),
                Err(findings) => findings
                    .into_iter()
                    .for_each(|finding| self.diagnostics.push(finding)),
            }
        }
    }

    fn interface(
        &self,
        name: &str,
        members: Vec<Member<'a>>,
    ) -> Result<Interface, Vec<Diagnostic>> {
        let alone = |finding: Diagnostic| vec![finding];
        usable_name(&self.model, name, &members).map_err(alone)?;
        on_several_tables(&self.model, name, &members).map_err(alone)?;
        on_one_engine_each(&self.model, &members).map_err(alone)?;
        let members = in_order(&self.model, name, members).map_err(alone)?;
        let fields = fields(&self.model, name, &members).map_err(alone)?;
        let mut findings = Vec::new();
        let mut places = Vec::new();
        for &(table, tag) in &members {
            let columns: Vec<ColumnId> = fields
                .iter()
                .filter_map(|field| match self.column_of(table, tag, field) {
                    Ok(column) => Some(column),
                    Err(finding) => {
                        findings.push(finding);
                        None
                    }
                })
                .into_vec();
            places.push(InterfacePlace { table, columns });
        }
        if findings.is_empty() {
            findings = differences(&self.model, &fields, &places);
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        Ok(Interface {
            name: name.to_owned(),
            accessor: accessor(name),
            fields: fields.iter().map(|field| field.text.clone()).into_vec(),
            places,
        })
    }

    /// The column of a field: the one that the tag names, else the one whose field has this name.
    fn column_of(
        &self,
        id: TableId,
        tag: &InterfaceTag,
        field: &Name,
    ) -> Result<ColumnId, Diagnostic> {
        let (table, draft) = (self.model.table(id), self.bound[id.0 as usize]);
        let said = tag.fields.iter().find(|one| one.name.text == field.text);
        if let Some(name) = said.and_then(|said| said.column.as_ref()) {
            let found = column_index(&draft.columns, &name.text, draft.dialect);
            let found = found.filter(|at| !table.columns[*at].skip);
            return found
                .map(|at| ColumnId(at as u32))
                .ok_or_else(|| unknown_column::of_table(draft, name, "this interface"));
        }
        let is_it =
            |column: &Column| !column.skip && column.field.trim_start_matches("r#") == field.text;
        let found = table.columns.iter().position(is_it);
        found.map(|at| ColumnId(at as u32)).ok_or_else(|| {
            let (interface, name) = (&tag.name.text, &table.name.name);
            let message = format!("`{name}` has no `{}` for the interface `{interface}`", field.text);
            let mut finding =
                Diagnostic::error("B0541", message).at(tag.span, "this table's part of it");
            if field.span != tag.span && !within(field, tag) {
                finding = finding.at(field.span, "this field");
            }
            let known = table.columns.iter().map(|column| column.name.as_str());
            let near = suggest(&field.text, known).unwrap_or("column");
            finding.help(format!(
                "name its column: `@interface {interface}({} = {near})`, or leave `{}` out at the other tables",
                field.text, field.text
            ))
        })
    }
}

fn within(name: &Name, tag: &InterfaceTag) -> bool {
    name.span.file == tag.span.file
        && tag.span.start <= name.span.start
        && name.span.end <= tag.span.end
}

/// B0546: the trait, its accessor and what stands beside it are names of the program's.
fn usable_name(model: &Model, name: &str, members: &[Member<'_>]) -> Result<(), Diagnostic> {
    let accessor = accessor(name);
    let table = model.tables.iter().find(|table| table.model_name == name);
    let reached = model.tables.iter().find(|table| table.accessor == accessor);
    let why = if let Some(table) = table {
        format!("it is the model of `{}`", table.name.name)
    } else if TYPES.contains(&name) {
        "every program has a type of this name".to_owned()
    } else if let Some(table) = reached {
        format!("`db.{accessor}()` is the accessor of `{}`", table.name.name)
    } else if model.groups.iter().any(|group| group.name == accessor) {
        format!("`db.{accessor}(...)` is an atomic group")
    } else if model.engines.iter().any(|engine| engine.name == accessor) {
        format!("`db.{accessor}()` is an engine")
    } else if DATABASES_METHODS.contains(&accessor.as_str())
        || accessor == SYNCS_METHOD && !model.syncs.is_empty()
    {
        format!("`Databases` has a method `{accessor}`")
    } else {
        return Ok(());
    };
    let finding = Diagnostic::error(
        "B0546",
        format!("`{name}` cannot be the name of an interface: {why}"),
    );
    let finding = members
        .iter()
        .take(1)
        .fold(finding, |finding, (_, tag)| finding.at(tag.name.span, ""));
    Err(finding.help(format!(
        "choose another name, for example `@interface Any{name}`"
    )))
}

fn on_several_tables(model: &Model, name: &str, members: &[Member<'_>]) -> Result<(), Diagnostic> {
    let [(only, tag)] = members else {
        return Ok(());
    };
    let table = &model.table(*only).name.name;
    let message = format!("`{table}` is the only table of the interface `{name}`");
    Err(Diagnostic::error("B0540", message)
        .at(tag.span, "")
        .help(format!(
            "write `@interface {name} after {table}` above the table that stands for the same on another engine, or remove the tag"
        )))
}

/// The row of a model on several engines names its engine in its type: no enum could hold it.
fn on_one_engine_each(model: &Model, members: &[Member<'_>]) -> Result<(), Diagnostic> {
    let several = |(id, _): &&Member<'_>| model.table(*id).engines.len() > 1;
    let Some((id, tag)) = members.iter().find(several) else {
        return Ok(());
    };
    let table = model.table(*id);
    let names: Vec<String> = table
        .engines
        .iter()
        .map(|id| format!("`{}`", model.engine(*id).name))
        .into_vec();
    let message = format!(
        "`{}` lives on {}: a table of an interface lives on one engine",
        table.name.name,
        names.join(" and ")
    );
    let finding = Diagnostic::error("B0545", message).at(tag.span, "");
    let first = table.engines.first().map(|id| &model.engine(*id).name);
    Err(finding.help(format!(
        "let it live on one: `@engines {}`; or declare one table for each engine, with model names of their own (`@model`)",
        first.map_or("", String::as_str)
    )))
}

/// First the table without `after`, then the one after it, and so on.
fn in_order<'a>(
    model: &Model,
    name: &str,
    mut members: Vec<Member<'a>>,
) -> Result<Vec<Member<'a>>, Diagnostic> {
    let mut ordered: Vec<Member<'a>> = Vec::new();
    while !members.is_empty() {
        let last = ordered.last().map(|(id, _)| model.table(*id));
        let is_next = |(_, tag): &Member<'_>| match (last, &tag.after) {
            (None, None) => true,
            (Some(last), Some(after)) => is_named(last, after),
            (None, Some(_)) | (Some(_), None) => false,
        };
        let next: Vec<usize> = (0..members.len())
            .filter(|at| is_next(&members[*at]))
            .into_vec();
        let [next] = next.as_slice() else {
            return Err(unclear(model, name, &ordered, &members, &next));
        };
        ordered.push(members.remove(*next));
    }
    Ok(ordered)
}

fn is_named(table: &Table, name: &Name) -> bool {
    same_name(&table.name.name, &name.text, table.source_dialect)
}

/// B0544: none is next, or several are.
fn unclear(
    model: &Model,
    name: &str,
    ordered: &[Member<'_>],
    rest: &[Member<'_>],
    next: &[usize],
) -> Diagnostic {
    let table = |member: &Member<'_>| model.table(member.0).name.name.as_str();
    let message = match (ordered.last(), next) {
        (None, []) => format!("no table of the interface `{name}` is the first"),
        (None, _) => format!("several tables of the interface `{name}` are the first"),
        (Some(last), []) => {
            format!(
                "no table of the interface `{name}` is after `{}`",
                table(last)
            )
        }
        (Some(last), _) => format!(
            "several tables of the interface `{name}` are after `{}`",
            table(last)
        ),
    };
    let places = rest
        .iter()
        .enumerate()
        .filter(|(at, _)| next.is_empty() || next.contains(at));
    let finding = places.fold(Diagnostic::error("B0544", message), |finding, (_, one)| {
        let span = one.1.after.as_ref().map_or(one.1.span, |after| after.span);
        finding.at(span, "")
    });
    let help = match (ordered.last().or(rest.first()), rest.last()) {
        (Some(first), Some(last)) if first.0 != last.0 => format!(
            "rows are looked for in one table after the other: write `after {}` at the end of the tag of `{}`, and no `after` at the first",
            table(first),
            table(last)
        ),
        (_, _) => "write no `after` at the table whose rows come first".to_owned(),
    };
    finding.help(help)
}

/// The fields that any of the tables names.
fn fields(model: &Model, name: &str, members: &[Member<'_>]) -> Result<Vec<Name>, Diagnostic> {
    let mut fields: Vec<Name> = Vec::new();
    for field in members.iter().flat_map(|(_, tag)| &tag.fields) {
        if fields.iter().all(|known| known.text != field.name.text) {
            fields.push(field.name.clone());
        }
    }
    if !fields.is_empty() {
        return Ok(fields);
    }
    let finding = Diagnostic::error("B0543", format!("the interface `{name}` has no fields"));
    let finding = members
        .iter()
        .take(1)
        .fold(finding, |finding, (_, tag)| finding.at(tag.span, ""));
    let first = members.first().and_then(|(id, _)| {
        let columns = &model.table(*id).columns;
        columns
            .iter()
            .find(|column| column.field_type == FieldType::Plain)
    });
    let column = first.map_or("name", |column| column.field.as_str());
    Err(finding.help(format!(
        "name the columns that its tables have in common: `@interface {name}({column})`"
    )))
}

/// B0542: the fields whose columns have several types.
fn differences(model: &Model, fields: &[Name], places: &[InterfacePlace]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (at, field) in fields.iter().enumerate() {
        let typed_column = |place: &InterfacePlace| {
            let table = model.table(place.table);
            let column = table.column(place.columns[at]);
            (column, value_type(model, table, place.columns[at]))
        };
        let mut all = places.iter().map(typed_column);
        let Some((first, ty)) = all.next() else {
            continue;
        };
        if let Some((other, differs)) = all.find(|(_, other)| *other != ty) {
            let message = format!(
                "`{}` of the interface would be `{ty}` and `{differs}`",
                field.text
            );
            let finding = Diagnostic::error("B0542", message)
                .at(other.type_span, format!("`{differs}`"))
                .at(first.type_span, format!("`{ty}`"));
            found.push(finding.help(help_for((first, &ty), (other, &differs))));
        }
    }
    found
}

fn help_for((first, one): (&Column, &str), (second, other): (&Column, &str)) -> String {
    let is_option_of = |a: &str, b: &str| a == format!("Option<{b}>");
    if is_option_of(one, other) || is_option_of(other, one) {
        return "declare both columns `NOT NULL`, or none of them".to_owned();
    }
    format!(
        "declare `{}` as `{}`, as `{}` is, or leave the field out of the interface",
        second.name, first.sql_type, first.name
    )
}

/// The type of the bare value in Rust.
fn value_type(model: &Model, table: &Table, id: ColumnId) -> String {
    let column = table.column(id);
    let ty = match &column.field_type {
        FieldType::Custom(path) => path.clone(),
        FieldType::Plain | FieldType::Key { .. } => plain_type(model, &column.column_type),
    };
    let in_key = table
        .primary_key
        .as_ref()
        .is_some_and(|key| key.columns.contains(&id));
    if column.nullable && !in_key {
        format!("Option<{ty}>")
    } else {
        ty
    }
}

fn plain_type(model: &Model, ty: &ColumnType) -> String {
    if let ColumnType::Enum(id) = ty {
        return model.enum_type(*id).type_name.clone();
    }
    if let ColumnType::Array(element) = ty {
        return format!("Vec<{}>", plain_type(model, element));
    }
    // The last word is how programs write it.
    let path = ty.facts().rust.path;
    path.rsplit("::").next().unwrap_or(path).to_owned()
}
