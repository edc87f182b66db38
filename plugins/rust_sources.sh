#!/usr/bin/env bash
# The sources of the standard library of the installed Rust, where rustup cannot fetch them: those that Debian packages for
# the same release, in a folder of its own. Nothing else is touched.
#   plugins/rust_sources.sh FOLDER     prints where they are on its last line; exit 3 when they cannot be had
set -euo pipefail
folder=$(realpath -m "$1")
release=$(rustc --version | cut -d' ' -f2)
library=$folder/usr/src/rustc-$release/library
own=$(rustc --print sysroot)/lib/rustlib/src/rust/library
for place in "$own" "$library"; do
  if [ -d "$place" ]; then echo "$place"; exit 0; fi
done
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
dpkg-deb --fsys-tarfile "$folder"/rust-src_"$release"*.deb | tar -x -C "$folder" "./usr/src/rustc-$release/library"
echo "$library"
