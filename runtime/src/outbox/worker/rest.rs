//! The rest of a worker whose tasks all need something that is away, such as the queue of a relay. However many tasks wait, one of them tries it at a time.

use std::time::{Duration, Instant};

/// The finding of an attempt on the thing that all tasks need.
#[derive(Debug)]
pub(super) enum Need {
    /// It was not tried.
    Unknown,
    There,
    /// It is away, for a reason, and is to be left alone for a time.
    Away(String, Duration),
}

/// The way of a thread with the next task.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    Run,
    WaitUntil(Instant),
    /// It fails without an attempt, for this reason.
    Fail(String),
}

#[derive(Debug)]
struct Away {
    until: Instant,
    length: Duration,
    reason: String,
}

#[derive(Debug, Default)]
pub(super) struct Rest {
    away: Option<Away>,
    /// Tasks wait for the end of a rest. A worker that ends when nothing is due has them fail, as it would not end.
    pub(super) has_patience: bool,
}

impl Rest {
    /// One task tries after each rest, all of them where nothing is away.
    pub(super) fn turn(&mut self, now: Instant) -> Turn {
        match &mut self.away {
            Some(away) if now < away.until && self.has_patience => Turn::WaitUntil(away.until),
            Some(away) if now < away.until => Turn::Fail(away.reason.clone()),
            Some(away) => {
                away.until = now + away.length;
                Turn::Run
            }
            None => Turn::Run,
        }
    }

    /// Notes what an attempt has found out; `true` where it ends a rest.
    pub(super) fn note(&mut self, need: Need, now: Instant) -> bool {
        match need {
            Need::Unknown => false,
            Need::There => self.away.take().is_some(),
            Need::Away(reason, length) => {
                let until = now + length;
                self.away = Some(Away {
                    until,
                    length,
                    reason,
                });
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTH: Duration = Duration::from_millis(500);

    fn no_route() -> Need {
        Need::Away("no route".to_owned(), LENGTH)
    }

    /// Covers OUT-5: however many tasks wait, what is away is tried twice a second at most, and by all as soon as it is back.
    #[test]
    fn out_05_what_is_away_is_tried_twice_a_second() {
        let (mut rest, start) = (Rest::default(), Instant::now());
        let mut attempts = 0;
        for millisecond in 0..10_000 {
            let now = start + Duration::from_millis(millisecond);
            match rest.turn(now) {
                Turn::Run => {
                    attempts += 1;
                    assert!(!rest.note(no_route(), now));
                }
                other => assert_eq!(other, Turn::Fail("no route".to_owned())),
            }
        }
        assert_eq!(attempts, 20);
        let back = start + Duration::from_secs(10);
        assert_eq!(rest.turn(back), Turn::Run);
        assert_ne!(rest.turn(back), Turn::Run);
        assert!(!rest.note(Need::Unknown, back));
        assert!(rest.note(Need::There, back));
        assert_eq!(rest.turn(back), Turn::Run);
        assert_eq!(rest.turn(back), Turn::Run);
    }

    /// Covers OUT-5.
    #[test]
    fn out_05_tasks_wait_for_the_end_of_a_rest() {
        let now = Instant::now();
        let mut rest = Rest {
            has_patience: true,
            ..Rest::default()
        };
        rest.note(no_route(), now);
        assert_eq!(rest.turn(now), Turn::WaitUntil(now + LENGTH));
        assert_eq!(rest.turn(now + LENGTH), Turn::Run);
        assert_eq!(rest.turn(now + LENGTH), Turn::WaitUntil(now + LENGTH * 2));
    }
}
