//! Enums that are told in words, and enums of which something walks through all variants, in their order.

/// Declares an enum with a word for each variant.
macro_rules! worded {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident { $( #[doc = $info:literal] $variant:ident = $word:literal ),+ $(,)? }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        $vis enum $name {
            $( #[doc = $info] $variant, )+
        }

        impl $name {
            /// The word used in tables and metrics.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $( Self::$variant => $word, )+
                }
            }
        }
    };
}
pub(crate) use worded;

/// Declares an enum with the list of its variants, `ALL`; with words where they are given.
macro_rules! listed {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident { $( #[doc = $info:literal] $variant:ident = $word:literal ),+ $(,)? }
    ) => {
        crate::kernel::words::worded! {
            $(#[$meta])*
            $vis enum $name { $( #[doc = $info] $variant = $word ),+ }
        }
        crate::kernel::words::listed!(@all $name: $($variant),+);
    };
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident { $( #[doc = $info:literal] $variant:ident ),+ $(,)? }
    ) => {
        $(#[$meta])*
        $vis enum $name {
            $( #[doc = $info] $variant, )+
        }
        crate::kernel::words::listed!(@all $name: $($variant),+);
    };
    (@all $name:ident: $($variant:ident),+) => {
        impl $name {
            /// All of them, in their order.
            pub const ALL: [Self; [$(stringify!($variant)),+].len()] = [$(Self::$variant),+];
        }
    };
}
pub(crate) use listed;
