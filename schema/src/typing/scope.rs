//! The names that can be seen in a query.

use crate::lists::IntoVec as _;
use std::rc::Rc;

use super::checker::Checker;
use super::facts::Facts;
use super::findings;
use super::names::NameKind;
use super::postgres::PgType;
use super::value::{Ty, Value};
use crate::ast::Name;
use crate::dialect::Dialect;
use crate::model::TableId;
use crate::name::same_name;
use crate::source::Span;
use crate::syntax::{ItemKind, SelectItem};

/// A column that a query or a table gives.
#[derive(Debug, Clone)]
pub(super) struct Field {
    /// `None` where the database makes one up.
    pub(super) name: Option<String>,
    pub(super) value: Value,
}

/// The columns of a table or query; `None` where they are not known.
pub(super) type Fields = Option<Rc<[Field]>>;

/// One table of a FROM.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    pub(super) name: Option<String>,
    pub(super) schema: Option<String>,
    pub(super) fields: Fields,
    /// It is not there, as was reported.
    pub(super) is_wrong: bool,
    /// An outer join may leave it without a row.
    pub(super) nullable: bool,
    pub(super) table: Option<TableId>,
    /// Its columns that a join has merged with those of others.
    pub(super) merged: Vec<usize>,
}

impl Relation {
    /// A column, where those that there are are not known.
    fn unknown(&self, span: Span) -> Value {
        if self.is_wrong {
            Value::wrong(span)
        } else {
            Value::open(span)
        }
    }
}

/// A column that a join makes of two of one name.
#[derive(Debug, Clone)]
pub(super) struct Merged {
    pub(super) name: String,
    pub(super) value: Value,
}

/// A column that `*` stands for.
pub(super) enum StarColumn<'s> {
    Merged(&'s Merged),
    Of(&'s Relation, &'s Field),
}

/// The queries of WITH that can be seen, the last first.
#[derive(Debug, Clone, Default)]
pub(super) struct Common(Vec<(String, Fields)>);

impl Common {
    pub(super) fn with(&self, name: &str, fields: Fields) -> Self {
        let mut all = self.0.clone();
        all.push((name.to_owned(), fields));
        Self(all)
    }

    pub(super) fn find(&self, name: &str, dialect: Dialect) -> Option<Fields> {
        let mut all = self.0.iter().rev();
        let found = all.find(|(known, _)| same_name(known, name, dialect))?;
        Some(found.1.clone())
    }
}

/// The tables that a clause sees.
#[derive(Debug, Clone, Default)]
pub(super) struct Scope<'s> {
    pub(super) relations: Vec<Relation>,
    pub(super) merged: Vec<Merged>,
    pub(super) common: Common,
    pub(super) outer: Option<&'s Scope<'s>>,
    /// Every column may be NULL: of some rows it is none (`ROLLUP`), or there is no row at all.
    pub(super) all_nullable: bool,
    /// The items of the `SELECT` by their names, where they can be seen.
    pub(super) items: Vec<Field>,
    /// The items of the `SELECT` whose tables they are, and whether a name may be that of one before they are looked at.
    pub(super) aliases: (&'s [SelectItem], bool),
}

/// A column that a name stands for.
pub(super) struct FoundColumn {
    pub(super) value: Value,
    pub(super) name: Option<String>,
}

