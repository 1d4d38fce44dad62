//! A page of Markdown on a terminal: paragraphs broken to its width, headings and examples in colour.

use crate::output::{Paint, Stream};
use crate::text::wrap;

/// The page as lines of a stream.
pub(super) fn page(markdown: &str, stream: Stream) -> String {
    let mut within_example = false;
    let mut lines = String::new();
    for line in markdown.lines() {
        let is_fence = line.starts_with("```");
        lines.push_str(&shown(line, is_fence, within_example, stream));
        lines.push('\n');
        within_example ^= is_fence;
    }
    lines
}

fn shown(line: &str, is_fence: bool, within_example: bool, stream: Stream) -> String {
    if is_fence {
        stream.paint(Paint::Faint, line)
    } else if within_example {
        stream.paint(Paint::Code, line)
    } else if line.starts_with('#') {
        stream.paint(Paint::Heading, &wrap(line, stream.width, 0))
    } else {
        let indent = if line.starts_with("- ") { 2 } else { 0 };
        wrap(line, stream.width, indent)
    }
}
