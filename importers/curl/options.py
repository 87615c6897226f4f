"""Reads the words of a curl command as curl's own option parser does.

Combined letters (`-sSL`, `-XPOST`), abbreviations, `--no-`, `--`, `--next`; the order of options
matters where it does for curl. Every option and URL gives one `Use`.
"""

from __future__ import annotations

from collections.abc import Callable

from importers.curl import config_text, payload, policies
from importers.curl.expand import Expander
from importers.curl.flags import FLAGS, SHORT, Effect, Flag, UnknownFlag, find_flag
from importers.curl.forms import read_form
from importers.curl.marks import Marks
from importers.curl.operation import Operation, Refused, Target, Use
from importers.curl.words import Stdin, Word

_CONFIG_DEPTH = 3


class OptionReader:
    """Reads one command line into `operations` and `uses`."""

    def __init__(
        self,
        marks: Marks,
        stdin: Stdin | None,
        jars: set[str],
        read_file: Callable[[str], str | None] | None = None,
    ) -> None:
        """`jars`: cookie files that commands of the same text write (`-c`). `read_file` gives the
        text of a file of `-K`, or None."""
        self.marks = marks
        self.jars = jars
        self._read_file = read_file
        self.operations = [Operation()]
        self.uses: list[Use] = []
        self.input = payload.Input(marks, stdin)
        self.expander = Expander(marks, self.input)
        self._config_depth = 0
        self._taken = 0

    @property
    def operation(self) -> Operation:
        """The operation that options belong to at the moment."""
        return self.operations[-1]

    def read(self, words: list[Word]) -> None:
        """Reads all words after `curl`, and goes on to count them where curl gives up.

        Raises Refused with the first reason.
        """
        index, options = 0, True
        reason: Refused | None = None
        while index < len(words):
            word = words[index]
            following = words[index + 1] if index + 1 < len(words) else None
            index += 1
            if options and word.text == "--":
                options = False
                continue
            self._taken = 0
            try:
                self._one(word, following, options)
            except Refused as refused:
                reason = reason or refused
            index += self._taken
        if reason is not None:
            raise reason

    def _one(self, word: Word, following: Word | None, options: bool) -> None:
        if options and word.text.startswith("--"):
            self._long(word, following)
        elif options and word.text.startswith("-"):
            self._letters(word, following)
        else:
            self._url(word.text, self._use(word.pointer, "url", word.text))

    def _use(self, pointer: str, kind: str, name: str) -> Use:
        use = Use(pointer, kind, self.marks.template(name))
        self.uses.append(use)
        return use

    def _long(self, word: Word, following: Word | None) -> None:
        """`--name`; `_taken` becomes 1 when the following word is its value."""
        use = self._use(word.pointer, "flag", word.text.partition("=")[0])
        name, equals, joined = word.text[2:].partition("=")
        expand = name.startswith("expand-")
        try:
            flag, on = find_flag(name.removeprefix("expand-") if expand else name)
        except UnknownFlag as unknown:
            raise Refused(str(unknown)) from None
        if equals and not flag.takes_value:
            raise Refused(f"option --{name}: takes no value")
        if not flag.takes_value:
            self._switch(flag, on, use)
            return
        if equals:
            use.change("joined with '=', which only curl 8.16 and later read", "newer-curl")
            value = joined
        elif following is None:
            raise Refused(f"option --{name}: requires parameter")
        else:
            value, self._taken = following.text, 1
        self._value(flag, self.expander.expand(value) if expand else value, use)

    def _letters(self, word: Word, following: Word | None) -> None:
        """`-abc`: switches, the last may take a value: the rest of the word or the next one."""
        text = word.text[1:]
        if not text:
            raise Refused("option -: is unknown")
        for index, letter in enumerate(text):
            use = self._use(word.pointer, "flag", f"-{letter}")
            name = SHORT.get(letter, "")
            on = not name.startswith("no-")
            flag = FLAGS.get(name.removeprefix("no-"))
            if flag is None:
                raise Refused(f"option -{letter}: is unknown")
            if not flag.takes_value:
                self._switch(flag, on, use)
                continue
            if text[index + 1 :]:
                self._value(flag, text[index + 1 :], use)
                return
            if following is None:
                raise Refused(f"option -{letter}: requires parameter")
            self._taken = 1
            self._value(flag, following.text, use)
            return

    def _switch(self, flag: Flag, on: bool, use: Use) -> None:
        operation = self.operation
        if flag.name == "next":
            if operation.targets and operation.targets[0].url is not None:
                self.operations.append(Operation())
            else:
                use.drop("there is no URL before it", "no-effect", warns=False)
        elif flag.name in ("head", "get"):
            if flag.name == "head" and not on:
                raise Refused("option --no-head: is badly used here")
            setattr(operation, flag.name, on)
            if flag.name == "head":
                operation.choose("HEAD")
        elif flag.name in ("help", "manual", "version") and on:
            raise Refused(f"--{flag.name} prints a text and sends nothing")
        elif flag.name in _SWITCHES:
            setattr(operation, _SWITCHES[flag.name], on)
        elif flag.name in _SCHEMES:
            _switch_scheme(operation, _SCHEMES[flag.name], on)
        elif flag.effect is Effect.NONE:
            use.drop("it has no effect on what is sent", "no-effect", warns=False)
        else:
            policies.apply_switch(operation, flag.name, on, use)

    def _value(self, flag: Flag, value: str, use: Use) -> None:
        handler = _VALUES.get(flag.name)
        if handler is not None:
            handler(self, value, use)
        elif flag.effect is Effect.NONE:
            use.drop("it has no effect on what is sent", "no-effect", warns=False)
            if flag.name == "output":
                self._slot("output")
        else:
            policies.apply_value(self.operation, flag.name, self.marks, value, use)
            if flag.name == "cookie-jar":
                self.jars.add(value)

    def _slot(self, what: str) -> Target:
        """The first target that lacks a URL or upload, as curl pairs them; a new one if none."""
        targets, first_open = self.operation.targets, self.operation.first_open
        if what != "output":
            for index in range(first_open.get(what, 0), len(targets)):
                first_open[what] = index
                if getattr(targets[index], what) is None:
                    return targets[index]
        target = Target()
        if what != "output" or not self.operation.targets:
            self.operation.targets.append(target)
        return target

    def _url(self, value: str, use: Use) -> None:
        target = self._slot("url")
        target.url, target.pointer = value, use.pointer

    def _upload(self, value: str, use: Use) -> None:
        self._slot("upload").upload = value
        self.operation.choose("PUT")

    def _data(self, value: str, use: Use, how: str) -> None:
        data = payload.read_data(self.input, value, how, use)
        operation = self.operation
        if operation.data is None:
            operation.data = data
        else:
            operation.data += data if how == "json" else "&" + data
        operation.json |= how == "json"

    def _query(self, value: str, use: Use) -> None:
        text = value[1:] if value.startswith("+") else payload.url_encoded(self.input, value, use)
        known = self.operation.query
        self.operation.query = text if known is None else f"{known}&{text}"

    def _form(self, value: str, use: Use, literal: bool) -> None:
        read_form(self.operation, value, literal, self.input, use)
        self.operation.choose("form")

    def _header(self, value: str, use: Use) -> None:
        if not value.startswith("@"):
            self.operation.headers += [line for line in value.split("\r\n") if line]
        elif value == "@-" and self.input.known:
            self.operation.headers += [line for line in self.input.take().splitlines() if line]
        else:
            use.drop(
                f"its headers stand in the file {self.marks.template(value[1:])}, which is not "
                "opened at import",
                "file-not-opened",
                fix="add the headers to the request",
            )

    def _cookie(self, value: str, use: Use) -> None:
        if "=" in value or self.marks.in_text(value):
            self.operation.cookies.append(value.removeprefix("Cookie: "))
            return
        self.operation.cookie_engine = True
        if value in self.jars:
            use.change("the user's own jar holds the cookies of the requests before", "cookie-jar")
        elif value:
            use.drop(
                f"its cookies stand in the file {self.marks.template(value)}, which is not opened "
                "at import",
                "file-not-opened",
                fix="add a Cookie header with their values",
            )

    def _config(self, value: str, use: Use) -> None:
        text = self._config_text(value)
        if text is None:
            use.drop(
                f"the file {self.marks.template(value)} is not opened at import",
                "file-not-opened",
                fix="paste its options into the command, or lay the file beside the one with the "
                "command and import that",
            )
            return
        if value != "-":
            use.change(f"its options were read from {value}", "config-read")
        self._config_depth += 1
        for line in config_text.read_config(text, use.pointer):
            self._long(line.option, line.value)
        self._config_depth -= 1

    def _config_text(self, value: str) -> str | None:
        """The text that `-K` names; None where it is not known."""
        if self._config_depth >= _CONFIG_DEPTH:
            return None
        if value == "-":
            return self.input.take() if self.input.known else None
        plain = self.marks.template(value) == value
        return self._read_file(value) if self._read_file is not None and plain else None

    def _variable(self, value: str, use: Use) -> None:
        self.expander.define(value, use)

    def _continue(self, value: str, use: Use) -> None:
        if value == "-":
            use.drop("the size of a local file is not known", "no-effect", warns=False)
            return
        if not value.isdigit():
            positive = value.startswith("-") and value[1:].isdigit()
            kind = "positive numerical" if positive else "proper numerical"
            raise Refused(f"option -C: expected a {kind} parameter")
        self.operation.resume = int(value)

    def _bearer(self, value: str, use: Use) -> None:
        self.operation.bearer = value
        self.operation.schemes.add("bearer")

    def _referer(self, value: str, use: Use) -> None:
        address, auto, _ = value.partition(";auto")
        self.operation.referer = address or None
        if auto:
            self.operation.policies["drop_referer_on_redirect"] = False


