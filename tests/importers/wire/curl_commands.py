"""Commands that are compared with the installed curl, by the options that they exercise.

`U` stands for the address of the capture server; FILES are made in the folder where curl runs.
One long table, so that an option is looked for in one place.
"""

from __future__ import annotations

import re
import subprocess
from functools import cache

FILES: dict[str, bytes] = {
    "two lines.txt": b"one\r\ntwo=2&3\n",
    "note.txt": b"line one\r\nline & two=2\n",
    "plain.txt": b"plain",
    "picture.png": b"\x89PNG\r\n\x00\xff\xfe",
    "page.html": b"<p>hi</p>\n",
    "data.bin": b"\x00\xff\x01bin\n",
    "body.json": b'{"from": "file"}\n',
    "etag.txt": b'"abc-123"\n',
}

_METHODS = """
curl U/
curl U
curl -X GET U/a
curl -X POST U/a
curl -XPATCH U/a
curl -X DELETE U/a -d x=1
curl --request OPTIONS U/a
curl --request PUT U/a -d x
curl -X wHat U/a
curl -I U/a
curl --head U/a
curl -I -X GET U/a
curl -G U/a
curl --get -d a=1 U/a
curl -I -G -d a=1 U/a
curl -d x --get --no-get U/a
curl -T plain.txt -X POST U/up
curl -F a=1 -X PUT U/form
curl -G -T plain.txt U/up
"""

_DATA = """
curl -d a=1 U/
curl -d a=1 -d b=2 -d c=3 U/
curl -d 'a=1&b=2' --data 'c=3' U/
curl -d '' U/
curl -d x -d '' -d y U/
curl --data-raw @note.txt U/
curl --data-raw '' U/
curl -d @note.txt U/
curl -d@note.txt U/
curl --data-ascii @note.txt U/
curl --data-binary @note.txt U/
curl --data-binary @data.bin U/
curl --data-binary '@two lines.txt' U/
curl -d a=1 -d @note.txt --data-binary @note.txt U/
curl --data-urlencode 'plain text & more' U/
curl --data-urlencode '=a=b c' U/
curl --data-urlencode 'name=a b/c?d=é~.-_' U/
curl --data-urlencode @note.txt U/
curl --data-urlencode field@note.txt U/
curl --data-urlencode 'a@b=c d' U/
curl -d a=1 --data-urlencode 'b= ' --data-raw @c --data-binary d U/
curl --json '{"a": 1}' U/
curl --json '{"a":' --json ' 1}' U/
curl --json @body.json U/
curl -d a --json b U/
curl --json a -d b U/
curl --json '{}' -H 'Content-Type: application/vnd.api+json' U/
curl --json '{}' -H 'content-type: text/x' U/
curl --json '{}' -H 'Accept: text/plain' -X PUT U/
curl -d '{"a":"b"}' -H 'Content-Type: application/json' U/
curl -d a=1 -H 'Content-Type;' U/
curl -d a=1 -H 'Content-Type:' U/
curl -d 'a=1' -H 'content-type: text/plain; charset=utf-8' U/
curl -d "it's" -d 'say "hi"' U/
curl -d 'a=é中' U/
curl -d $'tab\\tnew\\nline \\x41\\u00e9\\101\\'' U/
curl --data-binary $'\\xff\\xfe raw' U/
curl -d $'cut\\0off' U/
curl -d 'a[]=1&a[]=2' U/
curl -d '{{name}} {{$guid}x}' U/
curl -d @missing.txt U/
curl -d a -d @missing.txt -d b U/
curl -d '&' U/
curl -d 'a&b=2' U/
curl -d '=1' U/
curl -d 'a=%20+b' U/
"""

_QUERY = """
curl -G -d a=1 -d b=2 U/p
curl -G -d a=1 'U/p?x=0'
curl -G -d a=1 'U/p?x=0&'
curl -G -d a=1 'U/p?'
curl -G -d 'a=%2F%C3%A9' 'U/p?z=%2F'
curl -G --data-urlencode 'a=b c/d' U/p
curl -G --data-urlencode f@note.txt U/p
curl -G -d @plain.txt U/p
curl -G -d a=1 'U/p#frag'
curl -G -d 'a="<>^|' U/p
curl --url-query a=1 U/p
curl --url-query 'a=b c' --url-query 'c d' --url-query '=e f' U/p
curl --url-query '+raw=%2F' 'U/p?x'
curl --url-query a@plain.txt U/p
curl --url-query @note.txt U/p
curl --url-query a=1 -d body U/p
curl -G -d a=1 --url-query b=2 U/p
curl --url-query a=1 U/one 'U/two?b'
"""

