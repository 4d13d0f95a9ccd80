(function () {
  "use strict";
  var form = document.querySelector(".filter");
  if (!form) { return; }
  var text = document.getElementById("filter-text");
  var proof = document.getElementById("filter-proof");
  var count = document.getElementById("filter-count");
  var items = Array.prototype.slice.call(document.querySelectorAll(".doubts > li"));
  function show() {
    var sought = text.value.trim().toLowerCase();
    var shown = 0;
    items.forEach(function (item) {
      var fits = (!proof.value || item.dataset.proof === proof.value) && item.textContent.toLowerCase().indexOf(sought) >= 0;
      item.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    count.textContent = shown + " of " + items.length;
  }
  form.hidden = false;
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  text.addEventListener("input", show);
  proof.addEventListener("change", show);
})();
