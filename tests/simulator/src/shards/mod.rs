//! Sets of shards past the machines at hand: how evenly slots spread tenants, which connections that takes, and how long rows are on their way.
//! The hash and the slots are those that programs and databases use; what else counts are numbers that the options name.

mod connections;
mod moving;
mod skew;

use std::fmt::Write as _;

use self::connections::Pools;
use self::skew::{Keys, Spread};

/// What is planned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Plan {
    pub(crate) shards: u32,
    /// On which the shards are, evenly.
    pub(crate) servers: u32,
    pub(crate) slots: u32,
    pub(crate) tenants: u32,
    /// Of all tenants.
    pub(crate) rows: u64,
    pub(crate) processes: u32,
    /// Of all processes in a second, each with one connection.
    pub(crate) requests: u32,
    /// How long a request has its connection.
    pub(crate) held_ms: u32,
    /// How long a pool keeps a connection that is idle.
    pub(crate) idle_s: u32,
    /// A move copies so many rows in a second.
    pub(crate) copied: u64,
}

impl Plan {
    /// The options with their defaults: 1,000 shards on 50 servers for 100,000 tenants.
    pub(crate) const USUAL: Self = Self {
        shards: 1_000,
        servers: 50,
        slots: 16_384,
        tenants: 100_000,
        rows: 1_000_000_000,
        processes: 40,
        requests: 20_000,
        held_ms: 5,
        idle_s: 600,
        copied: 5_000,
    };

    /// Reads `--shards 1000 --tenants 100000 …`.
    pub(crate) fn parse(words: &[String]) -> Result<Self, String> {
        let mut plan = Self::USUAL;
        for pair in words.chunks(2) {
            let [option, value] = pair else {
                return Err(format!("`{}` has no value", pair[0]));
            };
            let number: u64 = value
                .parse()
                .map_err(|_| format!("`{value}` is not a number"))?;
            let small = u32::try_from(number).map_err(|_| format!("`{value}` is too large"));
            match option.as_str() {
                "--shards" => plan.shards = small?,
                "--servers" => plan.servers = small?,
                "--slots" => plan.slots = small?,
                "--tenants" => plan.tenants = small?,
                "--rows" => plan.rows = number,
                "--processes" => plan.processes = small?,
                "--requests" => plan.requests = small?,
                "--held-ms" => plan.held_ms = small?,
                "--idle-s" => plan.idle_s = small?,
                "--copied" => plan.copied = number,
                other => return Err(format!("`{other}` is not understood")),
            }
        }
        plan.ensure()?;
        Ok(plan)
    }

    fn ensure(&self) -> Result<(), String> {
        let numbers = [
            self.servers,
            self.tenants,
            self.processes,
            self.requests,
            self.held_ms,
            self.idle_s,
        ];
        match () {
            () if numbers.contains(&0) || self.rows == 0 || self.copied == 0 => {
                Err("each number is at least 1".to_owned())
            }
            () if self.shards < self.servers => {
                Err("there are at least as many shards as servers".to_owned())
            }
            () if self.slots < self.shards || self.slots > 65_536 => {
                Err("there are at least as many slots as shards, and at most 65536".to_owned())
            }
            () => Ok(()),
        }
    }
}

/// What comes of a plan, as text.
pub(crate) fn report(plan: &Plan) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        let _ = writeln!(out, "{text}");
    };
    line(format!("{plan:?}"));
    line(String::new());
    line("load of the fullest shard as a part of the mean, by that of a tenant".to_owned());
    line("slots    keys       as others   1/rank^0.5   1/rank^0.8   1/rank".to_owned());
    for slots in [1_024, 4_096, 16_384, 65_536] {
        if slots < plan.shards {
            continue;
        }
        for keys in [Keys::Numbers, Keys::Texts] {
            let spread = Spread::of(&Plan { slots, ..*plan }, keys);
            let loads = [0.0, 0.5, 0.8, 1.0].map(|exponent| spread.fullest(exponent));
            line(format!(
                "{slots:<8} {:<10} {:<11.2} {:<12.2} {:<12.2} {:.2}",
                keys.name(),
                loads[0],
                loads[1],
                loads[2],
                loads[3]
            ));
        }
    }
    line(String::new());
    let share = Spread::share_of_largest(plan, 1.0);
    line(format!(
        "the largest tenant by 1/rank has {:.1} % of all load: {:.1} shards' worth, on one shard",
        share * 100.0,
        share * f64::from(plan.shards)
    ));
    line(String::new());
    line("idle timeout   connections of a server   of a process   reads of fences in a server's second".to_owned());
    for idle_s in [plan.idle_s, 60, 10, 1] {
        let plan = Plan { idle_s, ..*plan };
        let pools = Pools::of(&plan);
        line(format!(
            "{:<14} {:<25.0} {:<14.0} {:.0}",
            format!("{idle_s} s"),
            pools.of_server(&plan),
            pools.of_process(&plan),
            connections::fence_reads(&plan)
        ));
    }
    line(String::new());
    line("moving, one after the other      rows          moves   hours".to_owned());
    for (what, moved) in moving::cases(plan) {
        line(format!(
            "{what:<32} {:<13} {:<7} {:.1}",
            moved.rows, moved.moves, moved.hours
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Plan, report};

    fn plan(words: &str) -> Result<Plan, String> {
        let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
        Plan::parse(&words)
    }

    #[test]
    fn options_are_read_and_impossible_plans_refused() {
        assert_eq!(plan(""), Ok(Plan::USUAL));
        let small = plan("--shards 4 --servers 2 --rows 5000000000").expect("it can be planned");
        assert_eq!(
            (small.shards, small.servers, small.rows),
            (4, 2, 5_000_000_000)
        );
        for (words, why) in [
            ("--shards", "`--shards` has no value"),
            ("--shards many", "`many` is not a number"),
            ("--shard 1", "`--shard` is not understood"),
            ("--held-ms 0", "each number is at least 1"),
            ("--shards 4", "there are at least as many shards as servers"),
            (
                "--slots 999",
                "there are at least as many slots as shards, and at most 65536",
            ),
        ] {
            assert_eq!(plan(words), Err(why.to_owned()), "{words}");
        }
    }

    /// Covers DIST-10 on no database.
    #[test]
    fn dist_10_a_report_has_each_question() {
        let small = plan("--shards 16 --servers 4 --tenants 1000 --requests 400").expect("a plan");
        let report = report(&small);
        for part in ["fullest shard", "largest tenant", "idle timeout", "moving"] {
            assert!(report.contains(part), "{part}: {report}");
        }
    }
}
