//! The `*` of the rows that a statement gives: the names that it stands for, and the models that are read from them.

use super::checker::Checker;
use super::findings;
use super::scope::{Field, Scope, StarColumn};
use crate::ast::Name;
use crate::lists::IntoVec as _;
use crate::model::{Column, ColumnId, TableId};
use crate::name::same_name;
use crate::source::Span;
use crate::syntax::{Body, ItemKind, SelectItem, Statement, spelled};

/// A `*` with the columns that it stands for.
#[derive(Debug, Clone)]
pub(crate) struct Star {
    pub(crate) span: Span,
    /// Their names, as they can stand in its place; `None` where there are none that the statement could have.
    pub(crate) names: Option<Vec<String>>,
}

/// Columns that are a row of a model.
#[derive(Debug, Clone)]
pub(crate) struct Embedded {
    /// The name of the table in the statement.
    pub(crate) name: Name,
    pub(crate) table: TableId,
    /// Where its columns begin among those of the rows.
    pub(crate) at: usize,
    pub(crate) count: usize,
    /// An outer join may leave it without a row.
    pub(crate) nullable: bool,
}

/// Where the columns of an item stand, and of which table they are.
#[derive(Debug, Clone)]
pub(super) struct SeenStar {
    star: Star,
    count: usize,
    table: Option<(TableId, bool)>,
}

/// The items of each part of a statement that gives its rows; that of the first names the columns. `None`: a part has none, and says
/// which columns there are by a table.
pub(super) fn row_items(statement: &Statement) -> Option<Vec<&[SelectItem]>> {
    let mut found = Vec::new();
    match statement {
        Statement::Query(query) => of_body(&query.body, &mut found)?,
        Statement::Insert(insert) => found.push(insert.returning.as_slice()),
        Statement::Update(update) => found.push(update.returning.as_slice()),
        Statement::Delete(delete) => found.push(delete.returning.as_slice()),
        Statement::Merge(_) => {}
    }
    Some(found)
}

fn of_body<'s>(body: &'s Body, found: &mut Vec<&'s [SelectItem]>) -> Option<()> {
    match body {
        Body::Select(select) => found.push(&select.items),
        Body::Query(query) => of_body(&query.body, found)?,
        Body::Set(first, parts) => {
            of_body(first, found)?;
            parts
                .iter()
                .try_for_each(|part| of_body(&part.body, found))?;
        }
        Body::Values { .. } => {}
        Body::Table(_) => return None,
    }
    Some(())
}

