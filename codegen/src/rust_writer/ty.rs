//! Types over several lines: generic arguments one below the other, the outermost first.

use super::{LaidOut, MAX_WIDTH, TAB, fits, push_indent, width};

/// A type that starts `used` columns after `indent` and has `tail` columns after it.
pub(super) fn laid_out(ty: &str, indent: usize, used: usize, tail: usize) -> LaidOut {
    let mut laid = LaidOut::default();
    push(ty, indent, used, tail, &mut laid);
    laid
}

fn push(ty: &str, indent: usize, used: usize, tail: usize, laid: &mut LaidOut) {
    // rustfmt measures `impl Trait<…>` without its first word.
    let uncounted = if ty.starts_with("impl ") {
        "impl ".len()
    } else {
        0
    };
    if fits(ty, indent + used + tail, MAX_WIDTH + uncounted) {
        laid.text.push_str(ty);
        return;
    }
    let Some((name, arguments)) = parted(ty) else {
        laid.beyond = true;
        laid.text.push_str(ty);
        return;
    };
    laid.beyond |= indent + used + width(name) + 1 > MAX_WIDTH;
    laid.text.push_str(name);
    laid.text.push_str("<\n");
    for argument in arguments {
        push_indent(indent + TAB, &mut laid.text);
        push(argument, indent + TAB, 0, 1, laid);
        laid.text.push_str(",\n");
    }
    push_indent(indent, &mut laid.text);
    laid.text.push('>');
}

/// `a::B<C, D>` in `a::B` and its arguments; `None` for a type that has none at its end.
fn parted(ty: &str) -> Option<(&str, Vec<&str>)> {
    if ty.starts_with('<') {
        return None;
    }
    let open = ty.find('<')?;
    let inner = ty[open + 1..].strip_suffix('>')?;
    let mut depth = 0_usize;
    let mut start = 0;
    let mut arguments = Vec::new();
    for (at, letter) in inner.char_indices() {
        match letter {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' => depth = depth.checked_sub(1)?,
            ',' if depth == 0 => {
                arguments.push(inner[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    arguments.push(inner[start..].trim());
    Some((&ty[..open], arguments))
}
