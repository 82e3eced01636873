"""A self-contained document: one HTML file with its style, scripts, charts and numbers, which loads nothing from anywhere."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import lru_cache
from importlib.resources import files
from typing import Any

import altair as alt
import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from steelyard import __version__
from steelyard.report.charts.figure import Figure
from steelyard.report.digits import plural
from steelyard.report.specification import specification


def render(
    template: str, *, view: Any, figures: tuple[Figure, ...], record: Any, own: str | None = None
) -> str:
    """Return a template of this package as one HTML page that needs no network.

    Its Content-Security-Policy allows only the scripts and the style of this page, by their hashes, so that no name,
    question or error text in it can run anything or send anything; Vega's expressions are interpreted, not evaluated.

    Args:
        template: file in `templates` that extends `base.html.j2`.
        view: what it shows, as texts, under the name `view`.
        figures: the charts.
        record: the numbers as JSON values, which stand in the page too.
        own: name of a style and a script of its own, `NAME.css` and `NAME.js` in `templates`.
    """
    style, script = _asset("report.css"), _asset("report.js")
    own_script = ""
    if own is not None:
        style, own_script = style + _asset(f"{own}.css"), _asset(f"{own}.js")
    library = _library() if figures else ""
    return (
        _environment()
        .get_template(template)
        .render(
            view=view,
            version=__version__,
            policy=_policy(scripts=(library, script, own_script), style=style),
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            own_script=Markup(own_script),  # noqa: S704 - our own file
            library=Markup(library),  # noqa: S704 - vl-convert's bundle, checked for an early end of the element
            chart_data=embedded_json({figure.name: specification(figure.chart) for figure in figures}),
            result_data=embedded_json(record),
        )
    )


def figure_texts(figure: Figure) -> dict[str, Any]:
    """Return a figure as the texts that the templates show beside its drawing."""
    return {
        "name": figure.name,
        "title": figure.title,
        "caption": figure.caption,
        "columns": figure.columns,
        "rows": figure.rows,
        "count": plural(len(figure.rows), "row"),
    }


def embedded_json(value: Any) -> Markup:
    r"""Return JSON that can stand in a script element: nothing in it can end the element or open a comment.

    >>> str(embedded_json({"level": "</script>"}))
    '{"level":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - the characters that HTML reads are escaped above; json.dumps left only ASCII


def _policy(*, scripts: tuple[str, ...], style: str) -> str:
    allowed = " ".join(_hash(script) for script in scripts if script)
    return (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@lru_cache(maxsize=1)
def _library() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script, in the versions that the charts were checked against."""
    version = "_".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    bundle = (
        vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", vl_version=version)
        .replace("\r\n", "\n")
        .replace("\r", "\n")
    )
    return bundle.replace("</script", "<\\/script").replace("<!--", "<\\!--")


def _asset(name: str) -> str:
    return (files("steelyard.report") / "templates" / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("steelyard.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
