//! Ways from one folder to another, as committed files have them.

use std::path::{Component, Path};

/// The way from one folder to another, with `/`; nothing of either has to be there.
pub(super) fn relative(from: &Path, to: &Path) -> String {
    let (from, to) = (plain(from), plain(to));
    let same = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = std::iter::repeat_n("..".to_owned(), from.len() - same);
    let way: Vec<String> = up.chain(to[same..].iter().cloned()).collect();
    if way.is_empty() {
        ".".to_owned()
    } else {
        way.join("/")
    }
}

/// The names of a path from the root on, without `.` and `..`.
fn plain(path: &Path) -> Vec<String> {
    let is_here = path.as_os_str().is_empty();
    let path = if is_here { Path::new(".") } else { path };
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut names = Vec::new();
    for part in whole.components() {
        match part {
            Component::Prefix(_) | Component::Normal(_) => {
                names.push(part.as_os_str().to_string_lossy().into_owned());
            }
            Component::ParentDir => {
                names.pop();
            }
            Component::RootDir | Component::CurDir => {}
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_from_one_folder_to_another() {
        for (from, to, way) in [
            ("crates/db", "types", "../../types"),
            ("crates/db", "crates/types", "../types"),
            ("crates/db", "crates/db/types", "types"),
            ("./crates/../db", "db", "."),
            ("", "crates/db", "crates/db"),
            ("/a/b", "/c", "../../c"),
        ] {
            assert_eq!(relative(Path::new(from), Path::new(to)), way, "{from} {to}");
        }
    }
}
