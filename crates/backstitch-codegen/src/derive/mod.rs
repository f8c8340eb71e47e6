//! `#[derive(Push)]`: from a struct and the model of the record to tokens.
//!
//! The parts, in the order in which a struct passes through them:
//!
//! 1. `attributes` and `field`: the struct and its `#[push(…)]` attributes read into one typed context,
//!    every mistake noted at its smallest token.
//! 2. `value`: how the struct is written and checked, as a nested object too.
//! 3. `push`: the table, the keys, the example.
//! 4. `record`: the typed record with its envelope (`CustomerPush`), from the record's model.
//! 5. `tests`: a documentation test and a unit test of the example.
//!
//! A struct with mistakes gets the same impls with empty bodies, so that one mistake is one error.

mod attributes;
mod errors;
mod field;
mod meta;
mod push;
mod record;
mod tests;
mod value;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::record::RecordModel;

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
pub fn expand(input: &TokenStream, model: &RecordModel, site: &Site) -> TokenStream {
    let parsed: DeriveInput = match syn::parse2(input.clone()) {
        Ok(parsed) => parsed,
        Err(error) => return error.to_compile_error(),
    };
    let mut errors = errors::Errors::default();
    let Some(container) = attributes::read(&parsed, &mut errors) else {
        let stub = stub(&parsed);
        let errors = errors.into_tokens();
        return quote!(#errors #stub);
    };
    if !errors.is_empty() {
        let errors = errors.into_tokens();
        let stub = stub(&parsed);
        let record = container.table.is_some().then(|| record::declaration(&container, model));
        return quote!(#errors #stub #record);
    }
    let value = value::expand(&container);
    if container.table.is_none() {
        return quote!(#[allow(deprecated)] const _: () = { #value };);
    }
    let push = push::expand(&container);
    let record = record::expand(&container, model);
    let examples = tests::examples(&container, site, input);
    let test = tests::unit_test(&container, model, site);
    let record_docs = tests::record_docs(&container, model, site, input);
    quote! {
        #record_docs
        #record
        #[allow(deprecated)]
        const _: () = {
            #value
            #push
            #examples
        };
        #test
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
                const FIELD_NAMES: &'static [&'static str] = &[];
                fn check_keys(&self, _: &mut ::backstitch::Check) {}
            }
        };
    }
}
