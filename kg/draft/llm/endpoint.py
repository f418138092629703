"""One address that is asked, in bounded time."""

from __future__ import annotations

import ipaddress
import os
import queue
import re
import threading
import time
from typing import Any
from urllib.parse import urlsplit

from kg.draft.llm.answer import NoAnswer, content_of
from kg.draft.llm.bounded import bound
from kg.errors import CasegraphError, StoreError

OPENAI = "https://api.openai.com/v1"
MOMENT = 0.2  # seconds before a request is sent again
_OPTIONAL = ("temperature", "response_format")


class Endpoint:
    """One address that is asked, with its key, and nothing else: no redirects, and no proxy on the way to a local one."""

    def __init__(self, model: str, base_url: str | None, api_key: str | None, timeout: float) -> None:
        try:
            import openai
        except ImportError as error:
            raise StoreError("--llm needs the 'openai' package; install it: pip install 'casegraph[llm]'") from error
        url = base_url or os.environ.get("OPENAI_BASE_URL") or OPENAI
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            host, port, parts = "", None, urlsplit("")
        if parts.scheme not in ("http", "https") or not host:
            raise CasegraphError("the address of the language model is not one; write it as http://localhost:11434/v1")
        local = _is_local(host)
        self.key = (api_key or os.environ.get("OPENAI_API_KEY") or "").strip()
        if not self.key and not local:
            raise CasegraphError(f"{host}: no key; set OPENAI_API_KEY, or name a local server (--llm-url http://localhost:11434/v1)")
        if not re.fullmatch(r"[!-~]*", self.key):
            raise CasegraphError("OPENAI_API_KEY: no key has a space, a line break or a letter beyond ASCII; copy it again")
        self.place = f"{host}:{port}" if port else host
        self.model, self.timeout, self._openai = model, timeout, openai
        what = "the text and the key go" if self.key else "the text goes"
        self.warnings = [f"language model: {what} unencrypted to {self.place}"] if parts.scheme == "http" and not _is_loopback(host) else []
        self.adapted: list[str] = []
        self._options: dict[str, Any] = {"temperature": 0, "response_format": {"type": "json_object"}}
        self._until, self._seconds = 0.0, timeout
        http = openai.DefaultHttpxClient(
            follow_redirects=False, trust_env=not local, headers={"accept-encoding": "identity"}, event_hooks={"response": [self._bound]}
        )
        self._client = openai.OpenAI(api_key=self.key or "none", base_url=url, max_retries=0, http_client=http)

    def close(self) -> None:
        self._client.close()

    def ask(self, messages: list[dict[str, str]], end: float) -> str:
        """The answer's text; a request that fails is sent once more where that may help."""
        for again in (False, True):
            try:
                return content_of(self._within(messages, end))
            except self._openai.APITimeoutError as error:
                raise NoAnswer(f"no answer within {self.timeout:g} s", final=True) from error
            except self._openai.APIStatusError as error:
                code = error.status_code
                mend = code in (400, 422) and self._leave_out(self._said(error))
                pause = _asked_to_wait(error)
                late = pause > min(self.timeout, end - time.monotonic() - 1)
                if again or late or not (mend or code == 429 or code >= 500):
                    wait = f"; it asks to wait {pause:g} s" if late and pause >= 1 else ""
                    raise NoAnswer(self._status(code, error) + wait, final=code != 400) from error
                time.sleep(pause)
            except self._openai.APIConnectionError as error:
                if again or end - time.monotonic() < 1:
                    raise NoAnswer(f"{self.place} cannot be reached", final=True) from error
                time.sleep(MOMENT)
            except self._openai.OpenAIError as error:
                raise NoAnswer(f"the request failed ({type(error).__name__})", final=True) from error
        raise AssertionError("two turns either return or raise")

    def _within(self, messages: list[Any], end: float) -> bytes:
        """The body of one answer, in bounded time whatever the server or the name service does; hence the thread."""
        seconds = min(self.timeout, max(end - time.monotonic(), 0.05))
        self._until, self._seconds = time.monotonic() + seconds, seconds
        box: queue.SimpleQueue[bytes | BaseException] = queue.SimpleQueue()
        threading.Thread(target=self._fetch, args=(messages, seconds, box), daemon=True, name="casegraph-llm").start()
        try:
            result = box.get(timeout=seconds + 0.5)
        except queue.Empty:
            raise NoAnswer(f"no answer within {seconds:g} s", final=True) from None
        if isinstance(result, BaseException):
            raise result
        return result

    def _bound(self, response: Any) -> None:
        bound(response, self._until, self._seconds)

    def _fetch(self, messages: list[Any], seconds: float, box: queue.SimpleQueue[bytes | BaseException]) -> None:
        try:
            limits = self._openai.Timeout(seconds, connect=min(seconds, 10))
            with self._client.chat.completions.with_streaming_response.create(
                model=self.model,
                messages=messages,
                timeout=limits,
                **self._options,
            ) as response:
                box.put(response.read())
        except (NoAnswer, self._openai.OpenAIError) as error:
            box.put(error)
        except Exception as error:  # the transport's own errors, while the body is read
            slow = "Timeout" in type(error).__name__
            what = f"no whole answer within {seconds:g} s" if slow else f"the answer broke off ({type(error).__name__})"
            box.put(NoAnswer(what, final=slow))

    def _leave_out(self, said: str) -> bool:
        """Whether the request can be sent again without an option that the endpoint refuses; once each."""
        refused = [name for name in _OPTIONAL if name in self._options and name in said]
        for name in refused:
            del self._options[name]
            if name == "temperature":
                self.adapted.append("language model: the endpoint refuses temperature 0; another run may propose other statements")
        return bool(refused)

    def _said(self, error: Any) -> str:
        body = error.body if isinstance(error.body, dict) else {}
        inner = body.get("error", body)
        said = inner.get("message", "") if isinstance(inner, dict) else inner
        words = str(said).replace(self.key, "…") if self.key else str(said)
        return "".join(char for char in " ".join(words.split()) if char.isprintable())[:200]

    def _status(self, code: int, error: Any) -> str:
        meaning = {
            401: "the key is refused; see OPENAI_API_KEY", 403: "the key may not do this", 404: f"no model {self.model!r} or no such address",
            429: "too many requests, or the quota is used up",
        }.get(code, "it redirects elsewhere, which is not followed" if 300 <= code < 400 else self._said(error))  # fmt: skip
        return f"{self.place} answers {code}" + (f": {meaning}" if meaning else "")


def _asked_to_wait(error: Any) -> float:
    """Seconds before a request may be sent again: what the endpoint asks for, else a moment."""
    asked = error.response.headers.get("retry-after", "")
    return float(asked) if re.fullmatch(r"\d{1,9}(?:\.\d+)?", asked) else MOMENT


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _is_local(host: str) -> bool:
    """On this machine or in this building, as far as its name tells.

    Example:
    >>> [_is_local(h) for h in ("localhost", "10.0.0.7", "gpu-box", "api.openai.com")]
    [True, True, True, False]
    """
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local"))
