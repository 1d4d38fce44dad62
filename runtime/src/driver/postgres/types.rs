//! Types of the database's own: enums, domains, extensions. The server sends their numbers, its catalogue describes
//! them.

use std::collections::HashMap;

use postgres_types::{Kind, Type};

use super::answer::Expected;
use super::message;
use super::session::{Fault, Session};

/// Types by their number, for one connection. A type that is dropped and made again gets another number.
#[derive(Default)]
pub(super) struct Types(HashMap<u32, Type>);

/// Queries the catalogue's description of one type; a domain's base and an array's element are 0 where it is none.
const SQL: &str = "SELECT t.typname::text, n.nspname::text, t.typtype::text, t.typbasetype, \
     CASE WHEN t.typcategory = 'A' THEN t.typelem ELSE 0::oid END \
     FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE t.oid = $1";

/// Arrays of domains of domains end somewhere.
const MAX_DEPTH: usize = 16;

/// A row of [`SQL`].
struct TypeRow {
    name: String,
    schema: String,
    kind: Vec<u8>,
    base: u32,
    element: u32,
}

impl Types {
    /// The types of these numbers, queried where they are not known. The session's deadline holds.
    pub(super) fn of(
        &mut self,
        session: &mut Session,
        numbers: &[u32],
    ) -> Result<Vec<Type>, Fault> {
        let types = numbers.iter().map(|&number| self.get(session, number, 0));
        types.collect()
    }

    fn get(&mut self, session: &mut Session, number: u32, depth: usize) -> Result<Type, Fault> {
        if let Some(known) = Type::from_oid(number).or_else(|| self.0.get(&number).cloned()) {
            return Ok(known);
        }
        let found = ask(session, number)?;
        let kind = match found.kind.as_slice() {
            _ if depth >= MAX_DEPTH => Kind::Simple,
            b"e" => Kind::Enum(Vec::new()),
            b"d" => Kind::Domain(self.get(session, found.base, depth + 1)?),
            _ if found.element != 0 => Kind::Array(self.get(session, found.element, depth + 1)?),
            _ => Kind::Simple,
        };
        let learned = Type::new(found.name, number, kind, found.schema);
        self.0.insert(number, learned.clone());
        Ok(learned)
    }
}

fn ask(session: &mut Session, number: u32) -> Result<TypeRow, Fault> {
    const OID: u32 = 26;
    const ALL_BINARY: &[u8] = &[0, 1, 0, 1];
    let out = session.out();
    message::parse(out, "", SQL, &[OID]);
    message::message(out, b'B', |out| {
        out.extend_from_slice(&[0, 0]);
        out.extend_from_slice(ALL_BINARY);
        out.extend_from_slice(&[0, 1, 0, 0, 0, 4]);
        out.extend_from_slice(&number.to_be_bytes());
        out.extend_from_slice(ALL_BINARY);
    });
    out.extend_from_slice(message::EXECUTE);
    out.extend_from_slice(message::SYNC);
    session.send(1)?;
    let mut found = None;
    session.answer(Expected::one(0, true), |tag, body| {
        if tag == b'D' {
            found = Some(parse_type(body).ok_or("a type that is not described")?);
        }
        Ok(())
    })?;
    // It was dropped meanwhile: a value of it cannot exist.
    Ok(found.unwrap_or_else(|| TypeRow {
        name: "unknown type".to_owned(),
        schema: String::new(),
        kind: Vec::new(),
        base: 0,
        element: 0,
    }))
}

fn parse_type(body: &[u8]) -> Option<TypeRow> {
    let mut rest = body.get(2..)?;
    let mut field = || crate::value::postgres::decode::take_field(&mut rest)?;
    let (name, schema, kind) = (field()?, field()?, field()?);
    let mut number = || Some(u32::from_be_bytes(field()?.try_into().ok()?));
    let (base, element) = (number()?, number()?);
    Some(TypeRow {
        name: String::from_utf8_lossy(name).into_owned(),
        schema: String::from_utf8_lossy(schema).into_owned(),
        kind: kind.to_vec(),
        base,
        element,
    })
}
