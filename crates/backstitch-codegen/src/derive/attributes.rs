//! A struct or an enum and its attributes, read into one typed context.

use std::collections::{HashMap, HashSet};

use proc_macro2::Span;
use syn::ext::IdentExt as _;
use syn::meta::ParseNestedMeta;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Fields, Ident, LitBool, LitStr, Path, Token, WherePredicate};

use super::case::Case;
use super::errors::{self, Errors};
use super::field::{self, Field};
use super::meta::{each_key, meta_error, path, text};
use super::{names, serde};
use crate::destination::Profile;
use crate::record::Definitions;

/// The keys that a struct takes.
const KEYS: &[&str] =
    &["bound", "crate", "destination", "doc_test", "key", "record", "rename_all", "sequence", "table"];

/// What is derived for.
pub(super) enum Shape<'a> {
    /// An object: a struct with named fields.
    Object,
    /// The value of one of its fields, by its index.
    Transparent(usize),
    /// An array: a struct with several fields that have no names.
    Array,
    /// A string: an enum whose variants have no fields, each with its name on the wire.
    Text(Vec<(&'a Ident, String)>),
}

/// What is said of the documentation test.
pub(super) enum DocTest {
    /// There is one where it can be.
    Usual,
    /// There is none.
    None,
    /// There is one, which finds the type under this path.
    At(LitStr),
}

/// A struct or an enum that derives `Push`.
pub(super) struct Container<'a> {
    pub(super) input: &'a DeriveInput,
    pub(super) shape: Shape<'a>,
    /// The table's name; a struct without one is a nested object.
    pub(super) table: Option<LitStr>,
    pub(super) fields: Vec<Field<'a>>,
    /// Indices into `fields` of the keys, in order.
    pub(super) keys: Vec<usize>,
    /// The field that orders the versions of a row.
    pub(super) sequence: Option<usize>,
    /// The destinations that the records are meant for, each where it is named.
    pub(super) destinations: Vec<(&'a Profile, LitStr)>,
    pub(super) bound: Option<Vec<WherePredicate>>,
    /// The path to the runtime crate.
    pub(super) runtime: Option<Path>,
    /// The name of the typed record.
    pub(super) record: Option<Ident>,
    pub(super) doc_test: DocTest,
}

impl Container<'_> {
    /// The fields that are sent.
    pub(super) fn sent(&self) -> impl Iterator<Item = &Field<'_>> {
        self.fields.iter().filter(|field| field.is_sent())
    }
}

/// What stands on the struct itself.
#[derive(Default)]
struct OnStruct {
    table: Option<LitStr>,
    keys: Option<(Span, Vec<LitStr>)>,
    sequence: Option<LitStr>,
    destinations: Option<(Span, Vec<LitStr>)>,
    rename_all: Option<(LitStr, Option<Case>)>,
    bound: Option<Vec<WherePredicate>>,
    runtime: Option<Path>,
    record: Option<LitStr>,
    doc_test: Option<(Span, DocTest)>,
}

/// Reads a struct or an enum. `None` where there is nothing to go on with.
pub(super) fn read<'a>(
    input: &'a DeriveInput,
    definitions: &'a Definitions,
    errors: &mut Errors,
) -> Option<Container<'a>> {
    let on_struct = on_struct(input, errors);
    let theirs = serde::on_container(&input.attrs, errors);
    let case = case(&on_struct, &theirs, errors);
    let (shape, fields): (_, Vec<&syn::Field>) = match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => (Shape::Object, fields.named.iter().collect()),
            Fields::Unnamed(fields) if !fields.unnamed.is_empty() => (Shape::Array, fields.unnamed.iter().collect()),
            Fields::Unnamed(_) | Fields::Unit => {
                errors.at(&input.ident, errors::not_a_struct("a struct without fields"));
                return None;
            }
        },
        Data::Enum(data) => (Shape::Text(variants(data, case, &input.ident, errors)?), Vec::new()),
        Data::Union(data) => {
            errors.at(data.union_token, errors::not_a_struct("a union"));
            return None;
        }
    };
    // Only names of named fields are in a case.
    let case = case.filter(|_| matches!(shape, Shape::Object));
    let fields: Vec<Field<'a>> =
        fields.into_iter().enumerate().map(|(index, field)| field::read(field, index, case, errors)).collect();
    let shape = transparent(shape, &fields, theirs.transparent, errors);
    only_where_it_means_something(&shape, &on_struct, &fields, errors);
    // What seems to be missing may be the very thing that was not understood.
    let all_understood = errors.is_empty();
    check_names(&fields, errors);
    // What can't be a table has no keys to look for.
    let keys = match shape {
        Shape::Object => keys(input, &on_struct, &fields, all_understood, errors),
        _ => Vec::new(),
    };
    let sequence = match shape {
        Shape::Object => sequence(&on_struct, &fields, errors),
        _ => None,
    };
    let record = on_struct.record.as_ref().and_then(|name| match name.parse::<Ident>() {
        Ok(ident) => Some(ident),
        Err(_) => {
            errors.at(name, errors::no_identifier(&name.value(), "record = \"CustomerRecord\""));
            None
        }
    });
    let destinations = destinations(on_struct.destinations.as_ref(), definitions.destinations, errors);
    let container = Container {
        input,
        shape,
        table: on_struct.table,
        fields,
        keys,
        sequence,
        destinations,
        bound: on_struct.bound,
        runtime: on_struct.runtime,
        record,
        doc_test: on_struct.doc_test.map_or(DocTest::Usual, |(_, doc_test)| doc_test),
    };
    names::check(&container, definitions, errors);
    Some(container)
}

