//! Renames sequences and texts in the defaults of columns, and columns in what divides a table.

use crate::ast::{Expression, Name, ObjectName};
use crate::dialect::Dialect;
use crate::draft::DraftTable;
use crate::lower::Fold;
use crate::lower::rename::{rewrite, rewritten};
use crate::sql_writer::SqlWriter;
use crate::syntax::{SiteKind, sites_of_partitioning};

/// `nextval('s')` of a sequence that goes by another name, or is in another schema, now.
pub(in crate::lower) fn rename_sequence(
    value: &mut Expression,
    from: &ObjectName,
    to: &ObjectName,
) {
    rewrite(value, Dialect::Postgres, |site, _| {
        let last = site.text.rsplit('.').next().unwrap_or(&site.text);
        let plain = last.trim_matches('"');
        let is_it = plain == from.name.text || last.to_lowercase() == from.name.text;
        (site.kind == SiteKind::Sequence && is_it).then(|| literal(&quoted(to)))
    });
}

/// Another text in place of one of PostgreSQL's constants.
pub(in crate::lower) fn rename_text(value: &mut Expression, from: &str, to: &str) {
    rewrite(value, Dialect::Postgres, |site, _| {
        (site.kind == SiteKind::Text && site.text == from).then(|| literal(to))
    });
}

/// A column by which the rows of a table are divided.
pub(in crate::lower) fn rename_in_partitioning(table: &mut DraftTable, from: &str, to: &Name) {
    if table.dialect != Dialect::Postgres {
        return;
    }
    let options = table.native.options.iter_mut();
    for option in options.filter(|option| option.key == "PARTITION BY") {
        option.text = partitioning_after(&option.text, from, to);
    }
}

fn partitioning_after(text: &str, from: &str, to: &Name) -> String {
    rewritten(text, &sites_of_partitioning(text), |site, _| {
        (site.kind == SiteKind::Column && site.text == from).then(|| {
            let mut sql = SqlWriter::new(Dialect::Postgres);
            sql.identifier(&to.text);
            sql.finish()
        })
    })
}

impl Fold<'_> {
    /// Parts of the table that are divided themselves, by one of its columns.
    pub(in crate::lower) fn parts_follow_column(&mut self, table: &Name, from: &Name, to: &Name) {
        let mut open = vec![table.text.clone()];
        while let Some(parent) = open.pop() {
            let parts = self.partitions.iter_mut();
            for part in parts.filter(|part| part.parent.name.text == parent) {
                part.bound = partitioning_after(&part.bound, &from.text, to);
                open.push(part.name.name.text.clone());
            }
        }
    }
}

pub(in crate::lower) fn literal(text: &str) -> String {
    let mut sql = SqlWriter::new(Dialect::Postgres);
    sql.text_literal(text);
    sql.finish()
}

/// A name of PostgreSQL, with its schema where it has one.
pub(in crate::lower) fn quoted(name: &ObjectName) -> String {
    let mut sql = SqlWriter::new(Dialect::Postgres);
    if let Some(schema) = &name.schema {
        sql.identifier(schema).push(".");
    }
    sql.identifier(&name.name.text);
    sql.finish()
}