_URLS = """
curl 'U/a/../b/./c'
curl 'U/a/b/..'
curl 'U/a/b/.'
curl 'U/../../x'
curl 'U//a//../b'
curl --path-as-is 'U/a/../b/./c'
curl --path-as-is -G -d x=1 'U/a/../b'
curl 'U/a%2e%2e/%2E/d'
curl 'U?x=1'
curl 'U/a?x=../y#frag'
curl 'U/é?q=é'
curl -g 'U/a"<>|^`{}[]?q="<>|^`{}[]'
curl 'U/a%zz%'
curl 'U/a?b?c=d#'
curl 'U/a\\b'
curl -G -d q=é 'U/é'
curl --url U/1 U/2 --url U/3
curl U/1 -o /dev/null U/2
curl -o /dev/null U/1
curl --request-target /other?x=1 U/here
curl --next U/a
curl -d x U/1 --next -d y U/2 --next U/3
curl -H 'A: 1' U/1 -: -H 'B: 2' U/2
curl -d a=1 U/1 U/2
"""

_GLOBS = """
curl 'U/{a,b}/[1-3]'
curl 'U/[01-03]'
curl 'U/[a-c]'
curl 'U/[1-9:4]'
curl 'U/[a-z:12]x{,y}'
curl 'U/{one}'
curl 'U/?a[]=1'
curl -g 'U/[1-3]{a,b}'
curl --globoff 'U/{x}'
curl 'U/\\[1-3\\]'
curl 'U/{a\\,b,c}'
curl -d x=1 'U/{a,b}'
curl -T '{plain.txt,note.txt}' 'U/[1-2]/'
curl U/{brace,expansion}/{1..3}
curl U/file{1..3..2}.txt
curl -T plain.txt 'U/{a,b}/'
"""

_FORMS = """
curl -F a=1 U/
curl -F a=1 -F b=2 -F a=3 U/
curl -F 'a= x ;type=text/x;charset=utf-8 ; filename=zz.png' U/
curl -F 'a="q;\\"z\\\\";filename="x y.gif"' U/
curl -F f=@plain.txt U/
curl -F 'f=@two lines.txt' U/
curl -F f=@picture.png -F t=text U/
curl -F 'f=@data.bin;type=image/x' U/
curl -F 'f=@plain.txt;filename=other.pdf' U/
curl -F 'f=@"plain.txt";filename="a\\"b.xml"' U/
curl -F 'f=<plain.txt' U/
curl -F 'f=<page.html' U/
curl -F 'f=<data.bin;type=text/csv' U/
curl -F 'f=@page.html' U/
curl -F 'f=@plain.txt,page.html' U/
curl -F 'f=@plain.txt,page.html;type=image/png' U/
curl -F 'a"b=1' U/
curl -F '=x' U/
curl -F 'a=' U/
curl --form-string 's=@x;type=y' U/
curl --form-string 's=<x' -F t=u U/
curl -F 'x=(;type=multipart/alternative' -F '=one' -F '=two;type=text/html' -F '=)' U/
curl -F 'a=b;encoder=8bit' U/
curl -F 'a=b;headers="X-A: 1";headers=X-B: 2' U/
curl -F 'a=1' -H 'Content-Type: multipart/form-data' U/
curl -F 'a=1' -H 'Content-Type: multipart/related; boundary=own' U/
curl -F 'a=1' -H 'Content-Type: application/x' U/
curl -F 'x=1;filename=a.txt' -F 'y=1;type=text/plain' -F 'z=<data.bin' U/
curl -F 'w=@data.bin;filename=' U/
curl --form-escape -F 'a"b=1;filename=c"d' U/
curl -F 'json={"a": [1, 2], "b": "c;d"};type=application/json' U/
curl -F 'a=é;filename=ü.txt' U/
curl -F a=1 -G U/
"""

