"""The pages of `savings review`: an item, what a decision did, the history; plain forms, rendered here."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Lock
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from pipeline.corrections.files import add, load_corrections
from pipeline.corrections.model import Answer, Correction
from pipeline.corrections.standing import Corrections, Kept
from pipeline.corrections.suggest import suggestions
from pipeline.printing import amount_text
from pipeline.report.collect import label_of
from pipeline.review.bench import CannotOpen, Option, Settled, Weighed, changes_between
from pipeline.review.entry import Entry, NotUnderstood, read_entry
from pipeline.review.queue import Filter, Item, Queue
from pipeline.review.workshop import Workshop

HERE = Path(__file__).parent
COOKIE = "savings-review"
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
HISTORY_SHOWN = 500


@dataclass
class Desk:
    """What one reviewer works with: the queue, the decisions, and the process that opens papers."""

    queue: Queue
    folder: Path
    who: str
    workshop: Workshop
    corrections: Corrections = field(default_factory=Corrections)
    said: list[str] = field(default_factory=list)
    _seen: tuple[tuple[str, int, int], ...] = ()
    _lock: Lock = field(default_factory=Lock)

    def current(self) -> Corrections:
        """The decisions as they stand, those of other sessions too."""
        with self._lock:
            seen = tuple((p.name, p.stat().st_mtime_ns, p.stat().st_size) for p in sorted(self.folder.glob("*.yml")))
            if seen != self._seen:
                self.corrections = load_corrections(self.folder) if self.folder.is_dir() else Corrections()
                self._seen = seen
            return self.corrections

    def decide(self, item: Item, answer: Answer, value: str, why: str) -> None:
        """Keep a decision, at once and for good, and note what it did to its paper."""
        self._keep(item, answer, value, why)

    def undo(self) -> Item | None:
        """Take back this reviewer's last decision that stands; the item it was on."""
        for kept in reversed(self.current().history):
            item = self._item_of(kept)
            if kept.correction.who == self.who and item and self._stands(kept):
                self._keep(item, Answer.WITHDRAWN, "", "undone")
                return item
        return None

    def _stands(self, kept: Kept) -> bool:
        return kept.correction in self.current().of(kept.correction.sha256)

    def _item_of(self, kept: Kept) -> Item | None:
        return next((item for item in self.queue.items if item.cell == kept.correction.cell), None)

    def _keep(self, item: Item, answer: Answer, value: str, why: str) -> None:
        row = item.row
        before = self._settled(item)
        box = None if row["x0"] is None else [row["x0"], row["top"], row["x1"], row["bottom"]]
        correction = Correction(
            sha256=row["sha256"], document=row["document"], rule=row["rule"], page=row["page"], row=row["row"],
            figure=item.cell.figure, text=row["raw"], box=box, answer=answer, value=value, who=self.who,
            when=self._now(), why=why,
        )  # fmt: skip
        add(self.folder, row["authority"], [correction])
        after = self._settled(item)
        changed = changes_between(before, after) if before and after else []
        self.said = [f"{row['document']}, “{row['raw']}”: {correction.said}", *changed]

    def _settled(self, item: Item) -> Settled | None:
        try:
            return self.workshop.settle(item.path, item.row["sha256"], self.current().of(item.row["sha256"]))
        except CannotOpen:
            return None

    def _now(self) -> str:
        """Now, in universal time, later than every decision there is."""
        now = datetime.now(UTC)
        history = self.current().history
        if history:
            now = max(now, history[-1].correction.time + timedelta(microseconds=1))
        return now.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Doorkeeper(BaseHTTPMiddleware):
    """Lets in who has the token, by this machine's own name, from this page's own origin; nobody else."""

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        super().__init__(app)
        self.token = token
        self.hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        """Refuse, hand over the token, or let through."""
        response = self._refusal(request) or self._handed_over(request)
        if response is None:
            response = await call_next(request)
        response.headers.update(HEADERS)
        return response

    def _refusal(self, request: Request) -> Response | None:
        if request.headers.get("host", "") not in self.hosts:
            return PlainTextResponse("savings review answers to 127.0.0.1 only", 421)
        origin = request.headers.get("origin")
        if request.method != "GET" and (origin or "").removeprefix("http://") not in self.hosts:
            return PlainTextResponse("not from this page", 403)
        shown = request.cookies.get(self._cookie(request)) or request.query_params.get("token") or ""
        if not secrets.compare_digest(shown.encode(), self.token.encode()):
            return PlainTextResponse("open the link that the terminal shows", 403)
        return None

    def _handed_over(self, request: Request) -> Response | None:
        """The token goes from the first link into a cookie, and out of the address."""
        if "token" not in request.query_params:
            return None
        response = RedirectResponse(request.url.path, 303)
        response.set_cookie(self._cookie(request), self.token, httponly=True, samesite="strict")
        return response

    @staticmethod
    def _cookie(request: Request) -> str:
        # Cookies know no ports: two reviews on one machine must not take each other's.
        return f"{COOKIE}-{request.url.port}"


