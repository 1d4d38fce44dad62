//! Dumps as files: their layout, their manifests, and the tables of a schema as the runtime dumps and loads them.

pub(crate) mod archive;
pub(crate) mod compare;
mod exchange;
pub(crate) mod fixtures;
pub(crate) mod follow;
pub(crate) mod form;
pub(crate) mod found;
pub(crate) mod layout;
pub(crate) mod manifest;
pub(crate) mod pairs;
mod partial;
pub(crate) mod record;
pub(crate) mod redact;
pub(crate) mod repair;
pub(crate) mod settle;
pub(crate) mod stream;
pub(crate) mod tables;
pub(crate) mod verified;

use bindery::ErrorKind;
use bindery::error::DataProblem;

use crate::database;
use crate::failure::Failure;

/// The failure of rows that could not be read or stored. PostgreSQL has one code for a right that lacks and for policies that would
/// hide rows, with which a dump would be of a part only.
pub(crate) fn failure(error: &bindery::Error) -> Failure {
    let shown = database::failure(error);
    if matches!(error.kind(), ErrorKind::PermissionDenied) {
        return shown.help(
            "grant the right; where policies of row-level security (PostgreSQL) would hide rows from this user, use the owner of the table or a role with `BYPASSRLS`",
        );
    }
    shown
}

/// The same, with what to type next where the command knows help for the problem.
pub(crate) fn failure_with_help(
    error: &bindery::Error,
    help: impl FnOnce(&DataProblem) -> Option<&'static str>,
) -> Failure {
    let shown = failure(error);
    let help = match error.kind() {
        ErrorKind::Data(data) => help(&data.problem),
        _ => None,
    };
    match help {
        Some(help) => shown.help(help),
        None => shown,
    }
}
