"""Every option of curl: its value, its short letter, and what hazard does with it.

Taken from `curl --help all` and the hidden and removed spellings of curl 7.1 to 8.17. A name that
ends in `=` takes a value.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Effect(StrEnum):
    """What an option changes."""

    REQUEST = "request"
    """What is sent."""
    POLICY = "policy"
    """How it is sent: connection, TLS, proxy, redirects, timeouts."""
    NONE = "none"
    """Nothing of an HTTP exchange: output, other protocols, looks."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One long option."""

    name: str
    takes_value: bool
    effect: Effect
    negatable: bool
    """`--no-NAME` is allowed."""
    newer: bool = False
    """Unknown to curl 7.88; its abbreviations do not count against older names."""


_REQUEST = """
url= request= get head data= data-raw= data-ascii= data-binary= data-urlencode= json=
url-query= form= form-string= form-escape upload-file= header= user-agent= referer= cookie=
junk-session-cookies range= time-cond= compressed tr-encoding user= basic digest ntlm
ntlm-wb negotiate anyauth oauth2-bearer= aws-sigv4= globoff path-as-is request-target=
use-ascii crlf etag-compare= continue-at= next config= disallow-username-in-url
proto-default=
"""

_POLICY = """
abstract-unix-socket= alpn alt-svc= cacert= capath= cert= cert-type= ciphers=
connect-timeout= connect-to= cookie-jar= crlfile= curves= delegation= dns-servers= doh-url=
expect100-timeout= fail fail-with-body happy-eyeballs-timeout-ms= haproxy-protocol hsts=
http0.9 http1.0 http1.1 http2 http2-prior-knowledge http3 http3-only ignore-content-length
insecure interface= ipv4 ipv6 keepalive keepalive-time= key= key-type= limit-rate=
local-port= location location-trusted max-filesize= max-redirs= max-time= netrc netrc-file=
netrc-optional noproxy= npn parallel parallel-immediate parallel-max= pass= pinnedpubkey=
post301 post302 post303 preproxy= proto= proto-redir= proxy= proxy-anyauth proxy-basic
proxy-digest proxy-header= proxy-negotiate proxy-ntlm proxy-user= proxy1.0= proxytunnel
rate= raw resolve= retry= retry-all-errors retry-connrefused retry-delay= retry-max-time=
service-name= sessionid socks4= socks4a= socks5= socks5-basic socks5-hostname= speed-limit=
speed-time= sslv2 sslv3 tcp-fastopen tcp-nodelay tls-max= tls13-ciphers= tlsv1 tlsv1.0
tlsv1.1 tlsv1.2 tlsv1.3 unix-socket=
"""

_NONE = """
append buffer cert-status clobber compressed-ssh create-dirs create-file-mode= disable
disable-eprt disable-epsv dns-interface= dns-ipv4-addr= dns-ipv6-addr= doh-cert-status
doh-insecure dump-header= egd-file= engine= eprt epsv etag-save= fail-early false-start
ftp-account= ftp-alternative-to-user= ftp-create-dirs ftp-method= ftp-pasv ftp-port=
ftp-pret ftp-skip-pasv-ip ftp-ssl ftp-ssl-ccc ftp-ssl-ccc-mode= ftp-ssl-control ftp-ssl-reqd
help hostpubmd5= hostpubsha256= include krb= krb4= libcurl= list-only login-options=
mail-auth= mail-from= mail-rcpt= mail-rcpt-allowfails manual metalink output= output-dir=
progress-bar progress-meter proxy-cacert= proxy-capath= proxy-cert= proxy-cert-type=
proxy-ciphers= proxy-crlfile= proxy-insecure proxy-key= proxy-key-type= proxy-pass=
proxy-pinnedpubkey= proxy-service-name= proxy-ssl-allow-beast proxy-ssl-auto-client-cert
proxy-tls13-ciphers= proxy-tlsauthtype= proxy-tlspassword= proxy-tlsuser= proxy-tlsv1
pubkey= quote= random-file= remote-header-name remote-name remote-name-all remote-time
remove-on-error sasl-authzid= sasl-ir show-error silent socks5-gssapi socks5-gssapi-nec
socks5-gssapi-service= ssl ssl-allow-beast ssl-auto-client-cert ssl-no-revoke ssl-reqd
ssl-revoke-best-effort stderr= styled-output suppress-connect-headers telnet-option=
test-event tftp-blksize= tftp-no-options tlsauthtype= tlspassword= tlsuser= trace=
trace-ascii= trace-time verbose version write-out= xattr
"""

