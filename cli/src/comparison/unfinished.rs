//! Work of PostgreSQL that was begun and not ended: an index that is not valid, a constraint whose rows were never looked at.

use bindery_schema::dialect::Dialect;
use bindery_schema::diff::{Change, Key, KeyKind};
use bindery_schema::model::TableName;
use bindery_schema::sql_writer::SqlWriter;

use super::finding::FindingKind;
use super::mending::Verdict;
use super::{Between, Comparison, Finding};
use crate::catalogue::Unfinished;

impl Between<'_> {
    /// Reports constraints that are as the schema says but were never checked, unless it says that, too. Returns the statements that end what was begun: they
    /// come before those of the changes.
    pub(super) fn finish_what_was_begun(
        &self,
        result: &mut Comparison,
        verdicts: &[Verdict],
    ) -> Vec<String> {
        let mut first = Vec::new();
        for one in self.unfinished {
            if one.is_index {
                let is_wanted = verdicts.iter().any(|verdict| makes(verdict, one));
                first.extend(is_wanted.then(|| drop_index(one)));
            } else if let Some((table, key)) = self.expected_key(one)
                && !verdicts.iter().any(|verdict| is_about(verdict, table, key))
                && !key.not_valid
            {
                let found = format!("{} NOT VALID", key.sql);
                let what = FindingKind::Key(key.kind);
                let finding = Finding::of_table(what, table, Some(key.sql.clone()), Some(found));
                result.differences.push(finding.of_columns(&key.columns));
                first.push(validate(table, &one.name));
            }
        }
        first
    }

    fn expected_key(&self, one: &Unfinished) -> Option<(&TableName, &Key)> {
        let table = self.expected.table(&one.table)?;
        let has_name = |key: &&Key| key.known_name.as_deref() == Some(&one.name);
        let is_checked = |key: &&Key| matches!(key.kind, KeyKind::Check | KeyKind::ForeignKey);
        let mut keys = table.keys.iter().filter(is_checked);
        Some((&table.name, keys.find(has_name)?))
    }
}

/// Whether the change makes the index anew.
fn makes(verdict: &Verdict, index: &Unfinished) -> bool {
    match verdict {
        Verdict::Wanted(Change::AddKey { key, .. }) => {
            key.is_statement && key.known_name.as_deref() == Some(&index.name)
        }
        Verdict::Wanted(_) | Verdict::Extra(_) | Verdict::Equal => false,
    }
}

/// Whether the key is made anew anyway.
fn is_about(verdict: &Verdict, table: &TableName, key: &Key) -> bool {
    match verdict {
        Verdict::Wanted(Change::AddKey {
            table: other,
            key: one,
        }) => other == table && one.known_name == key.known_name,
        Verdict::Wanted(_) | Verdict::Extra(_) | Verdict::Equal => false,
    }
}

fn drop_index(index: &Unfinished) -> String {
    let name = TableName {
        schema: index.table.schema.clone(),
        name: index.name.clone(),
    };
    let mut sql = SqlWriter::new(Dialect::Postgres);
    sql.push("DROP INDEX CONCURRENTLY IF EXISTS ").table(&name);
    sql.finish()
}

fn validate(table: &TableName, name: &str) -> String {
    let mut sql = SqlWriter::new(Dialect::Postgres);
    sql.push("ALTER TABLE ").table(table);
    sql.push(" VALIDATE CONSTRAINT ").identifier(name);
    sql.finish()
}
