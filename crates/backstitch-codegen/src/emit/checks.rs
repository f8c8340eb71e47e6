//! The validator of an object's type.

use proc_macro2::TokenStream;
use quote::quote;

use super::fields::{Held, held, holds_null};
use super::tokens::{doc, ident};
use crate::model::{Api, Attribute, Object};
use crate::rules::JsonType;

pub(super) fn validate(api: &Api, object: &Object) -> TokenStream {
    let type_name = ident(&object.type_name());
    let text = doc(&crate::text::for_rustdoc(&format!(
        "Checks the values against the rules of the definition.\n\n# Errors\n\nAll the rules that the \
         {} breaks, each with the JSON Pointer of the value.",
        object.title
    )));
    let checks: Vec<_> =
        object.attributes.iter().enumerate().filter_map(|(index, attribute)| check(api, index, attribute)).collect();
    let found = if checks.is_empty() {
        quote!(let found = ::std::vec::Vec::new();)
    } else {
        quote!(let mut found = ::std::vec::Vec::new();)
    };
    quote! {
        impl #type_name {
            #text
            pub fn validate(&self) -> ::core::result::Result<(), super::rules::Violations> {
                #found
                #(#checks)*
                super::rules::Violations::check(found)
            }
        }
    }
}

/// The check of one field, where its type leaves anything to check.
fn check(api: &Api, index: usize, attribute: &Attribute) -> Option<TokenStream> {
    let limits = &attribute.limits;
    let row = quote!(ATTRIBUTES[#index]);
    let length = (limits.min_items.is_some() || limits.max_items.is_some())
        .then(|| quote!(#row.check_array(value.len(), &mut found);));
    let inner = |value: TokenStream, pointer: TokenStream| {
        quote! {
            let checked = #value.validate();
            if let ::core::result::Result::Err(inner) = checked {
                found.extend(inner.under(&#pointer));
            }
        }
    };
    let body = match held(api, attribute) {
        Held::Constant => None,
        // Whatever it turns out to be, the rules for that apply.
        Held::Json => Some(quote!(super::json::check(&#row, value, &mut found);)),
        Held::Object => Some(inner(quote!(value), quote!(#row.pointer()))),
        Held::Objects => {
            let each = inner(quote!(element), quote!(::std::format!("{}/{index}", #row.pointer())));
            Some(quote! {
                #length
                for (index, element) in value.iter().enumerate() {
                    #each
                }
            })
        }
        Held::JsonArray => {
            let elements =
                (!attribute.items.is_empty()).then(|| quote!(super::json::elements(&#row, value, &mut found);));
            (length.is_some() || elements.is_some()).then(|| quote!(#length #elements))
        }
        Held::Plain(JsonType::Array) if attribute.items == [JsonType::Number] => Some(quote! {
            #length
            for (index, element) in value.iter().enumerate() {
                if !element.is_finite() {
                    let pointer = ::std::format!("{}/{index}", #row.pointer());
                    found.push(super::rules::Violation::new(
                        pointer,
                        super::rules::Code::NotFinite,
                        "must be a finite number",
                    ));
                }
            }
        }),
        Held::Plain(JsonType::Array) => length,
        Held::Plain(JsonType::Integer) => (limits.minimum.is_some() || limits.maximum.is_some())
            .then(|| quote!(#row.check_integer(*value, &mut found);)),
        Held::Plain(JsonType::Number) => Some(quote!(#row.check_number(*value, &mut found);)),
        Held::Plain(JsonType::String) => {
            let is_limited = limits.min_length.is_some() || limits.max_length.is_some() || limits.format.is_some();
            is_limited.then(|| quote!(#row.check_string(value, &mut found);))
        }
        Held::Plain(JsonType::Boolean | JsonType::Null | JsonType::Object) => None,
    }?;
    let field = ident(&attribute.name.field());
    let some = quote!(::core::option::Option::Some);
    let pattern = match (attribute.may_be_absent(), holds_null(attribute)) {
        (true, true) => quote!(#some(#some(value))),
        (true, false) | (false, true) => quote!(#some(value)),
        (false, false) => {
            return Some(quote! {
                {
                    let value = &self.#field;
                    #body
                }
            });
        }
    };
    Some(quote! {
        if let #pattern = &self.#field {
            #body
        }
    })
}
