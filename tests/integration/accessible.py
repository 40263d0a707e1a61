"""What a browser can say about a page for those who can't see it well, or at all.

Belongs here: names that are missing, text that is too faint, ids given twice. Does not: opening pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

NAMED = {"button", "link", "searchbox", "textbox", "combobox", "grid", "gridcell", "table", "rowheader",
         "columnheader", "dialog", "region", "search", "navigation", "heading", "image"}  # fmt: skip

# The contrast of each text in view with what lies under it: colours of all ancestors, one over the other.
FAINT = """
() => {
  const parts = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number), whole = colour.startsWith("color(") ? 255 : 1;
    return [r * whole, g * whole, b * whole, a];
  };
  const over = (top, below) => [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const light = (colour) => colour.slice(0, 3).map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const under = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.unshift(parts(getComputedStyle(at).backgroundColor));
    return layers.reduce((below, layer) => over(layer, below), [255, 255, 255, 1]);
  };
  const faint = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join("");
    const box = element.getBoundingClientRect();
    const seen = box.width > 1 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    const isDrawn = seen && element.checkVisibility({ visibilityProperty: true });
    if (!isDrawn || !/[\\p{L}\\p{N}]/u.test(own) || element.closest("option, script, style, :disabled")) continue;
    const style = getComputedStyle(element), ground = under(element), ink = over(parts(style.color), ground);
    const [bright, dark] = [light(ink), light(ground)].sort((a, b) => b - a), ratio = (bright + 0.05) / (dark + 0.05);
    const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const where = element.className || element.tagName;
    if (ratio < (large ? 3 : 4.5)) faint.push(`${own.slice(0, 40)} (${where}): ${ratio.toFixed(2)}`);
  }
  return [...new Set(faint)];
}
"""


def shortcomings(page: Page) -> list[str]:
    """What hinders: controls and headings without a name, faint text in view, ids given twice; empty when well."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    nameless = [
        f"a {role} without a name"
        for node in tree
        if not node["ignored"] and (role := node["role"]["value"]) in NAMED and not node.get("name", {}).get("value")
    ]
    ids = page.evaluate("() => [...document.querySelectorAll('[id]')].map((element) => element.id)")
    twice = [f"the id {one} is given twice" for one in sorted({one for one in ids if ids.count(one) > 1})]
    return nameless + twice + [f"faint: {text}" for text in page.evaluate(FAINT)]