fn on_struct(input: &DeriveInput, errors: &mut Errors) -> OnStruct {
    let mut result = OnStruct::default();
    let is_enum = matches!(input.data, Data::Enum(_));
    each_key(&input.attrs, errors, |meta, key, errors| {
        let is_second = match key {
            "table" => {
                let table = text(meta, "table", "table = \"customers\"")?;
                if table.value().is_empty() {
                    errors.at(&table, errors::empty_table());
                }
                result.table.replace(table).is_some()
            }
            "destination" => {
                let names =
                    text_list(meta, key, "destination = \"postgres\"` or `destination(\"postgres\", \"bigquery\")")?;
                result.destinations.replace((meta.path.span(), names)).is_some()
            }
            "key" => {
                let keys = text_list(meta, key, "key = \"id\"` or `key(\"a\", \"b\")")?;
                result.keys.replace((meta.path.span(), keys)).is_some()
            }
            "sequence" => result.sequence.replace(text(meta, key, "sequence = \"updated_at\"")?).is_some(),
            "rename_all" => {
                let name = text(meta, key, "rename_all = \"camelCase\"")?;
                let case = Case::called(&name.value());
                if let Err(help) = &case {
                    errors.at(&name, errors::no_such_case(&name.value(), help));
                }
                result.rename_all.replace((name, case.ok())).is_some()
            }
            "bound" => {
                let bound = text(meta, key, "bound = \"T: backstitch::Value\"")?;
                let parser = Punctuated::<WherePredicate, Token![,]>::parse_terminated;
                let parsed = syn::parse::Parser::parse_str(parser, &bound.value()).map_err(|_| {
                    syn::Error::new(
                        bound.span(),
                        errors::no_predicate(&bound.value(), "bound = \"T: backstitch::Value\""),
                    )
                })?;
                result.bound.replace(parsed.into_iter().collect()).is_some()
            }
            "crate" => result.runtime.replace(path(meta, key, "crate = \"other::backstitch\"")?).is_some(),
            "record" => result.record.replace(text(meta, key, "record = \"CustomerRecord\"")?).is_some(),
            "doc_test" => result.doc_test.replace((meta.path.span(), doc_test(meta)?)).is_some(),
            _ if field::KEYS.contains(&key) => {
                return Err(meta_error(meta, errors::key_of_a_field(key, is_enum)));
            }
            _ => return Err(meta_error(meta, errors::unknown(key, "struct", KEYS))),
        };
        if is_second {
            errors.at(&meta.path, errors::twice(key));
        }
        Ok(())
    });
    result
}

/// `doc_test = false`, or the path under which a test finds the type.
fn doc_test(meta: &ParseNestedMeta<'_>) -> syn::Result<DocTest> {
    if !meta.input.peek(Token![=]) {
        return Err(meta_error(meta, errors::needs_false_or_path("doc_test")));
    }
    let value = meta.value()?;
    let span = value.span();
    if value.peek(LitBool) {
        let flag: LitBool = value.parse()?;
        return Ok(if flag.value { DocTest::Usual } else { DocTest::None });
    }
    value.parse().map(DocTest::At).map_err(|_| syn::Error::new(span, errors::needs_false_or_path("doc_test")))
}

/// The case of all names; what the two attributes say must be the same.
fn case(on_struct: &OnStruct, theirs: &serde::OnContainer, errors: &mut Errors) -> Option<Case> {
    let ours = on_struct.rename_all.as_ref().and_then(|(name, case)| case.map(|case| (name, case)));
    match (ours, &theirs.rename_all) {
        (Some((name, ours)), Some((their_name, theirs))) if ours != *theirs => {
            errors.at(name, errors::contradiction("rename_all", &name.value(), &their_name.value()));
            Some(ours)
        }
        (Some((_, case)), _) => Some(case),
        (None, Some((_, case))) => Some(*case),
        (None, None) => None,
    }
}

