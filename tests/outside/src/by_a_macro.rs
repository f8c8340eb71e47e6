//! Two of one name, written at one place by a macro: only their types tell them apart.

macro_rules! counter {
    ($module:ident, $type:ty) => {
        /// A module for each.
        pub mod $module {
            use backstitch::Push;

            /// Counts something.
            #[derive(Push)]
            #[push(table = "counters", key = "count")]
            pub struct Counter {
                /// How many.
                #[push(example = 7)]
                pub count: $type,
            }
        }
    };
}

counter!(narrow, u8);
counter!(wide, u64);
