//! The rows that `--skip-bad` leaves out, as a file that can be mended and loaded.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use bindery::data::Rejected;

use crate::data::layout;
use crate::database::failure;
use crate::failure::Failure;
use crate::output::Output;
use crate::text::rows;

/// The file of the rows that were left out.
pub(super) struct Rejects<'a> {
    path: Option<&'a Path>,
    file: Option<File>,
    header: Option<String>,
    /// The engines whose rows were left out, in their order, each with the number.
    rows: Vec<(String, u64)>,
}

impl<'a> Rejects<'a> {
    /// # Errors
    /// The file is there already: it is looked for before a row is loaded.
    pub(super) fn new(path: Option<&'a Path>) -> Result<Self, Failure> {
        if let Some(path) = path.filter(|path| path.exists()) {
            let failure = Failure::new(format!("`{}` is there already", path.display()));
            return Err(failure.help("`--skip-bad` writes a new file: name another, or remove it"));
        }
        Ok(Self {
            path,
            file: None,
            header: None,
            rows: Vec::new(),
        })
    }

    /// Writes a row as it stood in its file, with the reason before it as a line that begins with `#`.
    pub(super) fn write(
        &mut self,
        engine: &str,
        rejected: &Rejected<'_>,
        failed: &mut Option<Failure>,
    ) -> bindery::Result<()> {
        let Some(path) = self.path else { return Ok(()) };
        let stop = || bindery::Error::new(bindery::ErrorKind::Output(io::ErrorKind::Other));
        if self.file.is_none() {
            match layout::create(path) {
                Ok(file) => self.file = Some(file),
                Err(failure) => {
                    *failed = Some(failure);
                    return Err(stop());
                }
            }
        }
        let mut text = String::new();
        let header = rejected.header.map(str::to_owned);
        if header != self.header {
            text += header.as_deref().unwrap_or_default();
            self.header = header;
        }
        text += &format!(
            "# {engine}: {}\n{}\n",
            failure(rejected.error).message(),
            rejected.record
        );
        match self.rows.last_mut().filter(|(of, _)| of == engine) {
            Some((_, rows)) => *rows += 1,
            None => self.rows.push((engine.to_owned(), 1)),
        }
        let written = self
            .file
            .as_mut()
            .map(|file| file.write_all(text.as_bytes()));
        match written {
            Some(Err(error)) => {
                *failed = Some(layout::cannot("write", path, &error));
                Err(stop())
            }
            Some(Ok(())) | None => Ok(()),
        }
    }

    /// Says how many there were; then the command did not do all that it was to do.
    pub(super) fn finish(self, output: &Output) -> Result<(), Failure> {
        let Some(path) = self.path.filter(|_| !self.rows.is_empty()) else {
            return Ok(());
        };
        for (engine, number) in self.rows {
            let (rows, path) = (rows(number), path.display());
            output.message(&format!("{rows} of {engine} left out, in `{path}`\n"));
        }
        Err(Failure::Told)
    }
}
