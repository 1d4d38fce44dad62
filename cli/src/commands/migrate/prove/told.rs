//! The proof of each engine, as lines or as a part of the document.

use serde::Serialize;

use super::Proved;
use super::chain::{Proof, Stage};
use super::rows::EmptyTable;
use crate::comparison::Finding;
use crate::failure::{Ended, Failure};
use crate::output::{Output, Paint};
use crate::text::{count, rows};

/// The proof of an engine in the document; `cli/JSON.md` documents it.
#[derive(Debug, Serialize)]
pub(in super::super) struct ProofDocument<'p> {
    ok: bool,
    /// `null` where there was no scratch database.
    server: Option<String>,
    rows: u64,
    reverted: usize,
    empty: &'p [EmptyTable],
    /// The part that failed: `up`, `down`, `up again`.
    failed: Option<&'static str>,
    differences: Vec<&'p Finding>,
    #[serde(flatten)]
    ended: Ended,
}

impl Proved {
    pub(in super::super) fn is_good(&self) -> bool {
        self.outcome
            .as_ref()
            .is_ok_and(|proof| proof.failed.is_none())
    }

    pub(in super::super) fn document(&self) -> ProofDocument<'_> {
        let failure = match &self.outcome {
            Ok(proof) => proof.failure(),
            Err(failure) => Some(failure),
        };
        let proof = self.outcome.as_ref().ok();
        ProofDocument {
            ok: self.is_good(),
            server: proof.and_then(Proof::shown_server),
            rows: proof.map_or(0, |proof| proof.rows),
            reverted: proof.map_or(0, |proof| proof.reverted),
            empty: proof.map_or(&[], |proof| &proof.empty),
            failed: proof.and_then(Proof::failed_stage).map(Stage::word),
            differences: proof.map_or_else(Vec::new, Proof::differences),
            ended: failure.map(Ended::from).unwrap_or_default(),
        }
    }

    /// Prints the lines of the engine, and why it failed.
    pub(in super::super) fn print(&self, output: &Output) -> Result<(), Failure> {
        match &self.outcome {
            Ok(proof) => {
                output.result(&self.lines(proof, output))?;
                if let Some(failure) = self.failed(proof) {
                    output.failure(&failure);
                }
            }
            Err(failure) => output.failure(failure),
        }
        Ok(())
    }

    fn lines(&self, proof: &Proof, output: &Output) -> String {
        let engine = &self.engine;
        let stream = output.results();
        let line = |word: &str, paint: Paint, text: &str| {
            format!("{}  {text}\n", stream.paint(paint, &format!("{word:<9}")))
        };
        let mut text = String::new();
        for finding in proof.differences() {
            let place = format!("{} on {engine}{}", finding.place(), finding.texts());
            text += &line(proof.word(finding), Paint::Bad, &place);
        }
        for finding in &proof.comparison.notes {
            let place = format!("{} on {engine}{}", finding.place(), finding.texts());
            text += &line("unknown", Paint::Faint, &place);
        }
        for empty in &proof.empty {
            let (table, why) = (&empty.table, &empty.why);
            let why = format!("table `{table}` on {engine}: {why}");
            text += &line("no row", Paint::Faint, &why);
        }
        if proof.failed.is_none() {
            text += &line(
                "proven",
                Paint::Good,
                &format!("{engine}  {}", proof.summary()),
            );
        }
        text
    }

    /// The failure with the part that failed.
    fn failed(&self, proof: &Proof) -> Option<Failure> {
        let engine = &self.engine;
        let (stage, failure) = proof.failed.as_ref()?;
        let server = proof.shown_server();
        let server = server.map_or_else(String::new, |server| format!(" on {server}"));
        let failure = failure.clone().unwrap_or_else(|| {
            let number = count(proof.differences().len(), "difference");
            Failure::new(format!("{number} from the schema"))
        });
        let about = format!("engine `{engine}`{server}, {}", stage.word());
        Some(failure.without_engine(engine).about(&about))
    }
}

impl Proof {
    /// The product with its version, without that of its package.
    fn shown_server(&self) -> Option<String> {
        let server = self.server.as_ref()?;
        let version = server.version.split([' ', '-']).next();
        Some(format!(
            "{} {}",
            server.product,
            version.unwrap_or_default()
        ))
    }

    fn failed_stage(&self) -> Option<Stage> {
        self.failed.as_ref().map(|(stage, _)| *stage)
    }

    fn failure(&self) -> Option<&Failure> {
        self.failed.as_ref()?.1.as_ref()
    }

    /// The differences, where the last part ended at another schema.
    fn differences(&self) -> Vec<&Finding> {
        let is_compared = matches!(self.failed, Some((_, None)));
        let found = &self.comparison;
        let all = found.differences.iter().chain(&found.extra);
        all.filter(|_| is_compared).collect()
    }

    fn word(&self, finding: &Finding) -> &'static str {
        let mut extra = self.comparison.extra.iter();
        match extra.any(|one| std::ptr::eq(one, finding)) {
            true => "extra",
            false => finding.word(),
        }
    }

    fn summary(&self) -> String {
        let migrations = count(self.migrations, "migration");
        let server = self.shown_server().unwrap_or_default();
        let back = match (self.reverted, self.migrations - self.reverted) {
            (_, 0) => "there and back".to_owned(),
            (0, _) => "there; the last one has no way back".to_owned(),
            (reverted, _) => format!("there, and the last {reverted} back"),
        };
        format!("{migrations} on {server}, with {}, {back}", rows(self.rows))
    }
}
