//! Types of columns as types of PostgreSQL, and back.

use super::types::{Category, PgType};
use crate::column_type::{ColumnType, LobSize};

impl PgType {
    /// Returns the type of a column's values, as its declaration or else the model has it. `None`: a type of an extension or
    /// of the user that is neither an enum nor a domain over a type of the server's.
    pub(crate) fn from_column(
        column_type: &ColumnType,
        sql_type: &str,
        is_as_text: bool,
    ) -> Option<Self> {
        if let ColumnType::Enum(id) = column_type {
            return Some(Self::Enum(*id));
        }
        if let ColumnType::Array(element) = column_type
            && let ColumnType::Enum(id) = element.as_ref()
        {
            return Some(Self::EnumArray(*id));
        }
        let is_extension = sql_type.rsplit('.').next() == Some("citext");
        Self::named(sql_type)
            .or_else(|| Self::of_model(column_type).filter(|_| !is_as_text && !is_extension))
    }

    /// The type of a domain's values.
    fn of_model(column_type: &ColumnType) -> Option<Self> {
        Some(match column_type {
            ColumnType::Bool => Self::BOOL,
            ColumnType::I16 => Self::INT2,
            ColumnType::I32 => Self::INT4,
            ColumnType::I64 => Self::INT8,
            ColumnType::U32 => Self::OID,
            ColumnType::F32 => Self::FLOAT4,
            ColumnType::F64 => Self::FLOAT8,
            ColumnType::Decimal(_) => Self::NUMERIC,
            ColumnType::Char(_) => Self::BPCHAR,
            ColumnType::VarChar(_) => Self::VARCHAR,
            ColumnType::Text(_) => Self::TEXT,
            ColumnType::Blob(_) => Self::BYTEA,
            ColumnType::Date => Self::DATE,
            ColumnType::Time(_) => Self::TIME,
            ColumnType::DateTime(_) => Self::TIMESTAMP,
            ColumnType::Timestamp(_) => Self::TIMESTAMPTZ,
            ColumnType::Interval => Self::INTERVAL,
            ColumnType::Uuid => Self::UUID,
            ColumnType::Json { binary: true } => Self::JSONB,
            ColumnType::Json { binary: false } => Self::JSON,
            ColumnType::Enum(id) => Self::Enum(*id),
            ColumnType::Array(element) => Self::of_model(element)?.array()?,
            // None of PostgreSQL's.
            ColumnType::I8
            | ColumnType::I24
            | ColumnType::U8
            | ColumnType::U16
            | ColumnType::U24
            | ColumnType::U64
            | ColumnType::Binary(_)
            | ColumnType::VarBinary(_)
            | ColumnType::Year
            | ColumnType::Set(_)
            | ColumnType::Bit(_)
            | ColumnType::Any => return None,
        })
    }

    /// Returns the type of a column with such values, its name in SQL, and whether it is read and written as its text form.
    /// `None`: no column has them (`void`, `record`, an untyped literal), or the name is the schema's (an enum).
    pub(crate) fn to_column(self) -> Option<(ColumnType, String, bool)> {
        let pseudo = [Category::Pseudo, Category::Unknown];
        if pseudo.contains(&self.category()) || self.oid().is_none() {
            return None;
        }
        let model = match self.element().filter(|_| self.is_true_array()) {
            Some(element) => element.model().map(|one| ColumnType::Array(Box::new(one))),
            None => self.model(),
        };
        let is_as_text = model.is_none();
        let column_type = model.unwrap_or_else(|| self.text_form());
        Some((column_type, self.name(), is_as_text))
    }

    /// `int2vector` has elements and is a type of its own.
    fn is_true_array(self) -> bool {
        self != Self::INT2VECTOR && self != Self::OIDVECTOR
    }

    /// The type of the model that holds exactly these values.
    fn model(self) -> Option<ColumnType> {
        Some(match self {
            Self::BOOL => ColumnType::Bool,
            Self::INT2 => ColumnType::I16,
            Self::INT4 => ColumnType::I32,
            Self::INT8 => ColumnType::I64,
            Self::OID => ColumnType::U32,
            Self::FLOAT4 => ColumnType::F32,
            Self::FLOAT8 => ColumnType::F64,
            Self::NUMERIC => ColumnType::Decimal(None),
            Self::CHAR => ColumnType::Char(1),
            Self::NAME => ColumnType::VarChar(Some(63)),
            Self::BPCHAR | Self::VARCHAR => ColumnType::VarChar(None),
            Self::TEXT | Self::XML => ColumnType::Text(LobSize::Unbounded),
            Self::BYTEA => ColumnType::Blob(LobSize::Unbounded),
            Self::DATE => ColumnType::Date,
            Self::TIME => ColumnType::Time(6),
            Self::TIMESTAMP => ColumnType::DateTime(6),
            Self::TIMESTAMPTZ => ColumnType::Timestamp(6),
            Self::INTERVAL => ColumnType::Interval,
            Self::UUID => ColumnType::Uuid,
            Self::JSON => ColumnType::Json { binary: false },
            Self::JSONB => ColumnType::Json { binary: true },
            Self::Known(_) | Self::Enum(_) | Self::EnumArray(_) => return None,
        })
    }

    /// The longest text form, where that is known.
    fn text_form(self) -> ColumnType {
        match self.name().as_str() {
            "inet" | "cidr" => ColumnType::VarChar(Some(43)),
            "macaddr" => ColumnType::VarChar(Some(17)),
            "macaddr8" => ColumnType::VarChar(Some(23)),
            _ => ColumnType::Text(LobSize::Unbounded),
        }
    }
}
