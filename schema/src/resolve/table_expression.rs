//! Expressions of tables that their database refuses when it makes the table.

use crate::lists::IntoVec as _;
use crate::resolve::facts::Facts;
use std::collections::HashSet;

use crate::ast::{Expression, Name, ObjectKind, PartKey};
use crate::diagnostic::Diagnostic;
use crate::draft::{DraftGenerated, DraftIndex, DraftObjectKind, DraftTable};
use crate::model::{ColumnId, TableId};
use crate::parse::exclusion_parts;
use crate::source::Span;
use crate::typing::{
    DomainPart, Mistakes, OwnTable, TablePart, mistakes_of_domain, mistakes_of_expression,
};

use super::{Resolver, unknown_column};

/// Extensions whose operators and functions have a value of a type of their own, or a name that the database does not have.
const APART: [&str; 8] = [
    "citext",
    "fuzzystrmatch",
    "hstore",
    "ltree",
    "pgcrypto",
    "plpgsql",
    "unaccent",
    "uuid-ossp",
];

impl Resolver<'_> {
    /// Defaults, checks, computed columns and indexes of all tables. What several tables have of one place is looked at once.
    pub(super) fn table_expressions(&mut self) {
        let is_extended = self.is_extended();
        let mut seen = HashSet::new();
        for id in self.model.table_ids() {
            let draft = self.bound[id.0 as usize];
            if self.model.table(id).view.is_some() || draft.notes.unmanaged.is_some() {
                continue;
            }
            let own = own_table(id, draft, is_extended);
            let excluded = draft.native.exclusions.iter();
            let excluded: Vec<_> = excluded
                .flat_map(|(_, written)| of_exclusion(written))
                .into_vec();
            let excluded = excluded.iter().map(|(part, written)| (*part, written));
            for (part, written) in expressions(draft).into_iter().chain(excluded) {
                if seen.insert(written.span) {
                    let text = written.sql.as_str();
                    let found =
                        mistakes_of_expression(&self.model, &own, draft.dialect, (part, text));
                    self.report_mistakes(written, found, |name| {
                        if part.sees_columns(draft.dialect) {
                            unknown_column::of_table(draft, name, part.words())
                        } else {
                            unknown_column::in_default(name)
                        }
                    });
                }
            }
        }
    }

    /// Conditions and defaults of domains.
    pub(super) fn domain_expressions(&mut self) {
        let is_extended = self.is_extended();
        for draft in &self.draft.domains {
            let place = draft.name.name.span;
            let mut domains = self.model.domains.iter();
            let Some(domain) = domains.find(|domain| domain.span == place).cloned() else {
                continue;
            };
            let own = OwnTable {
                id: TableId(0),
                file: draft.file,
                others: None,
                is_extended,
            };
            let checks = draft.checks.iter().map(|check| (DomainPart::Check, check));
            let default = draft.default.iter().map(|sql| (DomainPart::Default, sql));
            for (part, written) in checks.chain(default) {
                let found = mistakes_of_domain(&self.model, &own, &domain, (part, &written.sql));
                let name = &domain.name;
                self.report_mistakes(written, found, |name_of| {
                    unknown_column::in_domain(name, name_of)
                });
            }
        }
    }

    /// Whether operators, casts or functions may be there that neither the database nor a statement that is read brings.
    fn is_extended(&self) -> bool {
        let mut objects = self.draft.objects.iter();
        objects.any(|object| match object.kind {
            DraftObjectKind::Other(ObjectKind::Extension) => {
                !APART.contains(&object.name.name.text.as_str())
            }
            DraftObjectKind::Other(_) | DraftObjectKind::Enum(_) => false,
        }) || ["CREATE AGGREGATE", "CREATE CAST", "CREATE OPERATOR"]
            .iter()
            .any(|kind| self.draft.skipped.contains_key(*kind))
    }

    /// Whether something of the expression was found to be wrong before: words of another database.
    fn is_reported(&self, place: Span) -> bool {
        let main = self
            .diagnostics
            .iter()
            .filter_map(|found| found.labels.first());
        let mut places = main.map(|label| label.span);
        places.any(|at| at.file == place.file && place.start <= at.start && at.end <= place.end)
    }

    fn report_mistakes(
        &mut self,
        written: &Expression,
        found: Mistakes,
        of_unknown: impl Fn(&Name) -> Diagnostic,
    ) {
        if self.is_reported(written.span) {
            return;
        }
        let file = self.input.sources.file(written.span.file).text();
        let whole = &file[written.span.start as usize..written.span.end as usize];
        let is_verbatim = whole == written.sql;
        let place = |within: Span| {
            if !is_verbatim {
                return written.span;
            }
            Span {
                file: written.span.file,
                start: written.span.start + within.start,
                end: written.span.start + within.end,
            }
        };
        for mut name in found.unknown {
            name.span = place(name.span);
            self.diagnostics.push(of_unknown(&name));
        }
        for mut finding in found.findings {
            let labels = finding.labels.iter_mut();
            labels.for_each(|label| label.span = place(label.span));
            self.diagnostics.push(finding);
        }
    }
}

