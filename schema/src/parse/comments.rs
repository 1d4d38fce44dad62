//! Which comment belongs to which table or column: right above it, inside it, or at the end of its line.

use super::lex::Comment;
use crate::lists::IntoVec as _;

/// The comments of one text; each is handed out at most once.
pub(crate) struct Comments<'a> {
    text: &'a str,
    entries: Vec<Entry>,
}

struct Entry {
    comment: Comment,
    /// Only white space and comments stand before it on its line.
    own_line: bool,
    /// Directly below (or beside) the comment before it.
    joined: bool,
    taken: bool,
}

impl<'a> Comments<'a> {
    /// One pass over the text between the comments.
    pub(crate) fn new(text: &'a str, comments: &[Comment]) -> Self {
        let mut entries: Vec<Entry> = Vec::with_capacity(comments.len());
        let mut before = 0;
        for &comment in comments {
            let gap = &text[before as usize..comment.start as usize];
            let blank = gap.bytes().all(|byte| byte.is_ascii_whitespace());
            let line = gap.rsplit_once('\n').map(|(_, line)| line);
            let starts_line = line.is_some_and(|line| line.trim().is_empty());
            let continues =
                line.is_none() && blank && entries.last().is_none_or(|entry| entry.own_line);
            let joined = blank && !entries.is_empty() && gap.matches('\n').count() <= 1;
            entries.push(Entry {
                comment,
                own_line: starts_line || continues,
                joined,
                taken: false,
            });
            before = comment.end;
        }
        Self { text, entries }
    }

    /// The block at the very top of the text, if a blank line follows it.
    pub(crate) fn take_head(&mut self) -> Vec<Comment> {
        let starts_text =
            |entry: &Entry| self.text[..entry.comment.start as usize].trim().is_empty();
        if !self.entries.first().is_some_and(starts_text) {
            return Vec::new();
        }
        let length = 1 + self.entries[1..]
            .iter()
            .take_while(|entry| entry.joined)
            .count();
        let rest = &self.text[self.entries[length - 1].comment.end as usize..];
        let gap = &rest[..rest.len() - rest.trim_start().len()];
        if gap.matches('\n').count() < 2 {
            Vec::new()
        } else {
            self.take(0..length)
        }
    }

    /// The comments right above a place, or before it on its line.
    pub(crate) fn take_above(&mut self, start: u32) -> Vec<Comment> {
        let end = self
            .entries
            .partition_point(|entry| entry.comment.end <= start);
        let mut first = end;
        while first > 0 && !self.entries[first - 1].taken && self.leads_to(first, end, start) {
            first -= 1;
        }
        self.take(first..end)
    }

    /// Whether the comment before `first` leads without a gap to the chain that ends at `start`.
    fn leads_to(&self, first: usize, end: usize, start: u32) -> bool {
        let entry = &self.entries[first - 1];
        let newlines = if first == end {
            match self.newlines_before(start, entry.comment.end) {
                Some(newlines) => newlines,
                None => return false,
            }
        } else if self.entries[first].joined {
            return entry.own_line;
        } else {
            return false;
        };
        newlines == 0 || (newlines == 1 && entry.own_line)
    }

    /// Line breaks between two places if nothing but white space is there; looks no further than needed.
    fn newlines_before(&self, start: u32, floor: u32) -> Option<usize> {
        let gap = &self.text.as_bytes()[floor as usize..start as usize];
        let blanks = gap
            .iter()
            .rev()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        (blanks == gap.len()).then(|| gap.iter().filter(|&&byte| byte == b'\n').count())
    }

    pub(crate) fn are_inside(&self, start: u32, end: u32) -> bool {
        let first = self
            .entries
            .partition_point(|entry| entry.comment.start < start);
        let next = self.entries.get(first);
        next.is_some_and(|entry| entry.comment.start < end)
    }

    /// The comments inside a range.
    pub(crate) fn take_inside(&mut self, start: u32, end: u32) -> Vec<Comment> {
        let first = self
            .entries
            .partition_point(|entry| entry.comment.start < start);
        let last = self
            .entries
            .partition_point(|entry| entry.comment.start < end);
        self.take(first..last.max(first))
    }

    /// The comments after a place on its line; `skipped` are characters that may stand between.
    pub(crate) fn take_behind(&mut self, end: u32, skipped: &[u8]) -> Vec<Comment> {
        let mut found = Vec::new();
        let mut at = end;
        let mut index = self
            .entries
            .partition_point(|entry| entry.comment.start < end);
        let mut crossed = false;
        while let Some(entry) = self.entries.get(index) {
            let gap = &self.text.as_bytes()[at as usize..entry.comment.start as usize];
            let passes = |byte: &u8| matches!(byte, b' ' | b'\t') || skipped.contains(byte);
            if entry.taken || !gap.iter().all(passes) {
                break;
            }
            crossed |= gap.iter().any(|byte| skipped.contains(byte));
            if crossed && entry.comment.block && self.code_follows(entry.comment.end) {
                break;
            }
            at = entry.comment.end;
            found.extend(self.take(index..index + 1));
            index += 1;
        }
        found
    }

    /// Whether there is anything but white space after a place on its line.
    fn code_follows(&self, end: u32) -> bool {
        let rest = &self.text.as_bytes()[end as usize..];
        let next = rest
            .iter()
            .find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
        next.is_some_and(|&byte| byte != b'\n')
    }

    /// Forgets the comments inside a range: they belong to a statement that is passed over.
    pub(crate) fn drop_inside(&mut self, start: u32, end: u32) {
        self.take_inside(start, end);
    }

    /// Returns the comments that belong to nothing.
    pub(crate) fn rest(&mut self) -> Vec<Comment> {
        self.take(0..self.entries.len())
    }

    fn take(&mut self, range: std::ops::Range<usize>) -> Vec<Comment> {
        let fresh = self.entries[range].iter_mut().filter(|entry| !entry.taken);
        fresh
            .map(|entry| {
                entry.taken = true;
                entry.comment
            })
            .into_vec()
    }
}
