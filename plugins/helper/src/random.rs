//! Random numbers of the host: a function of the run's seed, of `key`, `index` and position; whatever was drawn before.

/// `count` numbers, uniform in [0, 1). On your own machine all are 0.5.
#[cfg(target_arch = "wasm32")]
pub fn uniform(key: u64, index: u32, count: u32) -> Vec<f64> {
    crate::bindings::portvolt::policy::random::uniform(key, index, count)
}

/// `count` numbers, uniform in [0, 1). On your own machine all are 0.5.
#[cfg(not(target_arch = "wasm32"))]
pub fn uniform(_key: u64, _index: u32, count: u32) -> Vec<f64> {
    vec![0.5; count as usize]
}