_UPLOADS = """
curl -T plain.txt U/x
curl -T plain.txt U/dir/
curl -T plain.txt U
curl -T plain.txt 'U/dir/?q=1'
curl -T plain.txt 'U?q=1'
curl -T 'two lines.txt' U/dir/
curl --upload-file data.bin U/x
curl -T note.txt -H 'Content-Type: text/plain' U/x
curl -T '' U/x
curl -T - U/x < note.txt
curl -T . U/x <<< text
curl -T plain.txt U/1 -T note.txt U/2
curl U/1 U/2 -T plain.txt
echo from pipe | curl -T - U/x
"""

_HEADERS = """
curl -H 'A: b' U/
curl -H 'A:b' -H 'C:  d  ' U/
curl -H 'X;' U/
curl -H 'X: 1' -H 'X: 2' U/
curl -H 'X: 1' -H 'x:' U/
curl -H 'NoColon' U/
curl -H ': x' U/
curl -H 'Accept:' -H 'User-Agent:' U/
curl -H 'Host: other.example' U/
curl -H 'V : q' U/
curl -H $'A: b\\r\\nC: d' U/
curl -A agent/1 U/
curl -A '' U/
curl -A one -A two U/
curl -A one -H 'User-Agent: two' U/
curl -e http://r/ U/
curl -e 'http://r/;auto' U/
curl -e ';auto' U/
curl -e one -H 'Referer: two' U/
curl -b a=1 U/
curl -b 'a=1; b=2' U/
curl -b a=1 -b b=2 U/
curl -b '' U/
curl -b missing.txt U/
curl -b a=1 -H 'Cookie: b=2' U/
curl -r 0-99 U/
curl -r 5 U/
curl -r -5 U/
curl -r 0-1,5- U/
curl -r 1-2 -H 'Range: bytes=9-' U/
curl -r 0-3 -d x U/
curl -z 20240102 U/
curl -z '2 Jan 2024' U/
curl -z '-Mon, 01 Jan 2024 00:00:00 GMT' U/
curl -z '=Tue, 02 Jan 2024 03:04:05 +0100' U/
curl -z 'Tue, 02 Jan 2024 03:04:05 EST' U/
curl -z yesterday U/
curl -C - U/
curl --compressed U/
curl --tr-encoding U/
curl --etag-compare etag.txt U/
curl -H 'Content-Type: text/x' U/
curl -H 'Transfer-Encoding: chunked' -d abc U/
curl -H 'Content-Length: 0' -X POST U/
curl -H 'Expect:' -d x U/
"""

_AUTH = """
curl -u user:pass U/
curl -u user:pass:word U/
curl -u user: U/
curl -u :pass U/
curl -u user U/
curl --user 'us er:pä' U/
curl --basic -u a:b U/
curl -u a:b -d x U/
curl --oauth2-bearer tok U/
curl --oauth2-bearer tok -u a:b U/
curl --oauth2-bearer tok -u a:b --basic U/
curl --digest -u a:b U/
curl --anyauth -u a:b U/
curl --digest U/
curl -u a:b -H 'Authorization: own' U/
curl -u a:b -H 'authorization:' U/
curl --digest --no-digest -u a:b U/
"""

_PARSING = """
curl -sSL U/a
curl -sSXPOST U/a -dx=1
curl -sX POST -da=1 -H'A: b' U/a
curl -kisvS U/a
curl --sil --sho U/a
curl --DATA x U/a
curl --dat x U/a || curl --data x U/a
curl -- U/a
curl U/a -- -x U/b
curl -d x -- U/a
curl -d --data U/a
curl -H -d -d x U/a
curl -o /dev/null -w '%{http_code}' -D /dev/null U/a
curl --no-buffer -N --no-progress-meter U/a
curl --no-location --no-insecure U/a
curl -m 5 --connect-timeout 2.5 --max-redirs 3 U/a
curl --http1.1 --ipv4 -4 U/a
curl --retry 2 --retry-delay 1 U/a
curl --limit-rate 1M -Y 1 -y 100 U/a
curl -f --no-fail --fail-with-body U/a
curl -#fsSL U/a
curl -K - U/a <<< 'data = "from config"'
curl -K - <<'EOF'
url = "U/config"
header = "A: \\"q\\""
request PATCH
-d x=1
# comment
EOF
"""

