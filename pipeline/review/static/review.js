(function () {
  "use strict";
  // Single keys press what shows them; without this script everything is a plain form or link.
  function typing(element) { return element && /^(INPUT|SELECT|TEXTAREA)$/.test(element.tagName); }
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (event.key === "Escape" && typing(document.activeElement)) { document.activeElement.blur(); return; }
    if (typing(document.activeElement)) { return; }
    if (event.key === "z") { zoom(); return; }
    var target = document.querySelector('[data-key="' + CSS.escape(event.key) + '"]');
    if (!target) { return; }
    event.preventDefault();
    if (typing(target)) { target.focus(); target.select(); } else { target.click(); }
  });
  var place = document.getElementById("place");
  function zoom() {
    if (!place) { return; }
    var close = place.getAttribute("src") === place.dataset.near;
    place.src = close ? place.dataset.close : place.dataset.near;
  }
  // The note goes with whichever decision is sent next, and is not sent twice.
  var note = document.getElementById("note");
  var sent = false;
  document.addEventListener("submit", function (event) {
    if (event.target.method !== "post") { return; }
    if (sent) { event.preventDefault(); return; }
    sent = true;
    var why = event.target.querySelector(".why");
    if (why && note) { why.value = note.value; }
  });
  window.addEventListener("pageshow", function () { sent = false; });
  var take = document.getElementById("take");
  if (take) { take.focus(); }
})();
