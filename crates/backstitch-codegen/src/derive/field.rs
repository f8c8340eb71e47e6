//! One field of a struct and its `#[push(…)]` and `#[serde(…)]` attributes.

use proc_macro2::Span;
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Expr, ExprLit, GenericArgument, Ident, Lit, LitStr, Member, Path, PathArguments, Type, UnOp};

use super::case::Case;
use super::errors::{self, Errors};
use super::limits::Limits;
use super::meta::{each_key, flag, meta_error, path, text};
use super::serde;

/// The keys that a field takes.
pub(super) const KEYS: &[&str] = &[
    "example",
    "flatten",
    "format",
    "key",
    "max_items",
    "max_length",
    "maximum",
    "min_items",
    "min_length",
    "minimum",
    "open",
    "rename",
    "sequence",
    "serde",
    "skip",
    "skip_if",
    "with",
];

/// A field that is written by serde.
pub(super) enum Serialize {
    /// As its type serializes.
    Type,
    /// As this function serializes it: `fn(&T, S) -> Result<S::Ok, S::Error>`.
    With(Path),
}

/// A field.
pub(super) struct Field<'a> {
    pub(super) member: Member,
    pub(super) ident: Option<&'a Ident>,
    pub(super) ty: &'a Type,
    /// Its name on the wire.
    pub(super) wire: String,
    /// Where that name stands.
    pub(super) name_span: Span,
    /// Where it is marked as a key.
    pub(super) key: Option<Span>,
    /// Where it is marked as the sequence.
    pub(super) sequence: Option<Span>,
    pub(super) skip: bool,
    /// Whether `skip` has a value, so that nobody knows whether the field is sent.
    pub(super) may_be_skipped: bool,
    /// Whether a value is left out, told by a function.
    pub(super) skip_if: Option<Path>,
    /// The key that says so, and where it stands.
    pub(super) left_out: Option<(&'static str, Span)>,
    pub(super) flatten: Option<Span>,
    /// Where it is given a name of its own.
    pub(super) renamed: Option<Span>,
    /// Where it is said that what is within it is not followed.
    pub(super) open: Option<Span>,
    pub(super) serialize: Option<Serialize>,
    pub(super) limits: Limits,
    pub(super) example: Option<Expr>,
}

impl Field<'_> {
    /// Whether it is sent for certain.
    pub(super) const fn is_sent(&self) -> bool {
        !self.skip && !self.may_be_skipped
    }

    /// Its name in Rust, without `r#`.
    pub(super) fn plain_ident(&self) -> String {
        match (&self.ident, &self.member) {
            (Some(ident), _) => ident.unraw().to_string(),
            (None, Member::Unnamed(index)) => index.index.to_string(),
            (None, Member::Named(ident)) => ident.unraw().to_string(),
        }
    }

    /// What is said of it that only a field with a name of its own on the wire can have, and where.
    pub(super) fn needs_a_name(&self) -> impl Iterator<Item = (&'static str, Span)> {
        let all = [
            ("key", self.key),
            ("sequence", self.sequence),
            ("rename", self.renamed),
            ("skip_if", self.skip_if.as_ref().map(Path::span)),
            ("flatten", self.flatten),
        ];
        all.into_iter().filter_map(|(key, span)| span.map(|span| (key, span)))
    }

    /// The JSON of its example, where the example is a literal that is written as it stands.
    pub(super) fn example_json(&self) -> Option<String> {
        if self.serialize.is_some() || self.skip_if.is_some() || self.flatten.is_some() {
            return None;
        }
        literal_json(self.example.as_ref()?)
    }
}

/// What `#[push(…)]` says of a name, and where.
struct Read {
    rename: Option<LitStr>,
    skip: Option<Span>,
    skip_if: Option<Path>,
    flatten: Option<Span>,
    with: Option<Path>,
    serde: Option<Span>,
    example: Option<Span>,
}

/// Reads a field, the `index`th.
pub(super) fn read<'a>(field: &'a syn::Field, index: usize, case: Option<Case>, errors: &mut Errors) -> Field<'a> {
    let member = match &field.ident {
        Some(ident) => Member::Named(ident.clone()),
        None => Member::Unnamed(syn::Index { index: u32::try_from(index).unwrap_or(u32::MAX), span: field.ty.span() }),
    };
    let plain = field.ident.as_ref().map_or_else(|| index.to_string(), |ident| ident.unraw().to_string());
    let mut result = Field {
        member,
        ident: field.ident.as_ref(),
        ty: &field.ty,
        wire: case.map_or_else(|| plain.clone(), |case| case.of_field(&plain)),
        name_span: field.ident.as_ref().map_or_else(|| field.ty.span(), Ident::span),
        key: None,
        sequence: None,
        skip: false,
        may_be_skipped: false,
        skip_if: None,
        left_out: None,
        flatten: None,
        renamed: None,
        open: None,
        serialize: None,
        limits: Limits::default(),
        example: None,
    };
    let push = on_push(field, &mut result, errors);
    let theirs = serde::on_field(&field.attrs, errors);
    merge(&mut result, &push, theirs, errors);
    result
}