impl Checker<'_> {
    /// The columns of a `*`, which is remembered with their names. Of a model there are those that its rows have.
    pub(super) fn star(&mut self, item: &SelectItem, scope: &Scope<'_>) -> Option<Vec<Field>> {
        let mut table = None;
        let (mut fields, mut names) = match &item.kind {
            ItemKind::All => (scope.all_fields(self.dialect)?, self.names_of_all(scope)),
            ItemKind::AllOf(written) => {
                let (relation, fields) = self.all_of(written, scope)?;
                table = relation.table.map(|id| (id, relation.nullable));
                let names = self.names_of_relation(written, &fields);
                (fields, names)
            }
            ItemKind::AllOfRow(value) => (self.all_of_row(value, scope)?, None),
            ItemKind::Value(..) => return None,
        };
        if self.embeds(item).is_some() {
            let is_read: Vec<bool> = fields.iter().map(|field| self.is_read(field)).into_vec();
            let mut kept = is_read.iter();
            fields.retain(|_| *kept.next().unwrap_or(&true));
            if let Some(names) = &mut names {
                let mut kept = is_read.iter();
                names.retain(|_| *kept.next().unwrap_or(&true));
            }
        }
        let seen = SeenStar {
            star: Star {
                span: item.span,
                names,
            },
            count: fields.len(),
            table,
        };
        self.stars.insert(item.span, seen);
        Some(fields)
    }

    /// Whether rows of its table have it: not one of `@skip`.
    fn is_read(&self, field: &Field) -> bool {
        let source = field.value.source;
        source.is_none_or(|(table, id)| !self.model.table(table).column(id).skip)
    }

    fn names_of_all(&self, scope: &Scope<'_>) -> Option<Vec<String>> {
        let is_alone = scope.relations.len() == 1;
        let all = scope.all_columns(self.dialect)?.into_iter();
        let names = all.map(|column| match column {
            StarColumn::Merged(merged) => Some(spelled(self.dialect, &merged.name)),
            StarColumn::Of(relation, field) => {
                let name = spelled(self.dialect, field.name.as_deref()?);
                let table = relation.name.as_deref().filter(|_| !is_alone);
                let schema = table.and(relation.schema.as_deref());
                let before = schema.into_iter().chain(table);
                let before = before.map(|part| format!("{}.", spelled(self.dialect, part)));
                Some(format!("{}{name}", before.collect::<String>()))
            }
        });
        names.collect()
    }

    /// The names of a table's columns, with the name that the text gives the table.
    fn names_of_relation(&self, table: &[Name], fields: &[Field]) -> Option<Vec<String>> {
        let table = table
            .iter()
            .map(|name| format!("{}.", self.text_at(name.span)));
        let before: String = table.collect();
        let names = fields.iter().map(|field| {
            let name = spelled(self.dialect, field.name.as_deref()?);
            Some(format!("{before}{name}"))
        });
        names.collect()
    }

    /// The `*` of the rows that a statement gives, in the order of the text; those that stand for columns without names are none of
    /// them. Also returns whether all of them are.
    pub(super) fn output_stars(&self, statement: &Statement) -> (Vec<Star>, bool) {
        let Some(items) = row_items(statement) else {
            return (Vec::new(), false);
        };
        let items = items.into_iter().flatten();
        let stars = items.filter_map(|item| self.stars.get(&item.span));
        let stars: Vec<Star> = stars.map(|seen| seen.star.clone()).into_vec();
        let all = stars.iter().all(|star| star.names.is_some());
        (stars, all)
    }

    /// The models among the columns that a statement gives. What cannot be one is reported.
    pub(super) fn embedded(&mut self, statement: &Statement, fields: &[Field]) -> Vec<Embedded> {
        let parts = row_items(statement).unwrap_or_default();
        let mut found = Vec::new();
        let mut at = 0;
        for item in parts.first().copied().unwrap_or_default() {
            let seen = self.stars.get(&item.span).cloned();
            let count = seen.as_ref().map_or(1, |seen| seen.count);
            if let Some(name) = self.embeds(item) {
                let table = seen.and_then(|seen| seen.table);
                let own = fields.get(at..at + count).unwrap_or_default();
                match table.filter(|(table, nullable)| self.is_row_of(*table, own, *nullable)) {
                    _ if parts.len() > 1 => self.report(findings::embedded_in_set(&name)),
                    Some((table, nullable)) => found.push(Embedded {
                        name,
                        table,
                        at,
                        count,
                        nullable,
                    }),
                    None => self.report(findings::embedded_nothing(&name)),
                }
            }
            at += count;
        }
        for name in &self.annotations.embedded {
            let is = |one: &Embedded| same_name(&one.name.text, &name.text, self.dialect);
            if !found.iter().any(is) && self.is_right() {
                self.report(findings::embedded_nowhere(name));
            }
        }
        found
    }

    /// The name under which a `t.*` is a model: it is written so, or by an annotation.
    fn embeds(&self, item: &SelectItem) -> Option<Name> {
        let ItemKind::AllOf(names) = &item.kind else {
            return None;
        };
        let name = names.last()?;
        let is = |given: &Name| same_name(&given.text, &name.text, self.dialect);
        let is_given = self.annotations.embedded.iter().any(is);
        (is_given || item.is_embedded).then(|| name.clone())
    }

    /// Whether these columns are those that a row of the table is read from.
    fn is_row_of(&self, table: TableId, fields: &[Field], nullable: bool) -> bool {
        let own = self.model.table(table);
        let mut columns = (0..).zip(&own.columns).filter(|(_, column)| !column.skip);
        let mut fields = fields.iter();
        let mut is_read = |(at, column): (u32, &Column)| {
            let value = fields.next().map(|field| &field.value);
            value.is_some_and(|value| {
                value.source == Some((table, ColumnId(at)))
                    // A condition may say that it is not NULL; a group may make it so.
                    && (nullable || column.nullable || !value.nullable)
            })
        };
        columns.all(&mut is_read) && fields.next().is_none()
    }
}
