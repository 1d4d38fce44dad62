//! Generated from `queries/outcomes.sql`, as the head of `statements.rs` says. Not to be edited.

pub(crate) const TIDY: &str =
    "DELETE FROM _bindery_commits WHERE used < CURRENT_TIMESTAMP - INTERVAL 7 DAY LIMIT 100";

pub(crate) const ADD: &str =
    "INSERT INTO _bindery_commits (session, number) VALUES (@bindery_session, 0)";

pub(crate) const COUNT: &str = "INSERT INTO _bindery_commits (session, number) VALUES (?, ?) ON DUPLICATE KEY UPDATE number = VALUES(number), used = CURRENT_TIMESTAMP";

pub(crate) const LOOK_UP: &str =
    "SELECT number FROM _bindery_commits WHERE session = ? FOR UPDATE NOWAIT";

pub(crate) const FENCE: &str =
    "UPDATE _bindery_commits SET used = used + INTERVAL 1 SECOND WHERE session = ?";
