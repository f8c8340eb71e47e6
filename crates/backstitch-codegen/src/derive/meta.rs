//! The keys within `#[push(…)]` and `#[serde(…)]`, wherever they stand.

use proc_macro2::{TokenStream, TokenTree};
use syn::LitStr;
use syn::meta::ParseNestedMeta;

use super::errors::{self, Errors};

/// Calls `read` with each key of each `#[push(…)]`; its errors are gathered, and the rest is read.
pub(super) fn each_key(
    attributes: &[syn::Attribute],
    errors: &mut Errors,
    read: impl FnMut(&ParseNestedMeta<'_>, &str, &mut Errors) -> syn::Result<()>,
) {
    each_key_of("push", attributes, errors, read);
}

/// Calls `read` with each key of each `#[name(…)]`.
pub(super) fn each_key_of(
    name: &str,
    attributes: &[syn::Attribute],
    errors: &mut Errors,
    mut read: impl FnMut(&ParseNestedMeta<'_>, &str, &mut Errors) -> syn::Result<()>,
) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
        let result = attribute.parse_nested_meta(|meta| {
            let key = meta.path.segments.iter().map(|part| part.ident.to_string()).collect::<Vec<_>>().join("::");
            if let Err(error) = read(&meta, &key, errors) {
                errors.push(error);
                skip_value(&meta)?;
            }
            Ok(())
        });
        if let Err(error) = result {
            errors.push(error);
        }
    }
}

/// Passes over whatever follows a key, up to the next comma.
pub(super) fn skip_value(meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
    rest(meta).map(drop)
}

/// What there is up to the next comma.
fn rest(meta: &ParseNestedMeta<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !meta.input.is_empty() && !meta.input.peek(syn::Token![,]) {
        tokens.extend([meta.input.parse::<TokenTree>()?]);
    }
    Ok(tokens)
}

/// The string after `key =`.
pub(super) fn text(meta: &ParseNestedMeta<'_>, key: &str, example: &str) -> syn::Result<LitStr> {
    if !meta.input.peek(syn::Token![=]) {
        return Err(meta_error(meta, errors::needs_text(key, example)));
    }
    let value = meta.value()?;
    if value.peek(LitStr) {
        return value.parse();
    }
    Err(syn::Error::new(value.span(), errors::needs_text(key, example)))
}

/// A path in a string, or without quotes, after `key =`.
pub(super) fn path(meta: &ParseNestedMeta<'_>, key: &str, example: &str) -> syn::Result<syn::Path> {
    if !meta.input.peek(syn::Token![=]) {
        return Err(meta_error(meta, errors::needs_text(key, example)));
    }
    let value = meta.value()?;
    if value.peek(LitStr) {
        let text: LitStr = value.parse()?;
        return text.parse().map_err(|_| syn::Error::new(text.span(), errors::needs_path(key, example)));
    }
    value.parse().map_err(|error: syn::Error| syn::Error::new(error.span(), errors::needs_path(key, example)))
}

/// Nothing after the key.
pub(super) fn flag(meta: &ParseNestedMeta<'_>, key: &str) -> syn::Result<()> {
    let message = || errors::takes_nothing(key);
    if meta.input.peek(syn::token::Paren) {
        return Err(syn::Error::new_spanned(rest(meta)?, message()));
    }
    if !meta.input.peek(syn::Token![=]) {
        return Ok(());
    }
    let end = meta.value()?.span();
    let value = rest(meta)?;
    Err(if value.is_empty() { syn::Error::new(end, message()) } else { syn::Error::new_spanned(value, message()) })
}

pub(super) fn meta_error(meta: &ParseNestedMeta<'_>, message: String) -> syn::Error {
    syn::Error::new_spanned(&meta.path, message)
}