/// The variants of an enum with their names on the wire.
fn variants<'a>(
    data: &'a syn::DataEnum,
    case: Option<Case>,
    name: &Ident,
    errors: &mut Errors,
) -> Option<Vec<(&'a Ident, String)>> {
    if data.variants.is_empty() {
        errors.at(name, errors::no_variants());
        return None;
    }
    let mut seen: HashSet<String> = HashSet::new();
    let mut all = Vec::new();
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            errors.at(&variant.fields, errors::variant_with_fields());
        }
        let plain = variant.ident.unraw().to_string();
        let mut wire = case.map_or_else(|| plain.clone(), |case| case.of_variant(&plain));
        let mut place = variant.ident.span();
        let mut ours: Option<LitStr> = None;
        each_key(&variant.attrs, errors, |meta, key, errors| match key {
            "rename" => {
                let name = text(meta, key, "rename = \"name\"")?;
                if ours.replace(name).is_some() {
                    errors.at(&meta.path, errors::twice(key));
                }
                Ok(())
            }
            _ => Err(meta_error(meta, errors::unknown(key, "variant", &["rename"]))),
        });
        let theirs = serde::on_field(&variant.attrs, errors);
        if let (Some(ours), Some(theirs)) = (&ours, &theirs.rename)
            && ours.value() != theirs.value()
        {
            errors.at(ours, errors::contradiction("rename", &ours.value(), &theirs.value()));
        }
        if let Some(span) = theirs.skip {
            errors.at_span(span, errors::serde_key("skip"));
        }
        for (key, span) in [
            ("skip_serializing_if", theirs.skip_if.as_ref().map(Path::span)),
            ("flatten", theirs.flatten),
            ("serialize_with", theirs.serialize_with.as_ref().map(Path::span)),
        ] {
            if let Some(span) = span {
                errors.at_span(span, errors::serde_key(key));
            }
        }
        if let Some(name) = ours.or(theirs.rename) {
            wire = name.value();
            place = name.span();
        }
        if !seen.insert(wire.clone()) {
            errors.at_span(place, errors::same_variant(&wire));
        }
        all.push((&variant.ident, wire));
    }
    Some(all)
}

/// A struct with one field that has no name, or that is called transparent, is written as that field is.
fn transparent<'a>(
    shape: Shape<'a>,
    fields: &[Field<'_>],
    transparent: Option<Span>,
    errors: &mut Errors,
) -> Shape<'a> {
    let sent: Vec<usize> =
        fields.iter().enumerate().filter(|(_, field)| field.is_sent()).map(|(index, _)| index).collect();
    match (shape, transparent) {
        (shape @ Shape::Text(_), _) => shape,
        (Shape::Array, None) if fields.len() == 1 && sent.len() == 1 => Shape::Transparent(0),
        (shape, None) => shape,
        (shape, Some(span)) => match sent.as_slice() {
            [only] => Shape::Transparent(*only),
            _ if fields.iter().any(|field| field.may_be_skipped) => shape,
            several => {
                errors.at_span(span, errors::transparent_fields(several.len()));
                shape
            }
        },
    }
}

/// What is only about a table, or about fields with names, has no place where there is none.
fn only_where_it_means_something(shape: &Shape<'_>, on_struct: &OnStruct, fields: &[Field<'_>], errors: &mut Errors) {
    let what = match shape {
        Shape::Object => None,
        Shape::Transparent(_) => Some("a struct that is written as its field"),
        Shape::Array => Some("a struct whose fields have no names"),
        Shape::Text(_) => Some("an enum"),
    };
    let only_on_tables = [
        // Keys without a table are told of where the keys are looked for.
        ("key", what.and(on_struct.keys.as_ref().map(|(span, _)| *span))),
        ("sequence", on_struct.sequence.as_ref().map(LitStr::span)),
        ("destination", on_struct.destinations.as_ref().map(|(span, _)| *span)),
        ("record", on_struct.record.as_ref().map(LitStr::span)),
        ("doc_test", on_struct.doc_test.as_ref().map(|(span, _)| *span)),
    ];
    for (key, span) in only_on_tables {
        if let (None, Some(span)) = (&on_struct.table, span) {
            let message = what.map_or_else(|| errors::only_on_table(key), |what| errors::never_a_table(key, what));
            errors.at_span(span, message);
        }
    }
    let Some(what) = what else { return };
    if let Some(table) = &on_struct.table {
        errors.at(table, errors::no_table_here(what));
    }
    if let (Some((name, _)), false) = (&on_struct.rename_all, matches!(shape, Shape::Text(_))) {
        errors.at(name, errors::no_names("rename_all", what));
    }
    for field in fields.iter().filter(|field| field.is_sent()) {
        for (key, span) in field.needs_a_name() {
            errors.at_span(span, errors::no_names(key, what));
        }
    }
}

