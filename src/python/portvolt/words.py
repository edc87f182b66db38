"""What Python says, in the words of the command line."""

from collections.abc import Iterable, Mapping
from os import PathLike

Path = str | PathLike


def settings(given: Mapping | Iterable[str] | None) -> list[str]:
    """Settings as the command line writes them: ``{"time.days": 2}`` is ``["time.days=2"]``."""
    if given is None:
        return []
    if isinstance(given, str):
        return [given]
    if isinstance(given, Mapping):
        return [f"{path}={_set(path, value)}" for path, value in given.items()]
    return list(given)


def strategies(given: Mapping | Iterable | str | None) -> list[str]:
    """Strategies as the command line writes them: a word with commas, or a list of words and of settings."""
    if given is None:
        return []
    if isinstance(given, (str, Mapping)):
        given = [given]
    return ["+".join(settings(one)) if isinstance(one, Mapping) else str(one) for one in given]


def overlays(given: Path | Iterable[Path] | None) -> list:
    """One strategy, or several of which each lies on those before."""
    if given is None:
        return []
    return [given] if isinstance(given, (str, PathLike)) else list(given)


def toml(given: Mapping) -> str:
    """A mapping file's text."""
    return "".join(f"{key} = {_inner(value)}\n" for key, value in given.items())


def _set(path, value) -> str:
    try:
        return _toml(value)
    except ValueError as error:
        raise ValueError(f"set: {path}: {error}") from None


def _toml(value) -> str:
    if value is None:
        raise ValueError("None is no value of a file: leave it out, and what the files say stays")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_inner(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_inner(inner) for inner in value) + "]"
    return str(value)


def _inner(value) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    return _toml(value)
