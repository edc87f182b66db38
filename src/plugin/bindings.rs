//! Typed calls of what a guest exports. Columns and orders are linked by hand, from tables: see [`super::kind`].

wasmtime::component::bindgen!({
    path: "plugins/wit",
    inline: "package portvolt:host; world plugin { export portvolt:policy/policy@0.1.1; }",
});

pub(super) use exports::portvolt::policy::policy::{Guest, GuestIndices};
