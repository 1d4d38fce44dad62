//! Levels of warnings: `[lints]` of the configuration, `@allow` in a file, and what holds without either.
//!
//! All doors apply them in one place, at the end of `check`.

use crate::codes::{ADVICE, WARNINGS, find};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::lints::{LintEntry, LintLevel};
use crate::lists::IntoVec as _;
use crate::name::suggest;
use crate::source::{FileId, Span};

/// Which warnings are reported, and as what.
#[derive(Debug, Clone, Default)]
pub struct Lints {
    /// `[lints]`: codes and their levels.
    pub(crate) levels: Vec<(&'static str, LintLevel)>,
    /// Files that a tool wrote: their tables get no advice unless `[lints]` turns it on.
    pub(crate) dumps: Vec<FileId>,
    /// Codes and places of `@allow`.
    pub(crate) allowed: Vec<(&'static str, Span)>,
}

impl Lints {
    /// Takes away what is allowed, and makes errors of what is denied.
    pub(crate) fn apply(&self, diagnostics: &mut Diagnostics) {
        let changes = !(self.levels.is_empty() && self.dumps.is_empty() && self.allowed.is_empty());
        if changes {
            diagnostics.judge_warnings(|warning| self.judge(warning));
        }
    }

    fn judge(&self, warning: &Diagnostic) -> Option<Severity> {
        let place = warning.labels.first().map(|label| label.span);
        if place.is_some_and(|place| self.is_allowed_at(warning.code, place)) {
            return None;
        }
        let of_dump = || place.is_some_and(|place| self.dumps.contains(&place.file));
        match level_of(warning.code, &self.levels) {
            Some(LintLevel::Allow) => None,
            Some(LintLevel::Warn) => Some(Severity::Warning),
            Some(LintLevel::Deny) => Some(Severity::Error),
            None if ADVICE.contains(&warning.code) && of_dump() => None,
            None => Some(Severity::Warning),
        }
    }

    fn is_allowed_at(&self, code: &str, place: Span) -> bool {
        let holds = |area: &Span| {
            area.file == place.file && area.start <= place.start && place.end <= area.end
        };
        let mut allowed = self.allowed.iter();
        allowed.any(|(of, area)| *of == code && holds(area))
    }
}

/// The level that a configuration gives a code.
pub(crate) fn level_of(code: &str, levels: &[(&'static str, LintLevel)]) -> Option<LintLevel> {
    let mut levels = levels.iter();
    levels.find_map(|(of, level)| (*of == code).then_some(*level))
}

/// The levels of a configuration. Says which of its codes are none, or have no level.
pub(crate) fn configured(
    entries: &[LintEntry],
    diagnostics: &mut Diagnostics,
) -> Vec<(&'static str, LintLevel)> {
    let mut levels = Vec::new();
    for entry in entries {
        match warning(&entry.code) {
            Ok(code) => levels.push((code, entry.level)),
            Err((message, help)) => diagnostics.push(
                Diagnostic::error("B0330", message)
                    .at(entry.span, "")
                    .help(help),
            ),
        }
    }
    levels
}

/// The code of a warning.
///
/// # Errors
/// The message and the help where it is none.
pub(crate) fn warning(word: &str) -> Result<&'static str, (String, String)> {
    if let Some(code) = WARNINGS.iter().find(|code| **code == word) {
        return Ok(code);
    }
    if find(word).is_some_and(|code| code.code == word) {
        let message = format!("`{word}` is an error: only warnings have a level");
        let help = format!("remove `{word}`; `bindery explain {word}` shows how to mend the error");
        return Err((message, help));
    }
    Err((format!("there is no code `{word}`"), unknown_help(word)))
}

fn unknown_help(word: &str) -> String {
    let several: Vec<&str> = word
        .split_whitespace()
        .take_while(|piece| WARNINGS.contains(piece))
        .into_vec();
    if let [_, ..] = several.as_slice() {
        let list = several.join(", ");
        return format!("write `{list}`: commas between codes, and a reason on a line of its own");
    }
    match suggest(word, WARNINGS.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("remove `{word}`; `bindery explain --list` lists all codes"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes;

    #[test]
    fn lists_of_codes_are_sorted_and_known() {
        for list in [WARNINGS, ADVICE, codes::OF_CONFIGURATION] {
            assert!(list.is_sorted());
            assert!(list.iter().all(|code| WARNINGS.contains(code)));
        }
        assert!(WARNINGS.iter().all(|code| find(code).is_some()));
        let of_warnings = codes::all().filter(|code| code.code.starts_with("B04"));
        assert!(
            of_warnings
                .map(|code| code.code)
                .all(|code| WARNINGS.contains(&code))
        );
    }
}
