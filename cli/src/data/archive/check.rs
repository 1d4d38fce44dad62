//! The comparison of an archive's entries with its manifests.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::{Folder, Start, unreadable};
use crate::data::layout::{LONGEST_MANIFEST, MANIFEST};
use crate::data::manifest::{Manifest, hexadecimal};
use crate::failure::Failure;

/// The engines of an archive, as far as it was read.
pub(super) struct Checking {
    path: PathBuf,
    folders: BTreeMap<String, Folder>,
}

impl Checking {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            folders: BTreeMap::new(),
        }
    }

    /// Takes the next entry, a regular file.
    pub(super) fn entry(
        &mut self,
        name: &str,
        start: Start,
        content: &mut dyn Read,
    ) -> Result<(), Failure> {
        let Some((engine, file)) = parts(name) else {
            return Err(self.refused(
                name,
                "an entry is `<engine>/<file>`, and leads nowhere else",
            ));
        };
        if file == MANIFEST {
            return self.manifest(name, engine, content);
        }
        let Some(folder) = self.folders.get(engine) else {
            return Err(self.refused(name, "no manifest of its engine stands before it"));
        };
        let Some(table) = folder
            .manifest
            .tables
            .iter()
            .find(|table| table.file == file)
        else {
            return Err(self.refused(name, "it is not in its engine's manifest"));
        };
        let (bytes, sha256) = (table.bytes, table.sha256.clone());
        if folder.files.contains_key(file) {
            return Err(self.refused(name, "it is in the archive twice"));
        }
        let (read, hash) = hash(content, bytes).map_err(|error| self.unread(name, &error))?;
        if read != bytes {
            let more = if read > bytes { "more" } else { "fewer" };
            let why = format!("it has {more} than the {bytes} bytes that its manifest says");
            return Err(self.refused(name, &why));
        }
        if hash != sha256 {
            return Err(self.refused(name, "its checksum is another than its manifest's"));
        }
        let folder = self.folders.get_mut(engine);
        folder.map(|folder| folder.files.insert(file.to_owned(), start));
        Ok(())
    }

    fn manifest(
        &mut self,
        name: &str,
        engine: &str,
        content: &mut dyn Read,
    ) -> Result<(), Failure> {
        if self.folders.contains_key(engine) {
            return Err(self.refused(name, "it is in the archive twice"));
        }
        let mut text = Vec::new();
        let read = content.take(LONGEST_MANIFEST + 1).read_to_end(&mut text);
        read.map_err(|error| self.unread(name, &error))?;
        if text.len() as u64 > LONGEST_MANIFEST {
            return Err(self.refused(name, "it is too long for a manifest"));
        }
        let place = self.path.join(name).display().to_string();
        let manifest = Manifest::parse(&text, &place)?;
        let files = BTreeMap::new();
        self.folders
            .insert(engine.to_owned(), Folder { manifest, files });
        Ok(())
    }

    /// Every table has its file.
    pub(super) fn finish(self) -> Result<BTreeMap<String, Folder>, Failure> {
        for (engine, folder) in &self.folders {
            let missing = |file: &&str| !folder.files.contains_key(*file);
            let files = folder
                .manifest
                .tables
                .iter()
                .map(|table| table.file.as_str());
            if let Some(file) = files.into_iter().find(missing) {
                let name = format!("{engine}/{file}");
                return Err(self.refused(&name, "it is in the manifest, and not in the archive"));
            }
        }
        if self.folders.is_empty() {
            let failure = Failure::new(format!("`{}` holds no dump", self.path.display()));
            return Err(failure.help("write one with `bindery dump --archive FILE`"));
        }
        Ok(self.folders)
    }

    /// The failure of an entry that is none of a dump.
    pub(super) fn refused(&self, name: &str, why: &str) -> Failure {
        let failure = Failure::new(format!(
            "entry `{}` of `{}` is refused: {why}",
            name.escape_debug(),
            self.path.display()
        ));
        failure.help("nothing was changed; only archives that `bindery dump --archive FILE` has written are loaded")
    }

    /// The failure of an entry, or of the archive's own structure, that cannot be read.
    pub(super) fn unread(&self, name: &str, error: &dyn std::fmt::Display) -> Failure {
        let name = (!name.is_empty()).then_some(name);
        unreadable(&self.path, name, error)
    }
}

/// The folder and the file of an entry's name.
fn parts(name: &str) -> Option<(&str, &str)> {
    let (engine, file) = name.split_once('/')?;
    let leads_elsewhere = |part: &str| {
        part.is_empty() || part.starts_with('.') || part.contains(['/', '\\', ':', '\0'])
    };
    (!leads_elsewhere(engine) && !leads_elsewhere(file)).then_some((engine, file))
}

/// The length and hash of a content, of which no more is read than one byte past `most`.
fn hash(content: &mut dyn Read, most: u64) -> io::Result<(u64, String)> {
    let mut content = content.take(most.saturating_add(1));
    let mut hash = Sha256::new();
    let mut chunk = vec![0; 256 * 1024];
    let mut length = 0;
    loop {
        match content.read(&mut chunk)? {
            0 => return Ok((length, hexadecimal(&hash.finalize()))),
            read => {
                hash.update(&chunk[..read]);
                length += read as u64;
            }
        }
    }
}
