//! The constraints on a field, in JSON Schema's words.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::meta::ParseNestedMeta;
use syn::{LitInt, LitStr, Member, Token, Type};

use super::case::Case;
use super::errors::{self, Errors};
use super::field::within_option;
use super::meta::meta_error;

/// The format that is checked, which other spellings of it are not.
const DATE_TIME: &str = "date-time";

/// A constraint: its value, and where it stands.
type Limit = Option<(i64, Span)>;

/// The constraints on a field.
#[derive(Default)]
pub(super) struct Limits {
    minimum: Limit,
    maximum: Limit,
    min_length: Limit,
    max_length: Limit,
    min_items: Limit,
    max_items: Limit,
    pub(super) format: Option<LitStr>,
}

/// What a constraint is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Of {
    Number,
    Text,
    Array,
}

impl Of {
    const fn words(self) -> &'static str {
        match self {
            Of::Number => "numbers",
            Of::Text => "strings",
            Of::Array => "arrays",
        }
    }
}

impl Limits {
    /// Whether `key` is a constraint that takes a number.
    pub(super) fn is_key(key: &str) -> bool {
        matches!(key, "minimum" | "maximum" | "min_length" | "max_length" | "min_items" | "max_items")
    }

    /// Reads `key = 9`; whether it was there before.
    pub(super) fn read(&mut self, meta: &ParseNestedMeta<'_>, key: &str) -> syn::Result<bool> {
        let mistake = |span: Span| syn::Error::new(span, errors::needs_number(key));
        if !meta.input.peek(Token![=]) {
            return Err(meta_error(meta, errors::needs_number(key)));
        }
        let value = meta.value()?;
        let span = value.span();
        let is_negative = value.parse::<Option<Token![-]>>()?.is_some();
        let number: LitInt = value.parse().map_err(|_| mistake(span))?;
        let digits = format!("{}{}", if is_negative { "-" } else { "" }, number.base10_digits());
        let number: i64 = digits.parse().map_err(|_| mistake(number.span()))?;
        if number < 0 && key != "minimum" && key != "maximum" {
            return Err(mistake(span));
        }
        let place = match key {
            "minimum" => &mut self.minimum,
            "maximum" => &mut self.maximum,
            "min_length" => &mut self.min_length,
            "max_length" => &mut self.max_length,
            "min_items" => &mut self.min_items,
            _ => &mut self.max_items,
        };
        Ok(place.replace((number, span)).is_some())
    }

