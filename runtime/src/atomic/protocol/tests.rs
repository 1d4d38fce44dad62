//! Single runs of the machines, step by step. A simulator runs all orders of them, with losses and crashes.

use super::*;

const HOME: usize = 0;

/// Branches that have all written.
fn writers(number: usize) -> Vec<Work> {
    let work = Work {
        is_begun: true,
        has_written: true,
        ..Work::default()
    };
    vec![work; number]
}

fn untouched() -> Work {
    Work::default()
}

fn reader() -> Work {
    Work {
        is_begun: true,
        ..Work::default()
    }
}

/// A commit under way, and what it does next.
struct Run {
    coordinator: Coordinator<AllRules>,
    next: Vec<Action>,
}

impl Run {
    fn of(work: &[Work]) -> Self {
        let (coordinator, next) = Coordinator::start(AllRules, HOME, work);
        Self { coordinator, next }
    }

    /// Expects these actions, then hands in what came of them.
    fn does(mut self, actions: &[Action], events: &[Event]) -> Self {
        assert_eq!(self.next, actions);
        self.next.clear();
        for event in events {
            self.coordinator.take(*event, &mut self.next);
        }
        self
    }

    /// Nothing more is done, and this is known.
    fn stays(self, outcome: Outcome) {
        assert_eq!(self.next, []);
        assert_eq!(self.coordinator.outcome(), outcome);
    }

    /// All is done, so.
    fn ends(self, outcome: Outcome) {
        assert_eq!(self.next, []);
        assert!(self.coordinator.is_over());
        assert_eq!(self.coordinator.outcome(), outcome);
    }

    /// As far as all branches are prepared and the decision is in home's transaction.
    fn decided(work: &[Work]) -> Self {
        Self::of(work)
            .does(
                &[Action::Prepare(1), Action::Prepare(2)],
                &[
                    Event::Prepared(1, Prepared::Yes),
                    Event::Prepared(2, Prepared::Yes),
                ],
            )
            .does(&[Action::InsertDecision], &[Event::Inserted(Inserted::Yes)])
    }
}

fn committed() -> Outcome {
    Outcome::Committed { pending: vec![] }
}

const SECOND_PHASE: [Action; 2] = [Action::CommitPrepared(1), Action::CommitPrepared(2)];
const LOST: Event = Event::Committed(HOME, Committed::Lost);

#[test]
fn branches_are_prepared_then_home_commits_the_decision_then_they_commit() {
    Run::decided(&writers(3))
        .does(
            &[Action::CommitHome],
            &[Event::Committed(HOME, Committed::Yes)],
        )
        .does(
            &SECOND_PHASE,
            &[
                Event::Finished(2, Finished::Done),
                Event::Finished(1, Finished::Done),
            ],
        )
        .does(&[Action::Close(2), Action::Close(1)], &[])
        .ends(committed());
}

#[test]
fn one_writer_is_a_plain_commit_and_none_is_no_commit_at_all() {
    let work = [untouched(), writers(1)[0], reader()];
    Run::of(&work)
        .does(&[Action::End(2)], &[Event::Ended(2, true)])
        .does(
            &[Action::CommitAlone(1)],
            &[Event::Committed(1, Committed::Yes)],
        )
        .ends(committed());
    Run::of(&[reader(), untouched()])
        .does(&[Action::End(0)], &[Event::Ended(0, true)])
        .ends(committed());
    Run::of(&[untouched()]).ends(committed());
}

#[test]
fn a_writer_that_must_be_prepared_has_a_decision_though_it_is_alone() {
    let mut work = vec![untouched(), writers(1)[0]];
    work[1].only_prepares = true;
    Run::of(&work)
        .does(&[Action::BeginHome], &[Event::HomeBegun(true)])
        .does(&[Action::Prepare(1)], &[Event::Prepared(1, Prepared::Yes)])
        .does(&[Action::InsertDecision], &[]);
}

#[test]
fn home_that_only_read_takes_the_decision_in_the_same_transaction() {
    let work = [reader(), writers(1)[0], writers(1)[0]];
    Run::of(&work).does(&[Action::Prepare(1), Action::Prepare(2)], &[]);
}

