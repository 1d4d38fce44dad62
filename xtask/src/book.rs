//! `cargo xtask book`: the pages of `docs/`, those of the codes and the documents of the repository as one book, made by
//! mdBook. Each sentence has one source: pages are put together in the build folder, their links between files of the
//! repository become links between pages, and one that leads nowhere is an error.

mod links;
mod pages;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use pages::Pages;

use crate::Failure;
use crate::interrupt::Interrupt;
use crate::output::{complain, print};
use crate::workspace::{self, cargo};

/// The release of mdBook that the book is made with. Compiling it without optimisation takes a minute; as a dependency of
/// this program, every build of the workspace would compile it.
const MDBOOK: &str = "0.5.4";

/// Checks the pages, then makes the book.
pub(crate) fn run(interrupt: &Interrupt) -> Result<ExitCode, Failure> {
    let pages = Pages::read(workspace::root())?;
    let findings = links::check(workspace::root(), &pages);
    findings.iter().for_each(|finding| complain(finding));
    if !findings.is_empty() {
        return Ok(ExitCode::FAILURE);
    }
    let mdbook = mdbook(interrupt)?;
    let folder = workspace::target().join("book");
    let source = folder.join("source");
    assemble(&pages, &source)?;
    let book = folder.join("html");
    build(&mdbook, &source, &book, interrupt)?;
    print(&book.join("index.html").display().to_string());
    Ok(ExitCode::SUCCESS)
}

/// The texts of all pages.
#[cfg(test)]
pub(crate) fn pages() -> Result<Vec<String>, Failure> {
    let pages = Pages::read(workspace::root())?;
    Ok(pages.all().iter().map(|page| page.text.clone()).collect())
}

/// Returns the path of mdBook's program, which is compiled once for each build folder.
fn mdbook(interrupt: &Interrupt) -> Result<PathBuf, Failure> {
    let folder = workspace::target().join("mdbook").join(MDBOOK);
    let program = folder.join("bin/mdbook");
    if program.is_file() {
        return Ok(program);
    }
    let build = folder.join("build");
    let mut command = cargo();
    command
        .args(["install", "mdbook", "--version", MDBOOK, "--locked"])
        .args(["--debug", "--quiet"])
        .args(["--no-default-features", "--features", "search"])
        .arg("--root")
        .arg(&folder)
        .env("CARGO_TARGET_DIR", &build);
    complain(&format!("compiling mdBook {MDBOOK}"));
    if !interrupt.run(&mut command)?.success() {
        return Err(format!("`cargo install mdbook --version {MDBOOK}` failed").into());
    }
    fs::remove_dir_all(build)?;
    Ok(program)
}

/// Writes everything that mdBook reads into an empty folder.
fn assemble(pages: &Pages, source: &Path) -> Result<(), Failure> {
    if source.exists() {
        fs::remove_dir_all(source)?;
    }
    copy_files(&workspace::root().join("book"), source)?;
    let pictures = workspace::root().join(pages::PICTURES);
    copy_files(&pictures, &source.join("src/pictures"))?;
    for page in pages.all() {
        let path = source.join("src").join(&page.in_book);
        fs::create_dir_all(path.parent().unwrap_or(source))?;
        fs::write(path, links::rewritten(page, pages))?;
    }
    Ok(())
}

/// Copies the files of a folder, not those of folders in it.
fn copy_files(from: &Path, to: &Path) -> Result<(), Failure> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        if path.is_file() {
            fs::copy(&path, to.join(workspace::name_of(&path)))?;
        }
    }
    Ok(())
}

/// Runs mdBook. What it only warns of, as of a tag that is not closed, is an error here.
fn build(mdbook: &Path, source: &Path, book: &Path, interrupt: &Interrupt) -> Result<(), Failure> {
    let log = source.join("mdbook.log");
    let mut command = Command::new(mdbook);
    command
        .arg("build")
        .arg("--dest-dir")
        .arg(book)
        .arg(source)
        .stderr(File::create(&log)?);
    let status = interrupt.run(&mut command)?;
    let said = fs::read_to_string(&log)?;
    if status.success() && !said.contains("WARN") {
        return Ok(());
    }
    Err(format!("mdBook is not content ({status}):\n{said}").into())
}
