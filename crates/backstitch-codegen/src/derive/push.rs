//! The table, its keys, and the fields' names.

use proc_macro2::TokenStream;
use quote::quote;

use super::attributes::Container;

pub(super) fn expand(container: &Container<'_>) -> TokenStream {
    let name = &container.input.ident;
    let table = &container.table;
    let keys: Vec<_> = container.keys.iter().map(|index| &container.fields[*index]).collect();
    let key_names = keys.iter().map(|field| &field.wire);
    let field_names = container.sent().map(|field| &field.wire);
    let checks = keys.iter().map(|field| {
        let (ident, ty) = (field.ident, field.ty);
        let wire = &field.wire;
        quote! {
            ::backstitch::Check::field(__check, #wire, |__check| {
                <#ty as ::backstitch::Key>::check_key(&self.#ident, __check);
            });
        }
    });
    quote! {
        #[automatically_derived]
        impl ::backstitch::Push for #name {
            const TABLE_NAME: &'static str = #table;
            const KEY_NAMES: &'static [&'static str] = &[#(#key_names),*];
            const FIELD_NAMES: &'static [&'static str] = &[#(#field_names),*];

            fn check_keys(&self, __check: &mut ::backstitch::Check) {
                #(#checks)*
            }
        }
    }
}
