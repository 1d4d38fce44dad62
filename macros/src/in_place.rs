//! `query!("… {value} …")` and its kin: the text is checked by `bindery_codegen::in_place`; here its values become expressions again.

use bindery_codegen::in_place::{
    self, QueryCall, QueryMacro, QueryValue, Schema, Surroundings, TextFinding, TextPlace,
};
use bindery_schema::config::process_environment;
use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Expr, Ident, LitStr, Path, Token, Type};

use crate::crate_folder;
use crate::places::{Errors, worded};
use crate::rust_type::compact;

/// The text, and what follows it.
pub(crate) struct Input {
    literal: Literal,
    /// `least = blog.stars`
    values: Vec<(Ident, Expr)>,
    /// `engines = ["b"]`
    engines: Vec<LitStr>,
    /// `on_all_shards`
    on_all_shards: bool,
    /// `crate = models`
    root: Option<Path>,
    /// `schema = "../models"`
    schema: Option<LitStr>,
}

impl Parse for Input {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let not_one_literal = |span| {
            let message = "the text of the macro is one literal\nhelp: write it there: `query!(\"SELECT id FROM blogs WHERE id = {id}\")`; \
                           one that is put together while the program runs is `Sql::assembled(text)`, with parameters";
            syn::Error::new(span, message)
        };
        let start = input.span();
        let literal: Literal = input.parse().map_err(|_| not_one_literal(start))?;
        let mut found = Self {
            literal,
            values: Vec::new(),
            engines: Vec::new(),
            on_all_shards: false,
            root: None,
            schema: None,
        };
        while !input.is_empty() {
            if !input.peek(Token![,]) {
                return Err(not_one_literal(input.span()));
            }
            input.parse::<Token![,]>()?;
            if !input.is_empty() {
                found.option(input)?;
            }
        }
        Ok(found)
    }
}

impl Input {
    /// Reads `name = …`, or a word by itself.
    fn option(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        if input.peek(Token![crate]) && input.peek2(Token![=]) {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            self.root = Some(input.call(Path::parse_mod_style)?);
            return Ok(());
        }
        let named = input.peek(Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]);
        if !named {
            let ahead = input.fork();
            let word = ahead
                .parse::<Ident>()
                .ok()
                .filter(|_| ahead.is_empty() || ahead.peek(Token![,]));
            if word.is_some_and(|word| word == "on_all_shards") {
                self.on_all_shards = true;
                return input.parse::<Ident>().map(|_| ());
            }
            let value: Expr = input.parse()?;
            let help = "write it in braces in the text, `{value}`; or give it a name: `least = blog.stars`, and `{least}` in the text";
            return Err(worded(&value, "a value after the text has no name", help));
        }
        let name: Ident = input.parse()?;
        input.parse::<Token![=]>()?;
        match name.to_string().as_str() {
            "engines" => self.engines = engines(input)?,
            "schema" => self.schema = Some(input.parse()?),
            _ => self.values.push((name, input.parse()?)),
        }
        Ok(())
    }
}

fn engines(input: ParseStream<'_>) -> syn::Result<Vec<LitStr>> {
    let list;
    syn::bracketed!(list in input);
    let names = Punctuated::<LitStr, Token![,]>::parse_terminated(&list)?;
    Ok(names.into_iter().collect())
}

/// `Blog, "SELECT …"`: the struct that rows become.
pub(crate) struct InputAs {
    ty: Type,
    input: Input,
}

impl Parse for InputAs {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let ty = input.parse()?;
        input.parse::<Token![,]>()?;
        Ok(Self {
            ty,
            input: input.parse()?,
        })
    }
}

/// `query!`
pub(crate) fn rows(input: &Input) -> syn::Result<TokenStream> {
    Ok(expand(input, QueryMacro::Rows)?.0)
}

