//! An attribute as a field of its object's type.

use proc_macro2::TokenStream;
use quote::quote;

use super::tokens::{attribute_text, doc, ident};
use crate::model::{Api, Attribute, Object, Standing};
use crate::rules::JsonType;

/// How an attribute's value is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// As whatever JSON it is, since it can be of several types.
    Json,
    /// As the type of its only value.
    Constant,
    /// As the type of an object that a definition describes.
    Object,
    /// As an array of such objects.
    Objects,
    /// As an array of values, each whatever JSON it is.
    JsonArray,
    /// As a type of Rust's for this type of JSON.
    Plain(JsonType),
}

/// How the value of `attribute` is held.
pub(super) fn held(api: &Api, attribute: &Attribute) -> Held {
    if attribute.constant.is_some() && attribute.types == [JsonType::String] {
        return Held::Constant;
    }
    let is_known = attribute.object.as_deref().is_some_and(|title| api.object(title).is_some());
    match attribute.only_type() {
        Some(JsonType::Object) if is_known => Held::Object,
        Some(JsonType::Array) if is_known => Held::Objects,
        Some(JsonType::Array) if element_type(attribute).is_none() => Held::JsonArray,
        Some(json_type) => Held::Plain(json_type),
        None => Held::Json,
    }
}

/// The Rust type of an array's elements, if they have one type.
fn element_type(attribute: &Attribute) -> Option<TokenStream> {
    match attribute.items.as_slice() {
        [JsonType::String] => Some(quote!(::std::string::String)),
        [JsonType::Boolean] => Some(quote!(bool)),
        [JsonType::Integer] => Some(quote!(i64)),
        [JsonType::Number] => Some(quote!(f64)),
        [JsonType::Object] => Some(quote!(::serde_json::Map<::std::string::String, ::serde_json::Value>)),
        _ => None,
    }
}

/// Whether the type is an `Option` because null is one of the attribute's types.
pub(super) fn holds_null(attribute: &Attribute) -> bool {
    attribute.only_type().is_some() && attribute.types.contains(&JsonType::Null)
}

/// The name of the field for what an object has beside its attributes.
pub(super) fn additional_field(object: &Object) -> String {
    let mut name = "additional_properties".to_owned();
    while object.attributes.iter().any(|attribute| attribute.name.field() == name) {
        name.push('_');
    }
    name
}

pub(super) fn field(api: &Api, object: &Object, attribute: &Attribute) -> TokenStream {
    let name = ident(&attribute.name.field());
    let wire = attribute.name.as_str();
    let text = doc(&attribute_text(object, attribute));
    let rust_type = rust_type(api, object, attribute);
    let rename = (attribute.name.field().trim_start_matches("r#") != wire).then(|| quote!(#[serde(rename = #wire)]));
    let hidden = attribute.standing.contains(&Standing::Internal).then(|| quote!(#[doc(hidden)]));
    let deprecated = attribute.standing.contains(&Standing::Deprecated).then(|| quote!(#[deprecated]));
    let (skip, rust_type) = if attribute.may_be_absent() {
        let skip = quote!(#[serde(skip_serializing_if = "::core::option::Option::is_none")]);
        (Some(skip), quote!(::core::option::Option<#rust_type>))
    } else {
        (None, rust_type)
    };
    quote! {
        #text
        #hidden
        #deprecated
        #rename
        #skip
        pub #name: #rust_type,
    }
}

/// The Rust type of a value of `attribute` that is there.
pub(super) fn rust_type(api: &Api, object: &Object, attribute: &Attribute) -> TokenStream {
    let base = match held(api, attribute) {
        Held::Json => return quote!(::serde_json::Value),
        Held::Constant => {
            let name = constant_type(object, attribute);
            return quote!(#name);
        }
        Held::Object | Held::Objects => object_type(api, object, attribute),
        Held::JsonArray => quote!(::std::vec::Vec<::serde_json::Value>),
        Held::Plain(JsonType::Integer) => quote!(i64),
        Held::Plain(JsonType::Number) => quote!(f64),
        Held::Plain(JsonType::Boolean) => quote!(bool),
        Held::Plain(JsonType::String) => quote!(::std::string::String),
        Held::Plain(JsonType::Array) => {
            let element = element_type(attribute);
            quote!(::std::vec::Vec<#element>)
        }
        Held::Plain(JsonType::Object | JsonType::Null) => {
            quote!(::serde_json::Map<::std::string::String, ::serde_json::Value>)
        }
    };
    if holds_null(attribute) { quote!(::core::option::Option<#base>) } else { base }
}

fn object_type(api: &Api, owner: &Object, attribute: &Attribute) -> TokenStream {
    let Some(inner) = attribute.object.as_deref().and_then(|title| api.object(title)) else {
        return quote!(::serde_json::Value);
    };
    let module = ident(&inner.module());
    let name = ident(&inner.type_name());
    let path = quote!(super::#module::#name);
    if attribute.types.contains(&JsonType::Array) {
        quote!(::std::vec::Vec<#path>)
    } else if api.holds(&inner.title, &owner.title) {
        quote!(::std::boxed::Box<#path>)
    } else {
        path
    }
}

fn constant_type(object: &Object, attribute: &Attribute) -> proc_macro2::Ident {
    let attribute = crate::name::type_name(attribute.name.as_str());
    ident(&format!("{}{attribute}", object.type_name()))
}

/// The type of an attribute that has only one value.
pub(super) fn constant(object: &Object, attribute: &Attribute) -> Option<TokenStream> {
    if attribute.types != [JsonType::String] {
        return None;
    }
    let value = attribute.constant.as_deref()?;
    let name = constant_type(object, attribute);
    let variant = ident(&crate::name::type_name(value));
    let text = doc(&crate::text::for_rustdoc(&format!("The only value of `{}` in {}.", attribute.name, object.title)));
    let variant_text = doc(&crate::text::for_rustdoc(&format!("`{value}`")));
    Some(quote! {
        #text
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, ::serde::Serialize)]
        pub enum #name {
            #variant_text
            #[default]
            #[serde(rename = #value)]
            #variant,
        }

        impl #name {
            /// The value as it is on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                #value
            }
        }

        impl<'de> ::serde::Deserialize<'de> for #name {
            fn deserialize<__D: ::serde::Deserializer<'de>>(
                deserializer: __D,
            ) -> ::core::result::Result<Self, __D::Error> {
                let text = <::std::borrow::Cow<'_, str> as ::serde::Deserialize>::deserialize(deserializer)?;
                if text == #value {
                    ::core::result::Result::Ok(#name::#variant)
                } else {
                    ::core::result::Result::Err(::serde::de::Error::unknown_variant(&text, &[#value]))
                }
            }
        }
    })
}
