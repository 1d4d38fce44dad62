//! The data of a new server: laid out once in a process for each product, and copied from then on, which takes a tenth of the time.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::Product;
use super::directory::Directory;
use super::guard::Guard;
use super::process::Process;
use super::recipe::{Recipe, Site};
use crate::Result;

/// The data of a server that was never started.
struct Template {
    product: Product,
    directory: Directory,
    /// Removes the directory with this process.
    _guard: Guard,
}

static TEMPLATES: Mutex<Vec<Template>> = Mutex::new(Vec::new());

/// The command that fills the data directory of a new server.
pub(super) fn copy(recipe: &dyn Recipe, site: &Site<'_>) -> Result<Command> {
    // One is added whole or not at all.
    let mut templates = TEMPLATES.lock().unwrap_or_else(PoisonError::into_inner);
    let product = recipe.product();
    let of_product = templates.iter().position(|one| one.product == product);
    let at = match of_product {
        Some(at) => at,
        None => {
            templates.push(lay_out(recipe, site)?);
            templates.len() - 1
        }
    };
    Ok(copy_of(
        &templates[at].directory.data(),
        &site.directory.data(),
    ))
}

fn copy_of(from: &Path, to: &Path) -> Command {
    let mut command = Command::new("cp");
    command.arg("-a").arg(from.join(".")).arg(to);
    command
}

fn lay_out(recipe: &dyn Recipe, site: &Site<'_>) -> Result<Template> {
    let directory = Directory::create(site.directory.account(), None)?;
    let mut guard = Guard::post(directory.path(), recipe.abort_signal())?;
    let command = recipe.initialize(&directory, site.password)?;
    finish(command, &directory, &mut guard, site.options.patience)?;
    // MySQL's name of the server, of which there is one only; a server without writes its own.
    let _ = fs::remove_file(directory.data().join("auto.cnf"));
    Ok(Template {
        product: recipe.product(),
        directory,
        _guard: guard,
    })
}

/// Runs a command to its end.
pub(super) fn finish(
    command: Command,
    directory: &Directory,
    guard: &mut Guard,
    patience: Duration,
) -> Result<()> {
    let process = Process::spawn(command, directory)?;
    guard.watch(process.id());
    process.finish(patience)
}
