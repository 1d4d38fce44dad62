//! A share of the seeds, and the test of the simulator itself: the protocol without a rule is found wrong.

use super::*;
use crate::protocol::rules::Rule;

/// Of the whole run: `cargo xtask simulate`.
const SHARE: u64 = 30_000;
/// The rarest of the faults is found within these.
const MOST: u64 = 400_000;

/// Covers 2PC-1, 2PC-2, 2PC-3, 2PC-5, 2PC-7, 2PC-8, REC-1, REC-2, REC-3, REC-4, REC-7.
#[test]
fn no_seed_splits_a_transaction() {
    for seed in 1..=SHARE {
        let fault = verify::broken(AllRules, seed);
        assert_eq!(fault, None, "seed {seed}");
    }
}

fn found(rule: Rule) -> Option<(u64, &'static str)> {
    let broken = |seed| verify::broken(Without(rule), seed).map(|fault| (seed, fault.invariant));
    (1..=MOST).find_map(broken)
}

#[test]
#[expect(
    clippy::print_stdout,
    reason = "the table is read by who changes a rule"
)]
fn without_any_rule_the_protocol_is_found_wrong() {
    for rule in ALL {
        let Some((seed, invariant)) = found(rule) else {
            panic!("{MOST} seeds hold without {rule:?}: what is it for?");
        };
        println!("| `{rule:?}` | {seed} | {invariant} |");
    }
}

/// A program that stood still for longer than its decision was kept took its transaction for rolled back, and it was stored.
#[test]
fn an_answer_is_not_made_up_where_the_decision_is_forgotten() {
    for seed in STOOD_STILL {
        let before = verify::broken(Without(Rule::FenceSeesBranch), seed);
        let invariant = before.map(|fault| fault.invariant);
        assert_eq!(
            invariant,
            Some("I3: told rolled back, none commits"),
            "seed {seed}"
        );
        assert_eq!(verify::broken(AllRules, seed), None, "seed {seed}");
    }
}

/// A program that stood still while it looked for its branches lost its own abort to a timeout, and another wrote one: it is rolled
/// back, which is known.
#[test]
fn what_is_gone_is_looked_up_once_more() {
    let seed = LOST_ITS_ABORT;
    let before = verify::broken(Without(Rule::GoneIsReadAgain), seed);
    let invariant = before.map(|fault| fault.invariant);
    assert_eq!(
        invariant,
        Some("2PC-2: a lost answer is found while decisions are kept")
    );
    assert_eq!(verify::broken(AllRules, seed), None);
}

const LOST_ITS_ABORT: u64 = 101_730;

/// Seeds of that fault.
const STOOD_STILL: [u64; 3] = [2_626, 7_143, 18_080];
