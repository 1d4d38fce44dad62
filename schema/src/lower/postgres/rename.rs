//! Renames sequences and texts in the defaults of columns.

use crate::ast::{Expression, ObjectName};
use crate::dialect::Dialect;
use crate::lower::rename::rewrite;
use crate::sql_writer::SqlWriter;
use crate::syntax::SiteKind;

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