#[test]
fn a_failed_statement_or_prepare_rolls_all_back() {
    let mut work = writers(2);
    work[1].has_failed = true;
    Run::of(&work)
        .does(&[Action::RollBack(0), Action::RollBack(1)], &[])
        .ends(Outcome::RolledBack(Cause::Branch(1)));
    for answer in [Prepared::Refused, Prepared::TagOfRollback] {
        Run::of(&writers(3))
            .does(
                &[Action::Prepare(1), Action::Prepare(2)],
                &[
                    Event::Prepared(1, answer),
                    Event::Prepared(2, Prepared::Yes),
                ],
            )
            .does(
                &[
                    Action::RollBack(0),
                    Action::RollBack(1),
                    Action::RollBackPrepared(2),
                ],
                &[Event::Finished(2, Finished::Failed)],
            )
            .does(&[Action::Close(2)], &[])
            .ends(Outcome::RolledBack(Cause::Branch(1)));
    }
}

#[test]
fn a_prepare_without_an_answer_is_rolled_back_as_prepared() {
    Run::of(&writers(2))
        .does(&[Action::Prepare(1)], &[Event::Prepared(1, Prepared::Lost)])
        .does(
            &[Action::RollBack(0), Action::RollBackPrepared(1)],
            &[Event::Finished(1, Finished::NotThere)],
        )
        .does(&[Action::Close(1)], &[])
        .ends(Outcome::RolledBack(Cause::Branch(1)));
}

#[test]
fn a_decision_that_is_there_already_fences_the_coordinator() {
    Run::of(&writers(2))
        .does(&[Action::Prepare(1)], &[Event::Prepared(1, Prepared::Yes)])
        .does(
            &[Action::InsertDecision],
            &[Event::Inserted(Inserted::Taken)],
        )
        .does(
            &[Action::RollBack(0), Action::RollBackPrepared(1)],
            &[Event::Finished(1, Finished::Done)],
        )
        .does(&[Action::Close(1)], &[])
        .ends(Outcome::RolledBack(Cause::Fenced));
}

#[test]
fn a_lost_commit_is_read_fenced_and_read_again() {
    Run::decided(&writers(3))
        .does(&[Action::CommitHome], &[LOST])
        .does(
            &[Action::ReadDecision],
            &[Event::Read(Decision::Unreadable)],
        )
        .does(&[Action::Pause(Pause::Home)], &[Event::Now(Pause::Home)])
        .does(&[Action::ReadDecision], &[Event::Read(Decision::Absent)])
        .does(&[Action::FenceAbort], &[Event::Fenced(Fenced::Decided)])
        .does(&[Action::ReadDecision], &[Event::Read(Decision::Commit)])
        .does(&SECOND_PHASE, &[]);
    let fenced = Run::decided(&writers(3))
        .does(&[Action::CommitHome], &[LOST])
        .does(&[Action::ReadDecision], &[Event::Read(Decision::Absent)])
        .does(&[Action::FenceAbort], &[Event::Fenced(Fenced::Decided)])
        .does(&[Action::ReadDecision], &[Event::Read(Decision::Abort)]);
    assert_eq!(
        fenced.coordinator.outcome(),
        Outcome::RolledBack(Cause::Branch(HOME))
    );
}

#[test]
fn the_outcome_is_unknown_until_home_can_be_read() {
    let lost = Run::decided(&writers(3)).does(
        &[Action::CommitHome],
        &[Event::Committed(HOME, Committed::Lost)],
    );
    assert_eq!(lost.coordinator.outcome(), Outcome::Unknown);
    let known = lost.does(&[Action::ReadDecision], &[Event::Read(Decision::Commit)]);
    let pending = vec![1, 2];
    assert_eq!(known.coordinator.outcome(), Outcome::Committed { pending });
}

