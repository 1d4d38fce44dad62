//! `.tar.zst`: entries one after the other, compressed as one.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::sync::{Mutex, PoisonError};

use tar::{Archive, Entry, EntryType};
use zstd::stream::read::Decoder;

use super::check::Checking;
use super::{Start, opened};
use crate::failure::Failure;

/// The most memory that decompressing takes, as a power of two: 64 MiB.
const WINDOW: u32 = 26;
/// Names that are longer than a header takes stand in an entry of their own.
const LONGEST_NAME: u64 = 1024;

/// A tar file that was read to its end once.
pub(super) struct TarFile {
    file: File,
    /// The position of the next byte that is read.
    stream: Mutex<Option<Stream>>,
}

/// The tar file as it is when it is not compressed, and the number of bytes that were read of it.
struct Stream {
    bytes: Decoder<'static, BufReader<File>>,
    at: u64,
}

impl TarFile {
    pub(super) fn checked(file: File, checking: &mut Checking) -> Result<Self, Failure> {
        let stream = Stream::open(&file).map_err(|error| checking.unread("", &error))?;
        let mut archive = Archive::new(stream.bytes);
        let entries = archive
            .entries()
            .map_err(|error| checking.unread("", &error))?;
        let (mut last, mut long) = (String::new(), None);
        // Raw: what the entries of extensions say is not applied unseen.
        for entry in entries.raw(true) {
            let mut entry = entry.map_err(|error| checking.unread(&last, &error))?;
            let name = long
                .take()
                .unwrap_or_else(|| entry.path_bytes().into_owned());
            let name = String::from_utf8_lossy(&name).into_owned();
            if entry.header().entry_type() == EntryType::GNULongName {
                long = Some(long_name(&mut entry, checking)?);
                continue;
            }
            check_entry(&name, &mut entry, checking)?;
            last = name;
        }
        let stream = Mutex::new(None);
        Ok(Self { file, stream })
    }

    /// Has the bytes at a place read.
    pub(super) fn read<T>(
        &self,
        at: u64,
        length: u64,
        then: impl FnOnce(&mut dyn BufRead) -> T,
    ) -> io::Result<T> {
        let mut kept = self.stream.lock().unwrap_or_else(PoisonError::into_inner);
        let mut stream = match kept.take().filter(|stream| stream.at <= at) {
            Some(stream) => stream,
            None => Stream::open(&self.file)?,
        };
        let skipped = io::copy(
            &mut (&mut stream.bytes).take(at - stream.at),
            &mut io::sink(),
        )?;
        stream.at += skipped;
        let mut content = BufReader::with_capacity(256 * 1024, (&mut stream.bytes).take(length));
        let outcome = then(&mut content);
        let left = content.into_inner().limit();
        stream.at += length - left;
        *kept = Some(stream);
        Ok(outcome)
    }
}

impl Stream {
    fn open(file: &File) -> io::Result<Self> {
        let mut bytes = Decoder::new(opened(file)?)?;
        bytes.window_log_max(WINDOW)?;
        Ok(Self { bytes, at: 0 })
    }
}

fn check_entry<R: Read>(
    name: &str,
    entry: &mut Entry<'_, R>,
    checking: &mut Checking,
) -> Result<(), Failure> {
    match entry.header().entry_type() {
        EntryType::Regular | EntryType::Continuous => {
            let start = Start::At(entry.raw_file_position());
            checking.entry(name, start, entry)
        }
        // Other tools add the folders.
        EntryType::Directory => Ok(()),
        EntryType::XHeader | EntryType::XGlobalHeader => Err(checking.refused(
            name,
            "it is an extension of pax; pack by `tar --format=gnu`",
        )),
        EntryType::Symlink | EntryType::Link => Err(checking.refused(name, "it is a link")),
        _ => Err(checking.refused(name, "it is not a regular file")),
    }
}

fn long_name<R: Read>(entry: &mut Entry<'_, R>, checking: &Checking) -> Result<Vec<u8>, Failure> {
    let mut name = Vec::new();
    let read = entry.take(LONGEST_NAME + 1).read_to_end(&mut name);
    read.map_err(|error| checking.unread("", &error))?;
    if name.len() as u64 > LONGEST_NAME {
        let begin = String::from_utf8_lossy(&name[..80]);
        return Err(checking.refused(&begin, "its name is too long"));
    }
    name.pop_if(|last| *last == 0);
    Ok(name)
}
