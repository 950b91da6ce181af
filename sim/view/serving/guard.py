"""Who gets in: a token, the names of this machine, and no pages of other origins."""

import hmac
import ipaddress

from aiohttp import web
from aiohttp.typedefs import Handler

SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Guard:
    """The checks that every request passes.

    Parameters
    ----------
    token
        Without which nothing is shown.
    host
        On which the server listens.
    """

    def __init__(self, token: str, host: str) -> None:
        self.token, self.host = token, host

    @property
    def cookie(self) -> str:
        """Name of the cookie that holds the token; ports of one host share cookies."""
        return f"faradic-{secret_name(self.token)}"

    @web.middleware
    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Refuse names of other hosts (DNS rebinding), pages of other origins, and whoever has no token."""
        if not self._is_own_host(_asked_host(request)):
            raise web.HTTPForbidden(text="unknown host name\n", headers=SAFE_HEADERS)
        origin = request.headers.get("Origin")
        if origin is not None and origin.split("://", 1)[-1] != request.headers.get("Host"):
            raise web.HTTPForbidden(text="unknown origin\n", headers=SAFE_HEADERS)
        if _is_embedded_elsewhere(request):
            raise web.HTTPForbidden(text="asked for by another page\n", headers=SAFE_HEADERS)
        if not (self._knows(request.cookies.get(self.cookie)) or self._enters_with_token(request)):
            text = "A token is needed: open the address that faradic serve has printed.\n"
            raise web.HTTPForbidden(text=text, headers=SAFE_HEADERS)
        try:
            if request.path == "/" and "token" in request.query:
                raise self._admitted()
            response = await handler(request)
        except web.HTTPException as error:
            error.headers.update(SAFE_HEADERS)
            raise
        if not response.prepared:
            response.headers.update(SAFE_HEADERS)
        return response

    def _admitted(self) -> web.HTTPFound:
        """Takes the token out of the address and keeps it in a cookie."""
        response = web.HTTPFound("/")
        response.set_cookie(self.cookie, self.token, httponly=True, samesite="Strict", path="/")
        return response

    def _knows(self, given: str | None) -> bool:
        return given is not None and hmac.compare_digest(given.encode(errors="replace"), self.token.encode())

    def _enters_with_token(self, request: web.Request) -> bool:
        return request.path == "/" and self._knows(request.query.get("token"))

    def _is_own_host(self, name: str) -> bool:
        if not is_loopback(self.host):
            return True  # it has names that are not known here; the token decides
        return is_loopback(name)


def _asked_host(request: web.Request) -> str:
    """The name in the request; empty where there is none that can be read."""
    try:
        return request.url.host or ""
    except ValueError:
        return ""


def _is_embedded_elsewhere(request: web.Request) -> bool:
    """Whether a page of another origin, also of another port, asks for this as a part of its own."""
    site = request.headers.get("Sec-Fetch-Site", "none")
    return site not in ("none", "same-origin") and request.headers.get("Sec-Fetch-Dest") != "document"


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def secret_name(token: str) -> str:
    """A few letters that tell cookies of different servers apart and say nothing about the token."""
    return hmac.new(token.encode(), b"cookie name", "sha256").hexdigest()[:8]
