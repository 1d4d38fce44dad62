//! Runs the protocol of atomic groups, the same code that programs run, in a world of lost, late and repeated messages, crashes
//! and restarts, and checks after each seed that nothing has split: `cargo xtask simulate`. `cargo xtask simulate shards` plans sets of shards that
//! are larger than the machines at hand.

mod chance;
mod process;
#[path = "../../../runtime/src/atomic/protocol/mod.rs"]
mod protocol;
mod recovery;
mod rules;
mod run;
mod server;
mod shards;
#[cfg(test)]
mod tests;
mod verify;
mod weather;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::protocol::AllRules;
use crate::rules::{ALL, Without};
use crate::shards::Plan;

const USAGE: &str =
    "usage: bindery-simulator [--seeds N] [--from N] [--threads N] [--without RULE] [--tell SEED]
       bindery-simulator shards [--shards N] [--servers N] [--slots N] [--tenants N] [--rows N] [--processes N] [--requests N] [--held-ms N] [--idle-s N] [--copied N]";

struct Arguments {
    seeds: u64,
    from: u64,
    threads: u64,
    without: Option<Without>,
    tell: Option<u64>,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match words.split_first() {
        Some((first, options)) if first == "shards" => Plan::parse(options).map(|plan| {
            say(shards::report(&plan).trim_end());
            ExitCode::SUCCESS
        }),
        _ => parse(&words).map(|arguments| run(&arguments)),
    };
    match outcome {
        Ok(code) => code,
        Err(mistake) => {
            say(&format!("{mistake}\n{USAGE}"));
            ExitCode::from(2)
        }
    }
}

fn parse(words: &[String]) -> Result<Arguments, String> {
    let mut arguments = Arguments {
        seeds: 1_000_000,
        from: 1,
        threads: 2,
        without: None,
        tell: None,
    };
    for pair in words.chunks(2) {
        let [option, value] = pair else {
            return Err(format!("`{}` has no value", pair[0]));
        };
        let number = || {
            value
                .parse::<u64>()
                .map_err(|_| format!("`{value}` is not a number"))
        };
        match option.as_str() {
            "--seeds" => arguments.seeds = number()?,
            "--from" => arguments.from = number()?,
            "--threads" => arguments.threads = number()?.max(1),
            "--tell" => arguments.tell = Some(number()?),
            "--without" => arguments.without = Some(rule(value)?),
            other => return Err(format!("`{other}` is not understood")),
        }
    }
    Ok(arguments)
}

fn rule(name: &str) -> Result<Without, String> {
    let found = ALL.iter().find(|rule| format!("{rule:?}") == name);
    let names = || ALL.map(|rule| format!("{rule:?}")).join(", ");
    let found = found.ok_or_else(|| format!("no rule is called `{name}`: {}", names()))?;
    Ok(Without(*found))
}

fn run(arguments: &Arguments) -> ExitCode {
    if let Some(seed) = arguments.tell {
        let (fault, story) = match arguments.without {
            Some(without) => verify::told(without, seed),
            None => verify::told(AllRules, seed),
        };
        story.iter().for_each(|line| say(line));
        say(&format!("seed {seed}: {fault:?}"));
        return ExitCode::SUCCESS;
    }
    let started = Instant::now();
    let first = first_broken(arguments);
    let seconds = started.elapsed().as_secs_f64();
    let (from, seeds) = (arguments.from, arguments.seeds);
    match first {
        None => {
            say(&format!(
                "{seeds} seeds from {from} in {seconds:.1} s: every invariant holds"
            ));
            ExitCode::SUCCESS
        }
        Some(seed) => {
            let fault = match arguments.without {
                Some(without) => verify::broken(without, seed),
                None => verify::broken(AllRules, seed),
            };
            let broken = fault.map_or("", |fault| fault.invariant);
            say(&format!(
                "seed {seed} breaks \"{broken}\" ({seconds:.1} s): `--tell {seed}` tells how"
            ));
            ExitCode::FAILURE
        }
    }
}

/// The lowest of the seeds that break an invariant, over all threads.
fn first_broken(arguments: &Arguments) -> Option<u64> {
    let (next, lowest) = (AtomicU64::new(arguments.from), AtomicU64::new(u64::MAX));
    let end = arguments.from.saturating_add(arguments.seeds);
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end || seed > lowest.load(Ordering::Relaxed) {
                return;
            }
            let fault = match arguments.without {
                Some(without) => verify::broken(without, seed),
                None => verify::broken(AllRules, seed),
            };
            if fault.is_some() {
                lowest.fetch_min(seed, Ordering::Relaxed);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..arguments.threads {
            scope.spawn(work);
        }
    });
    Some(lowest.into_inner()).filter(|seed| *seed < u64::MAX)
}

fn say(line: &str) {
    // A pipe that was closed takes no more lines.
    let _ = writeln!(std::io::stdout(), "{line}");
}