#[test]
fn a_branch_that_cannot_be_committed_is_pending_and_tried_again() {
    let pending = Run::decided(&writers(3))
        .does(
            &[Action::CommitHome],
            &[Event::Committed(HOME, Committed::Yes)],
        )
        .does(
            &SECOND_PHASE,
            &[
                Event::Finished(1, Finished::Done),
                Event::Finished(2, Finished::Failed),
            ],
        );
    let outcome = pending.coordinator.outcome();
    assert_eq!(outcome, Outcome::Committed { pending: vec![2] });
    pending
        .does(
            &[Action::Close(1), Action::Pause(Pause::Branch(2))],
            &[Event::Now(Pause::Branch(2))],
        )
        .does(
            &[Action::CommitPrepared(2)],
            &[Event::Finished(2, Finished::NotThere)],
        )
        .does(&[Action::List(2)], &[Event::Listed(2, Listed::There)])
        .does(&[Action::EndOwner(2)], &[Event::OwnerEnded(2)])
        .does(
            &[Action::Pause(Pause::Branch(2))],
            &[Event::Now(Pause::Branch(2))],
        )
        .does(
            &[Action::CommitPrepared(2)],
            &[Event::Finished(2, Finished::NotThere)],
        )
        .does(&[Action::List(2)], &[Event::Listed(2, Listed::Gone)])
        .does(&[Action::Close(2)], &[])
        .ends(committed());
}

#[test]
fn answers_that_no_step_waits_for_change_nothing() {
    let stale = [
        Event::Prepared(1, Prepared::Refused),
        Event::Inserted(Inserted::Taken),
        Event::Committed(HOME, Committed::Refused),
        Event::Read(Decision::Abort),
        Event::Fenced(Fenced::Decided),
        Event::Now(Pause::Home),
    ];
    Run::decided(&writers(3))
        .does(
            &[Action::CommitHome],
            &[Event::Committed(HOME, Committed::Yes)],
        )
        .does(&SECOND_PHASE, &stale)
        .does(
            &[],
            &[
                Event::Finished(1, Finished::Done),
                Event::Finished(2, Finished::Done),
            ],
        )
        .does(&[Action::Close(1), Action::Close(2)], &[])
        .ends(committed());
}

/// Runs the recovery of branch 1 with the answers to its actions, each expected.
fn recover(seen: Seen, steps: &[(Action, Event)]) -> Option<Repair> {
    let (mut doubt, mut next) = Doubt::start(AllRules, 1, seen);
    for (action, event) in steps {
        assert_eq!(next, [*action]);
        next.clear();
        doubt.take(*event, &mut next);
    }
    assert_eq!(next, []);
    doubt.repair()
}

const OLD: Seen = Seen {
    is_old: true,
    is_active_here: false,
};

fn reads(decision: Decision) -> (Action, Event) {
    (Action::ReadDecision, Event::Read(decision))
}

fn commits(answer: Finished) -> (Action, Event) {
    (Action::CommitPrepared(1), Event::Finished(1, answer))
}

fn rolls_back(answer: Finished) -> (Action, Event) {
    (Action::RollBackPrepared(1), Event::Finished(1, answer))
}

fn lists(answer: Listed) -> (Action, Event) {
    (Action::List(1), Event::Listed(1, answer))
}

const FENCES: (Action, Event) = (Action::FenceAbort, Event::Fenced(Fenced::Decided));

#[test]
fn recovery_does_what_home_has() {
    let seen = Seen::default();
    let commit = [reads(Decision::Commit), commits(Finished::Done)];
    assert_eq!(recover(seen, &commit), Some(Repair::Committed));
    let abort = [reads(Decision::Abort), rolls_back(Finished::Done)];
    assert_eq!(recover(seen, &abort), Some(Repair::RolledBack));
    for (decision, why) in [
        (Decision::Unreadable, LeftAlone::HomeUnreadable),
        (Decision::Stranger, LeftAlone::Stranger),
        (Decision::Absent, LeftAlone::Young),
    ] {
        let left = Some(Repair::Left(why));
        assert_eq!(recover(seen, &[reads(decision)]), left);
    }
}

