//! A guest that gives any orders: what passes the checker is an order that the view allows, and nothing else happens.

use portvolt::plugin::trial::trial;
use portvolt::plugin::{Plugin, PluginKind};
use portvolt::policy::kind::{Charging, Dispatch};
use portvolt::policy::spec::PluginLimits;
use portvolt::scenario::plugin_file::PluginFile;
use std::fmt::Write;

const MOST_ROWS: usize = 64;

/// A core module whose `decide` calls each order with lists that lie in `data`.
fn guest(imports: &str, calls: &str, data: &[u8]) -> PluginFile {
    let policy = "portvolt:policy/policy@0.1.0";
    let mut bytes = String::new();
    for byte in data {
        let _ = write!(bytes, "\\{byte:02x}");
    }
    let text = format!(
        r#"(module {imports}
  (memory (export "memory") 2)
  (data (i32.const 1024) "{bytes}")
  (data (i32.const 64) "fuzz")
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 65536))
  (func (export "{policy}#describe") (result i32)
    (i32.store (i32.const 256) (i32.const 64)) (i32.store (i32.const 260) (i32.const 4))
    (i32.store (i32.const 264) (i32.const 64)) (i32.store (i32.const 268) (i32.const 4))
    (i32.store (i32.const 272) (i32.const 64)) (i32.store (i32.const 276) (i32.const 4))
    (i32.store (i32.const 280) (i32.const 0)) (i32.store (i32.const 284) (i32.const 0)) (i32.const 256))
  (func (export "{policy}#start") (param i32 i32 i64) (result i32) (i32.const 512))
  (func (export "{policy}#decide") (result i32) {calls} (i32.const 512))
  (func (export "{policy}#finish") (result i32) (i32.const 512)))"#
    );
    PluginFile::new("fuzz.wasm".to_owned(), wat::parse_str(&text).expect("the guest is good"))
}

fn tried<S: PluginKind>(file: &PluginFile) {
    let plugin = Plugin::<S>::load(file).expect("the guest loads");
    let trial = trial(&plugin, &[], PluginLimits::default()).expect("it starts");
    assert!(trial.is_independent != Some(false) && trial.cases.iter().all(|case| case.is_repeatable));
}

pub(crate) fn run(data: &[u8]) {
    let Some((shape, lists)) = data.split_at_checked(4) else { return };
    let lists = &lists[..lists.len().min(4096)];
    let count = |at: usize| (shape[at] as usize % (MOST_ROWS + 1)).min(lists.len() / 8);
    let at = |byte: u8| 1024 + 8 * (byte as usize % 32);
    let (a, b, c) = (count(0), count(1), count(2));
    let [x, y] = [at(shape[2]), at(shape[3])];
    let dispatch = r#"
  (import "portvolt:policy/dispatch-orders@0.1.0" "assign" (func $assign (param i32 i32 i32 i32)))
  (import "portvolt:policy/dispatch-orders@0.1.0" "charge" (func $charge (param i32 i32 i32 i32 i32 i32)))"#;
    let calls = format!(
        "(call $assign (i32.const 1024) (i32.const {a}) (i32.const {x}) (i32.const {b}))
         (call $charge (i32.const {x}) (i32.const {b}) (i32.const 1024) (i32.const {c}) (i32.const {y}) (i32.const {a}))"
    );
    tried::<Dispatch>(&guest(dispatch, &calls, lists));
    let charging = r#"
  (import "portvolt:policy/charging-orders@0.1.0" "set-points" (func $set (param i32 i32)))"#;
    tried::<Charging>(&guest(charging, &format!("(call $set (i32.const {x}) (i32.const {c}))"), lists));
}
