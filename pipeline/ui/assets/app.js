// Follows Airflow's switch between light and dark, where our pages stand within its own; lets a select act at once; goes from one
// difference of two texts to the next; follows links to Airflow's own pages in its window; opens the section of the runbook that a link leads to.
"use strict";
(function () {
  function follow() {
    var theirs = window.parent.document.documentElement;
    function look() {
      var dark = theirs.classList.contains("dark"), light = theirs.classList.contains("light");
      if (dark || light) document.documentElement.dataset.theme = dark ? "dark" : "light";
    }
    look();
    new MutationObserver(look).observe(theirs, { attributes: true, attributeFilter: ["class"] });
  }
  function all(selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); }
  function leave(link) { // the frame lets no link out of itself, so the page around it follows one of its own
    var theirs = window.parent.document, way = theirs.createElement("a");
    way.href = link.href;
    theirs.body.appendChild(way).click();
    way.remove();
  }
  function step(by) {
    var last = all("mark[id]").length, now = Number((/^#d(\d+)$/.exec(location.hash) || [0, by > 0 ? 0 : 1])[1]);
    if (last) location.hash = "d" + ((now + by - 1 + last) % last + 1);
  }
  function arrive() {
    var name = decodeURIComponent(location.hash.slice(1)), target = name && document.getElementById(name);
    for (var at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    all("mark.here").forEach(function (mark) { mark.classList.remove("here"); });
    all(".jumps a[aria-current]").forEach(function (link) { link.removeAttribute("aria-current"); });
    if (!target) return;
    if (target.dataset.difference) {
      all("mark[data-difference='" + target.dataset.difference + "']").forEach(function (mark) { mark.classList.add("here"); });
      all(".jumps .numbers a[href='#" + name + "']").forEach(function (link) { link.setAttribute("aria-current", "true"); });
      target.focus({ preventScroll: true });
    }
    target.scrollIntoView({ block: target.dataset.difference ? "center" : "start" });
  }
  if (window.parent !== window) {
    document.documentElement.dataset.framed = "yes";
    try { follow(); } catch (error) { /* framed by another origin: the system's choice holds */ }
  }
  window.addEventListener("hashchange", arrive);
  document.addEventListener("DOMContentLoaded", function () { if (location.hash) arrive(); });
  document.addEventListener("change", function (event) {
    if (event.target.matches("form.filter select, form.filter input[type=checkbox]")) event.target.form.submit();
  });
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[data-step]");
    if (link) { event.preventDefault(); step(Number(link.dataset.step)); }
    link = event.target.closest("a[data-airflow]");
    if (link && window.parent !== window && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      try { leave(link); event.preventDefault(); } catch (error) { /* framed by another origin: it opens within the frame */ }
    }
  });
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
    if (event.key === "n") step(1);
    if (event.key === "p") step(-1);
  });
})();
