//! Columns that USING merges, as MySQL finds them by their name: among the columns that are selected first, and for a window
//! among the arguments of functions over windows. Where both tables' columns are there, the name is ambiguous (error 1052).

use crate::ast::Name;
use crate::dialect::Dialect;
use crate::lists::IntoVec as _;
use crate::name::same_name;
use crate::syntax::{
    Call, Expr, ExprKind, Group, ItemKind, JoinKind, Select, SelectItem, Sort, Source, SourceKind,
    Window,
};
use crate::typing::checker::Checker;
use crate::typing::findings;
use crate::typing::scope::{Relation, Scope};

/// One column that USING merges, and the tables whose columns of its name a query has.
struct Selected<'s> {
    name: &'s str,
    /// Selected under its name, and under another.
    named: Vec<&'s str>,
    renamed: Vec<&'s str>,
    /// As arguments of functions over windows.
    arguments: Vec<&'s str>,
}

impl Checker<'_> {
    /// Refuses a merged column's name where it is ambiguous. Of RIGHT JOIN it is the other table's column, and is left to the server.
    pub(in crate::typing) fn check_merged_names(
        &mut self,
        select: &Select,
        order: &[Sort],
        scope: &Scope<'_>,
    ) {
        if self.dialect != Dialect::Mysql || select.from.iter().any(joins_right) {
            return;
        }
        let mut calls = Vec::new();
        for item in &select.items {
            if let ItemKind::Value(value, _) = &item.kind {
                calls_over(value, &mut calls);
            }
        }
        for merged in &scope.merged {
            let Some(selected) = Selected::of(&merged.name, select, &calls, scope) else {
                continue;
            };
            let groups = select.group.iter().filter_map(|group| match group {
                Group::Value(sort) => Some(&sort.value),
                Group::Sets(..) => None,
            });
            let sorts = order.iter().map(|sort| &sort.value);
            self.refuse_merged(selected.name, selected.items(), groups.chain(sorts));
            let windows = calls.iter().filter_map(|call| call.over.as_ref());
            let windows = windows.chain(select.windows.iter().map(|(_, window)| window));
            let values = windows.flat_map(values_of);
            self.refuse_merged(selected.name, selected.within_windows(), values);
        }
    }

    fn refuse_merged<'e>(
        &mut self,
        name: &str,
        tables: Option<Vec<String>>,
        values: impl Iterator<Item = &'e Expr>,
    ) {
        let Some(tables) = tables else { return };
        for value in values {
            if let ExprKind::Column(names) = &value.kind
                && let [column] = names.as_slice()
                && same_name(&column.text, name, Dialect::Mysql)
            {
                self.report(findings::ambiguous_column(column, &tables));
            }
        }
    }
}

impl<'s> Selected<'s> {
    /// None where no table of the query has such a column.
    fn of(
        name: &'s str,
        select: &'s Select,
        calls: &[&'s Call],
        scope: &'s Scope<'_>,
    ) -> Option<Self> {
        let first = scope.relations.iter().find(|one| has(one, name))?;
        let mut selected = Self {
            name,
            named: Vec::new(),
            renamed: Vec::new(),
            arguments: Vec::new(),
        };
        let first = first.name.as_deref()?;
        for item in &select.items {
            selected.add(item, first, scope);
        }
        for argument in calls.iter().flat_map(|call| &call.arguments) {
            let table = table_of(&argument.value, name, first);
            add(&mut selected.arguments, table);
        }
        Some(selected)
    }

    fn add(&mut self, item: &'s SelectItem, first: &'s str, scope: &'s Scope<'_>) {
        match &item.kind {
            ItemKind::All => add(&mut self.named, Some(first)),
            ItemKind::AllOf(names) => {
                let relation = scope.relation(names, Dialect::Mysql);
                let relation = relation.filter(|one| has(one, self.name));
                add(
                    &mut self.named,
                    relation.and_then(|one| one.name.as_deref()),
                );
            }
            ItemKind::AllOfRow(_) => {}
            ItemKind::Value(value, alias) => {
                let is_named = alias
                    .as_ref()
                    .is_none_or(|alias| same_name(&alias.text, self.name, Dialect::Mysql));
                let tables = if is_named {
                    &mut self.named
                } else {
                    &mut self.renamed
                };
                add(tables, table_of(value, self.name, first));
            }
        }
    }

    /// The tables between which an order by the name cannot choose.
    fn items(&self) -> Option<Vec<String>> {
        let selected = if self.named.is_empty() {
            &self.renamed
        } else {
            &self.named
        };
        several(selected)
    }

    fn within_windows(&self) -> Option<Vec<String>> {
        self.items().or_else(|| several(&self.arguments))
    }
}

fn several(tables: &[&str]) -> Option<Vec<String>> {
    (tables.len() > 1).then(|| tables.iter().map(|&one| one.to_owned()).into_vec())
}

fn add<'s>(tables: &mut Vec<&'s str>, table: Option<&'s str>) {
    let is_new = |table: &&str| {
        !tables
            .iter()
            .any(|one| same_name(one, table, Dialect::Mysql))
    };
    let table = table.filter(is_new);
    tables.extend(table);
}

fn has(relation: &Relation, name: &str) -> bool {
    let is = |own: &String| same_name(own, name, Dialect::Mysql);
    let mut fields = relation.fields.iter().flat_map(|fields| fields.iter());
    fields.any(|field| field.name.as_ref().is_some_and(is))
}

/// The table whose column of this name an expression is; the name alone is that of the first table that has it.
fn table_of<'s>(value: &'s Expr, name: &str, first: &'s str) -> Option<&'s str> {
    let ExprKind::Column(names) = &value.kind else {
        return None;
    };
    let (column, tables): (&Name, &[Name]) = names.split_last()?;
    let is_it = same_name(&column.text, name, Dialect::Mysql);
    is_it.then(|| tables.last().map_or(first, |table| table.text.as_str()))
}

fn values_of(window: &Window) -> impl Iterator<Item = &Expr> {
    let order = window.order.iter().map(|sort| &sort.value);
    window.partition.iter().chain(order)
}

/// The calls over windows within an expression.
fn calls_over<'e>(value: &'e Expr, calls: &mut Vec<&'e Call>) {
    if let ExprKind::Call(call) = &value.kind
        && call.over.is_some()
    {
        calls.push(call);
    }
    for child in value.children() {
        calls_over(child, calls);
    }
}

fn joins_right(source: &Source) -> bool {
    let within = matches!(&source.kind, SourceKind::Joined(inner) if joins_right(inner));
    let mut joins = source.joins.iter();
    within || joins.any(|join| join.kind == JoinKind::Right || joins_right(&join.source))
}
