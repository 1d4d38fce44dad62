//! The one form of what rustc says, in which a machine's folders and other crates' lines have no part.

use std::path::Path;

/// Types that rustc lists before it counts the others; all of them where it is verbose.
const LISTED_TYPES: usize = 8;

/// The indentation of lines that belong to a note: types, candidates.
const LIST_ITEM: &str = "           ";

/// Returns the messages with `$WORKSPACE`, `$OUT_DIR[crate]`, `$RUST` and `$CARGO` in place of folders, without the numbers of lines of other files,
/// and without the summary. `root` is the folder of the package, in that of the workspace.
pub(super) fn normal(output: &str, root: &Path) -> String {
    let lines: Vec<&str> = output.lines().map(str::trim_end).collect();
    let mut kept: Vec<String> = Vec::new();
    // Source lines of another file that are still to come, and the types of a list so far.
    let (mut foreign, mut types) = (0_usize, None);
    for (at, &line) in lines.iter().enumerate() {
        let line = if foreign > 0 {
            without_number(line)
        } else {
            line.to_owned()
        };
        foreign = foreign.saturating_sub(1);
        if let Some((arrow, place)) = place(&line) {
            let other = other_file(place, root);
            if other.is_some() {
                foreign = lines[at + 1..]
                    .iter()
                    .take_while(|it| is_source(it))
                    .count();
            }
            let own = || place.strip_prefix(&format!("{}/", root.display()));
            let place = other.unwrap_or_else(|| own().unwrap_or(place).to_owned());
            kept.push(format!("{arrow}{place}"));
        } else if !is_summary(&line) {
            kept.extend(shortened(&line, lines.get(at + 1), &mut types).map(|it| named(&it, root)));
        }
    }
    kept.dedup_by(|next, one| next.is_empty() && one.is_empty());
    format!("{}\n", unindented(&kept).trim_end())
}

/// Splits `  --> src/main.rs:1:2` behind its arrow.
fn place(line: &str) -> Option<(&str, &str)> {
    let start = line.len() - line.trim_start().len() + 4;
    let (arrow, place) = line.split_at_checked(start)?;
    matches!(arrow.trim_start(), "--> " | "::: ").then_some((arrow, place))
}

/// A place outside the package, without its numbers.
fn other_file(place: &str, root: &Path) -> Option<String> {
    let (file, _) = place.split_once(".rs:")?;
    let named = if let Some((before, name)) = file.split_once("/out/") {
        let folder = before.rsplit('/').next()?;
        format!("$OUT_DIR[{}]/{name}", folder.rsplit_once('-')?.0)
    } else if let Some((_, name)) = file.split_once("/registry/src/") {
        let (krate, name) = name.split_once('/')?.1.split_once('/')?;
        format!("$CARGO/{}-$VERSION/{name}", krate.rsplit_once('-')?.0)
    } else if Path::new(file).starts_with(root) {
        return None;
    } else if Path::new(file).is_relative() {
        let own = root.file_name()?.to_str()?;
        let within = file.strip_prefix(own).and_then(|it| it.strip_prefix('/'));
        within.map_or_else(|| format!("$WORKSPACE/{file}"), str::to_owned)
    } else if let Ok(name) = Path::new(file).strip_prefix(root.parent()?) {
        format!("$WORKSPACE/{}", name.display())
    } else {
        format!("$RUST/{}", file.split_once("/library/")?.1)
    };
    Some(format!("{named}.rs"))
}

fn is_source(line: &str) -> bool {
    line.trim_start()
        .starts_with(|it: char| it.is_ascii_digit() || matches!(it, '|' | '.'))
}

/// `10 | T: Send,` as `   | T: Send,`.
fn without_number(line: &str) -> String {
    let rest = line.trim_start_matches(|it: char| it == ' ' || it.is_ascii_digit());
    format!("{}{rest}", " ".repeat(line.len() - rest.len()))
}

fn is_summary(line: &str) -> bool {
    let beginnings = [
        "error: aborting due to ",
        "For more information about",
        "Some errors have detailed explanations:",
    ];
    let long_type = line.trim_start().trim_start_matches("= note: ");
    beginnings.iter().any(|it| line.starts_with(it))
        || (line.starts_with("warning: ") && line.ends_with(" emitted"))
        || long_type.starts_with("the full name for the type has been written to")
}

/// Counts the types of a list that are more than rustc shows where it is not verbose.
fn shortened(line: &str, next: Option<&&str>, types: &mut Option<usize>) -> Option<String> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let words = line.trim_start();
    if words.starts_with("= help: the following ") && words.contains("types implement trait ") {
        *types = Some(0);
    } else if let Some(count) = types.as_mut().filter(|_| indent(line) >= 12) {
        *count += 1;
        if *count > LISTED_TYPES + 1 {
            return None;
        }
        if *count > LISTED_TYPES && next.is_some_and(|next| indent(next) == indent(line)) {
            return Some(format!("{}and $N others", " ".repeat(indent(line) - 2)));
        }
    } else {
        *types = None;
    }
    Some(line.to_owned())
}

fn named(line: &str, root: &Path) -> String {
    let workspace = root.parent().unwrap_or(root);
    line.replace(&format!("{}/", root.display()), "$DIR/")
        .replace(&format!("{}/", workspace.display()), "$WORKSPACE/")
}

/// The lines of each message, moved to the left as far as the numbers of other files, which are gone, had moved them to the right.
fn unindented(lines: &[String]) -> String {
    let mut text = String::new();
    let begins = |line: &str| line.starts_with("error") || line.starts_with("warning");
    for message in lines.chunk_by(|_, next| !begins(next)) {
        let gutters = message.iter().filter_map(|line| gutter(line));
        let least = gutters.min().unwrap_or(0);
        for line in message {
            let is_moved = gutter(line).is_some() || line.starts_with(LIST_ITEM);
            let number = line.find(' ').filter(|_| is_moved);
            let (number, rest) = line.split_at(number.unwrap_or(line.len()));
            text.push_str(number);
            text.push_str(rest.get(least..).unwrap_or(rest));
            text.push('\n');
        }
    }
    text
}

/// The spaces between the number of a line and its bar that may be taken away; `None` where it is no line of source, note or place.
fn gutter(line: &str) -> Option<usize> {
    let numbered = line.strip_prefix("...").unwrap_or(line);
    let rest = numbered.trim_start_matches(|it: char| it == ' ' || it.is_ascii_digit());
    let before = &numbered[..numbered.len() - rest.len()];
    let spaces = before.matches(' ').count();
    let marks: &[&str] = match before.len() > spaces {
        true => &["|", "~", "+", "-"],
        false => &["|", "-->", ":::", "="],
    };
    let mark = rest.split(' ').next().unwrap_or_default();
    (spaces > 0 && marks.contains(&mark)).then(|| spaces - 1)
}