/// `key = "id"` or `key("a", "b")`.
fn text_list(meta: &ParseNestedMeta<'_>, key: &str, example: &str) -> syn::Result<Vec<LitStr>> {
    let mistake = || meta_error(meta, errors::needs_text(key, example));
    if meta.input.peek(Token![=]) {
        return Ok(vec![text(meta, key, example)?]);
    }
    if !meta.input.peek(syn::token::Paren) {
        return Err(mistake());
    }
    let content;
    syn::parenthesized!(content in meta.input);
    let keys = content.parse_terminated(<LitStr as syn::parse::Parse>::parse, Token![,]).map_err(|_| mistake())?;
    if keys.is_empty() {
        return Err(mistake());
    }
    Ok(keys.into_iter().collect())
}

/// The destinations of these names.
fn destinations<'a>(
    named: Option<&(Span, Vec<LitStr>)>,
    known: &'a [Profile],
    errors: &mut Errors,
) -> Vec<(&'a Profile, LitStr)> {
    let mut result: Vec<(&Profile, LitStr)> = Vec::new();
    for name in named.into_iter().flat_map(|(_, names)| names) {
        let key = name.value();
        match known.iter().find(|profile| profile.key == key) {
            None => errors.at(name, errors::no_such_destination(&key, known)),
            Some(profile) if result.iter().any(|(other, _)| other.key == profile.key) => {
                errors.at(name, errors::twice(&key));
            }
            Some(profile) => result.push((profile, name.clone())),
        }
    }
    result
}

/// Finds the field that orders the versions of a row, named on the struct or marked on the field.
fn sequence(on_struct: &OnStruct, fields: &[Field<'_>], errors: &mut Errors) -> Option<usize> {
    let marked: Vec<(usize, Span)> =
        fields.iter().enumerate().filter_map(|(index, field)| field.sequence.map(|span| (index, span))).collect();
    if let Some((_, second)) = marked.get(1) {
        errors.at_span(*second, errors::sequences_twice());
    }
    let Some(name) = &on_struct.sequence else {
        if let (Some((_, span)), None) = (marked.first(), &on_struct.table) {
            errors.at_span(*span, errors::only_on_table("sequence"));
        }
        return marked.first().map(|(index, _)| *index);
    };
    if let Some((_, span)) = marked.first() {
        errors.at_span(*span, errors::sequences_twice());
    }
    let found = fields.iter().position(|field| field.wire == name.value() || field.plain_ident() == name.value());
    if found.is_none() {
        let known: Vec<String> = fields.iter().map(|field| field.wire.clone()).collect();
        errors.at(name, errors::no_such_sequence(&name.value(), &known));
    }
    found
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
            .unwrap_or(field.name_span);
        if field.skip {
            errors.at_span(place, errors::skipped_key(&field.wire));
        } else if let Some((by, span)) = field.left_out {
            errors.at_span(span, errors::sometimes_missing_key(&field.wire, by));
        } else if field.serialize.is_some() {
            errors.at_span(place, errors::unproved_key(&field.wire));
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
    let is_named = |field: &Field<'_>| field.flatten.is_none();
    if let Some(index) = fields.iter().position(|field| field.wire == key && is_named(field)) {
        return Some(index);
    }
    if let Some(field) = fields.iter().find(|field| field.plain_ident() == key && is_named(field)) {
        errors.at(name, errors::renamed_key(&key, &field.wire));
    } else if key.contains(['.', '/']) {
        errors.at(name, errors::nested_key(&key));
    } else {
        let mut known: Vec<String> =
            fields.iter().filter(|field| field.is_sent() && is_named(field)).map(|field| field.wire.clone()).collect();
        known.dedup();
        errors.at(name, errors::no_such_key(&key, &known));
    }
    None
}

fn check_names(fields: &[Field<'_>], errors: &mut Errors) {
    let mut seen: HashMap<&str, &Field<'_>> = HashMap::new();
    for field in fields.iter().filter(|field| field.is_sent() && field.flatten.is_none()) {
        let first = *seen.entry(&field.wire).or_insert(field);
        if !std::ptr::eq(first, field) {
            let message = errors::same_name(&first.plain_ident(), &field.plain_ident(), &field.wire);
            errors.at_span(field.name_span, message);
        }
    }
}