_SHELL = r"""
curl "U/a" -H "A: b \"c\" \$d \\e \f"
curl 'U/a' -H 'A: "b"'\''c'\'''
curl U/a -d a\ b\&c
curl \
  -d 'x=1' \
  U/a
curl U/a -d 'two
lines'
curl U/a -d "two
lines \
joined"
curl U/a # comment
curl U/a#fragment
curl U/a -d x > /dev/null 2>&1
curl U/1; curl U/2 && curl U/3 || curl U/4
curl U/1 & wait; curl U/2
(curl U/1; curl U/2)
{ curl U/1; curl U/2; }
if true; then curl U/1; fi
! curl U/1
time curl U/1
env A=b curl U/1
curl U/a -d "$UNSET_VARIABLE"
curl U/a -d "x${UNSET_VARIABLE}y"
curl "U/${UNSET_VARIABLE:-default}/x"
TOKEN=abc; curl -H "Authorization: Bearer $TOKEN" U/
export BASE=U; curl $BASE/a "${BASE}/b"
X=1; curl U/$X; X=2; curl U/$X
curl U/a -d "$(echo hello world)"
curl U/a -d `echo back`
curl U/a -d $"locale" -d $'\e\x7e'
curl -d @- U/a <<EOF
here $UNSET_VARIABLE \$x "q"
EOF
curl -d @- U/a <<'EOF'
raw $x `y`
EOF
curl --data-binary @- U/a <<-EOF
	tabs
	gone
	EOF
curl -d @- U/a <<< "here string"
curl --data-binary @- U/a <<< 'one
two'
echo piped words | curl --data-binary @- U/a
echo -n piped | curl -d @- U/a
cat note.txt | curl --data-binary @- U/a
curl --data-binary @- U/a < data.bin
curl -F 'f=@-;filename=x.txt' U/a <<< text
curl -F 'f=<-' U/a <<< text
curl -d @- U/a
curl -d a -d @- -d b U/a < note.txt
curl --data-urlencode n@- U/a <<< 'a b&c'
curl U/a{1,2} U/"b{1,2}" -g
curl -d {a,b} U/x
curl U/a -d '$(touch created)' -d '`touch created`'
curl U/a -H "$(printf 'A: b')" || true
curl -F 'f=@-' U/a <<< text
curl -F 'f=@-;filename=name' U/a <<< text
printf 'a=1&b=2' | curl -d @- U/a
printf 'one\ntwo\\' | curl --data-binary @- U/a
WHERE=U/x?y=1; curl -d a $WHERE
WHERE=U; curl $WHERE; curl $WHERE?z
"""


def _single(table: str) -> list[str]:
    """Commands of a table, one a line; those that Bash would not take yet go on."""
    commands: list[str] = []
    for line in table.strip("\n").split("\n"):
        if commands and not _complete(commands[-1]):
            commands[-1] += "\n" + line
        else:
            commands.append(line)
    return commands


def _complete(text: str) -> bool:
    """True when Bash would not ask for another line."""
    if not re.search(r"[\\]$|['\"<]", text):
        return True
    done = subprocess.run(
        ["bash", "-n", "-c", text], capture_output=True, text=True, check=False, timeout=20
    )
    return done.returncode == 0 and "here-document" not in done.stderr and text[-1] != "\\"


@cache
def own_commands() -> dict[str, str]:
    """Name -> command, with `U` for the address."""
    tables = {
        "method": _METHODS,
        "data": _DATA,
        "query": _QUERY,
        "url": _URLS,
        "glob": _GLOBS,
        "form": _FORMS,
        "upload": _UPLOADS,
        "header": _HEADERS,
        "auth": _AUTH,
        "parsing": _PARSING,
        "shell": _SHELL,
    }
    return {
        f"{group}-{number:02}": command
        for group, table in tables.items()
        for number, command in enumerate(_single(table), 1)
    }
