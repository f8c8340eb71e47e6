//! A struct and its `#[push(…)]` attributes, read into one typed context.

use std::collections::HashSet;

use proc_macro2::Span;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Fields, LitStr};

use super::errors::{self, Errors};
use super::field::{self, Field};
use super::meta::{each_key, meta_error, text};

/// The keys that a struct takes.
const KEYS: &[&str] = &["key", "table"];

/// A struct that derives `Push`.
pub(super) struct Container<'a> {
    pub(super) input: &'a DeriveInput,
    /// The table's name; a struct without one is a nested object.
    pub(super) table: Option<LitStr>,
    pub(super) fields: Vec<Field<'a>>,
    /// Indices into `fields` of the keys, in order.
    pub(super) keys: Vec<usize>,
}

impl Container<'_> {
    /// The fields that are sent.
    pub(super) fn sent(&self) -> impl Iterator<Item = &Field<'_>> {
        self.fields.iter().filter(|field| !field.skip)
    }
}

/// What stands on the struct itself.
#[derive(Default)]
struct OnStruct {
    table: Option<LitStr>,
    keys: Option<(Span, Vec<LitStr>)>,
}

/// Reads a struct. `None` where there is nothing to go on with.
pub(super) fn read<'a>(input: &'a DeriveInput, errors: &mut Errors) -> Option<Container<'a>> {
    let fields = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => fields.named.iter().collect::<Vec<_>>(),
            Fields::Unnamed(_) => {
                errors.at(&data.fields, errors::not_a_struct("a tuple struct"));
                return None;
            }
            Fields::Unit => {
                errors.at(&input.ident, errors::not_a_struct("a struct without fields"));
                return None;
            }
        },
        Data::Enum(data) => {
            errors.at(data.enum_token, errors::not_a_struct("an enum"));
            return None;
        }
        Data::Union(data) => {
            errors.at(data.union_token, errors::not_a_struct("a union"));
            return None;
        }
    };
    if !input.generics.params.is_empty() {
        errors.at(&input.generics.params, errors::generics());
        return None;
    }
    let on_struct = on_struct(input, errors);
    let fields: Vec<Field<'a>> = fields.into_iter().map(|field| field::read(field, errors)).collect();
    // What seems to be missing may be the very thing that was not understood.
    let all_understood = errors.is_empty();
    check_names(&fields, errors);
    let keys = keys(input, &on_struct, &fields, all_understood, errors);
    Some(Container { input, table: on_struct.table, fields, keys })
}

fn on_struct(input: &DeriveInput, errors: &mut Errors) -> OnStruct {
    let mut result = OnStruct::default();
    each_key(&input.attrs, errors, |meta, key, errors| match key {
        "table" => {
            let table = text(meta, "table", "table = \"customers\"")?;
            if table.value().is_empty() {
                errors.at(&table, errors::empty("a table's name"));
            }
            if result.table.replace(table).is_some() {
                errors.at(&meta.path, errors::twice("table"));
            }
            Ok(())
        }
        "key" => {
            let keys = key_list(meta)?;
            if result.keys.replace((meta.path.span(), keys)).is_some() {
                errors.at(&meta.path, errors::twice("key"));
            }
            Ok(())
        }
        _ if field::KEYS.contains(&key) => Err(meta_error(meta, errors::elsewhere(key, "struct", "field"))),
        _ => Err(meta_error(meta, errors::unknown(key, "struct", KEYS))),
    });
    result
}

/// `key = "id"` or `key("a", "b")`.
fn key_list(meta: &ParseNestedMeta<'_>) -> syn::Result<Vec<LitStr>> {
    let mistake = || meta_error(meta, errors::needs_text("key", "key = \"id\"` or `key(\"a\", \"b\")"));
    if meta.input.peek(syn::Token![=]) {
        return Ok(vec![text(meta, "key", "key = \"id\"` or `key(\"a\", \"b\")")?]);
    }
    if !meta.input.peek(syn::token::Paren) {
        return Err(mistake());
    }
    let content;
    syn::parenthesized!(content in meta.input);
    let keys = content.parse_terminated(<LitStr as syn::parse::Parse>::parse, syn::Token![,]).map_err(|_| mistake())?;
    if keys.is_empty() {
        return Err(mistake());
    }
    Ok(keys.into_iter().collect())
}

/// Finds the key fields, named on the struct or marked on the fields.
fn keys(
    input: &DeriveInput,
    on_struct: &OnStruct,
    fields: &[Field<'_>],
    all_understood: bool,
    errors: &mut Errors,
) -> Vec<usize> {
    let marked: Vec<usize> =
        fields.iter().enumerate().filter(|(_, field)| field.key.is_some()).map(|(index, _)| index).collect();
    let mut keys = Vec::new();
    match &on_struct.keys {
        Some((_, names)) => {
            if let Some(span) = marked.first().and_then(|index| fields[*index].key) {
                errors.at_span(span, errors::keys_twice());
            }
            for name in names {
                if let Some(index) = named_key(name, fields, errors) {
                    if keys.contains(&index) {
                        errors.at(name, errors::twice(&name.value()));
                    }
                    keys.push(index);
                }
            }
        }
        None => keys.clone_from(&marked),
    }
    for index in &keys {
        let field = &fields[*index];
        let place = on_struct
            .keys
            .as_ref()
            .and_then(|(_, names)| names.iter().find(|name| name.value() == field.wire))
            .map(LitStr::span)
            .or(field.key)
            .unwrap_or_else(|| field.ident.span());
        if field.skip {
            errors.at_span(place, errors::skipped_key(&field.wire));
        } else if field::is_option(field.ty) {
            errors.at(field.ty, errors::optional_key(&field.wire));
        }
    }
    let named = on_struct.keys.is_some() || !marked.is_empty();
    if !all_understood {
        return keys;
    }
    match &on_struct.table {
        Some(table) if !named => {
            let first = fields.iter().find(|field| !field.skip).map(|field| field.wire.as_str());
            errors.at(table, errors::no_key(first));
        }
        None if named => {
            let span = on_struct.keys.as_ref().map(|(span, _)| *span);
            let span = span.or_else(|| marked.first().and_then(|index| fields[*index].key));
            errors.at_span(span.unwrap_or_else(|| input.ident.span()), errors::no_table());
        }
        _ => {}
    }
    keys
}

fn named_key(name: &LitStr, fields: &[Field<'_>], errors: &mut Errors) -> Option<usize> {
    let key = name.value();
    if let Some(index) = fields.iter().position(|field| field.wire == key) {
        return Some(index);
    }
    if let Some(field) = fields.iter().find(|field| field.plain_ident() == key) {
        errors.at(name, errors::renamed_key(&key, &field.wire));
    } else if key.contains(['.', '/']) {
        errors.at(name, errors::nested_key(&key));
    } else {
        let mut known: Vec<String> =
            fields.iter().filter(|field| !field.skip).map(|field| field.wire.clone()).collect();
        known.dedup();
        errors.at(name, errors::no_such_key(&key, &known));
    }
    None
}

fn check_names(fields: &[Field<'_>], errors: &mut Errors) {
    let mut seen: HashSet<&str> = HashSet::new();
    for field in fields.iter().filter(|field| !field.skip) {
        if !seen.insert(&field.wire) {
            errors.at_span(field.name_span, errors::same_name(&field.wire));
        }
    }
}
