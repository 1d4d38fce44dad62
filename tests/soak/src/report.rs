//! The summary of a soak.

use std::fmt;

use crate::copies::CopyReport;
use crate::echoes::EchoReport;
use crate::nemesis::Struck;
use crate::resources::Resources;
use crate::run::{Options, limit_of_a_call};
use crate::tasks::TaskReport;
use crate::verify::Verified;
use crate::worker::CallResults;

/// More findings than these are counted only.
const SHOWN: usize = 20;

/// The calls, the faults and the broken promises of a run.
#[derive(Debug)]
pub struct Report {
    options: Options,
    struck: Struck,
    told: CallResults,
    tasks: TaskReport,
    copies: CopyReport,
    echoes: EchoReport,
    verified: Verified,
    memory: (u64, u64),
    held: Option<(Resources, Resources)>,
    connections: Vec<(&'static str, u64)>,
    broken: Vec<String>,
}

impl Report {
    pub(crate) fn new(options: &Options, struck: Struck, mut told: CallResults) -> Self {
        let broken = std::mem::take(&mut told.broken);
        Self {
            options: options.clone(),
            struck,
            told,
            tasks: TaskReport::default(),
            copies: CopyReport::default(),
            echoes: EchoReport::default(),
            verified: Verified::default(),
            memory: (0, 0),
            held: None,
            connections: Vec::new(),
            broken,
        }
    }

    /// Returns the broken promises, in words; empty where every promise held.
    pub fn broken(&self) -> &[String] {
        &self.broken
    }

    /// Returns how many writes said that they were applied.
    pub fn applied(&self) -> u64 {
        self.told.applied
    }

    /// Returns how many faults struck.
    pub fn faults(&self) -> u64 {
        self.struck.values().sum()
    }

    pub(crate) fn broke(&mut self, what: String) {
        self.broken.push(what);
    }

    pub(crate) fn connections(&mut self, engine: &'static str, opened: u64) {
        self.connections.push((engine, opened));
    }

    pub(crate) fn verified(&mut self, mut verified: Verified) {
        self.broken.append(&mut verified.broken);
        self.verified = verified;
    }

    /// The work of the workers of tasks, of the syncs, and of relays and consumers.
    pub(crate) fn background(
        &mut self,
        mut tasks: TaskReport,
        copies: CopyReport,
        mut echoes: EchoReport,
    ) {
        let ended = tasks.ended.drain(..);
        self.broken
            .extend(ended.map(|error| format!("a worker of tasks ended: {error}")));
        let ended = echoes.ended.drain(..);
        self.broken
            .extend(ended.map(|error| format!("a relay or consumer ended: {error}")));
        self.tasks = tasks;
        self.copies = copies;
        self.echoes = echoes;
    }

    /// Returns how many rows consumers had copied in the end.
    pub fn echoed(&self) -> u64 {
        self.verified.echoed
    }

    /// Returns how many tasks ran, each once.
    pub fn tasks(&self) -> u64 {
        self.verified.tasks
    }

    /// Returns how many rows syncs had copied in the end.
    pub fn copied(&self) -> u64 {
        self.verified.copied
    }

    pub(crate) fn memory(&mut self, memory: (u64, u64), growth: u64) {
        self.memory = memory;
        let (warm, end) = memory;
        if end > warm + growth {
            self.broke(format!("memory grew from {warm} to {end} MiB"));
        }
    }

    pub(crate) fn held(&mut self, before: Resources, after: Resources) {
        self.held = Some((before, after));
        if after.threads > before.threads {
            self.broke(format!(
                "{} threads before, {} after",
                before.threads, after.threads
            ));
        }
        if after.descriptors > before.descriptors {
            let (before, after) = (before.descriptors, after.descriptors);
            self.broke(format!("{before} open descriptors before, {after} after"));
        }
    }
}

impl Report {
    fn write_background(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (tasks, copies, verified) = (&self.tasks, &self.copies, &self.verified);
        writeln!(
            out,
            "tasks:  {} ran, each once; {} shifts of workers completed {}, failed at {}, left {} to others and abandoned {} handlers",
            verified.tasks,
            tasks.shifts,
            tasks.completed,
            tasks.retried,
            tasks.lost,
            tasks.abandoned
        )?;
        writeln!(
            out,
            "syncs:  {} runs, {} of them failed, {} rows written; {} rows are as their sources",
            copies.runs, copies.failed, copies.rows, verified.copied
        )?;
        let echoes = &self.echoes;
        writeln!(
            out,
            "events: of {} transactions; relays and consumers handled {}, failed at {} and left {} to others; {} rows are as their sources",
            echoes.committed, echoes.handled, echoes.retried, echoes.lost, verified.echoed
        )
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Options {
            seed,
            time,
            workers,
        } = &self.options;
        let told = &self.told;
        writeln!(out, "seed {seed}, {workers} threads, {} s", time.as_secs())?;
        writeln!(out, "\nfaults: {}", self.faults())?;
        for ((word, engine), count) in &self.struck {
            writeln!(out, "  {count:>6}  {word} ({engine})")?;
        }
        let not_applied: u64 = told.not_applied.values().sum();
        writeln!(
            out,
            "\nwrites: {} applied, {not_applied} not applied, {} unknown ({} of them found out)",
            told.applied, told.unknown, told.resolved
        )?;
        for (word, count) in &told.not_applied {
            writeln!(out, "  {count:>6}  {word}")?;
        }
        writeln!(out, "reads:  {}, {} failed", told.reads, told.failed_reads)?;
        writeln!(
            out,
            "the longest call took {} ms; one statement has {} ms",
            told.longest.as_millis(),
            limit_of_a_call().as_millis()
        )?;
        for (engine, opened) in &self.connections {
            writeln!(out, "`{engine}`: {opened} connections opened, all closed")?;
        }
        writeln!(
            out,
            "compared: {} stored rows, {} of which either outcome was allowed",
            self.verified.rows, self.verified.either
        )?;
        self.write_background(out)?;
        writeln!(
            out,
            "memory: {} MiB warm, {} MiB at the end",
            self.memory.0, self.memory.1
        )?;
        if let Some((before, after)) = &self.held {
            writeln!(
                out,
                "threads: {} before, {} after; descriptors: {} before, {} after",
                before.threads, after.threads, before.descriptors, after.descriptors
            )?;
        }
        if self.broken.is_empty() {
            return write!(out, "\nevery promise held");
        }
        write!(out, "\n{} broken promises:", self.broken.len())?;
        for line in self.broken.iter().take(SHOWN) {
            write!(out, "\n  {line}")?;
        }
        Ok(())
    }
}
