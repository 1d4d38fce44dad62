//! A saga as its log has it: its state, the owner who may go on with it, and the ends of its steps.

/// The state of a saga.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::saga) enum SagaState {
    /// Its steps are run.
    Running,
    /// A step failed; those before it are compensated.
    Compensating,
    /// A compensation failed, and is tried again.
    Pending,
    /// A person has to look at it, before it goes on forward.
    ParkedForward,
    /// The same on the way back.
    ParkedBack,
    Completed,
    /// A step failed, and nothing of the others is left.
    Failed,
}

impl SagaState {
    const ALL: [Self; 7] = [
        Self::Running,
        Self::Compensating,
        Self::Pending,
        Self::ParkedForward,
        Self::ParkedBack,
        Self::Completed,
        Self::Failed,
    ];

    pub(in crate::saga) fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Compensating => "compensating",
            Self::Pending => "pending",
            Self::ParkedForward => "parked",
            Self::ParkedBack => "parked_back",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    /// `None`: of a later version of bindery.
    pub(in crate::saga) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether there is something left to be done without a person.
    pub(in crate::saga) fn is_open(self) -> bool {
        match self {
            Self::Running | Self::Compensating | Self::Pending => true,
            Self::ParkedForward | Self::ParkedBack | Self::Completed | Self::Failed => false,
        }
    }
}

/// A step or its compensation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::saga) enum Way {
    Forward,
    Back,
}

impl Way {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Forward => "F",
            Self::Back => "B",
        }
    }
}

/// The part of a saga that changes while it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::saga) struct Progress {
    pub(in crate::saga) state: SagaState,
    /// The next step forward; on the way back how many steps are left to be compensated.
    pub(in crate::saga) at: usize,
    /// The attempts without success at the step or compensation at hand.
    pub(in crate::saga) attempts: u32,
    /// The attempts of these that count: those that did not fail because an engine could not be reached.
    pub(in crate::saga) failures: u32,
    /// It may have been committed.
    pub(in crate::saga) doubt: bool,
    /// For how long its engine could not be reached; `None` where it can.
    pub(in crate::saga) stalled_ms: Option<u64>,
    pub(in crate::saga) failed: Option<(String, String)>,
    pub(in crate::saga) undo_failed: Option<(String, String)>,
}

/// The process that may go on with it, and from when others may.
#[derive(Debug, Clone, Copy)]
pub(in crate::saga) enum Hold<'o> {
    /// This process, for this time.
    Mine(&'o str, u64),
    /// Anybody, after this time.
    Free(u64),
}

/// A saga as it is stored.
#[derive(Debug, Clone)]
pub(in crate::saga) struct Saved {
    pub(in crate::saga) saga: String,
    pub(in crate::saga) id: String,
    pub(in crate::saga) uid: String,
    /// The names of its steps when it was started, separated by commas.
    pub(in crate::saga) steps: String,
    pub(in crate::saga) input: String,
    pub(in crate::saga) progress: Progress,
    pub(in crate::saga) epoch: i64,
    /// No process runs it now, and it need not wait longer.
    pub(in crate::saga) is_due: bool,
}

/// A step that was done, or its compensation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::saga) struct Record {
    pub(in crate::saga) at: usize,
    pub(in crate::saga) way: Way,
    pub(in crate::saga) step: String,
    pub(in crate::saga) outcome: Ended,
    pub(in crate::saga) output: String,
    /// The step's snapshot, where it has one.
    pub(in crate::saga) written: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::saga) enum Ended {
    Done,
    /// A compensation left what had been changed since.
    Skipped,
    /// The step was given up before it was done: it can never be committed any more.
    Fenced,
}

impl Ended {
    pub(super) const ALL: [Self; 3] = [Self::Done, Self::Skipped, Self::Fenced];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Fenced => "fenced",
        }
    }
}