fn own_table(id: TableId, draft: &DraftTable, is_extended: bool) -> OwnTable {
    let renames = draft.renames.iter().map(|(_, from, _)| from.clone());
    OwnTable {
        id,
        file: draft.file,
        others: (!draft.incomplete).then(|| renames.into_vec()),
        is_extended,
    }
}

fn expressions(draft: &DraftTable) -> Vec<(TablePart, &Expression)> {
    let columns = draft.columns.iter().enumerate();
    let columns = columns.flat_map(|(at, column)| {
        let id = ColumnId(at as u32);
        let words_are_texts = Facts::of(draft.dialect).defaults.words_are_texts;
        let is_value = |default: &&Expression| !words_are_texts || default.sql.starts_with('(');
        let default = column.default.as_ref().filter(is_value);
        let computed = match &column.generated {
            DraftGenerated::Computed { expression, .. } => Some(expression),
            DraftGenerated::No | DraftGenerated::Counted { .. } => None,
        };
        let default = default.map(|written| (TablePart::Default(id), written));
        default
            .into_iter()
            .chain(computed.map(|written| (TablePart::Computed(id), written)))
    });
    let checks = draft.checks.iter();
    let checks = checks.map(|check| (TablePart::Check, &check.condition));
    columns
        .chain(checks)
        .chain(draft.indexes.iter().flat_map(of_index))
        .into_vec()
}

/// The keys and the condition of `EXCLUDE USING gist (a WITH =, b WITH &&) WHERE (…)`.
fn of_exclusion(written: &Expression) -> Vec<(TablePart, Expression)> {
    let (keys, condition) = exclusion_parts(&written.sql);
    let keys = keys.into_iter().map(|key| (TablePart::IndexKey, key));
    let condition = condition.map(|one| (TablePart::IndexCondition, one));
    let parts = keys.chain(condition);
    parts
        .map(|(part, one)| (part, piece_of(written, (one.span.start, one.span.end))))
        .into_vec()
}

/// A part of an expression, at its place where the whole is as it is written.
fn piece_of(whole: &Expression, (start, end): (u32, u32)) -> Expression {
    let length = whole.span.end - whole.span.start;
    let span = if length as usize == whole.sql.len() {
        Span {
            start: whole.span.start + start,
            end: whole.span.start + end,
            ..whole.span
        }
    } else {
        whole.span
    };
    Expression {
        sql: whole.sql[start as usize..end as usize].to_owned(),
        span,
    }
}

fn of_index(index: &DraftIndex) -> impl Iterator<Item = (TablePart, &Expression)> {
    let keys = index.parts.iter().filter_map(|part| match &part.key {
        PartKey::Column(_) => None,
        PartKey::Expression(written) => Some((TablePart::IndexKey, written)),
    });
    let condition = index.predicate.iter();
    keys.chain(condition.map(|written| (TablePart::IndexCondition, written)))
}
