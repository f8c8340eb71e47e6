//! The bounds of a generic struct's impls.

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{GenericParam, Generics, Type, WherePredicate};

use super::attributes::Container;

/// What the impls of a struct are written with.
pub(super) struct Bounds {
    generics: Generics,
}

/// Whether the type mentions a type parameter of the struct.
fn mentions(ty: &Type, generics: &Generics) -> bool {
    generics.type_params().any(|parameter| has_ident(ty.to_token_stream(), &parameter.ident))
}

/// Whether the tokens mention a name.
pub(super) fn has_ident(tokens: TokenStream, ident: &syn::Ident) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(found) => found == *ident,
        TokenTree::Group(group) => has_ident(group.stream(), ident),
        _ => false,
    })
}

impl Bounds {
    /// The bounds for `Value`: each parameter that is sent is a value, and what is not sent has a default.
    pub(super) fn of_value(container: &Container<'_>) -> Self {
        let mut generics = container.input.generics.clone();
        if let Some(bound) = &container.bound {
            generics.make_where_clause().predicates.extend(bound.iter().cloned());
            return Bounds { generics };
        }
        let mut predicates: Vec<WherePredicate> = Vec::new();
        for parameter in container.input.generics.type_params() {
            let ident = &parameter.ident;
            let is_sent =
                container.sent().any(|field| field.serialize.is_none() && has_ident(field.ty.to_token_stream(), ident));
            if is_sent {
                predicates.push(syn::parse_quote!(#ident: ::backstitch::Value));
            }
        }
        for field in container.fields.iter().filter(|field| mentions(field.ty, &container.input.generics)) {
            let ty = field.ty;
            if field.skip {
                predicates.push(syn::parse_quote!(#ty: ::core::default::Default));
            } else if field.serialize.is_some() {
                predicates.push(syn::parse_quote!(#ty: ::backstitch::__private::serde::Serialize));
            }
        }
        if !predicates.is_empty() {
            generics.make_where_clause().predicates.extend(predicates);
        }
        Bounds { generics }
    }

    /// The bounds for `Push`: the keys are keys, too.
    pub(super) fn of_push(container: &Container<'_>) -> Self {
        let mut bounds = Bounds::of_value(container);
        if container.bound.is_none() {
            for index in &container.keys {
                let ty = container.fields[*index].ty;
                if mentions(ty, &container.input.generics) {
                    let predicate: WherePredicate = syn::parse_quote!(#ty: ::backstitch::Key);
                    bounds.generics.make_where_clause().predicates.push(predicate);
                }
            }
        }
        bounds
    }

    pub(super) fn split(&self) -> (syn::ImplGenerics<'_>, syn::TypeGenerics<'_>, Option<&syn::WhereClause>) {
        self.generics.split_for_impl()
    }
}

/// The struct as a type that a test can name: its lifetimes are `'static`. Nothing if it has other parameters.
pub(super) fn for_tests(container: &Container<'_>) -> Option<TokenStream> {
    let name = &container.input.ident;
    let parameters = &container.input.generics.params;
    if parameters.iter().any(|parameter| !matches!(parameter, GenericParam::Lifetime(_))) {
        return None;
    }
    let lifetimes = parameters.iter().map(|_| quote!('static));
    Some(if parameters.is_empty() { quote!(#name) } else { quote!(#name<#(#lifetimes),*>) })
}
