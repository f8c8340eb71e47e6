//! Values of the rules' vocabulary as Rust expressions.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::model::{Attribute, Object, Standing};
use crate::rules::{JsonType, Presence, Role};

/// An identifier, raw where `name` starts with `r#`.
pub(super) fn ident(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(word) => Ident::new_raw(word, Span::call_site()),
        None => Ident::new(name, Span::call_site()),
    }
}

pub(super) fn json_types(types: &[JsonType]) -> TokenStream {
    let names = types.iter().map(|json_type| ident(&format!("{json_type:?}")));
    quote!(&[#(super::rules::JsonType::#names),*])
}

/// The constraints of an attribute.
pub(super) fn constraints(attribute: &Attribute) -> TokenStream {
    let limits = &attribute.limits;
    let minimum = option(limits.minimum.as_ref());
    let maximum = option(limits.maximum.as_ref());
    let min_length = option(limits.min_length.as_ref());
    let max_length = option(limits.max_length.as_ref());
    let min_items = option(limits.min_items.as_ref());
    let max_items = option(limits.max_items.as_ref());
    let constant = option(attribute.constant.as_ref());
    let format = option(
        limits
            .format
            .map(|format| {
                let name = ident(&format!("{format:?}"));
                quote!(super::rules::Format::#name)
            })
            .as_ref(),
    );
    quote! {
        super::rules::Constraints {
            minimum: #minimum,
            maximum: #maximum,
            min_length: #min_length,
            max_length: #max_length,
            min_items: #min_items,
            max_items: #max_items,
            constant: #constant,
            format: #format,
        }
    }
}

pub(super) fn presence(presence: Presence) -> TokenStream {
    let name = ident(&format!("{presence:?}"));
    quote!(super::rules::Presence::#name)
}

pub(super) fn role(role: Option<Role>) -> TokenStream {
    match role {
        Some(role) => {
            let name = ident(&format!("{role:?}"));
            quote!(::core::option::Option::Some(super::rules::Role::#name))
        }
        None => quote!(::core::option::Option::None),
    }
}

pub(super) fn option<T: quote::ToTokens>(value: Option<&T>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

/// A documentation comment of `text`, a line an attribute.
pub(super) fn doc(text: &str) -> TokenStream {
    let lines = text.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}

/// What the documentation of an attribute says: its description, then its rules.
pub(super) fn attribute_text(object: &Object, attribute: &Attribute) -> String {
    let mut text = crate::text::for_rustdoc(&attribute.description);
    if text.is_empty() {
        text = crate::text::for_rustdoc(&format!("The `{}` of {}.", attribute.name, object.title));
    }
    let sentences = rules_of(attribute);
    if !sentences.is_empty() {
        text.push_str("\n\n");
        text.push_str(&sentences.join(" "));
    }
    text
}

/// The rules of an attribute as sentences.
#[must_use]
pub fn rules_of(attribute: &Attribute) -> Vec<String> {
    let mut sentences = crate::rules::Attribute {
        name: "",
        types: &[],
        items: &[],
        presence: attribute.presence,
        role: None,
        constraints: attribute.limits,
    }
    .sentences();
    if attribute.presence == Presence::Unstated && !attribute.may_be_absent() {
        let why = if attribute.in_example { "every example has it" } else { "a record needs it" };
        sentences.insert(0, format!("Must be there: {why}."));
    }
    if let Some(constant) = &attribute.constant {
        sentences.push(format!("Must be `{constant}`."));
    }
    if attribute.standing.contains(&Standing::ReadOnly) {
        sentences.push("Read-only: the API sets it.".to_owned());
    }
    if attribute.standing.contains(&Standing::Deprecated) {
        sentences.push("Deprecated.".to_owned());
    }
    sentences
}

#[cfg(test)]
mod tests {
    use super::rules_of;
    use crate::model::{Attribute, AttributeName};
    use crate::rules::{Constraints, Presence, Role};

    #[test]
    fn what_must_be_there_without_being_said_is_told() {
        let attribute = |presence, in_example, role| Attribute {
            name: AttributeName::new("id"),
            types: Vec::new(),
            items: Vec::new(),
            presence,
            object: None,
            standing: std::collections::BTreeSet::new(),
            in_example,
            role,
            description: String::new(),
            value: None,
            limits: Constraints::default(),
            constant: None,
        };
        assert_eq!(rules_of(&attribute(Presence::Unstated, true, None)), ["Must be there: every example has it."]);
        let role = Some(Role::Client);
        assert_eq!(rules_of(&attribute(Presence::Unstated, false, role)), ["Must be there: a record needs it."]);
        assert_eq!(rules_of(&attribute(Presence::Unstated, false, None)), [""; 0]);
        assert_eq!(rules_of(&attribute(Presence::Required, true, role)), ["Required."]);
        assert_eq!(rules_of(&attribute(Presence::Optional, true, None)), ["Optional."]);
    }
}
