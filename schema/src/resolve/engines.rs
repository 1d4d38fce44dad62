//! Binds engine names: tags, the file's head, the configuration, the default.

use crate::lists::IntoVec as _;
use std::collections::HashSet;

use crate::diagnostic::Diagnostic;
use crate::draft::DraftTable;
use crate::model::EngineId;
use crate::name;
use crate::name::quoted_list;
use crate::source::Span;

use super::Resolver;

/// The findings that were reported already: a file's head is the tag of all its tables.
#[derive(Default)]
pub(super) struct Reported {
    names: HashSet<(String, Option<Span>)>,
    no_default: bool,
}

impl Resolver<'_> {
    /// Returns the engines of a table; never empty as long as there is any engine, so that nothing else seems wrong as
    /// well.
    pub(super) fn engines(&mut self, draft: &DraftTable) -> Vec<EngineId> {
        let mut found = self.tagged_engines(draft);
        self.input.models_of.add_to(&mut found);
        found
    }

    fn tagged_engines(&mut self, draft: &DraftTable) -> Vec<EngineId> {
        let mut found = Vec::new();
        for (name, span) in &draft.engines {
            found.extend(self.engine(name, *span));
        }
        if !found.is_empty() {
            return found;
        }
        if draft.engines.is_empty()
            && self.input.default_engine.is_none()
            && !self.reported.no_default
        {
            self.reported.no_default = true;
            let message = format!(
                "table `{}` is untagged and there is no engine `default`",
                draft.name.name.text
            );
            let known = self.engine_names();
            let help = format!(
                "write above it where it lives: `-- @engines {}`",
                known.first().copied().unwrap_or("default")
            );
            self.diagnostics.push(
                Diagnostic::error("B0108", message)
                    .at(draft.name.name.span, "")
                    .help(help),
            );
        }
        let any = (!self.input.engines.is_empty()).then_some(EngineId(0));
        self.input.default_engine.or(any).into_iter().into_vec()
    }

    /// The engine of a name, or an error that names those there are.
    pub(super) fn engine(&mut self, name: &str, span: Option<Span>) -> Option<EngineId> {
        let found = self.input.engine_named(name);
        if found.is_none() && self.reported.names.insert((name.to_owned(), span)) {
            let known = self.engine_names();
            let mut help = format!("the engines are {}", quoted_list(&known));
            if let Some(near) = name::suggest(name, known.iter().copied()) {
                help = format!("write `{near}`; {help}");
            }
            let mut finding = Diagnostic::error("B0100", format!("there is no engine `{name}`"));
            if let Some(span) = span {
                finding = finding.at(span, "");
            }
            self.diagnostics.push(finding.help(help));
        }
        found
    }

    fn engine_names(&self) -> Vec<&str> {
        self.input
            .engines
            .iter()
            .map(|engine| engine.name.as_str())
            .into_vec()
    }
}