/// `query_as!`: the fields of the struct are those of the rows.
pub(crate) fn rows_as(InputAs { ty, input }: &InputAs) -> syn::Result<TokenStream> {
    let (tokens, fields) = expand(input, QueryMacro::Rows)?;
    let row = Ident::new("row", Span::call_site());
    // A type that does not fit is shown at the struct, as is a field that is not there.
    let fields = fields.iter().map(|field| {
        quote_spanned! {ty.span()=> #field: ::core::convert::Into::into(#row.#field)}
    });
    Ok(quote! { #tokens.map(|#row| #ty { #(#fields),* }) })
}

/// `query_scalar!`
pub(crate) fn scalar(input: &Input) -> syn::Result<TokenStream> {
    let (tokens, fields) = expand(input, QueryMacro::Scalar)?;
    Ok(quote! { #tokens.map(|row| row #(.#fields)*) })
}

/// `execute!`
pub(crate) fn execute(input: &Input) -> syn::Result<TokenStream> {
    Ok(expand(input, QueryMacro::Execute)?.0)
}

/// The code of a query as an expression, and the fields of its rows.
fn expand(input: &Input, of: QueryMacro) -> syn::Result<(TokenStream, Vec<Ident>)> {
    let folder = crate_folder::folder(&input.literal)?;
    let schema = input.schema.as_ref().map(LitStr::value);
    let around = Surroundings {
        folder: &folder,
        environment: &process_environment,
        schema: schema.as_deref(),
    };
    let schema = Schema::of_crate(around)
        .map_err(|message| syn::Error::new_spanned(&input.literal, message))?;
    let written = input.literal.to_string();
    let call = call(input, of, &written);
    let expansion = in_place::expand(&call, &schema).map_err(|found| errors(&found, input))?;
    let values = expansion.values.iter().map(|one| value(one, input));
    let values = values.collect::<syn::Result<Vec<TokenStream>>>()?;
    let block = tokens(&expansion.block, &input.literal)?;
    let watched = &expansion.watched;
    let files = watched.files.iter().map(|path| path.display().to_string());
    let variables = &watched.variables;
    let fields = expansion.fields.iter().map(|field| syn::parse_str(field));
    let warnings = expansion.warnings.iter().map(|found| warning(found, input));
    // The program's expressions stand outside of the block, whose names are not theirs.
    let expression = quote! {
        (match [#(#values),*] {
            values => {
                #(const _: &[u8] = ::core::include_bytes!(#files);)*
                #(const _: ::core::option::Option<&str> = ::core::option_env!(#variables);)*
                #(#warnings)*
                #block
            }
        })
    };
    Ok((expression, fields.collect::<syn::Result<_>>()?))
}

fn call<'c>(input: &Input, of: QueryMacro, literal: &'c str) -> QueryCall<'c> {
    let root = input
        .root
        .as_ref()
        .map(|path| compact(path.to_token_stream()));
    QueryCall {
        of,
        literal,
        place: place(&input.literal),
        engines: input.engines.iter().map(LitStr::value).collect(),
        on_all_shards: input.on_all_shards,
        given: input
            .values
            .iter()
            .map(|(name, _)| name.unraw().to_string())
            .collect(),
        root: root.unwrap_or_else(|| "crate".to_owned()),
        of_crate: std::env::var("CARGO_CRATE_NAME").unwrap_or_default(),
    }
}

/// The place of a literal, where it is compiled: its file, its line from 1 and its column from 0.
fn place(literal: &Literal) -> Option<(String, usize, usize)> {
    if !proc_macro::is_available() {
        return None;
    }
    let span = literal.span().unwrap();
    Some((span.file(), span.line(), span.column() - 1))
}

/// A parameter: a value of the program, by the function that takes it.
fn value(value: &QueryValue, input: &Input) -> syn::Result<TokenStream> {
    let given = input
        .values
        .iter()
        .find(|(name, _)| name.unraw() == value.written);
    let expression = match given {
        Some((_, expression)) => expression.to_token_stream(),
        None => expression(&value.written, &input.literal)?.to_token_stream(),
    };
    let call: TokenStream = tokens(&value.call, &input.literal)?;
    let reference = value.by_reference.then(|| quote!(&));
    let span = given.map_or(input.literal.span(), |(_, expression)| expression.span());
    let parameter = quote_spanned! {span=> #reference #call(&(#expression))};
    Ok(quote!(::bindery::__private::parameter(#parameter)))
}

/// With the place of the text, which is all that is known of a place in it.
fn expression(value: &str, text: &Literal) -> syn::Result<Expr> {
    LitStr::new(value, text.span()).parse().map_err(|error| {
        let message = format!("`{{{value}}}` is no expression: {error}");
        let help = "write a variable, a field or a call, `{user.id}`; or give the value a name: `{least}` in the text, and `least = …` after it";
        worded(text, &message, help)
    })
}

fn tokens(text: &str, literal: &Literal) -> syn::Result<TokenStream> {
    text.parse().map_err(|error| {
        let help = "this is a fault of bindery: please report it with the text";
        worded(
            literal,
            &format!("the generated code is not Rust: {error}"),
            help,
        )
    })
}

/// Several errors are statements, which a block makes one expression.
pub(crate) fn in_expression(errors: syn::Error) -> TokenStream {
    let is_one = errors.clone().into_iter().count() == 1;
    let errors = errors.into_compile_error();
    if is_one { errors } else { quote!({ #errors }) }
}

/// Each finding on its place.
fn errors(found: &[TextFinding], input: &Input) -> syn::Error {
    let mut errors = Errors::default();
    for finding in found {
        errors.push(syn::Error::new(span(finding, input), &finding.message));
    }
    errors.into_error("the query cannot be used")
}

/// A macro warns by what it writes: the use of something deprecated.
fn warning(found: &TextFinding, input: &Input) -> TokenStream {
    let message = &found.message;
    quote_spanned! {span(found, input)=>
        const _: () = {
            #[deprecated(note = #message)]
            const WARNING: () = ();
            WARNING
        };
    }
}

/// In the literal where the compiler can show that, else the whole literal.
fn span(finding: &TextFinding, input: &Input) -> Span {
    match &finding.at {
        TextPlace::Literal(range) => {
            let within = input.literal.subspan(range.clone());
            within.unwrap_or_else(|| input.literal.span())
        }
        TextPlace::Given(name) => {
            let mut values = input.values.iter();
            let given = values.find(|(given, _)| given.unraw() == *name);
            given.map_or_else(|| input.literal.span(), |(given, _)| given.span())
        }
    }
}
