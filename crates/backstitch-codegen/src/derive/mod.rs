//! `#[derive(Push)]`: from a struct and the model of the record to tokens.
//!
//! The parts, in the order in which a struct passes through them:
//!
//! 1. `attributes` and `field`: the struct and its `#[push(…)]` attributes read into one typed context,
//!    every mistake noted at its smallest token.
//!    `names` holds their names against the destinations.
//! 2. `value`: how the struct is written and checked, as a nested object too.
//! 3. `push`: the table, the keys, the example.
//! 4. `record`: the typed record with its envelope (`CustomerPush`), from the record's model.
//! 5. `tests`: a documentation test and a unit test of the example.
//!
//! A struct with mistakes gets the same impls with empty bodies, so that one mistake is one error.

mod attributes;
mod case;
mod errors;
mod field;
mod generics;
mod limits;
mod meta;
mod names;
mod push;
mod record;
mod serde;
mod tests;
mod value;

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::quote;
use syn::DeriveInput;

use crate::record::Definitions;

/// Where the derive stands, and in which crate: what tells one documentation test from another.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// The name of the crate that is being compiled, where it is known.
    pub crate_name: Option<String>,
    /// The path of the source file, within its package.
    pub file: String,
    /// The line in the file, from 1.
    pub line: usize,
    /// The column in the line.
    pub column: usize,
    /// How many expansions came before this one in the same run of the compiler.
    pub expansion: u64,
}

/// Expands the derive on `input`; mistakes become compile errors in the output.
#[must_use]
pub fn expand(input: &TokenStream, definitions: &Definitions, site: &Site) -> TokenStream {
    let (tokens, runtime) = expand_for(input, definitions, site);
    match runtime {
        Some(path) => with_runtime(tokens, &path),
        None => tokens,
    }
}

/// The output, and the path to the runtime crate if it is another than `::backstitch`.
fn expand_for(input: &TokenStream, definitions: &Definitions, site: &Site) -> (TokenStream, Option<syn::Path>) {
    let model = definitions.record;
    let parsed: DeriveInput = match syn::parse2(input.clone()) {
        Ok(parsed) => parsed,
        Err(error) => return (error.to_compile_error(), None),
    };
    let mut errors = errors::Errors::default();
    let Some(container) = attributes::read(&parsed, definitions, &mut errors) else {
        let stub = stub(&parsed);
        let errors = errors.into_tokens();
        return (quote!(#errors #stub), None);
    };
    let runtime = container.runtime.clone();
    if !errors.is_empty() {
        let errors = errors.into_tokens();
        let stub = stub(&parsed);
        let record = container.table.is_some().then(|| record::declaration(&container, model, ""));
        return (quote!(#errors #stub #record), runtime);
    }
    let value = value::expand(&container, model);
    if container.table.is_none() {
        return (
            quote!(#[allow(deprecated)] const _: () = { use ::backstitch::__private::{self as __p, Value as __t}; #value };),
            runtime,
        );
    }
    let push = push::expand(&container);
    let number = tests::number(site, input);
    let record_docs = tests::record_docs(&container, model, site, number);
    let record = record::declaration(&container, model, &record_docs);
    let record_impls = record::impls(&container, model);
    let examples = tests::examples(&container, site, number);
    let test = tests::unit_test(&container, model, site);
    let tokens = quote! {
        #record
        #[allow(deprecated)]
        const _: () = {
            use ::backstitch::__private::{self as __p, Value as __t};
            #record_impls
            #value
            #push
            #examples
        };
        #test
    };
    (tokens, runtime)
}

/// The tokens with `path` wherever they say `::backstitch`.
fn with_runtime(tokens: TokenStream, path: &syn::Path) -> TokenStream {
    let mut result = Vec::new();
    for tree in tokens {
        match tree {
            TokenTree::Group(group) => {
                let mut inner = Group::new(group.delimiter(), with_runtime(group.stream(), path));
                inner.set_span(group.span());
                result.push(TokenTree::Group(inner));
            }
            TokenTree::Ident(ident) if ident == "backstitch" && ends_in_colons(&result) => {
                result.truncate(result.len() - 2);
                result.extend(quote!(#path));
            }
            tree => result.push(tree),
        }
    }
    result.into_iter().collect()
}

/// Words that may stand before a path.
const WORDS: &[&str] =
    &["as", "const", "dyn", "else", "for", "if", "impl", "in", "let", "match", "mut", "ref", "return", "type", "where"];

/// Whether the tokens end in a `::` that nothing stands before: that of an absolute path.
fn ends_in_colons(tokens: &[TokenTree]) -> bool {
    let is_colon = |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ':');
    // After a name that is no word of Rust's own, the colons go on with a path.
    let goes_on = |tree: &TokenTree| matches!(tree, TokenTree::Ident(ident) if !WORDS.iter().any(|word| ident == word));
    match tokens {
        [.., before, first, second] => is_colon(first) && is_colon(second) && !goes_on(before),
        [first, second] => is_colon(first) && is_colon(second),
        _ => false,
    }
}

/// Impls without a body, so that a mistake in one place is not an error in every other.
fn stub(input: &DeriveInput) -> TokenStream {
    let name = &input.ident;
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    quote! {
        const _: () = {
            #[automatically_derived]
            #[allow(deprecated)]
            impl #impl_generics ::backstitch::Value for #name #type_generics #where_clause {
                fn write<__E: ::backstitch::Encoder>(&self, _: &mut __E) {}
                fn check(&self, _: &mut ::backstitch::Check) {}
                fn sample() -> Self { ::core::unreachable!() }
            }
            #[automatically_derived]
            #[allow(deprecated)]
            impl #impl_generics ::backstitch::Push for #name #type_generics #where_clause {
                const TABLE_NAME: &'static str = "";
                const KEY_NAMES: &'static [&'static str] = &[];
                fn check_keys(&self, _: &mut ::backstitch::Check) {}
            }
        };
    }
}