impl Scope<'_> {
    pub(super) fn of<'s>(common: &Common, outer: Option<&'s Scope<'s>>) -> Scope<'s> {
        Scope {
            common: common.clone(),
            outer,
            ..Scope::default()
        }
    }

    /// The tables that are joined to each other from one on: a join's condition sees nothing before the last comma.
    pub(super) fn since(&self, relation: usize, merged: usize) -> Self {
        Self {
            relations: self.relations[relation..].to_vec(),
            merged: self.merged[merged.min(self.merged.len())..].to_vec(),
            ..self.clone()
        }
    }

    /// All columns, those that joins have merged once.
    pub(super) fn all_columns(&self, dialect: Dialect) -> Option<Vec<StarColumn<'_>>> {
        let in_place = Facts::of(dialect).sources.merged_in_place;
        let mut left: Vec<&Merged> = self.merged.iter().into_vec();
        let first = left.iter().map(|merged| StarColumn::Merged(merged));
        let mut all: Vec<StarColumn<'_>> = if in_place {
            Vec::new()
        } else {
            first.into_vec()
        };
        for relation in &self.relations {
            for (at, field) in relation.fields.as_ref()?.iter().enumerate() {
                if !relation.merged.contains(&at) {
                    all.push(StarColumn::Of(relation, field));
                    continue;
                }
                let own = field.name.as_deref().unwrap_or_default();
                let found = left
                    .iter()
                    .position(|one| same_name(&one.name, own, dialect));
                if let Some(found) = found.filter(|_| in_place) {
                    all.push(StarColumn::Merged(left.remove(found)));
                }
            }
        }
        Some(all)
    }

    /// The fields of all columns.
    pub(super) fn all_fields(&self, dialect: Dialect) -> Option<Vec<Field>> {
        let all = self.all_columns(dialect)?.into_iter();
        let fields = all.map(|column| match column {
            StarColumn::Merged(merged) => Field {
                name: Some(merged.name.clone()),
                value: merged.value.clone().or_null(self.all_nullable),
            },
            StarColumn::Of(relation, field) => self.seen(relation, field),
        });
        Some(fields.into_vec())
    }

    fn seen(&self, relation: &Relation, field: &Field) -> Field {
        Field {
            name: field.name.clone(),
            value: (field.value.clone()).or_null(relation.nullable || self.all_nullable),
        }
    }

    /// All columns of one table.
    pub(super) fn fields_of(&self, relation: &Relation) -> Option<Vec<Field>> {
        let fields = relation.fields.as_ref()?.iter();
        Some(fields.map(|field| self.seen(relation, field)).into_vec())
    }

    /// The table of this name.
    pub(super) fn relation(&self, names: &[Name], dialect: Dialect) -> Option<&Relation> {
        let (name, schema) = names.split_last()?;
        let is = |relation: &&Relation| {
            let named = relation.name.as_deref();
            let fits = named.is_some_and(|known| same_name(known, &name.text, dialect));
            let in_schema = schema.last().is_none_or(|schema| {
                let own = relation.schema.as_deref();
                own.map_or(relation.table.is_some(), |own| {
                    same_name(own, &schema.text, dialect)
                })
            });
            fits && in_schema
        };
        self.relations.iter().find(is)
    }
}

