//! Rows of a copy that wait for each other's unique values. Those that wait in a circle are written in one transaction, in which they
//! give up their values first; rows that wait for others are written after those. A row that cannot be written fails with those that
//! wait for it, and no other. Rows that fail together are tried again in halves, whether they wait or not.

use super::circles::circles;
use crate::error::Error;

/// Why a row fails that waits for one that fails.
pub const WAITS: &str = "another row of the target still has a unique value of it";

/// Rows that wait for each other, by their numbers; a row that waits for none of them is alone.
pub type Circle = Vec<usize>;

/// Why a row is not written.
#[derive(Debug)]
pub struct Failed {
    /// A sentence.
    pub reason: String,
    /// The error of the target, where that refused the row.
    pub cause: Option<Error>,
}

/// The outcome of writing some rows or circles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// They are written, or those that are not have failed for good.
    All,
    /// Some of them have failed and are left out: the others are tried again.
    Others,
    /// They are tried again in halves.
    Halves,
}

/// Has `write` write all groups, the last one first; `second_half` divides one.
///
/// # Errors
/// The first one of `write`.
pub fn in_halves<G, E>(
    mut groups: Vec<G>,
    second_half: impl Fn(&mut G) -> G,
    mut write: impl FnMut(&mut G) -> Result<Written, E>,
) -> Result<(), E> {
    while let Some(mut group) = groups.pop() {
        match write(&mut group)? {
            Written::All => {}
            Written::Others => groups.push(group),
            Written::Halves => {
                let second = second_half(&mut group);
                groups.extend([second, group]);
            }
        }
    }
    Ok(())
}

/// The second half of some rows, which is taken out of them.
pub fn second_half<R>(rows: &mut Vec<R>) -> Vec<R> {
    rows.split_off(rows.len() / 2)
}

/// The rows that wait, by their numbers.
#[derive(Debug)]
pub struct Waiting {
    waited_for_by: Vec<Vec<usize>>,
    failed: Vec<Option<Failed>>,
    /// After the circles that they wait for.
    circles: Vec<Circle>,
    /// The number of each row's circle.
    circle_of: Vec<usize>,
}

impl Waiting {
    /// Each row with those that have a value which it is to have.
    pub fn new(waits_for: &[Vec<usize>]) -> Self {
        let mut waited_for_by = vec![Vec::new(); waits_for.len()];
        for (row, owners) in waits_for.iter().enumerate() {
            for &owner in owners {
                waited_for_by[owner].push(row);
            }
        }
        let circles = circles(waits_for);
        let mut circle_of = vec![0; waits_for.len()];
        for (number, circle) in circles.iter().enumerate() {
            circle.iter().for_each(|&row| circle_of[row] = number);
        }
        Self {
            waited_for_by,
            failed: waits_for.iter().map(|_| None).collect(),
            circles,
            circle_of,
        }
    }

    /// Whether both rows wait for each other.
    pub fn is_one_circle(&self, row: usize, other: usize) -> bool {
        self.circle_of[row] == self.circle_of[other]
    }

    /// The row cannot be written, and so none that waits for it. The first reason of a row counts.
    pub fn fail(&mut self, row: usize, failed: Failed) {
        if self.failed[row].is_some() {
            return;
        }
        self.failed[row] = Some(failed);
        let mut open = vec![row];
        while let Some(row) = open.pop() {
            for &waits in &self.waited_for_by[row] {
                if self.failed[waits].is_none() {
                    self.failed[waits] = Some(Failed {
                        reason: WAITS.to_owned(),
                        cause: None,
                    });
                    open.push(waits);
                }
            }
        }
    }

    /// Has `write` write all circles whose rows have not failed: in groups of this number of rows, or of one circle that is larger.
    ///
    /// # Errors
    /// The first one of `write`.
    pub fn write<E>(
        &mut self,
        rows: usize,
        mut write: impl FnMut(&mut Self, &[Circle]) -> Result<Written, E>,
    ) -> Result<(), E> {
        in_halves(self.groups(rows), second_half, |circles| {
            circles.retain(|circle| self.failed[circle[0]].is_none());
            match circles.as_slice() {
                [] => Ok(Written::All),
                circles => write(self, circles),
            }
        })
    }

    /// The groups that come last first.
    fn groups(&mut self, rows: usize) -> Vec<Vec<Circle>> {
        let (mut groups, mut size) = (Vec::<Vec<Circle>>::new(), 0);
        for circle in std::mem::take(&mut self.circles) {
            size += circle.len();
            match groups.last_mut() {
                Some(group) if size <= rows => group.push(circle),
                Some(_) | None => {
                    size = circle.len();
                    groups.push(vec![circle]);
                }
            }
        }
        groups.reverse();
        groups
    }

    /// For each row why it is not written; `None` where it is.
    pub fn into_failed(self) -> Vec<Option<Failed>> {
        self.failed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused() -> Failed {
        Failed {
            reason: "a check is violated".to_owned(),
            cause: None,
        }
    }

    /// The groups that are written where some rows are refused, and the reasons of the rows that are not.
    fn written(waits_for: &[Vec<usize>], rows: usize, bad: &[usize]) -> (Vec<Vec<usize>>, String) {
        let (mut waiting, mut groups) = (Waiting::new(waits_for), Vec::new());
        let outcome: Result<(), ()> = waiting.write(rows, |waiting, circles| {
            let mut all = circles.concat();
            let is_bad = |row: &&usize| bad.contains(row);
            Ok(match all.iter().find(is_bad) {
                Some(_) if circles.len() > 1 => Written::Halves,
                Some(&row) => {
                    waiting.fail(row, refused());
                    Written::Others
                }
                None => {
                    all.sort_unstable();
                    groups.push(all);
                    Written::All
                }
            })
        });
        assert_eq!(outcome, Ok(()));
        let failed = waiting.into_failed().into_iter();
        let marks = failed.map(|failed| match failed {
            None => '.',
            Some(failed) if failed.reason == WAITS => 'w',
            Some(_) => 'x',
        });
        (groups, marks.collect())
    }

    #[test]
    fn circles_are_written_in_groups_after_what_they_wait_for() {
        let waits_for = [vec![1], vec![0], vec![1], vec![], vec![3]];
        assert_eq!(
            written(&waits_for, 3, &[]),
            (vec![vec![0, 1, 2], vec![3, 4]], ".....".to_owned())
        );
        // A circle is not divided.
        assert_eq!(
            written(&waits_for[..2], 1, &[]),
            (vec![vec![0, 1]], "..".to_owned())
        );
    }

    #[test]
    fn a_row_fails_with_those_that_wait_for_it_alone() {
        let waits_for = [vec![1], vec![0], vec![1], vec![], vec![3]];
        assert_eq!(
            written(&waits_for, 10, &[1]),
            (vec![vec![3, 4]], "wxw..".to_owned())
        );
        assert_eq!(
            written(&waits_for, 10, &[4]),
            (vec![vec![0, 1, 2], vec![3]], "....x".to_owned())
        );
    }
}
