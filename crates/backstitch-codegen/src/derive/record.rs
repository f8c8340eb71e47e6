//! The typed record with its envelope, such as `CustomerPush`, from the record's model.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;
use syn::ext::IdentExt as _;

use super::attributes::Container;
use super::generics::Bounds;
use crate::name;
use crate::record::{RecordAttribute, RecordModel};
use crate::rules::{JsonType, Role};

/// The name of the typed record of a struct.
pub(super) fn record_name(container: &Container<'_>, model: &RecordModel) -> Ident {
    if let Some(name) = &container.record {
        return name.clone();
    }
    // The name is the derive's own, so that no lint on names holds the user to it.
    let span = proc_macro2::Span::call_site();
    format_ident!("{}{}", container.input.ident.unraw(), name::type_name(model.title), span = span)
}

/// The impls of the struct.
pub(super) fn impls(container: &Container<'_>, model: &RecordModel) -> TokenStream {
    let constructor = constructor(container, model);
    let record = record_impl(container, model);
    quote!(#constructor #record)
}

/// The struct alone.
pub(super) fn declaration(container: &Container<'_>, model: &RecordModel, docs: &str) -> TokenStream {
    let vis = &container.input.vis;
    let name = record_name(container, model);
    let fields = model.attributes.iter().map(|attribute| {
        let field = field_ident(attribute);
        let doc = brief(attribute.description);
        let ty = field_type(container, model, attribute);
        quote!(#[doc = #doc] pub #field: #ty)
    });
    let generics = &container.input.generics;
    let where_clause = &generics.where_clause;
    let about = first_sentence(model.description);
    let doc = format!("{docs}{about}\n\nSource: `{}`.", model.source);
    quote! {
        #[doc = #doc]
        #[allow(dead_code, deprecated)]
        #vis struct #name #generics #where_clause {
            #(#fields),*
        }
    }
}

/// What a description begins with. The rest of it is where the source says, once, and not in every crate with a record.
fn first_sentence(description: &str) -> &str {
    let paragraph = description.split("\n\n").next().unwrap_or_default();
    paragraph.split_inclusive(". ").next().unwrap_or_default().trim_end()
}

/// The first sentence of a description, and its last paragraph, which has the rules.
fn brief(description: &str) -> String {
    match description.rsplit_once("\n\n") {
        // A field that is no `Option` says as much.
        Some((_, "Required.")) => first_sentence(description).to_owned(),
        Some((_, rules)) => format!("{}\n\n{rules}", first_sentence(description)),
        None => description.to_owned(),
    }
}

/// The struct with its parameters.
fn data_type(container: &Container<'_>) -> TokenStream {
    let name = &container.input.ident;
    let (_, type_generics, _) = container.input.generics.split_for_impl();
    quote!(#name #type_generics)
}

fn constructor(container: &Container<'_>, model: &RecordModel) -> TokenStream {
    let name = record_name(container, model);
    let data = data_type(container);
    let vis = &container.input.vis;
    let bounds = Bounds::of_push(container);
    let (impl_generics, type_generics, where_clause) = bounds.split();
    let fields = model.attributes.iter().map(|attribute| {
        let field = field_ident(attribute);
        let value = match attribute.role {
            Some(Role::Client) => quote!(__n.client),
            Some(Role::Sequence) => quote!(__n.sequence),
            Some(Role::Table) => quote!(__n.table),
            Some(Role::Keys) => quote!(__n.keys),
            Some(Role::Data) => quote!(data),
            Some(Role::Action) => quote!(__p::the_only_one()),
            None if attribute.constant_that_must_be_there().is_some() => {
                quote!(::core::option::Option::Some(__p::the_only_one()))
            }
            None => quote!(::core::option::Option::None),
        };
        quote!(#field: #value)
    });
    quote! {
        #[automatically_derived]
        #[allow(dead_code)]
        impl #impl_generics #name #type_generics #where_clause {
            /// The record of `data` for a client, as a version of its row.
            #[must_use]
            #vis fn new(
                client_id: impl __p::Into<__p::ClientId>,
                sequence: impl __p::Into<__p::Sequence>,
                data: #data,
            ) -> Self {
                let __n = __p::around::<#data>(client_id, sequence);
                Self { #(#fields),* }
            }
        }
    }
}

fn record_impl(container: &Container<'_>, model: &RecordModel) -> TokenStream {
    let name = record_name(container, model);
    let data = data_type(container);
    let bounds = Bounds::of_push(container);
    let (impl_generics, type_generics, where_clause) = bounds.split();
    let envelope = model.attributes.iter().filter_map(|attribute| {
        let field = field_ident(attribute);
        Some(match attribute.role? {
            Role::Client => quote!(client: self.#field),
            Role::Table => quote!(table: &self.#field),
            Role::Sequence => quote!(sequence: self.#field),
            Role::Keys => quote!(keys: &self.#field),
            Role::Data => quote!(data: &self.#field),
            Role::Action => return None,
        })
    });
    let others: Vec<_> = model.attributes.iter().filter(|attribute| attribute.role.is_none()).collect();
    let others = (!others.is_empty()).then(|| {
        let arms = others.iter().map(|attribute| {
            let (field, wire) = (field_ident(attribute), attribute.name);
            let show = show(attribute);
            quote! {
                #wire => match &self.#field {
                    ::core::option::Option::Some(__v) => #show,
                    ::core::option::Option::None => __a.missing(__n),
                }
            }
        });
        quote! {
            fn attribute<__A: __p::Attributes>(&self, __n: &'static str, __a: &mut __A) {
                match __n {
                    #(#arms)*
                    _ => {}
                }
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl #impl_generics __p::PushRecord for #name #type_generics #where_clause {
            type Data = #data;

            #[inline]
            fn envelope(&self) -> __p::Envelope<'_, #data> {
                __p::Envelope { #(#envelope),* }
            }

            #others
        }
    }
}

/// Shows the value of an attribute that is no part of every record.
fn show(attribute: &RecordAttribute) -> TokenStream {
    if attribute.constant.is_some() {
        return quote!(__a.constant(__n, __v.as_str()));
    }
    match kind(attribute) {
        Kind::Integer => quote!(__a.integer(__n, *__v)),
        Kind::Number => quote!(__a.number(__n, *__v)),
        Kind::Boolean => quote!(__a.boolean(__n, *__v)),
        Kind::Text => quote!(__a.text(__n, __v)),
        Kind::Texts => quote!(__a.texts(__n, __v)),
        Kind::Raw => quote!(__a.json(__n, __v)),
    }
}

/// How an attribute is held.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Integer,
    Number,
    Boolean,
    Text,
    Texts,
    /// JSON, as it will be sent.
    Raw,
}

fn kind(attribute: &RecordAttribute) -> Kind {
    match attribute.role {
        Some(Role::Client | Role::Sequence) => return Kind::Integer,
        Some(Role::Table | Role::Action) => return Kind::Text,
        Some(Role::Keys) => return Kind::Texts,
        Some(Role::Data) | None => {}
    }
    // What may be null may be left out as well: `None` stands for both.
    let types: Vec<JsonType> = attribute.types.iter().copied().filter(|kind| *kind != JsonType::Null).collect();
    match (types.as_slice(), attribute.items) {
        ([JsonType::Integer], _) => Kind::Integer,
        ([JsonType::Number], _) => Kind::Number,
        ([JsonType::Boolean], _) => Kind::Boolean,
        ([JsonType::String], _) => Kind::Text,
        ([JsonType::Array], [JsonType::String]) => Kind::Texts,
        _ => Kind::Raw,
    }
}

fn field_type(container: &Container<'_>, model: &RecordModel, attribute: &RecordAttribute) -> TokenStream {
    if attribute.role == Some(Role::Data) {
        return data_type(container);
    }
    let plain = if attribute.constant.is_some() {
        let constant = format_ident!("{}{}", name::type_name(model.title), name::type_name(attribute.name));
        quote!(::backstitch::api::generated::push_record::#constant)
    } else {
        match kind(attribute) {
            Kind::Integer => quote!(i64),
            Kind::Number => quote!(f64),
            Kind::Boolean => quote!(bool),
            Kind::Text => quote!(::std::string::String),
            Kind::Texts => quote!(::std::vec::Vec<::std::string::String>),
            Kind::Raw => quote!(::std::boxed::Box<::backstitch::RawValue>),
        }
    };
    if attribute.role.is_some() { plain } else { quote!(::core::option::Option<#plain>) }
}

fn field_ident(attribute: &RecordAttribute) -> Ident {
    ident(attribute.field)
}

/// An identifier, raw where `name` starts with `r#`.
fn ident(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(word) => Ident::new_raw(word, proc_macro2::Span::call_site()),
        None => Ident::new(name, proc_macro2::Span::call_site()),
    }
}
