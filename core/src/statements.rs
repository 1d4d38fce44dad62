//! SQL text as the statements in it: files to text, text to tokens, tokens to statements, as the shell of each database has it. The
//! compiler of schemas reads each statement further; a migration is sent as it stands here.

pub mod cut;
pub mod kind;
pub mod lex;
pub mod load;
pub mod reverted;
pub mod split;
