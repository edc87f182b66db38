"""Packs what is published: licences and components of all dependencies, archives, Python wheels, container images.

Called by .ci/release. Needs Python 3.9 and, for wheels, the package `wheel`.
"""

import gzip
import hashlib
import io
import json
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import zipfile

EPOCH = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
# The tag that an installer asks for, by system. The Linux programs are static: any distribution may run them.
WHEEL_TAGS = {
    "linux-x86_64": "py3-none-manylinux_2_17_x86_64.musllinux_1_1_x86_64",
    "linux-arm64": "py3-none-manylinux_2_17_aarch64.musllinux_1_1_aarch64",
    "windows-x86_64": "py3-none-win_amd64",
    "macos-arm64": "py3-none-macosx_11_0_arm64",
}
IMAGE_ARCHITECTURES = {"linux-x86_64": "amd64", "linux-arm64": "arm64"}
LICENCE_NAMES = ("license", "licence", "copying", "notice", "unlicense", "copyright")


def dependencies():
    """Packages that the program is built of, ours first, each once."""
    command = ["cargo", "metadata", "--format-version", "1", "--locked"]
    metadata = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    packages = {package["id"]: package for package in metadata["packages"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    root = metadata["resolve"]["root"]
    reached, waiting = set(), [root]
    while waiting:
        at = waiting.pop()
        if at in reached:
            continue
        reached.add(at)
        for dependency in nodes[at]["deps"]:
            if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                waiting.append(dependency["pkg"])
    others = sorted((packages[at] for at in reached - {root}), key=lambda it: (it["name"], it["version"]))
    return packages[root], others


def licences(target):
    """All licence texts, each once, with the packages that come under it."""
    texts, without = {}, []
    for package in dependencies()[1]:
        name = f"{package['name']} {package['version']} ({package['license'] or 'see text'})"
        folder = pathlib.Path(package["manifest_path"]).parent
        files = [path for path in sorted(folder.iterdir()) if path.name.lower().startswith(LICENCE_NAMES) and path.is_file()]
        for path in files:
            texts.setdefault(path.read_text(errors="replace").strip(), []).append(name)
        if not files:
            without.append(name)
    with open(target, "w", encoding="utf-8") as out:
        out.write("Licences of the software that is part of Portvolt.\n")
        for text, names in texts.items():
            out.write("\n" + "=" * 100 + "\n" + "\n".join(dict.fromkeys(names)) + "\n\n" + text + "\n")
        if without:
            out.write("\n" + "=" * 100 + "\nPublished without a text, under the licence that is named:\n" + "\n".join(without) + "\n")
    print(f"{len(texts)} texts; {len(without)} packages name a licence and hold no text")


def components(target):
    """A CycloneDX list of components."""
    own, others = dependencies()

    def component(package, kind):
        return {
            "type": kind,
            "name": package["name"],
            "version": package["version"],
            "bom-ref": f"pkg:cargo/{package['name']}@{package['version']}",
            "purl": f"pkg:cargo/{package['name']}@{package['version']}",
            "licenses": [{"expression": package["license"].replace("/", " OR ")}] if package["license"] else [],
        }

    bom = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": component(own, "application")},
        "components": [component(package, "library") for package in others],
    }
    pathlib.Path(target).write_text(json.dumps(bom, indent=1) + "\n")
    print(f"{len(others)} components")


def entries(folder):
    """Files below a folder in one order, with their names in an archive that holds the folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path, path.relative_to(folder.parent).as_posix()


def mode_of(path):
    return 0o755 if path.name in ("portvolt", "portvolt.exe") else 0o644


def member(name, size, mode):
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, mode, EPOCH
    return info


def archive(folder, out, system):
    """The folder as .zip for Windows, else as .tar.gz."""
    folder, out = pathlib.Path(folder), pathlib.Path(out)
    if system.startswith("windows"):
        target = out / f"{folder.name}.zip"
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
            for path, name in entries(folder):
                info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, mode_of(path) << 16
                made.writestr(info, path.read_bytes())
        return
    target = out / f"{folder.name}.tar.gz"
    with open(target, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, EPOCH) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as made:
            for path, name in entries(folder):
                with open(path, "rb") as file:
                    made.addfile(member(name, path.stat().st_size, mode_of(path)), file)


def wheel(program, version, system, out):
    """A wheel whose only content is the program, put on the path by the installer."""
    tag = WHEEL_TAGS[system]
    python, abi, platforms = tag.split("-")
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        scripts, info = root / f"portvolt-{version}.data" / "scripts", root / f"portvolt-{version}.dist-info"
        scripts.mkdir(parents=True)
        info.mkdir()
        placed = scripts / pathlib.Path(program).name
        placed.write_bytes(pathlib.Path(program).read_bytes())
        placed.chmod(0o755)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: portvolt\nVersion: {version}\n"
            "Summary: An open simulator of how ports and truck fleets become zero-emission\n"
            "License: MIT OR Apache-2.0\nRequires-Python: >=3.8\n"
        )
        tags = "".join(f"Tag: {python}-{abi}-{platform}\n" for platform in platforms.split("."))
        (info / "WHEEL").write_text(f"Wheel-Version: 1.0\nGenerator: portvolt\nRoot-Is-Purelib: false\n{tags}")
        command = [sys.executable, "-m", "wheel", "pack", str(root), "--dest-dir", str(out)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def image(program, version, system, out):
    """A container image for `docker load` or `podman load`: the program alone, for a user without rights."""
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w", format=tarfile.PAX_FORMAT) as made:
        for folder, mode in (("tmp", 0o1777), ("work", 0o1777)):
            info = member(folder, 0, mode)
            info.type = tarfile.DIRTYPE
            made.addfile(info)
        content = pathlib.Path(program).read_bytes()
        made.addfile(member("portvolt", len(content), 0o755), io.BytesIO(content))
    layer = layer.getvalue()
    config = {
        "architecture": IMAGE_ARCHITECTURES[system],
        "os": "linux",
        "config": {"User": "65532:65532", "WorkingDir": "/work", "Entrypoint": ["/portvolt"]},
        "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]},
    }
    config = json.dumps(config).encode()
    config_name = hashlib.sha256(config).hexdigest() + ".json"
    manifest = [{"Config": config_name, "RepoTags": [f"portvolt:{version}"], "Layers": ["layer.tar"]}]
    target = pathlib.Path(out) / f"portvolt-{version}-{system}-image.tar.gz"
    with open(target, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, EPOCH) as packed:
        with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as made:
            for name, content in ((config_name, config), ("layer.tar", layer), ("manifest.json", json.dumps(manifest).encode())):
                made.addfile(member(name, len(content), 0o644), io.BytesIO(content))


if __name__ == "__main__":
    commands = {"licences": licences, "components": components, "archive": archive, "wheel": wheel, "image": image}
    commands[sys.argv[1]](*sys.argv[2:])
