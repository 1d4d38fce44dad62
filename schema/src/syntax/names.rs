//! The names in a statement: those of its tree, or of its tokens where there is no tree.

use super::reader::{Text, tokens_of};
use super::tree::{
    Assignment, Body, ConflictAction, ExprKind, InList, InsertSource, JoinOn, SourceKind, Statement,
};
use super::walk::{Node, walk};
use crate::ast::name::Name;
use bindery_core::dialect::Dialect;
use bindery_core::statements::lex::TokenKind;

/// The names in a statement, in small letters.
#[derive(Debug, Default)]
pub(crate) struct Names {
    /// Of tables and views, those of `WITH` left out.
    pub(crate) tables: Vec<String>,
    pub(crate) columns: Vec<String>,
}

impl Names {
    /// The names in what reads or writes rows.
    pub(crate) fn of_rows(statement: &Statement) -> Self {
        let (mut names, mut common) = (Self::default(), Vec::new());
        walk(statement, |node| match node {
            Node::Common(table) => common.push(table.name.text.to_lowercase()),
            Node::Statement(statement) => names.of_statement(statement),
            Node::Body(Body::Table(table)) => names.table(&table.name),
            Node::Source(source) => {
                if let SourceKind::Table(table) = &source.kind {
                    names.table(&table.name);
                }
                for join in &source.joins {
                    if let JoinOn::Using(columns) = &join.on {
                        names.columns(columns);
                    }
                }
            }
            Node::Expr(expr) => match &expr.kind {
                ExprKind::Column(column) => names.columns(column.last()),
                ExprKind::In(list) => {
                    if let InList::Table(table) = &list.list {
                        table.last().into_iter().for_each(|name| names.table(name));
                    }
                }
                _ => {}
            },
            Node::Body(_) | Node::Query(_) => {}
        });
        names.tables.retain(|table| !common.contains(table));
        names
    }

    /// Every name that the tokens of a text may be. Statements without a tree are looked at so, and nothing else: what grants rights,
    /// makes functions, changes settings.
    pub(crate) fn of_tokens(sql: &str, dialect: Dialect) -> Self {
        let tokens = tokens_of(sql, dialect);
        let mut cursor = Text::of(sql, &tokens, dialect).cursor();
        let mut names = Self::default();
        while let Some(token) = cursor.token(0) {
            if cursor.is_name(0) && !cursor.is_text(token) {
                let name = cursor.name_text(token).to_lowercase();
                let is_called = token.kind == TokenKind::Word && cursor.is_symbol(1, "(");
                names.columns.extend((!is_called).then(|| name.clone()));
                names.tables.push(name);
            }
            cursor.advance(1);
        }
        names
    }

    fn table(&mut self, name: &Name) {
        self.tables.push(name.text.to_lowercase());
    }

    fn columns<'n>(&mut self, names: impl IntoIterator<Item = &'n Name>) {
        let names = names.into_iter().map(|name| name.text.to_lowercase());
        self.columns.extend(names);
    }

    fn assigned(&mut self, assignments: &[Assignment]) {
        let targets = assignments.iter().flat_map(|one| &one.targets);
        self.columns(targets.filter_map(|target| target.last()));
    }

    fn of_statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Query(_) => {}
            Statement::Insert(insert) => {
                self.table(&insert.table.name);
                self.columns(&insert.columns);
                if let InsertSource::Set(assignments) = &insert.source {
                    self.assigned(assignments);
                }
                for conflict in &insert.conflicts {
                    if let ConflictAction::Update(assignments, _) = &conflict.action {
                        self.assigned(assignments);
                    }
                }
            }
            Statement::Update(update) => self.assigned(&update.assignments),
            Statement::Delete(delete) => {
                delete
                    .targets
                    .iter()
                    .for_each(|table| self.table(&table.name));
            }
        }
    }
}
