//! Migrations with the trees of their statements, which all rules share.

use std::ops::Deref;
use std::sync::Arc;

use crate::dialect::Dialect;
use crate::migrations::{LoadedMigration, ScriptStatement};
use crate::parse::{SingleStatement, parse_single};

/// A migration whose statements are parsed.
#[derive(Debug, Clone)]
pub struct ParsedMigration {
    loaded: LoadedMigration,
    trees: Arc<[SingleStatement]>,
}

impl ParsedMigration {
    /// Parses the statements that apply it.
    pub fn new(loaded: LoadedMigration, dialect: Dialect) -> Self {
        let statements = loaded.up.statements.iter();
        let trees = statements.map(|one| parse_single(&one.sql, dialect));
        Self {
            trees: trees.collect(),
            loaded,
        }
    }

    /// The same of all migrations of an engine.
    pub fn all(
        migrations: impl IntoIterator<Item = LoadedMigration>,
        dialect: Dialect,
    ) -> Vec<Self> {
        let migrations = migrations.into_iter();
        migrations.map(|one| Self::new(one, dialect)).collect()
    }

    /// The statements that apply it, each with its tree.
    pub(super) fn statements(&self) -> impl Iterator<Item = (&ScriptStatement, &SingleStatement)> {
        self.up.statements.iter().zip(self.trees.iter())
    }
}

impl Deref for ParsedMigration {
    type Target = LoadedMigration;

    fn deref(&self) -> &LoadedMigration {
        &self.loaded
    }
}

/// Texts of statements, each with its tree.
pub(super) fn parse_texts<'s>(
    texts: impl IntoIterator<Item = &'s str>,
    dialect: Dialect,
) -> Vec<(&'s str, SingleStatement)> {
    let texts = texts.into_iter();
    texts.map(|sql| (sql, parse_single(sql, dialect))).collect()
}

/// The texts of all statements of these migrations, each with its tree.
pub(super) fn texts(
    migrations: &[ParsedMigration],
) -> impl Iterator<Item = (&str, &SingleStatement)> {
    let statements = migrations.iter().flat_map(ParsedMigration::statements);
    statements.map(|(statement, tree)| (&*statement.sql, tree))
}
