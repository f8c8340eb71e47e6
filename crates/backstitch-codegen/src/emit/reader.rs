//! How an object's type is read: from an object, never from an array; each key once; what must be there is there.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::fields::{additional_field, rust_type};
use super::tokens::ident;
use crate::model::{Additional, Api, Object};

pub(super) fn reader(api: &Api, object: &Object) -> TokenStream {
    let type_name = ident(&object.type_name());
    let names: Vec<&str> = object.on_the_wire().map(|attribute| attribute.name.as_str()).collect();
    let mut locals = Vec::new();
    let mut arms = Vec::new();
    let mut fields = Vec::new();
    for (index, attribute) in object.on_the_wire().enumerate() {
        let local = format_ident!("field_{index}");
        let rust_type = rust_type(api, object, attribute);
        let name = attribute.name.as_str();
        locals.push(quote!(let mut #local: ::core::option::Option<#rust_type> = ::core::option::Option::None;));
        arms.push(quote! {
            ::core::result::Result::Ok(#index) => {
                if #local.is_some() {
                    return ::core::result::Result::Err(::serde::de::Error::duplicate_field(#name));
                }
                #local = ::core::option::Option::Some(map.next_value()?);
            }
        });
        let field = ident(&attribute.name.field());
        fields.push(if attribute.may_be_absent() {
            quote!(#field: #local)
        } else {
            quote!(#field: #local.ok_or_else(|| ::serde::de::Error::missing_field(#name))?)
        });
    }
    match object.additional {
        Additional::Unstated => arms.push(quote!(_ => drop(map.next_value::<::serde::de::IgnoredAny>()?),)),
        Additional::Refused => arms.push(quote! {
            ::core::result::Result::Ok(_) => {}
            ::core::result::Result::Err(key) => {
                return ::core::result::Result::Err(::serde::de::Error::unknown_field(&key, NAMES));
            }
        }),
        Additional::Allowed => {
            locals.push(quote!(let mut additional = ::serde_json::Map::new();));
            arms.push(quote! {
                ::core::result::Result::Ok(_) => {}
                ::core::result::Result::Err(key) => {
                    drop(additional.insert(key, map.next_value()?));
                }
            });
            let field = ident(&additional_field(object));
            fields.push(quote!(#field: additional));
        }
    }
    // Where no key is told from another there is nothing to choose.
    let entries = if names.is_empty() && object.additional == Additional::Unstated {
        quote! {
            while map.next_key_seed(super::read::Key(NAMES))?.is_some() {
                map.next_value::<::serde::de::IgnoredAny>()?;
            }
        }
    } else {
        quote! {
            while let ::core::option::Option::Some(key) = map.next_key_seed(super::read::Key(NAMES))? {
                match key {
                    #(#arms)*
                }
            }
        }
    };
    let expecting = format!("an object with the attributes of {}", object.title);
    quote! {
        const _: () = {
            const NAMES: &[&str] = &[#(#names),*];

            struct __Reader;

            impl<'de> ::serde::de::Visitor<'de> for __Reader {
                type Value = #type_name;

                fn expecting(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    f.write_str(#expecting)
                }

                fn visit_map<__A: ::serde::de::MapAccess<'de>>(
                    self,
                    mut map: __A,
                ) -> ::core::result::Result<#type_name, __A::Error> {
                    #(#locals)*
                    #entries
                    ::core::result::Result::Ok(#type_name { #(#fields),* })
                }
            }

            impl<'de> ::serde::Deserialize<'de> for #type_name {
                fn deserialize<__D: ::serde::Deserializer<'de>>(
                    deserializer: __D,
                ) -> ::core::result::Result<Self, __D::Error> {
                    deserializer.deserialize_map(__Reader)
                }
            }
        };
    }
}
