//! The objects of the API as Rust types: a module each, with the table of its attributes, its
//! validator, and its examples as documentation tests. The module tree needs `serde` and
//! `serde_json`, and nothing else.

use proc_macro2::TokenStream;
use quote::quote;

use super::tokens::{attribute_text, doc, ident, json_types, option, presence, role};
use super::{Files, format_file, rust_header, spec_path};
use crate::model::{Api, Attribute, Example, Object};
use crate::rules::JsonType;
use crate::text;

pub(super) fn emit(api: &Api) -> Files {
    let mut files = super::tables::emit(api);
    let tables: Vec<String> = files.keys().map(|name| name.trim_end_matches(".rs").to_owned()).collect();
    files.insert("rules.rs".to_owned(), rules());
    let attributes = || api.objects.iter().flat_map(|object| &object.attributes);
    if attributes().any(|attribute| attribute.may_be_absent() && holds_null(attribute)) {
        files.insert(
            "null.rs".to_owned(),
            format!("{}{}", rust_header("the engine's support"), include_str!("support/null.rs")),
        );
    }
    if attributes().any(is_any_json) {
        files.insert(
            "json.rs".to_owned(),
            format!("{}{}", rust_header("the engine's support"), include_str!("support/json.rs")),
        );
    }
    let support: Vec<&str> =
        ["json", "null"].into_iter().filter(|name| files.contains_key(&format!("{name}.rs"))).collect();
    files.insert("mod.rs".to_owned(), root(api, &tables, &support));
    for object in &api.objects {
        let header = rust_header(&spec_path(&api.folder, &object.source));
        files.insert(format!("{}.rs", object.module_name()), format_file(&header, &module(api, object)));
    }
    files
}

/// The vocabulary of the rules: this crate's own module, as it stands.
fn rules() -> String {
    format!("{}{}", rust_header("the engine's rules"), include_str!("../rules.rs"))
}

