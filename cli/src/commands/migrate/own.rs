//! Tables of bindery's own that a run made or changed, or would.

use bindery::__private::{OwnTable, OwnTableState};
use bindery::migrate::MigrationRun;
use serde::Serialize;

use super::told::Outcome;
use crate::output::{Paint, Stream};

/// The work of a run on one engine.
#[derive(Default)]
pub(super) struct Done<'m> {
    pub(super) runs: Vec<MigrationRun<'m>>,
    /// Tables of bindery's own, each as it was before.
    pub(super) own: Vec<OwnTable>,
}

impl Done<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty() && self.own.is_empty()
    }
}

/// One table of the document; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
pub(super) struct OwnTableDocument {
    table: &'static str,
    state: &'static str,
}

impl Outcome<'_> {
    /// Tables of bindery's own, and the words for what is done with them.
    fn own(&self) -> (&[OwnTable], OwnWords) {
        match self {
            Self::Applied(done) => (&done.own, ["created", "extended"]),
            Self::ToApply(_, own) => (own, ["to create", "to extend"]),
            Self::Listed(_)
            | Self::Reverted(_)
            | Self::Recorded(_)
            | Self::ToRevert(_)
            | Self::ToRecord(_)
            | Self::ToResolve(_)
            | Self::Stopped(..) => (&[], [""; 2]),
        }
    }
}

pub(super) fn own_tables(outcome: &Outcome<'_>) -> Vec<OwnTableDocument> {
    let (own, words) = outcome.own();
    let document = |own: &OwnTable| OwnTableDocument {
        table: own.table,
        state: own_word(own, words),
    };
    own.iter().map(document).collect()
}

/// The words for a table that was missing, and for one that is of an earlier version.
type OwnWords = [&'static str; 2];

fn own_word(own: &OwnTable, [created, extended]: OwnWords) -> &'static str {
    match own.state {
        OwnTableState::Missing => created,
        OwnTableState::Older | OwnTableState::Present => extended,
    }
}

pub(super) fn own_lines(engine: &str, outcome: &Outcome<'_>, stream: Stream) -> String {
    let (own, words) = outcome.own();
    let line = |own: &OwnTable| {
        let word = stream.paint(Paint::Good, &format!("{:<12}", own_word(own, words)));
        format!("{word} {} on {engine}\n", own.table)
    };
    own.iter().map(line).collect()
}