fn on_push(field: &syn::Field, result: &mut Field<'_>, errors: &mut Errors) -> Read {
    let mut read =
        Read { rename: None, skip: None, skip_if: None, flatten: None, with: None, serde: None, example: None };
    each_key(&field.attrs, errors, |meta, key, errors| {
        let span = meta.path.span();
        let is_second = match key {
            "key" | "sequence" | "skip" | "flatten" | "open" | "serde" => {
                flag(meta, key).inspect_err(|_| result.may_be_skipped |= key == "skip")?;
                let place = match key {
                    "key" => &mut result.key,
                    "sequence" => &mut result.sequence,
                    "skip" => &mut read.skip,
                    "flatten" => &mut read.flatten,
                    "open" => &mut result.open,
                    _ => &mut read.serde,
                };
                place.replace(span).is_some()
            }
            "rename" => read.rename.replace(text(meta, key, "rename = \"name\"")?).is_some(),
            "skip_if" => {
                let condition = path(meta, key, "skip_if = Option::is_none")?;
                result.left_out = Some(("skip_if", span));
                read.skip_if.replace(condition).is_some()
            }
            "with" => read.with.replace(path(meta, key, "with = module")?).is_some(),
            "example" => {
                if !meta.input.peek(syn::Token![=]) {
                    return Err(meta_error(meta, errors::needs_value("example", "example = 1")));
                }
                result.example = Some(meta.value()?.parse()?);
                read.example.replace(span).is_some()
            }
            "format" => result.limits.format.replace(text(meta, "format", "format = \"date-time\"")?).is_some(),
            _ if Limits::is_key(key) => result.limits.read(meta, key)?,
            "table" | "rename_all" | "destination" | "crate" | "bound" | "record" | "doc_test" => {
                return Err(meta_error(meta, errors::key_of_a_struct(key)));
            }
            _ => return Err(meta_error(meta, errors::unknown(key, "field", KEYS))),
        };
        if is_second {
            errors.at(&meta.path, errors::twice(key));
        }
        Ok(())
    });
    read
}

/// Brings together what the two attributes say; a contradiction is an error at what `push` says.
fn merge(field: &mut Field<'_>, push: &Read, serde: serde::OnField, errors: &mut Errors) {
    if let (Some(ours), Some(theirs)) = (&push.rename, &serde.rename)
        && ours.value() != theirs.value()
    {
        errors.at(ours, errors::contradiction("rename", &ours.value(), &theirs.value()));
    }
    let rename = push.rename.clone().or(serde.rename);
    if let Some(name) = &rename {
        if name.value().is_empty() {
            errors.at(name, errors::empty_rename());
        }
        field.renamed = Some(name.span());
        field.wire = name.value();
        field.name_span = name.span();
    }
    field.skip = push.skip.is_some() || serde.skip.is_some();
    if let (Some(ours), Some(theirs)) = (&push.skip_if, &serde.skip_if)
        && shown(ours) != shown(theirs)
    {
        errors.at(ours, errors::contradiction("skip_if", &shown(ours), &shown(theirs)));
    }
    field.skip_if = push.skip_if.clone().or(serde.skip_if);
    field.left_out = field.left_out.or(serde.left_out.map(|span| ("skip_serializing_if", span)));
    field.flatten = push.flatten.or(serde.flatten);
    let with = push.with.clone().map(|mut module| {
        module.segments.push(Ident::new("serialize", module.span()).into());
        module
    });
    if let (Some(ours), Some(theirs)) = (&with, &serde.serialize_with)
        && shown(ours) != shown(theirs)
    {
        errors.at(&push.with, errors::contradiction("with", &shown(ours), &shown(theirs)));
    }
    field.serialize = with.or(serde.serialize_with).map(Serialize::With).or(push.serde.map(|_| Serialize::Type));
    if field.skip {
        let useless = [
            ("rename", push.rename.as_ref().map(LitStr::span)),
            ("example", push.example),
            ("skip_if", push.skip_if.as_ref().map(Path::span)),
            ("flatten", push.flatten),
            ("with", push.with.as_ref().map(Path::span)),
            ("serde", push.serde),
            ("open", field.open),
            ("sequence", field.sequence),
        ];
        for (key, span) in useless {
            if let Some(span) = span {
                errors.at_span(span, errors::useless_on_skipped(key));
            }
        }
        for (key, span) in field.limits.stated() {
            errors.at_span(span, errors::useless_on_skipped(key));
        }
    } else if let Some(flatten) = field.flatten {
        for (key, span) in [
            ("rename", rename.as_ref().map(LitStr::span)),
            ("key", field.key),
            ("with", push.with.as_ref().map(Path::span)),
            ("serde", push.serde),
        ] {
            if span.is_some() {
                errors.at_span(flatten, errors::useless_on_flattened(key));
            }
        }
        for (key, _) in field.limits.stated() {
            errors.at_span(flatten, errors::useless_on_flattened(key));
        }
    }
    if field.serialize.is_some() && !field.skip {
        for (key, span) in field.limits.stated() {
            errors.at_span(span, errors::limit_of_what_serde_writes(key));
        }
    }
    if let (Some(span), Some(_)) = (push.serde, &push.with) {
        errors.at_span(span, errors::serde_and_with());
    }
    field.limits.check(field.ty, errors);
}

