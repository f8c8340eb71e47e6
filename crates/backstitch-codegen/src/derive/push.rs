//! The table, its keys, and the fields' names.

use proc_macro2::TokenStream;
use quote::quote;

use super::attributes::Container;
use super::generics::Bounds;

pub(super) fn expand(container: &Container<'_>) -> TokenStream {
    let name = &container.input.ident;
    let table = &container.table;
    let bounds = Bounds::of_push(container);
    let (impl_generics, type_generics, where_clause) = bounds.split();
    let keys: Vec<_> = container.keys.iter().map(|index| &container.fields[*index]).collect();
    let key_names = keys.iter().map(|field| &field.wire);
    let field_names = container.sent().filter(|field| field.flatten.is_none()).map(|field| &field.wire);
    let checks = keys.iter().map(|field| {
        let (member, ty) = (&field.member, field.ty);
        let wire = &field.wire;
        quote! {
            ::backstitch::Check::field(__check, #wire, |__check| {
                <#ty as ::backstitch::Key>::check_key(&self.#member, __check);
            });
        }
    });
    let sequence = container.sequence.map(|index| &container.fields[index]);
    let own_sequence = sequence.map(|field| {
        let (member, ty) = (&field.member, field.ty);
        quote! {
            fn own_sequence(&self) -> ::core::option::Option<::backstitch::Sequence> {
                <#ty as ::backstitch::AsSequence>::as_sequence(&self.#member)
            }
        }
    });
    let check_sequence = sequence.map(|field| {
        let (member, ty, wire) = (&field.member, field.ty, &field.wire);
        quote! {
            ::backstitch::Check::field(__check, #wire, |__check| {
                let __sequence = <#ty as ::backstitch::AsSequence>::as_sequence(&self.#member);
                ::backstitch::__private::check_sequence(__sequence, __check);
            });
        }
    });
    quote! {
        #[automatically_derived]
        impl #impl_generics ::backstitch::Push for #name #type_generics #where_clause {
            const TABLE_NAME: &'static str = #table;
            const KEY_NAMES: &'static [&'static str] = &[#(#key_names),*];
            const FIELD_NAMES: &'static [&'static str] = &[#(#field_names),*];

            fn check_keys(&self, __check: &mut ::backstitch::Check) {
                #(#checks)*
                #check_sequence
            }

            #own_sequence
        }
    }
}
