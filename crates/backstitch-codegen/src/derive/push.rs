//! The table, its keys, and the fields' names.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Ident;

use super::attributes::Container;
use super::field::Field;
use super::generics::{Bounds, for_tests};
use super::names::told_by_the_compiler;
use crate::destination::Profile;
use crate::name;

pub(super) fn expand(container: &Container<'_>) -> TokenStream {
    let ident = &container.input.ident;
    let table = &container.table;
    let bounds = Bounds::of_push(container);
    let (impl_generics, type_generics, where_clause) = bounds.split();
    let keys: Vec<_> = container.keys.iter().map(|index| &container.fields[*index]).collect();
    let key_names = keys.iter().map(|field| &field.wire);
    // The check, where it looks at the field, whose name has its place among those of all that are sent.
    let place = |field: &Field<'_>| {
        let index = container.sent().position(|sent| sent.member == field.member).unwrap_or_default();
        let index = syn::Index::from(index);
        quote!(__p::at::<Self>(__c, #index))
    };
    let checks = keys.iter().map(|field| {
        let (member, ty, place) = (&field.member, field.ty, place(field));
        quote!(<#ty as __p::Key>::check_key(&self.#member, #place);)
    });
    let sequence = container.sequence.map(|index| &container.fields[index]);
    let own_sequence = sequence.map(|field| {
        let (member, ty) = (&field.member, field.ty);
        quote! {
            #[inline]
            fn own_sequence(&self) -> ::core::option::Option<__p::Sequence> {
                <#ty as __p::AsSequence>::as_sequence(&self.#member)
            }
        }
    });
    let check_sequence = sequence.map(|field| {
        let (member, ty, place) = (&field.member, field.ty, place(field));
        quote! {
            let __s = <#ty as __p::AsSequence>::as_sequence(&self.#member);
            __p::check_sequence(__s, #place);
        }
    });
    let destinations = destinations(container);
    let proof = proof(container);
    quote! {
        #[automatically_derived]
        impl #impl_generics __p::Push for #ident #type_generics #where_clause {
            const TABLE_NAME: &'static str = #table;
            const KEY_NAMES: &'static [&'static str] = &[#(#key_names),*];
            #destinations

            #[inline]
            fn check_keys(&self, __c: &mut __p::Check) {
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
            #[allow(long_running_const_eval)]
            const MISFIT: &'static __p::Misfit = &__p::misfit::<Self>();
        }
    });
    Some(quote! {
        const DESTINATIONS: &'static [__p::Destination] = &[#(#names),*];
        #misfit
    })
}

/// Has the compiler tell where nested names and counts do not fit the destinations.
fn proof(container: &Container<'_>) -> Option<TokenStream> {
    let name = for_tests(container)?;
    let proofs = container.destinations.iter().map(|(profile, place)| {
        let destination = destination(profile);
        told_by_the_compiler(place.span(), &quote!(__p::misfit_in::<#name>(#destination)))
    });
    Some(quote!(#(#proofs)*))
}

fn destination(profile: &Profile) -> TokenStream {
    let variant = Ident::new(&name::type_name(profile.key), Span::call_site());
    quote!(__p::Destination::#variant)
}