impl Checker<'_> {
    /// The column that a name stands for. What is wrong with it is reported.
    pub(super) fn column(&mut self, names: &[Name], scope: &Scope<'_>, span: Span) -> FoundColumn {
        let Some((column, qualifiers)) = names.split_last() else {
            return nothing(Value::wrong(span));
        };
        let mut next = Some(scope);
        let mut is_outer = false;
        while let Some(here) = next {
            let found = if qualifiers.is_empty() {
                let found = self.bare_column(column, here, span);
                found.or_else(|| self.item_called(column, here, is_outer).map(nothing))
            } else {
                self.column_of(qualifiers, column, here, span)
            };
            if let Some(found) = found {
                self.note_column(span, found.value.key, here);
                return found;
            }
            next = here.outer;
            is_outer = true;
        }
        if let Some(value) = self.other_meaning(names, scope, span) {
            return nothing(value);
        }
        self.report_unknown(qualifiers, column, scope);
        nothing(Value::wrong(span))
    }

    fn column_of(
        &mut self,
        qualifiers: &[Name],
        column: &Name,
        scope: &Scope<'_>,
        span: Span,
    ) -> Option<FoundColumn> {
        let relation = scope.relation(qualifiers, self.dialect)?;
        let Some(fields) = &relation.fields else {
            return Some(nothing(relation.unknown(span)));
        };
        let found = self.field(fields, column);
        if let Some(field) = found {
            let same = |one: &&Relation| one.name == relation.name && one.schema == relation.schema;
            let has = |one: &Relation| {
                one.fields
                    .as_ref()
                    .is_some_and(|own| self.field(own, column).is_some())
            };
            let mut others = scope.relations.iter().filter(same).filter(|one| has(one));
            if self.facts.sources.repeated_names && others.nth(1).is_some() {
                let name = relation.name.clone().unwrap_or_default();
                self.report(findings::ambiguous_column(column, &[name.clone(), name]));
                return Some(nothing(Value::wrong(span)));
            }
            let seen = scope.seen(relation, field);
            let value = Value { span, ..seen.value };
            let name = seen.name;
            return Some(FoundColumn { value, name });
        }
        if let Some(value) = self.hidden_column(relation, column, span) {
            return Some(nothing(value.or_null(scope.all_nullable)));
        }
        // A function of a row may stand for a column of it.
        let is_function = self.facts.values.rows
            && relation.table.is_some()
            && !self.own_functions(&column.text).is_empty();
        if is_function || self.may_have(relation, column) {
            return Some(nothing(Value::open(span)));
        }
        let table = relation.name.clone().unwrap_or_default();
        let known = names_of(fields);
        self.report_name(column, NameKind::Column(Some(table)), known);
        Some(nothing(Value::wrong(span)))
    }

    fn field<'f>(&self, fields: &'f [Field], column: &Name) -> Option<&'f Field> {
        let is = |field: &&Field| {
            let name = field.name.as_deref();
            name.is_some_and(|name| same_name(name, &column.text, self.dialect))
        };
        fields.iter().find(is)
    }

    fn bare_column(&mut self, column: &Name, scope: &Scope<'_>, span: Span) -> Option<FoundColumn> {
        let dialect = self.dialect;
        let is = |name: &str| same_name(name, &column.text, dialect);
        let mut found: Vec<(FoundColumn, String)> = Vec::new();
        if let Some(merged) = scope.merged.iter().find(|merged| is(&merged.name)) {
            let value = merged.value.clone().or_null(scope.all_nullable);
            return Some(FoundColumn {
                value: Value { span, ..value },
                name: Some(merged.name.clone()),
            });
        }
        let mut open = None;
        for relation in &scope.relations {
            let Some(fields) = &relation.fields else {
                open = Some(relation.unknown(span));
                continue;
            };
            let own = fields.iter().enumerate();
            for (at, field) in own {
                if relation.merged.contains(&at) || !field.name.as_deref().is_some_and(is) {
                    continue;
                }
                let seen = scope.seen(relation, field);
                let value = Value { span, ..seen.value };
                let of = relation.name.clone().unwrap_or_default();
                found.push((
                    FoundColumn {
                        value,
                        name: seen.name,
                    },
                    of,
                ));
            }
        }
        if found.len() > 1 {
            let tables: Vec<String> = found.iter().map(|(_, of)| of.clone()).into_vec();
            self.report(findings::ambiguous_column(column, &tables));
            return Some(nothing(Value::wrong(span)));
        }
        if let Some((found, _)) = found.pop() {
            return Some(found);
        }
        if let Some(item) = self.field(&scope.items, column) {
            let value = Value {
                span,
                ..item.value.clone()
            };
            let name = item.name.clone();
            return Some(FoundColumn { value, name });
        }
        for relation in &scope.relations {
            if let Some(value) = self.hidden_column(relation, column, span) {
                return Some(nothing(value.or_null(scope.all_nullable)));
            }
        }
        let mut relations = scope.relations.iter();
        if open.is_none() && relations.any(|relation| self.may_have(relation, column)) {
            open = Some(Value::open(span));
        }
        open.map(nothing)
    }

    /// Whether a table that is read may have a column of this name that the model does not have.
    fn may_have(&self, relation: &Relation, column: &Name) -> bool {
        let fields = relation.fields.iter().flat_map(|fields| fields.iter());
        let sources = fields.filter_map(|field| field.value.source);
        let mut tables = relation
            .table
            .into_iter()
            .chain(sources.map(|(table, _)| table));
        tables.any(|table| self.names.may_have(table, &column.text))
    }

    /// The item of the `SELECT` that has the name, where a name may be one's.
    fn item_called(&mut self, column: &Name, scope: &Scope<'_>, is_outer: bool) -> Option<Value> {
        let (items, are_seen) = scope.aliases;
        let in_query_within = is_outer && self.facts.aliases.in_inner_queries;
        if !are_seen && !in_query_within {
            return None;
        }
        let (span, value) = items.iter().find_map(|item| {
            let ItemKind::Value(value, alias) = &item.kind else {
                return None;
            };
            let name = match alias {
                Some(alias) => alias.text.as_str(),
                None if self.facts.aliases.by_text => self.text_at(item.span).trim(),
                None => return None,
            };
            same_name(name, &column.text, self.dialect).then_some((item.span, value))
        })?;
        if let Some(known) = self.named_items.get(&span) {
            return known.clone();
        }
        // An item that names itself is not there.
        self.named_items.insert(span, None);
        let mut inner = scope.clone();
        inner.aliases.1 = false;
        let value = self.expr(value, &inner);
        self.named_items.insert(span, Some(value.clone()));
        Some(value)
    }

    /// Columns that every table has and `*` does not give.
    fn hidden_column(&self, relation: &Relation, column: &Name, span: Span) -> Option<Value> {
        let table = self.model.table(relation.table?);
        let name = column.text.to_lowercase();
        let (ty, nullable) = (self.facts.names.hidden_column)(table, &name)?;
        Some(Value::new(ty, nullable || relation.nullable, span))
    }

    /// The meaning of a name that is no column: the whole row of a table, or a text.
    fn other_meaning(&mut self, names: &[Name], scope: &Scope<'_>, span: Span) -> Option<Value> {
        if self.facts.values.rows {
            let mut next = Some(scope);
            while let Some(here) = next {
                if let Some(relation) = here.relation(names, self.dialect) {
                    // Of a function of one column it is the value of that.
                    let count = relation.fields.as_ref().map_or(0, |fields| fields.len());
                    let row = match relation.table {
                        None if count == 1 => Ty::Open,
                        _ => Ty::Postgres(PgType::RECORD),
                    };
                    return Some(Value::new(row, relation.nullable, span));
                }
                next = here.outer;
            }
        }
        let [name] = names else { return None };
        if self.facts.names.quoted_texts {
            let quoted = self.text_at(name.span).starts_with('"');
            if quoted {
                self.report(findings::text_in_double_quotes(name));
                return Some(Value::wrong(span));
            }
        }
        None
    }

    fn report_unknown(&mut self, qualifiers: &[Name], column: &Name, scope: &Scope<'_>) {
        let mut tables = Vec::new();
        let mut columns = Vec::new();
        let mut next = Some(scope);
        while let Some(here) = next {
            for relation in &here.relations {
                tables.extend(relation.name.clone());
                columns.extend(relation.fields.iter().flat_map(|fields| names_of(fields)));
            }
            next = here.outer;
        }
        match qualifiers.last() {
            Some(table) => self.report_name(table, NameKind::Alias, tables),
            None => self.report_name(column, NameKind::Column(None), columns),
        }
    }
}

fn names_of(fields: &[Field]) -> Vec<String> {
    fields
        .iter()
        .filter_map(|field| field.name.clone())
        .into_vec()
}

fn nothing(value: Value) -> FoundColumn {
    FoundColumn { value, name: None }
}
