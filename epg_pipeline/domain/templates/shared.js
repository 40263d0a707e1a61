"use strict";
// What the scripts of all pages need.
const $ = (id) => document.getElementById(id);
const rowsOfPage = () => JSON.parse($("rows-of-page").textContent);
const grouped = (count) => count.toLocaleString("en-US");
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
