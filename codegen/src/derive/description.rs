//! The content of a `#[derive(Model)]` struct, taken from its tokens: texts with the place each came from.
//!
//! The macro crate fills this in and keeps the tokens; nothing here knows about a syntax tree.

/// Stands for one piece of the user's source. The macro knows which tokens it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceSpan(pub u32);

/// Something written at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value itself.
    pub value: T,
    /// The place of the words, for findings about them.
    pub place: SourceSpan,
}

/// A struct with its attributes.
#[derive(Debug, Clone)]
pub struct StructDescription {
    /// `Blog`; raw identifiers without `r#`.
    pub name: Spanned<String>,
    /// `pub`, `pub(crate)`, or nothing.
    pub visibility: String,
    /// The name of its type parameter, `E`.
    pub parameter: Option<Spanned<String>>,
    /// `///` lines.
    pub docs: Vec<String>,
    /// `#[table("blogs")]`.
    pub table: Option<Spanned<String>>,
    /// `#[engines("default", "b")]`; the place is the whole attribute.
    pub engines: Option<Spanned<Vec<Spanned<String>>>>,
    /// `#[dialect("postgres")]`.
    pub dialect: Option<Spanned<String>>,
    /// `#[validate]`.
    pub validate: bool,
    /// `#[unique(tenant, email)]`: names of fields.
    pub uniques: Vec<Spanned<Vec<Spanned<String>>>>,
    /// `#[index(tenant, email)]`: names of fields.
    pub indexes: Vec<Spanned<Vec<Spanned<String>>>>,
    /// The fields, in the order of the struct.
    pub fields: Vec<FieldDescription>,
}

/// A field with its attributes.
#[derive(Debug, Clone)]
pub struct FieldDescription {
    /// Without `r#`.
    pub name: Spanned<String>,
    /// The type as written.
    pub rust_type: Spanned<RustType>,
    /// `///` lines.
    pub docs: Vec<String>,
    /// `#[column("name")]`.
    pub column: Option<Spanned<String>>,
    /// `#[column(type = "…")]`.
    pub sql_type: Option<Spanned<String>>,
    /// `#[column(default = "…")]`.
    pub default: Option<Spanned<String>>,
    /// `#[key]`, `#[key(generated)]`.
    pub key: Option<Spanned<KeyKind>>,
    /// `#[unique]`.
    pub unique: Option<SourceSpan>,
    /// `#[index]`.
    pub index: Option<SourceSpan>,
    /// `#[references("users(id)")]`.
    pub references: Option<Spanned<ReferenceDescription>>,
    /// `#[link_to("users(id)")]`.
    pub link: Option<Spanned<String>>,
    /// `#[version]`.
    pub version: Option<SourceSpan>,
    /// `#[updated]`.
    pub updated: Option<SourceSpan>,
    /// `#[computed("price * amount")]`.
    pub computed: Option<Spanned<String>>,
}

/// The source of a key's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// The program gives the key.
    Given,
    /// The database counts.
    Generated,
}

/// A foreign key of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceDescription {
    /// `users(id)`.
    pub target: String,
    /// `on_delete = "cascade"`.
    pub on_delete: Option<Spanned<String>>,
    /// `on_update = "cascade"`.
    pub on_update: Option<Spanned<String>>,
}

/// A type as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RustType {
    /// The whole type, without needless blanks.
    pub text: String,
    /// The name in the last segment of a path: `Option` of `std::option::Option<String>`; `None` for anything but a path.
    pub name: Option<String>,
    /// Its type arguments.
    pub arguments: Vec<RustType>,
}

impl<T> Spanned<T> {
    /// A value at a place.
    pub fn new(value: T, place: SourceSpan) -> Self {
        Self { value, place }
    }
}

impl RustType {
    /// The type under `Option`, and whether there is one.
    pub fn optional(&self) -> (&Self, bool) {
        match (self.name.as_deref(), self.arguments.as_slice()) {
            (Some("Option"), [inner]) => (inner, true),
            (Some(_) | None, _) => (self, false),
        }
    }

    /// Returns whether the name is anywhere in it, as a type of its own.
    pub fn mentions(&self, name: &str) -> bool {
        self.text == name
            || self
                .arguments
                .iter()
                .any(|argument| argument.mentions(name))
    }
}

impl FieldDescription {
    /// The column's name.
    pub fn column_name(&self) -> &str {
        self.column
            .as_ref()
            .map_or(&self.name.value, |column| &column.value)
    }

    /// The type under `Option`.
    pub fn inner_type(&self) -> &RustType {
        self.rust_type.value.optional().0
    }

    /// Returns whether the field is an `Option`, and its column may be NULL.
    pub fn nullable(&self) -> bool {
        self.rust_type.value.optional().1
    }
}

impl StructDescription {
    /// The fields that make the key, in order.
    pub fn key_fields(&self) -> impl Iterator<Item = &FieldDescription> {
        self.fields.iter().filter(|field| field.key.is_some())
    }

    /// Returns whether this field is `engine: E`, which holds the row's engine and is not a column.
    pub fn is_engine_field(&self, field: &FieldDescription) -> bool {
        self.parameter
            .as_ref()
            .is_some_and(|parameter| parameter.value == field.rust_type.value.text)
    }

    /// The fields that are columns, in order.
    pub fn columns(&self) -> impl Iterator<Item = &FieldDescription> {
        self.fields
            .iter()
            .filter(|field| !self.is_engine_field(field))
    }
}
