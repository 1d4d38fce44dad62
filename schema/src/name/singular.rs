//! The singular of an English plural, as far as table names need it. A fixed table first, endings after.

/// The singular of one lower-case word; words that look like singulars stay as they are.
pub(super) fn singular_of(word: &str) -> String {
    if UNCHANGED.contains(&word) || word.len() < 3 {
        return word.to_owned();
    }
    if let Some((_, singular)) = IRREGULAR.iter().find(|(plural, _)| *plural == word) {
        return (*singular).to_owned();
    }
    by_ending(word)
}

/// The first ending that fits decides. An ending that maps to itself keeps the word.
fn by_ending(word: &str) -> String {
    let fitting = ENDINGS
        .iter()
        .find_map(|(plural, singular)| Some((word.strip_suffix(plural)?, *singular)));
    match fitting {
        Some((stem, singular)) if !stem.is_empty() => format!("{stem}{singular}"),
        Some(_) | None => word.to_owned(),
    }
}

/// Longer endings before the shorter ones they contain.
const ENDINGS: &[(&str, &str)] = &[
    ("sses", "ss"),
    ("shes", "sh"),
    ("ches", "ch"),
    ("xes", "x"),
    ("zzes", "zz"),
    ("ouses", "ouse"),
    ("auses", "ause"),
    ("uses", "us"),
    ("lyses", "lysis"),
    ("ies", "y"),
    ("oes", "o"),
    ("ss", "ss"),
    ("us", "us"),
    ("is", "is"),
    ("s", ""),
];

const UNCHANGED: &[&str] = &[
    "news",
    "series",
    "species",
    "status",
    "alias",
    "canvas",
    "atlas",
    "gas",
    "bias",
    "lens",
    "means",
    "headquarters",
    "goods",
    "data",
    "metadata",
    "media",
    "staff",
    "chaos",
    "cosmos",
    "sms",
    "mms",
    "dns",
    "gps",
    "tls",
    "css",
    "aws",
    "ios",
    "pos",
    "cms",
    "https",
    "rss",
    "sales",
    "has",
    "always",
    "progress",
    "yes",
    "statistics",
    "analytics",
    "logistics",
];

const IRREGULAR: &[(&str, &str)] = &[
    ("people", "person"),
    ("children", "child"),
    ("men", "man"),
    ("women", "woman"),
    ("mice", "mouse"),
    ("feet", "foot"),
    ("teeth", "tooth"),
    ("geese", "goose"),
    ("indices", "index"),
    ("vertices", "vertex"),
    ("matrices", "matrix"),
    ("appendices", "appendix"),
    ("axes", "axis"),
    ("crises", "crisis"),
    ("theses", "thesis"),
    ("hypotheses", "hypothesis"),
    ("diagnoses", "diagnosis"),
    ("criteria", "criterion"),
    ("schemata", "schema"),
    ("quizzes", "quiz"),
    ("aliases", "alias"),
    ("canvases", "canvas"),
    ("atlases", "atlas"),
    ("gases", "gas"),
    ("biases", "bias"),
    ("lenses", "lens"),
    ("uses", "use"),
    ("fuses", "fuse"),
    ("excuses", "excuse"),
    ("menus", "menu"),
    ("gurus", "guru"),
    ("caches", "cache"),
    ("niches", "niche"),
    ("movies", "movie"),
    ("cookies", "cookie"),
    ("calories", "calorie"),
    ("selfies", "selfie"),
    ("zombies", "zombie"),
    ("rookies", "rookie"),
    ("ties", "tie"),
    ("pies", "pie"),
    ("shoes", "shoe"),
    ("toes", "toe"),
    ("skis", "ski"),
    ("taxis", "taxi"),
    ("apis", "api"),
    ("uris", "uri"),
    ("emojis", "emoji"),
    ("kpis", "kpi"),
    ("shelves", "shelf"),
    ("halves", "half"),
    ("leaves", "leaf"),
    ("wolves", "wolf"),
    ("knives", "knife"),
    ("wives", "wife"),
    ("lives", "life"),
    ("calves", "calf"),
    ("thieves", "thief"),
    ("loaves", "loaf"),
];