fn root(api: &Api, tables: &[String], support: &[&str]) -> String {
    let tables = tables.iter().map(|name| ident(name));
    let modules = api.objects.iter().map(|object| {
        let module = ident(&object.module());
        let text = doc(&format!("{}: see `{}`.", object.title, spec_path(&api.folder, &object.source)));
        quote!(#text pub mod #module;)
    });
    let types = api.objects.iter().map(|object| {
        let module = ident(&object.module());
        let name = ident(&object.type_name());
        quote!(pub use #module::#name;)
    });
    let support = support.iter().map(|name| ident(name));
    let push_record = api.push_object().map(|object| {
        let module = ident(&object.module());
        quote! {
            /// The Push record, whatever its title: the object whose attributes have its roles.
            pub use self::#module as push_record;
        }
    });
    let tokens = quote! {
        //! The objects of the API, a module each, and the vocabulary of their rules.

        #(#modules)*
        #(mod #support;)*
        #(pub mod #tables;)*
        pub mod rules;

        #(#types)*
        #push_record
    };
    format_file(&rust_header(&spec_path(&api.folder, "")), &tokens)
}

fn module(api: &Api, object: &Object) -> TokenStream {
    let title = format!(" {}.", crate::text::for_rustdoc(&object.title));
    let type_name = ident(&object.type_name());
    let constants = object.attributes.iter().filter_map(|attribute| constant(object, attribute));
    let attributes = object.attributes.iter().map(table_row);
    let wire_order = &object.wire_order;
    let attributes_text = doc(&format!("The attributes of {}, in the order of its definition.", object.title));
    let order_text =
        doc("Indices into [`ATTRIBUTES`] in the order of the wire: that of the definition's first example, then the \
         attributes that it lacks.");
    let count = wire_order.len();
    let declaration = declaration(api, object);
    let checks = object.attributes.iter().enumerate().filter_map(|(index, attribute)| check(index, attribute));
    let validate_text = doc(&format!(
        "Checks the values against the rules of the definition.\n\n# Errors\n\nAll the rules that the \
         {} breaks, each with the JSON Pointer of the value.",
        object.title
    ));
    let checks: Vec<_> = checks.collect();
    let found = if checks.is_empty() {
        quote!(let found = ::std::vec::Vec::new();)
    } else {
        quote!(let mut found = ::std::vec::Vec::new();)
    };
    quote! {
        #![doc = #title]

        #attributes_text
        pub const ATTRIBUTES: &[super::rules::Attribute] = &[#(#attributes),*];

        #order_text
        pub const WIRE_ORDER: [usize; #count] = [#(#wire_order),*];

        #(#constants)*

        #declaration

        impl #type_name {
            #validate_text
            pub fn validate(&self) -> ::core::result::Result<(), super::rules::Violations> {
                #found
                #(#checks)*
                super::rules::Violations::check(found)
            }
        }
    }
}

fn declaration(api: &Api, object: &Object) -> TokenStream {
    let type_name = ident(&object.type_name());
    let mut text = text::for_rustdoc(&object.description);
    if text.is_empty() {
        text = format!("{}.", object.title);
    }
    if let Some(version) = &object.version {
        text.push_str(&format!("\n\nVersion {version} of the API."));
    }
    for method in &object.methods {
        let path = object.path();
        text.push_str(&format!("\n\n{}: `{} {path}`.", text::for_rustdoc(&method.title), method.method));
        if !method.description.is_empty() {
            text.push_str(&format!(" {}", text::for_rustdoc(&method.description)));
        }
    }
    text.push_str(&format!("\n\nSource: `{}`.", spec_path(&api.folder, &object.source)));
    let text = doc(&text);
    let examples = object.examples.iter().map(|example| example_docs(object, example));
    let fields = object.on_the_wire().map(|attribute| field(object, attribute));
    quote! {
        #text
        #(#examples)*
        #[derive(Clone, Debug, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        pub struct #type_name {
            #(#fields)*
        }
    }
}

/// The example as a documentation test, or, where it contradicts the attributes, as text.
fn example_docs(object: &Object, example: &Example) -> TokenStream {
    let heading = doc("\n# Example\n");
    if !example.checked {
        let code = doc(&format!("```text\n{}\n```", example.code.trim_end().replace("```", "'''")));
        return quote!(#heading #code);
    }
    let type_name = object.type_name();
    let literal = text::raw_string(example.code.trim_end());
    let before = doc("```");
    // The path of this module is known only where it is compiled.
    let import = quote!(#[doc = concat!(" use ", module_path!(), "::", #type_name, ";")]);
    let written = if example.exact {
        "assert_eq!(serde_json::to_value(&value)?, serde_json::from_str::<serde_json::Value>(text)?);".to_owned()
    } else {
        format!("assert_eq!(serde_json::from_str::<{type_name}>(&serde_json::to_string(&value)?)?, value);")
    };
    let after = doc(&format!(
        "\nlet text = {literal};\nlet value: {type_name} = serde_json::from_str(text)?;\nvalue.validate()?;\n\
         {written}\n# Ok::<(), Box<dyn std::error::Error>>(())\n```"
    ));
    quote!(#heading #before #import #after)
}

fn field(object: &Object, attribute: &Attribute) -> TokenStream {
    let name = ident(&attribute.name.field());
    let wire = attribute.name.as_str();
    let text = doc(&attribute_text(object, attribute));
    let rust_type = rust_type(object, attribute);
    let rename = (attribute.name.field().trim_start_matches("r#") != wire).then(|| quote!(#[serde(rename = #wire)]));
    if attribute.may_be_absent() {
        // A null that is there is another thing than no value.
        let null = attribute.types.contains(&JsonType::Null) && holds_null(attribute);
        let with = null.then(|| quote!(#[serde(deserialize_with = "super::null::present")]));
        quote! {
            #text
            #rename
            #with
            #[serde(default, skip_serializing_if = "::core::option::Option::is_none")]
            pub #name: ::core::option::Option<#rust_type>,
        }
    } else {
        quote! {
            #text
            #rename
            pub #name: #rust_type,
        }
    }
}

/// The Rust type of a value of `attribute` that is there.
fn rust_type(object: &Object, attribute: &Attribute) -> TokenStream {
    if attribute.constant.is_some() && attribute.types == [JsonType::String] {
        let name = constant_type(object, attribute);
        return quote!(#name);
    }
    let non_null: Vec<JsonType> = attribute.types.iter().copied().filter(|kind| *kind != JsonType::Null).collect();
    let base = match (non_null.as_slice(), attribute.items.as_slice()) {
        ([JsonType::Integer], _) => quote!(i64),
        ([JsonType::Number], _) => quote!(f64),
        ([JsonType::Boolean], _) => quote!(bool),
        ([JsonType::String], _) => quote!(::std::string::String),
        ([JsonType::Object], _) => quote!(::serde_json::Map<::std::string::String, ::serde_json::Value>),
        ([JsonType::Array], [JsonType::String]) => quote!(::std::vec::Vec<::std::string::String>),
        ([JsonType::Array], [JsonType::Boolean]) => quote!(::std::vec::Vec<bool>),
        ([JsonType::Array], [JsonType::Integer]) => quote!(::std::vec::Vec<i64>),
        ([JsonType::Array], _) => quote!(::std::vec::Vec<::serde_json::Value>),
        _ => return quote!(::serde_json::Value),
    };
    debug_assert!(!is_any_json(attribute), "a union is any JSON");
    if holds_null(attribute) { quote!(::core::option::Option<#base>) } else { base }
}

/// Whether the type is an `Option` because null is one of the attribute's types.
fn holds_null(attribute: &Attribute) -> bool {
    attribute.types.len() == 2 && attribute.types.contains(&JsonType::Null) && attribute.constant.is_none()
}

fn constant_type(object: &Object, attribute: &Attribute) -> proc_macro2::Ident {
    let attribute = crate::name::type_name(attribute.name.as_str());
    ident(&format!("{}{attribute}", object.type_name()))
}

/// The type of an attribute that has only one value.
fn constant(object: &Object, attribute: &Attribute) -> Option<TokenStream> {
    if attribute.types != [JsonType::String] {
        return None;
    }
    let value = attribute.constant.as_deref()?;
    let name = constant_type(object, attribute);
    let variant = ident(&crate::name::type_name(value));
    let text = doc(&format!("The only value of `{}` in {}.", attribute.name, object.title));
    let variant_text = doc(&format!("`{value}`"));
    Some(quote! {
        #text
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, ::serde::Serialize, ::serde::Deserialize)]
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
    })
}

fn table_row(attribute: &Attribute) -> TokenStream {
    let name = attribute.name.as_str();
    let types = json_types(&attribute.types);
    let items = json_types(&attribute.items);
    let presence = presence(attribute.presence);
    let role = role(attribute.role);
    let limits = &attribute.limits;
    let minimum = option(limits.minimum.as_ref());
    let maximum = option(limits.maximum.as_ref());
    let min_length = option(limits.min_length.as_ref());
    let max_length = option(limits.max_length.as_ref());
    let min_items = option(limits.min_items.as_ref());
    let max_items = option(limits.max_items.as_ref());
    let constant = option(attribute.constant.as_ref());
    quote! {
        super::rules::Attribute {
            name: #name,
            types: #types,
            items: #items,
            presence: #presence,
            role: #role,
            constraints: super::rules::Constraints {
                minimum: #minimum,
                maximum: #maximum,
                min_length: #min_length,
                max_length: #max_length,
                min_items: #min_items,
                max_items: #max_items,
                constant: #constant,
            },
        }
    }
}

/// The check of one field, where its type leaves anything to check.
fn check(index: usize, attribute: &Attribute) -> Option<TokenStream> {
    let body = if is_any_json(attribute) {
        // Whatever it turns out to be, the rules for that apply.
        quote!(super::json::check(&ATTRIBUTES[#index], value, &mut found);)
    } else {
        let non_null = attribute.types.iter().copied().find(|kind| *kind != JsonType::Null);
        let limits = &attribute.limits;
        let call = match non_null? {
            JsonType::Integer if limits.minimum.is_some() || limits.maximum.is_some() => {
                quote!(check_integer(*value, &mut found))
            }
            JsonType::Number => quote!(check_number(*value, &mut found)),
            JsonType::String
                if attribute.constant.is_none() && (limits.min_length.is_some() || limits.max_length.is_some()) =>
            {
                quote!(check_string(value, &mut found))
            }
            JsonType::Array if limits.min_items.is_some() || limits.max_items.is_some() => {
                quote!(check_array(value.len(), &mut found))
            }
            _ => return None,
        };
        quote!(ATTRIBUTES[#index].#call;)
    };
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

/// Whether the attribute is held as whatever JSON it is.
fn is_any_json(attribute: &Attribute) -> bool {
    let non_null = attribute.types.iter().filter(|kind| **kind != JsonType::Null).count();
    non_null != 1
}
