//! The table, its keys, and the fields' names.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;

use super::attributes::Container;
use super::generics::{Bounds, for_tests};
use crate::destination::Profile;
use crate::name;

pub(super) fn expand(container: &Container<'_>) -> TokenStream {
    let ident = &container.input.ident;
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
    let destinations = destinations(container);
    let proof = proof(container);
    quote! {
        #[automatically_derived]
        impl #impl_generics ::backstitch::Push for #ident #type_generics #where_clause {
            const TABLE_NAME: &'static str = #table;
            const KEY_NAMES: &'static [&'static str] = &[#(#key_names),*];
            const FIELD_NAMES: &'static [&'static str] = &[#(#field_names),*];
            #destinations

            fn check_keys(&self, __check: &mut ::backstitch::Check) {
                #(#checks)*
                #check_sequence
            }

            #own_sequence
        }

        #proof
    }
}

/// The destinations; and for a generic type what keeps its records from them, which is known where it is used.
fn destinations(container: &Container<'_>) -> Option<TokenStream> {
    if container.destinations.is_empty() {
        return None;
    }
    let names = container.destinations.iter().map(|(profile, _)| destination(profile));
    let misfit = for_tests(container).is_none().then(|| {
        quote! {
            const MISFIT: &'static ::backstitch::__private::Misfit = &::backstitch::__private::misfit::<Self>();
        }
    });
    Some(quote! {
        const DESTINATIONS: &'static [::backstitch::Destination] = &[#(#names),*];
        #misfit
    })
}

/// Has the compiler tell where nested names and counts do not fit the destinations.
fn proof(container: &Container<'_>) -> Option<TokenStream> {
    let name = for_tests(container)?;
    let proofs = container.destinations.iter().map(|(profile, place)| {
        let (span, destination) = (place.span(), destination(profile));
        quote_spanned! {span=>
            const _: () = {
                const MISFIT: ::backstitch::__private::Misfit = ::backstitch::__private::misfit_in::<#name>(#destination);
                if let ::core::option::Option::Some(__told) = MISFIT.explained() {
                    ::core::panic!("{}", __told);
                }
            };
        }
    });
    Some(quote!(#(#proofs)*))
}

fn destination(profile: &Profile) -> TokenStream {
    let variant = Ident::new(&name::type_name(profile.key), Span::call_site());
    quote!(::backstitch::Destination::#variant)
}