#[test]
fn recovery_fences_what_is_undecided_before_it_rolls_back() {
    let abort = [
        reads(Decision::Absent),
        FENCES,
        reads(Decision::Abort),
        rolls_back(Finished::Done),
    ];
    assert_eq!(recover(OLD, &abort), Some(Repair::RolledBack));
    let coordinator_was_first = [
        reads(Decision::Absent),
        FENCES,
        reads(Decision::Commit),
        commits(Finished::Done),
    ];
    let repair = recover(OLD, &coordinator_was_first);
    assert_eq!(repair, Some(Repair::Committed));
    let locked = [
        reads(Decision::Absent),
        (Action::FenceAbort, Event::Fenced(Fenced::Failed)),
    ];
    let left = Some(Repair::Left(LeftAlone::HomeUnreadable));
    assert_eq!(recover(OLD, &locked), left);
    let active = Seen {
        is_old: true,
        is_active_here: true,
    };
    let left = Some(Repair::Left(LeftAlone::Young));
    assert_eq!(recover(active, &[reads(Decision::Absent)]), left);
}

#[test]
fn an_abort_is_written_only_while_a_branch_is_prepared() {
    use Listed::{Gone, There, Unreadable};
    for (listed, fenced) in [
        (&[There][..], Fenced::Decided),
        (&[Gone, There, Unreadable], Fenced::Decided),
        (&[Gone, Unreadable], Fenced::Failed),
        (&[Gone, Gone], Fenced::Gone),
    ] {
        assert_eq!(fence(AllRules, listed), fenced);
    }
    let gone = (Action::FenceAbort, Event::Fenced(Fenced::Gone));
    let finished_meanwhile = [reads(Decision::Absent), gone];
    assert_eq!(recover(OLD, &finished_meanwhile), Some(Repair::Gone));
    let lost = || {
        Run::decided(&writers(3))
            .does(&[Action::CommitHome], &[LOST])
            .does(&[Action::ReadDecision], &[Event::Read(Decision::Absent)])
            .does(&[Action::FenceAbort], &[gone.1])
    };
    lost()
        .does(&[Action::ReadDecision], &[Event::Read(Decision::Absent)])
        .does(&[], &[Event::Read(Decision::Abort)])
        .stays(Outcome::Unknown);
    let found = lost().does(&[Action::ReadDecision], &[Event::Read(Decision::Abort)]);
    let fenced = Outcome::RolledBack(Cause::Fenced);
    assert_eq!(found.coordinator.outcome(), fenced);
}

#[test]
fn recovery_ends_an_owner_that_keeps_a_branch() {
    let stuck = [
        reads(Decision::Commit),
        commits(Finished::NotThere),
        lists(Listed::There),
        (Action::EndOwner(1), Event::OwnerEnded(1)),
        commits(Finished::Done),
    ];
    assert_eq!(recover(OLD, &stuck), Some(Repair::Committed));
    let another_was_first = [
        reads(Decision::Commit),
        commits(Finished::NotThere),
        lists(Listed::Gone),
    ];
    let repair = recover(OLD, &another_was_first);
    assert_eq!(repair, Some(Repair::Committed));
}

#[test]
fn a_decision_is_forgotten_late_and_when_no_branch_is_listed() {
    let forget = |answers: &[Listed]| {
        let (mut forgetting, actions) = Forgetting::start(AllRules, true, [1, 2]);
        assert_eq!(actions, [Action::List(1), Action::List(2)]);
        let mut next = Vec::new();
        for (at, answer) in answers.iter().enumerate() {
            forgetting.take(Event::Listed(at + 1, *answer), &mut next);
        }
        assert!(forgetting.is_over());
        next
    };
    assert_eq!(forget(&[Listed::Gone, Listed::Gone]), [Action::Forget]);
    assert_eq!(forget(&[Listed::Gone, Listed::There]), []);
    assert_eq!(forget(&[Listed::Unreadable, Listed::Gone]), []);
    let (early, actions) = Forgetting::start(AllRules, false, [1, 2]);
    assert!(early.is_over() && actions.is_empty());
}

#[test]
fn names_of_branches_are_read_back_and_others_are_not_ours() {
    let id = Id::parse("bnd1:k3f9.default:m1-2:checkout.b.7").expect("one of ours");
    assert_eq!(id.to_string(), "bnd1:k3f9.default:m1-2:checkout.b.7");
    assert_eq!(id.decision(), "bnd1:k3f9.default:m1-2");
    for foreign in [
        "",
        "bnd1",
        "bnd1:a:b",
        "bnd1:a::c",
        "bnd1:a:b:c:d",
        "x:a:b:c",
    ] {
        assert_eq!(Id::parse(foreign), None, "{foreign}");
    }
}
