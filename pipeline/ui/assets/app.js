// Follows Airflow's switch between light and dark, where our pages stand within its own; and lets a select act at once.
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
  if (window.parent !== window) {
    document.documentElement.dataset.framed = "yes";
    try { follow(); } catch (error) { /* framed by another origin: the system's choice holds */ }
  }
  document.addEventListener("change", function (event) {
    if (event.target.matches("form.filter select, form.filter input[type=checkbox]")) event.target.form.submit();
  });
})();