class Pages:
    """What is answered to each address."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.templates = Environment(loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined)
        self.templates.globals.update(amount=amount_text, label=label_of)

    def routes(self) -> list[Route | Mount]:
        """All addresses."""
        return [
            Route("/", self.first),
            Route("/item/{number:int}", self.item),
            Route("/item/{number:int}", self.decide, methods=["POST"]),
            Route("/item/{number:int}/{view}.png", self.picture),
            Route("/undo", self.undo, methods=["POST"]),
            Route("/history", self.history),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ]

    def first(self, request: Request) -> Response:
        """On to the first item that is open; if none is, that is said."""
        asked = filter_of(request)
        item = next(self.desk.queue.open_items(self.desk.current(), asked), None)
        if item is None:
            return self._page(request, "done.html.j2", asked)
        return RedirectResponse(address(item.number, asked), 303)

    def item(self, request: Request) -> Response:
        """One figure to settle."""
        item = self.desk.queue.item(request.path_params["number"])
        return self._missing(request) if item is None else self._item(request, item)

    def _item(self, request: Request, item: Item, problem: str = "") -> Response:
        corrections = self.desk.current().of(item.row["sha256"])
        own = next((c for c in corrections if c.cell == item.cell), None)
        weighed, unopened = self._weighed(item, corrections)
        entries: Sequence[Entry] = ()
        text = request.query_params.get("entry", "")
        if text:
            try:
                entries = read_entry(text, step_of(item))
            except NotUnderstood as error:
                problem = str(error)
        return self._page(
            request, "item.html.j2", filter_of(request), item=item, weighed=weighed, unopened=unopened, own=own,
            entries=entries, tried=self._tried(item, corrections, entries), entry=text, problem=problem,
            options=options_of(weighed),
            next=self.desk.queue.after(item.number, self.desk.current(), filter_of(request)),
        )  # fmt: skip

    def _tried(self, item: Item, corrections: Sequence[Correction], entries: Sequence[Entry]) -> dict[str, object]:
        """What the amounts that were typed would do."""
        amounts = [entry.value for entry in entries if entry.answer is Answer.VALUE]
        try:
            place = (item.path, item.row["sha256"], corrections, item.key)
            return {value: self.desk.workshop.attempt(*place, value) for value in amounts}
        except CannotOpen:
            return {}

    def _weighed(self, item: Item, corrections: Sequence[Correction]) -> tuple[Weighed | None, str]:
        try:
            return self.desk.workshop.weigh(item.path, item.row["sha256"], corrections, item.key), ""
        except CannotOpen as error:
            return None, str(error)

    async def decide(self, request: Request) -> Response:
        """Keep a decision, and go on to the next item."""
        from starlette.concurrency import run_in_threadpool  # noqa: PLC0415

        form = {name: str(value) for name, value in (await request.form()).items()}
        return await run_in_threadpool(self._decide, request, form)

    def _decide(self, request: Request, form: dict[str, str]) -> Response:
        item = self.desk.queue.item(request.path_params["number"])
        if item is None:
            return self._missing(request)
        try:
            answer = Answer(form.get("answer", ""))
            self.desk.decide(item, answer, form.get("value", ""), form.get("why", "").strip()[:1000])
        except ValueError as error:
            return self._item(request, item, problem=str(error))
        except OSError as error:
            return self._item(request, item, problem=f"The decision could not be kept: {error}. Nothing was changed")
        asked = filter_of(request)
        following = self.desk.queue.after(item.number, self.desk.current(), asked)
        return RedirectResponse(address(following.number, asked) if following else "/?" + asked_for(asked), 303)

    def undo(self, request: Request) -> Response:
        """Take back the last decision, and go to its item."""
        item = self.desk.undo()
        return RedirectResponse(address(item.number, filter_of(request)) if item else "/", 303)

    def picture(self, request: Request) -> Response:
        """The place of an item: near, close or the page."""
        item = self.desk.queue.item(request.path_params["number"])
        if item is None or item.row["x0"] is None:
            return PlainTextResponse("no picture", 404)
        row = item.row
        try:
            box = (row["x0"], row["top"], row["x1"], row["bottom"])
            data = self.desk.workshop.picture(item.path, row["page"], box, request.path_params["view"])
        except CannotOpen as error:
            return PlainTextResponse(str(error), 404)
        return Response(data, media_type="image/png")

    def history(self, request: Request) -> Response:
        """All decisions, the last first, and what they suggest for the rules."""
        kept = list(reversed(self.desk.current().history))
        return self._page(
            request, "history.html.j2", filter_of(request), kept=kept[:HISTORY_SHOWN],
            left_out=max(0, len(kept) - HISTORY_SHOWN), suggestions=suggestions(self.desk.current()),
        )  # fmt: skip

    def _missing(self, request: Request) -> Response:
        return self._page(request, "missing.html.j2", filter_of(request), status=404)

    def _page(self, request: Request, name: str, asked: Filter, status: int = 200, **values: object) -> Response:
        queue, current = self.desk.queue, self.desk.current()
        left = sum(1 for _ in queue.open_items(current, asked))
        of = sum(1 for item in queue.items if asked.shows(item))
        said, self.desk.said = self.desk.said, []
        query = asked_for(asked)
        return HTMLResponse(
            self.templates.get_template(name).render(
                left=left, of=of, done=of - left, asked=asked, query=f"?{query}" if query else "", said=said,
                who=self.desk.who, documents=queue.names("document"), authorities=queue.names("authority"),
                proofs=queue.names("proof"), **values,
            ),
            status,
        )  # fmt: skip


def options_of(weighed: Weighed | None) -> list[Option]:
    """The readings to choose from; what is no figure has a button of its own."""
    return [option for option in weighed.options if option.value is not None] if weighed else []


def step_of(item: Item) -> Decimal:
    """The scale that an item's cell is printed in, as its value and its text tell: 1, 1,000 or 1,000,000."""
    digits = "".join(c for c in str(item.row["raw"]) if c.isdigit() or c == ".").strip(".")
    try:
        printed = Decimal(digits)
    except ArithmeticError:
        return Decimal(1)
    for scale in (Decimal(1_000_000), Decimal(1000)):
        if printed and abs(item.row["value"]) == printed * scale:
            return scale
    return Decimal(1)


def filter_of(request: Request) -> Filter:
    """The filter that an address asks for."""
    query = request.query_params
    return Filter(query.get("document", ""), query.get("authority", ""), query.get("proof", ""))


def asked_for(asked: Filter) -> str:
    """A filter as the query of an address."""
    pairs = {"document": asked.document, "authority": asked.authority, "proof": asked.proof}
    return urlencode({name: value for name, value in pairs.items() if value})


def address(number: int, asked: Filter) -> str:
    """The address of an item, under a filter."""
    query = asked_for(asked)
    return f"/item/{number}" + (f"?{query}" if query else "")


def make_app(desk: Desk, token: str, port: int) -> Starlette:
    """The application, which answers on one port to who has the token."""
    return Starlette(routes=Pages(desk).routes(), middleware=[Middleware(Doorkeeper, token=token, port=port)])
