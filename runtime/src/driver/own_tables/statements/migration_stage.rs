//! Generated from `queries/migration_stage.sql`, as the head of `statements.rs` says. Not to be edited.

use super::Statement;

pub(crate) static STAGE: Statement = Statement::numbered(
    "SELECT stage FROM _bindery_migrations WHERE version = ?",
    "SELECT stage FROM _bindery_migrations WHERE version = $1",
);
