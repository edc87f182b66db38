#!/usr/bin/env bash
# The standard library of the installed Rust for wasm32-unknown-unknown, where `rustup target add` cannot fetch it:
# built from the sources that Debian packages for the same release, into a folder of its own. Nothing else is touched.
#   plugins/wasm_sysroot.sh FOLDER     prints the sysroot on its last line; exit 3 when the sources cannot be had
set -euo pipefail
folder=$(realpath -m "$1")
target=wasm32-unknown-unknown
release=$(rustc --version | cut -d' ' -f2)
sysroot=$folder/sysroot-$release
if [ -d "$sysroot" ]; then echo "$sysroot"; exit 0; fi
library=$("$(dirname "$0")/rust_sources.sh" "$folder" | tail -n 1)

# Building an empty crate builds the library; its parts are then what a target's folder holds.
probe=$folder/probe
mkdir -p "$probe/src"
: > "$probe/src/lib.rs"
cat > "$probe/Cargo.toml" <<'TOML'
[package]
name = "probe"
version = "0.0.0"
edition = "2021"
[profile.release]
opt-level = 3
debug = 0
panic = "abort"
[workspace]
TOML
(cd "$probe" && RUSTC_BOOTSTRAP=1 __CARGO_TESTS_ONLY_SRC_ROOT="$library" CARGO_TARGET_DIR="$probe/target" \
  CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="-Cembed-bitcode=yes --remap-path-prefix=$library=/rustc/$release/library" \
  cargo build --quiet --release --target $target -Zbuild-std=std,panic_abort) >&2
parts=$sysroot.part/lib/rustlib/$target/lib
rm -rf "$sysroot.part"
mkdir -p "$parts"
find "$probe/target/$target/release/deps" -name '*.rlib' ! -name 'libprobe-*' -exec cp {} "$parts" \;
mv "$sysroot.part" "$sysroot"
rm -rf "$probe/target"
echo "$sysroot"
