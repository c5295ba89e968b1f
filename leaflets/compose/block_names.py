"""The blocks of a project's templates: one of a name that the template it extends does not have is printed nowhere."""

from __future__ import annotations

import difflib

from jinja2 import Environment, TemplateSyntaxError, nodes

from leaflets.errors import RenderError

OWN_PREFIX = "leaflet:"
"""How a project's template names ours."""


def require_known_blocks(environment: Environment, templates: dict[str, str]) -> None:
    """Raises RenderError, with file and line, where a template that extends another has a block which that has not.

    A block within another one of the same template is its own affair. Templates whose parent is worked out while they
    run, or that do not exist, are left to the errors of their own.
    """
    for name, text in templates.items():
        if f"{OWN_PREFIX}{name}" not in templates:
            continue  # ours
        try:
            tree = environment.parse(text, name, name)
        except TemplateSyntaxError:
            return  # whatever uses it says so
        known = _blocks_of_parents(environment, tree, templates)
        for block in (node for node in tree.body if isinstance(node, nodes.Block)):
            if known is not None and block.name not in known:
                near = difflib.get_close_matches(block.name, known, n=1, cutoff=0.4)
                hint = f"Did you mean “{near[0]}”? " if near else ""
                raise RenderError(
                    f"templates/{name}:{block.lineno}: there is no block “{block.name}” in the template it extends",
                    f"{hint}“leaflet help theme” lists the blocks.",
                )


def _blocks_of_parents(environment: Environment, tree: nodes.Template, templates: dict[str, str]) -> set[str] | None:
    """The names of all blocks of the templates that one extends; None where it extends none, or none that is known."""
    names: set[str] = set()
    seen: set[str] = set()
    while True:
        extends = next(tree.find_all(nodes.Extends), None)
        if extends is None:
            return names or None
        parent = extends.template.value if isinstance(extends.template, nodes.Const) else ""
        if parent not in templates or parent in seen:
            parent = parent.removeprefix(OWN_PREFIX)
        if parent not in templates or parent in seen:
            return None
        seen.add(parent)
        tree = environment.parse(templates[parent], parent, parent)
        names |= {block.name for block in tree.find_all(nodes.Block)}
