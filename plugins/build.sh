#!/usr/bin/env bash
# Builds the guests of this folder from source into target/plugins/NAME.wasm, a language at a time; a language whose
# tools cannot be had is skipped with the reason. What is up to date is not built again.
#   plugins/build.sh [rust] [c] [python] [javascript]     default: rust, and the others whose tools are there already
#   plugins/build.sh all                                  fetches their tools into target/plugins too
# One line a language goes to stdout: "built LANGUAGE: names" or "skipped LANGUAGE: reason".
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${PORTVOLT_PLUGINS_OUT:-$here/../target/plugins}
mkdir -p "$out"
out=$(cd "$out" && pwd)
# A test that calls this script runs inside cargo, whose settings are not meant for the guests.
unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_TARGET_DIR CARGO_BUILD_TARGET RUSTC_WRAPPER

may_fetch=no
languages=()
for word in "$@"; do
  if [ "$word" = all ]; then may_fetch=yes; languages=(rust c python javascript); else languages+=("$word"); may_fetch=yes; fi
done
[ ${#languages[@]} -gt 0 ] || languages=(rust c python javascript)

# Is $1 newer than all files given after it?
is_fresh() {
  local made=$1; shift
  [ -f "$made" ] && [ -z "$(find "$@" -newer "$made" -type f -print -quit)" ]
}

build_rust() {
  command -v cargo >/dev/null || { echo "skipped rust: no cargo here"; return; }
  local target=wasm32-unknown-unknown flags="" log=$out/rust.log sysroot
  local found; found=$(rustc --print target-libdir --target $target 2>/dev/null || true)
  if ! compgen -G "$found/libstd-*.rlib" >/dev/null && ! timeout 120 rustup target add $target >"$log" 2>&1; then
    if ! sysroot=$("$here/wasm_sysroot.sh" "$out/rust" 2>"$log"); then
      echo "skipped rust: no $target here: \`rustup target add $target\` failed, and so did wasm_sysroot.sh ($(tail -n 1 "$log"))"
      return
    fi
    flags="--sysroot=$(echo "$sysroot" | tail -n 1)"
  fi
  if ! (cd "$here" && CARGO_TARGET_DIR="$out/cargo" CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="$flags --remap-path-prefix=$here=plugins" \
      cargo build --quiet --locked --release --target $target >"$log" 2>&1); then
    echo "skipped rust: $(grep -m1 -E '^error' "$log" || tail -n 1 "$log") (see $log)"
    return
  fi
  local names=""
  for wasm in "$out/cargo/$target/release/"*.wasm; do
    cmp -s "$wasm" "$out/$(basename "$wasm")" || cp "$wasm" "$out/"
    names="$names $(basename "$wasm" .wasm)"
  done
  echo "built rust:$names"
}

# A compiler from C to WebAssembly: clang with wasm-ld, or zig.
c_compiler() {
  if command -v clang >/dev/null && clang --print-targets 2>/dev/null | grep -q wasm32 && command -v wasm-ld >/dev/null; then
    echo "clang --target=wasm32-unknown-unknown -nostdlib"; return
  fi
  local zig="zig cc --target=wasm32-freestanding -nostdlib"
  command -v zig >/dev/null && { echo "$zig"; return; }
  if [ ! -x "$out/zig/bin/python" ] && [ "$may_fetch" = yes ] && command -v python3 >/dev/null; then
    python3 -m venv "$out/zig" >/dev/null 2>&1 && "$out/zig/bin/pip" install --quiet ziglang==0.17.1 >"$out/c.log" 2>&1
  fi
  [ -x "$out/zig/bin/python" ] && "$out/zig/bin/python" -m ziglang version >/dev/null 2>&1 \
    && echo "$out/zig/bin/python -m ziglang cc --target=wasm32-freestanding -nostdlib"
}

build_c() {
  local made=$out/edf_charging.wasm folder=$here/edf_charging compiler
  if is_fresh "$made" "$folder"; then echo "built c: edf_charging"; return; fi
  compiler=$(c_compiler)
  [ -n "$compiler" ] || { echo "skipped c: no clang with wasm-ld and no zig here (\`plugins/build.sh c\` fetches zig)"; return; }
  if XDG_CACHE_HOME="$out/cache" $compiler -O2 -Wall -Wextra -Wl,--no-entry -Wl,--export-dynamic -o "$made.part" "$folder/edf_charging.c" >"$out/c.log" 2>&1; then
    mv "$made.part" "$made"; echo "built c: edf_charging"
  else
    echo "skipped c: $(grep -m1 error "$out/c.log" || tail -n 1 "$out/c.log")"
  fi
}

build_python() {
  local made=$out/first_come_dispatch.wasm folder=$here/first_come_dispatch tool
  if is_fresh "$made" "$folder" "$here/wit"; then echo "built python: first_come_dispatch"; return; fi
  tool=$(command -v componentize-py || echo "$out/python/bin/componentize-py")
  if [ ! -x "$tool" ] && [ "$may_fetch" = yes ] && command -v python3 >/dev/null; then
    python3 -m venv "$out/python" >"$out/python.log" 2>&1 && "$out/python/bin/pip" install --quiet componentize-py==0.25.1 >>"$out/python.log" 2>&1
  fi
  [ -x "$tool" ] || { echo "skipped python: no componentize-py here (\`plugins/build.sh python\` fetches it)"; return; }
  if (cd "$folder" && PYTHONDONTWRITEBYTECODE=1 "$tool" -d "$here/wit" -w dispatch componentize --stub-wasi app -o "$made.part" >"$out/python.log" 2>&1); then
    mv "$made.part" "$made"; echo "built python: first_come_dispatch"
  else
    echo "skipped python: $(tail -n 1 "$out/python.log")"
  fi
}

build_javascript() {
  local made=$out/least_flexible_first.wasm folder=$here/least_flexible_first tools=$out/javascript
  if is_fresh "$made" "$folder" "$here/wit"; then echo "built javascript: least_flexible_first"; return; fi
  if [ ! -d "$tools/node_modules/componentize-qjs" ] && [ "$may_fetch" = yes ] && command -v npm >/dev/null; then
    mkdir -p "$tools"
    (cd "$tools" && npm install --no-audit --no-fund --prefix "$tools" componentize-qjs@0.4.5 >"$out/javascript.log" 2>&1)
  fi
  [ -d "$tools/node_modules/componentize-qjs" ] && command -v node >/dev/null \
    || { echo "skipped javascript: no componentize-qjs here (\`plugins/build.sh javascript\` fetches it with npm)"; return; }
  if (cd "$tools" && node "$folder/build.mjs" "$tools" "$here/wit" "$made.part" >"$out/javascript.log" 2>&1); then
    mv "$made.part" "$made"; echo "built javascript: least_flexible_first"
  else
    echo "skipped javascript: $(tail -n 1 "$out/javascript.log")"
  fi
}

for language in "${languages[@]}"; do
  case $language in
    rust | c | python | javascript) "build_$language" ;;
    *) echo "there is no language $language: rust, c, python, javascript" >&2; exit 2 ;;
  esac
done
