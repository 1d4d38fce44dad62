//! Queries that do not fit a schema, for those who change it.

use super::written::WrittenQuery;
use super::{bind, file, groups, module_name};
use crate::diagnostic::Diagnostics;
use crate::input::Input;
use crate::model::Model;

/// A query of a file that does not fit the schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfitQuery {
    /// Its name in the file.
    pub name: String,
    /// The place of what is wrong first: `queries/blogs.sql:2:19`.
    pub place: String,
    /// The mistake, in a sentence without a full stop.
    pub reason: String,
}

/// Returns the queries of the input's files that do not fit the schema, in the order of the files.
pub fn unfit_queries(model: &Model, input: &Input) -> Vec<UnfitQuery> {
    let written = written(input);
    let mut unfit = Vec::new();
    for texts in groups(&written, &mut Diagnostics::default()) {
        let mut found = Diagnostics::default();
        if bind::query(model, &input.sources, &texts, &mut found).is_some() {
            continue;
        }
        let first = found.iter().next();
        let span = first.and_then(|finding| finding.labels.first());
        let span = span.map_or(texts[0].notes.name.span, |label| label.span);
        unfit.push(UnfitQuery {
            name: texts[0].notes.name.text.clone(),
            place: input.sources.file(span.file).place(span.start),
            reason: first.map_or_else(String::new, |finding| finding.message.clone()),
        });
    }
    unfit
}

/// The queries of the input's files, whatever is wrong with them.
pub(super) fn written(input: &Input) -> Vec<WrittenQuery> {
    let mut written = Vec::new();
    for &id in &input.queries {
        let module = module_name(input.sources.file(id).path());
        let found = &mut Diagnostics::default();
        file::read(input, id, &module, found, &mut written);
    }
    written
}
