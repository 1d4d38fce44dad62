//! Vectors of floats: as bytes, the lowest first (MySQL, MariaDB, SQLite), and as the text of PostgreSQL's extension.

/// Four bytes each, the lowest first.
#[cfg(any(feature = "sqlite", feature = "mysql"))]
pub(crate) fn to_bytes(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}

#[cfg(any(feature = "sqlite", feature = "mysql"))]
pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Vec<f32>> {
    let (values, rest) = bytes.as_chunks::<4>();
    let values = values.iter().map(|value| f32::from_le_bytes(*value));
    rest.is_empty().then(|| values.collect())
}

/// `[1,2.5]`. The shortest digits that give the same float again.
#[cfg(feature = "postgres")]
pub(crate) fn to_text(values: &[f32]) -> String {
    let values: Vec<String> = values.iter().map(f32::to_string).collect();
    format!("[{}]", values.join(","))
}

#[cfg(feature = "postgres")]
pub(crate) fn from_text(text: &str) -> Option<Vec<f32>> {
    let inner = text.trim().strip_prefix('[')?.strip_suffix(']')?;
    if inner.is_empty() {
        return Some(Vec::new());
    }
    inner
        .split(',')
        .map(|value| value.trim().parse().ok())
        .collect()
}

#[cfg(all(test, feature = "sqlite", feature = "postgres"))]
mod tests {
    use super::*;

    #[test]
    fn vectors_survive_both_forms() {
        for values in [vec![], vec![0.1, -2.5e-30, f32::MAX, 16_777_217.0]] {
            assert_eq!(from_bytes(&to_bytes(&values)), Some(values.clone()));
            assert_eq!(from_text(&to_text(&values)), Some(values));
        }
        assert_eq!(from_bytes(&[1, 2, 3]), None);
        for text in ["", "[", "1,2", "[1,]", "[x]"] {
            assert_eq!(from_text(text), None, "{text}");
        }
    }
}