def _switch_scheme(operation: Operation, scheme: str, on: bool) -> None:
    if scheme == "any":
        operation.schemes = {"basic", "digest", "ntlm", "any"} if on else set()
    elif on:
        operation.schemes.add(scheme)
    else:
        operation.schemes.discard(scheme)


_SWITCHES = {
    "compressed": "compressed",
    "tr-encoding": "tr_encoding",
    "globoff": "globoff",
    "path-as-is": "path_as_is",
    "disallow-username-in-url": "no_user_in_url",
    "form-escape": "form_escape",
}
_SCHEMES = {
    "basic": "basic",
    "digest": "digest",
    "ntlm": "ntlm",
    "ntlm-wb": "ntlm",
    "negotiate": "negotiate",
    "anyauth": "any",
}

_Handler = Callable[[OptionReader, str, Use], None]


def _stores(name: str) -> _Handler:
    def store(reader: OptionReader, value: str, use: Use) -> None:
        setattr(reader.operation, name, value)

    return store


def _data_as(how: str) -> _Handler:
    return lambda reader, value, use: reader._data(value, use, how)


_VALUES: dict[str, _Handler] = {
    "url": OptionReader._url,
    "upload-file": OptionReader._upload,
    "data": _data_as("text"),
    "data-ascii": _data_as("text"),
    "data-binary": _data_as("binary"),
    "data-raw": _data_as("raw"),
    "data-urlencode": _data_as("urlencode"),
    "json": _data_as("json"),
    "url-query": OptionReader._query,
    "form": lambda reader, value, use: reader._form(value, use, False),
    "form-string": lambda reader, value, use: reader._form(value, use, True),
    "header": OptionReader._header,
    "cookie": OptionReader._cookie,
    "config": OptionReader._config,
    "variable": OptionReader._variable,
    "continue-at": OptionReader._continue,
    "oauth2-bearer": OptionReader._bearer,
    "referer": OptionReader._referer,
    "request": _stores("method"),
    "user-agent": _stores("agent"),
    "range": lambda reader, value, use: payload.read_range(reader.operation, value, use),
    "time-cond": _stores("time_condition"),
    "etag-compare": _stores("etag_file"),
    "user": _stores("user"),
    "aws-sigv4": _stores("aws"),
    "request-target": _stores("request_target"),
    "proto-default": _stores("default_scheme"),
}
