//! Guests written as WebAssembly text: no guest toolchain is needed to test the host.
#![allow(dead_code, reason = "each test binary uses a part")]

use portvolt::scenario::plugin_file::PluginFile;

/// What a guest does, in WebAssembly text. Lists that the host hands over lie on a heap that each decision empties.
#[derive(Default, Clone, Copy)]
pub(crate) struct Guest<'a> {
    /// Imports.
    pub imports: &'a str,
    /// Further functions, globals and data.
    pub items: &'a str,
    /// Body of `start`.
    pub start: &'a str,
    /// Body of `decide`; the locals `$a`, `$b` and `$c` are i32.
    pub decide: &'a str,
    /// Body of `finish`.
    pub finish: &'a str,
    /// Run by `cabi_realloc`, which the host calls to hand over a list.
    pub realloc: &'a str,
}

/// Columns and orders that most guests use.
pub(crate) const DISPATCH: &str = r#"
  (import "portvolt:policy/dispatch-view@0.1.0" "truck-id" (func $truck_id (param i32)))
  (import "portvolt:policy/dispatch-view@0.1.0" "haul-id" (func $haul_id (param i32)))
  (import "portvolt:policy/dispatch-orders@0.1.0" "assign" (func $assign (param i32 i32 i32 i32)))
  (import "portvolt:policy/dispatch-orders@0.1.0" "charge" (func $charge (param i32 i32 i32 i32 i32 i32)))"#;
/// The same of charging.
pub(crate) const CHARGING: &str = r#"
  (import "portvolt:policy/charging-view@0.1.0" "session-ask-kw" (func $ask_kw (param i32)))
  (import "portvolt:policy/charging-orders@0.1.0" "set-points" (func $set_points (param i32 i32)))"#;
/// The log.
pub(crate) const LOG: &str = r#"
  (import "portvolt:policy/log@0.1.0" "write" (func $log (param i32 i32 i32)))"#;

impl Guest<'_> {
    /// The core module, which carries no type of its world: the host adds it.
    pub(crate) fn module(&self) -> Vec<u8> {
        let Self { imports, items, start, decide, finish, realloc } = self;
        let policy = "portvolt:policy/policy@0.1.0";
        let text = format!(
            r#"(module $guest {imports}
  (memory (export "memory") 2)
  (global $heap (mut i32) (i32.const 4096))
  (data (i32.const 16) "text_guest")
  (data (i32.const 32) "1.0")
  (data (i32.const 64) "\10\00\00\00\0a\00\00\00\20\00\00\00\03\00\00\00")
  {items}
  (func $realloc (export "cabi_realloc") (param $old i32) (param $had i32) (param $align i32) (param $size i32)
    (result i32) (local $at i32)
    {realloc}
    (global.set $heap (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
    (local.set $at (global.get $heap))
    (global.set $heap (i32.add (global.get $heap) (local.get $size)))
    (if (i32.gt_u (global.get $heap) (i32.mul (memory.size) (i32.const 65536)))
      (then (drop (memory.grow (i32.add (i32.div_u (local.get $size) (i32.const 65536)) (i32.const 1))))))
    (local.get $at))
  (func $describe (export "{policy}#describe") (result i32) (i32.const 64))
  (func $start (export "{policy}#start") (param i32 i32 i64) (result i32) {start} (i32.const 128))
  (func $decide (export "{policy}#decide") (result i32) (local $a i32) (local $b i32) (local $c i32)
    (global.set $heap (i32.const 4096)) {decide} (i32.const 128))
  (func $finish (export "{policy}#finish") (result i32) {finish} (i32.const 128)))"#
        );
        wat::parse_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    /// The same as the file of a plugin.
    pub(crate) fn file(&self) -> PluginFile {
        PluginFile::new("guest.wasm", self.module())
    }
}

/// Takes the truck of row i for the haul of row i, as far as both go: a policy, if a poor one.
pub(crate) const PAIRS: Guest<'static> = Guest {
    imports: DISPATCH,
    items: "",
    start: "",
    decide: r"
    (call $truck_id (i32.const 256))
    (call $haul_id (i32.const 264))
    (local.set $a (i32.load (i32.const 260)))
    (if (i32.lt_u (i32.load (i32.const 268)) (local.get $a)) (then (local.set $a (i32.load (i32.const 268)))))
    (call $assign (i32.load (i32.const 256)) (local.get $a) (i32.load (i32.const 264)) (local.get $a))",
    finish: "",
    realloc: "",
};

/// Gives every session what it asks for.
pub(crate) const ASK: Guest<'static> = Guest {
    imports: CHARGING,
    items: "",
    start: "",
    decide: r"
    (call $ask_kw (i32.const 256))
    (call $set_points (i32.load (i32.const 256)) (i32.load (i32.const 260)))",
    finish: "",
    realloc: "",
};

/// Buys as many of each option as the holding has: once cut to what is due, that is `business_as_usual`.
pub(crate) const LIKE_WITH_LIKE: Guest<'static> = Guest {
    imports: r#"
  (import "portvolt:policy/adoption-view@0.1.0" "option-stock" (func $stock (param i32)))
  (import "portvolt:policy/adoption-orders@0.1.0" "buy" (func $buy (param i32 i32)))"#,
    items: "",
    start: "",
    decide: r"
    (call $stock (i32.const 256))
    (call $buy (i32.load (i32.const 256)) (i32.load (i32.const 260)))",
    finish: "",
    realloc: "",
};
