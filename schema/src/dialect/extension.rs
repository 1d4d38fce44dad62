//! The names that extensions of PostgreSQL define: types, operator classes and functions, as far as tables use them
//! (PostgreSQL documentation, "Additional Supplied Modules and Extensions"; those of PostGIS and pgvector).

/// The names, in lower case. An extension that is not known gives its own name only.
pub(crate) fn extension_words(extension: &str) -> &'static [&'static str] {
    let found = KNOWN.iter().find(|(name, _)| *name == extension);
    found.map_or(&[], |(_, words)| words)
}

const KNOWN: &[(&str, &[&str])] = &[
    ("bloom", &["bloom"]),
    ("btree_gin", &["gin"]),
    ("btree_gist", &["gist"]),
    ("citext", &["citext"]),
    ("cube", &["cube", "gist_cube_ops"]),
    ("earthdistance", &["earth", "ll_to_earth", "earth_distance"]),
    (
        "fuzzystrmatch",
        &[
            "soundex",
            "levenshtein",
            "metaphone",
            "dmetaphone",
            "daitch_mokotoff",
        ],
    ),
    ("hstore", &["hstore", "gin_hstore_ops", "gist_hstore_ops"]),
    (
        "intarray",
        &["gin__int_ops", "gist__int_ops", "gist__intbig_ops"],
    ),
    (
        "isn",
        &["ean13", "isbn", "isbn13", "ismn", "issn", "issn13", "upc"],
    ),
    ("lo", &["lo"]),
    ("ltree", &["ltree", "lquery", "ltxtquery", "gist_ltree_ops"]),
    (
        "pg_trgm",
        &[
            "gin_trgm_ops",
            "gist_trgm_ops",
            "similarity",
            "word_similarity",
        ],
    ),
    (
        "pgcrypto",
        &[
            "crypt",
            "gen_salt",
            "digest",
            "hmac",
            "gen_random_bytes",
            "gen_random_uuid",
        ],
    ),
    (
        "postgis",
        &[
            "geometry",
            "geography",
            "box2d",
            "box3d",
            "st_makepoint",
            "st_setsrid",
            "st_geomfromtext",
            "st_transform",
            "st_point",
            "gist_geometry_ops_nd",
        ],
    ),
    ("seg", &["seg", "gist_seg_ops"]),
    ("unaccent", &["unaccent"]),
    (
        "uuid-ossp",
        &[
            "uuid_generate_v1",
            "uuid_generate_v1mc",
            "uuid_generate_v4",
            "uuid_generate_v5",
        ],
    ),
    (
        "vector",
        &[
            "vector",
            "halfvec",
            "sparsevec",
            "hnsw",
            "ivfflat",
            "vector_l2_ops",
            "vector_cosine_ops",
            "vector_ip_ops",
        ],
    ),
];
