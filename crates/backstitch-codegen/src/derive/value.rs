//! How a struct or an enum is written, checked and described.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;

use super::attributes::{Container, Shape};
use super::field::{Field, Serialize, is_bare_example, is_text, json_string};
use super::generics::Bounds;

// Every use of a field's type as a `Value` is written alike, `<Type as Value>`, so that the compiler
// tells once, at the type, that it is none.

pub(super) fn expand(container: &Container<'_>) -> TokenStream {
    match &container.shape {
        Shape::Object => object(container),
        Shape::Transparent(index) => transparent(container, &container.fields[*index]),
        Shape::Array => array(container),
        Shape::Text(variants) => {
            let names: Vec<_> = variants.iter().map(|(ident, _)| *ident).collect();
            let wires: Vec<_> = variants.iter().map(|(_, wire)| wire).collect();
            text(container, &names, &wires)
        }
    }
}

fn object(container: &Container<'_>) -> TokenStream {
    let name = &container.input.ident;
    let writes = container.sent().map(write_entry);
    let checks = container.sent().map(check_entry);
    let samples = container.fields.iter().map(sample);
    let schemas = container.sent().map(|field| {
        let (wire, ty) = (&field.wire, field.ty);
        if field.flatten.is_some() {
            return quote! {
                ::core::iter::Extend::extend(
                    &mut __fields,
                    <#ty as ::backstitch::__private::Fields>::field_schemas(__types),
                );
            };
        }
        let schema = schema(field);
        quote!(__fields.push((#wire, #schema));)
    });
    let count = container.fields.len();
    let bounds = Bounds::of_value(container);
    let (impl_generics, type_generics, where_clause) = bounds.split();
    quote! {
        #[automatically_derived]
        impl #impl_generics ::backstitch::__private::Fields for #name #type_generics #where_clause {
            fn write_fields<__E: ::backstitch::Encoder>(&self, __encoder: &mut __E) {
                #(#writes)*
            }

            #[allow(unused_variables)]
            fn check_fields(&self, __check: &mut ::backstitch::Check) {
                #(#checks)*
            }

            #[allow(unused_variables, unused_mut)]
            fn field_schemas(
                __types: &mut ::backstitch::Types,
            ) -> ::backstitch::__private::FieldSchemas {
                let mut __fields = ::backstitch::__private::FieldSchemas::with_capacity(#count);
                #(#schemas)*
                __fields
            }
        }

        #[automatically_derived]
        impl #impl_generics ::backstitch::Value for #name #type_generics #where_clause {
            fn write<__E: ::backstitch::Encoder>(&self, __encoder: &mut __E) {
                ::backstitch::__private::write_object(self, __encoder);
            }

            fn check(&self, __check: &mut ::backstitch::Check) {
                ::backstitch::__private::Fields::check_fields(self, __check);
            }

            fn sample() -> Self {
                Self { #(#samples),* }
            }

            fn schema(__types: &mut ::backstitch::Types) -> ::backstitch::Schema {
                ::backstitch::__private::object_schema::<Self>(__types)
            }
        }
    }
}

/// A struct that is written as one of its fields.
fn transparent(container: &Container<'_>, field: &Field<'_>) -> TokenStream {
    let name = &container.input.ident;
    let ty = field.ty;
    let (write, check, schema) = (write(field), check(field), schema(field));
    let samples = container.fields.iter().map(sample);
    let bounds = Bounds::of_value(container);
    let (impl_generics, type_generics, where_clause) = bounds.split();
    // A bound that holds for each lifetime is looked at where it is used, not here: the field need be no key.
    let also = |bound: TokenStream| {
        let mut clause = where_clause.cloned().unwrap_or(syn::WhereClause {
            where_token: <syn::Token![where]>::default(),
            predicates: syn::punctuated::Punctuated::new(),
        });
        clause.predicates.push(syn::parse_quote!(for<'__lifetime> #ty: #bound));
        clause
    };
    let markers = [quote!(IsNumber), quote!(IsText), quote!(IsArray)].into_iter().map(|marker| {
        let clause = also(quote!(::backstitch::__private::#marker));
        quote! {
            #[automatically_derived]
            impl #impl_generics ::backstitch::__private::#marker for #name #type_generics #clause {}
        }
    });
    let clause = also(quote!(::backstitch::Key));
    let member = &field.member;
    let key = field.serialize.is_none().then(|| {
        quote! {
            #[automatically_derived]
            impl #impl_generics ::backstitch::Key for #name #type_generics #clause {
                fn check_key(&self, __check: &mut ::backstitch::Check) {
                    <#ty as ::backstitch::Key>::check_key(&self.#member, __check);
                }
            }
        }
    });
    quote! {
        #[automatically_derived]
        impl #impl_generics ::backstitch::Value for #name #type_generics #where_clause {
            fn write<__E: ::backstitch::Encoder>(&self, __encoder: &mut __E) {
                #write
            }

            fn check(&self, __check: &mut ::backstitch::Check) {
                #check
            }

            fn sample() -> Self {
                Self { #(#samples),* }
            }

            #[allow(unused_variables)]
            fn schema(__types: &mut ::backstitch::Types) -> ::backstitch::Schema {
                ::backstitch::Types::within::<Self>(__types, |__types| #schema)
            }
        }

        #key
        #(#markers)*
    }
}

/// A struct with several fields that have no names.
fn array(container: &Container<'_>) -> TokenStream {
    let name = &container.input.ident;
    let writes = container.sent().map(|field| {
        let write = write(field);
        quote!(::backstitch::Encoder::element(__encoder); #write)
    });
    let checks = container.sent().enumerate().map(|(index, field)| {
        let check = check(field);
        quote!(::backstitch::Check::element(__check, #index, |__check| { #check });)
    });
    let samples = container.fields.iter().map(sample);
    let schemas = container.sent().map(schema);
    let bounds = Bounds::of_value(container);
    let (impl_generics, type_generics, where_clause) = bounds.split();
    quote! {
        #[automatically_derived]
        impl #impl_generics ::backstitch::Value for #name #type_generics #where_clause {
            fn write<__E: ::backstitch::Encoder>(&self, __encoder: &mut __E) {
                ::backstitch::Encoder::begin_array(__encoder);
                #(#writes)*
                ::backstitch::Encoder::end_array(__encoder);
            }

            fn check(&self, __check: &mut ::backstitch::Check) {
                #(#checks)*
            }

            fn sample() -> Self {
                Self { #(#samples),* }
            }

            #[allow(unused_variables)]
            fn schema(__types: &mut ::backstitch::Types) -> ::backstitch::Schema {
                ::backstitch::Types::within::<Self>(__types, |__types| ::backstitch::Schema::tuple([#(#schemas),*]))
            }
        }
    }
}

/// An enum whose variants are strings.
fn text(container: &Container<'_>, variants: &[&syn::Ident], wires: &[&String]) -> TokenStream {
    let name = &container.input.ident;
    let first = variants.first();
    let (impl_generics, type_generics, where_clause) = container.input.generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #name #type_generics #where_clause {
            const fn __name(&self) -> &'static str {
                match self {
                    #(Self::#variants => #wires),*
                }
            }
        }

        #[automatically_derived]
        impl #impl_generics ::backstitch::Value for #name #type_generics #where_clause {
            fn write<__E: ::backstitch::Encoder>(&self, __encoder: &mut __E) {
                ::backstitch::Encoder::string(__encoder, self.__name());
            }

            fn check(&self, __check: &mut ::backstitch::Check) {
                ::backstitch::Check::data_point(__check);
            }

            fn sample() -> Self {
                Self::#first
            }

            fn schema(_: &mut ::backstitch::Types) -> ::backstitch::Schema {
                ::backstitch::__private::text_schema(&[#(#wires),*])
            }
        }

        #[automatically_derived]
        impl #impl_generics ::backstitch::Key for #name #type_generics #where_clause {
            fn check_key(&self, __check: &mut ::backstitch::Check) {
                ::backstitch::__private::check_key_text(self.__name(), __check);
            }
        }

        #[automatically_derived]
        impl #impl_generics ::backstitch::__private::IsText for #name #type_generics #where_clause {}
    }
}

fn write_entry(field: &Field<'_>) -> TokenStream {
    let (member, ty) = (&field.member, field.ty);
    let write = if field.flatten.is_some() {
        let span = ty.span();
        quote_spanned!(span=> <#ty as ::backstitch::__private::Fields>::write_fields(&self.#member, __encoder);)
    } else {
        let key = field_name(field);
        let write = write(field);
        quote! {
            ::backstitch::Encoder::key(__encoder, &#key);
            #write
        }
    };
    unless_skipped(field, write)
}

/// Writes the value of a field.
fn write(field: &Field<'_>) -> TokenStream {
    let (member, ty) = (&field.member, field.ty);
    match serialize(field) {
        Some(serialize) => quote!(::backstitch::__private::serialize(__encoder, |__serializer| #serialize);),
        None => quote!(<#ty as ::backstitch::Value>::write(&self.#member, __encoder);),
    }
}

/// The call that writes a field by serde.
fn serialize(field: &Field<'_>) -> Option<TokenStream> {
    let member = &field.member;
    Some(match field.serialize.as_ref()? {
        Serialize::Type => {
            quote!(::backstitch::__private::serde::Serialize::serialize(&self.#member, __serializer))
        }
        Serialize::With(path) => quote!(#path(&self.#member, __serializer)),
    })
}

fn check_entry(field: &Field<'_>) -> TokenStream {
    let (member, ty) = (&field.member, field.ty);
    let check = if field.flatten.is_some() {
        quote!(<#ty as ::backstitch::__private::Fields>::check_fields(&self.#member, __check);)
    } else {
        let wire = &field.wire;
        let check = check(field);
        quote!(::backstitch::Check::field(__check, #wire, |__check| { #check });)
    };
    unless_skipped(field, check)
}

/// Checks the value of a field: its type's rules, then its own.
fn check(field: &Field<'_>) -> TokenStream {
    let (member, ty) = (&field.member, field.ty);
    let of_type = match serialize(field) {
        Some(serialize) => quote!(::backstitch::__private::check_serialize(__check, |__serializer| #serialize);),
        None => quote!(<#ty as ::backstitch::Value>::check(&self.#member, __check);),
    };
    if field.limits.is_empty() {
        return of_type;
    }
    let limits = field.limits.expression();
    let span = field.limits.span();
    let markers = field.limits.markers();
    // That the constraint is about another type is told where it stands.
    let markers = markers.iter().map(|marker| {
        quote_spanned! {span=>
            {
                const fn __is<__T: #marker + ?::core::marker::Sized>(_: &__T) {}
                __is(&self.#member);
            }
        }
    });
    quote! {
        #of_type
        #(#markers)*
        ::backstitch::__private::check_limits(&self.#member, &const { #limits }, __check);
    }
}

/// What a field is on the wire.
fn schema(field: &Field<'_>) -> TokenStream {
    let ty = field.ty;
    let schema = match field.serialize {
        Some(_) => quote!(::backstitch::Schema::any()),
        None => quote!(<#ty as ::backstitch::Value>::schema(__types)),
    };
    if field.limits.is_empty() {
        return schema;
    }
    let limits = field.limits.expression();
    quote!(::backstitch::__private::limited(#schema, &const { #limits }))
}

fn unless_skipped(field: &Field<'_>, statements: TokenStream) -> TokenStream {
    let member = &field.member;
    match &field.skip_if {
        Some(path) => quote!(if !#path(&self.#member) { #statements }),
        None => statements,
    }
}

/// A field's name with its JSON form.
fn field_name(field: &Field<'_>) -> TokenStream {
    let wire = &field.wire;
    let json = format!("{}:", json_string(wire));
    quote!(const { ::backstitch::FieldName::new(#wire, #json) })
}

fn sample(field: &Field<'_>) -> TokenStream {
    let member = &field.member;
    let span = field.ty.span();
    if field.skip {
        return quote_spanned!(span=> #member: ::core::default::Default::default());
    }
    let Some(example) = &field.example else {
        if field.serialize.is_some() {
            let name = field.plain_ident();
            return quote!(#member: ::backstitch::__private::no_example(#name));
        }
        let ty = field.ty;
        return quote!(#member: <#ty as ::backstitch::Value>::sample());
    };
    let span: Span = example.span();
    let value = if is_text(example) {
        quote_spanned!(span=> ::backstitch::__private::FromText::from_text(#example))
    } else {
        quote!(#example)
    };
    if is_bare_example(field.ty, example) {
        quote_spanned!(span=> #member: ::core::option::Option::Some(#value))
    } else {
        quote!(#member: #value)
    }
}
