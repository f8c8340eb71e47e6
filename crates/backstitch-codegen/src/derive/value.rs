//! How a struct is written and checked.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::attributes::Container;
use super::field::{Field, is_bare_example, is_text, json_string};

// Every use of a field's type as a `Value` is written alike, `<Type as Value>`, so that the compiler
// tells once, at the type, that it is none.

pub(super) fn expand(container: &Container<'_>) -> TokenStream {
    let name = &container.input.ident;
    let writes = container.sent().map(|field| {
        let (ident, ty) = (field.ident, field.ty);
        let key = field_name(field);
        quote! {
            ::backstitch::Encoder::key(__encoder, &#key);
            <#ty as ::backstitch::Value>::write(&self.#ident, __encoder);
        }
    });
    let checks = container.sent().map(|field| {
        let (ident, ty) = (field.ident, field.ty);
        let wire = &field.wire;
        quote! {
            ::backstitch::Check::field(__check, #wire, |__check| {
                <#ty as ::backstitch::Value>::check(&self.#ident, __check);
            });
        }
    });
    let samples = container.fields.iter().map(sample);
    let schemas = container.sent().map(|field| {
        let (wire, ty) = (&field.wire, field.ty);
        quote!((#wire, <#ty as ::backstitch::Value>::schema(__types)))
    });
    quote! {
        #[automatically_derived]
        impl ::backstitch::Value for #name {
            fn write<__E: ::backstitch::Encoder>(&self, __encoder: &mut __E) {
                ::backstitch::Encoder::begin_object(__encoder);
                #(#writes)*
                ::backstitch::Encoder::end_object(__encoder);
            }

            #[allow(unused_variables)]
            fn check(&self, __check: &mut ::backstitch::Check) {
                #(#checks)*
            }

            fn sample() -> Self {
                Self { #(#samples),* }
            }

            #[allow(unused_variables)]
            fn schema(__types: &mut ::backstitch::Types) -> ::backstitch::Schema {
                ::backstitch::Types::within::<Self>(__types, |__types| ::backstitch::Schema::object([#(#schemas),*]))
            }
        }
    }
}

/// A field's name with its JSON form.
fn field_name(field: &Field<'_>) -> TokenStream {
    let wire = &field.wire;
    let json = format!("{}:", json_string(wire));
    quote!(const { ::backstitch::FieldName::new(#wire, #json) })
}

fn sample(field: &Field<'_>) -> TokenStream {
    let ident = field.ident;
    let span = field.ty.span();
    if field.skip {
        return quote_spanned!(span=> #ident: ::core::default::Default::default());
    }
    let Some(example) = &field.example else {
        let ty = field.ty;
        return quote!(#ident: <#ty as ::backstitch::Value>::sample());
    };
    let span = example.span();
    let value = if is_text(example) {
        quote_spanned!(span=> ::backstitch::__private::FromText::from_text(#example))
    } else {
        quote!(#example)
    };
    if is_bare_example(field.ty, example) {
        quote_spanned!(span=> #ident: ::core::option::Option::Some(#value))
    } else {
        quote!(#ident: #value)
    }
}
