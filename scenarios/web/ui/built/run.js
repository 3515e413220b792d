"use strict";
(() => {
  // src/page_run.ts
  var data = JSON.parse(document.getElementById("glacis-data").textContent);
  document.getElementById("app").textContent = `${data.runs.length} runs`;
})();
