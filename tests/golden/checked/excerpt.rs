// An excerpt: the queries of files.
// …

/// The queries of the program's files, a module for each file.
pub mod queries {}

// …
