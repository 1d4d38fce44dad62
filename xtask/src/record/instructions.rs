//! The numbers of a file of callgrind.

use std::collections::HashMap;

use crate::Failure;

/// The instructions of these, and of what they call, depend on what was allocated and freed before.
const ALLOCATOR: [&str; 6] = [
    "malloc",
    "calloc",
    "realloc",
    "free",
    "posix_memalign",
    "aligned_alloc",
];
/// So do those of libc's comparisons of memory, of which there is one for each generation of processors: blocks at the end of a page
/// take longer.
const COMPARISON: &str = "__memcmp";
/// Each call of one counts as that many, so that one more is still seen.
const OF_A_CALL: u64 = 20;

/// Adds up a file: all instructions, where a call of the allocator or a comparison of memory counts as the same number each time.
pub(super) fn sum(text: &str) -> Result<u64, Failure> {
    let mut functions = HashMap::new();
    let mut all = None;
    let (mut is_within, mut is_called) = (false, false);
    let (mut left_out, mut calls) = (0, 0);
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(function) = line.strip_prefix("fn=") {
            is_within = depends_on_place(&mut functions, function);
        } else if let Some(function) = line.strip_prefix("cfn=") {
            is_called = depends_on_place(&mut functions, function);
        } else if let Some(count) = line.strip_prefix("calls=") {
            let cost = lines.next().unwrap_or_default();
            if is_called && !is_within {
                calls += word(count, 0)?;
                left_out += word(cost, 1)?;
            }
        } else if let Some(number) = line.strip_prefix("totals: ") {
            all = Some(word(number, 0)?);
        }
    }
    let all: u64 = all.ok_or("callgrind counted nothing")?;
    Ok(all - left_out + calls * OF_A_CALL)
}

/// A function has a number, and its name only where it is first met.
fn depends_on_place<'t>(functions: &mut HashMap<&'t str, bool>, function: &'t str) -> bool {
    let Some((number, name)) = function.split_once(' ') else {
        return functions.get(function).copied().unwrap_or_default();
    };
    let depends = ALLOCATOR.contains(&name) || name.starts_with(COMPARISON);
    functions.insert(number, depends);
    depends
}

fn word(line: &str, at: usize) -> Result<u64, Failure> {
    let word = line.split_whitespace().nth(at);
    Ok(word.ok_or("callgrind counted something else")?.parse()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_of_the_allocator_or_a_comparison_counts_the_same_each_time() {
        let text = "events: Ir\nsummary: 13\n\nfn=(1) main\n0 10\ncfn=(2) malloc\ncalls=3 0 \n0 700\n\
                    cfn=(3) __memcmp_avx2_movbe\ncalls=1 0\n0 30\n0 5\n\nfn=(2)\n0 200\ncfn=(4) free\ncalls=1 0\n0 500\n\n\
                    fn=(5) other\n1 10\ncfn=(4)\ncalls=1 0\n* 45\ncfn=(6) mallocs\ncalls=1 0\n+1 100\n\ntotals: 900\n";
        assert_eq!(
            sum(text).expect("there are totals"),
            10 + 5 + 10 + 100 + 5 * OF_A_CALL
        );
        sum("events: Ir\n").expect_err("there are none");
        sum("totals: none\n").expect_err("it is no number");
    }
}
