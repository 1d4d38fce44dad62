//! The tables and columns that the query of a view reads, as its tree has them.

use crate::ast::{Name, ObjectName};
use crate::draft::DraftView;
use crate::syntax::{
    self, Body, ExprKind, ItemKind, JoinOn, Names, Node, Source as TreeSource, SourceKind,
    Statement,
};

/// A table of a query.
pub(crate) struct Source {
    pub(crate) name: ObjectName,
    /// The name it goes by.
    pub(super) alias: Option<Name>,
    /// Its columns have other names: `FROM t AS u (a, b)`.
    pub(super) names_columns: bool,
}

/// A column that a query mentions.
pub(super) struct Mention {
    /// The name before its point.
    pub(super) qualifier: Option<String>,
    /// `None` for all: `*`, `a.*`.
    pub(super) column: Option<String>,
}

/// The tables of a view's query. A query that is not understood may read whatever it names.
pub(crate) fn sources_of(view: &DraftView) -> Vec<Source> {
    if let Ok(query) = &view.query {
        return sources(&query.statement);
    }
    let names = Names::of_tokens(&view.body.sql, view.table.dialect);
    let named = names.tables.into_iter().map(|text| {
        let own = view.table.name.clone();
        ObjectName {
            schema: None,
            name: Name { text, ..own.name },
            in_public: false,
            ..own
        }
    });
    named.map(source).collect()
}

fn source(name: ObjectName) -> Source {
    Source {
        name,
        alias: None,
        names_columns: false,
    }
}

/// The tables of a query, the queries of `WITH` left out.
pub(super) fn sources(query: &Statement) -> Vec<Source> {
    let (mut found, mut common) = (Vec::new(), Vec::new());
    syntax::walk(query, |node| match node {
        Node::Common(table) => common.push(table.name.text.as_str()),
        Node::Body(Body::Table(name)) => found.push(source(name.clone())),
        Node::Source(read) => found.extend(of_tree(read)),
        _ => {}
    });
    found.retain(|one| {
        let name = &one.name.name.text;
        let mut common = common.iter();
        one.name.schema.is_some() || !common.any(|known| known.eq_ignore_ascii_case(name))
    });
    found
}

fn of_tree(read: &TreeSource) -> Option<Source> {
    let SourceKind::Table(name) = &read.kind else {
        return None;
    };
    Some(Source {
        alias: read.alias.clone(),
        names_columns: !read.columns.is_empty(),
        ..source(name.clone())
    })
}

/// The columns that a view's query mentions.
pub(super) fn mentions(view: &DraftView) -> Vec<Mention> {
    let Ok(query) = &view.query else {
        let names = Names::of_tokens(&view.body.sql, view.table.dialect);
        let columns = names.columns.into_iter();
        return columns
            .map(|column| Mention {
                qualifier: None,
                column: Some(column),
            })
            .collect();
    };
    let mut found = Vec::new();
    syntax::walk(&query.statement, |node| match node {
        Node::Expr(expr) => {
            if let ExprKind::Column(names) = &expr.kind
                && let Some((column, before)) = names.split_last()
            {
                found.push(mention(before, Some(column)));
            }
        }
        Node::Body(Body::Select(select)) => {
            found.extend(select.items.iter().filter_map(|item| match &item.kind {
                ItemKind::All => Some(mention(&[], None)),
                ItemKind::AllOf(names) => Some(mention(names, None)),
                ItemKind::AllOfRow(_) | ItemKind::Value(..) => None,
            }));
        }
        Node::Source(source) => {
            for join in &source.joins {
                if let JoinOn::Using(columns) = &join.on {
                    found.extend(columns.iter().map(|column| mention(&[], Some(column))));
                }
            }
        }
        _ => {}
    });
    found
}

fn mention(before: &[Name], column: Option<&Name>) -> Mention {
    Mention {
        qualifier: before.last().map(|name| name.text.clone()),
        column: column.map(|name| name.text.clone()),
    }
}
