"""Imports between the files of one Rust crate, with re-exports followed."""

from collections.abc import Iterator
from pathlib import Path

from import_graph import Import
from rust_modules import Module, UsePath, read_crate

# Definition of a path: a module, or the file that defines an item.
Definition = Module | Path
_Lookups = frozenset[tuple[int, str]]


def crate_imports(root_file: Path) -> Iterator[Import]:
    """Imports between the files of the crate with this root file."""
    root = read_crate(root_file)
    macros = {name: module.file for module in root.subtree() for name in module.macros}
    for module in root.subtree():
        for use in module.uses:
            is_glob = use.segments[-1] == "*"
            segments = use.segments[:-1] if is_glob else use.segments
            yield from _imports_of(module, use, _resolve(module, segments, frozenset()))
        for path in module.paths:
            yield from _imports_of(module, path, _path_in_code(module, path, macros))


def _imports_of(module: Module, path: UsePath, found: list[Definition] | None) -> Iterator[Import]:
    for definition in found or []:
        # A module alone is no dependency: the paths through it are.
        if isinstance(definition, Path) and definition != module.file:
            yield Import(module.file, definition, path.line, str(path), path.is_reexport)


def _path_in_code(
    module: Module, path: UsePath, macros: dict[str, Path]
) -> list[Definition] | None:
    first = path.segments[0]
    if len(path.segments) > 1:
        return _resolve(module, path.segments, frozenset())
    if first.endswith("!"):
        name = first[:-1]
        found = _lookup(module, name, frozenset())
        # Macros are in scope by their place in the text, not by their module.
        return found if found else [macros[name]] if name in macros else None
    # A name that `use` brought in was counted there; what a glob brings, here.
    if first in module.names or first in module.items or first in module.children:
        return None
    return _lookup_in_globs(module, first, frozenset())


def _resolve(module: Module, segments: tuple[str, ...], seen: _Lookups) -> list[Definition] | None:
    """Definitions of a path; empty for those of other crates, `None` for unknown ones."""
    first, *rest = segments
    found: list[Definition] | None
    if first == "crate":
        found = [module.root]
    elif first == "self":
        found = [module]
    elif first == "super":
        found = [module.parent] if module.parent else None
    else:
        found = _lookup(module, first, seen)
    while found and rest:
        segment = rest.pop(0).removesuffix("!")
        modules = [one for one in found if isinstance(one, Module)]
        if not modules:
            # Variants and associated items are where their type is.
            return found
        if segment == "super":
            found = [one.parent for one in modules if one.parent]
        else:
            found = [one for it in modules for one in _member(it, segment, seen)]
    return found


def _member(module: Module, name: str, seen: _Lookups) -> list[Definition]:
    found = _lookup(module, name, seen)
    if found is None:
        # No declaration shows it: a macro of the module's file made it.
        return [module.file]
    return found


def _lookup(module: Module, name: str, seen: _Lookups) -> list[Definition] | None:
    """Definitions of a name in a module's scope, of every name space."""
    key = (id(module), name)
    if key in seen:
        return None
    seen |= {key}
    found: list[Definition] = []
    if name in module.children:
        found.append(module.children[name])
    if name in module.items or name in module.macros:
        found.append(module.file)
    is_known = bool(found)
    for use in module.names.get(name, []):
        resolved = _resolve(module, use.segments, seen)
        is_known = True
        found.extend(resolved or [])
    return found if is_known else _lookup_in_globs(module, name, seen)


def _lookup_in_globs(module: Module, name: str, seen: _Lookups) -> list[Definition] | None:
    may_be_foreign = False
    for glob in module.globs:
        sources = _resolve(module, glob.segments, seen)
        may_be_foreign |= not sources
        for source in sources or []:
            if isinstance(source, Module):
                found = _lookup(source, name, seen)
                if found:
                    return found
    return [] if may_be_foreign else None
