//! `.zip`: entries that are each compressed by themselves.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::sync::{Mutex, PoisonError};

use zip::ZipArchive;

use super::Start;
use super::check::Checking;
use crate::data::layout::MANIFEST;
use crate::failure::Failure;

/// A zip file whose entries were all read once.
pub(super) struct ZipFile(Mutex<ZipArchive<BufReader<File>>>);

impl ZipFile {
    pub(super) fn checked(file: File, checking: &mut Checking) -> Result<Self, Failure> {
        let file = BufReader::with_capacity(256 * 1024, file);
        let mut archive = ZipArchive::new(file).map_err(|error| checking.unread("", &error))?;
        if archive.has_duplicate_names() {
            return Err(checking.unread("", &"two entries have one name"));
        }
        // Entries have no order: manifests first.
        let end = format!("/{MANIFEST}");
        let (manifests, files): (Vec<usize>, Vec<usize>) = (0..archive.len()).partition(|at| {
            let name = archive.name_for_index(*at);
            name.is_some_and(|name| name.is_ok_and(|name| name.ends_with(&end)))
        });
        for at in manifests.into_iter().chain(files) {
            check_entry(&mut archive, at, checking)?;
        }
        Ok(Self(Mutex::new(archive)))
    }

    /// Has an entry read.
    pub(super) fn read<T>(
        &self,
        index: usize,
        then: impl FnOnce(&mut dyn BufRead) -> T,
    ) -> io::Result<T> {
        let mut archive = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = archive.by_index(index).map_err(io::Error::from)?;
        Ok(then(&mut BufReader::with_capacity(256 * 1024, entry)))
    }
}

fn check_entry(
    archive: &mut ZipArchive<BufReader<File>>,
    at: usize,
    checking: &mut Checking,
) -> Result<(), Failure> {
    let mut entry = archive
        .by_index(at)
        .map_err(|error| checking.unread("", &error))?;
    let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
    if entry.is_symlink() {
        return Err(checking.refused(&name, "it is a link"));
    }
    if entry.is_dir() {
        return Ok(());
    }
    checking.entry(&name, Start::Index(at), &mut entry)
}