fn shown(path: &Path) -> String {
    quote::ToTokens::to_token_stream(path).to_string().replace(' ', "")
}

/// The type within `Option<…>`, if the type is written so.
pub(super) fn within_option(ty: &Type) -> Option<&Type> {
    outermost(ty).filter(|(name, _)| *name == "Option").map(|(_, inner)| inner)
}

/// The name of a type with a type in angle brackets, and that type.
pub(super) fn outermost(ty: &Type) -> Option<(&Ident, &Type)> {
    let path = match ty {
        // A type that came through a macro stands in an invisible group.
        Type::Group(group) => return outermost(&group.elem),
        Type::Paren(paren) => return outermost(&paren.elem),
        Type::Path(path) => path,
        _ => return None,
    };
    let last = path.path.segments.last()?;
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::Type(inner) => Some((&last.ident, inner)),
            _ => None,
        }),
        _ => None,
    }
}

/// Whether the type is written as an `Option`.
pub(super) fn is_option(ty: &Type) -> bool {
    within_option(ty).is_some()
}

/// Whether an example for an `Option` is the value within it.
pub(super) fn is_bare_example(ty: &Type, example: &Expr) -> bool {
    is_option(ty) && is_literal(example)
}

fn is_literal(example: &Expr) -> bool {
    match ungrouped(example) {
        Expr::Lit(_) => true,
        Expr::Unary(unary) => matches!(unary.op, UnOp::Neg(_)) && is_literal(&unary.expr),
        _ => false,
    }
}

/// The expression without the invisible group that a macro puts around it, and without parentheses.
fn ungrouped(example: &Expr) -> &Expr {
    match example {
        Expr::Group(group) => ungrouped(&group.expr),
        Expr::Paren(paren) => ungrouped(&paren.expr),
        other => other,
    }
}

/// Whether the expression is a string literal.
pub(super) fn is_text(example: &Expr) -> bool {
    matches!(ungrouped(example), Expr::Lit(ExprLit { lit: Lit::Str(_), .. }))
}

/// A literal as `serde_json` writes it; nothing where it is no literal, or where its type matters
/// for how it is written.
fn literal_json(example: &Expr) -> Option<String> {
    match ungrouped(example) {
        Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) => int.base10_parse::<u128>().ok().map(|n| n.to_string()),
        Expr::Lit(ExprLit { lit: Lit::Bool(boolean), .. }) => Some(boolean.value.to_string()),
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(json_string(&text.value())),
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            let inner = literal_json(&unary.expr)?;
            inner.starts_with(|first: char| first.is_ascii_digit() && inner != "0").then(|| format!("-{inner}"))
        }
        _ => None,
    }
}

/// `text` as a JSON string.
pub(super) fn json_string(text: &str) -> String {
    let mut result = String::from('"');
    for character in text.chars() {
        match character {
            '"' => result.push_str("\\\""),
            '\\' => result.push_str("\\\\"),
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            '\u{8}' => result.push_str("\\b"),
            '\u{c}' => result.push_str("\\f"),
            control if u32::from(control) < 0x20 => result.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => result.push(other),
        }
    }
    result.push('"');
    result
}
