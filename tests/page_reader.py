"""Reads the page, and checks that no text of a capture is anything but text in it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

VOID = {"meta", "input", "br", "path", "rect"}
TAGS = set(
    "html head meta title style script body a header h1 h2 h3 h4 h5 h6 p nav ul ol li main section figure svg defs pattern path text rect"
    " figcaption details summary div span b code mark dl dt dd pre table caption thead tbody tr th td form label input fieldset legend button"
    " output br search select option".split()
)
ATTRIBUTES = set(
    "lang charset http-equiv content name class href aria-label aria-labelledby aria-hidden aria-live id viewbox role width height"
    " patternunits d x y fill fill-opacity tabindex scope title data-sort data-rule data-machine type value checked hidden open autocomplete placeholder".split()
)


class Page(HTMLParser):
    """Reads a page: its tags as a tree that must close, its attributes, and its text."""

    def __init__(self, data: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(data.decode())
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):  # noqa: D102
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):  # noqa: D102
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):  # noqa: D102
        assert self.open.pop() == tag

    def handle_data(self, data):  # noqa: D102
        if self.open and self.open[-1] not in {"script", "style"}:
            self.texts.append(data)

    def of(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        """Return the attributes of the tags of one name that have certain ones."""
        return [found for name, found in self.tags if name == tag and all(found.get(key) == value for key, value in wanted.items())]


def assert_harmless(data: bytes, *, scripts: int = 1) -> Page:
    """Check that nothing in a page is a tag or an attribute that the report did not write, or leads anywhere else."""
    page = Page(data)
    assert {tag for tag, _ in page.tags} <= TAGS
    assert {name for _, attributes in page.tags for name in attributes} <= ATTRIBUTES
    ids = [found["id"] for _, found in page.tags if "id" in found]
    assert len(set(ids)) == len(ids)
    for link in page.of("a"):
        assert link["href"][0] == "#"
        assert link["href"][1:] in ids
    assert (len(page.of("script")), len(page.of("style"))) == (scripts, 1)
    text = data.decode()
    assert not re.search(r"url\(|@import|</script>.*<script", text.split("</style>")[0], re.DOTALL)
    assert all(character.isprintable() or character == "\n" for character in text)
    return page
