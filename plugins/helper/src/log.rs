//! Text for whoever runs the simulation; nothing in tests on your own machine.

/// Detail.
pub fn debug(message: &str) {
    write(0, message);
}

/// Worth knowing.
pub fn info(message: &str) {
    write(1, message);
}

/// Worth a look.
pub fn warn(message: &str) {
    write(2, message);
}

/// Why the policy is about to give up.
pub fn error(message: &str) {
    write(3, message);
}

#[cfg(target_arch = "wasm32")]
fn write(level: u32, message: &str) {
    crate::bindings::portvolt::policy::log::write(level, message);
}

#[cfg(not(target_arch = "wasm32"))]
fn write(_level: u32, _message: &str) {}

/// A panic tells the host where and why before it traps.
#[doc(hidden)]
pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| error(&panic.to_string())));
}
