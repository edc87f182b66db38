//! Contract: a file that is no plugin of this interface is refused by name, with the reason.

use crate::guests::{ASK, Guest, PAIRS};
use crate::{component, refused};
use portvolt::plugin::{INTERFACE, Plugin};
use portvolt::policy::kind::{Charging, Dispatch};
use portvolt::scenario::plugin_file::PluginFile;
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn files_that_are_no_plugin_are_refused_by_name() {
    assert_eq!(refused(vec![]), "plugin guest.wasm: is no WebAssembly: it begins with nothing, not with `\\0asm`");
    assert_eq!(
        refused(b"\x7fELF\x02\x01\x01\x00".to_vec()),
        "plugin guest.wasm: is no WebAssembly: it begins with `\\x7fELF\\x02\\x01\\x01\\x00`, not with `\\0asm`"
    );
    let whole = PAIRS.module();
    let torn = refused(whole[..whole.len() / 2].to_vec());
    assert!(torn.starts_with("plugin guest.wasm: is a core module that is no policy: "), "{torn}");
    let component = component("(component (core module (func (export \"f\"))))");
    let torn = refused(component[..component.len() - 3].to_vec());
    assert!(torn.starts_with("plugin guest.wasm: is broken: "), "{torn}");
    let empty = refused(wat::parse_str("(module)").unwrap());
    assert!(empty.starts_with("plugin guest.wasm: is a core module that is no policy: "), "{empty}");
    assert!(empty.ends_with("interface `portvolt:policy/policy@0.1.1` function `describe`"), "{empty}");
}

#[test]
fn a_file_of_200_mb_is_refused_unread() {
    let message = refused(vec![0; 200 << 20]);
    assert_eq!(message, "plugin guest.wasm: has 200 MiB; the limit is 128 MiB");
}

#[test]
fn other_imports_are_refused_by_name() {
    let clock = component("(component (import \"wasi:clocks/wall-clock@0.2.0\" (instance)))");
    assert_eq!(
        refused(clock),
        "plugin guest.wasm: imports `wasi:clocks/wall-clock@0.2.0`; a plugin has columns, orders, log and random numbers \
         of portvolt:policy and nothing else (no WASI: no clock, no files, no network)"
    );
    let abort = Guest { imports: "(import \"env\" \"abort\" (func $abort (param i32)))", ..Guest::default() };
    let message = refused(abort.module());
    assert!(message.contains("is a core module that is no policy") && message.contains("`env`"), "{message}");
}

#[test]
fn another_world_is_refused_by_name() {
    assert_eq!(
        refused(ASK.module()),
        "plugin guest.wasm: is for charging, not for dispatch: it imports `portvolt:policy/charging-view@0.1.0`"
    );
    let error = Plugin::<Charging>::load(&PAIRS.file()).unwrap_err().to_string();
    let expected = "plugin guest.wasm: is for dispatch, not for charging: it imports `portvolt:policy/dispatch-";
    assert!(error.starts_with(expected), "{error}");
}

#[test]
fn another_version_is_refused_by_name() {
    let newer = component("(component (import \"portvolt:policy/log@0.2.0\" (instance)))");
    assert_eq!(
        refused(newer),
        "plugin guest.wasm: speaks `portvolt:policy/log@0.2.0`; this Portvolt speaks portvolt:policy@0.1.1 and older \
         versions of 0.1"
    );
    let exports = component("(component (instance $i) (export \"portvolt:policy/policy@0.3.0\" (instance $i)))");
    assert_eq!(
        refused(exports),
        "plugin guest.wasm: speaks `portvolt:policy/policy@0.3.0`; this Portvolt speaks portvolt:policy@0.1.1 and older \
         versions of 0.1"
    );
    let unknown = component("(component (import \"portvolt:policy/weather-view@0.1.0\" (instance)))");
    assert_eq!(
        refused(unknown),
        "plugin guest.wasm: uses the interface `portvolt:policy/weather-view@0.1.0`, which this Portvolt does not have: it \
         was made for a newer one"
    );
}

/// A guest of a later version says what it needs: an author knows which column this host lacks.
#[test]
fn what_a_newer_guest_uses_and_this_host_lacks_is_named() {
    let newer = component(
        "(component (import \"portvolt:policy/dispatch-view@0.1.9\" (instance
           (export \"truck-id\" (func (result (list u32))))
           (export \"tide-m\" (func (result (list f64)))))))",
    );
    assert_eq!(
        refused(newer),
        "plugin guest.wasm: uses `tide-m` of `portvolt:policy/dispatch-view@0.1.9`, which this Portvolt does not have: it was \
         made for a newer one"
    );
}

/// Lines of each interface and world, without comments: functions and fields.
fn lines_by_block(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut blocks: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut open: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")) {
        match (line.strip_suffix(" {"), line) {
            (Some(name), _) => open.push(name.to_owned()),
            (None, "}") => drop(open.pop()),
            _ => {
                blocks.entry(open.join(" / ")).or_default().insert(line.to_owned());
            }
        }
    }
    blocks
}

/// What was in 0.1.0 is in the present interface as it was. What guests export and every record have nothing more either: the
/// component model allows neither.
#[test]
fn the_interface_only_adds_to_0_1_0() {
    let old = lines_by_block(include_str!("../fixtures/guests_0_1_0/policy.wit"));
    let now = lines_by_block(INTERFACE);
    assert!(old.len() > 20 && old["interface charging-view"].len() > 15, "{:?}", old.keys());
    for (block, lines) in old.iter().filter(|(block, _)| !block.is_empty()) {
        let has = &now[block];
        let gone: Vec<&String> = lines.difference(has).collect();
        assert!(gone.is_empty(), "{block} has lost, or changed, {gone:?}");
        if block.starts_with("interface policy") {
            assert_eq!(lines, has, "{block} is frozen");
        }
    }
}

/// A core module that was built against a later 0.1 loads as a component does, whether it carries its types or not.
#[test]
fn a_later_version_of_a_core_module_loads() {
    let later = |bytes: Vec<u8>| {
        let mut bytes = bytes;
        let places: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(b"0.1.0")).collect();
        assert!(!places.is_empty());
        for at in places {
            bytes[at + 4] = b'7';
        }
        PluginFile::new("guest.wasm".to_owned(), bytes)
    };
    Plugin::<Dispatch>::load(&later(PAIRS.module())).unwrap();
    let typed = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/guests_0_1_0/soc_aware_dispatch.wasm");
    let typed = std::fs::read(typed).unwrap();
    assert_eq!(typed[6..8], [0, 0], "a core module");
    Plugin::<Dispatch>::load(&later(typed)).unwrap();
}

#[test]
fn a_component_without_a_policy_is_refused() {
    assert_eq!(
        refused(component("(component)")),
        "plugin guest.wasm: exports no `portvolt:policy/policy`: it is a component, but no policy"
    );
    let hollow = component("(component (instance $i) (export \"portvolt:policy/policy@0.1.0\" (instance $i)))");
    let message = refused(hollow);
    assert!(message.starts_with("plugin guest.wasm: does not fit the interface: "), "{message}");
    assert!(message.contains("describe"), "{message}");
}
