//! `#[serde(…)]` on the same struct: what changes its output is taken over, what does not is passed over, and what can't be
//! taken over is an error at its key.

use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned as _;
use syn::{LitStr, Path};

use super::case::Case;
use super::errors::{self, Errors};
use super::meta::{each_key_of, meta_error, path, skip_value, text};

/// What serde is told of a struct or an enum.
#[derive(Default)]
pub(super) struct OnContainer {
    pub(super) rename_all: Option<(LitStr, Case)>,
    pub(super) transparent: Option<Span>,
}

/// What serde is told of a field or a variant.
#[derive(Default)]
pub(super) struct OnField {
    pub(super) rename: Option<LitStr>,
    pub(super) skip: Option<Span>,
    pub(super) skip_if: Option<Path>,
    /// Where that is said.
    pub(super) left_out: Option<Span>,
    pub(super) flatten: Option<Span>,
    /// A function with serde's signature for `serialize_with`.
    pub(super) serialize_with: Option<Path>,
}

/// Keys that change nothing of what is written.
const CONTAINER_PASSED_OVER: &[&str] =
    &["bound", "crate", "default", "deny_unknown_fields", "expecting", "from", "rename", "try_from"];

/// The same on a field or a variant.
const FIELD_PASSED_OVER: &[&str] =
    &["alias", "borrow", "bound", "default", "deserialize_with", "other", "skip_deserializing"];

pub(super) fn on_container(attributes: &[syn::Attribute], errors: &mut Errors) -> OnContainer {
    let mut result = OnContainer::default();
    each_key_of("serde", attributes, errors, |meta, key, errors| match key {
        "rename_all" => {
            if let Some(name) = for_output(meta, "rename_all")? {
                match Case::called(&name.value()) {
                    Ok(case) => result.rename_all = Some((name, case)),
                    Err(help) => errors.at(&name, errors::no_such_case(&name.value(), &help)),
                }
            }
            Ok(())
        }
        "transparent" => {
            result.transparent = Some(meta.path.span());
            Ok(())
        }
        _ if CONTAINER_PASSED_OVER.contains(&key) => skip_value(meta),
        _ => Err(meta_error(meta, errors::serde_key(key))),
    });
    result
}

pub(super) fn on_field(attributes: &[syn::Attribute], errors: &mut Errors) -> OnField {
    let mut result = OnField::default();
    each_key_of("serde", attributes, errors, |meta, key, _| {
        match key {
            "rename" => result.rename = for_output(meta, "rename")?.or(result.rename.take()),
            "skip" | "skip_serializing" => result.skip = Some(meta.path.span()),
            "skip_serializing_if" => {
                result.skip_if = Some(path(meta, key, "skip_serializing_if = \"Option::is_none\"")?);
                result.left_out = Some(meta.path.span());
            }
            "flatten" => result.flatten = Some(meta.path.span()),
            "serialize_with" => result.serialize_with = Some(path(meta, key, "serialize_with = \"path\"")?),
            "with" => {
                let mut module = path(meta, key, "with = \"module\"")?;
                module.segments.push(syn::Ident::new("serialize", module.span()).into());
                result.serialize_with = Some(module);
            }
            _ if FIELD_PASSED_OVER.contains(&key) => skip_value(meta)?,
            _ => return Err(meta_error(meta, errors::serde_key(key))),
        }
        Ok(())
    });
    result
}

/// `key = "name"`, or the `serialize` part of `key(serialize = "name", deserialize = "other")`.
fn for_output(meta: &ParseNestedMeta<'_>, key: &str) -> syn::Result<Option<LitStr>> {
    if !meta.input.peek(syn::token::Paren) {
        return text(meta, key, &format!("{key} = \"…\"")).map(Some);
    }
    let mut found = None;
    meta.parse_nested_meta(|part| {
        let name = text(&part, key, &format!("{key}(serialize = \"…\")"))?;
        if part.path.is_ident("serialize") {
            found = Some(name);
        } else if !part.path.is_ident("deserialize") {
            return Err(meta_error(&part, errors::serde_key(&format!("{key}(…)"))));
        }
        Ok(())
    })?;
    Ok(found)
}
