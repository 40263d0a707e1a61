"use strict";
// What the scripts of all pages need.
const $ = (id) => document.getElementById(id);
const rowsOfPage = () => JSON.parse($("rows-of-page").textContent);
const grouped = (count) => count.toLocaleString("en-US");
// What the address names after its #, as in index.html#NBA%2005; an address may be cut short anywhere.
function namedInAddress() { try { return decodeURIComponent(location.hash.slice(1)); } catch { return ""; } }
function fold(text) { return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase(); }
function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}
function option(select, value, label) {
  const item = make("option", "", label);
  item.value = value;
  select.append(item);
}
