//! The words for kinds of errors in metrics, spans and logs: they stay as they are, as dashboards are built on them.

use super::ErrorKind;

impl ErrorKind {
    /// Returns the kind as one word without data: `unique_violation`. It is `error.type` of spans and metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Config(_) => "config",
            Self::UnknownEngine { .. } => "unknown_engine",
            Self::NotHosted { .. } => "not_hosted",
            Self::WrongEngine => "wrong_engine",
            Self::RefusedByCluster(_) => "refused_by_cluster",
            Self::OtherShard(_) => "other_shard",
            Self::NotFound => "not_found",
            Self::SeveralRows => "several_rows",
            Self::StaleVersion => "stale_version",
            Self::Invalid(_) => "invalid",
            Self::UniqueViolation(_) => "unique_violation",
            Self::ForeignKeyViolation(_) => "foreign_key_violation",
            Self::NotNullViolation(_) => "not_null_violation",
            Self::CheckViolation(_) => "check_violation",
            Self::ValueOutOfRange(_) => "value_out_of_range",
            Self::UnsupportedValue(_) => "unsupported_value",
            Self::Decode { .. } => "decode",
            Self::UnknownDatabase => "unknown_database",
            Self::ConnectionLimit { .. } => "connection_limit",
            Self::TenantLimit { .. } => "tenant_limit",
            Self::TenantConflict { .. } => "tenant_conflict",
            Self::TenantLocked { .. } => "tenant_locked",
            #[cfg(feature = "shards")]
            Self::NoShard { .. } => "no_shard",
            #[cfg(feature = "shards")]
            Self::ShardMoved => "shard_moved",
            Self::Unavailable => "unavailable",
            Self::UnknownHost { .. } => "unknown_host",
            Self::AccessDenied => "access_denied",
            Self::PermissionDenied => "permission_denied",
            Self::ConnectionLost => "connection_lost",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::Timeout { .. } => "timeout",
            Self::PoolExhausted { .. } => "pool_exhausted",
            Self::WorkersBusy { .. } => "workers_busy",
            Self::Conflict => "conflict",
            Self::Busy => "busy",
            Self::ReadOnly => "read_only",
            Self::DiskFull => "disk_full",
            Self::Io => "io",
            Self::Corrupt => "corrupt",
            Self::Syntax => "syntax",
            Self::Output(_) => "output",
            Self::SchemaMismatch => "schema_mismatch",
            Self::SchemaDrift(_) => "schema_drift",
            Self::NotTransactional { .. } => "not_transactional",
            Self::UnsupportedServer { .. } => "unsupported_server",
            Self::TransactionAborted => "transaction_aborted",
            Self::TransactionForgotten => "transaction_forgotten",
            Self::Unsupported(_) => "unsupported",
            Self::WrongTransaction => "wrong_transaction",
            Self::TransactionControl => "transaction_control",
            Self::WrongParameters(_) => "wrong_parameters",
            Self::WrongColumns { .. } => "wrong_columns",
            Self::AfterCommit => "after_commit",
            #[cfg(feature = "migrations")]
            Self::Migration(_) => "migration",
            #[cfg(feature = "sync")]
            Self::Sync(_) => "sync",
            #[cfg(feature = "data")]
            Self::Data(_) => "data",
            #[cfg(feature = "saga")]
            Self::Saga(_) => "saga",
            Self::SessionSplit => "session_split",
            Self::SessionLocked { .. } => "session_locked",
            Self::OutsideTransaction { .. } => "outside_transaction",
            Self::Closed => "closed",
            Self::StillInUse { .. } => "still_in_use",
            Self::Cancelled => "cancelled",
            Self::Forked => "forked",
            Self::Database { .. } => "database",
        }
    }
}