    fn each(&self) -> [(&'static str, Limit, Of); 6] {
        [
            ("minimum", self.minimum, Of::Number),
            ("maximum", self.maximum, Of::Number),
            ("min_length", self.min_length, Of::Text),
            ("max_length", self.max_length, Of::Text),
            ("min_items", self.min_items, Of::Array),
            ("max_items", self.max_items, Of::Array),
        ]
    }

    /// The same in pairs, each with the name of both: what is told of the greatest comes after what is told of the least.
    fn pairs(&self) -> [(&'static str, [(&'static str, Limit); 2]); 3] {
        let [minimum, maximum, min_length, max_length, min_items, max_items] =
            self.each().map(|(key, limit, _)| (key, limit));
        [("range", [minimum, maximum]), ("length", [min_length, max_length]), ("items", [min_items, max_items])]
    }

    /// What can be told of them without the types: no value can meet them, or the type is plainly another.
    pub(super) fn check(&self, ty: &Type, errors: &mut Errors) {
        for (_, [(_, least), (_, greatest)]) in self.pairs() {
            if let (Some((least, _)), Some((greatest, span))) = (least, greatest)
                && least > greatest
            {
                errors.at_span(span, errors::empty_range(least, greatest));
            }
        }
        if let Some(format) = &self.format
            && let name = format.value()
            && name != DATE_TIME
            && name.replace(['-', '_', ' '], "").eq_ignore_ascii_case("datetime")
        {
            errors.at(format, errors::no_such_format(&name, DATE_TIME));
        }
        let Some(plain) = plainly(within_option(ty).unwrap_or(ty)) else { return };
        for (key, limit, of) in self.each() {
            if let Some((_, span)) = limit
                && of != plain
            {
                errors.at_span(span, errors::limit_of_another_type(key, of.words()));
            }
        }
        if let Some(format) = &self.format
            && plain != Of::Text
        {
            errors.at(format, errors::limit_of_another_type("format", Of::Text.words()));
        }
    }

    /// The key of each constraint, and where its value is.
    pub(super) fn stated(&self) -> impl Iterator<Item = (&'static str, Span)> {
        let numbers = self.each().into_iter().filter_map(|(key, limit, _)| limit.map(|(_, span)| (key, span)));
        numbers.chain(self.format.as_ref().map(|format| ("format", format.span())))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.stated().next().is_none()
    }

    /// The calls that hold the value of a field against the constraints, each where the constraint stands.
    pub(super) fn calls(&self, member: &Member) -> TokenStream {
        let call = |method: &str, arguments: TokenStream, span: Span| {
            // Where the constraint is, and with the names that hold where the derive writes.
            let span = Span::call_site().located_at(span);
            let (receiver, method) = (Ident::new("__v", span), Ident::new(method, span));
            let mut member = member.clone();
            match &mut member {
                Member::Named(name) => name.set_span(span),
                Member::Unnamed(index) => index.span = span,
            }
            quote_spanned!(span=> #receiver.#method(&self.#member, #arguments);)
        };
        let limits = self.pairs().into_iter().filter_map(|(both, pair)| {
            let literal = Literal::i64_unsuffixed;
            match pair {
                [(least_key, Some((least, span))), (greatest_key, Some((greatest, _)))] => {
                    let told = [told(least_key, least), told(greatest_key, greatest)];
                    let (least, greatest) = (literal(least), literal(greatest));
                    Some(call(both, quote!(#least, #greatest, [#(#told),*]), span))
                }
                [(key, Some((limit, span))), _] | [_, (key, Some((limit, span)))] => {
                    let told = told(key, limit);
                    let limit = literal(limit);
                    Some(call(key, quote!(#limit, #told), span))
                }
                _ => None,
            }
        });
        let format = self.format.iter().map(|format| call("format", quote!(#format), format.span()));
        quote!(#(#limits)* #(#format)*)
    }

    /// The constraints in the words of JSON Schema, as `minLength=1 maxLength=80`; a format, which may be any text, comes
    /// last. One string for all is less work for the compiler than a call for each.
    pub(super) fn in_schema(&self) -> String {
        let limits = self.each().into_iter().filter_map(|(key, limit, _)| {
            let (limit, _) = limit?;
            Some(format!("{}={limit}", Case::Camel.of_field(key)))
        });
        let format = self.format.iter().map(|format| format!("format={}", format.value()));
        limits.chain(format).collect::<Vec<_>>().join(" ")
    }
}

/// What is told of a value that does not meet a constraint: as the rules of attributes have it.
fn told(key: &str, limit: i64) -> String {
    let count = |one: &str, several: &str| format!("{limit} {}", if limit == 1 { one } else { several });
    match key {
        "minimum" => format!("must be at least {limit}"),
        "maximum" => format!("must be at most {limit}"),
        "min_length" => format!("must have at least {}", count("character", "characters")),
        "max_length" => format!("must have at most {}", count("character", "characters")),
        "min_items" => format!("must have at least {}", count("element", "elements")),
        _ => format!("must have at most {}", count("element", "elements")),
    }
}

/// What a type of the standard library, written by its own name, is about.
fn plainly(ty: &Type) -> Option<Of> {
    match ty {
        Type::Group(group) => plainly(&group.elem),
        Type::Paren(paren) => plainly(&paren.elem),
        Type::Array(_) => Some(Of::Array),
        Type::Path(path) => {
            let name = path.path.segments.last()?.ident.to_string();
            match name.as_str() {
                "i8" | "i16" | "i32" | "i64" | "i128" | "isize" | "u8" | "u16" | "u32" | "u64" | "u128" | "usize"
                | "f32" | "f64" => Some(Of::Number),
                "String" | "char" => Some(Of::Text),
                "Vec" => Some(Of::Array),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether the type is written as an array, or as an `Option` of one.
pub(super) fn is_plainly_array(ty: &Type) -> bool {
    plainly(within_option(ty).unwrap_or(ty)) == Some(Of::Array)
}

/// Whether the type is written as one value, or as an `Option` of one.
pub(super) fn is_plainly_scalar(ty: &Type) -> bool {
    matches!(plainly(within_option(ty).unwrap_or(ty)), Some(Of::Number | Of::Text))
}
