"""What a review shows of an import: its requests, what was said about each, and words to filter."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

from hazard_tui.plan.edit import Path
from hazard_tui.plan.findings import Finding
from hazard_tui.plan.model import Plan, Step
from hazard_tui.plan.request import Request
from hazard_tui.plan.urls import split_authority, split_scheme
from hazard_tui.plan.variables import plan_steps
from importers.findings import Fate, ImportResult, Record

_STATIC = re.compile(
    r"\.(?:js|mjs|css|map|png|jpe?g|gif|svg|ico|webp|avif|woff2?|ttf|otf|eot|mp4|webm)$",
    re.IGNORECASE,
)
FACETS = ("host", "method", "type")


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One request of an import."""

    path: Path
    step: Step
    method: str
    host: str
    title: str
    """Path of the URL and name of the step."""
    type: str
    """`static`, or what is sent: `json`, `form`, `multipart`, `graphql`, `file`, `text`, `none`."""
    findings: tuple[Finding, ...]
    """What was said about it or a part of it."""
    records: tuple[Record, ...]
    """Its parts that were changed or dropped."""

    def facet(self, name: str) -> str:
        """Value of one of `FACETS`."""
        return {"host": self.host, "method": self.method, "type": self.type}[name]

    @property
    def line(self) -> str:
        """What a pattern is looked for in."""
        return f"{self.method} {self.host}{self.title}"


def review_items(result: ImportResult) -> list[ReviewItem]:
    """The requests of an import in the order of the plan."""
    lost = [one for one in result.records if one.fate is not Fate.KEPT]
    items = []
    for path, step in plan_steps(result.plan):
        if step.request is None:
            continue
        pointer = step.provenance.pointer if step.provenance else ""
        host, place = _address(step.request.url)
        items.append(
            ReviewItem(
                path=path,
                step=step,
                method=step.request.effective_method,
                host=host,
                title=f"{place}  {step.name}".strip(),
                type=request_type(step.request),
                findings=tuple(one for one in result.findings if _is_about(one.where, pointer)),
                records=tuple(one for one in lost if _is_inside(one.pointer, pointer)),
            )
        )
    return items


def _address(url: str) -> tuple[str, str]:
    """Host, or the variable that stands for it, and what follows; the query is left out."""
    host, place = split_authority(split_scheme(url)[1])
    return host, re.split("[?#]", place)[0]


def request_type(request: Request) -> str:
    """`static` by the URL's ending, else the kind of body."""
    if request.body is None:
        url = request.url
        path = url if "{{" in url else urlsplit(url).path
        return "static" if _STATIC.search(path) else "none"
    kind = request.body.choice
    if kind != "text":
        return {"urlencoded": "form", "bytes": "file"}.get(kind, kind or "none")
    types = [one.value for one in request.headers if one.name.lower() == "content-type"]
    content = " ".join([request.body.content_type, *types]).lower()
    text = request.body.text.content.lstrip()[:1] if request.body.text else ""
    return "json" if "json" in content or text in ("{", "[") else "text"


def _is_about(where: str, pointer: str) -> bool:
    return bool(pointer) and _is_inside(where.rpartition("#")[2], pointer)


def _is_inside(place: str, pointer: str) -> bool:
    """True for the pointer itself and what lies below it."""
    return bool(pointer) and (place == pointer or place.startswith(f"{pointer}/"))


def filtered(items: list[ReviewItem], text: str) -> list[ReviewItem]:
    """Items that fit all words: `host:a`, `method:post`, `type:json`, or a pattern of the line.

    A word behind `!` must not fit.
    """
    for word in text.split():
        wanted = not word.startswith("!")
        word = word.removeprefix("!")
        items = [item for item in items if _fits(item, word) is wanted] if word else items
    return items


def _fits(item: ReviewItem, word: str) -> bool:
    name, colon, value = word.partition(":")
    if colon and name in FACETS:
        return value.lower() in item.facet(name).lower()
    try:
        return re.search(word, item.line, re.IGNORECASE) is not None
    except re.error:
        return word.lower() in item.line.lower()


def facet_words(items: list[ReviewItem]) -> list[tuple[str, int]]:
    """Words that choose by host, method or type, each with how many items it leaves."""
    found: list[tuple[str, int]] = []
    for name in FACETS:
        counts = Counter(item.facet(name) for item in items)
        found += [(f"{name}:{value}", count) for value, count in counts.most_common() if value]
    return found


def without_unticked(plan: Plan, items: list[ReviewItem], ticked: set[Path]) -> Plan:
    """The plan without the requests that are not ticked, and without what became empty by that."""
    from hazard_tui.plan import edit

    for item in reversed(items):
        path = item.path
        if path in ticked:
            continue
        if path[0] == "setup" and len(path) == 3:
            kept = tuple(one for index, one in enumerate(plan.setup) if index != path[1])
            plan = plan.model_copy(update={"setup": kept})
        else:
            plan = edit.remove(plan, path)
    for path, step in reversed(list(plan_steps(plan))):
        if step.choice == "group" and not step.children and path[0] != "setup":
            plan = edit.remove(plan, path)
    tasks = tuple(task for task in plan.tasks if task.steps or task.preparation)
    return plan.model_copy(update={"tasks": tasks})
