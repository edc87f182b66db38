//! Any bytes as a plugin of any kind: refused in words, or loaded and tried on all made-up views.

use portvolt::plugin::{Plugin, inspect, kind_of};
use portvolt::policy::kind::{Charging, Dispatch};
use portvolt::scenario::plugin_file::PluginFile;

/// The encoder of components panics on a damaged type section; the loader catches that and refuses the file. The fuzzer
/// would take any panic for a find, so this one is let through.
pub(crate) fn let_the_encoder_panic() {
    let fail = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.location().is_some_and(|place| place.file().contains("wit-component")) {
            fail(panic);
        }
    }));
}

pub(crate) fn run(data: &[u8]) {
    if let Ok(Some(kind)) = kind_of(data) {
        let _ = inspect(data, kind);
    }
    let file = PluginFile::new("fuzz.wasm".to_owned(), data.to_vec());
    if let Err(error) = Plugin::<Dispatch>::load(&file) {
        assert!(!error.to_string().is_empty());
    }
    let _ = Plugin::<Charging>::load(&file);
}