_NEWER_REQUEST = "variable="

_NEWER_POLICY = """
ca-native haproxy-clientip= ech= follow ip-tos= ipfs-gateway= keepalive-cnt= mptcp
parallel-max-host= proxy-http3 sigalgs= tls-earlydata vlan-priority=
"""

_NEWER_NONE = """
proxy-ca-native proxy-http2 trace-ids wdebug dump-ca-embed out-null skip-existing
trace-config= upload-flags= knownhosts= krb-service=
"""

_ONE_WAY = """
next http1.0 http1.1 http2 http2-prior-knowledge http3 http3-only ipv4 ipv6 sslv2 sslv3
tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 proxy-tlsv1
"""
"""Switches without a `--no-` form."""

_SHORT = """
0=http1.0 1=tlsv1 2=sslv2 3=sslv3 4=ipv4 6=ipv6 a=append A=user-agent b=cookie B=use-ascii
c=cookie-jar C=continue-at d=data D=dump-header e=referer E=cert f=fail F=form g=globoff
G=get h=help H=header i=include I=head j=junk-session-cookies J=remote-header-name
k=insecure K=config l=list-only L=location m=max-time M=manual n=netrc N=no-buffer o=output
O=remote-name p=proxytunnel P=ftp-port q=disable Q=quote r=range R=remote-time s=silent
S=show-error t=telnet-option T=upload-file u=user U=proxy-user v=verbose V=version
w=write-out x=proxy X=request Y=speed-limit y=speed-time z=time-cond Z=parallel
#=progress-bar :=next
"""


def _table() -> dict[str, Flag]:
    one_way = set(_ONE_WAY.split())
    groups = (
        (_REQUEST, Effect.REQUEST, False),
        (_POLICY, Effect.POLICY, False),
        (_NONE, Effect.NONE, False),
        (_NEWER_REQUEST, Effect.REQUEST, True),
        (_NEWER_POLICY, Effect.POLICY, True),
        (_NEWER_NONE, Effect.NONE, True),
    )
    table: dict[str, Flag] = {}
    for names, effect, newer in groups:
        for item in names.split():
            name = item.rstrip("=")
            valued = item.endswith("=")
            table[name] = Flag(name, valued, effect, not valued and name not in one_way, newer)
    return table


FLAGS = _table()
"""Long name -> option."""

SHORT = {item[0]: item[2:] for item in _SHORT.split()}
"""Letter -> long name; `no-buffer` is `buffer` switched off."""


class UnknownFlag(Exception):
    """No option has this name; the message is curl's reason."""


def find_flag(word: str) -> tuple[Flag, bool]:
    """The option that `--word` means, and whether it is switched on.

    As curl: any case, and any prefix that only one option has. Raises UnknownFlag.
    """
    lower = word.lower()
    if lower in FLAGS:
        return FLAGS[lower], True
    if lower.startswith("no-"):
        flag = FLAGS.get(lower[3:])
        if flag is None:
            raise UnknownFlag(f"option --{word}: is unknown")
        if not flag.negatable:
            raise UnknownFlag(f"option --{word}: used '--no-' for option that isn't a boolean")
        return flag, False
    for newer in (False, True):
        found = [
            flag for name, flag in FLAGS.items() if name.startswith(lower) and flag.newer is newer
        ]
        if len(found) == 1:
            return found[0], True
        if found:
            raise UnknownFlag(f"option --{word}: is ambiguous")
    raise UnknownFlag(f"option --{word}: is unknown")
