"""A built page as one tree: what stands in shadow roots and in frames, put where a reader sees it.

The scripts here run among the page's own, which may have changed what answers: what is not as it should be reads as
nothing, and the page is then taken without its inner trees.

Source: https://drafts.csswg.org/css-scoping/#flattening
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from scraper.errors import FetchError

if TYPE_CHECKING:
    from playwright.async_api import Page

MAX_FRAMES: Final = 5
"""Frames that are built with a page."""
_INNER: Final = """
const isSeen = frame => {
    const box = frame.getBoundingClientRect()
    return box.width >= 300 && box.height >= 150  // a frame that nobody gave a size has that
}
const isOwn = frame => {
    if (frame.localName !== "iframe") return false
    if (frame.hasAttribute("sandbox") && !frame.sandbox.contains("allow-same-origin")) return false
    if (frame.hasAttribute("srcdoc")) return isSeen(frame)
    return frame.hasAttribute("src") && new URL(frame.src, document.baseURI).origin === location.origin && isSeen(frame)
}
"""
_FRAMES: Final = f"""max => {{ try {{ {_INNER}
    const frames = [], roots = [document]
    while (roots.length) for (const node of roots.pop().querySelectorAll("*")) {{
        if (node.shadowRoot) roots.push(node.shadowRoot)
        else if (frames.length < max && /^https?:/.test(node.src) && !node.hasAttribute("srcdoc") && isOwn(node))
            frames.push(node)
    }}
    setTimeout(() => {{ for (const frame of frames) frame.contentWindow.location.replace(frame.src) }})
    return frames.map(frame => frame.src)
}} catch {{ return [] }} }}"""
"""Has the page's frames load once more; returns their addresses."""
_WHOLE: Final = f"""max => {{ try {{ {_INNER}
    const parted = new Set(), slots = new Set(), frames = new Map()
    const part = node => {{
        while (node && !parted.has(node)) {{
            parted.add(node)
            node = node.parentNode || (node.nodeType === 9 ? node.defaultView.frameElement : node.host)
        }}
    }}
    const roots = [document]
    while (roots.length) {{
        const root = roots.pop()
        for (const node of root.querySelectorAll("*")) {{
            let inner = node.shadowRoot
            if (!inner && node.localName === "iframe" && isOwn(node) && (inner = node.contentDocument)) {{
                if (inner.body && inner.body.hasChildNodes()) frames.set(node, inner)
                else inner = null
            }}
            if (inner) {{ part(inner); roots.push(inner) }}
            else if (root.host && node.localName === "slot") {{ slots.add(node); part(node) }}
        }}
    }}
    if (!parted.size) return null

    const paper = document.implementation.createHTMLDocument("")  // in which nothing runs and nothing is loaded
    const fill = (into, nodes) => {{ for (const node of nodes) put(into, node) }}
    const fillFrom = (into, frame) => {{
        fill(into, frame.body.childNodes)
        for (const [name, selector] of [["href", "a[href]"], ["src", "img[src]"]])
            for (const node of into.querySelectorAll(selector)) {{
                try {{ node.setAttribute(name, new URL(node.getAttribute(name), frame.baseURI)) }} catch {{}}
            }}
    }}
    const put = (into, node) => {{
        if (!parted.has(node)) return into.append(paper.importNode(node, true))
        if (slots.has(node)) {{
            const given = node.assignedNodes()
            return fill(into, given.length ? given : node.childNodes)
        }}
        const frame = frames.get(node)
        const own = frame ? paper.createElement("div") : paper.importNode(node, false)
        into.append(own)
        if (frame) return fillFrom(own, frame)
        if (!node.shadowRoot) return fill(own, node.childNodes)
        fill(own, node.shadowRoot.childNodes)
        for (const data of node.children)  // which nobody sees, but which may say what the page is
            if (["script", "link", "meta"].includes(data.localName)) own.append(paper.importNode(data, true))
    }}
    const page = paper.createDocumentFragment()
    put(page, document.documentElement)
    const type = document.doctype ? new XMLSerializer().serializeToString(document.doctype) : ""
    const html = type + page.firstChild.outerHTML
    return html.length > max ? html.length : html
}} catch {{ return null }} }}"""
"""Returns the HTML of the whole, null if the page has one tree; its length, if it is too long."""


async def load_frames(page: Page) -> frozenset[str]:
    """Have the frames that a reader sees, and that are of the page's own origin, ask for their pages once more.

    Return the addresses that they are about to ask for, without fragments.
    """
    found: Any = await page.evaluate(_FRAMES, MAX_FRAMES)
    if not isinstance(found, list):
        return frozenset()
    return frozenset(str(url).partition("#")[0] for url in found)


async def take_html(page: Page, url: str, *, max_chars: int) -> str:
    """Return the page's HTML, open shadow roots and frames in their places. Raises FetchError(too_large)."""
    found: Any = await page.evaluate(_WHOLE, max_chars)
    match found:
        case str(html):
            return html
        case int(chars):
            raise FetchError("too_large", url, f"built, it has {chars:,} characters")
    return await page.content()
