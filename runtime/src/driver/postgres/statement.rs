//! A prepared statement, as the server describes it.

use postgres_types::Type;

use super::message;
use crate::value::postgres::decode::Column;
use crate::value::postgres::encode::is_foreign;

/// A prepared statement.
pub(super) struct Statement {
    pub(super) name: String,
    pub(super) params: Vec<Type>,
    pub(super) columns: Vec<Column>,
    /// The names of those columns.
    pub(super) names: Vec<Box<str>>,
    /// Whether it returns rows, if only rows without columns.
    pub(super) returns: bool,
    /// The beginning of each Bind: no portal's name, the statement's, the forms of the parameters, their number.
    bind: Vec<u8>,
}

impl Statement {
    /// `columns` are those of its rows, where it returns any.
    pub(super) fn new(name: String, params: Vec<Type>, columns: Option<Vec<Column>>) -> Self {
        let mut bind = vec![0];
        message::push_cstr(&mut bind, &name);
        // The server counts them in 16 bits itself.
        let count = u16::try_from(params.len())
            .unwrap_or(u16::MAX)
            .to_be_bytes();
        bind.extend_from_slice(&count);
        for param in &params {
            let is_binary = u16::from(!is_foreign(param));
            bind.extend_from_slice(&is_binary.to_be_bytes());
        }
        bind.extend_from_slice(&count);
        Self {
            name,
            params,
            names: Vec::new(),
            returns: columns.is_some(),
            columns: columns.unwrap_or_default(),
            bind,
        }
    }

    /// Writes the message that gives the parameters, which `encode` writes. Rows come in binary form.
    pub(super) fn bind<E>(
        &self,
        out: &mut Vec<u8>,
        encode: impl FnOnce(&[Type], &mut Vec<u8>) -> Result<(), E>,
    ) -> Result<(), E> {
        out.push(b'B');
        let start = out.len();
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(&self.bind);
        encode(&self.params, out)?;
        out.extend_from_slice(&[0, 1, 0, 1]);
        message::end_counted(out, start);
        Ok(())
    }
}
