//! Any bytes as a plugin of any kind: refused in words, or loaded and tried on all made-up views.

#![no_main]

use libfuzzer_sys::fuzz_target;
use portvolt::plugin::{Charging, Dispatch, Plugin, inspect, kind_of};
use portvolt::policy::PluginFile;

fuzz_target!(|data: &[u8]| {
    if let Ok(Some(kind)) = kind_of(data) {
        let _ = inspect(data, kind);
    }
    let file = PluginFile::new("fuzz.wasm".to_owned(), data.to_vec());
    if let Err(error) = Plugin::<Dispatch>::load(&file) {
        assert!(!error.to_string().is_empty());
    }
    let _ = Plugin::<Charging>::load(&file);
});
