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
for tool in apt-get apt-cache dpkg-deb; do
  command -v "$tool" >/dev/null || { echo "no $tool here" >&2; exit 3; }
done

# apt with lists and sources of its own: the mirror that the machine uses anyway, in the suites that carry new releases.
apt=$folder/apt
mkdir -p "$apt"/lists/partial "$apt"/cache/archives/partial
mirror=$(apt-get indextargets --format '$(SITE)' | grep -E '/debian/?$' | sort -u | head -n 1)
[ -n "$mirror" ] || { echo "apt knows no Debian mirror" >&2; exit 3; }
key=/usr/share/keyrings/debian-archive-keyring.gpg
for suite in trixie-backports sid; do echo "deb [signed-by=$key] $mirror $suite main"; done > "$apt/sources.list"
cat > "$apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "$apt/lists";
Dir::Cache "$apt/cache";
Acquire::Languages "none";
CONF
if ! compgen -G "$folder/rust-src_${release}*.deb" >/dev/null; then
  export APT_CONFIG=$apt/apt.conf
  apt-get -qq update >&2 || { echo "the package lists cannot be fetched" >&2; exit 3; }
  package=$(apt-cache madison rust-src | awk -v release="$release" 'index($3, release "+") == 1 { print $3; exit }')
  [ -n "$package" ] || { echo "no rust-src $release among $(apt-cache madison rust-src | awk '{print $3}' | xargs)" >&2; exit 3; }
  (cd "$folder" && apt-get -qq download "rust-src=$package" >&2)
  unset APT_CONFIG
fi
library=$folder/usr/src/rustc-$release/library
[ -d "$library" ] || dpkg-deb --fsys-tarfile "$folder"/rust-src_"$release"*.deb | tar -x -C "$folder" "./usr/src/rustc-$release/library"

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
