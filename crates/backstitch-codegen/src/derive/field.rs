//! One field of a struct and its `#[push(…)]` attributes.

use proc_macro2::Span;
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Expr, ExprLit, GenericArgument, Ident, Lit, PathArguments, Type, UnOp};

use super::errors::{self, Errors};
use super::meta::{each_key, meta_error, text};

/// The keys that a field takes.
pub(super) const KEYS: &[&str] = &["example", "key", "rename", "skip"];

/// A field.
pub(super) struct Field<'a> {
    pub(super) ident: &'a Ident,
    pub(super) ty: &'a Type,
    /// Its name on the wire.
    pub(super) wire: String,
    /// Where that name stands.
    pub(super) name_span: Span,
    /// Where it is marked as a key.
    pub(super) key: Option<Span>,
    pub(super) skip: bool,
    pub(super) example: Option<Expr>,
}

impl Field<'_> {
    /// Its name in Rust, without `r#`.
    pub(super) fn plain_ident(&self) -> String {
        self.ident.unraw().to_string()
    }

    /// The JSON of its example, where the example is a literal.
    pub(super) fn example_json(&self) -> Option<String> {
        let example = self.example.as_ref()?;
        literal_json(example)
    }
}

/// Reads a field.
pub(super) fn read<'a>(field: &'a syn::Field, errors: &mut Errors) -> Field<'a> {
    // Every field here comes from a struct with named fields.
    let ident = field.ident.as_ref().unwrap_or_else(|| unreachable!("a named field has a name"));
    let mut result = Field {
        ident,
        ty: &field.ty,
        wire: ident.unraw().to_string(),
        name_span: ident.span(),
        key: None,
        skip: false,
        example: None,
    };
    let mut skipped = None;
    let mut renamed = None;
    let mut example_at = None;
    each_key(&field.attrs, errors, |meta, key, errors| match key {
        "key" => {
            if meta.input.peek(syn::Token![=]) || meta.input.peek(syn::token::Paren) {
                return Err(meta_error(meta, errors::takes_nothing("key")));
            }
            if result.key.replace(meta.path.span()).is_some() {
                errors.at(&meta.path, errors::twice("key"));
            }
            Ok(())
        }
        "skip" => {
            if meta.input.peek(syn::Token![=]) || meta.input.peek(syn::token::Paren) {
                return Err(meta_error(meta, errors::takes_nothing("skip")));
            }
            result.skip = true;
            if skipped.replace(meta.path.span()).is_some() {
                errors.at(&meta.path, errors::twice("skip"));
            }
            Ok(())
        }
        "rename" => {
            let name = text(meta, "rename", "rename = \"name\"")?;
            if name.value().is_empty() {
                errors.at(&name, errors::empty("a field's name"));
            }
            result.wire = name.value();
            result.name_span = name.span();
            if renamed.replace(meta.path.span()).is_some() {
                errors.at(&meta.path, errors::twice("rename"));
            }
            Ok(())
        }
        "example" => {
            if !meta.input.peek(syn::Token![=]) {
                return Err(meta_error(meta, errors::needs_value("example", "example = 1")));
            }
            result.example = Some(meta.value()?.parse()?);
            if example_at.replace(meta.path.span()).is_some() {
                errors.at(&meta.path, errors::twice("example"));
            }
            Ok(())
        }
        "table" => Err(meta_error(meta, errors::elsewhere(key, "field", "struct"))),
        _ => Err(meta_error(meta, errors::unknown(key, "field", KEYS))),
    });
    if result.skip {
        for (key, span) in [("rename", renamed), ("example", example_at)] {
            if let Some(span) = span {
                errors.at_span(span, errors::useless_on_skipped(key));
            }
        }
    }
    result
}

/// The type within `Option<…>`, if the type is written so.
fn within_option(ty: &Type) -> Option<&Type> {
    let path = match ty {
        // A type that came through a macro stands in an invisible group.
        Type::Group(group) => return within_option(&group.elem),
        Type::Paren(paren) => return within_option(&paren.elem),
        Type::Path(path) => path,
        _ => return None,
    };
    let last = path.path.segments.last().filter(|last| last.ident == "Option")?;
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(|argument| match argument {
            GenericArgument::Type(inner) => Some(inner),
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
