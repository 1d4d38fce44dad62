//! Variables that are named like the URL of an engine, and that the program does not read, are logged.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use bindery_core::config::UnreadVariable;

use super::Config;
use bindery_core::program::Program;

impl Config {
    /// Logs each such variable once in this process, by its name. Where no file and no variable is looked at, none is missed.
    pub(super) fn warn_of_unread_variables(&self, program: &Program) {
        let Some(file) = &self.file else { return };
        let engines: Vec<&str> = program.engine_names().collect();
        let of_process = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        let names = self.variables.keys().cloned().chain(of_process);
        for unread in UnreadVariable::among(names, &engines, file) {
            if is_first(&unread.name) {
                let help = unread
                    .near(&engines)
                    .map(|near| format!("; write `{near}`"));
                let help = help.unwrap_or_default();
                tracing::warn!("{}{help}", unread.message(&engines));
            }
        }
    }
}

fn is_first(name: &str) -> bool {
    static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    told.insert(name.to_owned())
}
