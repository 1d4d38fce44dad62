//! A statement as its code is written: what all dialects agree on, and the text of each.

use bindery_core::dialect::ListKind;
use bindery_schema::column_type::TypeClass;
use bindery_schema::dialect::Dialect;
use bindery_schema::model::{Column, Query, QueryKind, QueryParameter};

use super::read::Found;
use crate::own_tables::{CHANGES, CHANGES_HERE};

/// The type of a value: as an argument, and as a field of a row.
#[derive(PartialEq, Eq)]
enum Type {
    Text,
    Integer,
    Unsigned,
}

impl Type {
    fn of(class: TypeClass, place: &str) -> Self {
        match class {
            TypeClass::Text | TypeClass::Enum => Self::Text,
            TypeClass::Integer(integer) if !integer.signed && integer.bits == 64 => Self::Unsigned,
            TypeClass::Integer(_) => Self::Integer,
            other => panic!("{place}: is no text and no integer: {other:?}"),
        }
    }

    fn argument(&self) -> &'static str {
        match self {
            Self::Text => "&str",
            Self::Integer => "i64",
            Self::Unsigned => "u64",
        }
    }

    fn field(&self) -> &'static str {
        match self {
            Self::Text => "String",
            Self::Integer | Self::Unsigned => self.argument(),
        }
    }
}

/// One name of a statement's arguments or columns, with its type in Rust.
pub(super) type Named = (String, String);

/// An argument with its type, whose references have this lifetime.
pub(super) fn argument(parameter: &QueryParameter, lifetime: &str) -> Named {
    let ty = Type::of(parameter.column_type.class(), &parameter.name).argument();
    let ty = ty.replace('&', &format!("&{lifetime}"));
    let ty = match (parameter.is_list, parameter.nullable) {
        (true, _) => format!("&[{ty}]"),
        (false, true) => format!("Option<{ty}>"),
        (false, false) => ty,
    };
    (parameter.name.clone(), ty)
}

fn field(column: &Column, is_nullable: bool, place: &str) -> Named {
    let ty = Type::of(column.column_type.class(), place).field();
    let ty = if is_nullable {
        format!("Option<{ty}>")
    } else {
        ty.to_owned()
    };
    (column.field.clone(), ty)
}

/// A query as its code is written: the same on each dialect that has it.
pub(super) struct Statement {
    pub(super) name: String,
    pub(super) row_name: String,
    pub(super) docs: Vec<String>,
    pub(super) kind: QueryKind,
    pub(super) texts: [Option<String>; 3],
    pub(super) parameters: Vec<QueryParameter>,
    pub(super) columns: Vec<Named>,
}

impl Statement {
    pub(super) fn new(found: &Found, over: Option<&str>) -> Self {
        let mut all = found.of.iter().flatten();
        let first = all.next().expect("a dialect has it");
        let place = format!("{}::{}", found.module, first.function);
        let mut parameters = first.parameters.clone();
        for other in all {
            let is_same = |(one, two): (&QueryParameter, &QueryParameter)| {
                let of = |one: &QueryParameter| Type::of(one.column_type.class(), &place);
                one.name == two.name && one.is_list == two.is_list && of(one) == of(two)
            };
            assert!(
                other.kind == first.kind
                    && other.columns.len() == first.columns.len()
                    && other.parameters.len() == parameters.len()
                    && parameters.iter().zip(&other.parameters).all(is_same),
                "{place}: other parameters or columns on another dialect"
            );
            for (one, two) in parameters.iter_mut().zip(&other.parameters) {
                one.nullable |= two.nullable;
            }
        }
        let columns = first.columns.iter().enumerate().map(|(at, _)| {
            let of = found.of.iter().flatten().map(|query| &query.columns[at]);
            let is_nullable = of.clone().any(|column| column.nullable);
            let fields: Vec<Named> = of
                .map(|column| field(column, is_nullable, &place))
                .collect();
            assert!(
                fields.iter().all(|one| *one == fields[0]),
                "{place}: other columns on another dialect: {fields:?}"
            );
            fields.into_iter().next().expect("a dialect has it")
        });
        Self {
            name: first.function.clone(),
            row_name: first.row_name.clone(),
            docs: first.docs.clone(),
            kind: first.kind,
            texts: found
                .of
                .each_ref()
                .map(|query| query.as_ref().map(|query| text(query, over, &place))),
            columns: columns.collect(),
            parameters,
        }
    }
}

/// The statement in one line, with `{table}` where the name of the table stands, and `{list}` where placeholders for a list do.
fn text(query: &Query, over: Option<&str>, place: &str) -> String {
    let [text] = query.texts.as_slice() else {
        panic!("{place}: has parts that are left out");
    };
    let in_order = text.arguments.iter().copied().eq(0..query.parameters.len());
    assert!(
        in_order,
        "{place}: a parameter stands twice: give each place its own"
    );
    let lists = query.parameters.iter().rev().skip_while(|one| one.is_list);
    assert!(
        lists.clone().count() + 1 >= query.parameters.len()
            && !lists.clone().any(|one| one.is_list),
        "{place}: a list is not the last parameter"
    );
    let words: Vec<&str> = text.sql.split_whitespace().collect();
    let mut sql = words.join(" ").replace(CHANGES_HERE, CHANGES);
    if let Some(list) = query.parameters.iter().find(|one| one.is_list)
        && text.dialect != Dialect::Postgres
    {
        let kind = match Type::of(list.column_type.class(), place) {
            Type::Text => ListKind::Text,
            Type::Integer | Type::Unsigned => ListKind::Integer,
        };
        let (before, after) = text.dialect.json_values(kind);
        let as_json = format!("IN ({before}?{after})");
        assert!(sql.contains(&as_json), "{place}: {sql}");
        sql = sql.replace(&as_json, "IN ({list})");
    }
    match over {
        Some(table) => sql.replace(&format!(" {table}"), " {table}"),
        None => sql,
    }
}
