//! Write a policy of Portvolt in Rust: see the README of this crate.

#[doc(hidden)]
pub mod about;
pub mod adoption;
pub mod build_out;
pub mod charging;
pub mod dispatch;
pub mod hydrogen_supply;
pub mod industry;
pub mod log;
pub mod random;
mod view;
pub mod yard_dispatch;

/// Imports of all kinds of policies: a guest's file holds those that it calls.
#[doc(hidden)]
pub mod bindings {
    wit_bindgen::generate!({
        path: "../wit",
        inline: "
            package portvolt:guest;
            world guest {
                import portvolt:policy/log@0.1.1;
                import portvolt:policy/random@0.1.1;
                import portvolt:policy/dispatch-view@0.1.1;
                import portvolt:policy/dispatch-orders@0.1.1;
                import portvolt:policy/charging-view@0.1.1;
                import portvolt:policy/charging-orders@0.1.1;
                import portvolt:policy/adoption-view@0.1.1;
                import portvolt:policy/adoption-orders@0.1.1;
                import portvolt:policy/hydrogen-supply-view@0.1.1;
                import portvolt:policy/hydrogen-supply-orders@0.1.1;
                import portvolt:policy/yard-dispatch-view@0.1.1;
                import portvolt:policy/yard-dispatch-orders@0.1.1;
                import portvolt:policy/build-out-view@0.1.1;
                import portvolt:policy/build-out-orders@0.1.1;
                import portvolt:policy/industry-view@0.1.1;
                import portvolt:policy/industry-orders@0.1.1;
                export portvolt:policy/policy@0.1.1;
            }
        ",
        world: "portvolt:guest/guest",
        generate_all,
        pub_export_macro: true,
        default_bindings_module: "portvolt_guest::bindings",
    });
}

pub use about::{About, Parameter, Values};

/// No home, no fleet that must carry a haul, nothing that calls a vehicle away, no node above.
pub const NONE: u32 = u32::MAX;
