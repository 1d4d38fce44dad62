//! Mistakes in a derive, each with its place in the user's source.

use super::description::SourceSpan;

/// An error about a struct, with the place that it is shown at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The tokens it is about.
    pub place: SourceSpan,
    /// A sentence, then lines of help and of other places.
    pub message: String,
}

/// Collects findings; all rules run before anything stops.
#[derive(Debug, Clone, Default)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// Adds a sentence with its help.
    pub(super) fn push(
        &mut self,
        place: SourceSpan,
        message: impl Into<String>,
        help: impl AsRef<str>,
    ) {
        let message = format!("{}\nhelp: {}", message.into(), help.as_ref());
        self.0.push(Finding { place, message });
    }

    /// Adds a finding that is already worded.
    pub(super) fn add(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them in the order of their places.
    pub(super) fn into_sorted(mut self) -> Vec<Finding> {
        self.0.sort_by_key(|finding| finding.place);
        self.0
    }
}

/// Names as a sentence lists them: "`a`, `b` and `c`".
pub(super) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        None => String::new(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}
