"""Values of HTML and XML answers, read by selectors, and of the scripts inside pages."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from html.parser import HTMLParser

from hazard_tui.plan.rules import Extractor
from importers.correlation.produced import Found, Kind, Produced, read_by_regex
from importers.correlation.tokens import Wanted, tokens_of

_ASSIGNED = re.compile(
    r"""(?<![\w$.-])(?P<quote>["']?)(?P<name>[A-Za-z_$][\w$.-]*)(?P=quote)\s*(?P<mark>[:=])\s*"""
    r"""(?:"(?P<double>(?:[^"\\\n]|\\.)*)"|'(?P<single>(?:[^'\\\n]|\\.)*)'|(?P<number>\d+)\b)"""
)
_CALLED = re.compile(
    r"""(?P<head>\b[\w$.]+\(\s*["'](?P<name>[\w.-]+)["']\s*,\s*)(["'])(?P<value>[^"'\\\n]*)\3"""
)
_LINKS = frozenset(("href", "action", "src", "formaction", "content"))
_PLAIN_NAME = re.compile(r"[A-Za-z_][\w-]*")


class _Page(HTMLParser):
    """Collects attributes, texts and scripts."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.attributes: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        """(selector of the element with an id, text)."""
        self.scripts: list[str] = []
        self._open = ""
        self._selector = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.attributes.append((tag, values))
        self._open = tag
        identifier = values.get("id", "")
        self._selector = f"#{identifier}" if _PLAIN_NAME.fullmatch(identifier) else ""

    def handle_endtag(self, tag: str) -> None:
        self._open = self._selector = ""

    def handle_data(self, data: str) -> None:
        if self._open == "script":
            self.scripts.append(data)
        elif self._selector and data.strip():
            self.texts.append((self._selector, data))


def html_values(body: str, wanted: Wanted) -> Found:
    """Values of a page that are wanted."""
    page = _Page()
    page.feed(body)
    page.close()
    seen: Counter[str] = Counter()
    for tag, attributes in page.attributes:
        for name, value in attributes.items():
            selector = _selector(tag, attributes, name)
            seen[selector] += 1
            if value in wanted:
                yield _attribute(tag, attributes, name, selector, seen[selector])
            if name in _LINKS or name.startswith("data-"):
                yield from _link_parts(name, value, body, wanted)
    for selector, text in page.texts:
        if text in wanted:
            rule = Extractor(css=selector)
            yield Produced(
                text, Kind.ATTRIBUTE, selector[1:], (), rule, place=f"text of {selector}"
            )
    for script in page.scripts:
        yield from script_values(script, body, wanted)


def _selector(tag: str, attributes: dict[str, str], name: str) -> str:
    """`tag[key="…"]@name`, by the first attribute that tells elements apart."""
    for key in ("name", "property", "id", "http-equiv", "rel"):
        value = attributes.get(key, "")
        if value and key != name and not re.search(r'["\\\n]', value):
            return f'{tag}[{key}="{value}"]@{name}'
    return f"{tag}[{name}]@{name}"


def _attribute(
    tag: str, attributes: dict[str, str], name: str, selector: str, number: int
) -> Produced:
    rule = Extractor(css=selector, match_number=number if number > 1 else 0)
    kind = Kind.ATTRIBUTE
    label = name
    if tag in ("input", "button", "textarea") and name == "value":
        kind, label = Kind.INPUT, attributes.get("name") or attributes.get("id") or name
    elif tag == "meta" and name == "content":
        kind, label = Kind.META, attributes.get("name") or attributes.get("property") or name
    elif name.startswith("data-"):
        label = name.removeprefix("data-")
    return Produced(attributes[name], kind, label, (tag,), rule, place=f"{kind} {selector}")


def _link_parts(name: str, value: str, body: str, wanted: Wanted) -> Found:
    for text, before, after in tokens_of(value, wanted):
        query = re.search(r"([\w.-]+)=$", before)
        lead = re.escape(before)
        if query:
            lead = rf"[^\"']*?[?&](?:amp;)?{re.escape(query[1])}="
        stop = "\"'&#" if query else "\"'" + re.escape(after[:1])
        pattern = rf"{re.escape(name)}=[\"']{lead}([^{stop}]+)"
        number = _number(pattern, body, text)
        if number >= 0:
            segment = re.search(r"([\w-]+)/$", before)
            label = query[1] if query else segment[1] if segment else name
            rule = read_by_regex(pattern, number)
            yield Produced(text, Kind.TEXT, label, (name,), rule, place=f"part of a link {name}")


def _number(pattern: str, body: str, text: str) -> int:
    """Which match gives the text: 0 for the first, -1 for none."""
    for position, found in enumerate(re.finditer(pattern, body), 1):
        if found[1] == text:
            return position if position > 1 else 0
    return -1


def script_values(script: str, body: str, wanted: Wanted) -> Found:
    """Values that scripts assign to names."""
    for found in _ASSIGNED.finditer(script):
        value = found["double"] if found["double"] is not None else found["single"]
        number = value is None
        value = found["number"] if value is None else value
        plain = value.replace("\\/", "/")
        if plain not in wanted:
            continue
        name, quote, mark = found["name"], found["quote"], found["mark"]
        capture = r"(\d+)" if number else r"""["']([^"']*)"""
        pattern = rf"{quote}{re.escape(name)}{quote}\s*{mark}\s*{capture}"
        if not quote:
            pattern = r"(?:^|[^\w$.-])" + pattern
        at = _number(pattern, body, value)
        if at >= 0:
            decoded = "" if plain == value else r"value.replace(/\\\//g, '/')"
            label = name.rsplit(".", 1)[-1]
            rule = read_by_regex(pattern, at)
            yield Produced(
                plain, Kind.SCRIPT, label, ("script",), rule, decoded, f"script variable {name}"
            )
    for found in _CALLED.finditer(script):
        if found["value"] in wanted:
            pattern = re.escape(found["head"]) + r"""["']([^"']*)"""
            at = _number(pattern, body, found["value"])
            if at >= 0:
                name = found["name"]
                rule = read_by_regex(pattern, at)
                place = f"argument behind {name!r} in a script"
                yield Produced(found["value"], Kind.SCRIPT, name, ("script",), rule, place=place)


def xml_values(body: str, wanted: Wanted) -> Found:
    """Values of an XML answer; nothing when it does not parse or declares entities."""
    if "<!ENTITY" in body or "<!DOCTYPE" in body:
        return
    try:
        root = ElementTree.fromstring(body.encode())
    except (ElementTree.ParseError, ValueError):
        return
    seen: Counter[str] = Counter()
    for element in root.iter():
        name = _local(element.tag)
        expression = f"//*[local-name()='{name}']"
        seen[expression] += 1
        text = element.text or ""
        if text in wanted:
            yield _element(text, name, expression, seen[expression])
        for attribute, value in element.attrib.items():
            local = _local(attribute)
            place = f"{expression}/@*[local-name()='{local}']"
            seen[place] += 1
            if value in wanted:
                yield _element(value, local, place, seen[place])


def _local(tag: object) -> str:
    return str(tag).rsplit("}", 1)[-1]


def _element(text: str, name: str, expression: str, number: int) -> Produced:
    rule = Extractor(xpath=expression, match_number=number if number > 1 else 0)
    return Produced(text, Kind.XML, name, (), rule, place=f"XML {expression}")
